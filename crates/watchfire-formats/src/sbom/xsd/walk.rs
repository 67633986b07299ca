//! Goes through a document with the types of its schema.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::content::{Content, Symbol};
use super::{OtherAttributes, Type, TypeId, Xsd};
use crate::sbom::problem::{Place, Problem, Problems, excerpt, push_element};
use crate::sbom::xml::{Event, Open, Space, Xml};
use crate::sbom::{Refused, TEXT_BYTES_MAX};

/// How many names are said of those that might have stood somewhere.
const SAID_NAMES_MAX: usize = 8;

/// An element that is open.
struct Frame {
    kind: TypeId,
    /// Where in the model of its content it is.
    at: Option<usize>,
    /// Whether something stood in it that may not, so that the rest cannot be told.
    is_lost: bool,
    text: String,
    /// Whether nothing in it means a default.
    default: bool,
    path: usize,
    /// The name of the last element within, and how many of them there were in a row.
    last: (String, u64),
}

struct Walk<'s, 'x> {
    xsd: &'s Xsd,
    xml: Xml<'x>,
    path: String,
    frames: Vec<Frame>,
    seen: HashSet<u128>,
    problems: Problems,
}

/// Holds a document to a schema.
///
/// # Errors
/// [`Refused`] where it is no XML; [`Refused::Stopped`] where `goes_on` says so.
pub(crate) fn walk(
    xsd: &Xsd,
    xml: Xml<'_>,
    goes_on: &dyn Fn() -> bool,
) -> Result<Problems, Refused> {
    let mut walk = Walk {
        xsd,
        xml,
        path: String::new(),
        frames: Vec::new(),
        seen: HashSet::new(),
        problems: Problems::default(),
    };
    loop {
        match walk.xml.next()? {
            Event::Open(_) if !goes_on() => return Err(Refused::Stopped),
            Event::Open(open) => walk.open(&open)?,
            Event::Text(text) => walk.text(&text),
            Event::Close => walk.close(),
            Event::End => return Ok(walk.problems),
        }
    }
}

impl Walk<'_, '_> {
    fn problem(&mut self, reason: String) {
        let place = Place::path(&self.path).on(self.xml.line());
        self.problems.push(Problem { place, reason });
    }

    fn open(&mut self, open: &Open) -> Result<(), Refused> {
        let mark = self.path.len();
        let mut count = 1;
        if let Some(frame) = self.frames.last_mut() {
            count = if frame.last.0 == open.name { frame.last.1 + 1 } else { 1 };
            frame.last = (open.name.clone(), count);
        }
        if self.frames.is_empty() {
            self.path.push('/');
            self.path.push_str(&open.name);
        } else {
            push_element(&mut self.path, &open.name, count);
        }
        let found = if self.frames.is_empty() { self.root(open) } else { self.child(open) };
        let is_free = |(kind, _): &(TypeId, bool)| matches!(self.xsd.types[*kind], Type::Anything);
        let Some((kind, default)) = found.filter(|found| !is_free(found)) else {
            self.watch(open);
            self.pass()?;
            self.path.truncate(mark);
            return Ok(());
        };
        if !self.frames.is_empty() {
            self.watch(open);
        }
        self.attributes(kind, open);
        let last = (String::new(), 0);
        let (text, is_lost) = (String::new(), false);
        self.frames.push(Frame { kind, at: None, is_lost, text, default, path: mark, last });
        Ok(())
    }

    /// Passes over an element that no type speaks of, but for what must be unique in the document.
    fn pass(&mut self) -> Result<(), Refused> {
        let mut open = 1;
        while open > 0 {
            match self.xml.next()? {
                Event::Open(inner) => {
                    self.watch(&inner);
                    open += 1;
                }
                Event::Close => open -= 1,
                Event::Text(_) => {}
                Event::End => break,
            }
        }
        Ok(())
    }

    fn root(&mut self, open: &Open) -> Option<(TypeId, bool)> {
        let kind = self.xsd.roots.get(&open.name).filter(|_| open.space == Space::Own);
        if kind.is_none() {
            self.problem(format!("a document does not begin with `{}`", excerpt(&open.name)));
        }
        kind.map(|kind| (*kind, false))
    }

    /// The type of an element by where it stands, if there is one.
    fn child(&mut self, open: &Open) -> Option<(TypeId, bool)> {
        let frame = self.frames.last_mut()?;
        let Type::Complex(complex) = &self.xsd.types[frame.kind] else {
            self.problem("a text is wanted, and here is an element".to_owned());
            return None;
        };
        let next = complex.content.next(frame.at);
        let is_foreign = open.space != Space::Own;
        let fits = |at: &&usize| match &complex.content.symbols[**at] {
            Symbol::Element { name, .. } => !is_foreign && *name == open.name,
            Symbol::Foreign => open.space == Space::Other,
        };
        let Some(at) = next.iter().find(fits) else {
            frame.is_lost = true;
            let wanted = wanted(&complex.content, next);
            self.problem(format!("`{}` may not stand here; {wanted}", excerpt(&open.name)));
            return None;
        };
        frame.at = Some(*at);
        match &complex.content.symbols[*at] {
            Symbol::Element { kind, default, .. } => Some((*kind, *default)),
            Symbol::Foreign => None,
        }
    }

    /// Looks at the attribute whose values differ in the whole document.
    fn watch(&mut self, open: &Open) {
        let Some(unique) = &self.xsd.unique else { return };
        let Some(value) = open.attribute(unique) else { return };
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (salt, value).hash(&mut hasher);
            u128::from(hasher.finish())
        };
        if !self.seen.insert((half(1) << 64) | half(2)) {
            let reason =
                format!("the `{unique}` `{}` stands in the document already", excerpt(value));
            self.problem(reason);
        }
    }

    fn attributes(&mut self, kind: TypeId, open: &Open) {
        let xsd = self.xsd;
        let Type::Complex(complex) = &xsd.types[kind] else {
            for attribute in open.attributes.iter().filter(|it| it.space != Space::Xml) {
                self.problem(format!(
                    "the attribute `{}` may not stand here",
                    excerpt(&attribute.name)
                ));
            }
            return;
        };
        for attribute in &open.attributes {
            let rule = complex.attributes.get(&attribute.name);
            match (attribute.space, rule) {
                (Space::Xml, _) => {}
                (Space::Nobody, Some(rule)) => {
                    if let Some(why) = xsd.text_problem(rule.kind, &attribute.value) {
                        self.problem(format!("the attribute `{}`: {why}", attribute.name));
                    }
                }
                (Space::Other, _) if complex.others != OtherAttributes::None => {}
                _ if complex.others == OtherAttributes::Any => {}
                _ => {
                    let name = excerpt(&attribute.name);
                    self.problem(format!("the attribute `{name}` may not stand here"));
                }
            }
        }
        for (name, rule) in &complex.attributes {
            if rule.required && open.attribute(name).is_none() {
                self.problem(format!("the attribute `{name}` is missing"));
            }
        }
    }

    fn text(&mut self, text: &str) {
        let Some(frame) = self.frames.last_mut() else { return };
        if let Type::Complex(complex) = &self.xsd.types[frame.kind]
            && complex.text.is_none()
        {
            if !complex.mixed && !text.trim().is_empty() {
                self.problem(format!("text stands between elements: `{}`", excerpt(text.trim())));
            }
            return;
        }
        // What is longer than any list or pattern allows need not be held to tell so.
        if frame.text.len() <= TEXT_BYTES_MAX {
            frame.text.push_str(text);
        }
    }

    fn close(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        let xsd = self.xsd;
        if let Type::Complex(complex) = &xsd.types[frame.kind]
            && complex.text.is_none()
        {
            if !frame.is_lost && !complex.content.may_end(frame.at) {
                let wanted = wanted(&complex.content, complex.content.next(frame.at));
                self.problem(format!("it ends too soon; {wanted}"));
            }
        } else if !(frame.default && frame.text.is_empty())
            && let Some(why) = xsd.text_problem(frame.kind, &frame.text)
        {
            self.problem(why);
        }
        self.path.truncate(frame.path);
    }
}

/// The elements that may stand at one of some positions.
fn wanted(content: &Content, next: &[usize]) -> String {
    let names = next.iter().filter_map(|at| match &content.symbols[*at] {
        Symbol::Element { name, .. } => Some(format!("`{name}`")),
        Symbol::Foreign => None,
    });
    let mut names: Vec<String> = names.take(SAID_NAMES_MAX + 1).collect();
    if names.is_empty() {
        return "no element may".to_owned();
    }
    if names.len() > SAID_NAMES_MAX {
        names[SAID_NAMES_MAX] = "…".to_owned();
    }
    format!("possible are {}", names.join(", "))
}
