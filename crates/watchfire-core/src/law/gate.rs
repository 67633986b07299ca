//! What the laws say of something that is about to leave the house: the prohibitions that bar a
//! recipient, or a publication.

use super::condition::Answer;
use super::engine;
use super::id::{FactKind, PredicateId, ProvisionId};
use super::lawbook::Lawbook;
use super::pack::{Class, Pack, Provision};
use super::question::Question;

/// The jurisdiction of norms that are of no country.
const GLOBAL: &str = "global";

/// What is about to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// Something of the case is given to a named recipient.
    Giving,
    /// The vulnerability is published.
    Publishing,
}

impl Act {
    /// Returns the word that packs and events write.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Giving => "giving",
            Self::Publishing => "publishing",
        }
    }

    /// Reads the word that packs and events write.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Giving, Self::Publishing].into_iter().find(|act| act.as_str() == text)
    }
}

/// What is known of a recipient, as far as laws ask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recipient {
    /// Code of the country or jurisdiction in which it is, if anybody knows.
    pub country: Option<String>,
    /// It makes or maintains the product or component concerned.
    pub is_product_provider: bool,
}

/// How a gate answers a predicate by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AtGate {
    /// Yes where the recipient is in this country.
    RecipientIn(String),
    /// Yes where the recipient provides the product.
    RecipientProvidesProduct,
    /// Yes once such a fact is recorded; no as long as it is not and nobody has said otherwise.
    Recorded(FactKind),
}

/// A prohibition that is in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// The provision.
    pub provision: ProvisionId,
    /// What would lift it and nobody has answered.
    pub undecided: Vec<PredicateId>,
    /// Whether it binds an organization of this kind is debated: somebody has to decide.
    pub debated: bool,
}

impl Lawbook {
    /// Returns the prohibitions in force that bar `act` towards `recipient`, in the order of the
    /// packs. One whose lifting is undecided bars.
    pub fn bars(&self, question: &Question, act: Act, recipient: &Recipient) -> Vec<Bar> {
        let mut found = Vec::new();
        for (pack, provision) in self.gates(act) {
            let binds = provision.owed_by.iter().any(|role| question.roles.contains(role));
            let may_bind = provision.may_bind.iter().any(|role| question.roles.contains(role));
            if !binds && !may_bind {
                continue;
            }
            let lifted = engine::lifted(self, question, pack, provision, recipient);
            if let Some((Answer::No | Answer::Undecided, undecided)) = lifted {
                let debated = !binds;
                found.push(Bar { provision: provision.id.clone(), undecided, debated });
            }
        }
        found
    }

    fn gates(&self, act: Act) -> impl Iterator<Item = (&Pack, &Provision)> {
        let all =
            self.packs().iter().flat_map(|pack| pack.provisions.iter().map(move |it| (pack, it)));
        all.filter(move |(_, it)| it.class == Class::Prohibition && it.gates.contains(&act))
    }

    /// Returns what is known of an authority: where its law says it is, and whether it provides
    /// the product. `None` for what does not leave the house.
    pub fn recipient(&self, pack: &Pack, owed_to: &str) -> Option<Recipient> {
        if owed_to == "internal" {
            return None;
        }
        let declared = pack.authorities.get(owed_to);
        let is_product_provider = declared.is_some_and(|it| it.provides_product);
        // Users, clients and the public may be anywhere, and a norm of the world has no seat.
        let has_seat = pack.jurisdiction != GLOBAL;
        let country =
            declared.filter(|it| has_seat && !it.anywhere).map(|_| pack.jurisdiction.clone());
        Some(Recipient { country, is_product_provider })
    }
}
