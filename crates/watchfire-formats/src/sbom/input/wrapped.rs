//! What others hand an SBOM out in: a statement of in-toto, an envelope of DSSE around one, a bundle
//! of Sigstore around that, and the export of GitHub's dependency graph.
//!
//! A signature is not checked here: whether to believe whoever signed is for whoever has the keys.
//!
//! Source: in-toto attestation framework, Statement; DSSE, protocol and envelope; Sigstore, bundle;
//! GitHub REST API, "Export a software bill of materials for a repository".

use std::borrow::Cow;

use super::super::Refused;
use super::super::problem::Place;
use crate::envelope::{self, STATEMENT};

/// How much of what is wrapped is copied to be opened: an encoded payload, or what is compressed.
pub(super) const COPIED_BYTES_MAX: usize = 64 << 20;
/// How many wrappings lie around each other.
pub(super) const WRAPPINGS_MAX: usize = 4;

/// What is around an SBOM.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Around {
    /// The pointer to it; behind `/payload` it goes on in what is encoded there.
    path: String,
    /// How many lines are before it.
    lines: u64,
}

impl Around {
    /// Says where a place in the SBOM is in the whole.
    pub(crate) fn place(&self, place: &mut Place) {
        if self.path.is_empty() {
            return;
        }
        place.path = Place::path(&format!("{}{}", self.path, place.path)).path;
        place.line = place.line.map(|line| line + self.lines);
    }

    /// Says where a refusal is in the whole.
    pub(crate) fn refused(&self, mut refused: Refused) -> Refused {
        if let Refused::Broken { place, .. } | Refused::TooDeep(place) = &mut refused {
            self.place(place);
        }
        refused
    }
}

/// What is within one wrapping, where there is one; `around` says then how to it.
pub(super) fn open<'b>(
    json: Cow<'b, [u8]>,
    around: &mut Around,
) -> Result<Option<Cow<'b, [u8]>>, Refused> {
    let names =
        ["_type", "predicate", "payloadType", "payload", "signatures", "dsseEnvelope", "sbom"];
    let Some(found) = members(&json, names) else { return Ok(None) };
    let [kind, predicate, payload_type, payload, signatures, envelope, sbom] = found;
    let is_statement = kind.and_then(|span| text(&json[span.0..span.1]));
    let is_statement = is_statement.is_some_and(|kind| kind.starts_with(STATEMENT));
    let inner = match (predicate, payload, envelope, sbom) {
        (Some(predicate), ..) if is_statement => Some(("/predicate", predicate)),
        (_, Some(payload), ..) if payload_type.is_some() && signatures.is_some() => {
            let path = format!("{}/payload", around.path);
            let wrong = |reason| Refused::broken(Place::path(&path), reason);
            let payload = &json[payload.0..payload.1];
            if payload.len() > COPIED_BYTES_MAX {
                return Err(wrong(format!("more than {COPIED_BYTES_MAX} bytes are encoded")));
            }
            let encoded = text(payload).ok_or_else(|| wrong("it is no text".to_owned()))?;
            let decoded =
                envelope::payload(encoded).ok_or_else(|| wrong("it is no base64".to_owned()))?;
            *around = Around { path, lines: 0 };
            return Ok(Some(Cow::Owned(decoded)));
        }
        (_, _, Some(envelope), _) => Some(("/dsseEnvelope", envelope)),
        (_, _, _, Some(sbom)) => Some(("/sbom", sbom)),
        _ => None,
    };
    let Some((step, (begin, end))) = inner else { return Ok(None) };
    around.path.push_str(step);
    around.lines += json[..begin].iter().filter(|byte| **byte == b'\n').count() as u64;
    Ok(Some(match json {
        Cow::Borrowed(json) => Cow::Borrowed(&json[begin..end]),
        Cow::Owned(mut json) => {
            json.truncate(end);
            json.drain(..begin);
            Cow::Owned(json)
        }
    }))
}

/// A text without an escaped sign, as names of types and base64 are written.
fn text(json: &[u8]) -> Option<&str> {
    let inside = json.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    std::str::from_utf8(inside).ok().filter(|text| !text.contains('\\'))
}

type Span = (usize, usize);

/// Where the values of members of an object stand, by the names of the members.
///
/// One pass over the bytes, which keeps nothing; what stands within a value is for its own reader.
/// None where the object does not end, or something follows it.
fn members<const N: usize>(json: &[u8], names: [&str; N]) -> Option<[Option<Span>; N]> {
    let mut found = [None; N];
    let (mut depth, mut at) = (0_usize, 0);
    let mut key: Option<&[u8]> = None;
    let mut value: Option<(usize, usize)> = None;
    while at < json.len() {
        let byte = json[at];
        let begin = at;
        at += 1;
        match byte {
            b'"' => {
                while *json.get(at)? != b'"' {
                    at += if json[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
                if depth == 1 && value.is_none() {
                    key = Some(&json[begin + 1..at - 1]);
                }
            }
            b':' if depth == 1 && value.is_none() => {
                let name = key.take()?;
                let place = names.iter().position(|one| one.as_bytes() == name);
                // What nobody asks for is passed over under a number that no name has.
                value = Some((place.unwrap_or(N), at));
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' | b',' => {
                if depth == 1
                    && let Some((place, begin)) = value.take()
                    && let Some(slot) = found.get_mut(place)
                {
                    let blank = json[begin..at - 1].trim_ascii_start().len();
                    let begin = at - 1 - blank;
                    *slot = Some((begin, begin + json[begin..at - 1].trim_ascii_end().len()));
                }
                if byte != b',' {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return json[at..].trim_ascii().is_empty().then_some(found);
                    }
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::members;

    #[test]
    fn members_are_found_where_they_stand_and_nowhere_else() {
        let json = br#" {"a": [{"b": 1}, "}"] , "b" : "x\"}" ,"c":{"a":2}} "#;
        let of = |span: Option<super::Span>| span.map(|(begin, end)| &json[begin..end]);
        let [a, b, c, d] = members(json, ["a", "b", "c", "d"]).expect("an object");
        assert_eq!(of(a), Some(&br#"[{"b": 1}, "}"]"#[..]));
        assert_eq!(of(b), Some(&br#""x\"}""#[..]));
        assert_eq!(of(c), Some(&br#"{"a":2}"#[..]));
        assert_eq!(of(d), None);
        for odd in ["", "{", r#"{"a"#, r#"{"a": 1"#, r#"{"a": 1} x"#, r#"{"a\"#, "]", r#"{: 1}"#] {
            assert_eq!(members(odd.as_bytes(), ["a"]), None, "{odd}");
        }
    }
}
