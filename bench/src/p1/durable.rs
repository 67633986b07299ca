//! From an advisory to recorded exposures, by the shipped binary (PERFORMANCE: P1 b): one that
//! affects every release of a fleet, and of a fleet of a tenth of it.

use std::error::Error;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Instant;

use serde_json::json;

use crate::house::{House, Place, sbom};
use crate::measure::{Floor, Measure, Watch, percentile, sorted};
use crate::node::Node;
use crate::wire::Wire;

/// Components of an SBOM, of which one is in all.
const COMPONENTS: usize = 20;
/// Bytes of one bare sync: about what one append writes to the journal.
const SYNC_BYTES: usize = 4096;
/// What an advisory may take beside two syncs, as long as it affects so few.
const MILLISECONDS_MAX: f64 = 50.0;
const FEW: usize = 1_000;
/// What it may take where it affects more.
const MANY_MILLISECONDS_MAX: f64 = 3_000.0;
/// An answer may be waited for, where many are affected.
const SETTINGS: &str = "[limits]\nrequest_seconds_max = 600\n";

/// A node that knows a fleet.
struct Fleet {
    node: Node,
    wire: Wire,
    releases: usize,
    // The node lives there.
    _house: House,
}

impl Fleet {
    fn of(place: Place<'_>, releases: usize) -> Result<Self, Box<dyn Error>> {
        let house = House::new(place)?;
        let node = house.start(SETTINGS)?;
        let sboms: Vec<Vec<u8>> = (0..releases).map(made).collect();
        house.tell(&node, &sboms)?;
        let wire = Wire::to(node.address, &house.token)?;
        Ok(Self { node, wire, releases, _house: house })
    }

    /// Brings an advisory on what every release contains; returns the milliseconds until it was
    /// acknowledged. What is recorded then must be all.
    fn advise(&mut self, number: usize) -> Result<f64, Box<dyn Error>> {
        let id = format!("CVE-2026-{}", 10_000 + number);
        let document = json!({
            "schema_version": "1.7.0", "id": id, "modified": "2026-01-01T00:00:00Z",
            "summary": "Text is looked up and run.",
            "affected": [{"package": {"ecosystem": "npm", "name": "shared-part"},
                "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]}]
        });
        let body = document.to_string();
        let began = Instant::now();
        self.wire.post(&format!("/api/v1/advisories?name={id}.json"), body.as_bytes())?;
        let took = began.elapsed().as_secs_f64() * 1e3;
        let found = self.wire.get(&format!("/api/v1/vulnerabilities?search={id}"))?;
        let exposed = found["items"][0]["exposed"].as_u64().unwrap_or_default();
        if exposed != self.releases as u64 {
            return Err(format!("{exposed} of {} exposures are recorded", self.releases).into());
        }
        Ok(took)
    }

    /// A node waits for those who still talk with it.
    fn end(self) -> Result<(), Box<dyn Error>> {
        let Self { mut node, wire, .. } = self;
        drop(wire);
        node.stop()
    }
}

/// The SBOM of a release: what all contain, in a version of its own, and what no other contains.
fn made(release: usize) -> Vec<u8> {
    let part = |at: usize| {
        let name = match at {
            0 => "shared-part".to_owned(),
            _ => format!("part-{release}-{at}"),
        };
        let version = format!("1.{}.{}", release % 40, at);
        let purl = format!("pkg:npm/{name}@{version}");
        (name, version, purl)
    };
    sbom(&(0..COMPONENTS).map(part).collect::<Vec<_>>())
}

/// Milliseconds for two bare syncs of an append-only file.
fn two_syncs(folder: &Path) -> io::Result<f64> {
    let mut file: File = tempfile::tempfile_in(folder)?;
    // The first of a new file also makes the file.
    file.write_all(&[0x5a; SYNC_BYTES])?;
    file.sync_data()?;
    let began = Instant::now();
    for _ in 0..2 {
        file.write_all(&[0x5a; SYNC_BYTES])?;
        file.sync_data()?;
    }
    Ok(began.elapsed().as_secs_f64() * 1e3)
}

/// Measures one advisory a round on a fleet of `releases`, and on one of a tenth of them.
///
/// # Errors
/// A node that does not start or answer, or exposures that are missing: then no figure is given.
pub(crate) fn measure(
    place: Place<'_>,
    releases: usize,
    rounds: usize,
) -> Result<Vec<Measure>, Box<dyn Error>> {
    let mut small = Fleet::of(place, (releases / 10).max(1))?;
    let mut whole = Fleet::of(place, releases)?;
    // The first question makes the index.
    small.advise(0)?;
    whole.advise(0)?;
    let watch = Watch::start();
    let (mut syncs, mut growth) = (Vec::new(), Vec::new());
    for round in 1..=rounds.max(1) {
        let floor = two_syncs(place.folder)?;
        let (tenth, all) = (small.advise(round)?, whole.advise(round)?);
        syncs.push((floor, all));
        growth.push((tenth, all));
    }
    let foreign_cpus = watch.foreign_cpus();
    let peak = whole.node.peak_mebibytes()?;
    small.end()?;
    whole.end()?;

    let median = percentile(&sorted(syncs.iter().map(|(_, all)| *all)), 50.0);
    let mut durable = Measure::new("p1/b-durable", releases, median, "ms");
    durable.also = vec![("ms a release", median / releases as f64), ("peak MiB", peak)];
    durable.floor = Some(Floor::of("two bare syncs of 4 KiB", &syncs));
    durable.goal = Some(if releases <= FEW {
        let met = syncs.iter().all(|(floor, all)| *all <= MILLISECONDS_MAX + floor);
        ("≤ 50 ms and two syncs".to_owned(), met)
    } else {
        let met = syncs.iter().all(|(_, all)| *all <= MANY_MILLISECONDS_MAX);
        ("≤ 3 s".to_owned(), met)
    });
    durable.foreign_cpus = foreign_cpus;

    let mut grown = Measure::new("p1/b-growth", releases, median, "ms");
    grown.floor = Some(Floor::of("a tenth of the releases", &growth));
    grown.foreign_cpus = foreign_cpus;
    Ok(vec![durable, grown])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advisory_is_acknowledged_when_every_exposure_is_recorded() {
        let Some(binary) = crate::house::built() else { return };
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place { binary: &binary, folder: folder.path() };
        let found = measure(place, 20, 1).expect("figures");
        assert_eq!(found.len(), 2);
        // Whoever expects more is told.
        let mut fleet = Fleet::of(place, 2).expect("a fleet");
        fleet.releases = 3;
        let told = fleet.advise(1).expect_err("one is missing").to_string();
        assert!(told.contains("2 of 3"), "{told}");
    }
}
