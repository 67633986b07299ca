//! What is said of matching.

use std::path::PathBuf;

use clap::Args;

/// Which inventories are held against which advisories.
#[derive(Debug, Args)]
pub(crate) struct Match {
    /// SBOMs in any form that is known, told by their content; `-` is standard input
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    pub(crate) sbom: Vec<PathBuf>,
    /// Advisories in any form that is known: files, folders, ZIP files, and lines of `.jsonl`
    #[arg(long, required = true, num_args = 1.., value_name = "PATH")]
    pub(crate) advisories: Vec<PathBuf>,
    /// Statements that you vouch for: what they say is not affected counts as that
    #[arg(long, num_args = 1.., value_name = "PATH")]
    pub(crate) vex: Vec<PathBuf>,
    /// Print JSON
    #[arg(long, conflicts_with = "sarif")]
    pub(crate) json: bool,
    /// Print SARIF 2.1.0
    #[arg(long)]
    pub(crate) sarif: bool,
}
