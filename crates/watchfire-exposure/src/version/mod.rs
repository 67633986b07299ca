//! One file for each order: how a version is read, compared, and written as a key.
//!
//! Each order has three parts that are written apart: what it reads (`read`), how two versions
//! compare (`order`), and the bytes that compare alike (`write`).
//! A test holds the second against the third, and both against the data of others.

pub(crate) mod alpine;
pub(crate) mod alpm;
pub(crate) mod conan;
pub(crate) mod cran;
pub(crate) mod datetime;
pub(crate) mod debian;
pub(crate) mod gentoo;
pub(crate) mod go;
pub(crate) mod hackage;
pub(crate) mod julia;
pub(crate) mod lexicographic;
pub(crate) mod maven;
pub(crate) mod npm;
pub(crate) mod nuget;
pub(crate) mod number;
pub(crate) mod openssl;
pub(crate) mod packagist;
pub(crate) mod pub_dev;
pub(crate) mod pypi;
pub(crate) mod rpm;
pub(crate) mod rubygems;
pub(crate) mod semver;

use std::cmp::Ordering;

use crate::key::{Key, KeyWriter};

/// The longest version that is read, in bytes; a longer one is undecided.
pub(crate) const VERSION_BYTES_MAX: usize = 4096;

/// A version as one order reads it.
pub(crate) trait Version<'a>: Sized {
    /// Reads a version, or says that this order does not explain it.
    fn read(text: &'a str) -> Option<Self>;

    /// Compares two versions.
    fn order(&self, other: &Self) -> Ordering;

    /// Writes what compares alike; `None` where the order of this version is no total order.
    fn write(&self, key: &mut KeyWriter) -> Option<()>;
}

/// Whether any order may look at `text`: it is short, not empty, and without control signs.
fn is_sane(text: &str) -> bool {
    let sane = |byte: u8| byte >= 0x20 && byte != 0x7f;
    !text.is_empty() && text.len() <= VERSION_BYTES_MAX && text.bytes().all(sane)
}

/// Reads a version that is sane.
pub(crate) fn read<'a, V: Version<'a>>(text: &'a str) -> Option<V> {
    if is_sane(text) { V::read(text) } else { None }
}

pub(crate) fn order<'a, V: Version<'a>>(one: &'a str, two: &'a str) -> Option<Ordering> {
    Some(read::<V>(one)?.order(&read::<V>(two)?))
}

pub(crate) fn key<'a, V: Version<'a>>(text: &'a str) -> Option<Key> {
    let version = read::<V>(text)?;
    let mut writer = KeyWriter::new();
    version.write(&mut writer)?;
    Some(writer.finish())
}

/// Compares texts in small letters.
pub(crate) fn small_order(one: &str, two: &str) -> Ordering {
    let small = |text: &'_ str| -> Vec<u8> { text.to_ascii_lowercase().into_bytes() };
    if one.is_ascii() && two.is_ascii() {
        let one = one.bytes().map(|byte| byte.to_ascii_lowercase());
        return one.cmp(two.bytes().map(|byte| byte.to_ascii_lowercase()));
    }
    small(one).cmp(&small(two))
}
