//! The law packs in use, as their pages show them.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use axum::response::Response;
use jiff::civil::Date;
use watchfire_core::ids::PartyId;
use watchfire_core::law::confidence::Confidence as Sourced;
use watchfire_core::law::map::{MapQuestion, Verdict, tell};
use watchfire_core::law::pack::{Pack, Provision};
use watchfire_core::law::{Lawbook, Occasion};
use watchfire_store::LawAcknowledgement;

use super::Visit;
use super::party::everybody;
use super::watch::Place;
use super::words::{Words, language_of};
use crate::error::Problem;
use crate::locale::Language;
use crate::web::law::changes::{AcknowledgedView, ChangeView, ChangesView};
use crate::web::law::instrument::{self, Ours, PackView};
use crate::web::law::{self, Confidence, Filter, ListView, PackRow};

mod view;
mod worked;

pub(super) use view::trigger_words;

/// Jurisdictions in the order in which they are shown; others follow, norms come last.
const FIRST: [&str; 2] = ["CN", "EU"];
/// So many signs of a filter's words are looked at.
const FILTER_CHARS_MAX: usize = 100;

pub(super) fn words(visit: &Visit) -> Words<'_> {
    Words { law: visit.law(), language: visit.reader.language }
}

/// The present day of the reader.
pub(super) fn today(visit: &Visit) -> Date {
    visit.reader.zone.to_datetime(visit.reader.now).date()
}

/// Puts things by jurisdiction in the order in which they are shown.
pub(super) fn by_place<T>(all: impl Iterator<Item = (String, T)>) -> Vec<(String, Vec<T>)> {
    let mut groups: BTreeMap<String, Vec<T>> = BTreeMap::new();
    all.for_each(|(place, one)| groups.entry(place).or_default().push(one));
    let mut groups: Vec<(String, Vec<T>)> = groups.into_iter().collect();
    groups.sort_by_key(|(place, _)| {
        let first = FIRST.iter().position(|known| known == place).unwrap_or(FIRST.len());
        (place == "global", first, place.clone())
    });
    groups
}

/// Shows every pack that the filters leave.
pub(super) async fn list(visit: Visit, Query(asked): Query<BTreeMap<String, String>>) -> Response {
    let words = words(&visit);
    let field = |name: &str| {
        let text = asked.get(name).map(|text| text.trim()).unwrap_or_default();
        text.chars().take(FILTER_CHARS_MAX).collect::<String>()
    };
    let filter = Filter {
        place: field("place"),
        kind: field("kind"),
        occasion: field("occasion"),
        confidence: field("confidence"),
        words: field("words"),
    };
    let packs = words.law.packs();
    let left: Vec<&Pack> = packs.iter().filter(|pack| fits(words, pack, &filter)).collect();
    let places = by_place(packs.iter().map(|pack| (pack.jurisdiction.clone(), ())));
    let view = ListView {
        hidden: packs.len() - left.len(),
        groups: by_place(left.iter().map(|pack| (pack.jurisdiction.clone(), row(words, pack)))),
        places: places.into_iter().map(|(place, _)| place).collect(),
        filter,
    };
    visit.show(law::list(&view, &visit.reader))
}

/// Whether a pack is one that the filters leave.
fn fits(words: Words<'_>, pack: &Pack, filter: &Filter) -> bool {
    let kind = match filter.kind.as_str() {
        "law" => !pack.is_norm() && !pack.proposed,
        "norm" => pack.is_norm(),
        "proposed" => pack.proposed || pack.provisions.iter().any(|one| one.is_proposed()),
        _ => true,
    };
    let sourced = match filter.confidence.as_str() {
        "primary" => pack.confidence == Sourced::Primary,
        "secondary" => pack.confidence == Sourced::Secondary,
        "unverified" => matches!(pack.confidence, Sourced::Unverified { .. }),
        _ => true,
    };
    let occasion = Occasion::parse(&filter.occasion).is_none_or(|occasion| {
        pack.provisions.iter().any(|one| words.law.occasions(one).contains(&occasion))
    });
    let place = filter.place.is_empty() || filter.place == pack.jurisdiction;
    kind && sourced && occasion && place && says(pack, &filter.words)
}

/// Whether a pack says some words: in a title, an article or an id, in any language.
fn says(pack: &Pack, words: &str) -> bool {
    let words = words.to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&words);
    let texts = pack.provisions.iter().flat_map(|one| one.title.iter().chain(&one.cites));
    let all = std::iter::once(&pack.title).chain(texts);
    has(pack.id.as_str())
        || pack.provisions.iter().any(|one| has(one.id.as_str()))
        || all.into_iter().any(|text| has(&text.en) || has(&text.zh_cn))
}

fn row(words: Words<'_>, pack: &Pack) -> PackRow {
    PackRow {
        law: pack.id.to_string(),
        title: words.instrument(pack),
        original: original(words, pack),
        confidence: confidence(pack.confidence),
        checked_on: pack.checked_on.map(|day| day.to_string()).unwrap_or_default(),
        provisions: pack.provisions.len(),
        proposed: pack.proposed,
    }
}

/// The name in the language of the law, for readers of another.
fn original(words: Words<'_>, pack: &Pack) -> Option<(String, String)> {
    let chinese = pack.jurisdiction == "CN";
    let (tag, own) = if chinese { ("zh-CN", &pack.title.zh_cn) } else { ("en", &pack.title.en) };
    let foreign = chinese != (words.language == Language::ZhCn);
    (foreign && !pack.is_norm()).then(|| (tag.to_owned(), own.to_string()))
}

pub(super) fn confidence(sourced: Sourced) -> Confidence {
    match sourced {
        Sourced::Primary => Confidence::Primary,
        Sourced::Secondary => Confidence::Secondary,
        Sourced::Unverified { percent } => Confidence::Unverified(format!("0.{percent:02}")),
    }
}

/// Shows one law.
pub(super) async fn page(
    visit: Visit,
    Path(id): Path<String>,
    Query(place): Query<Place>,
) -> Result<Response, Problem> {
    let pack = visit.law().pack(&id).ok_or_else(Problem::not_found)?;
    let view = view::pack(words(&visit), pack, today(&visit));
    let view = PackView { changes: changes(&visit, &id, &place).await?, ..view };
    Ok(visit.show(instrument::page(&view, &visit.reader)))
}

/// The changes of a law that came through the reader's house.
async fn changes(visit: &Visit, law: &str, place: &Place) -> Result<Option<ChangesView>, Problem> {
    let viewer = &visit.caller.viewer;
    if viewer.organization().is_none() {
        return Ok(None);
    }
    let page = visit.node.store().amendments_of_law(viewer, law, &place.request()).await?;
    let (found, next) = (page.rows, page.next);
    let people: BTreeMap<PartyId, String> = if found.is_empty() {
        BTreeMap::new()
    } else {
        everybody(visit).await?.into_iter().map(|row| (row.id, row.name)).collect()
    };
    let name = |id: &PartyId| people.get(id).cloned().unwrap_or_else(|| id.to_string());
    let acknowledged = |owed: &LawAcknowledgement| AcknowledgedView {
        department: owed.department.to_string(),
        name: owed.department_name.clone(),
        owner: owed.owner.as_ref().map(name),
        due_at: owed.due_at,
        gap: owed.is_gap,
        given: owed.given.as_ref().map(|(by, at)| (by.as_ref().map(name).unwrap_or_default(), *at)),
    };
    let changes = found.iter().map(|one| ChangeView {
        id: one.amendment.id.to_string(),
        title: one.amendment.title.clone(),
        stage: one.amendment.stage,
        effective_at: one.amendment.effective_at,
        acknowledgements: one.acknowledgements.iter().map(acknowledged).collect(),
    });
    Ok(Some(ChangesView { law: law.to_owned(), rows: changes.collect(), next }))
}

/// Shows one provision, and what the reader's organization owes of it.
pub(super) async fn provision(
    visit: Visit,
    Path((law, path)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let id = format!("{law}/{path}");
    let (pack, provision) = visit.law().provision(&id).ok_or_else(Problem::not_found)?;
    let ours = ours(&visit, provision).await?;
    let view = view::provision_page(words(&visit), pack, provision, ours, today(&visit));
    Ok(visit.show(instrument::provision(&view, &visit.reader)))
}

/// What the reader's organization owes of a provision today; nothing for whoever has none.
async fn ours(visit: &Visit, provision: &Provision) -> Result<Option<Ours>, Problem> {
    let viewer = &visit.caller.viewer;
    let Some(organization) = viewer.organization() else { return Ok(None) };
    let profile = visit.node.store().profile(viewer, organization).await?;
    let laws: &Lawbook = visit.law();
    let question = MapQuestion::of(laws, &profile, BTreeMap::new(), today(visit));
    let rows = laws.map(&question);
    let Some(row) = rows.into_iter().find(|row| row.provision == provision.id) else {
        return Ok(None);
    };
    let language = language_of(visit.reader.language);
    let verdict = match row.verdict {
        Verdict::Owed => "law-ours-owed",
        Verdict::Foreseen => "law-ours-foreseen",
        Verdict::NotOwed => "law-ours-not-owed",
    };
    let reasons = row.reasons.iter().map(|reason| tell::reason(reason, laws, language));
    let unless = row.hangs_on.iter().map(|leaf| tell::unless(leaf, laws, language));
    Ok(Some(Ours { verdict, lines: reasons.chain(unless).collect() }))
}
