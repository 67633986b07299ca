//! Finds out what a document is.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::super::problem::{Place, excerpt};
use super::super::{Refused, cyclonedx, spdx};
use super::{Format, Input};

/// How far white space is passed over before something must stand.
const BLANK_BYTES_MAX: usize = 1 << 20;

/// The form of a document and the version of its standard.
pub(super) fn probe(input: &Input<'_>) -> Result<(Format, String), Refused> {
    match first_sign(input)? {
        b'{' => json(input),
        _ => Err(Refused::Unknown("it is no JSON".to_owned())),
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

/// What stands at the top of a document of JSON.
#[derive(Debug, Default)]
struct Top {
    bom_format: Option<String>,
    spec_version: Option<String>,
    spdx_version: Option<String>,
}

impl Top {
    fn is_enough(&self) -> bool {
        let cyclonedx = self.bom_format.is_some() && self.spec_version.is_some();
        cyclonedx || self.spdx_version.is_some()
    }
}

fn json(input: &Input<'_>) -> Result<(Format, String), Refused> {
    let mut top = Top::default();
    if let Err(error) = input.json(Probe(&mut top))
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
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            let value = map.next_value::<serde_json::Value>()?;
            *slot = value.as_str().map(str::to_owned);
            if self.0.is_enough() {
                return Err(A::Error::custom("enough"));
            }
        }
        Ok(())
    }
}
