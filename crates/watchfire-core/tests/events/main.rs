//! The bytes of every kind of event, pinned: what was written once is read for ever.
//!
//! A kind has its bytes in `tests/golden/event/`. A kind without them fails, and so does one whose
//! bytes changed. To add a kind: its sample here, and `WATCHFIRE_REGENERATE=1` once, which writes
//! files that are missing and touches no other.

mod exposure;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use watchfire_core::event::encoding::{self, EncodingError};
use watchfire_core::event::{
    Actor, AmendmentEvent, AnnexDigest, Assessment, Body, CaseEvent, Chain, Concerns,
    CredentialKind, DepartmentEvent, Desk, Duty, Event, Exploited, FactRecord, GapCause, Intake,
    LawSource, NodeEvent, OwnerCause, ParticipantRole, PartyEvent, Profile, ReportEvent,
    SendEvidence, SendResult, Service, Sureness,
};
use watchfire_core::ids::{
    AmendmentId, CaseId, DepartmentId, EventId, NoticeId, ObligationId, PartyId, ReportId,
    SubmissionId,
};
use watchfire_core::law::State;

fn at() -> Timestamp {
    "2021-11-24T08:00:00.000001Z".parse().expect("an instant")
}

fn person() -> PartyId {
    PartyId::from_random([2; 5])
}

fn obligation() -> ObligationId {
    ObligationId::from_random([3; 10])
}

fn notices() -> Vec<NoticeId> {
    vec![NoticeId::from_random([4; 20])]
}

fn fact(is_full: bool) -> FactRecord {
    let full = |text: &str| is_full.then(|| text.to_owned());
    FactRecord {
        id: "found".into(),
        kind: "vulnerability-known".into(),
        occurred_at: "2021-11-24[Asia/Shanghai]".into(),
        known_at: at(),
        of: full("other"),
        obligation: full("cn-rmsv/7.2").into_iter().collect(),
        new_due: full("2021-12-01"),
        number: full("NVDB-1"),
        predicate: full("cn-rmsv/component-in-own-product"),
        answer: full("yes"),
        note: full("发现漏洞"),
        evidence: full("https://example.org"),
    }
}

fn assessment(is_full: bool) -> Box<Assessment> {
    let full = |text: &str| is_full.then(|| text.to_owned());
    let instant = is_full.then(at);
    Box::new(Assessment {
        provision: "cn-rmsv/7.2".into(),
        from_fact: full("found"),
        class: "hard".into(),
        state: if is_full { State::NeedsDecision } else { State::WaitingForAnchor },
        provisional: is_full,
        after_strict: false,
        strict_from: instant,
        strict_due: instant,
        outer_due: instant,
        decision: full("cn-rmsv/component-in-own-product"),
        decision_due: instant,
        cites: "Article 7, item (2)".into(),
        version_from: full("2021-09-01"),
        reading: full("forty-eight-hours"),
        lawbook: "00ff".into(),
        time_zones: "2026b".into(),
    })
}

fn fields() -> BTreeMap<String, String> {
    BTreeMap::from([("product".to_owned(), "云".to_owned())])
}

/// What people choose where the law leaves it to them.
fn of_choices() -> Vec<CaseEvent> {
    vec![
        CaseEvent::ConflictOpened {
            conflict: "cn-rmsv/conflict/undisclosed-abroad".into(),
            obligation: obligation(),
            due_at: Some(at()),
        },
        CaseEvent::ConflictClosed { conflict: "cn-rmsv/conflict/undisclosed-abroad".into() },
        CaseEvent::ConflictDecided {
            conflict: "cn-rmsv/conflict/undisclosed-abroad".into(),
            choice: "submit-minimum".into(),
            reason: "counsel's opinion of today".into(),
            by: person(),
        },
        CaseEvent::GatePassed {
            act: "giving".into(),
            recipient: "authority:eu-single-reporting-platform".into(),
            provisions: vec!["cn-rmsv/9.7".into()],
            reason: "counsel's opinion of today".into(),
            by: person(),
        },
        CaseEvent::AwarenessChosen {
            of: "exploitation-known".into(),
            fact: "fact-2".into(),
            reason: "the logs were read then".into(),
            by: person(),
        },
    ]
}

fn of_case() -> Vec<CaseEvent> {
    let told = || vec![person()];
    let owner = |cause| CaseEvent::OwnerSet { obligation: obligation(), owner: person(), cause };
    let gap = |cause| CaseEvent::GapOpened { obligation: obligation(), cause };
    let added = |role| CaseEvent::ParticipantAdded { party: person(), role };
    vec![
        CaseEvent::Opened {
            title: "A hole".into(),
            organization: person(),
            report: Some(ReportId::from_random([5; 5])),
            embargoed: true,
        },
        CaseEvent::Renamed { title: "The hole".into() },
        added(ParticipantRole::Reporter),
        added(ParticipantRole::Member),
        added(ParticipantRole::Vendor),
        added(ParticipantRole::Coordinator),
        CaseEvent::ParticipantRemoved { party: person() },
        CaseEvent::EmbargoAgreed { until: Some(at()), note: "agreed".into() },
        CaseEvent::EmbargoAgreed { until: None, note: "agreed".into() },
        CaseEvent::EmbargoExited { reason: "public".into() },
        CaseEvent::FactRecorded { fact: fact(true) },
        CaseEvent::FactRecorded { fact: fact(false) },
        CaseEvent::Assessed { obligation: obligation(), assessment: assessment(true) },
        CaseEvent::Assessed { obligation: obligation(), assessment: assessment(false) },
        owner(OwnerCause::Claimed),
        owner(OwnerCause::Assigned { by: person() }),
        CaseEvent::OwnerReleased { obligation: obligation(), reason: "on leave".into() },
        CaseEvent::Acknowledged { obligation: obligation(), by: person() },
        gap(GapCause::HeldByNobody),
        gap(GapCause::NotAcknowledged),
        gap(GapCause::HolderGone),
        CaseEvent::GapClosed { obligation: obligation() },
        CaseEvent::RungReached {
            obligation: obligation(),
            rung: "50%".into(),
            due_at: at(),
            told: told(),
            notices: notices(),
        },
        CaseEvent::QuestionRang {
            decision: "cn-rmsv/component-in-own-product".into(),
            obligation: obligation(),
            rung: "100%".into(),
            due_at: at(),
            told: told(),
            notices: notices(),
        },
        CaseEvent::Escalated {
            obligation: obligation(),
            by: person(),
            reason: "no answer".into(),
            told: told(),
            notices: notices(),
        },
        draft(fields(), BTreeMap::new()),
        CaseEvent::SubmissionRecorded {
            submission: SubmissionId::from_random([6; 5]),
            fact: "sent".into(),
            obligations: vec![obligation()],
            number: Some("NVDB-1".into()),
            channel: "form".into(),
            form: Some("form".into()),
            fields: fields(),
            incomplete_reason: Some("more follows".into()),
        },
        CaseEvent::MessagePosted { text: "hello".into() },
    ]
}

fn of_report() -> Vec<ReportEvent> {
    let intake = |sure, exploited, is_full: bool| {
        let full = |text: &str| is_full.then(|| text.to_owned());
        ReportEvent::Received(Box::new(Intake {
            what: "a hole".into(),
            component: full("pkg:maven/a/b@1"),
            sure,
            exploited,
            found_at: full("2021-11-24"),
            contact: full("00ff").map(AnnexDigest),
            language: "zh-CN".into(),
            tracking: "00ff".into(),
            case: CaseId::from_random([1; 5]),
            received_at: at(),
        }))
    };
    vec![
        intake(Sureness::Sure, Exploited::Yes, true),
        intake(Sureness::Likely, Exploited::No, false),
        intake(Sureness::Unsure, Exploited::Unknown, false),
        ReportEvent::Answered { text: "thank you".into() },
        ReportEvent::ContactErased { reason: "asked for".into() },
    ]
}

fn of_party() -> Vec<PartyEvent> {
    let duties = || BTreeSet::from([Duty::Administrator, Duty::Responder, Duty::Auditor]);
    let [password, token] = [CredentialKind::Password, CredentialKind::Token];
    let label = || "command line".to_owned();
    let organization = Some(person());
    let everybody = Some(person());
    vec![
        PartyEvent::OrganizationRegistered { name: "Northwind".into() },
        PartyEvent::PersonRegistered { name: "Ann".into(), organization, duties: duties() },
        PartyEvent::DutiesChanged { duties: duties() },
        PartyEvent::AccountOpened { login: "ann".into() },
        PartyEvent::AccountClosed { reason: "left".into() },
        PartyEvent::CredentialSet { credential: token, label: label(), expires_at: Some(at()) },
        PartyEvent::CredentialSet { credential: password, label: label(), expires_at: None },
        PartyEvent::CredentialRevoked { credential: token, label: label() },
        PartyEvent::AddressSet { channel: "mail".into(), address: AnnexDigest("00ff".into()) },
        PartyEvent::PreferencesChanged { language: "en".into(), time_zone: "UTC".into() },
        PartyEvent::ProfileChanged(Profile {
            roles: BTreeSet::from(["cn-rmsv/provider".to_owned()]),
            attributes: BTreeMap::from([("eu/member-state".to_owned(), "BE".to_owned())]),
        }),
        PartyEvent::ChainSet(Chain {
            owner: everybody.clone(),
            supervisor: everybody.clone(),
            executive: everybody,
        }),
        PartyEvent::ChainSet(Chain::default()),
    ]
}

fn of_amendment() -> Vec<AmendmentEvent> {
    let department = || DepartmentId::from_random([8; 5]);
    let proposed = |source, by| AmendmentEvent::Proposed {
        organization: person(),
        title: "24 hours".into(),
        why: "the ministry shortened it".into(),
        by,
        source,
        files: "00ff".into(),
        base: "0000".into(),
        lawbook: "ffff".into(),
        effective_at: at(),
        laws: BTreeSet::new(),
    };
    let bundle =
        LawSource::Bundle { issuer: "law.example".into(), sequence: 7, sha256: "00ff".into() };
    let rung = |department| AmendmentEvent::RungReached {
        department,
        rung: "50%".into(),
        due_at: at(),
        told: vec![person()],
        notices: notices(),
    };
    vec![
        proposed(LawSource::Files, Some(person())),
        proposed(bundle, None),
        proposed(LawSource::Reading { provision: "cn-rmsv/7.2".into() }, Some(person())),
        proposed(LawSource::BuiltIn, None),
        AmendmentEvent::Interpreted {
            by: person(),
            text: BTreeMap::from([("en".to_owned(), "sooner".to_owned())]),
            departments: BTreeSet::from([department()]),
        },
        AmendmentEvent::Returned { by: person(), reason: "name the form".into() },
        AmendmentEvent::Agreed { by: person(), note: "yes".into() },
        AmendmentEvent::Routed { department: department(), owner: Some(person()), due_at: at() },
        AmendmentEvent::Routed { department: department(), owner: None, due_at: at() },
        AmendmentEvent::OwnerSet {
            department: department(),
            owner: person(),
            cause: OwnerCause::Claimed,
        },
        AmendmentEvent::Acknowledged {
            department: department(),
            by: person(),
            note: "the runbook changed".into(),
        },
        AmendmentEvent::GapOpened { department: department(), cause: GapCause::NotAcknowledged },
        AmendmentEvent::GapClosed { department: department() },
        rung(Some(department())),
        rung(None),
        AmendmentEvent::Applied { lawbook: "ffff".into(), base: "0000".into() },
        AmendmentEvent::Obstructed { problem: "a pack does not load".into() },
        AmendmentEvent::CasesReassessed { looked_at: 10, changed: 2, unread: 0 },
        AmendmentEvent::Rejected { by: person(), reason: "not ours".into() },
        AmendmentEvent::Withdrawn { by: person(), reason: "a draft".into() },
    ]
}

fn of_department() -> Vec<DepartmentEvent> {
    let one = |text: &str| BTreeSet::from([text.to_owned()]);
    let desk = Desk {
        name: "Product security".into(),
        head: Some(person()),
        supervisor: Some(person()),
        concerns: Concerns {
            laws: one("cn-rmsv"),
            provisions: one("cn-rmsv/7.2"),
            roles: one("cn-rmsv/provider"),
            jurisdictions: one("CN"),
            products: one("云"),
        },
    };
    vec![
        DepartmentEvent::Registered { organization: person(), desk },
        DepartmentEvent::Changed { desk: Desk { name: "Legal".into(), ..Desk::default() } },
        DepartmentEvent::Closed { reason: "merged".into() },
    ]
}

fn answered() -> PartyEvent {
    let answers = BTreeMap::from([("eu-cra/manufacturer".to_owned(), "not-sure".to_owned())]);
    PartyEvent::InquiryAnswered { answers, lawbook: "00ff".into() }
}

fn of_a_law() -> AmendmentEvent {
    AmendmentEvent::Proposed {
        organization: person(),
        title: "24 hours".into(),
        why: "the ministry shortened it".into(),
        by: Some(person()),
        source: LawSource::Files,
        files: "00ff".into(),
        base: "0000".into(),
        lawbook: "ffff".into(),
        effective_at: at(),
        laws: BTreeSet::from(["cn-rmsv".to_owned()]),
    }
}

fn of_node() -> Vec<NodeEvent> {
    let tried = |result, evidence| NodeEvent::NoticeTried {
        notice: notices()[0].clone(),
        recipient: person(),
        channel: "mail".into(),
        attempt: 2,
        result,
        detail: "250".into(),
        evidence,
    };
    let full = SendEvidence {
        endpoint: Some("smtp://relay.example:587".into()),
        peer_sha256: Some("00ff".into()),
        body_sha256: Some("ff00".into()),
    };
    let none = SendEvidence::default;
    vec![
        NodeEvent::Started {
            version: "0.1.0".into(),
            lawbook: "00ff".into(),
            time_zones: "2026b".into(),
            down_since: Some(at()),
        },
        NodeEvent::ClockDoubted { wall: at(), expected: at() },
        NodeEvent::RowFailed { room: "due".into(), row: "WO-1".into(), problem: "no".into() },
        tried(SendResult::Accepted, full),
        tried(SendResult::Refused, none()),
        tried(SendResult::Failed, none()),
        tried(SendResult::Unknown, none()),
        NodeEvent::NoticeGivenUp {
            notice: notices()[0].clone(),
            recipient: person(),
            channel: "mail".into(),
            attempts: 30,
        },
        NodeEvent::Restored { taken_at: at(), log_size: 3 },
        NodeEvent::LogKeyChanged { verifier_key: "new".into(), previous: "old".into() },
    ]
}

/// Every sample, by the name of its file: stream, kind, and its number among those of its kind.
fn of_places() -> Vec<PartyEvent> {
    vec![
        PartyEvent::CountryRecorded { country: Some("CN".into()), source: "a register".into() },
        PartyEvent::CountryRecorded { country: None, source: "they moved".into() },
    ]
}

fn of_unread() -> Vec<CaseEvent> {
    vec![
        CaseEvent::LeftUnread {
            amendment: AmendmentId::from_random([9; 5]),
            problem: "no pack declares the kind `made-up`".into(),
        },
        CaseEvent::ReadAgain { lawbook: "00ff".into() },
    ]
}

fn reassessed_in_part() -> AmendmentEvent {
    AmendmentEvent::CasesReassessed { looked_at: 10, changed: 2, unread: 1 }
}

fn draft(fields: BTreeMap<String, String>, left_out: BTreeMap<String, String>) -> CaseEvent {
    let (obligation, form) = (obligation(), "form".into());
    CaseEvent::DraftSaved { obligation, form, fields, left_out, kept: BTreeMap::new() }
}

fn draft_that_keeps_in() -> CaseEvent {
    let of = "cn-rmsv/conflict/undisclosed-abroad".to_owned();
    let (obligation, form) = (obligation(), "form".into());
    let (fields, left_out) = (BTreeMap::new(), BTreeMap::new());
    let kept = BTreeMap::from([("title".to_owned(), of)]);
    CaseEvent::DraftSaved { obligation, form, fields, left_out, kept }
}

fn draft_that_leaves_out() -> CaseEvent {
    let left_out = BTreeMap::from([("summary".to_owned(), "cn-rmsv/9.7".to_owned())]);
    draft(BTreeMap::new(), left_out)
}

fn followed() -> CaseEvent {
    CaseEvent::ConflictFollowed {
        conflict: "cn-rmsv/conflict/ministry-under-embargo".into(),
        choice: "tell".into(),
        reason: "open".into(),
        by: person(),
        chosen_at: at(),
    }
}

fn of_standing() -> Vec<PartyEvent> {
    let made = |choice: Option<&str>| PartyEvent::StandingChoiceMade {
        conflict: "cn-rmsv/conflict/ministry-under-embargo".into(),
        choice: choice.map(str::to_owned),
        reason: "open".into(),
        by: person(),
    };
    vec![made(Some("tell")), made(None)]
}

fn samples() -> BTreeMap<String, Event> {
    let actors = [Actor::Anonymous, Actor::Person(person()), Actor::Service(Service::Ticker)];
    let (case, report) = (CaseId::from_random([1; 5]), ReportId::from_random([5; 5]));
    let amendment = AmendmentId::from_random([9; 5]);
    let department = DepartmentId::from_random([8; 5]);
    let bodies = of_case()
        .into_iter()
        .map(|event| Body::Case(case.clone(), event))
        .chain(of_report().into_iter().map(|event| Body::Report(report.clone(), event)))
        .chain(of_party().into_iter().map(|event| Body::Party(person(), event)))
        .chain(of_node().into_iter().map(Body::Node))
        .chain(of_amendment().into_iter().map(|event| Body::Amendment(amendment.clone(), event)))
        .chain(of_department().into_iter().map(|event| Body::Department(department.clone(), event)))
        // At the end, so that no older sample gets another actor.
        .chain(of_choices().into_iter().map(|event| Body::Case(case.clone(), event)))
        .chain([Body::Party(person(), answered()), Body::Amendment(amendment.clone(), of_a_law())])
        .chain(of_places().into_iter().map(|event| Body::Party(person(), event)))
        .chain(of_unread().into_iter().map(|event| Body::Case(case.clone(), event)))
        .chain([Body::Amendment(amendment.clone(), reassessed_in_part())])
        .chain([Body::Case(case.clone(), draft_that_leaves_out())])
        .chain([Body::Case(case.clone(), followed())])
        .chain(of_standing().into_iter().map(|event| Body::Party(person(), event)))
        .chain([Body::Case(case.clone(), draft_that_keeps_in())])
        .chain(exposure::bodies());
    let mut found = BTreeMap::new();
    for (body, actor) in bodies.zip(actors.into_iter().cycle()) {
        let (stream, _) = body.stream().parts();
        let id = EventId::from_random([7; 20]);
        let event = Event { id, recorded_at: at(), actor, body };
        let name = format!("{stream}-{}", kind(&encoding::encode(&event).expect("bytes")));
        let number = (1..).find(|number| !found.contains_key(&format!("{name}-{number}")));
        found.insert(format!("{name}-{}", number.expect("a free number")), event);
    }
    found
}

/// The kind that stands in the bytes.
fn kind(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    let rest = text.split_once(r#""event":{"kind":""#).expect("an event has a kind").1;
    rest.split('"').next().expect("a word").to_owned()
}

/// The kinds that the program reads, by what it says when it is given another.
fn known_kinds(stream: &str, sample: &[u8]) -> BTreeSet<String> {
    let text = std::str::from_utf8(sample).expect("UTF-8");
    let unknown = text.replace(&format!(r#""kind":"{}""#, kind(sample)), r#""kind":"?""#);
    let Err(EncodingError::Json(error)) = encoding::decode(unknown.as_bytes()) else {
        panic!("{stream}: an unknown kind must be refused")
    };
    let said = error.to_string();
    let listed = said.split_once("expected one of ").unwrap_or_else(|| panic!("{said}")).1;
    listed.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/event")
}

#[test]
fn every_kind_of_event_has_its_bytes_pinned() {
    let samples = samples();
    let mut pinned: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut first: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for (name, event) in &samples {
        let (stream, _) = event.body.stream().parts();
        let bytes = encoding::encode(event).expect("bytes");
        pinned.entry(stream).or_default().insert(kind(&bytes));
        first.entry(stream).or_insert(bytes);
        assert!(folder().join(format!("{name}.json")).exists() || is_regenerating(), "{name}");
    }
    for (stream, sample) in first {
        assert_eq!(pinned[stream], known_kinds(stream, &sample), "{stream}: a kind lacks a sample");
    }
}

fn is_regenerating() -> bool {
    std::env::var_os("WATCHFIRE_REGENERATE").is_some()
}

#[test]
fn what_is_written_today_are_the_bytes_that_were_pinned() {
    for (name, event) in samples() {
        let path = folder().join(format!("{name}.json"));
        let bytes = encoding::encode(&event).expect("bytes");
        if is_regenerating() && !path.exists() {
            std::fs::create_dir_all(folder()).expect("a folder");
            std::fs::write(&path, &bytes).expect("a file");
        }
        let pinned = std::fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            String::from_utf8_lossy(&bytes),
            String::from_utf8_lossy(&pinned),
            "{name}: the bytes of an event never change"
        );
    }
}

#[test]
fn what_was_pinned_is_read_for_ever_and_written_back_the_same() {
    let samples = samples();
    let files = std::fs::read_dir(folder()).expect("the pinned events");
    let mut count = 0;
    for file in files {
        let path = file.expect("a file").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        let bytes = std::fs::read(&path).expect("bytes");
        let event = encoding::decode(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(encoding::encode(&event).expect("bytes"), bytes, "{name}");
        if let Some(sample) = samples.get(&name) {
            assert_eq!(event, *sample, "{name}");
        }
        count += 1;
    }
    assert!(count >= samples.len(), "nothing pinned is thrown away");
}

#[test]
fn a_word_that_is_no_state_is_no_event() {
    let bytes = std::fs::read(folder().join("case-assessed-1.json")).expect("pinned");
    let text = String::from_utf8(bytes).expect("UTF-8");
    for state in ["open", "superseded", "due-soon", "late-at-birth"] {
        let other = text.replace("needs-decision", state);
        let event = encoding::decode(other.as_bytes()).expect("a state");
        assert_eq!(encoding::encode(&event).expect("bytes"), other.as_bytes());
    }
    let wrong = text.replace("needs-decision", "Open");
    assert!(matches!(encoding::decode(wrong.as_bytes()), Err(EncodingError::Json(_))));
}
