//! What a change of law does to cases: obligations gained, lost and moved.
//!
//! Pure: two lawbooks and one case give the shifts of that case. A case that no changed provision
//! can touch is not asked.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::diff::{Diff, Nature};
use super::id::{FactId, ProvisionId};
use super::lawbook::Lawbook;
use super::question::{Obligation, Question, State};
use super::reads::{CaseIndex, Reads, ReadsIndex};

#[cfg(test)]
mod tests;

impl Lawbook {
    /// Returns this lawbook as if what it changes against `old` had always been in force: of each
    /// provision that differs, the newest version applies on every day.
    ///
    /// It answers what would have happened to cases of the past, and is never used otherwise.
    #[must_use]
    pub fn as_if_in_force(&self, old: &Self) -> Self {
        let diff = Diff::between(old, self, Timestamp::UNIX_EPOCH);
        let substance = diff.changes.iter().filter(|change| change.nature != Nature::Editorial);
        let changed: BTreeSet<ProvisionId> =
            substance.filter_map(|change| change.subject.provision().cloned()).collect();
        let mut as_if = self.clone();
        for provision in as_if.provisions_mut().filter(|it| changed.contains(&it.id)) {
            if let Some(mut newest) = provision.versions.pop() {
                newest.effective_from = Date::MIN;
                newest.effective_to = None;
                provision.versions = vec![newest];
            }
        }
        as_if
    }
}

/// Two lawbooks, made ready to be put to many cases.
#[derive(Debug, Clone)]
pub struct Impact<'a> {
    old: &'a Lawbook,
    new: &'a Lawbook,
    /// What each touched provision reads, in the one lawbook or the other.
    touched: BTreeMap<ProvisionId, Vec<Reads>>,
    /// Touched provisions, and those that may take the place of one.
    asked: BTreeSet<ProvisionId>,
}

impl<'a> Impact<'a> {
    /// Compares two lawbooks. The answer holds for any instant: what differs in words and sources
    /// alone is left out, and dates are asked of each case.
    pub fn between(old: &'a Lawbook, new: &'a Lawbook) -> Self {
        let diff = Diff::between(old, new, Timestamp::UNIX_EPOCH);
        let indexes = [ReadsIndex::of(old), ReadsIndex::of(new)];
        let [of_old, of_new] = &indexes;
        let ids = diff.touched(of_old, of_new);
        let mut asked = ids.clone();
        for provision in [old, new].iter().flat_map(|book| book.packs()).flat_map(|p| &p.provisions)
        {
            if provision.supersedes.as_ref().is_some_and(|(id, _)| ids.contains(id)) {
                asked.insert(provision.id.clone());
            }
        }
        let reads = |id: &ProvisionId| -> Vec<Reads> {
            indexes.iter().filter_map(|index| index.get(id.as_str()).cloned()).collect()
        };
        let touched = ids.into_iter().map(|id| (id.clone(), reads(&id))).collect();
        Self { old, new, touched, asked }
    }

    /// Returns the provisions that can compute otherwise.
    pub fn touched(&self) -> impl Iterator<Item = &ProvisionId> {
        self.touched.keys()
    }

    /// Returns whether a provision can compute otherwise.
    pub(super) fn touches(&self, id: &ProvisionId) -> bool {
        self.touched.contains_key(id)
    }

    /// Returns the provisions that have to be asked to tell: those touched, and those that may
    /// take the place of one.
    pub(super) fn asked(&self) -> impl Iterator<Item = &ProvisionId> {
        self.asked.iter()
    }

    /// Returns what the touched provisions read, in the one lawbook or the other.
    pub(super) fn reads(&self) -> impl Iterator<Item = &Reads> {
        self.touched.values().flatten()
    }

    /// Returns the cases of an index that can be touched; it costs as much as there are such.
    pub fn candidates<'i, K: Ord + Clone>(&self, cases: &'i CaseIndex<K>) -> BTreeSet<&'i K> {
        cases.candidates(self.touched.values().flatten())
    }

    /// Returns whether a case can be touched at all.
    pub fn can_touch(&self, question: &Question) -> bool {
        let mut index = CaseIndex::default();
        index.insert(&(), question);
        !self.candidates(&index).is_empty()
    }

    /// Returns what is otherwise in one case, in the order of the provisions' ids.
    pub fn on(&self, question: &Question) -> Vec<Shift> {
        if !self.can_touch(question) {
            return Vec::new();
        }
        let [before, after] = [self.old, self.new].map(|book| {
            let listed = book.obligations_among(question, |id| self.asked.contains(id));
            let touched =
                listed.into_iter().filter(|one| self.touched.contains_key(&one.provision));
            touched.map(|one| (key(&one), one)).collect::<BTreeMap<Key, Obligation>>()
        });
        shifts(before, after)
    }

    /// Puts the change to many cases and counts.
    pub fn over<'q>(&self, cases: impl IntoIterator<Item = &'q Question>) -> Tally {
        let mut tally = Tally::default();
        for question in cases {
            tally.add(&self.on(question));
        }
        tally
    }
}

type Key = (ProvisionId, Option<FactId>);

/// What tells the obligations of one case apart.
fn key(owed: &Obligation) -> Key {
    let each = owed.per_fact.then(|| owed.from_fact.clone()).flatten();
    (owed.provision.clone(), each)
}

fn shifts(
    mut before: BTreeMap<Key, Obligation>,
    mut after: BTreeMap<Key, Obligation>,
) -> Vec<Shift> {
    let keys: BTreeSet<Key> = before.keys().chain(after.keys()).cloned().collect();
    let each = keys.into_iter().filter_map(|key| {
        let (before, after) = (before.remove(&key), after.remove(&key));
        let kind = shift(before.as_ref(), after.as_ref())?;
        let (provision, from_fact) = key;
        Some(Shift { provision, from_fact, kind, before, after })
    });
    each.collect()
}

fn shift(before: Option<&Obligation>, after: Option<&Obligation>) -> Option<ShiftKind> {
    let of = |one: Option<&Obligation>| one.map(|one| (is_owed(one), one.foreseen));
    let moved = match (before, after) {
        (Some(before), Some(after)) => !moved(before, after).is_empty(),
        _ => false,
    };
    shift_of(of(before), of(after), moved)
}

/// Returns the kind of shift between two answers, each with whether it is owed and foreseen.
pub(super) fn shift_of(
    before: Option<(bool, bool)>,
    after: Option<(bool, bool)>,
    moved: bool,
) -> Option<ShiftKind> {
    let is_owed = |one: Option<(bool, bool)>| one.is_some_and(|(owed, _)| owed);
    let is_foreseen = |one: Option<(bool, bool)>| one.is_some_and(|(_, foreseen)| foreseen);
    match (is_owed(before), is_owed(after)) {
        (false, true) => return Some(ShiftKind::Gained),
        (true, false) => return Some(ShiftKind::Lost),
        (true, true) => return moved.then_some(ShiftKind::Moved),
        (false, false) => {}
    }
    match (is_foreseen(before), is_foreseen(after)) {
        (false, true) => Some(ShiftKind::Foreseen),
        (true, false) => Some(ShiftKind::NoLongerForeseen),
        _ => None,
    }
}

fn is_owed(owed: &Obligation) -> bool {
    !matches!(owed.state, State::NotApplicable | State::Superseded)
}

/// What happened to one obligation of one case.
#[derive(Debug, Clone, PartialEq)]
pub struct Shift {
    pub provision: ProvisionId,
    /// Where the provision gives one obligation for each fact.
    pub from_fact: Option<FactId>,
    pub kind: ShiftKind,
    /// As it is under the old law; none where it is not listed.
    pub before: Option<Obligation>,
    /// As it is under the new law.
    pub after: Option<Obligation>,
}

/// The kinds of shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ShiftKind {
    /// It is owed, and was not.
    Gained,
    /// It was owed, and is not.
    Lost,
    /// It is owed as before, but otherwise.
    Moved,
    /// It is not owed, and now known to come.
    Foreseen,
    /// It is not owed, and no longer known to come.
    NoLongerForeseen,
}

impl ShiftKind {
    /// Returns the word that is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gained => "gained",
            Self::Lost => "lost",
            Self::Moved => "moved",
            Self::Foreseen => "foreseen",
            Self::NoLongerForeseen => "no-longer-foreseen",
        }
    }
}

/// What of an obligation is otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moved {
    State,
    StrictDue,
    OuterDue,
    Provisional,
    DecisionDue,
    Class,
    OwedBy,
    OwedTo,
    Form,
    Remedy,
}

impl Moved {
    /// Returns the word that is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::StrictDue => "strict_due",
            Self::OuterDue => "outer_due",
            Self::Provisional => "provisional",
            Self::DecisionDue => "decision_due",
            Self::Class => "class",
            Self::OwedBy => "owed_by",
            Self::OwedTo => "owed_to",
            Self::Form => "form",
            Self::Remedy => "remedy",
        }
    }
}

fn moved(before: &Obligation, after: &Obligation) -> Vec<Moved> {
    let parts = [
        (Moved::State, before.state != after.state),
        (Moved::StrictDue, before.strict_due != after.strict_due),
        (Moved::OuterDue, before.outer_due != after.outer_due),
        (Moved::Provisional, before.provisional != after.provisional),
        (Moved::DecisionDue, before.decision_due != after.decision_due),
        (Moved::Class, before.class != after.class),
        (Moved::OwedBy, before.owed_by != after.owed_by),
        (Moved::OwedTo, before.owed_to != after.owed_to),
        (Moved::Form, before.form != after.form),
        (Moved::Remedy, before.remedy != after.remedy),
    ];
    parts.into_iter().filter(|(_, differs)| *differs).map(|(part, _)| part).collect()
}

impl Shift {
    /// Returns what is otherwise in one that moved; nothing for the other kinds.
    pub fn moved(&self) -> Vec<Moved> {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) if self.kind == ShiftKind::Moved => moved(before, after),
            _ => Vec::new(),
        }
    }

    /// Returns how the strict date of one that moved lies to what it was; a date that appears is
    /// earlier than none.
    pub fn strict_due_is(&self) -> Ordering {
        let due = |one: &Option<Obligation>| one.as_ref().and_then(|one| one.strict_due);
        strict_due_is(self.kind, (due(&self.before), due(&self.after)))
    }
}

fn strict_due_is(kind: ShiftKind, due: (Option<Timestamp>, Option<Timestamp>)) -> Ordering {
    match (kind, due) {
        (ShiftKind::Moved, (Some(before), Some(after))) => after.cmp(&before),
        (ShiftKind::Moved, (None, Some(_))) => Ordering::Less,
        (ShiftKind::Moved, (Some(_), None)) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}

/// Shifts, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub gained: usize,
    pub lost: usize,
    pub moved: usize,
    /// Of those that moved: to an earlier strict date.
    pub earlier: usize,
    /// Of those that moved: to a later strict date.
    pub later: usize,
    pub foreseen: usize,
    pub no_longer_foreseen: usize,
}

impl Counts {
    fn merge(&mut self, other: &Self) {
        self.gained += other.gained;
        self.lost += other.lost;
        self.moved += other.moved;
        self.earlier += other.earlier;
        self.later += other.later;
        self.foreseen += other.foreseen;
        self.no_longer_foreseen += other.no_longer_foreseen;
    }

    fn add(&mut self, shift: &Shift) {
        let due = |one: &Option<Obligation>| one.as_ref().and_then(|one| one.strict_due);
        self.count(shift.kind, (due(&shift.before), due(&shift.after)));
    }

    /// Counts a shift from and to a strict instant.
    pub(super) fn count(&mut self, kind: ShiftKind, due: (Option<Timestamp>, Option<Timestamp>)) {
        let count = match kind {
            ShiftKind::Gained => &mut self.gained,
            ShiftKind::Lost => &mut self.lost,
            ShiftKind::Moved => &mut self.moved,
            ShiftKind::Foreseen => &mut self.foreseen,
            ShiftKind::NoLongerForeseen => &mut self.no_longer_foreseen,
        };
        *count += 1;
        match strict_due_is(kind, due) {
            Ordering::Less => self.earlier += 1,
            Ordering::Equal => {}
            Ordering::Greater => self.later += 1,
        }
    }
}

/// What a change does to many cases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases that were looked at.
    pub cases: usize,
    /// Cases in which something is otherwise.
    pub shifted: usize,
    pub total: Counts,
    pub by_provision: BTreeMap<ProvisionId, Counts>,
}

impl Tally {
    /// Adds what was counted of other cases.
    pub fn merge(&mut self, other: &Self) {
        self.cases += other.cases;
        self.shifted += other.shifted;
        self.total.merge(&other.total);
        for (provision, counts) in &other.by_provision {
            self.by_provision.entry(provision.clone()).or_default().merge(counts);
        }
    }

    /// Adds the shifts of one case.
    pub fn add(&mut self, shifts: &[Shift]) {
        self.cases += 1;
        self.shifted += usize::from(!shifts.is_empty());
        for shift in shifts {
            self.total.add(shift);
            self.by_provision.entry(shift.provision.clone()).or_default().add(shift);
        }
    }
}
