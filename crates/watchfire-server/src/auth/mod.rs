//! Who asks: a bearer token, or the session of a browser.

mod password;
mod session;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use watchfire_core::event::Duty;
use watchfire_store::Viewer;

pub use password::Passwords;
pub use session::{CsrfToken, SignedIn, cleared_cookie, sign_in, sign_out};

use crate::error::Problem;
use crate::request::Arrival;
use crate::route::Access;
use crate::state::Node;

/// Scanners know our tokens by it.
pub const TOKEN_PREFIX: &str = "wf_";

/// Whoever asks, as far as the route lets them in.
#[derive(Debug, Clone)]
pub struct Caller {
    /// What every read and every right is asked for.
    pub viewer: Viewer,
    /// Of a browser's session: what its forms must carry.
    pub csrf: Option<CsrfToken>,
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Problem::internal(&"a route asks who calls and declares nobody"))
    }
}

/// What stands before a route: its node and its declaration.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    pub(crate) node: Node,
    pub(crate) access: Access,
}

/// Lets in whom the route's declaration lets in.
pub(crate) async fn guard(
    State(guard): State<Guard>,
    arrival: Arrival,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if guard.access == Access::Public {
        return Ok(next.run(request).await);
    }
    let (headers, method) = (request.headers(), request.method());
    let found = identify(&guard.node, &arrival, headers, method).await?;
    let caller = match (guard.access, found) {
        (Access::Public | Access::Anybody, found) => {
            found.unwrap_or_else(|| Caller { viewer: Viewer::anonymous(), csrf: None })
        }
        (_, None) => return Err(not_signed_in()),
        (Access::Duty(duty), Some(caller)) if !caller.viewer.has_duty(duty) => {
            return Err(duty_missing(duty));
        }
        (Access::SignedIn | Access::Grant | Access::Duty(_), Some(caller)) => caller,
    };
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

/// Finds who asks, or `None` if nobody said.
async fn identify(
    node: &Node,
    arrival: &Arrival,
    headers: &HeaderMap,
    method: &Method,
) -> Result<Option<Caller>, Problem> {
    if let Some(token) = bearer(headers) {
        let viewer = node.store().viewer_of_token(token, node.now()).await?;
        let viewer = viewer.ok_or_else(|| {
            Problem::new(
                "token_invalid",
                "the bearer token is unknown, expired or taken back",
                "make a new one with `watchfire user token` or on your account's page",
            )
        })?;
        return Ok(Some(Caller { viewer, csrf: None }));
    }
    let Some(token) = session::presented(headers, arrival) else { return Ok(None) };
    let Some(viewer) = node.store().viewer_of_session(&token, node.now()).await? else {
        return Ok(None);
    };
    if !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        own_page(node, arrival, headers)?;
    }
    Ok(Some(Caller { viewer, csrf: Some(CsrfToken::of(&token)) }))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Checks that a browser sends this from one of our own pages.
///
/// # Errors
/// `origin_foreign`, also where the browser does not say.
pub fn own_page(node: &Node, arrival: &Arrival, headers: &HeaderMap) -> Result<(), Problem> {
    let foreign = || {
        Problem::new(
            "origin_foreign",
            "the request does not come from one of our own pages",
            "open the page anew and send its form; programs use a bearer token",
        )
    };
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site"))
        && site != "same-origin"
    {
        return Err(foreign());
    }
    let origin = text(header::ORIGIN).ok_or_else(foreign)?;
    let scheme = if arrival.is_https { "https" } else { "http" };
    let here = arrival.host.as_ref().map(|host| format!("{scheme}://{host}"));
    let public = node.settings().public_url.is_some().then(|| node.settings().base_url());
    let ours = [here, public].into_iter().flatten();
    if ours.into_iter().any(|ours| ours.eq_ignore_ascii_case(origin)) {
        return Ok(());
    }
    Err(foreign())
}

fn not_signed_in() -> Problem {
    Problem::new(
        "not_signed_in",
        "this is for people with an account",
        "sign in, or send `Authorization: Bearer …` with a token of `watchfire user token`",
    )
}

fn duty_missing(duty: Duty) -> Problem {
    let duty = match duty {
        Duty::Administrator => "administrator",
        Duty::Responder => "responder",
        Duty::Auditor => "auditor",
    };
    Problem::new(
        "duty_missing",
        format!("this is for people with the duty `{duty}`"),
        "ask an administrator of your organization",
    )
}
