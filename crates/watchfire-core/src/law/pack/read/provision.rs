//! One provision, from TOML to the checked form.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;

use super::super::{Anchor, Awareness, Class, MeasuredAt, MetBy, Pack, Provision, Version, wire};
use super::Reader;
use crate::law::count::Within;
use crate::law::id::{FactKind, PredicateId, ProvisionId, RoleId};

impl Reader<'_> {
    pub(super) fn provision(
        &mut self,
        pack: &Pack,
        written: Spanned<wire::Provision>,
    ) -> Option<Provision> {
        let span = written.span();
        let written = written.into_inner();
        let id: ProvisionId = self.name(&written.id)?;
        if id.law() != pack.id.as_str() {
            let message = format!("the provision `{id}` does not belong to `{}`", pack.id);
            return self.wrong(written.id.span(), message, "begin its id with the law's");
        }
        let class = self.class(&written.class)?;
        let before = self.problems.len();
        let all = written.status.as_ref().map_or(pack.proposed, |status| self.is_proposed(status));
        let (proposed, in_force): (Vec<_>, Vec<_>) =
            written.version.iter().partition(|version| match &version.get_ref().status {
                Some(status) => self.is_proposed(status),
                None => all,
            });
        let provision = Provision {
            arises_on: written.arises_on.iter().filter_map(|on| self.trigger(on)).collect(),
            provisional_on: self.provisional(&written.provisional_on),
            awareness: self.awareness(written.awareness.as_ref()),
            runs_from: written.runs_from.as_ref().and_then(|from| self.trigger(from)),
            anchor: self.anchor(written.anchor.as_ref()),
            measured_at: self.measured_at(written.measured_at.as_ref()),
            when: written.when.as_ref().and_then(|when| self.condition(when)),
            allowed_when: written.allowed_when.as_ref().and_then(|when| self.condition(when)),
            owed_by: self.owed_by(pack, written.owed_by.as_ref()),
            owed_to: written.owed_to.as_ref().map(|to| to.get_ref().clone()),
            form: written.form.as_ref().map(|form| form.get_ref().clone()),
            supersedes: self.supersedes(&written),
            checked_on: written.checked_on.as_ref().and_then(|date| self.date(date)),
            confidence: match written.confidence.as_ref() {
                Some(confidence) => self.confidence(confidence).unwrap_or(pack.confidence),
                None => pack.confidence,
            },
            keep_at_least: written.keep_at_least.as_ref().and_then(|span| self.within(span)),
            arises_after: written.arises_after.as_ref().and_then(|after| self.trigger(after)),
            met_by: written.met_by.iter().filter_map(|met| self.met_by(met)).collect(),
            versions: self.versions(pack, class, &in_force),
            proposals: self.proposals(class, &proposed),
            id,
            class,
            title: written.title,
            cites: written.cites,
            source: written.source,
            extended_under: written.extended_under,
            note: written.note,
            span: span.clone(),
        };
        if before == self.problems.len() {
            self.finished(&provision, &span);
        }
        Some(provision)
    }

    /// A provision with a clock says on what it arises, who owes it, to whom, and since when.
    fn finished(&mut self, provision: &Provision, span: &Range<usize>) {
        let mut missing = Vec::new();
        if provision.versions.is_empty() && provision.proposals.is_empty() {
            missing.push("a `[[provision.version]]`");
        }
        if provision.is_timed() {
            if provision.arises_on.is_empty() {
                missing.push("`arises_on`");
            }
            if provision.owed_by.is_empty() {
                missing.push("`owed_by`");
            }
            if provision.owed_to.is_none() {
                missing.push("`owed_to`");
            }
        }
        let spanless = |version: &Version| {
            version.strict.is_none() && version.table.is_empty() && version.period_unknown.is_none()
        };
        if provision.class == Class::Hard && provision.versions.iter().any(spanless) {
            missing.push("`strict` in a version");
        }
        if provision.anchor == Anchor::Each && provision.runs_from.is_some() {
            let message = format!(
                "`{}` repeats what it arises on, and runs from something else",
                provision.id
            );
            let hint = "leave `runs_from` out, and let it arise on what its clock runs from";
            self.problem(span.clone(), "value", message, hint);
        }
        if !missing.is_empty() {
            let message = format!("the provision `{}` lacks {}", provision.id, missing.join(", "));
            self.problem(
                span.clone(),
                "unfinished",
                message,
                "write what is missing, or leave the provision out",
            );
        }
    }

    fn class(&mut self, written: &Spanned<String>) -> Option<Class> {
        match written.get_ref().as_str() {
            "hard" => Some(Class::Hard),
            "soft" => Some(Class::Soft),
            "standing" => Some(Class::Standing),
            "prohibition" => Some(Class::Prohibition),
            "permission" => Some(Class::Permission),
            other => {
                let hint = "write hard, soft, standing, prohibition or permission";
                self.wrong(written.span(), format!("`{other}` is no class"), hint)
            }
        }
    }

    fn provisional(
        &mut self,
        written: &BTreeMap<String, Spanned<String>>,
    ) -> BTreeMap<FactKind, PredicateId> {
        let mut found = BTreeMap::new();
        for (kind, predicate) in written {
            let kind = self.kind(&Spanned::new(predicate.span(), kind.clone()));
            let predicate = self.predicate(predicate.get_ref(), predicate.span());
            if let (Some(kind), Some(predicate)) = (kind, predicate) {
                found.insert(kind, predicate);
            }
        }
        found
    }

    fn awareness(&mut self, written: Option<&wire::Awareness>) -> Awareness {
        let Some(written) = written else { return Awareness::default() };
        let strict = written.strict.iter().filter_map(|step| self.step(step)).collect();
        let outer = written.outer.iter().filter_map(|step| self.step(step)).collect();
        Awareness { strict, outer }
    }

    fn step(&mut self, written: &Spanned<String>) -> Option<FactKind> {
        let kind = self.kind(written)?;
        if !crate::law::fact::is_step(&kind) {
            let message = format!("`{kind}` is no step of awareness");
            let hint = "write first-signal, received-by-channel, read-by-person, evidence-held, \
                        assessed or awareness-declared";
            return self.wrong(written.span(), message, hint);
        }
        Some(kind)
    }

    fn anchor(&mut self, written: Option<&Spanned<String>>) -> Anchor {
        match written.map(|anchor| anchor.get_ref().as_str()) {
            None | Some("first") => Anchor::First,
            Some("last") => Anchor::Last,
            Some("each") => Anchor::Each,
            Some(other) => {
                let span = written.map(Spanned::span).unwrap_or_default();
                self.wrong::<()>(
                    span,
                    format!("`{other}` is no anchor"),
                    "write first, last or each",
                );
                Anchor::First
            }
        }
    }

    fn measured_at(&mut self, written: Option<&Spanned<String>>) -> MeasuredAt {
        match written.map(|at| at.get_ref().as_str()) {
            None | Some("occurred_at") => MeasuredAt::OccurredAt,
            Some("known_at") => MeasuredAt::KnownAt,
            Some(other) => {
                let span = written.map(Spanned::span).unwrap_or_default();
                let message = format!("`{other}` is no instant of a fact");
                self.wrong::<()>(span, message, "write occurred_at or known_at");
                MeasuredAt::OccurredAt
            }
        }
    }

    fn owed_by(&mut self, pack: &Pack, written: Option<&Spanned<toml::Value>>) -> Vec<RoleId> {
        let Some(written) = written else { return Vec::new() };
        let names: Vec<&str> = match written.get_ref() {
            toml::Value::String(role) => vec![role],
            toml::Value::Array(roles) => roles.iter().filter_map(toml::Value::as_str).collect(),
            _ => Vec::new(),
        };
        if names.is_empty() {
            let hint = "write a role or a list of roles";
            self.wrong::<()>(written.span(), "`owed_by` names no role".to_owned(), hint);
        }
        let mut roles = Vec::new();
        for name in names {
            let full =
                if name.contains('/') { name.to_owned() } else { format!("{}/{name}", pack.id) };
            match full.parse::<RoleId>() {
                Ok(role) if pack.roles.is_empty() || pack.roles.contains_key(&role) => {
                    roles.push(role)
                }
                _ => {
                    let hint = "declare it as `[roles.<role>]` in this file, or correct the name";
                    self.undeclared::<()>(written.span(), "role", name, hint);
                }
            }
        }
        roles
    }

    fn supersedes(&mut self, written: &wire::Provision) -> Option<(ProvisionId, Option<Date>)> {
        let id = self.name(written.supersedes.as_ref()?)?;
        let from = written.supersedes_from.as_ref().and_then(|date| self.date(date));
        Some((id, from))
    }

    pub(super) fn within(&mut self, written: &Spanned<String>) -> Option<Within> {
        let within = Within::parse(written.get_ref());
        if within.is_none() {
            let message = format!("`{}` is no span", written.get_ref());
            let hint = "write a number and h, d, w, mo or bd, such as `72h`, `1mo` or `4bd`";
            self.wrong::<()>(written.span(), message, hint);
        }
        within
    }

    /// What meets it beside a submission.
    fn met_by(&mut self, written: &Spanned<toml::Value>) -> Option<MetBy> {
        let span = written.span();
        match written.get_ref() {
            toml::Value::String(kind) => {
                Some(MetBy::Kind(self.kind(&Spanned::new(span, kind.clone()))?))
            }
            toml::Value::Table(table) if table.len() == 1 && table.contains_key("decided") => {
                let predicate = table["decided"].as_str().unwrap_or_default();
                Some(MetBy::Decided(self.predicate(predicate, span)?))
            }
            other => {
                let message = format!("`{other}` meets nothing");
                self.wrong(
                    span,
                    message,
                    "write a kind of fact, or `{ decided = \"law/question\" }`",
                )
            }
        }
    }

    /// Reads a `status`.
    pub(super) fn is_proposed(&mut self, written: &Spanned<String>) -> bool {
        match written.get_ref().as_str() {
            "proposed" => true,
            "in-force" => false,
            other => {
                let message = format!("`{other}` is no status");
                self.wrong::<()>(written.span(), message, "write in-force or proposed");
                false
            }
        }
    }
}
