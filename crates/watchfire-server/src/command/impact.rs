//! What a change of law does to cases: computed for whoever asks, and carried out when it is used.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use watchfire_core::case::{Decision, House};
use watchfire_core::department::{self, Department, Reach};
use watchfire_core::event::{CaseEvent, Chain, Profile, Service, Stream};
use watchfire_core::ids::{AmendmentId, CaseId, DepartmentId, PartyId};
use watchfire_core::law::Lawbook;
use watchfire_core::law::id::ProvisionId;
use watchfire_core::law::impact::{Impact, Shift, Tally};
use watchfire_core::law::reads::ReadsIndex;
use watchfire_store::policy::Write;
use watchfire_store::{Append, CASES_AT_ONCE_MAX, CaseFacts, Outcome, StoreError, Viewer};

use super::TRIES_MAX;
use super::amendment::Laid;
use super::decision::{Loaded, house_of, plan};
use crate::apart::apart;
use crate::error::Problem;
use crate::state::Node;

/// Cases are listed one by one up to so many; all are counted.
pub const CASES_LISTED_MAX: usize = 200;
/// So many pages of cases are read before one is computed.
const PAGES_AHEAD_MAX: usize = 2;
/// So many cases are computed anew at once, so that their appends share a commit.
const SETTLED_AT_ONCE_MAX: usize = 8;
/// A problem is recorded in so many characters.
const PROBLEM_CHARS_MAX: usize = 500;
/// Cases that ended within so many days are asked what would have happened.
pub const LOOK_BACK_DAYS: i64 = 365;

/// What a change of law does, as far as one viewer sees cases.
#[derive(Debug, Clone, Default)]
pub struct ImpactReport {
    /// The provisions that can compute otherwise.
    pub provisions: BTreeSet<String>,
    /// Their roles that the organization has.
    pub roles: BTreeSet<String>,
    /// Their roles that it does not have.
    pub other_roles: BTreeSet<String>,
    /// What each department has to do with it.
    pub departments: BTreeMap<DepartmentId, BTreeSet<String>>,
    /// The products of those departments.
    pub products: BTreeSet<String>,
    /// Cases in which something is owed still: what it does to them.
    pub open: Group,
    /// Cases of the last year in which nothing is owed any more: what would have happened, had it
    /// been in force then.
    pub closed: Group,
    /// Cases with a fact that the law in use cannot read.
    pub unreadable: usize,
}

/// Cases of one kind.
#[derive(Debug, Clone, Default)]
pub struct Group {
    pub tally: Tally,
    /// The first of those in which something is otherwise, by id, up to [`CASES_LISTED_MAX`].
    pub cases: BTreeMap<CaseId, Shifted>,
}

impl Group {
    /// Takes up a case, in whatever order they come.
    fn take(&mut self, case: CaseId, shifted: Shifted) {
        self.tally.add(&shifted.shifts);
        if shifted.shifts.is_empty() {
            return;
        }
        self.cases.insert(case, shifted);
        if self.cases.len() > CASES_LISTED_MAX {
            self.cases.pop_last();
        }
    }
}

/// A case in which something is otherwise.
#[derive(Debug, Clone)]
pub struct Shifted {
    pub title: String,
    pub shifts: Vec<Shift>,
}

/// Computes what a change does to the cases that `viewer` sees. What is hidden is not counted.
///
/// # Errors
/// Failures of the database.
pub async fn report(
    node: &Node,
    viewer: &Viewer,
    laid: &Laid,
    now: Timestamp,
) -> Result<ImpactReport, Problem> {
    let organization = &laid.amendment.organization;
    let (profile, chain) = house_of(node, organization).await?;
    let departments = node.store().departments(viewer).await?;
    let report = reach(laid, &profile, &departments);
    let asked = Asked {
        old: laid.old.clone(),
        new: laid.new.clone(),
        profile: Arc::new(profile),
        chain: Arc::new(chain),
        organization: organization.clone(),
        now,
        since: now.saturating_sub(SignedDuration::from_hours(24 * LOOK_BACK_DAYS)).unwrap_or(now),
    };
    let causes = causes(&laid.old, &laid.new, Some(&asked.profile.roles));
    let (pages, read) = mpsc::channel(PAGES_AHEAD_MAX);
    // One page is computed while the next is read.
    let computing = tokio::task::spawn_blocking(move || asked.compute(read));
    read_cases(node, viewer, causes, &pages).await?;
    drop(pages);
    let computed = computing.await.map_err(|error| Problem::internal(&error))?;
    let Computed { open, closed, unreadable } = computed;
    Ok(ImpactReport { open, closed, unreadable, ..report })
}

/// Reads every case with one of the `causes`, each once, page by page.
async fn read_cases(
    node: &Node,
    viewer: &Viewer,
    causes: BTreeSet<String>,
    pages: &mpsc::Sender<Vec<CaseFacts>>,
) -> Result<(), StoreError> {
    let mut seen = BTreeSet::new();
    for cause in causes {
        let mut after = None;
        loop {
            let cases = node.store().facts_by_cause(viewer, &cause, after.as_ref()).await?;
            let was_full = cases.len() == CASES_AT_ONCE_MAX;
            after = cases.last().map(|last| last.case.clone());
            let fresh = cases.into_iter().filter(|found| seen.insert(found.case.clone()));
            if pages.send(fresh.collect()).await.is_err() {
                // Computing has ended, and its result says why.
                return Ok(());
            }
            if !was_full {
                break;
            }
        }
    }
    Ok(())
}

/// Returns what of the house a change reaches, without looking at a case.
pub fn reach(laid: &Laid, profile: &Profile, departments: &[Department]) -> ImpactReport {
    let impact = Impact::between(&laid.old, &laid.new);
    let reach = Reach::of(impact.touched(), [&laid.old, &laid.new]);
    let concerned = department::concerned(departments, &reach);
    let of_concerned = departments.iter().filter(|it| concerned.contains_key(&it.id));
    let products = of_concerned.flat_map(|it| it.desk.concerns.products.iter().cloned());
    ImpactReport {
        products: products.collect(),
        roles: &reach.roles & &profile.roles,
        other_roles: &reach.roles - &profile.roles,
        provisions: reach.provisions,
        departments: concerned,
        ..ImpactReport::default()
    }
}

/// Returns on what a provision that a change touches can arise; with `roles`, of those alone that
/// oblige one of them.
fn causes(old: &Lawbook, new: &Lawbook, roles: Option<&BTreeSet<String>>) -> BTreeSet<String> {
    let impact = Impact::between(old, new);
    let touched: Vec<&ProvisionId> = impact.touched().collect();
    let mut found = BTreeSet::new();
    for index in [ReadsIndex::of(old), ReadsIndex::of(new)] {
        for reads in touched.iter().filter_map(|id| index.get(id.as_str())) {
            let ours = roles
                .is_none_or(|ours| reads.roles.iter().any(|role| ours.contains(role.as_str())));
            if ours {
                found.extend(reads.arises_on.iter().map(ToString::to_string));
            }
        }
    }
    found
}

/// What is put to cases.
#[derive(Debug, Clone)]
struct Asked {
    old: Arc<Lawbook>,
    new: Arc<Lawbook>,
    profile: Arc<Profile>,
    chain: Arc<Chain>,
    organization: PartyId,
    now: Timestamp,
    since: Timestamp,
}

/// What came out of some cases.
#[derive(Debug, Default)]
struct Computed {
    open: Group,
    closed: Group,
    unreadable: usize,
}

impl Asked {
    /// Puts the change to every case of the pages, as long as there come any.
    fn compute(&self, mut pages: mpsc::Receiver<Vec<CaseFacts>>) -> Computed {
        let mut computed = Computed::default();
        let as_if = self.new.as_if_in_force(&self.old);
        let (now, then) =
            (Impact::between(&self.old, &self.new), Impact::between(&self.old, &as_if));
        let (profile, chain) = (&self.profile, &self.chain);
        // What an organization chose says nothing about what is owed.
        let house = House { law: &self.old, profile, chain, standing: &[] };
        let cases = iter::from_fn(|| pages.blocking_recv()).flatten();
        for found in cases {
            if found.organization != self.organization
                || (!found.is_open && found.changed_at < self.since)
            {
                continue;
            }
            let Ok(question) = house.question(&found.facts, Some(self.now), None) else {
                computed.unreadable += 1;
                continue;
            };
            let (impact, group) = if found.is_open {
                (&now, &mut computed.open)
            } else {
                (&then, &mut computed.closed)
            };
            let shifts = impact.on(&question);
            group.take(found.case, Shifted { title: found.title, shifts });
        }
        computed
    }
}

/// What became of the cases that a change touches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Carried {
    pub(crate) looked_at: u64,
    pub(crate) changed: u64,
    /// Left as they were: the new law cannot read them, or computing them failed.
    pub(crate) unread: u64,
}

/// What became of one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Settled {
    Changed,
    Same,
    Unread,
}

impl Carried {
    fn take(&mut self, settled: Settled) {
        self.looked_at += 1;
        match settled {
            Settled::Changed => self.changed += 1,
            Settled::Same => {}
            Settled::Unread => self.unread += 1,
        }
    }
}

/// Computes every case anew that a change could touch, and records what differs. Done twice it
/// changes nothing more. One case that fails is left as it is, and stops no other; `left` says which
/// were before, and why.
///
/// # Errors
/// Failures of the database as a whole.
pub(crate) async fn carry_out(
    node: &Node,
    amendment: &AmendmentId,
    (old, new): (&Lawbook, &Lawbook),
    mut left: BTreeMap<CaseId, String>,
    now: Timestamp,
) -> Result<Carried, StoreError> {
    let ticker = &Viewer::service(Service::Ticker);
    let mut seen = BTreeSet::new();
    let mut carrying = Carrying { node, amendment, now, carried: Carried::default() };
    for cause in causes(old, new, None) {
        let mut after = None;
        loop {
            let cases = node.store().cases_by_cause(ticker, &cause, after.as_ref()).await?;
            let was_full = cases.len() == CASES_AT_ONCE_MAX;
            after = cases.last().cloned();
            let fresh = cases.into_iter().filter(|case| seen.insert(case.clone()));
            let fresh = fresh.map(|case| (left.remove(&case), case));
            carrying.carry_all(fresh.collect()).await?;
            if !was_full {
                break;
            }
        }
    }
    Ok(carrying.carried)
}

/// As [`carry_out`], to those cases alone that were left before.
///
/// # Errors
/// As [`carry_out`].
pub(crate) async fn carry_out_again(
    node: &Node,
    amendment: &AmendmentId,
    left: BTreeMap<CaseId, String>,
    now: Timestamp,
) -> Result<Carried, StoreError> {
    let mut carrying = Carrying { node, amendment, now, carried: Carried::default() };
    carrying.carry_all(left.into_iter().map(|(case, why)| (Some(why), case)).collect()).await?;
    Ok(carrying.carried)
}

/// Reads the cases that a change left as they were, each with why.
///
/// # Errors
/// Failures of the database.
pub(crate) async fn left_by(
    node: &Node,
    amendment: &AmendmentId,
) -> Result<BTreeMap<CaseId, String>, StoreError> {
    let ticker = Viewer::service(Service::Ticker);
    let mut found = BTreeMap::new();
    let mut after = None;
    loop {
        let cases = node.store().unread_cases(&ticker, amendment, after.as_ref()).await?;
        let was_full = cases.len() == CASES_AT_ONCE_MAX;
        after = cases.last().map(|last| last.case.clone());
        found.extend(cases.into_iter().map(|one| (one.case, one.problem)));
        if !was_full {
            return Ok(found);
        }
    }
}

/// A change on its way through the cases.
struct Carrying<'n> {
    node: &'n Node,
    amendment: &'n AmendmentId,
    now: Timestamp,
    carried: Carried,
}

impl Carrying<'_> {
    /// Carries it to some cases, several at once, each with why it was left before.
    async fn carry_all(&mut self, cases: Vec<(Option<String>, CaseId)>) -> Result<(), StoreError> {
        let (node, amendment, now) = (self.node, self.amendment, self.now);
        let mut settled = stream::iter(cases)
            .map(|(before, case)| one(node, amendment, case, before, now))
            .buffer_unordered(SETTLED_AT_ONCE_MAX);
        while let Some(settled) = settled.next().await {
            self.carried.take(settled?);
        }
        Ok(())
    }
}

/// Computes one case anew, or leaves it as it is where that fails; it is then tried again with those
/// that cannot be read, and stops no other.
async fn one(
    node: &Node,
    amendment: &AmendmentId,
    case: CaseId,
    before: Option<String>,
    now: Timestamp,
) -> Result<Settled, StoreError> {
    let (own, change, id) = (node.clone(), amendment.clone(), case.clone());
    let settled = apart(async move { settle(&own, &change, &id, now).await }).await?;
    let problem = match settled {
        Ok(settled) => return Ok(settled),
        Err(problem) => problem.chars().take(PROBLEM_CHARS_MAX).collect::<String>(),
    };
    tracing::error!(case.id = %case, problem, "computing a case anew failed");
    if before.as_ref() != Some(&problem) {
        let (own, change, id) = (node.clone(), amendment.clone(), case.clone());
        let left = apart(async move { leave(&own, &change, &id, problem, now).await }).await?;
        if let Err(problem) = left {
            // It counts as left all the same, so that it is tried again.
            tracing::error!(case.id = %case, problem, "that a case is left cannot be recorded in it");
        }
    }
    Ok(Settled::Unread)
}

/// Records in a case that a change leaves it as it is, without reading it.
async fn leave(
    node: &Node,
    amendment: &AmendmentId,
    case: &CaseId,
    problem: String,
    now: Timestamp,
) -> Result<(), StoreError> {
    let ticker = Viewer::service(Service::Ticker);
    let grant = node.store().authorize_case::<Write>(&ticker, case).await?;
    let version = node.store().case(&ticker, case).await?.version;
    let stream = Stream::Case(case.clone());
    let mut append = Append::new(&ticker, now.max(node.now())).expect_version(stream, version);
    append.case(&grant, CaseEvent::LeftUnread { amendment: amendment.clone(), problem });
    node.store().append(append).await.map(|_| ())
}

/// Computes one case anew, or records that the new law cannot read it.
async fn settle(
    node: &Node,
    amendment: &AmendmentId,
    id: &CaseId,
    now: Timestamp,
) -> Result<Settled, StoreError> {
    let ticker = Viewer::service(Service::Ticker);
    let mut conflict = StoreError::Overloaded;
    for _ in 0..TRIES_MAX {
        let loaded = Loaded::read(node, &ticker, id).await?;
        // While other cases were computed, people went on with this one.
        let now = loaded.not_before(now.max(node.now()));
        let (events, settled) = match loaded.case.settle_anew(&loaded.house(node), now) {
            Ok(events) => (events, Settled::Changed),
            Err(refusal) => {
                // What the new law cannot read stays as it was computed, and is told.
                tracing::error!(case.id = %id, %refusal, "a case cannot be computed anew");
                let left = loaded.case.leave_unread(amendment, &refusal.to_string());
                (left, Settled::Unread)
            }
        };
        if events.is_empty() {
            return Ok(if settled == Settled::Unread { settled } else { Settled::Same });
        }
        let decision = Decision { events, notices: Vec::new() };
        let stream = Stream::Case(id.clone());
        let mut append = Append::new(&ticker, now).expect_version(stream, loaded.case.version);
        let grant = node.store().authorize_case::<Write>(&ticker, id).await?;
        plan(node, &mut append, &grant, Some(&loaded.case), &decision, now).await?;
        match node.store().append(append).await {
            Ok(Outcome::Done(done)) => {
                if done.clock_was_behind {
                    node.clock().not_before(done.recorded_at);
                }
                return Ok(settled);
            }
            Ok(Outcome::Before(_)) => return Ok(settled),
            Err(error @ StoreError::Conflict { .. }) => conflict = error,
            Err(other) => return Err(other),
        }
    }
    Err(conflict)
}
