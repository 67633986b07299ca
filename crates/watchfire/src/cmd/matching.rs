//! `watchfire match`: what of an inventory advisories speak of, without a server.

mod answer;
mod read;
mod sarif;
mod tell;

use std::collections::HashMap;
use std::path::Path;

use watchfire_formats::sbom::{self, Document};
use watchfire_server::exposure::{self, Advice, Exposed, Exposure, Whole};

use crate::cli::Match;
use crate::exit::{Exit, Failure};
use crate::print;
use answer::{Answer, Finding, Inventory, Left, Read};

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
    let open = |one: &Inventory| one.findings.iter().any(Finding::is_open);
    Ok(match answer.sboms.iter().any(|one| one.refused.is_some()) {
        true => Exit::Request,
        false if answer.sboms.iter().any(open) => Exit::No,
        false => Exit::Done,
    })
}

/// Reads advisories; none at all would call everything safe.
fn advice(paths: &[std::path::PathBuf]) -> Result<(Advice, Read), Failure> {
    let (advice, read) = advice_or_none(paths)?;
    if advice.advisories() == 0 {
        let told = read.quarantined.first().map(|one| format!("{}: {}", one.file, one.reason));
        let failure = Failure::request("there is no advisory to hold anything against");
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
    let bytes = read::sbom(path)?;
    let document = match sbom::read(&bytes) {
        Ok(document) => document,
        Err(refused) => return Ok(Inventory::refused(file, &refused)),
    };
    let ways = document.ways();
    let subjects: Vec<usize> =
        (0..document.components.len()).filter(|at| document.components[*at].is_subject).collect();
    let called = subjects.iter().map(|at| document.components[*at].name.clone());
    let product_names: Vec<exposure::Name> =
        subjects.iter().flat_map(|at| exposure::names(&document.components[*at])).collect();
    let product = Whole::new(product_names.clone(), called.chain(document.head.name.clone()));
    let (mut findings, mut unnamed) = (Vec::new(), 0);
    for (at, component) in document.components.iter().enumerate() {
        let mut names = exposure::names(component);
        if names.is_empty() {
            unnamed += 1;
            continue;
        }
        let exposures = advice.of(&names, &product);
        if exposures.is_empty() {
            continue;
        }
        names.extend(product_names.iter().cloned());
        let vouched = vouched.of(&names, &product);
        let excuses = excuses(&vouched);
        let path = path_to(&document, &ways, at);
        for exposure in exposures {
            let mut finding = Finding::of(component, path.clone(), &exposure);
            finding.excuse(names_of(&exposure).find_map(|name| excuses.get(name).copied()));
            findings.push(finding);
        }
    }
    findings.sort_by(|one, two| one.order().cmp(&two.order()));
    Ok(Inventory {
        file,
        format: Some(document.head.format.to_string()),
        components: document.head.components,
        unnamed,
        skipped: document.skipped.iter().map(Left::of).collect(),
        skipped_more: document.head.skipped - document.skipped.len() as u64,
        findings,
        refused: None,
    })
}

/// What is vouched for as not affected, by each name of the vulnerability.
fn excuses<'a>(vouched: &'a [Exposure<'a>]) -> HashMap<&'a str, &'a Exposure<'a>> {
    let mut excuses = HashMap::new();
    for one in vouched.iter().filter(|one| one.exposed == Exposed::NotAffected) {
        for name in names_of(one) {
            excuses.entry(name).or_insert(one);
        }
    }
    excuses
}

fn names_of<'a>(exposure: &Exposure<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    let source = &exposure.statement.source;
    std::iter::once(&source.id).chain(&source.aliases).map(String::as_str)
}

/// The names of what leads to a component, from the product to itself.
fn path_to(document: &Document, ways: &[Option<usize>], at: usize) -> Vec<String> {
    let steps = std::iter::successors(Some(at), |at| ways[*at]);
    let mut path: Vec<String> = steps
        .map(|at| {
            let component = &document.components[at];
            match &component.version {
                Some(version) => format!("{} {version}", component.name),
                None => component.name.clone(),
            }
        })
        .collect();
    path.reverse();
    path
}
