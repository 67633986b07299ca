//! `watchfire law show`: a pack, or one provision of it.

mod head;
mod text;

use std::collections::BTreeMap;

use serde::Serialize;
use watchfire_core::law::pack::{
    Anchor, MeasuredAt, MetBy, Pack, Proposal, Provision, Reading, Span, Variant, Version,
};

use super::list::{ListedLaw, Words, confidence};
use crate::cli::Laws;
use crate::cmd::{obligations, packs};
use crate::exit::{Exit, Failure};
use crate::print;
use text::Teller;

#[derive(Serialize)]
struct ShownPack {
    #[serde(flatten)]
    law: ListedLaw,
    /// What an organization can be by this law.
    roles: BTreeMap<String, Words>,
    provisions: Vec<ShownProvision>,
    readings: Vec<ShownReading>,
}

#[derive(Serialize)]
struct ShownProvision {
    provision: String,
    class: String,
    /// `in-force`, or `proposed` where nothing of it is law.
    status: &'static str,
    title: Option<Words>,
    cites: Option<Words>,
    source: Option<String>,
    checked_on: Option<String>,
    confidence: String,
    arises_on: Vec<String>,
    provisional_on: Vec<String>,
    awareness: ShownAwareness,
    runs_from: Option<String>,
    each: bool,
    /// `first`, `last` or `each`.
    anchor: &'static str,
    /// `occurred_at` or `known_at`.
    measured_at: &'static str,
    arises_after: Option<String>,
    when: Option<String>,
    allowed_when: Option<String>,
    met_by: Vec<String>,
    keep_at_least: Option<String>,
    supersedes: Option<String>,
    supersedes_from: Option<String>,
    owed_by: Vec<String>,
    owed_to: Option<String>,
    form: Option<String>,
    extended_under: Option<Words>,
    note: Option<Words>,
    versions: Vec<ShownVersion>,
    proposals: Vec<ShownProposal>,
}

/// The steps of awareness from the first of which each deadline counts.
#[derive(Serialize)]
struct ShownAwareness {
    strict: Vec<String>,
    outer: Vec<String>,
}

#[derive(Serialize)]
struct ShownVersion {
    effective_from: String,
    effective_to: Option<String>,
    adopted_on: Option<String>,
    strict: Option<String>,
    outer: Option<String>,
    variants: Vec<ShownVariant>,
    /// The columns, where the variants are the rows of a table.
    table: Vec<String>,
    period_unknown: Option<Words>,
    reading: Option<String>,
    note: Option<Words>,
}

#[derive(Serialize)]
struct ShownVariant {
    when: String,
    strict: Option<String>,
    outer: Option<String>,
    remedy: Option<Words>,
}

#[derive(Serialize)]
struct ShownProposal {
    proposed_on: Option<String>,
    foreseen_from: Option<String>,
    strict: Option<String>,
    outer: Option<String>,
    note: Option<Words>,
}

#[derive(Serialize)]
struct ShownReading {
    id: String,
    says: Words,
    by: String,
    on: String,
    why: Words,
}

pub(super) fn run(id: &str, language: &str, json: bool, laws: &Laws) -> Result<Exit, Failure> {
    let language = obligations::language(language)?;
    let laws = packs::lawbook(laws)?;
    if let Some((pack, provision)) = laws.provision(id) {
        if json {
            print::json(&ShownProvision::of(pack, provision))?;
        } else {
            let text = Teller { laws: &laws, language }.provision(pack, provision);
            print::data(print::plain(&text).trim_end())?;
        }
        return Ok(Exit::Done);
    }
    let Some(pack) = laws.pack(id) else {
        return Err(Failure::request(format!("there is no law or provision `{id}`"))
            .hint("`watchfire law list` tells the laws, `watchfire law show LAW` its provisions"));
    };
    if json {
        let provisions = pack.provisions.iter().map(|one| ShownProvision::of(pack, one)).collect();
        let readings = pack.readings.values().map(ShownReading::of).collect();
        let roles = pack.roles.iter().map(|(id, name)| (id.to_string(), Words::of(name))).collect();
        print::json(&ShownPack { law: ListedLaw::of(pack), roles, provisions, readings })?;
    } else {
        print::data(&Teller { laws: &laws, language }.pack(pack))?;
    }
    Ok(Exit::Done)
}

impl ShownProvision {
    fn of(pack: &Pack, provision: &Provision) -> Self {
        let provisional = provision.provisional_on.iter();
        Self {
            provision: provision.id.to_string(),
            class: provision.class.to_string(),
            status: if provision.is_proposed() { "proposed" } else { "in-force" },
            title: provision.title.as_ref().map(Words::of),
            cites: provision.cites.as_ref().map(Words::of),
            source: provision.source.clone().or_else(|| pack.source.clone()),
            checked_on: provision.checked_on.or(pack.checked_on).map(|day| day.to_string()),
            confidence: confidence(provision.confidence),
            arises_on: provision.arises_on.iter().map(ToString::to_string).collect(),
            provisional_on: provisional
                .map(|(kind, predicate)| format!("{kind} unless {predicate} is no"))
                .collect(),
            awareness: ShownAwareness {
                strict: provision.awareness.strict.iter().map(ToString::to_string).collect(),
                outer: provision.awareness.outer.iter().map(ToString::to_string).collect(),
            },
            runs_from: provision.runs_from.as_ref().map(ToString::to_string),
            each: provision.anchor == Anchor::Each,
            anchor: match provision.anchor {
                Anchor::First => "first",
                Anchor::Last => "last",
                Anchor::Each => "each",
            },
            measured_at: match provision.measured_at {
                MeasuredAt::OccurredAt => "occurred_at",
                MeasuredAt::KnownAt => "known_at",
            },
            arises_after: provision.arises_after.as_ref().map(ToString::to_string),
            when: provision.when.as_ref().map(ToString::to_string),
            allowed_when: provision.allowed_when.as_ref().map(ToString::to_string),
            met_by: provision.met_by.iter().map(met_by).collect(),
            keep_at_least: provision.keep_at_least.map(|span| span.to_string()),
            supersedes: provision.supersedes.as_ref().map(|(id, _)| id.to_string()),
            supersedes_from: provision
                .supersedes
                .as_ref()
                .and_then(|(_, day)| day.map(|day| day.to_string())),
            owed_by: provision.owed_by.iter().map(ToString::to_string).collect(),
            owed_to: provision.owed_to.as_deref().map(str::to_owned),
            form: provision.form.as_deref().map(str::to_owned),
            extended_under: provision.extended_under.as_ref().map(Words::of),
            note: provision.note.as_ref().map(Words::of),
            versions: provision.versions.iter().map(ShownVersion::of).collect(),
            proposals: provision.proposals.iter().map(ShownProposal::of).collect(),
        }
    }
}

impl ShownVersion {
    fn of(version: &Version) -> Self {
        Self {
            effective_from: version.effective_from.to_string(),
            effective_to: version.effective_to.map(|day| day.to_string()),
            adopted_on: version.adopted_on.map(|day| day.to_string()),
            strict: version.strict.as_deref().map(span),
            outer: version.outer.as_deref().map(span),
            variants: version.variants.iter().map(ShownVariant::of).collect(),
            table: version.table.iter().map(|column| column.id.clone()).collect(),
            period_unknown: version.period_unknown.as_ref().map(Words::of),
            reading: version.reading.as_deref().map(str::to_owned),
            note: version.note.as_ref().map(Words::of),
        }
    }
}

impl ShownVariant {
    fn of(variant: &Variant) -> Self {
        Self {
            when: variant.when.to_string(),
            strict: variant.strict.as_deref().map(span),
            outer: variant.outer.as_deref().map(span),
            remedy: variant.remedy.as_ref().map(Words::of),
        }
    }
}

impl ShownProposal {
    fn of(proposal: &Proposal) -> Self {
        Self {
            proposed_on: proposal.proposed_on.map(|day| day.to_string()),
            foreseen_from: proposal.foreseen_from.map(|day| day.to_string()),
            strict: proposal.strict.as_deref().map(span),
            outer: proposal.outer.as_deref().map(span),
            note: proposal.note.as_ref().map(Words::of),
        }
    }
}

fn met_by(by: &MetBy) -> String {
    match by {
        MetBy::Kind(kind) => kind.to_string(),
        MetBy::Decided(predicate) => format!("decided {predicate}"),
    }
}

impl ShownReading {
    fn of(reading: &Reading) -> Self {
        Self {
            id: reading.id.to_string(),
            says: Words::of(&reading.says),
            by: reading.by.clone(),
            on: reading.on.to_string(),
            why: Words::of(&reading.why),
        }
    }
}

/// A span in the words of packs: `2d exclude-trigger-day, next-working-day-end (cn)`.
fn span(span: &Span) -> String {
    span.to_string()
}
