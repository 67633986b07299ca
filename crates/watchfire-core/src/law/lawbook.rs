//! All packs together, with the words they share: what a node knows of the law.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::calendar::Calendars;
use super::condition::Value;
use super::conflict::{self, Conflict};
use super::fact::{self, Fact, FactError, WrittenFact};
use super::files::Files;
use super::form::{Fill, Form};
use super::house_reading::{self, HOUSE_READINGS};
use super::id::{AttributeId, FactKind, PredicateId, ProvisionId, RoleId};
use super::inquiry::{self, PlaceAsking};
use super::member_state::MemberStates;
use super::pack::{self, Declared, Pack, Provision, Trigger};
use super::problem::{Lines, Problem};
use super::text::Text;
use super::vocabulary::Vocabulary;

/// The files under `laws/`, as built in: path relative to that folder, and text.
static BUILTIN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/laws.rs"));

/// Every pack in use.
#[derive(Debug, Clone)]
pub struct Lawbook {
    words: Vocabulary,
    calendars: Calendars,
    states: MemberStates,
    packs: Vec<Pack>,
    /// The questions of the jurisdictions.
    asked_places: Vec<PlaceAsking>,
    /// Pack and place in it of each provision.
    places: BTreeMap<ProvisionId, (usize, usize)>,
    /// The places of what obliges a role, in the order of the packs.
    by_role: BTreeMap<RoleId, Vec<(usize, usize)>>,
    digest: [u8; 32],
    /// What it was loaded from, so that it can be kept verbatim.
    files: Arc<Files>,
    /// The same without the readings of the house, once somebody asked for it.
    pub(super) plain: OnceLock<Box<Lawbook>>,
}

/// What kind of file a path under `laws/` names.
enum Room<'a> {
    Attributes,
    Facts,
    MemberStates,
    Calendar,
    Places,
    Readings,
    Law,
    Questions(&'a str),
    Form(&'a str),
    Conflicts(&'a str),
    Quote { law: &'a str, language: &'a str },
    Test(&'a str),
    Other,
}

fn room(path: &str) -> Room<'_> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["attributes.toml"] => Room::Attributes,
        ["facts.toml"] => Room::Facts,
        ["member-states.toml"] => Room::MemberStates,
        ["calendars", name] if name.ends_with(".toml") => Room::Calendar,
        ["places.toml"] => Room::Places,
        [HOUSE_READINGS] => Room::Readings,
        [_, "law.toml"] => Room::Law,
        [law, "conflicts.toml"] => Room::Conflicts(law),
        [law, "questions.toml"] => Room::Questions(law),
        [law, "forms", name] if name.ends_with(".toml") => Room::Form(law),
        [law, "tests", name] if name.ends_with(".toml") => Room::Test(law),
        [law, name] => match name.strip_prefix("text.").and_then(|name| name.strip_suffix(".md")) {
            Some(language) => Room::Quote { law, language },
            None => Room::Other,
        },
        _ => Room::Other,
    }
}

/// Returns whether a path is that of a file that a lawbook reads.
pub(super) fn is_of_law(path: &str) -> bool {
    !matches!(room(path), Room::Other)
}

impl Lawbook {
    /// Returns the files that are built in: path relative to `laws/`, and text, ordered by path.
    pub fn builtin_files() -> &'static [(&'static str, &'static str)] {
        BUILTIN
    }

    /// Returns the packs that are built in.
    ///
    /// # Panics
    /// If a built-in pack does not load; a test holds that they do.
    pub fn builtin() -> &'static Self {
        static BOOK: OnceLock<Lawbook> = OnceLock::new();
        BOOK.get_or_init(|| match Self::load(BUILTIN) {
            Ok(book) => book,
            Err(problems) => {
                let list: Vec<String> = problems.iter().map(ToString::to_string).collect();
                panic!("a built-in pack does not load: {}", list.join("; "))
            }
        })
    }

    /// Reads packs and words from files, each given as its path under `laws/` and its text.
    ///
    /// # Errors
    /// Every problem of every file, each with line and column. Nothing is loaded in part.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, Vec<Problem>> {
        let mut files = files.to_vec();
        files.sort_unstable();
        let mut problems = Vec::new();
        let mut book = Self {
            words: Vocabulary::default(),
            calendars: Calendars::default(),
            states: read_states(&files, &mut problems)?,
            packs: Vec::new(),
            asked_places: Vec::new(),
            places: BTreeMap::new(),
            by_role: BTreeMap::new(),
            digest: digest(&files),
            files: Arc::new(Files::new(
                files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())),
            )),
            plain: OnceLock::new(),
        };
        book.read_words(&files, &mut problems);
        for (path, text) in &files {
            if let Room::Law = room(path) {
                let declared = book.declared();
                match pack::read(path, text, declared) {
                    Ok(pack) => book.packs.push(pack),
                    Err(mut found) => problems.append(&mut found),
                }
            }
        }
        book.read_as_the_house(&files, &mut problems);
        book.read_beside(&files, &mut problems);
        book.place(&files, &mut problems);
        book.read_questions(&files, &mut problems);
        book.check_names(&files, &mut problems);
        book.check_conflicts(&files, &mut problems);
        if problems.is_empty() { Ok(book) } else { Err(problems) }
    }

    fn declared(&self) -> Declared<'_> {
        Declared { words: &self.words, calendars: &self.calendars, states: &self.states }
    }

    fn read_words(&mut self, files: &[(&str, &str)], problems: &mut Vec<Problem>) {
        let mut calendars = Vec::new();
        for (path, text) in files {
            let read = match room(path) {
                Room::Attributes => self.words.read_attributes(path, text),
                Room::Facts => self.words.read_facts(path, text),
                Room::Calendar => {
                    calendars.push((*path, *text));
                    Ok(())
                }
                _ => Ok(()),
            };
            problems.extend(read.err().into_iter().flatten());
        }
        match Calendars::load(&calendars) {
            Ok(calendars) => self.calendars = calendars,
            Err(mut found) => problems.append(&mut found),
        }
    }

    /// Lays the readings of the house over the packs.
    fn read_as_the_house(&mut self, files: &[(&str, &str)], problems: &mut Vec<Problem>) {
        let mut readings = Vec::new();
        for (path, text) in files {
            if let Room::Readings = room(path) {
                match house_reading::read(path, text) {
                    Ok(mut found) => readings.append(&mut found),
                    Err(mut found) => problems.append(&mut found),
                }
            }
        }
        house_reading::lay(&mut readings, &mut self.packs);
    }

    /// Takes up what stands beside a pack: forms, quotations, case files.
    fn read_beside(&mut self, files: &[(&str, &str)], problems: &mut Vec<Problem>) {
        for (path, text) in files {
            match room(path) {
                Room::Form(law) => match Form::load(path, text) {
                    Ok(form) => {
                        problems.extend(self.unknown_kinds(path, &form));
                        if let Some(pack) = self.pack_mut(law) {
                            pack.forms.insert(form.id.clone(), form);
                        }
                    }
                    Err(mut found) => problems.append(&mut found),
                },
                Room::Conflicts(law) => match conflict::read(law, path, text) {
                    Ok(conflicts) => {
                        if let Some(pack) = self.pack_mut(law) {
                            pack.conflicts = conflicts;
                        }
                    }
                    Err(mut found) => problems.append(&mut found),
                },
                Room::Quote { law, language } => {
                    if let Some(pack) = self.pack_mut(law) {
                        pack.quotes.insert(language.to_owned(), (*text).to_owned());
                    }
                }
                Room::Test(law) => {
                    if let Some(pack) = self.pack_mut(law) {
                        pack.tests.push(((*path).to_owned(), (*text).to_owned()));
                    }
                }
                _ => {}
            }
        }
    }

    /// What a form is filled from and no file declares.
    fn unknown_kinds(&self, path: &str, form: &Form) -> Vec<Problem> {
        let kinds = form.fields.iter().flat_map(|field| &field.fill).flat_map(|fill| match fill {
            Fill::Fact { kinds, .. } => kinds.as_slice(),
            _ => &[],
        });
        let unknown = kinds.filter(|kind| !self.words.facts.contains_key(kind.as_str()));
        let told = |kind: &String| {
            let message = format!("the kind of fact `{kind}` is not declared");
            let hint = "declare it in `facts.toml`, or correct the name";
            Problem::at(path, "", 0..0, "undeclared", message, hint)
        };
        unknown.map(told).collect()
    }

    /// Takes up the questions; they name roles and attributes, so everything else is read before.
    fn read_questions(&mut self, files: &[(&str, &str)], problems: &mut Vec<Problem>) {
        for (path, text) in files {
            match room(path) {
                Room::Places => match inquiry::places(path, text) {
                    Ok(places) => self.asked_places = places,
                    Err(mut found) => problems.append(&mut found),
                },
                Room::Questions(law) if self.pack(law).is_some() => {
                    match inquiry::questions(law, path, text, self) {
                        Ok(questions) => {
                            if let Some(pack) = self.pack_mut(law) {
                                pack.questions = questions;
                            }
                        }
                        Err(mut found) => problems.append(&mut found),
                    }
                }
                _ => {}
            }
        }
    }

    /// Returns the questions of the jurisdictions, in the order in which they are asked.
    pub fn asked_places(&self) -> &[PlaceAsking] {
        &self.asked_places
    }

    fn pack_mut(&mut self, law: &str) -> Option<&mut Pack> {
        self.packs.iter_mut().find(|pack| pack.id.as_str() == law)
    }

    fn place(&mut self, files: &[(&str, &str)], problems: &mut Vec<Problem>) {
        for (at, pack) in self.packs.iter().enumerate() {
            let file = LawFile::of(files, pack);
            for (within, provision) in pack.provisions.iter().enumerate() {
                for role in provision.owed_by.iter() {
                    self.by_role.entry(role.clone()).or_default().push((at, within));
                }
                if self.places.insert(provision.id.clone(), (at, within)).is_some() {
                    let message = format!("the provision `{}` stands twice", provision.id);
                    problems.push(file.problem(provision, "twice", message, "rename one"));
                }
            }
        }
    }

    /// Checks that the provisions that collide are declared.
    fn check_conflicts(&self, files: &[(&str, &str)], problems: &mut Vec<Problem>) {
        for pack in &self.packs {
            let path = format!("{}/conflicts.toml", pack.id);
            let text = files.iter().find(|(name, _)| *name == path).map_or("", |(_, text)| *text);
            for conflict in &pack.conflicts {
                let unknown = conflict.between.iter().filter(|id| self.provision(id).is_none());
                for id in unknown {
                    let message = format!("the provision `{id}` is not declared");
                    let (span, hint) = (conflict.span.clone(), "correct the id");
                    problems.push(Problem::at(&path, text, span, "undeclared", message, hint));
                }
                let asked = |field: &&String| {
                    let mut forms = conflict.between.iter().filter_map(|id| self.form_of(id));
                    forms.any(|(form, _)| form.fields.iter().any(|it| it.id.0 == **field))
                };
                for field in conflict.minimum.iter().filter(|field| !asked(field)) {
                    let message = format!("no form of these provisions has the field `{field}`");
                    let (span, hint) = (conflict.span.clone(), "correct the id");
                    problems.push(Problem::at(&path, text, span, "undeclared", message, hint));
                }
            }
        }
    }

    /// Returns every declared conflict, in the order of the packs.
    pub fn conflicts(&self) -> impl Iterator<Item = &Conflict> {
        self.packs.iter().flat_map(|pack| &pack.conflicts)
    }

    /// Returns a conflict by its id.
    pub fn conflict(&self, id: &str) -> Option<&Conflict> {
        self.conflicts().find(|conflict| conflict.id == id)
    }

    /// Checks what one provision says of another, and of the files beside it.
    fn check_names(&self, files: &[(&str, &str)], problems: &mut Vec<Problem>) {
        for pack in &self.packs {
            let file = LawFile::of(files, pack);
            for provision in &pack.provisions {
                let mut undeclared = |what: String, hint: &str| {
                    problems.push(file.problem(provision, "undeclared", what, hint));
                };
                let named = provision.triggers().into_iter().filter_map(|trigger| match trigger {
                    Trigger::Submitted(id) => Some(id),
                    Trigger::Kind(_) => None,
                });
                let superseded = provision.supersedes.as_ref().map(|(id, _)| id);
                for id in named.chain(superseded) {
                    if !self.places.contains_key(id) {
                        let hint = "correct the id, or add the provision";
                        undeclared(format!("the provision `{id}` is not declared"), hint);
                    }
                }
                if let Some(form) =
                    provision.form.as_deref().filter(|id| !pack.forms.contains_key(*id))
                {
                    let message = format!("the form `{form}` is not declared");
                    undeclared(
                        message,
                        "add `forms/<form>.toml` beside `law.toml`, or correct the name",
                    );
                }
                if self.runs_in_a_circle(provision) {
                    let message = format!("the clock of `{}` runs from itself", provision.id);
                    let hint = "let one of the chain run from another fact";
                    problems.push(file.problem(provision, "circle", message, hint));
                }
            }
        }
    }

    /// Returns whether `start` hangs on a submission that hangs, in the end, on `start`.
    fn runs_in_a_circle(&self, start: &Provision) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            for trigger in at.arises_on.iter().chain(&at.runs_from).chain(&at.arises_after) {
                let Trigger::Submitted(next) = trigger else { continue };
                if *next == start.id {
                    return true;
                }
                if seen.insert(next) {
                    open.extend(self.provision(next.as_str()).map(|(_, provision)| provision));
                }
            }
        }
        false
    }

    /// Returns the packs, ordered by id.
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// Every provision, to be altered in a copy that is asked what would have been.
    pub(super) fn provisions_mut(&mut self) -> impl Iterator<Item = &mut Provision> {
        self.packs.iter_mut().flat_map(|pack| &mut pack.provisions)
    }

    /// Returns the pack of a law.
    pub fn pack(&self, law: &str) -> Option<&Pack> {
        self.packs.iter().find(|pack| pack.id.as_str() == law)
    }

    /// Returns a provision and the pack it stands in.
    pub fn provision(&self, id: &str) -> Option<(&Pack, &Provision)> {
        let (pack, provision) = *self.places.get(id)?;
        let pack = self.packs.get(pack)?;
        Some((pack, pack.provisions.get(provision)?))
    }

    /// Returns what obliges one of the roles, in the order of the packs.
    pub(super) fn obliging<'a>(
        &'a self,
        roles: &BTreeSet<RoleId>,
    ) -> impl Iterator<Item = (&'a Pack, &'a Provision)> {
        let mut places: Vec<(usize, usize)> =
            roles.iter().filter_map(|role| self.by_role.get(role)).flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(|(pack, within)| {
            let pack = &self.packs[pack];
            (pack, &pack.provisions[within])
        })
    }

    /// Returns the form of a provision's submission, and the stage of it that the provision is.
    pub fn form_of(&self, provision: &str) -> Option<(&Form, usize)> {
        let (pack, found) = self.provision(provision)?;
        let form = pack.forms.get(found.form.as_deref()?)?;
        Some((form, form.stage_of(provision)?))
    }

    /// Returns the zone in which a pack counts days for an organization with these attributes.
    ///
    /// Without `eu/member-state`, or where it names none, that of the default Member State.
    pub fn zone(&self, pack: &Pack, attributes: &BTreeMap<String, String>) -> TimeZone {
        match &pack.zone {
            pack::Zone::Fixed { zone, .. } => zone.clone(),
            pack::Zone::OfMemberState => {
                let named = attributes.get(pack::MEMBER_STATE);
                let named = named.and_then(|code| self.states.get(code));
                let state = named.unwrap_or_else(|| self.states.default_state());
                TimeZone::get(&state.zone).unwrap_or(TimeZone::UTC)
            }
        }
    }

    /// Returns the declared words.
    pub fn words(&self) -> &Vocabulary {
        &self.words
    }

    /// Returns the calendars.
    pub fn calendars(&self) -> &Calendars {
        &self.calendars
    }

    /// Returns the Member States.
    pub fn member_states(&self) -> &MemberStates {
        &self.states
    }

    /// Returns the digest over every file, path and text: two nodes with the same law have the same.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Returns the files that it was loaded from.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Returns the digest in lower-case hexadecimal.
    pub fn digest_hex(&self) -> String {
        self.digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Returns whether a pack declares this role, or owes something under it where the pack has no
    /// table of roles.
    pub fn knows_role(&self, role: &str) -> bool {
        let owes = |provision: &Provision| provision.owed_by.iter().any(|by| by.as_str() == role);
        self.packs
            .iter()
            .any(|pack| pack.roles.contains_key(role) || pack.provisions.iter().any(owes))
    }

    /// Returns the name of a role, where its law gives one.
    pub fn role_name(&self, role: &RoleId) -> Option<&Text> {
        let (law, _) = role.as_str().split_once('/')?;
        self.pack(law)?.roles.get(role)
    }

    /// Reads a role.
    ///
    /// # Errors
    /// [`FactError::UnknownRole`].
    pub fn role(&self, role: &str) -> Result<RoleId, FactError> {
        let known = role.parse().ok().filter(|_| self.knows_role(role));
        known.ok_or_else(|| FactError::UnknownRole(role.to_owned()))
    }

    /// Reads the value of an attribute.
    ///
    /// # Errors
    /// [`FactError::Attribute`], in words.
    pub fn attribute(&self, name: &str, value: &str) -> Result<(AttributeId, Value), FactError> {
        self.words.value(name, value, &self.states).map_err(FactError::Attribute)
    }

    /// Reads a fact.
    ///
    /// # Errors
    /// The first thing wrong, as [`FactError`] lists them.
    pub fn read_fact_written(&self, written: &WrittenFact<'_>) -> Result<Fact, FactError> {
        fact::read(written, self)
    }
}

impl fact::Names for Lawbook {
    fn has_kind(&self, kind: &FactKind) -> bool {
        self.words.facts.contains_key(kind)
    }

    fn has_provision(&self, id: &ProvisionId) -> bool {
        self.places.contains_key(id)
    }

    fn has_predicate(&self, id: &PredicateId) -> bool {
        self.words.predicates.contains_key(id)
    }
}

fn read_states(
    files: &[(&str, &str)],
    problems: &mut Vec<Problem>,
) -> Result<MemberStates, Vec<Problem>> {
    let found = files.iter().find(|(path, _)| matches!(room(path), Room::MemberStates));
    let Some((path, text)) = found else {
        let message = "there is no `member-states.toml`".to_owned();
        let hint = "put it beside the packs, or use the built-in one";
        problems.push(Problem::at("member-states.toml", "", 0..0, "toml", message, hint));
        return Err(std::mem::take(problems));
    };
    MemberStates::load(path, text)
}

/// The `law.toml` of a pack, for saying where something stands in it.
struct LawFile<'f> {
    path: String,
    lines: Lines<'f>,
}

impl<'f> LawFile<'f> {
    fn of(files: &[(&'f str, &'f str)], pack: &Pack) -> Self {
        let path = format!("{}/law.toml", pack.id);
        let text = files.iter().find(|(name, _)| *name == path).map_or("", |(_, text)| *text);
        Self { path, lines: Lines::new(text) }
    }

    fn problem(
        &self,
        provision: &Provision,
        code: &'static str,
        message: String,
        hint: &str,
    ) -> Problem {
        Problem::on(&self.lines, &self.path, provision.span.clone(), code, message, hint)
    }
}

pub(super) fn digest(files: &[(&str, &str)]) -> [u8; 32] {
    let mut hash = Sha256::new_with_prefix(b"watchfire lawbook\0");
    for (path, text) in files {
        for part in [path.as_bytes(), text.as_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_pack_loads() {
        if let Err(problems) = Lawbook::load(BUILTIN) {
            let list: Vec<String> = problems.iter().map(ToString::to_string).collect();
            panic!("{}", list.join("\n"));
        }
        assert!(Lawbook::builtin().pack("cn-rmsv").is_some());
        assert!(Lawbook::builtin().knows_role("cn-rmsv/provider"));
        assert!(!Lawbook::builtin().knows_role("cn-rmsv/emperor"));
    }

    #[test]
    fn the_digest_follows_every_file() {
        let one = digest(&[("a", "1"), ("b", "2")]);
        assert_eq!(one, digest(&[("a", "1"), ("b", "2")]));
        assert_ne!(one, digest(&[("a", "12"), ("b", "")]));
        assert_ne!(one, digest(&[("a", "1"), ("b", "3")]));
    }
}
