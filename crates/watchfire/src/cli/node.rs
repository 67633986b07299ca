//! The commands of the node on this machine.

use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Which node: its settings file, its data folder, its database.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Place {
    /// The settings file (TOML)
    #[arg(long, value_name = "FILE", env = "WATCHFIRE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The data folder; by default `watchfire` in the user's state folder
    #[arg(long, value_name = "DIR", env = "WATCHFIRE_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// `postgres://…` instead of the embedded database
    #[arg(long, value_name = "URL", env = "WATCHFIRE_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,
}

impl Place {
    /// Returns what the environment names.
    pub(crate) fn of_environment() -> Self {
        let named = |name| env::var_os(name).filter(|value| !value.is_empty());
        Self {
            config: named("WATCHFIRE_CONFIG").map(PathBuf::from),
            data: named("WATCHFIRE_DATA").map(PathBuf::from),
            database: named("WATCHFIRE_DATABASE").and_then(|url| url.into_string().ok()),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", env = "WATCHFIRE_LISTEN")]
    pub(crate) listen: Option<SocketAddr>,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Make a person known, with an account; the first one with the organization
    Add(UserAdd),
    /// List the people of this node
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Make a bearer token for the API; it is printed once
    Token {
        /// Whose
        login: String,
        /// What it is for; unique among the person's tokens
        #[arg(long, default_value = "command line")]
        label: String,
        /// When it ends: 2027-01-01T00:00Z; without it, it holds until it is taken back
        #[arg(long, value_name = "T")]
        expires: Option<jiff::Timestamp>,
        #[command(flatten)]
        place: Place,
    },
    /// Set a new password; every session of the person ends
    Password {
        /// Whose
        login: String,
        /// Read the password from standard input instead of asking for it
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Close an account: sessions and tokens are void at once
    Disable {
        /// Whose
        login: String,
        /// Why; it is recorded
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        place: Place,
    },
    /// Say who of the organization is told, in what order, when nothing moves
    Chain {
        /// Login of the one told first
        #[arg(long, value_name = "LOGIN")]
        owner: Option<String>,
        /// Login of the one told next
        #[arg(long, value_name = "LOGIN")]
        supervisor: Option<String>,
        /// Login of the accountable executive
        #[arg(long, value_name = "LOGIN")]
        executive: Option<String>,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, Args)]
pub(crate) struct UserAdd {
    /// The name to sign in with
    pub(crate) login: String,
    /// The person's name
    #[arg(long)]
    pub(crate) name: String,
    /// Name of the organization, with the first person of a new node
    #[arg(long)]
    pub(crate) organization: Option<String>,
    /// What the person may do besides what everybody may; may be given again. Without it the
    /// first person is administrator and responder
    #[arg(long = "duty", value_enum, value_name = "DUTY")]
    pub(crate) duties: Vec<DutyName>,
    /// Address for notices by mail
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) mail: Option<String>,
    /// Address for notices by webhook
    #[arg(long, value_name = "URL")]
    pub(crate) webhook: Option<String>,
    /// Language of pages and notices
    #[arg(long, default_value = "en", value_parser = ["en", "zh-CN"])]
    pub(crate) language: String,
    /// Time zone of pages and notices; without it pages have that of the browser, notices UTC
    #[arg(long, value_name = "ZONE")]
    pub(crate) time_zone: Option<String>,
    /// Read the password from standard input instead of asking for it
    #[arg(long)]
    pub(crate) password_stdin: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// A duty as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DutyName {
    /// Keeps accounts, the profile and the chain
    Administrator,
    /// Takes part in every case that is opened on a report
    Responder,
    /// Reads the evidence log and every case that is not under embargo
    Auditor,
}

#[derive(Debug, Args)]
pub(crate) struct LogVerify {
    /// An exported bundle instead of a node; nothing else is needed
    #[arg(long, value_name = "FILE")]
    pub(crate) bundle: Option<PathBuf>,
    /// The verifier key that the log must be signed with: `name+id+base64`
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}
