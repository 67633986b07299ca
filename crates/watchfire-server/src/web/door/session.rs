//! Signing in and out, and the language of the pages.

use axum::extract::Query;
use axum::http::header;
use axum::response::Response;
use serde::Deserialize;

use super::{
    LANGUAGE_COOKIE, LANGUAGE_COOKIE_SECONDS, Sent, Visit, own_path, redirect, set_cookie,
};
use crate::auth;
use crate::error::Problem;
use crate::locale::Language;
use crate::web::reader::Problem as Told;
use crate::web::session::{self, SignInView};

/// Where somebody lands who has just signed in.
const FIRST_PAGE: &str = "/watch";

/// Where to go after signing in.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Return {
    #[serde(default)]
    return_to: String,
}

/// Goes to the watch, or to the way in.
pub(super) async fn home(visit: Visit) -> Response {
    redirect(if visit.reader.account.is_some() { FIRST_PAGE } else { "/sign-in" })
}

/// Shows the way in.
pub(super) async fn form(visit: Visit, Query(asked): Query<Return>) -> Result<Response, Problem> {
    let view = SignInView {
        return_to: own_path(&asked.return_to).unwrap_or(FIRST_PAGE).to_owned(),
        first_start: visit.node.store().is_new().await?,
        ..SignInView::default()
    };
    Ok(visit.show(session::sign_in(&view, &visit.reader)))
}

/// Signs somebody in.
pub(super) async fn sign_in(visit: Visit, sent: Sent) -> Result<Response, Problem> {
    let return_to = own_path(sent.field("return_to")).unwrap_or(FIRST_PAGE).to_owned();
    let (login, password) = (sent.field("login"), sent.typed("password"));
    match auth::sign_in(&visit.node, &visit.arrival, login, password).await {
        Ok(signed_in) => {
            let mut response = redirect(&return_to);
            response.headers_mut().append(header::SET_COOKIE, signed_in.cookie);
            Ok(response)
        }
        Err(problem) if problem.code() == "login_failed" => {
            let reader = &visit.reader;
            let view = SignInView {
                login: login.to_owned(),
                return_to,
                first_start: false,
                problem: Some(Told {
                    message: reader.text("session-failed"),
                    hint: Some(reader.text("session-failed-hint")),
                    input: Some("login".to_owned()),
                }),
            };
            Ok(visit.refuse(session::sign_in(&view, reader)))
        }
        Err(other) => Err(other),
    }
}

/// Ends the session.
pub(super) async fn sign_out(visit: Visit, _: Sent) -> Result<Response, Problem> {
    let cookie = auth::sign_out(&visit.node, &visit.arrival, &visit.headers).await?;
    let mut response = redirect("/sign-in");
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Keeps the language that was chosen. It changes nothing but words, so it needs no proof.
pub(super) async fn language(
    visit: Visit,
    axum::Form(chosen): axum::Form<Chosen>,
) -> Result<Response, Problem> {
    let mut response = redirect(own_path(&chosen.return_to).unwrap_or("/"));
    if let Some(language) = Language::parse(&chosen.language) {
        let cookie = visit.cookie(LANGUAGE_COOKIE, language.tag(), LANGUAGE_COOKIE_SECONDS);
        set_cookie(&mut response, &cookie);
    }
    Ok(response)
}

/// A language that was chosen at the foot of a page.
#[derive(Debug, Deserialize)]
pub(super) struct Chosen {
    language: String,
    #[serde(default)]
    return_to: String,
}
