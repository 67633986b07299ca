//! An SBOM through the shipped binary (PERFORMANCE: P6 d): from `watchfire sbom attach` until its
//! components are found.

use std::error::Error;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Instant;

use serde_json::Value;

use super::made::{self, Form, Part};
use crate::house::{House, Place};
use crate::measure::{Floor, Measure, Watch, percentile, sorted};
use crate::wire::Wire;

const PER_SECOND_MIN: f64 = 200_000.0;
/// An SBOM may be as large as the node takes one at all.
const SETTINGS: &str = "[limits]\nsbom_bytes_max = 268435456\nrequest_seconds_max = 600\n";

/// Measures one SBOM a round, each of another release and with other bytes.
///
/// # Errors
/// A node that does not start or answer, or components that are not found: then no figure is given.
pub(crate) fn measure(
    place: Place<'_>,
    components: usize,
    rounds: usize,
) -> Result<Measure, Box<dyn Error>> {
    let parts = made::parts(components);
    let document = String::from_utf8(made::document(Form::CycloneDxJson, &parts))?;
    let house = House::new(place)?;
    let mut node = house.start(SETTINGS)?;
    let server = format!("http://{}", node.address);
    let mut wire = Wire::to(node.address, &house.token)?;
    let file = house.beside("sbom.json");
    let path = file.to_str().ok_or("a path that is no text")?.to_owned();
    let asked = asked(&parts)?;
    let watch = Watch::start();
    let (mut pairs, mut waited) = (Vec::new(), Vec::new());
    for round in 1..=rounds.max(1) {
        let bytes = document.replacen(r#""version":1,"#, &format!(r#""version":{round},"#), 1);
        std::fs::write(&file, &bytes)?;
        let floor = kept(place.folder, bytes.as_bytes())?;
        let version = format!("1.{round}.0");
        let line = ["sbom", "attach", &path, "--product", "Object Store", "--version", &version];
        let more = ["--create", "--json", "--server", &server, "--token", &house.token];
        let began = Instant::now();
        let printed = house.run(&[&line[..], &more[..]].concat(), "")?;
        let attached = began.elapsed().as_secs_f64();
        let found = wire.get(&asked)?;
        let took = began.elapsed().as_secs_f64();
        check(&printed, &found, parts.len(), round)?;
        pairs.push((floor, took));
        waited.push(took - attached);
    }
    let foreign_cpus = watch.foreign_cpus();
    let peak = node.peak_mebibytes()?;
    drop(wire);
    node.stop()?;
    let median = percentile(&sorted(pairs.iter().map(|(_, took)| *took)), 50.0);
    let mut measure = Measure::new("p6/d-durable", components, median, "s");
    let per_second = components as f64 / median;
    measure.also = vec![
        ("components per s", per_second),
        ("of it until found", percentile(&sorted(waited.into_iter()), 50.0)),
        ("MB", document.len() as f64 / 1e6),
        ("peak MiB of the node", peak),
    ];
    measure.floor = Some(Floor::of("writing its bytes, and one sync", &pairs));
    measure.goal = Some(("≥ 200,000 components per s".to_owned(), per_second >= PER_SECOND_MIN));
    measure.foreign_cpus = foreign_cpus;
    Ok(measure)
}

/// The question for the last component of the document that npm has.
fn asked(parts: &[Part]) -> Result<String, Box<dyn Error>> {
    let last = parts.iter().rev().find(|part| part.purl.starts_with("pkg:npm/"));
    let last = last.ok_or("no component of npm")?;
    let package = last.purl.split('@').next().unwrap_or_default();
    Ok(format!("/api/v1/components?purl={package}"))
}

/// All components must have been read, and the one that is asked for be in each release so far.
fn check(
    printed: &str,
    found: &Value,
    components: usize,
    releases: usize,
) -> Result<(), Box<dyn Error>> {
    let printed: Value = serde_json::from_str(printed)?;
    let read = printed["attached"][0]["components"].as_u64();
    if read != Some(components as u64) {
        return Err(format!("p6: the node read {read:?} components, not {components}").into());
    }
    let count = found[0]["versions"][0]["count"].as_u64();
    if count != Some(releases as u64) {
        return Err(
            format!("p6: a component is found in {count:?} releases, not {releases}").into()
        );
    }
    Ok(())
}

/// Seconds to write bytes and to sync them.
fn kept(folder: &Path, bytes: &[u8]) -> io::Result<f64> {
    let mut file: File = tempfile::tempfile_in(folder)?;
    let began = Instant::now();
    file.write_all(bytes)?;
    file.sync_data()?;
    Ok(began.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_attached_is_found() {
        let Some(binary) = crate::house::built() else { return };
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place { binary: &binary, folder: folder.path() };
        measure(place, 100, 2).expect("a figure");
    }

    #[test]
    fn fewer_components_or_releases_are_told() {
        let printed = r#"{"attached": [{"components": 3}]}"#;
        let found = serde_json::json!([{"versions": [{"count": 2}]}]);
        assert!(check(printed, &found, 3, 2).is_ok());
        assert!(check(printed, &found, 4, 2).is_err());
        assert!(check(printed, &found, 3, 3).is_err());
    }
}
