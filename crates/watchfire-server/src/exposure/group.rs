//! Which advisories speak of the same vulnerability: they share a name, and the names go on.
//!
//! A vulnerability is a name, and an advisory connects names: what it calls by one CVE number and by
//! others is one. An advisory over several CVE numbers speaks of each of them, and connects none; and
//! a name that leads to two CVE numbers is none of a single vulnerability.

use std::collections::{BTreeMap, BTreeSet};

use watchfire_core::vulnerability::NAMES_MAX;
use watchfire_store::policy::{Node as NodeNoun, Write};
use watchfire_store::{Authorized, Part, Store, StoreError};

use super::word::speaks_of_packages;

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
        store: &Store,
        grant: &Authorized<NodeNoun, Write>,
        coming: &Coming,
        seed: &str,
    ) -> Result<Result<Self, BTreeSet<String>>, StoreError> {
        let mut known: BTreeSet<String> = BTreeSet::from([seed.to_owned()]);
        let mut fresh: Vec<String> = vec![seed.to_owned()];
        let mut own: Option<String> = is_cve(seed).then(|| seed.to_owned());
        let mut parts: BTreeSet<(String, u64)> = BTreeSet::new();
        let mut shared: BTreeSet<String> = BTreeSet::new();
        let mut places: BTreeMap<String, String> = BTreeMap::new();
        while !fresh.is_empty() {
            let asked: Vec<&str> = fresh.iter().map(String::as_str).collect();
            let mut found: BTreeMap<(String, u64), BTreeSet<String>> = BTreeMap::new();
            for one in store.parts_by_names(grant, &asked).await? {
                let counts = !coming.replaced.contains(&one.advisory)
                    && speaks_of_packages(one.format.as_deref());
                if counts {
                    placed(&mut places, &one.document, &one.place);
                    found.entry((one.document, one.part)).or_default().insert(one.text);
                }
            }
            for (digest, place, number, names) in coming.naming(&fresh) {
                placed(&mut places, digest, place);
                found.entry((digest.to_owned(), number)).or_default().extend(names.iter().cloned());
            }
            fresh = Vec::new();
            if own.is_none() {
                let numbers = single_numbers(found.values());
                if numbers.len() > 1 {
                    return Ok(Err(numbers));
                }
                own = numbers.into_iter().next();
            }
            for (place, names) in found {
                let numbers: Vec<&String> = names.iter().filter(|name| is_cve(name)).collect();
                let is_own = |number: &&String| own.as_ref() == Some(*number);
                if !numbers.is_empty() && !numbers.iter().any(is_own) {
                    // What leads to another number too is no name of this one.
                    shared.extend(names.into_iter().filter(|name| name != seed));
                    continue;
                }
                if numbers.len() <= 1 {
                    for name in &names {
                        if known.len() < NAMES_MAX && known.insert(name.clone()) {
                            fresh.push(name.clone());
                        }
                    }
                }
                parts.insert(place);
            }
        }
        known.retain(|name| !shared.contains(name));
        let names = in_order(known);
        let mut group = Self { seed: seed.to_owned(), names, parts: BTreeMap::new() };
        for (digest, part) in parts {
            let place = places.get(&digest).cloned().unwrap_or_default();
            let speaking = group.parts.entry(digest).or_default();
            speaking.place = place;
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
        let mut open: Vec<String> = seeds.into_iter().collect();
        open.reverse();
        while let Some(seed) = open.pop() {
            if done.contains(&seed) {
                continue;
            }
            match Self::of(store, grant, coming, &seed).await? {
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
        Ok(groups)
    }
}

/// The same bytes may come from several places; the first in their order names them.
fn placed(places: &mut BTreeMap<String, String>, digest: &str, place: &str) {
    let known = places.entry(digest.to_owned()).or_insert_with(|| place.to_owned());
    if place < known.as_str() {
        place.clone_into(known);
    }
}

impl Coming {
    /// Which parts go by one of these names.
    fn naming<'c>(
        &'c self,
        asked: &[String],
    ) -> impl Iterator<Item = (&'c str, &'c str, u64, &'c [String])> {
        let asked: BTreeSet<&str> = asked.iter().map(String::as_str).collect();
        let all = self.documents.iter().flat_map(|(digest, (place, parts))| {
            let each = parts.iter().enumerate();
            each.map(move |(number, part)| (digest.as_str(), place.as_str(), number as u64, part))
        });
        all.filter(move |(.., part)| part.names.iter().any(|name| asked.contains(name.as_str())))
            .map(|(digest, place, number, part)| (digest, place, number, part.names.as_slice()))
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

fn is_cve(name: &str) -> bool {
    name.starts_with("CVE-")
}

/// The CVE numbers to which these lead: those that stand alone among their names.
fn single_numbers<'n>(all: impl Iterator<Item = &'n BTreeSet<String>>) -> BTreeSet<String> {
    let alone = all.filter_map(|names| {
        let mut numbers = names.iter().filter(|name| is_cve(name));
        let first = numbers.next()?;
        numbers.next().is_none().then(|| first.clone())
    });
    alone.collect()
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
