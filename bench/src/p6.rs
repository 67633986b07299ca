//! Reading SBOMs and package URLs (PERFORMANCE: P6 b to e), beside lib4sbom and packageurl-python.
//! Every form is made of the same components, and what is found must be those.

mod dump;
pub(crate) mod durable;
pub(crate) mod feed;
mod made;
mod peer;

use std::error::Error;
use std::path::Path;

use serde::de::IgnoredAny;
use sha2::{Digest as _, Sha256};
use watchfire_formats::purl::Purl;
use watchfire_formats::sbom::{self, Component, Item};

use crate::measure::{Floor, Measure, Watch, percentile, sorted, status_kib, thread_seconds};
use made::{Form, Part};
use peer::Peer;

/// Components that are put to the peer: a million would take it many minutes.
const PEER_COMPONENTS_MAX: usize = 10_000;

/// What is measured, and with whom.
pub(crate) struct Asked<'a> {
    pub(crate) components: usize,
    pub(crate) rounds: usize,
    /// The Python that has lib4sbom and packageurl-python.
    pub(crate) python: Option<&'a Path>,
}

/// Measures P6.
///
/// # Errors
/// Answers that are not what was made, by whomever: then no figure is given.
pub(crate) fn measure(asked: &Asked<'_>) -> Result<Vec<Measure>, Box<dyn Error>> {
    let parts = made::parts(asked.components);
    let mut found = Vec::new();
    for form in Form::ALL {
        found.push(read(form, &parts, asked.rounds)?);
    }
    found.push(conforms(&parts, asked.rounds)?);
    found.push(purls(&parts, asked.rounds)?);
    if let Some(mut peer) = Peer::start(asked.python)? {
        let few = &parts[..parts.len().min(PEER_COMPONENTS_MAX)];
        found.push(read_beside(&mut peer, few, asked.rounds)?);
        found.push(purls_beside(&mut peer, few, asked.rounds)?);
    }
    Ok(found)
}

fn seconds(call: impl FnOnce()) -> f64 {
    let began = thread_seconds();
    call();
    thread_seconds() - began
}

fn hex(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest over what components must be found, in their order.
fn wanted(parts: &[Part]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(format!("{} {} {}\n", part.name, part.version, part.purl));
    }
    hex(digest)
}

fn line(component: &Component) -> String {
    let purl = component.purls.first().map(Purl::to_string).unwrap_or_default();
    let version = component.version.as_deref().unwrap_or_default();
    format!("{} {version} {purl}\n", component.name)
}

/// Reads a document as a stream; returns the digest over what was found in it.
fn digest_of(bytes: &[u8]) -> Result<String, Box<dyn Error>> {
    let mut digest = Sha256::new();
    let head = sbom::stream(bytes, &mut |item| {
        if let Item::Component(component) = item {
            digest.update(line(&component));
        }
    })?;
    if head.skipped > 0 {
        return Err("p6: something was skipped of what we made ourselves".into());
    }
    Ok(hex(digest))
}

/// Reads as whoever only counts.
fn count_of(bytes: &[u8]) -> usize {
    let mut count = 0;
    let head =
        sbom::stream(bytes, &mut |item| count += usize::from(matches!(item, Item::Component(_))));
    head.map_or(0, |_| count)
}

/// The least that anybody can do with a document: look at each of its bytes, or at each token.
fn floor_of(form: Form, bytes: &[u8]) -> (&'static str, f64) {
    if matches!(form, Form::CycloneDxJson | Form::SpdxJson) {
        let took = seconds(|| drop(serde_json::from_slice::<IgnoredAny>(bytes)));
        return ("serde_json, nothing kept", took);
    }
    let took = seconds(|| {
        let lines = std::hint::black_box(bytes).iter().filter(|byte| **byte == b'\n').count();
        std::hint::black_box(lines);
    });
    ("counting lines", took)
}

fn read(form: Form, parts: &[Part], rounds: usize) -> Result<Measure, Box<dyn Error>> {
    let bytes = made::document(form, parts);
    if digest_of(&bytes)? != wanted(parts) {
        return Err(format!("p6: {} does not give what was made", form.path()).into());
    }
    let watch = Watch::start();
    let mut what = "";
    let mut pairs = Vec::new();
    for _ in 0..rounds.max(1) {
        let floor = floor_of(form, &bytes);
        what = floor.0;
        let mut count = 0;
        let took = seconds(|| count = count_of(&bytes));
        if count != parts.len() {
            return Err(format!("p6: {} gave {count} components", form.path()).into());
        }
        pairs.push((floor.1.max(1e-9), took));
    }
    let median = percentile(&sorted(pairs.iter().map(|(_, took)| *took)), 50.0);
    let mut measure = Measure::new(form.path(), parts.len(), median, "s");
    let per_second = parts.len() as f64 / median;
    measure.also = vec![
        ("components per s", per_second),
        ("MB", bytes.len() as f64 / 1e6),
        ("MB per s", bytes.len() as f64 / 1e6 / median),
        ("peak MiB", status_kib("self", "VmHWM:").unwrap_or(0) as f64 / 1024.0),
    ];
    measure.floor = Some(Floor::of(what, &pairs));
    measure.goal = Some(("≥ 200,000 components per s".to_owned(), per_second >= 200_000.0));
    measure.answers = Some(wanted(parts));
    measure.foreign_cpus = watch.foreign_cpus();
    Ok(measure)
}

fn conforms(parts: &[Part], rounds: usize) -> Result<Measure, Box<dyn Error>> {
    let bytes = made::document(Form::CycloneDxJson, parts);
    let watch = Watch::start();
    let mut pairs = Vec::new();
    for _ in 0..rounds.max(1) {
        let (_, floor) = floor_of(Form::CycloneDxJson, &bytes);
        let mut problems = Ok(sbom::Problems::default());
        let took = seconds(|| problems = sbom::conforms(&bytes));
        if !problems?.is_empty() {
            return Err("p6: what we made is not valid".into());
        }
        pairs.push((floor.max(1e-9), took));
    }
    let median = percentile(&sorted(pairs.iter().map(|(_, took)| *took)), 50.0);
    let mut measure = Measure::new("p6/d-conforms", parts.len(), median, "s");
    measure.also = vec![("components per s", parts.len() as f64 / median)];
    measure.floor = Some(Floor::of("serde_json, nothing kept", &pairs));
    measure.foreign_cpus = watch.foreign_cpus();
    Ok(measure)
}

/// Every package URL read; the digest over their spellings.
fn purl_digest(parts: &[Part]) -> Result<String, Box<dyn Error>> {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.purl.parse::<Purl>()?.to_string());
        digest.update(b"\n");
    }
    Ok(hex(digest))
}

fn purl_seconds(parts: &[Part]) -> f64 {
    seconds(|| {
        for part in parts {
            std::hint::black_box(part.purl.parse::<Purl>().is_ok());
        }
    })
}

fn purls(parts: &[Part], rounds: usize) -> Result<Measure, Box<dyn Error>> {
    let answers = purl_digest(parts)?;
    let watch = Watch::start();
    let copy = || {
        seconds(|| {
            for part in parts {
                std::hint::black_box(std::hint::black_box(&part.purl).clone());
            }
        })
    };
    let pairs: Vec<(f64, f64)> =
        (0..rounds.max(1)).map(|_| (copy().max(1e-9), purl_seconds(parts))).collect();
    let median = percentile(&sorted(pairs.iter().map(|(_, took)| *took)), 50.0);
    let mut measure = Measure::new("p6/e-purl", parts.len(), median, "s");
    measure.also = vec![("purls per s", parts.len() as f64 / median)];
    measure.floor = Some(Floor::of("copying the texts", &pairs));
    measure.answers = Some(answers);
    measure.foreign_cpus = watch.foreign_cpus();
    Ok(measure)
}

/// The same document for the peer and for us; the figure is ours, the floor is theirs.
fn read_beside(peer: &mut Peer, parts: &[Part], rounds: usize) -> Result<Measure, Box<dyn Error>> {
    let bytes = made::document(Form::CycloneDxJson, parts);
    let path = peer.keep("sbom.json", &bytes)?;
    let watch = Watch::start();
    let mut pairs = Vec::new();
    for _ in 0..rounds.max(1) {
        let (took, digest) = peer.ask("sbom", &path)?;
        if digest != wanted(parts) {
            return Err("p6: lib4sbom does not find what was made".into());
        }
        pairs.push((took, seconds(|| drop(sbom::read(&bytes)))));
    }
    let of = ("p6/d-lib4sbom", "s");
    let measure = Measure::beside(of, "lib4sbom 0.10.4", parts.len(), &pairs, 10.0);
    Ok(Measure { answers: Some(wanted(parts)), foreign_cpus: watch.foreign_cpus(), ..measure })
}

fn purls_beside(peer: &mut Peer, parts: &[Part], rounds: usize) -> Result<Measure, Box<dyn Error>> {
    let texts: String = parts.iter().map(|part| format!("{}\n", part.purl)).collect();
    let path = peer.keep("purls", texts.as_bytes())?;
    let answers = purl_digest(parts)?;
    let watch = Watch::start();
    let mut pairs = Vec::new();
    for _ in 0..rounds.max(1) {
        let (took, digest) = peer.ask("purl", &path)?;
        if digest != answers {
            return Err("p6: packageurl-python spells package URLs otherwise".into());
        }
        pairs.push((took, purl_seconds(parts)));
    }
    let of = ("p6/e-packageurl", "s");
    let measure = Measure::beside(of, "packageurl-python 0.17.6", parts.len(), &pairs, 20.0);
    Ok(Measure { answers: Some(answers), foreign_cpus: watch.foreign_cpus(), ..measure })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_gives_what_was_made() {
        let parts = made::parts(500);
        for form in Form::ALL {
            let bytes = made::document(form, &parts);
            assert_eq!(digest_of(&bytes).expect("it is read"), wanted(&parts), "{}", form.path());
            assert!(sbom::conforms(&bytes).expect("it is read").is_empty(), "{}", form.path());
        }
        assert_ne!(wanted(&parts), wanted(&parts[1..]));
    }
}
