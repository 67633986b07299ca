//! A fact as the laws see it, and how one is read.

use jiff::Timestamp;
use jiff::civil::Date;

use super::condition::Answer;
use super::id::{FactId, FactKind, PredicateId, ProvisionId};
use super::instant::{Instant, InstantError};

/// The steps of awareness (laws/counting.md 7.2.4).
const STEPS: [&str; 6] = [
    "first-signal",
    "received-by-channel",
    "read-by-person",
    "evidence-held",
    "assessed",
    "awareness-declared",
];

/// Kinds that say something of the case's own facts and obligations, and nothing that one can come
/// to know of.
const OF_THE_CASE: [&str; 5] =
    ["submitted", "acknowledged", "extension-granted", "retracted", "decided"];

/// Returns whether `kind` is a step of awareness.
pub(crate) fn is_step(kind: &FactKind) -> bool {
    STEPS.contains(&kind.as_str())
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Unique in the case.
    pub id: FactId,
    pub kind: FactKind,
    /// When it happened in the world.
    pub occurred: Instant,
    /// When we learned of it.
    pub known_at: Timestamp,
    /// Of a step of awareness: the kind it leads to.
    pub towards: Option<FactKind>,
    /// Of `retracted` and `fact-confirmed`: the fact it is about.
    pub about: Option<FactId>,
    /// Of `submitted`, `acknowledged`, `extension-granted`.
    pub obligations: Vec<ProvisionId>,
    /// Of `extension-granted`.
    pub new_due: Option<NewDue>,
    /// Of `decided`.
    pub decided: Option<(PredicateId, Answer)>,
}

impl Fact {
    /// Returns the kind of knowledge that it is, or is a step towards.
    pub(crate) fn knowledge(&self) -> &FactKind {
        self.towards.as_ref().unwrap_or(&self.kind)
    }
}

/// To when an extension goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewDue {
    At(Timestamp),
    /// Ends with that day in the authority's zone.
    Day(Date),
}

/// A fact as somebody wrote it, before it was checked. Absent fields are `None` or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrittenFact<'a> {
    pub id: &'a str,
    pub kind: &'a str,
    pub occurred_at: &'a str,
    pub known_at: Option<&'a str>,
    pub of: Option<&'a str>,
    pub obligation: Vec<&'a str>,
    pub new_due: Option<&'a str>,
    pub number: Option<&'a str>,
    pub predicate: Option<&'a str>,
    pub answer: Option<&'a str>,
}

/// Why a written fact is none. Each names the field at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    #[error("`{0}` is no id of a fact: it has 1 to 100 signs and no control signs")]
    Id(String),
    #[error("the kind of fact `{0}` is not declared")]
    UnknownKind(String),
    #[error("`{field}`: {error}")]
    Instant { field: &'static str, error: InstantError },
    #[error("`known_at` must be one instant, and {known_at} is an interval or stands for two")]
    KnownAtVague { known_at: String },
    #[error("`known_at` {known_at} lies before `occurred_at` begins, {occurred_at}")]
    KnownBefore { known_at: Timestamp, occurred_at: Timestamp },
    #[error("a fact of kind `{kind}` needs `{field}`")]
    Missing { kind: String, field: &'static str },
    #[error("a fact of kind `{kind}` has no `{field}`")]
    Unexpected { kind: String, field: &'static str },
    #[error("`{0}` is nothing that a step of awareness leads to")]
    NotKnowledge(String),
    #[error("the provision `{0}` is not known")]
    UnknownProvision(String),
    #[error("the predicate `{0}` is not declared")]
    UnknownPredicate(String),
    #[error("`{0}` is no answer: write `yes`, `no` or `undecided`")]
    Answer(String),
    #[error("`new_due` `{0}` is neither an instant nor a day such as `2026-12-31`")]
    NewDue(String),
    #[error("the role `{0}` is not known")]
    UnknownRole(String),
    #[error("{0}")]
    Attribute(String),
}

impl FactError {
    /// Returns the field at fault, as it is written.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Id(_) => "id",
            Self::UnknownKind(_) => "kind",
            Self::Instant { field, .. }
            | Self::Missing { field, .. }
            | Self::Unexpected { field, .. } => field,
            Self::KnownAtVague { .. } | Self::KnownBefore { .. } => "known_at",
            Self::NotKnowledge(_) => "of",
            Self::UnknownProvision(_) => "obligation",
            Self::UnknownPredicate(_) => "predicate",
            Self::Answer(_) => "answer",
            Self::NewDue(_) => "new_due",
            Self::UnknownRole(_) => "roles",
            Self::Attribute(_) => "attributes",
        }
    }
}

/// What a written fact may name.
pub(crate) trait Names {
    fn has_kind(&self, kind: &FactKind) -> bool;
    fn has_provision(&self, id: &ProvisionId) -> bool;
    fn has_predicate(&self, id: &PredicateId) -> bool;
}

/// Which of the optional fields a kind takes: needed, allowed, or neither.
fn fields_of(kind: &str) -> [(&'static str, Rule); 6] {
    use Rule::{Allowed, Needed, Never};
    let step = STEPS.contains(&kind);
    let about = matches!(kind, "retracted" | "fact-confirmed");
    let extension = kind == "extension-granted";
    let named = extension || matches!(kind, "submitted" | "acknowledged");
    let decided = kind == "decided";
    let need = |needed: bool| if needed { Needed } else { Never };
    [
        ("of", need(step || about)),
        ("obligation", need(named)),
        ("new_due", need(extension)),
        ("number", if matches!(kind, "acknowledged" | "submitted") { Allowed } else { Never }),
        ("predicate", need(decided)),
        ("answer", need(decided)),
    ]
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Needed,
    Allowed,
    Never,
}

/// Reads a fact.
///
/// # Errors
/// The first thing wrong, as [`FactError`] lists them.
pub(crate) fn read(written: &WrittenFact<'_>, names: &impl Names) -> Result<Fact, FactError> {
    let id: FactId = written.id.parse().map_err(|_| FactError::Id(written.id.to_owned()))?;
    let unknown = || FactError::UnknownKind(written.kind.to_owned());
    let kind: FactKind = written.kind.parse().map_err(|_| unknown())?;
    if !names.has_kind(&kind) {
        return Err(unknown());
    }
    check_fields(written)?;
    let instant = |field, text: &str| {
        Instant::parse(text).map_err(|error| FactError::Instant { field, error })
    };
    let occurred = instant("occurred_at", written.occurred_at)?;
    let known_at = match written.known_at {
        None => occurred.lo(),
        Some(text) => match instant("known_at", text)? {
            Instant::Exact(at) => at,
            _ => return Err(FactError::KnownAtVague { known_at: text.to_owned() }),
        },
    };
    if known_at < occurred.lo() {
        return Err(FactError::KnownBefore { known_at, occurred_at: occurred.lo() });
    }
    let (towards, about) = of(written, &kind, names)?;
    Ok(Fact {
        id,
        occurred,
        known_at,
        towards,
        about,
        obligations: obligations(written, names)?,
        new_due: written.new_due.map(new_due).transpose()?,
        decided: decided(written, names)?,
        kind,
    })
}

fn check_fields(written: &WrittenFact<'_>) -> Result<(), FactError> {
    let present = [
        written.of.is_some(),
        !written.obligation.is_empty(),
        written.new_due.is_some(),
        written.number.is_some(),
        written.predicate.is_some(),
        written.answer.is_some(),
    ];
    for ((field, rule), present) in fields_of(written.kind).into_iter().zip(present) {
        let kind = written.kind.to_owned();
        match rule {
            Rule::Needed if !present => return Err(FactError::Missing { kind, field }),
            Rule::Never if present => return Err(FactError::Unexpected { kind, field }),
            _ => {}
        }
    }
    Ok(())
}

type Of = (Option<FactKind>, Option<FactId>);

fn of(written: &WrittenFact<'_>, kind: &FactKind, names: &impl Names) -> Result<Of, FactError> {
    let Some(of) = written.of else { return Ok((None, None)) };
    if is_step(kind) {
        let unknown = || FactError::UnknownKind(of.to_owned());
        let towards: FactKind = of.parse().map_err(|_| unknown())?;
        if !names.has_kind(&towards) {
            return Err(unknown());
        }
        if is_step(&towards) || OF_THE_CASE.contains(&of) {
            return Err(FactError::NotKnowledge(of.to_owned()));
        }
        return Ok((Some(towards), None));
    }
    let about = of.parse().map_err(|_| FactError::Id(of.to_owned()))?;
    Ok((None, Some(about)))
}

fn obligations(
    written: &WrittenFact<'_>,
    names: &impl Names,
) -> Result<Vec<ProvisionId>, FactError> {
    let read = |text: &&str| {
        let id = text.parse().ok().filter(|id| names.has_provision(id));
        id.ok_or_else(|| FactError::UnknownProvision((*text).to_owned()))
    };
    written.obligation.iter().map(read).collect()
}

fn new_due(text: &str) -> Result<NewDue, FactError> {
    let wrong = || FactError::NewDue(text.to_owned());
    let shaped_as_day =
        text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    if shaped_as_day {
        return text.parse().map(NewDue::Day).map_err(|_| wrong());
    }
    match Instant::parse(text) {
        Ok(Instant::Exact(at)) => Ok(NewDue::At(at)),
        // A day with a zone is that day; the authority's zone decides when it ends.
        _ => Instant::day(text).map(NewDue::Day).ok_or_else(wrong),
    }
}

fn decided(
    written: &WrittenFact<'_>,
    names: &impl Names,
) -> Result<Option<(PredicateId, Answer)>, FactError> {
    let (Some(predicate), Some(answer)) = (written.predicate, written.answer) else {
        return Ok(None);
    };
    let id = predicate.parse().ok().filter(|id| names.has_predicate(id));
    let id = id.ok_or_else(|| FactError::UnknownPredicate(predicate.to_owned()))?;
    let answer = Answer::parse(answer).ok_or_else(|| FactError::Answer(answer.to_owned()))?;
    Ok(Some((id, answer)))
}
