//! The flags of `watchfire obligations` and `watchfire law`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use watchfire_server::settings::Network;

use super::{Here, Place, Server};

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

/// What an organization is by law.
#[derive(Debug, Args)]
pub(crate) struct Organization {
    /// A role that the organization has: eu-cra/manufacturer; may be given often
    #[arg(long = "role", value_name = "ROLE")]
    pub(crate) roles: Vec<String>,
    /// An attribute and its value: eu/member-state=BE; may be given often
    #[arg(long = "attribute", value_name = "ID=VALUE")]
    pub(crate) attributes: Vec<String>,
    /// Roles and attributes as JSON, as the API of a node gives them; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Map {
    #[command(flatten)]
    pub(crate) organization: Organization,
    /// The local day of each authority, by default the present one in UTC: 2027-12-11
    #[arg(long, value_name = "DAY")]
    pub(crate) day: Option<String>,
    /// Show one occasion alone, with what always holds
    #[arg(long = "for", value_name = "OCCASION", value_parser = ["vulnerability", "incident"])]
    pub(crate) occasion: Option<String>,
    /// Answers that are assumed of the case: eu-cra/severe-incident=no, with commas between them
    #[arg(long, value_name = "ANSWERS", default_value = "", hide_default_value = true)]
    pub(crate) assume: String,
    /// Also tell of every provision that is not owed what is missing
    #[arg(long)]
    pub(crate) why_not: bool,
    /// Language of titles and reasons
    #[arg(long, default_value = "en", value_parser = ["en", "zh-CN"])]
    pub(crate) language: String,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) laws: Laws,
}

#[derive(Debug, Args)]
pub(crate) struct Roles {
    /// Answers as TOML: `"eu-cra/manufacturer" = "yes"`; what it leaves open is asked, unless
    /// `--json` is given; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<PathBuf>,
    /// Language of the questions
    #[arg(long, default_value = "en", value_parser = ["en", "zh-CN"])]
    pub(crate) language: String,
    /// Print JSON, and ask nothing
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
    /// Find what an organization is by law, by plain questions
    Roles(Roles),
    /// Show what an organization owes on a day, for a vulnerability, for an incident and always, and
    /// why not
    Map(Box<Map>),
    /// List the calendars of days off, or show the days of one
    Calendars {
        /// A calendar (`cn`); without it all are listed
        #[arg(value_name = "ID")]
        id: Option<String>,
        /// The year to show; without it the last that is held
        #[arg(long, value_name = "YEAR", requires = "id")]
        year: Option<i16>,
        /// Language of names and notes
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
    /// Put the packs, or a draft of some, to past cases: what would have been owed, and what
    /// would have been otherwise
    Backtest(Box<Backtest>),
    /// Compare two lawbooks, in words
    Diff(LawDiff),
    /// Make a signed bundle of packs, in which a change of law travels
    Bundle(LawBundle),
    /// Make a key that signs bundles, and print its public part
    Key {
        /// The issuer, as its bundles name it: law.example
        #[arg(value_name = "NAME")]
        name: String,
        /// The file to write the private key into; only its owner can read it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Propose a signed bundle to a node
    Import(LawImport),
    /// Propose to a node to read a provision more strictly than its pack
    Reading(Box<LawReading>),
}

#[derive(Debug, Args)]
pub(crate) struct Backtest {
    /// Case files (TOML); `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// What to compare with: `built-in`, `nothing`, or a folder of packs, and of a node that runs
    /// `in-use`; with `--laws` it is `built-in`, or what the node uses, where nothing is said
    #[arg(long, value_name = "LAWS")]
    pub(crate) against: Option<String>,
    /// The instant to answer for, instead of each case's own: 2026-09-30T10:00Z
    #[arg(long, value_name = "T")]
    pub(crate) at: Option<String>,
    /// Hide what became known later than this
    #[arg(long, value_name = "T")]
    pub(crate) known_at: Option<String>,
    /// Print JSON, with every obligation that would have been otherwise
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) laws: Laws,
    /// The address of a node that runs: it puts the laws to the cases that `--token` may see
    #[arg(long, value_name = "URL", conflicts_with_all = ["files", "local", "config", "data", "database"])]
    pub(crate) server: Option<String>,
    /// Whose rights to the cases of a node hold; without one a case under embargo is hidden
    #[arg(long, value_name = "TOKEN", env = "WATCHFIRE_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    #[command(flatten)]
    pub(crate) here: Here,
}

#[derive(Debug, Args)]
pub(crate) struct LawDiff {
    /// A folder of packs, a bundle, `built-in`, or the digest of a lawbook that the node holds
    #[arg(value_name = "A")]
    pub(crate) old: String,
    /// What it is compared with
    #[arg(value_name = "B")]
    pub(crate) new: String,
    /// The day from which is seen what is past and what is coming: 2026-09-30T10:00Z
    #[arg(long, value_name = "T")]
    pub(crate) at: Option<String>,
    /// Language of the words
    #[arg(long, default_value = "en", value_parser = ["en", "zh-CN"])]
    pub(crate) language: String,
    /// The issuer's public key, as `law key` prints it; without one a bundle is not believed
    #[arg(long, value_name = "KEY")]
    pub(crate) trust: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct LawBundle {
    /// A folder of packs, or one pack
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The file with the issuer's private key
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// Its place among the issuer's bundles: higher than that of the one before
    #[arg(long, value_name = "N")]
    pub(crate) sequence: u64,
    /// When it is to be used: 2027-01-01T00:00Z
    #[arg(long, value_name = "T")]
    pub(crate) effective: String,
    /// What it changes, in one line
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: String,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct LawReading {
    /// The provision: cn-rmsv/7.2
    #[arg(value_name = "PROVISION")]
    pub(crate) provision: String,
    /// A number and a unit: 24h, 14d, 2w, 1mo, 3bd
    #[arg(long, value_name = "SPAN")]
    pub(crate) within: String,
    /// How it is counted; business days as the pack counts them
    #[arg(long, value_name = "RULE", default_value = "elapsed", value_parser = ["elapsed", "next-full-hour", "exclude-trigger-day", "sec-b1"])]
    pub(crate) counts: String,
    /// The first local day, in the zone of the law, of the clocks that are counted by it: the day of
    /// `--effective`, or today, or later
    #[arg(long, value_name = "DAY")]
    pub(crate) from: String,
    /// What the text is taken to mean, in English
    #[arg(long, value_name = "TEXT")]
    pub(crate) says_en: String,
    /// What the text is taken to mean, in Chinese
    #[arg(long, value_name = "TEXT")]
    pub(crate) says_zh: String,
    /// Why, in English
    #[arg(long, value_name = "TEXT")]
    pub(crate) why_en: String,
    /// Why, in Chinese
    #[arg(long, value_name = "TEXT")]
    pub(crate) why_zh: String,
    /// When it is to be used; left out, as soon as it is agreed: 2027-01-01T00:00Z
    #[arg(long, value_name = "T")]
    pub(crate) effective: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, Args)]
pub(crate) struct LawImport {
    /// The bundle: a file, or an `https` address
    #[arg(value_name = "FILE|URL")]
    pub(crate) bundle: String,
    /// A file with certificates of authorities that are believed beside the known ones when the
    /// bundle is fetched
    #[arg(long, value_name = "FILE")]
    pub(crate) authorities: Option<PathBuf>,
    /// A private network from which it may be fetched all the same: 10.0.0.0/8; may be given often
    #[arg(long = "allow-network", value_name = "NETWORK")]
    pub(crate) allowed_networks: Vec<Network>,
    /// Seconds after which fetching is given up
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(crate) within: u32,
    /// Why it is proposed
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: String,
    /// Another title than the bundle's own
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// Another instant than the bundle's own: 2027-01-01T00:00Z
    #[arg(long, value_name = "T")]
    pub(crate) effective: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) server: Server,
}
