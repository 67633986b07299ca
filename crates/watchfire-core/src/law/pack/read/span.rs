//! A span and how it is counted, from TOML to the checked form.

use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Time;
use toml::Spanned;

use super::super::{CalendarRule, Cap, Roll, Span, wire};
use super::{OF_MEMBER_STATE, Reader};
use crate::law::count::{Counts, Ends, RollRule, Unit, Within};

impl Reader<'_> {
    pub(super) fn span(&mut self, written: &Spanned<wire::Span>) -> Option<Span> {
        let at = written.span();
        let written = written.get_ref();
        if let Some(reading) = &written.reading {
            let message = "a span has no `reading` of its own".to_owned();
            self.wrong::<()>(reading.span(), message, "write it in the version, or in `also`");
        }
        let within = self.within(&written.within)?;
        let counts = self.counts(written, within, &at)?;
        let ends = self.ends(written, counts)?;
        let rolls = match &written.rolls {
            None => None,
            Some(rule) => Some(self.roll(rule, written.rolls_if.as_ref())?),
        };
        if let (None, Some(only_if)) = (&rolls, &written.rolls_if) {
            let message = "`rolls_if` without `rolls` does nothing".to_owned();
            return self.wrong(only_if.span(), message, "write `rolls`, or leave it out");
        }
        let needs_calendar = rolls.is_some() || within.unit == Unit::BusinessDays;
        let calendar = self.calendar(written, needs_calendar, &at)?;
        let no_later_than = written.no_later_than.iter().filter_map(|cap| self.cap(cap)).collect();
        let runs_from = match &written.runs_from {
            None => None,
            Some(from) => Some(self.trigger(from)?),
        };
        Some(Span { within, counts, ends, calendar, rolls, runs_from, no_later_than })
    }

    fn counts(
        &mut self,
        written: &wire::Span,
        within: Within,
        at: &Range<usize>,
    ) -> Option<Counts> {
        let counts = match written.counts.as_ref().map(|counts| counts.get_ref().as_str()) {
            None | Some("elapsed") => Counts::Elapsed,
            Some("next-full-hour") => Counts::NextFullHour,
            Some("exclude-trigger-day") => Counts::ExcludeTriggerDay,
            Some("sec-b1") => Counts::SecB1,
            Some(other) => {
                let message = format!("`{other}` is no counting rule");
                let hint = "write elapsed, next-full-hour, exclude-trigger-day or sec-b1";
                let at = written.counts.as_ref().map_or_else(|| at.clone(), Spanned::span);
                return self.wrong(at, message, hint);
            }
        };
        let fits = match counts {
            Counts::Elapsed => within.unit != Unit::BusinessDays,
            Counts::NextFullHour => within.unit == Unit::Hours,
            Counts::ExcludeTriggerDay => within.unit != Unit::Hours,
            Counts::SecB1 => within.unit == Unit::BusinessDays,
        };
        if !fits {
            let message = format!("`{within}` cannot be counted so");
            let hint = "next-full-hour counts hours, exclude-trigger-day days, weeks, months and \
                        business days, sec-b1 business days, elapsed all but business days";
            return self.wrong(at.clone(), message, hint);
        }
        Some(counts)
    }

    fn ends(&mut self, written: &wire::Span, counts: Counts) -> Option<Ends> {
        let by_days = matches!(counts, Counts::ExcludeTriggerDay | Counts::SecB1);
        let Some(ends) = &written.ends else {
            return Some(if by_days { Ends::EndOfDay } else { Ends::Exact });
        };
        match ends.get_ref().as_str() {
            "exact" if by_days => Some(Ends::EndOfDay),
            "exact" => Some(Ends::Exact),
            "end-of-day" => Some(Ends::EndOfDay),
            other => match time_of_day(other) {
                Some(time) => Some(Ends::At(time)),
                None => {
                    let message = format!("`{other}` is no end");
                    let hint = "write exact, end-of-day or a time of day such as 17:30";
                    self.wrong(ends.span(), message, hint)
                }
            },
        }
    }

    fn roll(
        &mut self,
        rule: &Spanned<String>,
        only_if: Option<&Spanned<toml::Value>>,
    ) -> Option<Roll> {
        let Some(found) = RollRule::parse(rule.get_ref()) else {
            let message =
                format!("`{}` is no rule for a last day that is a day off", rule.get_ref());
            let hint = "write next-working-day-end, noon-next-working-day, next-business-day or \
                        previous-business-day";
            return self.wrong(rule.span(), message, hint);
        };
        let only_if = match only_if {
            None => None,
            Some(condition) => Some(self.condition(condition)?),
        };
        Some(Roll { rule: found, only_if: only_if.map(Arc::new) })
    }

    #[expect(
        clippy::option_option,
        reason = "the outer one is a problem, the inner one no calendar"
    )]
    fn calendar(
        &mut self,
        written: &wire::Span,
        needed: bool,
        at: &Range<usize>,
    ) -> Option<Option<CalendarRule>> {
        let Some(calendar) = &written.calendar else {
            if needed {
                let message = "the span does not say by which calendar".to_owned();
                return self.wrong(at.clone(), message, "write `calendar`");
            }
            return Some(None);
        };
        if !needed {
            let message = "a calendar without `rolls` or business days does nothing".to_owned();
            return self.wrong(
                calendar.span(),
                message,
                "leave the calendar out, or write `rolls`",
            );
        }
        match calendar.get_ref().as_str() {
            OF_MEMBER_STATE => Some(Some(CalendarRule::OfMemberState)),
            id if self.declared.calendars.get(id).is_some() => {
                Some(Some(CalendarRule::Fixed(id.to_owned())))
            }
            id => {
                let hint = "add `calendars/<id>.toml`, or correct the name";
                self.undeclared(calendar.span(), "calendar", id, hint)
            }
        }
    }

    fn cap(&mut self, written: &Spanned<wire::Cap>) -> Option<Cap> {
        let cap = written.get_ref();
        let within = self.within(&cap.within)?;
        if within.unit == Unit::BusinessDays {
            let message = "a further limit is not counted in business days".to_owned();
            return self.wrong(cap.within.span(), message, "write h, d, w or mo");
        }
        let runs_from = self.trigger(&cap.runs_from)?;
        Some(Cap { within, runs_from, unless_past: cap.unless_past })
    }
}

/// Reads `HH:MM`.
fn time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| {
        let digits = part.len() == 2 && part.bytes().all(|sign| sign.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    };
    Time::new(two(hour)?, two(minute)?, 0, 0).ok()
}
