//! The rules of a JSON schema, held to a document while it is read.
//!
//! A schema is read into [`Rule`]s once, and [`make`] makes an automaton of them.
//! [`walk`] then goes through a document as a stream, with all rules that speak of a value at once,
//! so that neither the document nor a branch of it is ever held.
//! A keyword that is not understood is an error when the schema is read, never a rule that is not held.
//!
//! Source: JSON Schema, draft 7, as the schemas of `CycloneDX` use it.

pub(crate) mod compile;
mod digest;
mod fate;
mod make;
mod problem;
mod state;
pub(crate) mod text;
pub(crate) mod walk;

pub(crate) use compile::{Others, Rule, RuleId, Schema};

/// The kinds of JSON values, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kinds(u8);

impl Kinds {
    pub(crate) const NULL: Self = Self(1);
    pub(crate) const BOOLEAN: Self = Self(2);
    pub(crate) const INTEGER: Self = Self(4);
    pub(crate) const FRACTION: Self = Self(8);
    pub(crate) const TEXT: Self = Self(16);
    pub(crate) const LIST: Self = Self(32);
    pub(crate) const OBJECT: Self = Self(64);
    /// All that hold no others, texts aside.
    pub(crate) const SCALARS: Self = Self(15);
    pub(crate) const ANY: Self = Self(127);
    pub(crate) const NONE: Self = Self(0);

    /// The kinds that a schema calls `name`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::INTEGER.or(Self::FRACTION),
            "string" => Self::TEXT,
            "array" => Self::LIST,
            "object" => Self::OBJECT,
            _ => return None,
        })
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn holds(self, kind: Self) -> bool {
        self.0 & kind.0 == kind.0
    }

    /// What a person calls them.
    pub(crate) fn said(self) -> &'static str {
        match self {
            Self::NULL => "null",
            Self::BOOLEAN => "true or false",
            Self::INTEGER => "a whole number",
            Self::FRACTION => "a number",
            Self::TEXT => "a text",
            Self::LIST => "a list",
            Self::OBJECT => "an object",
            Self::NONE => "nothing",
            _ if self == Self::INTEGER.or(Self::FRACTION) => "a number",
            _ => "one of several kinds",
        }
    }
}
