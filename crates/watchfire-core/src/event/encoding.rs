//! The one byte form of an event: JSON with fixed keys in a fixed order, version 1.
//!
//! The bytes are stored verbatim and committed to by the evidence log, so what is written here is
//! the oldest promise the project makes. Golden files pin it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Actor, AmendmentEvent, Body, CaseEvent, DepartmentEvent, Event, NodeEvent, PartyEvent,
    ProductEvent, ReleaseEvent, ReportEvent, VulnerabilityEvent,
};
use crate::ids::{
    AmendmentId, CaseId, DepartmentId, EventId, PartyId, ProductId, ReleaseId, ReportId,
    VulnerabilityId,
};

/// The version that is written. Every version ever written can be read.
pub const VERSION: u32 = 1;

/// No event is longer than this, so that one record cannot exhaust a reader.
pub const EVENT_BYTES_MAX: usize = 1 << 20;

/// Bytes that are no event.
#[derive(Debug, thiserror::Error)]
pub enum EncodingError {
    /// Longer than [`EVENT_BYTES_MAX`].
    #[error("an event of {bytes} bytes is longer than the {EVENT_BYTES_MAX} allowed")]
    TooLong { bytes: usize },
    /// Written by a later program.
    #[error("the event has version {version}, this program reads up to {VERSION}")]
    Version { version: u32 },
    /// Not the expected JSON.
    #[error("the event cannot be read")]
    Json(#[from] serde_json::Error),
}

#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    v: u32,
    id: EventId,
    recorded_at: Timestamp,
    actor: Actor,
    #[serde(flatten, borrow)]
    body: WireBody<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "stream", rename_all = "kebab-case")]
enum WireBody<'a> {
    Case { of: CaseId, event: std::borrow::Cow<'a, CaseEvent> },
    Report { of: ReportId, event: std::borrow::Cow<'a, ReportEvent> },
    Party { of: PartyId, event: std::borrow::Cow<'a, PartyEvent> },
    Amendment { of: AmendmentId, event: std::borrow::Cow<'a, AmendmentEvent> },
    Department { of: DepartmentId, event: std::borrow::Cow<'a, DepartmentEvent> },
    Product { of: ProductId, event: std::borrow::Cow<'a, ProductEvent> },
    Release { of: ReleaseId, event: std::borrow::Cow<'a, ReleaseEvent> },
    Vulnerability { of: VulnerabilityId, event: std::borrow::Cow<'a, VulnerabilityEvent> },
    Node { event: std::borrow::Cow<'a, NodeEvent> },
}

/// Writes the bytes that are stored and committed to.
///
/// # Errors
/// [`EncodingError::TooLong`] if they exceed [`EVENT_BYTES_MAX`].
pub fn encode(event: &Event) -> Result<Vec<u8>, EncodingError> {
    use std::borrow::Cow::Borrowed;
    let body = match &event.body {
        Body::Case(of, event) => WireBody::Case { of: of.clone(), event: Borrowed(event) },
        Body::Report(of, event) => WireBody::Report { of: of.clone(), event: Borrowed(event) },
        Body::Party(of, event) => WireBody::Party { of: of.clone(), event: Borrowed(event) },
        Body::Amendment(of, event) => {
            WireBody::Amendment { of: of.clone(), event: Borrowed(event) }
        }
        Body::Department(of, event) => {
            WireBody::Department { of: of.clone(), event: Borrowed(event) }
        }
        Body::Product(of, event) => WireBody::Product { of: of.clone(), event: Borrowed(event) },
        Body::Release(of, event) => WireBody::Release { of: of.clone(), event: Borrowed(event) },
        Body::Vulnerability(of, event) => {
            WireBody::Vulnerability { of: of.clone(), event: Borrowed(event) }
        }
        Body::Node(event) => WireBody::Node { event: Borrowed(event) },
    };
    let wire = Wire {
        v: VERSION,
        id: event.id.clone(),
        recorded_at: event.recorded_at,
        actor: event.actor.clone(),
        body,
    };
    let bytes = serde_json::to_vec(&wire)?;
    if bytes.len() > EVENT_BYTES_MAX {
        return Err(EncodingError::TooLong { bytes: bytes.len() });
    }
    Ok(bytes)
}

/// Reads an event back from its bytes.
///
/// # Errors
/// As [`EncodingError`] lists them; an unknown kind of event is an error and never skipped.
pub fn decode(bytes: &[u8]) -> Result<Event, EncodingError> {
    if bytes.len() > EVENT_BYTES_MAX {
        return Err(EncodingError::TooLong { bytes: bytes.len() });
    }
    let wire: Wire<'_> = serde_json::from_slice(bytes)?;
    if wire.v > VERSION {
        return Err(EncodingError::Version { version: wire.v });
    }
    let body = match wire.body {
        WireBody::Case { of, event } => Body::Case(of, event.into_owned()),
        WireBody::Report { of, event } => Body::Report(of, event.into_owned()),
        WireBody::Party { of, event } => Body::Party(of, event.into_owned()),
        WireBody::Amendment { of, event } => Body::Amendment(of, event.into_owned()),
        WireBody::Department { of, event } => Body::Department(of, event.into_owned()),
        WireBody::Product { of, event } => Body::Product(of, event.into_owned()),
        WireBody::Release { of, event } => Body::Release(of, event.into_owned()),
        WireBody::Vulnerability { of, event } => Body::Vulnerability(of, event.into_owned()),
        WireBody::Node { event } => Body::Node(event.into_owned()),
    };
    Ok(Event { id: wire.id, recorded_at: wire.recorded_at, actor: wire.actor, body })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{FactRecord, SendEvidence, SendResult, Service};
    use crate::ids::NoticeId;

    fn event(body: Body) -> Event {
        Event {
            id: EventId::from_random([7; 20]),
            recorded_at: "2021-11-24T08:00:00Z".parse().expect("an instant"),
            actor: Actor::Service(Service::Ticker),
            body,
        }
    }

    fn fact() -> FactRecord {
        FactRecord {
            id: "found".into(),
            kind: "vulnerability-known".into(),
            occurred_at: "2021-11-24[Asia/Shanghai]".into(),
            known_at: "2021-11-23T16:00:00Z".parse().expect("an instant"),
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

    #[test]
    fn the_bytes_of_version_1_are_pinned() {
        let case = CaseId::from_random([1; 5]);
        let bytes =
            encode(&event(Body::Case(case, CaseEvent::FactRecorded { fact: fact() }))).unwrap();
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            concat!(
                r#"{"v":1,"id":"WE-0W3G-E1R7-0W3G-E1R7-0W3G-E1R7-0W3G-E1R7","#,
                r#""recorded_at":"2021-11-24T08:00:00Z","actor":{"service":"ticker"},"#,
                r#""stream":"case","of":"WF-040G-2081","event":{"kind":"fact-recorded","data":{"#,
                r#""fact":{"id":"found","kind":"vulnerability-known","#,
                r#""occurred_at":"2021-11-24[Asia/Shanghai]","#,
                r#""known_at":"2021-11-23T16:00:00Z","note":"发现漏洞"}}}}"#
            )
        );
    }

    #[test]
    fn what_was_written_is_read_back() {
        let before = event(Body::Node(NodeEvent::RowFailed {
            room: "due".into(),
            row: "WO-1".into(),
            problem: "no such provision".into(),
        }));
        let bytes = encode(&before).unwrap();
        assert_eq!(decode(&bytes).unwrap(), before);
        assert_eq!(encode(&decode(&bytes).unwrap()).unwrap(), bytes);
    }

    #[test]
    fn a_try_to_send_is_written_with_its_evidence_and_read_without() {
        let (notice, who) = (NoticeId::from_random([1; 20]), PartyId::from_random([2; 5]));
        let tried = |evidence| {
            event(Body::Node(NodeEvent::NoticeTried {
                notice: notice.clone(),
                recipient: who.clone(),
                channel: "mail".into(),
                attempt: 1,
                result: SendResult::Accepted,
                detail: "250".into(),
                evidence,
            }))
        };
        let before = [
            r#"{"v":1,"id":"WE-0W3G-E1R7-0W3G-E1R7-0W3G-E1R7-0W3G-E1R7","#,
            r#""recorded_at":"2021-11-24T08:00:00Z","actor":{"service":"ticker"},"#,
            r#""stream":"node","event":{"kind":"notice-tried","data":{"#,
            &format!(r#""notice":"{notice}","recipient":"{who}","channel":"mail","attempt":1,"#),
            r#""result":"accepted","detail":"250"}}}"#,
        ]
        .concat();
        let bare = tried(SendEvidence::default());
        assert_eq!(String::from_utf8(encode(&bare).unwrap()).unwrap(), before);
        assert_eq!(decode(before.as_bytes()).unwrap(), bare);
        let whole = tried(SendEvidence {
            endpoint: Some("smtps://relay.example:465".into()),
            peer_sha256: Some("aa".into()),
            body_sha256: Some("bb".into()),
        });
        let after = before.replace(
            r#""250"}"#,
            concat!(
                r#""250","evidence":{"endpoint":"smtps://relay.example:465","#,
                r#""peer_sha256":"aa","body_sha256":"bb"}}"#
            ),
        );
        assert_eq!(String::from_utf8(encode(&whole).unwrap()).unwrap(), after);
        assert_eq!(decode(after.as_bytes()).unwrap(), whole);
    }

    #[test]
    fn a_later_version_and_an_unknown_kind_are_refused() {
        let known = encode(&event(Body::Node(NodeEvent::Restored {
            taken_at: Timestamp::UNIX_EPOCH,
            log_size: 3,
        })))
        .unwrap();
        let known = String::from_utf8(known).unwrap();
        let later = known.replace(r#""v":1"#, r#""v":2"#);
        assert!(matches!(decode(later.as_bytes()), Err(EncodingError::Version { version: 2 })));
        let unknown = known.replace("restored", "forgotten");
        assert!(matches!(decode(unknown.as_bytes()), Err(EncodingError::Json(_))));
        let long = vec![b' '; EVENT_BYTES_MAX + 1];
        assert!(matches!(decode(&long), Err(EncodingError::TooLong { .. })));
    }
}
