//! Goes through a document with the rules of its schema.

use std::collections::HashSet;
use std::fmt::{self, Write};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::state::{State, States, Step};
use super::{Kinds, Rule, Schema};
use crate::sbom::Refused;
use crate::sbom::input::Input;
use crate::sbom::problem::{Problem, Problems, excerpt};

/// How many different names of one object are watched for standing twice.
const NAMES_WATCHED_MAX: usize = 256;

/// Whether a rule holds, and if not, why; `Told` where that has been reported already.
#[derive(Debug, Clone)]
enum Fate {
    Holds,
    Told,
    Fails(Box<Problem>),
}

impl Fate {
    fn holds(&self) -> bool {
        matches!(self, Self::Holds)
    }
}

/// What was found of a value: the fate of each rule asked, and what tells it from other values.
struct Found {
    fates: Vec<Fate>,
    digest: u128,
}

/// A walk through a document.
pub(crate) struct Walk<'s> {
    states: States<'s>,
    /// Whether anybody still waits for it; asked at each object.
    goes_on: &'s dyn Fn() -> bool,
    /// Where it is, as a JSON pointer.
    pub(crate) path: String,
    /// What the schema does not allow.
    pub(crate) problems: Problems,
}

impl<'s> Walk<'s> {
    pub(crate) fn new(schema: &'s Schema, goes_on: &'s dyn Fn() -> bool) -> Self {
        let (path, problems) = (String::new(), Problems::default());
        Self { states: States::new(schema), goes_on, path, problems }
    }
}

/// Holds a document in JSON to a schema, for as long as `goes_on` says so.
pub(crate) fn conforms(
    input: &Input<'_>,
    schema: &Schema,
    goes_on: &dyn Fn() -> bool,
) -> Result<Problems, Refused> {
    let mut walk = Walk::new(schema, goes_on);
    match input.json(Whole(&mut walk)) {
        Ok(()) => Ok(walk.problems),
        Err(_) if !goes_on() => Err(Refused::Stopped),
        Err(error) => Err(input.json_refused(&error, &walk.path)),
    }
}

/// A whole document, held to the schema of a walk.
struct Whole<'w, 's>(&'w mut Walk<'s>);

impl<'de> DeserializeSeed<'de> for Whole<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, document: D) -> Result<(), D::Error> {
        let state = self.0.states.of(&[(self.0.states.schema.root, true)]);
        Held { walk: self.0, state, digest: false }.deserialize(document).map(drop)
    }
}

/// A value that is about to be read, with the rules that speak of it.
struct Held<'w, 's> {
    walk: &'w mut Walk<'s>,
    state: Rc<State>,
    digest: bool,
}

impl<'de> DeserializeSeed<'de> for Held<'_, '_> {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Found, D::Error> {
        if self.state.asks_nothing() && !self.digest {
            value.deserialize_any(IgnoredAny)?;
            return Ok(Found { fates: Vec::new(), digest: 0 });
        }
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Held<'_, '_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<Found, E> {
        Ok(self.scalar(Kinds::NULL, &Value::Null, digest_of(&0_u8)))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Found, E> {
        Ok(self.scalar(Kinds::BOOLEAN, &Value::Bool(value), digest_of(&(1_u8, value))))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Found, E> {
        Ok(self.scalar(Kinds::INTEGER, &Value::from(value), digest_of(&(2_u8, i128::from(value)))))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Found, E> {
        Ok(self.scalar(Kinds::INTEGER, &Value::from(value), digest_of(&(2_u8, i128::from(value)))))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Found, E> {
        // For JSON Schema, 1.0 is a whole number, and the same as 1.
        let whole = value.fract() == 0.0 && value.abs() < 9.0e15;
        let kind = if whole { Kinds::INTEGER } else { Kinds::FRACTION };
        let digest = if whole {
            #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
            digest_of(&(2_u8, value as i128))
        } else {
            digest_of(&(3_u8, value.to_bits()))
        };
        Ok(self.scalar(kind, &Value::from(value), digest))
    }

    fn visit_str<E>(self, value: &str) -> Result<Found, E> {
        let digest = if self.digest { digest_of(&(4_u8, value)) } else { 0 };
        let mut fates = vec![Fate::Holds; self.state.held.len()];
        for at in 0..fates.len() {
            let rule = &self.walk.states.schema.rules[self.state.held[at].rule as usize];
            if let Some(why) = text_problem(rule, value) {
                self.walk.fail(&self.state, &mut fates, at, why);
            }
        }
        Ok(self.walk.found(&self.state, fates, digest))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Found, A::Error> {
        let Self { walk, state, digest } = self;
        let mut fates = vec![Fate::Holds; state.held.len()];
        let wants_digests = digest || state.unique;
        let mut seen: HashSet<u128> = HashSet::new();
        let mut whole = digest_of(&5_u8);
        let mut count: u64 = 0;
        let mark = walk.path.len();
        loop {
            let _ = write!(walk.path, "/{count}");
            let step = walk.states.item(&state, count);
            let inner =
                Held { walk: &mut *walk, state: Rc::clone(&step.to), digest: wants_digests };
            let Some(found) = list.next_element_seed(inner)? else { break };
            walk.take(&state, &step, &mut fates, &found);
            if wants_digests {
                whole = digest_of(&(whole, found.digest));
            }
            if state.unique && !seen.insert(found.digest) {
                walk.twice(&state, &mut fates);
            }
            walk.path.truncate(mark);
            count += 1;
        }
        walk.path.truncate(mark);
        for at in 0..fates.len() {
            let rule = &walk.states.schema.rules[state.held[at].rule as usize];
            if let Some(why) = list_problem(rule, count) {
                walk.fail(&state, &mut fates, at, why);
            }
        }
        Ok(walk.found(&state, fates, whole))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let Self { walk, state, digest } = self;
        if !(walk.goes_on)() {
            return Err(serde::de::Error::custom("nobody waits for it"));
        }
        let mut fates = vec![Fate::Holds; state.held.len()];
        let mut there = vec![0_u64; state.held.len()];
        let mut seen = [0_u64; NAMES_WATCHED_MAX / 64];
        let mut whole = digest_of(&6_u8);
        let mark = walk.path.len();
        while let Some((step, name)) =
            map.next_key_seed(Name { walk: &mut *walk, state: &state, digest })?
        {
            if let Some(at) = step.known.filter(|at| *at < NAMES_WATCHED_MAX) {
                if seen[at / 64] & (1 << (at % 64)) != 0 {
                    walk.problems
                        .push(walk.problem("the name stands twice in its object".to_owned()));
                }
                seen[at / 64] |= 1 << (at % 64);
            }
            for at in &step.denied {
                walk.fail(
                    &state,
                    &mut fates,
                    *at,
                    "the schema knows no such property here".to_owned(),
                );
            }
            for (at, wanted) in &step.provides {
                there[*at] |= 1 << wanted;
            }
            let inner = Held { walk: &mut *walk, state: Rc::clone(&step.to), digest };
            let found = map.next_value_seed(inner)?;
            walk.take(&state, &step, &mut fates, &found);
            // The order of properties says nothing.
            whole = whole.wrapping_add(digest_of(&(name, found.digest)));
            walk.path.truncate(mark);
        }
        for (at, there) in there.into_iter().enumerate() {
            let rule = &walk.states.schema.rules[state.held[at].rule as usize];
            if let Some(why) = object_problem(rule, there) {
                walk.fail(&state, &mut fates, at, why);
            }
        }
        Ok(walk.found(&state, fates, whole))
    }
}

impl Held<'_, '_> {
    fn scalar(self, kind: Kinds, value: &Value, digest: u128) -> Found {
        let mut fates = vec![Fate::Holds; self.state.held.len()];
        for at in 0..fates.len() {
            let rule = &self.walk.states.schema.rules[self.state.held[at].rule as usize];
            if let Some(why) = scalar_problem(rule, kind, value) {
                self.walk.fail(&self.state, &mut fates, at, why);
            }
        }
        self.walk.found(&self.state, fates, digest)
    }
}

/// The name of a property: read without being copied, but into the path.
struct Name<'w, 's> {
    walk: &'w mut Walk<'s>,
    state: &'w State,
    digest: bool,
}

impl<'de> DeserializeSeed<'de> for Name<'_, '_> {
    type Value = (Rc<Step>, u128);

    fn deserialize<D: Deserializer<'de>>(self, name: D) -> Result<Self::Value, D::Error> {
        name.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_, '_> {
    type Value = (Rc<Step>, u128);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        crate::sbom::problem::push_step(&mut self.walk.path, name);
        let digest = if self.digest { digest_of(&(7_u8, name)) } else { 0 };
        Ok((self.walk.states.property(self.state, name), digest))
    }
}

impl Walk<'_> {
    fn problem(&self, why: String) -> Problem {
        Problem::at(&self.path, why)
    }

    /// Notes that a rule does not hold: where nothing can make up for it, it is reported at once.
    fn fail(&mut self, state: &State, fates: &mut [Fate], at: usize, why: String) {
        let problem = self.problem(why);
        if state.held[at].definite {
            self.problems.push(problem);
            fates[at] = Fate::Told;
        } else if fates[at].holds() {
            fates[at] = Fate::Fails(Box::new(problem));
        }
    }

    /// Takes what was found of an inner value to the rules that asked.
    fn take(&mut self, state: &State, step: &Step, fates: &mut [Fate], found: &Found) {
        for (at, asked) in &step.links {
            match &found.fates[*asked] {
                Fate::Holds => {}
                Fate::Told => fates[*at] = Fate::Told,
                Fate::Fails(problem) if state.held[*at].definite => {
                    self.problems.push(problem.as_ref().clone());
                    fates[*at] = Fate::Told;
                }
                failed @ Fate::Fails(_) => {
                    if fates[*at].holds() {
                        fates[*at] = failed.clone();
                    }
                }
            }
        }
    }

    fn twice(&mut self, state: &State, fates: &mut [Fate]) {
        for at in 0..fates.len() {
            if self.states.schema.rules[state.held[at].rule as usize].unique {
                self.fail(state, fates, at, "the same item stands there already".to_owned());
            }
        }
    }

    /// Puts together what the rules say that are made of others.
    fn found(&mut self, state: &State, mut fates: Vec<Fate>, digest: u128) -> Found {
        for (at, held) in state.held.iter().enumerate() {
            for part in &held.all {
                if !fates[*part].holds() && fates[at].holds() {
                    fates[at] = fates[*part].clone();
                }
            }
            let problem = self.alternatives(held, &fates);
            if let Some(problem) = problem {
                if held.definite {
                    self.problems.push(problem);
                    fates[at] = Fate::Told;
                } else if fates[at].holds() {
                    fates[at] = Fate::Fails(Box::new(problem));
                }
            }
        }
        let fates = state.asked.iter().map(|at| fates[*at].clone()).collect();
        Found { fates, digest }
    }

    /// What is wrong with the choice that a rule leaves.
    fn alternatives(&self, held: &super::state::Held, fates: &[Fate]) -> Option<Problem> {
        for list in [&held.any, &held.one] {
            if !list.is_empty() && !list.iter().any(|part| fates[*part].holds()) {
                return Some(self.fits_none(list, fates));
            }
        }
        if held.one.iter().filter(|part| fates[**part].holds()).count() > 1 {
            let why = "of several forms exactly one is allowed here, and it has more than one";
            return Some(self.problem(why.to_owned()));
        }
        if held.not.is_some_and(|part| fates[part].holds()) {
            return Some(self.problem("it has what it must not have here".to_owned()));
        }
        let (condition, then, other) = held.when?;
        let branch = if fates[condition].holds() { then } else { other };
        match fates.get(branch?)? {
            Fate::Fails(problem) => Some(problem.as_ref().clone()),
            Fate::Holds | Fate::Told => None,
        }
    }

    /// Of the forms that do not fit, tells of the one in which most was right.
    fn fits_none(&self, list: &[usize], fates: &[Fate]) -> Problem {
        let reason = |part: &usize| match &fates[*part] {
            Fate::Fails(problem) => Some(problem.as_ref()),
            Fate::Holds | Fate::Told => None,
        };
        let deepest = list.iter().filter_map(reason).max_by_key(|problem| problem.place.path.len());
        let Some(deepest) = deepest else {
            return self.problem("it has none of the forms that it may have".to_owned());
        };
        let why = format!("it has none of the forms that it may have: {}", deepest.reason);
        Problem { place: deepest.place.clone(), reason: why }
    }
}

fn scalar_problem(rule: &Rule, kind: Kinds, value: &Value) -> Option<String> {
    if !rule.kinds.holds(kind) {
        return Some(wrong_kind(rule.kinds, kind));
    }
    if rule.values.as_ref().is_some_and(|values| !values.others.contains(value)) {
        return Some(format!("`{value}` is none of the values that the schema lists"));
    }
    let number = value.as_f64()?;
    let (least, most) = (rule.least, rule.most);
    if number < least {
        return Some(format!("{number} is less than {least}"));
    }
    (number > most).then(|| format!("{number} is more than {most}"))
}

fn text_problem(rule: &Rule, text: &str) -> Option<String> {
    if !rule.kinds.holds(Kinds::TEXT) {
        return Some(wrong_kind(rule.kinds, Kinds::TEXT));
    }
    if rule.values.as_ref().is_some_and(|values| !values.texts.contains(text)) {
        return Some(format!("`{}` is none of the values that the schema lists", excerpt(text)));
    }
    if let Some(pattern) = rule.pattern.as_ref().filter(|pattern| !pattern.is_match(text)) {
        return Some(format!("`{}` does not fit `{}`", excerpt(text), pattern.as_str()));
    }
    if let Some(format) = rule.format.filter(|format| !format.fits(text)) {
        return Some(format!("`{}` is not {}", excerpt(text), format.said()));
    }
    if rule.length_min > 0 || rule.length_max < u64::MAX {
        let length = text.chars().count() as u64;
        let (least, most) = (rule.length_min, rule.length_max);
        if length < least || length > most {
            return Some(format!("a text of {length} signs stands where {least} to {most} may"));
        }
    }
    None
}

fn list_problem(rule: &Rule, count: u64) -> Option<String> {
    if !rule.kinds.holds(Kinds::LIST) {
        return Some(wrong_kind(rule.kinds, Kinds::LIST));
    }
    let within = (rule.items_min..=rule.items_max).contains(&count);
    (!within).then(|| format!("a list of {count} items is too short or too long"))
}

fn object_problem(rule: &Rule, there: u64) -> Option<String> {
    if !rule.kinds.holds(Kinds::OBJECT) {
        return Some(wrong_kind(rule.kinds, Kinds::OBJECT));
    }
    let mut required = rule.required.iter().enumerate();
    let (_, name) = required.find(|(at, _)| there & (1 << at) == 0)?;
    Some(format!("`{name}` is missing"))
}

fn wrong_kind(wanted: Kinds, found: Kinds) -> String {
    format!("{} is wanted, and here is {}", wanted.said(), found.said())
}

/// Two values with one digest are taken for the same.
fn digest_of(value: &impl Hash) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        value.hash(&mut hasher);
        u128::from(hasher.finish())
    };
    (half(1) << 64) | half(2)
}
