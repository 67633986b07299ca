//! `watchfire match`: what of an inventory advisories speak of, without a server.

mod answer;
mod read;
mod sarif;
mod tell;

use std::collections::HashMap;
use std::path::Path;

use watchfire_formats::sbom::{self, Component, DOCUMENT_BYTES_MAX, Document};
use watchfire_server::exposure::{self, Advice, Exposed, Exposure, Whole};

use crate::cli::Match;
use crate::exit::{Exit, Failure};
use crate::input;
use crate::print;
use answer::{Answer, Finding, Inventory, Read};

pub(super) fn run(args: &Match) -> Result<Exit, Failure> {
    let (advice, advisories) = advice(&args.advisories)?;
    let (vouched, vex) = advice_or_none(&args.vex)?;
    let mut sboms = Vec::new();
    for path in &args.sbom {
        sboms.push(inventory(path, &advice, &vouched)?);
    }
    let answer = Answer { advisories, vex, sboms };
    if args.json {
        print::json(&answer)?;
    } else if args.sarif {
        print::json(&sarif::log(&answer))?;
    } else {
        tell::answer(&answer)?;
    }
    let refused = answer.sboms.iter().any(|one| one.refused.is_some());
    let open = answer.sboms.iter().any(|one| one.open > 0);
    // What is open is known; that nothing is, half of the advisories cannot say.
    let half = answer.advisories.broken_off > 0;
    Ok(match (refused, open) {
        (true, _) => Exit::Request,
        (false, true) => Exit::No,
        (false, false) if half => Exit::Request,
        (false, false) => Exit::Done,
    })
}

/// Reads advisories; none at all would call everything safe.
fn advice(paths: &[std::path::PathBuf]) -> Result<(Advice, Read), Failure> {
    let (advice, read) = advice_or_none(paths)?;
    if advice.named() == 0 {
        let told = read.quarantined.first().map(|one| format!("{}: {}", one.file, one.reason));
        let failure =
            Failure::request("no advisory says anything that an SBOM could be held against");
        return Err(failure.hint(told.unwrap_or_else(|| {
            "name files, folders or ZIP files with advisories behind --advisories".to_owned()
        })));
    }
    Ok((advice, read))
}

fn advice_or_none(paths: &[std::path::PathBuf]) -> Result<(Advice, Read), Failure> {
    let mut advice = Advice::default();
    let mut read = Read::default();
    for path in paths {
        read::each(path, &mut |place, document| match document {
            Ok(document) => advice.add(place, document),
            Err(apart) => read.quarantine(place, apart),
        })?;
    }
    read.count(&advice);
    Ok((advice, read))
}

fn inventory(path: &Path, advice: &Advice, vouched: &Advice) -> Result<Inventory, Failure> {
    let file = path.display().to_string();
    let bytes = input::bytes(path, DOCUMENT_BYTES_MAX)?;
    let document = match sbom::read(&bytes) {
        Ok(document) => document,
        Err(refused) => return Ok(Inventory::refused(file, &refused)),
    };
    let ways = document.ways();
    let product = Subject::of(&document);
    let mut inventory = Inventory::of(file, &document);
    for (at, component) in document.components.iter().enumerate() {
        let names = exposure::names(component);
        inventory.unnamed += u32::from(names.is_empty());
        let exposures = advice.of(&names, &product.whole);
        if exposures.is_empty() {
            continue;
        }
        let vouched = vouched.of(&product.with(names), &product.whole);
        let decided = decided(&vouched);
        let path = path_to(&document, &ways, at);
        for exposure in exposures {
            let mut finding = Finding::of(component, path.clone(), &exposure);
            finding.excuse(excuse(&exposure, &decided));
            inventory.add(finding);
        }
    }
    inventory.findings.sort_by(|one, two| one.order().cmp(&two.order()));
    Ok(inventory)
}

/// What a document is about.
struct Subject {
    whole: Whole,
    /// Its names, where it is one product: what is vouched for of that holds for its components.
    names: Vec<exposure::Name>,
}

impl Subject {
    fn of(document: &Document) -> Self {
        let all = &document.components;
        let subjects: Vec<&Component> = all.iter().filter(|one| one.is_subject).collect();
        // A statement may be about the system that a package runs on.
        let systems = all.iter().filter(|one| one.kind.as_deref() == Some("operating-system"));
        let wholes: Vec<&Component> = subjects.iter().copied().chain(systems).collect();
        let called = wholes.iter().map(|one| (one.name.clone(), one.version.clone()));
        let title = document.head.name.clone().map(|name| (name, None));
        let names = wholes.iter().flat_map(|one| exposure::names(one));
        let whole = Whole::new(names, called.chain(title));
        let names = match &subjects[..] {
            [one] => exposure::names(one),
            _ => Vec::new(),
        };
        Self { whole, names }
    }

    fn with(&self, mut names: Vec<exposure::Name>) -> Vec<exposure::Name> {
        names.extend(self.names.iter().cloned());
        names
    }
}

/// What counts of all that is vouched for, by each name of a vulnerability.
fn decided<'a>(vouched: &'a [Exposure<'a>]) -> HashMap<&'a str, &'a Exposure<'a>> {
    let mut decided: HashMap<&str, &Exposure<'_>> = HashMap::new();
    for one in vouched {
        let source = &one.statement.source;
        for name in std::iter::once(&source.id).chain(&source.aliases) {
            let known = decided.entry(name).or_insert(one);
            if one.counts_before(known) {
                *known = one;
            }
        }
    }
    decided
}

/// What excuses a finding: its advisory by its own name, or each vulnerability that it is about.
fn excuse<'a>(
    exposure: &Exposure<'_>,
    decided: &HashMap<&str, &'a Exposure<'a>>,
) -> Option<&'a Exposure<'a>> {
    let source = &exposure.statement.source;
    let of = |name: &String| {
        let found = decided.get(name.as_str()).copied();
        found.filter(|one| one.exposed == Exposed::NotAffected)
    };
    let (cves, others): (Vec<&String>, Vec<&String>) =
        source.aliases.iter().partition(|name| name.starts_with("CVE-"));
    if let Some(own) = decided.get(source.id.as_str()) {
        return Some(*own).filter(|one| one.exposed == Exposed::NotAffected);
    }
    if cves.is_empty() {
        return others.into_iter().find_map(of);
    }
    let excuses: Option<Vec<&Exposure<'_>>> = cves.into_iter().map(of).collect();
    excuses?.first().copied()
}

/// So many steps of a way are told at its beginning, and as many at its end.
const STEPS_MAX: usize = 16;

/// The names of what leads to a component, from the product to itself.
fn path_to(document: &Document, ways: &[Option<usize>], at: usize) -> Vec<String> {
    let steps: Vec<usize> = std::iter::successors(Some(at), |at| ways[*at]).collect();
    let told = |at: &usize| {
        let component = &document.components[*at];
        match &component.version {
            Some(version) => format!("{} {version}", component.name),
            None => component.name.clone(),
        }
    };
    if steps.len() <= 2 * STEPS_MAX {
        return steps.iter().rev().map(told).collect();
    }
    let (end, begin) = (&steps[..STEPS_MAX], &steps[steps.len() - STEPS_MAX..]);
    let left_out = format!("… ({})", steps.len() - 2 * STEPS_MAX);
    let begin = begin.iter().rev().map(told);
    begin.chain([left_out]).chain(end.iter().rev().map(told)).collect()
}
