//! What the answers make of what an organization was by law before.

use std::collections::BTreeSet;

use super::{Answers, Finds};
use crate::event::Profile;
use crate::law::lawbook::Lawbook;

impl Lawbook {
    /// Returns what the organization is by law when the answers are recorded.
    ///
    /// A role of which nobody is sure is taken, since one that is missing hides obligations. An
    /// attribute of which nobody is sure is unknown, since its old value would decide what nobody
    /// knows. What was said before stays where its question is open, and where no question asks for
    /// it.
    pub fn profile_after(&self, answers: &Answers, before: &Profile) -> Profile {
        let found = self.conclude(answers);
        let mut settled = BTreeSet::new();
        let mut open = BTreeSet::new();
        for stand in self.inquiry(answers) {
            if let Finds::Roles(roles) = &stand.asking.finds {
                let is_open = stand.answer.is_none() && stand.not_asked.is_none();
                let into = if is_open { &mut open } else { &mut settled };
                into.extend(roles.iter().map(|role| role.as_str()));
            }
        }
        let stays = |role: &&String| {
            self.knows_role(role)
                && (open.contains(role.as_str()) || !settled.contains(role.as_str()))
        };
        let kept = before.roles.iter().filter(stays).cloned();
        let roles = found.roles.iter().map(|one| one.role.to_string()).chain(kept).collect();
        let unsure = |id: &str| found.unsure_attributes.keys().any(|one| one.as_str() == id);
        let known =
            |(id, value): &(&String, &String)| self.attribute(id, value).is_ok() && !unsure(id);
        let kept = before.attributes.iter().filter(known);
        let said = found.attributes.iter().map(|(id, value)| (id.to_string(), value.clone()));
        // What was said last is stronger.
        let attributes = kept.map(|(id, value)| (id.clone(), value.clone())).chain(said).collect();
        Profile { roles, attributes }
    }
}
