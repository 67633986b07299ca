//! Makes a component of what was kept of one, whatever form it was written in.

use crate::purl::Purl;
use crate::sbom::component::{Built, Component, Hash};
use crate::sbom::document::{Lost, Reading};
use crate::sbom::node::{Node, Wanted};
use crate::sbom::problem::{Place, excerpt};

const HASH: Wanted = Wanted::Object(&[("alg", Wanted::Text), ("content", Wanted::Text)]);
const LICENCE: Wanted = Wanted::Object(&[
    ("license", Wanted::Object(&[("id", Wanted::Text), ("name", Wanted::Text)])),
    ("expression", Wanted::Text),
]);

const PROPERTY: Wanted = Wanted::Object(&[("name", Wanted::Text), ("value", Wanted::Text)]);
const PEDIGREE: Wanted =
    Wanted::Object(&[("ancestors", Wanted::List(&Wanted::Object(&[("purl", Wanted::Text)])))]);

/// What is kept of a component.
pub(crate) const COMPONENT: &[(&str, Wanted)] = &[
    ("type", Wanted::Text),
    ("bom-ref", Wanted::Text),
    ("group", Wanted::Text),
    ("name", Wanted::Text),
    ("version", Wanted::Text),
    ("purl", Wanted::Text),
    ("versionRange", Wanted::Text),
    ("pedigree", PEDIGREE),
    ("properties", Wanted::List(&PROPERTY)),
    ("cpe", Wanted::Text),
    ("hashes", Wanted::List(&HASH)),
    ("licenses", Wanted::List(&LICENCE)),
];

/// What tells of the tools that made a document; versions before 1.5 write a list of tools.
pub(crate) const TOOLS: Wanted = Wanted::ListOr(
    &Wanted::Object(TOOL),
    &[
        ("components", Wanted::List(&Wanted::Object(TOOL))),
        ("services", Wanted::List(&Wanted::Object(TOOL))),
    ],
);

const TOOL: &[(&str, Wanted)] = &[
    ("vendor", Wanted::Text),
    ("group", Wanted::Text),
    ("name", Wanted::Text),
    ("version", Wanted::Text),
];

/// The tools, by name and version.
pub(crate) fn tools(node: &Node<'_>) -> Vec<String> {
    let lists = [node, node.get("components"), node.get("services")];
    let tool = |tool: &Node<'_>| {
        let name = tool.get("name").as_text().or_else(|| tool.get("vendor").as_text())?;
        let version = tool.get("version").as_text();
        Some(version.map_or_else(|| name.to_owned(), |version| format!("{name} {version}")))
    };
    lists.into_iter().flat_map(Node::items).filter_map(tool).collect()
}

/// Makes a component of what was kept, and hands it on.
pub(crate) fn component(
    reading: &mut Reading<'_>,
    mut node: Node<'_>,
    number: u32,
    within: Option<u32>,
    place: Place,
    is_subject: bool,
) {
    let purl = node.take("purl");
    let mut component = Component {
        number,
        within,
        id: node.take("bom-ref").text(),
        kind: node.take("type").text(),
        group: node.take("group").text(),
        name: node.take("name").text().unwrap_or_default(),
        version: node.take("version").text(),
        version_range: node.take("versionRange").text(),
        cpes: node.take("cpe").text().into_iter().collect(),
        licences: licences(&node.take("licenses")),
        hashes: hashes(reading, &place, &node.take("hashes")),
        is_subject,
        place,
        purls: Vec::new(),
        ancestors: Vec::new(),
        source: None,
    };
    if let Some(text) = purl.as_text() {
        add_purl(reading, &mut component, text);
    }
    let mut built = BuiltOf::default();
    for property in node.take("properties").items() {
        let text = |name| property.get(name).as_text();
        if let (Some(name), Some(value)) = (text("name"), text("value")) {
            built.take(name, value);
        }
    }
    component.source = built.built();
    for ancestor in node.take("pedigree").get("ancestors").items() {
        if let Some(purl) = ancestor.get("purl").as_text() {
            add_ancestor(reading, &mut component, purl);
        }
    }
    hand_on(reading, component);
}

/// Adds the package URL of what a component was made from.
pub(crate) fn add_ancestor(reading: &mut Reading<'_>, component: &mut Component, purl: &str) {
    component.ancestors.extend(read_purl(reading, &component.place, purl));
}

/// The properties in which trivy says of which source package a component was built.
#[derive(Default)]
pub(crate) struct BuiltOf {
    parts: [Option<String>; 4],
}

impl BuiltOf {
    pub(crate) fn take(&mut self, name: &str, value: &str) {
        let names = ["SrcName", "SrcVersion", "SrcRelease", "SrcEpoch"];
        let name = name.strip_prefix("aquasecurity:trivy:");
        if let Some(at) = name.and_then(|name| names.iter().position(|it| *it == name)) {
            self.parts[at] = Some(value.to_owned());
        }
    }

    pub(crate) fn built(self) -> Option<Built> {
        let [name, version, release, epoch] = self.parts;
        let version = version.map(|version| {
            let epoch = epoch.filter(|epoch| epoch != "0").map(|epoch| format!("{epoch}:"));
            let release = release.map(|release| format!("-{release}"));
            format!("{}{version}{}", epoch.unwrap_or_default(), release.unwrap_or_default())
        });
        Some(Built { name: name?, version })
    }
}

/// Hands on a component; one without a name is called as its package URL, and without that is none.
pub(crate) fn hand_on(reading: &mut Reading<'_>, mut component: Component) {
    if component.name.is_empty() {
        let place = component.place.clone();
        let Some(purl) = component.purls.first() else {
            reading.skip_at(Lost::Component, place, "it has neither a name nor a package URL");
            return;
        };
        purl.name().clone_into(&mut component.name);
        reading.skip_at(Lost::Detail, place, "it has no name, and is called as its package URL");
    }
    reading.component(component);
}

/// Adds a package URL to a component, or notes why it is none.
pub(crate) fn add_purl(reading: &mut Reading<'_>, component: &mut Component, text: &str) {
    let Some(purl) = read_purl(reading, &component.place, text) else { return };
    if component.purls.is_empty() {
        // Most have one, and room for more would be the larger part of what is kept of them.
        component.purls = vec![purl];
    } else {
        component.purls.push(purl);
    }
}

fn read_purl(reading: &mut Reading<'_>, place: &Place, text: &str) -> Option<Purl> {
    let purl = Purl::parse_tolerant(text.trim());
    purl.map_err(|error| {
        let reason = format!("{error}; the component is known by what else it is called");
        reading.skip_at(Lost::Detail, place.clone(), reason);
    })
    .ok()
}

fn hashes(reading: &mut Reading<'_>, place: &Place, list: &Node<'_>) -> Vec<Hash> {
    let mut hashes = Vec::with_capacity(list.items().len());
    for node in list.items() {
        let text = |name| node.get(name).as_text();
        let (Some(algorithm), Some(digits)) = (text("alg"), text("content")) else {
            reading.skip_at(Lost::Detail, place.clone(), "a hash without algorithm or digits");
            continue;
        };
        add_hash(reading, place, &mut hashes, algorithm, digits);
    }
    hashes
}

/// Adds a hash, or notes why it is none.
pub(crate) fn add_hash(
    reading: &mut Reading<'_>,
    place: &Place,
    hashes: &mut Vec<Hash>,
    algorithm: &str,
    digits: &str,
) {
    match hash(algorithm, digits) {
        Ok(hash) => hashes.push(hash),
        Err(reason) => reading.skip_at(Lost::Detail, place.clone(), reason),
    }
}

/// A hash, or why it is none.
pub(crate) fn hash(algorithm: &str, digits: &str) -> Result<Hash, String> {
    let wrong = || format!("`{}` are no digits of a hash", excerpt(digits));
    Hash::of(algorithm, digits).ok_or_else(wrong)
}

fn licences(list: &Node<'_>) -> Vec<String> {
    let one = |node: &Node<'_>| {
        let licence = node.get("license");
        let text = node.get("expression").as_text();
        let text = text.or_else(|| licence.get("id").as_text());
        text.or_else(|| licence.get("name").as_text()).map(str::to_owned)
    };
    let mut licences = Vec::with_capacity(list.items().len());
    licences.extend(list.items().iter().filter_map(one));
    licences
}
