//! Filters that answer line by line.

use clap::Args;

/// Which order compares.
#[derive(Debug, Args)]
pub(crate) struct Versions {
    /// The ecosystem as OSV writes it (`Maven`, `Debian:12`) or as its `vers` type (`deb`)
    pub(crate) ecosystem: String,
}
