//! Who takes part in a case.

use jiff::Timestamp;
use maud::{Markup, html};
use watchfire_core::event::ParticipantRole;
use watchfire_core::ids::PartyId;

use super::super::form::Input;
use super::super::layout;
use super::super::obligation;
use super::super::reader::Reader;
use super::super::time;
use super::{CaseView, embargo};

/// Where the organization of a participant is, as far as anybody recorded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    pub located: Option<Located>,
    /// Whether the reader may record it.
    pub may_record: bool,
}

/// Where an organization was recorded to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The code of the country, unless nobody knows any more.
    pub country: Option<String>,
    pub at: Timestamp,
    /// Where that is known from, and who recorded it, for a reader of the house.
    pub grounds: Option<(String, String)>,
}

fn role(reader: &Reader, role: ParticipantRole) -> String {
    reader.text(match role {
        ParticipantRole::Reporter => "case-role-reporter",
        ParticipantRole::Member => "case-role-member",
        ParticipantRole::Vendor => "case-role-vendor",
        ParticipantRole::Coordinator => "case-role-coordinator",
    })
}

pub(super) fn participants(reader: &Reader, view: &CaseView) -> Markup {
    html! {
        section aria-labelledby="participants" {
            h2 #participants {
                (reader.text("case-participants")) " " span.count.num { (view.participants.len()) }
            }
            ul.people {
                @for participant in &view.participants {
                    li {
                        span.face aria-hidden="true" { (obligation::initials(&participant.name)) }
                        span {
                            strong { (participant.name) } " " span.soft { (role(reader, participant.role)) }
                            @if let Some(known) = &participant.outside {
                                (outside(reader, view, &participant.party, known))
                            }
                        }
                        @if view.may_write {
                            form.inline method="post"
                                action={ "/cases/" (view.id) "/participants/" (participant.party) "/remove" } {
                                (layout::csrf(reader))
                                button.plain type="submit"
                                    aria-label={ (reader.text("case-remove")) ": " (participant.name) } {
                                    (reader.text("case-remove"))
                                }
                            }
                        }
                    }
                }
            }
            @if view.may_write { (add_participant(reader, view)) (embargo::acts(reader, view)) }
        }
    }
}

/// Where somebody outside is: the gate asks it.
fn outside(reader: &Reader, view: &CaseView, party: &PartyId, known: &Outside) -> Markup {
    let name = country_form(party);
    let form = view.form(reader, &name);
    html! {
        p.soft {
            @match &known.located {
                Some(Located { country: Some(country), at, grounds }) => {
                    (reader.text("case-country")) " " strong { (country) } " · "
                    @if let Some((source, by)) = grounds { (source) " · " (by) " · " }
                    (time::moment(reader, *at))
                }
                _ => (reader.text("case-country-unknown")),
            }
        }
        @if known.may_record && view.may_write {
            details.quiet open[form.is_refused()] {
                summary { (reader.text("case-country-record")) }
                form.stack method="post" action=(view.path(&format!("participants/{party}/country"))) {
                    (layout::csrf(reader))
                    (form.input(&Input { name: "country", label: "case-country-code",
                        help: Some("case-country-help"), required: false, chars_max: 2,
                        ..Input::default() }))
                    (form.input(&Input { name: "source", label: "case-country-source",
                        ..Input::default() }))
                    div.acts { button type="submit" { (reader.text("case-country-record")) } }
                }
            }
        }
    }
}

/// The name of the form in which it is recorded where a participant is.
pub fn country_form(party: &PartyId) -> String {
    format!("country-{party}")
}

fn add_participant(reader: &Reader, view: &CaseView) -> Markup {
    let outside: Vec<&(PartyId, String)> = view
        .people
        .iter()
        .filter(|(party, _)| view.participants.iter().all(|known| known.party != *party))
        .collect();
    html! {
        @if !outside.is_empty() {
            details.quiet {
                summary { (reader.text("case-add")) }
                form method="post" action={ "/cases/" (view.id) "/participants" } {
                    (layout::csrf(reader))
                    label for="add-party" { (reader.text("case-add-who")) }
                    select #add-party name="party" required {
                        @for (party, name) in outside { option value=(party) { (name) } }
                    }
                    label for="add-role" { (reader.text("case-add-role")) }
                    select #add-role name="role" {
                        option value="member" { (role(reader, ParticipantRole::Member)) }
                        option value="vendor" { (role(reader, ParticipantRole::Vendor)) }
                        option value="coordinator" { (role(reader, ParticipantRole::Coordinator)) }
                        option value="reporter" { (role(reader, ParticipantRole::Reporter)) }
                    }
                    label for="add-pass_reason" { (reader.text("gate-pass-reason")) }
                    input #add-pass_reason name="pass_reason" maxlength="2000";
                    button type="submit" { (reader.text("case-add")) }
                }
            }
        }
    }
}
