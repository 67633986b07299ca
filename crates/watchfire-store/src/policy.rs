//! Who may see and change what, in one place.
//!
//! A mutation takes an [`Authorized`] for that very object. Nothing but the functions here makes
//! one, and `append` checks it once more inside its transaction, so a right that was taken away in
//! between is gone. Hidden and missing are one answer: [`NotFound`].
//!
//! A person sees a case as its participant, or when it is not under embargo and belongs to the
//! person's organization. No duty adds to that.
//!
//! ```
//! use watchfire_core::event::CaseEvent;
//! use watchfire_store::{Append, Authorized, policy};
//!
//! fn with_the_right(append: &mut Append, grant: &Authorized<policy::Case, policy::Write>) {
//!     append.case(grant, CaseEvent::MessagePosted { text: "hello".into() });
//! }
//! ```
//!
//! An id is no right, a right cannot be made, and a right to read is none to write:
//!
//! ```compile_fail
//! # use watchfire_store::{Append, Viewer};
//! # use watchfire_core::{event::CaseEvent, ids::CaseId};
//! # let now = jiff::Timestamp::UNIX_EPOCH;
//! let mut append = Append::new(&Viewer::anonymous(), now);
//! let id = CaseId::from_random([1; 5]);
//! append.case(&id, CaseEvent::MessagePosted { text: "hello".into() });
//! ```
//!
//! ```compile_fail
//! # use watchfire_store::{Authorized, policy};
//! # use watchfire_core::ids::CaseId;
//! let grant: Authorized<policy::Case, policy::Write> =
//!     Authorized { id: CaseId::from_random([1; 5]) };
//! ```
//!
//! ```compile_fail
//! # use watchfire_store::{Append, Authorized, policy};
//! # use watchfire_core::event::CaseEvent;
//! fn a_right_to_read_is_no_right_to_write(
//!     append: &mut Append,
//!     read: &Authorized<policy::Case, policy::Read>,
//! ) {
//!     append.case(read, CaseEvent::MessagePosted { text: "hello".into() });
//! }
//! ```

mod authorize;

use std::marker::PhantomData;

use watchfire_core::event::{Duty, Service};
use watchfire_core::ids::{
    AmendmentId, CaseId, DepartmentId, PartyId, ProductId, ReleaseId, ReportId, VulnerabilityId,
};

use crate::dialect::{Connection, Statement, params};
use crate::error::StoreError;
use crate::statement::statements;
use crate::viewer::{Viewer, Who};

/// Hidden or missing; nobody can tell which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such thing, or it is not for you to see")]
pub struct NotFound;

/// Whether a person sees the case `c`. The only such predicate.
macro_rules! person_sees {
    ($person:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM parties v WHERE v.id = ",
            $person,
            " AND v.account_open AND (\
             (NOT c.embargoed AND v.organization_id = c.organization_id) OR EXISTS (\
             SELECT 1 FROM participants m WHERE m.case_id = c.id AND m.party_id = v.id)))"
        )
    };
}
pub(crate) use person_sees;

/// Whether the viewer ($1 scope, $2 party) sees the case `c`.
macro_rules! visible {
    () => {
        concat!(
            "($1 = 3 OR ($1 = 2 AND NOT c.embargoed) OR ($1 = 1 AND ",
            $crate::policy::person_sees!("$2"),
            "))"
        )
    };
}
pub(crate) use visible;

/// Whether the viewer ($1 scope of parties, $2 party) sees the party `p`: of the same
/// organization, or together with it in a case.
macro_rules! party_visible {
    () => {
        "($1 = 3 OR ($1 = 1 AND EXISTS (\
         SELECT 1 FROM parties v WHERE v.id = $2 AND v.account_open AND (\
         p.id = v.id OR p.id = v.organization_id OR p.organization_id = v.organization_id \
         OR EXISTS (SELECT 1 FROM participants a JOIN participants b ON a.case_id = b.case_id \
         WHERE a.party_id = v.id AND b.party_id = p.id)))))"
    };
}
pub(crate) use party_visible;

/// Whether the viewer keeps the accounts of the organization of the party `p`.
macro_rules! administered {
    () => {
        "($1 = 3 OR ($1 = 1 AND EXISTS (\
         SELECT 1 FROM parties v WHERE v.id = $2 AND v.account_open AND v.administrator AND (\
         p.id = v.organization_id OR p.organization_id = v.organization_id))))"
    };
}

/// The organization whose node this is: the one that was known first.
macro_rules! own_organization {
    () => {
        "(SELECT q.id FROM parties q WHERE q.kind = 'organization' \
         ORDER BY (SELECT e.log_index FROM events e WHERE e.noun = 'party' AND e.stream = q.id \
         AND e.version = 1) LIMIT 1)"
    };
}

/// Whether the viewer ($2) is an administrator of the organization whose node this is.
macro_rules! keeps_node {
    () => {
        concat!(
            "EXISTS (SELECT 1 FROM parties v WHERE v.id = $2 AND v.account_open \
             AND v.administrator AND v.organization_id = ",
            $crate::policy::own_organization!(),
            ")"
        )
    };
}

/// Whether the viewer ($1 scope of parties, $2 party) sees where the organization `p` is: its own
/// people, those who see a case in which one of them takes part, and whoever keeps it.
macro_rules! country_visible {
    () => {
        concat!(
            "($1 = 3 OR ($1 = 1 AND (",
            $crate::policy::keeps_node!(),
            " OR EXISTS (SELECT 1 FROM parties v WHERE v.id = $2 AND v.account_open \
             AND v.organization_id = p.id) \
             OR EXISTS (SELECT 1 FROM parties m JOIN participants b ON b.party_id = m.id \
             JOIN cases c ON c.id = b.case_id WHERE (m.id = p.id OR m.organization_id = p.id) AND ",
            $crate::policy::person_sees!("$2"),
            "))))"
        )
    };
}
pub(crate) use {keeps_node, own_organization};

/// Whether the viewer ($1 scope, $2 party) belongs to the house of a row.
macro_rules! of_house {
    ($row:literal) => {
        concat!(
            "($1 = 3 OR ($1 = 1 AND EXISTS (SELECT 1 FROM parties v WHERE v.id = $2 \
             AND v.account_open AND v.organization_id = ",
            $row,
            ".organization_id)))"
        )
    };
}
pub(crate) use of_house;

statements! {
    SEES_CASE = concat!("SELECT c.id FROM cases c WHERE c.id = $3 AND ", visible!());
    /// An auditor changes nothing, except as a participant.
    WRITES_CASE = concat!(
        "SELECT c.id FROM cases c WHERE c.id = $3 AND ", visible!(),
        " AND ($1 = 3 OR ($1 = 1 AND NOT EXISTS (SELECT 1 FROM parties w WHERE w.id = $2 \
         AND w.auditor AND NOT EXISTS (SELECT 1 FROM participants n \
         WHERE n.case_id = c.id AND n.party_id = w.id))))"
    );
    SEES_REPORT = concat!(
        "SELECT r.id FROM reports r JOIN cases c ON c.id = r.case_id WHERE r.id = $3 AND ",
        visible!()
    );
    WRITES_REPORT = concat!(
        "SELECT r.id FROM reports r JOIN cases c ON c.id = r.case_id WHERE r.id = $3 AND ",
        visible!(),
        " AND ($1 = 3 OR ($1 = 1 AND NOT EXISTS (SELECT 1 FROM parties w WHERE w.id = $2 \
         AND w.auditor AND NOT EXISTS (SELECT 1 FROM participants n \
         WHERE n.case_id = c.id AND n.party_id = w.id))))"
    );
    SEES_PARTY = concat!("SELECT p.id FROM parties p WHERE p.id = $3 AND ", party_visible!());
    ADMINISTERS_PARTY = concat!("SELECT p.id FROM parties p WHERE p.id = $3 AND ", administered!());
    WRITES_PARTY = concat!(
        "SELECT p.id FROM parties p WHERE p.id = $3 AND (($1 = 1 AND p.id = $2 AND p.account_open) \
         OR ", administered!(), ")"
    );
    SEES_COUNTRY = concat!("SELECT p.id FROM parties p WHERE p.id = $3 AND ", country_visible!());
    /// The organization concerned does not, nor does anybody else.
    RECORDS_COUNTRY = concat!(
        "SELECT p.id FROM parties p WHERE p.id = $3 AND p.kind = 'organization' AND p.id <> ",
        own_organization!(), " AND ($1 = 3 OR ($1 = 1 AND ", keeps_node!(), "))"
    );
    SEES_AMENDMENT = concat!("SELECT a.id FROM amendments a WHERE a.id = $3 AND ", of_house!("a"));
    /// Everybody may claim and acknowledge, but not whoever only looks on.
    WRITES_AMENDMENT = concat!(
        "SELECT a.id FROM amendments a WHERE a.id = $3 AND ", of_house!("a"),
        " AND ($1 = 3 OR EXISTS (SELECT 1 FROM parties w WHERE w.id = $2 \
         AND (NOT w.auditor OR w.responder OR w.administrator)))"
    );
    KEEPS_AMENDMENT = concat!(
        "SELECT a.id FROM amendments a WHERE a.id = $3 AND ", of_house!("a"),
        " AND ($1 = 3 OR EXISTS (SELECT 1 FROM parties w WHERE w.id = $2 \
         AND (w.responder OR w.administrator)))"
    );
    SEES_DEPARTMENT =
        concat!("SELECT d.id FROM departments d WHERE d.id = $3 AND ", of_house!("d"));
    KEEPS_DEPARTMENT = concat!(
        "SELECT d.id FROM departments d WHERE d.id = $3 AND ", of_house!("d"),
        " AND ($1 = 3 OR EXISTS (SELECT 1 FROM parties w WHERE w.id = $2 AND w.administrator))"
    );
    SEES_PRODUCT = concat!("SELECT p.id FROM products p WHERE p.id = $3 AND ", of_house!("p"));
    /// Whoever answers for a product keeps it, besides those who keep all.
    KEEPS_PRODUCT = concat!(
        "SELECT p.id FROM products p WHERE p.id = $3 AND ", of_house!("p"),
        " AND ($1 = 3 OR EXISTS (SELECT 1 FROM parties w WHERE w.id = $2 \
         AND (w.responder OR w.administrator OR w.id = p.owner_id)))"
    );
    SEES_RELEASE = concat!("SELECT r.id FROM releases r WHERE r.id = $3 AND ", of_house!("r"));
    KEEPS_RELEASE = concat!(
        "SELECT r.id FROM releases r JOIN products p ON p.id = r.product_id WHERE r.id = $3 AND ",
        of_house!("r"),
        " AND ($1 = 3 OR EXISTS (SELECT 1 FROM parties w WHERE w.id = $2 \
         AND (w.responder OR w.administrator OR w.id = p.owner_id OR w.id = r.owner_id)))"
    );
    SEES_VULNERABILITY =
        concat!("SELECT u.id FROM vulnerabilities u WHERE u.id = $3 AND ", of_house!("u"));
    /// Everybody may decide, but not whoever only looks on.
    WRITES_VULNERABILITY = concat!(
        "SELECT u.id FROM vulnerabilities u WHERE u.id = $3 AND ", of_house!("u"),
        " AND ($1 = 3 OR EXISTS (SELECT 1 FROM parties w WHERE w.id = $2 \
         AND (NOT w.auditor OR w.responder OR w.administrator)))"
    );
    KEEPS_LAW =
        "SELECT p.id FROM parties p WHERE p.id = $1 AND p.account_open \
         AND (p.responder OR p.administrator)";
    /// What the house has is its own to say: others have none of theirs here.
    KEEPS_INVENTORY = concat!(
        "SELECT p.id FROM parties p WHERE p.id = $1 AND p.account_open \
         AND (p.responder OR p.administrator) AND p.organization_id = ",
        own_organization!()
    );
    HAS_ACCOUNT = "SELECT p.id FROM parties p WHERE p.id = $1 AND p.account_open";
    IS_OF_OWN_HOUSE = concat!(
        "SELECT p.id FROM parties p WHERE p.id = $1 AND p.account_open AND p.organization_id = ",
        own_organization!()
    );
    IS_ADMINISTRATOR =
        "SELECT p.id FROM parties p WHERE p.id = $1 AND p.account_open AND p.administrator";
}

mod sealed {
    pub trait Sealed {}
}

/// A kind of object that can be changed.
pub trait Noun: sealed::Sealed {
    /// What names one.
    type Id: Clone + std::fmt::Debug;
}

/// A kind of right.
pub trait Access: sealed::Sealed {
    #[doc(hidden)]
    const RIGHT: Right;
}

/// A right that includes writing what is the object's own.
pub trait MayWrite: Access {}
impl MayWrite for Write {}
impl MayWrite for Administer {}

macro_rules! nouns {
    ($($(#[$doc:meta])* $name:ident($id:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub enum $name {}
        impl sealed::Sealed for $name {}
        impl Noun for $name {
            type Id = $id;
        }
    )*};
}

nouns! {
    /// Cases, with all that belongs to them: obligations, gaps, submissions.
    Case(CaseId);
    /// Reports.
    Report(ReportId);
    /// People and organizations.
    Party(PartyId);
    /// Where another organization is, as this node's organization holds it.
    Country(PartyId);
    /// Changes of law, with what departments owe for them.
    Amendment(AmendmentId);
    /// Departments.
    Department(DepartmentId);
    /// Products.
    Product(ProductId);
    /// Releases of products, with what they are made of.
    Release(ReleaseId);
    /// Vulnerabilities to which something of a house is exposed.
    Vulnerability(VulnerabilityId);
    /// The node itself.
    Node(());
    /// The evidence log: its hashes, never its content.
    Log(());
}

macro_rules! accesses {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub enum $name {}
        impl sealed::Sealed for $name {}
        impl Access for $name {
            const RIGHT: Right = Right::$name;
        }
    )*};
}

accesses! {
    /// To see.
    Read;
    /// To change what is one's own to change.
    Write;
    /// To keep others' accounts.
    Administer;
}

/// A right as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    Read,
    Write,
    Administer,
}

/// The proof that a viewer may do `A` to one `N`. Only this module makes one.
#[derive(Debug, Clone)]
pub struct Authorized<N: Noun, A: Access> {
    grant: Grant,
    id: N::Id,
    access: PhantomData<A>,
}

impl<N: Noun, A: Access> Authorized<N, A> {
    fn new(viewer: &Viewer, claim: Claim, id: N::Id) -> Self {
        Self { grant: Grant { viewer: viewer.clone(), claim }, id, access: PhantomData }
    }

    /// Returns what the right is for.
    pub fn id(&self) -> &N::Id {
        &self.id
    }

    /// Returns whose right it is.
    pub fn viewer(&self) -> &Viewer {
        &self.grant.viewer
    }

    pub(crate) fn grant(&self) -> &Grant {
        &self.grant
    }
}

/// The rights to take in a report: to make it, and to open a case on it.
#[derive(Debug, Clone)]
pub struct Intake {
    pub report: Authorized<Report, Write>,
    pub case: Authorized<Case, Write>,
}

/// What an [`Authorized`] says, so that it can be checked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) viewer: Viewer,
    pub(crate) claim: Claim,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Claim {
    Case(CaseId, Right),
    Report(ReportId, Right),
    Party(PartyId, Right),
    /// A case that is not there yet, opened by an employee.
    NewCase(CaseId),
    /// A report that is not there yet, and its case. Anybody may.
    Intake(ReportId, CaseId),
    NewParty(PartyId),
    Country(PartyId, Right),
    Amendment(AmendmentId, Right),
    /// A change of law that is not there yet, proposed by whoever keeps the law.
    NewAmendment(AmendmentId),
    Department(DepartmentId, Right),
    NewDepartment(DepartmentId),
    Product(ProductId, Right),
    NewProduct(ProductId),
    Release(ReleaseId, Right),
    /// A release that is not there yet, of a product that the viewer keeps.
    NewRelease(ReleaseId, ProductId),
    Vulnerability(VulnerabilityId, Right),
    NewVulnerability(VulnerabilityId),
    Node(Right),
    Log,
}

impl Grant {
    /// Checks that it holds now.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it does not.
    pub(crate) async fn check(&self, connection: &mut Connection) -> Result<(), StoreError> {
        let viewer = &self.viewer;
        let holds = match &self.claim {
            Claim::Case(id, Right::Read) => {
                sees(connection, &SEES_CASE, viewer, id.as_str()).await?
            }
            Claim::Case(id, _) => sees(connection, &WRITES_CASE, viewer, id.as_str()).await?,
            Claim::Report(id, Right::Read) => {
                sees(connection, &SEES_REPORT, viewer, id.as_str()).await?
            }
            Claim::Report(id, _) => sees(connection, &WRITES_REPORT, viewer, id.as_str()).await?,
            Claim::Party(id, right) => party_right(connection, viewer, id, *right).await?,
            Claim::Country(id, right) => country_right(connection, viewer, id, *right).await?,
            // The watch opens cases by the rules of the house.
            Claim::NewCase(_) => match viewer.party() {
                Some(party) => exists(connection, &HAS_ACCOUNT, party).await?,
                None => viewer.is_one_of(&[Service::Watch]),
            },
            Claim::Intake(..) => true,
            Claim::NewParty(_) => match viewer.party() {
                Some(party) => exists(connection, &IS_ADMINISTRATOR, party).await?,
                None => viewer.is_one_of(ACCOUNT_KEEPERS),
            },
            Claim::Amendment(id, right) => {
                let statement = match right {
                    Right::Read => &SEES_AMENDMENT,
                    Right::Write => &WRITES_AMENDMENT,
                    Right::Administer => &KEEPS_AMENDMENT,
                };
                of_house_right(connection, statement, viewer, id.as_str()).await?
            }
            Claim::NewAmendment(_) => match viewer.party() {
                Some(party) => exists(connection, &KEEPS_LAW, party).await?,
                None => viewer.is_one_of(&[Service::Keeper]),
            },
            Claim::Department(id, Right::Read) => {
                of_house_right(connection, &SEES_DEPARTMENT, viewer, id.as_str()).await?
            }
            Claim::Department(id, _) => {
                of_house_right(connection, &KEEPS_DEPARTMENT, viewer, id.as_str()).await?
            }
            Claim::NewDepartment(_) => match viewer.party() {
                Some(party) => exists(connection, &IS_ADMINISTRATOR, party).await?,
                None => viewer.is_one_of(ACCOUNT_KEEPERS),
            },
            Claim::Product(..)
            | Claim::NewProduct(_)
            | Claim::Release(..)
            | Claim::NewRelease(..)
            | Claim::Vulnerability(..)
            | Claim::NewVulnerability(_) => self.holds_of_inventory(connection).await?,
            Claim::Node(Right::Read) => {
                matches!(viewer.who(), Who::Service(_))
                    || viewer.has_duty(Duty::Administrator)
                    || viewer.has_duty(Duty::Auditor)
            }
            Claim::Node(_) => matches!(viewer.who(), Who::Service(_)),
            Claim::Log => {
                viewer.is_one_of(&[Service::Keeper, Service::Operator])
                    || viewer.has_duty(Duty::Auditor)
            }
        };
        if holds { Ok(()) } else { Err(NotFound.into()) }
    }

    /// Whether a claim on what a house has, or is exposed to, holds now.
    async fn holds_of_inventory(&self, connection: &mut Connection) -> Result<bool, StoreError> {
        let viewer = &self.viewer;
        let (statement, id) = match &self.claim {
            Claim::Product(id, Right::Read) => (&SEES_PRODUCT, id.as_str()),
            Claim::Product(id, _) | Claim::NewRelease(_, id) => (&KEEPS_PRODUCT, id.as_str()),
            Claim::Release(id, Right::Read) => (&SEES_RELEASE, id.as_str()),
            Claim::Release(id, _) => (&KEEPS_RELEASE, id.as_str()),
            Claim::Vulnerability(id, Right::Read) => (&SEES_VULNERABILITY, id.as_str()),
            Claim::Vulnerability(id, _) => (&WRITES_VULNERABILITY, id.as_str()),
            Claim::NewProduct(_) => {
                return match viewer.party() {
                    Some(party) => exists(connection, &KEEPS_INVENTORY, party).await,
                    None => Ok(viewer.is_one_of(ACCOUNT_KEEPERS)),
                };
            }
            _ => return Ok(viewer.is_one_of(&[Service::Watch])),
        };
        of_house_right(connection, statement, viewer, id).await
    }
}

/// The parts of the node that make the first account.
const ACCOUNT_KEEPERS: &[Service] = &[Service::Operator, Service::Keeper];

async fn party_right(
    connection: &mut Connection,
    viewer: &Viewer,
    id: &PartyId,
    right: Right,
) -> Result<bool, StoreError> {
    let (statement, everything) = match right {
        Right::Read => (&SEES_PARTY, matches!(viewer.who(), Who::Service(_))),
        Right::Write => (&WRITES_PARTY, viewer.is_one_of(ACCOUNT_KEEPERS)),
        Right::Administer => (&ADMINISTERS_PARTY, viewer.is_one_of(ACCOUNT_KEEPERS)),
    };
    of_party(connection, statement, viewer, everything, id).await
}

async fn country_right(
    connection: &mut Connection,
    viewer: &Viewer,
    id: &PartyId,
    right: Right,
) -> Result<bool, StoreError> {
    let (statement, everything) = match right {
        Right::Read => (&SEES_COUNTRY, matches!(viewer.who(), Who::Service(_))),
        Right::Write | Right::Administer => (&RECORDS_COUNTRY, viewer.is_one_of(ACCOUNT_KEEPERS)),
    };
    of_party(connection, statement, viewer, everything, id).await
}

async fn of_party(
    connection: &mut Connection,
    statement: &Statement,
    viewer: &Viewer,
    everything: bool,
    id: &PartyId,
) -> Result<bool, StoreError> {
    let scope = party_scope(viewer, everything);
    let params = params![scope, viewer.parameters().1, id.as_str()];
    Ok(connection.optional(statement, params).await?.is_some())
}

/// The first parameter of the statements about parties.
pub(crate) fn party_scope(viewer: &Viewer, everything: bool) -> i64 {
    match (everything, viewer.party()) {
        (true, _) => 3,
        (false, Some(_)) => 1,
        (false, None) => 0,
    }
}

async fn sees(
    connection: &mut Connection,
    statement: &Statement,
    viewer: &Viewer,
    id: &str,
) -> Result<bool, StoreError> {
    let (scope, party) = viewer.parameters();
    Ok(connection.optional(statement, params![scope, party, id]).await?.is_some())
}

async fn of_house_right(
    connection: &mut Connection,
    statement: &Statement,
    viewer: &Viewer,
    id: &str,
) -> Result<bool, StoreError> {
    let (scope, party) = viewer.house_parameters();
    Ok(connection.optional(statement, params![scope, party, id]).await?.is_some())
}

async fn exists(
    connection: &mut Connection,
    statement: &Statement,
    party: &PartyId,
) -> Result<bool, StoreError> {
    Ok(connection.optional(statement, params![party.as_str()]).await?.is_some())
}
