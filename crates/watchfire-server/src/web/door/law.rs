//! The law packs in use, as their pages show them.

use axum::extract::Path;
use axum::response::Response;
use watchfire_core::law::confidence::Confidence as Sourced;
use watchfire_core::law::pack::{
    Class as LawClass, Pack, Provision, Span, Trigger, Variant, Version, Zone,
};

use super::Visit;
use super::words::Words;
use crate::error::Problem;
use crate::locale::Language;
use crate::web::law::{
    self, Confidence, ListView, PackRow, PackView, ProvisionView, ReadingView, SpanKind,
    VersionView,
};
use crate::web::obligation::Class;

/// Jurisdictions in the order in which they are shown; others follow, norms come last.
const FIRST: [&str; 2] = ["CN", "EU"];

fn words(visit: &Visit) -> Words<'_> {
    Words { law: visit.node.law(), language: visit.reader.language }
}

/// Shows every pack.
pub(super) async fn list(visit: Visit) -> Response {
    let words = words(&visit);
    let mut groups: Vec<(String, Vec<PackRow>)> = Vec::new();
    for pack in visit.node.law().packs() {
        let row = row(words, pack);
        match groups.iter_mut().find(|(place, _)| *place == pack.jurisdiction) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((pack.jurisdiction.clone(), vec![row])),
        }
    }
    groups.sort_by_key(|(place, _)| {
        let first = FIRST.iter().position(|known| known == place).unwrap_or(FIRST.len());
        (place == "global", first, place.clone())
    });
    visit.show(law::list(&ListView { groups }, &visit.reader))
}

/// Shows one pack.
pub(super) async fn page(visit: Visit, Path(id): Path<String>) -> Result<Response, Problem> {
    let pack = visit.node.law().pack(&id).ok_or_else(Problem::not_found)?;
    let view = view(words(&visit), pack);
    Ok(visit.show(law::page(&view, &visit.reader)))
}

fn row(words: Words<'_>, pack: &Pack) -> PackRow {
    PackRow {
        law: pack.id.to_string(),
        title: words.instrument(pack),
        original: original(words, pack),
        confidence: confidence(pack.confidence),
        checked_on: pack.checked_on.map(|day| day.to_string()).unwrap_or_default(),
        provisions: pack.provisions.len(),
    }
}

/// The name in the language of the law, for readers of another.
fn original(words: Words<'_>, pack: &Pack) -> Option<(String, String)> {
    let chinese = pack.jurisdiction == "CN";
    let (tag, own) = if chinese { ("zh-CN", &pack.title.zh_cn) } else { ("en", &pack.title.en) };
    let foreign = chinese != (words.language == Language::ZhCn);
    (foreign && !pack.is_norm()).then(|| (tag.to_owned(), own.to_string()))
}

fn confidence(sourced: Sourced) -> Confidence {
    match sourced {
        Sourced::Primary => Confidence::Primary,
        Sourced::Secondary => Confidence::Secondary,
        Sourced::Unverified { percent } => Confidence::Unverified(format!("0.{percent:02}")),
    }
}

fn view(words: Words<'_>, pack: &Pack) -> PackView {
    PackView {
        law: pack.id.to_string(),
        jurisdiction: pack.jurisdiction.clone(),
        title: words.instrument(pack),
        original: original(words, pack),
        time_zone: match &pack.zone {
            Zone::Fixed { name, .. } => name.clone(),
            Zone::OfMemberState => words.language.text("law-zone-of-member-state"),
        },
        source: pack.source.clone().unwrap_or_default(),
        checked_on: pack.checked_on.map(|day| day.to_string()).unwrap_or_default(),
        confidence: confidence(pack.confidence),
        roles: pack.roles.iter().map(|(id, name)| (id.to_string(), words.in_own(name))).collect(),
        provisions: pack.provisions.iter().map(|it| provision(words, pack, it)).collect(),
        readings: pack
            .readings
            .values()
            .map(|reading| ReadingView {
                id: reading.id.clone(),
                says: words.in_own(&reading.says),
                by: reading.by.clone(),
                on: reading.on.to_string(),
                why: words.in_own(&reading.why),
            })
            .collect(),
        forms: pack
            .forms
            .values()
            .map(|form| {
                let fields = form.fields.iter().map(|field| words.in_own(&field.label)).collect();
                (words.in_own(&form.title), fields)
            })
            .collect(),
        cases: pack.tests.iter().flat_map(|(_, text)| worked_cases(text)).collect(),
    }
}

fn provision(words: Words<'_>, pack: &Pack, provision: &Provision) -> ProvisionView {
    let id = provision.id.to_string();
    let class = provision.class.to_string();
    ProvisionView {
        cites: provision.cites.as_ref().map(|text| words.in_own(text)).unwrap_or_default(),
        title: words.title(&id),
        class: Class::of(&class, pack.id.as_str()),
        class_word: class,
        owed_by: provision
            .owed_by
            .iter()
            .map(|role| {
                pack.roles.get(role).map_or_else(|| role.to_string(), |name| words.in_own(name))
            })
            .collect(),
        owed_to: words.owed_to(&id),
        arises_on: provision
            .arises_on
            .iter()
            .map(|trigger| trigger_words(words, trigger))
            .collect(),
        runs_from: provision.runs_from.as_ref().map(|trigger| trigger_words(words, trigger)),
        quotes: words.quotes(&id),
        note: provision.note.as_ref().map(|text| words.in_own(text)),
        versions: versions(words, provision),
        confidence: confidence(provision.confidence),
        id,
    }
}

fn trigger_words(words: Words<'_>, trigger: &Trigger) -> String {
    match trigger {
        Trigger::Kind(kind) => words.kind(kind.as_str()),
        Trigger::Submitted(provision) => {
            let title = words.title(provision.as_str());
            words.language.text_with("law-submitted", &[("title", title.into())])
        }
    }
}

fn versions(words: Words<'_>, provision: &Provision) -> Vec<VersionView> {
    let in_force = provision.versions.iter().map(|it| version(words, provision, it));
    let proposed = provision.proposals.iter().map(|proposal| VersionView {
        from: proposal.foreseen_from.map(|day| day.to_string()).unwrap_or_default(),
        to: None,
        proposed: true,
        spans: spans(provision, proposal.strict.as_ref(), proposal.outer.as_ref()),
        variants: Vec::new(),
        reading: None,
    });
    in_force.chain(proposed).collect()
}

fn version(words: Words<'_>, provision: &Provision, version: &Version) -> VersionView {
    VersionView {
        from: version.effective_from.to_string(),
        to: version.effective_to.map(|day| day.to_string()),
        proposed: false,
        spans: spans(provision, version.strict.as_ref(), version.outer.as_ref()),
        variants: version.variants.iter().map(|it| variant(words, it)).collect(),
        reading: version.reading.clone(),
    }
}

fn spans(
    provision: &Provision,
    strict: Option<&Span>,
    outer: Option<&Span>,
) -> Vec<(SpanKind, String)> {
    let kind = match provision.class {
        LawClass::Soft => SpanKind::Target,
        _ => SpanKind::Strict,
    };
    let strict = strict.map(|span| (kind, span_words(span)));
    strict.into_iter().chain(outer.map(|span| (SpanKind::Outer, span_words(span)))).collect()
}

/// For whom, and the span with what has to be done.
fn variant(words: Words<'_>, variant: &Variant) -> (String, String) {
    let span = variant.strict.as_ref().map_or_else(|| "–".to_owned(), span_words);
    let remedy = variant.remedy.as_ref().map(|remedy| format!(" · {}", words.in_own(remedy)));
    (variant.when.to_string(), format!("{span}{}", remedy.unwrap_or_default()))
}

/// The span in the unit of the law.
fn span_words(span: &Span) -> String {
    span.within.to_string()
}

/// The names of the worked cases of a file, with what each expects, as it is written.
fn worked_cases(text: &str) -> Vec<(String, Vec<String>)> {
    let value = |line: &str| {
        line.split_once('=').map(|(_, value)| value.trim().trim_matches('"').to_owned())
    };
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let mut expects = false;
    for line in text.lines().map(str::trim) {
        match line {
            "[[case]]" => {
                found.push((String::new(), Vec::new()));
                expects = false;
            }
            "[[case.expect]]" => {
                expects = true;
                if let Some((_, lines)) = found.last_mut() {
                    lines.push(String::new());
                }
            }
            header if header.starts_with('[') => expects = false,
            _ => keep_line(&mut found, line, expects, value),
        }
    }
    found
}

fn keep_line(
    found: &mut [(String, Vec<String>)],
    line: &str,
    expects: bool,
    value: impl Fn(&str) -> Option<String>,
) {
    let Some((name, lines)) = found.last_mut() else { return };
    if line.is_empty() || line.starts_with('#') {
        return;
    }
    if !expects {
        if name.is_empty() && line.starts_with("name") {
            *name = value(line).unwrap_or_default();
        }
        return;
    }
    let Some(last) = lines.last_mut() else { return };
    let (key, written) = (line.split('=').next().unwrap_or_default().trim(), value(line));
    let part = match (key, written) {
        ("obligation", Some(written)) => written,
        (key, Some(written)) => format!("{key} {written}"),
        (key, None) => key.to_owned(),
    };
    if !last.is_empty() {
        last.push_str(" · ");
    }
    last.push_str(&part);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_cases_of_a_file_are_told_by_name() {
        let text = "# first\n[[case]]\nname = \"a day = a day\"\nroles = [\"x/y\"]\n\n\
            [[case.fact]]\nkind = \"vulnerability-known\"\nname = \"no\"\n\n[[case.expect]]\n\
            obligation = \"cn-rmsv/7.2\"\nstate = \"open\"\n[[case]]\nname = \"second\"\n";
        assert_eq!(
            worked_cases(text),
            [
                ("a day = a day".to_owned(), vec!["cn-rmsv/7.2 · state open".to_owned()]),
                ("second".to_owned(), Vec::new()),
            ]
        );
    }
}
