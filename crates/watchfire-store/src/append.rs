//! The one write: events, read tables, log leaves, outbox and due rows in one transaction.
//!
//! An [`Append`] is filled with what shall happen, under a right for each object, and handed to
//! [`Store::append`]. Either all of it is stored and synced before the answer, or nothing.

mod check;
pub(crate) mod perform;

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use watchfire_core::event::{
    AmendmentEvent, Body, CaseEvent, DepartmentEvent, NodeEvent, PartyEvent, ProductEvent,
    ReleaseEvent, ReportEvent, Stream, VulnerabilityEvent,
};
use watchfire_core::ids::{EventId, ObligationId, PartyId};
use watchfire_core::law::files::Files;

use crate::advisory::Word;
use crate::annex::Annex;
use crate::document::Kept;
use crate::due;
use crate::inventory::Inventory;
use crate::outbox::{self, Notice};
use crate::policy::{
    Access, Administer, Amendment, Authorized, Case, Country, Department, Grant, MayWrite, Node,
    Noun, Party, Product, Release, Report, Vulnerability, Write,
};
use crate::random::random_bytes;
use crate::session::Secret;
use crate::viewer::Viewer;

pub(crate) use perform::version_of;

/// Events of one append.
pub const EVENTS_PER_APPEND_MAX: usize = 1000;
/// Bytes of all events of one append.
pub const APPEND_BYTES_MAX: usize = 8 << 20;
/// Notices of one append.
pub const NOTICES_PER_APPEND_MAX: usize = 1000;

/// A token that stands for one entry of the evidence log: 256 random bits, and no more.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt([u8; 32]);

impl Receipt {
    /// Reads a token as it was given, or returns `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64
            || digits.iter().any(|digit| !matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
        {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// What is kept of it.
    pub(crate) fn digest(&self) -> [u8; 32] {
        watchfire_core::log::Hash::of(&[&self.0]).0
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receipt(…)")
    }
}

/// An event that an [`Append`] will record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub event: EventId,
    pub receipt: Receipt,
}

/// An answer to keep, so that a request that is made again is answered and not done again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// As the caller sent it.
    pub key: String,
    /// SHA-256 of what was asked: method, path, body.
    pub body_digest: [u8; 32],
    /// What was answered, verbatim.
    pub answer: Vec<u8>,
}

/// What was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was done now.
    Done(Appended),
    /// It had been done before, under the same key; this was the answer.
    Before(Vec<u8>),
}

/// An append that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// What was recorded, in order, with its index in the internal log.
    pub events: Vec<(EventId, u64, Receipt)>,
    /// The versions of the histories that grew.
    pub versions: BTreeMap<Stream, u64>,
    /// When it was recorded: `now`, or the instant of the latest entry where that is later.
    pub recorded_at: Timestamp,
    /// Whether `now` was behind the log: another node's clock is ahead, or ours went back.
    pub clock_was_behind: bool,
}

impl Outcome {
    /// Returns what was done now, or `None` if it had been done before.
    pub fn done(self) -> Option<Appended> {
        match self {
            Self::Done(appended) => Some(appended),
            Self::Before(_) => None,
        }
    }
}

#[derive(Debug, Clone)]
struct Planned {
    id: EventId,
    receipt: Receipt,
    salt: [u8; 32],
    body: Body,
}

/// What shall be stored, all of it or nothing.
#[derive(Debug, Clone)]
pub struct Append {
    viewer: Viewer,
    now: Timestamp,
    expected: BTreeMap<Stream, u64>,
    grants: Vec<Grant>,
    events: Vec<Planned>,
    annexes: Vec<Annex>,
    notices: Vec<Notice>,
    retries: Vec<outbox::Retry>,
    due: Vec<due::Due>,
    secrets: Vec<(PartyId, Secret)>,
    lawbooks: Vec<Files>,
    documents: Vec<Kept>,
    inventories: Vec<Inventory>,
    words: Vec<Word>,
    judged: Vec<((u64, u64), u32)>,
    idempotency: Option<Idempotency>,
}

impl Append {
    /// Begins an append by `viewer` at `now`, the node's time, which never runs backwards.
    pub fn new(viewer: &Viewer, now: Timestamp) -> Self {
        Self {
            viewer: viewer.clone(),
            now,
            expected: BTreeMap::new(),
            grants: Vec::new(),
            events: Vec::new(),
            annexes: Vec::new(),
            notices: Vec::new(),
            retries: Vec::new(),
            due: Vec::new(),
            secrets: Vec::new(),
            lawbooks: Vec::new(),
            documents: Vec::new(),
            inventories: Vec::new(),
            words: Vec::new(),
            judged: Vec::new(),
            idempotency: None,
        }
    }

    /// Says which version of a history the decision was made on: how many events it had.
    ///
    /// Needed for every history that is written to, except new ones and the node's.
    #[must_use]
    pub fn expect_version(mut self, stream: Stream, version: u64) -> Self {
        self.expected.insert(stream, version);
        self
    }

    /// As [`Append::expect_version`], of an append that is filled in several places.
    pub fn expects(&mut self, stream: Stream, version: u64) {
        self.expected.insert(stream, version);
    }

    /// Records that something happened in a case.
    pub fn case(&mut self, grant: &Authorized<Case, Write>, event: CaseEvent) -> Recorded {
        let id = self.take(grant).clone();
        self.plan(Body::Case(id, event))
    }

    /// Records that something happened to a report.
    pub fn report(&mut self, grant: &Authorized<Report, Write>, event: ReportEvent) -> Recorded {
        let id = self.take(grant).clone();
        self.plan(Body::Report(id, event))
    }

    /// Records what a person may change of themselves: preferences, addresses, credentials.
    /// Anything else is refused by [`Store::append`](crate::Store::append).
    pub fn party(&mut self, grant: &Authorized<Party, Write>, event: PartyEvent) -> Recorded {
        let id = self.take(grant).clone();
        self.plan(Body::Party(id, event))
    }

    /// Records that something happened to a party, by whoever keeps the accounts.
    pub fn administer(
        &mut self,
        grant: &Authorized<Party, Administer>,
        event: PartyEvent,
    ) -> Recorded {
        let id = self.take(grant).clone();
        self.plan(Body::Party(id, event))
    }

    /// Records where another organization is.
    pub fn country(
        &mut self,
        grant: &Authorized<Country, Write>,
        country: Option<String>,
        source: String,
    ) -> Recorded {
        let id = self.take(grant).clone();
        self.plan(Body::Party(id, PartyEvent::CountryRecorded { country, source }))
    }

    /// Records that something happened to a change of law.
    pub fn amendment<A: MayWrite>(
        &mut self,
        grant: &Authorized<Amendment, A>,
        event: AmendmentEvent,
    ) -> Recorded {
        let id = self.take(grant).clone();
        self.plan(Body::Amendment(id, event))
    }

    /// Records that something happened to a department.
    pub fn department(
        &mut self,
        grant: &Authorized<Department, Administer>,
        event: DepartmentEvent,
    ) -> Recorded {
        let id = self.take(grant).clone();
        self.plan(Body::Department(id, event))
    }

    /// Records that something happened to a product.
    pub fn product(&mut self, grant: &Authorized<Product, Write>, event: ProductEvent) -> Recorded {
        let id = self.take(grant).clone();
        self.plan(Body::Product(id, event))
    }

    /// Records that something happened to a release.
    pub fn release(&mut self, grant: &Authorized<Release, Write>, event: ReleaseEvent) -> Recorded {
        let id = self.take(grant).clone();
        self.plan(Body::Release(id, event))
    }

    /// Records that something happened to a vulnerability.
    pub fn vulnerability(
        &mut self,
        grant: &Authorized<Vulnerability, Write>,
        event: VulnerabilityEvent,
    ) -> Recorded {
        let id = self.take(grant).clone();
        self.plan(Body::Vulnerability(id, event))
    }

    /// Keeps the document of an SBOM that an event of this append names, with what was read of it.
    pub fn sbom(&mut self, document: Kept, inventory: Inventory) {
        self.documents.push(document);
        self.inventories.push(inventory);
    }

    /// Keeps what a source says now, in the place of what it said before.
    pub fn advisory(&mut self, grant: &Authorized<Node, Write>, word: Word) {
        self.take(grant);
        self.words.push(word);
    }

    /// Notes that advisories were asked about an SBOM as it was at a place of the log; what
    /// followed is recorded in this append.
    pub fn judged(&mut self, grant: &Authorized<Node, Write>, sbom: (u64, u64), reader: u32) {
        self.take(grant);
        self.judged.push((sbom, reader));
    }

    /// Keeps files of law verbatim, under the digest that an event of this append names.
    pub fn lawbook(&mut self, files: Files) {
        self.lawbooks.push(files);
    }

    /// Records that something happened to the node.
    pub fn node(&mut self, grant: &Authorized<Node, Write>, event: NodeEvent) -> Recorded {
        self.take(grant);
        self.plan(Body::Node(event))
    }

    /// Records what became of a try to send, and when to try next, if at all.
    ///
    /// `event` is a [`NodeEvent::NoticeTried`] or a [`NodeEvent::NoticeGivenUp`].
    pub fn notice_result(
        &mut self,
        grant: &Authorized<Node, Write>,
        event: NodeEvent,
        next_try_at: Option<Timestamp>,
    ) -> Recorded {
        if let NodeEvent::NoticeTried { notice, channel, .. }
        | NodeEvent::NoticeGivenUp { notice, channel, .. } = &event
        {
            let (notice, channel) = (notice.clone(), channel.clone());
            self.retries.push(outbox::Retry { notice, channel, at: next_try_at });
        }
        self.node(grant, event)
    }

    /// Keeps personal data beside an event of this append, which holds its digest under `salt`.
    pub fn annex(&mut self, of: &Recorded, name: &'static str, salt: [u8; 32], bytes: Vec<u8>) {
        self.annexes.push(Annex { event: of.event.clone(), name, salt, bytes });
    }

    /// Puts a notice into the outbox.
    pub fn outbox(&mut self, notice: Notice) {
        self.notices.push(notice);
    }

    /// Puts a notice into the outbox that tells of nothing, to see whether notices arrive. It is
    /// the one thing that is stored without an event.
    pub fn test_notice<A: MayWrite>(&mut self, grant: &Authorized<Party, A>, notice: Notice) {
        self.take(grant);
        self.notices.push(notice);
    }

    /// Sets when an obligation of the case is looked at next; `None` when it is owed no more.
    pub fn due(
        &mut self,
        grant: &Authorized<Case, Write>,
        obligation: ObligationId,
        at: Option<Timestamp>,
    ) {
        let case = self.take(grant).clone();
        self.due.push(due::Due { case, obligation, at });
    }

    /// Keeps a secret's digest, beside the event that says so.
    pub fn secret<A: MayWrite>(&mut self, grant: &Authorized<Party, A>, secret: Secret) {
        let party = self.take(grant).clone();
        self.secrets.push((party, secret));
    }

    /// Keeps the answer to the request, under its key.
    #[must_use]
    pub fn idempotency(mut self, idempotency: Idempotency) -> Self {
        self.idempotency = Some(idempotency);
        self
    }

    fn take<'a, N: Noun, A: Access>(&mut self, grant: &'a Authorized<N, A>) -> &'a N::Id {
        if !self.grants.contains(grant.grant()) {
            self.grants.push(grant.grant().clone());
        }
        grant.id()
    }

    fn plan(&mut self, body: Body) -> Recorded {
        let planned = Planned {
            id: EventId::from_random(random_bytes()),
            receipt: Receipt(random_bytes()),
            salt: random_bytes(),
            body,
        };
        let recorded = Recorded { event: planned.id.clone(), receipt: planned.receipt.clone() };
        self.events.push(planned);
        recorded
    }
}
