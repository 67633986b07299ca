//! What a submission must contain: the fields of a form, stage by stage.

use std::collections::BTreeMap;

mod fill;
mod read;
mod value;

pub use fill::{Fill, Take};
pub use value::ValueProblem;

use super::confidence::Confidence;
use super::problem::Problem;
use super::text::Text;
use jiff::civil::Date;

/// One file of `laws/<law-id>/forms/`: one form, in the stages in which it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The same as the file's name, for example `vulnerability-report`.
    pub id: String,
    /// What the form is.
    pub title: Text,
    /// Where its fields come from.
    pub source: String,
    /// The day on which a person compared the form with its source.
    pub checked_on: Date,
    /// How well the fields are sourced.
    pub confidence: Confidence,
    /// How well the limits are sourced, where that differs.
    pub limits_confidence: Option<Confidence>,
    /// What a reader should know of the form as a whole.
    pub note: Option<Text>,
    /// The stages in order; a form that is sent once has one.
    pub stages: Vec<Stage>,
    /// The fields in the order in which they are filled in.
    pub fields: Vec<Field>,
}

/// A sending of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// For example `early-warning`.
    pub id: String,
    /// What the law calls it.
    pub name: Text,
    /// The provisions that it meets; none for a form that is sent once.
    pub provisions: Vec<String>,
}

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Unique in the form, for example `product-name`.
    pub id: FieldId,
    /// What is asked, for a reader.
    pub label: Text,
    /// What kind of answer it takes.
    pub kind: Kind,
    /// How far it is needed in each stage, in the order of the stages; `None`: not asked there.
    pub needs: Vec<Option<Need>>,
    /// The most signs that an answer may have.
    pub limit: Option<usize>,
    /// How to answer.
    pub help: Option<Text>,
    /// Wording to start from.
    pub draft: Option<Text>,
    /// The article or the page that asks for it.
    pub cites: Option<Text>,
    /// The language in which it must be answered, as a tag, where the source says so.
    pub language: Option<String>,
    /// Where an answer can be taken from, the first that has one.
    pub fill: Vec<Fill>,
    /// A name that fields of several forms share where they ask for the same.
    pub shared_as: Option<String>,
}

/// The name of a field, unique in its form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId(pub String);

impl std::fmt::Display for FieldId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How far a field is needed in a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must be answered.
    Required,
    /// It must be answered where the answer is known.
    IfAvailable,
    /// It may be answered.
    Optional,
    /// The platform fills it in.
    Automatic,
    /// It is carried over from an earlier stage and may be brought up to date.
    Copied,
}

/// What kind of answer a field takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A day, as in `2026-11-23`.
    Date,
    /// An instant: with an offset, or a local time with a zone.
    DateTime,
    /// `yes` or `no`.
    Boolean,
    /// One of some choices.
    Enum(Vec<Choice>),
    /// One or more entries, one a line; of the choices, where there are any.
    List(Vec<Choice>),
}

/// An answer that may be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is stored.
    pub id: String,
    /// What is shown.
    pub label: Text,
}

/// What is answered so far, by field.
pub type Values = BTreeMap<FieldId, String>;

/// How many of some fields are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Answered, and acceptably.
    pub done: usize,
    /// Asked.
    pub total: usize,
}

/// How complete a form is in one stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completeness {
    /// Fields without which this stage is not complete.
    pub required_now: Count,
    /// Fields that are needed now where the answer is known.
    pub if_available: Count,
    /// Fields that are free now and required in a later stage.
    pub later: Count,
    /// Fields that are free in this stage and in every later one.
    pub optional: Count,
    /// Required now and not answered, in the order of the form.
    pub missing: Vec<FieldId>,
    /// Answered, but not acceptably, in the order of the form.
    pub refused: Vec<(FieldId, ValueProblem)>,
}

impl Completeness {
    /// Returns whether nothing required is missing and nothing answered is refused.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty() && self.refused.is_empty()
    }
}

impl Form {
    /// Reads a form, given as its path (for messages) and its text.
    ///
    /// # Errors
    /// TOML that does not parse, an unknown key, a field or stage written twice, a stage that is
    /// not one of the form, a field without choices that needs them.
    pub fn load(path: &str, text: &str) -> Result<Self, Vec<Problem>> {
        read::form(path, text)
    }

    /// Returns the index of the stage that meets `provision`.
    ///
    /// A form that is sent once has one stage, which meets whatever provision names the form.
    pub fn stage_of(&self, provision: &str) -> Option<usize> {
        let meets = |stage: &Stage| stage.provisions.iter().any(|id| id == provision);
        let named = self.stages.iter().position(meets);
        named.or_else(|| self.stages.iter().position(|stage| stage.provisions.is_empty()))
    }

    /// Returns the fields that stage `stage` asks for, with how far each is needed.
    pub fn asked(&self, stage: usize) -> impl Iterator<Item = (&Field, Need)> {
        self.fields.iter().filter_map(move |field| Some((field, field.need(stage)?)))
    }

    /// Returns the fields that may be left out of stage `stage`: those that it does not require.
    pub fn free(&self, stage: usize) -> impl Iterator<Item = &FieldId> {
        let free = move |(field, need): &(&Field, Need)| {
            !matches!(field.weight(stage, *need), Some(Weight::RequiredNow) | None)
        };
        self.asked(stage).filter(free).map(|(field, _)| &field.id)
    }

    /// Says how complete `values` are for stage `stage`, counted from 0.
    ///
    /// A blank answer is none. A field that is carried over counts as required where an earlier
    /// stage required it, and as optional where none did.
    pub fn completeness(&self, stage: usize, values: &Values) -> Completeness {
        let mut found = Completeness::default();
        for (field, need) in self.asked(stage) {
            let answer = values.get(&field.id).map(|answer| answer.trim());
            let answer = answer.filter(|answer| !answer.is_empty());
            let refused = answer.and_then(|answer| field.refuse(answer));
            let done = answer.is_some() && refused.is_none();
            found.refused.extend(refused.map(|problem| (field.id.clone(), problem)));
            let weight = field.weight(stage, need);
            let count = match weight {
                Some(Weight::RequiredNow) => &mut found.required_now,
                Some(Weight::IfAvailable) => &mut found.if_available,
                Some(Weight::Later) => &mut found.later,
                Some(Weight::Optional) => &mut found.optional,
                None => continue,
            };
            count.total += 1;
            count.done += usize::from(done);
            if weight == Some(Weight::RequiredNow) && answer.is_none() {
                found.missing.push(field.id.clone());
            }
        }
        found
    }
}

/// How a field counts in one stage.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    RequiredNow,
    IfAvailable,
    Later,
    Optional,
}

impl Field {
    /// Returns how far the field is needed in stage `stage`; `None` where it is not asked.
    pub fn need(&self, stage: usize) -> Option<Need> {
        self.needs.get(stage).copied().flatten()
    }

    /// `None` for what the platform fills in.
    fn weight(&self, stage: usize, need: Need) -> Option<Weight> {
        let required_in = |needs: &[Option<Need>]| needs.contains(&Some(Need::Required));
        let (before, after) = (self.needs.get(..stage), self.needs.get(stage + 1..));
        match need {
            Need::Required => Some(Weight::RequiredNow),
            Need::Copied if before.is_some_and(required_in) => Some(Weight::RequiredNow),
            Need::IfAvailable => Some(Weight::IfAvailable),
            Need::Optional | Need::Copied if after.is_some_and(required_in) => Some(Weight::Later),
            Need::Optional | Need::Copied => Some(Weight::Optional),
            Need::Automatic => None,
        }
    }
}

#[cfg(test)]
mod tests;
