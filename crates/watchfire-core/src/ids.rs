//! Names of things: random, typed, and never a capability.
//!
//! A public id is a short prefix and random symbols of Crockford's base 32, grouped by fours
//! (`WF-7K3F-9QX2`). It carries no time and no order, because a sequence would tell an outsider
//! how many there are. Knowing an id grants nothing: whoever asks is checked.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Crockford's alphabet: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A text that is not the id it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {what}: it should look like `{example}`")]
pub struct IdError {
    text: String,
    what: &'static str,
    example: &'static str,
}

/// Writes `bytes` as Crockford base 32, most significant bit first, grouped by fours.
///
/// `bytes` must be a multiple of five bytes, so that no symbol is partly used.
fn symbols(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    let (mut bits, mut held) = (0u64, 0u32);
    let mut written = 0;
    for byte in bytes {
        bits = (bits << 8) | u64::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            if written > 0 && written % 4 == 0 {
                out.push('-');
            }
            out.push(char::from(ALPHABET[((bits >> held) & 31) as usize]));
            written += 1;
        }
        bits &= (1 << held) - 1;
    }
    out
}

/// Reads `text` back into its canonical spelling: upper case, I and L as 1, O as 0, regrouped.
///
/// Returns `None` where a sign is no symbol or the number of symbols is not `expected`.
fn canonical(text: &str, expected: usize) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut count = 0;
    for sign in text.chars().filter(|sign| *sign != '-') {
        let symbol = match sign.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other => other,
        };
        if !symbol.is_ascii() || !ALPHABET.contains(&(symbol as u8)) {
            return None;
        }
        if count > 0 && count % 4 == 0 {
            out.push('-');
        }
        out.push(symbol);
        count += 1;
    }
    (count == expected).then_some(out)
}

macro_rules! public_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $bytes:literal, $what:literal, $example:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// How many random bytes make one.
            pub const RANDOM_BYTES: usize = $bytes;

            /// Names a new thing from random bytes, which the caller draws.
            pub fn from_random(bytes: [u8; $bytes]) -> Self {
                Self(format!(concat!($prefix, "-{}"), symbols(&bytes)))
            }

            /// Returns the id as it is shown, such as
            #[doc = concat!("`", $example, "`.")]
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
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let wrong = || IdError { text: text.to_owned(), what: $what, example: $example };
                let (prefix, rest) = text.trim().split_once('-').ok_or_else(wrong)?;
                if !prefix.eq_ignore_ascii_case($prefix) {
                    return Err(wrong());
                }
                let rest = canonical(rest, $bytes * 8 / 5).ok_or_else(wrong)?;
                Ok(Self(format!(concat!($prefix, "-{}"), rest)))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

public_id!(
    /// A case, our unit of work on one vulnerability.
    CaseId, "WF", 5, "the id of a case", "WF-7K3F-9QX2"
);
public_id!(
    /// A report that came in.
    ReportId, "WR", 5, "the id of a report", "WR-7K3F-9QX2"
);
public_id!(
    /// A party: a person or an organization.
    PartyId, "WP", 5, "the id of a party", "WP-7K3F-9QX2"
);
public_id!(
    /// An obligation of one case, derived from the case, the provision and the fact.
    ObligationId, "WO", 10, "the id of an obligation", "WO-7K3F-9QX2-M4TB-0C6D"
);
public_id!(
    /// A submission that was made to an authority.
    SubmissionId, "WS", 5, "the id of a submission", "WS-7K3F-9QX2"
);
public_id!(
    /// An event. The whole width is random, since it names a leaf of the evidence log.
    EventId, "WE", 20, "the id of an event", "WE-7K3F-9QX2-M4TB-0C6D-7K3F-9QX2-M4TB-0C6D"
);
public_id!(
    /// A notice to a person, the same for the same reason, so that it is sent once.
    NoticeId, "WN", 20, "the id of a notice", "WN-7K3F-9QX2-M4TB-0C6D-7K3F-9QX2-M4TB-0C6D"
);

public_id!(
    /// A change of law on its way: proposed, interpreted, agreed, applied.
    AmendmentId, "WA", 5, "the id of an amendment", "WA-7K3F-9QX2"
);
public_id!(
    /// A department of an organization.
    DepartmentId, "WD", 5, "the id of a department", "WD-7K3F-9QX2"
);
public_id!(
    /// A product of an organization.
    ProductId, "WX", 5, "the id of a product", "WX-7K3F-9QX2"
);
public_id!(
    /// A release of a product.
    ReleaseId, "WL", 5, "the id of a release", "WL-7K3F-9QX2"
);
public_id!(
    /// An SBOM that was attached to a release.
    SbomId, "WB", 5, "the id of an SBOM", "WB-7K3F-9QX2"
);
public_id!(
    /// A vulnerability to which something of an organization is exposed.
    VulnerabilityId, "WV", 5, "the id of a vulnerability", "WV-7K3F-9QX2"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_its_random_bytes_in_groups_of_four() {
        assert_eq!(CaseId::from_random([0; 5]).as_str(), "WF-0000-0000");
        assert_eq!(CaseId::from_random([255; 5]).as_str(), "WF-ZZZZ-ZZZZ");
        assert_eq!(CaseId::from_random([0, 0, 0, 0, 1]).as_str(), "WF-0000-0001");
        assert_eq!(ObligationId::from_random([255; 10]).as_str(), "WO-ZZZZ-ZZZZ-ZZZZ-ZZZZ");
    }

    #[test]
    fn an_id_is_read_as_people_write_it() {
        let id: CaseId = "wf-7k3f-9qx2".parse().unwrap();
        assert_eq!(id.as_str(), "WF-7K3F-9QX2");
        let id: CaseId = " WF-O1LI9QX2 ".parse().unwrap();
        assert_eq!(id.as_str(), "WF-0111-9QX2");
    }

    #[test]
    fn another_nouns_id_is_refused() {
        for wrong in [
            "",
            "WF",
            "WF-",
            "WF-7K3F",
            "WR-7K3F-9QX2",
            "WF-7K3F-9QXU",
            "WF-7K3F-9QX2-0",
            "WF-7K3F-9QX\u{131}",
        ] {
            assert!(wrong.parse::<CaseId>().is_err(), "{wrong}");
        }
    }
}
