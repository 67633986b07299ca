//! What was owed at any instant, as known at any instant: the past computes as it did.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Case, House, Refusal};
use crate::ids::ObligationId;
use crate::law::{self, Class};
use crate::obligation;

impl Case {
    /// Asks the laws what was owed at `now`, as known at `known_at`: the clocks of law and of the
    /// house, each under its name in this case, with the way it was computed.
    ///
    /// # Errors
    /// [`Refusal::Fact`] if a recorded fact cannot be read with these laws.
    pub fn owed_at(
        &self,
        house: &House<'_>,
        now: Timestamp,
        known_at: Option<Timestamp>,
    ) -> Result<BTreeMap<ObligationId, law::Obligation>, Refusal> {
        let question = self.question(house, Some(now), known_at)?;
        let timed = |owed: &law::Obligation| matches!(owed.class, Class::Hard | Class::Soft);
        let owed = house.law.obligations(&question).into_iter().filter(timed);
        let named = owed.map(|owed| {
            let each = owed.per_fact.then_some(owed.from_fact.as_ref()).flatten();
            let each = each.map(|fact| fact.as_str());
            (obligation::name(&self.id, owed.provision.as_str(), each), owed)
        });
        Ok(named.collect())
    }
}
