//! Organization and people: what we are by law, who is told, who may do what, and one's own settings.

use std::collections::BTreeSet;

use jiff::Timestamp;
use maud::{Markup, html};
use watchfire_core::event::Duty;
use watchfire_core::ids::PartyId;

use super::form;
use super::law::inquiry::{RecordedView, recorded_words};
use super::layout::{self, Room};
use super::obligation;
use super::reader::{Problem, Reader};
use super::time;

/// What the organization is by law, and who is told in what order.
#[derive(Debug, Clone)]
pub struct OrganizationView {
    pub name: String,
    pub laws: Vec<LawRoles>,
    pub attributes: Vec<AttributeView>,
    pub people: Vec<(PartyId, String)>,
    pub owner: Option<PartyId>,
    pub supervisor: Option<PartyId>,
    pub executive: Option<PartyId>,
    /// How the roles were found.
    pub inquiry: Option<RecordedView>,
    pub standing: Vec<StandingView>,
    pub may_write: bool,
    pub problem: Option<Problem>,
}

/// A conflict about which an organization may choose once for its later cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingView {
    pub conflict: String,
    pub title: String,
    pub asks: String,
    /// Id and words.
    pub choices: Vec<(String, String)>,
    /// The id of what is chosen now, why, by whom, and when.
    pub chosen: Option<(Option<String>, String, String, Timestamp)>,
}

/// The roles that one law knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LawRoles {
    pub law: String,
    pub title: String,
    pub roles: Vec<RoleView>,
}

/// A role, and whether we are it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleView {
    pub id: String,
    pub name: String,
    pub ours: bool,
    /// It is ours though nobody was sure when it was asked for.
    pub unsure: bool,
}

/// An attribute of the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeView {
    pub id: String,
    pub meaning: String,
    pub value: String,
    pub kind: AttributeKind,
}

/// What values an attribute takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeKind {
    YesNo,
    OneOf(Vec<String>),
    Text,
}

/// A person as administrators see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    pub party: PartyId,
    pub name: String,
    pub login: Option<String>,
    pub duties: BTreeSet<Duty>,
    /// The channels by which notices reach them.
    pub channels: Vec<String>,
}

/// Everybody, and the form to add somebody.
#[derive(Debug, Clone, Default)]
pub struct PeopleView {
    pub people: Vec<PersonRow>,
    pub name: String,
    pub login: String,
    pub problem: Option<Problem>,
}

/// Makes the page of the organization.
pub fn organization(view: &OrganizationView, reader: &Reader) -> Markup {
    let title = reader.text("party-organization");
    let content = html! {
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &view.name, &html! { p.soft { (reader.text("party-organization-below")) } }))
        (inquiry(reader, view))
        form method="post" action="/organization" {
            (layout::csrf(reader))
            (roles(reader, view))
            (attributes(reader, view))
            @if view.may_write { div.acts { button.primary type="submit" { (reader.text("shell-save")) } } }
        }
        (chain(reader, view))
        (standing(reader, view))
    };
    layout::page(reader, Room::Organization, &title, content)
}

fn inquiry(reader: &Reader, view: &OrganizationView) -> Markup {
    html! {
        section.ours aria-labelledby="found" {
            p #found { strong { (reader.text("inquiry-section")) } }
            @match &view.inquiry {
                Some(recorded) => {
                    (recorded_words(reader, recorded))
                    p { a href=(recorded.address) { (reader.text("inquiry-go-on")) } }
                }
                None => {
                    p { (reader.text("inquiry-section-none")) " "
                        a href="/inquiry" { (reader.text("map-to-wizard")) } }
                }
            }
        }
    }
}

fn roles(reader: &Reader, view: &OrganizationView) -> Markup {
    html! {
        h2 { (reader.text("party-roles")) }
        p.soft { (reader.text("party-roles-why")) }
        @for law in &view.laws {
            fieldset.roles {
                legend { a href={ "/laws/" (law.law) } { (law.title) } " " span.chip.law { (obligation::law_label(&law.law)) } }
                @for role in &law.roles {
                    @let input = format!("role-{}", obligation::anchor(&role.id));
                    div.choice {
                        input type="checkbox" id=(input) name={ "role." (role.id) } value="yes"
                            checked[role.ours] disabled[!view.may_write];
                        label for=(input) {
                            (reader.text_with("party-are-we", &[("role", role.name.clone().into())]))
                            @if role.unsure { " " span.chip.ahead { "? " (reader.text("inquiry-unsure")) } }
                        }
                    }
                }
            }
        }
    }
}

fn attributes(reader: &Reader, view: &OrganizationView) -> Markup {
    html! {
        @if !view.attributes.is_empty() {
            h2 { (reader.text("party-attributes")) }
            @for attribute in &view.attributes {
                @let input = format!("attribute-{}", obligation::anchor(&attribute.id));
                div.ask {
                    label for=(input) { (attribute.meaning) }
                    (attribute_input(reader, attribute, &input, view.may_write))
                    p.stamp { code { (attribute.id) } }
                }
            }
        }
    }
}

fn attribute_input(
    reader: &Reader,
    attribute: &AttributeView,
    input: &str,
    may_write: bool,
) -> Markup {
    let name = format!("attribute.{}", attribute.id);
    let option = |value: &str, words: &str| {
        html! { option value=(value) selected[value == attribute.value] { (words) } }
    };
    match &attribute.kind {
        AttributeKind::YesNo => html! {
            select id=(input) name=(name) disabled[!may_write] {
                (option("", "–"))
                (option("yes", &reader.text("shell-yes")))
                (option("no", &reader.text("shell-no")))
            }
        },
        AttributeKind::OneOf(values) => html! {
            select id=(input) name=(name) disabled[!may_write] {
                (option("", "–"))
                @for value in values { (option(value, value)) }
            }
        },
        AttributeKind::Text => html! {
            input id=(input) name=(name) value=(attribute.value) maxlength="200" disabled[!may_write];
        },
    }
}

fn standing(reader: &Reader, view: &OrganizationView) -> Markup {
    html! {
        @if !view.standing.is_empty() {
            section aria-labelledby="standing" {
                h2 #standing { (reader.text("party-standing")) }
                p.soft { (reader.text("party-standing-why")) }
                @for (place, one) in view.standing.iter().enumerate() {
                    (standing_choice(reader, view, one, place))
                }
            }
        }
    }
}

fn standing_choice(
    reader: &Reader,
    view: &OrganizationView,
    one: &StandingView,
    place: usize,
) -> Markup {
    let (choice, reason) = (format!("standing-choice-{place}"), format!("standing-reason-{place}"));
    let now = one.chosen.as_ref().and_then(|(choice, ..)| choice.as_deref());
    let words = |id: &str| one.choices.iter().find(|(known, _)| known == id).map(|(_, it)| it);
    html! {
        article.decision {
            h3 { (one.title) }
            @if let Some((_, why, by, at)) = &one.chosen {
                p {
                    strong {
                        @match now.and_then(words) {
                            Some(words) => (words),
                            None => (reader.text("party-standing-each")),
                        }
                    }
                    " · " (why) " · " span.soft { (by) " · " (time::moment(reader, *at)) }
                }
            } @else { p { (reader.text("party-standing-each")) } }
            @if view.may_write {
                form.stack method="post" action="/organization/choices" {
                    (layout::csrf(reader))
                    input type="hidden" name="conflict" value=(one.conflict);
                    label for=(choice) { (one.asks) }
                    select id=(choice) name="choice" {
                        option value="" { (reader.text("party-standing-each")) }
                        @for (id, words) in &one.choices {
                            option value=(id) selected[now == Some(id.as_str())] { (words) }
                        }
                    }
                    label for=(reason) { (reader.text("conflict-reason")) }
                    input id=(reason) name="reason" required maxlength="200";
                    div.acts { button type="submit" { (reader.text("party-standing-choose")) } }
                }
            }
        }
    }
}

fn chain(reader: &Reader, view: &OrganizationView) -> Markup {
    let places = [
        ("owner", "party-chain-owner", &view.owner),
        ("supervisor", "party-chain-supervisor", &view.supervisor),
        ("executive", "party-chain-executive", &view.executive),
    ];
    html! {
        section aria-labelledby="chain" {
            h2 #chain { (reader.text("party-chain")) }
            p.soft { (reader.text("party-chain-why")) }
            form.stack method="post" action="/organization/chain" {
                (layout::csrf(reader))
                @for (name, key, chosen) in places {
                    @let input = format!("chain-{name}");
                    label for=(input) { (reader.text(key)) }
                    select id=(input) name=(name) disabled[!view.may_write] {
                        option value="" { (reader.text("party-chain-empty")) }
                        @for (party, person) in &view.people {
                            option value=(party) selected[chosen.as_ref() == Some(party)] { (person) }
                        }
                    }
                }
                @if view.may_write { div.acts { button.primary type="submit" { (reader.text("shell-save")) } } }
            }
        }
    }
}

pub(super) const DUTIES: [(Duty, &str, &str); 3] = [
    (Duty::Responder, "responder", "party-duty-responder"),
    (Duty::Auditor, "auditor", "party-duty-auditor"),
    (Duty::Administrator, "administrator", "party-duty-administrator"),
];

/// Makes the page of the people.
pub fn people(view: &PeopleView, reader: &Reader) -> Markup {
    let title = reader.text("shell-people");
    let content = html! {
        (layout::problem(view.problem.as_ref()))
        (layout::heading(reader, &title, &html! { p.soft { (reader.text("party-people-below")) } }))
        ul.list {
            @for person in &view.people {
                li.row.short data-row {
                    div.who {
                        span.face aria-hidden="true" { (obligation::initials(&person.name)) }
                        div {
                            a href={ "/people/" (person.party) } data-open { strong { (person.name) } }
                            span.next {
                                @match &person.login {
                                    Some(login) => { code { (login) } }
                                    None => { (reader.text("party-no-account")) }
                                }
                            }
                        }
                    }
                    div {
                        @for (duty, _, key) in DUTIES {
                            @if person.duties.contains(&duty) { span.chip { (reader.text(key)) } " " }
                        }
                        @if person.channels.is_empty() {
                            span.next.wanting { (reader.text("party-no-channel")) }
                        } @else {
                            span.next { (reader.text("party-reached-by")) " " (obligation::list(reader, &person.channels)) }
                        }
                    }
                }
            }
        }
        (add(reader, view))
    };
    layout::page(reader, Room::People, &title, content)
}

fn add(reader: &Reader, view: &PeopleView) -> Markup {
    let problem = view.problem.as_ref();
    html! {
        section aria-labelledby="add" {
            h2 #add { (reader.text("party-add")) }
            form.stack method="post" action="/people" {
                (layout::csrf(reader))
                label for="person-name" { (reader.text("party-name")) }
                input #person-name name="name" value=(view.name) required maxlength="100"
                    aria-invalid=[form::invalid(problem, "person-name")]
                    aria-describedby=[form::described(problem, "person-name", None)] autocomplete="off";
                (form::wrong(problem, "person-name"))
                label for="person-login" { (reader.text("party-login")) }
                input #person-login name="login" value=(view.login) required maxlength="64"
                    autocomplete="off" autocapitalize="none" spellcheck="false"
                    aria-invalid=[form::invalid(problem, "person-login")]
                    aria-describedby=[form::described(problem, "person-login", Some("person-login-help"))];
                p.soft #person-login-help { (reader.text("party-login-help")) }
                (form::wrong(problem, "person-login"))
                label for="person-password" { (reader.text("party-password")) }
                input #person-password name="password" type="password" required minlength="12"
                    maxlength="200" autocomplete="new-password"
                    aria-invalid=[form::invalid(problem, "person-password")]
                    aria-describedby=[form::described(problem, "person-password", Some("person-password-help"))];
                p.soft #person-password-help { (reader.text("party-password-help")) }
                (form::wrong(problem, "person-password"))
                fieldset.plain {
                    legend { (reader.text("party-duties")) }
                    (duty_boxes(reader, &BTreeSet::new()))
                }
                div.acts { button.primary type="submit" { (reader.text("party-add")) } }
            }
        }
    }
}

/// A box to tick for each duty.
pub(super) fn duty_boxes(reader: &Reader, ticked: &BTreeSet<Duty>) -> Markup {
    html! {
        @for (duty, name, key) in DUTIES {
            @let input = format!("duty-{name}");
            div.choice {
                input type="checkbox" id=(input) name={ "duty." (name) } value="yes"
                    checked[ticked.contains(&duty)];
                label for=(input) { (reader.text(key)) }
            }
        }
        p.soft { (reader.text("party-duties-why")) }
    }
}
