//! Reading a value of JSON that may be of another kind than it should.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What is made of a value, by its kind. What a shape does not take, it is told of as `wrong`.
pub(crate) trait Shape<'de>: Sized {
    /// What comes of it.
    type Made;

    /// The value is `found`, which is not what was wanted.
    fn wrong(self, found: &str) -> Self::Made;

    fn null(self) -> Self::Made {
        self.wrong("null")
    }

    fn text(self, _: &str) -> Self::Made {
        self.wrong("a text")
    }

    /// As [`Self::text`], for a text that stands in the document as it is meant.
    fn text_within(self, text: &'de str) -> Self::Made {
        self.text(text)
    }

    fn number(self, _: String) -> Self::Made {
        self.wrong("a number")
    }

    fn list<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Made, A::Error> {
        pass_list(list)?;
        Ok(self.wrong("a list"))
    }

    fn object<A: MapAccess<'de>>(self, object: A) -> Result<Self::Made, A::Error> {
        pass_object(object)?;
        Ok(self.wrong("an object"))
    }
}

/// Passes over the rest of a list; returns how many items that were.
pub(crate) fn pass_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<u64, A::Error> {
    let mut passed = 0;
    while list.next_element::<IgnoredAny>()?.is_some() {
        passed += 1;
    }
    Ok(passed)
}

/// Passes over the rest of an object.
pub(crate) fn pass_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<(), A::Error> {
    while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

/// Reads a value of any kind with a shape.
pub(crate) struct Any<S>(pub(crate) S);

impl<'de, S: Shape<'de>> DeserializeSeed<'de> for Any<S> {
    type Value = S::Made;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<S::Made, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de, S: Shape<'de>> Visitor<'de> for Any<S> {
    type Value = S::Made;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<S::Made, E> {
        Ok(self.0.null())
    }

    fn visit_bool<E>(self, _: bool) -> Result<S::Made, E> {
        Ok(self.0.wrong("true or false"))
    }

    fn visit_u64<E>(self, value: u64) -> Result<S::Made, E> {
        Ok(self.0.number(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<S::Made, E> {
        Ok(self.0.number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<S::Made, E> {
        Ok(self.0.number(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<S::Made, E> {
        Ok(self.0.text(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<S::Made, E> {
        Ok(self.0.text_within(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<S::Made, A::Error> {
        self.0.list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<S::Made, A::Error> {
        self.0.object(object)
    }
}
