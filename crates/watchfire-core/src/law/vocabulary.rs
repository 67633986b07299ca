//! The words that packs share: attributes, predicates, kinds of fact. Each is declared once.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::condition::Value;
use super::gate::AtGate;
use super::id::{AttributeId, FactKind, PredicateId};
use super::member_state::MemberStates;
use super::occasion::Occasion;
use super::problem::Problem;
use super::text::Text;

/// All declared words.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    pub attributes: BTreeMap<AttributeId, Attribute>,
    pub predicates: BTreeMap<PredicateId, Predicate>,
    pub facts: BTreeMap<FactKind, Text>,
    /// On which occasions a kind happens; a kind that is about none is not here.
    pub about: BTreeMap<FactKind, BTreeSet<Occasion>>,
    /// What a kind decides and shows, so that nobody looks through all words for it.
    by_kind: BTreeMap<FactKind, OfKind>,
}

/// What recording a kind of fact says beside itself.
#[derive(Debug, Clone, Default)]
struct OfKind {
    decides: Vec<PredicateId>,
    shows: Vec<AttributeId>,
}

/// A property of the organization or product.
#[derive(Debug, Clone)]
pub struct Attribute {
    pub kind: AttributeType,
    pub meaning: Text,
    /// Recording this kind makes it *yes* in the case.
    pub shown_by: Option<FactKind>,
}

/// What an attribute's value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeType {
    MemberState,
    YesNo,
    Number,
    Text,
    OneOf(Vec<String>),
}

/// A question about the case that somebody decides.
#[derive(Debug, Clone)]
pub struct Predicate {
    pub question: Text,
    /// Recording this kind makes it *yes*.
    pub decided_by: Option<FactKind>,
    /// How a gate answers it by itself.
    pub at_gate: Option<AtGate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AttributesFile {
    #[serde(default)]
    attribute: BTreeMap<String, Spanned<AttributeWire>>,
    #[serde(default)]
    predicate: BTreeMap<String, Spanned<PredicateWire>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AttributeWire {
    #[serde(rename = "type")]
    kind: Spanned<String>,
    values: Option<Vec<String>>,
    meaning: Text,
    shown_by: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PredicateWire {
    question: Text,
    decided_by: Option<Spanned<String>>,
    at_gate: Option<Spanned<GateWire>>,
}

/// How a gate answers a predicate, one of these.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "write `{ recipient_in = \"CN\" }`, `{ recipient_is = \"product-provider\" }` or \
                 `{ recorded = \"disclosed\" }`"
)]
enum GateWire {
    In(RecipientIn),
    Is(RecipientIs),
    Recorded(RecordedWire),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecipientIn {
    recipient_in: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecipientIs {
    recipient_is: RecipientKind,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RecipientKind {
    ProductProvider,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedWire {
    recorded: String,
}

impl GateWire {
    fn read(&self) -> Result<AtGate, String> {
        match self {
            Self::In(RecipientIn { recipient_in }) if recipient_in.trim().is_empty() => {
                Err("a country is missing".to_owned())
            }
            Self::In(RecipientIn { recipient_in }) => Ok(AtGate::RecipientIn(recipient_in.clone())),
            Self::Is(RecipientIs { recipient_is: RecipientKind::ProductProvider }) => {
                Ok(AtGate::RecipientProvidesProduct)
            }
            Self::Recorded(RecordedWire { recorded }) => {
                let kind = recorded.parse::<FactKind>().map_err(|error| error.to_string())?;
                Ok(AtGate::Recorded(kind))
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactsFile {
    #[serde(default)]
    fact: BTreeMap<String, Spanned<FactWire>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactWire {
    meaning: Text,
    #[serde(default)]
    about: Vec<Spanned<String>>,
}

impl Vocabulary {
    /// Adds the words of an `attributes.toml`; a word declared before is replaced.
    ///
    /// # Errors
    /// Every problem found, with its place.
    pub fn read_attributes(&mut self, path: &str, text: &str) -> Result<(), Vec<Problem>> {
        let file: AttributesFile = parse(path, text)?;
        let mut problems = Vec::new();
        for (name, written) in file.attribute {
            let span = written.span();
            let written = written.into_inner();
            let kind = attribute_type(&written);
            let shown_by = match shown_by(&written, kind.as_ref()) {
                Ok(shown_by) => shown_by,
                Err((span, message)) => {
                    problems.push(at(path, text, span, message));
                    continue;
                }
            };
            match (name.parse::<AttributeId>(), kind) {
                (Ok(id), Some(kind)) => {
                    let meaning = written.meaning;
                    self.attributes.insert(id, Attribute { kind, meaning, shown_by });
                }
                (Err(error), _) => problems.push(at(path, text, span, error.to_string())),
                (_, None) => {
                    let message = format!("`{}` is no type of attribute", written.kind.get_ref());
                    problems.push(at(path, text, written.kind.span(), message));
                }
            }
        }
        for (name, written) in file.predicate {
            let span = written.span();
            let written = written.into_inner();
            let decided_by =
                written.decided_by.as_ref().map(|kind| kind.get_ref().parse::<FactKind>());
            let at_gate = match written.at_gate.as_ref().map(|at| (at.span(), at.get_ref().read()))
            {
                None => None,
                Some((_, Ok(at_gate))) => Some(at_gate),
                Some((span, Err(message))) => {
                    problems.push(at(path, text, span, message));
                    continue;
                }
            };
            match (name.parse::<PredicateId>(), decided_by.transpose()) {
                (Ok(id), Ok(decided_by)) => {
                    let question = written.question;
                    self.predicates.insert(id, Predicate { question, decided_by, at_gate });
                }
                (Err(error), _) | (_, Err(error)) => {
                    problems.push(at(path, text, span, error.to_string()));
                }
            }
        }
        self.index();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn index(&mut self) {
        self.by_kind.clear();
        for (id, declared) in &self.predicates {
            let Some(kind) = &declared.decided_by else { continue };
            self.by_kind.entry(kind.clone()).or_default().decides.push(id.clone());
        }
        for (id, declared) in &self.attributes {
            let Some(kind) = &declared.shown_by else { continue };
            self.by_kind.entry(kind.clone()).or_default().shows.push(id.clone());
        }
    }

    /// Returns the predicates that recording a kind makes *yes*, ordered by id.
    pub fn decided_by(&self, kind: &FactKind) -> &[PredicateId] {
        self.by_kind.get(kind).map_or(&[], |of| &of.decides)
    }

    /// Returns the attributes that recording a kind makes *yes*, ordered by id.
    pub fn shown_by(&self, kind: &FactKind) -> &[AttributeId] {
        self.by_kind.get(kind).map_or(&[], |of| &of.shows)
    }

    /// Adds the kinds of a `facts.toml`; a kind declared before is replaced.
    ///
    /// # Errors
    /// Every problem found, with its place.
    pub fn read_facts(&mut self, path: &str, text: &str) -> Result<(), Vec<Problem>> {
        let file: FactsFile = parse(path, text)?;
        let mut problems = Vec::new();
        for (name, written) in file.fact {
            let mut about = BTreeSet::new();
            for word in &written.get_ref().about {
                match Occasion::parse(word.get_ref()) {
                    Some(occasion) => {
                        about.insert(occasion);
                    }
                    None => {
                        let message = format!(
                            "`{}` is no occasion: write `vulnerability` or `incident`",
                            word.get_ref()
                        );
                        problems.push(at(path, text, word.span(), message));
                    }
                }
            }
            match name.parse::<FactKind>() {
                Ok(kind) => {
                    self.about.remove(&kind);
                    if !about.is_empty() {
                        self.about.insert(kind.clone(), about);
                    }
                    self.facts.insert(kind, written.into_inner().meaning);
                }
                Err(error) => problems.push(at(path, text, written.span(), error.to_string())),
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// Reads the value of an attribute.
    ///
    /// # Errors
    /// In words: not declared, or not of its type.
    pub fn value(
        &self,
        name: &str,
        written: &str,
        states: &MemberStates,
    ) -> Result<(AttributeId, Value), String> {
        let id = name.parse::<AttributeId>().ok().filter(|id| self.attributes.contains_key(id));
        let id = id.ok_or_else(|| format!("the attribute `{name}` is not declared"))?;
        let value = match &self.attributes[&id].kind {
            AttributeType::MemberState => match states.get(written) {
                Some(state) => Value::Text(state.code.clone()),
                None => {
                    return Err(format!(
                        "`{written}` is no Member State: write its ISO code, such as `BE`"
                    ));
                }
            },
            AttributeType::YesNo => match written {
                "yes" | "true" => Value::Flag(true),
                "no" | "false" => Value::Flag(false),
                _ => return Err(format!("`{written}` is neither `yes` nor `no`")),
            },
            AttributeType::Number => match written.parse::<f64>() {
                Ok(number) if number.is_finite() => Value::Number(number),
                _ => return Err(format!("`{written}` is no number")),
            },
            AttributeType::Text => Value::Text(written.to_owned()),
            AttributeType::OneOf(values) if values.iter().any(|value| value == written) => {
                Value::Text(written.to_owned())
            }
            AttributeType::OneOf(values) => {
                return Err(format!("`{written}` is none of {}", values.join(", ")));
            }
        };
        Ok((id, value))
    }
}

fn parse<T: serde::de::DeserializeOwned>(path: &str, text: &str) -> Result<T, Vec<Problem>> {
    toml::from_str(text).map_err(|error| {
        let hint = "see the keys of this file in `laws/README.md`";
        vec![Problem::of_toml(path, text, &error, hint)]
    })
}

fn at(path: &str, text: &str, span: std::ops::Range<usize>, message: String) -> Problem {
    Problem::at(path, text, span, "value", message, "see `attributes.toml` in `laws/README.md`")
}

fn attribute_type(written: &AttributeWire) -> Option<AttributeType> {
    Some(match (written.kind.get_ref().as_str(), &written.values) {
        ("member-state", None) => AttributeType::MemberState,
        ("yes-no", None) => AttributeType::YesNo,
        ("number", None) => AttributeType::Number,
        ("text", None) => AttributeType::Text,
        ("one-of", Some(values)) => AttributeType::OneOf(values.clone()),
        _ => return None,
    })
}

/// Reads `shown_by`, which only an attribute that is answered with yes or no can have.
fn shown_by(
    written: &AttributeWire,
    kind: Option<&AttributeType>,
) -> Result<Option<FactKind>, (std::ops::Range<usize>, String)> {
    let Some(shown_by) = &written.shown_by else { return Ok(None) };
    if kind != Some(&AttributeType::YesNo) {
        let message = "only an attribute of type `yes-no` is shown by a fact".to_owned();
        return Err((shown_by.span(), message));
    }
    let found = shown_by.get_ref().parse::<FactKind>();
    found.map(Some).map_err(|error| (shown_by.span(), error.to_string()))
}
