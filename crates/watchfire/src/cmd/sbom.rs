//! `watchfire sbom`: what SBOMs are, how much is in them, and what was left out.

mod node;

use serde::Serialize;
use watchfire_formats::sbom::{self, DOCUMENT_BYTES_MAX, Item, Place, Problems, Refused};

use crate::cli::Sbom;
use crate::exit::{Exit, Failure};
use crate::input;
use crate::print;

/// How much of what was skipped or is wrong is told to a person; JSON has it all.
const TOLD_MAX: usize = 10;

#[derive(Serialize)]
struct Answer {
    sboms: Vec<Answered>,
}

#[derive(Serialize, Default)]
struct Answered {
    file: String,
    format: Option<String>,
    version: Option<String>,
    compression: Option<String>,
    serial: Option<String>,
    revision: Option<String>,
    name: Option<String>,
    created: Option<String>,
    tools: Vec<String>,
    components: u32,
    with_purl: u32,
    with_cpe: u32,
    relations: u32,
    /// Whether the standard allows all that stands in it.
    valid: bool,
    problems: Vec<Told>,
    problems_more: u64,
    skipped: Vec<Left>,
    skipped_more: u64,
    refused: Option<Told>,
}

#[derive(Serialize)]
struct Told {
    pointer: Option<String>,
    line: Option<u64>,
    message: String,
}

#[derive(Serialize)]
struct Left {
    what: String,
    pointer: Option<String>,
    line: Option<u64>,
    reason: String,
}

pub(super) fn run(args: Sbom) -> Result<Exit, Failure> {
    match args.of_node {
        Some(command) => node::run(command),
        None => told(&args),
    }
}

/// Reads SBOMs here, without a node.
fn told(args: &Sbom) -> Result<Exit, Failure> {
    let mut answer = Answer { sboms: Vec::new() };
    for file in &args.files {
        let bytes = input::bytes(file, DOCUMENT_BYTES_MAX)?;
        let answered = answered(file.display().to_string(), &bytes);
        if !args.json {
            tell(&answered)?;
        }
        answer.sboms.push(answered);
    }
    if args.json {
        print::json(&answer)?;
    }
    let refused = answer.sboms.iter().any(|it| it.refused.is_some());
    // What is said of vulnerabilities is told, and is nothing that a product is made of.
    let is_statement = |one: &Left| one.what == "statement";
    let whole = |it: &Answered| it.valid && it.skipped.iter().all(is_statement);
    Ok(match (refused, answer.sboms.iter().all(whole)) {
        (true, _) => Exit::Request,
        (false, true) => Exit::Done,
        (false, false) => Exit::No,
    })
}

fn answered(file: String, bytes: &[u8]) -> Answered {
    let mut answered = Answered { file, ..Answered::default() };
    let (mut with_purl, mut with_cpe, mut skipped) = (0, 0, Vec::new());
    let head = sbom::stream(bytes, &mut |item| match item {
        Item::Component(component) => {
            with_purl += u32::from(!component.purls.is_empty());
            with_cpe += u32::from(!component.cpes.is_empty());
        }
        Item::Relation(_) => {}
        Item::Skipped(one) => {
            let (pointer, line) = place(&one.place);
            skipped.push(Left { what: one.lost.to_string(), pointer, line, reason: one.reason });
        }
    });
    let checked = head.and_then(|head| Ok((head, sbom::conforms(bytes)?)));
    let (head, problems) = match checked {
        Ok(checked) => checked,
        Err(refused) => {
            answered.refused = Some(told_refused(&refused));
            return answered;
        }
    };
    let Problems { told, more } = problems;
    Answered {
        file: answered.file,
        format: Some(head.format.to_string()),
        version: Some(head.version),
        compression: head.compression.map(|it| it.to_string()),
        serial: head.serial,
        revision: head.revision,
        name: head.name,
        created: head.created,
        tools: head.tools,
        components: head.components,
        with_purl,
        with_cpe,
        relations: head.relations,
        valid: told.is_empty(),
        problems: told.into_iter().map(|it| told_at(&it.place, it.reason)).collect(),
        problems_more: more,
        skipped_more: head.skipped - skipped.len() as u64,
        skipped,
        refused: None,
    }
}

/// A pointer and a line, each where it is known.
fn place(place: &Place) -> (Option<String>, Option<u64>) {
    (Some(place.path.clone()).filter(|path| !path.is_empty()), place.line)
}

fn told_at(at: &Place, message: String) -> Told {
    let (pointer, line) = place(at);
    Told { pointer, line, message }
}

fn told_refused(refused: &Refused) -> Told {
    match refused.place() {
        Some(place) => told_at(place, refused.reason()),
        None => Told { pointer: None, line: None, message: refused.reason() },
    }
}

/// Tells a person of one document.
fn tell(one: &Answered) -> Result<(), Failure> {
    let mut lines = Vec::new();
    if let Some(refused) = &one.refused {
        lines.push(format!(
            "{}: refused{}: {}",
            one.file,
            at(refused.pointer.as_deref(), refused.line),
            refused.message
        ));
        return print::data(&print::plain(&lines.join("\n")));
    }
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let packed = one.compression.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
    lines.push(format!("{}: {} {}{packed}", one.file, text(&one.format), text(&one.version)));
    let named = [("name", &one.name), ("serial", &one.serial), ("created", &one.created)];
    for (what, said) in named {
        lines.extend(said.as_ref().map(|said| format!("  {what}: {said}")));
    }
    if !one.tools.is_empty() {
        lines.push(format!("  made by: {}", one.tools.join(", ")));
    }
    lines.push(format!(
        "  {} components, {} of them with a package URL and {} with a CPE name; {} relations",
        one.components, one.with_purl, one.with_cpe, one.relations
    ));
    let all = one.skipped.len() as u64 + one.skipped_more;
    if all > 0 {
        lines.push(format!("  {all} skipped:"));
    }
    for left in one.skipped.iter().take(TOLD_MAX) {
        let place = at(left.pointer.as_deref(), left.line);
        lines.push(format!("    {}{place}: {}", left.what, left.reason));
    }
    more(&mut lines, all);
    let all = one.problems.len() as u64 + one.problems_more;
    if all == 0 {
        lines.push("  valid".to_owned());
    } else {
        lines.push(format!("  not valid, {all} problems:"));
    }
    for problem in one.problems.iter().take(TOLD_MAX) {
        let place = at(problem.pointer.as_deref(), problem.line);
        lines.push(format!("   {place}: {}", problem.message));
    }
    more(&mut lines, all);
    print::data(&print::plain(&lines.join("\n")))
}

fn more(lines: &mut Vec<String>, all: u64) {
    let more = all.saturating_sub(TOLD_MAX as u64);
    if more > 0 {
        lines.push(format!("    and {more} more (`--json` has more of them)"));
    }
}

fn at(pointer: Option<&str>, line: Option<u64>) -> String {
    match (pointer, line) {
        (None, None) => String::new(),
        (Some(pointer), None) => format!(" {pointer}"),
        (None, Some(line)) => format!(" line {line}"),
        (Some(pointer), Some(line)) => format!(" {pointer}, line {line}"),
    }
}
