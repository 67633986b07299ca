//! What bytes are, by their content.

mod decompress;
mod probe;
mod wrapped;

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::io::{self, BufRead, Read};

use serde::de::DeserializeSeed;

pub use decompress::Compression;
pub(crate) use decompress::RATIO_MAX;

use super::problem::Place;
use super::{DOCUMENT_BYTES_MAX, Refused};

/// The form of an SBOM.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// `CycloneDX` as JSON.
    #[default]
    CycloneDxJson,
    /// `CycloneDX` as XML.
    CycloneDxXml,
    /// SPDX 2 as JSON.
    SpdxJson,
    /// SPDX 2 as tags and values.
    SpdxTags,
    /// SPDX 3 as JSON-LD.
    SpdxJsonLd,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CycloneDxJson => "CycloneDX JSON",
            Self::CycloneDxXml => "CycloneDX XML",
            Self::SpdxJson => "SPDX JSON",
            Self::SpdxTags => "SPDX tags and values",
            Self::SpdxJsonLd => "SPDX JSON-LD",
        })
    }
}

/// Bytes of which it is known what they are.
pub(crate) struct Input<'a> {
    bytes: Cow<'a, [u8]>,
    /// How the document was compressed.
    pub(crate) compression: Option<Compression>,
    /// How `bytes` still are.
    packed: Option<Compression>,
    pub(crate) format: Format,
    pub(crate) version: String,
    /// What is around the SBOM, where it was handed out in something.
    pub(crate) around: wrapped::Around,
    /// What was wrong with what was compressed, when that is found while it is read.
    fault: RefCell<Option<Refused>>,
}

impl<'a> Input<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Result<Self, Refused> {
        if bytes.is_empty() {
            return Err(Refused::Empty);
        }
        let compression = Compression::of(bytes);
        let mut input = Self {
            bytes: Cow::Borrowed(bytes),
            compression,
            packed: compression,
            format: Format::CycloneDxJson,
            version: String::new(),
            around: wrapped::Around::default(),
            fault: RefCell::new(None),
        };
        if compression.is_none() {
            if bytes.len() as u64 > DOCUMENT_BYTES_MAX {
                return Err(Refused::TooLarge);
            }
            input.bytes = without_mark(bytes)?;
        }
        let (format, version) = input.opened()?;
        (input.format, input.version) = (format, version);
        Ok(input)
    }

    /// The form and the version, of what is within where the document is none itself.
    fn opened(&mut self) -> Result<(Format, String), Refused> {
        let mut probed = probe::probe(self);
        for _ in 0..wrapped::WRAPPINGS_MAX {
            if !matches!(probed, Err(Refused::Unknown(_))) {
                break;
            }
            let held = match self.packed {
                None => std::mem::take(&mut self.bytes),
                Some(_) => match self.small()? {
                    None => break,
                    Some(text) => Cow::Owned(text),
                },
            };
            let Some(inner) = wrapped::open(held, &mut self.around)? else { break };
            (self.bytes, self.packed) = (inner, None);
            probed = probe::probe(self).map_err(|refused| self.around.refused(refused));
        }
        probed
    }

    /// The text of what is compressed, where it is no longer than what is copied to be opened.
    fn small(&self) -> Result<Option<Vec<u8>>, Refused> {
        let mut text = Vec::new();
        let limit = wrapped::COPIED_BYTES_MAX as u64 + 1;
        let read = self.text().take(limit).read_to_end(&mut text);
        read.map_err(|error| self.text_refused(&error, 1))?;
        Ok((text.len() < wrapped::COPIED_BYTES_MAX).then_some(text))
    }

    /// The text of the document, from its beginning.
    pub(crate) fn text(&self) -> Box<dyn BufRead + '_> {
        match self.packed {
            None => Box::new(self.bytes.as_ref()),
            Some(compression) => decompress::reader(compression, &self.bytes, &self.fault),
        }
    }

    /// Reads the document as JSON.
    pub(crate) fn json<S, T>(&self, seed: S) -> Result<T, serde_json::Error>
    where
        S: for<'de> DeserializeSeed<'de, Value = T>,
    {
        match std::str::from_utf8(&self.bytes) {
            Ok(text) if self.packed.is_none() => {
                // Then the parser need not look at each text again.
                whole(serde_json::Deserializer::from_str(text), seed)
            }
            _ => self.json_begun(seed),
        }
    }

    /// As [`Self::json`], for whoever mostly stops early: only at the end all is looked at.
    pub(crate) fn json_begun<S, T>(&self, seed: S) -> Result<T, serde_json::Error>
    where
        S: for<'de> DeserializeSeed<'de, Value = T>,
    {
        if self.packed.is_some() {
            return whole(serde_json::Deserializer::from_reader(Utf8::of(self.text())), seed);
        }
        let value = whole(serde_json::Deserializer::from_slice(&self.bytes), seed)?;
        // The parser looks at no text that nobody asks for.
        match utf8(&self.bytes) {
            Ok(()) => Ok(value),
            Err(line) => Err(serde::de::Error::custom(format!("no UTF-8 on line {line}"))),
        }
    }

    /// What the parser of JSON says, in our words.
    pub(crate) fn json_refused(&self, error: &serde_json::Error, path: &str) -> Refused {
        if let Some(fault) = self.fault.take() {
            return fault;
        }
        let place = Place::path(path).on(error.line() as u64);
        let said = error.to_string();
        let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
        if said.starts_with("recursion limit exceeded") {
            return Refused::TooDeep(place);
        }
        Refused::broken(place, format!("this is no JSON: {said}, column {}", error.column()))
    }

    /// What the parser of XML says, in our words.
    pub(crate) fn xml_refused(&self, error: &quick_xml::Error, line: u64) -> Refused {
        let said = || Refused::broken(Place::line(line), format!("this is no XML: {error}"));
        self.fault.take().unwrap_or_else(said)
    }

    /// What reading the text says, in our words.
    pub(crate) fn text_refused(&self, error: &std::io::Error, line: u64) -> Refused {
        self.fault.take().unwrap_or_else(|| Refused::broken(Place::line(line), error.to_string()))
    }
}

/// Reads all that a parser has.
fn whole<'de, R, S>(
    mut json: serde_json::Deserializer<R>,
    seed: S,
) -> Result<S::Value, serde_json::Error>
where
    R: serde_json::de::Read<'de>,
    S: DeserializeSeed<'de>,
{
    let value = seed.deserialize(&mut json)?;
    json.end()?;
    Ok(value)
}

/// Says on which line something is not UTF-8.
fn utf8(bytes: &[u8]) -> Result<(), usize> {
    let Err(wrong) = std::str::from_utf8(bytes) else { return Ok(()) };
    let before = &bytes[..wrong.valid_up_to()];
    Err(1 + before.iter().filter(|byte| **byte == b'\n').count())
}

/// Text that is read on only as long as it is UTF-8.
struct Utf8<R> {
    text: R,
    /// The beginning of a sign whose end is not read yet.
    begun: Vec<u8>,
}

impl<R: Read> Utf8<R> {
    fn of(text: R) -> Self {
        Self { text, begun: Vec::new() }
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let wrong = || io::Error::new(io::ErrorKind::InvalidData, "no UTF-8");
        let count = self.text.read(into)?;
        if count == 0 {
            let is_whole = self.begun.is_empty() || into.is_empty();
            return if is_whole { Ok(0) } else { Err(wrong()) };
        }
        self.begun.extend_from_slice(&into[..count]);
        let good = match std::str::from_utf8(&self.begun) {
            Ok(text) => text.len(),
            Err(cut) if cut.error_len().is_none() => cut.valid_up_to(),
            Err(_) => return Err(wrong()),
        };
        self.begun.drain(..good);
        Ok(count)
    }
}

/// Takes the mark of the order of bytes away, and brings UTF-16 into UTF-8.
fn without_mark(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Refused> {
    let order: fn([u8; 2]) -> u16 = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => return Ok(Cow::Borrowed(rest)),
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return Ok(Cow::Borrowed(bytes)),
    };
    let (pairs, odd) = bytes[2..].as_chunks::<2>();
    let wrong = || Refused::broken(Place::default(), "it begins as UTF-16, and is not");
    if !odd.is_empty() {
        return Err(wrong());
    }
    let signs = char::decode_utf16(pairs.iter().map(|pair| order(*pair)));
    let text: Result<String, _> = signs.collect();
    text.map(|text| Cow::Owned(text.into_bytes())).map_err(|_| wrong())
}
