//! The organization, its people, and one's own settings.

use std::collections::{BTreeMap, BTreeSet};

use axum::response::Response;
use jiff::Timestamp;
use watchfire_core::event::{Chain, Duty, Profile};
use watchfire_core::ids::PartyId;
use watchfire_core::law::vocabulary::AttributeType;
use watchfire_store::{PageRequest, PartyKind, PartyRow};

use super::act::wish;
use super::holding::People;
use super::words::Words;
use super::{Sent, Visit, inquiry};
use crate::command::party::{self as command, PersonDraft};
use crate::command::{Answer, standing as choices};
use crate::error::Problem;
use crate::web::obligation::law_label;
use crate::web::party::{
    self, AttributeKind, AttributeView, LawRoles, OrganizationView, PeopleView, PersonRow,
    RoleView, StandingView,
};
use crate::web::reader::Problem as Told;
use crate::web::refusal;

/// Everybody that the reader knows.
pub(super) async fn everybody(visit: &Visit) -> Result<Vec<PartyRow>, Problem> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let request = PageRequest { after, limit: 0 };
        let page = visit.node.store().parties(&visit.caller.viewer, &request).await?;
        found.extend(page.rows);
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// The people of the reader's organization who have an account, by name.
pub(super) async fn colleagues(visit: &Visit) -> Result<Vec<(PartyId, String)>, Problem> {
    let rows = everybody(visit).await?.into_iter();
    let people = rows.filter(|row| row.kind == PartyKind::Person && row.account_open);
    let mut people: Vec<(PartyId, String)> = people.map(|row| (row.id, row.name)).collect();
    people.sort_by(|one, two| one.1.cmp(&two.1));
    Ok(people)
}

/// Shows what the organization is by law.
pub(super) async fn organization(visit: Visit) -> Result<Response, Problem> {
    let view = organization_view(&visit).await?;
    Ok(visit.show(party::organization(&view, &visit.reader)))
}

async fn organization_view(visit: &Visit) -> Result<OrganizationView, Problem> {
    let node = &visit.node;
    let id = visit.caller.viewer.organization().cloned().ok_or_else(Problem::not_found)?;
    let row = node.store().party(&visit.caller.viewer, &id).await?;
    let profile = node.store().profile(&visit.caller.viewer, &id).await?;
    let words = Words { law: visit.law(), language: visit.reader.language };
    Ok(OrganizationView {
        name: row.name,
        laws: roles(words, &profile, &inquiry::unsure(visit).await?),
        attributes: attributes(words, &profile),
        people: colleagues(visit).await?,
        owner: row.chain.owner,
        supervisor: row.chain.supervisor,
        executive: row.chain.executive,
        inquiry: inquiry::recorded(visit).await?,
        standing: standing(visit, words, &id).await?,
        may_write: visit.reader.has(Duty::Administrator),
        problem: None,
    })
}

/// What the organization chose for its cases, and what it may choose.
async fn standing(
    visit: &Visit,
    words: Words<'_>,
    organization: &PartyId,
) -> Result<Vec<StandingView>, Problem> {
    let (store, viewer) = (visit.node.store(), &visit.caller.viewer);
    let made = store.standing_choices(viewer, organization, Timestamp::MAX).await?;
    let people = People::of(visit, made.iter().map(|it| it.by.clone())).await?;
    let open = words.law.conflicts().filter(|it| it.standing);
    let view = open.filter_map(|conflict| {
        let decision = conflict.decision.as_ref()?;
        let chosen = made.iter().find(|it| it.conflict == conflict.id);
        let choices = decision.choices.iter().map(|it| (it.id.clone(), words.in_own(&it.label)));
        Some(StandingView {
            conflict: conflict.id.clone(),
            title: words.in_own(&conflict.title),
            asks: words.in_own(&decision.asks),
            choices: choices.collect(),
            chosen: chosen
                .map(|it| (it.choice.clone(), it.reason.clone(), people.name(&it.by), it.at)),
        })
    });
    Ok(view.collect())
}

/// Chooses what later cases do where the same duties collide.
pub(super) async fn choose(visit: Visit, sent: Sent) -> Result<Response, Problem> {
    let id = visit.caller.viewer.organization().cloned().ok_or_else(Problem::not_found)?;
    let choice = Some(sent.field("choice")).filter(|choice| !choice.is_empty());
    let what = (sent.field("conflict"), choice);
    let answer = choices::choose(wish(&visit), &id, what, sent.field("reason")).await;
    organization_answer(visit, answer).await
}

fn roles(words: Words<'_>, profile: &Profile, unsure: &BTreeSet<String>) -> Vec<LawRoles> {
    let packs = words.law.packs().iter().filter(|pack| !pack.roles.is_empty());
    let mut laws: Vec<LawRoles> = packs
        .map(|pack| LawRoles {
            law: pack.id.to_string(),
            title: words.instrument(pack),
            roles: pack
                .roles
                .iter()
                .map(|(id, name)| {
                    let id = id.to_string();
                    let ours = profile.roles.contains(&id);
                    let unsure = ours && unsure.contains(&id);
                    RoleView { id, name: words.in_own(name), ours, unsure }
                })
                .collect(),
        })
        .collect();
    laws.sort_by_key(|law| (law.law.starts_with("norm-"), law_label(&law.law)));
    laws
}

fn attributes(words: Words<'_>, profile: &Profile) -> Vec<AttributeView> {
    let declared = words.law.words().attributes.iter();
    declared
        .map(|(id, attribute)| AttributeView {
            meaning: words.in_own(&attribute.meaning),
            value: profile.attributes.get(id.as_str()).cloned().unwrap_or_default(),
            kind: match &attribute.kind {
                AttributeType::YesNo => AttributeKind::YesNo,
                AttributeType::OneOf(values) => AttributeKind::OneOf(values.clone()),
                AttributeType::MemberState => AttributeKind::OneOf(
                    words.law.member_states().iter().map(|state| state.code.clone()).collect(),
                ),
                AttributeType::Number | AttributeType::Text => AttributeKind::Text,
            },
            id: id.to_string(),
        })
        .collect()
}

/// Keeps what the organization is by law.
pub(super) async fn change_profile(visit: Visit, sent: Sent) -> Result<Response, Problem> {
    let id = visit.caller.viewer.organization().cloned().ok_or_else(Problem::not_found)?;
    let roles = sent.below("role.").filter(|(_, value)| *value == "yes");
    let attributes = sent.below("attribute.").filter(|(_, value)| !value.is_empty());
    let profile = Profile {
        roles: roles.map(|(role, _)| role.to_owned()).collect(),
        attributes: attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
    };
    let answer = command::change_profile(wish(&visit), &id, &profile).await;
    organization_answer(visit, answer).await
}

/// Keeps who is told in what order.
pub(super) async fn set_chain(visit: Visit, sent: Sent) -> Result<Response, Problem> {
    let id = visit.caller.viewer.organization().cloned().ok_or_else(Problem::not_found)?;
    let place = |name: &str| match sent.field(name) {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Problem::not_found()),
    };
    let chain = Chain {
        owner: place("owner")?,
        supervisor: place("supervisor")?,
        executive: place("executive")?,
    };
    let answer = command::set_chain(wish(&visit), &id, &chain).await;
    organization_answer(visit, answer).await
}

async fn organization_answer(
    visit: Visit,
    answer: Result<Answer, Problem>,
) -> Result<Response, Problem> {
    match answer {
        Ok(answer) => {
            Ok(visit.done("/organization", "party-done-saved", answer.receipt.as_deref()))
        }
        Err(problem) if problem.status().as_u16() == 422 => {
            let mut view = organization_view(&visit).await?;
            let told = refusal::of(&visit.reader, &problem);
            view.problem = Some(told);
            Ok(visit.refuse(party::organization(&view, &visit.reader)))
        }
        Err(other) => Err(other),
    }
}

/// Shows everybody.
pub(super) async fn people(visit: Visit) -> Result<Response, Problem> {
    let view = people_view(&visit).await?;
    Ok(visit.show(party::people(&view, &visit.reader)))
}

async fn people_view(visit: &Visit) -> Result<PeopleView, Problem> {
    let mut people = Vec::new();
    for row in everybody(visit).await? {
        if row.kind != PartyKind::Person {
            continue;
        }
        let addresses = visit.node.store().addresses(&visit.caller.viewer, &row.id).await;
        let channels = addresses.map(|found| found.into_iter().map(|(channel, _)| channel));
        people.push(PersonRow {
            login: row.login.filter(|_| row.account_open),
            party: row.id,
            name: row.name,
            duties: row.duties,
            channels: channels.map(Iterator::collect).unwrap_or_default(),
        });
    }
    Ok(PeopleView { people, ..PeopleView::default() })
}

pub(super) fn duties(sent: &Sent) -> BTreeSet<Duty> {
    let named: BTreeMap<&str, Duty> = BTreeMap::from([
        ("responder", Duty::Responder),
        ("auditor", Duty::Auditor),
        ("administrator", Duty::Administrator),
    ]);
    let ticked = sent.below("duty.").filter(|(_, value)| *value == "yes");
    ticked.filter_map(|(name, _)| named.get(name).copied()).collect()
}

/// Adds somebody, with an account.
pub(super) async fn add_person(visit: Visit, sent: Sent) -> Result<Response, Problem> {
    let organization =
        visit.caller.viewer.organization().cloned().ok_or_else(Problem::not_found)?;
    let draft = PersonDraft {
        name: sent.field("name").to_owned(),
        duties: duties(&sent),
        login: Some(sent.field("login").to_owned()),
        password: Some(sent.typed("password").to_owned()),
    };
    match command::add_person(wish(&visit), &organization, &draft).await {
        Ok(answer) => Ok(visit.done("/people", "party-done-added", answer.receipt.as_deref())),
        Err(problem) if matches!(problem.status().as_u16(), 409 | 422) => {
            let mut view = people_view(&visit).await?;
            view.name = draft.name;
            view.login = draft.login.unwrap_or_default();
            let told = refusal::in_form(&visit.reader, &problem, "person");
            // Of all that is unique, a page asks for the login alone.
            let input = told.input.clone();
            let taken = (problem.code() == "taken").then(|| "person-login".to_owned());
            view.problem = Some(Told { input: input.or(taken), ..told });
            Ok(visit.refuse(party::people(&view, &visit.reader)))
        }
        Err(other) => Err(other),
    }
}
