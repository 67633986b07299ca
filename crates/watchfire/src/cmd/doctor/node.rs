//! What the node itself is like: its database, its log, what it owes.

use std::fs;

use jiff::{SignedDuration, Timestamp};
use watchfire_core::event::Service;
use watchfire_server::settings::Settings;
use watchfire_server::state::Node;
use watchfire_store::policy::Read;
use watchfire_store::{PageRequest, StoreError, Viewer, schema_version};

use super::super::backup;
use super::super::log::verify;
use super::Check;
use crate::open::{self, operator};
use crate::quarantine;

/// A notice that waits longer than this is stuck.
const NOTICE_HOURS_MAX: i64 = 1;
/// A backup older than this is of little use.
const BACKUP_DAYS_MAX: i64 = 7;
/// A backup that was not restored for practice for this long may not be one.
const REHEARSAL_DAYS_MAX: i64 = 90;
/// A node that runs gives a sign of life each second.
const BEAT_SECONDS_MAX: i64 = 60;
/// Stalled obligations that are counted.
const STALLED_ROWS_MAX: usize = 100;

pub(super) async fn checks(settings: Settings) -> Vec<Check> {
    let node = match open::node(settings).await {
        Ok(node) => node,
        Err(failure) => {
            let cause = failure.cause.map(|cause| format!(": {cause}")).unwrap_or_default();
            let detail = format!("{}{cause}", failure.message);
            return vec![Check::bad("database", detail, failure.hint.unwrap_or_default())];
        }
    };
    let mut checks = vec![
        Check::ok("schema", format!("{}, as this program has it", schema_version())),
        laws(&node),
    ];
    for (name, found) in [
        ("database-settings", engine(&node).await),
        ("clock", clock(&node).await),
        ("evidence-log", log(&node).await),
        ("checkpoint", checkpoint(&node).await),
        ("ticker", ticker(&node).await),
        ("obligations", obligations(&node).await),
        ("notices", notices(&node).await),
        ("chain", chain(&node).await),
    ] {
        checks.push(found.unwrap_or_else(|error| {
            Check::bad(name, error.to_string(), "look at the database and its disk")
        }));
    }
    checks.push(last_backup(&node));
    checks.push(last_rehearsal(&node));
    checks.push(quarantined(&node));
    node.store().clone().close().await;
    checks
}

/// Packs that do not load stop a node before it is opened.
fn laws(node: &Node) -> Check {
    let packs = node.law().packs().len();
    Check::ok("laws", format!("{packs} packs, {}", node.law().digest_hex()))
}

async fn engine(node: &Node) -> Result<Check, StoreError> {
    let name = "database-settings";
    let grant = node.store().authorize_node::<Read>(&operator()).await?;
    let settings = node.store().engine_settings(&grant).await?;
    let wrong: Vec<String> = settings
        .iter()
        .filter(|setting| !setting.is_safe())
        .map(|setting| {
            format!("{} is `{}`, not {}", setting.name, setting.found, setting.safe.join(" or "))
        })
        .collect();
    if wrong.is_empty() {
        let all: Vec<String> =
            settings.iter().map(|setting| format!("{}={}", setting.name, setting.found)).collect();
        return Ok(Check::ok(name, all.join(" ")));
    }
    Ok(Check::bad(name, wrong.join("; "), "set it in the database's own configuration"))
}

async fn clock(node: &Node) -> Result<Check, StoreError> {
    let grant = node.store().authorize_node::<Read>(&operator()).await?;
    let watermark = node.store().watermark(&grant).await?;
    let status = node.clock().status();
    if status.wall < watermark {
        let detail = format!("the machine says {}, the last entry {watermark}", status.wall);
        return Ok(Check::bad("clock", detail, "set the machine's clock, by NTP if you can"));
    }
    Ok(Check::ok("clock", format!("{}, after the last entry", status.wall)))
}

async fn log(node: &Node) -> Result<Check, StoreError> {
    let name = "evidence-log";
    let file = node.settings().checkpoint_file();
    let verdict = verify::of_store(node.store(), node.signer().verifier(), &file).await?;
    Ok(match verdict.problem {
        None => Check::ok(name, format!("{} entries, sound", verdict.size.unwrap_or_default())),
        Some(problem) => {
            Check::bad(name, problem, "keep everything as it is, and run `watchfire log verify`")
        }
    })
}

async fn checkpoint(node: &Node) -> Result<Check, StoreError> {
    let name = "checkpoint";
    if !node.settings().checkpoint_file().exists() {
        let hint = "it comes with the next entry; then keep a copy on another machine";
        return Ok(Check::warning(name, "none is kept outside the database", hint));
    }
    let newest = node.store().public_checkpoint(&Viewer::anonymous()).await?;
    let cadence = i64::from(node.settings().checkpoint_every_seconds);
    Ok(match newest {
        Some(newest) if age(node, newest.signed_at).as_secs() <= 2 * cadence => {
            Check::ok(name, format!("public one of {}", newest.signed_at))
        }
        Some(newest) => Check::warning(
            name,
            format!("the newest public one is of {}", newest.signed_at),
            "does the node run?",
        ),
        None => Check::warning(name, "there is no public one yet", "does the node run?"),
    })
}

fn age(node: &Node, at: Timestamp) -> SignedDuration {
    node.now().duration_since(at)
}

async fn ticker(node: &Node) -> Result<Check, StoreError> {
    let name = "ticker";
    let grant = node.store().authorize_node::<Read>(&operator()).await?;
    Ok(match node.store().last_beat(&grant).await? {
        Some(beat) if age(node, beat).as_secs() <= BEAT_SECONDS_MAX => {
            Check::ok(name, format!("last sign of life {beat}"))
        }
        Some(beat) => Check::warning(
            name,
            format!("last sign of life {beat}"),
            "no node runs on this database: nobody watches the clocks",
        ),
        None => Check::warning(name, "no sign of life yet", "start the node"),
    })
}

async fn obligations(node: &Node) -> Result<Check, StoreError> {
    let name = "obligations";
    let ticker = Viewer::service(Service::Ticker);
    let stalled = node.store().stalled(&ticker, STALLED_ROWS_MAX).await?;
    if stalled.is_empty() {
        return Ok(Check::ok(name, "each open one has an owner or a gap, and a next instant"));
    }
    let detail = format!("{} open ones have no next instant, or nobody", stalled.len());
    Ok(Check::bad(name, detail, "claim them by hand, and report this as a defect"))
}

async fn notices(node: &Node) -> Result<Check, StoreError> {
    let name = "notices";
    let page = PageRequest { after: None, limit: 1 };
    let grant = node.store().authorize_node::<Read>(&operator()).await?;
    let waiting = node.store().waiting_notices(&grant, &page).await?;
    let Some(oldest) = waiting.rows.first() else {
        return Ok(Check::ok(name, "none waits"));
    };
    let detail = format!("the next was written {}", oldest.created_at);
    if age(node, oldest.created_at).as_hours() < NOTICE_HOURS_MAX {
        return Ok(Check::ok(name, detail));
    }
    Ok(Check::warning(name, detail, "look at the mail relay and the webhooks"))
}

async fn chain(node: &Node) -> Result<Check, StoreError> {
    let name = "chain";
    let own = match node.store().own_organization(&operator()).await {
        Ok(own) => own,
        Err(StoreError::NotFound(_)) => {
            let hint = "make the first person with `watchfire user add`";
            return Ok(Check::warning(name, "there is no organization yet", hint));
        }
        Err(other) => return Err(other),
    };
    let chain = node.store().party(&operator(), &own).await?.chain;
    let places =
        [("owner", chain.owner), ("supervisor", chain.supervisor), ("executive", chain.executive)];
    let missing: Vec<&str> =
        places.iter().filter(|(_, who)| who.is_none()).map(|(place, _)| *place).collect();
    if missing.is_empty() {
        return Ok(Check::ok(name, "owner, supervisor and executive are named"));
    }
    let detail = format!("nobody is named as {}", missing.join(", "));
    Ok(Check::warning(name, detail, "`watchfire user chain` names them"))
}

/// Reads an instant that was noted in a file of the data folder.
fn noted(node: &Node, file: &str) -> Option<Timestamp> {
    fs::read_to_string(node.settings().data.join(file)).ok()?.trim().parse().ok()
}

fn last_rehearsal(node: &Node) -> Check {
    let name = "rehearsal";
    let hint = "`watchfire backup --rehearse FILE` restores a backup for practice";
    match noted(node, backup::REHEARSED) {
        None => Check::warning(name, "no backup was ever restored for practice here", hint),
        Some(at) if age(node, at).as_hours() > 24 * REHEARSAL_DAYS_MAX => {
            Check::warning(name, format!("the last is of {at}"), hint)
        }
        Some(at) => Check::ok(name, format!("the last is of {at}")),
    }
}

fn last_backup(node: &Node) -> Check {
    let name = "backup";
    let hint = "`watchfire backup --out FILE`, and keep it on another machine";
    match noted(node, backup::LAST) {
        None => Check::warning(name, "none was taken from this folder", hint),
        Some(at) if age(node, at).as_hours() > 24 * BACKUP_DAYS_MAX => {
            Check::warning(name, format!("the last is of {at}"), hint)
        }
        Some(at) => Check::ok(name, format!("the last is of {at}")),
    }
}

fn quarantined(node: &Node) -> Check {
    let name = "quarantine";
    match quarantine::read(node.settings()) {
        Ok(None) => Check::ok(name, "notices leave this node"),
        Ok(Some(quarantine)) => Check::warning(
            name,
            format!("restored from a backup of {}; no notice leaves", quarantine.taken_at),
            "`watchfire restore --release` once the old node is dead",
        ),
        Err(failure) => Check::bad(name, failure.message, "look at the file"),
    }
}
