//! Who asks. Every read takes a [`Viewer`]; without one there is nothing to read.

use std::collections::BTreeSet;

use watchfire_core::event::{Actor, Duty, Service};
use watchfire_core::ids::PartyId;

/// Whoever reads or writes, as the store knows them. Only the store makes one of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer(Who);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Who {
    Anonymous,
    Person { party: PartyId, organization: Option<PartyId>, duties: BTreeSet<Duty> },
    Service(Service),
}

/// How much of the cases a viewer sees, as the one visibility predicate takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Nothing = 0,
    /// What the person may see; see [`crate::policy`].
    Person = 1,
    /// Cases that are not under embargo.
    Unembargoed = 2,
    Everything = 3,
}

impl Viewer {
    /// Somebody without an account.
    pub fn anonymous() -> Self {
        Self(Who::Anonymous)
    }

    /// A part of the node.
    pub fn service(service: Service) -> Self {
        Self(Who::Service(service))
    }

    pub(crate) fn person(
        party: PartyId,
        organization: Option<PartyId>,
        duties: BTreeSet<Duty>,
    ) -> Self {
        Self(Who::Person { party, organization, duties })
    }

    pub(crate) fn who(&self) -> &Who {
        &self.0
    }

    /// Returns who an event by this viewer was done by.
    pub fn actor(&self) -> Actor {
        match &self.0 {
            Who::Anonymous => Actor::Anonymous,
            Who::Person { party, .. } => Actor::Person(party.clone()),
            Who::Service(service) => Actor::Service(*service),
        }
    }

    /// Returns the person, unless it is nobody known or a service.
    pub fn party(&self) -> Option<&PartyId> {
        match &self.0 {
            Who::Person { party, .. } => Some(party),
            Who::Anonymous | Who::Service(_) => None,
        }
    }

    /// Returns the person's organization.
    pub fn organization(&self) -> Option<&PartyId> {
        match &self.0 {
            Who::Person { organization, .. } => organization.as_ref(),
            Who::Anonymous | Who::Service(_) => None,
        }
    }

    /// Returns whether the person had `duty` when this viewer was made.
    pub fn has_duty(&self, duty: Duty) -> bool {
        match &self.0 {
            Who::Person { duties, .. } => duties.contains(&duty),
            Who::Anonymous | Who::Service(_) => false,
        }
    }

    /// Returns whether it is one of these parts of the node.
    pub(crate) fn is_one_of(&self, services: &[Service]) -> bool {
        matches!(&self.0, Who::Service(service) if services.contains(service))
    }

    pub(crate) fn scope(&self) -> Scope {
        match &self.0 {
            Who::Anonymous => Scope::Nothing,
            Who::Person { .. } => Scope::Person,
            // The clock must see every case, or a deadline could pass unseen; what is published
            // about a vulnerability belongs in its case, whoever may see that.
            Who::Service(Service::Ticker | Service::Watch) => Scope::Everything,
            Who::Service(Service::Operator) => Scope::Unembargoed,
            Who::Service(Service::Sender | Service::Keeper) => Scope::Nothing,
        }
    }

    /// The first two parameters of every statement with the visibility predicate.
    pub(crate) fn parameters(&self) -> (i64, String) {
        let party = self.party().map_or_else(String::new, ToString::to_string);
        (self.scope() as i64, party)
    }

    /// The first two parameters of every statement about what is a whole organization's.
    pub(crate) fn house_parameters(&self) -> (i64, String) {
        let scope = match &self.0 {
            Who::Anonymous => Scope::Nothing,
            Who::Person { .. } => Scope::Person,
            Who::Service(_) => Scope::Everything,
        };
        (scope as i64, self.parameters().1)
    }

    /// Returns the name under which idempotency keys are kept apart.
    pub(crate) fn principal(&self) -> String {
        match &self.0 {
            Who::Anonymous => "anonymous".to_owned(),
            Who::Person { party, .. } => party.to_string(),
            Who::Service(service) => format!("service:{service:?}").to_lowercase(),
        }
    }
}
