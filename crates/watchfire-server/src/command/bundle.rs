//! A case as a bundle: its entries with their proofs, for somebody who has nothing else of ours.

use watchfire_core::ids::CaseId;
use watchfire_core::log::Tick;
use watchfire_core::log::bundle::{Anchor, Bundle, Content, Entry, EntryProof};
use watchfire_core::log::tick::{PublicProof, Schedule};
use watchfire_core::log::{Hash, Leaf};
use watchfire_store::policy::Read;
use watchfire_store::{OpenedEntry, ReceiptEntry, Tree, Viewer};

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
    for (receipt, opened) in opened(node, viewer, id).await? {
        let covered = batches.last().is_some_and(|last: &Batch| last.entries.end > opened.index);
        if !covered {
            batches.push(batch(node, viewer, &receipt).await?);
        }
        placed.push((batches.len() - 1, opened));
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
    for (at, opened) in placed {
        let (batch, inclusion) = (&batches[at], inclusions[at].clone());
        let ordinal = usize::try_from(opened.index - batch.entries.start).ok();
        let path = ordinal.and_then(|ordinal| batch.tick.path(ordinal));
        let path =
            path.ok_or_else(|| Problem::internal(&"a tick has no path to an entry it covers"))?;
        let order = (batch.number, path.slot);
        let proof = PublicProof { batch: path, tick: batch.number, inclusion };
        let content = Content::Kept { salt: opened.salt, bytes: opened.bytes };
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
/// its size and the places of these entries in it: for whoever may read the log.
///
/// # Errors
/// 404 if the case is missing or hidden, or the log is not for the viewer to read.
pub async fn internal(
    node: &Node,
    viewer: &Viewer,
    id: &CaseId,
    summary: serde_json::Value,
) -> Result<Bundle, Problem> {
    let log = node.store().authorize_log(viewer).await?;
    let opened = opened(node, viewer, id).await?;
    let checkpoint = node.store().latest_checkpoint(&log, Tree::Internal).await?;
    let checkpoint = checkpoint.ok_or_else(|| Problem::internal(&"the log has no checkpoint"))?;
    let mut entries = Vec::with_capacity(opened.len());
    for (_, OpenedEntry { index, bytes, salt }) in opened {
        let size = checkpoint.head.size;
        let inclusion = node.store().inclusion_proof(&log, Tree::Internal, index, size).await?;
        let proof = EntryProof::Internal { index, inclusion };
        entries.push(Entry { content: Content::Kept { salt, bytes }, proof });
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

/// Opens the entries of a case, in the order of the log.
async fn opened(
    node: &Node,
    viewer: &Viewer,
    id: &CaseId,
) -> Result<Vec<(ReceiptEntry, OpenedEntry)>, Problem> {
    let grant = node.store().authorize_case::<Read>(viewer, id).await?;
    let mut found = Vec::new();
    for recorded in node.store().case_history(viewer, id).await? {
        let opened = node.store().opened_entry(&grant, &recorded.event.id).await?;
        let receipt = ReceiptEntry {
            index: opened.index,
            event: recorded.event.id,
            salt: Some(opened.salt),
            commitment: Leaf::commit(&opened.salt, &opened.bytes),
            recorded_at: recorded.event.recorded_at,
        };
        found.push((receipt, opened));
    }
    Ok(found)
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
