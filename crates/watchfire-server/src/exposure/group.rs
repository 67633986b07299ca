//! Which advisories speak of the same vulnerability: they share a name, and the names go on.
//!
//! A vulnerability is a name, and an advisory connects names: what it calls by one CVE number and by
//! others is one. An advisory over several CVE numbers speaks of each of them, and connects none; and
//! a name that leads to two CVE numbers is none of a single vulnerability.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use watchfire_core::vulnerability::NAMES_MAX;
use watchfire_store::policy::{Node as NodeNoun, Write};
use watchfire_store::{Authorized, Part, Store, StoreError};

use super::speech::{Speech, Spoken};

/// Names are followed together, so many at a time.
const FOLLOWED_AT_ONCE: usize = 1_000;

/// The parts of documents that speak of one vulnerability.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// From which name it was found: from it the same is found again, as long as nobody says more.
    pub seed: String,
    /// All its names, the best known first.
    pub names: Vec<String>,
    /// What speaks of it, by the digest of the document.
    pub parts: BTreeMap<String, Speaking>,
}

/// Which parts of a document speak of a vulnerability, and where the document is: its source, and
/// its name there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Speaking {
    pub place: String,
    pub parts: BTreeSet<u64>,
}

/// Documents that are on their way into the store, in the place of others.
#[derive(Debug, Clone, Default)]
pub struct Coming {
    /// By digest, where each comes from and what stands in it.
    pub documents: BTreeMap<String, (String, Vec<Part>)>,
    /// The numbers of those that they replace.
    pub replaced: BTreeSet<u64>,
}

impl Group {
    /// Finds what speaks of the vulnerability of some name, in the store and in what is coming; or
    /// the CVE numbers to which the name leads, where they are several.
    async fn of(
        speech: &mut Speech<'_>,
        seed: &str,
    ) -> Result<Result<Self, BTreeSet<String>>, StoreError> {
        let mut known: BTreeSet<String> = BTreeSet::from([seed.to_owned()]);
        let mut fresh: BTreeSet<String> = known.clone();
        let mut own: Option<String> = is_cve(seed).then(|| seed.to_owned());
        let mut parts: BTreeMap<(String, u64), Arc<Spoken>> = BTreeMap::new();
        let mut shared: BTreeSet<String> = BTreeSet::new();
        while !fresh.is_empty() {
            speech.ask(&fresh).await?;
            let found = speech.of(&fresh);
            fresh = BTreeSet::new();
            if own.is_none() {
                let numbers = single_numbers(found.values());
                if numbers.len() > 1 {
                    return Ok(Err(numbers));
                }
                own = numbers.into_iter().next();
            }
            for (place, spoken) in found {
                let numbers = spoken.numbers();
                if numbers > 0 && !own.as_ref().is_some_and(|own| spoken.names.contains(own)) {
                    // What leads to another number too is no name of this one.
                    shared.extend(spoken.names.iter().filter(|name| *name != seed).cloned());
                    continue;
                }
                if numbers <= 1 {
                    for name in &spoken.names {
                        if known.len() < NAMES_MAX && known.insert(name.clone()) {
                            fresh.insert(name.clone());
                        }
                    }
                }
                parts.insert(place, spoken);
            }
        }
        known.retain(|name| !shared.contains(name));
        let names = in_order(known);
        let mut group = Self { seed: seed.to_owned(), names, parts: BTreeMap::new() };
        for ((digest, part), spoken) in parts {
            let speaking = group.parts.entry(digest).or_default();
            // The same bytes may come from several places; the first in their order names them.
            if speaking.parts.is_empty() || spoken.place < speaking.place {
                speaking.place.clone_from(&spoken.place);
            }
            speaking.parts.insert(part);
        }
        Ok(Ok(group))
    }

    /// Parts of documents, whatever vulnerabilities they speak of: by digest, place and number.
    pub fn gathered(parts: &[(String, String, u64)]) -> Self {
        let mut group = Self::default();
        for (digest, place, part) in parts {
            let speaking = group.parts.entry(digest.clone()).or_default();
            speaking.place.clone_from(place);
            speaking.parts.insert(*part);
        }
        group
    }

    /// Finds what speaks of the vulnerabilities of some names, each once. A name that leads to several
    /// CVE numbers stands for each of them.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn all(
        store: &Store,
        grant: &Authorized<NodeNoun, Write>,
        coming: &Coming,
        seeds: impl IntoIterator<Item = String>,
    ) -> Result<Vec<Self>, StoreError> {
        let (mut groups, mut done) = (Vec::new(), BTreeSet::new());
        let seeds: Vec<String> = seeds.into_iter().collect();
        for some in seeds.chunks(FOLLOWED_AT_ONCE) {
            let mut speech = Speech::following(store, grant, coming, some).await?;
            let mut open: Vec<String> = some.iter().rev().cloned().collect();
            while let Some(seed) = open.pop() {
                if done.contains(&seed) {
                    continue;
                }
                match Self::of(&mut speech, &seed).await? {
                    Ok(group) => {
                        done.extend(group.names.iter().cloned());
                        done.insert(seed);
                        groups.push(group);
                    }
                    Err(numbers) => {
                        done.insert(seed);
                        open.extend(numbers);
                    }
                }
            }
        }
        Ok(groups)
    }

    /// Whether the same is found still, from the names by which these were found.
    ///
    /// # Errors
    /// Failures of the database.
    pub async fn are_still(
        store: &Store,
        grant: &Authorized<NodeNoun, Write>,
        coming: &Coming,
        groups: &[Self],
    ) -> Result<bool, StoreError> {
        for some in groups.chunks(FOLLOWED_AT_ONCE) {
            let seeds: Vec<String> = some.iter().map(|group| group.seed.clone()).collect();
            let mut speech = Speech::following(store, grant, coming, &seeds).await?;
            for group in some {
                let now = Self::of(&mut speech, &group.seed).await?;
                if now.as_ref() != Ok(group) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

/// From which names the vulnerabilities that a part speaks of are found: the CVE numbers where there
/// are several, else any.
pub fn seeds(names: &[String]) -> Vec<String> {
    let cves: Vec<String> = names.iter().filter(|name| is_cve(name)).cloned().collect();
    match cves.len() {
        0 => names.first().cloned().into_iter().collect(),
        _ => cves,
    }
}

/// Whether it is a CVE number.
pub(super) fn is_cve(name: &str) -> bool {
    name.starts_with("CVE-")
}

/// The CVE numbers to which these lead: those that stand alone among their names.
fn single_numbers<'s>(all: impl Iterator<Item = &'s Arc<Spoken>>) -> BTreeSet<String> {
    let alone = all.filter(|spoken| spoken.numbers() == 1);
    alone.filter_map(|spoken| spoken.names.iter().find(|name| is_cve(name)).cloned()).collect()
}

/// The best known first: CVE numbers, then GitHub's, then others.
fn in_order(names: BTreeSet<String>) -> Vec<String> {
    let mut names: Vec<String> = names.into_iter().collect();
    let rank = |name: &str| match name {
        name if is_cve(name) => 0,
        name if name.starts_with("GHSA-") => 1,
        _ => 2,
    };
    names.sort_by(|one, two| rank(one).cmp(&rank(two)).then_with(|| one.cmp(two)));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advisory_over_several_numbers_is_found_by_each_of_them() {
        let of = |names: &[&str]| {
            seeds(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(of(&["USN-5192-1", "CVE-2021-1", "CVE-2021-2"]), ["CVE-2021-1", "CVE-2021-2"]);
        assert_eq!(of(&["GHSA-1", "CVE-2021-1"]), ["CVE-2021-1"]);
        assert_eq!(of(&["GHSA-1", "PYSEC-1"]), ["GHSA-1"]);
        assert!(of(&[]).is_empty());
    }

    #[test]
    fn the_best_known_name_stands_first() {
        let names = ["RUSTSEC-1", "GHSA-1", "CVE-2", "CVE-1"].map(str::to_owned);
        assert_eq!(in_order(names.into()), ["CVE-1", "CVE-2", "GHSA-1", "RUSTSEC-1"]);
    }
}
