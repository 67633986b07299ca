//! How the rules that speak of a value come off.

use std::rc::Rc;

use crate::sbom::problem::Problem;

/// Whether a rule holds, and if not, why; `Told` where that has been reported already.
#[derive(Debug, Clone, Default)]
pub(super) enum Fate {
    #[default]
    Holds,
    Told,
    Fails(Rc<Problem>),
}

/// The fates of rules, by their places. Those after the last that does not hold are left out: mostly
/// all hold, and this is nothing.
#[derive(Debug, Default)]
pub(super) struct Fates(Vec<Fate>);

impl Fates {
    pub(super) fn of(&self, at: usize) -> &Fate {
        self.0.get(at).unwrap_or(&Fate::Holds)
    }

    pub(super) fn holds(&self, at: usize) -> bool {
        matches!(self.of(at), Fate::Holds)
    }

    pub(super) fn all_hold(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn put(&mut self, at: usize, fate: Fate) {
        if self.0.len() <= at {
            self.0.resize(at + 1, Fate::Holds);
        }
        self.0[at] = fate;
    }
}

/// What was found of a value: the fate of each rule asked, and what tells it from other values.
#[derive(Default)]
pub(super) struct Found {
    pub(super) fates: Fates,
    /// Nothing, where nobody wants to tell it from others.
    pub(super) digest: u128,
}
