//! Where the clock of a row lies on the line of time, for order and drawing.

use std::collections::BTreeMap;

use super::Row;
use crate::law::count::{Unit, Within};
use crate::law::id::ProvisionId;
use crate::law::lawbook::Lawbook;
use crate::law::pack::{Provision, Trigger};

/// Minutes of a day.
const DAY: i64 = 24 * 60;
/// Minutes of a business day, with its share of the week's days off: seven days for five.
const BUSINESS_DAY: i64 = DAY * 7 / 5;
/// Minutes of a month of 30.4375 days: a year of 365.25 days in twelve.
const MONTH: i64 = 43_830;

/// When the clock of a row begins and ends, in minutes after what the chain arises on, if each
/// link is submitted at its strict end. A measure of size, and no deadline: those are counted in a
/// case, from its facts and by the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reach {
    pub starts: i64,
    pub ends: i64,
}

/// Returns about how many minutes a span lasts.
pub(super) fn minutes(within: Within) -> i64 {
    let amount = i64::from(within.amount);
    amount
        * match within.unit {
            Unit::Hours => 60,
            Unit::Days => DAY,
            Unit::Weeks => DAY * 7,
            Unit::Months => MONTH,
            Unit::BusinessDays => BUSINESS_DAY,
        }
}

/// Reckons the reach of every row that has a clock.
pub(super) fn reckon(book: &Lawbook, rows: &mut [Row]) {
    let lasts: BTreeMap<ProvisionId, i64> = rows
        .iter()
        .filter_map(|row| {
            let each = row.counts.iter().filter_map(|one| one.strict.as_deref());
            Some((row.provision.clone(), each.map(|span| minutes(span.within)).min()?))
        })
        .collect();
    for row in rows.iter_mut() {
        let Some(own) = lasts.get(&row.provision) else { continue };
        let starts = start(book, &lasts, &row.provision);
        row.reach = Some(Reach { starts, ends: starts + own });
    }
}

/// Adds up what comes before in the chain. It does not run in a circle: such a lawbook does not
/// load.
fn start(book: &Lawbook, lasts: &BTreeMap<ProvisionId, i64>, id: &ProvisionId) -> i64 {
    let mut sum = 0;
    let mut at = before(book, id);
    while let Some(id) = at {
        sum += lasts.get(id).copied().unwrap_or_default();
        at = before(book, id);
    }
    sum
}

/// The provision from whose submission the clock runs.
fn before<'b>(book: &'b Lawbook, id: &ProvisionId) -> Option<&'b ProvisionId> {
    let (_, provision): (_, &Provision) = book.provision(id.as_str())?;
    let from = provision.runs_from.as_ref().or(match provision.arises_on.as_slice() {
        [one] => Some(one),
        _ => None,
    });
    match from? {
        Trigger::Submitted(before) => Some(before),
        Trigger::Kind(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_different_units_are_put_in_order() {
        let written = ["1h", "24h", "2d", "72h", "1w", "5bd", "14d", "1mo"];
        let each: Vec<i64> =
            written.iter().map(|text| minutes(Within::parse(text).unwrap())).collect();
        assert!(each.is_sorted(), "{each:?}");
        assert_eq!(each[5], each[4], "five business days are a week");
    }
}
