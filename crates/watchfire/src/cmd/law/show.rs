//! `watchfire law show`: a pack, or one provision of it.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;
use watchfire_core::law::Language;
use watchfire_core::law::pack::{
    Anchor, MeasuredAt, MetBy, Pack, Proposal, Provision, Reading, Span, Variant, Version,
};
use watchfire_core::law::text::Text;

use super::list::{ListedLaw, Words, confidence};
use crate::cli::Laws;
use crate::cmd::{obligations, packs};
use crate::exit::{Exit, Failure};
use crate::print;

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
        let shown = ShownProvision::of(pack, provision);
        if json {
            print::json(&shown)?;
        } else {
            print::data(
                print::plain(&provision_text(pack, provision, &shown, language)).trim_end(),
            )?;
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
        print::data(&pack_text(pack, language))?;
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
            owed_to: provision.owed_to.clone(),
            form: provision.form.clone(),
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
            strict: version.strict.as_ref().map(span),
            outer: version.outer.as_ref().map(span),
            variants: version.variants.iter().map(ShownVariant::of).collect(),
            table: version.table.iter().map(|column| column.id.clone()).collect(),
            period_unknown: version.period_unknown.as_ref().map(Words::of),
            reading: version.reading.clone(),
            note: version.note.as_ref().map(Words::of),
        }
    }
}

impl ShownVariant {
    fn of(variant: &Variant) -> Self {
        Self {
            when: variant.when.to_string(),
            strict: variant.strict.as_ref().map(span),
            outer: variant.outer.as_ref().map(span),
            remedy: variant.remedy.as_ref().map(Words::of),
        }
    }
}

impl ShownProposal {
    fn of(proposal: &Proposal) -> Self {
        Self {
            proposed_on: proposal.proposed_on.map(|day| day.to_string()),
            foreseen_from: proposal.foreseen_from.map(|day| day.to_string()),
            strict: proposal.strict.as_ref().map(span),
            outer: proposal.outer.as_ref().map(span),
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
            id: reading.id.clone(),
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

/// From when to when a provision applies, over all its versions.
fn applies(provision: &Provision) -> String {
    let Some((first, last)) = provision.versions.first().zip(provision.versions.last()) else {
        return "proposed".to_owned();
    };
    let from = match first.adopted_on {
        None => format!("from {}", first.effective_from),
        Some(day) => format!("from {}, adopted {day}", first.effective_from),
    };
    match last.effective_to {
        None => from,
        Some(to) => format!("{from} until {to}"),
    }
}

fn pack_text(pack: &Pack, language: Language) -> String {
    let mut text = String::new();
    let norm = match (pack.proposed, pack.is_norm()) {
        (true, _) => ", a proposal and not law",
        (false, true) => ", a norm and not law",
        (false, false) => "",
    };
    // Writing to a text does not fail.
    let _ = writeln!(text, "{} ({}{norm})", pack.title.in_language(language), pack.jurisdiction);
    let _ = writeln!(text, "source: {}", pack.source.as_deref().unwrap_or("–"));
    let checked = pack.checked_on.map_or_else(|| "never".to_owned(), |day| day.to_string());
    let _ = writeln!(text, "compared on {checked}, {}\n", confidence(pack.confidence));
    for (role, name) in &pack.roles {
        let _ = writeln!(text, "role {role}: {}", name.in_language(language));
    }
    if !pack.roles.is_empty() {
        text.push('\n');
    }
    let mut text = print::plain(&text);
    let header =
        ["provision", "class", "title", "article", "applies", "strict", "outer", "confidence"];
    let mut table = print::table(&header);
    for provision in &pack.provisions {
        let words =
            |text: Option<&Text>| text.map_or("", |text| text.in_language(language)).to_owned();
        let last = provision.versions.last();
        let (strict, outer) = match (last, provision.proposals.first()) {
            (Some(version), _) => ends(version),
            (None, Some(proposal)) => {
                let part = |part: &Option<Span>| {
                    part.as_ref()
                        .map(|part| format!("proposed: {}", span(part)))
                        .unwrap_or_default()
                };
                (part(&proposal.strict), part(&proposal.outer))
            }
            (None, None) => Default::default(),
        };
        let cells = [
            provision.id.to_string(),
            provision.class.to_string(),
            words(provision.title.as_ref()),
            words(provision.cites.as_ref()),
            applies(provision),
            strict,
            outer,
            confidence(provision.confidence),
        ];
        table.add_row(cells.iter().map(|cell| print::plain(cell)).collect::<Vec<_>>());
    }
    text.push_str(&table.to_string());
    text
}

/// Strict and outer of a version in a cell each.
fn ends(version: &Version) -> (String, String) {
    if !version.table.is_empty() {
        return (format!("table of {} rows", version.variants.len()), String::new());
    }
    let with_variants = |own: Option<&Span>, of: fn(&Variant) -> Option<&Span>| {
        let variants = version
            .variants
            .iter()
            .filter_map(|variant| Some(format!("{} where {}", span(of(variant)?), variant.when)));
        own.map(span).into_iter().chain(variants).collect::<Vec<_>>().join("; ")
    };
    let strict = with_variants(version.strict.as_ref(), |variant| variant.strict.as_ref());
    (strict, with_variants(version.outer.as_ref(), |variant| variant.outer.as_ref()))
}

fn provision_text(
    pack: &Pack,
    provision: &Provision,
    shown: &ShownProvision,
    language: Language,
) -> String {
    let words = |text: Option<&Text>| text.map(|text| text.in_language(language).to_owned());
    let list = |items: &[String]| (!items.is_empty()).then(|| items.join(", "));
    let lines = [
        ("law", Some(pack.title.in_language(language).to_owned())),
        ("class", Some(shown.class.clone())),
        ("status", Some(shown.status.to_owned())),
        ("title", words(provision.title.as_ref())),
        ("article", words(provision.cites.as_ref())),
        ("arises on", list(&shown.arises_on)),
        ("provisionally on", list(&shown.provisional_on)),
        ("runs from", shown.runs_from.clone()),
        ("arises after", shown.arises_after.clone()),
        ("anchor", (shown.anchor != "first").then(|| shown.anchor.to_owned())),
        ("measured at", (shown.measured_at == "known_at").then(|| shown.measured_at.to_owned())),
        ("when", shown.when.clone()),
        ("allowed when", shown.allowed_when.clone()),
        ("met by", list(&shown.met_by)),
        ("keep at least", shown.keep_at_least.clone()),
        ("supersedes", shown.supersedes.clone()),
        ("superseded from", shown.supersedes_from.clone()),
        ("owed by", list(&shown.owed_by)),
        ("owed to", shown.owed_to.clone()),
        ("form", shown.form.clone()),
        ("extended under", words(provision.extended_under.as_ref())),
        ("note", words(provision.note.as_ref())),
        ("source", shown.source.clone()),
        ("compared on", shown.checked_on.clone()),
        ("confidence", Some(shown.confidence.clone())),
    ];
    let mut text = format!("{}\n", provision.id);
    for (key, value) in lines {
        if let Some(value) = value {
            let _ = writeln!(text, "{key:>16}: {value}");
        }
    }
    for version in &provision.versions {
        version_text(&mut text, pack, version, language);
    }
    for proposal in shown.proposals.iter() {
        let from = proposal.foreseen_from.as_deref().unwrap_or("a day not known");
        let _ = writeln!(text, "\nproposed, to apply from {from}");
        for (key, part) in [("strict", &proposal.strict), ("outer", &proposal.outer)] {
            if let Some(part) = part {
                let _ = writeln!(text, "{key:>16}: {part}");
            }
        }
    }
    text
}

fn version_text(text: &mut String, pack: &Pack, version: &Version, language: Language) {
    let until = version.effective_to.map(|day| format!(" until {day}")).unwrap_or_default();
    let _ = writeln!(text, "\nversion from {}{until}", version.effective_from);
    for (key, part) in [("strict", &version.strict), ("outer", &version.outer)] {
        if let Some(part) = part {
            let _ = writeln!(text, "{key:>16}: {}", span(part));
        }
    }
    for variant in &version.variants {
        let part = |part: &Option<Span>| part.as_ref().map_or_else(|| "–".to_owned(), span);
        let remedy = variant.remedy.as_ref().map(|text| text.in_language(language));
        let remedy = remedy.map(|remedy| format!(" ({remedy})")).unwrap_or_default();
        let _ =
            writeln!(text, "{:>16}: {}: {}{remedy}", "where", variant.when, part(&variant.strict));
        if variant.outer.is_some() {
            let _ = writeln!(text, "{:>16}: {}", "outer", part(&variant.outer));
        }
    }
    if let Some(why) = &version.period_unknown {
        let _ = writeln!(text, "{:>16}: {}", "period unknown", why.in_language(language));
    }
    if let Some(reading) = version.reading.as_ref().and_then(|id| pack.readings.get(id)) {
        let (says, why) = (reading.says.in_language(language), reading.why.in_language(language));
        let _ = writeln!(text, "{:>16}: {} ({}, {})", "reading", says, reading.by, reading.on);
        let _ = writeln!(text, "{:>16}: {why}", "why");
    }
}
