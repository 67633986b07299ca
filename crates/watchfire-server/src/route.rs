//! The one table of routes. A route is declared here with who may use it, or it does not exist.

use axum::Router;
use axum::middleware;
use axum::routing::get;

use crate::error::Problem;
use crate::health;
use crate::request;
use crate::state::Node;

/// Makes the doors of a node: everything that answers HTTP.
pub fn router(node: &Node) -> Router {
    Router::new()
        .route("/healthz", get(health::alive))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || {
            Problem::new(
                "method_not_allowed",
                "the route does not take this method",
                "look the route up in `/api/docs`",
            )
        })
        .layer(middleware::from_fn_with_state(node.clone(), request::arrive))
        .with_state(node.clone())
}
