//! What stands in documents under names: asked of the store for many names together, and of what is
//! on its way into it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use watchfire_store::policy::{Node as NodeNoun, Write};
use watchfire_store::{Authorized, Store, StoreError};

use super::group::{Coming, is_cve};
use super::word::speaks_of_packages;

/// So often names are followed to the next ones before they are asked for. Whoever needs more asks.
const FOLLOWED_MAX: usize = 4;

/// A part of a document, by the digest of the document and its number there.
pub(super) type PartOf = (String, u64);

/// What a part of a document goes by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Spoken {
    /// Where the document is: its source, and its name there.
    pub(super) place: String,
    pub(super) names: BTreeSet<String>,
}

impl Spoken {
    /// How many CVE numbers are among its names.
    pub(super) fn numbers(&self) -> usize {
        self.names.iter().filter(|name| is_cve(name)).count()
    }

    /// The same bytes may come from several places; the first in their order names them.
    fn add<'n>(&mut self, place: &str, names: impl IntoIterator<Item = &'n String>) {
        if self.names.is_empty() || place < self.place.as_str() {
            place.clone_into(&mut self.place);
        }
        self.names.extend(names.into_iter().cloned());
    }
}

/// The parts of documents that go by names.
pub(super) struct Speech<'a> {
    store: &'a Store,
    grant: &'a Authorized<NodeNoun, Write>,
    coming: &'a Coming,
    /// What is on its way, by name: the digest of its document, and its number there.
    on_its_way: HashMap<&'a str, Vec<(&'a str, usize)>>,
    /// What was asked, by name.
    known: HashMap<String, Vec<(PartOf, Arc<Spoken>)>>,
}

impl<'a> Speech<'a> {
    /// Asks for names, and for those to which they lead.
    ///
    /// # Errors
    /// Failures of the database.
    pub(super) async fn following(
        store: &'a Store,
        grant: &'a Authorized<NodeNoun, Write>,
        coming: &'a Coming,
        names: &[String],
    ) -> Result<Self, StoreError> {
        let mut on_its_way: HashMap<&str, Vec<(&str, usize)>> = HashMap::new();
        for (digest, (_, parts)) in &coming.documents {
            for (number, part) in parts.iter().enumerate() {
                for name in &part.names {
                    on_its_way.entry(name).or_default().push((digest, number));
                }
            }
        }
        let mut speech = Self { store, grant, coming, on_its_way, known: HashMap::new() };
        let mut open: BTreeSet<String> = names.iter().cloned().collect();
        for _ in 0..FOLLOWED_MAX {
            speech.ask(&open).await?;
            let found = speech.of(&open);
            // Over several CVE numbers nothing leads on.
            let leading = found.values().filter(|spoken| spoken.numbers() <= 1);
            let names = leading.flat_map(|spoken| &spoken.names);
            open = names.filter(|name| !speech.known.contains_key(*name)).cloned().collect();
            if open.is_empty() {
                break;
            }
        }
        Ok(speech)
    }

    /// Asks for those of these names that were not asked for yet.
    ///
    /// # Errors
    /// Failures of the database.
    pub(super) async fn ask(&mut self, names: &BTreeSet<String>) -> Result<(), StoreError> {
        let is_new = |name: &&String| !self.known.contains_key(*name);
        let asked: Vec<&str> = names.iter().filter(is_new).map(String::as_str).collect();
        if asked.is_empty() {
            return Ok(());
        }
        let mut found: BTreeMap<PartOf, Spoken> = BTreeMap::new();
        for one in self.store.parts_by_names(self.grant, &asked).await? {
            if !self.coming.replaced.contains(&one.advisory)
                && speaks_of_packages(one.format.as_deref())
            {
                let spoken = found.entry((one.document, one.part)).or_default();
                spoken.add(&one.place, [&one.text]);
            }
        }
        for (digest, number) in asked.iter().filter_map(|name| self.on_its_way.get(name)).flatten()
        {
            let Some((place, parts)) = self.coming.documents.get(*digest) else { continue };
            let Some(part) = parts.get(*number) else { continue };
            found
                .entry(((*digest).to_owned(), *number as u64))
                .or_default()
                .add(place, &part.names);
        }
        self.known.extend(asked.iter().map(|name| ((*name).to_owned(), Vec::new())));
        for (part, spoken) in found {
            let spoken = Arc::new(spoken);
            for name in
                spoken.names.iter().filter(|name| asked.binary_search(&name.as_str()).is_ok())
            {
                if let Some(known) = self.known.get_mut(name) {
                    known.push((part.clone(), spoken.clone()));
                }
            }
        }
        Ok(())
    }

    /// What goes by one of these names, as far as it was asked for.
    pub(super) fn of(&self, names: &BTreeSet<String>) -> BTreeMap<PartOf, Arc<Spoken>> {
        let parts = names.iter().filter_map(|name| self.known.get(name)).flatten();
        parts.map(|(part, spoken)| (part.clone(), spoken.clone())).collect()
    }
}
