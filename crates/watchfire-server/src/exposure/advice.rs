//! What documents say of packages, ready to be asked.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use watchfire_exposure::index::{Number, Package, Rule, Rules};
use watchfire_exposure::range::Answer;
use watchfire_formats::advisory::{Advisory, Affected, Document, Product, Status};
use watchfire_formats::purl::Purl;

use super::distribution::{Distribution, Side};
use super::inventory::hash_of;
use super::name::{Basis, Name, of_cpe, of_purl, package, telling};
use super::rule;

/// An advisory of a source, as far as it is told beside an exposure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Where it was read: a file, or an address.
    pub document: String,
    /// Who publishes it, where the document says so.
    pub publisher: Option<String>,
    /// Its name.
    pub id: String,
    /// Its other names.
    pub aliases: Vec<String>,
    /// It in one line.
    pub summary: Option<String>,
    /// How severe it is: the newest vector, or a word.
    pub severity: Option<String>,
}

/// What an advisory says of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Of which advisory.
    pub source: Arc<Source>,
    /// What it says.
    pub status: Status,
    /// Of which versions, in signs.
    pub range: String,
    /// Why it is not affected, in the label of the format.
    pub justification: Option<Arc<str>>,
    /// Where it stands in the document, as a JSON pointer.
    pub pointer: String,
    /// Since when it is said, where it has a time of its own.
    pub since: Option<Timestamp>,
    /// The product in which alone it holds.
    within: Option<Arc<Product>>,
    /// What of its package URLs tells the package from others of its name.
    qualifiers: Vec<(String, String)>,
}

/// What becomes of a component by a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exposed {
    /// The component has it.
    Affected,
    /// Nobody can say: an order does not explain the version, or the source does not know.
    Undecided,
    /// A source says that the component does not have it.
    NotAffected,
}

impl Exposed {
    /// The word for it, in small letters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Affected => "affected",
            Self::Undecided => "undecided",
            Self::NotAffected => "not_affected",
        }
    }
}

/// A component that a statement speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure<'a> {
    /// What becomes of it.
    pub exposed: Exposed,
    /// By what they met.
    pub basis: Basis,
    /// What says so.
    pub statement: &'a Statement,
}

/// What documents say.
#[derive(Debug, Default)]
pub struct Advice {
    statements: Vec<Statement>,
    rules: Rules,
    advisories: usize,
    withdrawn: usize,
    unnamed: usize,
    named: usize,
}

impl Advice {
    /// Adds what a document says; what was taken back says nothing.
    pub fn add(&mut self, place: &str, document: Document) {
        self.add_some(place, document.publisher.as_deref(), document.advisories);
    }

    /// Adds some of what a document says.
    pub fn add_some(&mut self, place: &str, publisher: Option<&str>, advisories: Vec<Advisory>) {
        for advisory in advisories {
            self.advisories += 1;
            if advisory.withdrawn.is_some() || advisory.rejected {
                self.withdrawn += 1;
                continue;
            }
            let source = Arc::new(Source {
                document: place.to_owned(),
                publisher: publisher.map(str::to_owned),
                severity: severity(&advisory),
                id: advisory.id,
                aliases: advisory.aliases,
                summary: advisory.summary,
            });
            self.add_all(&source, &advisory.affected);
        }
    }

    /// What is said of which package.
    pub(super) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The hashes of all packages of which anything is said.
    pub(super) fn hashes(&self) -> BTreeSet<u32> {
        self.rules.all().map(|(package, _)| hash_of(package)).collect()
    }

    /// How many advisories were added, with those that were taken back.
    pub fn advisories(&self) -> usize {
        self.advisories
    }

    /// How many of them were taken back.
    pub fn withdrawn(&self) -> usize {
        self.withdrawn
    }

    /// How many statements name nothing that an inventory could be compared with.
    pub fn unnamed(&self) -> usize {
        self.unnamed
    }

    /// How many statements can be compared with an inventory.
    pub fn named(&self) -> usize {
        self.named
    }

    fn add_all(&mut self, source: &Arc<Source>, affected: &[Affected]) {
        for said in affected {
            let number = self.statement(source, said, said.status, rule::told(said));
            let mut named = false;
            for (package, version) in packages(&said.product) {
                let rule = rule::rule(said, &package, version.as_deref());
                self.rules.add(number, &package, rule);
                named = true;
            }
            self.unnamed += usize::from(!named);
            self.named += usize::from(named);
        }
        // What a source says of all other versions, it says once of each product.
        for group in affected.chunk_by(|one, two| one.pointer == two.pointer) {
            let Some(first) = group.first() else { continue };
            if first.otherwise == Some(Status::Affected) && group.iter().any(has_versions) {
                self.add_others(source, group);
            }
        }
    }

    fn add_others(&mut self, source: &Arc<Source>, group: &[Affected]) {
        let range = group.iter().filter(|one| has_versions(one)).map(rule::told);
        let range = format!("* ∖ ({})", range.collect::<Vec<_>>().join(" | "));
        let number = self.statement(source, &group[0], Status::Affected, range);
        for (package, _) in packages(&group[0].product) {
            let (mut listed, mut ranges) = (Vec::new(), Vec::new());
            for one in group.iter().filter(|one| has_versions(one)) {
                let (versions, more) = rule::versions(one, &package, None);
                listed.extend(versions);
                ranges.extend(more);
            }
            self.rules.add(number, &package, Rule::all_but(listed, ranges));
        }
    }

    fn statement(
        &mut self,
        source: &Arc<Source>,
        said: &Affected,
        status: Status,
        range: String,
    ) -> Number {
        let number = Number::try_from(self.statements.len()).unwrap_or(Number::MAX);
        self.statements.push(Statement {
            source: source.clone(),
            status,
            range,
            justification: said.justification.clone(),
            pointer: said.pointer.clone(),
            since: said.since,
            within: said.product.within.clone(),
            qualifiers: qualifiers(&said.product),
        });
        number
    }

    /// What becomes of a component in a product, once for each advisory that speaks of it: the
    /// latest of what the advisory says, and of what has no time or the same the strictest.
    pub fn of<'a>(&'a self, names: &[Name], product: &Whole) -> Vec<Exposure<'a>> {
        let mut by_source: HashMap<*const Source, Exposure<'a>> = HashMap::new();
        for name in names {
            for (number, answer) in self.rules.of(&name.package, &name.version) {
                let Some(statement) = self.statements.get(number as usize) else { continue };
                let Some(exposed) = statement.exposes(name, answer, product) else { continue };
                let exposure = Exposure { exposed, basis: name.basis, statement };
                let known = by_source.entry(Arc::as_ptr(&statement.source));
                known
                    .and_modify(|known| {
                        if exposure.counts_before(known) {
                            *known = exposure.clone();
                        }
                    })
                    .or_insert(exposure);
            }
        }
        let mut all: Vec<Exposure<'a>> = by_source.into_values().collect();
        all.sort_by(|one, two| one.order().cmp(&two.order()));
        all
    }
}

impl Statement {
    /// What it makes of a component by one of its names; `None` is nothing.
    fn exposes(&self, name: &Name, answer: Answer, product: &Whole) -> Option<Exposed> {
        let exposed = exposed(self.status, answer, name.basis)?;
        let inside = self.within.as_ref().is_none_or(|whole| product.is(whole));
        // What is said of another package of the same name, or of one within another product,
        // excuses nobody; that it is affected there makes somebody look here.
        let here = inside && self.qualifiers.iter().all(|one| name.qualifiers.contains(one));
        match exposed {
            Exposed::NotAffected => here.then_some(exposed),
            Exposed::Affected | Exposed::Undecided => {
                Some(if inside { exposed } else { Exposed::Undecided })
            }
        }
    }
}

impl<'a> Exposure<'a> {
    /// Whether it counts and another of the same vulnerability does not: the later one, else the
    /// stricter one.
    pub fn counts_before(&self, other: &Self) -> bool {
        match (self.statement.since, other.statement.since) {
            (Some(one), Some(two)) if one != two => one > two,
            _ => (self.exposed, self.basis) < (other.exposed, other.basis),
        }
    }

    fn order(&self) -> (Exposed, &'a str, &'a str) {
        let source = &self.statement.source;
        (self.exposed, &source.id, &source.document)
    }
}

/// The product whose components are asked about: what it goes by, with its versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whole {
    packages: Vec<At>,
    /// Names in small letters, each with its version where one is known.
    names: Vec<(String, Option<String>)>,
}

/// A package at a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct At {
    #[serde(with = "package")]
    package: Package,
    version: String,
}

impl At {
    fn of(name: Name) -> Self {
        Self { package: name.package, version: name.version.into() }
    }
}

impl Whole {
    /// The product of these names, and of what people call it, each with its version.
    pub fn new(
        names: impl IntoIterator<Item = Name>,
        called: impl IntoIterator<Item = (String, Option<String>)>,
    ) -> Self {
        let called = called.into_iter().map(|(name, version)| (name.to_lowercase(), version));
        Self { packages: names.into_iter().map(At::of).collect(), names: called.collect() }
    }

    /// Whether a statement within `product` is about it: by name, and by the version where the
    /// statement has one.
    fn is(&self, product: &Product) -> bool {
        let meets = |(package, version): &(Package, Option<String>)| {
            let version = version.as_ref().or(product.version.as_ref());
            self.packages.iter().any(|own| {
                let same = |wanted: &String| {
                    let order = package.ecosystem().and_then(|it| it.order(wanted, &own.version));
                    *wanted == own.version || order.is_some_and(std::cmp::Ordering::is_eq)
                };
                own.package == *package && version.is_none_or(same)
            })
        };
        let called = product.name.as_ref().map(|name| name.to_lowercase());
        let is_called = called.is_some_and(|called| {
            let version = product.version.as_ref();
            let same = |at: &Option<String>| version.is_none_or(|it| at.as_ref() == Some(it));
            self.names.iter().any(|(name, at)| *name == called && same(at))
        });
        packages(product).iter().any(meets) || is_called
    }
}

/// The strictest vector that is known, of the newest version; else a word.
fn severity(advisory: &Advisory) -> Option<String> {
    let severities = advisory.severities.iter();
    let severities = severities.chain(advisory.affected.iter().flat_map(|one| &one.severities));
    let scored = severities.clone().filter_map(|one| {
        let scores: watchfire_formats::cvss::Scores = one.value.parse().ok()?;
        Some((scores.version, scores.base, &one.value))
    });
    let best = scored.max_by(|one, two| one.0.cmp(&two.0).then(one.1.total_cmp(&two.1)));
    best.map(|(.., value)| value.clone())
        .or_else(|| severities.clone().next().map(|it| it.value.clone()))
}

fn has_versions(said: &Affected) -> bool {
    !said.versions.is_empty() || !said.ranges.is_empty()
}

/// What an answer of a rule means where the statement says `status`; `None` is nothing.
fn exposed(status: Status, answer: Answer, basis: Basis) -> Option<Exposed> {
    let sure = basis != Basis::Ancestor;
    Some(match (status, answer) {
        (_, Answer::No) => return None,
        (Status::Affected, Answer::Yes) if sure => Exposed::Affected,
        (Status::Fixed | Status::NotAffected, Answer::Yes) if sure => Exposed::NotAffected,
        // That a version may be mended excuses nobody.
        (Status::Fixed | Status::NotAffected, _) => return None,
        _ => Exposed::Undecided,
    })
}

/// The qualifiers in which all package URLs of a product agree.
fn qualifiers(product: &Product) -> Vec<(String, String)> {
    let purls = product.purls.iter().filter_map(|purl| Purl::parse_tolerant(purl).ok());
    let mut told = purls.map(|purl| telling(&purl));
    let Some(mut agreed) = told.next() else { return Vec::new() };
    for other in told {
        agreed.retain(|one| other.contains(one));
    }
    agreed
}

/// The packages that a product of an advisory stands for, with the version that its own name has.
pub(super) fn packages(product: &Product) -> Vec<(Package, Option<String>)> {
    let mut packages: Vec<(Package, Option<String>)> = Vec::new();
    let mut add = |package: Package, version: Option<String>| {
        if !packages.iter().any(|(known, one)| *known == package && *one == version) {
            packages.push((package, version));
        }
    };
    let mut is_known = false;
    if let (Some(ecosystem), Some(name)) = (&product.ecosystem, &product.name) {
        let families = match Distribution::of_ecosystem(ecosystem) {
            Some(distribution) => distribution.families(Side::Advisory),
            // What stands behind the colon of others is a registry, whose packages are called alike.
            None => vec![ecosystem.split(':').next().unwrap_or_default().to_owned()],
        };
        for family in families {
            let package = Package::new(&family, name);
            is_known |= package.ecosystem().is_some();
            if package.is_of("go") && is_standard(name) {
                add(Package::new("Go", "stdlib"), None);
            }
            add(package, None);
        }
    }
    // Where the ecosystem says whose order counts, a package URL beside it says less.
    if !is_known {
        let purls = product.purls.iter().filter_map(|purl| Purl::parse_tolerant(purl).ok());
        let names = purls.flat_map(|purl| of_purl(&purl, "", None, Side::Advisory));
        for (package, version) in names {
            let version = Some(version).filter(|version| !version.is_empty());
            add(package, version.or_else(|| product.version.clone()));
        }
    }
    if product.ecosystem.is_none() {
        for (package, version) in product.cpes.iter().filter_map(|cpe| of_cpe(cpe)) {
            add(package, version);
        }
    }
    packages
}

/// Whether a path is one of Go's own library: the first part of others is the name of a host.
fn is_standard(name: &str) -> bool {
    let first = name.split('/').next().unwrap_or_default();
    !first.contains('.') && !matches!(name, "stdlib" | "toolchain")
}
