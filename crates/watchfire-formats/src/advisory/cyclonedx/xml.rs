//! The same document as XML: brought into the form that it has as JSON, as far as that is read.
//!
//! Source: CycloneDX 1.4 to 1.7, the schemas of XML and of JSON, whose names are the same.

use serde_json::{Map, Value, json};

use super::super::document::{DOCUMENT_BYTES_MAX, ReadError, VALUES_MAX};
use crate::sbom::input::Input;
use crate::sbom::xml::{Event, Open, Xml};
use crate::sbom::{Format, Refused};

/// The parts of a document that are read here.
const READ: [&str; 4] = ["metadata", "components", "services", "vulnerabilities"];
/// Elements that hold a list.
const LISTS: [&str; 10] = [
    "components",
    "services",
    "vulnerabilities",
    "references",
    "ratings",
    "cwes",
    "advisories",
    "affects",
    "versions",
    "hashes",
];
/// Elements that hold a number.
const NUMBERS: [&str; 2] = ["score", "cwe"];
/// What the elements of a namespace of a version begin with.
const NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";

/// Whether bytes are XML and no JSON, by their first sign.
pub(in super::super) fn looks_like(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.trim_ascii_start().starts_with(b"<")
}

/// Reads XML into the form of JSON.
pub(super) fn json(bytes: &[u8]) -> Result<Value, ReadError> {
    if bytes.len() > DOCUMENT_BYTES_MAX {
        return Err(ReadError::TooLarge(bytes.len()));
    }
    let input = Input::of(bytes).map_err(refused)?;
    if input.format != Format::CycloneDxXml {
        return Err(ReadError::Unknown);
    }
    let namespace = format!("{NAMESPACE}{}", input.version);
    let mut xml = Xml::of(&input, &namespace);
    let mut document = Map::new();
    let mut values = 0;
    document.insert("bomFormat".to_owned(), json!("CycloneDX"));
    document.insert("specVersion".to_owned(), json!(input.version));
    let mut begun = false;
    loop {
        match xml.next().map_err(refused)? {
            Event::Open(open) if !begun => {
                begun = true;
                let serial = open.attribute("serialNumber");
                document.extend(serial.map(|it| ("serialNumber".to_owned(), json!(it))));
                let version = open.attribute("version").and_then(|it| it.parse::<u64>().ok());
                document.extend(version.map(|it| ("version".to_owned(), json!(it))));
            }
            Event::Open(open) if READ.contains(&open.name.as_str()) => {
                let name = open.name.clone();
                let value = element(&mut xml, &open, &mut values)?;
                document.entry(name).or_insert(value);
            }
            Event::Open(_) => xml.pass().map_err(refused)?,
            Event::Text(_) | Event::Close => {}
            Event::End => return Ok(Value::Object(document)),
        }
    }
}

fn refused(error: Refused) -> ReadError {
    let line = error.place().and_then(|place| place.line);
    let line = line.and_then(|line| usize::try_from(line).ok()).unwrap_or(1);
    ReadError::Line { line, reason: error.to_string() }
}

/// Reads an element that began: a list, an object, a number or a text.
///
/// No deeper than the reader of XML lets it be.
fn element(xml: &mut Xml<'_>, open: &Open, values: &mut usize) -> Result<Value, ReadError> {
    *values += 1 + open.attributes.len();
    if *values > VALUES_MAX {
        return Err(ReadError::TooManyValues);
    }
    let (mut text, mut children) = (String::new(), Vec::new());
    loop {
        match xml.next().map_err(refused)? {
            Event::Open(open) => {
                let name = open.name.clone();
                children.push((name, element(xml, &open, values)?));
            }
            Event::Text(more) => text.push_str(&more),
            Event::Close | Event::End => break,
        }
    }
    if LISTS.contains(&open.name.as_str()) {
        return Ok(Value::Array(children.into_iter().map(|(_, value)| value).collect()));
    }
    let text = text.trim();
    let attributes = open.attributes.iter().map(|it| (it.name.clone(), json!(it.value)));
    if children.is_empty() && open.attributes.is_empty() {
        let number = text.parse::<f64>().ok().filter(|_| NUMBERS.contains(&open.name.as_str()));
        return Ok(match number {
            Some(number) if number.fract() == 0.0 && number >= 0.0 => json!(number as u64),
            Some(number) => json!(number),
            None => json!(text),
        });
    }
    let mut members: Map<String, Value> = attributes.collect();
    for (name, value) in children {
        members.entry(name).or_insert(value);
    }
    if !text.is_empty() {
        // A digest: its algorithm is an attribute, and its text the value.
        members.entry("content").or_insert(json!(text));
    }
    Ok(Value::Object(members))
}
