//! A small fictional company with people, reports and cases, to try the store on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use watchfire_core::event::{
    AmendmentEvent, AnnexDigest, Assessment, CaseEvent, CredentialKind, DepartmentEvent, Desk,
    Duty, Exploited, FactRecord, GapCause, Intake, LawSource, OwnerCause, ParticipantRole,
    PartyEvent, Profile, ReportEvent, Service, Stream, Sureness,
};
use watchfire_core::ids::{
    AmendmentId, CaseId, DepartmentId, ObligationId, PartyId, ReportId, SubmissionId,
};
use watchfire_core::law::State;
use watchfire_core::law::files::Files;
use watchfire_store::policy::{Administer, Node, Party, Write};
use watchfire_store::{
    Append, Appended, Authorized, Secret, SecretDigest, Store, Viewer, random_bytes,
};

use crate::engine::Engine;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// The beginning of every story here.
pub(crate) const START: &str = "2021-11-24T08:00:00Z";

pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) organization: PartyId,
    pub(crate) now: Timestamp,
}

pub(crate) fn ticker() -> Viewer {
    Viewer::service(Service::Ticker)
}

pub(crate) fn sender() -> Viewer {
    Viewer::service(Service::Sender)
}

pub(crate) fn operator() -> Viewer {
    Viewer::service(Service::Operator)
}

pub(crate) fn keeper() -> Viewer {
    Viewer::service(Service::Keeper)
}

/// A case that was opened on a report, under embargo, with one obligation that nobody holds.
pub(crate) struct OpenedCase {
    pub(crate) report: ReportId,
    pub(crate) case: CaseId,
    pub(crate) obligation: ObligationId,
    pub(crate) tracking: String,
    pub(crate) appended: Appended,
}

impl House {
    pub(crate) async fn new(engine: &Engine) -> Self {
        let store = engine.open().await;
        let now = at(START);
        let grant = store.authorize_new_party(&operator()).await.expect("the operator may");
        let mut append = Append::new(&operator(), now);
        let name = "Nordlicht Cloud".to_owned();
        append.administer(&grant, PartyEvent::OrganizationRegistered { name });
        let profile = Profile {
            roles: BTreeSet::from(["cn-rmsv/provider".to_owned()]),
            attributes: BTreeMap::new(),
        };
        append.administer(&grant, PartyEvent::ProfileChanged(profile));
        let answers = BTreeMap::from([("cn-rmsv/provider".to_owned(), "yes".to_owned())]);
        let answered = PartyEvent::InquiryAnswered { answers, lawbook: "00ff".to_owned() };
        append.administer(&grant, answered);
        store.append(append).await.expect("an organization is registered");
        Self { store, organization: grant.id().clone(), now }
    }

    pub(crate) fn later(&mut self, minutes: i64) -> Timestamp {
        self.now = self.now.checked_add(SignedDuration::from_mins(minutes)).expect("in range");
        self.now
    }

    /// Registers a person with an account and a token, and signs in with it.
    pub(crate) async fn person(&self, login: &str, duties: &[Duty]) -> Viewer {
        self.person_of(login, duties, Some(self.organization.clone())).await
    }

    pub(crate) async fn person_of(
        &self,
        login: &str,
        duties: &[Duty],
        organization: Option<PartyId>,
    ) -> Viewer {
        let grant = self.store.authorize_new_party(&operator()).await.expect("the operator may");
        let mut append = Append::new(&operator(), self.now);
        let duties = duties.iter().copied().collect();
        let name = login.to_owned();
        append.administer(&grant, PartyEvent::PersonRegistered { name, organization, duties });
        append.administer(&grant, PartyEvent::AccountOpened { login: login.to_owned() });
        append.administer(&grant, token_set());
        let token = format!("token of {login}");
        append.secret(&grant, token_secret(&token));
        self.store.append(append).await.expect("a person is registered");
        let viewer = self.store.viewer_of_token(&token, self.now).await.expect("it answers");
        viewer.expect("the token is good")
    }

    pub(crate) async fn administer(&self, id: &PartyId, event: PartyEvent) {
        let grant: Authorized<Party, Administer> =
            self.store.authorize_party(&operator(), id).await.expect("the operator may");
        let version = self.store.party_version(&operator(), id).await.expect("it is there");
        let mut append =
            Append::new(&operator(), self.now).expect_version(Stream::Party(id.clone()), version);
        append.administer(&grant, event);
        self.store.append(append).await.expect("the party is changed");
    }

    /// Chooses once for the later cases of the house.
    pub(crate) async fn chooses(&self, by: &Viewer, choice: Option<&str>) {
        let chosen = PartyEvent::StandingChoiceMade {
            conflict: STANDING.into(),
            choice: choice.map(str::to_owned),
            reason: "we are open with the upstream".into(),
            by: by.party().expect("a person").clone(),
        };
        self.administer(&self.organization, chosen).await;
    }

    pub(crate) async fn node_grant(&self) -> Authorized<Node, Write> {
        self.store.authorize_node(&keeper()).await.expect("the keeper may")
    }

    /// Takes in a report and opens an embargoed case on it, with `participants`.
    pub(crate) async fn opened_case(&self, participants: &[&Viewer]) -> OpenedCase {
        let (append, mut opened) = self.intake(participants);
        let outcome = self.store.append(append).await.expect("the report is taken in");
        opened.appended = outcome.done().expect("it is new");
        opened
    }

    /// The append that takes in a report.
    pub(crate) fn intake(&self, participants: &[&Viewer]) -> (Append, OpenedCase) {
        let intake = self.store.authorize_intake(&Viewer::anonymous());
        let mut append = Append::new(&Viewer::anonymous(), self.now);
        let (case, report) = (intake.case.id().clone(), intake.report.id().clone());
        let obligation = ObligationId::from_random(random_bytes());
        let (salt, contact) = ([9; 32], b"finder@example.org".to_vec());
        let tracking: String =
            random_bytes::<32>().iter().map(|byte| format!("{byte:02x}")).collect();
        let received = ReportEvent::Received(Box::new(Intake {
            what: "a name in a log message is looked up and run".into(),
            component: Some("pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1".into()),
            sure: Sureness::Sure,
            exploited: Exploited::Unknown,
            found_at: Some("2021-11-24[Asia/Shanghai]".into()),
            contact: Some(AnnexDigest::of(&salt, &contact)),
            language: "zh-CN".into(),
            tracking: tracking.clone(),
            case: case.clone(),
            received_at: self.now,
        }));
        let recorded = append.report(&intake.report, received);
        append.annex(&recorded, watchfire_store::CONTACT, salt, contact);
        let title = "a hole in a library for logs".to_owned();
        let (organization, of) = (self.organization.clone(), Some(report.clone()));
        append.case(
            &intake.case,
            CaseEvent::Opened { title, organization, report: of, embargoed: true },
        );
        for viewer in participants {
            let party = viewer.party().expect("a person").clone();
            let role = ParticipantRole::Member;
            append.case(&intake.case, CaseEvent::ParticipantAdded { party, role });
        }
        append.case(&intake.case, CaseEvent::FactRecorded { fact: fact("found", self.now) });
        let assessment = Box::new(assessment(State::Open, self.now));
        append
            .case(&intake.case, CaseEvent::Assessed { obligation: obligation.clone(), assessment });
        let cause = GapCause::HeldByNobody;
        append.case(&intake.case, CaseEvent::GapOpened { obligation: obligation.clone(), cause });
        append.due(&intake.case, obligation.clone(), Some(self.now));
        let appended = Appended {
            events: Vec::new(),
            versions: BTreeMap::new(),
            recorded_at: self.now,
            clock_was_behind: false,
        };
        (append, OpenedCase { report, case, obligation, tracking, appended })
    }

    /// Appends events to a case as `viewer`.
    pub(crate) async fn to_case(
        &self,
        viewer: &Viewer,
        case: &CaseId,
        events: Vec<CaseEvent>,
    ) -> Result<Appended, watchfire_store::StoreError> {
        let version = self.store.case(viewer, case).await?.version;
        let grant = self.store.authorize_case::<Write>(viewer, case).await?;
        let stream = Stream::Case(case.clone());
        let mut append = Append::new(viewer, self.now).expect_version(stream, version);
        for event in events {
            append.case(&grant, event);
        }
        Ok(self.store.append(append).await?.done().expect("without a key it is done"))
    }

    /// A case with a life: claimed, acknowledged, rung, drafted, submitted.
    pub(crate) async fn lived_case(&self, owner: &Viewer) -> OpenedCase {
        let opened = self.opened_case(&[owner]).await;
        let obligation = || opened.obligation.clone();
        let party = owner.party().expect("a person").clone();
        let events = vec![
            CaseEvent::OwnerSet {
                obligation: obligation(),
                owner: party.clone(),
                cause: OwnerCause::Claimed,
            },
            CaseEvent::GapClosed { obligation: obligation() },
            CaseEvent::Acknowledged { obligation: obligation(), by: party.clone() },
            CaseEvent::RungReached {
                obligation: obligation(),
                rung: "50%".into(),
                due_at: self.now,
                told: vec![party],
                notices: Vec::new(),
            },
            CaseEvent::DraftSaved {
                obligation: obligation(),
                form: "vulnerability-report".into(),
                fields: BTreeMap::from([("product".to_owned(), "云".to_owned())]),
                left_out: BTreeMap::new(),
                kept: std::collections::BTreeMap::new(),
            },
            CaseEvent::SubmissionRecorded {
                submission: SubmissionId::from_random(random_bytes()),
                fact: "sent".into(),
                obligations: vec![obligation()],
                number: Some("NVDB-2021-1".into()),
                channel: "manual".into(),
                form: Some("vulnerability-report".into()),
                fields: BTreeMap::from([("product".to_owned(), "云".to_owned())]),
                incomplete_reason: None,
            },
            CaseEvent::Assessed {
                obligation: obligation(),
                assessment: Box::new(assessment(State::Satisfied, self.now)),
            },
        ];
        self.to_case(owner, &opened.case, events).await.expect("the owner may");
        opened
    }
}

/// Duties that collide in the cases here.
pub(crate) const STANDING: &str = "cn-rmsv/conflict/ministry-under-embargo";
pub(crate) const CONFLICT: &str = "cn-rmsv/conflict/undisclosed-abroad";

impl House {
    /// Opens a conflict in a case, to be decided by an instant.
    pub(crate) async fn collides(
        &self,
        viewer: &Viewer,
        opened: &OpenedCase,
        due_at: Option<Timestamp>,
    ) {
        let (conflict, obligation) = (CONFLICT.to_owned(), opened.obligation.clone());
        let event = CaseEvent::ConflictOpened { conflict, obligation, due_at };
        self.to_case(viewer, &opened.case, vec![event]).await.expect("a conflict is opened");
    }

    /// The files that a change of law puts forward here, and those that are used before.
    pub(crate) fn law_files() -> [Files; 2] {
        ["1", "2"].map(|text| Files::new([("xx-demo/law.toml".to_owned(), text.to_owned())]))
    }

    /// A change of law that is put before so many departments.
    pub(crate) async fn proposed_to(&self, by: &Viewer, departments: usize) -> AmendmentId {
        let [old, new] = Self::law_files();
        let grant = self.store.authorize_new_amendment(by).await.expect("it may");
        let mut append = Append::new(by, self.now);
        append.amendment(
            &grant,
            AmendmentEvent::Proposed {
                organization: self.organization.clone(),
                title: "24 hours".into(),
                why: "it was shortened".into(),
                by: by.party().cloned(),
                source: LawSource::Files,
                files: new.digest(),
                base: old.digest(),
                lawbook: new.digest(),
                effective_at: self.now,
                laws: BTreeSet::from(["cn-rmsv".to_owned()]),
            },
        );
        append.lawbook(new);
        append.lawbook(old);
        for _ in 0..departments {
            let department = DepartmentId::from_random(random_bytes());
            let due_at = self.now;
            append.amendment(&grant, AmendmentEvent::Routed { department, owner: None, due_at });
        }
        self.store.append(append).await.expect("a change is put forward");
        grant.id().clone()
    }

    /// A change of law that a responder proposes, and a department that has yet to acknowledge it
    /// when it is used.
    pub(crate) async fn amended(&self, keeper_of_law: &Viewer) -> (AmendmentId, DepartmentId) {
        let operator = operator();
        let grant = self.store.authorize_new_department(&operator).await.expect("it may");
        let department = grant.id().clone();
        let desk = Desk { name: "Legal".into(), ..Desk::default() };
        let mut append = Append::new(&operator, self.now);
        let organization = self.organization.clone();
        append.department(&grant, DepartmentEvent::Registered { organization, desk });
        self.store.append(append).await.expect("a department is registered");

        let [old, new] = Self::law_files();
        let grant = self.store.authorize_new_amendment(keeper_of_law).await.expect("it may");
        let id = grant.id().clone();
        let by = keeper_of_law.party().expect("a person").clone();
        let mut append = Append::new(keeper_of_law, self.now);
        append.amendment(
            &grant,
            AmendmentEvent::Proposed {
                organization: self.organization.clone(),
                title: "24 hours".into(),
                why: "it was shortened".into(),
                by: Some(by.clone()),
                source: LawSource::Bundle {
                    issuer: "law.example".into(),
                    sequence: 7,
                    sha256: "00".into(),
                },
                files: new.digest(),
                base: old.digest(),
                lawbook: new.digest(),
                effective_at: self.now,
                laws: BTreeSet::from(["cn-rmsv".to_owned()]),
            },
        );
        append.lawbook(new.clone());
        append.lawbook(old.clone());
        let text = [("en", "sooner"), ("zh-CN", "更早")];
        append.amendment(
            &grant,
            AmendmentEvent::Interpreted {
                by: by.clone(),
                text: text.map(|(tag, text)| (tag.to_owned(), text.to_owned())).into(),
                departments: BTreeSet::from([department.clone()]),
            },
        );
        append.amendment(&grant, AmendmentEvent::Agreed { by, note: String::new() });
        let due_at = self.now.checked_add(SignedDuration::from_hours(24)).expect("in range");
        append.amendment(
            &grant,
            AmendmentEvent::Routed { department: department.clone(), owner: None, due_at },
        );
        append.amendment(
            &grant,
            AmendmentEvent::Applied { lawbook: new.digest(), base: old.digest() },
        );
        append.amendment(
            &grant,
            AmendmentEvent::GapOpened {
                department: department.clone(),
                cause: GapCause::NotAcknowledged,
            },
        );
        self.store.append(append).await.expect("a change is put to use");
        (id, department)
    }
}

pub(crate) fn token_set() -> PartyEvent {
    let (credential, label) = (CredentialKind::Token, "command line".to_owned());
    PartyEvent::CredentialSet { credential, label, expires_at: None }
}

pub(crate) fn token_secret(token: &str) -> Secret {
    let (digest, label) = (SecretDigest::of(token), "command line".to_owned());
    Secret::Token { digest, label, expires_at: None }
}

pub(crate) fn fact(id: &str, known_at: Timestamp) -> FactRecord {
    FactRecord {
        id: id.into(),
        kind: "vulnerability-known".into(),
        occurred_at: "2021-11-24[Asia/Shanghai]".into(),
        known_at,
        of: None,
        obligation: Vec::new(),
        new_due: None,
        number: None,
        predicate: None,
        answer: None,
        note: Some("发现漏洞".into()),
        evidence: None,
    }
}

pub(crate) fn assessment(state: State, from: Timestamp) -> Assessment {
    let hours = |hours| from.checked_add(SignedDuration::from_hours(hours)).expect("in range");
    Assessment {
        provision: "cn-rmsv/7.2".into(),
        from_fact: Some("found".into()),
        class: "hard".into(),
        state,
        provisional: true,
        after_strict: false,
        strict_from: Some(from),
        strict_due: Some(hours(48)),
        outer_due: Some(hours(64)),
        decision: Some("cn-rmsv/component-in-own-product".into()),
        decision_due: Some(hours(4)),
        cites: "Article 7, item (2)".into(),
        version_from: Some("2021-09-01".into()),
        reading: Some("forty-eight-hours".into()),
        lawbook: "00".into(),
        time_zones: "2025b".into(),
    }
}
