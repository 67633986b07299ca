//! Reads a schema into rules.

use std::collections::{BTreeMap, HashMap, HashSet};

use foldhash::fast::FixedState;
use regex::Regex;
use serde_json::Value;

use super::digest::Digests;
use super::state::{State, StateId};
use super::text::TextFormat;
use super::{Kinds, make};

/// The place of a rule in its schema.
pub(crate) type RuleId = u32;

/// Keywords that say nothing about what is valid.
const REMARKS: [&str; 10] = [
    "$schema",
    "$id",
    "$comment",
    "title",
    "description",
    "default",
    "examples",
    "definitions",
    "deprecated",
    "meta:enum",
];

/// What may stand in an object beside the properties that a rule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Others {
    Allowed,
    Denied,
    By(RuleId),
}

/// The values of which one is wanted.
#[derive(Debug, Default)]
pub(crate) struct Values {
    pub(crate) texts: HashSet<Box<str>, FixedState>,
    pub(crate) others: Vec<Value>,
}

/// What one schema says of one value.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) kinds: Kinds,
    pub(crate) values: Option<Values>,
    pub(crate) pattern: Option<Regex>,
    pub(crate) format: Option<TextFormat>,
    pub(crate) length_min: u64,
    pub(crate) length_max: u64,
    pub(crate) least: f64,
    pub(crate) most: f64,
    pub(crate) properties: BTreeMap<Box<str>, RuleId>,
    pub(crate) required: Vec<Box<str>>,
    pub(crate) others: Others,
    /// What the first items are held to, each to its own.
    pub(crate) firsts: Vec<RuleId>,
    /// What the items after those are held to.
    pub(crate) items: Option<RuleId>,
    pub(crate) items_min: u64,
    pub(crate) items_max: u64,
    pub(crate) unique: bool,
    pub(crate) all: Vec<RuleId>,
    pub(crate) any: Vec<RuleId>,
    pub(crate) one: Vec<RuleId>,
    pub(crate) not: Option<RuleId>,
    /// If the first holds, so must the second, and else the third.
    pub(crate) when: Option<(RuleId, Option<RuleId>, Option<RuleId>)>,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            kinds: Kinds::ANY,
            values: None,
            pattern: None,
            format: None,
            length_min: 0,
            length_max: u64::MAX,
            least: f64::NEG_INFINITY,
            most: f64::INFINITY,
            properties: BTreeMap::new(),
            required: Vec::new(),
            others: Others::Allowed,
            firsts: Vec::new(),
            items: None,
            items_min: 0,
            items_max: u64::MAX,
            unique: false,
            all: Vec::new(),
            any: Vec::new(),
            one: Vec::new(),
            not: None,
            when: None,
        }
    }
}

impl Rule {
    pub(super) fn may_refuse_a_text(&self) -> bool {
        let asks_its_length = self.length_min > 0 || self.length_max < u64::MAX;
        let asks = self.values.is_some() || self.pattern.is_some() || self.format.is_some();
        asks || asks_its_length || !self.kinds.holds(Kinds::TEXT)
    }

    pub(super) fn may_refuse_a_scalar(&self) -> bool {
        let asks = self.values.is_some() || self.least.is_finite() || self.most.is_finite();
        asks || !self.kinds.holds(Kinds::SCALARS)
    }

    /// Its items aside.
    pub(super) fn may_refuse_a_list(&self) -> bool {
        self.items_min > 0 || self.items_max < u64::MAX || !self.kinds.holds(Kinds::LIST)
    }

    /// Its properties aside, as long as they are there.
    pub(super) fn may_refuse_an_object(&self) -> bool {
        !self.required.is_empty() || !self.kinds.holds(Kinds::OBJECT)
    }
}

/// A schema with those that it refers to.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) rules: Vec<Rule>,
    states: Vec<State>,
    pub(crate) digests: Digests,
}

impl Schema {
    /// Reads the first of `files`, and of the others what it refers to.
    ///
    /// # Errors
    /// What is not understood, and where.
    pub(crate) fn load(files: &[(&str, &str)]) -> Result<Self, String> {
        let mut parsed = HashMap::new();
        for (name, text) in files {
            let value: Value =
                serde_json::from_str(text).map_err(|error| format!("{name}: {error}"))?;
            parsed.insert((*name).to_owned(), value);
        }
        let first = files.first().ok_or("there is no schema")?.0;
        let mut reader = Reader { files: &parsed, known: HashMap::new(), rules: Vec::new() };
        let root = reader.referred(first, "")?;
        let (rules, digests) = (reader.rules, Digests::default());
        let states = make::states(&rules, root, &digests);
        Ok(Self { rules, states, digests })
    }

    /// Where a document begins.
    pub(crate) fn root(&self) -> &State {
        &self.states[0]
    }

    pub(crate) fn state(&self, id: StateId) -> &State {
        &self.states[id as usize]
    }
}

struct Reader<'f> {
    files: &'f HashMap<String, Value>,
    known: HashMap<(String, String), RuleId>,
    rules: Vec<Rule>,
}

impl<'f> Reader<'f> {
    /// The rule that stands in a file under a pointer.
    fn referred(&mut self, file: &str, pointer: &str) -> Result<RuleId, String> {
        let place = (file.to_owned(), pointer.to_owned());
        if let Some(known) = self.known.get(&place) {
            return Ok(*known);
        }
        let files = self.files;
        let value = files.get(file).and_then(|value| value.pointer(pointer));
        let value = value.ok_or_else(|| format!("{file}#{pointer} is not there"))?;
        let id = self.reserved();
        self.known.insert(place, id);
        let rule = self.rule(file, value)?;
        self.rules[id as usize] = rule;
        Ok(id)
    }

    fn reserved(&mut self) -> RuleId {
        self.rules.push(Rule::default());
        RuleId::try_from(self.rules.len() - 1).expect("a schema has fewer rules than numbers")
    }

    fn inner(&mut self, file: &str, value: &'f Value) -> Result<RuleId, String> {
        if let Some(to) = value.get("$ref") {
            // Draft 7: what stands beside a reference is not read.
            let to = to.as_str().ok_or("a reference is a text")?;
            let (named, pointer) = to.split_once('#').unwrap_or((to, ""));
            let file = if named.is_empty() { file } else { named };
            return self.referred(file, pointer);
        }
        let id = self.reserved();
        let rule = self.rule(file, value)?;
        self.rules[id as usize] = rule;
        Ok(id)
    }

    fn inners(&mut self, file: &str, value: &'f Value) -> Result<Vec<RuleId>, String> {
        let list = value.as_array().ok_or_else(|| format!("{file}: a list is wanted: {value}"))?;
        list.iter().map(|one| self.inner(file, one)).collect()
    }

    fn rule(&mut self, file: &str, value: &'f Value) -> Result<Rule, String> {
        let mut rule = Rule::default();
        if value.get("$ref").is_some() {
            rule.all.push(self.inner(file, value)?);
            return Ok(rule);
        }
        let object = match value {
            Value::Bool(true) => return Ok(rule),
            Value::Bool(false) => {
                rule.kinds = Kinds::NONE;
                return Ok(rule);
            }
            Value::Object(object) => object,
            _ => return Err(format!("{file}: no schema: {value}")),
        };
        for (key, value) in object {
            let known = self.structure(&mut rule, file, key, value)?
                || scalar(&mut rule, file, key, value)?
                || REMARKS.contains(&key.as_str());
            if !known {
                return Err(format!("{file}: the keyword `{key}` is not understood"));
            }
        }
        // Where `items` is one schema, there are no further items.
        if let Some(others) = object.get("additionalItems").filter(|_| !rule.firsts.is_empty()) {
            rule.items = Some(self.inner(file, others)?);
        }
        if let Some(condition) = object.get("if") {
            let condition = self.inner(file, condition)?;
            let mut branch =
                |key: &str| object.get(key).map(|branch| self.inner(file, branch)).transpose();
            rule.when = Some((condition, branch("then")?, branch("else")?));
        }
        Ok(rule)
    }

    /// Reads a keyword that holds schemas; `false` if it is none.
    fn structure(
        &mut self,
        rule: &mut Rule,
        file: &str,
        key: &str,
        value: &'f Value,
    ) -> Result<bool, String> {
        match key {
            "properties" => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    let inner = self.inner(file, value)?;
                    rule.properties.insert(name.as_str().into(), inner);
                }
            }
            "additionalProperties" => {
                rule.others = match value {
                    Value::Bool(true) => Others::Allowed,
                    Value::Bool(false) => Others::Denied,
                    other => Others::By(self.inner(file, other)?),
                }
            }
            "items" if value.is_array() => rule.firsts = self.inners(file, value)?,
            "items" => rule.items = Some(self.inner(file, value)?),
            "allOf" => rule.all.extend(self.inners(file, value)?),
            "anyOf" => rule.any = self.inners(file, value)?,
            "oneOf" => rule.one = self.inners(file, value)?,
            "not" => rule.not = Some(self.inner(file, value)?),
            // Read together with others, when all keywords have been seen.
            "if" | "then" | "else" | "additionalItems" => {}
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// Reads a keyword that holds no schema; `false` if it is none.
fn scalar(rule: &mut Rule, file: &str, key: &str, value: &Value) -> Result<bool, String> {
    let wrong = || format!("{file}: `{key}` cannot be {value}");
    let number = || value.as_u64().ok_or_else(wrong);
    match key {
        "type" => {
            let names = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            let mut kinds = Kinds::NONE;
            for name in names {
                let kind = name.as_str().and_then(Kinds::named).ok_or_else(wrong)?;
                kinds = kinds.or(kind);
            }
            rule.kinds = kinds;
        }
        "enum" => rule.values = Some(values(value.as_array().ok_or_else(wrong)?)),
        "const" => rule.values = Some(values(std::slice::from_ref(value))),
        "pattern" => {
            let pattern = value.as_str().ok_or_else(wrong)?;
            let regex = Regex::new(pattern).map_err(|error| format!("{file}: {error}"))?;
            rule.pattern = Some(regex);
        }
        "format" => rule.format = TextFormat::named(value.as_str().ok_or_else(wrong)?)?,
        "minLength" => rule.length_min = number()?,
        "maxLength" => rule.length_max = number()?,
        "minItems" => rule.items_min = number()?,
        "maxItems" => rule.items_max = number()?,
        "minimum" => rule.least = value.as_f64().ok_or_else(wrong)?,
        "maximum" => rule.most = value.as_f64().ok_or_else(wrong)?,
        "uniqueItems" => rule.unique = value.as_bool().ok_or_else(wrong)?,
        "required" => {
            for name in value.as_array().ok_or_else(wrong)? {
                rule.required.push(name.as_str().ok_or_else(wrong)?.into());
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn values(list: &[Value]) -> Values {
    let mut values = Values::default();
    for value in list {
        match value {
            Value::String(text) => drop(values.texts.insert(text.as_str().into())),
            other => values.others.push(other.clone()),
        }
    }
    values
}
