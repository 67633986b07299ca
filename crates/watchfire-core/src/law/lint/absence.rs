//! Cases in which something must not arise.
//!
//! The first half of a border pair is none: there the day alone decides. Here the provision is in
//! force, and it is for what happened, for whom it binds or for an answer that nothing is owed.

use jiff::tz::TimeZone;

use super::border::{arises_on, owes, zone_for};
use crate::law::case_file::Case;
use crate::law::fact::Fact;
use crate::law::lawbook::Lawbook;
use crate::law::pack::{Pack, Provision};

/// Whether `case` expects that `provision` is not owed, and says something by it.
///
/// It says nothing where nobody would look for it: somebody who does not owe it, and to whom
/// nothing happened on which it arises.
pub(super) fn shows(case: &Case, pack: &Pack, provision: &Provision, laws: &Lawbook) -> bool {
    let expected = case.expects.iter().any(|expect| {
        expect.obligation == provision.id && expect.is_absence() && !expect.is_foreseen()
    });
    let Some(zone) = zone_for(case, pack, laws).filter(|_| expected) else { return false };
    let facts = &case.question.facts;
    let arising: Vec<&Fact> = facts.iter().filter(|fact| arises_on(fact, provision)).collect();
    if arising.is_empty() {
        return owes(case, provision) && facts.iter().any(|fact| applies(provision, fact, &zone));
    }
    arising.into_iter().any(|fact| applies(provision, fact, &zone))
}

/// Whether a version of `provision` is in force at all of `fact`.
fn applies(provision: &Provision, fact: &Fact, zone: &TimeZone) -> bool {
    let [first, last] =
        [fact.occurred.lo(), fact.occurred.last()].map(|instant| zone.to_datetime(instant).date());
    // The last version that has begun: an earlier one ends with it at the latest.
    let begun = provision.versions.iter().rfind(|version| version.effective_from <= first);
    begun.is_some_and(|version| version.effective_to.is_none_or(|to| last < to))
}
