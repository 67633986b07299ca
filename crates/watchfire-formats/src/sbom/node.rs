//! The part of a value that is wanted: small, whatever the value is.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::document::{Lost, Reading};
use super::problem::{push_number, push_step};
use super::shape::{Any, Shape, pass_list, pass_object};
use super::{ITEMS_MAX, Refused, TEXT_BYTES_MAX};

/// What of a value is kept.
#[derive(Debug)]
pub(crate) enum Wanted {
    /// A text.
    Text,
    /// A whole number, kept as it is written.
    Number,
    /// The items of a list.
    List(&'static Wanted),
    /// Some properties of an object.
    Object(&'static [(&'static str, Wanted)]),
    /// The items of a list, or some properties of an object.
    ListOr(&'static Wanted, &'static [(&'static str, Wanted)]),
}

impl Wanted {
    fn said(&self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a whole number",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
            Self::ListOr(..) => "a list or an object",
        }
    }
}

/// What was kept of a value; a text that stands in the document as it is meant is not copied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Node<'de> {
    /// Nothing was there, or nothing that was wanted.
    #[default]
    Nothing,
    Text(Cow<'de, str>),
    List(Vec<Node<'de>>),
    Object(Vec<(&'static str, Node<'de>)>),
}

impl<'de> Node<'de> {
    /// The property `name` of an object.
    pub(crate) fn get(&self, name: &str) -> &Node<'de> {
        const NOTHING: &Node<'_> = &Node::Nothing;
        let Self::Object(properties) = self else { return NOTHING };
        properties.iter().find(|(it, _)| *it == name).map_or(NOTHING, |(_, node)| node)
    }

    /// Takes the property `name` out of an object.
    pub(crate) fn take(&mut self, name: &str) -> Node<'de> {
        let Self::Object(properties) = self else { return Self::Nothing };
        let found = properties.iter_mut().find(|(it, _)| *it == name);
        found.map_or(Self::Nothing, |(_, node)| std::mem::take(node))
    }

    /// The text, if it is one that is not empty.
    pub(crate) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) if !text.trim().is_empty() => Some(text.into_owned()),
            _ => None,
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) if !text.trim().is_empty() => Some(text),
            _ => None,
        }
    }

    /// The items of a list.
    pub(crate) fn items(&self) -> &[Node<'de>] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }
}

/// Reads what is wanted of a value; what does not fit is noted as skipped.
pub(crate) struct Take<'a, 'e> {
    pub(crate) reading: &'a mut Reading<'e>,
    pub(crate) wanted: &'static Wanted,
}

impl Take<'_, '_> {
    fn lost<'de>(self, reason: impl Into<String>) -> Node<'de> {
        self.reading.skip(Lost::Detail, reason);
        Node::Nothing
    }

    /// Keeps a text of so many bytes, if one is wanted and it is not too long.
    fn kept<'de>(self, length: usize, text: impl FnOnce() -> Cow<'de, str>) -> Node<'de> {
        if !matches!(self.wanted, Wanted::Text) {
            return self.wrong("a text");
        }
        if length > TEXT_BYTES_MAX {
            return self.lost(format!("a text of {length} bytes, more than {TEXT_BYTES_MAX}"));
        }
        Node::Text(text())
    }
}

impl<'de> Shape<'de> for Take<'_, '_> {
    type Made = Node<'de>;

    fn wrong(self, found: &str) -> Node<'de> {
        let wanted = self.wanted.said();
        self.lost(format!("{wanted} is wanted, and here is {found}"))
    }

    fn null(self) -> Node<'de> {
        Node::Nothing
    }

    fn number(self, text: String) -> Node<'de> {
        if matches!(self.wanted, Wanted::Number) {
            return Node::Text(Cow::Owned(text));
        }
        self.wrong("a number")
    }

    fn text(self, text: &str) -> Node<'de> {
        self.kept(text.len(), || Cow::Owned(text.to_owned()))
    }

    fn text_within(self, text: &'de str) -> Node<'de> {
        self.kept(text.len(), || Cow::Borrowed(text))
    }

    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node<'de>, A::Error> {
        let (Wanted::List(wanted) | Wanted::ListOr(wanted, _)) = self.wanted else {
            pass_list(list)?;
            return Ok(self.wrong("a list"));
        };
        let mut items = Vec::new();
        let mark = self.reading.path.len();
        while items.len() < ITEMS_MAX {
            push_number(&mut self.reading.path, items.len() as u64);
            let item = list.next_element_seed(Any(Take { reading: &mut *self.reading, wanted }))?;
            let Some(item) = item else { break };
            self.reading.path.truncate(mark);
            items.push(item);
        }
        self.reading.path.truncate(mark);
        if items.len() == ITEMS_MAX {
            let more = pass_list(list)?;
            if more > 0 {
                self.lost(format!("{more} items after the first {ITEMS_MAX}"));
            }
        }
        Ok(Node::List(items))
    }

    fn object<A: MapAccess<'de>>(self, map: A) -> Result<Node<'de>, A::Error> {
        let (Wanted::Object(fields) | Wanted::ListOr(_, fields)) = self.wanted else {
            pass_object(map)?;
            return Ok(self.wrong("an object"));
        };
        object(map, self.reading, fields, &[], |_, map, _| map.next_value::<IgnoredAny>().map(drop))
    }
}

/// Reads the wanted fields of an object; those called as in `special` are handed to `read`, with
/// their place in that list.
pub(crate) fn object<'de, A: MapAccess<'de>>(
    mut map: A,
    reading: &mut Reading<'_>,
    fields: &'static [(&'static str, Wanted)],
    special: &'static [&'static str],
    mut read: impl FnMut(usize, &mut A, &mut Reading<'_>) -> Result<(), A::Error>,
) -> Result<Node<'de>, A::Error> {
    let mut kept: Vec<(&'static str, Node<'de>)> = Vec::with_capacity(fields.len());
    let mark = reading.path.len();
    while let Some(key) = map.next_key_seed(Name { path: &mut reading.path, fields, special })? {
        match key {
            Key::Field(at) => {
                let (name, wanted) = &fields[at];
                if kept.iter().any(|(it, _)| it == name) {
                    reading.skip(Lost::Detail, "the name stands twice in its object");
                    map.next_value::<IgnoredAny>()?;
                } else {
                    let node = map.next_value_seed(Any(Take { reading: &mut *reading, wanted }))?;
                    kept.push((name, node));
                }
            }
            Key::Special(at) => read(at, &mut map, reading)?,
            Key::Other => drop(map.next_value::<IgnoredAny>()?),
        }
        reading.path.truncate(mark);
    }
    Ok(Node::Object(kept))
}

/// Goes through the items of a list, if it is one, and reads each with what `read` makes for it.
pub(crate) struct Each<'a, 'e, R> {
    pub(crate) reading: &'a mut Reading<'e>,
    /// What an item is, for when there is no list.
    pub(crate) lost: Lost,
    pub(crate) read: R,
}

/// What reads the items of a list, one after the other.
pub(crate) trait Items {
    fn item<'de, D: Deserializer<'de>>(
        &mut self,
        reading: &mut Reading<'_>,
        item: D,
    ) -> Result<(), D::Error>;
}

struct Item<'a, 'e, R> {
    reading: &'a mut Reading<'e>,
    read: &'a mut R,
}

impl<'de, R: Items> DeserializeSeed<'de> for Item<'_, '_, R> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, item: D) -> Result<(), D::Error> {
        self.read.item(self.reading, item)
    }
}

impl<'de, R: Items> Shape<'de> for Each<'_, '_, R> {
    type Made = ();

    fn wrong(self, found: &str) {
        self.reading.skip(self.lost, format!("a list is wanted, and here is {found}"));
    }

    fn null(self) {}

    fn list<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        let mark = self.reading.path.len();
        for at in 0.. {
            push_number(&mut self.reading.path, at);
            let item = Item { reading: &mut *self.reading, read: &mut self.read };
            let more = list.next_element_seed(item)?;
            // On an error the path stays, to say where it was.
            self.reading.path.truncate(mark);
            if more.is_none() {
                break;
            }
        }
        Ok(())
    }
}

/// A list of ids.
pub(crate) struct Refs<'k>(pub(crate) &'k mut Vec<String>);

impl Items for Refs<'_> {
    fn item<'de, D: Deserializer<'de>>(
        &mut self,
        reading: &mut Reading<'_>,
        item: D,
    ) -> Result<(), D::Error> {
        let id = Any(Take { reading, wanted: &Wanted::Text }).deserialize(item)?;
        self.0.extend(id.text());
        Ok(())
    }
}

/// Which property a name is.
enum Key {
    Field(usize),
    Special(usize),
    Other,
}

struct Name<'a> {
    path: &'a mut String,
    fields: &'static [(&'static str, Wanted)],
    special: &'static [&'static str],
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, name: D) -> Result<Key, D::Error> {
        name.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property")
    }

    fn visit_str<E>(self, name: &str) -> Result<Key, E> {
        push_step(self.path, name);
        if let Some(at) = self.fields.iter().position(|(it, _)| *it == name) {
            return Ok(Key::Field(at));
        }
        let special = self.special.iter().position(|it| *it == name);
        Ok(special.map_or(Key::Other, Key::Special))
    }
}

/// Stops the parser underneath for a reason of ours.
pub(crate) fn stop<E: serde::de::Error>(reading: &mut Reading<'_>, why: Refused) -> E {
    reading.stop = Some(why);
    E::custom("stopped")
}
