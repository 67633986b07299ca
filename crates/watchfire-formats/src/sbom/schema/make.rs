//! Makes the states of a schema.

use std::collections::{BTreeSet, HashMap};

use super::digest::Digests;
use super::state::{Held, Known, State, StateId, Step};
use super::{Others, Rule, RuleId};
use crate::sbom::problem::push_step;

/// A rule that a value is held to, and whether it is so definitely.
type Asked = (RuleId, bool);

/// Makes all states that can be reached from the rule `root`; the first of them is for that.
pub(crate) fn states(rules: &[Rule], root: RuleId, digests: &Digests) -> Vec<State> {
    let mut maker = Maker { rules, digests, numbers: HashMap::new(), asked: Vec::new() };
    maker.number(vec![(root, true)]);
    let mut made = Vec::new();
    while let Some(asked) = maker.asked.get(made.len()).cloned() {
        made.push(maker.state(&asked));
    }
    made
}

struct Maker<'r> {
    rules: &'r [Rule],
    digests: &'r Digests,
    numbers: HashMap<Vec<Asked>, StateId>,
    /// What each state is for, by their numbers.
    asked: Vec<Vec<Asked>>,
}

impl<'r> Maker<'r> {
    /// The number of the state for some rules, which is made when its turn comes.
    fn number(&mut self, asked: Vec<Asked>) -> StateId {
        if let Some(number) = self.numbers.get(&asked) {
            return *number;
        }
        let next = StateId::try_from(self.asked.len());
        let next = next.expect("a schema has fewer states than numbers");
        self.numbers.insert(asked.clone(), next);
        self.asked.push(asked);
        next
    }

    fn rule(&self, held: &Held) -> &'r Rule {
        &self.rules[held.rule as usize]
    }

    fn state(&mut self, asked: &[Asked]) -> State {
        let (mut held, mut places) = (Vec::new(), HashMap::new());
        let asked =
            asked.iter().map(|one| hold(self.rules, *one, &mut held, &mut places)).collect();
        let names = held.iter().flat_map(|one| {
            let rule = self.rule(one);
            rule.properties.keys().chain(&rule.required).map(|name| &**name)
        });
        let names: Vec<&str> = names.collect::<BTreeSet<_>>().into_iter().collect();
        for one in &mut held {
            let required = self.rule(one).required.iter();
            let number = |name| names.binary_search(&name).expect("it is known");
            one.required = required.map(|name| number(&**name)).collect();
        }
        let firsts = held.iter().map(|one| self.rule(one).firsts.len()).max().unwrap_or_default();
        let names = names.into_iter().enumerate();
        State {
            names: names.map(|known| (known.1.into(), self.property(&held, Some(known)))).collect(),
            other: self.property(&held, None),
            items: (0..=firsts).map(|at| self.item(&held, at)).collect(),
            made_of_others: that(&held, is_made_of_others),
            texts: that(&held, |one| self.rule(one).may_refuse_a_text()),
            scalars: that(&held, |one| self.rule(one).may_refuse_a_scalar()),
            lists: that(&held, |one| self.rule(one).may_refuse_a_list()),
            objects: that(&held, |one| self.rule(one).may_refuse_an_object()),
            unique: held.iter().any(|one| self.rule(one).unique),
            asked,
            held,
        }
    }

    /// The way to the property with a name that is known, or to those with any other.
    fn property(&mut self, held: &[Held], known: Option<(usize, &str)>) -> Step {
        let (mut asked, mut denied) = (Vec::new(), Vec::new());
        for (at, one) in held.iter().enumerate() {
            let rule = self.rule(one);
            let own = known.and_then(|(_, name)| rule.properties.get(name));
            match (own, rule.others) {
                (Some(inner), _) => asked.push((at, (*inner, one.definite))),
                (None, Others::By(inner)) => asked.push((at, (inner, one.definite))),
                (None, Others::Denied) => denied.push(at),
                (None, Others::Allowed) => {}
            }
        }
        let known = known.map(|(number, name)| {
            let mut pointer = String::new();
            push_step(&mut pointer, name);
            Known { number, pointer, digest: self.digests.of(name) }
        });
        self.step(&asked, denied, known)
    }

    /// The way to the item of a list that stands at `at`.
    fn item(&mut self, held: &[Held], at: usize) -> Step {
        let asked = held.iter().enumerate().filter_map(|(place, one)| {
            let rule = self.rule(one);
            let item = rule.firsts.get(at).copied().or(rule.items)?;
            Some((place, (item, one.definite)))
        });
        let asked: Vec<_> = asked.collect();
        self.step(&asked, Vec::new(), None)
    }

    fn step(&mut self, asked: &[(usize, Asked)], denied: Vec<usize>, known: Option<Known>) -> Step {
        let mut wanted: Vec<Asked> = asked.iter().map(|(_, asked)| *asked).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let place = |one: &Asked| wanted.binary_search(one).expect("each was asked for");
        let links = asked.iter().map(|(at, asked)| (*at, place(asked))).collect();
        Step { to: self.number(wanted), links, denied, known }
    }
}

/// The places of those for which something is so.
fn that(held: &[Held], is: impl Fn(&Held) -> bool) -> Vec<usize> {
    (0..held.len()).filter(|at| is(&held[*at])).collect()
}

fn is_made_of_others(held: &Held) -> bool {
    let lists = [&held.all, &held.any, &held.one];
    lists.iter().any(|list| !list.is_empty()) || held.not.is_some() || held.when.is_some()
}

/// Adds a rule after those that it is made of; returns its place.
fn hold(
    rules: &[Rule],
    (rule, definite): Asked,
    held: &mut Vec<Held>,
    places: &mut HashMap<Asked, usize>,
) -> usize {
    if let Some(place) = places.get(&(rule, definite)) {
        return *place;
    }
    let own = &rules[rule as usize];
    let mut of = |ids: &[RuleId], definite: bool| -> Vec<usize> {
        ids.iter().map(|id| hold(rules, (*id, definite), held, places)).collect()
    };
    let (all, any, one) = (of(&own.all, definite), of(&own.any, false), of(&own.one, false));
    let mut single = |id: Option<RuleId>| id.map(|id| of(&[id], false)[0]);
    let not = single(own.not);
    let when = own.when.map(|(condition, then, other)| {
        let condition = single(Some(condition)).expect("it was given");
        (condition, single(then), single(other))
    });
    held.push(Held { rule, definite, required: Vec::new(), all, any, one, not, when });
    let place = held.len() - 1;
    places.insert((rule, definite), place);
    place
}
