//! What others hand an advisory out in: a statement of in-toto, an envelope of DSSE around one, and a
//! bundle of Sigstore around that.
//!
//! A signature is not checked here: whether to believe whoever signed is for whoever has the keys.
//!
//! Source: in-toto attestation framework, Statement; DSSE, protocol and envelope; Sigstore, bundle.

use serde_json::Value;

use super::document::{self, ReadError};
use super::{Document, text};
use crate::envelope::{self, STATEMENT};

/// How many wrappings lie around each other.
const WRAPPINGS_MAX: usize = 4;

/// Opens what is around a document, and returns it with the pointer to it.
///
/// Behind `/payload` the pointer goes on in what is encoded there.
pub(super) fn open(mut json: Value) -> Result<(Value, String), ReadError> {
    let mut path = String::new();
    for _ in 0..=WRAPPINGS_MAX {
        let Some(step) = step(&json) else { return Ok((json, path)) };
        path.push_str(step);
        let inner = json.pointer_mut(step).map(Value::take).unwrap_or_default();
        json = if step == "/payload" { decoded(&inner, &path)? } else { inner };
    }
    Err(ReadError::at(path, format!("more than {WRAPPINGS_MAX} wrappings lie around each other")))
}

/// What to go into, where something is around a document.
fn step(json: &Value) -> Option<&'static str> {
    let has = |key: &str| json.get(key).is_some();
    let kind = text(json, "_type").unwrap_or_default();
    if has("predicate") && kind.starts_with(STATEMENT) {
        return Some("/predicate");
    }
    if has("payload") && has("payloadType") && has("signatures") {
        return Some("/payload");
    }
    has("dsseEnvelope").then_some("/dsseEnvelope")
}

fn decoded(payload: &Value, path: &str) -> Result<Value, ReadError> {
    let bytes = payload.as_str().and_then(envelope::payload);
    let bytes = bytes.ok_or_else(|| ReadError::at(path, "it is no text in base64"))?;
    document::parse(&bytes).map_err(|error| ReadError::at(path, error.to_string()))
}

/// Says where what was read, or is wrong, stands in the whole.
pub(super) fn placed(read: Result<Document, ReadError>, path: &str) -> Result<Document, ReadError> {
    let place = |pointer: &mut String| pointer.insert_str(0, path);
    match read {
        Ok(mut document) => {
            for advisory in &mut document.advisories {
                place(&mut advisory.pointer);
                advisory.affected.iter_mut().for_each(|one| place(&mut one.pointer));
                advisory.exploitations.iter_mut().for_each(|one| place(&mut one.pointer));
            }
            Ok(document)
        }
        Err(ReadError::Odd(mut problems)) => {
            problems.iter_mut().for_each(|one| place(&mut one.pointer));
            Err(ReadError::Odd(problems))
        }
        Err(other) => Err(other),
    }
}
