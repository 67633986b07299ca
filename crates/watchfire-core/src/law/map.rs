//! The map: what an organization owes on a day, without a case, and why not.
//!
//! Pure: a lawbook, what the organization is by law, and a day give one row for each provision.
//! It says what the engine would say of a case that begins on that day, as far as it can be told
//! before there is one; what only a case can say stays open and is named.

mod ask;
mod assume;
mod reach;
pub mod tell;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

pub use ask::Leaf;
pub use assume::{AssumeError, assumed};
pub use reach::Reach;

use crate::event::Profile;

use super::condition::{Answer, Condition, Value};
use super::id::{AttributeId, PredicateId, ProvisionId, RoleId};
use super::lawbook::Lawbook;
use super::occasion::Occasion;
use super::pack::{Class, Proposal, Provision, Span, Trigger, Version};
use super::text::Text;

/// Who asks, and for which day.
#[derive(Debug, Clone, PartialEq)]
pub struct MapQuestion {
    /// What the organization is, by law.
    pub roles: BTreeSet<RoleId>,
    pub attributes: BTreeMap<AttributeId, Value>,
    /// What is assumed of the case; what is not stays open.
    pub answers: BTreeMap<PredicateId, Answer>,
    /// The local day of each authority.
    pub day: Date,
}

impl MapQuestion {
    /// Asks for an organization. What a pack that is gone declared asks nothing.
    pub fn of(
        laws: &Lawbook,
        profile: &Profile,
        answers: BTreeMap<PredicateId, Answer>,
        day: Date,
    ) -> Self {
        let attributes = profile.attributes.iter();
        Self {
            roles: profile.roles.iter().filter_map(|role| laws.role(role).ok()).collect(),
            attributes: attributes
                .filter_map(|(id, value)| laws.attribute(id, value).ok())
                .collect(),
            answers,
            day,
        }
    }
}

/// Whether a provision is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It is, as soon as what it arises on happens; or always, where it arises on nothing.
    Owed,
    /// It is not, and known to come: adopted and applicable only later, or proposed.
    Foreseen,
    NotOwed,
}

impl Verdict {
    /// Returns the word that is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owed => "owed",
            Self::Foreseen => "foreseen",
            Self::NotOwed => "not-owed",
        }
    }
}

/// One thing without which a provision would be owed.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// The organization has none of these roles.
    Role(Vec<RoleId>),
    /// It applies from a later day.
    NotYet { from: Date, adopted_on: Option<Date> },
    /// It applied until a day before this one.
    Ended { on: Date },
    /// It is a proposal, and not law.
    Proposed { proposed_on: Option<Date>, foreseen_from: Option<Date> },
    /// An attribute of the organization or product is otherwise.
    Attribute { asks: Leaf, value: Value },
    /// A question about the case is assumed to be answered otherwise.
    Predicate(Leaf),
    /// Another provision, which is owed, has taken its place.
    Superseded(ProvisionId),
}

impl Reason {
    /// Returns the word that is written.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Role(_) => "role",
            Self::NotYet { .. } => "not-yet",
            Self::Ended { .. } => "ended",
            Self::Proposed { .. } => "proposed",
            Self::Attribute { .. } => "attribute",
            Self::Predicate(_) => "predicate",
            Self::Superseded(_) => "superseded",
        }
    }
}

/// One count that holds, or may hold while something is open.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// What has to be so, and is not known; empty where it holds.
    pub when: Vec<Leaf>,
    /// The conservative reading; none where there is no date.
    pub strict: Option<Arc<Span>>,
    /// The latest defensible reading, where it differs.
    pub outer: Option<Arc<Span>>,
    /// What has to be done, where it differs.
    pub remedy: Option<Text>,
}

/// What the map says of one provision.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub provision: ProvisionId,
    pub class: Class,
    /// On what occasion; empty where it always holds.
    pub occasions: BTreeSet<Occasion>,
    pub verdict: Verdict,
    /// Why it is not owed: everything that is missing. Empty where it is owed.
    pub reasons: Vec<Reason>,
    /// What the case decides: it is owed as long as none of these is answered otherwise.
    pub hangs_on: Vec<Leaf>,
    /// Our roles that it obliges.
    pub roles: Vec<RoleId>,
    /// From when on the version that is shown applies; of a proposal, from when it may.
    pub from: Option<Date>,
    /// The first day on which that version no longer applies.
    pub until: Option<Date>,
    /// What it counts by: one, or several while something is open; none where it has no clock.
    pub counts: Vec<Counted>,
    /// Why a clock of law has no number.
    pub period_unknown: Option<Text>,
    /// Where its clock lies, for order and drawing.
    pub reach: Option<Reach>,
    /// The article of the version that is shown.
    pub cites: Option<Text>,
}

impl Lawbook {
    /// Returns one row for each provision: first what is owed, then what is foreseen, then what is
    /// not owed; each in the order of time, what has no date last.
    pub fn map(&self, question: &MapQuestion) -> Vec<Row> {
        let mut rows: Vec<Row> = self
            .packs()
            .iter()
            .flat_map(|pack| &pack.provisions)
            .map(|provision| Mapper { book: self, question, provision }.row())
            .collect();
        self.supersede_rows(question, &mut rows);
        reach::reckon(self, &mut rows);
        rows.sort_by_cached_key(|row| {
            let reach = row.reach.map(|reach| (reach.ends, reach.starts));
            (row.verdict, reach.is_none(), reach, row.class, row.provision.clone())
        });
        rows
    }

    /// Marks what another owed provision has taken the place of.
    fn supersede_rows(&self, question: &MapQuestion, rows: &mut [Row]) {
        let owed: BTreeSet<&ProvisionId> = rows
            .iter()
            .filter(|row| row.verdict == Verdict::Owed)
            .map(|row| &row.provision)
            .collect();
        let taken: Vec<(ProvisionId, ProvisionId)> = owed
            .iter()
            .filter_map(|by| {
                let (_, provision) = self.provision(by.as_str())?;
                let (id, from) = provision.supersedes.as_ref()?;
                from.is_none_or(|from| question.day >= from)
                    .then(|| (id.clone(), provision.id.clone()))
            })
            .collect();
        for (id, by) in taken {
            for row in rows.iter_mut().filter(|row| row.provision == id) {
                row.verdict = Verdict::NotOwed;
                row.reasons.push(Reason::Superseded(by.clone()));
            }
        }
    }
}

/// The text that a row shows: a version, or what is proposed.
#[derive(Clone, Copy)]
enum Shown<'a> {
    Version(&'a Version),
    Proposal(&'a Proposal),
}

struct Mapper<'a> {
    book: &'a Lawbook,
    question: &'a MapQuestion,
    provision: &'a Provision,
}

impl<'a> Mapper<'a> {
    fn row(&self) -> Row {
        let provision = self.provision;
        let mut reasons = Vec::new();
        let roles: Vec<RoleId> = provision
            .owed_by
            .iter()
            .filter(|role| self.question.roles.contains(*role))
            .cloned()
            .collect();
        if roles.is_empty() {
            reasons.push(Reason::Role(provision.owed_by.to_vec()));
        }
        let shown = self.shown(&mut reasons);
        let known = self.known();
        reasons.extend(self.denied());
        let mut hangs_on = Vec::new();
        if let Some(condition) = self.condition() {
            let (answer, leaves) = ask::ask(&condition, known.view());
            match answer {
                Answer::No => {
                    reasons.extend(leaves.into_iter().filter_map(|leaf| self.reason(leaf)))
                }
                Answer::Undecided => hangs_on = leaves,
                Answer::Yes => {}
            }
        }
        let (from, until, cites) = self.dates(shown);
        Row {
            provision: provision.id.clone(),
            class: provision.class,
            occasions: self.book.occasions(provision),
            verdict: self.verdict(&reasons),
            reasons,
            hangs_on,
            roles,
            from,
            until,
            counts: shown.map(|shown| counts(shown, &known)).unwrap_or_default(),
            period_unknown: match shown {
                Some(Shown::Version(version)) => version.period_unknown.clone(),
                _ => None,
            },
            reach: None,
            cites: cites.cloned(),
        }
    }

    /// Finds the text that is shown: that in force, else the next that comes, else the last that
    /// there was; and says why the text is not in force, where it is not.
    fn shown(&self, reasons: &mut Vec<Reason>) -> Option<Shown<'a>> {
        let day = self.question.day;
        let versions = &self.provision.versions;
        if let (true, Some(proposal)) =
            (self.provision.is_proposed(), self.provision.proposals.first())
        {
            let (proposed_on, foreseen_from) = (proposal.proposed_on, proposal.foreseen_from);
            reasons.push(Reason::Proposed { proposed_on, foreseen_from });
            return Some(Shown::Proposal(proposal));
        }
        let in_force = versions.iter().enumerate().find(|(at, version)| {
            version.effective_from <= day && self.end(*at).is_none_or(|end| day < end)
        });
        if let Some((_, version)) = in_force {
            return Some(Shown::Version(version));
        }
        if let Some(coming) = versions.iter().find(|version| version.effective_from > day) {
            let (from, adopted_on) = (coming.effective_from, coming.adopted_on);
            reasons.push(Reason::NotYet { from, adopted_on });
            return Some(Shown::Version(coming));
        }
        let at = versions.len().checked_sub(1)?;
        reasons.extend(self.end(at).map(|on| Reason::Ended { on }));
        versions.get(at).map(Shown::Version)
    }

    /// The first day on which a version no longer applies.
    fn end(&self, at: usize) -> Option<Date> {
        let versions = &self.provision.versions;
        let next = versions.get(at + 1).map(|next| next.effective_from);
        versions.get(at).and_then(|version| version.effective_to).or(next)
    }

    fn dates(&self, shown: Option<Shown<'a>>) -> (Option<Date>, Option<Date>, Option<&'a Text>) {
        let own = self.provision.cites.as_ref();
        match shown {
            None => (None, None, own),
            Some(Shown::Proposal(proposal)) => {
                (proposal.foreseen_from, None, proposal.cites.as_ref().or(own))
            }
            Some(Shown::Version(version)) => {
                let at = self
                    .provision
                    .versions
                    .iter()
                    .position(|one| one.effective_from == version.effective_from);
                let until = at.and_then(|at| self.end(at));
                (Some(version.effective_from), until, version.cites.as_ref().or(own))
            }
        }
    }

    /// The attributes as they are in a case of this provision: what it arises on may show some.
    fn known(&self) -> ask::KnownOwned<'a> {
        let mut attributes = self.question.attributes.clone();
        for (id, attribute) in &self.book.words().attributes {
            let shows = |trigger: &Trigger| match trigger {
                Trigger::Kind(kind) => attribute.shown_by.as_ref() == Some(kind),
                Trigger::Submitted(_) => false,
            };
            if self.provision.arises_on.iter().any(shows) {
                attributes.insert(id.clone(), Value::Flag(true));
            }
        }
        ask::KnownOwned { attributes, answers: &self.question.answers }
    }

    /// What has to be so; of a prohibition also that nothing lifts it.
    fn condition(&self) -> Option<Condition> {
        let lifted = self.provision.allowed_when.clone();
        let lifted = lifted.map(|allowed| Condition::Not(Box::new(allowed)));
        let parts: Vec<Condition> = self.provision.when.clone().into_iter().chain(lifted).collect();
        (!parts.is_empty()).then_some(Condition::All(parts))
    }

    /// The assumed answers for which nothing is left that it could arise on.
    fn denied(&self) -> Vec<Reason> {
        let no = |id: &PredicateId| self.question.answers.get(id) == Some(&Answer::No);
        let mut denied = Vec::new();
        let mut carried = 0;
        for trigger in &self.provision.arises_on {
            let decides = |kind| {
                let predicates = &self.book.words().predicates;
                let mut found = predicates.iter();
                found.find(|(id, one)| one.decided_by.as_ref() == Some(kind) && no(id))
            };
            match trigger {
                Trigger::Kind(kind) => match decides(kind) {
                    Some((id, _)) => denied.push(id.clone()),
                    None => carried += 1,
                },
                Trigger::Submitted(_) => carried += 1,
            }
        }
        for predicate in self.provision.provisional_on.values() {
            if no(predicate) {
                denied.push(predicate.clone());
            } else {
                carried += 1;
            }
        }
        if carried > 0 {
            return Vec::new();
        }
        let denied: BTreeSet<PredicateId> = denied.into_iter().collect();
        denied
            .into_iter()
            .map(|id| Reason::Predicate(Leaf { asks: Condition::Predicate(id), wants: true }))
            .collect()
    }

    fn reason(&self, asks: Leaf) -> Option<Reason> {
        let attribute = asks.asks.attributes().first().copied().cloned();
        let Some(attribute) = attribute else { return Some(Reason::Predicate(asks)) };
        let value = self.known().attributes.get(&attribute)?.clone();
        Some(Reason::Attribute { asks, value })
    }

    /// Foreseen is what nothing but its date keeps from being owed, and that is known by then.
    fn verdict(&self, reasons: &[Reason]) -> Verdict {
        let day = self.question.day;
        let known_to_come = |reason: &Reason| match reason {
            Reason::NotYet { adopted_on, .. } => adopted_on.is_some_and(|adopted| adopted <= day),
            Reason::Proposed { proposed_on, .. } => proposed_on.is_none_or(|on| on <= day),
            _ => false,
        };
        match reasons {
            [] => Verdict::Owed,
            all if all.iter().all(known_to_come) => Verdict::Foreseen,
            _ => Verdict::NotOwed,
        }
    }
}

/// Every count that holds or may hold: the variants up to the first that surely holds, and else
/// the version's own.
fn counts(shown: Shown<'_>, known: &ask::KnownOwned<'_>) -> Vec<Counted> {
    let version = match shown {
        Shown::Version(version) => version,
        Shown::Proposal(proposal) => {
            let own = counted(Vec::new(), proposal.strict.as_ref(), proposal.outer.as_ref(), None);
            return own.into_iter().collect();
        }
    };
    let mut found = Vec::new();
    for variant in &version.variants {
        let (answer, leaves) = ask::ask(&variant.when, known.view());
        let when = if answer == Answer::Undecided { leaves } else { Vec::new() };
        if answer != Answer::No {
            let remedy = variant.remedy.as_ref();
            found.push(Counted {
                when,
                strict: variant.strict.clone(),
                outer: variant.outer.clone(),
                remedy: remedy.cloned(),
            });
        }
        if answer == Answer::Yes {
            return found;
        }
    }
    found.extend(counted(Vec::new(), version.strict.as_ref(), version.outer.as_ref(), None));
    found
}

fn counted(
    when: Vec<Leaf>,
    strict: Option<&Arc<Span>>,
    outer: Option<&Arc<Span>>,
    remedy: Option<Text>,
) -> Option<Counted> {
    let any = strict.is_some() || outer.is_some();
    any.then(|| Counted { when, strict: strict.cloned(), outer: outer.cloned(), remedy })
}
