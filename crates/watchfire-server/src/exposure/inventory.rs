//! What asking advisories needs of an SBOM, in a form that is kept and quickly read again.

mod kept;
mod read;

use std::io::{self, Write};
use std::iter;

use serde::{Deserialize, Serialize};
use watchfire_formats::sbom::Place;

use super::advice::Whole;
use super::name::Name;

pub use kept::Excerpt;
pub(super) use kept::{hash_of, names_in};
pub use read::Read;

/// The version of what makes a [`Holding`] of a document. Whoever changes what a document is read
/// as, or how that is written, raises it: what an older one made is then made anew.
pub const READER: u32 = 2;

/// So many steps of a way are told at its beginning, and as many at its end.
const STEPS_MAX: usize = 16;

/// What a product is made of, as far as advisories can be asked about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    whole: Whole,
    /// The names of the product, where the document is about one.
    subject: Vec<Name>,
    components: Box<[Held]>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    name: Box<str>,
    version: Option<Box<str>>,
    purl: Option<Box<str>>,
    #[serde(with = "At")]
    place: Place,
    /// What leads to it from the product, on a shortest way.
    parent: Option<u32>,
    names: Box<[Name]>,
}

/// How a place is written.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Place")]
struct At {
    path: String,
    line: Option<u64>,
}

/// A component of a [`Holding`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// Its place among the components.
    pub index: usize,
    /// Its name, as the document calls it.
    pub name: &'a str,
    /// Its version.
    pub version: Option<&'a str>,
    /// The first package URL that it goes by.
    pub purl: Option<&'a str>,
    /// Where it stands in the document.
    pub place: &'a Place,
    /// What it goes by, in the words of advisories.
    pub names: &'a [Name],
}

/// Why what was read of a document cannot be kept, or not be read again.
#[derive(Debug, thiserror::Error)]
pub enum HoldingError {
    /// More than is kept.
    #[error("what is read of it has more than 512 MiB")]
    TooLarge,
    /// Its parts are not as long as it says.
    #[error("what was kept of it is torn")]
    Torn,
    /// It is not what the reader of this version wrote.
    #[error("what was kept of it cannot be read: {0}")]
    Unreadable(#[from] postcard::Error),
    /// It was not compressed so.
    #[error("what was kept of it cannot be opened: {0}")]
    Unopened(#[from] io::Error),
    /// Something leads to a component, and is not there.
    #[error("what was kept of it names component {0}, which is not there")]
    Missing(u32),
}

impl Holding {
    /// The product that the document is about.
    pub fn whole(&self) -> &Whole {
        &self.whole
    }

    /// The names of the product, where the document is about one: what is vouched for of that holds
    /// for its components.
    pub fn subject_names(&self) -> &[Name] {
        &self.subject
    }

    /// The components, in the order of the document.
    pub fn components(&self) -> impl ExactSizeIterator<Item = Part<'_>> {
        self.components.iter().enumerate().map(|(index, held)| held.part(index))
    }

    /// A component by its index.
    pub fn component(&self, index: usize) -> Option<Part<'_>> {
        self.components.get(index).map(|held| held.part(index))
    }

    /// How many components have neither a package URL nor a CPE name.
    pub fn unnamed(&self) -> usize {
        self.components.iter().filter(|held| held.names.is_empty()).count()
    }

    /// What leads to a component, from the product to itself, in words; of a long way its middle
    /// is left out. Nothing for an index that is none.
    pub fn path(&self, index: usize) -> Vec<String> {
        let parent = |held: &&Held| self.components.get(held.parent? as usize);
        let steps = iter::successors(self.components.get(index), parent);
        // A circle leads nowhere, and there are no longer ways than components.
        let steps: Vec<&Held> = steps.take(self.components.len()).collect();
        if steps.len() <= 2 * STEPS_MAX {
            return steps.iter().rev().map(|held| held.told()).collect();
        }
        let (end, begin) = (&steps[..STEPS_MAX], &steps[steps.len() - STEPS_MAX..]);
        let left_out = format!("… ({})", steps.len() - 2 * STEPS_MAX);
        let begin = begin.iter().rev().map(|held| held.told());
        begin.chain([left_out]).chain(end.iter().rev().map(|held| held.told())).collect()
    }
}

/// What takes so many bytes and no more.
struct Bounded<W> {
    to: W,
    left: usize,
}

impl<W: Write> Write for Bounded<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(left) = self.left.checked_sub(bytes.len()) else {
            return Err(io::Error::other("more than is kept"));
        };
        self.left = left;
        self.to.write_all(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl Held {
    fn part(&self, index: usize) -> Part<'_> {
        Part {
            index,
            name: &self.name,
            version: self.version.as_deref(),
            purl: self.purl.as_deref(),
            place: &self.place,
            names: &self.names,
        }
    }

    fn told(&self) -> String {
        match &self.version {
            Some(version) => format!("{} {version}", self.name),
            None => self.name.clone().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use watchfire_exposure::index::Package;
    use watchfire_formats::sbom::Refused;

    use super::*;

    /// A document of a product that needs a chain of so many components.
    fn chain(count: usize) -> Holding {
        let components: Vec<String> = (0..count)
            .map(|at| {
                format!(
                    r#"{{"type": "library", "name": "lib{at}", "version": "1.{at}",
                    "bom-ref": "{at}", "purl": "pkg:deb/debian/lib{at}@1.{at}?distro=debian-12",
                    "cpe": "cpe:2.3:a:house:lib{at}:1:*:*:*:*:*:*:*"}}"#
                )
            })
            .collect();
        let needs: Vec<String> = (1..count)
            .map(|at| format!(r#"{{"ref": "{}", "dependsOn": ["{at}"]}}"#, at - 1))
            .collect();
        let text = format!(
            r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {{"component":
            {{"type": "application", "name": "Shop", "version": "2", "bom-ref": "shop",
            "purl": "pkg:generic/shop@2"}}}}, "components": [{}], "dependencies": [
            {{"ref": "shop", "dependsOn": ["0"]}}{}{}]}}"#,
            components.join(","),
            if needs.is_empty() { "" } else { "," },
            needs.join(",")
        );
        let read = Holding::read(text.as_bytes(), &|| true);
        read.unwrap_or_else(|refused| panic!("{refused}")).holding
    }

    #[test]
    fn what_is_kept_of_a_document_comes_back_as_it_was() {
        let holding = chain(3);
        let bytes = holding.to_bytes().expect("small");
        assert_eq!(Holding::from_bytes(&bytes).expect("readable"), holding);
        let last = holding.components().last().expect("components");
        assert_eq!((last.name, last.version, last.index), ("lib2", Some("1.2"), 3));
        assert_eq!(last.purl, Some("pkg:deb/debian/lib2@1.2?distro=debian-12"));
        assert_eq!(last.place.path, "/components/2");
        assert_eq!(last.names.len(), 3, "of a release, of all of them, and the CPE name");
        assert_eq!(holding.component(3), Some(last));
        assert_eq!(holding.component(4), None);
        assert_eq!(holding.subject_names()[0].package.name(), "shop");
    }

    #[test]
    fn a_reading_ends_where_nobody_waits_for_it() {
        let text = r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components":
            [{"name": "a"}, {"name": "b"}, {"name": "c"}]}"#;
        let asked = std::cell::Cell::new(0);
        let goes_on = || asked.replace(asked.get() + 1) < 1;
        let read = Holding::read(text.as_bytes(), &goes_on);
        assert_eq!((read.err(), asked.get()), (Some(Refused::Stopped), 2));
    }

    #[test]
    fn so_many_bytes_are_written_and_not_one_more() {
        for (bytes, is_taken) in [(10, true), (11, false)] {
            let mut bounded = Bounded { to: Vec::new(), left: 10 };
            let written =
                bounded.write_all(&[0; 6]).and_then(|()| bounded.write_all(&vec![0; bytes - 6]));
            assert_eq!(written.is_ok(), is_taken, "{bytes}");
            let full =
                postcard::to_io(&vec![0_u8; bytes - 1], Bounded { to: Vec::new(), left: 10 });
            let full =
                full.map(|_| ()).map_err(|error| error == postcard::Error::SerializeBufferFull);
            assert_eq!(full, if is_taken { Ok(()) } else { Err(true) }, "{bytes}");
        }
    }

    #[test]
    fn a_way_is_told_from_the_product_on_and_of_a_long_one_both_ends() {
        let holding = chain(3);
        assert_eq!(holding.path(3), ["Shop 2", "lib0 1.0", "lib1 1.1", "lib2 1.2"]);
        assert_eq!(holding.path(0), ["Shop 2"]);
        assert!(holding.path(4).is_empty());
        let long = chain(100).path(100);
        assert_eq!(long.len(), 2 * STEPS_MAX + 1);
        assert_eq!(
            (&long[0][..], &long[16][..], &long[32][..]),
            ("Shop 2", "… (69)", "lib99 1.99")
        );
    }

    #[test]
    fn bytes_that_are_none_of_ours_are_refused_and_no_circle_is_walked_for_ever() {
        let mut holding = chain(3);
        let bytes = holding.to_bytes().expect("small");
        assert!(Holding::from_bytes(&bytes[..bytes.len() / 2]).is_err());
        assert!(Holding::from_bytes(b"").is_err());
        assert!(Holding::from_bytes(b"{}").is_err());
        holding.components[1].parent = Some(3);
        let circle = Holding::from_bytes(&holding.to_bytes().expect("small")).expect("readable");
        assert_eq!(circle.path(3).len(), 4);
        holding.components[1].parent = Some(4);
        let led = Holding::from_bytes(&holding.to_bytes().expect("small"));
        assert!(matches!(led, Err(HoldingError::Missing(4))), "{led:?}");
        // No bit is another, whether or not anybody asks for what it says; and numbers that say there
        // is more than there is take no memory.
        for bit in 0..8 * bytes.len() {
            let mut other = bytes.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(Holding::from_bytes(&other).is_err(), "{bit}");
            assert!(Excerpt::from_bytes(&other, &[1].into()).is_err(), "{bit}");
            assert!(names_in(&other).is_err(), "{bit}");
        }
    }

    #[test]
    fn an_excerpt_has_what_goes_by_a_package_and_no_more() {
        let holding = chain(200);
        let bytes = holding.to_bytes().expect("small");
        let by_package = |package: &Package| {
            let excerpt = Excerpt::from_bytes(&bytes, &[hash_of(package)].into()).expect("kept");
            assert!(excerpt.components().len() == 0 || excerpt.whole() == holding.whole());
            let parts = excerpt.components().map(|part| (part.index, part.name.to_owned()));
            parts.collect::<Vec<_>>()
        };
        for component in holding.components() {
            for name in component.names {
                let all = holding.components().filter(|other| {
                    other.names.iter().any(|own| hash_of(&own.package) == hash_of(&name.package))
                });
                let wanted: Vec<_> = all.map(|part| (part.index, part.name.to_owned())).collect();
                assert_eq!(by_package(&name.package), wanted);
                assert!(wanted.contains(&(component.index, component.name.to_owned())));
            }
        }
        assert!(by_package(&Package::new("npm", "lib7")).is_empty());
        let all = holding.components().flat_map(|part| part.names);
        let all = all.map(|name| hash_of(&name.package)).collect();
        let whole = Excerpt::from_bytes(&bytes, &all).expect("kept");
        assert!(whole.components().eq(holding.components()));
        let names: Vec<Name> = holding.components().flat_map(|part| part.names.to_vec()).collect();
        assert_eq!(names_in(&bytes).expect("kept"), names);
    }
}
