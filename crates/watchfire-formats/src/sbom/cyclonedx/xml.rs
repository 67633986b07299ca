//! `CycloneDX` as XML.

use super::made::{BuiltOf, add_ancestor, add_purl, hand_on, hash};
use super::schemas;
use crate::sbom::component::{Component, Relation, RelationKind};
use crate::sbom::document::{Lost, Reading};
use crate::sbom::input::Input;
use crate::sbom::problem::{Place, Problems, push_element};
use crate::sbom::xml::{Event, Open, Space, Xml};
use crate::sbom::{ITEMS_MAX, Refused, TEXT_BYTES_MAX, xsd};

/// The namespace of a version.
pub(crate) fn namespace(version: &str) -> String {
    format!("http://cyclonedx.org/schema/bom/{version}")
}

/// Reads a document.
pub(crate) fn read(input: &Input<'_>, reading: &mut Reading<'_>) -> Result<(), Refused> {
    let mut walk = Walk { xml: Xml::of(input, &namespace(&input.version)), reading };
    while let Some(open) = walk.child()? {
        walk.bom(&open)?;
    }
    Ok(())
}

/// Holds a document to its schema.
pub(crate) fn conforms(input: &Input<'_>, goes_on: &dyn Fn() -> bool) -> Result<Problems, Refused> {
    let schema = schemas::xml(&input.version).expect("the version was looked at");
    xsd::walk::walk(schema, Xml::of(input, &namespace(&input.version)), goes_on)
}

struct Walk<'x, 'r, 'e> {
    xml: Xml<'x>,
    reading: &'r mut Reading<'e>,
}

impl Walk<'_, '_, '_> {
    /// The next element within the one that is open, or `None` after that was closed.
    fn child(&mut self) -> Result<Option<Open>, Refused> {
        loop {
            match self.xml.next()? {
                Event::Open(open) => return Ok(Some(open)),
                Event::Close | Event::End => return Ok(None),
                Event::Text(_) => {}
            }
        }
    }

    /// Reads each element within the one that is open; those of other namespaces are passed over.
    fn children(
        &mut self,
        mut read: impl FnMut(&mut Self, &Open) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        let mark = self.reading.path.len();
        let (mut name, mut count) = (String::new(), 0_u64);
        while let Some(open) = self.child()? {
            count = if open.name == name { count + 1 } else { 1 };
            name.clone_from(&open.name);
            if open.space == Space::Own {
                push_element(&mut self.reading.path, &name, count);
                read(self, &open)?;
            } else {
                self.xml.pass()?;
            }
            self.reading.path.truncate(mark);
        }
        Ok(())
    }

    /// The text of the element that is open, up to its end; what lies in it is passed over.
    fn text(&mut self) -> Result<Option<String>, Refused> {
        let mut text = String::new();
        loop {
            match self.xml.next()? {
                Event::Text(first) if text.is_empty() => text = first,
                Event::Text(more) if text.len() <= TEXT_BYTES_MAX => text.push_str(&more),
                Event::Text(_) => {}
                Event::Open(_) => self.xml.pass()?,
                Event::Close | Event::End => break,
            }
        }
        if text.len() > TEXT_BYTES_MAX {
            let place = self.place();
            let reason = format!("a text of more than {TEXT_BYTES_MAX} bytes");
            self.reading.skip_at(Lost::Detail, place, reason);
            return Ok(None);
        }
        let trimmed = text.trim();
        if trimmed.len() < text.len() {
            text = trimmed.to_owned();
        }
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    fn place(&self) -> Place {
        Place::path(&self.reading.path).on(self.xml.line())
    }

    fn bom(&mut self, open: &Open) -> Result<(), Refused> {
        self.reading.head.serial = open.attribute("serialNumber").map(str::to_owned);
        self.reading.head.revision = open.attribute("version").map(str::to_owned);
        self.reading.path.push_str("/bom");
        self.children(|walk, open| match open.name.as_str() {
            "metadata" => walk.metadata(),
            "components" => walk.components(None),
            "dependencies" => walk.dependencies(),
            "vulnerabilities" => walk.statements(),
            _ => walk.xml.pass(),
        })
    }

    fn statements(&mut self) -> Result<(), Refused> {
        let mut count = 0;
        self.children(|walk, _| {
            count += 1;
            walk.xml.pass()
        })?;
        self.reading.skip_statements(count);
        Ok(())
    }

    fn metadata(&mut self) -> Result<(), Refused> {
        self.children(|walk, open| match open.name.as_str() {
            "timestamp" => {
                walk.reading.head.created = walk.text()?;
                Ok(())
            }
            "tools" => walk.tools(),
            "component" => walk.component(open, None, true),
            _ => walk.xml.pass(),
        })
    }

    /// Tools stand in `tools` themselves, or in `components` and `services` within.
    fn tools(&mut self) -> Result<(), Refused> {
        self.children(|walk, open| match open.name.as_str() {
            "components" | "services" => walk.children(|walk, _| walk.tool()),
            "tool" => walk.tool(),
            _ => walk.xml.pass(),
        })
    }

    fn tool(&mut self) -> Result<(), Refused> {
        let (mut name, mut version) = (None, None);
        self.children(|walk, open| {
            match open.name.as_str() {
                "name" => name = walk.text()?,
                "version" => version = walk.text()?,
                _ => walk.xml.pass()?,
            }
            Ok(())
        })?;
        let tool = name.map(|name| match version {
            Some(version) => format!("{name} {version}"),
            None => name,
        });
        if self.reading.head.tools.len() < ITEMS_MAX {
            self.reading.head.tools.extend(tool);
        }
        Ok(())
    }

    fn components(&mut self, within: Option<u32>) -> Result<(), Refused> {
        self.children(|walk, open| match open.name.as_str() {
            "component" => walk.component(open, within, false),
            _ => walk.xml.pass(),
        })
    }

    fn component(
        &mut self,
        open: &Open,
        within: Option<u32>,
        is_subject: bool,
    ) -> Result<(), Refused> {
        let number = self.reading.number()?;
        let attribute = |name: &str| {
            open.attribute(name).map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned)
        };
        let mut component = Component {
            number,
            within,
            id: attribute("bom-ref"),
            kind: attribute("type"),
            is_subject,
            place: self.place(),
            ..Component::default()
        };
        self.children(|walk, open| {
            match open.name.as_str() {
                "group" => component.group = walk.text()?,
                "name" => component.name = walk.text()?.unwrap_or_default(),
                "version" => component.version = walk.text()?,
                "cpe" => component.cpes.extend(walk.text()?),
                "purl" => {
                    if let Some(text) = walk.text()? {
                        add_purl(walk.reading, &mut component, &text);
                    }
                }
                "versionRange" => component.version_range = walk.text()?,
                "pedigree" => walk.pedigree(&mut component)?,
                "properties" => walk.properties(&mut component)?,
                "hashes" => walk.hashes(&mut component)?,
                "licenses" => walk.licences(&mut component)?,
                "components" => walk.components(Some(number))?,
                _ => walk.xml.pass()?,
            }
            Ok(())
        })?;
        hand_on(self.reading, component);
        Ok(())
    }

    fn properties(&mut self, component: &mut Component) -> Result<(), Refused> {
        let mut built = BuiltOf::default();
        self.children(|walk, open| {
            let name = open.attribute("name").unwrap_or_default().to_owned();
            if let Some(value) = walk.text()? {
                built.take(&name, &value);
            }
            Ok(())
        })?;
        component.source = built.built();
        Ok(())
    }

    /// What a component was made from: of each the package URL alone.
    fn pedigree(&mut self, component: &mut Component) -> Result<(), Refused> {
        self.children(|walk, open| match open.name.as_str() {
            "ancestors" => walk.children(|walk, _| {
                let mut purl = None;
                walk.children(|walk, open| {
                    match open.name.as_str() {
                        "purl" => purl = walk.text()?,
                        _ => walk.xml.pass()?,
                    }
                    Ok(())
                })?;
                if let Some(purl) = purl {
                    add_ancestor(walk.reading, component, &purl);
                }
                Ok(())
            }),
            _ => walk.xml.pass(),
        })
    }

    fn hashes(&mut self, component: &mut Component) -> Result<(), Refused> {
        self.children(|walk, open| {
            let algorithm = open.attribute("alg").unwrap_or_default();
            let digits = walk.text()?.unwrap_or_default();
            let hash = if component.hashes.len() < ITEMS_MAX {
                hash(algorithm, &digits)
            } else {
                Err(format!("a hash after the first {ITEMS_MAX}"))
            };
            match hash {
                Ok(hash) => component.hashes.push(hash),
                Err(reason) => walk.reading.skip_at(Lost::Detail, walk.place(), reason),
            }
            Ok(())
        })
    }

    fn licences(&mut self, component: &mut Component) -> Result<(), Refused> {
        self.children(|walk, open| {
            let mut found = None;
            match open.name.as_str() {
                "expression" => found = walk.text()?,
                "license" => walk.children(|walk, open| {
                    match open.name.as_str() {
                        "id" | "name" => found = found.take().or(walk.text()?),
                        _ => walk.xml.pass()?,
                    }
                    Ok(())
                })?,
                _ => walk.xml.pass()?,
            }
            if component.licences.len() < ITEMS_MAX {
                component.licences.extend(found);
            } else if found.is_some() {
                let reason = format!("a licence after the first {ITEMS_MAX}");
                walk.reading.skip_at(Lost::Detail, walk.place(), reason);
            }
            Ok(())
        })
    }

    fn dependencies(&mut self) -> Result<(), Refused> {
        self.children(|walk, open| {
            let from = open.attribute("ref").map(str::to_owned);
            if from.is_none() {
                walk.reading.skip_at(Lost::Relation, walk.place(), "it does not say of what");
            }
            walk.children(|walk, open| {
                let kind = match open.name.as_str() {
                    "provides" => RelationKind::Provides,
                    _ => RelationKind::DependsOn,
                };
                if let (Some(from), Some(to)) = (&from, open.attribute("ref")) {
                    let relation = Relation { from: from.clone(), kind, to: to.to_owned() };
                    walk.reading.relation(relation)?;
                } else if from.is_some() {
                    walk.reading.skip_at(Lost::Relation, walk.place(), "it does not say on what");
                }
                walk.xml.pass()
            })
        })
    }
}
