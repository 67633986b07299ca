//! How well a statement of law is sourced.

use serde::Deserialize;

/// How well a statement of law is sourced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Confidence {
    /// Read in a copy of the primary text.
    Primary,
    /// Read in a secondary source, or in part.
    Secondary,
    /// From knowledge, with the probability that it is right.
    Unverified {
        /// From 0 to 100.
        percent: u8,
    },
}

impl Confidence {
    /// Returns the one that is less sure.
    #[must_use]
    pub fn weaker(self, other: Self) -> Self {
        let doubt = |one: Self| match one {
            Self::Primary => 0,
            Self::Secondary => 1,
            Self::Unverified { percent } => 2 + (100 - u32::from(percent)),
        };
        if doubt(other) > doubt(self) { other } else { self }
    }
}

impl TryFrom<String> for Confidence {
    type Error = String;

    /// Reads `primary`, `secondary`, or `unverified 0.85`.
    fn try_from(text: String) -> Result<Self, String> {
        let percent = |digits: &str| {
            let digits = digits.strip_prefix("0.").filter(|digits| !digits.starts_with('+'))?;
            match digits.len() {
                1 => digits.parse::<u8>().ok().map(|tenths| tenths * 10),
                2 => digits.parse().ok(),
                _ => None,
            }
        };
        match (text.as_str(), text.strip_prefix("unverified ").and_then(percent)) {
            ("primary", _) => Ok(Self::Primary),
            ("secondary", _) => Ok(Self::Secondary),
            (_, Some(percent)) => Ok(Self::Unverified { percent }),
            _ => Err(format!(
                "`{text}` is no confidence; write `primary`, `secondary` or, with the probability \
                 that it is right, `unverified 0.85`"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_the_less_sure_counts() {
        let (eighty, ninety) =
            (Confidence::Unverified { percent: 80 }, Confidence::Unverified { percent: 90 });
        for (one, other, less) in [
            (Confidence::Primary, Confidence::Secondary, Confidence::Secondary),
            (Confidence::Secondary, ninety, ninety),
            (ninety, eighty, eighty),
            (eighty, eighty, eighty),
        ] {
            assert_eq!((one.weaker(other), other.weaker(one)), (less, less));
        }
    }

    #[test]
    fn a_doubt_is_told_with_its_measure() {
        let read = |text: &str| Confidence::try_from(text.to_owned());
        assert_eq!(read("primary"), Ok(Confidence::Primary));
        assert_eq!(read("secondary"), Ok(Confidence::Secondary));
        assert_eq!(read("unverified 0.85"), Ok(Confidence::Unverified { percent: 85 }));
        assert_eq!(read("unverified 0.8"), Ok(Confidence::Unverified { percent: 80 }));
        for wrong in
            ["unverified", "unverified 1.85", "unverified 0.855", "unverified 0.+8", "sure", ""]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
