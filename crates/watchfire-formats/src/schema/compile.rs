//! Compiles schemas into nodes, each reference into the place of its node.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::SchemaError;
use super::format::Format;
use super::pattern::{Pattern, Patterns};

/// Words that say nothing about a document.
const ANNOTATIONS: [&str; 16] = [
    "$schema",
    "$id",
    "id",
    "$comment",
    "$defs",
    "definitions",
    "title",
    "description",
    "default",
    "examples",
    "example",
    "deprecated",
    "readOnly",
    "writeOnly",
    "license",
    "url",
];

/// The place of a node.
pub(super) type At = usize;

/// What a type of JSON is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl Type {
    const NAMED: [(&'static str, Self); 7] = [
        ("null", Self::Null),
        ("boolean", Self::Boolean),
        ("integer", Self::Integer),
        ("number", Self::Number),
        ("string", Self::String),
        ("array", Self::Array),
        ("object", Self::Object),
    ];

    pub(super) fn name(self) -> &'static str {
        let found = Self::NAMED.iter().find(|(_, one)| *one == self);
        found.map(|(name, _)| *name).expect("every type has a name")
    }
}

/// One schema or part of one; what is not said does not bound.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// The schema `false`.
    pub(super) never: bool,
    pub(super) reference: Option<At>,
    pub(super) types: Vec<Type>,
    pub(super) values: Option<Vec<Value>>,
    pub(super) required: Vec<String>,
    pub(super) dependent: Vec<(String, Vec<String>)>,
    pub(super) properties: HashMap<String, At>,
    pub(super) patterned: Vec<(Pattern, At)>,
    pub(super) additional: Option<At>,
    pub(super) names: Option<At>,
    pub(super) properties_count: (Option<u64>, Option<u64>),
    pub(super) prefix: Vec<At>,
    pub(super) items: Option<At>,
    pub(super) contains: Option<At>,
    pub(super) items_count: (Option<u64>, Option<u64>),
    pub(super) unique: bool,
    pub(super) length: (Option<u64>, Option<u64>),
    pub(super) pattern: Option<Pattern>,
    pub(super) format: Option<Format>,
    pub(super) range: (Option<f64>, Option<f64>),
    pub(super) range_without: (Option<f64>, Option<f64>),
    pub(super) multiple_of: Option<f64>,
    pub(super) all: Vec<At>,
    pub(super) any: Vec<At>,
    pub(super) one: Vec<At>,
    pub(super) not: Option<At>,
    pub(super) condition: Option<At>,
    pub(super) then: Option<At>,
    pub(super) otherwise: Option<At>,
}

/// Compiles the first of `texts`, with the others to refer to.
pub(super) fn compile(texts: &[&str]) -> Result<Vec<Node>, SchemaError> {
    let mut documents = BTreeMap::new();
    let mut first = None;
    for (at, text) in texts.iter().enumerate() {
        let json: Value = serde_json::from_str(text)
            .map_err(|source| SchemaError::Json { uri: format!("number {at}"), source })?;
        let id = json.get("$id").or_else(|| json.get("id")).and_then(Value::as_str);
        let uri = base(id.unwrap_or_default()).to_owned();
        first.get_or_insert_with(|| uri.clone());
        documents.insert(uri, json);
    }
    let root = first.unwrap_or_default();
    let mut compiler = Compiler {
        documents: &documents,
        nodes: Vec::new(),
        known: HashMap::new(),
        patterns: Patterns::default(),
    };
    compiler.referred(&root, "#")?;
    Ok(compiler.nodes)
}

/// A URI without query and fragment, by which a schema is known.
fn base(uri: &str) -> &str {
    &uri[..uri.find(['?', '#']).unwrap_or(uri.len())]
}

struct Compiler<'a> {
    documents: &'a BTreeMap<String, Value>,
    nodes: Vec<Node>,
    /// Nodes by document and pointer, so that a schema may refer to itself.
    known: HashMap<(String, String), At>,
    patterns: Patterns,
}

impl Compiler<'_> {
    /// The node that `reference` leads to from within the document `uri`.
    fn referred(&mut self, uri: &str, reference: &str) -> Result<At, SchemaError> {
        let (document, fragment) = match reference.split_once('#') {
            Some((document, fragment)) => (base(document), fragment),
            None => (base(reference), ""),
        };
        let uri = if document.is_empty() { uri } else { document };
        let key = (uri.to_owned(), fragment.to_owned());
        if let Some(at) = self.known.get(&key) {
            return Ok(*at);
        }
        let found = self.documents.get(uri).and_then(|document| document.pointer(fragment));
        let found = found.ok_or_else(|| unusable(uri, format!("`{reference}` leads nowhere")))?;
        let at = self.place();
        self.known.insert(key, at);
        self.nodes[at] = self.node(uri, found)?;
        Ok(at)
    }

    fn place(&mut self) -> At {
        self.nodes.push(Node::default());
        self.nodes.len() - 1
    }

    fn child(&mut self, uri: &str, schema: &Value) -> Result<At, SchemaError> {
        let at = self.place();
        self.nodes[at] = self.node(uri, schema)?;
        Ok(at)
    }

    fn children(&mut self, uri: &str, schemas: &Value) -> Result<Vec<At>, SchemaError> {
        let list =
            schemas.as_array().ok_or_else(|| unusable(uri, "a list of schemas".to_owned()))?;
        list.iter().map(|schema| self.child(uri, schema)).collect()
    }

    fn node(&mut self, uri: &str, schema: &Value) -> Result<Node, SchemaError> {
        let keywords = match schema {
            Value::Bool(all) => return Ok(Node { never: !all, ..Node::default() }),
            Value::Object(keywords) => keywords,
            _ => return Err(unusable(uri, "a schema is an object or a truth value".to_owned())),
        };
        let mut node = Node::default();
        for (word, value) in keywords {
            let known = self.bound(uri, &mut node, word, value)?
                || self.part(uri, &mut node, word, value)?
                || ANNOTATIONS.contains(&word.as_str());
            if !known {
                return Err(unusable(uri, format!("the keyword `{word}` is not known")));
            }
        }
        // Of what its branches name, nothing else is known to a schema that stands alone.
        let branched = !(node.all.is_empty() && node.any.is_empty() && node.one.is_empty());
        if keywords.contains_key("unevaluatedProperties") && (branched || node.reference.is_some())
        {
            return Err(unusable(uri, "`unevaluatedProperties` beside branches".to_owned()));
        }
        Ok(node)
    }

    /// Keywords that bound a value by itself.
    fn bound(
        &mut self,
        uri: &str,
        node: &mut Node,
        word: &str,
        value: &Value,
    ) -> Result<bool, SchemaError> {
        match word {
            "type" => node.types = types(uri, value)?,
            "enum" => node.values = value.as_array().cloned(),
            "const" => node.values = Some(vec![value.clone()]),
            "required" => node.required = texts(value),
            "minProperties" => node.properties_count.0 = value.as_u64(),
            "maxProperties" => node.properties_count.1 = value.as_u64(),
            "minItems" => node.items_count.0 = value.as_u64(),
            "maxItems" => node.items_count.1 = value.as_u64(),
            "uniqueItems" => node.unique = value == true,
            "minLength" => node.length.0 = value.as_u64(),
            "maxLength" => node.length.1 = value.as_u64(),
            "minimum" => node.range.0 = value.as_f64(),
            "maximum" => node.range.1 = value.as_f64(),
            "exclusiveMinimum" => node.range_without.0 = value.as_f64(),
            "exclusiveMaximum" => node.range_without.1 = value.as_f64(),
            "multipleOf" => node.multiple_of = value.as_f64(),
            "format" => node.format = value.as_str().map(Format::of),
            "pattern" => node.pattern = Some(self.pattern(uri, value.as_str().unwrap_or("("))?),
            "dependentRequired" => {
                node.dependent =
                    members(value).map(|(name, needed)| (name.clone(), texts(needed))).collect();
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Keywords with schemas within.
    fn part(
        &mut self,
        uri: &str,
        node: &mut Node,
        word: &str,
        value: &Value,
    ) -> Result<bool, SchemaError> {
        match word {
            "$ref" => node.reference = Some(self.referred(uri, value.as_str().unwrap_or("#/-"))?),
            "properties" => {
                for (name, schema) in members(value) {
                    let at = self.child(uri, schema)?;
                    node.properties.insert(name.clone(), at);
                }
            }
            "patternProperties" => {
                for (pattern, schema) in members(value) {
                    let pattern = self.pattern(uri, pattern)?;
                    node.patterned.push((pattern, self.child(uri, schema)?));
                }
            }
            "additionalProperties" | "unevaluatedProperties" => {
                node.additional = Some(self.child(uri, value)?);
            }
            "propertyNames" => node.names = Some(self.child(uri, value)?),
            "prefixItems" => node.prefix = self.children(uri, value)?,
            "items" if value.is_array() => node.prefix = self.children(uri, value)?,
            "items" | "additionalItems" => node.items = Some(self.child(uri, value)?),
            "contains" => node.contains = Some(self.child(uri, value)?),
            "allOf" => node.all = self.children(uri, value)?,
            "anyOf" => node.any = self.children(uri, value)?,
            "oneOf" => node.one = self.children(uri, value)?,
            "not" => node.not = Some(self.child(uri, value)?),
            "if" => node.condition = Some(self.child(uri, value)?),
            "then" => node.then = Some(self.child(uri, value)?),
            "else" => node.otherwise = Some(self.child(uri, value)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn pattern(&mut self, uri: &str, written: &str) -> Result<Pattern, SchemaError> {
        self.patterns.get(written).map_err(|what| unusable(uri, what))
    }
}

fn unusable(uri: &str, what: String) -> SchemaError {
    SchemaError::Unusable { uri: uri.to_owned(), what }
}

fn types(uri: &str, value: &Value) -> Result<Vec<Type>, SchemaError> {
    let names = if value.is_string() {
        vec![value.as_str().unwrap_or_default().to_owned()]
    } else {
        texts(value)
    };
    let named = |name: &String| {
        let found = Type::NAMED.iter().find(|(known, _)| known == name);
        found.map(|(_, kind)| *kind).ok_or_else(|| unusable(uri, format!("`{name}` is no type")))
    };
    names.iter().map(named).collect()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}
