//! The reference tells what the code says: the pinned OpenAPI document, the routes, the errors.
//!
//! `WATCHFIRE_REGENERATE=1 cargo test -p watchfire-server --test reference` writes them anew. A
//! change of them is a change of a promise, and stands in the same commit as its cause.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::Value;
use watchfire_server::error::CODES;
use watchfire_server::route::{self, Access};

fn reference(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference").join(file)
}

fn expect_pinned(file: &str, expected: &str) {
    let path = reference(file);
    if std::env::var_os("WATCHFIRE_REGENERATE").is_some() {
        std::fs::write(&path, expected).expect("the reference can be written");
        return;
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    let differs =
        found.lines().zip(expected.lines()).position(|(found, expected)| found != expected);
    assert!(
        found == expected,
        "docs/reference/{file} differs from the code at line {}; \
         run `WATCHFIRE_REGENERATE=1 cargo test -p watchfire-server --test reference`",
        differs.unwrap_or_else(|| found.lines().count().min(expected.lines().count())) + 1
    );
}

#[test]
fn the_description_of_the_api_is_pinned() {
    let api = route::openapi();
    assert_eq!(api["openapi"], "3.1.0");
    let mut json = serde_json::to_string_pretty(&api).expect("JSON");
    json.push('\n');
    expect_pinned("openapi.json", &json);
}

fn who(access: Access) -> &'static str {
    match access {
        Access::Public => "everybody; nobody is asked who they are",
        Access::Anybody => "everybody; an account counts",
        Access::SignedIn => "any account",
        Access::Grant => "an account with the right to what the path names",
        Access::Duty(_) => "an account with the duty",
    }
}

#[test]
fn the_routes_stand_in_the_reference() {
    let api = route::openapi();
    let mut text = String::from(
        "# HTTP API\n\n\
         Every route of the pinned OpenAPI document `docs/reference/openapi.json`, which describes \
         every field; a node shows the same under `/api/docs`.\n\
         This page is written from the code: `WATCHFIRE_REGENERATE=1 cargo test -p \
         watchfire-server --test reference`.\n\n\
         Requests and answers are JSON, times RFC 3339 in UTC with `Z`, spans ISO 8601, names \
         `snake_case`.\n\
         A program sends `Authorization: Bearer …` with a token of `watchfire user token`; a \
         browser has a session, and its writes must come from our own pages.\n\
         Every write but a report needs `Idempotency-Key`: the same key with the same request is \
         done once and answered alike, with another request it is refused.\n\
         The answer to a write has `id` and `receipt`, the token of its entry in the evidence \
         log.\n\
         Lists go on with `after`, the `next` of the page before, and have no totals.\n\
         What is hidden and what is missing are one answer, 404; [errors](errors.md) lists the \
         others.\n",
    );
    for tag in api["tags"].as_array().expect("tags") {
        let name = tag["name"].as_str().expect("a name");
        let description = tag["description"].as_str().expect("a description");
        writeln!(text, "\n## {name}\n\n{description}\n").expect("a text takes text");
        text.push_str("| route | does | for |\n|---|---|---|\n");
        for (method, path, access) in route::declared() {
            let path = path.replace("{*", "{");
            let operation = &api["paths"][&path][method.to_lowercase()];
            let tagged =
                operation["tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag == name));
            if tagged {
                let summary = operation["summary"].as_str().expect("a route says what it does");
                let who = who(access);
                writeln!(text, "| `{method} {path}` | {summary} | {who} |")
                    .expect("a text takes text");
            }
        }
    }
    expect_pinned("api.md", &text);
}

#[test]
fn the_errors_stand_in_the_reference() {
    let mut text = String::from(
        "# Errors of the HTTP API\n\n\
         Every answer that is no success is problem+json (RFC 9457).\n\
         `code` is stable: one may be added, none is renamed.\n\
         `detail` says what happened, `hint` what to do, `pointer` which part of the body is meant \
         (RFC 6901), `request_id` what to tell the operator.\n\
         Where files of law do not load, `problems` has each thing that is wrong: `path`, `line`, \
         `column`, `code`, `message`, `hint`.\n\
         `outcome` is `unknown` where nobody can say whether a write was done; the same request \
         with the same `Idempotency-Key` tells, and does it once.\n\
         This page is written from the code, as [the routes](api.md) are.\n\n\
         | code | status | when |\n|---|---|---|\n",
    );
    for (code, status, when) in CODES {
        writeln!(text, "| `{code}` | {status} | {when} |").expect("a text takes text");
    }
    expect_pinned("errors.md", &text);
}

/// Collects what `value` refers to with `$ref`.
fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(target) if name == "$ref" => {
                        found.insert(target);
                    }
                    _ => references(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// A description with a loose end is refused by every program that reads it.
#[test]
fn whatever_the_description_refers_to_is_in_it() {
    let api = route::openapi();
    let mut found = BTreeSet::new();
    references(&api, &mut found);
    assert!(found.len() > 20, "{found:?}");
    let loose = |target: &&&str| {
        let pointer = target.strip_prefix('#').expect("it refers to itself alone");
        api.pointer(pointer).is_none()
    };
    assert_eq!(found.iter().filter(loose).collect::<Vec<_>>(), Vec::<&&str>::new());
}

/// Each route under the table has a summary, and each write says that it is answered.
#[test]
fn every_route_says_what_it_does_and_is_declared_once() {
    let declared = route::declared();
    for (at, (method, path, _)) in declared.iter().enumerate() {
        let again = declared[at + 1..].iter().any(|(m, p, _)| m == method && p == path);
        assert!(!again, "{method} {path} is declared twice");
    }
    assert!(declared.len() > 50, "{}", declared.len());
    let api = route::openapi();
    let mut names: Vec<&str> = Vec::new();
    for (method, path, _) in &declared {
        let operation = &api["paths"][path.replace("{*", "{")][method.to_lowercase()];
        let summary = operation["summary"].as_str().expect("a route says what it does");
        assert!(!summary.is_empty() && !summary.contains('\n'), "{method} {path}: {summary:?}");
        let name = operation["operationId"].as_str().expect("a name");
        assert!(!names.contains(&name), "{name} names two routes");
        names.push(name);
        for (status, response) in operation["responses"].as_object().expect("responses") {
            assert!(response["description"].is_string(), "{method} {path} {status}");
        }
    }
}
