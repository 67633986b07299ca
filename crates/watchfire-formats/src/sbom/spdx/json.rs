//! SPDX 2 as JSON.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess};

use super::{add_reference, relation, said, schemas, tool};
use crate::sbom::Refused;
use crate::sbom::component::{Built, Component, Relation, RelationKind};
use crate::sbom::cyclonedx::made::{add_hash, hand_on};
use crate::sbom::document::{Lost, Reading};
use crate::sbom::input::Input;
use crate::sbom::node::{Each, Items, Node, Refs, Wanted, object, stop};
use crate::sbom::problem::{Place, Problems};
use crate::sbom::schema::walk;
use crate::sbom::shape::{Any, Shape};

/// What the document is called where it does not say so.
const DOCUMENT: &str = "SPDXRef-DOCUMENT";

const HEAD: &[(&str, Wanted)] = &[
    ("SPDXID", Wanted::Text),
    ("name", Wanted::Text),
    ("documentNamespace", Wanted::Text),
    (
        "creationInfo",
        Wanted::Object(&[("created", Wanted::Text), ("creators", Wanted::List(&Wanted::Text))]),
    ),
];

const CHECKSUM: Wanted =
    Wanted::Object(&[("algorithm", Wanted::Text), ("checksumValue", Wanted::Text)]);
const REFERENCE: Wanted =
    Wanted::Object(&[("referenceType", Wanted::Text), ("referenceLocator", Wanted::Text)]);

const PACKAGE: &[(&str, Wanted)] = &[
    ("SPDXID", Wanted::Text),
    ("name", Wanted::Text),
    ("versionInfo", Wanted::Text),
    ("sourceInfo", Wanted::Text),
    ("primaryPackagePurpose", Wanted::Text),
    ("licenseConcluded", Wanted::Text),
    ("licenseDeclared", Wanted::Text),
    ("checksums", Wanted::List(&CHECKSUM)),
    ("externalRefs", Wanted::List(&REFERENCE)),
];

const FILE: &[(&str, Wanted)] = &[
    ("SPDXID", Wanted::Text),
    ("fileName", Wanted::Text),
    // As versions before 2.2 call it.
    ("name", Wanted::Text),
    ("licenseConcluded", Wanted::Text),
    ("checksums", Wanted::List(&CHECKSUM)),
];

const RELATIONSHIP: &[(&str, Wanted)] = &[
    ("spdxElementId", Wanted::Text),
    ("relationshipType", Wanted::Text),
    ("relatedSpdxElement", Wanted::Text),
];

/// Reads a document.
pub(crate) fn read(input: &Input<'_>, reading: &mut Reading<'_>) -> Result<(), Refused> {
    let read = input.json(Any(Sbom(&mut *reading)));
    read.map_err(|error| reading.refused(input, &error))
}

/// Holds a document to its schema.
pub(crate) fn conforms(input: &Input<'_>, goes_on: &dyn Fn() -> bool) -> Result<Problems, Refused> {
    let schema = schemas::json(&input.version).expect("the version was looked at");
    walk::conforms(input, schema, goes_on)
}

/// The whole document.
struct Sbom<'a, 'e>(&'a mut Reading<'e>);

impl<'de> Shape<'de> for Sbom<'_, '_> {
    type Made = ();

    fn wrong(self, found: &str) {
        self.0.skip(Lost::Component, format!("an object is wanted, and here is {found}"));
    }

    fn object<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let special = &["packages", "files", "relationships", "documentDescribes"];
        let mut seen = [false; 4];
        let mut described = Vec::new();
        let mut head = object(map, self.0, HEAD, special, |at, map, reading| {
            if std::mem::replace(&mut seen[at], true) {
                reading.skip(Lost::Component, "the name stands twice in its object");
                return map.next_value::<IgnoredAny>().map(drop);
            }
            let lost = if at < 2 { Lost::Component } else { Lost::Relation };
            match at {
                0 => map.next_value_seed(Any(Each { reading, lost, read: Parts(Kind::Package) })),
                1 => map.next_value_seed(Any(Each { reading, lost, read: Parts(Kind::File) })),
                2 => map.next_value_seed(Any(Each { reading, lost, read: Relationships })),
                _ => {
                    let read = Refs(&mut described);
                    map.next_value_seed(Any(Each { reading, lost, read }))
                }
            }
        })?;
        let document = head.take("SPDXID").text().unwrap_or_else(|| DOCUMENT.to_owned());
        related(self.0, &document, &RelationKind::Describes, described)?;
        let mut creation = head.take("creationInfo");
        self.0.head.name = head.take("name").text();
        self.0.head.serial = head.take("documentNamespace").text();
        self.0.head.created = creation.take("created").text();
        let creators = creation.take("creators");
        self.0.head.tools = creators.items().iter().filter_map(|it| tool(it.as_text()?)).collect();
        Ok(())
    }
}

fn related<E: serde::de::Error>(
    reading: &mut Reading<'_>,
    from: &str,
    kind: &RelationKind,
    to: Vec<String>,
) -> Result<(), E> {
    for to in to {
        let relation = Relation { from: from.to_owned(), kind: kind.clone(), to };
        reading.relation(relation).map_err(|why| stop(reading, why))?;
    }
    Ok(())
}

/// What a list of things holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Package,
    File,
}

struct Parts(Kind);

impl Items for Parts {
    fn item<'de, D: Deserializer<'de>>(
        &mut self,
        reading: &mut Reading<'_>,
        item: D,
    ) -> Result<(), D::Error> {
        Any(Part { reading, kind: self.0 }).deserialize(item)
    }
}

/// A package or a file.
struct Part<'a, 'e> {
    reading: &'a mut Reading<'e>,
    kind: Kind,
}

impl<'de> Shape<'de> for Part<'_, '_> {
    type Made = ();

    fn wrong(self, found: &str) {
        self.reading.skip(Lost::Component, format!("an object is wanted, and here is {found}"));
    }

    fn object<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let Self { reading, kind } = self;
        let number = reading.number().map_err(|why| stop(reading, why))?;
        let place = Place::path(&reading.path);
        let fields = if kind == Kind::Package { PACKAGE } else { FILE };
        let mut held = Vec::new();
        let mut node = object(map, reading, fields, &["hasFiles"], |_, map, reading| {
            let read = Refs(&mut held);
            map.next_value_seed(Any(Each { reading, lost: Lost::Relation, read }))
        })?;
        let name = node.take(if kind == Kind::Package { "name" } else { "fileName" }).text();
        let name = name.or_else(|| node.take("name").text()).unwrap_or_default();
        let id = node.take("SPDXID").text();
        if let Some(id) = &id {
            related(reading, id, &RelationKind::Contains, held)?;
        }
        let made = Component { number, id, name, place, ..Component::default() };
        finish(reading, made, node, kind);
        Ok(())
    }
}

/// Adds to a component what else was kept of it, and hands it on.
fn finish(reading: &mut Reading<'_>, mut component: Component, mut node: Node<'_>, kind: Kind) {
    component.kind = match kind {
        Kind::File => Some("file".to_owned()),
        Kind::Package => {
            node.take("primaryPackagePurpose").text().map(|purpose| purpose.to_lowercase())
        }
    };
    component.version = node.take("versionInfo").text().and_then(said);
    component.source = node.take("sourceInfo").text().as_deref().and_then(Built::of_words);
    for name in ["licenseConcluded", "licenseDeclared"] {
        let licence = node.take(name).text().and_then(said);
        component.licences.extend(licence.filter(|it| !component.licences.contains(it)));
    }
    for checksum in node.take("checksums").items() {
        let text = |name| checksum.get(name).as_text();
        let (Some(algorithm), Some(digits)) = (text("algorithm"), text("checksumValue")) else {
            let reason = "a checksum without algorithm or digits";
            reading.skip_at(Lost::Detail, component.place.clone(), reason);
            continue;
        };
        add_hash(reading, &component.place, &mut component.hashes, algorithm, digits);
    }
    for reference in node.take("externalRefs").items() {
        let text = |name| reference.get(name).as_text();
        let (Some(kind), Some(locator)) = (text("referenceType"), text("referenceLocator")) else {
            let reason = "an external reference without type or locator";
            reading.skip_at(Lost::Detail, component.place.clone(), reason);
            continue;
        };
        add_reference(reading, &mut component, kind, locator);
    }
    hand_on(reading, component);
}

struct Relationships;

impl Items for Relationships {
    fn item<'de, D: Deserializer<'de>>(
        &mut self,
        reading: &mut Reading<'_>,
        item: D,
    ) -> Result<(), D::Error> {
        Any(Relationship(reading)).deserialize(item)
    }
}

struct Relationship<'a, 'e>(&'a mut Reading<'e>);

impl<'de> Shape<'de> for Relationship<'_, '_> {
    type Made = ();

    fn wrong(self, found: &str) {
        self.0.skip(Lost::Relation, format!("an object is wanted, and here is {found}"));
    }

    fn object<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let mut node = object(map, self.0, RELATIONSHIP, &[], |_, map, _| {
            map.next_value::<IgnoredAny>().map(drop)
        })?;
        let [from, kind, to] = ["spdxElementId", "relationshipType", "relatedSpdxElement"]
            .map(|name| node.take(name).text());
        let (Some(from), Some(kind), Some(to)) = (from, kind, to) else {
            self.0.skip(Lost::Relation, "it does not say between which two, or of what kind");
            return Ok(());
        };
        // That nothing, or nothing known, stands at the other end leads nowhere.
        if said(to.clone()).is_none() {
            return Ok(());
        }
        self.0.relation(relation(from, &kind, to)).map_err(|why| stop(self.0, why))
    }
}
