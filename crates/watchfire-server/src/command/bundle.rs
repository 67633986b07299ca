//! A case as a bundle: its entries, and those of the reports that it was opened on, with their
//! proofs, for somebody who has nothing else of ours.

use watchfire_core::ids::CaseId;
use watchfire_core::log::Hash;
use watchfire_core::log::Tick;
use watchfire_core::log::bundle::{Anchor, Bundle, Content, Entry, EntryProof};
use watchfire_core::log::tick::{PublicProof, Schedule};
use watchfire_store::policy::Read;
use watchfire_store::{Authorized, CaseEntry, ReceiptEntry, StoreError, Tree, Viewer, policy};

use super::keeper;
use crate::error::Problem;
use crate::state::Node;

/// Seconds to wait where nobody can say when the public log grows next.
const PENDING_SECONDS: u64 = 60;

/// A tick that covers entries, made whole so that each finds its way.
struct Batch {
    number: u64,
    /// The first entry that came with it, and the first that came later.
    entries: std::ops::Range<u64>,
    tick: Tick,
}

/// Returns the entries of a case in a bundle that is anchored in the first public checkpoint that
/// covers all of them: the same bytes each time.
///
/// # Errors
/// 404 if the case is missing or hidden; `entry_pending` if an entry has no public proof yet.
pub async fn public(
    node: &Node,
    viewer: &Viewer,
    id: &CaseId,
    summary: serde_json::Value,
) -> Result<Bundle, Problem> {
    let (mut batches, mut placed) = (Vec::new(), Vec::new());
    for case_entry in entries_of(node, viewer, id).await? {
        let index = case_entry.entry.index;
        let covered = batches.last().is_some_and(|last: &Batch| last.entries.end > index);
        if !covered {
            batches.push(batch(node, viewer, &case_entry.entry).await?);
        }
        placed.push((batches.len() - 1, case_entry));
    }
    let newest = batches.last().map_or(0, |batch| batch.number);
    let log = node.store().authorize_log(&keeper()).await?;
    let checkpoints = node.store().checkpoints(&log, Tree::Public, newest, 1).await?;
    let Some(checkpoint) = checkpoints.into_iter().next() else {
        return Err(pending(node).await);
    };
    let mut inclusions: Vec<Vec<Hash>> = Vec::with_capacity(batches.len());
    for batch in &batches {
        let size = checkpoint.head.size;
        inclusions.push(node.store().public_inclusion_proof(viewer, batch.number, size).await?);
    }
    let mut entries = Vec::with_capacity(placed.len());
    for (at, case_entry) in placed {
        let (batch, inclusion) = (&batches[at], inclusions[at].clone());
        let ordinal = usize::try_from(case_entry.entry.index - batch.entries.start).ok();
        let path = ordinal.and_then(|ordinal| batch.tick.path(ordinal));
        let path =
            path.ok_or_else(|| Problem::internal(&"a tick has no path to an entry it covers"))?;
        let order = (batch.number, path.slot);
        let proof = PublicProof { batch: path, tick: batch.number, inclusion };
        let content = content(case_entry)?;
        entries.push((order, Entry { content, proof: EntryProof::Public(proof) }));
    }
    // Within a tick the order of entries is hidden; the bundle has that of the slots.
    entries.sort_by_key(|(order, _)| *order);
    Ok(Bundle {
        origin: node.signer().verifier().name().to_owned(),
        key: node.signer().verifier().clone(),
        anchor: Anchor::Public,
        checkpoint: checkpoint.note,
        entries: entries.into_iter().map(|(_, entry)| entry).collect(),
        summary,
    })
}

/// As [`public`], anchored in the newest checkpoint of the internal log, which tells the recipient
/// its size and the places of these entries in it. `log` is the right to read the log.
///
/// # Errors
/// 404 if the case is missing or hidden.
pub async fn internal(
    node: &Node,
    viewer: &Viewer,
    log: &Authorized<policy::Log, Read>,
    id: &CaseId,
    summary: serde_json::Value,
) -> Result<Bundle, Problem> {
    let of_case = entries_of(node, viewer, id).await?;
    let checkpoint = node.store().latest_checkpoint(log, Tree::Internal).await?;
    let checkpoint = checkpoint.ok_or_else(|| Problem::internal(&"the log has no checkpoint"))?;
    let mut entries = Vec::with_capacity(of_case.len());
    for case_entry in of_case {
        let (index, size) = (case_entry.entry.index, checkpoint.head.size);
        let inclusion = node.store().inclusion_proof(log, Tree::Internal, index, size).await?;
        let proof = EntryProof::Internal { index, inclusion };
        entries.push(Entry { content: content(case_entry)?, proof });
    }
    Ok(Bundle {
        origin: node.signer().verifier().name().to_owned(),
        key: node.signer().verifier().clone(),
        anchor: Anchor::Internal,
        checkpoint: checkpoint.note,
        entries,
        summary,
    })
}

/// Writes a bundle down, sealed by the key of the log.
///
/// # Errors
/// `internal` if it would not verify.
pub fn sealed(node: &Node, bundle: &Bundle) -> Result<String, Problem> {
    bundle.seal(node.signer()).map_err(|error| Problem::internal(&error))
}

/// Reads the entries of a case and of its reports, in the order of the log.
async fn entries_of(node: &Node, viewer: &Viewer, id: &CaseId) -> Result<Vec<CaseEntry>, Problem> {
    let grant = node.store().authorize_case::<Read>(viewer, id).await?;
    Ok(node.store().case_entries(&grant).await?)
}

/// What is left of an entry.
fn content(of_case: CaseEntry) -> Result<Content, StoreError> {
    match (of_case.entry.salt, of_case.bytes) {
        (Some(salt), Some(bytes)) => Ok(Content::Kept { salt, bytes }),
        (None, None) => Ok(Content::Erased(of_case.entry.commitment)),
        _ => Err(StoreError::Corrupt { what: "salt" }),
    }
}

/// Finds the tick that covers an entry.
async fn batch(node: &Node, viewer: &Viewer, entry: &ReceiptEntry) -> Result<Batch, Problem> {
    let Some((tick, first, leaves)) = node.store().tick_covering(viewer, entry).await? else {
        return Err(pending(node).await);
    };
    let made = Tick::new(tick.secret, tick.internal.size, tick.internal.root, &leaves)
        .map_err(|error| Problem::internal(&error))?;
    Ok(Batch { number: tick.number, entries: first..tick.internal.size, tick: made })
}

/// An entry waits for the public log to grow.
async fn pending(node: &Node) -> Problem {
    let problem = Problem::new(
        "entry_pending",
        "the newest entry is not in the public log yet",
        "ask again after the seconds of `Retry-After`, or for `anchor=internal`",
    );
    problem.retry_after(seconds_to_next_tick(node).await.unwrap_or(PENDING_SECONDS))
}

async fn seconds_to_next_tick(node: &Node) -> Option<u64> {
    let grant = node.store().authorize_node::<Read>(&keeper()).await.ok()?;
    let inception = node.store().log_inception(&grant).await.ok()??;
    let now = node.now();
    let schedule = Schedule::new(inception.began_at, inception.cadence_seconds);
    let seconds = schedule.next_after(now)?.duration_since(now).as_secs();
    u64::try_from(seconds).ok().map(|seconds| seconds + 1)
}
