//! The watch, read from the store.

use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use watchfire_store::PageRequest;

use super::Visit;
use super::holding::{People, Setting, in_chain, of_row};
use super::words::Words;
use crate::command::decision::house_of;
use crate::error::Problem;
use crate::web::watch::{self, WatchView};

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
    let holders = rows.rows.iter().filter_map(|row| row.owner.as_ref());
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
        continued: place.after.is_some(),
        next: rows.next,
    };
    Ok(visit.show(watch::page(&view, &visit.reader)))
}
