//! What is said of SBOMs.

use std::path::PathBuf;

use clap::Args;

/// Which SBOMs are read.
#[derive(Debug, Args)]
pub(crate) struct Sbom {
    /// SBOMs in any form that is known, told by their content; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}
