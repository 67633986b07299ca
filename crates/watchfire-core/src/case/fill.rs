//! A form filled from what the case holds: its drafts, earlier stages, facts, and what other forms
//! of the case say under the same name.
//!
//! Values are shared between forms; that one of them was submitted satisfies no other.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::draft::LeftOut;
use super::{Case, House, Refusal};
use crate::event::FactRecord;
use crate::ids::{ObligationId, SubmissionId};
use crate::law::form::{
    Completeness, Field, FieldId, Fill, Form, Kind, Need, Take, ValueProblem, Values,
};
use crate::law::instant::Instant;
use crate::obligation::Obligation;

/// What a form needs to know that is not in the case.
#[derive(Debug, Clone, Copy, Default)]
pub struct About<'a> {
    /// The name of the organization.
    pub organization: &'a str,
    /// The component that the report names.
    pub component: Option<&'a str>,
}

/// The form of an obligation, filled as far as the case goes.
#[derive(Debug, Clone)]
pub struct Filling {
    /// Which stage of the form, counted from 0.
    pub stage: usize,
    /// How complete it is for this stage.
    pub completeness: Completeness,
    /// The answers, each with where it comes from.
    pub fields: BTreeMap<FieldId, Filled>,
    /// Fields that are left out, each with why.
    pub left_out: BTreeMap<FieldId, LeftOut>,
    /// When it was decided that it is kept to what the law itself asks for, if that stands.
    pub minimum_since: Option<Timestamp>,
    /// When the draft was saved last.
    pub saved_at: Option<Timestamp>,
}

/// An answer, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The answer.
    pub value: String,
    /// Where it comes from.
    pub from: Origin,
}

/// Where an answer comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A person saved it.
    Draft,
    /// The form itself says it.
    Form,
    /// It was sent in this form before.
    Stage(SubmissionId),
    /// A fact of the case.
    Fact(String),
    /// The case or its organization.
    Case,
    /// Another form of the case says it under the same name.
    Shared(ObligationId),
}

impl Filling {
    /// Returns the answers alone.
    pub fn values(&self) -> Values {
        values(&self.fields)
    }
}

fn values(fields: &BTreeMap<FieldId, Filled>) -> Values {
    fields.iter().map(|(id, filled)| (id.clone(), filled.value.clone())).collect()
}

/// What a search for answers looks at.
struct Search<'c> {
    case: &'c Case,
    house: &'c House<'c>,
    about: About<'c>,
    obligation: &'c Obligation,
    form: &'c Form,
    stage: usize,
    zone: TimeZone,
}

impl Case {
    /// Returns the form by which an obligation is met, filled as far as the case goes; `None`
    /// where there is no such obligation, or it has no form.
    ///
    /// What a person saved comes first, then what the form itself says, what was sent in an
    /// earlier stage, the facts, and last what other forms say under the same name. What the
    /// platform fills in stays empty. A field that a saved draft does not answer is filled again,
    /// unless it is left out on purpose. What a decision that stands at `now` keeps out is left
    /// out, whatever was saved before.
    ///
    /// # Errors
    /// [`Refusal::Fact`] if a recorded fact cannot be read with these laws.
    pub fn filled(
        &self,
        house: &House<'_>,
        (id, about): (&ObligationId, About<'_>),
        now: Timestamp,
    ) -> Result<Option<Filling>, Refusal> {
        let Some(search) = self.search(house, (id, about)) else { return Ok(None) };
        let (form, stage) = (search.form, search.stage);
        let minimum = self.minimum(house, id, now)?;
        let draft = self.drafts.get(id);
        let kept = draft.map(|draft| &draft.kept);
        let (mut fields, mut left_out) = (BTreeMap::new(), BTreeMap::new());
        for (field, need) in form.asked(stage) {
            if let Some(why) = minimum.withholds(&field.id, kept) {
                left_out.insert(field.id.clone(), why.clone());
                continue;
            }
            if need == Need::Automatic {
                continue;
            }
            let saved = draft.and_then(|draft| draft.fields.get(&field.id.0));
            let saved = saved.filter(|value| !value.trim().is_empty());
            let saved = saved.map(|value| Filled { value: value.clone(), from: Origin::Draft });
            let marked = draft.and_then(|draft| draft.left_out.get(&field.id.0));
            if let Some(filled) =
                saved.or_else(|| search.answer(field).filter(|_| marked.is_none()))
            {
                fields.insert(field.id.clone(), filled);
            } else if let Some(provisions) = marked {
                let why = LeftOut { provisions: provisions.clone(), conflict: None };
                left_out.insert(field.id.clone(), why);
            }
        }
        let completeness = form.completeness(stage, &values(&fields));
        let saved_at = draft.map(|draft| draft.saved_at);
        let minimum_since = minimum.since;
        Ok(Some(Filling { stage, completeness, fields, left_out, minimum_since, saved_at }))
    }

    /// Returns what the case by itself answers in a field of an obligation's form.
    pub(super) fn answer(
        &self,
        house: &House<'_>,
        of: (&ObligationId, About<'_>),
        field: &FieldId,
    ) -> Option<Filled> {
        let search = self.search(house, of)?;
        let field = search.form.fields.iter().find(|it| it.id == *field)?;
        search.answer(field)
    }

    fn search<'c>(
        &'c self,
        house: &'c House<'c>,
        (id, about): (&ObligationId, About<'c>),
    ) -> Option<Search<'c>> {
        let obligation = self.obligations.get(id)?;
        let (form, stage) = house.law.form_of(&obligation.assessment.provision)?;
        let zone = house.zone_of(&obligation.assessment.provision);
        Some(Search { case: self, house, about, obligation, form, stage, zone })
    }
}

impl House<'_> {
    /// Returns the zone in which days of a provision are counted for this organization; UTC where
    /// nobody knows.
    fn zone_of(&self, provision: &str) -> TimeZone {
        let Some((pack, _)) = self.law.provision(provision) else { return TimeZone::UTC };
        self.law.zone(pack, &self.profile.attributes)
    }
}

impl Search<'_> {
    fn answer(&self, field: &Field) -> Option<Filled> {
        let (own, of_case): (Vec<&Fill>, Vec<&Fill>) =
            field.fill.iter().partition(|fill| fill.is_of_the_form());
        let first = |fills: &[&Fill]| fills.iter().find_map(|fill| self.take(field, fill));
        first(&own)
            .or_else(|| self.earlier(field))
            .or_else(|| first(&of_case))
            .or_else(|| self.shared(field))
    }

    fn take(&self, field: &Field, fill: &Fill) -> Option<Filled> {
        let case = |value: &str| Some(Filled { value: value.to_owned(), from: Origin::Case });
        let form = |value: &str| Some(Filled { value: value.to_owned(), from: Origin::Form });
        let found = match fill {
            Fill::Organization => case(self.about.organization),
            Fill::CaseTitle => case(&self.case.title),
            Fill::Component => case(self.about.component?),
            Fill::Stage => form(&self.form.stages.get(self.stage)?.id),
            Fill::Value(value) => form(value),
            Fill::Fact { kinds, take } => self.of_fact(field, kinds, *take),
        };
        found.filter(|filled| fits(field, &filled.value))
    }

    /// The earliest fact of these kinds that stands, or the first that was recorded of those that
    /// happened at the same instant.
    fn of_fact(&self, field: &Field, kinds: &[String], take: Take) -> Option<Filled> {
        let standing = self
            .case
            .facts
            .iter()
            .filter(|fact| kinds.contains(&fact.kind) && !self.case.is_retracted(&fact.id));
        let read = |fact: &FactRecord| Instant::parse(&fact.occurred_at).ok();
        let dated = standing.filter_map(|fact| Some((read(fact)?, fact)));
        let (occurred, fact) = dated.min_by_key(|(occurred, _)| occurred.lo())?;
        let value = match take {
            Take::Note => fact.note.clone()?,
            Take::KnownAt => self.instant(field, fact.known_at),
            Take::OccurredAt => match (occurred, &field.kind) {
                (Instant::Exact(at), _) => self.instant(field, at),
                // A day is precise enough for a day.
                (vague, Kind::Date) => {
                    let day = |at: Timestamp| self.zone.to_datetime(at).date();
                    let (first, last) = (day(vague.lo()), day(vague.last()));
                    (first == last).then(|| first.to_string())?
                }
                _ => return None,
            },
        };
        Some(Filled { value, from: Origin::Fact(fact.id.clone()) })
    }

    fn instant(&self, field: &Field, at: Timestamp) -> String {
        match field.kind {
            Kind::Date => self.zone.to_datetime(at).date().to_string(),
            _ => at.to_string(),
        }
    }

    /// What was sent in this form for another obligation, the newest first.
    fn earlier(&self, field: &Field) -> Option<Filled> {
        let same_form = |id: &ObligationId| {
            let of = &self.case.obligations.get(id)?.assessment.provision;
            let (form, stage) = self.house.law.form_of(of)?;
            (std::ptr::eq(form, self.form) && stage <= self.stage).then_some(())
        };
        let sent = self.case.submissions.iter().rev();
        let standing = sent.filter(|sent| !self.case.is_retracted(&sent.fact));
        standing.filter(|sent| sent.obligations.iter().any(|id| same_form(id).is_some())).find_map(
            |sent| {
                let value = sent.fields.get(&field.id.0)?;
                let filled = Filled { value: value.clone(), from: Origin::Stage(sent.id.clone()) };
                fits(field, value).then_some(filled)
            },
        )
    }

    /// What another form of the case says under the same name: as it was sent, or as it is drafted.
    fn shared(&self, field: &Field) -> Option<Filled> {
        let name = field.shared_as.as_deref()?;
        let of_form = |id: &ObligationId| -> Option<&FieldId> {
            let of = &self.case.obligations.get(id)?.assessment.provision;
            let (form, stage) = self.house.law.form_of(of)?;
            let named = |it: &&Field| it.shared_as.as_deref() == Some(name);
            form.asked(stage).map(|(field, _)| field).find(named).map(|field| &field.id)
        };
        let from = |id: &ObligationId, fields: &BTreeMap<String, String>| {
            let value = fields.get(&of_form(id)?.0)?;
            let filled = Filled { value: value.clone(), from: Origin::Shared(id.clone()) };
            fits(field, value).then_some(filled)
        };
        let sent = self.case.submissions.iter().rev();
        let sent = sent.filter(|sent| !self.case.is_retracted(&sent.fact));
        let mut sent = sent.flat_map(|sent| sent.obligations.iter().map(move |id| (id, sent)));
        let found = sent.find_map(|(id, sent)| from(id, &sent.fields));
        let others = || self.case.drafts.iter().filter(|(id, _)| **id != self.obligation.id);
        let newest =
            || others().filter_map(|(id, draft)| Some((draft.saved_at, from(id, &draft.fields)?)));
        found.or_else(|| newest().max_by_key(|(at, _)| *at).map(|(_, filled)| filled))
    }
}

/// Returns whether a field can take an answer. One that is only too long is carried over all the
/// same, and the field says that it must be shortened.
fn fits(field: &Field, value: &str) -> bool {
    let value = value.trim();
    !value.is_empty() && matches!(field.refuse(value), None | Some(ValueProblem::TooLong { .. }))
}
