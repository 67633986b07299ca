//! The line filter `log proof`: does the proof in a probe verify?
//!
//! A probe is a JSON object with the fields of the test data of transparency-dev/merkle; which they
//! are says what is asked. Fields that are not needed for that are ignored.
//! Uses `serde_json`, because the probes are JSON.
//!
//! | fields | question |
//! |---|---|
//! | `leafIdx` `treeSize` `root` `leafHash` `proof` | inclusion |
//! | `leafIdx` `start` `end` `root` `leafHash` `proof` | inclusion in a subtree |
//! | `size1` `size2` `root1` `root2` `proof` | consistency |
//! | `start` `end` `size` `root1` `root2` `proof` | consistency of a subtree |

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Map, Value};

use super::hash::Hash;
use super::proof::{
    verify_consistency, verify_inclusion, verify_subtree_consistency, verify_subtree_inclusion,
};

/// Why a line is not a probe.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// The line is not JSON.
    #[error("not JSON: {0}")]
    Json(String),
    /// The line is JSON, but no object.
    #[error("not a JSON object")]
    NotAnObject,
    /// The fields do not say what is asked.
    #[error(
        "no kind of proof has these fields; write `leafIdx` with `treeSize` or `start` and `end`, or `size1` and `size2`, or `start`, `end` and `size`"
    )]
    Kind,
    /// A field is missing or has another type.
    #[error("`{field}` is not {expected}")]
    Field {
        /// Its name.
        field: &'static str,
        /// What it should be.
        expected: &'static str,
    },
}

/// Returns the answer to one line: `true`, `false`, or `error: …` if the line is not a probe.
#[must_use]
pub fn answer_line(line: &str) -> String {
    match probe(line) {
        Ok(verifies) => verifies.to_string(),
        Err(error) => format!("error: {error}"),
    }
}

/// Returns whether the proof in the probe verifies.
///
/// A hash that is not base64, or has not 32 bytes, verifies nothing: the answer is `false`.
/// The roots of one and the same tree only have to be the same bytes.
///
/// # Errors
/// [`ProbeError`] if the line is not a probe at all.
pub fn probe(line: &str) -> Result<bool, ProbeError> {
    let value: Value =
        serde_json::from_str(line).map_err(|error| ProbeError::Json(error.to_string()))?;
    let Value::Object(map) = value else { return Err(ProbeError::NotAnObject) };
    let fields = Fields(&map);
    if fields.has(&["leafIdx", "treeSize"]) {
        return fields.inclusion();
    }
    if fields.has(&["leafIdx", "start", "end"]) {
        return fields.subtree_inclusion();
    }
    if fields.has(&["size1", "size2"]) {
        return fields.consistency();
    }
    if fields.has(&["start", "end", "size"]) {
        return fields.subtree_consistency();
    }
    Err(ProbeError::Kind)
}

struct Fields<'a>(&'a Map<String, Value>);

impl Fields<'_> {
    fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.0.contains_key(*name))
    }

    fn inclusion(&self) -> Result<bool, ProbeError> {
        let (index, size) = (self.number("leafIdx")?, self.number("treeSize")?);
        let (leaf, root) = (self.hash("leafHash")?, self.hash("root")?);
        let (Some(leaf), Some(proof), Some(root)) = (leaf, self.proof()?, root) else {
            return Ok(false);
        };
        Ok(verify_inclusion(index, size, &leaf, &proof, &root).is_ok())
    }

    fn subtree_inclusion(&self) -> Result<bool, ProbeError> {
        let (start, end) = (self.number("start")?, self.number("end")?);
        let index = self.number("leafIdx")?;
        let (leaf, root) = (self.hash("leafHash")?, self.hash("root")?);
        let (Some(leaf), Some(proof), Some(root)) = (leaf, self.proof()?, root) else {
            return Ok(false);
        };
        Ok(verify_subtree_inclusion(index, start, end, &leaf, &proof, &root).is_ok())
    }

    fn consistency(&self) -> Result<bool, ProbeError> {
        let (earlier, later) = (self.number("size1")?, self.number("size2")?);
        if earlier == later && earlier > 0 {
            return self.same_tree();
        }
        let (one, two) = (self.hash("root1")?, self.hash("root2")?);
        let (Some(one), Some(proof), Some(two)) = (one, self.proof()?, two) else {
            return Ok(false);
        };
        Ok(verify_consistency(earlier, later, &proof, &one, &two).is_ok())
    }

    fn subtree_consistency(&self) -> Result<bool, ProbeError> {
        let (start, end) = (self.number("start")?, self.number("end")?);
        let size = self.number("size")?;
        if start == 0 && end == size && size > 0 {
            return self.same_tree();
        }
        let (one, two) = (self.hash("root1")?, self.hash("root2")?);
        // Of the empty subtree only its own root is asked, whatever the tree.
        let two = if start == end { two.or(Some(Hash::of_empty_tree())) } else { two };
        let (Some(one), Some(proof), Some(two)) = (one, self.proof()?, two) else {
            return Ok(false);
        };
        Ok(verify_subtree_consistency(start, end, size, &proof, &one, &two).is_ok())
    }

    fn same_tree(&self) -> Result<bool, ProbeError> {
        let (one, two) = (self.bytes("root1")?, self.bytes("root2")?);
        let empty = self.proof()?.is_some_and(|proof| proof.is_empty());
        Ok(empty && one.is_some() && one == two)
    }

    fn number(&self, field: &'static str) -> Result<u64, ProbeError> {
        let number = self.0.get(field).and_then(Value::as_u64);
        number.ok_or(ProbeError::Field { field, expected: "a whole number from 0 to 2^64 − 1" })
    }

    /// Returns the decoded bytes, or `None` if the text is not base64.
    fn bytes(&self, field: &'static str) -> Result<Option<Vec<u8>>, ProbeError> {
        match self.0.get(field) {
            Some(Value::String(text)) => Ok(BASE64_STANDARD.decode(text).ok()),
            Some(Value::Null) => Ok(Some(Vec::new())),
            _ => Err(ProbeError::Field { field, expected: "a text in base64" }),
        }
    }

    fn hash(&self, field: &'static str) -> Result<Option<Hash>, ProbeError> {
        Ok(self.bytes(field)?.and_then(|bytes| Hash::from_slice(&bytes)))
    }

    fn proof(&self) -> Result<Option<Vec<Hash>>, ProbeError> {
        let wrong = ProbeError::Field { field: "proof", expected: "a list of texts in base64" };
        let items = match self.0.get("proof") {
            Some(Value::Array(items)) => items.as_slice(),
            Some(Value::Null) => &[],
            _ => return Err(wrong),
        };
        let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
        Ok(texts.ok_or(wrong)?.into_iter().map(Hash::from_base64).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAF: &str = "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=";

    #[test]
    fn a_line_is_answered_with_true_false_or_the_error() {
        let line = |leaf: &str| {
            format!(
                r#"{{"leafIdx":0,"treeSize":1,"root":"{LEAF}","leafHash":"{leaf}","proof":null}}"#
            )
        };
        assert_eq!(answer_line(&line(LEAF)), "true");
        assert_eq!(answer_line(&line("AAAA")), "false", "a wrong length verifies nothing");
        assert_eq!(answer_line(&line("no base64")), "false");
        assert!(answer_line("{").starts_with("error: not JSON"));
        assert_eq!(answer_line("[]"), "error: not a JSON object");
        assert!(answer_line("{}").starts_with("error: no kind of proof has these fields"));
        assert_eq!(
            answer_line(r#"{"size1":-1,"size2":1,"root1":"","root2":"","proof":[]}"#),
            "error: `size1` is not a whole number from 0 to 2^64 − 1"
        );
        assert_eq!(
            answer_line(r#"{"size1":1,"size2":2,"root1":"","root2":"","proof":[1]}"#),
            "error: `proof` is not a list of texts in base64"
        );
    }
}
