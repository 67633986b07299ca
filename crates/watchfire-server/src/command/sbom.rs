//! SBOMs as they come in: read whole before anything of them is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::OwnedSemaphorePermit;
use watchfire_core::event::SbomRecord;
use watchfire_formats::sbom::{self, Head, Item, Lost, Problems, Refused, Skipped};
use watchfire_store::{Inventory, Kept};

use crate::error::Problem;
use crate::exposure::{Holding, READER, Read};

/// What an SBOM says of itself is recorded up to so many characters.
const SAID_CHARS_MAX: usize = 500;
/// So many tools that made an SBOM are recorded.
const TOOLS_MAX: usize = 20;

/// An SBOM that was read, ready to be attached.
#[derive(Debug)]
pub struct Reading {
    /// What is recorded of it.
    pub record: SbomRecord,
    /// Its bytes, as they were given.
    pub kept: Kept,
    /// What it was read as.
    pub inventory: Inventory,
    /// What was not used of it.
    pub left: Left,
}

/// What was not used of an SBOM, and what its standard does not allow.
#[derive(Debug)]
pub struct Left {
    /// What was not used: the first of it, in the order of the document.
    pub skipped: Vec<Skipped>,
    /// How much was not used in all.
    pub skipped_all: u64,
    /// What its standard does not allow.
    pub problems: Problems,
}

/// Reads an SBOM on a thread that nobody waits for, under a permit that counts how many are read
/// at once, which is held until the reading has ended. It ends soon after nobody waits for it any
/// longer, since whoever sent it has gone or the time of the request is over.
///
/// # Errors
/// `sbom_refused`, with the place; `too_large`.
pub async fn read(
    bytes: impl AsRef<[u8]> + Send + 'static,
    permit: OwnedSemaphorePermit,
) -> Result<Reading, Problem> {
    on_its_own(permit, move |goes_on| reading(bytes.as_ref(), goes_on)).await
}

/// Says whether an SBOM could be attached, without a node and on this thread.
///
/// # Errors
/// As [`read`].
pub fn check(bytes: &[u8]) -> Result<(), Problem> {
    used(bytes, &|| true).map(|_| ())
}

/// As [`read`], for an SBOM that is kept, of which only is wanted what was not used.
///
/// # Errors
/// As [`read`].
pub async fn left(bytes: Vec<u8>, permit: OwnedSemaphorePermit) -> Result<Left, Problem> {
    on_its_own(permit, move |goes_on| left_of(&bytes, goes_on)).await
}

async fn on_its_own<T: Send + 'static>(
    permit: OwnedSemaphorePermit,
    work: impl FnOnce(GoesOn<'_>) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let waiter = Waiter::default();
    let has_gone = waiter.0.clone();
    let work = move || {
        let _held = permit;
        work(&|| !has_gone.load(Ordering::Relaxed))
    };
    let done = tokio::task::spawn_blocking(work).await;
    drop(waiter);
    done.map_err(|error| Problem::internal(&error))?
}

/// Says whether anybody still waits.
type GoesOn<'a> = &'a (dyn Fn() -> bool + Sync);

/// Whoever waits for a reading; says so when it goes.
#[derive(Debug, Default)]
struct Waiter(Arc<AtomicBool>);

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Reads as a stream, so that only what was left out takes memory.
fn left_of(bytes: &[u8], goes_on: GoesOn<'_>) -> Result<Left, Problem> {
    let mut skipped = Vec::new();
    let read = sbom::stream_while(bytes, goes_on, &mut |item| {
        if let Item::Skipped(one) = item {
            skipped.push(one);
        }
    });
    let head = read.map_err(|refused| told(&refused))?;
    let problems = sbom::conforms_while(bytes, goes_on).map_err(|refused| told(&refused))?;
    Ok(Left { skipped, skipped_all: head.skipped, problems })
}

/// Reads an SBOM on this thread, and does beside it what needs nothing of what is read.
fn reading(bytes: &[u8], goes_on: GoesOn<'_>) -> Result<Reading, Problem> {
    let is_refused = AtomicBool::new(false);
    let goes_on_beside = || goes_on() && !is_refused.load(Ordering::Relaxed);
    let (used, beside) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| beside(bytes, &goes_on_beside));
        let used = used(bytes, goes_on);
        is_refused.store(used.is_err(), Ordering::Relaxed);
        (used, beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let Used { head, skipped, unnamed, inventory } = used?;
    let (problems, kept) = beside?;
    let left = Left { skipped, skipped_all: head.skipped, problems };
    let record = record(kept.digest(), &head, unnamed, &left);
    let document = record.document.clone();
    let inventory = Inventory { document, reader: READER, bytes: inventory };
    Ok(Reading { record, kept, inventory, left })
}

/// Holds an SBOM to its standard, and makes its bytes ready to be kept.
fn beside(bytes: &[u8], goes_on: GoesOn<'_>) -> Result<(Problems, Kept), Problem> {
    let problems = sbom::conforms_while(bytes, goes_on).map_err(|refused| told(&refused))?;
    if !goes_on() {
        return Err(told(&Refused::Stopped));
    }
    Ok((problems, Kept::new(bytes)?))
}

/// What an SBOM was read as.
struct Used {
    head: Head,
    skipped: Vec<Skipped>,
    unnamed: usize,
    inventory: Vec<u8>,
}

fn used(bytes: &[u8], goes_on: GoesOn<'_>) -> Result<Used, Problem> {
    let read = Holding::read(bytes, goes_on).map_err(|refused| told(&refused))?;
    let Read { head, holding, skipped } = read;
    if head.components == 0 {
        return Err(nothing(&skipped));
    }
    if !goes_on() {
        return Err(told(&Refused::Stopped));
    }
    let inventory = holding.to_bytes().map_err(|error| {
        Problem::new("too_large", error.to_string(), "split it, and attach its parts side by side")
    })?;
    Ok(Used { head, skipped, unnamed: holding.unnamed(), inventory })
}

fn record(document: &str, head: &Head, unnamed: usize, left: &Left) -> SbomRecord {
    SbomRecord {
        document: document.to_owned(),
        format: head.format.to_string(),
        format_version: said(&head.version),
        serial: head.serial.as_deref().map(said),
        made: head.created.as_deref().map(said),
        tools: head.tools.iter().take(TOOLS_MAX).map(|tool| said(tool)).collect(),
        components: head.components,
        unnamed: u32::try_from(unnamed).unwrap_or(u32::MAX),
        skipped: left.skipped_all,
        problems: left.problems.told.len() as u64 + left.problems.more,
    }
}

/// What a document says of itself, as it can be recorded: short, and without signs of control.
fn said(text: &str) -> String {
    let plain = |sign: char| if sign.is_control() { '\u{fffd}' } else { sign };
    text.chars().take(SAID_CHARS_MAX).map(plain).collect()
}

/// A document that would say that the release is made of nothing.
fn nothing(skipped: &[Skipped]) -> Problem {
    let mut components = skipped.iter().filter(|one| one.lost == Lost::Component);
    let Some(first) = components.next() else {
        let hint = "send what the release is made of; advisories and VEX are no SBOMs";
        return Problem::new("sbom_refused", "it names no component", hint);
    };
    let detail = format!("none of its components can be used; the first: {}", first.reason);
    let problem = Problem::new("sbom_refused", detail, "mend the components, or export it anew");
    placed(problem, &first.place)
}

/// A refusal, with its place and what to do.
fn told(refused: &Refused) -> Problem {
    let hint = match refused {
        Refused::Empty => "send the document itself as the body",
        Refused::Unknown(_) => {
            "send CycloneDX or SPDX, as JSON, XML, tags and values or JSON-LD, as it is or \
             compressed with gzip or xz; advisories and VEX are no SBOMs"
        }
        Refused::Version { .. } => "export it anew in a version that is read",
        Refused::Broken { .. } => "mend the place, or export the document anew",
        Refused::Compressed(..) => "compress it anew, or send it as it is",
        Refused::Bomb(_) => "send it as it is, or compressed as tools do",
        Refused::TooDeep(_) => "export it anew with fewer levels",
        Refused::Stopped => "send it again, and wait for the answer",
        Refused::TooLarge | Refused::TooMany | Refused::TooManyRelations => {
            "split it, and attach its parts side by side with `?beside=true`"
        }
    };
    let problem = Problem::new("sbom_refused", refused.reason(), hint);
    match refused.place() {
        Some(place) => placed(problem, place),
        None => problem,
    }
}

fn placed(problem: Problem, place: &sbom::Place) -> Problem {
    let problem = match place.line {
        Some(line) => problem.on_line(line),
        None => problem,
    };
    if place.path.is_empty() { problem } else { problem.at(&place.path) }
}
