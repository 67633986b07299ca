//! The inquiry: plain questions that find what an organization is by law.
//!
//! The questions are data of the packs. Nothing is dropped in silence: what nobody is sure of stays
//! proposed and is marked, and what was not asked says why.

mod fault;
mod profile;
mod read;
mod round;

use std::collections::{BTreeMap, BTreeSet};

use super::id::{AttributeId, RoleId};
use super::lawbook::Lawbook;
use super::pack::Pack;
use super::text::Text;

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
    /// The question of the same pack without which this one is not asked.
    pub only_if: Option<String>,
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

/// The word for *not sure*.
pub const NOT_SURE: &str = "not-sure";

/// What was answered, question by question, as it is written.
pub type Answers = BTreeMap<String, String>;

/// Why a question is not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAsked {
    /// The organization has nothing to do with the jurisdiction.
    Place(String),
    /// Another question was answered with no.
    OnlyIf(String),
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

/// A role that is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRole {
    pub role: RoleId,
    /// Whether it was answered with yes.
    pub is_sure: bool,
    /// The question that found it.
    pub question: String,
}

/// What the answers say of the organization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conclusion {
    /// By role; sure where any question says so.
    pub roles: Vec<FoundRole>,
    pub attributes: BTreeMap<AttributeId, String>,
    /// Questions that nobody has answered and that are asked.
    pub open: Vec<String>,
    /// Roles that no question finds: somebody has to think of them.
    pub unasked: Vec<RoleId>,
    /// Answers to questions that no pack asks, or that cannot be read; they say nothing.
    pub unread: Vec<String>,
}

impl Conclusion {
    /// Returns the roles that are proposed though nobody was sure.
    pub fn unsure(&self) -> impl Iterator<Item = &RoleId> {
        self.roles.iter().filter(|found| !found.is_sure).map(|found| &found.role)
    }
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

    /// Why a question is left out. What hangs on a question that is left out is left out with it.
    fn not_asked(&self, pack: &Pack, asking: &Asking, answers: &Answers) -> Option<NotAsked> {
        if let Some(place) = denied(&pack.jurisdiction, answers) {
            return Some(NotAsked::Place(place));
        }
        let only_if = asking.only_if.as_ref()?;
        if answers.get(only_if).is_some_and(|answer| answer == "no") {
            return Some(NotAsked::OnlyIf(only_if.clone()));
        }
        // What a question hangs on stands before it, so this comes to an end.
        let other = pack.questions.iter().find(|one| one.id == *only_if)?;
        self.not_asked(pack, other, answers)
    }

    /// Returns why a place is not asked for: it lies in another that was answered with no.
    pub fn place_not_asked(&self, place: &PlaceAsking, answers: &Answers) -> Option<NotAsked> {
        let (around, _) = place.jurisdiction.rsplit_once('-')?;
        denied(around, answers).map(NotAsked::Place)
    }

    /// Returns what the answers say. A role of which nobody is sure is proposed and marked; what is
    /// asked and open proposes nothing and is named.
    pub fn conclude(&self, answers: &Answers) -> Conclusion {
        let mut found = Conclusion::default();
        let mut roles: BTreeMap<RoleId, FoundRole> = BTreeMap::new();
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for stand in self.inquiry(answers) {
            known.insert(&stand.asking.id);
            if stand.not_asked.is_some() {
                continue;
            }
            let Some(answer) = stand.answer else {
                found.open.push(stand.asking.id.clone());
                continue;
            };
            match &stand.asking.finds {
                Finds::Roles(ids) if matches!(answer, "yes" | NOT_SURE) => {
                    for role in ids {
                        let one = roles.entry(role.clone()).or_insert_with(|| FoundRole {
                            role: role.clone(),
                            is_sure: false,
                            question: stand.asking.id.clone(),
                        });
                        if answer == "yes" && !one.is_sure {
                            one.is_sure = true;
                            one.question.clone_from(&stand.asking.id);
                        }
                    }
                }
                Finds::Roles(_) if answer == "no" => {}
                Finds::Attribute(_) if answer == NOT_SURE => {}
                Finds::Attribute(id) if self.attribute(id.as_str(), answer).is_ok() => {
                    found.attributes.insert(id.clone(), answer.to_owned());
                }
                _ => found.unread.push(stand.asking.id.clone()),
            }
        }
        for place in self.asked_places() {
            let left_out = self.place_not_asked(place, answers).is_some();
            match answers.get(&place.id()).map(String::as_str) {
                Some("yes" | "no" | NOT_SURE) => {}
                None | Some("") if left_out => {}
                None | Some("") => found.open.push(place.id()),
                Some(_) => found.unread.push(place.id()),
            }
        }
        let places: BTreeSet<String> = self.asked_places().iter().map(PlaceAsking::id).collect();
        let unknown = answers
            .keys()
            .filter(|id| !known.contains(id.as_str()) && !places.contains(id.as_str()));
        found.unread.extend(unknown.cloned());
        let unasked = self.packs().iter().flat_map(|pack| self.roles_without_question(pack));
        found.unasked = unasked.collect::<BTreeSet<RoleId>>().into_iter().collect();
        found.roles = roles.into_values().collect();
        found
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
        let owed = pack.provisions.iter().flat_map(|provision| &provision.owed_by);
        let roles: BTreeSet<&RoleId> = pack.roles.keys().chain(owed).collect();
        roles.into_iter().filter(|role| !asked.contains(role)).cloned().collect()
    }
}
