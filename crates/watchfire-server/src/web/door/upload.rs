//! A form that carries a file: its fields, and the bytes of the file.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Multipart, Request};

use super::visit::{Sent, Visit, malformed};
use crate::auth;
use crate::error::Problem;

/// A form with a file has at most so many fields.
const FIELDS_MAX: usize = 20;
/// A field beside the file has at most so many bytes.
const FIELD_BYTES_MAX: usize = 10_000;
/// The name of the input that takes the file.
const FILE: &str = "document";

/// A form that was sent with a file.
#[derive(Debug)]
pub(super) struct Upload {
    pub(super) sent: Sent,
    /// As the reader's machine calls the file; empty where none was chosen.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// Reads a form with a file of at most `bytes_max` bytes, once it is known to be a form of ours.
///
/// Whoever calls has the right to what the form is for: nothing is taken in for anybody else.
///
/// # Errors
/// `origin_foreign`, `request_malformed`, `body_too_large`.
pub(super) async fn read(
    visit: &Visit,
    request: Request,
    bytes_max: usize,
) -> Result<Upload, Problem> {
    auth::own_page(&visit.node, &visit.arrival, &visit.headers)?;
    let mut form = Multipart::from_request(request, &visit.node).await.map_err(|_| malformed())?;
    let mut fields = BTreeMap::new();
    let mut file = None;
    while let Some(mut field) = form.next_field().await.map_err(|_| malformed())? {
        let name = field.name().unwrap_or_default().to_owned();
        if fields.len() == FIELDS_MAX {
            return Err(malformed());
        }
        let is_file = name == FILE;
        if is_file {
            // The proof stands before the file, so that nobody else's file is taken in.
            proved(visit, &fields)?;
        }
        let called = field.file_name().unwrap_or_default().to_owned();
        let limit = if is_file { bytes_max } else { FIELD_BYTES_MAX };
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|_| malformed())? {
            if bytes.len() + chunk.len() > limit {
                return Err(too_large(limit));
            }
            bytes.extend_from_slice(&chunk);
        }
        if is_file {
            file = Some((called, bytes));
        } else {
            let text = String::from_utf8(bytes).map_err(|_| malformed())?;
            fields.insert(name, text);
        }
    }
    proved(visit, &fields)?;
    let sent = Sent::of(fields)?;
    let (name, bytes) = file.ok_or_else(malformed)?;
    Ok(Upload { sent, name, bytes })
}

fn proved(visit: &Visit, fields: &BTreeMap<String, String>) -> Result<(), Problem> {
    match &visit.caller.csrf {
        Some(csrf) => csrf.check(fields.get("csrf").map_or("", String::as_str)),
        None => Ok(()),
    }
}

fn too_large(bytes_max: usize) -> Problem {
    Problem::new(
        "body_too_large",
        format!("the file has more than {bytes_max} bytes"),
        "send less, or ask the operator to raise the limit",
    )
}
