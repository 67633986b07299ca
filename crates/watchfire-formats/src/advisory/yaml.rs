//! YAML, as records of advisories are written in it: maps, lists and texts.
//!
//! Each scalar stays the text that it is, for `1.10` is a version and `2014-03-10` a day; only what
//! is empty, `~` or `null` and stands in no quotes is nothing.
//! An alias is refused, because a few of them fill any memory; so is a second document, a key that
//! stands twice or is no text, and what lies too deep.
//!
//! Source: YAML 1.2.2.

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};
use serde_json::{Map, Value};

use super::document::ReadError;

/// The largest record, in bytes: the parser is slower than that of JSON, and a record is short.
const YAML_BYTES_MAX: usize = 256 << 10;
/// How deep values may lie in each other.
const DEPTH_MAX: usize = 127;
/// How far the beginning is looked at to find out whether it is YAML.
const BEGIN_BYTES_MAX: usize = 64 << 10;

/// Whether a document begins as one of YAML: its first line that says something begins the document
/// or is a key.
pub(super) fn looks_like(bytes: &[u8]) -> bool {
    let begin = &bytes[..bytes.len().min(BEGIN_BYTES_MAX)];
    let begin = begin.strip_prefix(b"\xef\xbb\xbf").unwrap_or(begin);
    let mut lines = begin.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(b"#"));
    let Some(first) = first else { return false };
    let key = first.split(|byte| *byte == b':').next().unwrap_or_default();
    let is_key = key.len() < first.len()
        && !key.is_empty()
        && key.iter().all(|byte| byte.is_ascii_lowercase() || b"_0123456789".contains(byte));
    first == b"---" || first.starts_with(b"--- ") || is_key
}

/// A map or a list that is not at its end.
enum Open {
    Map(Map<String, Value>, Option<String>),
    List(Vec<Value>),
}

/// Reads one document.
///
/// # Errors
/// [`ReadError`], with the line where something is wrong.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, ReadError> {
    if bytes.len() > YAML_BYTES_MAX {
        let bytes = bytes.len();
        let reason =
            format!("a record of YAML has at most {YAML_BYTES_MAX} bytes, this has {bytes}");
        return Err(ReadError::at("", reason));
    }
    let text = std::str::from_utf8(bytes).map_err(|wrong| {
        let before = &bytes[..wrong.valid_up_to()];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        ReadError::Yaml { line, column: 1, reason: "this is no UTF-8".to_owned() }
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut tree = Tree::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| broken(&error))?;
        tree.take(event).map_err(|reason| at(&span, reason))?;
    }
    tree.whole.ok_or_else(|| ReadError::at("", "the document is empty"))
}

fn broken(error: &ScanError) -> ReadError {
    let place = error.marker();
    ReadError::Yaml { line: place.line(), column: place.col() + 1, reason: error.info().to_owned() }
}

fn at(span: &Span, reason: String) -> ReadError {
    ReadError::Yaml { line: span.start.line(), column: span.start.col() + 1, reason }
}

/// What was read of the document so far.
#[derive(Default)]
struct Tree {
    open: Vec<Open>,
    whole: Option<Value>,
    documents: usize,
}

impl Tree {
    fn take(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Alias(_) => Err("an alias is not followed".to_owned()),
            Event::DocumentStart(_) if self.documents > 0 => Err("a second document".to_owned()),
            Event::DocumentStart(_) => {
                self.documents += 1;
                Ok(())
            }
            Event::Scalar(text, style, _, tag) => {
                let nothing = matches!(text.as_ref(), "" | "~" | "null");
                let nothing = nothing && style == ScalarStyle::Plain && tag.is_none();
                let text = text.into_owned();
                self.scalar(text, nothing)
            }
            Event::SequenceStart(..) => self.begin(Open::List(Vec::new())),
            Event::MappingStart(..) => self.begin(Open::Map(Map::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(list)) => self.put(Value::Array(list)),
                Some(Open::Map(map, _)) => self.put(Value::Object(map)),
                None => Err("an end without its beginning".to_owned()),
            },
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn begin(&mut self, open: Open) -> Result<(), String> {
        if let Some(Open::Map(_, None)) = self.open.last() {
            return Err("a key is a text".to_owned());
        }
        if self.open.len() == DEPTH_MAX {
            return Err(format!("values lie more than {DEPTH_MAX} deep in each other"));
        }
        self.open.push(open);
        Ok(())
    }

    fn scalar(&mut self, text: String, nothing: bool) -> Result<(), String> {
        if let Some(Open::Map(map, key @ None)) = self.open.last_mut() {
            if map.contains_key(&text) {
                return Err(format!("the key `{text}` stands there before"));
            }
            *key = Some(text);
            return Ok(());
        }
        self.put(if nothing { Value::Null } else { Value::String(text) })
    }

    fn put(&mut self, value: Value) -> Result<(), String> {
        match self.open.last_mut() {
            None => self.whole = Some(value),
            Some(Open::List(list)) => list.push(value),
            Some(Open::Map(map, key)) => {
                let key = key.take().ok_or("a key is a text")?;
                map.insert(key, value);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scalar_stays_the_text_that_it_is() {
        let text =
            "---\na: 1.10\nb: ~\nc: \"~\"\nd: 2014-03-10\ne: |\n  one\n  two\nf:\n- '>= 1'\n- x\n";
        let read = parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        let wanted = serde_json::json!({"a": "1.10", "b": null, "c": "~", "d": "2014-03-10",
            "e": "one\ntwo\n", "f": [">= 1", "x"]});
        assert_eq!(read, wanted);
    }

    /// Source: the bomb of aliases that any reader of YAML 1.2 meets, and its kin.
    #[test]
    fn what_means_harm_is_refused_with_its_line() {
        let mut bomb = "a0: &a0 [x, x]\n".to_owned();
        for at in 1..40 {
            bomb.push_str(&format!("a{at}: &a{at} [*a{0}, *a{0}]\n", at - 1));
        }
        let deep = format!("a: {}", "[".repeat(200));
        let steps = format!("a:\n  {}x", "- ".repeat(50_000));
        for (text, line) in [
            (bomb.as_str(), 2),
            (&deep, 1),
            (&steps, 2),
            ("a: 1\na: 2\n", 2),
            ("a: 1\n---\nb: 1\n", 2),
            ("[a]: 1\n", 1),
            ("a: 'open\n", 1),
            ("a: &a [*a]\n", 1),
        ] {
            let error = parse(text.as_bytes()).expect_err(text);
            let told = matches!(&error, ReadError::Yaml { line: at, .. } if *at >= line);
            assert!(told, "{}: {error:?}", &text[..text.len().min(40)]);
        }
        let large = format!("a: {}", "x".repeat(YAML_BYTES_MAX));
        assert!(matches!(parse(large.as_bytes()), Err(ReadError::Odd(_))));
        assert!(matches!(parse(b"a: \xff"), Err(ReadError::Yaml { line: 1, .. })));
    }
}
