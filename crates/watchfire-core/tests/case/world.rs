//! An organization with a chain, a case, and a clock that a test moves.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use watchfire_core::case::{Case, Decision, House, Opening, Refusal, Standing};
use watchfire_core::event::{
    Actor, Body, CaseEvent, Chain, Event, FactRecord, ParticipantRole, Profile, Service,
};
use watchfire_core::ids::{CaseId, EventId, ObligationId, PartyId};
use watchfire_core::law::Lawbook;
use watchfire_core::notice::Notice;

pub(crate) struct World {
    pub(crate) profile: Profile,
    pub(crate) chain: Chain,
    pub(crate) standing: Vec<Standing>,
    pub(crate) events: Vec<Event>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) case: CaseId,
    pub(crate) now: Timestamp,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

pub(crate) fn person(n: u8) -> PartyId {
    PartyId::from_random([n; 5])
}

pub(crate) fn fact(id: &str, kind: &str, occurred_at: &str, known_at: &str) -> FactRecord {
    FactRecord {
        id: id.into(),
        kind: kind.into(),
        occurred_at: occurred_at.into(),
        known_at: at(known_at),
        of: None,
        obligation: Vec::new(),
        new_due: None,
        number: None,
        predicate: None,
        answer: None,
        note: None,
        evidence: None,
    }
}

impl World {
    /// A provider in China opens a case on an upstream vulnerability found on 2021-11-24.
    pub(crate) fn log4shell() -> Self {
        let found = fact(
            "found",
            "upstream-vulnerability-known",
            "2021-11-24[Asia/Shanghai]",
            "2021-11-24T07:00:00Z",
        );
        Self::opened(found, &[1, 2, 3])
    }

    /// An embargoed case on one fact, at the instant it is known, with some of the chain in it.
    pub(crate) fn opened(found: FactRecord, participants: &[u8]) -> Self {
        Self::opened_under(found, participants, Vec::new())
    }

    /// As [`World::opened`], of an organization that has chosen something for its cases.
    pub(crate) fn opened_under(
        found: FactRecord,
        participants: &[u8],
        standing: Vec<Standing>,
    ) -> Self {
        let roles = ["cn-rmsv/provider", "cn-ndsr/handler", "eu-cra/manufacturer"];
        let mut world = Self {
            profile: Profile {
                roles: roles.iter().map(ToString::to_string).collect(),
                attributes: BTreeMap::new(),
            },
            chain: Chain {
                owner: Some(person(1)),
                supervisor: Some(person(2)),
                executive: Some(person(3)),
            },
            standing,
            events: Vec::new(),
            notices: Vec::new(),
            case: CaseId::from_random([9; 5]),
            now: found.known_at,
        };
        let opening = Opening {
            title: "Remote code execution in a logging library".into(),
            organization: person(8),
            report: None,
            embargoed: true,
            participants: participants
                .iter()
                .map(|n| (person(*n), ParticipantRole::Member))
                .collect(),
            facts: vec![found],
        };
        let decision = {
            let house = world.house();
            Case::open(&world.case, &opening, &house, world.now).expect("opened")
        };
        world.record(decision);
        world
    }

    pub(crate) fn house(&self) -> House<'_> {
        House {
            law: Lawbook::builtin(),
            profile: &self.profile,
            chain: &self.chain,
            standing: &self.standing,
        }
    }

    pub(crate) fn record(&mut self, decision: Decision) {
        for event in decision.events {
            let mut name = [0; 20];
            name[..8].copy_from_slice(&(self.events.len() as u64).to_be_bytes());
            self.events.push(Event {
                id: EventId::from_random(name),
                recorded_at: self.now,
                actor: Actor::Service(Service::Ticker),
                body: Body::Case(self.case.clone(), event),
            });
        }
        self.notices.extend(decision.notices);
    }

    pub(crate) fn state(&self) -> Case {
        Case::from_events(&self.case, &self.events).expect("a case")
    }

    pub(crate) fn act(
        &mut self,
        act: impl FnOnce(&Case, &House<'_>, Timestamp) -> Result<Decision, Refusal>,
    ) {
        let decision = act(&self.state(), &self.house(), self.now).expect("allowed");
        self.record(decision);
    }

    pub(crate) fn obligation(&self, provision: &str) -> ObligationId {
        let case = self.state();
        let found = case.obligations.values().find(|owed| owed.assessment.provision == provision);
        found.map(|owed| owed.id.clone()).expect(provision)
    }

    /// Runs the clock to `until`, firing what is due in order of time.
    pub(crate) fn run_until(&mut self, until: &str) {
        let until = at(until);
        loop {
            let due = self.state().due_instants();
            let next = due.iter().min_by_key(|(_, at)| **at).map(|(id, at)| (id.clone(), *at));
            let Some((id, due_at)) = next.filter(|(_, due_at)| *due_at <= until) else { break };
            self.now = self.now.max(due_at);
            let decision = self.state().tick(&self.house(), &id, self.now);
            assert!(!decision.events.is_empty(), "a due row that leads to nothing would spin");
            self.record(decision);
        }
        self.now = until;
    }

    pub(crate) fn told(&self, provision: &str) -> Vec<(String, Vec<PartyId>, Timestamp)> {
        let id = self.obligation(provision);
        let mut told = Vec::new();
        for event in &self.events {
            if let Body::Case(_, CaseEvent::RungReached { obligation, rung, told: whom, .. }) =
                &event.body
                && *obligation == id
            {
                told.push((rung.clone(), whom.clone(), event.recorded_at));
            }
        }
        told
    }

    pub(crate) fn silent(&self) -> BTreeSet<String> {
        let case = self.state();
        let open = case.obligations.values().filter(|owed| owed.is_open());
        let silent = open
            .filter(|owed| owed.owner.is_none() && owed.gap.is_none() || owed.due_at().is_none());
        silent.map(|owed| owed.assessment.provision.clone()).collect()
    }
}
