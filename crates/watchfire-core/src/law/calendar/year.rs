//! The working days of one year, so that counting them costs the same for any number.

use jiff::civil::Date;

/// Words of 64 days; a year has at most 366.
const WORDS: usize = 6;

/// A bit for each day of a year that is a working day, the first of January first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct WorkingDays {
    words: [u64; WORDS],
}

impl WorkingDays {
    /// Reckons the year from what its days are.
    pub(super) fn of(year: i16, is_working: impl Fn(Date) -> bool) -> Self {
        let mut found = Self::default();
        let mut next = Date::new(year, 1, 1).ok();
        while let Some(day) = next.filter(|day| day.year() == year) {
            if is_working(day) {
                let place = place(day);
                found.words[place / 64] |= 1 << (place % 64);
            }
            next = day.tomorrow().ok();
        }
        found
    }

    /// How many there are.
    pub(super) fn total(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// How many there are until `day`, the day itself among them.
    pub(super) fn until(&self, day: Date) -> u32 {
        let place = place(day);
        let whole: u32 = self.words[..place / 64].iter().map(|word| word.count_ones()).sum();
        let kept = u64::MAX >> (63 - place % 64);
        whole + (self.words[place / 64] & kept).count_ones()
    }

    /// The `nth` of them, counted from 1.
    pub(super) fn nth(&self, nth: u32, year: i16) -> Option<Date> {
        let mut left = nth.checked_sub(1)?;
        for (at, word) in self.words.iter().enumerate() {
            let here = word.count_ones();
            if left < here {
                let mut rest = *word;
                for _ in 0..left {
                    rest &= rest - 1;
                }
                let place =
                    i16::try_from(at * 64).ok()? + i16::try_from(rest.trailing_zeros()).ok()?;
                let first = Date::new(year, 1, 1).ok()?;
                return first.with().day_of_year(place + 1).build().ok();
            }
            left -= here;
        }
        None
    }
}

/// The place of a day in its year, from 0.
fn place(day: Date) -> usize {
    usize::try_from(day.day_of_year() - 1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nth_is_the_inverse_of_the_count() {
        for year in [2023, 2024] {
            let odd = WorkingDays::of(year, |day| day.day_of_year() % 3 != 1);
            for nth in 1..=odd.total() {
                let day = odd.nth(nth, year).expect("a day");
                assert_eq!(odd.until(day), nth);
                assert_ne!(day.day_of_year() % 3, 1);
            }
            assert_eq!(odd.nth(0, year), None);
            assert_eq!(odd.nth(odd.total() + 1, year), None);
        }
    }
}
