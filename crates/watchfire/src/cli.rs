//! What can be typed after `watchfire`.

mod api;
mod csaf;
mod demo;
mod inventory;
mod law;
mod lines;
mod matching;
mod node;
mod operate;
mod sbom;

use clap::{Parser, Subcommand};

pub(crate) use api::{Case, CaseShow, Here, Report, ReportNew, Server};
pub(crate) use csaf::{Csaf, CsafValidate};
pub(crate) use demo::Demo;
pub(crate) use inventory::{
    Product, ProductSaid, Release, ReleaseSaid, SbomAttach, SbomOfNode, Why,
};
pub(crate) use law::{
    Backtest, Law, LawBundle, LawDiff, LawImport, LawReading, Laws, Map, Obligations, Organization,
    Roles,
};
pub(crate) use lines::{Vers, Versions};
pub(crate) use matching::Match;
pub(crate) use node::{DutyName, LogVerify, Place, Serve, User, UserAdd};
pub(crate) use operate::{Backup, Doctor, Migrate, Opener, Restore};
pub(crate) use sbom::Sbom;

/// Knows every reporting obligation a vulnerability creates, runs its clock, and proves it was met.
#[derive(Debug, Parser)]
#[command(name = "watchfire", version, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play the Log4Shell story against a virtual clock, print it, then serve it
    Demo(Demo),
    /// Print what is owed in each case of case files: state, deadlines, article, reason
    Obligations(Obligations),
    /// Read, check and test the law packs
    #[command(subcommand)]
    Law(Law),
    /// Check the evidence log
    #[command(subcommand)]
    Log(Log),
    /// Compare the two versions of each line: `<`, `=`, `>`, or `?` where no order explains them
    Versions(Versions),
    /// Say of each line with a range of `vers` and a version whether it is in it: `yes`, `no`, `?`
    Vers(Vers),
    /// Print the canonical spelling of the package URL of each line
    Purl,
    /// Print the scores of the CVSS vector of each line
    Cvss,
    /// Say what SBOMs are, how much is in them, what of it was skipped, and what is not valid;
    /// attach them to the releases of a node
    Sbom(Sbom),
    /// Say which components of SBOMs advisories speak of, without a node
    Match(Match),
    /// Check CSAF documents by the tests of the standard
    #[command(subcommand)]
    Csaf(Csaf),
    /// Run the node
    Serve(Serve),
    /// Keep the accounts of the node on this machine
    #[command(subcommand)]
    User(User),
    /// Report a vulnerability to a node
    #[command(subcommand)]
    Report(Report),
    /// Work with the cases of a node
    #[command(subcommand)]
    Case(Case),
    /// Keep the products of a node: what the house makes or runs
    #[command(subcommand)]
    Product(Product),
    /// Keep the releases of products, and see of which nobody said what they are made of
    #[command(subcommand)]
    Release(Release),
    /// Write everything but the keys into one file
    Backup(Backup),
    /// Bring a backup back into an empty folder, verified and quarantined
    Restore(Restore),
    /// Bring the schema of the database up to date
    Migrate(Migrate),
    /// Look at everything a node needs: exit 1 if something is unsafe
    Doctor(Doctor),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Log {
    /// Read one JSON probe a line on standard input; print `true` or `false`
    Proof,
    /// Compute the evidence log anew: exit 1 if it was tampered with, naming the first bad index
    Verify(LogVerify),
}
