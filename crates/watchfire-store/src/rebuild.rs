//! Read tables anew from events, by the same code that filled them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use watchfire_core::event::{Event, Stream, encoding};
use watchfire_core::ids::{CaseId, ObligationId};

use crate::Store;
use crate::apply::{self, Stored};
use crate::dialect::{Connection, Row, params};
use crate::due;
use crate::error::StoreError;
use crate::history;
use crate::log::{Edge, Tree};
use crate::policy::{Authorized, Node, Write};
use crate::statement::statements;

/// Events that are read at once.
const EVENTS_AT_ONCE: i64 = 1000;

statements! {
    EVENTS =
        "SELECT log_index, version, bytes FROM events WHERE log_index >= $1 \
         AND bytes IS NOT NULL ORDER BY log_index LIMIT $2";
    CASES = "SELECT c.id FROM cases c WHERE c.id > $1 ORDER BY c.id LIMIT $2";
    CLEAR_SUBMISSION_OBLIGATIONS = "DELETE FROM submission_obligations";
    CLEAR_SUBMISSIONS = "DELETE FROM submissions";
    CLEAR_DRAFTS = "DELETE FROM drafts";
    CLEAR_OPEN_CONFLICTS = "DELETE FROM open_conflicts";
    CLEAR_OBLIGATIONS = "DELETE FROM obligations";
    CLEAR_PARTICIPANTS = "DELETE FROM participants";
    CLEAR_CASES = "DELETE FROM cases";
    CLEAR_REPORTS = "DELETE FROM reports";
    CLEAR_ADDRESSES = "DELETE FROM addresses";
    CLEAR_STANDING_CHOICES = "DELETE FROM standing_choices";
    CLEAR_PARTIES = "DELETE FROM parties";
    CLEAR_CASE_FACTS = "DELETE FROM case_facts";
    CLEAR_CASE_TRIGGERS = "DELETE FROM case_triggers";
    CLEAR_ACKNOWLEDGEMENTS = "DELETE FROM acknowledgements";
    CLEAR_AMENDMENT_LAWS = "DELETE FROM amendment_laws";
    CLEAR_UNREAD_CASES = "DELETE FROM unread_cases";
    CLEAR_AMENDMENTS = "DELETE FROM amendments";
    CLEAR_DEPARTMENTS = "DELETE FROM departments";
    CLEAR_PRODUCTS = "DELETE FROM products";
    CLEAR_RELEASES = "DELETE FROM releases";
    CLEAR_SBOMS = "DELETE FROM sboms";
    CLEAR_EXPOSURES = "DELETE FROM exposures";
    CLEAR_VULNERABILITY_NAMES = "DELETE FROM vulnerability_names";
    CLEAR_VULNERABILITIES = "DELETE FROM vulnerabilities";
    CLEAR_LAWBOOK_USES = "DELETE FROM lawbook_uses";
}

/// Says when each open obligation of a case is looked at next, from the events of the case.
///
/// Core decides this; the store only keeps it.
pub type DueInstants<'a> =
    dyn Fn(&CaseId, &[Event]) -> BTreeMap<ObligationId, Timestamp> + Send + Sync + 'a;

impl Store {
    /// Empties every read table and fills it again from the events, in one transaction. Returns
    /// how many events were read. Appends wait meanwhile, and after seconds are refused as
    /// unavailable: it is for a node that is out of service.
    ///
    /// # Errors
    /// As [`StoreError`] lists them; nothing has changed then.
    pub async fn rebuild(
        &self,
        _grant: &Authorized<Node, Write>,
        due_instants: &DueInstants<'_>,
    ) -> Result<u64, StoreError> {
        self.refuse_if_failed()?;
        let mut tx = self.writer().await?;
        tx.begin().await?;
        // Appends wait for this row; so the events do not grow in between.
        Edge::lock(&mut tx, Tree::Internal).await?;
        clear(&mut tx).await?;
        let count = replay(&mut tx).await?;
        set_due(&mut tx, due_instants).await?;
        self.note_failure(tx.commit().await)?;
        Ok(count)
    }
}

async fn clear(tx: &mut Connection) -> Result<(), StoreError> {
    for statement in [
        &CLEAR_SUBMISSION_OBLIGATIONS,
        &CLEAR_SUBMISSIONS,
        &CLEAR_DRAFTS,
        &CLEAR_OPEN_CONFLICTS,
        &CLEAR_OBLIGATIONS,
        &CLEAR_PARTICIPANTS,
        &CLEAR_CASES,
        &CLEAR_REPORTS,
        &CLEAR_ADDRESSES,
        &CLEAR_STANDING_CHOICES,
        &CLEAR_PARTIES,
        &CLEAR_CASE_FACTS,
        &CLEAR_CASE_TRIGGERS,
        &CLEAR_ACKNOWLEDGEMENTS,
        &CLEAR_AMENDMENT_LAWS,
        &CLEAR_UNREAD_CASES,
        &CLEAR_AMENDMENTS,
        &CLEAR_DEPARTMENTS,
        &CLEAR_PRODUCTS,
        &CLEAR_RELEASES,
        &CLEAR_SBOMS,
        &CLEAR_EXPOSURES,
        &CLEAR_VULNERABILITY_NAMES,
        &CLEAR_VULNERABILITIES,
        &CLEAR_LAWBOOK_USES,
    ] {
        tx.execute(statement, params![]).await?;
    }
    Ok(())
}

async fn replay(tx: &mut Connection) -> Result<u64, StoreError> {
    let (mut next, mut count) = (0, 0);
    loop {
        let rows = tx.all(&EVENTS, params![next, EVENTS_AT_ONCE]).await?;
        let Some(last) = rows.last() else { return Ok(count) };
        next = last.int("log_index")? + 1;
        count += rows.len() as u64;
        let events = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let events: Vec<Stored<'_>> = events
            .iter()
            .map(|(event, index, version)| Stored { event, index: *index, version: *version })
            .collect();
        apply::read_tables(tx, &events).await?;
    }
}

fn read(row: &Row) -> Result<(Event, u64, u64), StoreError> {
    let event = encoding::decode(&row.bytes("bytes")?)?;
    Ok((event, row.natural("log_index")?, row.natural("version")?))
}

async fn set_due(tx: &mut Connection, due_instants: &DueInstants<'_>) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let rows = tx.all(&CASES, params![after.as_str(), EVENTS_AT_ONCE]).await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = last.text("id")?;
        for row in &rows {
            let case: CaseId = row.parsed("id")?;
            let history = history::whole(tx, &Stream::Case(case.clone())).await?;
            let events: Vec<Event> = history.into_iter().map(|recorded| recorded.event).collect();
            let due = due_instants(&case, &events).into_iter().map(|(obligation, at)| {
                let case = case.clone();
                due::Due { case, obligation, at: Some(at) }
            });
            due::set(tx, &due.collect::<Vec<_>>()).await?;
        }
    }
}
