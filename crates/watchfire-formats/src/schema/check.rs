//! Puts a document to compiled schemas.

use std::collections::HashSet;
use std::fmt::Write;

use serde_json::{Map, Value};

use super::compile::{At, Node, Type};
use super::{PROBLEMS_MAX, Problem, Unknown};

/// A value in a message is shown up to so many signs.
const SHOWN_SIGNS_MAX: usize = 60;

pub(super) fn problems(nodes: &[Node], document: &Value, unknown: Unknown) -> Vec<Problem> {
    let mut walk = Walk { nodes, unknown, path: Vec::new(), found: Vec::new(), most: PROBLEMS_MAX };
    walk.check(0, document);
    walk.found
}

/// One step towards a value.
#[derive(Clone, Copy)]
enum Step<'a> {
    Name(&'a str),
    Place(usize),
}

struct Walk<'a> {
    nodes: &'a [Node],
    unknown: Unknown,
    path: Vec<Step<'a>>,
    found: Vec<Problem>,
    /// With so many problems the walk ends.
    most: usize,
}

impl<'a> Walk<'a> {
    fn tell(&mut self, reason: String) {
        if self.full() {
            return;
        }
        let mut pointer = String::new();
        for step in &self.path {
            match step {
                Step::Name(name) => {
                    pointer.push('/');
                    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                }
                Step::Place(place) => write!(pointer, "/{place}").expect("a text takes all"),
            }
        }
        self.found.push(Problem { pointer, reason });
    }

    fn full(&self) -> bool {
        self.found.len() >= self.most
    }

    fn within(&mut self, step: Step<'a>, at: At, value: &'a Value) {
        self.path.push(step);
        self.check(at, value);
        self.path.pop();
    }

    /// What is wrong with `value` by another schema, up to `most` problems.
    fn apart(&self, at: At, value: &'a Value, most: usize) -> Vec<Problem> {
        let path = self.path.clone();
        let (nodes, unknown) = (self.nodes, self.unknown);
        let mut walk = Walk { nodes, unknown, path, found: Vec::new(), most };
        walk.check(at, value);
        walk.found
    }

    fn fits(&self, at: At, value: &'a Value) -> bool {
        self.apart(at, value, 1).is_empty()
    }

    fn check(&mut self, at: At, value: &'a Value) {
        if self.full() {
            return;
        }
        let nodes = self.nodes;
        let node = &nodes[at];
        if node.never {
            return self.tell("nothing may stand here".to_owned());
        }
        if let Some(at) = node.reference {
            self.check(at, value);
        }
        if !node.types.is_empty() && !node.types.iter().any(|kind| is_of(*kind, value)) {
            let names: Vec<&str> = node.types.iter().map(|kind| kind.name()).collect();
            return self.tell(format!(
                "{} is not of the type {}",
                shown(value),
                names.join(" or ")
            ));
        }
        if let Some(values) = &node.values
            && !values.iter().any(|one| same(one, value))
        {
            let known: Vec<String> = values.iter().take(12).map(shown).collect();
            self.tell(format!("{} is not one of: {}", shown(value), known.join(", ")));
        }
        match value {
            Value::Object(members) => self.object(node, members),
            Value::Array(items) => self.array(node, items),
            Value::String(text) => self.text(node, text),
            Value::Number(number) => self.number(node, number.as_f64().unwrap_or(f64::NAN)),
            Value::Null | Value::Bool(_) => {}
        }
        self.branches(node, value);
    }

    fn object(&mut self, node: &'a Node, members: &'a Map<String, Value>) {
        for name in node.required.iter().filter(|name| !members.contains_key(*name)) {
            self.tell(format!("`{name}` is missing"));
        }
        for (name, needed) in node.dependent.iter().filter(|(name, _)| members.contains_key(name)) {
            for missing in needed.iter().filter(|name| !members.contains_key(*name)) {
                self.tell(format!("`{missing}` is missing beside `{name}`"));
            }
        }
        self.count("properties", node.properties_count, members.len());
        for (name, value) in members {
            let named = node.properties.get(name).copied();
            let patterned: Vec<At> = node
                .patterned
                .iter()
                .filter(|(one, _)| one.finds(name))
                .map(|(_, at)| *at)
                .collect();
            for at in named.iter().chain(&patterned) {
                self.within(Step::Name(name), *at, value);
            }
            if let Some(at) = node.additional
                && named.is_none()
                && patterned.is_empty()
            {
                self.additional(name, at, value);
            }
            if let Some(at) = node.names
                && !self.name_fits(at, name)
            {
                self.tell(format!("`{name}` is no name that a property may have here"));
            }
        }
    }

    fn additional(&mut self, name: &'a str, at: At, value: &'a Value) {
        if !self.nodes[at].never {
            return self.within(Step::Name(name), at, value);
        }
        if self.unknown == Unknown::AsWritten {
            self.path.push(Step::Name(name));
            self.tell(format!("a property `{name}` is not known here"));
            self.path.pop();
        }
    }

    fn name_fits(&self, at: At, name: &str) -> bool {
        let name = Value::String(name.to_owned());
        let (nodes, unknown) = (self.nodes, self.unknown);
        let mut walk = Walk { nodes, unknown, path: Vec::new(), found: Vec::new(), most: 1 };
        walk.check(at, &name);
        walk.found.is_empty()
    }

    fn array(&mut self, node: &'a Node, items: &'a [Value]) {
        self.count("entries", node.items_count, items.len());
        for (place, item) in items.iter().enumerate() {
            if let Some(at) = node.prefix.get(place).copied().or(node.items) {
                self.within(Step::Place(place), at, item);
            }
        }
        if let Some(at) = node.contains
            && !items.iter().any(|item| self.fits(at, item))
        {
            self.tell("no entry is as one must be".to_owned());
        }
        if node.unique {
            let mut seen = HashSet::with_capacity(items.len());
            for (place, item) in items.iter().enumerate() {
                if !seen.insert(canonical(item)) {
                    self.path.push(Step::Place(place));
                    self.tell("the same stands there before".to_owned());
                    self.path.pop();
                }
            }
        }
    }

    fn text(&mut self, node: &'a Node, text: &'a str) {
        if node.length != (None, None) {
            self.count("signs", node.length, text.chars().count());
        }
        if let Some(pattern) = &node.pattern
            && !pattern.finds(text)
        {
            let written: String = pattern.written.chars().take(SHOWN_SIGNS_MAX).collect();
            let more = if written.len() < pattern.written.len() { " …" } else { "" };
            self.tell(format!("{} does not match `{written}{more}`", quoted(text)));
        }
        if let Some(format) = node.format
            && !format.fits(text)
        {
            self.tell(format!("{} is not {}", quoted(text), format.name()));
        }
    }

    fn number(&mut self, node: &Node, number: f64) {
        let below = node.range.0.is_some_and(|least| number < least)
            || node.range_without.0.is_some_and(|least| number <= least);
        let above = node.range.1.is_some_and(|most| number > most)
            || node.range_without.1.is_some_and(|most| number >= most);
        if below || above {
            self.tell(format!("{number} is too {}", if below { "small" } else { "large" }));
        }
        if let Some(step) = node.multiple_of {
            let times = number / step;
            if (times - times.round()).abs() > 1e-9 * times.abs().max(1.0) {
                self.tell(format!("{number} is no multiple of {step}"));
            }
        }
    }

    fn count(&mut self, of: &str, (least, most): (Option<u64>, Option<u64>), count: usize) {
        let count = count as u64;
        if let Some(least) = least.filter(|least| count < *least) {
            self.tell(format!("there are {count} {of}, and at least {least} are needed"));
        }
        if let Some(most) = most.filter(|most| count > *most) {
            self.tell(format!("there are {count} {of}, and at most {most} may be"));
        }
    }

    fn branches(&mut self, node: &'a Node, value: &'a Value) {
        for at in &node.all {
            self.check(*at, value);
        }
        if !node.any.is_empty() && !node.any.iter().any(|at| self.fits(*at, value)) {
            self.tell_best(&node.any, value);
        }
        if !node.one.is_empty() {
            match node.one.iter().filter(|at| self.fits(**at, value)).count() {
                0 => self.tell_best(&node.one, value),
                1 => {}
                fitting => self.tell(format!("{fitting} forms fit, and one must")),
            }
        }
        if node.not.is_some_and(|at| self.fits(at, value)) {
            self.tell("this form may not stand here".to_owned());
        }
        if let Some(at) = node.condition {
            let next = if self.fits(at, value) { node.then } else { node.otherwise };
            if let Some(at) = next {
                self.check(at, value);
            }
        }
    }

    /// Tells the problems of the branch that has the fewest, and has them deepest: it was meant.
    fn tell_best(&mut self, branches: &[At], value: &'a Value) {
        let told = branches.iter().map(|at| self.apart(*at, value, PROBLEMS_MAX));
        let depth = |problems: &Vec<Problem>| problems.iter().map(|it| it.pointer.len()).max();
        let best =
            told.min_by_key(|it| (it.len(), std::cmp::Reverse(depth(it)))).unwrap_or_default();
        let room = self.most.saturating_sub(self.found.len());
        self.found.extend(best.into_iter().take(room));
    }
}

fn is_of(kind: Type, value: &Value) -> bool {
    match kind {
        Type::Null => value.is_null(),
        Type::Boolean => value.is_boolean(),
        // A number without a part behind the point is a whole one, however it is written.
        Type::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        Type::Number => value.is_number(),
        Type::String => value.is_string(),
        Type::Array => value.is_array(),
        Type::Object => value.is_object(),
    }
}

/// Whether two values are the same, numbers by what they are worth.
fn same(one: &Value, two: &Value) -> bool {
    one == two || (one.is_number() && two.is_number() && one.as_f64() == two.as_f64())
}

/// One text for all values that are the same: names in order, numbers by what they are worth.
fn canonical(value: &Value) -> String {
    fn write(value: &Value, text: &mut String) {
        match value {
            Value::Object(members) => {
                let mut names: Vec<&String> = members.keys().collect();
                names.sort_unstable();
                text.push('{');
                for name in names {
                    text.push_str(&Value::String(name.clone()).to_string());
                    text.push(':');
                    write(&members[name], text);
                    text.push(',');
                }
                text.push('}');
            }
            Value::Array(items) => {
                text.push('[');
                for item in items {
                    write(item, text);
                    text.push(',');
                }
                text.push(']');
            }
            Value::Number(number) => match number.as_i64() {
                Some(whole) => text.push_str(&whole.to_string()),
                None => text.push_str(&number.as_f64().unwrap_or(f64::NAN).to_string()),
            },
            plain => text.push_str(&plain.to_string()),
        }
    }
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn quoted(text: &str) -> String {
    let start: String = text.chars().take(SHOWN_SIGNS_MAX).collect();
    if start.len() < text.len() { format!("`{start}…`") } else { format!("`{start}`") }
}

/// A value as a message shows it.
fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::String(text) => quoted(text),
        plain => format!("`{plain}`"),
    }
}
