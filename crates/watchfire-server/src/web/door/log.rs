//! The evidence log, and a receipt looked up.

use axum::response::Response;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use jiff::{SignedDuration, Timestamp};
use watchfire_core::event::Duty;
use watchfire_store::{Receipt, StoreError, Tree, Viewer};

use super::{Sent, Visit};
use crate::api;
use crate::error::Problem;
use crate::limit::Counted;
use crate::web::log::{self, Internal, LogView, ReceiptView};

/// Shows the log.
pub(super) async fn page(visit: Visit) -> Result<Response, Problem> {
    let view = view(&visit).await?;
    Ok(visit.show(log::page(&view, &visit.reader)))
}

async fn view(visit: &Visit) -> Result<LogView, Problem> {
    let (node, anybody) = (&visit.node, Viewer::anonymous());
    let newest = node.store().public_checkpoint(&anybody).await?;
    Ok(LogView {
        checkpoint_at: newest.as_ref().map(|newest| newest.signed_at),
        checkpoint: newest.map(|newest| newest.note),
        verifier_key: node.signer().verifier().to_string(),
        cadence_seconds: node.settings().checkpoint_every_seconds,
        internal: internal(visit).await?,
        ..LogView::default()
    })
}

/// The size of the internal log tells how much happens: it is for auditors alone.
async fn internal(visit: &Visit) -> Result<Option<Internal>, Problem> {
    if !visit.reader.has(Duty::Auditor) {
        return Ok(None);
    }
    let grant = visit.node.store().authorize_log(&visit.caller.viewer).await?;
    let newest = visit.node.store().latest_checkpoint(&grant, Tree::Internal).await?;
    Ok(newest.map(|newest| Internal { size: newest.head.size, root: newest.head.root.to_string() }))
}

/// Looks a receipt up. The token travels in the form and never in an address.
pub(super) async fn look_up(visit: Visit, sent: Sent) -> Result<Response, Problem> {
    visit.node.counters().count(Counted::Lookup, visit.arrival.source)?;
    let mut view = view(&visit).await?;
    sent.field("receipt").clone_into(&mut view.token);
    view.receipt = receipt(&visit, &view).await?;
    view.missed = view.receipt.is_none();
    Ok(visit.show(log::page(&view, &visit.reader)))
}

/// Returns when the next public checkpoint is due, as far as the last one tells.
fn next_checkpoint(visit: &Visit, view: &LogView) -> Timestamp {
    let cadence = SignedDuration::from_secs(i64::from(view.cadence_seconds));
    let after = |at: Timestamp| at.saturating_add(cadence).unwrap_or(Timestamp::MAX);
    let now = visit.reader.now;
    view.checkpoint_at.map(after).filter(|at| *at > now).unwrap_or_else(|| after(now))
}

async fn receipt(visit: &Visit, view: &LogView) -> Result<Option<ReceiptView>, Problem> {
    let Some(receipt) = Receipt::parse(&view.token) else { return Ok(None) };
    let found = visit.node.store().entry_of_receipt(&Viewer::anonymous(), &receipt).await;
    let entry = match found {
        Ok(entry) => entry,
        Err(StoreError::NotFound(_)) => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    let file = api::log::prove(&visit.node, &entry).await?;
    Ok(Some(ReceiptView {
        leaf_hash: entry.commitment.leaf_hash().to_string(),
        salt: entry.salt.map(|salt| BASE64_STANDARD.encode(salt)).unwrap_or_default(),
        proof_at: Some(next_checkpoint(visit, view)),
        proof: file.map(|file| file.to_text()),
    }))
}
