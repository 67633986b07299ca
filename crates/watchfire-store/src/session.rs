//! Who signs in: passwords, sessions and tokens, of which only digests are kept.
//!
//! Not events: the evidence says that a credential was set, not what it is. A secret is looked up
//! by its SHA-256, so the time of the look-up tells nothing about the secret.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use watchfire_core::event::{Body, CredentialKind, Event, PartyEvent, Service};
use watchfire_core::ids::PartyId;
use watchfire_core::log::Hash;

use crate::Store;
use crate::dialect::{Connection, Row, is_taken, params};
use crate::error::StoreError;
use crate::page::{PAGE_ROWS_MAX, limited};
use crate::party::duties_of;
use crate::policy::{Authorized, Node, NotFound, Party, Write};
use crate::random::random_bytes;
use crate::statement::statements;
use crate::viewer::Viewer;

/// A session that nobody used for this long is over.
pub const SESSION_IDLE_MINUTES_MAX: i64 = 30;
/// No session lasts longer.
pub const SESSION_HOURS_MAX: i64 = 12;
/// How precisely it is kept when a session or token was used last.
const SEEN_SECONDS_MIN: i64 = 60;

statements! {
    SET_PASSWORD =
        "INSERT INTO passwords (party_id, phc, set_at) VALUES ($1, $2, $3) \
         ON CONFLICT (party_id) DO UPDATE SET phc = excluded.phc, set_at = excluded.set_at";
    ADD_TOKEN =
        "INSERT INTO tokens (digest, party_id, label, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5)";
    DROP_PASSWORD = "DELETE FROM passwords WHERE party_id = $1";
    DROP_TOKEN = "DELETE FROM tokens WHERE party_id = $1 AND label = $2";
    DROP_TOKENS = "DELETE FROM tokens WHERE party_id = $1";
    DROP_SESSIONS = "DELETE FROM sessions WHERE party_id = $1";
    ACCOUNT =
        "SELECT p.id, w.phc FROM parties p JOIN passwords w ON w.party_id = p.id \
         WHERE p.login = $1 AND p.account_open";
    OPEN_SESSION =
        "INSERT INTO sessions (digest, party_id, created_at, last_seen_at, expires_at) \
         VALUES ($1, $2, $3, $3, $4)";
    OF_SESSION =
        "SELECT p.id, p.organization_id, p.administrator, p.responder, p.auditor, \
         s.last_seen_at AS seen FROM sessions s JOIN parties p ON p.id = s.party_id \
         WHERE s.digest = $1 AND s.expires_at > $2 AND s.last_seen_at > $3 AND p.account_open";
    SEE_SESSION = "UPDATE sessions SET last_seen_at = $2 WHERE digest = $1 AND last_seen_at < $2";
    CLOSE_SESSION = "DELETE FROM sessions WHERE digest = $1";
    OF_RECIPIENT =
        "SELECT p.id, p.organization_id, p.administrator, p.responder, p.auditor \
         FROM parties p WHERE p.id = $1 AND p.account_open";
    OF_TOKEN =
        "SELECT p.id, p.organization_id, p.administrator, p.responder, p.auditor, \
         t.last_used_at AS seen FROM tokens t JOIN parties p ON p.id = t.party_id \
         WHERE t.digest = $1 AND (t.expires_at IS NULL OR t.expires_at > $2) AND p.account_open";
    SEE_TOKEN =
        "UPDATE tokens SET last_used_at = $2 WHERE digest = $1 \
         AND (last_used_at IS NULL OR last_used_at < $2)";
    TOKENS =
        "SELECT label, created_at, last_used_at, expires_at FROM tokens WHERE party_id = $1 \
         ORDER BY label LIMIT $2";
    FORGET_SESSIONS = "DELETE FROM sessions WHERE expires_at <= $1 OR last_seen_at <= $2";
}

/// The digest of a secret, to keep beside the event that says it was set.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// A password, as a PHC string.
    Password { phc: String },
    /// A bearer token, by its digest.
    Token { digest: SecretDigest, label: String, expires_at: Option<Timestamp> },
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password { .. } => "Password(…)",
            Self::Token { .. } => "Token(…)",
        })
    }
}

/// SHA-256 of a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SecretDigest([u8; 32]);

impl SecretDigest {
    /// Computes the digest of a token as it was given.
    pub fn of(secret: &str) -> Self {
        Self(Hash::of(&[secret.as_bytes()]).0)
    }
}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDigest(…)")
    }
}

/// A new session's token. Shown once, to the browser; the store keeps its digest.
#[derive(Clone)]
pub struct SessionToken(String);

impl SessionToken {
    /// Returns the token: 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// An open account with a password, whose password is still to be verified.
#[derive(Clone)]
pub struct Account {
    party: PartyId,
    phc: String,
}

impl Account {
    /// Returns whose it is.
    pub fn party(&self) -> &PartyId {
        &self.party
    }

    /// Returns the PHC string that the password is verified against.
    pub fn phc(&self) -> &str {
        &self.phc
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({})", self.party)
    }
}

/// A token as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    pub label: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

pub(crate) async fn keep(
    tx: &mut Connection,
    party: &PartyId,
    secret: &Secret,
    at: Timestamp,
) -> Result<(), StoreError> {
    let done = match secret {
        Secret::Password { phc } => {
            // Whoever had the old password must not keep a session by it.
            tx.execute(&DROP_SESSIONS, params![party.as_str()]).await?;
            tx.execute(&SET_PASSWORD, params![party.as_str(), phc.as_str(), at]).await
        }
        Secret::Token { digest, label, expires_at } => {
            let params = params![&digest.0, party.as_str(), label.as_str(), at, *expires_at];
            tx.execute(&ADD_TOKEN, params).await
        }
    };
    match done {
        Err(error) if is_taken(&error) => Err(StoreError::Taken("the label of the token")),
        other => other.map(|_| ()),
    }
}

/// Voids what an event takes back.
pub(crate) async fn apply(tx: &mut Connection, event: &Event) -> Result<(), StoreError> {
    let Body::Party(id, event) = &event.body else {
        return Ok(());
    };
    let id = id.as_str();
    match event {
        PartyEvent::AccountClosed { .. } => {
            tx.execute(&DROP_SESSIONS, params![id]).await?;
            tx.execute(&DROP_TOKENS, params![id]).await?;
            tx.execute(&DROP_PASSWORD, params![id]).await?;
        }
        PartyEvent::CredentialRevoked { credential: CredentialKind::Token, label } => {
            tx.execute(&DROP_TOKEN, params![id, label.as_str()]).await?;
        }
        PartyEvent::CredentialRevoked { credential: CredentialKind::Password, .. } => {
            tx.execute(&DROP_SESSIONS, params![id]).await?;
            tx.execute(&DROP_PASSWORD, params![id]).await?;
        }
        _ => {}
    }
    Ok(())
}

fn minutes_before(now: Timestamp, minutes: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_mins(minutes)).unwrap_or(Timestamp::MIN)
}

fn person(row: &Row) -> Result<Viewer, StoreError> {
    let organization = row.parsed_or_none("organization_id")?;
    Ok(Viewer::person(row.parsed("id")?, organization, duties_of(row)?))
}

/// Whether the last use is long enough ago to be written anew.
fn is_stale(seen: Option<Timestamp>, now: Timestamp) -> bool {
    seen.is_none_or(|seen| now.duration_since(seen).as_secs() >= SEEN_SECONDS_MIN)
}

impl Store {
    /// Returns the account that signs in under `login`, if it is open and has a password.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn account(&self, login: &str) -> Result<Option<Account>, StoreError> {
        let row = self.reader().await?.optional(&ACCOUNT, params![login]).await?;
        row.map(|row| Ok(Account { party: row.parsed("id")?, phc: row.text("phc")? })).transpose()
    }

    /// Opens a session for an account whose password the caller has verified.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn open_session(
        &self,
        account: &Account,
        now: Timestamp,
    ) -> Result<SessionToken, StoreError> {
        self.refuse_if_failed()?;
        let secret: [u8; 32] = random_bytes();
        let token: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let expires_at =
            now.checked_add(SignedDuration::from_hours(SESSION_HOURS_MAX)).unwrap_or(now);
        let digest = SecretDigest::of(&token).0;
        let params = params![&digest, account.party.as_str(), now, expires_at];
        self.writer().await?.execute(&OPEN_SESSION, params).await?;
        Ok(SessionToken(token))
    }

    /// Returns whose session this is, or `None` if it is over or never was.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn viewer_of_session(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<Viewer>, StoreError> {
        let digest = SecretDigest::of(token).0;
        let idle_since = minutes_before(now, SESSION_IDLE_MINUTES_MAX);
        let params = params![&digest, now, idle_since];
        let Some(row) = self.reader().await?.optional(&OF_SESSION, params).await? else {
            return Ok(None);
        };
        if is_stale(row.instant_or_none("seen")?, now) && self.refuse_if_failed().is_ok() {
            self.writer().await?.execute(&SEE_SESSION, params![&digest, now]).await?;
        }
        person(&row).map(Some)
    }

    /// Returns a person as a reader, so that a notice is written with the rights of whom it is for.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for anybody but the sender, and if the account is closed.
    pub async fn viewer_of_recipient(
        &self,
        sender: &Viewer,
        recipient: &PartyId,
    ) -> Result<Viewer, StoreError> {
        if !sender.is_one_of(&[Service::Sender]) {
            return Err(NotFound.into());
        }
        let row = self.reader().await?.optional(&OF_RECIPIENT, params![recipient.as_str()]).await?;
        person(&row.ok_or(NotFound)?)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn close_session(&self, token: &str) -> Result<(), StoreError> {
        let digest = SecretDigest::of(token).0;
        self.writer().await?.execute(&CLOSE_SESSION, params![&digest]).await.map(|_| ())
    }

    /// Returns whose bearer token this is, or `None` if it is void or never was.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn viewer_of_token(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<Viewer>, StoreError> {
        let digest = SecretDigest::of(token).0;
        let Some(row) = self.reader().await?.optional(&OF_TOKEN, params![&digest, now]).await?
        else {
            return Ok(None);
        };
        if is_stale(row.instant_or_none("seen")?, now) && self.refuse_if_failed().is_ok() {
            self.writer().await?.execute(&SEE_TOKEN, params![&digest, now]).await?;
        }
        person(&row).map(Some)
    }

    /// Returns the tokens of a person, by label, up to [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn tokens(
        &self,
        grant: &Authorized<Party, Write>,
    ) -> Result<Vec<TokenRow>, StoreError> {
        let params = params![grant.id().as_str(), limited(0, PAGE_ROWS_MAX)];
        let rows = self.reader().await?.all(&TOKENS, params).await?;
        rows.iter()
            .map(|row| {
                Ok(TokenRow {
                    label: row.text("label")?,
                    created_at: row.instant("created_at")?,
                    last_used_at: row.instant_or_none("last_used_at")?,
                    expires_at: row.instant_or_none("expires_at")?,
                })
            })
            .collect()
    }

    /// Deletes sessions that are over. Returns how many.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn forget_sessions(
        &self,
        _grant: &Authorized<Node, Write>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let idle_since = minutes_before(now, SESSION_IDLE_MINUTES_MAX);
        self.writer().await?.execute(&FORGET_SESSIONS, params![now, idle_since]).await
    }
}
