//! Advisories of every format, and the index that they are matched in.

use watchfire_exposure::Ecosystem;
use watchfire_exposure::index::{Index, Package, Rule, Segment};
use watchfire_exposure::range::npm::{NpmRange, Reading};
use watchfire_exposure::range::{Answer, Vers, native};
use watchfire_formats::advisory::{self, Document, ReadError, csaf};
use watchfire_formats::schema::PROBLEMS_MAX;

/// What holds of every document that was read, and of every refusal.
fn holds(read: &Result<Document, ReadError>) {
    match read {
        Ok(document) => {
            for advisory in &document.advisories {
                let pointers = advisory.affected.iter().map(|one| &one.pointer);
                let pointers = pointers.chain([&advisory.pointer]);
                for pointer in pointers.chain(advisory.exploitations.iter().map(|one| &one.pointer))
                {
                    assert!(pointer.is_empty() || pointer.starts_with('/'), "`{pointer}`");
                }
            }
            for one in &document.likelihoods {
                assert!((0.0..=1.0).contains(&one.probability), "{one:?}");
            }
        }
        Err(error) => {
            let problems = error.problems();
            assert!(!problems.is_empty() && problems.len() <= PROBLEMS_MAX * 2, "{problems:?}");
            assert!(!error.to_string().is_empty(), "refused without a word");
            let said = |one: &watchfire_formats::schema::Problem| !one.reason.is_empty();
            assert!(problems.iter().all(said), "refused without a reason");
        }
    }
}

/// Checks a document of any format: it is read, or refused with a reason and a place.
pub(crate) fn any(bytes: &[u8]) {
    let read = advisory::read(bytes);
    holds(&read);
    for read in [
        advisory::osv::read(bytes),
        advisory::cve::read(bytes),
        advisory::ghsa::read(bytes),
        advisory::kev::read(bytes),
        advisory::epss::read(bytes),
        advisory::openvex::read(bytes),
        advisory::cyclonedx::read(bytes),
        advisory::rubysec::read(bytes),
    ] {
        holds(&read);
    }
}

/// Checks CSAF: what the tests find points into the document, and what is valid is read.
pub(crate) fn csaf(bytes: &[u8]) {
    let read = advisory::csaf::read(bytes);
    holds(&read);
    let Ok(report) = csaf::validate::document(bytes) else { return };
    for finding in &report.findings {
        assert!(finding.pointer.is_empty() || finding.pointer.starts_with('/'), "{finding:?}");
        assert!(!finding.message.is_empty(), "{finding:?}");
    }
    if report.is_valid() {
        assert!(read.is_ok(), "valid, and not read: {read:?}");
    }
}

/// Checks ranges as ecosystems write them; a second line is a version.
pub(crate) fn native(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (range, version) = text.split_once('\n').unwrap_or((text, "1.0.0"));
    for ecosystem in Ecosystem::all() {
        match native::vers(ecosystem, range) {
            Ok(vers) => {
                let written = vers.to_string();
                let again = Vers::parse(&written);
                assert_eq!(again.as_ref(), Ok(&vers), "`{range}`: `{written}`");
                let keys = vers.intervals().zip(ecosystem.key(version));
                if let Some((intervals, key)) = keys {
                    let within = Answer::from(intervals.contains(&key));
                    assert_eq!(within, vers.contains(version), "`{written}` `{version}`");
                }
            }
            Err(error) => assert!(!error.to_string().is_empty(), "refused without a word"),
        }
    }
    for reading in [Reading::default(), Reading { loose: true, pre_releases: true }] {
        if let Ok(range) = NpmRange::parse(range, reading) {
            let written = range.to_string();
            let again = NpmRange::parse(&written, reading).map(|range| range.to_string());
            assert_eq!(again.as_deref(), Ok(written.as_str()), "{reading:?}");
        }
    }
}

/// Checks bytes as a segment of an index: sound ones answer, all others are refused.
pub(crate) fn segment(bytes: &[u8]) {
    let Ok(segment) = Segment::open(bytes.to_vec()) else { return };
    let index = Index::of(vec![segment], []);
    let package = Package::new("Maven", "a");
    index.hits(&package, &Rule::every());
    let again = Segment::open(index.merged()).expect("what was merged is sound");
    assert_eq!(
        Index::of(vec![again], []).hits(&package, &Rule::every()),
        index.hits(&package, &Rule::every())
    );
}

/// A sound segment, from which the target begins.
pub(crate) fn sound_segment() -> Vec<u8> {
    let mut index = Index::default();
    let packages = [Package::new("Maven", "a"), Package::new("npm", "b")];
    for document in 0..5 {
        let version = format!("1.{document}.0");
        let components = packages.iter().flat_map(|one| [(one, version.as_str()), (one, "trunk")]);
        index.add(document, components.collect::<Vec<_>>()).expect("a new number");
    }
    index.merged()
}
