//! The watch, read from the store.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use watchfire_core::ids::{CaseId, ObligationId};
use watchfire_store::{Asks, ObligationRow, PageRequest, QuestionRow};

use super::Visit;
use super::holding::{Asked, People, Setting, in_chain, of_row};
use super::words::Words;
use crate::command::decision::house_of;
use crate::error::Problem;
use crate::web::watch::{self, QuestionView, WatchView};

/// Rows of one page.
const ROWS: usize = 100;

/// Which page of a list.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Place {
    pub(super) after: Option<String>,
}

impl Place {
    pub(super) fn request(&self) -> PageRequest {
        PageRequest { after: self.after.clone(), limit: ROWS }
    }
}

/// Shows every open clock that the reader may see.
pub(super) async fn page(visit: Visit, Query(place): Query<Place>) -> Result<Response, Problem> {
    let node = &visit.node;
    let rows = node.store().watch(&visit.caller.viewer, &place.request()).await?;
    let organization = node.organization().await?;
    let (profile, chain) = house_of(node, &organization).await?;
    let first = Place::default().request();
    let undecided = node.store().questions(&visit.caller.viewer, &first).await?.rows;
    let asked = undecided.iter().map(|row| &row.obligation);
    let holders = rows.rows.iter().chain(asked).filter_map(|row| row.owner.as_ref());
    let holders = holders.map(|owner| owner.party.clone()).chain(in_chain(&chain));
    let people = People::of(&visit, holders).await?;
    let setting = Setting {
        words: Words { law: visit.law(), language: visit.reader.language },
        people: &people,
        profile: &profile,
        chain: &chain,
        now: visit.reader.now,
    };
    let clocks = conflict_clocks(&undecided);
    let asked = |row: &ObligationRow| clocks.get(&row.id).map_or(&[][..], Vec::as_slice);
    let view = WatchView {
        open: rows.rows.iter().map(|row| of_row(&setting, &visit, row, asked(row))).collect(),
        questions: match place.after {
            Some(_) => Vec::new(),
            None => questions(&setting, &visit, &undecided, &clocks),
        },
        continued: place.after.is_some(),
        next: rows.next,
    };
    Ok(visit.show(watch::page(&view, &visit.reader)))
}

/// Of each obligation whose people are asked to decide a conflict, the clocks of those.
fn conflict_clocks(rows: &[QuestionRow]) -> BTreeMap<ObligationId, Vec<Asked>> {
    let mut found: BTreeMap<ObligationId, Vec<Asked>> = BTreeMap::new();
    for row in rows.iter().filter(|row| matches!(row.asks, Asks::Conflict(_))) {
        if let (Some(at), Some(due)) = (row.asked_at, row.decide_by) {
            found.entry(row.obligation.id.clone()).or_default().push((at.min(due), due));
        }
    }
    found
}

/// One question for all that hang on it in a case, on the earliest of their clocks.
fn questions(
    setting: &Setting<'_>,
    visit: &Visit,
    rows: &[QuestionRow],
    clocks: &BTreeMap<ObligationId, Vec<Asked>>,
) -> Vec<QuestionView> {
    let mut found: Vec<((&CaseId, &str), QuestionView)> = Vec::new();
    for row in rows {
        let (asks, id) = match &row.asks {
            Asks::Predicate(id) => (watch::Asks::Question, id.as_str()),
            Asks::Conflict(id) => (watch::Asks::Conflict, id.as_str()),
        };
        let asked = clocks.get(&row.obligation.id).map_or(&[][..], Vec::as_slice);
        let view = of_row(setting, visit, &row.obligation, asked);
        let key = (&row.obligation.case, id);
        match found.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => known.hangs.push(view),
            None => {
                let question = setting.words.question(id);
                let (from, due, hangs) = (row.asked_at, row.decide_by, vec![view]);
                found.push((key, QuestionView { asks, question, from, due, hangs }));
            }
        }
    }
    found.into_iter().map(|(_, view)| view).collect()
}
