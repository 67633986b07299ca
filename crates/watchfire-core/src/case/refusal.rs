//! Why a rule said no, with a stable code and the way out.

use jiff::Timestamp;

use crate::ids::{ObligationId, PartyId};
use crate::law::State;
use crate::law::fact::FactError;
use crate::law::form::ValueProblem;

/// Why an act was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The fact is not one: its kind, its instants or what it names is wrong.
    #[error("the fact cannot be recorded: {0}")]
    Fact(#[from] FactError),
    /// Another fact of the case has this id.
    #[error("the case has a fact `{0}` already")]
    FactTaken(String),
    /// The case has no fact of this id.
    #[error("the case has no fact `{0}`")]
    NoSuchFact(String),
    /// The fact was taken back before.
    #[error("the fact `{0}` was taken back already")]
    FactRetracted(String),
    /// The fact would be known only later than now.
    #[error("the fact would be known at {known_at}, which is after now, {now}")]
    KnownInFuture { known_at: Timestamp, now: Timestamp },
    /// The case has no obligation of this id.
    #[error("the case has no obligation `{0}`")]
    NoSuchObligation(ObligationId),
    /// It is met, or owed no more.
    #[error("the obligation `{obligation}` is {state}")]
    NotOwed { obligation: ObligationId, state: State },
    /// Somebody else holds it, and it is no gap.
    #[error("the obligation `{obligation}` is held by `{owner}`")]
    HeldByAnother { obligation: ObligationId, owner: PartyId },
    /// The person does not hold it.
    #[error("the obligation `{0}` is not held by you")]
    NotHolder(ObligationId),
    /// The case may not be spoken of yet.
    #[error("the case is under embargo{}", until.map(|at| format!(" until {at}")).unwrap_or_default())]
    EmbargoActive { until: Option<Timestamp> },
    /// There is no embargo to end.
    #[error("the case is not under embargo")]
    NoEmbargo,
    /// The case was public once; silence cannot be restored.
    #[error("the embargo of the case has ended and cannot begin again")]
    EmbargoExited,
    /// The person takes no part in the case.
    #[error("`{0}` takes no part in the case")]
    NotParticipant(PartyId),
    /// The last person who can see an embargoed case must stay.
    #[error("`{0}` is the last participant of a case under embargo")]
    LastParticipant(PartyId),
    /// A text is empty or too long.
    #[error("`{field}` has {chars} characters, it must have 1 to {chars_max}")]
    Text { field: &'static str, chars: usize, chars_max: usize },
    /// Fields required now are missing, and no reason was given.
    #[error("fields required now are missing: {}", missing.join(", "))]
    IncompleteWithoutReason { missing: Vec<String> },
    /// A field has an answer that its form does not take, and no reason was given.
    #[error("the field `{field}` is not answered as its form asks: {problem}")]
    Value { field: String, problem: ValueProblem },
    /// A prohibition bars the recipient, and nobody has decided to pass it.
    #[error(
        "what would go to `{recipient}` is barred by {}: `{}`",
        cites.join(" and "), provisions.join("`, `")
    )]
    GateClosed { recipient: String, provisions: Vec<String>, cites: Vec<String> },
    /// No such conflict is there, or nothing is to be decided about it.
    #[error("the case has no conflict `{0}` that could be decided")]
    NoSuchConflict(String),
    /// The conflict has no such choice.
    #[error("`{choice}` is none of the choices: {}", choices.join(", "))]
    NoSuchChoice { choice: String, choices: Vec<String> },
    /// There is more than a case may hold.
    #[error("the case holds the most {what} it may: {max}")]
    Full { what: &'static str, max: usize },
    /// The chain has nobody but the one who asks.
    #[error("there is nobody in the chain to whom `{0}` could be escalated")]
    NobodyAbove(ObligationId),
    /// A submission names no obligation.
    #[error("a submission must name at least one obligation")]
    NothingSubmitted,
}

impl Refusal {
    /// Returns the stable code that the API shows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Fact(_) => "fact_invalid",
            Self::FactTaken(_) => "fact_taken",
            Self::NoSuchFact(_) => "fact_unknown",
            Self::FactRetracted(_) => "fact_retracted",
            Self::KnownInFuture { .. } => "known_in_future",
            Self::NoSuchObligation(_) => "obligation_unknown",
            Self::NotOwed { .. } => "obligation_not_owed",
            Self::HeldByAnother { .. } => "obligation_held",
            Self::NotHolder(_) => "obligation_not_held",
            Self::EmbargoActive { .. } => "embargo_active",
            Self::NoEmbargo => "embargo_none",
            Self::EmbargoExited => "embargo_exited",
            Self::NotParticipant(_) => "participant_unknown",
            Self::LastParticipant(_) => "participant_last",
            Self::Text { .. } => "text_length",
            Self::IncompleteWithoutReason { .. } => "submission_incomplete",
            Self::Value { .. } => "field_value",
            Self::GateClosed { .. } => "gate_closed",
            Self::NoSuchConflict(_) => "conflict_unknown",
            Self::NoSuchChoice { .. } => "choice_unknown",
            Self::Full { .. } => "case_full",
            Self::NobodyAbove(_) => "chain_empty",
            Self::NothingSubmitted => "submission_empty",
        }
    }

    /// Returns what to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Fact(_) => "compare the fact with laws/README.md, `Case files`",
            Self::FactTaken(_) => "leave `id` out, or choose another",
            Self::NoSuchFact(_) => "look up the fact's id in the case",
            Self::FactRetracted(_) => "record the fact anew if it is true after all",
            Self::KnownInFuture { .. } => "give the instant at which it became known",
            Self::NoSuchObligation(_) => "look up the obligation's id in the case",
            Self::NotOwed { .. } => "nothing is left to do for it",
            Self::HeldByAnother { .. } => "ask its holder to release it, or wait until it is a gap",
            Self::NotHolder(_) => "claim the obligation first",
            Self::EmbargoActive { .. } => {
                "wait for the date, or record the fact `disclosed` if it is public already"
            }
            Self::NoEmbargo => "nothing is to be ended",
            Self::EmbargoExited => "open a new case for a new vulnerability",
            Self::NotParticipant(_) => "add the party to the case first",
            Self::LastParticipant(_) => "add another participant first",
            Self::Text { .. } => "shorten or fill in the text",
            Self::IncompleteWithoutReason { .. } => {
                "fill the fields in, or say in `incomplete_reason` why it was sent without them"
            }
            Self::Value { .. } => {
                "correct the field, or say in `incomplete_reason` why it was sent so"
            }
            Self::GateClosed { .. } => {
                "leave it, answer what would lift it, or say in `pass_reason` why it may go"
            }
            Self::NoSuchConflict(_) => "look up the conflicts of the case",
            Self::NoSuchChoice { .. } => "choose one of these",
            Self::Full { .. } => "open a further case and name this one in it",
            Self::NobodyAbove(_) => "set a supervisor and an executive for the organization",
            Self::NothingSubmitted => "name the obligations that it meets",
        }
    }
}
