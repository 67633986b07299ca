//! What the API says of itself: the OpenAPI description, and a page that shows it.

use std::sync::LazyLock;

use axum::Json;
use axum::response::Html;
use maud::{DOCTYPE, Markup, html};
use serde_json::{Value, json};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;

use super::backtest::BACKTEST;
use crate::error::CODES;
use crate::route::{self, Access};
use crate::web::asset::{self, Asset};
use crate::web::layout;

/// What stands above the routes.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Watchfire",
        description = "Reports, cases, obligations and evidence. Writes need `Idempotency-Key`, \
            except reports. Errors are problem+json (RFC 9457) with a stable `code`."
    ),
    tags(
        (name = "reports", description = "What somebody tells us."),
        (name = "cases", description = "Our unit of work on one vulnerability."),
        (name = "obligations", description = "What is owed, by when, and who holds it."),
        (name = "laws", description = "The law packs in use."),
        (name = "amendments", description = "Changes of law, and the departments that must know."),
        (name = "exposure", description = "What advisories say of what the house has."),
        (name = "parties", description = "People and organizations."),
        (name = "products", description = "What we make or run, its releases, and what they are made of."),
        (name = "log", description = "The evidence log."),
        (name = "node", description = "The node itself.")
    )
)]
struct About;

/// Returns the description without its routes.
pub(crate) fn about() -> OpenApi {
    use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
    let mut api = About::openapi();
    let components = api.components.get_or_insert_default();
    components
        .add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    api
}

/// Completes what is the same for every route: names, the key of a write, problems, who may.
pub(crate) fn complete(api: &OpenApi, declared: &[(&'static str, String, Access)]) -> Value {
    let mut api = serde_json::to_value(api).expect("a description has a JSON form");
    for (method, path, access) in declared {
        let operation = &mut api["paths"][path][method.to_lowercase()];
        operation["operationId"] = json!(operation_id(method, path));
        if let Some(summary) = operation["summary"].as_str() {
            operation["summary"] = json!(on_one_line(summary));
        }
        if let Some(responses) = operation["responses"].as_object_mut() {
            for (_, response) in responses.iter_mut() {
                if response.get("description").is_none() {
                    response["description"] = json!("Done.");
                }
            }
            responses.insert("default".to_owned(), problem_response());
        }
        if *method != "GET" && path != BACKTEST {
            let parameter = key_parameter(path != "/api/v1/reports");
            match operation["parameters"].as_array_mut() {
                Some(parameters) => parameters.push(parameter),
                None => operation["parameters"] = json!([parameter]),
            }
        }
        operation["security"] = match access {
            Access::Public => json!([]),
            Access::Anybody => json!([{ "bearer": [] }, {}]),
            Access::SignedIn | Access::Grant | Access::Duty(_) => json!([{ "bearer": [] }]),
        };
    }
    api["components"]["schemas"]["Problem"] = problem_schema();
    if let Some(paths) = api["paths"].as_object_mut() {
        let described = std::mem::take(paths).into_iter();
        paths.extend(described.map(|(path, item)| (in_words(&path), item)));
    }
    api
}

/// A summary is a line, however its comment was broken: a row of a table takes no more.
fn on_one_line(summary: &str) -> String {
    summary.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Writes a path as OpenAPI does, which knows no parameter that spans several segments.
pub(crate) fn in_words(path: &str) -> String {
    path.replace("{*", "{")
}

/// A name for programs that are made from the description: `get_cases_id_facts`.
fn operation_id(method: &str, path: &str) -> String {
    let path = path.trim_start_matches("/api/v1").trim_start_matches('/');
    let plain = |sign: char| if sign.is_ascii_alphanumeric() { sign } else { '_' };
    let words: String = path.chars().filter(|sign| !"{}*".contains(*sign)).map(plain).collect();
    format!("{}_{}", method.to_lowercase(), words.trim_matches('_'))
}

fn key_parameter(required: bool) -> Value {
    json!({
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Names the request, so that it is done once.",
        "required": required,
        "schema": { "type": "string", "maxLength": 200 },
    })
}

fn problem_response() -> Value {
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    json!({
        "description": "A problem; `docs/reference/errors.md` lists the codes.",
        "content": { "application/problem+json": { "schema": schema } },
    })
}

fn problem_schema() -> Value {
    let text = json!({ "type": "string" });
    let codes: Vec<&str> = CODES.iter().map(|(code, _, _)| *code).collect();
    json!({
        "type": "object",
        "description": "What an answer says when it is no success (RFC 9457).",
        "required": ["type", "title", "status", "code", "detail", "hint", "request_id"],
        "properties": {
            "type": text, "title": text, "status": { "type": "integer" },
            "code": { "type": "string", "enum": codes },
            "detail": text, "hint": text, "pointer": text,
            "line": { "type": "integer" },
            "problems": {
                "type": "array",
                "description": "Each thing that is wrong in files of law, up to 500.",
                "items": {
                    "type": "object",
                    "required": ["path", "line", "column", "code", "message", "hint"],
                    "properties": {
                        "path": text, "line": { "type": "integer" },
                        "column": { "type": "integer" }, "code": text, "message": text,
                        "hint": text,
                    },
                },
            },
            "outcome": { "type": "string", "enum": ["unknown"] },
            "request_id": text,
        },
    })
}

/// The description of this API, OpenAPI 3.1.
#[utoipa::path(get, path = "/api/openapi.json", tag = "node",
    responses((status = 200, body = Object)))]
pub(crate) async fn openapi() -> Json<Value> {
    Json(DESCRIPTION.clone())
}

/// A page that shows the routes, without a script.
#[utoipa::path(get, path = "/api/docs", tag = "node",
    responses((status = 200, body = String, content_type = "text/html")))]
pub(crate) async fn page() -> Html<String> {
    Html(PAGE.clone())
}

/// The description, made once.
static DESCRIPTION: LazyLock<Value> = LazyLock::new(route::openapi);
/// The page, made once.
static PAGE: LazyLock<String> = LazyLock::new(|| shown(&DESCRIPTION, &route::declared()));

fn shown(api: &Value, declared: &[(&'static str, String, Access)]) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let page: Markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Watchfire API" }
                link rel="icon" type="image/svg+xml" href=(asset::path(Asset::Icon));
                link rel="stylesheet" href=(asset::path(Asset::Style));
            }
            body {
                header.side {
                    a.mark href="/" { (layout::mark()) span { "Watchfire" } }
                    nav aria-label="Nouns" {
                        @for tag in api["tags"].as_array().into_iter().flatten() {
                            a href={ "#" (text(&tag["name"])) } { (text(&tag["name"])) }
                        }
                    }
                }
                main {
                h1 { "Watchfire API" }
                p { (text(&api["info"]["description"])) }
                p { a href="/api/openapi.json" { "openapi.json" } " describes every field." }
                @for tag in api["tags"].as_array().into_iter().flatten() {
                    h2 id=(text(&tag["name"])) { (text(&tag["name"])) }
                    p { (text(&tag["description"])) }
                    dl.routes {
                        @for (method, path, _) in declared {
                            @let operation = &api["paths"][in_words(path)][method.to_lowercase()];
                            @if operation["tags"][0] == tag["name"] {
                                dt { code { (method) " " (path) } }
                                dd { (text(&operation["summary"])) }
                            }
                        }
                    }
                }
                }
            }
        }
    };
    page.into_string()
}

/// Lists the routes of a description: method and path.
pub(crate) fn operations(api: &OpenApi) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for (path, item) in &api.paths.paths {
        for (method, operation) in [
            ("GET", &item.get),
            ("POST", &item.post),
            ("PUT", &item.put),
            ("PATCH", &item.patch),
            ("DELETE", &item.delete),
        ] {
            if operation.is_some() {
                found.push((method, path.clone()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_has_a_name_for_programs() {
        for (method, path, expected) in [
            ("GET", "/api/v1/cases/{id}/facts", "get_cases_id_facts"),
            ("GET", "/healthz", "get_healthz"),
            ("GET", "/api/v1/log/tile/{*tile}", "get_log_tile_tile"),
        ] {
            assert_eq!(operation_id(method, path), expected);
        }
    }
}
