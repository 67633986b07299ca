//! The dated versions of a provision and their spans, from TOML to the checked form.

use std::ops::Range;

use toml::Spanned;

use super::super::wire;
use super::super::{CalendarRule, Class, Pack, Span, Version};
use super::{OF_MEMBER_STATE, Reader};
use crate::law::count::{Counts, Unit};

impl Reader<'_> {
    pub(super) fn versions(
        &mut self,
        pack: &Pack,
        class: Class,
        written: &[Spanned<wire::Version>],
    ) -> Vec<Version> {
        let mut versions: Vec<Version> = Vec::new();
        for version in written {
            let Some(found) = self.version(pack, class, version) else { continue };
            if let Some(before) = versions.last() {
                let until = before.effective_to.unwrap_or(before.effective_from);
                if found.effective_from <= before.effective_from || found.effective_from < until {
                    let message = format!(
                        "the version from {} is out of order or overlaps",
                        found.effective_from
                    );
                    let hint = "order versions by `effective_from` and let none begin before the other ends";
                    self.problem(version.span(), "versions", message, hint);
                }
            }
            versions.push(found);
        }
        versions
    }

    fn version(
        &mut self,
        pack: &Pack,
        class: Class,
        written: &Spanned<wire::Version>,
    ) -> Option<Version> {
        let span = written.span();
        let written = written.get_ref();
        let effective_from = self.date(&written.effective_from)?;
        let effective_to = written.effective_to.as_ref().and_then(|date| self.date(date));
        if effective_to.is_some_and(|to| to <= effective_from) {
            let message = "the version ends before it begins".to_owned();
            self.problem(
                span.clone(),
                "versions",
                message,
                "`effective_to` is the first day after it",
            );
        }
        let reading = written.reading.as_ref().and_then(|id| self.reading(pack, id));
        let timed = (&written.strict, &written.target);
        let strict = match (class, timed) {
            (Class::Hard, (Some(strict), None)) => self.span(strict),
            (Class::Soft, (None, Some(target))) => self.span(target),
            (Class::Hard, (None, None)) | (Class::Soft, (None, None)) => None,
            (_, (None, None)) => None,
            _ => {
                let message = format!("a {class} provision cannot have these spans");
                let hint =
                    "hard provisions have `strict` and `outer`, soft ones `target`, others none";
                self.wrong(span.clone(), message, hint)
            }
        };
        let outer = written.outer.as_ref().and_then(|outer| self.span(outer));
        if outer.is_some() && class != Class::Hard {
            let message = format!("a {class} provision has no `outer`");
            self.wrong::<()>(span.clone(), message, "only hard clocks have two instants");
        }
        let mut also = Vec::new();
        for other in &written.also {
            let id = other.get_ref().reading.as_ref().and_then(|id| self.reading(pack, id));
            let counted = self.span(&Spanned::new(
                other.span(),
                wire::Span { reading: None, ..other.get_ref().clone() },
            ));
            match (id, counted) {
                (Some(id), Some(counted)) => also.push((id, counted)),
                _ if other.get_ref().reading.is_none() => {
                    let message = "a span of `also` names no reading".to_owned();
                    self.wrong::<()>(other.span(), message, "write `reading = \"…\"` in it");
                }
                _ => {}
            }
        }
        Some(Version {
            effective_from,
            effective_to,
            strict,
            outer,
            reading,
            also,
            cites: written.cites.clone(),
            note: written.note.clone(),
            span,
        })
    }

    fn reading(&mut self, pack: &Pack, written: &Spanned<String>) -> Option<String> {
        let id = written.get_ref();
        if !pack.readings.contains_key(id) {
            let hint = "record it as a `[[reading]]` in this file, or correct the name";
            return self.undeclared(written.span(), "reading", id, hint);
        }
        Some(id.clone())
    }

    fn span(&mut self, written: &Spanned<wire::Span>) -> Option<Span> {
        let at = written.span();
        let written = written.get_ref();
        if let Some(reading) = &written.reading {
            let message = "a span has no `reading` of its own".to_owned();
            self.wrong::<()>(reading.span(), message, "write it in the version, or in `also`");
        }
        let within = self.within(&written.within)?;
        let counts = match written.counts.as_ref().map(|counts| counts.get_ref().as_str()) {
            None | Some("elapsed") => Counts::Elapsed,
            Some("next-full-hour") => Counts::NextFullHour,
            Some("exclude-trigger-day") => Counts::ExcludeTriggerDay,
            Some(other) => {
                let message = format!("`{other}` is no counting rule");
                let hint = "write elapsed, next-full-hour or exclude-trigger-day";
                return self.wrong(at, message, hint);
            }
        };
        let end_of_day = match written.ends.as_ref().map(|ends| ends.get_ref().as_str()) {
            None | Some("exact") => counts == Counts::ExcludeTriggerDay,
            Some("end-of-day") => true,
            Some(other) => {
                return self.wrong(at, format!("`{other}` is no end"), "write exact or end-of-day");
            }
        };
        let hours = within.unit == Unit::Hours;
        if hours != (counts == Counts::NextFullHour) && counts != Counts::Elapsed {
            let message = format!("`{within}` cannot be counted so");
            let hint = "next-full-hour counts hours, exclude-trigger-day days, weeks and months";
            return self.wrong(at, message, hint);
        }
        let rolls = self.rolls(&at, written)?;
        Some(Span { within, counts, end_of_day, rolls })
    }

    #[expect(
        clippy::option_option,
        reason = "the outer one is a problem, the inner one no rolling"
    )]
    fn rolls(&mut self, at: &Range<usize>, written: &wire::Span) -> Option<Option<CalendarRule>> {
        match written.rolls.as_ref().map(|rolls| rolls.get_ref().as_str()) {
            None if written.calendar.is_none() => return Some(None),
            Some("next-working-day-end") => {}
            None => {
                let message = "a calendar without `rolls` does nothing".to_owned();
                return self.wrong(at.clone(), message, "write `rolls`, or leave the calendar out");
            }
            Some(other) => {
                let message = format!("`{other}` is no rule for a last day that is a day off");
                return self.wrong(at.clone(), message, "write next-working-day-end");
            }
        }
        match written.calendar.as_ref().map(|calendar| calendar.get_ref().as_str()) {
            Some(OF_MEMBER_STATE) => Some(Some(CalendarRule::OfMemberState)),
            Some(id) if self.declared.calendars.get(id).is_some() => {
                Some(Some(CalendarRule::Fixed(id.to_owned())))
            }
            Some(id) => {
                let span = written.calendar.as_ref().map(Spanned::span).unwrap_or_default();
                let hint = "add `calendars/<id>.toml`, or correct the name";
                self.undeclared(span, "calendar", id, hint)
            }
            None => {
                let message = "`rolls` does not say by which calendar".to_owned();
                self.wrong(at.clone(), message, "write `calendar`")
            }
        }
    }
}
