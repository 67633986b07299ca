//! `CycloneDX` as JSON.

use serde::de::{Deserialize as _, DeserializeSeed, Deserializer, IgnoredAny, MapAccess};

use super::made::{self, COMPONENT, TOOLS};
use super::schemas;
use crate::sbom::Refused;
use crate::sbom::component::{Relation, RelationKind};
use crate::sbom::document::{Lost, Reading};
use crate::sbom::input::Input;
use crate::sbom::node::{Each, Items, Refs, Wanted, object, stop};
use crate::sbom::problem::{Place, Problems};
use crate::sbom::schema::walk;
use crate::sbom::shape::{Any, Shape};

const HEAD: &[(&str, Wanted)] = &[("serialNumber", Wanted::Text), ("version", Wanted::Number)];
const METADATA: &[(&str, Wanted)] = &[("timestamp", Wanted::Text), ("tools", TOOLS)];

/// Reads a document.
pub(crate) fn read(input: &Input<'_>, reading: &mut Reading<'_>) -> Result<(), Refused> {
    let read = input.json(Any(Bom(&mut *reading)));
    read.map_err(|error| reading.refused(input, &error))
}

/// Holds a document to its schema.
pub(crate) fn conforms(input: &Input<'_>, goes_on: &dyn Fn() -> bool) -> Result<Problems, Refused> {
    let schema = schemas::json(&input.version).expect("the version was looked at");
    walk::conforms(input, schema, goes_on)
}

/// The whole document.
struct Bom<'a, 'e>(&'a mut Reading<'e>);

impl<'de> Shape<'de> for Bom<'_, '_> {
    type Made = ();

    fn wrong(self, found: &str) {
        self.0.skip(Lost::Component, format!("an object is wanted, and here is {found}"));
    }

    fn object<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let special = &["metadata", "components", "dependencies", "vulnerabilities"];
        let mut seen = [false; 4];
        let mut head = object(map, self.0, HEAD, special, |at, map, reading| {
            if std::mem::replace(&mut seen[at], true) {
                reading.skip(Lost::Component, "the name stands twice in its object");
                return map.next_value::<IgnoredAny>().map(drop);
            }
            match at {
                0 => map.next_value_seed(Any(Metadata(reading))),
                1 => map.next_value_seed(Any(components(reading, None))),
                2 => {
                    let each = Each { reading, lost: Lost::Relation, read: Dependencies };
                    map.next_value_seed(Any(each))
                }
                _ => {
                    let mut count = 0;
                    let read = Statements(&mut count);
                    let each = Each { reading, lost: Lost::Statement, read };
                    map.next_value_seed(Any(each))?;
                    reading.skip_statements(count);
                    Ok(())
                }
            }
        })?;
        self.0.head.serial = head.take("serialNumber").text();
        self.0.head.revision = head.take("version").text();
        Ok(())
    }
}

/// What the document says of itself, with the component that it is about.
struct Metadata<'a, 'e>(&'a mut Reading<'e>);

impl<'de> Shape<'de> for Metadata<'_, '_> {
    type Made = ();

    fn wrong(self, found: &str) {
        self.0.skip(Lost::Detail, format!("an object is wanted, and here is {found}"));
    }

    fn null(self) {}

    fn object<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let mut metadata = object(map, self.0, METADATA, &["component"], |_, map, reading| {
            map.next_value_seed(Any(Part { reading, within: None, is_subject: true }))
        })?;
        self.0.head.created = metadata.take("timestamp").text();
        self.0.head.tools = made::tools(&metadata.take("tools"));
        Ok(())
    }
}

/// A list of components.
struct Components {
    within: Option<u32>,
}

fn components<'a, 'e>(
    reading: &'a mut Reading<'e>,
    within: Option<u32>,
) -> Each<'a, 'e, Components> {
    Each { reading, lost: Lost::Component, read: Components { within } }
}

impl Items for Components {
    fn item<'de, D: Deserializer<'de>>(
        &mut self,
        reading: &mut Reading<'_>,
        item: D,
    ) -> Result<(), D::Error> {
        Any(Part { reading, within: self.within, is_subject: false }).deserialize(item)
    }
}

/// A component, with those that are written in it.
struct Part<'a, 'e> {
    reading: &'a mut Reading<'e>,
    within: Option<u32>,
    is_subject: bool,
}

impl<'de> Shape<'de> for Part<'_, '_> {
    type Made = ();

    fn wrong(self, found: &str) {
        self.reading.skip(Lost::Component, format!("an object is wanted, and here is {found}"));
    }

    fn object<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let Self { reading, within, is_subject } = self;
        let number = reading.number().map_err(|why| stop(reading, why))?;
        let place = Place::path(&reading.path);
        let node = object(map, reading, COMPONENT, &["components"], |_, map, reading| {
            map.next_value_seed(Any(components(reading, Some(number))))
        })?;
        made::component(reading, node, number, within, place, is_subject);
        Ok(())
    }
}

/// A list of which is only counted how long it is.
struct Statements<'c>(&'c mut usize);

impl Items for Statements<'_> {
    fn item<'de, D: Deserializer<'de>>(
        &mut self,
        _: &mut Reading<'_>,
        item: D,
    ) -> Result<(), D::Error> {
        *self.0 += 1;
        IgnoredAny::deserialize(item).map(drop)
    }
}

/// The list of what depends on what.
struct Dependencies;

impl Items for Dependencies {
    fn item<'de, D: Deserializer<'de>>(
        &mut self,
        reading: &mut Reading<'_>,
        item: D,
    ) -> Result<(), D::Error> {
        Any(Dependency(reading)).deserialize(item)
    }
}

const DEPENDENCY: &[(&str, Wanted)] = &[("ref", Wanted::Text)];

/// One thing with all that it depends on.
struct Dependency<'a, 'e>(&'a mut Reading<'e>);

impl<'de> Shape<'de> for Dependency<'_, '_> {
    type Made = ();

    fn wrong(self, found: &str) {
        self.0.skip(Lost::Relation, format!("an object is wanted, and here is {found}"));
    }

    fn object<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let mut kinds: [Vec<String>; 2] = [Vec::new(), Vec::new()];
        let special = &["dependsOn", "provides"];
        let mut node = object(map, self.0, DEPENDENCY, special, |at, map, reading| {
            let read = Refs(&mut kinds[at]);
            map.next_value_seed(Any(Each { reading, lost: Lost::Relation, read }))
        })?;
        let Some(mut from) = node.take("ref").text() else {
            self.0.skip(Lost::Relation, "it does not say of what");
            return Ok(());
        };
        let [depends, provides] = kinds;
        let depends = depends.into_iter().map(|to| (RelationKind::DependsOn, to));
        let provides = provides.into_iter().map(|to| (RelationKind::Provides, to));
        let mut related = depends.chain(provides).peekable();
        while let Some((kind, to)) = related.next() {
            let is_last = related.peek().is_none();
            let from = if is_last { std::mem::take(&mut from) } else { from.clone() };
            let relation = Relation { from, kind, to };
            self.0.relation(relation).map_err(|why| stop(self.0, why))?;
        }
        Ok(())
    }
}
