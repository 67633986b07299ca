//! What one vulnerability takes over from another that turned out to be the same.

use std::collections::BTreeMap;

use watchfire_core::event::{JoinedBy, SourceAnswer, Triage, VexStatus, VulnerabilityEvent};
use watchfire_core::ids::{PartyId, ReleaseId};
use watchfire_core::vulnerability::{Findings, RELEASES_PER_EVENT_MAX, Vulnerability};

/// What one vulnerability takes over from another of releases that could not be looked at: what was
/// known of them goes on.
pub(super) fn carried(
    to: &Vulnerability,
    from: &Vulnerability,
    findings: &Findings,
) -> Vec<VulnerabilityEvent> {
    let mut known: BTreeMap<SourceAnswer, Vec<(ReleaseId, String)>> = BTreeMap::new();
    for (release, exposure) in &from.exposures {
        let Some(answer) = exposure.answer else { continue };
        if !findings.scope.holds(release) && !to.exposures.contains_key(release) {
            known.entry(answer).or_default().push((release.clone(), exposure.grounds.clone()));
        }
    }
    let each = known.into_iter().flat_map(|(answer, releases)| {
        let chunks = releases.chunks(RELEASES_PER_EVENT_MAX);
        let event = |chunk: &[(ReleaseId, String)]| VulnerabilityEvent::Answered {
            answer,
            releases: chunk.iter().cloned().collect(),
            documents: findings.documents.clone(),
        };
        chunks.map(event).collect::<Vec<_>>()
    });
    each.collect()
}

/// What one vulnerability takes over from another that turned out to be the same: decisions of
/// releases that it has too and that nobody decided there, and cases.
pub(super) fn inherited(to: &Vulnerability, from: &Vulnerability) -> Vec<VulnerabilityEvent> {
    let mut decided: Vec<((Triage, PartyId), Vec<ReleaseId>)> = Vec::new();
    for (release, exposure) in &from.exposures {
        // What it was decided on must be what is found now.
        let is_free = to.exposures.get(release).is_some_and(|own| {
            let same = own.answer == exposure.answer && own.grounds == exposure.grounds;
            let closes = exposure.status() != VexStatus::Affected;
            own.decided.is_none() && (same || !closes)
        });
        let Some(decision) = exposure.decided.as_ref().filter(|it| is_free && it.counts()) else {
            continue;
        };
        let key = (decision.triage.clone(), decision.by.clone());
        match decided.iter_mut().find(|(known, _)| *known == key) {
            Some((_, releases)) => releases.push(release.clone()),
            None => decided.push((key, vec![release.clone()])),
        }
    }
    let decided = decided.into_iter().flat_map(|((decision, by), releases)| {
        let chunks = releases.chunks(RELEASES_PER_EVENT_MAX);
        let event = |chunk: &[ReleaseId]| VulnerabilityEvent::Decided {
            releases: chunk.to_vec(),
            decision: decision.clone(),
            by: by.clone(),
        };
        chunks.map(event).collect::<Vec<_>>()
    });
    let joined = from.cases.iter().filter(|case| !to.cases.contains(case)).map(|case| {
        let cause = JoinedBy::Rule("merged".to_owned());
        VulnerabilityEvent::CaseJoined { case: case.clone(), cause }
    });
    decided.chain(joined).collect()
}
