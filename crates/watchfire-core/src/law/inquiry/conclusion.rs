//! What the answers say of an organization.

use std::collections::{BTreeMap, BTreeSet};

use super::{Answers, Finds, NOT_SURE, PlaceAsking, Stand};
use crate::law::id::{AttributeId, RoleId};
use crate::law::lawbook::Lawbook;

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
    /// Attributes of which nobody is sure, and the question that asks: they are unknown, whatever
    /// was said before.
    pub unsure_attributes: BTreeMap<AttributeId, String>,
    /// Questions that are asked and leave something open: nobody has answered or, of an attribute,
    /// nobody is sure.
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

    /// Takes up one question that is asked.
    fn take(&mut self, laws: &Lawbook, roles: &mut BTreeMap<RoleId, FoundRole>, stand: &Stand<'_>) {
        let question = &stand.asking.id;
        let Some(answer) = stand.answer else { return self.open.push(question.clone()) };
        match &stand.asking.finds {
            Finds::Roles(ids) if matches!(answer, "yes" | NOT_SURE) => {
                for role in ids {
                    let one = roles.entry(role.clone()).or_insert_with(|| FoundRole {
                        role: role.clone(),
                        is_sure: false,
                        question: question.clone(),
                    });
                    if answer == "yes" && !one.is_sure {
                        one.is_sure = true;
                        one.question.clone_from(question);
                    }
                }
            }
            Finds::Roles(_) if answer == "no" => {}
            Finds::Attribute(id) if answer == NOT_SURE => {
                let before = self.unsure_attributes.entry(id.clone());
                before.or_insert_with(|| question.clone());
            }
            Finds::Attribute(id) if laws.attribute(id.as_str(), answer).is_ok() => {
                self.attributes.insert(id.clone(), answer.to_owned());
            }
            _ => self.unread.push(question.clone()),
        }
    }

    /// What another question found is known, and not open any more.
    fn settle_unsure(&mut self) {
        let found = &self.attributes;
        self.unsure_attributes.retain(|id, _| !found.contains_key(id));
        self.open.extend(self.unsure_attributes.values().cloned());
    }

    fn places(&mut self, laws: &Lawbook, answers: &Answers) {
        for place in laws.asked_places() {
            let left_out = laws.place_not_asked(place, answers).is_some();
            match answers.get(&place.id()).map(String::as_str) {
                Some("yes" | "no" | NOT_SURE) => {}
                None | Some("") if left_out => {}
                None | Some("") => self.open.push(place.id()),
                Some(_) => self.unread.push(place.id()),
            }
        }
    }
}

impl Lawbook {
    /// Returns what the answers say. A role of which nobody is sure is proposed and marked, an
    /// attribute of which nobody is sure is unknown; what is asked and open proposes nothing and is
    /// named.
    pub fn conclude(&self, answers: &Answers) -> Conclusion {
        let mut found = Conclusion::default();
        let mut roles = BTreeMap::new();
        let mut known: BTreeSet<String> = BTreeSet::new();
        for stand in self.inquiry(answers) {
            known.insert(stand.asking.id.clone());
            if stand.not_asked.is_none() {
                found.take(self, &mut roles, &stand);
            }
        }
        found.settle_unsure();
        found.places(self, answers);
        known.extend(self.asked_places().iter().map(PlaceAsking::id));
        found.unread.extend(answers.keys().filter(|id| !known.contains(*id)).cloned());
        let unasked = self.packs().iter().flat_map(|pack| self.roles_without_question(pack));
        found.unasked = unasked.collect::<BTreeSet<RoleId>>().into_iter().collect();
        found.roles = roles.into_values().collect();
        found
    }
}
