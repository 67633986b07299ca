//! The names that packs and cases use: laws, provisions, roles, kinds of fact, questions.
//!
//! A name is shared by its copies: every answer of the engine and every step of its trace holds
//! many, and is copied often.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A text that is not the name it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {what}: it should look like `{example}`")]
pub struct NameError {
    text: String,
    what: &'static str,
    example: &'static str,
}

/// Returns whether `text` is made of lower-case letters, digits, `-`, and what `also` allows.
fn is_plain(text: &str, also: &[u8]) -> bool {
    !text.is_empty()
        && text.len() <= 100
        && text.bytes().all(|sign| {
            sign.is_ascii_lowercase()
                || sign.is_ascii_digit()
                || sign == b'-'
                || also.contains(&sign)
        })
}

/// Returns whether `text` is two plain parts with a slash between them.
fn is_path(text: &str, also: &[u8]) -> bool {
    text.split_once('/').is_some_and(|(law, rest)| is_plain(law, b"") && is_plain(rest, also))
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $valid:expr, $what:literal, $example:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Returns the name as packs write it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) {
                    return Ok(Self(text.into()));
                }
                Err(NameError { text: text.to_owned(), what: $what, example: $example })
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

name!(
    /// An instrument; its folder in `laws/`.
    LawId, |text| is_plain(text, b""), "the id of a law", "eu-cra"
);
name!(
    /// A provision: law id, slash, path of the article.
    ProvisionId, |text| is_path(text, b"."), "the id of a provision", "eu-cra/14.2.a"
);
name!(
    /// What an organization is under a law.
    RoleId, |text| is_path(text, b""), "the id of a role", "eu-cra/manufacturer"
);
name!(
    /// A property of the organization or product.
    AttributeId, |text| is_path(text, b""), "the id of an attribute", "eu/member-state"
);
name!(
    /// A question about the case that somebody decides.
    PredicateId, |text| is_path(text, b""), "the id of a predicate", "eu-cra/severe-incident"
);
name!(
    /// A kind of fact.
    FactKind, |text| is_plain(text, b""), "a kind of fact", "vulnerability-known"
);
name!(
    /// A fact of one case.
    FactId, |text| !text.trim().is_empty() && text.len() <= 100 && !text.chars().any(char::is_control),
    "the id of a fact", "exploited"
);

impl ProvisionId {
    /// Returns the law that the provision belongs to.
    pub fn law(&self) -> &str {
        self.0.split_once('/').map_or("", |(law, _)| law)
    }

    /// Returns what names the provision within its law.
    pub fn part(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, part)| part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        let id: ProvisionId = "eu-cra/14.2.a".parse().unwrap();
        assert_eq!((id.law(), id.part()), ("eu-cra", "14.2.a"));
        for wrong in ["", "eu-cra", "/1", "eu-cra/", "EU/1", "eu cra/1", "eu/1/2"] {
            assert!(wrong.parse::<ProvisionId>().is_err(), "{wrong}");
        }
        for wrong in ["", "Known", "a b", "漏洞"] {
            assert!(wrong.parse::<FactKind>().is_err(), "{wrong}");
        }
    }
}
