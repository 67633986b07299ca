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

use super::advice::{Advice, Exposed, Exposure, Source, Whole};
use super::holdings::{AT_ONCE, Attached, Held, Holdings, excerpts, holdings};
use super::inventory::Part;
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

/// Finds how all releases stand that have something of what is advised.
///
/// # Errors
/// Failures of the database.
pub async fn judge(
    store: &Store,
    grant: &Authorized<NodeNoun, Write>,
    held: &Holdings,
    advice: &Arc<Advice>,
) -> Result<Judged, StoreError> {
    // The index is let go before anything is read: whoever adds to it does not wait for that.
    let (sboms, mut unread) = {
        let held = held.seen().await;
        (candidates(&held, advice), held.unread())
    };
    let (mut found, hashes) = (Vec::new(), Arc::new(advice.hashes()));
    for chunk in sboms.chunks(AT_ONCE) {
        for (release, findings) in look(store, grant, (advice, &hashes), chunk).await? {
            match findings {
                Some(findings) => found.push((release, findings)),
                None => drop(unread.insert(release)),
            }
        }
    }
    Ok(Judged { found: summed(found), unread })
}

/// What follows for each release from what was found of it in several places: the strictest answer,
/// and what all of it rests on.
pub(super) fn summed(
    found: impl IntoIterator<Item = (ReleaseId, Findings)>,
) -> BTreeMap<ReleaseId, Found> {
    let mut sums: BTreeMap<ReleaseId, (SourceAnswer, BTreeSet<String>)> = BTreeMap::new();
    for (release, findings) in found {
        for (answer, ground) in findings {
            let sum = sums.entry(release.clone()).or_insert((answer, BTreeSet::new()));
            sum.0 = sum.0.min(answer);
            sum.1.insert(ground);
        }
    }
    let found = sums.into_iter().map(|(release, (answer, grounds))| {
        let told: Vec<&[u8]> = grounds.iter().map(String::as_bytes).collect();
        let mut grounds = Hash::of(&told).to_string();
        grounds.truncate(GROUNDS_CHARS);
        (release, Found { answer, grounds })
    });
    found.collect()
}

/// The SBOMs that hold anything that is spoken of.
fn candidates(held: &Held, advice: &Advice) -> Vec<Attached> {
    let mut numbers: BTreeSet<Number> = BTreeSet::new();
    for (package, rule) in advice.rules().all() {
        held.index.visit(package, rule, |number, _| {
            numbers.insert(number);
        });
    }
    numbers.iter().filter_map(|number| held.sbom(*number)).cloned().collect()
}

/// What is found of a release: answers, each with what it rests on.
pub(super) type Findings = Vec<(SourceAnswer, String)>;

/// Of each SBOM what is found there; `None` where it cannot be read.
async fn look(
    store: &Store,
    grant: &Authorized<NodeNoun, Write>,
    (advice, hashes): (&Arc<Advice>, &Arc<BTreeSet<u32>>),
    sboms: &[Attached],
) -> Result<Vec<(ReleaseId, Option<Findings>)>, StoreError> {
    let wanted: BTreeSet<String> = sboms.iter().map(|sbom| sbom.document.clone()).collect();
    let wanted: Vec<String> = wanted.into_iter().collect();
    let read = excerpts(store, grant, &wanted, hashes).await?;
    let (advice, sboms) = (advice.clone(), sboms.to_vec());
    let looked = tokio::task::spawn_blocking(move || {
        let mut found: HashMap<&str, Option<Findings>> = HashMap::new();
        let each = sboms.iter().map(|sbom| {
            let findings = found.entry(&sbom.document).or_insert_with(|| {
                let excerpt = read.get(&sbom.document)?.as_ref().ok()?;
                let (whole, components) = (excerpt.whole(), excerpt.components());
                Some(components.flat_map(|one| findings(&advice, whole, one)).collect())
            });
            (sbom.release.clone(), findings.clone())
        });
        each.collect()
    });
    looked.await.map_err(|_| StoreError::Corrupt { what: "inventory" })
}

/// What is said of one component in a product.
pub(super) fn findings(advice: &Advice, whole: &Whole, component: Part<'_>) -> Findings {
    let all = advice.of(component.names, whole);
    let version = component.version.unwrap_or_default();
    let finding = |exposure| (answer(&exposure), ground(&exposure, component.name, version));
    all.into_iter().map(finding).collect()
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

fn answer(exposure: &Exposure<'_>) -> SourceAnswer {
    match exposure.exposed {
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
