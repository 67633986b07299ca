//! The commands that speak to a node over its API.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Place;

/// Which node, and who asks.
#[derive(Debug, Clone, Args)]
pub(crate) struct Server {
    /// The address of the node
    #[arg(
        long,
        value_name = "URL",
        env = "WATCHFIRE_URL",
        default_value = "http://127.0.0.1:8470"
    )]
    pub(crate) server: String,
    /// A bearer token, as `watchfire user token` makes it; better in the environment than here
    #[arg(long, value_name = "TOKEN", env = "WATCHFIRE_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Report {
    /// Report a vulnerability: four questions, asked where no flag answers them. Needs no account
    New(ReportNew),
}

#[derive(Debug, Args)]
pub(crate) struct ReportNew {
    /// What is wrong
    #[arg(long, value_name = "TEXT")]
    pub(crate) what: Option<String>,
    /// Where, as a package URL: pkg:maven/org.example/name@1.0
    #[arg(long, value_name = "PURL")]
    pub(crate) component: Option<String>,
    /// How sure you are
    #[arg(long, value_parser = ["sure", "likely", "unsure"])]
    pub(crate) sure: Option<String>,
    /// Whether you have seen it exploited
    #[arg(long, value_parser = ["yes", "no", "unknown"])]
    pub(crate) exploited: Option<String>,
    /// When it was found: 2026-09-30T10:00Z, or 2026-09-30[Europe/Brussels]
    #[arg(long, value_name = "T")]
    pub(crate) found_at: Option<String>,
    /// How to reach you; kept apart, and erased on request
    #[arg(long, value_name = "TEXT")]
    pub(crate) contact: Option<String>,
    /// Language of the answer
    #[arg(long, default_value = "en", value_parser = ["en", "zh-CN"])]
    pub(crate) language: String,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Case {
    /// List the cases that you may see
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        server: Server,
    },
    /// Show a case: what was known and what was owed, now or at any instant
    Show(CaseShow),
    /// Write a case with its proofs into a file that `log verify --bundle` checks anywhere
    Export {
        /// Id of the case
        id: String,
        /// The file to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Do not wait for the public log; tells the recipient the size of the log (auditors)
        #[arg(long)]
        internal: bool,
        #[command(flatten)]
        server: Server,
        #[command(flatten)]
        here: Here,
    },
}

/// The node's own database on this machine, instead of a node that runs. Only what is typed says
/// so; the environment then names what was not typed, as with other commands.
#[derive(Debug, Clone, Args)]
pub(crate) struct Here {
    /// Work on the node of this machine itself, which need not run
    #[arg(long)]
    local: bool,
    /// The settings file (TOML) of the node of this machine; means `--local`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder of the node of this machine; means `--local`
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The `postgres://…` of the node of this machine; means `--local`
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

impl Here {
    /// Returns the node of this machine, or `None` if one is asked over its API.
    pub(crate) fn place(self) -> Option<Place> {
        let Self { local, config, data, database } = self;
        if !local && config.is_none() && data.is_none() && database.is_none() {
            return None;
        }
        let of_environment = Place::of_environment();
        Some(Place {
            config: config.or(of_environment.config),
            data: data.or(of_environment.data),
            database: database.or(of_environment.database),
        })
    }
}

#[derive(Debug, Args)]
pub(crate) struct CaseShow {
    /// Id of the case
    pub(crate) id: String,
    /// The instant to show, instead of now
    #[arg(long, value_name = "T")]
    pub(crate) at: Option<String>,
    /// Hide what became known later than this
    #[arg(long, value_name = "T")]
    pub(crate) known_at: Option<String>,
    /// Language of the reasons
    #[arg(long, default_value = "en", value_parser = ["en", "zh-CN"])]
    pub(crate) language: String,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) server: Server,
}
