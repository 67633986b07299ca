//! The map of what the reader's organization owes.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::Query;
use axum::response::Response;
use jiff::civil::Date;
use watchfire_core::law::id::RoleId;
use watchfire_core::law::map::{MapQuestion, Row, Verdict, assumed, tell};
use watchfire_core::law::pack::{Pack, Provision};
use watchfire_core::law::text::Language as LawLanguage;
use watchfire_core::law::{Lawbook, Occasion};

use super::Visit;
use super::law::{by_place, confidence, today, words};
use super::words::{Words, language_of};
use crate::error::Problem;
use crate::web::law::map::{self, MapView, NotOwedLaw, NotOwedRow, RowView, SectionView};
use crate::web::obligation::Class;
use crate::web::reader::Problem as Told;

/// So many days on which something changes are offered.
const TURNING_MAX: usize = 8;

/// Shows what is owed on a day, and why not.
pub(super) async fn page(
    visit: Visit,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let viewer = &visit.caller.viewer;
    let id = viewer.organization().cloned().ok_or_else(Problem::not_found)?;
    let organization = visit.node.store().party(viewer, &id).await?.name;
    let profile = visit.node.store().profile(viewer, &id).await?;
    let laws: &Lawbook = visit.law();
    let today = today(&visit);
    let field = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default().trim();
    let told = |key: &str, input: Option<&str>| Told {
        message: visit.reader.text(key),
        hint: None,
        input: input.map(str::to_owned),
    };
    let (day, wrong_day) = match (field("day"), field("day").parse::<Date>()) {
        ("", _) => (today, None),
        (_, Ok(day)) => (day, None),
        (_, Err(_)) => (today, Some(told("map-day-wrong", Some("map-day")))),
    };
    let (answers, assume, wrong_answer) = match assumed(laws, field("assume")) {
        Ok(answers) => (answers, field("assume").to_owned(), None),
        Err(_) => (BTreeMap::new(), String::new(), Some(told("map-assume-wrong", None))),
    };
    let question = MapQuestion::of(laws, &profile, answers, day);
    let occasion = Occasion::parse(field("for"));
    let rows = laws.map(&question);
    let drawer = Drawer::new(words(&visit), BTreeSet::new());
    let view = MapView {
        organization,
        roles: question.roles.iter().map(|role| drawer.words.role(role)).collect(),
        day: day.to_string(),
        today: today.to_string(),
        occasion: occasion.map(|one| one.as_str().to_owned()).unwrap_or_default(),
        assume,
        assumed: question
            .answers
            .iter()
            .map(|(id, answer)| {
                let key = if answer.as_str() == "yes" { "shell-yes" } else { "shell-no" };
                format!("{} {}", drawer.words.question(id.as_str()), visit.reader.text(key))
            })
            .collect(),
        turning: turning(laws, &question, today),
        sections: drawer.sections(&rows, occasion),
        not_owed: drawer.not_owed(&rows, occasion),
        problem: wrong_day.or(wrong_answer),
    };
    let page = map::page(&view, &visit.reader);
    Ok(if view.problem.is_some() { visit.refuse(page) } else { visit.show(page) })
}

/// The days to come on which a provision that obliges one of our roles begins or ends.
fn turning(laws: &Lawbook, question: &MapQuestion, today: Date) -> Vec<String> {
    let ours = laws.packs().iter().flat_map(|pack| &pack.provisions);
    let ours = ours.filter(|one| one.owed_by.iter().any(|role| question.roles.contains(role)));
    let days: BTreeSet<Date> = ours
        .flat_map(|one| {
            let versions = one.versions.iter();
            let of_versions =
                versions.flat_map(|version| [Some(version.effective_from), version.effective_to]);
            of_versions.chain([one.supersedes.as_ref().and_then(|(_, day)| *day)])
        })
        .flatten()
        .filter(|day| *day > today)
        .collect();
    days.into_iter().take(TURNING_MAX).map(|day| day.to_string()).collect()
}

/// Puts rows into the reader's words.
pub(super) struct Drawer<'a> {
    words: Words<'a>,
    language: LawLanguage,
    /// Roles of which nobody is sure.
    unsure: BTreeSet<RoleId>,
}

impl<'a> Drawer<'a> {
    pub(super) fn new(words: Words<'a>, unsure: BTreeSet<RoleId>) -> Self {
        Self { words, language: language_of(words.language), unsure }
    }

    pub(super) fn sections(&self, rows: &[Row], occasion: Option<Occasion>) -> Vec<SectionView> {
        let each = [
            ("map-section-vulnerability", Some(Occasion::Vulnerability)),
            ("map-section-incident", Some(Occasion::Incident)),
            ("map-section-always", None),
        ];
        let asked = each
            .into_iter()
            .filter(|(_, of)| of.is_none() || occasion.is_none() || *of == occasion);
        asked
            .map(|(title, of)| {
                let owed = rows.iter().filter(|row| row.verdict != Verdict::NotOwed);
                let here = owed.filter(|row| match of {
                    Some(of) => row.occasions.contains(&of),
                    None => row.occasions.is_empty(),
                });
                let placed = here.filter_map(|row| {
                    let (pack, provision) = self.words.provision(row.provision.as_str())?;
                    Some((pack.jurisdiction.clone(), self.row(pack, provision, row)))
                });
                SectionView { title, groups: by_place(placed) }
            })
            .collect()
    }

    fn row(&self, pack: &Pack, provision: &Provision, row: &Row) -> RowView {
        let laws = self.words.law;
        let class = row.class.to_string();
        let outer = row.counts.iter().filter(|one| one.outer != one.strict);
        let outer = outer.filter_map(|one| one.outer.as_ref()).next();
        let trigger = |one| super::law::trigger_words(self.words, one);
        RowView {
            provision: row.provision.to_string(),
            title: self.words.title(row.provision.as_str()),
            law_title: self.words.instrument(pack),
            cites: row.cites.as_ref().map(|text| self.words.in_own(text)).unwrap_or_default(),
            class: Class::of(&class, pack.id.as_str()),
            class_word: class,
            is_norm: pack.is_norm(),
            spans: self.spans(row),
            outer: outer.map(|span| watchfire_core::law::tell::span(span, self.language)),
            no_number: row.period_unknown.as_ref().map(|why| self.words.in_own(why)),
            arises_on: provision.arises_on.iter().map(trigger).collect(),
            runs_from: provision.runs_from.as_ref().map(trigger),
            owed_to: self.words.owed_to(row.provision.as_str()),
            foreseen: self.reasons(row),
            unless: row
                .hangs_on
                .iter()
                .map(|leaf| {
                    let predicate = leaf.asks.predicates().first().map(ToString::to_string);
                    let word = if leaf.wants { "no" } else { "yes" };
                    let answer = predicate.map(|id| format!("{id}={word}"));
                    (tell::unless(leaf, laws, self.language), answer)
                })
                .collect(),
            from: row.from.map(|day| day.to_string()),
            reach: row.reach.map(|reach| (reach.starts, reach.ends)),
            confidence: confidence(provision.confidence),
            unsure: self.unsure(row),
        }
    }

    /// The roles of a row by name, where nobody is sure of any of them.
    fn unsure(&self, row: &Row) -> Vec<String> {
        let every = !row.roles.is_empty() && row.roles.iter().all(|one| self.unsure.contains(one));
        let roles = row.roles.iter().filter(|_| every);
        roles.map(|role| self.words.role(role)).collect()
    }

    /// Each count once, with what has to be so for it; of a table with many rows the ends alone.
    fn spans(&self, row: &Row) -> Vec<String> {
        let short = row.counts.len() > 3;
        let mut told: Vec<String> = Vec::new();
        for count in &row.counts {
            let words = match (short, &count.strict) {
                (true, Some(span)) => {
                    Some(watchfire_core::law::tell::within(span.within, self.language))
                }
                (true, None) => None,
                (false, _) => tell::counted(count, self.words.law, self.language),
            };
            told.extend(words.filter(|words| !told.contains(words)));
        }
        told
    }

    fn reasons(&self, row: &Row) -> Vec<String> {
        let each = row.reasons.iter();
        each.map(|reason| tell::reason(reason, self.words.law, self.language)).collect()
    }

    fn not_owed(&self, rows: &[Row], occasion: Option<Occasion>) -> Vec<NotOwedLaw> {
        let mut laws: BTreeMap<&str, NotOwedLaw> = BTreeMap::new();
        let asked = |row: &&Row| {
            occasion.is_none_or(|of| row.occasions.is_empty() || row.occasions.contains(&of))
        };
        for row in rows.iter().filter(|row| row.verdict == Verdict::NotOwed).filter(asked) {
            let Some((pack, _)) = self.words.provision(row.provision.as_str()) else { continue };
            let law = laws.entry(pack.id.as_str()).or_insert_with(|| NotOwedLaw {
                law: pack.id.to_string(),
                title: self.words.instrument(pack),
                jurisdiction: pack.jurisdiction.clone(),
                rows: Vec::new(),
            });
            law.rows.push(NotOwedRow {
                provision: row.provision.to_string(),
                title: self.words.title(row.provision.as_str()),
                cites: row.cites.as_ref().map(|text| self.words.in_own(text)).unwrap_or_default(),
                reasons: self.reasons(row),
            });
        }
        let placed = laws.into_values().map(|law| (law.jurisdiction.clone(), law));
        by_place(placed).into_iter().flat_map(|(_, laws)| laws).collect()
    }
}
