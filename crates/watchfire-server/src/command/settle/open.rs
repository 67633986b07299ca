//! The rules of the house: what opens a case by itself.

use std::collections::BTreeSet;

use jiff::Timestamp;
use watchfire_core::case::{Case, House, Standing};
use watchfire_core::event::{
    Chain, JoinedBy, OpeningRules, Profile, SourceAnswer, Stream, VulnerabilityEvent,
};
use watchfire_core::ids::{CaseId, PartyId, ReleaseId};
use watchfire_core::opening;
use watchfire_core::party::Party;
use watchfire_core::vulnerability::Vulnerability;
use watchfire_store::policy::{Vulnerability as Noun, Write};
use watchfire_store::{Append, Authorized, StoreError};

use super::super::decision::{Loaded, house_of, plan};
use super::super::{keeper, standing};
use super::{Finding, Watch};
use crate::state::Node;

/// Releases that a case names by product and version; the others by their ids.
const RELEASES_TOLD_MAX: usize = 50;

/// By whom and for whom cases are opened that one append brings: read once for all of them.
#[derive(Debug, Default)]
pub(super) struct Opener {
    /// Cases to which the append tells something.
    told: BTreeSet<CaseId>,
    house: Option<OpeningHouse>,
    /// The releases that were exposed last, with what is known of them.
    releases: Option<(Vec<ReleaseId>, Exposed)>,
}

/// What an organization is by law, who is told in what order, what it chose, and who responds.
#[derive(Debug)]
struct OpeningHouse {
    profile: Profile,
    chain: Chain,
    standing: Vec<Standing>,
    responders: Vec<PartyId>,
}

/// What is known of releases that are exposed.
#[derive(Debug, Clone)]
struct Exposed {
    is_any_facing: bool,
    /// What a case calls them.
    told: Vec<String>,
    owners: Vec<PartyId>,
}

impl Opener {
    async fn house(&mut self, node: &Node, watch: &Watch) -> Result<&OpeningHouse, StoreError> {
        if self.house.is_none() {
            let organization = &watch.organization;
            let (profile, chain) = house_of(node, organization).await?;
            let standing = standing::of_case(node, organization, node.now()).await?;
            let responders = node.store().responders(&keeper(), organization).await?;
            let responders = responders.into_iter().map(|row| row.id).collect();
            self.house = Some(OpeningHouse { profile, chain, standing, responders });
        }
        self.house.as_ref().ok_or(StoreError::Corrupt { what: "party" })
    }

    async fn exposed(
        &mut self,
        node: &Node,
        watch: &Watch,
        exposed: &[ReleaseId],
    ) -> Result<Exposed, StoreError> {
        if let Some((known, about)) = &self.releases
            && known == exposed
        {
            return Ok(about.clone());
        }
        let store = node.store();
        let some: Vec<&ReleaseId> = exposed.iter().take(RELEASES_TOLD_MAX).collect();
        let rows = store.release_rows(&watch.viewer, &some).await?;
        let told = rows.iter().map(|row| format!("{} {}", row.product_name, row.version));
        let others = exposed.iter().skip(rows.len()).map(ToString::to_string);
        let about = Exposed {
            is_any_facing: store.is_any_facing(&watch.grant, exposed).await?,
            told: told.chain(others).collect(),
            owners: store.owners_of(&watch.grant, exposed).await?,
        };
        self.releases = Some((exposed.to_vec(), about.clone()));
        Ok(about)
    }

    /// Puts into the append that the vulnerability is exploited somewhere, for every case of it that
    /// does not say so yet. Returns how many events that takes. What a case refuses is logged: the
    /// exposure shows it all the same.
    pub(super) async fn tell(
        &mut self,
        node: &Node,
        watch: &Watch,
        append: &mut Append,
        vulnerability: &Vulnerability,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let mut events = 0;
        let Some(fact) = opening::listed(vulnerability, now) else { return Ok(events) };
        for id in &vulnerability.cases {
            if self.told.contains(id) {
                continue;
            }
            let grant = match node.store().authorize_case::<Write>(&watch.viewer, id).await {
                Err(StoreError::NotFound(_)) => {
                    tracing::error!(case.id = %id, "the case of a vulnerability is not there");
                    continue;
                }
                other => other?,
            };
            let loaded = Loaded::read(node, &watch.viewer, id).await?;
            if loaded.case.facts.iter().any(|known| known.id == fact.id) {
                continue;
            }
            let now = loaded.not_before(now);
            let decision = match loaded.case.record_fact(&loaded.house(node), &fact, now) {
                Ok(decision) => decision,
                Err(refusal) => {
                    tracing::error!(case.id = %id, %refusal, "that it is exploited is not recorded");
                    continue;
                }
            };
            append.expects(Stream::Case(id.clone()), loaded.case.version);
            plan(node, append, &grant, Some(&loaded.case), &decision, now).await?;
            events += decision.events.len();
            self.told.insert(id.clone());
        }
        Ok(events)
    }
}

impl Watch {
    /// Opens a case if a rule of the house says so. Returns how many events that takes.
    pub(super) async fn open(
        &self,
        node: &Node,
        (append, opener): (&mut Append, &mut Opener),
        (vulnerability, grant): (&mut Vulnerability, &Authorized<Noun, Write>),
        finding: &Finding,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let exposed = exposed(vulnerability);
        if exposed.is_empty() {
            return Ok(0);
        }
        // What is dear to know is asked only where it may matter.
        let mut urgency = finding.urgency();
        if self.rules.met(&urgency).is_none() {
            return Ok(0);
        }
        let about = opener.exposed(node, self, &exposed).await?;
        urgency.is_internet_facing = about.is_any_facing;
        let Some(rule) = self.rules.met(&urgency) else { return Ok(0) };
        let OpeningHouse { profile, chain, standing, responders } =
            opener.house(node, self).await?;
        // Who takes part from the beginning: the responders, and whoever answers for a release.
        let mut people = responders.clone();
        for owner in about.owners {
            if !people.contains(&owner) {
                people.push(owner);
            }
        }
        let opened = opening::opening(vulnerability, &about.told, &people, now);
        let house = House { law: node.law(), profile, chain, standing };
        let case = node.store().authorize_new_case(&self.viewer).await?;
        let decision = match Case::open(case.id(), &opened, &house, now) {
            Ok(decision) => decision,
            Err(refusal) => {
                tracing::error!(%refusal, vulnerability = vulnerability.name(), "no case opened");
                return Ok(0);
            }
        };
        plan(node, append, &case, None, &decision, now).await?;
        let cause = JoinedBy::Rule(rule.to_owned());
        let joined = VulnerabilityEvent::CaseJoined { case: case.id().clone(), cause };
        vulnerability.apply(&joined, now);
        append.vulnerability(grant, joined);
        node.metrics().add("watchfire_cases_opened_by_rule_total", 1);
        Ok(decision.events.len() + 1)
    }
}

/// Which releases have it, as far as sources can say and nobody closed that.
fn exposed(vulnerability: &Vulnerability) -> Vec<ReleaseId> {
    let affected = vulnerability.exposures.iter().filter(|(_, exposure)| {
        exposure.answer == Some(SourceAnswer::Affected) && exposure.is_open()
    });
    affected.map(|(release, _)| release.clone()).collect()
}

/// Reads which exposures open a case by themselves.
///
/// # Errors
/// Failures of the database.
pub(crate) async fn opening_rules(
    node: &Node,
    organization: &PartyId,
) -> Result<OpeningRules, StoreError> {
    let history = node.store().party_history(&keeper(), organization).await?;
    let events = history.iter().map(|recorded| &recorded.event);
    let party = Party::from_events(organization, events);
    Ok(party.map(|party| party.opening_rules).unwrap_or_default())
}
