//! SPDX 3 as JSON-LD: a graph of elements, in any order.
//!
//! Only the form that the standard prescribes for JSON-LD is read, with its own context: names of
//! types and properties are then always written the same way.

use std::collections::BTreeMap;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess};

use super::{add_reference, said};
use crate::sbom::component::{Component, Relation, RelationKind};
use crate::sbom::cyclonedx::made::{add_hash, hand_on};
use crate::sbom::document::{Lost, Reading};
use crate::sbom::input::Input;
use crate::sbom::node::{Each, Items, Node, Refs, Wanted, object, stop};
use crate::sbom::problem::{Place, Problem, Problems, excerpt};
use crate::sbom::schema::text::has_scheme;
use crate::sbom::shape::{Any, Shape};
use crate::sbom::{ITEMS_MAX, Refused};

/// Types of elements that are components.
const COMPONENTS: [&str; 5] = [
    "software_Package",
    "software_File",
    "ai_AIPackage",
    "dataset_DatasetPackage",
    "software_SoftwareArtifact",
];

const HASH: Wanted = Wanted::Object(&[("algorithm", Wanted::Text), ("hashValue", Wanted::Text)]);
const IDENTIFIER: Wanted =
    Wanted::Object(&[("externalIdentifierType", Wanted::Text), ("identifier", Wanted::Text)]);

/// What is kept of an element, whatever its type.
const ELEMENT: &[(&str, Wanted)] = &[
    ("type", Wanted::Text),
    ("@type", Wanted::Text),
    ("spdxId", Wanted::Text),
    ("@id", Wanted::Text),
    ("name", Wanted::Text),
    ("specVersion", Wanted::Text),
    ("created", Wanted::Text),
    ("software_packageVersion", Wanted::Text),
    ("software_packageUrl", Wanted::Text),
    ("software_primaryPurpose", Wanted::Text),
    ("verifiedUsing", Wanted::List(&HASH)),
    ("externalIdentifier", Wanted::List(&IDENTIFIER)),
    ("relationshipType", Wanted::Text),
    ("from", Wanted::Text),
];

/// Reads a document; what its standard does not allow is added to `problems`.
pub(crate) fn read(
    input: &Input<'_>,
    reading: &mut Reading<'_>,
    problems: &mut Problems,
) -> Result<(), Refused> {
    let mut graph = Graph { problems, tools: BTreeMap::new(), has_document: false };
    let read = input.json(Any(Top { reading: &mut *reading, graph: &mut graph }));
    read.map_err(|error| reading.refused(input, &error))?;
    if !graph.has_document {
        graph
            .problems
            .push(Problem::at("/@graph", "an element of the type `SpdxDocument` is missing"));
    }
    reading.head.tools = graph.tools.into_values().take(ITEMS_MAX).collect();
    Ok(())
}

/// What is gathered of the whole graph.
struct Graph<'p> {
    problems: &'p mut Problems,
    tools: BTreeMap<String, String>,
    has_document: bool,
}

struct Top<'r, 'e, 'g, 'p> {
    reading: &'r mut Reading<'e>,
    graph: &'g mut Graph<'p>,
}

impl<'de> Shape<'de> for Top<'_, '_, '_, '_> {
    type Made = ();

    fn wrong(self, found: &str) {
        self.reading.skip(Lost::Component, format!("an object is wanted, and here is {found}"));
    }

    fn object<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let Self { reading, graph } = self;
        let mut seen = false;
        object(map, reading, &[], &["@graph"], |_, map, reading| {
            if std::mem::replace(&mut seen, true) {
                reading.skip(Lost::Component, "the name stands twice in its object");
                return map.next_value::<IgnoredAny>().map(drop);
            }
            let read = Elements(&mut *graph);
            map.next_value_seed(Any(Each { reading, lost: Lost::Component, read }))
        })?;
        if !seen {
            let reason = "there is no `@graph`, so that what stands in the document is not read";
            reading.skip(Lost::Component, reason);
        }
        Ok(())
    }
}

struct Elements<'g, 'p>(&'g mut Graph<'p>);

impl Items for Elements<'_, '_> {
    fn item<'de, D: Deserializer<'de>>(
        &mut self,
        reading: &mut Reading<'_>,
        item: D,
    ) -> Result<(), D::Error> {
        Any(Element { reading, graph: &mut *self.0 }).deserialize(item)
    }
}

struct Element<'r, 'e, 'g, 'p> {
    reading: &'r mut Reading<'e>,
    graph: &'g mut Graph<'p>,
}

impl<'de> Shape<'de> for Element<'_, '_, '_, '_> {
    type Made = ();

    fn wrong(self, found: &str) {
        self.graph.problems.push(Problem::at(&self.reading.path, "an object is wanted"));
        self.reading.skip(Lost::Component, format!("an object is wanted, and here is {found}"));
    }

    fn object<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let Self { reading, graph } = self;
        let mut to = Vec::new();
        let mut roots = Vec::new();
        let mut node =
            object(map, reading, ELEMENT, &["to", "rootElement"], |at, map, reading| {
                let read = Refs(if at == 0 { &mut to } else { &mut roots });
                map.next_value_seed(Any(Each { reading, lost: Lost::Relation, read }))
            })?;
        let kind = node.take("type").text().or_else(|| node.take("@type").text());
        let id = node.take("spdxId").text().or_else(|| node.take("@id").text());
        let Some(kind) = kind else {
            graph.problems.push(Problem::at(&reading.path, "`type` is missing"));
            reading.skip(Lost::Component, "an element without a type");
            return Ok(());
        };
        graph.check(reading, &kind, id.as_deref(), &node, &to);
        match kind.as_str() {
            it if COMPONENTS.contains(&it) => component(reading, &kind, id, node),
            "Relationship" | "LifecycleScopedRelationship" => relate(reading, node, to),
            "SpdxDocument" => {
                graph.has_document = true;
                reading.head.serial.clone_from(&id);
                reading.head.name = node.take("name").text();
                describe(reading, id, roots)
            }
            "software_Sbom" | "Bom" => describe(reading, id, roots),
            "CreationInfo" => {
                if reading.head.created.is_none() {
                    reading.head.created = node.take("created").text();
                }
                Ok(())
            }
            "Tool" => {
                if let (Some(id), Some(name)) = (id, node.take("name").text())
                    && graph.tools.len() < ITEMS_MAX
                {
                    graph.tools.insert(id, name);
                }
                Ok(())
            }
            // A type of a later version, or written in full: what it is called says enough.
            _ if node.get("software_packageUrl").as_text().is_some() => {
                component(reading, &kind, id, node)
            }
            other if other.contains("://") => {
                let reason = format!("the type `{}` is not known", excerpt(other));
                reading.skip(Lost::Component, reason);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl Graph<'_> {
    /// Holds an element to what the standard demands of each, and of its type.
    fn check(
        &mut self,
        reading: &Reading<'_>,
        kind: &str,
        id: Option<&str>,
        node: &Node<'_>,
        to: &[String],
    ) {
        let mut wrong = |reason: String| self.problems.push(Problem::at(&reading.path, reason));
        if kind == "CreationInfo" {
            for name in ["specVersion", "created"] {
                if node.get(name).as_text().is_none() {
                    wrong(format!("`{name}` is missing"));
                }
            }
            return;
        }
        match id {
            None => wrong("`spdxId` is missing".to_owned()),
            Some(id) if !has_scheme(id) && !id.starts_with("_:") => {
                wrong(format!("`{}` is no address with its scheme", excerpt(id)));
            }
            Some(_) => {}
        }
        if COMPONENTS.contains(&kind) && node.get("name").as_text().is_none() {
            wrong("`name` is missing".to_owned());
        }
        if kind.ends_with("Relationship") {
            for name in ["relationshipType", "from"] {
                if node.get(name).as_text().is_none() {
                    wrong(format!("`{name}` is missing"));
                }
            }
            if to.is_empty() {
                wrong("`to` is missing or empty".to_owned());
            }
        }
    }
}

fn describe<E: serde::de::Error>(
    reading: &mut Reading<'_>,
    from: Option<String>,
    to: Vec<String>,
) -> Result<(), E> {
    let Some(from) = from else { return Ok(()) };
    for to in to {
        let relation = Relation { from: from.clone(), kind: RelationKind::Describes, to };
        reading.relation(relation).map_err(|why| stop(reading, why))?;
    }
    Ok(())
}

fn relate<E: serde::de::Error>(
    reading: &mut Reading<'_>,
    mut node: Node<'_>,
    to: Vec<String>,
) -> Result<(), E> {
    let (from, kind) = (node.take("from").text(), node.take("relationshipType").text());
    let (Some(from), Some(kind)) = (from, kind) else {
        reading.skip(Lost::Relation, "it does not say of what, or of what kind");
        return Ok(());
    };
    for to in to.into_iter().filter(|to| said(to.clone()).is_some()) {
        let kind = match kind.as_str() {
            "describes" => RelationKind::Describes,
            "contains" => RelationKind::Contains,
            "dependsOn" | "hasDynamicLink" | "hasStaticLink" | "hasPrerequisite" => {
                RelationKind::DependsOn
            }
            other => RelationKind::Other(other.to_owned()),
        };
        let relation = Relation { from: from.clone(), kind, to };
        reading.relation(relation).map_err(|why| stop(reading, why))?;
    }
    Ok(())
}

fn component<E: serde::de::Error>(
    reading: &mut Reading<'_>,
    kind: &str,
    id: Option<String>,
    mut node: Node<'_>,
) -> Result<(), E> {
    let number = reading.number().map_err(|why| stop(reading, why))?;
    let place = Place::path(&reading.path);
    let purpose = node.take("software_primaryPurpose").text().map(|it| it.to_lowercase());
    let mut component = Component {
        number,
        id,
        kind: if kind == "software_File" { Some("file".to_owned()) } else { purpose },
        name: node.take("name").text().unwrap_or_default(),
        version: node.take("software_packageVersion").text().and_then(said),
        place: place.clone(),
        ..Component::default()
    };
    if let Some(purl) = node.take("software_packageUrl").text() {
        add_reference(reading, &mut component, "packageUrl", &purl);
    }
    let own = component.purls.first().map(ToString::to_string);
    for identifier in node.take("externalIdentifier").items() {
        let text = |name| identifier.get(name).as_text();
        let (Some(kind), Some(value)) = (text("externalIdentifierType"), text("identifier")) else {
            let reason = "an external identifier without type or value";
            reading.skip_at(Lost::Detail, place.clone(), reason);
            continue;
        };
        // Many documents write the package URL in both places.
        if own.as_deref() != Some(value) {
            add_reference(reading, &mut component, kind, value);
        }
    }
    for hash in node.take("verifiedUsing").items() {
        // Other ways to verify, such as a code of the files of a package, are no hashes of bytes.
        let text = |name| hash.get(name).as_text();
        if let (Some(algorithm), Some(digits)) = (text("algorithm"), text("hashValue")) {
            add_hash(reading, &place, &mut component.hashes, algorithm, digits);
        }
    }
    hand_on(reading, component);
    Ok(())
}
