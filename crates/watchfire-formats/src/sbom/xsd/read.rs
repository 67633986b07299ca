//! Reads a schema into types.

use std::collections::{BTreeMap, HashMap};

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use regex::Regex;

use super::content::{Content, Particle, Symbol};
use super::simple::{Base, Builtin, Simple};
use super::{AttributeRule, Complex, OtherAttributes, Type, TypeId, Xsd};

/// An element of a schema, by its name without prefix.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Element>,
}

impl Element {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }
}

/// Reads the elements of a schema.
fn elements(text: &str) -> Result<Element, String> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) => open.push(element(&start)?),
            Event::End(_) => {
                let closed = open.pop().ok_or("it closes what is not open")?;
                open.last_mut().ok_or("it closes what is not open")?.children.push(closed);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let root = open.pop().and_then(|mut top| top.children.pop());
    root.ok_or_else(|| "it has no element".to_owned())
}

fn element(start: &BytesStart<'_>) -> Result<Element, String> {
    let mut attributes = BTreeMap::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_err(|error| error.to_string())?.into_owned();
        attributes.insert(attribute.key.as_ref().to_owned(), value);
    }
    let name = start.local_name().as_ref().to_owned();
    Ok(Element { name, attributes, children: Vec::new() })
}

impl Xsd {
    /// Reads `text`, and of `imported` what it refers to by the prefix `spdx`.
    ///
    /// # Errors
    /// What is not understood.
    pub(crate) fn load(text: &str, imported: &str) -> Result<Self, String> {
        let (own, spdx) = (elements(text)?, elements(imported)?);
        let mut names = HashMap::new();
        for (prefix, schema) in [("", &own), ("spdx", &spdx)] {
            for child in &schema.children {
                if let (Some(name), "simpleType" | "complexType") =
                    (child.get("name"), &*child.name)
                {
                    names.insert((prefix, name), child);
                }
            }
        }
        let mut reader = Reading { own: &own, names, known: HashMap::new(), types: Vec::new() };
        let (mut roots, mut unique) = (BTreeMap::new(), None);
        for child in &own.children {
            match child.name.as_str() {
                "element" => {
                    let name = child.get("name").ok_or("an element without a name")?;
                    roots.insert(name.to_owned(), reader.kind_of("", child)?);
                    unique = reader.unique(child)?.or(unique);
                }
                // Read when something refers to them.
                "simpleType" | "complexType" | "attributeGroup" | "import" => {}
                other => return Err(format!("`{other}` is not understood in a schema")),
            }
        }
        let types = reader.types.into_iter().map(|it| it.expect("each was read")).collect();
        Ok(Self { types, roots, unique })
    }
}

struct Reading<'e> {
    own: &'e Element,
    names: HashMap<(&'static str, &'e str), &'e Element>,
    known: HashMap<String, TypeId>,
    types: Vec<Option<Type>>,
}

/// The prefix of a file: that of its own names is none.
fn prefix_of(name: &str, of_file: &'static str) -> (&'static str, bool) {
    match name.split_once(':') {
        Some(("xs", _)) => ("", true),
        Some(("spdx", _)) => ("spdx", false),
        Some(_) => ("", false),
        None => (of_file, false),
    }
}

impl<'e> Reading<'e> {
    fn add(&mut self, kind: Type) -> TypeId {
        self.types.push(Some(kind));
        self.types.len() - 1
    }

    /// The type that is called `name` in the file with the prefix `file`.
    fn named(&mut self, file: &'static str, name: &str) -> Result<TypeId, String> {
        let (prefix, is_builtin) = prefix_of(name, file);
        let local = name.rsplit(':').next().unwrap_or(name);
        let key = format!("{prefix}:{}{local}", if is_builtin { "xs:" } else { "" });
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        let unknown = || format!("the type `{name}` is not understood");
        if is_builtin {
            let builtin = Builtin::named(local).ok_or_else(unknown)?;
            let id = self.add(Type::Simple(Simple::of(Base::Builtin(builtin))));
            self.known.insert(key, id);
            return Ok(id);
        }
        let names = &self.names;
        let found = names.iter().find(|((in_file, it), _)| *in_file == prefix && *it == local);
        let element = *found.ok_or_else(unknown)?.1;
        self.types.push(None);
        let id = self.types.len() - 1;
        self.known.insert(key, id);
        let kind = self.written(prefix, element)?;
        self.types[id] = Some(kind);
        Ok(id)
    }

    fn written(&mut self, file: &'static str, element: &'e Element) -> Result<Type, String> {
        match element.name.as_str() {
            "simpleType" => self.simple(file, element).map(Type::Simple),
            "complexType" => self.complex(file, element).map(Type::Complex),
            other => Err(format!("`{other}` is no type")),
        }
    }

    /// The type of an element or attribute: named, or written in it.
    fn kind_of(&mut self, file: &'static str, element: &'e Element) -> Result<TypeId, String> {
        if let Some(name) = element.get("type") {
            return self.named(file, name);
        }
        for inner in ["simpleType", "complexType"] {
            if let Some(inner) = element.child(inner) {
                let kind = self.written(file, inner)?;
                return Ok(self.add(kind));
            }
        }
        Ok(self.add(Type::Anything))
    }

    fn simple(&mut self, file: &'static str, element: &'e Element) -> Result<Simple, String> {
        if let Some(union) = element.child("union") {
            let mut types = Vec::new();
            for name in union.get("memberTypes").unwrap_or_default().split_ascii_whitespace() {
                types.push(self.named(file, name)?);
            }
            for inner in &union.children {
                let simple = self.simple(file, inner)?;
                types.push(self.add(Type::Simple(simple)));
            }
            return Ok(Simple::of(Base::OneOf(types)));
        }
        let restriction = element.child("restriction").ok_or("a type of texts restricts one")?;
        let base = restriction.get("base").ok_or("a restriction has a base")?;
        let mut simple = Simple::of(Base::Restricts(self.named(file, base)?));
        for facet in &restriction.children {
            let value = facet.get("value").ok_or("a facet has a value")?;
            facet_of(&mut simple, &facet.name, value)?;
        }
        Ok(simple)
    }

    fn complex(&mut self, file: &'static str, element: &'e Element) -> Result<Complex, String> {
        let mut complex =
            Complex { mixed: element.get("mixed") == Some("true"), ..Complex::default() };
        for child in &element.children {
            match child.name.as_str() {
                "sequence" | "choice" => {
                    complex.content = Content::of(&self.particle(file, child)?)
                }
                "simpleContent" => {
                    let extension = child.child("extension").ok_or("simple content extends")?;
                    let base = extension.get("base").ok_or("an extension has a base")?;
                    complex.text = Some(self.named(file, base)?);
                    for attribute in &extension.children {
                        self.attribute(file, attribute, &mut complex)?;
                    }
                }
                _ => self.attribute(file, child, &mut complex)?,
            }
        }
        Ok(complex)
    }

    fn attribute(
        &mut self,
        file: &'static str,
        element: &'e Element,
        complex: &mut Complex,
    ) -> Result<(), String> {
        match element.name.as_str() {
            "attribute" => {
                let name = element.get("name").ok_or("an attribute has a name")?;
                let required = element.get("use") == Some("required");
                let rule = AttributeRule { kind: self.kind_of(file, element)?, required };
                complex.attributes.insert(name.to_owned(), rule);
            }
            "anyAttribute" => {
                complex.others = match element.get("namespace") {
                    Some("##other") => OtherAttributes::OfOthers,
                    Some("##any") | None => OtherAttributes::Any,
                    Some(other) => {
                        return Err(format!("the namespace `{other}` is not understood"));
                    }
                }
            }
            "attributeGroup" => {
                let name = element.get("ref").unwrap_or_default();
                let name = name.rsplit(':').next().unwrap_or_default();
                let is_group =
                    |it: &&Element| it.name == "attributeGroup" && it.get("name") == Some(name);
                let own = self.own;
                let group =
                    own.children.iter().find(is_group).ok_or("a group that is not there")?;
                for attribute in &group.children {
                    self.attribute(file, attribute, complex)?;
                }
            }
            other => return Err(format!("`{other}` is not understood in a type")),
        }
        Ok(())
    }

    fn particle(&mut self, file: &'static str, element: &'e Element) -> Result<Particle, String> {
        let particle = match element.name.as_str() {
            "element" => {
                let name = element.get("name").ok_or("an element has a name")?.to_owned();
                let kind = self.kind_of(file, element)?;
                let default = element.get("default").is_some();
                Particle::Symbol(Symbol::Element { name, kind, default })
            }
            "any" if element.get("namespace") == Some("##other") => {
                Particle::Symbol(Symbol::Foreign)
            }
            "sequence" | "choice" => {
                let parts: Result<Vec<Particle>, String> =
                    element.children.iter().map(|child| self.particle(file, child)).collect();
                if element.name == "choice" {
                    Particle::Choice(parts?)
                } else {
                    Particle::Sequence(parts?)
                }
            }
            other => return Err(format!("`{other}` is not understood in a model")),
        };
        let particle = match element.get("maxOccurs") {
            Some("1") | None => particle,
            Some("unbounded") => Particle::Repeated(Box::new(particle)),
            Some(other) => return Err(format!("`maxOccurs` of {other} is not understood")),
        };
        match element.get("minOccurs") {
            Some("1") | None => Ok(particle),
            Some("0") => Ok(Particle::Optional(Box::new(particle))),
            Some(other) => Err(format!("`minOccurs` of {other} is not understood")),
        }
    }

    /// The attribute whose values must differ: of all elements below, or it is not understood.
    fn unique(&self, element: &Element) -> Result<Option<String>, String> {
        let Some(unique) = element.child("unique") else { return Ok(None) };
        let path = |name: &str| unique.child(name).and_then(|it| it.get("xpath"));
        match (path("selector"), path("field").and_then(|it| it.strip_prefix('@'))) {
            (Some(".//*"), Some(attribute)) => Ok(Some(attribute.to_owned())),
            _ => Err("a uniqueness that is not understood".to_owned()),
        }
    }
}

fn facet_of(simple: &mut Simple, name: &str, value: &str) -> Result<(), String> {
    let number = || value.parse::<f64>().map_err(|error| format!("`{value}`: {error}"));
    let length = || value.parse::<usize>().map_err(|error| format!("`{value}`: {error}"));
    match name {
        "enumeration" => drop(simple.values.get_or_insert_default().insert(value.into())),
        "pattern" => {
            let whole = format!("^(?:{})$", in_regex(value));
            let pattern = Regex::new(&whole).map_err(|error| error.to_string())?;
            simple.patterns.push(pattern);
        }
        "minLength" => simple.length_min = length()?,
        "maxLength" => simple.length_max = length()?,
        "minInclusive" => simple.least = number()?,
        "maxInclusive" => simple.most = number()?,
        other => return Err(format!("the facet `{other}` is not understood")),
    }
    Ok(())
}

/// A pattern of XML Schema in the words of the regex crate: there `^` and `$` are signs like others.
fn in_regex(pattern: &str) -> String {
    let mut written = String::new();
    let mut signs = pattern.chars();
    let mut in_class = false;
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => {
                written.push(sign);
                written.extend(signs.next());
            }
            '[' if in_class => written.push_str("\\["),
            '&' | '~' if in_class => {
                written.push('\\');
                written.push(sign);
            }
            '[' => {
                in_class = true;
                written.push(sign);
            }
            ']' => {
                in_class = false;
                written.push(sign);
            }
            '^' | '$' if !in_class => {
                written.push('\\');
                written.push(sign);
            }
            other => written.push(other),
        }
    }
    written
}
