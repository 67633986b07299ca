//! Facts: what happened, when it happened, when we learned of it; and the form to record one.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use watchfire_core::ids::CaseId;

use super::form;
use super::layout;
use super::reader::Reader;
use super::time;

/// A fact as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactView {
    pub id: String,
    pub kind: String,
    /// Its meaning, in the reader's language.
    pub meaning: String,
    pub occurred: Occurred,
    pub known_at: Timestamp,
    /// When it was stored, and by whom.
    pub recorded_at: Option<Timestamp>,
    pub recorded_by: Option<String>,
    /// In words: what it names, the authority's number, an answer.
    pub details: Vec<String>,
    pub note: Option<String>,
    pub evidence: Option<String>,
    pub retracted: bool,
    /// Not known at the instant that the page looks at.
    pub future: bool,
    pub may_retract: bool,
}

/// When a fact happened, as precisely as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occurred {
    Instant(Timestamp),
    /// A whole day in a zone.
    Day {
        from: Timestamp,
        zone: TimeZone,
    },
    /// From the first, up to but not including the second.
    Interval(Timestamp, Timestamp),
}

impl Occurred {
    /// Returns the first instant at which it can have happened.
    pub fn first(&self) -> Timestamp {
        match self {
            Self::Instant(at) | Self::Day { from: at, .. } | Self::Interval(at, _) => *at,
        }
    }
}

/// A kind of fact that can be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    pub id: String,
    pub meaning: String,
}

/// The form to record a fact, with what was typed, so that nothing is lost to a refusal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FactForm {
    /// Every kind of the packs.
    pub kinds: Vec<Kind>,
    /// Provisions of this case that a fact may name, with their titles.
    pub provisions: Vec<(String, String)>,
    pub kind: String,
    pub occurred_at: String,
    pub known_at: String,
    pub zone: String,
    pub of: String,
    pub obligation: String,
    pub new_due: String,
    pub number: String,
    pub note: String,
    /// The two instants that the typed time may mean.
    pub candidates: Option<[Timestamp; 2]>,
    /// Whether the form is open from the beginning.
    pub open: bool,
}

/// Groups of kinds, in the order of a case's life.
const GROUPS: [(&str, &[&str]); 6] = [
    (
        "fact-group-knowledge",
        &[
            "vulnerability-known",
            "upstream-vulnerability-known",
            "exploitation-known",
            "personal-data-breach-known",
            "incident-discovered",
            "incident-noticed",
            "fact-confirmed",
            "asset-detected",
        ],
    ),
    (
        "fact-group-steps",
        &[
            "first-signal",
            "received-by-channel",
            "read-by-person",
            "evidence-held",
            "assessed",
            "awareness-declared",
        ],
    ),
    (
        "fact-group-determined",
        &[
            "severe-incident-known",
            "significant-incident-known",
            "incident-determined",
            "materiality-determined",
            "incident-classified-major",
        ],
    ),
    ("fact-group-work", &["measure-available", "fix-available", "incident-handled", "ransom-paid"]),
    (
        "fact-group-others",
        &["vendor-notified", "acknowledged", "authority-requested", "extension-granted"],
    ),
    ("fact-group-public", &["disclosed", "list-posted", "kev-listed"]),
];

/// Kinds that have an act of their own on the page.
const ELSEWHERE: [&str; 3] = ["submitted", "retracted", "decided"];

/// Every fact, the latest last, those not yet known in grey.
pub fn list(reader: &Reader, case: &CaseId, facts: &[FactView]) -> Markup {
    html! {
        ol.facts {
            @for fact in facts { (item(reader, case, fact)) }
        }
    }
}

fn item(reader: &Reader, case: &CaseId, fact: &FactView) -> Markup {
    let element = format!("f-{}", fact.id);
    html! {
        li.future[fact.future].retracted[fact.retracted] id=(element) {
            (times(reader, fact))
            div {
                p.what {
                    @if fact.future { span.chip.ahead { (reader.text("fact-future")) } " " }
                    @if fact.retracted { s { (fact.meaning) } } @else { (fact.meaning) }
                }
                @for detail in &fact.details { p.detail { (detail) } }
                @if let Some(note) = &fact.note { p.detail.said { (note) } }
                @if let Some(evidence) = &fact.evidence {
                    p.detail { (reader.text("fact-evidence")) " " code { (evidence) } }
                }
                @if fact.retracted {
                    p.detail { span.chip.ahead { (reader.text("fact-retracted")) } }
                }
                p.stamp {
                    code { (fact.kind) }
                    @if let Some(at) = fact.recorded_at {
                        " · " (reader.text("fact-recorded")) " " (time::moment(reader, at))
                        @if let Some(by) = &fact.recorded_by { " · " (by) }
                    }
                }
                @if fact.may_retract && !fact.retracted { (retract(reader, case, fact)) }
            }
        }
    }
}

fn times(reader: &Reader, fact: &FactView) -> Markup {
    html! {
        dl.times {
            dt { (reader.text("fact-occurred")) }
            dd { (occurred(reader, &fact.occurred)) }
            @if !fact.future {
                dt { (reader.text("fact-known")) }
                dd { (time::moment(reader, fact.known_at)) }
            }
        }
    }
}

/// Shows when something happened, as precisely as it is known.
pub fn occurred(reader: &Reader, occurred: &Occurred) -> Markup {
    match occurred {
        Occurred::Instant(at) => time::moment(reader, *at),
        Occurred::Day { from, zone } => html! {
            time.num datetime=(from) title=(reader.text("fact-day-alone")) {
                (time::day(reader.language, *from, zone, reader.now))
            }
            " " span.zone { (time::zone_name(reader.language, zone)) }
        },
        Occurred::Interval(from, to) => html! {
            (time::moment(reader, *from)) " – " (time::moment(reader, *to))
        },
    }
}

fn retract(reader: &Reader, case: &CaseId, fact: &FactView) -> Markup {
    let input = format!("why-{}", fact.id);
    html! {
        details.quiet {
            summary { (reader.text("fact-retract")) }
            form method="post" action={ "/cases/" (case) "/facts/" (super::query_part(&fact.id)) "/retract" } {
                (layout::csrf(reader))
                label for=(input) { (reader.text("fact-retract-why")) }
                input id=(input) name="note" required maxlength="2000";
                p.soft { (reader.text("fact-retract-help")) }
                button type="submit" { (reader.text("fact-retract")) }
            }
        }
    }
}

/// The form to record a fact.
pub fn form(reader: &Reader, case: &CaseId, form: &FactForm) -> Markup {
    html! {
        details.record #record-fact open[form.open] {
            summary { (reader.text("fact-record")) }
            form.stack method="post" action={ "/cases/" (case) "/facts" } {
                (layout::csrf(reader))
                (kind_input(reader, form))
                (instant_inputs(reader, form))
                label for="fact-note" { (reader.text("fact-note")) " " (form::optional(reader)) }
                textarea id="fact-note" name="note" rows="2" maxlength="20000" { (form.note) }
                (rare_inputs(reader, form))
                div.acts {
                    button.primary type="submit" { (reader.text("fact-record-button")) }
                }
            }
        }
    }
}

fn kind_input(reader: &Reader, form: &FactForm) -> Markup {
    let known = |id: &str| form.kinds.iter().find(|kind| kind.id == id);
    let option = |kind: &Kind| {
        html! {
            option value=(kind.id) selected[kind.id == form.kind] { (kind.meaning) }
        }
    };
    let grouped =
        |id: &str| ELSEWHERE.contains(&id) || GROUPS.iter().any(|(_, kinds)| kinds.contains(&id));
    html! {
        label for="fact-kind" { (reader.text("fact-kind")) }
        select id="fact-kind" name="kind" required {
            option value="" { (reader.text("fact-kind-choose")) }
            @for (key, kinds) in GROUPS {
                optgroup label=(reader.text(key)) {
                    @for kind in kinds.iter().filter_map(|id| known(id)) { (option(kind)) }
                }
            }
            @let other: Vec<&Kind> = form.kinds.iter().filter(|kind| !grouped(&kind.id)).collect();
            @if !other.is_empty() {
                optgroup label=(reader.text("fact-group-rest")) {
                    @for kind in other { (option(kind)) }
                }
            }
        }
    }
}

fn instant_inputs(reader: &Reader, form: &FactForm) -> Markup {
    html! {
        div.pair {
            div {
                label for="fact-occurred" { (reader.text("fact-occurred-input")) }
                input.num id="fact-occurred" name="occurred_at" required value=(form.occurred_at)
                    placeholder="2026-09-30T10:00" aria-describedby="fact-instant-help"
                    autocomplete="off" spellcheck="false";
            }
            div {
                label for="fact-known" { (reader.text("fact-known-input")) " " (form::optional(reader)) }
                input.num id="fact-known" name="known_at" value=(form.known_at)
                    placeholder=(reader.text("fact-known-default")) aria-describedby="fact-instant-help"
                    autocomplete="off" spellcheck="false";
            }
            div {
                label for="fact-zone" { (reader.text("fact-zone")) }
                input id="fact-zone" name="zone" required value=(form.zone) autocomplete="off"
                    spellcheck="false" list="fact-zones";
                datalist #fact-zones {
                    option value="Asia/Shanghai" {}
                    option value="Europe/Brussels" {}
                    option value="UTC" {}
                }
            }
        }
        p.soft #fact-instant-help { (reader.text("fact-instant-help")) }
        @if let Some(candidates) = form.candidates { (choice(reader, &candidates)) }
    }
}

/// A local time that exists twice, or never: the person says which instant is meant.
fn choice(reader: &Reader, candidates: &[Timestamp; 2]) -> Markup {
    html! {
        fieldset.problem {
            legend { (reader.text("fact-which")) }
            @for (place, at) in candidates.iter().enumerate() {
                @let id = format!("fact-which-{place}");
                div.choice {
                    input type="radio" id=(id) name="occurred_exact" value=(at) required;
                    label for=(id) { span.num { (at) } " = " (time::moment(reader, *at)) }
                }
            }
            div.choice {
                input type="radio" id="fact-which-both" required name="occurred_exact"
                    value={ (candidates[0]) "/" (candidates[1]) };
                label for="fact-which-both" { (reader.text("fact-which-both")) }
            }
        }
    }
}

fn rare_inputs(reader: &Reader, form: &FactForm) -> Markup {
    let used = [&form.of, &form.obligation, &form.new_due, &form.number];
    html! {
        details.quiet open[used.iter().any(|value| !value.is_empty())] {
            summary { (reader.text("fact-rare")) }
            label for="fact-of" { (reader.text("fact-of")) }
            select id="fact-of" name="of" {
                option value="" { "–" }
                @for kind in form.kinds.iter().filter(|kind| kind.id.ends_with("-known")) {
                    option value=(kind.id) selected[kind.id == form.of] { (kind.meaning) }
                }
            }
            label for="fact-obligation" { (reader.text("fact-obligation")) }
            select id="fact-obligation" name="obligation" {
                option value="" { "–" }
                @for (id, title) in &form.provisions {
                    option value=(id) selected[*id == form.obligation] { (title) " (" (id) ")" }
                }
            }
            label for="fact-new-due" { (reader.text("fact-new-due")) }
            input.num id="fact-new-due" name="new_due" value=(form.new_due) placeholder="2026-12-31";
            label for="fact-number" { (reader.text("fact-number")) }
            input id="fact-number" name="number" value=(form.number) maxlength="200";
        }
    }
}
