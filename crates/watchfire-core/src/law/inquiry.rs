//! The inquiry: plain questions that find what an organization is by law.
//!
//! The questions are data of the packs. Nothing is dropped in silence: what nobody is sure of stays
//! proposed and is marked, and what was not asked says why.

mod conclusion;
mod fault;
mod profile;
mod read;
mod round;

use std::collections::{BTreeMap, BTreeSet};

use super::id::{AttributeId, RoleId};
use super::lawbook::Lawbook;
use super::pack::Pack;
use super::text::Text;

pub use conclusion::{Conclusion, FoundRole};
pub use fault::{ANSWER_CHARS_MAX, Fault};
pub(super) use read::{places, questions};
pub use round::{RESULT, Round};

/// A question of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// Law id, slash, and its name in the pack: `eu-cra/manufacturer`.
    pub id: String,
    /// The question, to be answered with yes, no or not sure; of an attribute, with its value.
    pub asks: Text,
    /// What helps to answer it.
    pub help: Option<Text>,
    /// The article that says what is asked; without one, those of the provisions that follow.
    pub cites: Option<Text>,
    pub finds: Finds,
    /// Questions of the same pack: where each of them is answered with no, this one is not asked.
    /// Without any it always is.
    pub only_if: Vec<String>,
}

/// What an answer says of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finds {
    /// *Yes* means that it has these roles.
    Roles(Vec<RoleId>),
    /// The value of an attribute.
    Attribute(AttributeId),
}

/// Whether the organization may be concerned by the laws of a jurisdiction at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceAsking {
    pub jurisdiction: String,
    pub asks: Text,
}

impl PlaceAsking {
    /// Returns the name of the question: `place/EU`.
    pub fn id(&self) -> String {
        place_id(&self.jurisdiction)
    }
}

fn place_id(jurisdiction: &str) -> String {
    format!("place/{jurisdiction}")
}

/// The jurisdiction that was answered with no: this one, or one around it, as `US` is around `US-NY`.
fn denied(jurisdiction: &str, answers: &Answers) -> Option<String> {
    let no = |one: &str| answers.get(&place_id(one)).is_some_and(|answer| answer == "no");
    let mut place = Some(jurisdiction);
    while let Some(one) = place {
        if no(one) {
            return Some(one.to_owned());
        }
        place = one.rsplit_once('-').map(|(around, _)| around);
    }
    None
}

/// Why a question is left out. What hangs on questions that are all left out is left out with them.
fn left_out(pack: &Pack, asking: &Asking, answers: &Answers) -> Option<NotAsked> {
    if let Some(place) = denied(&pack.jurisdiction, answers) {
        return Some(NotAsked::Place(place));
    }
    let mut because: Vec<String> = Vec::new();
    for before in &asking.only_if {
        let denied = answers.get(before).is_some_and(|answer| answer == "no");
        let causes = if denied {
            vec![before.clone()]
        } else {
            // What a question hangs on stands before it, so this comes to an end.
            let other = pack.questions.iter().find(|one| one.id == *before)?;
            left_out(pack, other, answers)?.questions()
        };
        causes.into_iter().for_each(|one| {
            if !because.contains(&one) {
                because.push(one);
            }
        });
    }
    (!because.is_empty()).then_some(NotAsked::OnlyIf(because))
}

/// The word for *not sure*.
pub const NOT_SURE: &str = "not-sure";

/// What was answered, question by question, as it is written.
pub type Answers = BTreeMap<String, String>;

/// Why a question is not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAsked {
    /// The organization has nothing to do with the jurisdiction.
    Place(String),
    /// Each of these questions was answered with no.
    OnlyIf(Vec<String>),
    /// This question has found the value of the same attribute.
    Found(String),
}

impl NotAsked {
    /// Returns the questions whose answers leave another out.
    pub fn questions(&self) -> Vec<String> {
        match self {
            Self::Place(place) => vec![place_id(place)],
            Self::OnlyIf(questions) => questions.clone(),
            Self::Found(question) => vec![question.clone()],
        }
    }
}

/// A question, and where it stands.
#[derive(Debug, Clone)]
pub struct Stand<'a> {
    pub asking: &'a Asking,
    pub pack: &'a Pack,
    /// As it was written; none where it is open.
    pub answer: Option<&'a str>,
    pub not_asked: Option<NotAsked>,
}

impl Lawbook {
    /// Returns every question with where it stands, in the order of the packs.
    pub fn inquiry<'a>(&'a self, answers: &'a Answers) -> Vec<Stand<'a>> {
        let all = self
            .packs()
            .iter()
            .flat_map(|pack| pack.questions.iter().map(move |asking| (pack, asking)));
        all.map(|(pack, asking)| self.stand(pack, asking, answers)).collect()
    }

    fn stand<'a>(&'a self, pack: &'a Pack, asking: &'a Asking, answers: &'a Answers) -> Stand<'a> {
        Stand {
            asking,
            pack,
            answer: answers.get(&asking.id).map(String::as_str).filter(|text| !text.is_empty()),
            not_asked: self.not_asked(pack, asking, answers),
        }
    }

    /// Why a question is not asked: it is left out, or its attribute is found already.
    fn not_asked(&self, pack: &Pack, asking: &Asking, answers: &Answers) -> Option<NotAsked> {
        left_out(pack, asking, answers).or_else(|| {
            let Finds::Attribute(id) = &asking.finds else { return None };
            let is_open = answers.get(&asking.id).is_none_or(String::is_empty);
            is_open.then(|| self.found_by(id, answers)).flatten().map(NotAsked::Found)
        })
    }

    /// Returns the first question that is asked and whose answer is a value of the attribute.
    fn found_by(&self, attribute: &AttributeId, answers: &Answers) -> Option<String> {
        let finds =
            |asking: &&Asking| matches!(&asking.finds, Finds::Attribute(id) if id == attribute);
        self.packs().iter().find_map(|pack| {
            let mut asked = pack.questions.iter().filter(finds);
            let found = asked.find(|asking| {
                let value = answers.get(&asking.id);
                value.is_some_and(|value| self.attribute(attribute.as_str(), value).is_ok())
                    && left_out(pack, asking, answers).is_none()
            });
            found.map(|asking| asking.id.clone())
        })
    }

    /// Returns why a place is not asked for: it lies in another that was answered with no.
    pub fn place_not_asked(&self, place: &PlaceAsking, answers: &Answers) -> Option<NotAsked> {
        let (around, _) = place.jurisdiction.rsplit_once('-')?;
        denied(around, answers).map(NotAsked::Place)
    }

    /// Returns the values from which an attribute's answer is chosen; none for what is typed.
    pub fn choices(&self, attribute: &AttributeId) -> Vec<String> {
        use super::vocabulary::AttributeType;
        match self.words().attributes.get(attribute).map(|declared| &declared.kind) {
            Some(AttributeType::YesNo) => vec!["yes".to_owned(), "no".to_owned()],
            Some(AttributeType::OneOf(values)) => values.clone(),
            Some(AttributeType::MemberState) => {
                self.member_states().iter().map(|state| state.code.clone()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns the roles of a pack that no question finds: its own, and those that it obliges.
    pub(super) fn roles_without_question(&self, pack: &Pack) -> Vec<RoleId> {
        let asked: BTreeSet<&RoleId> = self
            .packs()
            .iter()
            .flat_map(|pack| &pack.questions)
            .flat_map(|asking| match &asking.finds {
                Finds::Roles(roles) => roles.as_slice(),
                Finds::Attribute(_) => &[],
            })
            .collect();
        let owed = pack.provisions.iter().flat_map(|provision| provision.owed_by.iter());
        let roles: BTreeSet<&RoleId> = pack.roles.keys().chain(owed).collect();
        roles.into_iter().filter(|role| !asked.contains(role)).cloned().collect()
    }
}
