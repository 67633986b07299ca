//! Instants and spans in words.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::law::count::{Unit, Within};
use crate::law::text::Language;

/// Returns the instant in UTC and, where a zone is given, beside it on the wall there.
pub(super) fn tell(at: Timestamp, zone: Option<&str>, language: Language) -> String {
    let utc = format!("{} UTC", wall(TimeZone::UTC.to_datetime(at)));
    let local = zone.filter(|zone| *zone != "UTC").and_then(|name| {
        let zone = TimeZone::get(name).ok()?;
        Some((wall(zone.to_datetime(at)), name))
    });
    match (local, language) {
        (None, _) => utc,
        (Some((local, name)), Language::En) => format!("{utc} ({local} {name})"),
        (Some((local, name)), Language::ZhCn) => format!("{utc}（{name} 当地 {local}）"),
    }
}

/// Minutes, and what is finer only where there is something.
fn wall(at: DateTime) -> String {
    let minutes = at.strftime("%Y-%m-%d %H:%M");
    match (at.second(), at.subsec_nanosecond()) {
        (0, 0) => minutes.to_string(),
        (second, 0) => format!("{minutes}:{second:02}"),
        (second, nanos) => {
            let fraction = format!("{nanos:09}");
            format!("{minutes}:{second:02}.{}", fraction.trim_end_matches('0'))
        }
    }
}

/// Returns the span in its own unit: `24 hours`, `1 month`.
pub(super) fn span(within: Within, language: Language) -> String {
    let amount = within.amount;
    match language {
        Language::En => {
            let unit = match within.unit {
                Unit::Hours => "hour",
                Unit::Days => "day",
                Unit::Weeks => "week",
                Unit::Months => "month",
                Unit::BusinessDays => "business day",
            };
            format!("{amount} {unit}{}", if amount == 1 { "" } else { "s" })
        }
        Language::ZhCn => {
            let unit = match within.unit {
                Unit::Hours => "小时",
                Unit::Days => "日",
                Unit::Weeks => "周",
                Unit::Months => "个月",
                Unit::BusinessDays => "个工作日",
            };
            format!("{amount} {unit}")
        }
    }
}
