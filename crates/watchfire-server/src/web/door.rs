//! The doors of the pages: their routes, and what every visit carries.
//!
//! A form that was taken answers 303, so that reloading sends nothing twice. A refusal shows the
//! page again with what was typed. What is hidden and what is missing is one page.

mod act;
mod advisory;
mod amendment;
mod assessed;
mod case;
mod choices;
mod component;
mod department;
mod draft;
mod exposure;
mod feed;
mod holding;
mod inquiry;
mod law;
mod log;
mod map;
mod me;
mod party;
mod person;
mod product;
mod reading;
mod release;
mod report;
mod session;
mod share;
mod upload;
mod visit;
mod vulnerability;
mod watch;
mod words;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::handler::Handler;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};

use super::asset;
use super::layout;
use super::refusal;
use crate::auth::Caller;
use crate::error::Problem;
use crate::request::REQUEST_ID;
use crate::route::{Access, Door, Route};
use crate::state::Node;
use visit::{
    LANGUAGE_COOKIE, LANGUAGE_COOKIE_SECONDS, Sent, Visit, own_path, reader, redirect, set_cookie,
};

/// A page that is shown.
fn shows<H, T>(access: Access, path: &'static str, handler: H) -> Route
where
    H: Handler<T, Node>,
    T: 'static,
{
    Route { access, door: Door::Page { method: "GET", path, handler: get(handler) } }
}

/// A form that is taken.
fn takes<H, T>(access: Access, path: &'static str, handler: H) -> Route
where
    H: Handler<T, Node>,
    T: 'static,
{
    Route { access, door: Door::Page { method: "POST", path, handler: post(handler) } }
}

/// A form with a file; its handler limits what it takes in.
fn takes_file<H, T>(access: Access, path: &'static str, handler: H) -> Route
where
    H: Handler<T, Node>,
    T: 'static,
{
    let handler = post(handler).layer(DefaultBodyLimit::disable());
    Route { access, door: Door::Page { method: "POST", path, handler } }
}

/// Every route of the pages.
pub(crate) fn table() -> Vec<Route> {
    [outside(), cases(), obligations(), amendments(), parties(), inventory(), exposures()]
        .into_iter()
        .flatten()
        .collect()
}

fn outside() -> Vec<Route> {
    use Access::{Anybody, Public};
    vec![
        shows(Public, "/assets/{hash}/{name}", served_asset),
        shows(Anybody, "/", session::home),
        shows(Anybody, "/sign-in", session::form),
        takes(Anybody, "/sign-in", session::sign_in),
        takes(Anybody, "/sign-out", session::sign_out),
        takes(Anybody, "/language", session::language),
        shows(Anybody, "/report", report::form),
        takes(Anybody, "/report", report::send),
        shows(Anybody, "/report/track", report::track),
        takes(Anybody, "/report/track", report::look_up),
        shows(Anybody, "/laws", law::list),
        shows(Anybody, "/laws/{law}", law::page),
        shows(Anybody, "/laws/{law}/{path}", law::provision),
        shows(Anybody, "/inquiry", inquiry::page),
        shows(Anybody, "/log", log::page),
        takes(Anybody, "/log", log::look_up),
    ]
}

fn cases() -> Vec<Route> {
    use Access::{Grant, SignedIn};
    vec![
        shows(SignedIn, "/cases", case::list),
        takes(SignedIn, "/cases", case::open),
        shows(Grant, "/cases/{id}", case::page),
        shows(Grant, "/cases/{id}/moment", case::moment),
        takes(Grant, "/cases/{id}/facts", act::record_fact),
        takes(Grant, "/cases/{id}/facts/{fact}/retract", act::retract),
        takes(Grant, "/cases/{id}/decisions", act::decide),
        takes(Grant, "/cases/{id}/participants", share::add_participant),
        takes(Grant, "/cases/{id}/participants/{party}/remove", share::remove_participant),
        takes(Grant, "/cases/{id}/participants/{party}/country", share::record_country),
        takes(Grant, "/cases/{id}/title", share::rename),
        takes(Grant, "/cases/{id}/embargo", share::agree_embargo),
        takes(Grant, "/cases/{id}/embargo/exit", share::exit_embargo),
        takes(Grant, "/cases/{id}/messages", share::post_message),
        takes(Grant, "/cases/{id}/conflicts", share::decide_conflict),
        takes(Grant, "/cases/{id}/passes", share::pass_gate),
        takes(Grant, "/cases/{id}/awareness", share::choose_awareness),
        takes(Grant, "/cases/{id}/report/answers", share::answer_reporter),
        takes(Grant, "/cases/{id}/report/contact/erase", share::erase_contact),
        shows(Grant, "/cases/{id}/bundle", share::bundle),
    ]
}

fn obligations() -> Vec<Route> {
    use Access::{Grant, SignedIn};
    vec![
        shows(SignedIn, "/watch", watch::page),
        takes(Grant, "/cases/{id}/obligations/{obligation}/claim", act::claim),
        takes(Grant, "/cases/{id}/obligations/{obligation}/acknowledge", act::acknowledge),
        takes(Grant, "/cases/{id}/obligations/{obligation}/release", act::release),
        takes(Grant, "/cases/{id}/obligations/{obligation}/assign", act::assign),
        takes(Grant, "/cases/{id}/obligations/{obligation}/escalate", act::escalate),
        shows(Grant, "/cases/{id}/obligations/{obligation}/draft", draft::page),
        takes(Grant, "/cases/{id}/obligations/{obligation}/draft", draft::save),
        shows(Grant, "/cases/{id}/obligations/{obligation}/draft/print", draft::print),
        shows(Grant, "/cases/{id}/obligations/{obligation}/draft/export", draft::export),
        takes(Grant, "/cases/{id}/obligations/{obligation}/submission", draft::submit),
    ]
}

fn amendments() -> Vec<Route> {
    use Access::{Duty, Grant, SignedIn};
    use watchfire_core::event::Duty::Administrator;
    vec![
        shows(SignedIn, "/amendments", amendment::list),
        shows(SignedIn, "/feeds", feed::list),
        shows(Grant, "/amendments/{id}", amendment::page),
        shows(Grant, "/amendments/{id}/impact", amendment::impact),
        takes(Grant, "/amendments/{id}/interpretation", amendment::interpret),
        takes(Grant, "/amendments/{id}/review", amendment::review),
        takes(Grant, "/amendments/{id}/claim", amendment::claim),
        takes(Grant, "/amendments/{id}/acknowledge", amendment::acknowledge),
        takes(Grant, "/amendments/{id}/end", amendment::end),
        shows(SignedIn, "/readings", reading::page),
        takes(SignedIn, "/readings", reading::propose),
        shows(SignedIn, "/departments", department::list),
        takes(Duty(Administrator), "/departments", department::register),
        shows(Grant, "/departments/{id}", department::page),
        takes(Grant, "/departments/{id}", department::change),
        takes(Grant, "/departments/{id}/close", department::close),
    ]
}

fn inventory() -> Vec<Route> {
    use Access::{Grant, SignedIn};
    vec![
        shows(SignedIn, "/products", product::list),
        takes(SignedIn, "/products", product::register),
        shows(SignedIn, "/products/holes", product::holes),
        shows(Grant, "/products/{id}", product::page),
        takes(Grant, "/products/{id}", product::change),
        takes(Grant, "/products/{id}/retire", product::retire),
        takes(Grant, "/products/{id}/releases", product::add_release),
        shows(Grant, "/releases/{id}", release::page),
        takes(Grant, "/releases/{id}", release::change),
        takes(Grant, "/releases/{id}/retire", release::retire),
        takes_file(Grant, "/releases/{id}/sboms", release::attach),
        shows(Grant, "/releases/{id}/sboms/{sbom}", release::sbom),
        takes(Grant, "/releases/{id}/sboms/{sbom}/detach", release::detach),
    ]
}

fn exposures() -> Vec<Route> {
    use Access::{Duty, Grant, SignedIn};
    use watchfire_core::event::Duty::Administrator;
    vec![
        shows(SignedIn, "/vulnerabilities", vulnerability::list),
        shows(Grant, "/vulnerabilities/{id}", vulnerability::page),
        takes(Grant, "/vulnerabilities/{id}/decisions", vulnerability::decide),
        takes(Grant, "/vulnerabilities/{id}/case", vulnerability::open_case),
        shows(Grant, "/vulnerabilities/{id}/releases/{release}", vulnerability::why),
        takes(Grant, "/vulnerabilities/{id}/releases/{release}", vulnerability::decide_one),
        shows(SignedIn, "/components", component::page),
        shows(SignedIn, "/advisories", advisory::list),
        takes_file(SignedIn, "/advisories", advisory::bring),
        shows(SignedIn, "/advisories/rules", advisory::rules),
        takes(Duty(Administrator), "/advisories/rules", advisory::set_rules),
        shows(SignedIn, "/advisories/{id}/document", advisory::document),
    ]
}

fn parties() -> Vec<Route> {
    use Access::{Duty, SignedIn};
    use watchfire_core::event::Duty::Administrator;
    vec![
        shows(SignedIn, "/map", map::page),
        takes(Duty(Administrator), "/inquiry", inquiry::record),
        shows(SignedIn, "/organization", party::organization),
        takes(Duty(Administrator), "/organization", party::change_profile),
        takes(Duty(Administrator), "/organization/choices", party::choose),
        takes(Duty(Administrator), "/organization/chain", party::set_chain),
        shows(Duty(Administrator), "/people", party::people),
        takes(Duty(Administrator), "/people", party::add_person),
        shows(Duty(Administrator), "/people/{party}", person::page),
        takes(Duty(Administrator), "/people/{party}/duties", person::change_duties),
        takes(Duty(Administrator), "/people/{party}/password", person::set_password),
        takes(Duty(Administrator), "/people/{party}/account", person::open_account),
        takes(Duty(Administrator), "/people/{party}/account/close", person::close_account),
        shows(SignedIn, "/me", me::page),
        takes(SignedIn, "/me", me::set_preferences),
        takes(SignedIn, "/me/address", me::set_address),
        takes(SignedIn, "/me/password", me::set_password),
        takes(SignedIn, "/me/test-notice", me::test_notice),
    ]
}

/// Lets a page be made of the problems that come out of `handler`.
pub(crate) fn with_face(node: &Node, handler: MethodRouter<Node>) -> MethodRouter<Node> {
    handler.layer(middleware::from_fn_with_state(node.clone(), face))
}

/// Answers an address that nothing has: a page for whoever reads pages.
pub(crate) async fn missing(State(node): State<Node>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let accepts = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if parts.uri.path().starts_with("/api/") || !accepts.is_some_and(|it| it.contains("text/html"))
    {
        return Problem::not_found().into_response();
    }
    shown(&node, None, &parts, &Problem::not_found()).await
}

async fn served_asset(request: Request) -> Response {
    asset::serve(request.uri().path()).unwrap_or_else(|| Problem::not_found().into_response())
}

/// Makes a page of a problem that comes out of a handler, or of the guard before it.
async fn face(State(node): State<Node>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let asked = parts.clone();
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    if problem.code() == "not_signed_in" && asked.method == Method::GET {
        let address = asked.uri.path_and_query().map_or("/", |address| address.as_str());
        return redirect(&format!("/sign-in?return_to={}", super::query_part(address)));
    }
    let caller = asked.extensions.get::<Caller>().cloned();
    let mut page = shown(&node, caller.as_ref(), &asked, &problem).await;
    problem.write_headers(&mut page);
    page
}

/// Draws the page of a problem.
async fn shown(node: &Node, caller: Option<&Caller>, parts: &Parts, problem: &Problem) -> Response {
    let anonymous = Caller { viewer: watchfire_store::Viewer::anonymous(), csrf: None };
    let caller = caller.unwrap_or(&anonymous);
    let Ok(reader) = reader(node, caller, parts).await else {
        return problem.status().into_response();
    };
    let page = if problem.status() == StatusCode::NOT_FOUND {
        layout::not_found(&reader)
    } else {
        let told = refusal::of(&reader, problem);
        let id = parts.headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
        layout::failure(&reader, &told, id)
    };
    (problem.status(), Html(page.into_string())).into_response()
}
