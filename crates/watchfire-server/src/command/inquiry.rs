//! The answers to the questions that find what an organization is by law.

use watchfire_core::event::PartyEvent;
use watchfire_core::ids::PartyId;
use watchfire_core::law::inquiry::Answers;
use watchfire_core::party::check_answers;
use watchfire_store::policy::Administer;

use super::party::{begun, finish, organization};
use super::{Answer, AppendError, TRIES_MAX, Wish, too_many_conflicts};
use crate::error::Problem;

/// Records the answers, and what follows from them for the profile, in one append.
///
/// # Errors
/// `inquiry_empty`, `answer_invalid`; 404 unless the caller keeps the organization's accounts.
pub async fn record(wish: Wish<'_>, id: &PartyId, answers: &Answers) -> Result<Answer, Problem> {
    organization(wish, id).await?;
    let laws = wish.node.law();
    check_answers(answers, laws)?;
    let mut answers = answers.clone();
    answers.retain(|_, answer| !answer.is_empty());
    for _ in 0..TRIES_MAX {
        let store = wish.node.store();
        let grant = store.authorize_party::<Administer>(wish.viewer, id).await?;
        if let Some(before) = wish.answered_before().await? {
            return Ok(before);
        }
        // The version is read first: a profile that changes after it makes the append conflict.
        let mut append = begun(wish, id).await?;
        let profile = store.profile(wish.viewer, id).await?;
        let lawbook = laws.digest_hex();
        let answered = PartyEvent::InquiryAnswered { answers: answers.clone(), lawbook };
        let recorded = append.administer(&grant, answered);
        let after = laws.profile_after(&answers, &profile);
        if after != profile {
            append.administer(&grant, PartyEvent::ProfileChanged(after));
        }
        match wish.append(append, &Answer::new(id, Some(&recorded.receipt))).await {
            Err(AppendError::Conflict) => {}
            other => return finish(other),
        }
    }
    Err(too_many_conflicts())
}
