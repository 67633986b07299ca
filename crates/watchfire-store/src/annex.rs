//! Personal data beside events, so that it can be erased while the log still holds.

use std::collections::HashMap;

use watchfire_core::event::{AnnexDigest, Body, Event, PartyEvent, ReportEvent};
use watchfire_core::ids::EventId;

use crate::dialect::{Connection, params};
use crate::error::StoreError;
use crate::log::int;
use crate::statement::statements;

/// The longest annex.
pub const ANNEX_BYTES_MAX: usize = 64 * 1024;

/// The name of the annex with the contact of a reporter.
pub const CONTACT: &str = "contact";
/// The name of the annex with the address of a person on a channel.
pub const ADDRESS: &str = "address";

statements! {
    KEEP = "INSERT INTO annexes (event_id, name, digest, salt, bytes) VALUES ($1, $2, $3, $4, $5)";
    BESIDE =
        "SELECT x.event_id, x.digest, x.salt, x.bytes FROM annexes x \
         JOIN events e ON e.id = x.event_id WHERE e.log_index >= $1 AND e.log_index <= $2 \
         ORDER BY e.log_index, x.name";
    ERASE_CONTACT =
        "UPDATE annexes SET salt = NULL, bytes = NULL WHERE name = 'contact' AND event_id IN (\
         SELECT r.event_id FROM reports r WHERE r.id = $1)";
    ERASE_FORMER_ADDRESSES =
        "UPDATE annexes SET salt = NULL, bytes = NULL WHERE name = 'address' AND event_id <> $1 \
         AND bytes IS NOT NULL AND event_id IN (SELECT a.event_id FROM addresses a \
         WHERE a.party_id = $2 AND a.channel = $3)";
}

/// Bytes that are kept beside an event.
#[derive(Debug, Clone)]
pub(crate) struct Annex {
    pub(crate) event: EventId,
    pub(crate) name: &'static str,
    pub(crate) salt: [u8; 32],
    pub(crate) bytes: Vec<u8>,
}

impl Annex {
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        if self.bytes.len() > ANNEX_BYTES_MAX {
            return Err(StoreError::TooLarge { what: "annex", limit: ANNEX_BYTES_MAX });
        }
        Ok(())
    }
}

/// Returns the digests that an event holds of what is kept beside it.
pub(crate) fn digests(body: &Body) -> Vec<&AnnexDigest> {
    match body {
        Body::Report(_, ReportEvent::Received(intake)) => intake.contact.iter().collect(),
        Body::Party(_, PartyEvent::AddressSet { address, .. }) => vec![address],
        _ => Vec::new(),
    }
}

pub(crate) async fn keep(tx: &mut Connection, annex: &Annex) -> Result<(), StoreError> {
    let digest = AnnexDigest::of(&annex.salt, &annex.bytes);
    let params =
        params![annex.event.as_str(), annex.name, digest.0, &annex.salt, annex.bytes.as_slice()];
    tx.execute(&KEEP, params).await.map(|_| ())
}

/// Erases what an event asks to be erased or replaces. Runs before the read tables change.
pub(crate) async fn apply(tx: &mut Connection, event: &Event) -> Result<(), StoreError> {
    match &event.body {
        Body::Report(id, ReportEvent::ContactErased { .. }) => {
            tx.execute(&ERASE_CONTACT, params![id.as_str()]).await?;
        }
        Body::Party(id, PartyEvent::AddressSet { channel, .. }) => {
            let params = params![event.id.as_str(), id.as_str(), channel.as_str()];
            tx.execute(&ERASE_FORMER_ADDRESSES, params).await?;
        }
        _ => {}
    }
    Ok(())
}

/// What is kept beside an event, as it lies in the database.
pub(crate) struct Kept {
    digest: AnnexDigest,
    /// Whether the bytes are those of the digest, or were erased.
    whole: bool,
}

/// Returns what is kept beside the events from one place of the log to another, by event.
pub(crate) async fn beside(
    connection: &mut Connection,
    first: u64,
    last: u64,
) -> Result<HashMap<String, Vec<Kept>>, StoreError> {
    let mut found: HashMap<String, Vec<Kept>> = HashMap::new();
    for row in connection.all(&BESIDE, params![int(first)?, int(last)?]).await? {
        let digest = AnnexDigest(row.text("digest")?);
        let (salt, bytes) = (row.bytes_or_none("salt")?, row.bytes_or_none("bytes")?);
        let whole = match (&salt, &bytes) {
            (Some(salt), Some(bytes)) => <&[u8; 32]>::try_from(salt.as_slice())
                .is_ok_and(|salt| AnnexDigest::of(salt, bytes) == digest),
            (None, None) => true,
            _ => false,
        };
        found.entry(row.text("event_id")?).or_default().push(Kept { digest, whole });
    }
    Ok(found)
}

/// Returns whether what is kept beside an event is what the event names, or was erased.
pub(crate) fn agree(body: &Body, kept: &[Kept]) -> bool {
    let named = digests(body);
    named.len() == kept.len()
        && kept.iter().zip(named).all(|(kept, named)| kept.whole && kept.digest == *named)
}
