//! Finds out what a document is.

use std::fmt;
use std::io::{BufRead, Read};

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::super::problem::{Place, excerpt};
use super::super::shape::{Any, Shape, pass_list};
use super::super::xml::Xml;
use super::super::{Refused, cyclonedx, spdx};
use super::{Format, Input};

/// How far the tag with the version is looked for.
const PROBE_BYTES_MAX: u64 = 64 << 10;
/// How many contexts are looked at.
const CONTEXTS_MAX: usize = 16;
/// How far white space is passed over before something must stand.
const BLANK_BYTES_MAX: usize = 1 << 20;

/// The form of a document and the version of its standard.
pub(super) fn probe(input: &Input<'_>) -> Result<(Format, String), Refused> {
    match first_sign(input)? {
        b'{' => json(input),
        b'<' => xml(input),
        _ => tags(input),
    }
}

/// The first byte that is no white space.
fn first_sign(input: &Input<'_>) -> Result<u8, Refused> {
    let mut text = input.text();
    let mut passed = 0;
    loop {
        let buffer = text.fill_buf().map_err(|error| input.text_refused(&error, 1))?;
        if buffer.is_empty() || passed > BLANK_BYTES_MAX {
            return Err(Refused::Empty);
        }
        if let Some(sign) = buffer.iter().find(|byte| !byte.is_ascii_whitespace()) {
            return Ok(*sign);
        }
        let blank = buffer.len();
        passed += blank;
        text.consume(blank);
    }
}

/// XML is told by the namespace of its first element.
fn xml(input: &Input<'_>) -> Result<(Format, String), Refused> {
    let (space, name) = Xml::of(input, "").root()?;
    let Some(version) = space.strip_prefix("http://cyclonedx.org/schema/bom/") else {
        let reason = format!("XML that begins with `{}` of `{}`", excerpt(&name), excerpt(&space));
        return Err(Refused::Unknown(reason));
    };
    let version = cyclonedx::version(version, cyclonedx::XML_VERSIONS)?;
    Ok((Format::CycloneDxXml, version))
}

/// Tags and values are told by the tag that every such document begins with, after comments.
fn tags(input: &Input<'_>) -> Result<(Format, String), Refused> {
    let mut begin = Vec::new();
    let read = input.text().take(PROBE_BYTES_MAX).read_to_end(&mut begin);
    read.map_err(|error| input.text_refused(&error, 1))?;
    let begin = String::from_utf8_lossy(&begin);
    let version =
        begin.split(['\n', '\r']).find_map(|line| line.trim().strip_prefix("SPDXVersion:"));
    let Some(version) = version else {
        let reason = "neither JSON nor XML, nor tags with a line `SPDXVersion:`";
        return Err(Refused::Unknown(reason.to_owned()));
    };
    spdx::version(version.trim()).map(|version| (Format::SpdxTags, version))
}

/// What stands at the top of a document of JSON.
#[derive(Debug, Default)]
struct Top {
    bom_format: Option<String>,
    spec_version: Option<String>,
    spdx_version: Option<String>,
    contexts: Vec<String>,
}

impl Top {
    fn is_enough(&self) -> bool {
        let cyclonedx = self.bom_format.is_some() && self.spec_version.is_some();
        let is_spdx_3 = |version: &String| version.starts_with("SPDX-3");
        cyclonedx
            || self.spdx_version.as_ref().is_some_and(|version| !is_spdx_3(version))
            || self.contexts.iter().any(|address| spdx::context(address).is_some())
    }
}

fn json(input: &Input<'_>) -> Result<(Format, String), Refused> {
    let mut top = Top::default();
    if let Err(error) = input.json_begun(Probe(&mut top))
        && !top.is_enough()
    {
        return Err(input.json_refused(&error, ""));
    }
    if let Some(format) = &top.bom_format {
        if format != "CycloneDX" {
            return Err(Refused::Broken {
                place: Place::path("/bomFormat"),
                reason: format!("`{}` is not `CycloneDX`", excerpt(format)),
            });
        }
        let version = top.spec_version.unwrap_or_default();
        return cyclonedx::version(&version, cyclonedx::JSON_VERSIONS)
            .map(|version| (Format::CycloneDxJson, version));
    }
    if let Some(version) = top.contexts.iter().find_map(|address| spdx::context(address)) {
        return version.map(|version| (Format::SpdxJsonLd, version));
    }
    if let Some(version) = &top.spdx_version {
        return spdx::version(version).map(|version| (Format::SpdxJson, version));
    }
    Err(Refused::Unknown(
        "JSON with neither `bomFormat` nor `spdxVersion` nor `@context`".to_owned(),
    ))
}

struct Probe<'t>(&'t mut Top);

impl<'de> DeserializeSeed<'de> for Probe<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Probe<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            let slot = match name.as_ref() {
                "bomFormat" => &mut self.0.bom_format,
                "specVersion" => &mut self.0.spec_version,
                "spdxVersion" => &mut self.0.spdx_version,
                "@context" => {
                    let context = map.next_value_seed(Any(Contexts))?;
                    self.0.contexts = context;
                    if self.0.is_enough() {
                        return Err(A::Error::custom("enough"));
                    }
                    continue;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *slot = map.next_value_seed(Any(Said))?;
            if self.0.is_enough() {
                return Err(A::Error::custom("enough"));
            }
        }
        Ok(())
    }
}

/// A text, or nothing.
struct Said;

impl<'de> Shape<'de> for Said {
    type Made = Option<String>;

    fn wrong(self, _: &str) -> Option<String> {
        None
    }

    fn text(self, text: &str) -> Option<String> {
        Some(excerpt(text))
    }
}

/// The addresses of contexts: one, or those in a list.
struct Contexts;

impl<'de> Shape<'de> for Contexts {
    type Made = Vec<String>;

    fn wrong(self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn text(self, text: &str) -> Vec<String> {
        vec![excerpt(text)]
    }

    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<String>, A::Error> {
        let mut contexts = Vec::new();
        while contexts.len() < CONTEXTS_MAX {
            let Some(context) = list.next_element_seed(Any(Said))? else { return Ok(contexts) };
            contexts.extend(context);
        }
        pass_list(list)?;
        Ok(contexts)
    }
}
