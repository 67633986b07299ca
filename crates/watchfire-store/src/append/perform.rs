//! What an append does within the open transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use serde_json::{Value, json};
use watchfire_core::event::{Event, Stream, encoding};
use watchfire_core::log::{Commitment, Leaf};

use super::{APPEND_BYTES_MAX, Append, Appended, Outcome, Planned};
use crate::dialect::{Connection, is_taken, listed, params};
use crate::document::{self, Kept};
use crate::error::StoreError;
use crate::log::Edge;
use crate::statement::statements;
use crate::{advisory, annex, apply, due, idempotency, inventory, lawbook, outbox, session};

statements! {
    VERSION =
        "SELECT version FROM events WHERE noun = $1 AND stream = $2 ORDER BY version DESC LIMIT 1";
}

/// An event with its place in its history and in the log, and how it is stored.
struct Placed<'a> {
    planned: &'a Planned,
    event: Event,
    stream: Stream,
    version: u64,
    index: u64,
    bytes: Vec<u8>,
    commitment: Commitment,
}

impl Append {
    /// Does all of it within the open transaction.
    pub(crate) async fn perform(
        &self,
        tx: &mut Connection,
        edge: &mut Edge,
    ) -> Result<Outcome, StoreError> {
        let principal = self.viewer.principal();
        if let Some(idempotency) = &self.idempotency
            && let Some(answer) = idempotency::answered(tx, &principal, idempotency).await?
        {
            return Ok(Outcome::Before(answer));
        }
        for grant in &self.grants {
            grant.check(tx).await?;
        }
        let mut versions = self.versions(tx).await?;
        let now = whole_microseconds(self.now);
        let recorded_at = now.max(edge.recorded_at);
        edge.recorded_at = recorded_at;
        // Before the events, whose read tables may ask for them.
        for files in &self.lawbooks {
            lawbook::keep(tx, files, recorded_at).await?;
        }
        let documents: Vec<&Kept> = self.documents.iter().collect();
        document::keep(tx, &documents, recorded_at).await?;
        for inventory in &self.inventories {
            inventory::keep(tx, inventory).await?;
        }
        advisory::put(tx, &self.words, recorded_at).await?;
        let events = self.planned(edge, &mut versions)?;
        add(tx, &events, recorded_at).await?;
        let stored = events.iter().map(|one| {
            let (event, index, version) = (&one.event, one.index, one.version);
            apply::Stored { event, index, version }
        });
        let stored: Vec<apply::Stored<'_>> = stored.collect();
        apply::read_tables(tx, &stored).await?;
        apply::beside(tx, &stored).await?;
        self.put_beside(tx, recorded_at).await?;
        if let Some(idempotency) = &self.idempotency {
            idempotency::keep(tx, &principal, idempotency, recorded_at).await?;
        }
        let clock_was_behind = recorded_at > now;
        let planned = self.events.iter().zip(&events);
        let events = planned.map(|(it, one)| (it.id.clone(), one.index, it.receipt.clone()));
        let events = events.collect();
        Ok(Outcome::Done(Appended { events, versions, recorded_at, clock_was_behind }))
    }

    /// Reads the versions of the histories that grow, and compares with what was expected.
    async fn versions(&self, tx: &mut Connection) -> Result<BTreeMap<Stream, u64>, StoreError> {
        let grow = self.events.iter().map(|planned| planned.body.stream());
        let streams: BTreeSet<Stream> = grow.chain(self.expected.keys().cloned()).collect();
        let fresh = self.fresh();
        let versions = versions_of(tx, streams).await?;
        for (stream, found) in &versions {
            let expected =
                if fresh.contains(stream) { Some(&0) } else { self.expected.get(stream) };
            if expected.is_some_and(|expected| expected != found) {
                return Err(StoreError::Conflict { stream: stream.clone() });
            }
        }
        Ok(versions)
    }

    /// Gives each event its place in its history and in the log.
    fn planned(
        &self,
        edge: &mut Edge,
        versions: &mut BTreeMap<Stream, u64>,
    ) -> Result<Vec<Placed<'_>>, StoreError> {
        let (mut placed, mut bytes_so_far) = (Vec::with_capacity(self.events.len()), 0);
        for planned in &self.events {
            let stream = planned.body.stream();
            let version =
                versions.get_mut(&stream).ok_or(StoreError::Corrupt { what: "version" })?;
            *version += 1;
            let event = Event {
                id: planned.id.clone(),
                recorded_at: edge.recorded_at,
                actor: self.viewer.actor(),
                body: planned.body.clone(),
            };
            let bytes = encoding::encode(&event)?;
            bytes_so_far += bytes.len();
            if bytes_so_far > APPEND_BYTES_MAX {
                return Err(StoreError::TooLarge { what: "append", limit: APPEND_BYTES_MAX });
            }
            let commitment = Leaf::commit(&planned.salt, &bytes);
            let index = edge.push(commitment.leaf_hash());
            let version = *version;
            placed.push(Placed { planned, event, stream, version, index, bytes, commitment });
        }
        Ok(placed)
    }

    /// Writes what is no event: annexes, due rows, notices, secrets.
    async fn put_beside(&self, tx: &mut Connection, at: Timestamp) -> Result<(), StoreError> {
        for annex in &self.annexes {
            annex::keep(tx, annex).await?;
        }
        for (sbom, reader) in &self.judged {
            inventory::judged(tx, *sbom, *reader).await?;
        }
        due::set(tx, &self.due).await?;
        for notice in &self.notices {
            outbox::put(tx, notice, at).await?;
        }
        for retry in &self.retries {
            outbox::set_next_try(tx, retry).await?;
        }
        for (party, secret) in &self.secrets {
            session::keep(tx, party, secret, at).await?;
        }
        Ok(())
    }
}

/// Returns how many events a history has.
pub(crate) async fn version_of(tx: &mut Connection, stream: &Stream) -> Result<u64, StoreError> {
    let (noun, id) = stream.parts();
    let row = tx.optional(&VERSION, params![noun, id]).await?;
    row.map_or(Ok(0), |row| row.natural("version"))
}

/// Reads the versions of histories; 0 of those that are not there yet.
async fn versions_of(
    tx: &mut Connection,
    streams: BTreeSet<Stream>,
) -> Result<BTreeMap<Stream, u64>, StoreError> {
    let asked: Vec<Value> = streams.iter().map(|stream| json!(stream.parts())).collect();
    let mut known = HashMap::new();
    for row in &tx.all(&listed::VERSIONS, params![Value::from(asked).to_string()]).await? {
        let version = row.int_or_none("version")?.unwrap_or_default();
        let version =
            u64::try_from(version).map_err(|_| StoreError::Corrupt { what: "version" })?;
        known.insert((row.text("noun")?, row.text("stream")?), version);
    }
    let each = streams.into_iter().map(|stream| {
        let (noun, id) = stream.parts();
        let version = known.get(&(noun.to_owned(), id.to_owned())).copied().unwrap_or_default();
        (stream, version)
    });
    Ok(each.collect())
}

/// Adds events to the log, all of them together.
async fn add(
    tx: &mut Connection,
    events: &[Placed<'_>],
    recorded_at: Timestamp,
) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    let (mut rows, mut bytes) = (Vec::with_capacity(events.len()), Vec::new());
    for one in events {
        let (noun, id) = one.stream.parts();
        let (begin, length) = (bytes.len() + 1, one.bytes.len());
        let event = one.event.id.as_str();
        rows.push(json!([one.index, event, noun, id, one.version, begin, length]));
        bytes.extend_from_slice(&one.bytes);
        bytes.extend_from_slice(&one.planned.salt);
        bytes.extend_from_slice(one.commitment.as_bytes());
        bytes.extend_from_slice(&one.planned.receipt.digest());
    }
    let rows = Value::from(rows).to_string();
    match tx.execute(&listed::ADD_EVENTS, params![rows, bytes, recorded_at]).await {
        Err(error) if is_taken(&error) => Err(StoreError::Taken("the id of the event")),
        other => other.map(|_| ()),
    }
}

/// Instants are stored in microseconds; the bytes must say the same.
fn whole_microseconds(instant: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(instant.as_microsecond()).unwrap_or(instant)
}
