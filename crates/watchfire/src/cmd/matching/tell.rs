//! The answer for a person.

use super::answer::{Answer, Finding, Inventory, Read};
use crate::exit::Failure;
use crate::print;

/// So much of what was skipped or set apart is told; JSON has it all.
const TOLD_MAX: usize = 10;

pub(super) fn answer(answer: &Answer) -> Result<(), Failure> {
    read("advisories", &answer.advisories);
    if answer.vex.read > 0 || !answer.vex.quarantined.is_empty() {
        read("statements vouched for", &answer.vex);
    }
    for one in &answer.sboms {
        inventory(one)?;
    }
    Ok(())
}

/// What was read of advisories goes beside the answer.
fn read(what: &str, read: &Read) {
    let mut line = format!("{what}: {} read", read.read);
    if read.withdrawn > 0 {
        line.push_str(&format!(", {} of them withdrawn", read.withdrawn));
    }
    if read.unnamed > 0 {
        line.push_str(&format!("; {} statements name nothing that can be compared", read.unnamed));
    }
    print::say(&line);
    for one in read.quarantined.iter().take(TOLD_MAX) {
        print::say(&format!("  set apart: {} {}: {}", one.file, one.pointer, one.reason));
    }
    let more = read.quarantined.len().saturating_sub(TOLD_MAX) + read.quarantined_more;
    if more > 0 {
        print::say(&format!("  and {more} more set apart; --json lists them"));
    }
}

fn inventory(one: &Inventory) -> Result<(), Failure> {
    if let Some(refused) = &one.refused {
        let line = refused.line.map(|line| format!(", line {line}")).unwrap_or_default();
        return print::data(&print::plain(&format!(
            "{}{line}: refused: {}",
            one.file, refused.message
        )));
    }
    let count = |status: &str| one.findings.iter().filter(|it| it.status == status).count();
    let mut head = format!("{}: {} components", one.file, one.components);
    if one.unnamed > 0 {
        head.push_str(&format!(" ({} without a package URL or CPE name)", one.unnamed));
    }
    for status in ["affected", "undecided", "not_affected"] {
        if count(status) > 0 {
            head.push_str(&format!(", {} {}", count(status), status.replace('_', " ")));
        }
    }
    if one.findings.is_empty() {
        head.push_str(", nothing that the advisories speak of");
    }
    print::data(&print::plain(&head))?;
    if !one.findings.is_empty() {
        let mut table = print::table(&["status", "component", "advisory", "versions", "way"]);
        let mut rows: Vec<([String; 5], usize)> = Vec::new();
        for found in &one.findings {
            let row = row(found);
            // The same component often lies in several places.
            match rows.last_mut() {
                Some((last, times)) if *last == row => *times += 1,
                _ => rows.push((row, 1)),
            }
        }
        for (mut row, times) in rows {
            if times > 1 {
                row[1].push_str(&format!(" ({times}×)"));
            }
            table.add_row(row.map(|cell| print::plain(&cell)));
        }
        print::data(&table.to_string())?;
    }
    if one.findings_more > 0 {
        print::say(&format!("  and {} more findings that are not listed", one.findings_more));
    }
    for left in one.skipped.iter().take(TOLD_MAX) {
        let place = left.pointer.clone().or_else(|| left.line.map(|line| format!("line {line}")));
        let place = place.unwrap_or_default();
        print::say(&format!("  skipped: {} {place}: {}", one.file, left.reason));
    }
    let more = one.skipped.len().saturating_sub(TOLD_MAX) as u64 + one.skipped_more;
    if more > 0 {
        print::say(&format!("  and {more} more skipped; --json lists them"));
    }
    Ok(())
}

fn row(found: &Finding) -> [String; 5] {
    let version = found.version.as_deref().unwrap_or("?");
    let also = found.aliases.iter().find(|alias| alias.starts_with("CVE-"));
    let advisory = match also {
        Some(also) => format!("{} ({also})", found.advisory),
        None => found.advisory.clone(),
    };
    let way = found.path[..found.path.len().saturating_sub(1)].join(" > ");
    let status = match (&found.vouched_by, &found.justification) {
        (Some(_), Some(reason)) => format!("not affected: {reason}"),
        _ => found.status.replace('_', " "),
    };
    [status, format!("{} {version}", found.name), advisory, found.range.clone(), way]
}
