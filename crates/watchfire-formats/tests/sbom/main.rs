//! SBOMs: the suite of their standards, documents of others, and documents that mean harm.

mod cyclonedx;
mod data;
mod hostile;
mod others;
mod spdx;
mod wrapped;
