//! The documents of the field, in and out. Pure.

pub mod advisory;
pub mod cvss;
mod envelope;
pub mod instant;
pub mod purl;
pub mod sbom;
pub mod schema;
pub mod ssvc;
