//! Instants as versions: `vers:datetime`.
//!
//! Source: vers-spec, type `datetime`; RFC 3339 with a capital T and Z, in any offset.

use std::cmp::Ordering;

use super::Version;
use super::number::{Number, split_digits};
use crate::key::KeyWriter;

const SECONDS_A_DAY: i64 = 86_400;

/// Seconds since the year 0, and the digits of the fraction without zeros at the end.
pub(crate) struct Datetime<'a> {
    seconds: i64,
    fraction: &'a str,
}

impl<'a> Version<'a> for Datetime<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (date, time) = text.split_once('T')?;
        let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
        let (clock, rest) = time.split_at_checked(8)?;
        let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
        let (fraction, offset) = match rest.strip_prefix('.') {
            None => ("", rest),
            Some(rest) => {
                let (digits, offset) = split_digits(rest);
                (!digits.is_empty()).then_some((digits, offset))?
            }
        };
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let fine = (1..=12).contains(&month)
            && (1..=month_days(month, leap)).contains(&day)
            && hour < 24
            && minute < 60
            && second <= 60;
        let offset = offset_seconds(offset)?;
        let seconds = days(year, month, day) * SECONDS_A_DAY + hour * 3600 + minute * 60 + second;
        let fraction = fraction.trim_end_matches('0');
        fine.then_some(Self { seconds: seconds - offset, fraction })
    }

    fn order(&self, other: &Self) -> Ordering {
        self.seconds.cmp(&other.seconds).then_with(|| self.fraction.cmp(other.fraction))
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        // An offset can lead at most a day before the year 0.
        let seconds = self.seconds + SECONDS_A_DAY;
        key.number(Number::of_digits(&seconds.to_string()));
        key.text(self.fraction);
        Some(())
    }
}

/// Three numbers of fixed widths between separators.
fn numbers(text: &str, separator: char, widths: [usize; 3]) -> Option<[i64; 3]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; 3];
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next().filter(|part| part.len() == width)?;
        Number::new(part)?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn month_days(month: i64, leap: bool) -> i64 {
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since the first of March of the year 0, which the Gregorian calendar makes easy to count.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // January and February count to the year before; 400 years keep all of them positive.
    let year = if month > 2 { year } else { year - 1 } + 400;
    let month = (month + 9) % 12;
    year * 365 + year / 4 - year / 100 + year / 400 + (month * 306 + 5) / 10 + day
}

fn offset_seconds(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let sign = match text.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = text[1..].split_once(':')?;
    let number = |digits: &str| -> Option<i64> {
        Number::new(digits).filter(|_| digits.len() == 2)?;
        digits.parse().ok()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}
