//! The rules of the house: what opens a case by itself.

use jiff::Timestamp;
use watchfire_core::case::{Case, House};
use watchfire_core::event::{JoinedBy, OpeningRules, SourceAnswer, VulnerabilityEvent};
use watchfire_core::ids::{PartyId, ReleaseId};
use watchfire_core::opening;
use watchfire_core::party::Party;
use watchfire_core::vulnerability::Vulnerability;
use watchfire_store::policy::{Vulnerability as Noun, Write};
use watchfire_store::{Append, Authorized, StoreError};

use super::super::decision::{house_of, plan};
use super::super::{keeper, standing};
use super::{Finding, Watch};
use crate::state::Node;

/// Releases that a case names by product and version; the others by their ids.
const RELEASES_TOLD_MAX: usize = 50;

impl Watch {
    /// Opens a case if a rule of the house says so. Returns how many events that takes.
    pub(super) async fn open(
        &self,
        node: &Node,
        append: &mut Append,
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
        let store = node.store();
        urgency.is_internet_facing = store.is_any_facing(&self.grant, &exposed).await?;
        let Some(rule) = self.rules.met(&urgency) else { return Ok(0) };
        let some: Vec<&ReleaseId> = exposed.iter().take(RELEASES_TOLD_MAX).collect();
        let rows = store.release_rows(&self.viewer, &some).await?;
        let people = self.people(node, &exposed).await?;
        let told = rows.iter().map(|row| format!("{} {}", row.product_name, row.version));
        let others = exposed.iter().skip(rows.len()).map(ToString::to_string);
        let releases: Vec<String> = told.chain(others).collect();
        let opened = opening::opening(vulnerability, &releases, &people, now);
        let (profile, chain) = house_of(node, &self.organization).await?;
        let standing = standing::of_case(node, &self.organization, now).await?;
        let house =
            House { law: node.law(), profile: &profile, chain: &chain, standing: &standing };
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

    /// Who takes part from the beginning: the responders, and whoever answers for a release.
    async fn people(&self, node: &Node, exposed: &[ReleaseId]) -> Result<Vec<PartyId>, StoreError> {
        let responders = node.store().responders(&keeper(), &self.organization).await?;
        let mut people: Vec<PartyId> = responders.into_iter().map(|row| row.id).collect();
        for owner in node.store().owners_of(&self.grant, exposed).await? {
            if !people.contains(&owner) {
                people.push(owner);
            }
        }
        Ok(people)
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
