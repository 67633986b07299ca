//! Taking in a report, and answering it.

use sha2::{Digest, Sha256};
use watchfire_core::case::{Case, House};
use watchfire_core::event::{AnnexDigest, Exploited, ReportEvent, Stream, Sureness};
use watchfire_core::ids::{PartyId, ReportId};
use watchfire_core::law::instant::Instant;
use watchfire_core::report::{Answers, CONTACT_CHARS_MAX, Reporter};
use watchfire_formats::purl;
use watchfire_store::policy::Write;
use watchfire_store::{Append, CONTACT, Receipt, Viewer};

use super::decision::{house_of, plan};
use super::{Answer, AppendError, TRIES_MAX, Wish, gate, keeper, standing, too_many_conflicts};
use crate::error::Problem;
use crate::secret::{Secret, hex, random};
use crate::write::Key;

/// An answer to a reporter has at most so many characters.
const ANSWER_CHARS_MAX: usize = 20_000;

/// A report as it comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportDraft {
    pub what: String,
    /// A package URL in any spelling.
    pub component: Option<String>,
    pub sure: Sureness,
    pub exploited: Exploited,
    /// In the spelling of the case files.
    pub found_at: Option<String>,
    pub contact: Option<String>,
    /// `en` or `zh-CN`.
    pub language: String,
}

/// What a reporter takes home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Name and receipt of the report.
    pub answer: Answer,
    /// By it the reporter reads what is answered.
    pub tracking_code: Secret,
}

/// Takes in a report and opens a case on it, under embargo.
///
/// # Errors
/// `field_invalid` with the field; what [`Case::open`] refuses.
pub async fn receive(wish: Wish<'_>, draft: &ReportDraft) -> Result<Received, Problem> {
    let tracking_code = tracking_code(wish);
    if let Some(answer) = wish.answered_before().await? {
        return Ok(Received { answer, tracking_code });
    }
    let node = wish.node;
    let organization = node.organization().await?;
    let reporter = reporter(wish.viewer, &organization);
    let salt = random::<32>();
    let answers = answers(draft, &salt)?;
    let responders = node.store().responders(&keeper(), &organization).await?;
    let responders: Vec<PartyId> = responders.into_iter().map(|row| row.id).collect();
    let (profile, chain) = house_of(node, &organization).await?;
    let now = node.now();
    let standing = standing::of_case(node, &organization, now).await?;
    let house = House { law: node.law(), profile: &profile, chain: &chain, standing: &standing };
    let intake = node.store().authorize_intake(wish.viewer);
    let report = intake.report.id().clone();
    let opening = answers.opening(report.clone(), organization, &reporter, &responders, now);
    let decision = Case::open(intake.case.id(), &opening, &house, now)?;
    let mut append = Append::new(wish.viewer, now);
    let tracking = hex(&tracking_code.digest());
    let received = answers.intake(tracking, intake.case.id().clone(), now);
    let recorded = append.report(&intake.report, ReportEvent::Received(Box::new(received)));
    if let Some(contact) = &draft.contact {
        append.annex(&recorded, CONTACT, salt, contact.clone().into_bytes());
    }
    plan(node, &mut append, &intake.case, None, &decision, now).await?;
    let answer = Answer::new(&report, Some(&recorded.receipt));
    match wish.append(append, &answer).await {
        Ok(answer) => Ok(Received { answer, tracking_code }),
        Err(AppendError::Conflict) => Err(too_many_conflicts()),
        Err(AppendError::Problem(problem)) => Err(problem),
    }
}

/// What one of us knows the organization knows; what others say reaches us by our channel.
fn reporter(viewer: &Viewer, organization: &PartyId) -> Reporter {
    match viewer.party() {
        Some(party) if viewer.organization() == Some(organization) => {
            Reporter::Employee(party.clone())
        }
        _ => Reporter::Outside,
    }
}

/// Draws a tracking code. With a key it follows from the key, the body and a secret of the node, so
/// that the same request has the same answer although no code is ever kept.
fn tracking_code(wish: Wish<'_>) -> Secret {
    let Some(Key { text, digest }) = wish.key else { return Secret::draw_tracking_code() };
    let who = wish.viewer.party().map(ToString::to_string).unwrap_or_default();
    let mut hash = Sha256::new_with_prefix(b"watchfire tracking code\0");
    for part in [wish.node.secret().as_slice(), who.as_bytes(), text.as_bytes(), digest] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    Secret::tracking_code_from(&hash.finalize().into())
}

fn answers(draft: &ReportDraft, salt: &[u8; 32]) -> Result<Answers, Problem> {
    let component = draft.component.as_deref().filter(|text| !text.trim().is_empty());
    let component = component
        .map(|text| purl::canonical(text.trim()))
        .transpose()
        .map_err(|error| Problem::field("/component", error.to_string()))?;
    if let Some(contact) = &draft.contact
        && (contact.trim().is_empty() || contact.chars().count() > CONTACT_CHARS_MAX)
    {
        let detail = format!("a contact must have 1 to {CONTACT_CHARS_MAX} characters");
        return Err(Problem::field("/contact", detail));
    }
    if let Some(Err(error)) = draft.found_at.as_deref().map(Instant::parse) {
        return Err(Problem::field("/found_at", error.to_string()));
    }
    if !matches!(draft.language.as_str(), "en" | "zh-CN") {
        return Err(Problem::field("/language", "the language must be `en` or `zh-CN`"));
    }
    let answers = Answers {
        what: draft.what.clone(),
        component,
        sure: draft.sure,
        exploited: draft.exploited,
        found_at: draft.found_at.clone(),
        contact: draft.contact.as_ref().map(|text| AnnexDigest::of(salt, text.as_bytes())),
        language: draft.language.clone(),
    };
    answers.check()?;
    Ok(answers)
}

/// Writes to the reporter, who reads it with the tracking code.
///
/// # Errors
/// `field_invalid` for a text that is empty or too long; `gate_closed` where a prohibition bars the
/// reporter; 404 if the report is missing or hidden.
pub async fn answer(wish: Wish<'_>, id: &ReportId, text: &str) -> Result<Answer, Problem> {
    let chars = text.chars().count();
    let fits = !text.trim().is_empty() && chars <= ANSWER_CHARS_MAX;
    let event = ReportEvent::Answered { text: text.to_owned() };
    let check = || match fits {
        true => Ok(()),
        false => {
            let detail = format!("an answer must have 1 to {ANSWER_CHARS_MAX} characters");
            Err(Problem::field("/text", detail))
        }
    };
    let case = wish.node.store().report(wish.viewer, id).await?.row.case;
    gate::reporter_may_read(wish.node, wish.viewer, &case).await?;
    record(wish, id, &event, check).await
}

/// Erases how to reach the reporter.
///
/// # Errors
/// 404 if the report is missing or hidden.
pub async fn erase_contact(wish: Wish<'_>, id: &ReportId, reason: &str) -> Result<Answer, Problem> {
    let event = ReportEvent::ContactErased { reason: reason.to_owned() };
    record(wish, id, &event, || Ok(())).await
}

async fn record(
    wish: Wish<'_>,
    id: &ReportId,
    event: &ReportEvent,
    check: impl Fn() -> Result<(), Problem>,
) -> Result<Answer, Problem> {
    let store = wish.node.store();
    for _ in 0..TRIES_MAX {
        let grant = store.authorize_report::<Write>(wish.viewer, id).await?;
        if let Some(before) = wish.answered_before().await? {
            return Ok(before);
        }
        check()?;
        let version = store.report(wish.viewer, id).await?.version;
        let mut append = Append::new(wish.viewer, wish.node.now())
            .expect_version(Stream::Report(id.clone()), version);
        let recorded = append.report(&grant, event.clone());
        let receipt: &Receipt = &recorded.receipt;
        match wish.append(append, &Answer::new(&recorded.event, Some(receipt))).await {
            Ok(answer) => return Ok(answer),
            Err(AppendError::Conflict) => {}
            Err(AppendError::Problem(problem)) => return Err(problem),
        }
    }
    Err(too_many_conflicts())
}
