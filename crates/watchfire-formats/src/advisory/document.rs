//! Bytes become JSON within limits; what a document is; why one was not read.

use std::sync::LazyLock;

use serde_json::Value;

use crate::schema::{Problem, Schema, Unknown};

/// The largest document that is read, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 64 << 20;
/// The most values that a document may hold, counted before it is read: each takes memory.
pub const VALUES_MAX: usize = 3_000_000;
/// The most statements of a status that are taken from a document; one may multiply products by
/// vulnerabilities.
pub const STATEMENTS_MAX: usize = 1_000_000;

/// The most bytes that statements may repeat of what stands once in a document.
pub const COPIED_BYTES_MAX: usize = 4 * DOCUMENT_BYTES_MAX;

/// What the statements of a document may still take.
#[derive(Debug, Default)]
pub(super) struct Budget {
    statements: usize,
    bytes: usize,
}

impl Budget {
    /// Takes so many statements with so many bytes that stand elsewhere once.
    pub(super) fn take(&mut self, statements: usize, bytes: usize) -> Result<(), ReadError> {
        self.statements += statements;
        self.bytes += bytes;
        if self.statements > STATEMENTS_MAX || self.bytes > COPIED_BYTES_MAX {
            return Err(ReadError::TooManyStatements);
        }
        Ok(())
    }
}

/// Why a document was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is larger than it may be.
    #[error("the document has {0} bytes, and at most {DOCUMENT_BYTES_MAX} are read")]
    TooLarge(usize),
    /// It holds more than it may.
    #[error("the document holds more than {VALUES_MAX} values")]
    TooManyValues,
    /// It says more than it may.
    #[error(
        "the document makes more than {STATEMENTS_MAX} statements, or repeats more than \
         {COPIED_BYTES_MAX} bytes in them"
    )]
    TooManyStatements,
    /// It is no JSON, or deeper than 127 levels.
    #[error("the document is no JSON, at line {line}, column {column}: {reason}")]
    Json {
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// It is no YAML, or has of it what is not read.
    #[error("the document is no YAML that is read, at line {line}, column {column}: {reason}")]
    Yaml {
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// It is a list of something else than what the format wants.
    #[error("line {line} is no line of the list: {reason}")]
    Line {
        /// Where, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// It is in none of the formats that are known.
    #[error("the document is in no format of an advisory that is known")]
    Unknown,
    /// It is not as its format wants.
    #[error("the document is not as its format wants, at {}", .0[0])]
    Odd(Vec<Problem>),
}

impl ReadError {
    /// What is wrong, and where.
    pub fn problems(&self) -> Vec<Problem> {
        match self {
            Self::Odd(problems) => problems.clone(),
            other => vec![Problem { pointer: String::new(), reason: other.to_string() }],
        }
    }

    /// One problem at one place.
    pub(super) fn at(pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Odd(vec![Problem { pointer: pointer.into(), reason: reason.into() }])
    }
}

/// Reads JSON within the limits.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, ReadError> {
    if bytes.len() > DOCUMENT_BYTES_MAX {
        return Err(ReadError::TooLarge(bytes.len()));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if values(bytes) > VALUES_MAX {
        return Err(ReadError::TooManyValues);
    }
    serde_json::from_slice(bytes).map_err(|error| ReadError::Json {
        line: error.line(),
        column: error.column(),
        reason: error.to_string(),
    })
}

/// No fewer than the values that `bytes` hold: each but the first stands behind one of these signs.
fn values(bytes: &[u8]) -> usize {
    let (mut count, mut within, mut escaped) = (1, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if within => escaped = true,
            b'"' => within = !within,
            b',' | b'[' | b':' if !within => count += 1,
            _ => {}
        }
    }
    count
}

/// What a document was found to be.
pub(super) enum Found {
    Csaf,
    Cve,
    OpenVex,
    CycloneDx,
    Kev,
    GitHub,
    RubySec,
    Osv,
}

/// Says what a document is, by what only one format has.
pub(super) fn found(json: &Value) -> Option<Found> {
    let has = |key: &str| json.get(key).is_some();
    let context = json.get("@context").and_then(Value::as_str).unwrap_or_default();
    Some(match json {
        _ if json.pointer("/document/csaf_version").is_some() => Found::Csaf,
        _ if has("cveMetadata") || json.get("dataType").is_some_and(|it| it == "CVE_RECORD") => {
            Found::Cve
        }
        _ if context.contains("openvex") => Found::OpenVex,
        _ if json.get("bomFormat").is_some_and(|it| it == "CycloneDX") => Found::CycloneDx,
        _ if has("catalogVersion") && has("vulnerabilities") => Found::Kev,
        _ if has("ghsaId") || has("ghsa_id") => Found::GitHub,
        _ if has("title") && (has("gem") || has("engine") || has("library")) => Found::RubySec,
        _ if has("id") && (has("modified") || has("affected") || has("schema_version")) => {
            Found::Osv
        }
        _ => return None,
    })
}

/// Checks a document by a schema.
pub(super) fn check(schema: &Schema, json: &Value, unknown: Unknown) -> Result<(), ReadError> {
    let problems = schema.problems(json, unknown);
    if problems.is_empty() { Ok(()) } else { Err(ReadError::Odd(problems)) }
}

/// A schema of ours that is compiled when it is first used.
pub(super) type Embedded = LazyLock<Schema>;

/// Compiles a schema that is part of the program.
pub(super) fn embedded(texts: &[&str]) -> Schema {
    Schema::compile(texts).expect("a test compiles each schema that is part of the program")
}
