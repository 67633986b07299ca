//! What is said of CSAF documents.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What is done with CSAF documents.
#[derive(Debug, Subcommand)]
pub(crate) enum Csaf {
    /// Say which tests of the standard each document fails: exit 1 if one is not valid
    Validate(CsafValidate),
}

/// Which documents are tried.
#[derive(Debug, Args)]
pub(crate) struct CsafValidate {
    /// CSAF documents of version 2.0 or 2.1; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}
