//! SBOMs.

use watchfire_formats::sbom::{self, Document, Problems, Refused, Ways};

/// Checks an SBOM as JSON: of `CycloneDX`, SPDX 2 or SPDX 3.
pub(crate) fn json(bytes: &[u8]) {
    check(bytes);
}

/// Checks an SBOM as XML.
pub(crate) fn xml(bytes: &[u8]) {
    check(bytes);
}

/// Checks an SBOM as tags and values.
pub(crate) fn tags(bytes: &[u8]) {
    check(bytes);
}

/// What is read is whole or says what was skipped, both doors refuse alike, and a way leads only
/// where there are components.
fn check(bytes: &[u8]) {
    let (read, conforms) = (sbom::read(bytes), sbom::conforms(bytes));
    match (read, conforms) {
        (Ok(document), Ok(problems)) => {
            whole(&document);
            told(&problems);
        }
        (Err(refused), Err(again)) => {
            assert!(!refused.to_string().is_empty(), "refused without a word");
            let kind = |refused: &Refused| std::mem::discriminant(refused);
            assert_eq!(kind(&refused), kind(&again), "{refused}; {again}");
        }
        (read, conforms) => panic!("{:?} {:?}", read.err(), conforms.err()),
    }
}

fn whole(document: &Document) {
    let head = &document.head;
    assert_eq!(head.components as usize, document.components.len());
    assert_eq!(head.relations as usize, document.relations.len());
    let is_cut = head.skipped > document.skipped.len() as u64;
    assert!(!is_cut || document.skipped.len() == sbom::SKIPPED_MAX);
    assert!(!head.version.is_empty(), "{} without a version", head.format);
    for skipped in &document.skipped {
        assert!(!skipped.reason.is_empty(), "skipped without a word");
    }
    for component in &document.components {
        assert!(!component.name.is_empty(), "a component without a name");
        assert!(component.within.is_none_or(|within| within < component.number));
    }
    let mut ways = Ways::default();
    document.components.iter().for_each(|component| ways.component(component));
    document.relations.iter().for_each(|relation| ways.relation(relation));
    let reached = ways.found();
    assert_eq!(reached.subjects.len(), document.components.len());
    for (at, from) in (0..).zip(reached.parents) {
        let leads = |from: u32| from != at && (from as usize) < document.components.len();
        assert!(from.is_none_or(leads));
    }
}

fn told(problems: &Problems) {
    assert!(problems.more == 0 || problems.told.len() == sbom::PROBLEMS_MAX);
    for problem in &problems.told {
        assert!(!problem.reason.is_empty(), "a problem without a word");
    }
}
