//! What advisories say of the releases of a house: where to look, and what is found there.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use watchfire_core::event::SourceAnswer;
use watchfire_core::ids::{ReleaseId, SbomId};
use watchfire_core::log::Hash;
use watchfire_core::vulnerability::Found;
use watchfire_exposure::index::Number;
use watchfire_formats::advisory::Status;
use watchfire_formats::sbom::Place;
use watchfire_store::policy::{Node as NodeNoun, Write};
use watchfire_store::{Authorized, Store, StoreError};

use super::advice::{Advice, Exposed, Exposure, Source};
use super::holdings::{AT_ONCE, Attached, Held, Holdings, holdings};
use super::inventory::Holding;
use super::name::Basis;

/// Hexadecimal digits of what an answer rests on.
const GROUNDS_CHARS: usize = 32;

/// Why a release is exposed: a component, and what a source says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    pub sbom: SbomId,
    pub component: String,
    pub version: Option<String>,
    pub purl: Option<String>,
    /// What leads to it from the product, to itself.
    pub path: Vec<String>,
    /// Where it stands in the SBOM.
    pub place: Place,
    pub exposed: Exposed,
    pub basis: Basis,
    pub source: Arc<Source>,
    /// What the source says, and of which versions.
    pub status: Status,
    pub range: String,
    pub justification: Option<Arc<str>>,
    /// Where it stands in the advisory.
    pub pointer: String,
}

/// How releases stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judged {
    pub found: BTreeMap<ReleaseId, Found>,
    /// Those of which an SBOM cannot be read, so that nobody can say.
    pub unread: BTreeSet<ReleaseId>,
}

/// Finds how releases stand to what is advised; `only` those, or all that have something of it.
///
/// # Errors
/// Failures of the database.
pub async fn judge(
    store: &Store,
    grant: &Authorized<NodeNoun, Write>,
    held: &Holdings,
    advice: &Arc<Advice>,
    only: Option<&ReleaseId>,
) -> Result<Judged, StoreError> {
    let mut sums: BTreeMap<ReleaseId, (SourceAnswer, BTreeSet<String>)> = BTreeMap::new();
    // The index is let go before anything is read: whoever adds to it does not wait for that.
    let (sboms, mut unread) = {
        let held = held.seen().await;
        (candidates(&held, advice, only), held.unread())
    };
    for chunk in sboms.chunks(AT_ONCE) {
        for (release, findings) in look(store, grant, advice, chunk).await? {
            let Some(findings) = findings else {
                unread.insert(release);
                continue;
            };
            for (answer, ground) in findings {
                let sum = sums.entry(release.clone()).or_insert((answer, BTreeSet::new()));
                sum.0 = sum.0.min(answer);
                sum.1.insert(ground);
            }
        }
    }
    let found = sums.into_iter().map(|(release, (answer, grounds))| {
        let told: Vec<&[u8]> = grounds.iter().map(String::as_bytes).collect();
        let mut grounds = Hash::of(&told).to_string();
        grounds.truncate(GROUNDS_CHARS);
        (release, Found { answer, grounds })
    });
    Ok(Judged { found: found.collect(), unread })
}

/// The keys of all packages in a release.
///
/// # Errors
/// Failures of the database.
pub async fn packages_of(
    store: &Store,
    grant: &Authorized<NodeNoun, Write>,
    held: &Holdings,
    release: &ReleaseId,
) -> Result<BTreeSet<String>, StoreError> {
    let mut packages = BTreeSet::new();
    let sboms = held.seen().await.attached_to(release);
    for sbom in sboms {
        let read = holdings(store, grant, std::slice::from_ref(&sbom.document)).await?;
        let Some(Ok(holding)) = read.get(&sbom.document) else { continue };
        let names = holding.components().flat_map(|component| component.names);
        packages.extend(names.map(|name| name.package.to_string()));
    }
    Ok(packages)
}

/// The names of each vulnerability of which something is said about a release.
///
/// # Errors
/// Failures of the database.
pub async fn spoken_of(
    store: &Store,
    grant: &Authorized<NodeNoun, Write>,
    held: &Holdings,
    advice: &Advice,
    release: &ReleaseId,
) -> Result<BTreeSet<Vec<String>>, StoreError> {
    let mut spoken = BTreeSet::new();
    let sboms = held.seen().await.attached_to(release);
    for sbom in sboms {
        let read = holdings(store, grant, std::slice::from_ref(&sbom.document)).await?;
        let Some(Ok(holding)) = read.get(&sbom.document) else { continue };
        for component in holding.components() {
            for exposure in advice.of(component.names, holding.whole()) {
                let source = &exposure.statement.source;
                let names = std::iter::once(&source.id).chain(&source.aliases);
                spoken.insert(names.cloned().collect());
            }
        }
    }
    Ok(spoken)
}

/// The SBOMs that hold anything that is spoken of.
fn candidates(held: &Held, advice: &Advice, only: Option<&ReleaseId>) -> Vec<Attached> {
    let numbers: BTreeSet<Number> = match only {
        // Of one release all are looked at: that is less than to ask where else it is.
        Some(release) => held.of_release(release).iter().copied().collect(),
        None => {
            let mut numbers = BTreeSet::new();
            for (package, rule) in advice.rules().all() {
                held.index.visit(package, rule, |number, _| {
                    numbers.insert(number);
                });
            }
            numbers
        }
    };
    numbers.iter().filter_map(|number| held.sbom(*number)).cloned().collect()
}

/// What is found of a release: answers, each with what it rests on.
type Findings = Vec<(SourceAnswer, String)>;

/// Of each SBOM what is found there; `None` where it cannot be read.
async fn look(
    store: &Store,
    grant: &Authorized<NodeNoun, Write>,
    advice: &Arc<Advice>,
    sboms: &[Attached],
) -> Result<Vec<(ReleaseId, Option<Findings>)>, StoreError> {
    let wanted: BTreeSet<String> = sboms.iter().map(|sbom| sbom.document.clone()).collect();
    let read = holdings(store, grant, &wanted.into_iter().collect::<Vec<_>>()).await?;
    let (advice, sboms) = (advice.clone(), sboms.to_vec());
    let looked = tokio::task::spawn_blocking(move || {
        let mut found: HashMap<&str, Option<Findings>> = HashMap::new();
        let each = sboms.iter().map(|sbom| {
            let findings =
                found.entry(&sbom.document).or_insert_with(|| match read.get(&sbom.document) {
                    Some(Ok(holding)) => Some(findings(&advice, holding)),
                    _ => None,
                });
            (sbom.release.clone(), findings.clone())
        });
        each.collect()
    });
    looked.await.map_err(|_| StoreError::Corrupt { what: "inventory" })
}

fn findings(advice: &Advice, holding: &Holding) -> Findings {
    let mut all = Vec::new();
    for component in holding.components() {
        for exposure in advice.of(component.names, holding.whole()) {
            let version = component.version.unwrap_or_default();
            let ground = ground(&exposure, component.name, version);
            all.push((answer(exposure.exposed), ground));
        }
    }
    all
}

/// What an answer rests on, in one line: of which component, by whom, and what is said of it. When
/// a source last touched its words says nothing of what they say.
fn ground(exposure: &Exposure<'_>, name: &str, version: &str) -> String {
    let statement = exposure.statement;
    [
        name,
        version,
        exposure.basis.word(),
        exposure.exposed.word(),
        &statement.source.document,
        &statement.source.id,
        statement.status.word(),
        &statement.range,
        statement.justification.as_deref().unwrap_or_default(),
    ]
    .join("\u{1f}")
}

fn answer(exposed: Exposed) -> SourceAnswer {
    match exposed {
        Exposed::Affected => SourceAnswer::Affected,
        Exposed::Undecided => SourceAnswer::Undecided,
        Exposed::NotAffected => SourceAnswer::NotAffected,
    }
}

/// Says why a release is exposed, the strictest first, and at most `limit` reasons; with how many
/// there are.
///
/// # Errors
/// Failures of the database.
pub async fn explain(
    store: &Store,
    grant: &Authorized<NodeNoun, Write>,
    held: &Holdings,
    advice: &Advice,
    release: &ReleaseId,
    limit: usize,
) -> Result<(Vec<Why>, usize), StoreError> {
    let mut all = Vec::new();
    let sboms = held.seen().await.attached_to(release);
    for sbom in sboms {
        let read = holdings(store, grant, std::slice::from_ref(&sbom.document)).await?;
        let Some(Ok(holding)) = read.get(&sbom.document) else { continue };
        for component in holding.components() {
            for exposure in advice.of(component.names, holding.whole()) {
                let statement = exposure.statement;
                all.push(Why {
                    sbom: sbom.id.clone(),
                    component: component.name.to_owned(),
                    version: component.version.map(str::to_owned),
                    purl: component.purl.map(str::to_owned),
                    path: holding.path(component.index),
                    place: component.place.clone(),
                    exposed: exposure.exposed,
                    basis: exposure.basis,
                    source: statement.source.clone(),
                    status: statement.status,
                    range: statement.range.clone(),
                    justification: statement.justification.clone(),
                    pointer: statement.pointer.clone(),
                });
            }
        }
    }
    let count = all.len();
    all.sort_by(|one, two| {
        let key = |why: &Why| (why.exposed, why.basis, why.component.clone());
        key(one).cmp(&key(two)).then_with(|| one.source.id.cmp(&two.source.id))
    });
    all.truncate(limit);
    Ok((all, count))
}
