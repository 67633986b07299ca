//! `watchfire match`: what of an inventory advisories speak of, without a server.

mod answer;
mod read;
mod sarif;
mod tell;

use std::collections::HashMap;
use std::path::Path;

use watchfire_formats::sbom::DOCUMENT_BYTES_MAX;
use watchfire_server::exposure::{Advice, Exposed, Exposure, Holding};

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
    let read = match Holding::read(&bytes, &|| true) {
        Ok(read) => read,
        Err(refused) => return Ok(Inventory::refused(file, &refused)),
    };
    let mut inventory = Inventory::of(file, &read);
    let holding = read.holding;
    for part in holding.components() {
        let exposures = advice.of(part.names, holding.whole());
        if exposures.is_empty() {
            continue;
        }
        // What is vouched for of the product holds for its components.
        let names = [part.names, holding.subject_names()].concat();
        let vouched = vouched.of(&names, holding.whole());
        let decided = decided(&vouched);
        let path = holding.path(part.index);
        for exposure in exposures {
            let mut finding = Finding::of(&part, path.clone(), &exposure);
            finding.excuse(excuse(&exposure, &decided));
            inventory.add(finding);
        }
    }
    inventory.findings.sort_by(|one, two| one.order().cmp(&two.order()));
    Ok(inventory)
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
