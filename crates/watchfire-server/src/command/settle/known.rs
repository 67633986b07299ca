//! What the store knows of the vulnerabilities of some groups, asked of it once for all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use watchfire_core::ids::VulnerabilityId;
use watchfire_store::{ListingRow, StoreError};

use super::Watch;
use crate::exposure::group::Group;
use crate::state::Node;

/// What is known of names.
#[derive(Debug, Default)]
pub(crate) struct Known {
    ids: BTreeMap<String, VulnerabilityId>,
    listings: HashMap<String, Vec<ListingRow>>,
    likelihoods: HashMap<String, u32>,
}

impl Known {
    /// Asks about all names of some groups.
    ///
    /// # Errors
    /// Failures of the database.
    pub(crate) async fn of(
        node: &Node,
        watch: &Watch,
        groups: &[Group],
    ) -> Result<Self, StoreError> {
        let names: BTreeSet<&str> =
            groups.iter().flat_map(|group| &group.names).map(String::as_str).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let store = node.store();
        let ids = store.vulnerabilities_by_names(&watch.grant, &watch.organization, &names).await?;
        let mut known = Self { ids, ..Self::default() };
        for row in store.listings(&names).await? {
            known.listings.entry(row.name.clone()).or_default().push(row);
        }
        for one in store.likelihoods(&names).await? {
            let likelihood = known.likelihoods.entry(one.name).or_default();
            *likelihood = one.permille.max(*likelihood);
        }
        Ok(known)
    }

    /// The vulnerabilities of the house that go by these names, in the order of the names.
    pub(super) fn ids(&self, names: &[String]) -> Vec<VulnerabilityId> {
        let mut seen = BTreeSet::new();
        let in_order = names.iter().filter_map(|name| self.ids.get(name));
        in_order.filter(|id| seen.insert((*id).clone())).cloned().collect()
    }

    /// Who says that it is exploited.
    pub(crate) fn listings(&self, group: &Group) -> Vec<ListingRow> {
        let rows = group.names.iter().filter_map(|name| self.listings.get(name));
        rows.flatten().cloned().collect()
    }

    /// How likely it is exploited, of a thousand.
    pub(crate) fn likelihood(&self, group: &Group) -> Option<u32> {
        group.names.iter().filter_map(|name| self.likelihoods.get(name)).copied().max()
    }
}
