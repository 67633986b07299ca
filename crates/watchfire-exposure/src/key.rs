//! Order-preserving byte keys: comparing the bytes compares the versions.

use crate::version::number::Number;

/// Bytes whose order is that of the versions they were made of, within one ecosystem.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Vec<u8>);

impl Key {
    /// The bytes, which are compared as `memcmp` does.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The first eight bytes as a number, with zeros where the key is shorter.
    ///
    /// Where two of them differ, they order as the keys do; where they are equal, the keys decide.
    pub fn prefix(&self) -> u64 {
        let mut first = [0; 8];
        let length = self.0.len().min(8);
        first[..length].copy_from_slice(&self.0[..length]);
        u64::from_be_bytes(first)
    }
}

/// Writes a key, part by part. A mark is a byte that a version order gives a meaning; all marks are
/// below [`KeyWriter::NUMBER_FIRST`], so that a mark sorts before any number in its place.
pub(crate) struct KeyWriter(Vec<u8>);

impl KeyWriter {
    /// The first byte of the number zero, and the least first byte of any number.
    pub(crate) const NUMBER_FIRST: u8 = 0x20;
    /// Numbers below this one are written in one byte.
    const SMALL: u64 = 0xd0;
    /// First byte of a number of one to eight bytes: this, and how many bytes follow, less one.
    const WORD: u8 = Self::NUMBER_FIRST + Self::SMALL as u8;
    /// First byte of a number that does not fit into eight bytes.
    const LONG: u8 = Self::WORD + 8;

    pub(crate) fn new() -> Self {
        Self(Vec::with_capacity(16))
    }

    pub(crate) fn mark(&mut self, mark: u8) {
        debug_assert!(mark < Self::NUMBER_FIRST, "a mark sorts before every number");
        self.0.push(mark);
    }

    /// A byte that an order weighs itself, such as a letter of a Debian version.
    pub(crate) fn weight(&mut self, weight: u8) {
        self.0.push(weight);
    }

    /// A number; the bytes order as the numbers do, and none is the beginning of another's.
    pub(crate) fn number(&mut self, number: Number<'_>) {
        let digits = number.digits();
        let Ok(value) = (if digits.is_empty() { Ok(0) } else { digits.parse::<u64>() }) else {
            self.0.push(Self::LONG);
            // A version is short enough for its length to fit (VERSION_BYTES_MAX).
            self.0.extend((digits.len() as u32).to_be_bytes());
            self.0.extend(digits.as_bytes());
            return;
        };
        if value < Self::SMALL {
            self.0.push(Self::NUMBER_FIRST + value as u8);
            return;
        }
        let bytes = value.to_be_bytes();
        let significant = &bytes[value.leading_zeros() as usize / 8..];
        self.0.push(Self::WORD + significant.len() as u8 - 1);
        self.0.extend(significant);
    }

    /// A text without control signs, ended so that a beginning sorts before what goes on.
    pub(crate) fn text(&mut self, text: &str) {
        debug_assert!(!text.bytes().any(|byte| byte == 0), "no version holds a control sign");
        self.0.extend(text.as_bytes());
        self.0.push(0);
    }

    /// As [`Self::text`], in small letters.
    pub(crate) fn small_text(&mut self, text: &str) {
        self.0.extend(text.bytes().map(|byte| byte.to_ascii_lowercase()));
        self.0.push(0);
    }

    pub(crate) fn finish(self) -> Key {
        Key(self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(digits: &str) -> Key {
        let mut writer = KeyWriter::new();
        writer.number(Number::new(digits).expect("digits"));
        writer.finish()
    }

    #[test]
    fn numbers_order_as_their_keys_at_every_border() {
        let borders = [
            "0",
            "1",
            "207",
            "208",
            "255",
            "256",
            "65535",
            "65536",
            "18446744073709551615",
            "18446744073709551616",
            "99999999999999999999",
            "100000000000000000000",
        ];
        for pair in borders.windows(2) {
            assert!(key(pair[0]) < key(pair[1]), "{pair:?}");
        }
        assert_eq!(key("007"), key("7"));
    }

    #[test]
    fn a_prefix_never_contradicts_its_key() {
        let (one, two) = (key("18446744073709551616"), key("3"));
        assert!(one > two && one.prefix() > two.prefix());
        assert_eq!(key("3").prefix(), 0x2300_0000_0000_0000);
    }

    proptest! {
        #[test]
        fn any_two_numbers_order_as_their_keys(one in "[0-9]{1,30}", two in "[0-9]{1,30}") {
            let order = Number::new(&one).cmp(&Number::new(&two));
            prop_assert_eq!(key(&one).cmp(&key(&two)), order);
        }
    }
}
