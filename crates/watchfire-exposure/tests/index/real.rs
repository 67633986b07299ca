//! Real inventories against real advisories: the answers are those of an independent program.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;
use watchfire_exposure::index::{Hit, Index, Number, Package, Rule, Rules, Segment};
use watchfire_exposure::range::osv::Event;
use watchfire_exposure::range::{Answer, Range};

/// A file of the shared data, or `None` after saying so.
fn shared(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("WATCHFIRE_SHARED_DATA").map_or_else(beside, PathBuf::from);
    let found = data.join(name);
    if found.exists() {
        return Some(found);
    }
    println!("SKIPPED: {} is not there, see WATCHFIRE_SHARED_DATA", found.display());
    None
}

fn text(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut text = String::new();
    if path.extension().is_some_and(|ending| ending == "gz") {
        let mut decoder = flate2::read::GzDecoder::new(bytes.as_slice());
        decoder.read_to_string(&mut text).expect("sound gzip of UTF-8");
        return text;
    }
    String::from_utf8(bytes).expect("UTF-8")
}

fn json_lines(path: &Path) -> Vec<Value> {
    text(path).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// A package and a version of a package URL; versions and names decoded.
fn component(purl: &str) -> Option<(Package, String)> {
    let plain = purl.strip_prefix("pkg:")?.split(['?', '#']).next()?;
    let (kind, rest) = plain.split_once('/')?;
    let (name, version) = rest.rsplit_once('@')?;
    let decoded = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            if byte == b'%' {
                let digits = [rest.next()?, rest.next()?];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
            } else {
                bytes.push(byte);
            }
        }
        String::from_utf8(bytes).ok()
    };
    let (name, version) = (decoded(name)?, decoded(version)?);
    let name = if kind == "maven" { name.replacen('/', ":", 1) } else { name };
    Some((Package::new(kind, &name), version))
}

/// The package URLs of a document of SPDX.
fn purls(document: &Value) -> BTreeSet<String> {
    let packages = document["packages"].as_array().into_iter().flatten();
    let references = packages.flat_map(|one| one["externalRefs"].as_array().into_iter().flatten());
    let purls = references.filter(|one| one["referenceType"] == "purl");
    purls.filter_map(|one| one["referenceLocator"].as_str()).map(str::to_owned).collect()
}

/// What a record of OSV says of each of its packages, but for ranges of commits.
fn rules_of(record: &Value) -> Vec<(Package, Rule)> {
    let mut rules = Vec::new();
    for affected in record["affected"].as_array().into_iter().flatten() {
        let (Some(ecosystem), Some(name)) =
            (affected["package"]["ecosystem"].as_str(), affected["package"]["name"].as_str())
        else {
            continue;
        };
        let package = Package::new(ecosystem, name);
        let mut ranges = Vec::new();
        for range in affected["ranges"].as_array().into_iter().flatten() {
            if range["type"] == "GIT" {
                continue;
            }
            let events = range["events"].as_array().into_iter().flatten().filter_map(|event| {
                let (kind, version) = event.as_object()?.iter().next()?;
                let version = version.as_str()?.to_owned();
                Some(match kind.as_str() {
                    "introduced" => Event::Introduced(version),
                    "fixed" => Event::Fixed(version),
                    "last_affected" => Event::LastAffected(version),
                    _ => Event::Limit(version),
                })
            });
            let events: Vec<Event> = events.collect();
            ranges.push(
                package.ecosystem().map_or(Range::Unexplained, |it| Range::Events(it, events)),
            );
        }
        let listed = affected["versions"].as_array().into_iter().flatten();
        let listed: Vec<String> =
            listed.filter_map(|one| one.as_str().map(str::to_owned)).collect();
        if !ranges.is_empty() || !listed.is_empty() {
            rules.push((package, Rule::new(listed, ranges)));
        }
    }
    rules
}

/// Pairs of package URL and advisory.
type Pairs = BTreeSet<(String, String, String)>;

/// The background fleet: affected and undecided pairs are those of the independent oracle.
#[test]
fn the_background_fleet_has_the_findings_of_an_independent_program() {
    let Some(fleet) = shared("sbom/background-fleet.jsonl.gz") else { return };
    let Some(expected) = shared("sbom/background-fleet.expected.jsonl.gz") else { return };
    let (mut names, mut records): (Vec<String>, Vec<Value>) = (Vec::new(), Vec::new());
    for file in ["osv/go.jsonl.gz", "osv/pypa.jsonl.gz"] {
        let Some(path) = shared(file) else { return };
        records.extend(json_lines(&path).into_iter().filter(|one| one.get("withdrawn").is_none()));
    }
    let (mut rules, mut said) = (Rules::default(), Vec::new());
    for record in &records {
        let number = names.len() as Number;
        names.push(record["id"].as_str().expect("an id").to_owned());
        for (package, rule) in rules_of(record) {
            rules.add(number, &package, rule.clone());
            said.push((number, package, rule));
        }
    }
    let mut wanted: [Pairs; 2] = Default::default();
    for line in json_lines(&expected) {
        let [file, purl] =
            ["file", "purl"].map(|key| line[key].as_str().expect("a text").to_owned());
        for (pairs, key) in wanted.iter_mut().zip(["affected_by", "version_not_comparable"]) {
            for id in line[key].as_array().into_iter().flatten() {
                let id = id.as_str().expect("an id").to_owned();
                pairs.insert((file.clone(), purl.clone(), id));
            }
        }
    }
    // From the side of the documents: each component asks which advisories speak of it.
    let mut found: [Pairs; 2] = Default::default();
    let mut index = Index::default();
    let mut files = Vec::new();
    let mut by_version: BTreeMap<(Number, Package, String), BTreeSet<String>> = BTreeMap::new();
    for line in json_lines(&fleet) {
        let file = line["_file"].as_str().unwrap_or_default();
        let file = file.rsplit('/').next().unwrap_or_default().to_owned();
        let document = line.get("doc").unwrap_or(&line);
        let number = files.len() as Number;
        let mut components = Vec::new();
        for purl in purls(document) {
            let Some((package, version)) = component(&purl) else { continue };
            for (advisory, answer) in rules.of(&package, &version) {
                let pairs = &mut found[usize::from(answer == Answer::Undecided)];
                pairs.insert((file.clone(), purl.clone(), names[advisory as usize].clone()));
            }
            let key = (number, package.clone(), version.clone());
            by_version.entry(key).or_default().insert(purl);
            components.push((package, version));
        }
        let borrowed = components.iter().map(|(package, version)| (package, version.as_str()));
        index.add(number, borrowed).expect("a new number");
        files.push(file);
    }
    let [affected, undecided] = &wanted;
    println!(
        "{} documents, {} affected and {} undecided pairs wanted",
        files.len(),
        affected.len(),
        undecided.len()
    );
    differences("affected", &found[0], affected);
    differences("undecided", &found[1], undecided);
    let again = by_advisories(&index, &said, |hit, advisory| {
        let key = (hit.document, said[advisory].1.clone(), hit.version.clone());
        let pair = |purl: &String| {
            let file = files[hit.document as usize].clone();
            (file, purl.clone(), names[said[advisory].0 as usize].clone())
        };
        by_version[&key].iter().map(pair).collect()
    });
    assert_eq!(again, found);
}

/// From the side of the advisories: each asks which documents it speaks of.
fn by_advisories(
    index: &Index,
    said: &[(Number, Package, Rule)],
    pairs: impl Fn(&Hit, usize) -> Pairs,
) -> [Pairs; 2] {
    let segment = Segment::open(index.merged()).expect("a segment");
    let index = Index::of(vec![segment], []);
    let mut found: [Pairs; 2] = Default::default();
    for (at, (_, package, rule)) in said.iter().enumerate() {
        for hit in index.hits(package, rule) {
            found[usize::from(hit.undecided)].extend(pairs(&hit, at));
        }
    }
    let [sure, odd] = &mut found;
    odd.retain(|pair| !sure.contains(pair));
    found
}

fn differences(kind: &str, found: &Pairs, wanted: &Pairs) {
    let more: Vec<_> = found.difference(wanted).collect();
    let less: Vec<_> = wanted.difference(found).collect();
    assert!(
        more.is_empty() && less.is_empty(),
        "{kind}: {} more, {} less\n{:#?}\n{:#?}",
        more.len(),
        less.len(),
        more.iter().take(12).collect::<Vec<_>>(),
        less.iter().take(12).collect::<Vec<_>>()
    );
}

/// The fleet that contains log4j-core: each inventory is affected by what it must be.
#[test]
fn the_log4j_fleet_is_affected_by_what_it_must_be() {
    let Some(folder) = shared("sbom/log4j-fleet") else { return };
    let Some(advisories) = shared("log4shell/ghsa-log4j-trimmed.jsonl") else { return };
    let package = Package::new("maven", "org.apache.logging.log4j:log4j-core");
    let mut rules: BTreeMap<String, Vec<Rule>> = BTreeMap::new();
    for record in json_lines(&advisories) {
        let cve = record["aliases"][0].as_str().expect("an alias").to_owned();
        let of = rules_of(&record).into_iter().filter(|(one, _)| *one == package);
        rules.entry(cve).or_default().extend(of.map(|(_, rule)| rule));
    }
    let expected: Value = serde_json::from_str(&text(&folder.join("expected.json"))).expect("JSON");
    let mut index = Index::default();
    let expected = expected.as_array().expect("a list");
    for (number, one) in expected.iter().enumerate() {
        let file = folder.join(one["file"].as_str().expect("a name"));
        let document: Value = serde_json::from_str(&text(&file)).expect("JSON");
        let components: Vec<(Package, String)> =
            purls(&document).iter().filter_map(|purl| component(purl)).collect();
        let borrowed = components.iter().map(|(package, version)| (package, version.as_str()));
        index.add(number as Number, borrowed).expect("a new number");
    }
    let mut counts = BTreeMap::new();
    for (cve, rules) in &rules {
        let found: BTreeSet<Number> =
            rules.iter().flat_map(|rule| index.documents(&package, rule).0).collect();
        let wanted = expected.iter().enumerate().filter(|(_, one)| one["affected"][cve] == true);
        let wanted: BTreeSet<Number> = wanted.map(|(number, _)| number as Number).collect();
        assert_eq!(found, wanted, "{cve}");
        counts.insert(cve.as_str(), found.len());
    }
    let wanted = [
        ("CVE-2021-44228", 5),
        ("CVE-2021-44832", 6),
        ("CVE-2021-45046", 5),
        ("CVE-2021-45105", 5),
    ];
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), wanted);
}
