//! What machines ask a node about itself.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use watchfire_core::event::Duty;

use crate::auth::Caller;
use crate::error::Problem;
use crate::request::Arrival;
use crate::settings::MetricsAccess;
use crate::state::Node;

/// Says that the process answers. Touches no database and no clock.
#[utoipa::path(get, path = "/healthz", tag = "node",
    responses((status = 200, description = "It answers.", body = String)))]
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// Whether the node can do its work.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Readiness {
    /// Whether requests may be sent here.
    ready: bool,
    /// Whether wall time is not what was expected. The node goes on, by a time that never runs
    /// backwards; somebody should look at the machine's clock.
    clock_in_doubt: bool,
}

/// Says whether the node can do its work: the database answers and takes writes.
#[utoipa::path(get, path = "/readyz", tag = "node",
    responses((status = 200, body = Readiness), (status = 503, description = "It cannot.")))]
pub(crate) async fn ready(State(node): State<Node>) -> Result<axum::Json<Readiness>, Problem> {
    node.store().ping().await?;
    let clock_in_doubt = node.clock().status().doubt.is_some();
    Ok(axum::Json(Readiness { ready: true, clock_in_doubt }))
}

/// What is measured, as Prometheus reads it. The setting `metrics` says who may ask.
#[utoipa::path(get, path = "/metrics", tag = "node",
    responses((status = 200, body = String), (status = 404, description = "Not for you.")))]
pub(crate) async fn metrics(
    State(node): State<Node>,
    arrival: Arrival,
    caller: Caller,
) -> Result<Response, Problem> {
    let may = match node.settings().metrics {
        MetricsAccess::Loopback => arrival.is_local,
        MetricsAccess::Administrator => caller.viewer.has_duty(Duty::Administrator),
        MetricsAccess::Off => false,
    };
    if !may {
        return Err(Problem::not_found());
    }
    let text = node.metrics().text(&node.clock().status());
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

/// Whom to tell of a vulnerability in this very node or in what its organization makes (RFC 9116).
#[utoipa::path(get, path = "/.well-known/security.txt", tag = "node",
    responses((status = 200, body = String), (status = 404, description = "Not set up.")))]
pub(crate) async fn security_txt(State(node): State<Node>) -> Result<Response, Problem> {
    let settings = node.settings().security_txt.as_ref().ok_or_else(Problem::not_found)?;
    let base = node.settings().base_url();
    let mut text = format!("Contact: {base}/report\n");
    for contact in &settings.contact {
        text.push_str(&format!("Contact: {contact}\n"));
    }
    text.push_str(&format!("Expires: {}\n", settings.expires));
    text.push_str("Preferred-Languages: en, zh\n");
    text.push_str(&format!("Canonical: {base}/.well-known/security.txt\n"));
    if let Some(policy) = &settings.policy {
        text.push_str(&format!("Policy: {policy}\n"));
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
