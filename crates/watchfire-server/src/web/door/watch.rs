//! The watch, read from the store.

use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use watchfire_core::ids::CaseId;
use watchfire_store::{ObligationRow, PageRequest};

use super::Visit;
use super::holding::{People, Setting, in_chain, of_row};
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
    let undecided = match place.after {
        Some(_) => Vec::new(),
        None => node.store().undecided(&visit.caller.viewer, &place.request()).await?.rows,
    };
    let holders = rows.rows.iter().chain(&undecided).filter_map(|row| row.owner.as_ref());
    let holders = holders.map(|owner| owner.party.clone()).chain(in_chain(&chain));
    let people = People::of(&visit, holders).await?;
    let setting = Setting {
        words: Words { law: node.law(), language: visit.reader.language },
        people: &people,
        profile: &profile,
        chain: &chain,
        now: visit.reader.now,
    };
    let view = WatchView {
        open: rows.rows.iter().map(|row| of_row(&setting, &visit, row)).collect(),
        questions: questions(&setting, &visit, &undecided),
        continued: place.after.is_some(),
        next: rows.next,
    };
    Ok(visit.show(watch::page(&view, &visit.reader)))
}

/// One question for all that hang on it in a case, on the earliest of their clocks.
fn questions(setting: &Setting<'_>, visit: &Visit, rows: &[ObligationRow]) -> Vec<QuestionView> {
    let mut found: Vec<((&CaseId, &str), QuestionView)> = Vec::new();
    for row in rows {
        let assessment = &row.assessment;
        let (Some(predicate), Some(due)) = (&assessment.decision, assessment.decision_due) else {
            continue;
        };
        let view = of_row(setting, visit, row);
        let key = (&row.case, predicate.as_str());
        match found.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => known.hangs.push(view),
            None => {
                let question = setting.words.question(predicate);
                let from = assessment.strict_from;
                found.push((key, QuestionView { question, from, due, hangs: vec![view] }));
            }
        }
    }
    found.into_iter().map(|(_, view)| view).collect()
}
