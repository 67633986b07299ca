//! The one table of routes. A route is declared here with who may use it, or it does not exist.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::MethodRouter;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;
use watchfire_core::event::Duty;

use crate::api;
use crate::auth::{self, Guard};
use crate::error::Problem;
use crate::state::Node;
use crate::{headers, health, limit, metrics, request, web};

/// Answers shorter than this are not worth compressing, in bytes.
const COMPRESSED_BYTES_MIN: u64 = 1_024;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody; nobody is asked who they are.
    Public,
    /// Everybody; an account counts if one signs in.
    Anybody,
    /// Whoever signs in. Lists show what one may see.
    SignedIn,
    /// Whoever signs in and has the right to what the path names; hidden and missing are one 404.
    Grant,
    /// Whoever signs in and has this duty.
    Duty(Duty),
}

/// A route: who may use it, and what stands behind it.
pub(crate) struct Route {
    pub(crate) access: Access,
    pub(crate) door: Door,
}

/// What stands behind a route. A program is told what it gets, a browser sees it.
pub(crate) enum Door {
    /// Of the API, described in OpenAPI, which names its method and its path.
    Api(UtoipaMethodRouter<Node>),
    /// Of the pages.
    Page { method: &'static str, path: &'static str, handler: MethodRouter<Node> },
}

fn route(access: Access, handler: UtoipaMethodRouter<Node>) -> Route {
    Route { access, door: Door::Api(handler) }
}

/// Every route: of the node itself, of the API, and of the pages.
fn table() -> Vec<Route> {
    [
        node(),
        reports(),
        cases(),
        obligations(),
        laws_and_log(),
        amendments(),
        exposure(),
        parties(),
        products(),
        web::door::table(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn node() -> Vec<Route> {
    use Access::{Anybody, Public};
    vec![
        route(Public, routes!(health::alive)),
        route(Public, routes!(health::ready)),
        route(Anybody, routes!(health::metrics)),
        route(Public, routes!(health::security_txt)),
        route(Public, routes!(api::docs::openapi)),
        route(Public, routes!(api::docs::page)),
    ]
}

fn reports() -> Vec<Route> {
    use Access::{Anybody, Grant, SignedIn};
    vec![
        route(Anybody, routes!(api::report::receive)),
        route(SignedIn, routes!(api::report::list)),
        route(Anybody, routes!(api::report::show)),
        route(Grant, routes!(api::report::answer)),
        route(Grant, routes!(api::report::erase_contact)),
    ]
}

fn cases() -> Vec<Route> {
    use Access::{Grant, SignedIn};
    vec![
        route(SignedIn, routes!(api::case::list)),
        route(SignedIn, routes!(api::case::open)),
        route(Grant, routes!(api::case::show)),
        route(Grant, routes!(api::case::rename)),
        route(Grant, routes!(api::export::export)),
        route(Grant, routes!(api::fact::list)),
        route(Grant, routes!(api::fact::record)),
        route(Grant, routes!(api::decision::list)),
        route(Grant, routes!(api::decision::record)),
        route(Grant, routes!(api::participant::list)),
        route(Grant, routes!(api::participant::add)),
        route(Grant, routes!(api::participant::remove)),
        route(Grant, routes!(api::message::list)),
        route(Grant, routes!(api::message::post)),
        route(Grant, routes!(api::obligation::list_of_case)),
        route(Grant, routes!(api::submission::list)),
        route(Grant, routes!(api::submission::record)),
        route(Grant, routes!(api::submission::show)),
        route(Grant, routes!(api::timeline::list)),
        route(Grant, routes!(api::conflict::list)),
        route(Grant, routes!(api::conflict::decide)),
        route(Grant, routes!(api::gate::ask)),
        route(Grant, routes!(api::gate::list)),
        route(Grant, routes!(api::gate::pass)),
        route(Grant, routes!(api::awareness::list)),
        route(Grant, routes!(api::awareness::choose)),
        route(Grant, routes!(api::embargo::show)),
        route(Grant, routes!(api::embargo::agree)),
        route(Grant, routes!(api::embargo::exit)),
    ]
}

fn obligations() -> Vec<Route> {
    use Access::{Grant, SignedIn};
    vec![
        route(SignedIn, routes!(api::obligation::watch)),
        route(Grant, routes!(api::obligation::show)),
        route(Grant, routes!(api::obligation::assign)),
        route(Grant, routes!(api::obligation::release)),
        route(Grant, routes!(api::draft::show)),
        route(Grant, routes!(api::draft::save)),
        route(Grant, routes!(api::draft::export)),
        route(SignedIn, routes!(api::obligation::gaps)),
        route(SignedIn, routes!(api::question::list)),
        route(SignedIn, routes!(api::obligation::claim)),
        route(SignedIn, routes!(api::obligation::acknowledge)),
        route(SignedIn, routes!(api::obligation::escalate)),
    ]
}

fn laws_and_log() -> Vec<Route> {
    use Access::{Duty, Grant, Public, SignedIn};
    use watchfire_core::event::Duty::Auditor;
    let (schemas, paths, methods) = routes!(api::backtest::backtest);
    let large = methods.layer(DefaultBodyLimit::max(api::amendment::PROPOSAL_BYTES_MAX));
    vec![
        route(SignedIn, (schemas, paths, large)),
        route(SignedIn, routes!(api::law::list)),
        route(SignedIn, routes!(api::law::show)),
        route(SignedIn, routes!(api::law::cases)),
        route(SignedIn, routes!(api::law::amendments)),
        route(Grant, routes!(api::map::show)),
        route(SignedIn, routes!(api::inquiry::show)),
        route(SignedIn, routes!(api::inquiry::map)),
        route(Public, routes!(api::log::checkpoint)),
        route(Public, routes!(api::log::tile)),
        route(Public, routes!(api::log::entries)),
        route(Public, routes!(api::log::receipt)),
        route(Duty(Auditor), routes!(api::log::internal_checkpoint)),
    ]
}

fn exposure() -> Vec<Route> {
    use Access::{Grant, SignedIn};
    vec![
        route(SignedIn, routes!(api::vulnerability::list)),
        route(SignedIn, routes!(api::vulnerability::counts)),
        route(Grant, routes!(api::vulnerability::show)),
        route(Grant, routes!(api::vulnerability::timeline::list)),
        route(Grant, routes!(api::vulnerability::exposures)),
        route(Grant, routes!(api::vulnerability::why)),
        route(Grant, routes!(api::vulnerability::of_release)),
        route(Grant, routes!(api::vulnerability::decide)),
        route(Grant, routes!(api::vulnerability::agree)),
        route(Grant, routes!(api::vulnerability::join)),
        route(SignedIn, routes!(api::component::list)),
        route(SignedIn, routes!(api::component::names)),
        route(SignedIn, routes!(api::advisory::list)),
        route(Grant, routes!(api::advisory::show)),
        route(Grant, routes!(api::advisory::document)),
        route(Grant, routes!(api::advisory::bring)),
        route(SignedIn, routes!(api::advisory::rules)),
        route(Grant, routes!(api::advisory::set_rules)),
    ]
}

fn amendments() -> Vec<Route> {
    use Access::{Grant, SignedIn};
    let (schemas, paths, methods) = routes!(api::amendment::propose);
    let large = methods.layer(DefaultBodyLimit::max(api::amendment::PROPOSAL_BYTES_MAX));
    vec![
        route(SignedIn, routes!(api::amendment::list)),
        route(Grant, (schemas, paths, large)),
        route(Grant, routes!(api::amendment::show)),
        route(Grant, routes!(api::amendment::diff)),
        route(Grant, routes!(api::amendment::impact)),
        route(Grant, routes!(api::amendment::interpret)),
        route(Grant, routes!(api::amendment::review)),
        route(Grant, routes!(api::amendment::reject)),
        route(Grant, routes!(api::amendment::withdraw)),
        route(Grant, routes!(api::amendment::claim)),
        route(Grant, routes!(api::amendment::acknowledge)),
        route(SignedIn, routes!(api::feed::list)),
        route(SignedIn, routes!(api::reading::list)),
        route(Grant, routes!(api::reading::propose)),
        route(SignedIn, routes!(api::department::list)),
        route(Grant, routes!(api::department::register)),
        route(Grant, routes!(api::department::show)),
        route(Grant, routes!(api::department::change)),
        route(Grant, routes!(api::department::close)),
    ]
}

fn parties() -> Vec<Route> {
    use Access::{Duty, Grant, SignedIn};
    use watchfire_core::event::Duty::Administrator;
    vec![
        route(Grant, routes!(api::organization::profile)),
        route(Grant, routes!(api::organization::change_profile)),
        route(Grant, routes!(api::inquiry::recorded)),
        route(Grant, routes!(api::inquiry::record)),
        route(Grant, routes!(api::organization::choices)),
        route(Grant, routes!(api::organization::choose)),
        route(Grant, routes!(api::organization::country)),
        route(Grant, routes!(api::organization::record_country)),
        route(Grant, routes!(api::organization::chain)),
        route(Grant, routes!(api::organization::set_chain)),
        route(SignedIn, routes!(api::party::me)),
        route(SignedIn, routes!(api::party::list)),
        route(Duty(Administrator), routes!(api::party::add)),
        route(Grant, routes!(api::party::show)),
        route(Grant, routes!(api::party::change_duties)),
        route(Grant, routes!(api::party::open_account)),
        route(Grant, routes!(api::party::close_account)),
        route(Grant, routes!(api::party::set_password)),
        route(Grant, routes!(api::party::addresses)),
        route(Grant, routes!(api::party::set_address)),
        route(Grant, routes!(api::party::set_preferences)),
        route(Grant, routes!(api::party::test_notice)),
        route(SignedIn, routes!(api::token::list)),
        route(SignedIn, routes!(api::token::make)),
        route(SignedIn, routes!(api::token::revoke)),
    ]
}

fn products() -> Vec<Route> {
    use Access::{Grant, SignedIn};
    vec![
        route(SignedIn, routes!(api::product::list)),
        route(Grant, routes!(api::product::register)),
        route(Grant, routes!(api::product::show)),
        route(Grant, routes!(api::product::change)),
        route(Grant, routes!(api::product::retire)),
        route(Grant, routes!(api::release::list)),
        route(Grant, routes!(api::release::register)),
        route(SignedIn, routes!(api::release::holes)),
        route(Grant, routes!(api::release::show)),
        route(Grant, routes!(api::release::change)),
        route(Grant, routes!(api::release::retire)),
        route(Grant, routes!(api::sbom::list)),
        route(Grant, routes!(api::sbom::attach)),
        route(Grant, routes!(api::sbom::detach)),
        route(Grant, routes!(api::sbom::show)),
        route(Grant, routes!(api::sbom::skipped)),
        route(Grant, routes!(api::sbom::problems)),
        route(Grant, routes!(api::sbom::document)),
    ]
}

/// Lists every declared route of the API: method, path, and who may use it.
pub fn declared() -> Vec<(&'static str, String, Access)> {
    let mut found = Vec::new();
    for Route { access, door } in table() {
        let Door::Api(handler) = door else { continue };
        let mut router = OpenApiRouter::<Node>::new().routes(handler);
        let api = router.to_openapi();
        let operations = api::docs::operations(&api).into_iter();
        found.extend(operations.map(|(method, path)| (method, path, access)));
    }
    found
}

/// Lists every declared route of the pages: method, path, and who may use it.
pub fn declared_pages() -> Vec<(&'static str, &'static str, Access)> {
    let pages = table().into_iter().filter_map(|route| match route.door {
        Door::Page { method, path, .. } => Some((method, path, route.access)),
        Door::Api(_) => None,
    });
    pages.collect()
}

/// Puts the table together: each route behind its guard.
fn guarded(node: &Node) -> Router<Node> {
    let mut described = OpenApiRouter::with_openapi(api::docs::about());
    let mut pages = Router::new();
    for Route { access, door } in table() {
        match door {
            Door::Api((schemas, paths, methods)) => {
                described = described.routes((schemas, paths, behind(node, access, methods)));
            }
            Door::Page { path, handler, .. } => {
                let guarded = behind(node, access, web::door::with_face(node, handler));
                pages = pages.route(path, web::door::with_face(node, guarded));
            }
        }
    }
    described.split_for_parts().0.merge(pages)
}

/// Puts a route behind its guard, which lets in whom `access` lets in.
fn behind(node: &Node, access: Access, methods: MethodRouter<Node>) -> MethodRouter<Node> {
    let guard = Guard { node: node.clone(), access };
    methods.layer(middleware::from_fn_with_state(guard, auth::guard))
}

/// Returns the description of the API (OpenAPI 3.1), which depends on the table alone.
pub fn openapi() -> serde_json::Value {
    let mut router = OpenApiRouter::<Node>::with_openapi(api::docs::about());
    for Route { door, .. } in table() {
        if let Door::Api(handler) = door {
            router = router.routes(handler);
        }
    }
    api::docs::complete(&router.into_openapi(), &declared())
}

/// Makes the doors of a node: everything that answers HTTP.
pub fn router(node: &Node) -> Router {
    let body_bytes_max = node.settings().limits.body_bytes_max;
    let page_is_never_compressed = SizeAbove::new(COMPRESSED_BYTES_MIN)
        .and(NotForContentType::const_new("text/html"))
        .and(NotForContentType::IMAGES);
    guarded(node)
        .fallback(web::door::missing)
        .method_not_allowed_fallback(async || {
            Problem::new(
                "method_not_allowed",
                "the route does not take this method",
                "look the route up in `/api/docs`",
            )
        })
        .layer(DefaultBodyLimit::max(body_bytes_max))
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(middleware::from_fn_with_state(node.clone(), limit::bound))
        .layer(middleware::from_fn_with_state(node.clone(), metrics::measure))
        .layer(middleware::from_fn(headers::protect))
        .layer(middleware::from_fn_with_state(node.clone(), request::arrive))
        .layer(CompressionLayer::new().compress_when(page_is_never_compressed))
        .with_state(node.clone())
}

/// A defect in one request ends that request alone.
fn after_panic(cause: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    use axum::response::IntoResponse;
    let text = cause.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| cause.downcast_ref::<String>().cloned());
    Problem::internal(&text.unwrap_or_default()).into_response()
}
