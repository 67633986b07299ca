//! All rules that speak of one value, and what they lead to.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::{Others, RuleId, Schema};

/// A rule that a value is held to; `definite` where nothing else can make up for it.
pub(crate) type Asked = (RuleId, bool);

/// A rule among those of a state, with the places of the rules that it is made of.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) rule: RuleId,
    pub(crate) definite: bool,
    pub(crate) all: Vec<usize>,
    pub(crate) any: Vec<usize>,
    pub(crate) one: Vec<usize>,
    pub(crate) not: Option<usize>,
    pub(crate) when: Option<(usize, Option<usize>, Option<usize>)>,
}

/// The rules that speak of one value.
#[derive(Debug)]
pub(crate) struct State {
    /// Parts stand before what is made of them.
    pub(crate) held: Vec<Held>,
    /// Where the rules stand that were asked for.
    pub(crate) asked: Vec<usize>,
    /// The properties that any of the rules names.
    names: BTreeMap<Box<str>, usize>,
    named: RefCell<Vec<Option<Rc<Step>>>>,
    other: RefCell<Option<Rc<Step>>>,
    /// The ways to the first items, and at last to all after those.
    items: RefCell<Vec<Option<Rc<Step>>>>,
    pub(crate) unique: bool,
}

/// The way from a value to one that lies in it.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) to: Rc<State>,
    /// For each rule asked of the inner value, the rule of the outer one that asks it.
    pub(crate) links: Vec<(usize, usize)>,
    /// The rules that do not allow it to be there.
    pub(crate) denied: Vec<usize>,
    /// The rules that want it to be there, and as which of what they want.
    pub(crate) provides: Vec<(usize, usize)>,
    /// The place of its name among those that the rules know.
    pub(crate) known: Option<usize>,
}

/// The states of a schema, each made when it is first reached.
#[derive(Debug)]
pub(crate) struct States<'s> {
    pub(crate) schema: &'s Schema,
    made: HashMap<Vec<Asked>, Rc<State>>,
}

impl<'s> States<'s> {
    pub(crate) fn new(schema: &'s Schema) -> Self {
        Self { schema, made: HashMap::new() }
    }

    pub(crate) fn of(&mut self, asked: &[Asked]) -> Rc<State> {
        if let Some(made) = self.made.get(asked) {
            return Rc::clone(made);
        }
        let state = Rc::new(State::of(self.schema, asked));
        self.made.insert(asked.to_vec(), Rc::clone(&state));
        state
    }

    /// The way to the property `name`.
    pub(crate) fn property(&mut self, state: &State, name: &str) -> Rc<Step> {
        let known = state.names.get(name).copied();
        let there = match known {
            Some(at) => state.named.borrow()[at].clone(),
            None => state.other.borrow().clone(),
        };
        if let Some(step) = there {
            return step;
        }
        let step = Rc::new(self.property_step(state, known.map(|at| (at, name))));
        match known {
            Some(at) => state.named.borrow_mut()[at] = Some(Rc::clone(&step)),
            None => *state.other.borrow_mut() = Some(Rc::clone(&step)),
        }
        step
    }

    fn property_step(&mut self, state: &State, known: Option<(usize, &str)>) -> Step {
        let mut asked = Vec::new();
        let (mut denied, mut provides) = (Vec::new(), Vec::new());
        for (at, held) in state.held.iter().enumerate() {
            let rule = &self.schema.rules[held.rule as usize];
            let name = known.map_or("", |(_, name)| name);
            if let Some(wanted) = rule.required.iter().position(|it| **it == *name) {
                provides.push((at, wanted));
            }
            match (rule.properties.get(name), rule.others) {
                (Some(inner), _) => asked.push((at, (*inner, held.definite))),
                (None, Others::By(inner)) => asked.push((at, (inner, held.definite))),
                (None, Others::Denied) => denied.push(at),
                (None, Others::Allowed) => {}
            }
        }
        self.step(asked, denied, provides, known.map(|(at, _)| at))
    }

    /// The way to the item of a list that stands at `at`.
    pub(crate) fn item(&mut self, state: &State, at: u64) -> Rc<Step> {
        let last = state.items.borrow().len() - 1;
        let at = usize::try_from(at).map_or(last, |at| at.min(last));
        if let Some(step) = state.items.borrow()[at].clone() {
            return step;
        }
        let asked = |(place, held): (usize, &Held)| {
            let rule = &self.schema.rules[held.rule as usize];
            let item = rule.firsts.get(at).copied().or(rule.items)?;
            Some((place, (item, held.definite)))
        };
        let asked = state.held.iter().enumerate().filter_map(asked).collect();
        let step = Rc::new(self.step(asked, Vec::new(), Vec::new(), None));
        state.items.borrow_mut()[at] = Some(Rc::clone(&step));
        step
    }

    fn step(
        &mut self,
        asked: Vec<(usize, Asked)>,
        denied: Vec<usize>,
        provides: Vec<(usize, usize)>,
        known: Option<usize>,
    ) -> Step {
        let mut wanted: Vec<Asked> = asked.iter().map(|(_, asked)| *asked).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let place = |one: &Asked| wanted.binary_search(one).expect("each was asked for");
        let links = asked.iter().map(|(at, asked)| (*at, place(asked))).collect();
        Step { to: self.of(&wanted), links, denied, provides, known }
    }
}

impl State {
    fn of(schema: &Schema, asked: &[Asked]) -> Self {
        let mut held = Vec::new();
        let mut places = HashMap::new();
        let asked = asked.iter().map(|one| hold(schema, *one, &mut held, &mut places)).collect();
        let mut names = BTreeMap::new();
        let (mut unique, mut firsts) = (false, 0);
        for one in &held {
            let rule = &schema.rules[one.rule as usize];
            unique |= rule.unique;
            firsts = firsts.max(rule.firsts.len());
            for name in rule.properties.keys().chain(&rule.required) {
                let next = names.len();
                names.entry(name.clone()).or_insert(next);
            }
        }
        let named = RefCell::new(vec![None; names.len()]);
        let items = RefCell::new(vec![None; firsts + 1]);
        Self { held, asked, names, named, other: RefCell::new(None), items, unique }
    }

    /// Whether nothing is asked of the value.
    pub(crate) fn asks_nothing(&self) -> bool {
        self.held.is_empty()
    }
}

/// Adds a rule after those that it is made of; returns its place.
fn hold(
    schema: &Schema,
    (rule, definite): Asked,
    held: &mut Vec<Held>,
    places: &mut HashMap<Asked, usize>,
) -> usize {
    if let Some(place) = places.get(&(rule, definite)) {
        return *place;
    }
    let own = &schema.rules[rule as usize];
    let mut of = |ids: &[RuleId], definite: bool| -> Vec<usize> {
        ids.iter().map(|id| hold(schema, (*id, definite), held, places)).collect()
    };
    let (all, any, one) = (of(&own.all, definite), of(&own.any, false), of(&own.one, false));
    let mut single = |id: Option<RuleId>| id.map(|id| of(&[id], false)[0]);
    let not = single(own.not);
    let when = own.when.map(|(condition, then, other)| {
        let condition = single(Some(condition)).expect("it was given");
        (condition, single(then), single(other))
    });
    held.push(Held { rule, definite, all, any, one, not, when });
    let place = held.len() - 1;
    places.insert((rule, definite), place);
    place
}
