//! The flags of `watchfire obligations` and `watchfire law`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Which law packs are used.
#[derive(Debug, Clone, Args)]
pub(crate) struct Laws {
    /// A folder of packs of your own, beside the built-in ones
    #[arg(long = "laws", value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Obligations {
    /// Case files (TOML); `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The instant to answer for, instead of each case's own: 2026-09-30T10:00Z
    #[arg(long, value_name = "T")]
    pub(crate) at: Option<String>,
    /// Hide what became known later than this
    #[arg(long, value_name = "T")]
    pub(crate) known_at: Option<String>,
    /// Language of the reasons
    #[arg(long, default_value = "en", value_parser = ["en", "zh-CN"])]
    pub(crate) language: String,
    /// Print the reasons, step by step
    #[arg(long)]
    pub(crate) why: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) laws: Laws,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Law {
    /// List the packs
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        laws: Laws,
    },
    /// Show a pack, or one provision of it
    Show {
        /// A law id (`eu-cra`) or a provision id (`eu-cra/14.2.a`)
        #[arg(value_name = "ID")]
        id: String,
        /// Language of titles and notes
        #[arg(long, default_value = "en", value_parser = ["en", "zh-CN"])]
        language: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        laws: Laws,
    },
    /// Check a folder of packs: exit 2 if it does not load, 1 if something is missing
    Check {
        /// The folder; without it the built-in packs are checked
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Run case files against the packs; without files, the packs' own
    Test {
        /// Case files (TOML); `-` is standard input
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        laws: Laws,
    },
}
