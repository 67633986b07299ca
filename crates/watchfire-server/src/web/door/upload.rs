//! A form that carries a file: its fields, and the bytes of the file.

use std::collections::BTreeMap;

use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};

use super::visit::{Sent, Visit, malformed};
use crate::auth;
use crate::error::Problem;

/// A form with a file has at most so many fields.
const FIELDS_MAX: usize = 20;
/// A field beside the file has at most so many bytes.
const FIELD_BYTES_MAX: usize = 10_000;
/// Of a file that is too large so much more is let pass, so that the browser has sent its form and
/// shows the answer.
const PASSED_BYTES_MAX: usize = 256 << 20;
/// The name of the input that takes the file.
const FILE: &str = "document";

/// A form that was sent with a file.
#[derive(Debug)]
pub(super) struct Upload {
    pub(super) sent: Sent,
    /// As the reader's machine calls the file; empty where none was chosen.
    pub(super) name: String,
    /// The file, or that it is larger than what is taken; the form is shown again then.
    pub(super) bytes: Result<Vec<u8>, Problem>,
}

/// Reads a form with a file of at most `bytes_max` bytes, once it is known to be a form of ours.
///
/// Whoever calls has the right to what the form is for: nothing is taken in for anybody else.
///
/// # Errors
/// `origin_foreign`, `request_malformed`; `body_too_large` where a field is, or far more than a file
/// may have comes.
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
        if is_file {
            file = Some((called, whole(&mut field, bytes_max).await?));
        } else {
            let bytes = whole(&mut field, FIELD_BYTES_MAX).await??;
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

/// Reads a field of at most `bytes_max` bytes. What comes behind them is let pass and not kept.
async fn whole(
    field: &mut Field<'_>,
    bytes_max: usize,
) -> Result<Result<Vec<u8>, Problem>, Problem> {
    let (mut bytes, mut passed) = (Vec::new(), 0);
    while let Some(chunk) = field.chunk().await.map_err(|_| malformed())? {
        if passed == 0 && bytes.len() + chunk.len() <= bytes_max {
            bytes.extend_from_slice(&chunk);
            continue;
        }
        bytes = Vec::new();
        passed += chunk.len();
        if passed > PASSED_BYTES_MAX {
            return Err(too_large(bytes_max));
        }
    }
    Ok(if passed > 0 { Err(too_large(bytes_max)) } else { Ok(bytes) })
}

/// The page reads the number out of the text.
fn too_large(bytes_max: usize) -> Problem {
    let detail = format!("the file has more than `{bytes_max}` bytes");
    let hint = "send less, or ask the operator to raise the limit";
    Problem::new("body_too_large", detail, hint).at("/document")
}
