//! What the doors of exposure share: which page of a list is asked for, and the names of people.

use std::collections::BTreeMap;

use serde::Deserialize;
use watchfire_core::ids::PartyId;
use watchfire_store::policy::{Access, Noun};
use watchfire_store::{Authorized, PageRequest, PartyKind, PartyRow, StoreError};

use super::party::everybody;
use super::{Sent, Visit};
use crate::error::Problem;
use crate::web::exposure::{LikelihoodView, OwnerView};
use crate::web::product::Holders;

/// Rows of one page.
pub(super) const PAGE_ROWS: usize = 50;

/// What is asked of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) after: Option<String>,
    /// What of a name is looked for.
    pub(super) words: String,
    /// Which exposures.
    pub(super) state: String,
    /// Which vulnerabilities.
    pub(super) shown: String,
    /// How an exposure stands.
    pub(super) status: String,
    /// Of which product.
    pub(super) product: String,
}

impl Asked {
    pub(super) fn page(&self) -> PageRequest {
        PageRequest { after: self.after.clone(), limit: PAGE_ROWS }
    }
}

/// The names of everybody that the reader knows.
#[derive(Debug, Default)]
pub(super) struct Names {
    rows: Vec<PartyRow>,
    by_id: BTreeMap<PartyId, String>,
}

impl Names {
    pub(super) async fn read(visit: &Visit) -> Result<Self, Problem> {
        let rows = everybody(visit).await?;
        let by_id = rows.iter().map(|row| (row.id.clone(), row.name.clone())).collect();
        Ok(Self { rows, by_id })
    }

    /// What somebody is called; the id where the reader does not know them.
    pub(super) fn of(&self, party: &PartyId) -> String {
        self.by_id.get(party).cloned().unwrap_or_else(|| party.to_string())
    }

    pub(super) fn owner(&self, owner: Option<&PartyId>) -> Option<OwnerView> {
        owner.map(|party| OwnerView { party: party.clone(), name: self.of(party) })
    }

    /// The people who can own something, by name.
    pub(super) fn people(&self) -> Vec<(PartyId, String)> {
        let people =
            self.rows.iter().filter(|row| row.kind == PartyKind::Person && row.account_open);
        let mut people: Vec<(PartyId, String)> =
            people.map(|row| (row.id.clone(), row.name.clone())).collect();
        people.sort_by(|one, two| one.1.cmp(&two.1));
        people
    }
}

/// Who can hold a product.
pub(super) async fn holders(visit: &Visit, names: &Names) -> Result<Holders, Problem> {
    let all = visit.node.store().departments(&visit.caller.viewer).await?;
    let open = all.into_iter().filter(|department| department.closed.is_none());
    let departments = open.map(|found| (found.id.to_string(), found.desk.name)).collect();
    Ok(Holders { people: names.people(), departments })
}

/// Whether a right was had: what may not be changed is shown without forms.
pub(super) fn is_had<N: Noun, A: Access>(
    answer: Result<Authorized<N, A>, StoreError>,
) -> Result<bool, Problem> {
    match answer {
        Ok(_) => Ok(true),
        Err(StoreError::NotFound(_)) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

/// How likely exploitations are, by the name of the vulnerability.
pub(super) async fn likelihoods(
    visit: &Visit,
    names: &[&str],
) -> Result<BTreeMap<String, LikelihoodView>, Problem> {
    let found = visit.node.store().likelihoods(names).await?.into_iter();
    Ok(found
        .map(|one| {
            (one.name, LikelihoodView { permille: one.permille, percentile: one.percentile })
        })
        .collect())
}

/// What was typed into a field, if anything was.
pub(super) fn said(sent: &Sent, name: &str) -> Option<String> {
    Some(sent.field(name)).filter(|text| !text.is_empty()).map(str::to_owned)
}
