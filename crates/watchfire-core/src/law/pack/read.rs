//! From `law.toml` as it is written to the checked pack. Every problem has its line and column.

mod condition;
mod provision;
mod span;
mod table;
mod version;

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;
use toml::value::Datetime;

use super::wire;
use super::{Authority, Pack, Reading, Trigger, Zone};
use crate::law::calendar::Calendars;
use crate::law::confidence::Confidence;
use crate::law::fact::is_step;
use crate::law::id::{FactKind, LawId, PredicateId, RoleId};
use crate::law::instant::zone_of;
use crate::law::member_state::MemberStates;
use crate::law::problem::{Lines, Problem};
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
    pub(crate) states: &'a MemberStates,
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
    let mut reader = Reader { path, lines: Lines::new(text), declared, problems: Vec::new() };
    let pack = reader.pack(file);
    match pack {
        Some(pack) if reader.problems.is_empty() => Ok(pack),
        _ => Err(reader.problems),
    }
}

struct Reader<'a> {
    path: &'a str,
    lines: Lines<'a>,
    declared: Declared<'a>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn problem(&mut self, span: Range<usize>, code: &'static str, message: String, hint: &str) {
        let problem = Problem::on(&self.lines, self.path, span, code, message, hint);
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
            .map(|(id, written)| {
                let wire::Authority { name, url, provides_product, anywhere } = written;
                (id, Authority { name, url, provides_product, anywhere })
            })
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
            proposed: file.status.as_ref().is_some_and(|status| self.is_proposed(status)),
            roles,
            authorities,
            readings,
            provisions: Vec::new(),
            forms: BTreeMap::new(),
            conflicts: Vec::new(),
            quotes: BTreeMap::new(),
            tests: Vec::new(),
            questions: Vec::new(),
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
            let at = reading.span();
            let reading = reading.into_inner();
            let said = [reading.by.as_str(), &reading.says.en, &reading.why.en];
            if said.iter().any(|text| text.trim().is_empty()) {
                let message = format!("the reading `{}` is left empty", reading.id.get_ref());
                let hint = "write what it says, who decided, and why";
                self.problem(at, "unfinished", message, hint);
            }
            let Some(on) = self.date(&reading.on) else { continue };
            let (span, id) = (reading.id.span(), reading.id.into_inner());
            let found = Reading {
                id: id.as_str().into(),
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
        match zone_of(name) {
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

    /// A kind on which something hangs. A step of awareness is none: it counts towards its kind.
    fn deciding_kind(&mut self, written: &Spanned<String>) -> Option<FactKind> {
        let kind = self.kind(written)?;
        if is_step(&kind) {
            let message =
                format!("`{kind}` is a step of awareness, on which nothing hangs by itself");
            let hint = "write the kind that it leads to, and the step in `awareness`";
            return self.wrong(written.span(), message, hint);
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
                Some(Trigger::Kind(self.deciding_kind(&Spanned::new(span, kind.clone()))?))
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
}
