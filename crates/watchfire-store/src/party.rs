//! Parties: people and organizations, what they are by law, and who is told in what order.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use watchfire_core::event::{Actor, Body, Chain, Duty, PartyEvent, Profile, Service, Stream};
use watchfire_core::ids::PartyId;

use crate::Store;
use crate::append::version_of;
use crate::apply::Stored;
use crate::dialect::{Connection, Row, is_taken, params};
use crate::error::StoreError;
use crate::history::event_at;
use crate::log::int;
use crate::page::{PAGE_ROWS_MAX, Page, PageRequest, limited};
use crate::policy::{NotFound, own_organization, party_scope, party_visible};
use crate::statement::statements;
use crate::viewer::{Viewer, Who};

macro_rules! columns {
    () => {
        "p.id, p.kind, p.name, p.organization_id, p.login, p.account_open, p.administrator, \
         p.responder, p.auditor, p.language, p.time_zone, p.profile_index, p.inquiry_index, p.chain_owner, \
         p.chain_supervisor, p.chain_executive, p.registered_at"
    };
}

statements! {
    REGISTER =
        "INSERT INTO parties (id, kind, name, organization_id, account_open, administrator, \
         responder, auditor, registered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    SET_DUTIES =
        "UPDATE parties SET administrator = $2, responder = $3, auditor = $4 WHERE id = $1";
    OPEN_ACCOUNT = "UPDATE parties SET login = $2, account_open = $3 WHERE id = $1";
    CLOSE_ACCOUNT = "UPDATE parties SET login = NULL, account_open = $2 WHERE id = $1";
    SET_PREFERENCES = "UPDATE parties SET language = $2, time_zone = $3 WHERE id = $1";
    SET_PROFILE = "UPDATE parties SET profile_index = $2 WHERE id = $1";
    SET_INQUIRY = "UPDATE parties SET inquiry_index = $2 WHERE id = $1";
    SET_CHAIN =
        "UPDATE parties SET chain_owner = $2, chain_supervisor = $3, chain_executive = $4 \
         WHERE id = $1";
    SET_ADDRESS =
        "INSERT INTO addresses (party_id, channel, event_id) VALUES ($1, $2, $3) \
         ON CONFLICT (party_id, channel) DO UPDATE SET event_id = excluded.event_id";
    PARTY = concat!(
        "SELECT ", columns!(), " FROM parties p WHERE p.id = $3 AND ", party_visible!()
    );
    PARTIES = concat!(
        "SELECT ", columns!(), " FROM parties p WHERE p.id > $3 AND ", party_visible!(),
        " ORDER BY p.id LIMIT $4"
    );
    RESPONDERS = concat!(
        "SELECT ", columns!(), " FROM parties p WHERE p.organization_id = $3 AND p.responder \
         AND p.account_open AND ", party_visible!(), " ORDER BY p.id LIMIT $4"
    );
    ADDRESSES = concat!(
        "SELECT a.channel, x.bytes FROM addresses a JOIN parties p ON p.id = a.party_id \
         JOIN annexes x ON x.event_id = a.event_id AND x.name = 'address' \
         WHERE p.id = $3 AND x.bytes IS NOT NULL AND ", party_visible!(),
        " ORDER BY a.channel LIMIT $4"
    );
    FIRST_ORGANIZATION = concat!("SELECT p.id FROM parties p WHERE p.id = ", own_organization!());
    WITHOUT_ACCOUNT =
        "SELECT p.id FROM parties p WHERE p.kind = 'person' AND p.organization_id = $1 \
         AND NOT p.account_open AND p.id > $2 ORDER BY p.id LIMIT $3";
    ANY_PARTY = "SELECT p.id FROM parties p LIMIT 1";
}

/// A person or an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyRow {
    pub id: PartyId,
    pub kind: PartyKind,
    pub name: String,
    /// Of a person.
    pub organization: Option<PartyId>,
    /// The name to sign in under.
    pub login: Option<String>,
    pub account_open: bool,
    pub duties: BTreeSet<Duty>,
    pub language: Option<String>,
    pub time_zone: Option<String>,
    /// Of an organization.
    pub chain: Chain,
    pub registered_at: Timestamp,
}

/// What was answered to the questions that find an organization's roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InquiryRow {
    pub answers: BTreeMap<String, String>,
    /// Digest of the lawbook that asked.
    pub lawbook: String,
    pub recorded_at: Timestamp,
    pub by: Actor,
}

/// What a party is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartyKind {
    Organization,
    Person,
}

pub(crate) async fn apply(tx: &mut Connection, stored: &Stored<'_>) -> Result<(), StoreError> {
    let Body::Party(id, event) = &stored.event.body else {
        return Ok(());
    };
    let at = stored.event.recorded_at;
    let none = BTreeSet::new();
    match event {
        PartyEvent::OrganizationRegistered { name } => {
            register(tx, id, "organization", name, None, &none, at).await
        }
        PartyEvent::PersonRegistered { name, organization, duties } => {
            register(tx, id, "person", name, organization.as_ref(), duties, at).await
        }
        other => change(tx, stored, id, other).await,
    }
}

async fn register(
    tx: &mut Connection,
    id: &PartyId,
    kind: &str,
    name: &str,
    organization: Option<&PartyId>,
    duties: &BTreeSet<Duty>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let [administrator, responder, auditor] = flags(duties);
    let organization = organization.map(PartyId::as_str);
    let id = id.as_str();
    let params =
        params![id, kind, name, organization, false, administrator, responder, auditor, at];
    tx.execute(&REGISTER, params).await.map(|_| ())
}

async fn change(
    tx: &mut Connection,
    stored: &Stored<'_>,
    id: &PartyId,
    event: &PartyEvent,
) -> Result<(), StoreError> {
    let id = id.as_str();
    let (statement, params) = match event {
        PartyEvent::DutiesChanged { duties } => {
            let [administrator, responder, auditor] = flags(duties);
            (&SET_DUTIES, params![id, administrator, responder, auditor])
        }
        PartyEvent::AccountOpened { login } => (&OPEN_ACCOUNT, params![id, login.as_str(), true]),
        PartyEvent::AccountClosed { .. } => (&CLOSE_ACCOUNT, params![id, false]),
        PartyEvent::AddressSet { channel, .. } => {
            (&SET_ADDRESS, params![id, channel.as_str(), stored.event.id.as_str()])
        }
        PartyEvent::PreferencesChanged { language, time_zone } => {
            let zone = Some(time_zone.as_str()).filter(|zone| !zone.is_empty());
            (&SET_PREFERENCES, params![id, language.as_str(), zone])
        }
        PartyEvent::ProfileChanged(_) => (&SET_PROFILE, params![id, int(stored.index)?]),
        PartyEvent::InquiryAnswered { .. } => (&SET_INQUIRY, params![id, int(stored.index)?]),
        PartyEvent::ChainSet(chain) => {
            let place = |party: &Option<PartyId>| party.as_ref().map(ToString::to_string);
            let [owner, supervisor, executive] =
                [place(&chain.owner), place(&chain.supervisor), place(&chain.executive)];
            (&SET_CHAIN, params![id, owner, supervisor, executive])
        }
        _ => return Ok(()),
    };
    match tx.execute(statement, params).await {
        Ok(1) => Ok(()),
        Ok(_) => Err(StoreError::Misuse("the first event of a party registers it")),
        Err(error) if is_taken(&error) => Err(StoreError::Taken("the login")),
        Err(error) => Err(error),
    }
}

fn flags(duties: &BTreeSet<Duty>) -> [bool; 3] {
    [Duty::Administrator, Duty::Responder, Duty::Auditor].map(|duty| duties.contains(&duty))
}

/// Reads the duties of a party from its row.
pub(crate) fn duties_of(row: &Row) -> Result<BTreeSet<Duty>, StoreError> {
    let mut duties = BTreeSet::new();
    for (column, duty) in [
        ("administrator", Duty::Administrator),
        ("responder", Duty::Responder),
        ("auditor", Duty::Auditor),
    ] {
        if row.bool(column)? {
            duties.insert(duty);
        }
    }
    Ok(duties)
}

fn party_row(row: &Row) -> Result<PartyRow, StoreError> {
    let kind = match row.text("kind")?.as_str() {
        "organization" => PartyKind::Organization,
        "person" => PartyKind::Person,
        _ => return Err(StoreError::Corrupt { what: "kind" }),
    };
    Ok(PartyRow {
        id: row.parsed("id")?,
        kind,
        name: row.text("name")?,
        organization: row.parsed_or_none("organization_id")?,
        login: row.text_or_none("login")?,
        account_open: row.bool("account_open")?,
        duties: duties_of(row)?,
        language: row.text_or_none("language")?,
        time_zone: row.text_or_none("time_zone")?,
        chain: Chain {
            owner: row.parsed_or_none("chain_owner")?,
            supervisor: row.parsed_or_none("chain_supervisor")?,
            executive: row.parsed_or_none("chain_executive")?,
        },
        registered_at: row.instant("registered_at")?,
    })
}

pub(crate) fn scope(viewer: &Viewer) -> (i64, String) {
    let everything = matches!(viewer.who(), Who::Service(_));
    (party_scope(viewer, everything), viewer.parameters().1)
}

impl Store {
    /// Returns one party.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is missing or hidden.
    pub async fn party(&self, viewer: &Viewer, id: &PartyId) -> Result<PartyRow, StoreError> {
        let (scope, party) = scope(viewer);
        let params = params![scope, party, id.as_str()];
        let row = self.reader().await?.optional(&PARTY, params).await?;
        party_row(&row.ok_or(NotFound)?)
    }

    /// Returns the parties that the viewer sees: of the same organization, or together in a case.
    ///
    /// # Errors
    /// [`StoreError::Cursor`].
    pub async fn parties(
        &self,
        viewer: &Viewer,
        page: &PageRequest,
    ) -> Result<Page<PartyRow>, StoreError> {
        let (scope, party) = scope(viewer);
        let ([], id) = page.key([])?;
        let params = params![scope, party, id, page.probe()];
        let rows = self.reader().await?.all(&PARTIES, params).await?;
        let rows = rows.iter().map(party_row).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(rows, |row| row.id.to_string()))
    }

    /// Returns who becomes a participant of every case that is opened on a report to
    /// `organization`, up to [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn responders(
        &self,
        viewer: &Viewer,
        organization: &PartyId,
    ) -> Result<Vec<PartyRow>, StoreError> {
        let (scope, party) = scope(viewer);
        let params = params![scope, party, organization.as_str(), limited(0, PAGE_ROWS_MAX)];
        let rows = self.reader().await?.all(&RESPONDERS, params).await?;
        rows.iter().map(party_row).collect()
    }

    /// Returns what an organization is by law; nothing, where that was never said.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the organization is missing or hidden.
    pub async fn profile(
        &self,
        viewer: &Viewer,
        organization: &PartyId,
    ) -> Result<Profile, StoreError> {
        let (scope, party) = scope(viewer);
        let mut connection = self.reader().await?;
        let params = params![scope, party, organization.as_str()];
        let row = connection.optional(&PARTY, params).await?.ok_or(NotFound)?;
        let Some(index) = row.int_or_none("profile_index")? else {
            return Ok(Profile::default());
        };
        match event_at(&mut connection, index).await?.event.body {
            Body::Party(_, PartyEvent::ProfileChanged(profile)) => Ok(profile),
            _ => Err(StoreError::Corrupt { what: "profile" }),
        }
    }

    /// Returns what was answered last to the questions that find an organization's roles; nothing,
    /// where nobody has answered them.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the organization is missing or hidden.
    pub async fn inquiry(
        &self,
        viewer: &Viewer,
        organization: &PartyId,
    ) -> Result<Option<InquiryRow>, StoreError> {
        let (scope, party) = scope(viewer);
        let mut connection = self.reader().await?;
        let params = params![scope, party, organization.as_str()];
        let row = connection.optional(&PARTY, params).await?.ok_or(NotFound)?;
        let Some(index) = row.int_or_none("inquiry_index")? else { return Ok(None) };
        let event = event_at(&mut connection, index).await?.event;
        let (recorded_at, by) = (event.recorded_at, event.actor);
        match event.body {
            Body::Party(_, PartyEvent::InquiryAnswered { answers, lawbook }) => {
                Ok(Some(InquiryRow { answers, lawbook, recorded_at, by }))
            }
            _ => Err(StoreError::Corrupt { what: "inquiry" }),
        }
    }

    /// Returns the channels of a person with the addresses. Personal data: for the person, for
    /// whoever keeps the accounts, and for the sender.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for anybody else.
    pub async fn addresses(
        &self,
        viewer: &Viewer,
        id: &PartyId,
    ) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        if !viewer.is_one_of(&[Service::Sender]) {
            self.authorize_party::<crate::policy::Write>(viewer, id).await?;
        }
        let (scope, party) = scope(viewer);
        let params = params![scope, party, id.as_str(), limited(0, PAGE_ROWS_MAX)];
        let rows = self.reader().await?.all(&ADDRESSES, params).await?;
        rows.iter().map(|row| Ok((row.text("channel")?, row.bytes("bytes")?))).collect()
    }

    /// Returns how many events the history of a party has: what to expect when writing to it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the party is missing or hidden.
    pub async fn party_version(&self, viewer: &Viewer, id: &PartyId) -> Result<u64, StoreError> {
        self.authorize_party::<crate::policy::Read>(viewer, id).await?;
        version_of(&mut self.reader().await?, &Stream::Party(id.clone())).await
    }

    /// Returns the organization that was made known first: the one whose node this is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none yet, and for anybody but a part of the node.
    pub async fn own_organization(&self, viewer: &Viewer) -> Result<PartyId, StoreError> {
        if !matches!(viewer.who(), Who::Service(_)) {
            return Err(NotFound.into());
        }
        let row = self.reader().await?.optional(&FIRST_ORGANIZATION, params![]).await?;
        row.ok_or(NotFound)?.parsed("id")
    }

    /// Returns the people of an organization who have no account, or none any more.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for anybody but a part of the node.
    pub async fn without_account(
        &self,
        viewer: &Viewer,
        organization: &PartyId,
    ) -> Result<BTreeSet<PartyId>, StoreError> {
        if !matches!(viewer.who(), Who::Service(_)) {
            return Err(NotFound.into());
        }
        let mut connection = self.reader().await?;
        let (mut found, mut after) = (BTreeSet::new(), String::new());
        loop {
            let limit = limited(0, PAGE_ROWS_MAX);
            let params = params![organization.as_str(), after.as_str(), limit];
            let rows = connection.all(&WITHOUT_ACCOUNT, params).await?;
            let Some(last) = rows.last() else { return Ok(found) };
            after = last.text("id")?;
            for row in &rows {
                found.insert(row.parsed("id")?);
            }
        }
    }

    /// Returns whether nobody is known yet: the first administrator is still to be made.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn is_new(&self) -> Result<bool, StoreError> {
        Ok(self.reader().await?.optional(&ANY_PARTY, params![]).await?.is_none())
    }
}
