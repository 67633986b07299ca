//! `watchfire law show`: a pack, or one provision of it.

use std::fmt::Write;

use serde::Serialize;
use watchfire_core::law::Language;
use watchfire_core::law::condition::Condition;
use watchfire_core::law::count::Counts;
use watchfire_core::law::pack::{Anchor, CalendarRule, Pack, Provision, Reading, Span, Version};
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
    provisions: Vec<ShownProvision>,
    readings: Vec<ShownReading>,
}

#[derive(Serialize)]
struct ShownProvision {
    provision: String,
    class: String,
    title: Option<Words>,
    cites: Option<Words>,
    source: Option<String>,
    checked_on: Option<String>,
    confidence: String,
    arises_on: Vec<String>,
    provisional_on: Vec<String>,
    runs_from: Option<String>,
    each: bool,
    when: Option<String>,
    owed_by: Vec<String>,
    owed_to: Option<String>,
    form: Option<String>,
    extended_under: Option<Words>,
    note: Option<Words>,
    versions: Vec<ShownVersion>,
}

#[derive(Serialize)]
struct ShownVersion {
    effective_from: String,
    effective_to: Option<String>,
    strict: Option<String>,
    outer: Option<String>,
    reading: Option<String>,
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
        print::json(&ShownPack { law: ListedLaw::of(pack), provisions, readings })?;
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
            when: provision.when.as_ref().map(condition),
            owed_by: provision.owed_by.iter().map(ToString::to_string).collect(),
            owed_to: provision.owed_to.clone(),
            form: provision.form.clone(),
            extended_under: provision.extended_under.as_ref().map(Words::of),
            note: provision.note.as_ref().map(Words::of),
            versions: provision.versions.iter().map(ShownVersion::of).collect(),
        }
    }
}

impl ShownVersion {
    fn of(version: &Version) -> Self {
        Self {
            effective_from: version.effective_from.to_string(),
            effective_to: version.effective_to.map(|day| day.to_string()),
            strict: version.strict.as_ref().map(span),
            outer: version.outer.as_ref().map(span),
            reading: version.reading.clone(),
            note: version.note.as_ref().map(Words::of),
        }
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
    let counts = match span.counts {
        Counts::Elapsed => "elapsed",
        Counts::NextFullHour => "next-full-hour",
        Counts::ExcludeTriggerDay => "exclude-trigger-day",
    };
    let mut text = format!("{} {counts}", span.within);
    if span.end_of_day && span.counts == Counts::Elapsed {
        text.push_str(", end-of-day");
    }
    match &span.rolls {
        None => {}
        Some(CalendarRule::Fixed(calendar)) => {
            let _ = write!(text, ", next-working-day-end ({calendar})");
        }
        Some(CalendarRule::OfMemberState) => {
            text.push_str(", next-working-day-end (of eu/member-state)");
        }
    }
    text
}

/// A condition in words.
fn condition(of: &Condition) -> String {
    let joined = |parts: &[Condition], word: &str| {
        let parts: Vec<String> = parts.iter().map(condition).collect();
        format!("({})", parts.join(word))
    };
    match of {
        Condition::Predicate(id) => id.to_string(),
        Condition::Flag(id) => id.to_string(),
        Condition::All(parts) => joined(parts, " and "),
        Condition::Any(parts) => joined(parts, " or "),
        Condition::Not(part) => format!("not {}", condition(part)),
        Condition::OneOf(id, values) => {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            format!("{id} is {}", values.join(" or "))
        }
        Condition::AtLeast(id, least) => format!("{id} at least {least}"),
        Condition::Below(id, bound) => format!("{id} below {bound}"),
    }
}

fn pack_text(pack: &Pack, language: Language) -> String {
    let mut text = String::new();
    let norm = if pack.is_norm() { ", a norm and not law" } else { "" };
    // Writing to a text does not fail.
    let _ = writeln!(text, "{} ({}{norm})", pack.title.in_language(language), pack.jurisdiction);
    let _ = writeln!(text, "source: {}", pack.source.as_deref().unwrap_or("–"));
    let checked = pack.checked_on.map_or_else(|| "never".to_owned(), |day| day.to_string());
    let _ = writeln!(text, "compared on {checked}, {}\n", confidence(pack.confidence));
    let mut text = print::plain(&text);
    let mut table = print::table(&["provision", "class", "title", "article", "strict", "outer"]);
    for provision in &pack.provisions {
        let words =
            |text: Option<&Text>| text.map_or("", |text| text.in_language(language)).to_owned();
        let last = provision.versions.last();
        let span_of = |part: Option<&Span>| part.map_or_else(String::new, span);
        let cells = [
            provision.id.to_string(),
            provision.class.to_string(),
            words(provision.title.as_ref()),
            words(provision.cites.as_ref()),
            span_of(last.and_then(|version| version.strict.as_ref())),
            span_of(last.and_then(|version| version.outer.as_ref())),
        ];
        table.add_row(cells.iter().map(|cell| print::plain(cell)).collect::<Vec<_>>());
    }
    text.push_str(&table.to_string());
    text
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
        ("title", words(provision.title.as_ref())),
        ("article", words(provision.cites.as_ref())),
        ("arises on", list(&shown.arises_on)),
        ("provisionally on", list(&shown.provisional_on)),
        ("runs from", shown.runs_from.clone()),
        ("when", shown.when.clone()),
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
    if let Some(reading) = version.reading.as_ref().and_then(|id| pack.readings.get(id)) {
        let (says, why) = (reading.says.in_language(language), reading.why.in_language(language));
        let _ = writeln!(text, "{:>16}: {} ({}, {})", "reading", says, reading.by, reading.on);
        let _ = writeln!(text, "{:>16}: {why}", "why");
    }
}
