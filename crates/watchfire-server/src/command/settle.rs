//! What follows from what sources say: vulnerabilities become known, exposures come and go, and the
//! rules of the house open cases. Each is put into an append together with what it follows from.

mod known;
mod merging;
mod open;

use std::collections::BTreeSet;

use jiff::Timestamp;
use watchfire_core::event::{OpeningRules, Service, Stream, VulnerabilityEvent};
use watchfire_core::ids::{PartyId, ReleaseId, VulnerabilityId};
use watchfire_core::opening::Urgency;
use watchfire_core::vulnerability::{Findings, Scope, Vulnerability};
use watchfire_store::policy::{Node as NodeNoun, Write};
use watchfire_store::{
    APPEND_BYTES_MAX, Append, Authorized, EVENTS_PER_APPEND_MAX, ListingRow, StoreError, Viewer,
};

use super::keeper;
use crate::exposure::group::{Coming, Group};
use crate::state::Node;

pub(crate) use known::Known;
pub(crate) use open::opening_rules;

use merging::{carried, inherited};
use open::Opener;

/// An append is closed with so many events, so that what one more vulnerability brings has room.
const EVENTS_ENOUGH: usize = EVENTS_PER_APPEND_MAX / 2;
/// Or with so many bytes.
const BYTES_ENOUGH: usize = APPEND_BYTES_MAX / 4;
/// And it is looked whether what it rests on is so still with so many findings, whatever they bring.
const FINDINGS_ENOUGH: usize = 1_000;
/// What an event takes without the releases that it names, and for each of them.
const EVENT_BYTES: usize = 2_000;
const RELEASE_BYTES: usize = 16;

/// The watch, with what it needs to record what it finds.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    pub(crate) viewer: Viewer,
    pub(crate) grant: Authorized<NodeNoun, Write>,
    pub(crate) organization: PartyId,
    pub(crate) rules: OpeningRules,
}

/// What was found of one vulnerability, and how likely it is exploited, of a thousand.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) findings: Findings,
    pub(crate) likelihood_permille: Option<u32>,
}

impl Finding {
    /// How urgent it is at most: as if it could be reached from the Internet.
    fn urgency(&self) -> Urgency {
        Urgency {
            is_listed: self.findings.listing.is_some(),
            severity_tenths: self.findings.called.severity_tenths,
            likelihood_permille: self.likelihood_permille,
            is_internet_facing: true,
        }
    }
}

/// Findings that are recorded together, in as few appends as they take.
pub(crate) struct Round<'a> {
    node: &'a Node,
    watch: &'a Watch,
    /// What is on its way into the store with what is found.
    coming: &'a Coming,
    pub(crate) append: Append,
    events: usize,
    /// About how many bytes they take.
    bytes: usize,
    /// Vulnerabilities of which the append records something already.
    planned: BTreeSet<VulnerabilityId>,
    /// What the findings in the append were made of.
    grounds: Vec<Ground>,
    /// Names and vulnerabilities of all findings so far: of them something else may be known by now.
    settled: (BTreeSet<String>, BTreeSet<VulnerabilityId>),
    /// What the append opens cases with.
    opener: Opener,
    changed: usize,
    /// Whether something of it was recorded already.
    in_parts: bool,
}

/// What a finding was made of.
struct Ground {
    group: Group,
    /// The vulnerabilities that went by its names.
    ids: Vec<VulnerabilityId>,
    /// Who said that it is exploited.
    listings: Vec<ListingRow>,
}

impl<'a> Round<'a> {
    pub(crate) fn begin(node: &'a Node, watch: &'a Watch, coming: &'a Coming) -> Self {
        Self {
            node,
            watch,
            coming,
            append: Append::new(&watch.viewer, node.now()),
            events: 0,
            bytes: 0,
            planned: BTreeSet::new(),
            grounds: Vec::new(),
            settled: Default::default(),
            opener: Opener::default(),
            changed: 0,
            in_parts: false,
        }
    }

    /// Puts what follows from a finding into the append, of a group of which this is known.
    ///
    /// # Errors
    /// Failures of the database; [`StoreError::Conflict`] where somebody was faster.
    pub(crate) async fn settle(
        &mut self,
        finding: &Finding,
        group: &Group,
        known: &Known,
    ) -> Result<(), StoreError> {
        // Two names of one vulnerability may have come apart: it is decided on what was recorded.
        let mut ids = known.ids(&group.names);
        let is_full = self.events > EVENTS_ENOUGH
            || self.bytes > BYTES_ENOUGH
            || self.grounds.len() >= FINDINGS_ENOUGH;
        if is_full || ids.iter().any(|id| self.planned.contains(id)) {
            self.flush().await?;
        }
        let (names, vulnerabilities) = &self.settled;
        if ids.iter().any(|id| vulnerabilities.contains(id))
            || group.names.iter().any(|name| names.contains(name))
        {
            let now = Known::of(self.node, self.watch, std::slice::from_ref(group)).await?;
            ids = now.ids(&group.names);
        }
        let now = self.node.now();
        let into = (&mut self.append, &mut self.opener);
        let settled = self.watch.settle(self.node, into, &ids, finding, now).await?;
        self.settled.0.extend(group.names.iter().cloned());
        self.settled.1.extend(ids.iter().cloned());
        self.planned.extend(ids.iter().cloned());
        self.grounds.push(Ground { ids, listings: known.listings(group), group: group.clone() });
        self.events += settled.events;
        self.bytes += settled.bytes;
        self.changed += usize::from(settled.events > 0);
        Ok(())
    }

    /// Looks whether the same sources say the same still, and the same vulnerabilities go by the same
    /// names. Which versions the append expects is known: whoever records a word on one of them from
    /// here on changes that version, and whoever did so before is seen here.
    async fn check(&mut self) -> Result<(), StoreError> {
        let mut groups = Vec::with_capacity(self.grounds.len());
        let mut rest = Vec::with_capacity(self.grounds.len());
        for ground in self.grounds.drain(..) {
            groups.push(ground.group);
            rest.push((ground.ids, ground.listings));
        }
        let (store, grant) = (self.node.store(), &self.watch.grant);
        let now = Known::of(self.node, self.watch, &groups).await?;
        for (group, (ids, listings)) in groups.iter().zip(rest) {
            if now.ids(&group.names) != ids || now.listings(group) != listings {
                let stream = ids.into_iter().next().map_or(Stream::Node, Stream::Vulnerability);
                return Err(StoreError::Conflict { stream });
            }
        }
        if !Group::are_still(store, grant, self.coming, &groups).await? {
            return Err(StoreError::Conflict { stream: Stream::Node });
        }
        Ok(())
    }

    /// Records what was gathered. What it follows from comes with the last append: until that is
    /// there, all of it is found again.
    async fn flush(&mut self) -> Result<(), StoreError> {
        self.check().await?;
        let next = Append::new(&self.watch.viewer, self.node.now());
        let append = std::mem::replace(&mut self.append, next);
        self.planned.clear();
        self.opener = Opener::default();
        if self.events > 0 {
            self.node.store().append(append).await?;
            self.in_parts = true;
        }
        self.events = 0;
        self.bytes = 0;
        Ok(())
    }

    /// Records the rest.
    ///
    /// # Errors
    /// Failures of the database; [`StoreError::Conflict`] where somebody was faster.
    pub(crate) async fn finish(mut self) -> Result<Finished, StoreError> {
        self.check().await?;
        self.node.store().append(self.append).await?;
        Ok(Finished { changed: self.changed, in_parts: self.in_parts })
    }
}

/// What came of a round.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finished {
    /// Of how many vulnerabilities something changed.
    pub(crate) changed: usize,
    /// Whether it took several appends.
    pub(crate) in_parts: bool,
}

/// How many events were added to an append, and about how many bytes they take.
#[derive(Debug, Default)]
struct Settled {
    events: usize,
    bytes: usize,
}

impl Watch {
    /// The watch of a node.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] while the node has no organization.
    pub(crate) async fn of(node: &Node) -> Result<Self, StoreError> {
        let viewer = Viewer::service(Service::Watch);
        let grant = node.store().authorize_node::<Write>(&viewer).await?;
        let organization = node.store().own_organization(&keeper()).await?;
        let rules = opening_rules(node, &organization).await?;
        Ok(Self { viewer, grant, organization, rules })
    }

    /// Puts what follows from a finding into an append; nothing where all of it is known.
    ///
    /// # Errors
    /// Failures of the database.
    async fn settle(
        &self,
        node: &Node,
        (append, opener): (&mut Append, &mut Opener),
        known: &[VulnerabilityId],
        finding: &Finding,
        now: Timestamp,
    ) -> Result<Settled, StoreError> {
        let mut settled = Settled::default();
        let known = self.known(node, known, finding).await?;
        let mut known = known.into_iter();
        let (mut vulnerability, grant) = match known.next() {
            Some(first) => {
                let grant = node.store().authorize_vulnerability(&self.viewer, &first.id).await?;
                (first, grant)
            }
            None if finding.findings.found.is_empty() => return Ok(settled),
            None => {
                let grant = node.store().authorize_new_vulnerability(&self.viewer).await?;
                (Vulnerability::new(grant.id().clone(), self.organization.clone()), grant)
            }
        };
        let others: Vec<Vulnerability> = known.collect();
        append.expects(Stream::Vulnerability(vulnerability.id.clone()), vulnerability.version);
        let mut events = vulnerability.settle(&finding.findings);
        events.iter().for_each(|event| vulnerability.apply(event, now));
        for other in &others {
            for event in carried(&vulnerability, other, &finding.findings) {
                vulnerability.apply(&event, now);
                events.push(event);
            }
            for event in inherited(&vulnerability, other) {
                vulnerability.apply(&event, now);
                events.push(event);
            }
        }
        // First, since by that the names are free that the one that goes on takes.
        for other in others {
            self.merge(node, append, other, &vulnerability.id).await?;
            settled.events += 1;
        }
        settled.events += events.len();
        settled.bytes = events.iter().map(size).sum();
        for event in events {
            append.vulnerability(&grant, event);
        }
        if vulnerability.cases.is_empty() {
            let about = (&mut vulnerability, &grant);
            settled.events += self.open(node, (append, opener), about, finding, now).await?;
        } else if settled.events > 0 && vulnerability.listing.is_some() {
            settled.events += opener.tell(node, self, append, &vulnerability, now).await?;
        }
        Ok(settled)
    }

    /// Reads vulnerabilities as far as a finding concerns them, the one that goes on first: the one
    /// that has a case, else the one by whose name it is known best.
    async fn known(
        &self,
        node: &Node,
        ids: &[VulnerabilityId],
        finding: &Finding,
    ) -> Result<Vec<Vulnerability>, StoreError> {
        let findings = &finding.findings;
        if let ([id], Scope::Releases(some)) = (ids, &findings.scope) {
            let releases: BTreeSet<&ReleaseId> = some.iter().chain(findings.found.keys()).collect();
            let releases: Vec<&ReleaseId> = releases.into_iter().collect();
            let part = node.store().vulnerability_of(&self.viewer, id, &releases).await?;
            // A listing makes decisions on all releases lapse, and a case names all that are exposed.
            let is_listed_now = part.listing.is_none() && findings.listing.is_some();
            let may_open = part.cases.is_empty() && self.rules.met(&finding.urgency()).is_some();
            if !is_listed_now && !may_open {
                return Ok(vec![part]);
            }
        }
        let mut known = Vec::new();
        for id in ids {
            known.push(node.store().vulnerability(&self.viewer, id).await?);
        }
        known.sort_by_key(|one| one.cases.is_empty());
        Ok(known)
    }

    async fn merge(
        &self,
        node: &Node,
        append: &mut Append,
        other: Vulnerability,
        into: &VulnerabilityId,
    ) -> Result<(), StoreError> {
        let grant = node.store().authorize_vulnerability::<Write>(&self.viewer, &other.id).await?;
        let stream = Stream::Vulnerability(other.id.clone());
        append.expects(stream, other.version);
        append.vulnerability(&grant, VulnerabilityEvent::Merged { into: into.clone() });
        Ok(())
    }
}

/// About how many bytes an event takes: most are the releases that it names.
fn size(event: &VulnerabilityEvent) -> usize {
    let releases = match event {
        VulnerabilityEvent::Answered { releases, documents, .. } => {
            releases.len() * 4 + documents.len() * 5
        }
        VulnerabilityEvent::Cleared { releases, .. }
        | VulnerabilityEvent::Decided { releases, .. }
        | VulnerabilityEvent::Lapsed { releases, .. } => releases.len(),
        _ => 0,
    };
    EVENT_BYTES + releases * RELEASE_BYTES
}
