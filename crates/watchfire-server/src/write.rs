//! A write as it comes in: its key, so that it is done once, and its body.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, Method, header};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::error::Problem;
use crate::state::Node;

/// The header with the key.
const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// A key has at most so many characters.
const KEY_CHARS_MAX: usize = 200;

/// The name of a request, by which the same request again has no second effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// As the caller made it.
    pub text: String,
    /// SHA-256 of method, path and body: the same key with another digest is another request.
    pub digest: [u8; 32],
}

/// A write that must have a key.
#[derive(Debug)]
pub(crate) struct Write {
    pub(crate) key: Key,
    body: Bytes,
}

/// A write that may have a key.
#[derive(Debug)]
pub(crate) struct KeylessWrite {
    pub(crate) key: Option<Key>,
    body: Bytes,
}

impl Write {
    /// Reads the body. Called after the right to write was found, so that a hidden thing answers
    /// like a missing one, whatever the body is.
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        read(&self.body)
    }
}

impl KeylessWrite {
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        read(&self.body)
    }
}

/// A write whose body is a document of others, of whatever type it is declared to be.
///
/// No extractor: its bytes are taken in only once the right and the turn are there.
#[derive(Debug)]
pub(crate) struct DocumentWrite {
    pub(crate) key: Key,
    pub(crate) body: Vec<u8>,
}

impl DocumentWrite {
    pub(crate) async fn read(request: Request, bytes_max: usize) -> Result<Self, Problem> {
        let text = key_text(request.headers())?.ok_or_else(key_missing)?;
        let method = request.method().clone();
        let target = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        let body = whole(request.into_body(), bytes_max).await.ok_or_else(|| {
            let detail =
                format!("the document is longer than {bytes_max} bytes, or did not arrive whole");
            let hint = "compress it with gzip or xz, or ask the operator for more";
            Problem::new("body_too_large", detail, hint)
        })?;
        let key = Key { text, digest: digest(&method, &target, &body) };
        Ok(Self { key, body })
    }
}

/// A body of at most so many bytes, which never stands twice in memory: neither beside its parts
/// nor as a copy.
async fn whole(body: Body, bytes_max: usize) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    let mut parts = body.into_data_stream();
    while let Some(part) = parts.next().await {
        let part = part.ok().filter(|part| whole.len() + part.len() <= bytes_max)?;
        whole.extend_from_slice(&part);
    }
    Some(whole)
}

impl FromRequest<Node> for Write {
    type Rejection = Problem;

    async fn from_request(request: Request, node: &Node) -> Result<Self, Problem> {
        let KeylessWrite { key, body } = KeylessWrite::from_request(request, node).await?;
        Ok(Self { key: key.ok_or_else(key_missing)?, body })
    }
}

fn key_missing() -> Problem {
    Problem::new(
        "idempotency_key_missing",
        "a write needs the header `Idempotency-Key`",
        "send a new random key with each new write, and the same one when you try again",
    )
}

impl FromRequest<Node> for KeylessWrite {
    type Rejection = Problem;

    async fn from_request(request: Request, node: &Node) -> Result<Self, Problem> {
        let text = key_text(request.headers())?;
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let typed = is_json(request.headers());
        let bytes_max = node.settings().limits.body_bytes_max;
        let body = Bytes::from_request(request, node).await.map_err(|_| too_large(bytes_max))?;
        if !body.is_empty() && !typed {
            return Err(Problem::new(
                "media_type_unsupported",
                "the body is not declared as JSON",
                "send `Content-Type: application/json`",
            ));
        }
        let key = text.map(|text| Key { text, digest: digest(&method, &path, &body) });
        Ok(Self { key, body })
    }
}

fn too_large(bytes_max: usize) -> Problem {
    Problem::new(
        "body_too_large",
        format!("the body is longer than {bytes_max} bytes, or did not arrive whole"),
        "shorten it",
    )
}

fn key_text(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let fits = (1..=KEY_CHARS_MAX).contains(&text.len());
    if !fits || !text.bytes().all(|sign| sign.is_ascii_graphic()) {
        return Err(Problem::new(
            "idempotency_key_invalid",
            format!(
                "`Idempotency-Key` must be 1 to {KEY_CHARS_MAX} printable signs without blanks"
            ),
            "use a random UUID",
        ));
    }
    Ok(Some(text.to_owned()))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
    essence.is_some_and(|essence| {
        essence.eq_ignore_ascii_case("application/json")
            || (essence.len() > 5 && essence.to_ascii_lowercase().ends_with("+json"))
    })
}

fn digest(method: &Method, path: &str, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new_with_prefix(b"watchfire request\0");
    for part in [method.as_str().as_bytes(), path.as_bytes()] {
        hash.update(part);
        hash.update([0]);
    }
    hash.update(body);
    hash.finalize().into()
}

/// Reads JSON; the problem says where in it.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|found| {
        let pointer = pointer(found.path());
        let problem = found.into_inner();
        let code = match problem.classify() {
            serde_json::error::Category::Data => "field_invalid",
            _ => "request_malformed",
        };
        let hint = "compare the body with the route's schema in `/api/docs`";
        Problem::new(code, format!("the body cannot be read: {problem}"), hint).at(pointer)
    })?;
    json.end().map_err(|_| {
        Problem::new("request_malformed", "something follows the JSON of the body", "remove it")
    })?;
    match has_nul(body) {
        true => Err(nul_in(body)),
        false => Ok(read),
    }
}

/// Whether a JSON text has the escape of U+0000, which PostgreSQL keeps in no text.
fn has_nul(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(at) = rest.iter().position(|sign| *sign == b'\\') {
        let escape = &rest[at + 1..];
        if escape.starts_with(b"u0000") {
            return true;
        }
        rest = escape.get(1..).unwrap_or_default();
    }
    false
}

/// Says where in a body the sign U+0000 is, which no engine shall keep and another refuse.
fn nul_in(body: &[u8]) -> Problem {
    let found = serde_json::from_slice::<Value>(body).ok().and_then(|json| nul_at(&json));
    let detail = "a text holds the sign U+0000, which no text may hold";
    Problem::field(found.unwrap_or_default(), detail)
}

fn nul_at(value: &Value) -> Option<String> {
    let below = |key: &str, value: &Value| {
        let key = key.replace('~', "~0").replace('/', "~1");
        nul_at(value).map(|rest| format!("/{key}{rest}"))
    };
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(at, item)| below(&at.to_string(), item))
        }
        Value::Object(members) => members.iter().find_map(|(key, value)| below(key, value)),
        _ => None,
    }
}

/// Writes a path as a JSON pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Unknown => {}
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_problem_in_a_body_is_pointed_at() {
        let body = br#"{"a/b":[1,"x"]}"#;
        let problem = read::<BTreeMap<String, Vec<u8>>>(body).unwrap_err();
        assert_eq!(problem.pointer(), Some("/a~1b/1"));
        assert_eq!(problem.code(), "field_invalid");
        let problem = read::<BTreeMap<String, u8>>(b"{").unwrap_err();
        assert_eq!(problem.code(), "request_malformed");
        assert_eq!(read::<u8>(b"1 2").unwrap_err().code(), "request_malformed");
    }

    #[test]
    fn the_sign_that_one_engine_refuses_is_refused_at_the_door_of_both() {
        for (body, pointer) in [
            (r#"{"a":["x","b\u0000"]}"#, "/a/1"),
            (r#"{"a/b":["\u0000"]}"#, "/a~1b/0"),
            (r#"{"a\u0000":["x"]}"#, ""),
        ] {
            let problem = read::<BTreeMap<String, Vec<String>>>(body.as_bytes()).unwrap_err();
            assert_eq!((problem.code(), problem.pointer()), ("field_invalid", Some(pointer)));
        }
        for body in [r#"["\\u0000"]"#, r#"["\\\\u0000","\n"]"#, r#"["\u0001"]"#] {
            assert!(read::<Vec<String>>(body.as_bytes()).is_ok(), "{body}");
        }
        assert!(read::<Vec<String>>(br#"["\\\u0000"]"#).is_err());
    }

    #[test]
    fn a_key_names_one_request_and_no_other() {
        let one = digest(&Method::POST, "/api/v1/claims", b"{}");
        assert_eq!(one, digest(&Method::POST, "/api/v1/claims", b"{}"));
        assert_ne!(one, digest(&Method::PUT, "/api/v1/claims", b"{}"));
        assert_ne!(one, digest(&Method::POST, "/api/v1/gaps", b"{}"));
        assert_ne!(one, digest(&Method::POST, "/api/v1/claims", b"[]"));
    }
}
