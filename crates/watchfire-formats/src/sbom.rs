//! SBOMs: what a product is made of, in each form in which that is written.
//!
//! [`read`] takes bytes and finds out by their content what they are: `CycloneDX` 1.0 to 1.7 as JSON
//! or XML, SPDX 2.2 and 2.3 as JSON or as tags and values, SPDX 3.0 as JSON-LD, each as it is or
//! compressed with gzip or xz, and as others hand it out: in a statement of in-toto, in an envelope of
//! DSSE or a bundle of Sigstore around one, and as GitHub exports its dependency graph.
//! A document is read as a stream and what nobody asks for is passed over, so that memory grows with
//! the components alone.
//!
//! Three things are told apart.
//! A document that cannot be read as what it says it is is *refused*, with the place ([`Refused`]).
//! What cannot be used of a document that is read is *skipped*, each with its place ([`Skipped`]).
//! What its standard does not allow is a *problem* ([`Problem`]): [`conforms`] finds those, and
//! components with problems are read all the same, because a wrong licence must not hide a hole.

mod component;
mod cyclonedx;
mod document;
pub(crate) mod input;
mod node;
mod problem;
mod refused;
mod schema;
mod shape;
mod spdx;
mod ways;
pub(crate) mod xml;
mod xsd;

pub use component::{Built, Component, Hash, Relation, RelationKind};
pub use document::{Document, Head, Item, Lost, Skipped};
pub use input::{Compression, Format};
pub use problem::{PROBLEMS_MAX, Place, Problem, Problems};
pub use refused::Refused;
pub use ways::{Reached, Ways};

/// How many bytes a document may have, after it was decompressed.
pub const DOCUMENT_BYTES_MAX: u64 = 1 << 30;
/// How many components a document may have.
pub const COMPONENTS_MAX: u32 = 4_000_000;
/// How many dependencies and other relations a document may have.
pub const RELATIONS_MAX: u32 = 16_000_000;
/// How deep values may lie in each other: that many lists, objects or elements.
pub const DEPTH_MAX: usize = 127;
/// How many bytes a text may have that is kept, such as a name.
pub const TEXT_BYTES_MAX: usize = 64 << 10;
/// How many items a list may have of one component, such as its hashes.
pub const ITEMS_MAX: usize = 4_096;
/// How much of what was skipped is told; the rest is counted.
pub const SKIPPED_MAX: usize = 10_000;

/// Reads an SBOM whole.
///
/// # Errors
/// [`Refused`], with what is wrong and where.
pub fn read(bytes: &[u8]) -> Result<Document, Refused> {
    let mut gathered = document::Gathered::default();
    let head = stream(bytes, &mut |item| gathered.take(item))?;
    Ok(gathered.document(head))
}

/// Reads an SBOM and hands on what is in it, one after the other, in the order of the file.
///
/// Nothing that was handed on is kept.
///
/// # Errors
/// [`Refused`], with what is wrong and where; what was handed on until then is void.
pub fn stream(bytes: &[u8], each: &mut dyn FnMut(Item)) -> Result<Head, Refused> {
    stream_while(bytes, &|| true, each)
}

/// As [`stream`], for as long as `goes_on` says so, which is asked at each component and relation.
///
/// # Errors
/// As [`stream`]; [`Refused::Stopped`].
pub fn stream_while(
    bytes: &[u8],
    goes_on: &dyn Fn() -> bool,
    each: &mut dyn FnMut(Item),
) -> Result<Head, Refused> {
    let input = input::Input::of(bytes)?;
    let mut placed = |mut item: Item| {
        match &mut item {
            Item::Component(component) => input.around.place(&mut component.place),
            Item::Skipped(skipped) => input.around.place(&mut skipped.place),
            Item::Relation(_) => {}
        }
        each(item);
    };
    let mut reading = document::Reading::new(&mut placed, goes_on);
    let mut problems = Problems::default();
    let read = match input.format {
        Format::CycloneDxJson => cyclonedx::json::read(&input, &mut reading),
        Format::CycloneDxXml => cyclonedx::xml::read(&input, &mut reading),
        Format::SpdxJson => spdx::json::read(&input, &mut reading),
        Format::SpdxTags => spdx::tags::read(&input, &mut reading, &mut problems),
        Format::SpdxJsonLd => spdx::ld::read(&input, &mut reading, &mut problems),
    };
    read.map_err(|refused| input.around.refused(refused))?;
    Ok(reading.head(&input))
}

/// Holds an SBOM to the standard of its version, and returns what that does not allow.
///
/// # Errors
/// [`Refused`] where it cannot be read at all.
pub fn conforms(bytes: &[u8]) -> Result<Problems, Refused> {
    conforms_while(bytes, &|| true)
}

/// As [`conforms`], for as long as `goes_on` says so.
///
/// # Errors
/// As [`conforms`]; [`Refused::Stopped`].
pub fn conforms_while(bytes: &[u8], goes_on: &dyn Fn() -> bool) -> Result<Problems, Refused> {
    let input = input::Input::of(bytes)?;
    let found = problems_of(&input, goes_on).map_err(|refused| input.around.refused(refused));
    found.map(|mut problems| {
        problems.told.iter_mut().for_each(|problem| input.around.place(&mut problem.place));
        problems
    })
}

fn problems_of(input: &input::Input<'_>, goes_on: &dyn Fn() -> bool) -> Result<Problems, Refused> {
    let mut nobody = |_| {};
    let mut reading = document::Reading::new(&mut nobody, goes_on);
    let mut problems = Problems::default();
    match input.format {
        Format::CycloneDxJson => return cyclonedx::json::conforms(input, goes_on),
        Format::CycloneDxXml => return cyclonedx::xml::conforms(input, goes_on),
        Format::SpdxJson => return spdx::json::conforms(input, goes_on),
        // These two have no schema: their rules are held while they are read.
        Format::SpdxTags => spdx::tags::read(input, &mut reading, &mut problems)?,
        Format::SpdxJsonLd => spdx::ld::read(input, &mut reading, &mut problems)?,
    }
    Ok(problems)
}
