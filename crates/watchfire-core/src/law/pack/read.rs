//! From `law.toml` as it is written to the checked pack. Every problem has its line and column.

mod condition;
mod version;

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use toml::Spanned;
use toml::value::Datetime;

use super::wire;
use super::{
    Anchor, Authority, Awareness, Class, MeasuredAt, Pack, Provision, Reading, Trigger, Version,
    Zone,
};
use crate::law::calendar::Calendars;
use crate::law::confidence::Confidence;
use crate::law::count::Within;
use crate::law::id::{FactKind, LawId, PredicateId, ProvisionId, RoleId};
use crate::law::problem::Problem;
use crate::law::vocabulary::Vocabulary;

/// The attribute that names the Member State.
pub(crate) const MEMBER_STATE: &str = "eu/member-state";
/// How a pack says that zone or calendar follow the Member State.
const OF_MEMBER_STATE: &str = "of eu/member-state";

/// What a pack may name without declaring it itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Declared<'a> {
    pub(crate) words: &'a Vocabulary,
    pub(crate) calendars: &'a Calendars,
}

/// Returns the date of a TOML date, or `None` where it is none or has a time.
pub(crate) fn date_of(written: &Datetime) -> Option<Date> {
    let date = written.date.filter(|_| written.time.is_none() && written.offset.is_none())?;
    let (month, day) = (i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?);
    Date::new(i16::try_from(date.year).ok()?, month, day).ok()
}

/// Reads a pack, given as its path (for messages) and its text.
///
/// # Errors
/// Every problem found: TOML that does not parse or an unknown key (the first), and every wrong
/// value, undeclared name or unfinished provision.
pub(crate) fn read(path: &str, text: &str, declared: Declared<'_>) -> Result<Pack, Vec<Problem>> {
    let file: wire::File = toml::from_str(text).map_err(|error| {
        let hint = "see the keys of `law.toml` in `laws/README.md`";
        vec![Problem::of_toml(path, text, &error, hint)]
    })?;
    let mut reader = Reader { path, text, declared, problems: Vec::new() };
    let pack = reader.pack(file);
    match pack {
        Some(pack) if reader.problems.is_empty() => Ok(pack),
        _ => Err(reader.problems),
    }
}

struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    declared: Declared<'a>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn problem(&mut self, span: Range<usize>, code: &'static str, message: String, hint: &str) {
        let problem = Problem::at(self.path, self.text, span, code, message, hint);
        self.problems.push(problem);
    }

    /// Notes a wrong value and returns nothing, so that a reader can go on to the next.
    fn wrong<T>(&mut self, span: Range<usize>, message: String, hint: &str) -> Option<T> {
        self.problem(span, "value", message, hint);
        None
    }

    fn undeclared<T>(
        &mut self,
        span: Range<usize>,
        what: &str,
        name: &str,
        hint: &str,
    ) -> Option<T> {
        self.problem(span, "undeclared", format!("the {what} `{name}` is not declared"), hint);
        None
    }

    fn pack(&mut self, file: wire::File) -> Option<Pack> {
        let folder = self.path.rsplit('/').nth(1).unwrap_or_default().to_owned();
        let id: Option<LawId> = self.name(&file.id);
        if *file.id.get_ref() != folder && !folder.is_empty() {
            let message =
                format!("the id `{}` is not the folder's name `{folder}`", file.id.get_ref());
            self.wrong::<()>(file.id.span(), message, "rename one of them");
        }
        let zone = self.zone(&file.time_zone);
        let confidence = self.confidence(&file.confidence);
        let checked_on = file.checked_on.as_ref().and_then(|date| self.date(date));
        let law = file.id.get_ref().clone();
        let mut roles = BTreeMap::new();
        for (name, role) in file.roles {
            let role = Spanned::new(role.span(), (name, role.into_inner().name));
            match format!("{law}/{}", role.get_ref().0).parse::<RoleId>() {
                Ok(id) => {
                    roles.insert(id, role.into_inner().1);
                }
                Err(error) => {
                    self.wrong::<()>(role.span(), error.to_string(), "write kebab-case");
                }
            }
        }
        let authorities = file
            .authorities
            .into_iter()
            .map(|(id, authority)| (id, Authority { name: authority.name, url: authority.url }))
            .collect();
        let readings = self.readings(file.reading);
        let (Some(id), Some(zone), Some(confidence)) = (id, zone, confidence) else { return None };
        let mut pack = Pack {
            id,
            jurisdiction: file.jurisdiction,
            title: file.title,
            zone,
            source: file.source,
            checked_on,
            confidence,
            roles,
            authorities,
            readings,
            provisions: Vec::new(),
            forms: BTreeMap::new(),
            quotes: BTreeMap::new(),
            tests: Vec::new(),
        };
        for provision in file.provision {
            let found = self.provision(&pack, provision);
            pack.provisions.extend(found);
        }
        Some(pack)
    }

    fn readings(&mut self, written: Vec<Spanned<wire::Reading>>) -> BTreeMap<String, Reading> {
        let mut readings = BTreeMap::new();
        for reading in written {
            let reading = reading.into_inner();
            let Some(on) = self.date(&reading.on) else { continue };
            let (span, id) = (reading.id.span(), reading.id.into_inner());
            let found = Reading {
                id: id.clone(),
                says: reading.says,
                by: reading.by,
                on,
                why: reading.why,
            };
            if readings.insert(id.clone(), found).is_some() {
                self.problem(
                    span,
                    "twice",
                    format!("the reading `{id}` stands twice"),
                    "rename one",
                );
            }
        }
        readings
    }

    fn name<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
        written: &Spanned<String>,
    ) -> Option<T> {
        match written.get_ref().parse() {
            Ok(name) => Some(name),
            Err(error) => self.wrong(written.span(), error.to_string(), "see `laws/README.md`"),
        }
    }

    fn date(&mut self, written: &Spanned<Datetime>) -> Option<Date> {
        let date = date_of(written.get_ref());
        if date.is_none() {
            let message = format!("`{}` is no day", written.get_ref());
            self.wrong::<()>(written.span(), message, "write a TOML date, such as 2026-09-11");
        }
        date
    }

    fn confidence(&mut self, written: &Spanned<String>) -> Option<Confidence> {
        match Confidence::try_from(written.get_ref().clone()) {
            Ok(confidence) => Some(confidence),
            Err(message) => {
                self.wrong(written.span(), message, "see `confidence` in `laws/README.md`")
            }
        }
    }

    fn zone(&mut self, written: &Spanned<String>) -> Option<Zone> {
        let name = written.get_ref();
        if name == OF_MEMBER_STATE {
            return Some(Zone::OfMemberState);
        }
        match TimeZone::get(name) {
            Ok(zone) => Some(Zone::Fixed { name: name.clone(), zone }),
            Err(_) => {
                let message = format!("`{name}` is not a time zone");
                self.wrong(written.span(), message, "write an IANA name or `of eu/member-state`")
            }
        }
    }

    fn kind(&mut self, written: &Spanned<String>) -> Option<FactKind> {
        let kind: FactKind = self.name(written)?;
        if !self.declared.words.facts.contains_key(&kind) {
            let hint = "declare it in `facts.toml`, or correct the name";
            return self.undeclared(written.span(), "kind of fact", written.get_ref(), hint);
        }
        Some(kind)
    }

    fn predicate(&mut self, written: &str, span: Range<usize>) -> Option<PredicateId> {
        match written.parse::<PredicateId>() {
            Ok(id) if self.declared.words.predicates.contains_key(&id) => Some(id),
            _ => {
                let hint = "declare it in `attributes.toml`, or correct the name";
                self.undeclared(span, "predicate", written, hint)
            }
        }
    }

    fn trigger(&mut self, written: &Spanned<toml::Value>) -> Option<Trigger> {
        let span = written.span();
        match written.get_ref() {
            toml::Value::String(kind) => {
                Some(Trigger::Kind(self.kind(&Spanned::new(span, kind.clone()))?))
            }
            toml::Value::Table(table) if table.len() == 1 && table.contains_key("submitted") => {
                let provision = table["submitted"].as_str().unwrap_or_default().to_owned();
                Some(Trigger::Submitted(self.name(&Spanned::new(span, provision))?))
            }
            other => {
                let message = format!("`{other}` is no trigger");
                self.wrong(span, message, "write a kind of fact, or `{ submitted = \"law/1\" }`")
            }
        }
    }

    fn provision(&mut self, pack: &Pack, written: Spanned<wire::Provision>) -> Option<Provision> {
        let span = written.span();
        let written = written.into_inner();
        let id: ProvisionId = self.name(&written.id)?;
        if id.law() != pack.id.as_str() {
            let message = format!("the provision `{id}` does not belong to `{}`", pack.id);
            return self.wrong(written.id.span(), message, "begin its id with the law's");
        }
        let class = self.class(&written.class)?;
        let before = self.problems.len();
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
            versions: self.versions(pack, class, &written.version),
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
        if provision.versions.is_empty() {
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
        let spanless = |version: &Version| version.strict.is_none();
        if provision.class == Class::Hard && provision.versions.iter().any(spanless) {
            missing.push("`strict` in a version");
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

    fn within(&mut self, written: &Spanned<String>) -> Option<Within> {
        let within = Within::parse(written.get_ref());
        if within.is_none() {
            let message = format!("`{}` is no span", written.get_ref());
            let hint = "write a number and h, d, w or mo, such as `72h` or `1mo`";
            self.wrong::<()>(written.span(), message, hint);
        }
        within
    }
}
