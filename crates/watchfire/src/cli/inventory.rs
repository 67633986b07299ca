//! What is said of products, their releases, and what those are made of.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Server;

#[derive(Debug, Subcommand)]
pub(crate) enum Product {
    /// List the products in use
    List {
        /// What stands in the name
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        server: Server,
    },
    /// Make a product known
    Add {
        /// As people call it
        name: String,
        #[command(flatten)]
        said: ProductSaid,
    },
    /// Change what is said of a product; what no flag names stays as it is
    Change {
        /// Its id or its name
        product: String,
        /// Its new name
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        #[command(flatten)]
        said: ProductSaid,
    },
    /// Retire a product: nothing of it is exposed any longer
    Retire {
        /// Its id or its name
        product: String,
        #[command(flatten)]
        why: Why,
    },
}

/// What is said of a product beside its name.
#[derive(Debug, Args)]
pub(crate) struct ProductSaid {
    /// What it is
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// Who answers for it: id of a person
    #[arg(long, value_name = "PERSON")]
    pub(crate) owner: Option<String>,
    /// The department that makes or runs it: its id
    #[arg(long, value_name = "DEPARTMENT")]
    pub(crate) department: Option<String>,
    /// Whether it can be reached from the Internet
    #[arg(long, value_parser = ["yes", "no", "unknown"])]
    pub(crate) internet_facing: Option<String>,
    /// What others call it: a package URL or a CPE name; may be given often, and replaces all
    #[arg(long, value_name = "NAME")]
    pub(crate) identifier: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) server: Server,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Release {
    /// List the releases of a product that are in use
    List {
        /// Id or name of the product
        product: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        server: Server,
    },
    /// List the releases of which nobody said what they are made of: exit 1 if there are some
    Holes {
        /// Print JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        server: Server,
    },
    /// Make a release known
    Add {
        /// Id or name of the product
        product: String,
        /// As its maker counts
        version: String,
        #[command(flatten)]
        said: ReleaseSaid,
    },
    /// Change what is said of a release; what no flag names stays as it is
    Change {
        /// Its id
        release: String,
        /// Its new version
        #[arg(long, value_name = "VERSION")]
        version: Option<String>,
        #[command(flatten)]
        said: ReleaseSaid,
    },
    /// Retire a release: nothing of it is exposed any longer
    Retire {
        /// Its id
        release: String,
        #[command(flatten)]
        why: Why,
    },
}

/// What is said of a release beside its version.
#[derive(Debug, Args)]
pub(crate) struct ReleaseSaid {
    /// The day of its release: 2026-11-30
    #[arg(long, value_name = "DAY")]
    pub(crate) released_on: Option<String>,
    /// The last day of its support period
    #[arg(long, value_name = "DAY")]
    pub(crate) supported_until: Option<String>,
    /// Where it is made available: a country such as DE; may be given often, and replaces all
    #[arg(long, value_name = "COUNTRY")]
    pub(crate) sold_in: Vec<String>,
    /// Who answers for it: id of a person; by default the owner of the product
    #[arg(long, value_name = "PERSON")]
    pub(crate) owner: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) server: Server,
}

/// Why something ends.
#[derive(Debug, Args)]
pub(crate) struct Why {
    /// Why; it is kept
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) server: Server,
}

/// What is done with the SBOMs of a node.
#[derive(Debug, Subcommand)]
pub(crate) enum SbomOfNode {
    /// Attach SBOMs to a release: exit 1 if something of them was not used
    Attach(SbomAttach),
    /// Show an SBOM that was attached, with what was not used of it
    Show {
        /// Its id
        id: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        server: Server,
    },
    /// Detach an SBOM that does not hold; its document is kept
    Detach {
        /// Its id
        id: String,
        #[command(flatten)]
        why: Why,
    },
    /// Write the document of an SBOM, byte for byte as it was attached
    Document {
        /// Its id
        id: String,
        /// The file to write; `-` is standard output
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        server: Server,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SbomAttach {
    /// SBOMs in any form that is known; `-` is standard input. The first takes the place of what is
    /// attached, the others stand beside it
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Id of the release
    #[arg(
        long,
        value_name = "ID",
        required_unless_present = "product",
        conflicts_with = "product"
    )]
    pub(crate) release: Option<String>,
    /// Id or name of the product, instead of the id of a release
    #[arg(long, value_name = "PRODUCT", requires = "version")]
    pub(crate) product: Option<String>,
    /// Version of the release of the product
    #[arg(long, value_name = "VERSION", requires = "product")]
    pub(crate) version: Option<String>,
    /// Make the product and the release known where they are not
    #[arg(long, requires = "product")]
    pub(crate) create: bool,
    /// The first too stands beside what is attached
    #[arg(long)]
    pub(crate) beside: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) server: Server,
}
