//! How what was read of an SBOM is kept: in blocks, with a table of what stands where, so that who asks
//! about one package opens the blocks in which it is, and no other.
//!
//! All numbers are little-endian and have four bytes. The first say how many components there are, how
//! many bytes the head has, and how many rows the table; two are a sum over all else. Then come
//!
//! - the head: what is said of the whole;
//! - the table, sorted: a hash of a package, and the component that goes by it;
//! - where each block ends, counted from the first;
//! - the blocks, each of so many components.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::bufread::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};
use watchfire_exposure::index::Package;

use super::{Bounded, Held, Holding, HoldingError, Part, Whole};
use crate::exposure::name::Name;

/// How many bytes what is kept of a document may have before it is compressed.
const KEPT_BYTES_MAX: usize = 512 << 20;
/// Components of a block.
const BLOCK: usize = 64;
const NUMBER_BYTES: usize = 4;
const ROW_BYTES: usize = 2 * NUMBER_BYTES;
const COUNTS_BYTES: usize = 3 * NUMBER_BYTES;
const SUM_BYTES: usize = 8;

/// What is kept of the whole, as it is written.
#[derive(Serialize)]
struct HeadRef<'a> {
    whole: &'a Whole,
    subject: &'a [Name],
}

/// And as it is read.
#[derive(Deserialize)]
struct Head {
    whole: Whole,
    subject: Vec<Name>,
}

/// A [`Held`] of which only its names are wanted: the other texts are passed over where they lie.
#[derive(Deserialize)]
struct Named<'a> {
    _name: &'a str,
    _version: Option<&'a str>,
    _purl: Option<&'a str>,
    #[serde(borrow)]
    _place: (&'a str, Option<u64>),
    _parent: Option<u32>,
    names: Vec<Name>,
}

/// Components of an SBOM that go by some packages, and the whole that they are in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excerpt {
    whole: Whole,
    components: Vec<(usize, Held)>,
}

impl Excerpt {
    /// The product that the document is about.
    pub fn whole(&self) -> &Whole {
        &self.whole
    }

    /// The components, in the order of the document.
    pub fn components(&self) -> impl ExactSizeIterator<Item = Part<'_>> {
        self.components.iter().map(|(index, held)| held.part(*index))
    }
}

/// A hash of a package: FNV-1a, which is the same wherever it is kept. Two packages of one hash cost a
/// look at both.
pub(in crate::exposure) fn hash_of(package: &Package) -> u32 {
    let texts = [package.family().as_bytes(), b"/", package.name().as_bytes()];
    texts
        .into_iter()
        .flatten()
        .fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

impl Holding {
    /// Writes it, compressed.
    ///
    /// # Errors
    /// [`HoldingError::TooLarge`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, HoldingError> {
        let mut packer = Packer::new();
        let head = packer.pack(&HeadRef { whole: &self.whole, subject: &self.subject })?;
        let mut table: Vec<(u32, u32)> = Vec::new();
        for (index, held) in (0_u32..).zip(&self.components) {
            table.extend(held.names.iter().map(|name| (hash_of(&name.package), index)));
        }
        table.sort_unstable();
        table.dedup();
        let (mut blocks, mut ends) = (Vec::new(), Vec::new());
        for block in self.components.chunks(BLOCK) {
            blocks.extend(packer.pack(&block)?);
            ends.push(number(blocks.len())?);
        }
        let mut bytes = Vec::with_capacity(
            COUNTS_BYTES
                + SUM_BYTES
                + head.len()
                + table.len() * ROW_BYTES
                + ends.len() * NUMBER_BYTES
                + blocks.len(),
        );
        for count in [self.components.len(), head.len(), table.len()] {
            bytes.extend(number(count)?.to_le_bytes());
        }
        bytes.extend([0; SUM_BYTES]);
        bytes.extend(head);
        for (hash, index) in table {
            bytes.extend(hash.to_le_bytes());
            bytes.extend(index.to_le_bytes());
        }
        ends.iter().for_each(|end| bytes.extend(end.to_le_bytes()));
        bytes.extend(blocks);
        let (counts, rest) = bytes.split_at_mut(COUNTS_BYTES);
        let (told, rest) = rest.split_at_mut(SUM_BYTES);
        told.copy_from_slice(&sum(counts, rest).to_le_bytes());
        Ok(bytes)
    }

    /// Reads what [`Holding::to_bytes`] of this version wrote.
    ///
    /// # Errors
    /// [`HoldingError`] for any other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, HoldingError> {
        let kept = Kept::open(bytes)?;
        let mut left = KEPT_BYTES_MAX;
        let Head { whole, subject } = value(&inflated(kept.head, &mut left)?)?;
        let mut components = Vec::new();
        for block in 0..kept.blocks() {
            components.extend(kept.block::<Held>(block, &kept.opened(block, &mut left)?)?);
        }
        let parents = components.iter().filter_map(|held: &Held| held.parent);
        match parents.max().filter(|parent| *parent as usize >= components.len()) {
            Some(missing) => Err(HoldingError::Missing(missing)),
            None => Ok(Self { whole, subject, components: components.into() }),
        }
    }
}

/// What the components go by, of what [`Holding::to_bytes`] of this version wrote. The rest of each is
/// let go block by block: it takes several times as much.
///
/// # Errors
/// [`HoldingError`] for any other bytes.
pub(in crate::exposure) fn names_in(bytes: &[u8]) -> Result<Vec<Name>, HoldingError> {
    let kept = Kept::open(bytes)?;
    let (mut names, mut left) = (Vec::new(), KEPT_BYTES_MAX);
    for block in 0..kept.blocks() {
        let opened = kept.opened(block, &mut left)?;
        let named: Vec<Named<'_>> = kept.block(block, &opened)?;
        names.extend(named.into_iter().flat_map(|named| named.names));
    }
    Ok(names)
}

impl Excerpt {
    /// Reads, of what [`Holding::to_bytes`] of this version wrote, the components that go by packages
    /// of these hashes.
    ///
    /// # Errors
    /// [`HoldingError`] for any other bytes.
    pub fn from_bytes(bytes: &[u8], hashes: &BTreeSet<u32>) -> Result<Self, HoldingError> {
        let kept = Kept::open(bytes)?;
        let wanted: BTreeSet<usize> = hashes.iter().flat_map(|hash| kept.at(*hash)).collect();
        if wanted.is_empty() {
            return Ok(Self::default());
        }
        let mut left = KEPT_BYTES_MAX;
        let Head { whole, .. } = value(&inflated(kept.head, &mut left)?)?;
        let mut components = Vec::new();
        let blocks: BTreeSet<usize> = wanted.iter().map(|index| index / BLOCK).collect();
        for block in blocks {
            let first = block * BLOCK;
            let opened = kept.opened(block, &mut left)?;
            let held = kept.block::<Held>(block, &opened)?.into_iter().enumerate();
            let numbered = held.map(|(at, held)| (first + at, held));
            components.extend(numbered.filter(|(index, _)| wanted.contains(index)));
        }
        Ok(Self { whole, components })
    }
}

/// What is kept, opened: each part has as many bytes as it says.
struct Kept<'a> {
    components: usize,
    head: &'a [u8],
    table: &'a [u8],
    ends: &'a [u8],
    blocks: &'a [u8],
}

impl<'a> Kept<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, HoldingError> {
        let (counts, rest) = split(bytes, 3, NUMBER_BYTES)?;
        let [components, head, table] = [0, 1, 2].map(|at| number_at(counts, at));
        let (told, rest) = split(rest, 1, SUM_BYTES)?;
        if told != sum(counts, rest).to_le_bytes() {
            return Err(HoldingError::Torn);
        }
        let (head, rest) = split(rest, head, 1)?;
        let (table, rest) = split(rest, table, ROW_BYTES)?;
        let (ends, blocks) = split(rest, components.div_ceil(BLOCK), NUMBER_BYTES)?;
        let kept = Self { components, head, table, ends, blocks };
        let mut ends = (0..kept.blocks()).map(|at| number_at(kept.ends, at));
        let is_sorted = ends.clone().is_sorted();
        if !is_sorted || ends.next_back().unwrap_or_default() != blocks.len() {
            return Err(HoldingError::Torn);
        }
        Ok(kept)
    }

    fn blocks(&self) -> usize {
        self.ends.len() / NUMBER_BYTES
    }

    /// The bytes of a block as they were before they were compressed.
    fn opened(&self, at: usize, left: &mut usize) -> Result<Vec<u8>, HoldingError> {
        let from = at.checked_sub(1).map_or(0, |before| number_at(self.ends, before));
        let bytes = self.blocks.get(from..number_at(self.ends, at)).ok_or(HoldingError::Torn)?;
        inflated(bytes, left)
    }

    /// The components of a block that was opened.
    fn block<'o, T: Deserialize<'o>>(
        &self,
        at: usize,
        opened: &'o [u8],
    ) -> Result<Vec<T>, HoldingError> {
        let held: Vec<T> = value(opened)?;
        let wanted = self.components.saturating_sub(at * BLOCK).min(BLOCK);
        if held.len() == wanted { Ok(held) } else { Err(HoldingError::Torn) }
    }

    /// The components that go by a package of this hash.
    fn at(&self, hash: u32) -> impl Iterator<Item = usize> + use<'a> {
        let (table, rows) = (self.table, self.table.len() / ROW_BYTES);
        let of = move |row: usize| number_at(table, 2 * row);
        let wanted = hash as usize;
        let (mut low, mut high) = (0, rows);
        while low < high {
            let middle = low.midpoint(high);
            if of(middle) < wanted { low = middle + 1 } else { high = middle }
        }
        let found = (low..rows).take_while(move |row| of(*row) == wanted);
        found.map(move |row| number_at(table, 2 * row + 1))
    }
}

/// A sum that a changed bit changes, eight bytes at a time: it finds what a disk does.
fn sum(counts: &[u8], bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let (words, rest) = bytes.as_chunks::<8>();
    let words = words.iter().map(|word| u64::from_le_bytes(*word));
    let single = counts.iter().chain(rest).map(|byte| u64::from(*byte));
    let all = words.chain(single);
    all.fold(bytes.len() as u64, |sum, word| (sum ^ word).wrapping_mul(PRIME).rotate_left(23))
}

fn number(count: usize) -> Result<u32, HoldingError> {
    u32::try_from(count).map_err(|_| HoldingError::TooLarge)
}

/// The number at a place; one that is not there is none.
fn number_at(bytes: &[u8], at: usize) -> usize {
    let four = bytes.get(at * NUMBER_BYTES..(at + 1) * NUMBER_BYTES);
    let four = four.and_then(|four| four.try_into().ok());
    four.map_or(0, |four| u32::from_le_bytes(four) as usize)
}

/// So many records, and what stands behind them.
fn split(bytes: &[u8], count: usize, each: usize) -> Result<(&[u8], &[u8]), HoldingError> {
    let length = count.checked_mul(each).ok_or(HoldingError::Torn)?;
    bytes.split_at_checked(length).ok_or(HoldingError::Torn)
}

/// Compresses one value after the other. What that takes is made once.
struct Packer {
    encoder: DeflateEncoder<Vec<u8>>,
    plain: Vec<u8>,
    /// How many bytes all may have that are still to come.
    left: usize,
}

impl Packer {
    fn new() -> Self {
        let encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        Self { encoder, plain: Vec::new(), left: KEPT_BYTES_MAX }
    }

    fn pack(&mut self, value: &impl Serialize) -> Result<Vec<u8>, HoldingError> {
        self.plain.clear();
        let written = postcard::to_io(value, Bounded { to: &mut self.plain, left: self.left });
        let written = written.map_err(|error| match error {
            postcard::Error::SerializeBufferFull => HoldingError::TooLarge,
            other => HoldingError::Unreadable(other),
        })?;
        self.left = written.left;
        self.encoder.write_all(&self.plain)?;
        Ok(self.encoder.reset(Vec::new())?)
    }
}

/// Opens what a [`Packer`] wrote.
fn inflated(bytes: &[u8], left: &mut usize) -> Result<Vec<u8>, HoldingError> {
    let mut opened = Vec::new();
    DeflateDecoder::new(bytes).take(*left as u64 + 1).read_to_end(&mut opened)?;
    *left = left.checked_sub(opened.len()).ok_or(HoldingError::TooLarge)?;
    Ok(opened)
}

/// The value that these bytes are, and nothing else.
fn value<'o, T: Deserialize<'o>>(opened: &'o [u8]) -> Result<T, HoldingError> {
    let mut rest = postcard::Deserializer::from_bytes(opened);
    let value = T::deserialize(&mut rest)?;
    if rest.finalize()?.is_empty() {
        return Ok(value);
    }
    Err(HoldingError::Unreadable(postcard::Error::DeserializeBadEncoding))
}
