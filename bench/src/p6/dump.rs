//! A dump of OSV that is made, as an archive, and a fleet of which is known what it exposes.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use serde_json::json;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::house::sbom;

const ECOSYSTEMS: [(&str, &str); 4] =
    [("npm", "npm"), ("PyPI", "pypi"), ("crates.io", "cargo"), ("RubyGems", "gem")];
/// Documents that speak of one package.
const OF_A_PACKAGE: usize = 4;
/// Versions of a package, in their order.
const VERSIONS: usize = 20;
/// Releases of the fleet, and packages that are in it somewhere.
const RELEASES: usize = 20;
const PACKAGES: usize = 50;
/// Components of a release.
const COMPONENTS: usize = 30;
/// The least documents: all packages of the fleet are spoken of.
pub(super) const DOCUMENTS_MIN: usize = PACKAGES * OF_A_PACKAGE;

/// A number that looks random and follows from others (splitmix64).
fn mixed(of: usize, salt: usize) -> usize {
    let mut mixed = (of as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(salt as u64);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (mixed ^ (mixed >> 31)) as usize
}

fn version(place: usize) -> String {
    format!("{}.{}.0", place / 5, place % 5)
}

/// Documents, of which some say something else than at first.
pub(super) struct Dump {
    pub(super) documents: usize,
    /// Every so many a document has changed; none at first.
    changed_every: Option<usize>,
}

impl Dump {
    pub(super) fn of(documents: usize) -> Self {
        Self { documents, changed_every: None }
    }

    /// The same after a change of so many of them.
    pub(super) fn changed(&self, count: usize) -> Self {
        Self { changed_every: Some(self.documents / count), ..*self }
    }

    fn has_changed(&self, at: usize) -> bool {
        self.changed_every.is_some_and(|every| at.is_multiple_of(every))
    }

    /// Of how many documents another word is said than at first.
    pub(super) fn changes(&self) -> usize {
        (0..self.documents).filter(|at| self.has_changed(*at)).count()
    }

    /// The versions that a document speaks of, by their places: from one on, and before another.
    fn range(&self, at: usize) -> (usize, usize) {
        let from = mixed(at, 1) % VERSIONS;
        let until = (from + 1 + mixed(at, 2) % VERSIONS).min(VERSIONS);
        // What has changed speaks of one version alone.
        (from, if self.has_changed(at) { from + 1 } else { until })
    }

    /// A document in the shapes and sizes that public dumps have: half of them below 1.4 kB, one of
    /// a hundred above 6 kB.
    pub(super) fn document(&self, at: usize) -> Vec<u8> {
        const SENTENCE: &str =
            "A text that comes from outside is looked up and run by the parser. ";
        let package = at / OF_A_PACKAGE;
        let (ecosystem, purl) = ECOSYSTEMS[package % ECOSYSTEMS.len()];
        let (from, until) = self.range(at);
        let mut events =
            vec![json!({"introduced": if from == 0 { "0".into() } else { version(from) }})];
        if until < VERSIONS {
            events.push(json!({"fixed": version(until)}));
        }
        // Long texts are few: each halving of the share adds as much.
        let share = 1 + mixed(at, 3) % 1_000;
        let sentences = 2 + (10.0 * (1_000.0 / share as f64).log2()) as usize;
        let name = format!("package-{package}");
        let host = "https://advisories.example.org";
        let day = if self.has_changed(at) { 9 } else { 1 };
        let listed: Vec<String> =
            (from..until).filter(|_| at.is_multiple_of(3)).map(version).collect();
        json!({
            "schema_version": "1.7.0",
            "id": format!("BENCH-2026-{at}"),
            "modified": format!("2026-03-0{day}T00:00:00Z"),
            "published": "2026-03-01T00:00:00Z",
            "aliases": [format!("CVE-2026-{}", 100_000 + at)],
            "summary": format!("Code execution in {name}"),
            "details": SENTENCE.repeat(sentences),
            "severity": [{"type": "CVSS_V3",
                "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
            "affected": [{
                "package": {"ecosystem": ecosystem, "name": name,
                    "purl": format!("pkg:{purl}/{name}")},
                "ranges": [{"type": "ECOSYSTEM", "events": events}],
                "versions": listed,
                "database_specific": {"source": format!("{host}/{at}.json")}
            }],
            "references": [
                {"type": "ADVISORY", "url": format!("{host}/{at}")},
                {"type": "WEB", "url": format!("https://code.example.org/{name}/releases")},
                {"type": "PACKAGE", "url": format!("https://code.example.org/{name}")}
            ],
            "database_specific": {"cwe_ids": ["CWE-94"], "severity": "CRITICAL"}
        })
        .to_string()
        .into_bytes()
    }

    /// Writes all documents into an archive, which then takes the place of what was there.
    pub(super) fn write(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        let beside = path.with_extension("new");
        let mut archive = ZipWriter::new(BufWriter::new(File::create(&beside)?));
        for at in 0..self.documents {
            archive.start_file(format!("BENCH-2026-{at}.json"), SimpleFileOptions::default())?;
            archive.write_all(&self.document(at))?;
        }
        archive.finish()?.flush()?;
        Ok(std::fs::rename(&beside, path)?)
    }

    /// Which releases each vulnerability is found in, by the number of its document: how many.
    pub(super) fn exposed(&self) -> BTreeMap<usize, u64> {
        let mut exposed = BTreeMap::new();
        for at in 0..DOCUMENTS_MIN {
            let (from, until) = self.range(at);
            let holds = |release: &usize| {
                holding(*release).any(|(package, place)| {
                    package == at / OF_A_PACKAGE && (from..until).contains(&place)
                })
            };
            let count = (0..RELEASES).filter(holds).count() as u64;
            if count > 0 {
                exposed.insert(at, count);
            }
        }
        exposed
    }
}

/// What a release contains: packages, and the places of their versions.
fn holding(release: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..COMPONENTS).map(move |at| {
        let package = (release * 7 + at) % PACKAGES;
        (package, mixed(release * PACKAGES + package, 4) % VERSIONS)
    })
}

/// The SBOMs of the fleet.
pub(super) fn sboms() -> Vec<Vec<u8>> {
    let one = |release: usize| {
        let components: Vec<_> = holding(release)
            .map(|(package, place)| {
                let (name, version) = (format!("package-{package}"), version(place));
                let purl = ECOSYSTEMS[package % ECOSYSTEMS.len()].1;
                let purl = format!("pkg:{purl}/{name}@{version}");
                (name, version, purl)
            })
            .collect();
        sbom(&components)
    };
    (0..RELEASES).map(one).collect()
}

/// Looks at the list of an archive, as whoever asks what is new must.
pub(super) fn listed(path: &Path) -> Result<u64, Box<dyn Error>> {
    let mut archive = ZipArchive::new(std::io::BufReader::new(File::open(path)?))?;
    let mut sum = 0_u64;
    for at in 0..archive.len() {
        sum = sum.wrapping_add(u64::from(archive.by_index_raw(at)?.crc32()));
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_public_dumps() {
        let dump = Dump::of(2_000);
        let mut sizes: Vec<usize> = (0..2_000).map(|at| dump.document(at).len()).collect();
        sizes.sort_unstable();
        let at = |share: usize| sizes[sizes.len() * share / 100];
        assert!((1_100..1_900).contains(&at(50)), "{}", at(50));
        assert!((4_000..9_000).contains(&at(99)), "{}", at(99));
    }

    #[test]
    fn what_changes_is_said_of_fewer_versions() {
        let dump = Dump::of(DOCUMENTS_MIN);
        let changed = dump.changed(20);
        assert_eq!((dump.changes(), changed.changes()), (0, 20));
        assert_ne!(dump.document(0), changed.document(0));
        assert_eq!(dump.document(1), changed.document(1));
        let sum = |of: &Dump| of.exposed().values().sum::<u64>();
        assert!(sum(&dump) > sum(&changed) && sum(&changed) > 0);
    }
}
