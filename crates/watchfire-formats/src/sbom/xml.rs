//! XML as a stream of elements, no more of it than SBOMs need: no document types, no entities of
//! one's own, names by their namespace.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event as Raw};
use quick_xml::name::ResolveResult;

use super::input::Input;
use super::problem::{Place, excerpt};
use super::{DEPTH_MAX, Refused};

/// How many attributes an element may have.
const ATTRIBUTES_MAX: usize = 256;

/// Whose names a name is one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// The document's own.
    Own,
    /// Nobody's.
    Nobody,
    /// Of XML itself, such as where a schema lies, which may stand everywhere.
    Xml,
    /// Somebody else's.
    Other,
}

/// An attribute with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) space: Space,
    pub(crate) name: String,
    pub(crate) value: String,
}

/// An element that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Open {
    pub(crate) space: Space,
    pub(crate) name: String,
    pub(crate) attributes: Vec<Attribute>,
}

impl Open {
    /// The value of an attribute of no namespace.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let own = |it: &&Attribute| it.space == Space::Nobody && it.name == name;
        self.attributes.iter().find(own).map(|it| it.value.as_str())
    }
}

/// What comes next in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    Open(Open),
    Close,
    Text(String),
    End,
}

/// A document of XML, read from its beginning.
pub(crate) struct Xml<'a> {
    reader: NsReader<Lines<'a>>,
    input: &'a Input<'a>,
    line: Rc<Cell<u64>>,
    buffer: Vec<u8>,
    own: String,
    depth: usize,
    has_root: bool,
}

impl<'a> Xml<'a> {
    /// Begins to read; names of the namespace `own` are the document's own.
    pub(crate) fn of(input: &'a Input<'a>, own: &str) -> Self {
        let line = Rc::new(Cell::new(1));
        let lines = Lines { inner: input.text(), line: Rc::clone(&line) };
        let mut reader = NsReader::from_reader(lines);
        reader.config_mut().expand_empty_elements = true;
        let own = own.to_owned();
        Self { reader, input, line, buffer: Vec::new(), own, depth: 0, has_root: false }
    }

    /// The line that is read, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line.get()
    }

    /// The namespace of the first element, with its name.
    pub(crate) fn root(&mut self) -> Result<(String, String), Refused> {
        loop {
            self.buffer.clear();
            let read = self.reader.read_resolved_event_into(&mut self.buffer);
            match read {
                Ok((space, Raw::Start(start))) => {
                    let space = match space {
                        ResolveResult::Bound(space) => space.as_ref().to_owned(),
                        _ => String::new(),
                    };
                    return Ok((space, start.local_name().as_ref().to_owned()));
                }
                Ok((_, Raw::Eof)) => return Err(self.broken("it has no element")),
                Ok((_, Raw::DocType(_))) => return Err(self.broken(NO_TYPES)),
                Ok(_) => {}
                Err(error) => return Err(self.input.xml_refused(&error, self.line.get())),
            }
        }
    }

    /// What comes next.
    pub(crate) fn next(&mut self) -> Result<Event, Refused> {
        // What is read lies in it, while this looks at it.
        let mut buffer = std::mem::take(&mut self.buffer);
        let next = self.next_in(&mut buffer);
        self.buffer = buffer;
        next
    }

    fn next_in(&mut self, buffer: &mut Vec<u8>) -> Result<Event, Refused> {
        loop {
            buffer.clear();
            let (space, raw) = match self.reader.read_resolved_event_into(buffer) {
                Ok((space, raw)) => (space_of(&space, &self.own), raw),
                Err(error) => return Err(self.input.xml_refused(&error, self.line.get())),
            };
            let text = match raw {
                Raw::Start(start) => return self.open(space, &start).map(Event::Open),
                Raw::End(_) => {
                    self.depth -= 1;
                    return Ok(Event::Close);
                }
                Raw::Eof if self.depth > 0 => return Err(self.broken("it ends within an element")),
                Raw::Eof => return Ok(Event::End),
                Raw::DocType(_) => return Err(self.broken(NO_TYPES)),
                Raw::Decl(_) | Raw::PI(_) | Raw::Comment(_) => continue,
                Raw::Text(text) => text.xml10_content().into_owned(),
                Raw::CData(text) => text.xml10_content().into_owned(),
                Raw::GeneralRef(reference) => match reference.resolve_char_ref() {
                    Ok(Some(sign)) => sign.to_string(),
                    Ok(None) => match resolve_predefined_entity(&reference) {
                        Some(text) => text.to_owned(),
                        None => {
                            let name = excerpt(&reference);
                            return Err(self.broken(&format!("the entity `{name}` is not defined")));
                        }
                    },
                    Err(error) => return Err(self.input.xml_refused(&error, self.line.get())),
                },
                Raw::Empty(_) => continue,
            };
            self.check_signs(&text)?;
            if self.depth > 0 {
                return Ok(Event::Text(text));
            }
            if !text.trim().is_empty() {
                return Err(self.broken("text stands outside of all elements"));
            }
        }
    }

    fn open(&mut self, space: Space, start: &BytesStart<'_>) -> Result<Open, Refused> {
        if self.depth == 0 && std::mem::replace(&mut self.has_root, true) {
            return Err(self.broken("a second element stands after the first"));
        }
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Refused::TooDeep(Place::line(self.line())));
        }
        let mut attributes: Vec<Attribute> = Vec::new();
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| self.broken(&error.to_string()))?;
            let key = attribute.key.as_ref();
            if key == "xmlns" || key.starts_with("xmlns:") {
                continue;
            }
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| self.broken(&error.to_string()))?.into_owned();
            self.check_signs(&value)?;
            let (resolved, name) = self.reader.resolver().resolve_attribute(attribute.key);
            let space = space_of(&resolved, &self.own);
            let name = name.as_ref().to_owned();
            if attributes
                .iter()
                .any(|it| it.space == space && it.name == name && space != Space::Other)
            {
                return Err(
                    self.broken(&format!("the attribute `{}` stands twice", excerpt(&name)))
                );
            }
            attributes.push(Attribute { space, name, value });
            if attributes.len() > ATTRIBUTES_MAX {
                return Err(self.broken(&format!("it has more than {ATTRIBUTES_MAX} attributes")));
            }
        }
        Ok(Open { space, name: start.local_name().as_ref().to_owned(), attributes })
    }

    /// Passes over the rest of an element that began.
    pub(crate) fn pass(&mut self) -> Result<(), Refused> {
        let mut open = 1;
        while open > 0 {
            match self.next()? {
                Event::Open(_) => open += 1,
                Event::Close => open -= 1,
                Event::Text(_) => {}
                Event::End => break,
            }
        }
        Ok(())
    }

    fn check_signs(&self, text: &str) -> Result<(), Refused> {
        // The two refused signs that are none of control begin with this byte, as few others do.
        if text.bytes().all(|byte| byte >= b' ' && byte != 0xef) {
            return Ok(());
        }
        let wrong = |sign: char| matches!(sign, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
        match text.chars().find(|sign| wrong(*sign)) {
            None => Ok(()),
            Some(sign) => {
                Err(self.broken(&format!("XML does not allow the sign U+{:04X}", sign as u32)))
            }
        }
    }

    pub(crate) fn broken(&self, reason: &str) -> Refused {
        Refused::broken(Place::line(self.line()), reason)
    }
}

const NO_TYPES: &str = "a definition of a document type is not read: SBOMs have none";

fn space_of(resolved: &ResolveResult<'_>, own: &str) -> Space {
    match resolved {
        ResolveResult::Unbound => Space::Nobody,
        ResolveResult::Unknown(_) => Space::Other,
        ResolveResult::Bound(space) => match space.as_ref() {
            it if it == own => Space::Own,
            "http://www.w3.org/2001/XMLSchema-instance"
            | "http://www.w3.org/XML/1998/namespace" => Space::Xml,
            _ => Space::Other,
        },
    }
}

/// Counts the lines of what is read.
struct Lines<'a> {
    inner: Box<dyn BufRead + 'a>,
    line: Rc<Cell<u64>>,
}

impl Read for Lines<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Lines<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        // What is consumed was filled before, so that filling again neither fails nor reads.
        if let Ok(buffer) = self.inner.fill_buf() {
            let lines = buffer[..amount].iter().filter(|byte| **byte == b'\n').count() as u64;
            self.line.set(self.line.get() + lines);
        }
        self.inner.consume(amount);
    }
}
