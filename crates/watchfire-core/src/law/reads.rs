//! What each provision reads: so a change touches only the cases that it can touch.
//!
//! A provision gives an obligation only where the organization has one of its roles and a fact is
//! seen on which it arises; what it gives then follows from the words listed here and from nothing
//! else.

use std::collections::{BTreeMap, BTreeSet};

use super::fact::Fact;
use super::id::{AttributeId, FactKind, PredicateId, ProvisionId, RoleId};
use super::lawbook::Lawbook;
use super::pack::{CalendarRule, MEMBER_STATE, MetBy, Pack, Provision, Trigger, Zone};
use super::question::Question;

/// What one provision reads of a case, of the lawbook, and of other provisions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    /// Whom it obliges: without one of these roles it is never listed.
    pub roles: BTreeSet<RoleId>,
    /// On what it arises: without one of these it is never listed.
    pub arises_on: BTreeSet<Trigger>,
    /// Every kind of fact that it looks at.
    pub kinds: BTreeSet<FactKind>,
    pub predicates: BTreeSet<PredicateId>,
    pub attributes: BTreeSet<AttributeId>,
    /// The calendars that are named; those of the Member States follow `eu/member-state`.
    pub calendars: BTreeSet<String>,
    /// Whether zone or calendar is that of a Member State.
    pub member_state: bool,
    /// Provisions on whose clock or place it hangs.
    pub provisions: BTreeSet<ProvisionId>,
}

impl Reads {
    pub(super) fn of(book: &Lawbook, pack: &Pack, provision: &Provision) -> Self {
        let mut reads = Self {
            roles: provision.owed_by.iter().cloned().collect(),
            arises_on: provision.arises_on.iter().cloned().collect(),
            ..Self::default()
        };
        let provisional = provision.provisional_on.keys().cloned().map(Trigger::Kind);
        reads.arises_on.extend(provisional);
        reads.predicates.extend(provision.provisional_on.values().cloned());
        reads.triggers(provision);
        for condition in provision.conditions() {
            reads.predicates.extend(condition.predicates().into_iter().cloned());
            reads.attributes.extend(condition.attributes().into_iter().cloned());
        }
        for by in &provision.met_by {
            match by {
                MetBy::Kind(kind) => reads.kinds.extend([kind.clone()]),
                MetBy::Decided(predicate) => reads.predicates.extend([predicate.clone()]),
            }
        }
        reads.counting(pack, provision);
        reads.words(book);
        reads
    }

    fn triggers(&mut self, provision: &Provision) {
        let named = provision.triggers().into_iter().cloned();
        for trigger in named.chain(self.arises_on.clone()) {
            match trigger {
                Trigger::Kind(kind) => self.kinds.extend([kind]),
                Trigger::Submitted(id) => self.provisions.extend([id]),
            }
        }
        let steps = provision.awareness.strict.iter().chain(&provision.awareness.outer);
        self.kinds.extend(steps.cloned());
    }

    fn counting(&mut self, pack: &Pack, provision: &Provision) {
        self.member_state = matches!(pack.zone, Zone::OfMemberState);
        for span in provision.spans() {
            match &span.calendar {
                Some(CalendarRule::Fixed(id)) => self.calendars.extend([id.clone()]),
                Some(CalendarRule::OfMemberState) => self.member_state = true,
                None => {}
            }
        }
        if self.member_state {
            self.attributes.extend(MEMBER_STATE.parse());
        }
    }

    /// What the shared words add: kinds that decide a predicate or show an attribute, and
    /// predicates whose *no* makes a kind count as absent.
    fn words(&mut self, book: &Lawbook) {
        for (id, declared) in &book.words().predicates {
            let Some(kind) = &declared.decided_by else { continue };
            if self.arises_on.contains(&Trigger::Kind(kind.clone())) {
                self.predicates.extend([id.clone()]);
            }
            if self.predicates.contains(id) {
                self.kinds.extend([kind.clone()]);
            }
        }
        for (id, declared) in &book.words().attributes {
            if self.attributes.contains(id) {
                self.kinds.extend(declared.shown_by.clone());
            }
        }
    }
}

/// What every provision of a lawbook reads.
#[derive(Debug, Clone, Default)]
pub struct ReadsIndex {
    by_provision: BTreeMap<ProvisionId, Reads>,
    /// Who hangs on a provision.
    dependents: BTreeMap<ProvisionId, BTreeSet<ProvisionId>>,
}

impl ReadsIndex {
    /// Looks through a lawbook.
    pub fn of(book: &Lawbook) -> Self {
        let mut index = Self::default();
        // Whether another takes its place.
        let mut taken: BTreeMap<&ProvisionId, Vec<&ProvisionId>> = BTreeMap::new();
        for provision in book.packs().iter().flat_map(|pack| &pack.provisions) {
            if let Some((id, _)) = &provision.supersedes {
                taken.entry(id).or_default().push(&provision.id);
            }
        }
        for pack in book.packs() {
            for provision in &pack.provisions {
                let mut reads = Reads::of(book, pack, provision);
                let by = taken.get(&provision.id).into_iter().flatten();
                reads.provisions.extend(by.map(|id| (*id).clone()));
                for id in &reads.provisions {
                    let dependents = index.dependents.entry(id.clone()).or_default();
                    dependents.extend([provision.id.clone()]);
                }
                index.by_provision.insert(provision.id.clone(), reads);
            }
        }
        index
    }

    /// Returns what a provision reads.
    pub fn get(&self, id: &str) -> Option<&Reads> {
        self.by_provision.get(id)
    }

    /// Returns every provision with what it reads, ordered by id.
    pub fn iter(&self) -> impl Iterator<Item = (&ProvisionId, &Reads)> {
        self.by_provision.iter()
    }

    /// Returns the provisions for which `reads` holds.
    pub fn reading<'i>(
        &'i self,
        reads: impl Fn(&Reads) -> bool + 'i,
    ) -> impl Iterator<Item = &'i ProvisionId> {
        self.by_provision.iter().filter(move |(_, found)| reads(found)).map(|(id, _)| id)
    }

    /// Returns the provisions given, and all that hang on one of them, directly or by others.
    pub fn with_dependents(&self, ids: BTreeSet<ProvisionId>) -> BTreeSet<ProvisionId> {
        let mut open: Vec<ProvisionId> = ids.iter().cloned().collect();
        let mut found = ids;
        while let Some(id) = open.pop() {
            for dependent in self.dependents.get(&id).into_iter().flatten() {
                if found.insert(dependent.clone()) {
                    open.push(dependent.clone());
                }
            }
        }
        found
    }
}

/// Returns what a fact can make arise.
fn arising(fact: &Fact) -> Vec<Trigger> {
    let knowledge = fact.towards.as_ref().unwrap_or(&fact.kind);
    let submitted = fact.obligations.iter().filter(|_| fact.kind.as_str() == "submitted");
    let submitted = submitted.cloned().map(Trigger::Submitted);
    std::iter::once(Trigger::Kind(knowledge.clone())).chain(submitted).collect()
}

/// Cases by what can make a provision arise in them: role and trigger.
///
/// Asking which cases some provisions can touch costs as much as there are such cases, and not as
/// much as there are cases.
#[derive(Debug, Clone)]
pub struct CaseIndex<K> {
    by_role: BTreeMap<RoleId, BTreeMap<Trigger, BTreeSet<K>>>,
}

impl<K> Default for CaseIndex<K> {
    fn default() -> Self {
        Self { by_role: BTreeMap::new() }
    }
}

impl<K: Ord + Clone> CaseIndex<K> {
    /// Adds a case. What was added of it before stays, so that a case only ever has more.
    pub fn insert(&mut self, case: &K, question: &Question) {
        let triggers: BTreeSet<Trigger> = question.facts.iter().flat_map(arising).collect();
        for role in &question.roles {
            let by_trigger = self.by_role.entry(role.clone()).or_default();
            for trigger in &triggers {
                by_trigger.entry(trigger.clone()).or_default().insert(case.clone());
            }
        }
    }

    /// Returns the cases in which a provision that reads so can be listed.
    pub fn candidates<'r>(&self, all: impl IntoIterator<Item = &'r Reads>) -> BTreeSet<&K> {
        let mut found = BTreeSet::new();
        for reads in all {
            for by_trigger in reads.roles.iter().filter_map(|role| self.by_role.get(role)) {
                let hits = reads.arises_on.iter().filter_map(|trigger| by_trigger.get(trigger));
                found.extend(hits.flatten());
            }
        }
        found
    }
}
