//! A message to a person: whom, about what, and why. Never what it says.
//!
//! The text is made when it is sent, with the rights and in the language of its reader, so that
//! somebody removed meanwhile learns nothing and an embargoed case shows no detail.

use sha2::{Digest, Sha256};

use crate::ids::{AmendmentId, CaseId, DepartmentId, NoticeId, ObligationId, PartyId};

/// A message that must leave the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The same for the same reason, so that it is sent once, however often it is decided.
    pub id: NoticeId,
    /// To whom.
    pub recipient: PartyId,
    /// About which case; a test notice is about none.
    pub case: Option<CaseId>,
    /// About which obligation.
    pub obligation: Option<ObligationId>,
    /// Why.
    pub kind: NoticeKind,
    /// Tells one notice of a kind from the next: the rung, or an instant.
    pub mark: String,
}

/// Why a person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeKind {
    /// A rung of the chain was reached.
    Rung,
    /// The holder did not acknowledge in time.
    NotAcknowledged,
    /// Somebody was given an obligation.
    Assigned,
    /// A question on which a clock hangs waits for an answer.
    Question,
    /// Somebody asked for the next of the chain.
    Escalated,
    /// Somebody was let into the case, because the chain reached them.
    LetIn,
    /// Somebody asked for it, to see whether notices arrive.
    Test,
    /// The node cannot do its work by itself: a notice did not arrive, a row cannot be read.
    Trouble,
    /// A change of law was proposed, and nobody has agreed what it means.
    ReviewLaw,
    /// A department has yet to acknowledge a change of law.
    AcknowledgeLaw,
}

impl NoticeKind {
    const ALL: [Self; 10] = [
        Self::Rung,
        Self::NotAcknowledged,
        Self::Assigned,
        Self::Question,
        Self::Escalated,
        Self::LetIn,
        Self::Test,
        Self::Trouble,
        Self::ReviewLaw,
        Self::AcknowledgeLaw,
    ];

    /// Returns the name that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rung => "rung",
            Self::NotAcknowledged => "not-acknowledged",
            Self::Assigned => "assigned",
            Self::Question => "question",
            Self::Escalated => "escalated",
            Self::LetIn => "let-in",
            Self::Test => "test",
            Self::Trouble => "trouble",
            Self::ReviewLaw => "review-law",
            Self::AcknowledgeLaw => "acknowledge-law",
        }
    }

    /// Reads a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl Notice {
    /// Makes a notice about an obligation; the id follows from the arguments alone.
    pub fn about(
        case: &CaseId,
        obligation: &ObligationId,
        recipient: &PartyId,
        kind: NoticeKind,
        mark: &str,
    ) -> Self {
        let id =
            name(&[case.as_str(), obligation.as_str(), recipient.as_str(), kind.as_str(), mark]);
        Self {
            id,
            recipient: recipient.clone(),
            case: Some(case.clone()),
            obligation: Some(obligation.clone()),
            kind,
            mark: mark.to_owned(),
        }
    }

    /// Makes the notice by which somebody sees whether notices arrive. `mark` tells it from others.
    pub fn test(recipient: &PartyId, mark: &str) -> Self {
        Self::of_node(recipient, NoticeKind::Test, mark)
    }

    /// Makes the notice that the node needs a person. `mark` says where: a room and a row in it,
    /// nothing of what they hold.
    pub fn trouble(recipient: &PartyId, mark: &str) -> Self {
        Self::of_node(recipient, NoticeKind::Trouble, mark)
    }

    /// Makes a notice about a change of law, and about the acknowledgement of a department if one
    /// is named. Its mark says which, and the rung.
    pub fn of_law(
        amendment: &AmendmentId,
        department: Option<&DepartmentId>,
        recipient: &PartyId,
        kind: NoticeKind,
        rung: &str,
    ) -> Self {
        let department = department.map_or("-", DepartmentId::as_str);
        Self::of_node(recipient, kind, &format!("{amendment} {department} {rung}"))
    }

    fn of_node(recipient: &PartyId, kind: NoticeKind, mark: &str) -> Self {
        Self {
            id: name(&["", "", recipient.as_str(), kind.as_str(), mark]),
            recipient: recipient.clone(),
            case: None,
            obligation: None,
            kind,
            mark: mark.to_owned(),
        }
    }
}

fn name(parts: &[&str]) -> NoticeId {
    let mut hash = Sha256::new_with_prefix(b"watchfire notice\0");
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let mut bytes = [0; NoticeId::RANDOM_BYTES];
    bytes.copy_from_slice(&hash.finalize()[..NoticeId::RANDOM_BYTES]);
    NoticeId::from_random(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_reason_gives_the_same_notice_and_another_reason_another() {
        let case = CaseId::from_random([1; 5]);
        let obligation = ObligationId::from_random([2; 10]);
        let [ann, bob] = [3, 4].map(|n| PartyId::from_random([n; 5]));
        let notice = |who: &PartyId, mark: &str| {
            Notice::about(&case, &obligation, who, NoticeKind::Rung, mark).id
        };
        assert_eq!(notice(&ann, "50%"), notice(&ann, "50%"));
        assert_ne!(notice(&ann, "50%"), notice(&bob, "50%"));
        assert_ne!(notice(&ann, "50%"), notice(&ann, "75%"));
        assert_ne!(notice(&ann, "50%"), Notice::test(&ann, "50%").id);
    }

    #[test]
    fn a_kind_is_read_as_it_is_written() {
        for kind in NoticeKind::ALL {
            assert_eq!(NoticeKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(NoticeKind::parse("Assigned"), None);
    }
}
