//! What people want done: load under a right, let core decide, append, and try again if somebody
//! else was faster. The API and the pages use these alike.

pub mod advisory;
pub mod amendment;
pub mod backtest;
pub(crate) mod built_in;
pub mod bundle;
pub mod case;
pub mod component;
pub mod country;
pub mod decision;
pub mod department;
pub mod feed;
pub mod form;
pub mod gate;
pub mod impact;
pub mod inquiry;
pub(crate) mod judge;
pub mod party;
pub mod product;
pub mod reading;
pub mod release;
pub mod report;
pub mod sbom;
pub(crate) mod settle;
pub mod standing;
pub mod vulnerability;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::event::Service;
use watchfire_store::{Append, Idempotency, Outcome, Receipt, StoreError, Viewer};

use crate::error::Problem;
use crate::state::Node;
use crate::write::Key;

/// A decision is made anew so many times while others change the same thing in between.
pub const TRIES_MAX: u32 = 8;

/// Somebody who wants something done.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// Where.
    pub node: &'a Node,
    /// Who.
    pub viewer: &'a Viewer,
    /// The name of the request, so that it is done once.
    pub key: Option<&'a Key>,
}

/// What is answered to a write. Kept with its key, so that the same request has the same answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Written)]
pub struct Answer {
    /// What was made or changed.
    pub id: String,
    /// Token of the entry in the evidence log; absent if everything was so already.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub receipt: Option<String>,
}

impl Answer {
    /// Makes the answer about `id`.
    pub fn new(id: impl ToString, receipt: Option<&Receipt>) -> Self {
        Self { id: id.to_string(), receipt: receipt.map(ToString::to_string) }
    }
}

impl Wish<'_> {
    /// Returns what was answered to this very request before, if it was.
    ///
    /// # Errors
    /// `idempotency_key_reused` if the key was another request's.
    pub(crate) async fn answered_before(&self) -> Result<Option<Answer>, Problem> {
        let Some(key) = self.key else { return Ok(None) };
        let before = self.node.store().answered_before(self.viewer, &key.text, &key.digest).await?;
        before.map(|bytes| read(&bytes)).transpose()
    }

    /// Appends, and keeps the answer under the key of the request.
    ///
    /// # Errors
    /// What the store refuses; [`StoreError::Conflict`] if somebody else was faster.
    pub(crate) async fn append(
        &self,
        append: Append,
        answer: &Answer,
    ) -> Result<Answer, AppendError> {
        let append = match self.key {
            None => append,
            Some(key) => append.idempotency(Idempotency {
                key: key.text.clone(),
                body_digest: key.digest,
                answer: serde_json::to_vec(answer).expect("texts have a JSON form"),
            }),
        };
        match self.node.store().append(append).await {
            Ok(Outcome::Done(done)) => {
                if done.clock_was_behind {
                    self.node.clock().not_before(done.recorded_at);
                }
                Ok(answer.clone())
            }
            Ok(Outcome::Before(bytes)) => read(&bytes).map_err(AppendError::Problem),
            Err(StoreError::Conflict { .. }) => Err(AppendError::Conflict),
            Err(other) => Err(AppendError::Problem(other.into())),
        }
    }
}

/// Why an append was not made.
#[derive(Debug)]
pub(crate) enum AppendError {
    /// Somebody else was faster: decide anew.
    Conflict,
    /// It will not be made.
    Problem(Problem),
}

/// Others were faster again and again.
pub(crate) fn too_many_conflicts() -> Problem {
    Problem::new(
        "conflict",
        "others changed the same thing again and again in between",
        "look at it as it is now, and ask again with the same `Idempotency-Key`",
    )
}

fn read(bytes: &[u8]) -> Result<Answer, Problem> {
    serde_json::from_slice(bytes).map_err(|error| Problem::internal(&error))
}

/// The part of the node that reads what a decision needs and the caller need not see: who is told,
/// and what the organization is by law.
pub(crate) fn keeper() -> Viewer {
    Viewer::service(Service::Keeper)
}
