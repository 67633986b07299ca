//! From events to the tables that are read: the same code when it happens and when it is rebuilt.

use watchfire_core::event::Event;

use crate::dialect::Connection;
use crate::error::StoreError;
use crate::{
    amendment, annex, case, case_fact, country, department, lawbook, obligation, outbox, party,
    product, question, report, session, standing, submission, vulnerability,
};

/// An event and its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stored<'a> {
    pub(crate) event: &'a Event,
    /// In the internal log.
    pub(crate) index: u64,
    /// In its history, from 1.
    pub(crate) version: u64,
}

/// Carries events, in their order, into the read tables, each noun its own.
pub(crate) async fn read_tables(
    tx: &mut Connection,
    events: &[Stored<'_>],
) -> Result<(), StoreError> {
    for stored in events {
        annex::apply(tx, stored.event).await?;
        case::apply(tx, stored).await?;
        obligation::apply(tx, stored).await?;
        question::apply(tx, stored).await?;
        submission::apply(tx, stored).await?;
        report::apply(tx, stored).await?;
        party::apply(tx, stored).await?;
        country::apply(tx, stored).await?;
        standing::apply(tx, stored).await?;
        case_fact::apply(tx, stored).await?;
        department::apply(tx, stored).await?;
        product::apply(tx, stored).await?;
        amendment::apply(tx, stored).await?;
        lawbook::apply(tx, stored).await?;
    }
    case::touch(tx, events).await?;
    vulnerability::apply(tx, events).await
}

/// Carries events into what is no reading of events: secrets and the outbox. Not rebuilt.
pub(crate) async fn beside(tx: &mut Connection, events: &[Stored<'_>]) -> Result<(), StoreError> {
    for stored in events {
        session::apply(tx, stored.event).await?;
        outbox::apply(tx, stored.event).await?;
    }
    Ok(())
}
