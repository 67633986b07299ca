//! What an append may hold, before anything is asked of the database.

use std::collections::BTreeSet;

use watchfire_core::event::{
    AmendmentEvent, AnnexDigest, Body, CaseEvent, DepartmentEvent, NodeEvent, PartyEvent,
    ProductEvent, ReleaseEvent, Stream,
};
use watchfire_core::ids::{AmendmentId, PartyId, ProductId, ReleaseId};

use super::{Append, EVENTS_PER_APPEND_MAX, NOTICES_PER_APPEND_MAX, Planned};
use crate::advisory::ADVISORIES_PER_APPEND_MAX;
use crate::annex::{self, Annex};
use crate::error::StoreError;
use crate::idempotency;
use crate::outbox::Notice;
use crate::policy::{Claim, NotFound, Right};
use crate::viewer::Who;

impl Append {
    /// Checks what needs no database.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        let keeps = !self.words.is_empty() || !self.judged.is_empty();
        if self.events.is_empty() && !keeps && !self.is_test_of_notices() {
            return Err(StoreError::Misuse("an append without events"));
        }
        if self.events.len() > EVENTS_PER_APPEND_MAX {
            return Err(StoreError::TooLarge { what: "append", limit: EVENTS_PER_APPEND_MAX });
        }
        if self.notices.len() > NOTICES_PER_APPEND_MAX {
            return Err(StoreError::TooLarge { what: "outbox", limit: NOTICES_PER_APPEND_MAX });
        }
        if self.grants.iter().any(|grant| grant.viewer != self.viewer) {
            return Err(StoreError::Misuse("a right of somebody else"));
        }
        self.notices.iter().try_for_each(Notice::check)?;
        self.annexes.iter().try_for_each(Annex::check)?;
        if let Some(idempotency) = &self.idempotency {
            idempotency::check(idempotency)?;
        }
        if self.words.len() > ADVISORIES_PER_APPEND_MAX {
            let limit = ADVISORIES_PER_APPEND_MAX;
            return Err(StoreError::TooLarge { what: "advisories", limit });
        }
        if self.documents.iter().any(|document| !self.names_document(document.digest())) {
            return Err(StoreError::Misuse("a document that no event names"));
        }
        if self.lawbooks.iter().any(|files| !self.names_lawbook(&files.digest())) {
            return Err(StoreError::Misuse("files of law that no event names"));
        }
        let fresh = self.fresh();
        self.events.iter().try_for_each(|planned| self.check_event(planned, &fresh))
    }

    fn names_lawbook(&self, digest: &str) -> bool {
        self.events.iter().any(|planned| match &planned.body {
            Body::Node(NodeEvent::Started { lawbook, .. }) => lawbook == digest,
            Body::Amendment(_, AmendmentEvent::Proposed { files, base, .. }) => {
                files == digest || base == digest
            }
            Body::Amendment(_, AmendmentEvent::Applied { lawbook, base }) => {
                lawbook == digest || base == digest
            }
            _ => false,
        })
    }

    fn names_document(&self, digest: &str) -> bool {
        self.events.iter().any(|planned| match &planned.body {
            Body::Release(_, ReleaseEvent::SbomAttached { record, .. }) => {
                record.document == digest
            }
            _ => false,
        })
    }

    /// Whether there are only notices that tell of nothing, to parties of the viewer's keeping.
    fn is_test_of_notices(&self) -> bool {
        let kept = |notice: &Notice| {
            self.grants.iter().any(
                |grant| matches!(&grant.claim, Claim::Party(party, _) if *party == notice.recipient),
            )
        };
        !self.notices.is_empty()
            && self.due.is_empty()
            && self.secrets.is_empty()
            && self
                .notices
                .iter()
                .all(|it| it.case.is_none() && it.obligation.is_none() && kept(it))
    }

    fn check_event(&self, planned: &Planned, fresh: &BTreeSet<Stream>) -> Result<(), StoreError> {
        self.check_right(&planned.body)?;
        let stream = planned.body.stream();
        let is_expected = fresh.contains(&stream) || self.expected.contains_key(&stream);
        if stream != Stream::Node && !is_expected {
            return Err(StoreError::Misuse("a history without its expected version"));
        }
        let named = annex::digests(&planned.body);
        let given: Vec<AnnexDigest> = self
            .annexes
            .iter()
            .filter(|annex| annex.event == planned.id)
            .map(|annex| AnnexDigest::of(&annex.salt, &annex.bytes))
            .collect();
        if named.len() != given.len() || named.iter().any(|digest| !given.contains(digest)) {
            return Err(StoreError::Misuse("an annex that is not the one its event names"));
        }
        Ok(())
    }

    /// A right to write one's own account is no right to change what one may do, and a right over
    /// one organization makes nobody a member of another.
    fn check_right(&self, body: &Body) -> Result<(), StoreError> {
        let own = self.viewer.organization();
        match body {
            // Whoever keeps the organization itself does not say where it is.
            Body::Party(id, PartyEvent::CountryRecorded { .. }) => {
                let claim = Claim::Country(id.clone(), Right::Write);
                let records = self.grants.iter().any(|grant| grant.claim == claim);
                if records { Ok(()) } else { Err(StoreError::NotFound(NotFound)) }
            }
            Body::Party(id, event) => {
                let administers = self.grants.iter().any(|grant| match &grant.claim {
                    Claim::Party(party, right) => party == id && *right == Right::Administer,
                    Claim::NewParty(party) => party == id,
                    _ => false,
                });
                if !administers && !is_self_service(event) {
                    return Err(StoreError::NotFound(NotFound));
                }
                if let (
                    PartyEvent::PersonRegistered { organization: Some(of), .. },
                    Who::Person { .. },
                ) = (event, self.viewer.who())
                    && own != Some(of)
                {
                    return Err(StoreError::NotFound(NotFound));
                }
                Ok(())
            }
            Body::Amendment(id, event) => self.check_amendment_right(id, event),
            Body::Release(id, ReleaseEvent::Registered { organization, product, .. }) => {
                self.check_new_release(id, organization, product)
            }
            Body::Product(_, ProductEvent::Registered { organization, .. })
            | Body::Department(_, DepartmentEvent::Registered { organization, .. })
                if self.viewer.party().is_some() && own != Some(organization) =>
            {
                Err(StoreError::NotFound(NotFound))
            }
            Body::Case(_, CaseEvent::Opened { organization, .. })
                if self.viewer.party().is_some() && own.is_some_and(|own| own != organization) =>
            {
                Err(StoreError::NotFound(NotFound))
            }
            _ => Ok(()),
        }
    }

    /// A release is of the product that it was granted for, and of that house.
    fn check_new_release(
        &self,
        id: &ReleaseId,
        organization: &PartyId,
        product: &ProductId,
    ) -> Result<(), StoreError> {
        let claim = Claim::NewRelease(id.clone(), product.clone());
        let is_own =
            self.viewer.party().is_none() || self.viewer.organization() == Some(organization);
        let is_granted = self.grants.iter().any(|grant| grant.claim == claim);
        if is_own && is_granted { Ok(()) } else { Err(StoreError::NotFound(NotFound)) }
    }

    /// Claiming and acknowledging is everybody's; all else takes the right to keep the law.
    fn check_amendment_right(
        &self,
        id: &AmendmentId,
        event: &AmendmentEvent,
    ) -> Result<(), StoreError> {
        if let AmendmentEvent::Proposed { organization, .. } = event
            && self.viewer.party().is_some()
            && self.viewer.organization() != Some(organization)
        {
            return Err(StoreError::NotFound(NotFound));
        }
        let keeps = self.grants.iter().any(|grant| match &grant.claim {
            Claim::Amendment(of, right) => of == id && *right == Right::Administer,
            Claim::NewAmendment(of) => of == id,
            _ => false,
        });
        let is_everybodys = matches!(
            event,
            AmendmentEvent::OwnerSet { .. }
                | AmendmentEvent::Acknowledged { .. }
                | AmendmentEvent::GapClosed { .. }
        );
        if keeps || is_everybodys { Ok(()) } else { Err(StoreError::NotFound(NotFound)) }
    }

    /// The histories that are not there yet.
    pub(super) fn fresh(&self) -> BTreeSet<Stream> {
        let mut fresh = BTreeSet::new();
        for grant in &self.grants {
            let streams = match &grant.claim {
                Claim::NewCase(id) => [Some(Stream::Case(id.clone())), None],
                Claim::Intake(report, case) => {
                    [Some(Stream::Report(report.clone())), Some(Stream::Case(case.clone()))]
                }
                Claim::NewParty(id) => [Some(Stream::Party(id.clone())), None],
                Claim::NewAmendment(id) => [Some(Stream::Amendment(id.clone())), None],
                Claim::NewDepartment(id) => [Some(Stream::Department(id.clone())), None],
                Claim::NewProduct(id) => [Some(Stream::Product(id.clone())), None],
                Claim::NewRelease(id, _) => [Some(Stream::Release(id.clone())), None],
                Claim::NewVulnerability(id) => [Some(Stream::Vulnerability(id.clone())), None],
                _ => [None, None],
            };
            fresh.extend(streams.into_iter().flatten());
        }
        fresh
    }
}

fn is_self_service(event: &PartyEvent) -> bool {
    matches!(
        event,
        PartyEvent::AddressSet { .. }
            | PartyEvent::PreferencesChanged { .. }
            | PartyEvent::CredentialSet { .. }
            | PartyEvent::CredentialRevoked { .. }
    )
}
