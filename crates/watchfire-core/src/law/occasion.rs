//! On what occasion something is owed: for a vulnerability, or for an incident.

use std::collections::BTreeSet;

use super::lawbook::Lawbook;
use super::pack::{Provision, Trigger};

/// What has to happen first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Occasion {
    Vulnerability,
    Incident,
}

impl Occasion {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Vulnerability, Self::Incident];

    /// Returns the word that is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vulnerability => "vulnerability",
            Self::Incident => "incident",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occasion| occasion.as_str() == text)
    }
}

impl Lawbook {
    /// Returns the occasions on which a provision is owed; none where it waits for no fact and
    /// always holds.
    ///
    /// A kind says in `facts.toml` what it is `about`, and a submission is made on the occasion of
    /// what it meets. What arises on neither, such as the request of an authority, has the
    /// occasions of the other provisions of its law, and every one where those have none.
    pub fn occasions(&self, provision: &Provision) -> BTreeSet<Occasion> {
        let own = self.own_occasions(provision);
        if !own.is_empty() || !waits_for_a_fact(provision) {
            return own;
        }
        let pack = self.provision(provision.id.as_str()).map(|(pack, _)| pack);
        let others = pack.into_iter().flat_map(|pack| &pack.provisions);
        let of_law: BTreeSet<Occasion> =
            others.flat_map(|other| self.own_occasions(other)).collect();
        if of_law.is_empty() { Occasion::ALL.into() } else { of_law }
    }

    fn own_occasions(&self, provision: &Provision) -> BTreeSet<Occasion> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![provision];
        while let Some(at) = open.pop() {
            if !seen.insert(&at.id) {
                continue;
            }
            for kind in at.provisional_on.keys() {
                found.extend(self.words().about.get(kind).into_iter().flatten());
            }
            for trigger in &at.arises_on {
                match trigger {
                    Trigger::Kind(kind) => {
                        found.extend(self.words().about.get(kind).into_iter().flatten());
                    }
                    Trigger::Submitted(id) => {
                        open.extend(self.provision(id.as_str()).map(|(_, next)| next));
                    }
                }
            }
        }
        found
    }
}

fn waits_for_a_fact(provision: &Provision) -> bool {
    !provision.arises_on.is_empty() || !provision.provisional_on.is_empty()
}
