//! What is said of SBOMs.

use std::path::PathBuf;

use clap::Args;

use super::SbomOfNode;

/// Which SBOMs are read, here or by a node.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Sbom {
    /// SBOMs in any form that is known, told by their content; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) of_node: Option<SbomOfNode>,
}
