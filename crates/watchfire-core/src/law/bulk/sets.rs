//! Sets of the roles of organizations; most cases share few of them.

use std::collections::BTreeMap;

/// Every set that was met, found role by role: which set has one role more than another.
#[derive(Debug, Clone)]
pub(super) struct RoleSets {
    all: Vec<Vec<u32>>,
    with: BTreeMap<(u32, u32), u32>,
}

/// The number of the set of no role.
pub(super) const NO_ROLE: u32 = 0;

impl Default for RoleSets {
    fn default() -> Self {
        Self { all: vec![Vec::new()], with: BTreeMap::new() }
    }
}

impl RoleSets {
    /// Returns the number of a set with one role more.
    pub(super) fn with(&mut self, set: u32, role: u32) -> u32 {
        let new = u32::try_from(self.all.len()).unwrap_or(NO_ROLE);
        let grown = *self.with.entry((set, role)).or_insert(new);
        if grown == new {
            let mut roles = self.roles(set).to_vec();
            roles.push(role);
            self.all.push(roles);
        }
        grown
    }

    /// Returns the roles of a set.
    pub(super) fn roles(&self, set: u32) -> &[u32] {
        self.all.get(set as usize).map_or(&[], Vec::as_slice)
    }

    /// Returns how many sets there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_roles_are_one_set() {
        let mut sets = RoleSets::default();
        let mut of = |roles: &[u32]| roles.iter().fold(NO_ROLE, |set, role| sets.with(set, *role));
        let (both, one, none) = (of(&[3, 7]), of(&[7]), of(&[]));
        assert_eq!((of(&[3, 7]), of(&[7]), of(&[])), (both, one, none));
        assert!(both != one && one != none && both != none);
        assert_eq!(sets.roles(both), [3, 7]);
        assert_eq!((sets.roles(one), sets.roles(none)), (&[7][..], &[][..]));
    }
}
