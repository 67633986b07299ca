//! One provision, from TOML to the checked form.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use toml::Spanned;

use super::super::{Anchor, Awareness, Class, MeasuredAt, MetBy, Pack, Provision, Version, wire};
use super::Reader;
use crate::law::count::Within;
use crate::law::fact::is_step;
use crate::law::gate::Act;
use crate::law::id::{FactKind, PredicateId, ProvisionId, RoleId};

/// To whom something can be owed that is no authority.
const OWED_TO_NO_AUTHORITY: [&str; 3] = ["internal", "users", "public"];

impl Reader<'_> {
    /// What a prohibition is asked before.
    fn act(&mut self, class: Class, written: &Spanned<String>) -> Option<Act> {
        if class != Class::Prohibition {
            let message = "only a prohibition has `gates`".to_owned();
            return self.wrong(written.span(), message, "take it out, or correct `class`");
        }
        let act = Act::parse(written.get_ref());
        if act.is_none() {
            let message = format!("`{}` is nothing that a gate is asked before", written.get_ref());
            return self.wrong(written.span(), message, "write `giving` or `publishing`");
        }
        act
    }

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
        self.fits(class, &id, &written);
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
            gates: written.gates.iter().filter_map(|act| self.act(class, act)).collect(),
            may_bind: self.owed_by(pack, written.may_bind.as_ref()),
            owed_by: self.owed_by(pack, written.owed_by.as_ref()).into(),
            owed_to: written.owed_to.as_ref().and_then(|to| self.owed_to(pack, to)).map(Arc::from),
            form: written.form.as_ref().map(|form| form.get_ref().as_str().into()),
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

    /// What a provision of this class cannot have, and what does nothing.
    fn fits(&mut self, class: Class, id: &ProvisionId, written: &wire::Provision) {
        let idle = |key: &str| format!("`{key}` does nothing in a {class} provision");
        if let (Some(when), true) = (&written.allowed_when, class != Class::Prohibition) {
            let hint = "write `when`, or leave it to a prohibition";
            self.wrong::<()>(when.span(), idle("allowed_when"), hint);
        }
        if let (Some(span), true) = (&written.keep_at_least, class != Class::Standing) {
            self.wrong::<()>(
                span.span(),
                idle("keep_at_least"),
                "leave it to a standing provision",
            );
        }
        if let (Some(from), None) = (&written.supersedes_from, &written.supersedes) {
            let message = "`supersedes_from` without `supersedes` does nothing".to_owned();
            self.wrong::<()>(from.span(), message, "write `supersedes`, or leave it out");
        }
        if let Some(other) = written.supersedes.as_ref().filter(|it| it.get_ref() == id.as_str()) {
            let message = "a provision does not take its own place".to_owned();
            let hint = "name the other provision; a later `[[provision.version]]` needs no word";
            self.wrong::<()>(other.span(), message, hint);
        }
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
            let kind = self.deciding_kind(&Spanned::new(predicate.span(), kind.clone()));
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
        if !is_step(&kind) {
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
        let names: Option<Vec<&str>> = match written.get_ref() {
            toml::Value::String(role) => Some(vec![role]),
            toml::Value::Array(roles) => roles.iter().map(toml::Value::as_str).collect(),
            _ => None,
        };
        let Some(names) = names.filter(|names| !names.is_empty()) else {
            let hint = "write a role or a list of roles";
            self.wrong::<()>(written.span(), "`owed_by` names no role".to_owned(), hint);
            return Vec::new();
        };
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

    /// Whom it is owed to: somebody of the pack's table, where there is one, or of no authority.
    fn owed_to(&mut self, pack: &Pack, written: &Spanned<String>) -> Option<String> {
        let to = written.get_ref();
        let known = pack.authorities.is_empty()
            || pack.authorities.contains_key(to)
            || OWED_TO_NO_AUTHORITY.contains(&to.as_str());
        if to.trim().is_empty() {
            return self.wrong(
                written.span(),
                "`owed_to` names nobody".to_owned(),
                "write whom it is owed to",
            );
        }
        if !known {
            let hint = "declare it as `[authorities.<id>]` in this file, or write internal, users \
                        or public";
            return self.undeclared(written.span(), "authority", to, hint);
        }
        Some(to.clone())
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
            let hint = "write a number and h, d, w, mo or bd, such as `72h`, `1mo` or `4bd`; it is \
                        at most a hundred years";
            self.wrong::<()>(written.span(), message, hint);
        }
        within
    }

    /// What meets it beside a submission.
    fn met_by(&mut self, written: &Spanned<toml::Value>) -> Option<MetBy> {
        let span = written.span();
        match written.get_ref() {
            toml::Value::String(kind) => {
                Some(MetBy::Kind(self.deciding_kind(&Spanned::new(span, kind.clone()))?))
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
