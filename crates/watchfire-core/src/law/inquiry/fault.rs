//! What is wrong with answers: nobody asks it, it is no answer to that, or it contradicts another.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::{Answers, Finds, NOT_SURE, NotAsked};
use crate::law::condition::Value;
use crate::law::id::AttributeId;
use crate::law::lawbook::Lawbook;
use crate::law::text::Language;

/// An answer has at most so many characters.
pub const ANSWER_CHARS_MAX: usize = 200;

/// Why answers cannot stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// No pack asks it.
    Unknown { question: String },
    /// It is no answer to this question.
    Value { question: String, answer: String },
    /// It says something although another answer leaves it out.
    LeftOut { question: String, answer: String, by: NotAsked },
    /// Two questions ask for the same attribute and are answered differently.
    Apart { question: String, other: String },
}

/// What an answer says.
enum Said {
    /// Yes, no or not sure.
    Plain,
    /// The value of an attribute.
    Value(Value),
}

impl Fault {
    /// Returns the question whose answer cannot stand.
    pub fn question(&self) -> &str {
        match self {
            Self::Unknown { question }
            | Self::Value { question, .. }
            | Self::LeftOut { question, .. }
            | Self::Apart { question, .. } => question,
        }
    }
}

impl Lawbook {
    /// Returns everything that is wrong with the answers; with nothing wrong they can be recorded.
    ///
    /// An empty answer is none. *No* and *not sure* to what is left out contradict nothing, and
    /// *not sure* contradicts no value; *no* is a value of an attribute as *yes* is.
    pub fn faults(&self, answers: &Answers) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut values: BTreeMap<&AttributeId, (&str, Value)> = BTreeMap::new();
        let stands = self.inquiry(answers);
        for stand in &stands {
            let Some(answer) = stand.answer else { continue };
            let question = stand.asking.id.clone();
            let Some(said) = self.said(&stand.asking.finds, answer) else {
                faults.push(Fault::Value { question, answer: answer.to_owned() });
                continue;
            };
            if let Some(by) = stand.not_asked.clone() {
                if !matches!(answer, "no" | NOT_SURE) {
                    faults.push(Fault::LeftOut { question, answer: answer.to_owned(), by });
                }
                continue;
            }
            if let (Finds::Attribute(id), Said::Value(value)) = (&stand.asking.finds, said) {
                match values.entry(id) {
                    Entry::Vacant(place) => {
                        place.insert((&stand.asking.id, value));
                    }
                    Entry::Occupied(before) if before.get().1 != value => {
                        let other = before.get().0.to_owned();
                        faults.push(Fault::Apart { question, other });
                    }
                    Entry::Occupied(_) => {}
                }
            }
        }
        for place in self.asked_places() {
            let question = place.id();
            let Some(answer) = answers.get(&question).filter(|text| !text.is_empty()) else {
                continue;
            };
            if !is_plain(answer) {
                faults.push(Fault::Value { question, answer: answer.clone() });
            } else if answer == "yes"
                && let Some(by) = self.place_not_asked(place, answers)
            {
                faults.push(Fault::LeftOut { question, answer: answer.clone(), by });
            }
        }
        let asked = |id: &String| {
            stands.iter().any(|stand| stand.asking.id == *id)
                || self.asked_places().iter().any(|place| place.id() == *id)
        };
        let unknown = answers.keys().filter(|id| !asked(id)).cloned();
        faults.extend(unknown.map(|question| Fault::Unknown { question }));
        faults
    }

    /// Returns what an answer says; nothing where it is no answer to this.
    fn said(&self, finds: &Finds, answer: &str) -> Option<Said> {
        match finds {
            Finds::Roles(_) => is_plain(answer).then_some(Said::Plain),
            Finds::Attribute(_) if answer == NOT_SURE => Some(Said::Plain),
            Finds::Attribute(id) => {
                let fits = answer.chars().count() <= ANSWER_CHARS_MAX;
                let value = fits.then(|| self.attribute(id.as_str(), answer).ok()).flatten();
                value.map(|(_, value)| Said::Value(value))
            }
        }
    }

    /// Returns the words of a question; its id where no pack asks it.
    fn asked_as<'a>(&'a self, question: &'a str, language: Language) -> &'a str {
        let mut packs = self.packs().iter().flat_map(|pack| &pack.questions);
        let of_pack = packs.find(|one| one.id == question).map(|one| &one.asks);
        let of_place = || {
            let mut places = self.asked_places().iter();
            places.find(|place| place.id() == question).map(|place| &place.asks)
        };
        of_pack.or_else(of_place).map_or(question, |asks| asks.in_language(language))
    }

    /// Returns a fault in a sentence.
    pub fn tell_fault(&self, fault: &Fault, language: Language) -> String {
        let asks = |question: &str| self.asked_as(question, language).to_owned();
        let named = |all: &[String], between: &str| {
            all.iter().map(|one| format!("“{}”", asks(one))).collect::<Vec<_>>().join(between)
        };
        let cut = |answer: &str| answer.chars().take(ANSWER_CHARS_MAX).collect::<String>();
        match (fault, language) {
            (Fault::Unknown { question }, Language::En) => {
                format!("no law pack in use asks `{}`", cut(question))
            }
            (Fault::Unknown { question }, Language::ZhCn) => {
                format!("在用的法规包均未提出问题 `{}`", cut(question))
            }
            (Fault::Value { question, answer }, Language::En) => {
                format!("“{}” cannot be answered with `{}`", asks(question), cut(answer))
            }
            (Fault::Value { question, answer }, Language::ZhCn) => {
                format!("“{}”不能以 `{}` 作答", asks(question), cut(answer))
            }
            (Fault::LeftOut { question, answer, by }, Language::En) => {
                let by = by.questions();
                format!(
                    "“{}” is answered with {}, although {} {} answered with no",
                    asks(question),
                    if answer == "yes" { "yes".to_owned() } else { format!("`{answer}`") },
                    named(&by, " and "),
                    if by.len() == 1 { "is" } else { "are" },
                )
            }
            (Fault::LeftOut { question, answer, by }, Language::ZhCn) => {
                let by = by.questions();
                format!(
                    "“{}”答“{}”，而{}{}答“否”，前后矛盾",
                    asks(question),
                    if answer == "yes" { "是" } else { answer },
                    named(&by, ""),
                    if by.len() == 1 { "" } else { "均" },
                )
            }
            (Fault::Apart { question, other }, Language::En) => format!(
                "“{}” and “{}” ask for the same and are answered differently",
                asks(other),
                asks(question)
            ),
            (Fault::Apart { question, other }, Language::ZhCn) => {
                format!("“{}”与“{}”所问相同，回答却不同", asks(other), asks(question))
            }
        }
    }
}

fn is_plain(answer: &str) -> bool {
    matches!(answer, "yes" | "no" | NOT_SURE)
}
