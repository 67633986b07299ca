//! What documents say of packages, ready to be asked.

use std::collections::HashMap;
use std::sync::Arc;

use watchfire_exposure::index::{Number, Package, Rule, Rules};
use watchfire_exposure::range::Answer;
use watchfire_formats::advisory::{Advisory, Affected, Document, Product, Status};
use watchfire_formats::purl::Purl;

use super::name::{Basis, Name, any_release, of_cpe, of_purl};
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
    /// The product in which alone it holds.
    within: Option<Arc<Product>>,
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
}

impl Advice {
    /// Adds what a document says; what was taken back says nothing.
    pub fn add(&mut self, place: &str, document: Document) {
        for advisory in document.advisories {
            self.advisories += 1;
            if advisory.withdrawn.is_some() || advisory.rejected {
                self.withdrawn += 1;
                continue;
            }
            let source = Arc::new(Source {
                document: place.to_owned(),
                publisher: document.publisher.clone(),
                severity: severity(&advisory),
                id: advisory.id,
                aliases: advisory.aliases,
                summary: advisory.summary,
            });
            self.add_all(&source, &advisory.affected);
        }
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
            within: said.product.within.clone(),
        });
        number
    }

    /// What becomes of a component in a product, once for each advisory that speaks of it: the
    /// strictest of what the advisory says.
    pub fn of<'a>(&'a self, names: &[Name], product: &Whole) -> Vec<Exposure<'a>> {
        let mut by_source: HashMap<*const Source, Exposure<'a>> = HashMap::new();
        for name in names {
            for (number, answer) in self.rules.of(&name.package, &name.version) {
                let Some(statement) = self.statements.get(number as usize) else { continue };
                let inside = statement.within.as_ref().is_none_or(|whole| product.is(whole));
                let Some(exposed) = exposed(statement.status, answer, name.basis) else { continue };
                if !inside {
                    continue;
                }
                let exposure = Exposure { exposed, basis: name.basis, statement };
                let known = by_source.entry(Arc::as_ptr(&statement.source));
                known
                    .and_modify(|known| {
                        if (exposed, name.basis) < (known.exposed, known.basis) {
                            *known = exposure.clone();
                        }
                    })
                    .or_insert(exposure);
            }
        }
        let mut all: Vec<Exposure<'a>> = by_source.into_values().collect();
        all.sort_by(|one, two| {
            let key = |it: &Exposure<'a>| {
                (it.exposed, it.statement.source.id.clone(), it.statement.source.document.clone())
            };
            key(one).cmp(&key(two))
        });
        all
    }
}

/// The product whose components are asked about: what it goes by.
#[derive(Debug, Clone, Default)]
pub struct Whole {
    packages: Vec<Package>,
    names: Vec<String>,
}

impl Whole {
    /// The product of these names, and of what people call it.
    pub fn new(
        names: impl IntoIterator<Item = Name>,
        called: impl IntoIterator<Item = String>,
    ) -> Self {
        Self {
            packages: names.into_iter().map(|name| name.package).collect(),
            names: called.into_iter().map(|name| name.to_lowercase()).collect(),
        }
    }

    /// Whether a statement within `product` is about it.
    fn is(&self, product: &Product) -> bool {
        let meets = packages(product).iter().any(|(package, _)| self.packages.contains(package));
        let called = product.name.as_ref().map(|name| name.to_lowercase());
        meets || called.is_some_and(|called| self.names.contains(&called))
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

/// The packages that a product of an advisory stands for, with the version that its own name has.
fn packages(product: &Product) -> Vec<(Package, Option<String>)> {
    let mut packages: Vec<(Package, Option<String>)> = Vec::new();
    let mut add = |package: Package, version: Option<String>| {
        if !packages.iter().any(|(known, one)| *known == package && *one == version) {
            packages.push((package, version));
        }
    };
    if let (Some(ecosystem), Some(name)) = (&product.ecosystem, &product.name) {
        add(Package::new(ecosystem, name), None);
        if let Some((family, _)) = ecosystem.split_once(':') {
            add(Package::new(&any_release(family), name), None);
        }
    }
    if product.ecosystem.is_none() {
        let purls = product.purls.iter().filter_map(|purl| Purl::parse_tolerant(purl).ok());
        for (package, version) in purls.flat_map(|purl| of_purl(&purl, "")) {
            add(package, Some(version).filter(|version| !version.is_empty()));
        }
        for (package, version) in product.cpes.iter().filter_map(|cpe| of_cpe(cpe)) {
            add(package, version);
        }
    }
    packages
}
