//! A fleet that follows from a seed, and a scan of it that shares no code with what is measured.

use std::error::Error;

use serde_json::{Value, json};
use watchfire_exposure::index::{Number, Package, Rule};
use watchfire_exposure::range::Range;
use watchfire_exposure::range::osv::Event;

/// Rows of three packages that every fleet has, whatever its size: in so many documents each.
pub(super) const PINNED: [usize; 3] = [50, 400, 800];

const ECOSYSTEMS: [&str; 6] = ["npm", "PyPI", "Maven", "Go", "crates.io", "RubyGems"];

/// Numbers that look random and follow from a seed (splitmix64).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % bound.max(1) as u64) as usize
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        self.below(1 << 30) as f64 / f64::from(1 << 30)
    }
}

/// A package with its versions, in their order.
struct Made {
    package: Package,
    ecosystem: &'static str,
    name: String,
    versions: Vec<String>,
}

/// A question in places of versions: of which package, from which on, and before which; behind the
/// last there is one place more, which is no version.
#[derive(Clone, Copy)]
pub(super) struct Asking {
    pub(super) package: usize,
    pub(super) from: usize,
    pub(super) until: usize,
}

/// Packages, and which document has which: kept for the scan.
pub(super) struct Fleet {
    packages: Vec<Made>,
    /// The number of the first version of each package, where all versions of all are counted.
    interned: Vec<u32>,
    dice: Dice,
    /// How many documents it has when it is whole.
    pub(super) documents: usize,
    /// Package, version and document of every row.
    rows: Vec<(u32, u16, Number)>,
}

impl Fleet {
    /// A fleet of about `rows` rows, of which none is there yet.
    pub(super) fn new(rows: usize) -> Self {
        let mut dice = Dice(10);
        let count = (rows / 20).clamp(PINNED.len() + 100, 500_000);
        let packages = (0..count).map(|at| {
            let ecosystem = ECOSYSTEMS[at % ECOSYSTEMS.len()];
            let name = match ecosystem {
                "Maven" => format!("org.example.g{}:artifact-{at}", at % 997),
                "Go" => format!("example.org/owner{}/module-{at}", at % 997),
                _ => format!("package-{at}"),
            };
            // One, and twelve more on average, few of many and many of few.
            let more = (-(1.0 - dice.share()).ln() * 12.0) as usize;
            let versions = if at < PINNED.len() { 1 } else { 1 + more.min(200) };
            let v = if ecosystem == "Go" { "v" } else { "" };
            let version = |at: usize| format!("{v}{}.{}.{}", at / 20, at / 4 % 5, at % 4);
            Made {
                package: Package::new(ecosystem, &name),
                ecosystem,
                name,
                versions: (0..versions).map(version).collect(),
            }
        });
        let packages: Vec<Made> = packages.collect();
        let mut next = 0;
        let interned = packages.iter().map(|made| {
            let first = next;
            next += made.versions.len() as u32;
            first
        });
        let interned = interned.collect();
        let (documents, rows) = (rows.div_ceil(100), Vec::with_capacity(rows));
        Self { packages, interned, dice, documents, rows }
    }

    /// Every row, in the order of the documents.
    pub(super) fn rows(&self) -> &[(u32, u16, Number)] {
        &self.rows
    }

    pub(super) fn packages(&self) -> usize {
        self.packages.len()
    }

    /// The number of a version of a package, where all versions of all are counted.
    pub(super) fn interned(&self, package: usize, version: usize) -> u32 {
        self.interned[package] + version as u32
    }

    /// The components of the next document: packages by how many use them, newer versions more.
    pub(super) fn document(&mut self, number: usize, rows: usize) -> Vec<(usize, usize)> {
        let mut picked: Vec<(usize, usize)> = Vec::with_capacity(rows);
        for (place, wanted) in PINNED.iter().enumerate() {
            if number < *wanted && number < self.documents {
                picked.push((place, 0));
            }
        }
        while picked.len() < rows {
            let common = self.packages.len() - PINNED.len();
            let package = PINNED.len() + (common as f64).powf(self.dice.share()) as usize - 1;
            let versions = self.packages[package].versions.len();
            let newest = versions - 1 - (self.dice.share().powi(2) * versions as f64) as usize;
            picked.push((package, newest));
        }
        picked.sort_unstable();
        picked.dedup();
        let document = number as Number;
        if number < self.documents {
            self.rows.extend(
                picked
                    .iter()
                    .map(|(package, version)| (*package as u32, *version as u16, document)),
            );
        }
        picked
    }

    pub(super) fn component(&self, package: usize, version: usize) -> (&Package, &str) {
        let made = &self.packages[package];
        (&made.package, &made.versions[version])
    }

    fn osv(&self, package: usize, from: usize, until: Option<usize>) -> String {
        let made = &self.packages[package];
        let mut events = vec![json!({"introduced": self.bound(package, from)})];
        events.extend(until.map(|at| json!({"fixed": self.bound(package, at)})));
        json!({
            "schema_version": "1.7.0", "id": format!("BENCH-{package}"),
            "modified": "2026-01-01T00:00:00Z", "aliases": ["CVE-2026-0001"],
            "affected": [{"package": {"ecosystem": made.ecosystem, "name": made.name},
                "ranges": [{"type": "ECOSYSTEM", "events": events}]}]
        })
        .to_string()
    }

    /// What an advisory of some package asks.
    pub(super) fn asking(&self, dice: &mut Dice) -> Asking {
        let package = PINNED.len() + dice.below(self.packages.len() - PINNED.len());
        let versions = self.packages[package].versions.len();
        let from = dice.below(versions);
        let until = (from + 1 + dice.below(versions)).min(versions);
        Asking { package, from, until }
    }

    /// The packages that most documents contain, each in all its versions.
    pub(super) fn most_used(&self, count: usize) -> Vec<Asking> {
        let of = |package: usize| Asking {
            package,
            from: 0,
            until: self.packages[package].versions.len(),
        };
        // They were made in this order.
        (PINNED.len()..self.packages.len()).take(count).map(of).collect()
    }

    /// A question as the index takes it.
    pub(super) fn rule(&self, of: Asking) -> (Package, Rule) {
        let made = &self.packages[of.package];
        let mut events = vec![Event::Introduced(self.bound(of.package, of.from))];
        if of.until < made.versions.len() {
            events.push(Event::Fixed(self.bound(of.package, of.until)));
        }
        let range = made.package.ecosystem().map(|it| Range::Events(it, events));
        (made.package.clone(), Rule::new(Vec::new(), range.into_iter().collect()))
    }

    /// A version as an advisory writes it.
    fn bound(&self, package: usize, version: usize) -> String {
        let made = &self.packages[package];
        match version {
            0 => "0".to_owned(),
            at => made.versions[at].trim_start_matches('v').to_owned(),
        }
    }

    /// An advisory of some package: its number, and the document.
    pub(super) fn query(&self, dice: &mut Dice) -> (usize, String) {
        let Asking { package, from, until } = self.asking(dice);
        let versions = self.packages[package].versions.len();
        (package, self.osv(package, from, Some(until).filter(|until| *until < versions)))
    }

    /// An advisory of a pinned package, of all its versions.
    pub(super) fn pinned_query(&self, place: usize) -> String {
        self.osv(place, 0, None)
    }

    /// The documents that a query concerns, by going through every row.
    ///
    /// Versions are compared by their places, since they were made in their order.
    pub(super) fn scanned(
        &self,
        package: usize,
        query: &str,
    ) -> Result<Vec<Number>, Box<dyn Error>> {
        let query: Value = serde_json::from_str(query)?;
        let events = &query["affected"][0]["ranges"][0]["events"];
        let made = &self.packages[package];
        let place = |text: Option<&str>| {
            made.versions.iter().position(|one| Some(one.trim_start_matches('v')) == text)
        };
        let from = place(events[0]["introduced"].as_str()).unwrap_or(0);
        let until = place(events[1]["fixed"].as_str()).unwrap_or(usize::MAX);
        let within = |row: &&(u32, u16, Number)| {
            row.0 as usize == package && (from..until).contains(&(row.1 as usize))
        };
        let mut documents: Vec<Number> = self.rows.iter().filter(within).map(|row| row.2).collect();
        documents.sort_unstable();
        documents.dedup();
        Ok(documents)
    }
}
