//! Duties that collide: data beside a law, surfaced and never resolved silently
//! (laws/counting.md 6).

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::count::Within;
use super::problem::Problem;
use super::text::Text;

/// Two or more provisions that collide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The law, `/conflict/`, and its name there.
    pub id: String,
    pub title: Text,
    /// What collides, and what is done about it.
    pub says: Text,
    pub rule: Rule,
    /// The provisions that collide, as their articles; of retention every provision that keeps.
    pub between: Vec<String>,
    /// What somebody has to decide, and until when after it is seen (a house target).
    pub decision: Option<Question>,
    /// An organization may choose once for all its cases.
    pub standing: bool,
    /// Ids of the fields that the law itself asks for, where a form asks for more.
    pub minimum: Vec<String>,
    /// The provisions of which that is so.
    pub minimum_of: Vec<String>,
    /// Where it stands in its file, for messages.
    pub span: Range<usize>,
}

/// What is asked of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub asks: Text,
    pub choices: Vec<Choice>,
    /// Without one it can be decided and does not ring.
    pub within: Option<Within>,
}

/// An answer that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub id: String,
    pub label: Text,
    /// It opens the gate of the prohibition towards whom the duties are owed.
    pub opens: bool,
    /// What is submitted is kept to what the law itself asks for: a draft is made ready.
    pub minimum: bool,
}

/// How it is seen that provisions collide, and what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A prohibition bars the recipient of an open duty: both clocks run, somebody decides.
    ProhibitedRecipient,
    /// A prohibition bars recipients, each asked about at the gate.
    Gate,
    /// An embargo does not hold a duty back.
    NotHeldBack,
    /// Several ends of an embargo: the earliest counts, and a leak ends it now.
    EmbargoEnds,
    /// What a delay on request moves, and what not.
    Delay,
    /// One event, several recipients: values are shared, *satisfied* never.
    SameFacts,
    /// Meeting the one never meets the other.
    SideBySide,
    /// Several shortest times to keep records: the longest counts.
    Retention,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    conflict: Vec<Spanned<Wire>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    id: Spanned<String>,
    title: Text,
    says: Text,
    rule: Rule,
    #[serde(default)]
    between: Vec<String>,
    asks: Option<Text>,
    #[serde(default)]
    choices: Vec<ChoiceWire>,
    decide_within: Option<Spanned<String>>,
    #[serde(default)]
    standing: bool,
    #[serde(default)]
    minimum: Vec<String>,
    #[serde(default)]
    minimum_of: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChoiceWire {
    id: String,
    label: Text,
    #[serde(default)]
    opens: bool,
    #[serde(default)]
    minimum: bool,
}

impl Conflict {
    /// Returns the choice of this name.
    pub fn choice(&self, id: &str) -> Option<&Choice> {
        self.decision.as_ref()?.choices.iter().find(|choice| choice.id == id)
    }
}

fn choice(wire: ChoiceWire) -> Choice {
    let ChoiceWire { id, label, opens, minimum } = wire;
    Choice { id, label, opens, minimum }
}

/// Reads the `conflicts.toml` of a law.
///
/// # Errors
/// Every problem found, with its place.
pub(crate) fn read(law: &str, path: &str, text: &str) -> Result<Vec<Conflict>, Vec<Problem>> {
    let hint = "see the keys of this file in `laws/README.md`";
    let file: File =
        toml::from_str(text).map_err(|error| vec![Problem::of_toml(path, text, &error, hint)])?;
    let (mut found, mut problems): (Vec<Conflict>, Vec<Problem>) = (Vec::new(), Vec::new());
    for written in file.conflict {
        let span = written.span();
        match conflict(law, written) {
            Ok(one) if found.iter().any(|other| other.id == one.id) => {
                let message = format!("the conflict `{}` is written twice", one.id);
                problems.push(Problem::at(path, text, span, "twice", message, "rename one"));
            }
            Ok(one) => found.push(one),
            Err((at, message)) => {
                problems.push(Problem::at(path, text, at, "value", message, hint))
            }
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

fn conflict(law: &str, written: Spanned<Wire>) -> Result<Conflict, (Range<usize>, String)> {
    let span = written.span();
    let wire = written.into_inner();
    let plain = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
    let name = wire.id.get_ref();
    if name.is_empty() || !name.chars().all(plain) {
        return Err((wire.id.span(), format!("`{name}` is no id: write kebab-case")));
    }
    let least = match wire.rule {
        Rule::ProhibitedRecipient | Rule::SameFacts | Rule::SideBySide => 2,
        Rule::Retention => 0,
        Rule::Gate | Rule::NotHeldBack | Rule::EmbargoEnds | Rule::Delay => 1,
    };
    if wire.between.len() < least {
        return Err((span, format!("`between` must name at least {least} provisions")));
    }
    let within = wire.decide_within.as_ref().map(|within| {
        let read = Within::parse(within.get_ref());
        read.ok_or_else(|| {
            let message = format!("`{}` is no span: write it as in `4h`", within.get_ref());
            (within.span(), message)
        })
    });
    let within = within.transpose()?;
    if let Some(stray) = wire.minimum_of.iter().find(|id| !wire.between.contains(id)) {
        return Err((span, format!("`minimum_of` names `{stray}`, which is not in `between`")));
    }
    if wire.choices.iter().any(|it| it.minimum) && wire.minimum_of.is_empty() {
        return Err((span, "a choice with `minimum` needs `minimum_of`".to_owned()));
    }
    // What rings is decided in each case, and so is what opens a gate.
    if wire.standing && (within.is_some() || wire.choices.len() < 2) {
        let message = "`standing` needs `choices`, and goes with no `decide_within`";
        return Err((span, message.to_owned()));
    }
    let decision = match (wire.asks, wire.choices) {
        (None, choices) if choices.is_empty() && within.is_none() => None,
        (Some(asks), choices) if choices.len() >= 2 => {
            let choices = choices.into_iter().map(choice).collect();
            Some(Question { asks, choices, within })
        }
        _ => return Err((span, "a decision needs `asks` and at least two `choices`".to_owned())),
    };
    if wire.rule == Rule::ProhibitedRecipient && within.is_none() {
        return Err((span, "this rule needs a decision with `decide_within`".to_owned()));
    }
    Ok(Conflict {
        id: format!("{law}/conflict/{name}"),
        title: wire.title,
        says: wire.says,
        rule: wire.rule,
        between: wire.between,
        decision,
        standing: wire.standing,
        minimum: wire.minimum,
        minimum_of: wire.minimum_of,
        span,
    })
}
