//! The evidence log: public checkpoints and tiles (C2SP tlog-tiles), and what a receipt proves.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use watchfire_core::log::tile::{self, Kind, Tile};
use watchfire_core::log::{Hash, PublicProof, Receipt as ReceiptFile, Tick};
use watchfire_store::{Receipt, ReceiptEntry, Tree, Viewer};

use super::Shown;
use crate::auth::Caller;
use crate::error::Problem;
use crate::limit::Counted;
use crate::request::Arrival;
use crate::state::Node;

/// Where the tiles are, below the log.
const TILE_PREFIX: &str = "tile";

/// Returns the newest public checkpoint, as a signed note.
#[utoipa::path(get, path = "/api/v1/log/checkpoint", tag = "log",
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = 404, description = "There is none yet.")))]
pub(crate) async fn checkpoint(State(node): State<Node>) -> Result<Response, Problem> {
    let newest = node.store().public_checkpoint(&Viewer::anonymous()).await?;
    Ok(note(newest.ok_or_else(Problem::not_found)?.note))
}

/// Returns the newest checkpoint of the internal log, which has one leaf for each event.
#[utoipa::path(get, path = "/api/v1/log/internal/checkpoint", tag = "log",
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = 404, description = "There is none yet.")))]
pub(crate) async fn internal_checkpoint(
    State(node): State<Node>,
    caller: Caller,
) -> Result<Response, Problem> {
    let grant = node.store().authorize_log(&caller.viewer).await?;
    let newest = node.store().latest_checkpoint(&grant, Tree::Internal).await?;
    Ok(note(newest.ok_or_else(Problem::not_found)?.note))
}

fn note(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// Returns a tile of the public log: hashes, or below `entries/` the data of the leaves.
#[utoipa::path(get, path = "/api/v1/log/tile/{*tile}", tag = "log",
    params(("tile" = String, Path, description = "Level and index as C2SP tlog-tiles writes them.")),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub(crate) async fn tile(
    State(node): State<Node>,
    Path(tile): Path<String>,
) -> Result<Response, Problem> {
    bytes(&node, &tile).await
}

/// Returns the data of leaves of the public log: the same as below `tile/entries/`.
#[utoipa::path(get, path = "/api/v1/log/entries/{*tile}", tag = "log",
    params(("tile" = String, Path, description = "Index as C2SP tlog-tiles writes it.")),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub(crate) async fn entries(
    State(node): State<Node>,
    Path(tile): Path<String>,
) -> Result<Response, Problem> {
    bytes(&node, &format!("entries/{tile}")).await
}

async fn bytes(node: &Node, path: &str) -> Result<Response, Problem> {
    let path = format!("{TILE_PREFIX}/{path}");
    let wanted = Tile::parse_path(&path).map_err(|_| Problem::not_found())?;
    let anybody = Viewer::anonymous();
    let bytes = match wanted.kind {
        Kind::Hashes(_) => tile::hash_bytes(&node.store().public_tile(&anybody, &wanted).await?),
        Kind::Entries => {
            let entries = node.store().public_entries(&anybody, &wanted).await?;
            let entries = entries.iter().map(|entry| entry.as_bytes().as_slice());
            tile::bundle_bytes(entries).map_err(|error| Problem::internal(&error))?
        }
    };
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

/// What a receipt proves.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownReceipt {
    /// `recorded`, or `public` once a public checkpoint covers the entry.
    #[schema(value_type = String)]
    state: &'static str,
    /// Hash of the leaf in the internal log, in base64.
    leaf_hash: String,
    /// In base64. With the bytes of the event it gives the leaf; alone it tells nothing. Absent
    /// once the entry was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    /// The way from the entry to a public checkpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<ShownProof>,
}

/// The way from an entry to a public checkpoint.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShownProof {
    /// The place in the batch of the tick; drawn at random.
    slot: u32,
    /// 24 hashes from the slot to the root of the batch, in base64.
    batch: Vec<String>,
    /// Commitment of the tick to the head of the internal log, in base64.
    head: String,
    /// The tick: the index of its leaf in the public log.
    tick: u64,
    /// Inclusion proof of the tick in the public log, in base64.
    inclusion: Vec<String>,
    /// The signed note.
    checkpoint: String,
    /// All of this as a file in the form of C2SP tlog-proof, to be kept.
    file: String,
}

/// Shows what a receipt proves. The token is the right to it.
#[utoipa::path(get, path = "/api/v1/log/receipts/{token}", tag = "log",
    params(("token" = String, Path, description = "The receipt of a write.")),
    responses((status = 200, body = ShownReceipt), (status = 404, description = "Never given.")))]
pub(crate) async fn receipt(
    State(node): State<Node>,
    arrival: Arrival,
    Path(token): Path<String>,
) -> Shown<ShownReceipt> {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    node.counters().count(Counted::Lookup, arrival.source)?;
    let receipt = Receipt::parse(&token).ok_or_else(Problem::not_found)?;
    let entry = node.store().entry_of_receipt(&Viewer::anonymous(), &receipt).await?;
    let file = prove(&node, &entry).await?;
    Ok(Json(ShownReceipt {
        state: if file.is_some() { "public" } else { "recorded" },
        leaf_hash: entry.commitment.leaf_hash().to_string(),
        salt: entry.salt.map(|salt| BASE64_STANDARD.encode(salt)),
        proof: file.map(|file| shown(&file)),
    }))
}

/// Finds the way from an entry to the newest public checkpoint, if one covers it.
pub(crate) async fn prove(
    node: &Node,
    entry: &ReceiptEntry,
) -> Result<Option<ReceiptFile>, Problem> {
    let anybody = Viewer::anonymous();
    let Some((tick, first, leaves)) = node.store().tick_covering(&anybody, entry).await? else {
        return Ok(None);
    };
    let Some(newest) = node.store().public_checkpoint(&anybody).await? else { return Ok(None) };
    if newest.head.size <= tick.number {
        return Ok(None);
    }
    let inclusion =
        node.store().public_inclusion_proof(&anybody, tick.number, newest.head.size).await?;
    let ordinal =
        usize::try_from(entry.index - first).map_err(|error| Problem::internal(&error))?;
    let batch = Tick::new(tick.secret, tick.internal.size, tick.internal.root, &leaves)
        .map_err(|error| Problem::internal(&error))?
        .path(ordinal)
        .ok_or_else(|| Problem::internal(&"a tick that covers an entry has no path to it"))?;
    let proof = PublicProof { batch, tick: tick.number, inclusion };
    Ok(Some(ReceiptFile { proof, checkpoint: newest.note }))
}

fn shown(file: &ReceiptFile) -> ShownProof {
    let texts = |hashes: &[Hash]| hashes.iter().map(ToString::to_string).collect();
    let PublicProof { batch, tick, inclusion } = &file.proof;
    ShownProof {
        slot: batch.slot,
        batch: texts(&batch.hashes),
        head: batch.head.to_string(),
        tick: *tick,
        inclusion: texts(inclusion),
        checkpoint: file.checkpoint.clone(),
        file: file.to_text(),
    }
}
