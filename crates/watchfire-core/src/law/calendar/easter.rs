//! The date of Easter, by the reckoning of the western and of the orthodox churches.

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};

/// Days that the Julian calendar lags behind the Gregorian one in `year`, from March on.
fn julian_lag_days(year: i16) -> i64 {
    let century = i64::from(year) / 100;
    century - century / 4 - 2
}

/// Returns Easter Sunday of the western churches in `year`.
///
/// Source: the anonymous Gregorian computus of 1876.
pub(super) fn western(year: i16) -> Date {
    let y = i64::from(year);
    let golden = y % 19;
    let (century, in_century) = (y / 100, y % 100);
    let moon_shift = (century + 8) / 25;
    let moon_correction = (century - moon_shift + 1) / 3;
    let epact = (19 * golden + century - century / 4 - moon_correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (in_century / 4) - epact - in_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    march(year, epact + weekday - 7 * late + 22)
}

/// Returns Easter Sunday of the orthodox churches in `year`, as a Gregorian date.
///
/// Source: the Julian computus after Meeus, *Astronomical Algorithms*, chapter 8.
pub(super) fn orthodox(year: i16) -> Date {
    let y = i64::from(year);
    let epact = (19 * (y % 19) + 15) % 30;
    let weekday = (2 * (y % 4) + 4 * (y % 7) - epact + 34) % 7;
    march(year, epact + weekday + 22 + julian_lag_days(year))
}

/// The day `day` of March, where days after the 31st run on into the next months.
fn march(year: i16, day: i64) -> Date {
    let since_first: Span = (day - 1).days();
    date(year, 3, 1).saturating_add(since_first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn western_easter_falls_where_the_churches_kept_it() {
        for (year, expected) in [
            (1818, date(1818, 3, 22)),
            (1943, date(1943, 4, 25)),
            (2008, date(2008, 3, 23)),
            (2021, date(2021, 4, 4)),
            (2024, date(2024, 3, 31)),
            (2027, date(2027, 3, 28)),
            (2038, date(2038, 4, 25)),
            (2285, date(2285, 3, 22)),
        ] {
            assert_eq!(western(year), expected);
        }
    }

    #[test]
    fn orthodox_easter_falls_where_the_churches_kept_it() {
        for (year, expected) in [
            (1899, date(1899, 4, 30)),
            (2010, date(2010, 4, 4)),
            (2021, date(2021, 5, 2)),
            (2024, date(2024, 5, 5)),
            (2025, date(2025, 4, 20)),
            (2027, date(2027, 5, 2)),
            (2100, date(2100, 5, 2)),
        ] {
            assert_eq!(orthodox(year), expected);
        }
    }
}
