//! From a case file as it is written to checked cases. Every problem has its line and column.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::Timestamp;
use toml::{Spanned, Value};

use super::{Case, Expect, ExpectedDue, wire};
use crate::law::condition::Answer;
use crate::law::fact::{Fact, FactError, WrittenFact};
use crate::law::id::{FactId, PredicateId, ProvisionId, RoleId};
use crate::law::instant::Instant;
use crate::law::lawbook::Lawbook;
use crate::law::problem::{Lines, Problem};
use crate::law::question::{Question, State};
use crate::law::retraction::taken_back;

const KEYS_HINT: &str = "see the keys of a case file in `laws/README.md`";
const PROVISION_HINT: &str = "`watchfire law show LAW` tells the provisions of a law";

pub(super) fn file(path: &str, text: &str, laws: &Lawbook) -> Result<Vec<Case>, Vec<Problem>> {
    let file: wire::File =
        toml::from_str(text).map_err(|error| vec![toml_problem(path, text, &error)])?;
    let mut reader = Reader { path, lines: Lines::new(text), laws, problems: Vec::new() };
    if file.case.is_empty() {
        let message = "the file holds no case".to_owned();
        reader.problem(0..0, "value", message, "begin a case with `[[case]]`");
    }
    let mut names = BTreeSet::new();
    let mut cases = Vec::new();
    for written in &file.case {
        let name = &written.get_ref().name;
        if !names.insert(name.get_ref().clone()) {
            let message = format!("the case `{}` stands twice in this file", name.get_ref());
            reader.problem(name.span(), "twice", message, "give each case a name of its own");
        }
        cases.push(reader.case(written));
    }
    if reader.problems.is_empty() { Ok(cases) } else { Err(reader.problems) }
}

/// Tells what the TOML reader found. It calls a date without quotes a map, which helps nobody.
fn toml_problem(path: &str, text: &str, error: &toml::de::Error) -> Problem {
    let written = error.span().and_then(|span| text.get(span)).unwrap_or_default();
    let is_date = written.parse::<toml::value::Datetime>().is_ok();
    if !is_date || !error.message().starts_with("invalid type: map") {
        return Problem::of_toml(path, text, error, KEYS_HINT);
    }
    let message = format!("the instant {written} stands without quotes");
    let hint = "write it as a text, such as `\"2026-09-30T08:00Z\"`";
    Problem::at(path, text, error.span().unwrap_or_default(), "toml", message, hint)
}

struct Reader<'a> {
    path: &'a str,
    lines: Lines<'a>,
    laws: &'a Lawbook,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn problem(&mut self, span: Range<usize>, code: &'static str, message: String, hint: &str) {
        let problem = Problem::on(&self.lines, self.path, span, code, message, hint);
        self.problems.push(problem);
    }

    fn value(&mut self, span: Range<usize>, message: String, hint: &str) {
        self.problem(span, "value", message, hint);
    }

    fn case(&mut self, spanned: &Spanned<wire::Case>) -> Case {
        let written = spanned.get_ref();
        let name = written.name.get_ref().clone();
        if name.trim().is_empty() {
            let hint = "say in a few words what it shows";
            self.value(written.name.span(), "the case has no name".to_owned(), hint);
        }
        let mut question = Question { now: self.now(written.now.as_ref()), ..Question::default() };
        for role in &written.roles {
            question.roles.extend(self.role(role));
        }
        for (key, value) in &written.attributes {
            self.attribute(key, value, &mut question);
        }
        for (key, answer) in &written.answers {
            self.answer(key, answer, &mut question);
        }
        question.facts = self.facts(&written.fact);
        self.contradictions(written, &question);
        let ids = ids_of(&written.fact).into_iter().collect();
        let expects =
            written.expect.iter().filter_map(|expect| self.expect(expect, &ids)).collect();
        let (line, _) = self.lines.place(spanned.span().start);
        Case { name, line, question, expects }
    }

    fn now(&mut self, written: Option<&Spanned<String>>) -> Option<Timestamp> {
        let written = written?;
        self.instant("now", written)
    }

    /// Reads one exact instant.
    fn instant(&mut self, key: &str, written: &Spanned<String>) -> Option<Timestamp> {
        let hint = "write one instant, such as `2026-09-30T08:00Z`";
        match Instant::parse(written.get_ref()) {
            Ok(Instant::Exact(at)) => Some(at),
            Ok(_) => {
                let message = format!(
                    "`{key}` must be one instant, and `{}` stands for several",
                    written.get_ref()
                );
                self.value(written.span(), message, hint);
                None
            }
            Err(error) => {
                self.value(written.span(), format!("`{key}`: {error}"), hint);
                None
            }
        }
    }

    fn role(&mut self, written: &Spanned<String>) -> Option<RoleId> {
        let name = written.get_ref();
        match name.parse() {
            Ok(role) if self.laws.knows_role(name) => Some(role),
            _ => {
                let message = format!("the role `{name}` is not known");
                let hint = "name a role of a pack, such as `eu-cra/manufacturer`";
                self.problem(written.span(), "undeclared", message, hint);
                None
            }
        }
    }

    fn attribute(&mut self, key: &Spanned<String>, value: &Spanned<Value>, into: &mut Question) {
        let text = match value.get_ref() {
            Value::String(text) => text.clone(),
            Value::Boolean(flag) => if *flag { "yes" } else { "no" }.to_owned(),
            Value::Integer(whole) => whole.to_string(),
            Value::Float(number) => number.to_string(),
            other => {
                let message = format!("`{other}` is no value of an attribute");
                return self.value(value.span(), message, "write a text, a number, true or false");
            }
        };
        let (words, states) = (self.laws.words(), self.laws.member_states());
        match words.value(key.get_ref(), &text, states) {
            Ok((id, value)) => {
                into.attributes.insert(id, value);
            }
            Err(message) => {
                let declared = words.attributes.keys().any(|id| id.as_str() == key.get_ref());
                let (span, code) = match declared {
                    true => (value.span(), "value"),
                    false => (key.span(), "undeclared"),
                };
                self.problem(span, code, message, "see `attributes.toml`");
            }
        }
    }

    fn answer(&mut self, key: &Spanned<String>, written: &Spanned<String>, into: &mut Question) {
        let predicate = key.get_ref().parse::<PredicateId>().ok();
        let predicate = predicate.filter(|id| self.laws.words().predicates.contains_key(id));
        let Some(predicate) = predicate else {
            let message = format!("the predicate `{}` is not declared", key.get_ref());
            return self.problem(key.span(), "undeclared", message, "see `attributes.toml`");
        };
        match Answer::parse(written.get_ref()) {
            Some(answer) => {
                into.answers.insert(predicate, answer);
            }
            None => {
                let message = format!("`{}` is no answer", written.get_ref());
                self.value(written.span(), message, "write `yes`, `no` or `undecided`");
            }
        }
    }

    fn facts(&mut self, written: &[Spanned<wire::Fact>]) -> Vec<Fact> {
        let mut facts = Vec::new();
        let names = ids_of(written);
        let all: BTreeSet<String> = names.iter().cloned().collect();
        let mut ids = BTreeSet::new();
        for (fact, name) in written.iter().zip(&names) {
            if !ids.insert(name) {
                let span = fact.get_ref().id.as_ref().map_or_else(|| fact.span(), Spanned::span);
                let message = format!("the id `{name}` stands twice in this case");
                self.problem(span, "twice", message, "give each fact an id of its own");
            }
            facts.extend(self.fact(fact, name, &all));
        }
        facts
    }

    fn fact(
        &mut self,
        spanned: &Spanned<wire::Fact>,
        id: &str,
        ids: &BTreeSet<String>,
    ) -> Option<Fact> {
        let written = spanned.get_ref();
        fn text(field: Option<&Spanned<String>>) -> Option<&str> {
            field.map(|field| field.get_ref().as_str())
        }
        let fact = self.laws.read_fact_written(&WrittenFact {
            id,
            kind: written.kind.get_ref(),
            occurred_at: written.occurred_at.get_ref(),
            known_at: text(written.known_at.as_ref()),
            of: text(written.of.as_ref()),
            obligation: written.obligation.as_ref().map_or(Vec::new(), |ids| ids.get_ref().ids()),
            new_due: text(written.new_due.as_ref()),
            number: text(written.number.as_ref()),
            predicate: text(written.predicate.as_ref()),
            answer: text(written.answer.as_ref()),
        });
        let fact = match fact {
            Ok(fact) => fact,
            Err(error) => {
                let span = field_span(written, &error).unwrap_or_else(|| spanned.span());
                let (code, hint) = code_and_hint(&error);
                self.problem(span, code, error.to_string(), hint);
                return None;
            }
        };
        if let (Some(about), Some(of)) = (&fact.about, &written.of) {
            let known = about.as_str() != id && ids.contains(about.as_str());
            if !known {
                let message = format!("`of` names `{about}`, which is no other fact of this case");
                let hint = "write the `id` of the fact it is about, or `fact-N` for the Nth";
                self.problem(of.span(), "undeclared", message, hint);
            }
        }
        Some(fact)
    }

    /// An answer holds from the start; one that a recorded decision contradicts is a mistake of
    /// the writer, and taking either side would hide it.
    fn contradictions(&mut self, written: &wire::Case, question: &Question) {
        let places: BTreeMap<&str, Range<usize>> =
            written.answers.iter().map(|(key, at)| (key.get_ref().as_str(), at.span())).collect();
        let retractions = question.facts.iter().filter(|fact| fact.kind.as_str() == "retracted");
        let retractions: Vec<(&FactId, &FactId)> =
            retractions.filter_map(|fact| Some((&fact.id, fact.about.as_ref()?))).collect();
        let gone = taken_back(&retractions);
        for (predicate, answer) in &question.answers {
            if *answer == Answer::Undecided {
                continue;
            }
            let decided_by = self.laws.words().predicates[predicate].decided_by.as_ref();
            for fact in question.facts.iter().filter(|fact| !gone.contains_key(&fact.id)) {
                let recorded = match &fact.decided {
                    Some((decided, recorded)) if decided == predicate => Some(*recorded),
                    _ => decided_by.filter(|kind| **kind == fact.kind).map(|_| Answer::Yes),
                };
                if let Some(recorded) = recorded.filter(|recorded| recorded != answer) {
                    let span = places.get(predicate.as_str()).cloned().unwrap_or_default();
                    let message = format!(
                        "the answer `{}` to `{predicate}` contradicts the fact `{}`, which says \
                         `{}`",
                        answer.as_str(),
                        fact.id,
                        recorded.as_str()
                    );
                    self.value(span, message, "leave one of the two out");
                }
            }
        }
    }

    fn expect(
        &mut self,
        spanned: &Spanned<wire::Expect>,
        facts: &BTreeSet<String>,
    ) -> Option<Expect> {
        let written = spanned.get_ref();
        let obligation = self.provision(&written.obligation);
        let state = written.state.as_ref().and_then(|state| self.state(state));
        let strict_due = written.strict_due.as_ref().and_then(|due| self.due("strict_due", due));
        let outer_due = written.outer_due.as_ref().and_then(|due| self.due("outer_due", due));
        let from_fact = written.from_fact.as_ref().and_then(|fact| self.arising_fact(fact, facts));
        let absent = written.absent.as_ref().is_some_and(|absent| *absent.get_ref());
        let checks_more = written.state.is_some()
            || written.foreseen == Some(false)
            || written.provisional.is_some()
            || written.after_strict.is_some()
            || written.strict_due.is_some()
            || written.outer_due.is_some();
        if let (Some(key), true) = (&written.absent, absent && checks_more) {
            let message = "what is absent has no state and no dates".to_owned();
            self.value(key.span(), message, "leave `absent` out, or everything beside it");
        }
        Some(Expect {
            obligation: obligation?,
            from_fact,
            absent,
            state,
            foreseen: written.foreseen,
            provisional: written.provisional,
            after_strict: written.after_strict,
            strict_due,
            outer_due,
        })
    }

    fn provision(&mut self, written: &Spanned<String>) -> Option<ProvisionId> {
        let name = written.get_ref();
        let id = name.parse().ok().filter(|_| self.laws.provision(name).is_some());
        if id.is_none() {
            let message = format!("the provision `{name}` is not known");
            self.problem(written.span(), "undeclared", message, PROVISION_HINT);
        }
        id
    }

    fn state(&mut self, written: &Spanned<String>) -> Option<State> {
        let state = State::parse(written.get_ref());
        if state.is_none() {
            let message = format!("`{}` is no state of an obligation", written.get_ref());
            let hint = "write superseded, not-applicable, satisfied, satisfied-late, \
                        waiting-for-anchor, late-at-birth, overdue, needs-decision, due-soon or \
                        open";
            self.value(written.span(), message, hint);
        }
        state
    }

    fn due(&mut self, key: &str, written: &Spanned<String>) -> Option<ExpectedDue> {
        if written.get_ref() == "none" {
            return Some(ExpectedDue::None);
        }
        self.instant(key, written).map(ExpectedDue::At)
    }

    fn arising_fact(
        &mut self,
        written: &Spanned<String>,
        facts: &BTreeSet<String>,
    ) -> Option<FactId> {
        let id = written.get_ref().parse().ok().filter(|_| facts.contains(written.get_ref()));
        if id.is_none() {
            let message =
                format!("`from_fact` names `{}`, no fact of this case", written.get_ref());
            let hint = "write the `id` of a fact, or `fact-N` for the Nth";
            self.problem(written.span(), "undeclared", message, hint);
        }
        id
    }
}

/// The ids as written; a fact without one is called after its place, counted from 1.
fn ids_of(facts: &[Spanned<wire::Fact>]) -> Vec<String> {
    let id_of = |(at, fact): (usize, &Spanned<wire::Fact>)| {
        let id = fact.get_ref().id.as_ref();
        id.map_or_else(|| format!("fact-{}", at + 1), |id| id.get_ref().clone())
    };
    facts.iter().enumerate().map(id_of).collect()
}

/// Where the field at fault stands, if it is written.
fn field_span(written: &wire::Fact, error: &FactError) -> Option<Range<usize>> {
    let of_is_unknown =
        matches!(error, FactError::UnknownKind(name) if name != written.kind.get_ref());
    let field = if of_is_unknown { "of" } else { error.field() };
    if field == "obligation" {
        return written.obligation.as_ref().map(Spanned::span);
    }
    let field = match field {
        "id" => written.id.as_ref(),
        "kind" => Some(&written.kind),
        "occurred_at" => Some(&written.occurred_at),
        "known_at" => written.known_at.as_ref(),
        "of" => written.of.as_ref(),
        "new_due" => written.new_due.as_ref(),
        "number" => written.number.as_ref(),
        "predicate" => written.predicate.as_ref(),
        "answer" => written.answer.as_ref(),
        _ => None,
    };
    field.map(Spanned::span)
}

fn code_and_hint(error: &FactError) -> (&'static str, &'static str) {
    match error {
        FactError::UnknownKind(_) => ("undeclared", "the kinds of fact stand in `facts.toml`"),
        FactError::UnknownPredicate(_) => {
            ("undeclared", "the predicates stand in `attributes.toml`")
        }
        FactError::UnknownProvision(_) => ("undeclared", PROVISION_HINT),
        FactError::NotKnowledge(_) => {
            ("value", "write the kind that becomes known, such as `exploitation-known`")
        }
        FactError::KnownBefore { .. } => {
            ("value", "correct one of the two, or leave `known_at` out: then it is the first")
        }
        FactError::NewDue(_) => (
            "value",
            "write `2026-12-31`, which ends in the authority's zone, or one instant with zone or offset",
        ),
        _ => ("value", KEYS_HINT),
    }
}
