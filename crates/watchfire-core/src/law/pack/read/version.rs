//! The dated versions of a provision and their spans, from TOML to the checked form.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;

use super::super::wire;
use super::super::{Class, Pack, Proposal, Span, Variant, Version};
use super::Reader;

/// `strict`, `outer` and `target` as they are written.
pub(super) type Written<'w> = (
    Option<&'w Spanned<wire::Span>>,
    Option<&'w Spanned<wire::Span>>,
    Option<&'w Spanned<wire::Span>>,
);

impl Reader<'_> {
    pub(super) fn versions(
        &mut self,
        pack: &Pack,
        class: Class,
        written: &[&Spanned<wire::Version>],
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
        let Some(effective_from) = &written.effective_from else {
            let message = "a version does not say from when on it applies".to_owned();
            let hint = "write `effective_from`, or `status = \"proposed\"` where it is no law yet";
            return self.wrong(span, message, hint);
        };
        let effective_from = self.date(effective_from)?;
        let effective_to = written.effective_to.as_ref().and_then(|date| self.date(date));
        if effective_to.is_some_and(|to| to <= effective_from) {
            let message = "the version ends before it begins".to_owned();
            let hint = "`effective_to` is the first day after it";
            self.problem(span.clone(), "versions", message, hint);
        }
        if let Some(proposed_on) = &written.proposed_on {
            let message = "what applies is not proposed".to_owned();
            let hint = "write `adopted_on`, or `status = \"proposed\"` where it is no law yet";
            self.wrong::<()>(proposed_on.span(), message, hint);
        }
        let reading = written.reading.as_ref().and_then(|id| self.reading(pack, id)).map(Arc::from);
        let ends = (written.strict.as_ref(), written.outer.as_ref(), written.target.as_ref());
        let (strict, outer) = self.two_ends(class, &span, ends);
        let mut variants = self.variants(class, &written.variant);
        if !variants.is_empty() && strict.is_none() {
            let message = "the variants leave open what holds where none fits".to_owned();
            let hint = "write the `strict` or `target` of all others in the version itself";
            self.wrong::<()>(span.clone(), message, hint);
        }
        let mut table = Vec::new();
        if let Some(written_table) = &written.table {
            if strict.is_some() || !variants.is_empty() {
                let message = "a version has spans of its own or a table, not both".to_owned();
                self.wrong::<()>(written_table.span(), message, "leave one of them out");
            }
            (table, variants) = self.table(class, written_table)?;
        }
        Some(Version {
            effective_from,
            effective_to,
            adopted_on: written.adopted_on.as_ref().and_then(|date| self.date(date)),
            strict,
            outer,
            variants,
            table,
            period_unknown: written.period_unknown.clone(),
            reading,
            also: self.also(pack, &written.also),
            cites: written.cites.clone(),
            note: written.note.clone(),
            span,
        })
    }

    /// Reads what is proposed. It has no date in force, or one that is foreseen.
    pub(super) fn proposals(
        &mut self,
        class: Class,
        written: &[&Spanned<wire::Version>],
    ) -> Vec<Proposal> {
        written.iter().map(|version| self.proposal(class, version)).collect()
    }

    fn proposal(&mut self, class: Class, written: &Spanned<wire::Version>) -> Proposal {
        let span = written.span();
        let written = written.get_ref();
        for date in written.effective_to.iter().chain(&written.adopted_on) {
            let message = "what is proposed has neither been adopted nor does it end".to_owned();
            self.wrong::<()>(date.span(), message, "leave this day out, or the status");
        }
        if written.table.is_some() || !written.variant.is_empty() || !written.also.is_empty() {
            let message =
                "a proposal has one span, without variants, tables and readings".to_owned();
            self.wrong::<()>(span.clone(), message, "write the rest when it is adopted");
        }
        let ends = (written.strict.as_ref(), written.outer.as_ref(), written.target.as_ref());
        let (strict, outer) = self.two_ends(class, &span, ends);
        Proposal {
            proposed_on: written.proposed_on.as_ref().and_then(|date| self.date(date)),
            foreseen_from: written.effective_from.as_ref().and_then(|date| self.date(date)),
            strict,
            outer,
            cites: written.cites.clone(),
            note: written.note.clone(),
            span,
        }
    }

    /// Reads the two ends that a class of provisions may have; the target of a soft one is its
    /// strict end.
    pub(super) fn two_ends(
        &mut self,
        class: Class,
        at: &Range<usize>,
        (strict, outer, target): Written<'_>,
    ) -> (Option<Arc<Span>>, Option<Arc<Span>>) {
        let strict = match (class, strict, target) {
            (Class::Hard, Some(strict), None) => self.span(strict),
            (Class::Soft, None, Some(target)) => self.span(target),
            (_, None, None) => None,
            _ => {
                let message = format!("a {class} provision cannot have these spans");
                let hint =
                    "hard provisions have `strict` and `outer`, soft ones `target`, others none";
                self.wrong(at.clone(), message, hint)
            }
        };
        let outer = outer.and_then(|outer| self.span(outer));
        if outer.is_some() && class != Class::Hard {
            let message = format!("a {class} provision has no `outer`");
            self.wrong::<()>(at.clone(), message, "only hard clocks have two instants");
        }
        (strict.map(Arc::new), outer.map(Arc::new))
    }

    fn variants(&mut self, class: Class, written: &[Spanned<wire::Variant>]) -> Vec<Variant> {
        let mut found = Vec::new();
        for variant in written {
            let at = variant.span();
            let variant = variant.get_ref();
            let ends = (variant.strict.as_ref(), variant.outer.as_ref(), variant.target.as_ref());
            let (strict, outer) = self.two_ends(class, &at, ends);
            let Some(when) = self.condition(&variant.when).map(Arc::new) else { continue };
            found.push(Variant { when, strict, outer, remedy: variant.remedy.clone() });
        }
        found
    }

    fn also(&mut self, pack: &Pack, written: &[Spanned<wire::Span>]) -> Vec<(Arc<str>, Arc<Span>)> {
        let mut also = Vec::new();
        for other in written {
            let id = other.get_ref().reading.as_ref().and_then(|id| self.reading(pack, id));
            let bare = wire::Span { reading: None, ..other.get_ref().clone() };
            let counted = self.span(&Spanned::new(other.span(), bare));
            match (id, counted) {
                (Some(id), Some(counted)) => also.push((id.into(), Arc::new(counted))),
                _ if other.get_ref().reading.is_none() => {
                    let message = "a span of `also` names no reading".to_owned();
                    self.wrong::<()>(other.span(), message, "write `reading = \"…\"` in it");
                }
                _ => {}
            }
        }
        also
    }

    fn reading(&mut self, pack: &Pack, written: &Spanned<String>) -> Option<String> {
        let id = written.get_ref();
        if !pack.readings.contains_key(id) {
            let hint = "record it as a `[[reading]]` in this file, or correct the name";
            return self.undeclared(written.span(), "reading", id, hint);
        }
        Some(id.clone())
    }
}
