//! Goes through a document with the rules of its schema.

use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;
use std::rc::Rc;

use foldhash::fast::RandomState;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::fate::{Fate, Fates, Found};
use super::problem::{list_problem, object_problem, put_in, scalar_problem, text_problem};
use super::state::{State, Step};
use super::{Kinds, Rule, Schema, state};
use crate::sbom::Refused;
use crate::sbom::input::Input;
use crate::sbom::problem::{Problem, Problems, push_number, push_step};

/// A walk through a document.
pub(crate) struct Walk<'s> {
    schema: &'s Schema,
    /// Whether anybody still waits for it; asked at each object.
    goes_on: &'s dyn Fn() -> bool,
    /// Where it is, as a JSON pointer.
    path: String,
    /// Which of the names that are known were seen in each object that is open, as bits.
    seen: Vec<u64>,
    /// What the schema does not allow.
    problems: Problems,
}

/// Holds a document in JSON to a schema, for as long as `goes_on` says so.
pub(crate) fn conforms(
    input: &Input<'_>,
    schema: &Schema,
    goes_on: &dyn Fn() -> bool,
) -> Result<Problems, Refused> {
    let (path, problems) = (String::new(), Problems::default());
    let mut walk = Walk { schema, goes_on, path, seen: Vec::new(), problems };
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
        let state = self.0.schema.root();
        Held { walk: self.0, state, digest: false }.deserialize(document).map(drop)
    }
}

/// A value that is about to be read, with the rules that speak of it.
struct Held<'w, 's> {
    walk: &'w mut Walk<'s>,
    state: &'s State,
    /// Whether it must be told from other values.
    digest: bool,
}

impl<'de> DeserializeSeed<'de> for Held<'_, '_> {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Found, D::Error> {
        if self.state.asks_nothing() && !self.digest {
            value.deserialize_any(IgnoredAny)?;
            return Ok(Found::default());
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
        Ok(self.scalar(Kinds::NULL, &Value::Null, 0_u8))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Found, E> {
        Ok(self.scalar(Kinds::BOOLEAN, &Value::Bool(value), (1_u8, value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Found, E> {
        Ok(self.scalar(Kinds::INTEGER, &Value::from(value), (2_u8, i128::from(value))))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Found, E> {
        Ok(self.scalar(Kinds::INTEGER, &Value::from(value), (2_u8, i128::from(value))))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Found, E> {
        // For JSON Schema, 1.0 is a whole number, and the same as 1.
        if value.fract() == 0.0 && value.abs() < 9.0e15 {
            #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
            let whole = value as i128;
            return Ok(self.scalar(Kinds::INTEGER, &Value::from(value), (2_u8, whole)));
        }
        Ok(self.scalar(Kinds::FRACTION, &Value::from(value), (3_u8, value.to_bits())))
    }

    fn visit_str<E>(self, value: &str) -> Result<Found, E> {
        let Self { walk, state, digest } = self;
        let mut fates = Fates::default();
        walk.refuse(state, &state.texts, &mut fates, |rule, _| text_problem(rule, value));
        let digest = walk.digest(digest, (4_u8, value));
        Ok(walk.found(state, fates, digest))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Found, A::Error> {
        let Self { walk, state, digest } = self;
        let mut fates = Fates::default();
        let mut items = Items::default();
        let mut whole = walk.digest(digest, 5_u8);
        let mut count: u64 = 0;
        let mark = walk.path.len();
        loop {
            push_number(&mut walk.path, count);
            let step = state.item(count);
            let within = walk.schema.state(step.to);
            let inner = Held { walk: &mut *walk, state: within, digest: digest || state.unique };
            let Some(found) = list.next_element_seed(inner)? else { break };
            walk.take(state, step, &mut fates, &found);
            whole = walk.digest(digest, (whole, found.digest));
            if state.unique && items.has(found.digest) {
                walk.twice(state, &mut fates);
            }
            walk.path.truncate(mark);
            count += 1;
        }
        walk.path.truncate(mark);
        walk.refuse(state, &state.lists, &mut fates, |rule, _| list_problem(rule, count));
        Ok(walk.found(state, fates, whole))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let Self { walk, state, digest } = self;
        if !(walk.goes_on)() {
            return Err(serde::de::Error::custom("nobody waits for it"));
        }
        let mut fates = Fates::default();
        let mut whole = walk.digest(digest, 6_u8);
        let seen = walk.seen.len();
        walk.seen.resize(seen + state.names_known().div_ceil(64), 0);
        let mark = walk.path.len();
        while let Some((step, name)) =
            map.next_key_seed(Name { walk: &mut *walk, state, digest })?
        {
            if let Some(known) = &step.known
                && !put_in(&mut walk.seen[seen..], known.number)
            {
                walk.problems.push(walk.problem("the name stands twice in its object".to_owned()));
            }
            for at in &step.denied {
                let why = || "the schema knows no such property here".to_owned();
                walk.fail(state, &mut fates, *at, why);
            }
            let within = walk.schema.state(step.to);
            let inner = Held { walk: &mut *walk, state: within, digest };
            let found = map.next_value_seed(inner)?;
            walk.take(state, step, &mut fates, &found);
            // The order of properties says nothing.
            whole = whole.wrapping_add(walk.digest(digest, (name, found.digest)));
            walk.path.truncate(mark);
        }
        // Nothing is added while it is taken out.
        let names = std::mem::take(&mut walk.seen);
        walk.refuse(state, &state.objects, &mut fates, |rule, held| {
            object_problem(rule, &held.required, &names[seen..])
        });
        walk.seen = names;
        walk.seen.truncate(seen);
        Ok(walk.found(state, fates, whole))
    }
}

impl Held<'_, '_> {
    fn scalar(self, kind: Kinds, value: &Value, told_by: impl Hash) -> Found {
        let Self { walk, state, digest } = self;
        let mut fates = Fates::default();
        walk.refuse(state, &state.scalars, &mut fates, |rule, _| scalar_problem(rule, kind, value));
        let digest = walk.digest(digest, told_by);
        walk.found(state, fates, digest)
    }
}

/// The items of a list so far, by their digests; many lists have one, for which nothing is laid out.
#[derive(Default)]
struct Items {
    first: Option<u128>,
    all: HashSet<u128, RandomState>,
}

impl Items {
    /// Whether an item stands there already; from then on it does.
    fn has(&mut self, digest: u128) -> bool {
        let Some(first) = self.first else {
            self.first = Some(digest);
            return false;
        };
        self.all.insert(first);
        !self.all.insert(digest)
    }
}

/// The name of a property: read without being copied, but into the path.
struct Name<'w, 's> {
    walk: &'w mut Walk<'s>,
    state: &'s State,
    digest: bool,
}

impl<'de, 's> DeserializeSeed<'de> for Name<'_, 's> {
    type Value = (&'s Step, u128);

    fn deserialize<D: Deserializer<'de>>(self, name: D) -> Result<Self::Value, D::Error> {
        name.deserialize_str(self)
    }
}

impl<'s> Visitor<'_> for Name<'_, 's> {
    type Value = (&'s Step, u128);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        let step = self.state.property(name);
        let digest = match &step.known {
            Some(known) => {
                self.walk.path.push_str(&known.pointer);
                known.digest
            }
            None => {
                push_step(&mut self.walk.path, name);
                self.walk.digest(self.digest, name)
            }
        };
        Ok((step, digest))
    }
}

impl<'s> Walk<'s> {
    fn problem(&self, why: String) -> Problem {
        Problem::at(&self.path, why)
    }

    /// What tells a value from others, where that is wanted.
    fn digest(&self, is_wanted: bool, value: impl Hash) -> u128 {
        if is_wanted { self.schema.digests.of(value) } else { 0 }
    }

    /// Asks some rules of a state what is wrong with a value.
    fn refuse(
        &mut self,
        state: &State,
        asked: &[usize],
        fates: &mut Fates,
        wrong: impl Fn(&Rule, &state::Held) -> Option<String>,
    ) {
        for at in asked {
            let held = &state.held[*at];
            if !held.definite && !fates.holds(*at) {
                continue;
            }
            if let Some(why) = wrong(&self.schema.rules[held.rule as usize], held) {
                self.fail(state, fates, *at, || why);
            }
        }
    }

    /// Notes that a rule does not hold: where nothing can make up for it, it is reported at once.
    fn fail(&mut self, state: &State, fates: &mut Fates, at: usize, why: impl FnOnce() -> String) {
        if state.held[at].definite {
            self.problems.push(self.problem(why()));
            fates.put(at, Fate::Told);
        } else if fates.holds(at) {
            fates.put(at, Fate::Fails(Rc::new(self.problem(why()))));
        }
    }

    /// Takes what was found of an inner value to the rules that asked.
    fn take(&mut self, state: &State, step: &Step, fates: &mut Fates, found: &Found) {
        if found.fates.all_hold() {
            return;
        }
        for (at, asked) in &step.links {
            match found.fates.of(*asked) {
                Fate::Holds => {}
                Fate::Told => fates.put(*at, Fate::Told),
                Fate::Fails(problem) if state.held[*at].definite => {
                    self.problems.push(problem.as_ref().clone());
                    fates.put(*at, Fate::Told);
                }
                failed @ Fate::Fails(_) => {
                    if fates.holds(*at) {
                        fates.put(*at, failed.clone());
                    }
                }
            }
        }
    }

    fn twice(&mut self, state: &State, fates: &mut Fates) {
        for (at, held) in state.held.iter().enumerate() {
            if self.schema.rules[held.rule as usize].unique {
                let why = || "the same item stands there already".to_owned();
                self.fail(state, fates, at, why);
            }
        }
    }

    /// Puts together what the rules say that are made of others.
    fn found(&mut self, state: &State, mut fates: Fates, digest: u128) -> Found {
        for at in &state.made_of_others {
            let held = &state.held[*at];
            if let Some(part) = held.all.iter().find(|part| !fates.holds(**part))
                && fates.holds(*at)
            {
                fates.put(*at, fates.of(*part).clone());
            }
            if let Some(problem) = self.alternatives(held, &fates) {
                if held.definite {
                    self.problems.push(problem);
                    fates.put(*at, Fate::Told);
                } else if fates.holds(*at) {
                    fates.put(*at, Fate::Fails(Rc::new(problem)));
                }
            }
        }
        if fates.all_hold() {
            return Found { fates, digest };
        }
        let mut found = Fates::default();
        for (at, asked) in state.asked.iter().enumerate().filter(|(_, asked)| !fates.holds(**asked))
        {
            found.put(at, fates.of(*asked).clone());
        }
        Found { fates: found, digest }
    }

    /// What is wrong with the choice that a rule leaves.
    fn alternatives(&self, held: &state::Held, fates: &Fates) -> Option<Problem> {
        for list in [&held.any, &held.one] {
            if !list.is_empty() && !list.iter().any(|part| fates.holds(*part)) {
                return Some(self.fits_none(list, fates));
            }
        }
        if held.one.iter().filter(|part| fates.holds(**part)).count() > 1 {
            let why = "of several forms exactly one is allowed here, and it has more than one";
            return Some(self.problem(why.to_owned()));
        }
        if held.not.is_some_and(|part| fates.holds(part)) {
            return Some(self.problem("it has what it must not have here".to_owned()));
        }
        let (condition, then, other) = held.when?;
        let branch = if fates.holds(condition) { then } else { other };
        match fates.of(branch?) {
            Fate::Fails(problem) => Some(problem.as_ref().clone()),
            Fate::Holds | Fate::Told => None,
        }
    }

    /// Of the forms that do not fit, tells of the one in which most was right.
    fn fits_none(&self, list: &[usize], fates: &Fates) -> Problem {
        let reason = |part: &usize| match fates.of(*part) {
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
