//! Backup, restore, migrate, doctor.

use std::path::PathBuf;

use clap::Args;

use super::Place;

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file to write; it must not be there yet
    #[arg(long, value_name = "FILE", required_unless_present_any = ["rehearse", "make_key"])]
    pub(crate) out: Option<PathBuf>,
    /// Encrypt to the holder of this key (age1…); may be given again
    #[arg(long = "recipient", value_name = "KEY", conflicts_with = "passphrase_file")]
    pub(crate) recipients: Vec<String>,
    /// Instead of a new backup, restore this one into a temporary folder, verify it, and forget it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "recipients"])]
    pub(crate) rehearse: Option<PathBuf>,
    /// An empty PostgreSQL database for the rehearsal of a backup of one; it is filled
    #[arg(long, value_name = "URL", requires = "rehearse", hide_env_values = true)]
    pub(crate) into: Option<String>,
    /// Instead of a backup, make a key for backups: the secret goes into the file, which stays
    /// away from this machine, and the recipient is printed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "recipients", "rehearse"])]
    pub(crate) make_key: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) opener: Opener,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// What opens an encrypted backup.
#[derive(Debug, Args)]
pub(crate) struct Opener {
    /// The secret key that opens an encrypted backup
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_file")]
    pub(crate) identity: Option<PathBuf>,
    /// A file whose first line is the passphrase of the backup
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup
    #[arg(value_name = "FILE", required_unless_present = "release")]
    pub(crate) file: Option<PathBuf>,
    /// The signing key of the log, which no backup holds; copied into the data folder
    #[arg(long, value_name = "FILE")]
    pub(crate) log_key: Option<PathBuf>,
    /// State that the old node is dead: notices leave this one again
    #[arg(long, conflicts_with_all = ["file", "log_key", "identity", "passphrase_file"])]
    pub(crate) release: bool,
    #[command(flatten)]
    pub(crate) opener: Opener,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}
