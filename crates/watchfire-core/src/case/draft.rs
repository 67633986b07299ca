//! Drafts of submissions: what people wrote, and what a decision keeps out as long as it stands.
//!
//! That a draft is kept to what the law itself asks for is a rule and is stored nowhere: it holds
//! for every obligation that the decision covers, whenever that arises, and ends with the conflict.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::act::{bytes_of, check_fields, room};
use super::fill::About;
use super::{Case, Clash, Decided, Decision, Effect, House, Refusal};
use crate::event::CaseEvent;
use crate::ids::ObligationId;
use crate::law::form::FieldId;

/// What somebody saves of a draft.
#[derive(Debug, Clone, Copy)]
pub struct Answers<'a> {
    /// Id of the form.
    pub form: &'a str,
    /// Values by field id.
    pub fields: &'a BTreeMap<String, String>,
    /// Fields that are left out on purpose, each with the provisions for which: they are not
    /// filled from the case.
    pub left_out: &'a BTreeMap<String, String>,
    pub kept: Kept<'a>,
}

/// Which fields stay in although a decision keeps the draft to what the law itself asks for.
#[derive(Debug, Clone, Copy)]
pub enum Kept<'a> {
    /// These alone.
    Named(&'a BTreeSet<String>),
    /// These, and what is answered otherwise than before and than the case does by itself.
    Answered(&'a BTreeSet<String>),
}

impl<'a> Answers<'a> {
    /// Answers of which nothing is left out or kept in on purpose.
    pub fn plain(form: &'a str, fields: &'a BTreeMap<String, String>) -> Self {
        static NO_FIELDS: BTreeMap<String, String> = BTreeMap::new();
        static NOTHING: BTreeSet<String> = BTreeSet::new();
        Self { form, fields, left_out: &NO_FIELDS, kept: Kept::Answered(&NOTHING) }
    }
}

/// Why a field is left out of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The provisions for the sake of which.
    pub provisions: String,
    /// The conflict whose decision leaves it out, as long as that stands; `None`: somebody did.
    pub conflict: Option<String>,
}

/// What a decision keeps out of the draft of one obligation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Minimum {
    /// When it was decided so last.
    pub(super) since: Option<Timestamp>,
    /// The fields that the law itself does not ask for, whether somebody keeps them in or not.
    pub(super) fields: BTreeMap<FieldId, LeftOut>,
}

impl Minimum {
    /// Returns why a field is kept out, unless somebody keeps it in since that was decided.
    pub(super) fn withholds(
        &self,
        field: &FieldId,
        kept: Option<&BTreeMap<String, String>>,
    ) -> Option<&LeftOut> {
        let found = self.fields.get(field)?;
        let is_kept = kept.is_some_and(|kept| kept.get(&field.0) == found.conflict.as_ref());
        (!is_kept).then_some(found)
    }
}

impl Case {
    /// Returns what the decisions that stand now keep out of the draft of an obligation.
    pub(super) fn minimum(
        &self,
        house: &House<'_>,
        id: &ObligationId,
        now: Timestamp,
    ) -> Result<Minimum, Refusal> {
        let mut found = Minimum::default();
        let Some(provision) = self.obligations.get(id).map(|it| &it.assessment.provision) else {
            return Ok(found);
        };
        for conflict in house.law.conflicts().filter(|it| it.minimum_of.contains(provision)) {
            let Some(decided) = self.minimum_decided(&conflict.id, house) else { continue };
            let Some(clash) = self.clash(house, conflict, now)? else { continue };
            let fields = self.beyond_minimum(house, &clash, provision);
            if !fields.is_empty() {
                found.since = found.since.max(Some(decided.at));
            }
            for (field, why) in fields {
                found.fields.entry(field).or_insert(why);
            }
        }
        Ok(found)
    }

    /// The decision of a conflict by which drafts are kept to the minimum, if that is what stands.
    fn minimum_decided(&self, conflict: &str, house: &House<'_>) -> Option<&Decided> {
        let known = self.conflicts.get(conflict).filter(|it| it.closed_at.is_none())?;
        let decided = known.decided.as_ref()?;
        let choice = house.law.conflict(conflict)?.choice(&decided.choice)?;
        choice.minimum.then_some(decided)
    }

    /// The fields of a provision's form that it does not require and the law itself does not ask
    /// for.
    fn beyond_minimum(
        &self,
        house: &House<'_>,
        clash: &Clash<'_>,
        provision: &str,
    ) -> BTreeMap<FieldId, LeftOut> {
        let Effect::Bars(bars) = &clash.effect else { return BTreeMap::new() };
        let Some((form, stage)) = house.law.form_of(provision) else { return BTreeMap::new() };
        let why =
            LeftOut { provisions: bars.join(", "), conflict: Some(clash.conflict.id.clone()) };
        let beyond = form.free(stage).filter(|field| !clash.conflict.minimum.contains(&field.0));
        beyond.map(|field| (field.clone(), why.clone())).collect()
    }

    /// Returns the obligations whose draft leaves fields out for the sake of this conflict.
    pub fn kept_to_minimum(&self, house: &House<'_>, clash: &Clash<'_>) -> Vec<ObligationId> {
        if self.minimum_decided(&clash.conflict.id, house).is_none() {
            return Vec::new();
        }
        let is_kept = |id: &&ObligationId| {
            let Some(owed) = self.obligations.get(*id) else { return false };
            let provision = &owed.assessment.provision;
            let kept = self.drafts.get(*id).map(|draft| &draft.kept);
            let fields = self.beyond_minimum(house, clash, provision);
            let minimum = Minimum { since: None, fields };
            clash.conflict.minimum_of.contains(provision)
                && minimum.fields.keys().any(|field| minimum.withholds(field, kept).is_some())
        };
        clash.obligations.iter().filter(is_kept).cloned().collect()
    }

    /// Forgets what was kept in against a decision that stands no more: a new one begins anew.
    pub(super) fn keep_in_no_more(&mut self, conflict: &str) {
        for draft in self.drafts.values_mut() {
            draft.kept.retain(|_, of| of != conflict);
        }
    }

    /// Saves the draft of a submission.
    ///
    /// Where a decision keeps it to what the law itself asks for, a field beyond that stays in if
    /// `answers` says so, and for as long as it is answered. What was written of the others is not
    /// lost; it is back when the decision ends.
    ///
    /// # Errors
    /// [`Refusal::NoSuchObligation`], [`Refusal::Full`], [`Refusal::Text`], and [`Refusal::Fact`] if
    /// a recorded fact cannot be read with these laws.
    pub fn save_draft(
        &self,
        house: &House<'_>,
        (id, about): (&ObligationId, About<'_>),
        answers: &Answers<'_>,
        now: Timestamp,
    ) -> Result<Decision, Refusal> {
        if !self.obligations.contains_key(id) {
            return Err(Refusal::NoSuchObligation(id.clone()));
        }
        check_fields(answers.fields)?;
        check_fields(answers.left_out)?;
        let minimum = self.minimum(house, id, now)?;
        let (mut fields, mut left_out) = (answers.fields.clone(), answers.left_out.clone());
        let mut kept = BTreeMap::new();
        let known = self.drafts.get(id);
        for (field, why) in &minimum.fields {
            let name = field.0.as_str();
            let stored = known.and_then(|draft| draft.fields.get(name));
            let was_out = minimum.withholds(field, known.map(|draft| &draft.kept)).is_some();
            let given = fields.get(name).filter(|value| !value.trim().is_empty());
            let stays = match answers.kept {
                Kept::Named(kept) => kept.contains(name),
                Kept::Answered(kept) => {
                    let is_anew = |given: &&String| {
                        let by_itself = self.answer(house, (id, about), field);
                        Some(*given) != stored && by_itself.is_none_or(|it| it.value != **given)
                    };
                    kept.contains(name) || given.filter(is_anew).is_some()
                }
            };
            if stays || (!was_out && given.is_some()) {
                kept.extend(why.conflict.clone().map(|conflict| (name.to_owned(), conflict)));
            }
            if let Some(stored) = stored.filter(|_| was_out && given.is_none()) {
                fields.insert(name.to_owned(), stored.clone());
            }
            // What the decision leaves out needs no mark of a person, who may have made one before.
            if known.is_none_or(|draft| !draft.left_out.contains_key(name)) {
                left_out.remove(name);
            }
        }
        room("events", self.version, super::EVENTS_OF_TALK_MAX)?;
        check_fields(&fields)?;
        self.room_for_text(bytes_of(&fields) + bytes_of(&left_out) + bytes_of(&kept))?;
        let (obligation, form) = (id.clone(), answers.form.to_owned());
        let saved = CaseEvent::DraftSaved { obligation, form, fields, left_out, kept };
        Ok(Decision { events: vec![saved], notices: Vec::new() })
    }
}
