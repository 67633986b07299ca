//! The documents of the field, in and out. Pure.

pub mod purl;
