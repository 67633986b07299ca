//! JSON Schema, as far as the schemas of the field use it: what a document lacks, and where.
//!
//! A schema is compiled once; a keyword that is not known here is an error then, so that nothing is
//! passed over in silence.
//! Formats are asserted where they decide on what is read: dates, instants, addresses, identifiers.
//!
//! Source: JSON Schema, draft-07 and 2020-12, validation vocabulary.

mod check;
mod compile;
mod format;
mod pattern;

use std::fmt;

use serde_json::Value;

use compile::Node;

/// The most problems that are told of one document; what is wrong often is wrong a thousand times.
pub const PROBLEMS_MAX: usize = 20;

/// What is wrong at one place of a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where, as a JSON pointer; the empty text is the whole document.
    pub pointer: String,
    /// What, in one sentence without its end.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(f, "{place}: {}", self.reason)
    }
}

/// Whether properties that a schema does not name are a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// As the schema says.
    AsWritten,
    /// No: the document is of a later version than the schema.
    Ignored,
}

/// A schema that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// It is no JSON.
    #[error("the schema `{uri}` is no JSON")]
    Json {
        /// Which.
        uri: String,
        /// Why.
        source: serde_json::Error,
    },
    /// It uses what is not known here, or refers to what is not there.
    #[error("the schema `{uri}`: {what}")]
    Unusable {
        /// Which.
        uri: String,
        /// What.
        what: String,
    },
}

/// A compiled schema with all that it refers to.
#[derive(Debug)]
pub struct Schema {
    nodes: Vec<Node>,
}

impl Schema {
    /// Compiles the first of `texts`; the others are there to be referred to, by their `$id`.
    ///
    /// # Errors
    /// [`SchemaError`] where a keyword, a pattern or a reference cannot be understood.
    pub fn compile(texts: &[&str]) -> Result<Self, SchemaError> {
        Ok(Self { nodes: compile::compile(texts)? })
    }

    /// Returns what is wrong with `document`, the first [`PROBLEMS_MAX`] of it.
    pub fn problems(&self, document: &Value, unknown: Unknown) -> Vec<Problem> {
        check::problems(&self.nodes, document, unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(schema: &str, document: &str) -> Vec<String> {
        let schema = Schema::compile(&[schema]).expect("a schema");
        let document = serde_json::from_str(document).expect("JSON");
        schema.problems(&document, Unknown::AsWritten).iter().map(ToString::to_string).collect()
    }

    /// A schema, a document that fits, a document that does not, and where it does not.
    const ROWS: &[(&str, &str, &str, &str)] = &[
        (r#"{"type":"object"}"#, "{}", "[]", "/"),
        (r#"{"type":["array","null"]}"#, "null", "1", "/"),
        (r#"{"type":"integer"}"#, "2.0", "2.5", "/"),
        (r#"{"enum":[1,"a"]}"#, "\"a\"", "2", "/"),
        (r#"{"const":{"a":1}}"#, r#"{"a":1}"#, r#"{"a":2}"#, "/"),
        (r#"{"required":["a"]}"#, r#"{"a":1}"#, "{}", "/"),
        (r#"{"properties":{"a":{"type":"string"}}}"#, r#"{"b":1}"#, r#"{"a":1}"#, "/a"),
        (
            r#"{"properties":{"a":{}},"additionalProperties":false}"#,
            r#"{"a":1}"#,
            r#"{"b":1}"#,
            "/b",
        ),
        (
            r#"{"additionalProperties":{"type":"null"}}"#,
            r#"{"a":null}"#,
            r#"{"a~/b":1}"#,
            "/a~0~1b",
        ),
        (
            r#"{"patternProperties":{"^x_":{"type":"null"}},"additionalProperties":false}"#,
            r#"{"x_a":null}"#,
            r#"{"x_a":1}"#,
            "/x_a",
        ),
        (r#"{"propertyNames":{"pattern":"^a"}}"#, r#"{"ab":1}"#, r#"{"b":1}"#, "/"),
        (r#"{"minProperties":1,"maxProperties":1}"#, r#"{"a":1}"#, "{}", "/"),
        (r#"{"dependentRequired":{"a":["b"]}}"#, r#"{"b":1}"#, r#"{"a":1}"#, "/"),
        (r#"{"items":{"type":"null"}}"#, "[null]", "[null,1]", "/1"),
        (r#"{"items":[{"type":"null"}],"additionalItems":false}"#, "[null]", "[null,1]", "/1"),
        (
            r#"{"prefixItems":[{"type":"null"}],"items":{"type":"string"}}"#,
            "[null,\"a\"]",
            "[null,1]",
            "/1",
        ),
        (r#"{"contains":{"const":1}}"#, "[2,1]", "[2]", "/"),
        (r#"{"minItems":1,"maxItems":2}"#, "[1]", "[1,2,3]", "/"),
        (
            r#"{"uniqueItems":true}"#,
            r#"[{"a":1},{"a":2}]"#,
            r#"[{"a":1,"b":2},{"b":2,"a":1}]"#,
            "/1",
        ),
        (r#"{"minLength":1,"maxLength":2}"#, "\"漏洞\"", "\"abc\"", "/"),
        (r#"{"pattern":"^\\d+$"}"#, "\"12\"", "\"١\"", "/"),
        (r#"{"minimum":0,"maximum":10}"#, "10", "10.5", "/"),
        (r#"{"exclusiveMinimum":0}"#, "0.1", "0", "/"),
        (r#"{"multipleOf":0.1}"#, "0.7", "0.75", "/"),
        (r#"{"allOf":[{"type":"string"},{"minLength":2}]}"#, "\"ab\"", "\"a\"", "/"),
        (r#"{"anyOf":[{"type":"string"},{"type":"null"}]}"#, "null", "1", "/"),
        (r#"{"oneOf":[{"type":"number"},{"type":"integer"}]}"#, "1.5", "1", "/"),
        (r#"{"not":{"type":"null"}}"#, "1", "null", "/"),
        (
            r#"{"if":{"type":"string"},"then":{"minLength":2},"else":{"type":"null"}}"#,
            "\"ab\"",
            "1",
            "/",
        ),
        (r##"{"$ref":"#/$defs/a","$defs":{"a":{"type":"null"}}}"##, "null", "1", "/"),
        (r#"{"format":"date-time"}"#, "\"2024-02-29T00:00:00Z\"", "\"2023-02-29T00:00:00Z\"", "/"),
    ];

    #[test]
    fn every_keyword_says_yes_and_no() {
        for (schema, fits, odd, place) in ROWS {
            assert_eq!(told(schema, fits), Vec::<String>::new(), "{schema}: {fits}");
            let problems = told(schema, odd);
            let placed = problems.iter().all(|one| one.starts_with(&format!("{place}: ")));
            assert!(!problems.is_empty() && placed, "{schema}: {odd}: {problems:?}");
        }
    }

    #[test]
    fn a_schema_may_refer_to_itself_and_to_others() {
        let tree = r##"{"$id":"https://example.org/tree","properties":{
            "leaf":{"$ref":"https://example.org/leaf?1#/definitions/l"},"next":{"$ref":"#"}}}"##;
        let leaf = r#"{"id":"https://example.org/leaf?2","definitions":{"l":{"type":"null"}}}"#;
        let schema = Schema::compile(&[tree, leaf]).expect("a schema");
        let document = serde_json::json!({"next": {"next": {"leaf": 1}}});
        let problems = schema.problems(&document, Unknown::AsWritten);
        assert_eq!(problems[0].pointer, "/next/next/leaf");
        assert!(Schema::compile(&[tree]).is_err(), "what is referred to is not there");
    }

    #[test]
    fn of_several_branches_the_one_that_fits_best_is_told() {
        let schema = r#"{"oneOf":[
            {"properties":{"kind":{"const":"a"},"x":{"type":"string"}},"required":["kind","x"]},
            {"properties":{"kind":{"const":"b"},"y":{"type":"string"}},"required":["kind","y","z"]}]}"#;
        assert_eq!(told(schema, r#"{"kind":"a","x":1}"#).len(), 1);
        assert!(told(schema, r#"{"kind":"a","x":1}"#)[0].starts_with("/x: "));
    }

    #[test]
    fn what_is_not_understood_is_refused_when_compiled() {
        for schema in [
            "{",
            "1",
            r#"{"unheard":1}"#,
            r#"{"pattern":"("}"#,
            r##"{"$ref":"#/nowhere"}"##,
            r#"{"type":"text"}"#,
        ] {
            assert!(Schema::compile(&[schema]).is_err(), "{schema}");
        }
    }

    #[test]
    fn problems_are_bounded() {
        let many = format!("[{}1]", "1,".repeat(10_000));
        assert_eq!(told(r#"{"items":{"type":"null"}}"#, &many).len(), PROBLEMS_MAX);
    }
}
