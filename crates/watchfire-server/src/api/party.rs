//! People and organizations: who they are, their accounts, and how they are reached.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::event::Duty;
use watchfire_core::ids::PartyId;
use watchfire_store::policy::{Administer, Write as ToWrite};
use watchfire_store::{PartyKind, PartyRow};

use super::report::Reason;
use super::{Asked, Changed, List, Made, Paging, Shown, id, made, wish};
use crate::auth::Caller;
use crate::command::Answer;
use crate::command::party::{self as command, PersonDraft};
use crate::error::Problem;
use crate::state::Node;
use crate::write::Write;

/// What a person may do besides what every employee may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = Duty)]
pub(crate) enum WireDuty {
    /// Keeps accounts, the profile and the chain.
    Administrator,
    /// Takes part in every case that is opened on a report.
    Responder,
    /// Reads the evidence log and every open case; changes nothing.
    Auditor,
}

impl WireDuty {
    fn of(duty: Duty) -> Self {
        match duty {
            Duty::Administrator => Self::Administrator,
            Duty::Responder => Self::Responder,
            Duty::Auditor => Self::Auditor,
        }
    }

    fn duty(self) -> Duty {
        match self {
            Self::Administrator => Duty::Administrator,
            Self::Responder => Duty::Responder,
            Self::Auditor => Duty::Auditor,
        }
    }
}

fn duties(wire: &BTreeSet<WireDuty>) -> BTreeSet<Duty> {
    wire.iter().map(|duty| duty.duty()).collect()
}

/// A person or an organization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Party)]
pub(crate) struct WireParty {
    #[schema(example = "WP-7K3F-9QX2")]
    id: String,
    /// `person` or `organization`.
    #[schema(value_type = String)]
    kind: &'static str,
    name: String,
    /// Of a person: whose employee.
    organization: Option<String>,
    /// Of a person: the name to sign in with, while the account is open.
    login: Option<String>,
    duties: BTreeSet<WireDuty>,
    language: Option<String>,
    time_zone: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    registered_at: Timestamp,
}

impl WireParty {
    fn of(row: PartyRow) -> Self {
        Self {
            id: row.id.to_string(),
            kind: match row.kind {
                PartyKind::Person => "person",
                PartyKind::Organization => "organization",
            },
            name: row.name,
            organization: row.organization.map(|id| id.to_string()),
            login: row.login.filter(|_| row.account_open),
            duties: row.duties.into_iter().map(WireDuty::of).collect(),
            language: row.language,
            time_zone: row.time_zone,
            registered_at: row.registered_at,
        }
    }
}

/// Shows who you are.
#[utoipa::path(get, path = "/api/v1/me", tag = "parties",
    responses((status = 200, body = WireParty)))]
pub(crate) async fn me(State(node): State<Node>, caller: Caller) -> Shown<WireParty> {
    let me = caller.viewer.party().ok_or_else(Problem::not_found)?;
    Ok(Json(WireParty::of(node.store().party(&caller.viewer, me).await?)))
}

/// Lists the people and organizations that you may see.
#[utoipa::path(get, path = "/api/v1/parties", tag = "parties", params(Paging),
    responses((status = 200, body = List<WireParty>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    asked: Asked<Paging>,
) -> Shown<List<WireParty>> {
    let page = node.store().parties(&caller.viewer, &asked.0.request()?).await?;
    Ok(Json(List::of(page, WireParty::of)))
}

/// Shows a person or an organization.
#[utoipa::path(get, path = "/api/v1/parties/{id}", tag = "parties",
    params(("id" = String, Path, description = "Id of a party.")),
    responses((status = 200, body = WireParty)))]
pub(crate) async fn show(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
) -> Shown<WireParty> {
    let row = node.store().party(&caller.viewer, &id::<PartyId>(&text)?).await?;
    Ok(Json(WireParty::of(row)))
}

/// A person to make known.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPerson {
    name: String,
    #[serde(default)]
    duties: BTreeSet<WireDuty>,
    /// The name to sign in with; left out, the person has no account.
    login: Option<String>,
    /// Needed with a login: 12 to 200 characters.
    password: Option<String>,
}

/// Makes a person of your organization known. For administrators.
#[utoipa::path(post, path = "/api/v1/parties", tag = "parties", request_body = NewPerson,
    responses((status = 201, body = Answer)))]
pub(crate) async fn add(State(node): State<Node>, caller: Caller, write: Write) -> Made {
    let new: NewPerson = write.body()?;
    let organization = caller.viewer.organization().ok_or_else(Problem::not_found)?;
    let draft = PersonDraft {
        name: new.name,
        duties: duties(&new.duties),
        login: new.login,
        password: new.password,
    };
    made(command::add_person(wish(&node, &caller, &write), organization, &draft).await?)
}

/// What a person may do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDuties {
    duties: BTreeSet<WireDuty>,
}

/// Changes what a person may do. For administrators of the organization.
#[utoipa::path(put, path = "/api/v1/parties/{id}/duties", tag = "parties",
    params(("id" = String, Path, description = "Id of a person.")),
    request_body = NewDuties, responses((status = 200, body = Answer)))]
pub(crate) async fn change_duties(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Changed {
    let person = administered(&node, &caller, &text).await?;
    let new: NewDuties = write.body()?;
    let wish = wish(&node, &caller, &write);
    Ok(Json(command::change_duties(wish, &person, &duties(&new.duties)).await?))
}

async fn administered(node: &Node, caller: &Caller, text: &str) -> Result<PartyId, Problem> {
    let party = id::<PartyId>(text)?;
    node.store().authorize_party::<Administer>(&caller.viewer, &party).await?;
    Ok(party)
}

async fn writable(node: &Node, caller: &Caller, text: &str) -> Result<PartyId, Problem> {
    let party = id::<PartyId>(text)?;
    node.store().authorize_party::<ToWrite>(&caller.viewer, &party).await?;
    Ok(party)
}

/// An account to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccount {
    /// The name to sign in with: 2 to 64 of the signs a-z, 0-9, `.`, `-`, `_`.
    login: String,
    /// 12 to 200 characters.
    password: String,
}

/// Opens an account for a person. For administrators of the organization.
#[utoipa::path(put, path = "/api/v1/parties/{id}/account", tag = "parties",
    params(("id" = String, Path, description = "Id of a person.")),
    request_body = NewAccount, responses((status = 200, body = Answer)))]
pub(crate) async fn open_account(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Changed {
    let person = administered(&node, &caller, &text).await?;
    let new: NewAccount = write.body()?;
    let wish = wish(&node, &caller, &write);
    Ok(Json(command::open_account(wish, &person, &new.login, &new.password).await?))
}

/// Closes an account: its sessions and tokens are void at once. For administrators.
#[utoipa::path(delete, path = "/api/v1/parties/{id}/account", tag = "parties",
    params(("id" = String, Path, description = "Id of a person.")),
    request_body = Reason, responses((status = 200, body = Answer)))]
pub(crate) async fn close_account(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Changed {
    let person = administered(&node, &caller, &text).await?;
    let Reason { reason } = write.body()?;
    Ok(Json(command::close_account(wish(&node, &caller, &write), &person, &reason).await?))
}

/// A password to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// 12 to 200 characters.
    password: String,
    /// Your present password, when it is your own that you change.
    present: Option<String>,
}

/// Sets a password; every session of the person ends. Your own, or as an administrator.
#[utoipa::path(put, path = "/api/v1/parties/{id}/password", tag = "parties",
    params(("id" = String, Path, description = "Id of a person.")),
    request_body = NewPassword, responses((status = 200, body = Answer)))]
pub(crate) async fn set_password(
    State(node): State<Node>,
    caller: Caller,
    arrival: crate::request::Arrival,
    Path(text): Path<String>,
    write: Write,
) -> Changed {
    let person = writable(&node, &caller, &text).await?;
    let new: NewPassword = write.body()?;
    let wish = wish(&node, &caller, &write);
    if caller.viewer.party() == Some(&person) {
        node.counters().count(crate::limit::Counted::Login, arrival.source)?;
        command::confirm_password(wish, &new.present.unwrap_or_default()).await?;
    }
    Ok(Json(command::set_password(wish, &person, &new.password).await?))
}

/// How somebody is reached on a channel.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Address {
    /// `mail` or `webhook`.
    channel: String,
    address: String,
}

/// Lists how a person is reached. Your own, or as an administrator.
#[utoipa::path(get, path = "/api/v1/parties/{id}/addresses", tag = "parties",
    params(("id" = String, Path, description = "Id of a person.")),
    responses((status = 200, body = List<Address>)))]
pub(crate) async fn addresses(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
) -> Shown<List<Address>> {
    let person = writable(&node, &caller, &text).await?;
    let found = node.store().addresses(&caller.viewer, &person).await?;
    let address = |(channel, bytes): (String, Vec<u8>)| Address {
        channel,
        address: String::from_utf8_lossy(&bytes).into_owned(),
    };
    Ok(Json(List::whole(found.into_iter().map(address).collect())))
}

/// An address to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAddress {
    /// Of `mail`, a mail address; of `webhook`, an `https://` address.
    address: String,
}

/// Says how a person is reached on a channel. Your own, or as an administrator.
#[utoipa::path(put, path = "/api/v1/parties/{id}/addresses/{channel}", tag = "parties",
    params(("id" = String, Path, description = "Id of a person."),
        ("channel" = String, Path, description = "`mail` or `webhook`.")),
    request_body = NewAddress, responses((status = 200, body = Answer)))]
pub(crate) async fn set_address(
    State(node): State<Node>,
    caller: Caller,
    Path((text, channel)): Path<(String, String)>,
    write: Write,
) -> Changed {
    let person = writable(&node, &caller, &text).await?;
    let new: NewAddress = write.body()?;
    let wish = wish(&node, &caller, &write);
    Ok(Json(command::set_address(wish, &person, &channel, &new.address).await?))
}

/// Language and time zone of pages and notices.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPreferences {
    /// `en` or `zh-CN`.
    language: String,
    /// `Asia/Shanghai`; empty: pages have the zone of the browser, and notices UTC.
    time_zone: String,
}

/// Sets language and time zone. Your own, or as an administrator.
#[utoipa::path(put, path = "/api/v1/parties/{id}/preferences", tag = "parties",
    params(("id" = String, Path, description = "Id of a person.")),
    request_body = NewPreferences, responses((status = 200, body = Answer)))]
pub(crate) async fn set_preferences(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Changed {
    let person = writable(&node, &caller, &text).await?;
    let new: NewPreferences = write.body()?;
    let wish = wish(&node, &caller, &write);
    Ok(Json(command::set_preferences(wish, &person, &new.language, &new.time_zone).await?))
}

/// Sends a test notice on every channel that has an address.
#[utoipa::path(post, path = "/api/v1/parties/{id}/test-notices", tag = "parties",
    params(("id" = String, Path, description = "Id of a person.")),
    responses((status = 201, body = Answer)))]
pub(crate) async fn test_notice(
    State(node): State<Node>,
    caller: Caller,
    Path(text): Path<String>,
    write: Write,
) -> Made {
    let person = writable(&node, &caller, &text).await?;
    made(command::test_notice(wish(&node, &caller, &write), &person).await?)
}
