//! Filters that answer line by line.

use clap::Args;

/// Which order compares.
#[derive(Debug, Args)]
pub(crate) struct Versions {
    /// The ecosystem as OSV writes it (`Maven`, `Debian:12`) or as its `vers` type (`deb`)
    pub(crate) ecosystem: String,
}

/// How ranges are written.
#[derive(Debug, Args)]
pub(crate) struct Vers {
    /// Read each range as this ecosystem writes it (`npm`, `PyPI`), not as `vers` does
    #[arg(long, value_name = "ECOSYSTEM")]
    pub(crate) native: Option<String>,
}
