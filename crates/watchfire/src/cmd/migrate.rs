//! `watchfire migrate`: brings the schema of the database up to date.

use watchfire_store::{Store, StoreConfig, schema_version};

use crate::cli::Migrate;
use crate::exit::{Exit, Failure};
use crate::open::{self, store_failure};
use crate::{config, print};

/// Every step is one transaction, and safe to run from several nodes at once. `serve` does the
/// same at its start.
pub(super) fn run(args: &Migrate) -> Result<Exit, Failure> {
    let settings = config::read(&args.place)?;
    open::must_exist(&settings)?;
    open::block_on(async {
        let config = StoreConfig::new(open::location(&settings));
        let store = Store::open(&config).await.map_err(store_failure)?;
        store.close().await;
        print::say(&format!("the database has schema {}", schema_version()));
        Ok(Exit::Done)
    })
}
