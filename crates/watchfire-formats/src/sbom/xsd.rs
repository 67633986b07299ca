//! The rules of an XML schema, held to a document while it is read.
//!
//! It knows what the schemas of `CycloneDX` use, and a construct that it does not know is an error
//! when the schema is read, never a rule that is not held.
//!
//! Source: W3C, XML Schema 1.0, part 1 (structures) and part 2 (data types).

pub(crate) mod content;
pub(crate) mod read;
pub(crate) mod simple;
pub(crate) mod walk;

use std::collections::BTreeMap;

use content::Content;
use simple::Simple;

/// The place of a type in its schema.
pub(crate) type TypeId = usize;

/// What an element may be.
#[derive(Debug)]
pub(crate) enum Type {
    /// Anything: nobody says what.
    Anything,
    /// A text alone.
    Simple(Simple),
    /// Elements, attributes and, where `text` says of what kind, text.
    Complex(Complex),
}

/// A type with elements or attributes.
#[derive(Debug, Default)]
pub(crate) struct Complex {
    pub(crate) content: Content,
    pub(crate) attributes: BTreeMap<String, AttributeRule>,
    pub(crate) others: OtherAttributes,
    /// Of what kind the text is, where there is one.
    pub(crate) text: Option<TypeId>,
    /// Whether text stands between its elements.
    pub(crate) mixed: bool,
}

/// What is said of an attribute.
#[derive(Debug)]
pub(crate) struct AttributeRule {
    pub(crate) kind: TypeId,
    pub(crate) required: bool,
}

/// Which attributes may stand beside those that are named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum OtherAttributes {
    #[default]
    None,
    /// Those of other namespaces.
    OfOthers,
    /// All.
    Any,
}

/// A schema with those that it imports.
#[derive(Debug)]
pub(crate) struct Xsd {
    pub(crate) types: Vec<Type>,
    /// The elements that a document may begin with.
    pub(crate) roots: BTreeMap<String, TypeId>,
    /// The attribute whose values differ in a whole document.
    pub(crate) unique: Option<String>,
}
