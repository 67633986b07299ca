//! Tiles: how the hashes and entries of a tree are laid out for storing and serving.
//!
//! A tile is 256 hashes of one level in eight, so the levels 0, 8, 16 … of the tree are stored and
//! the seven between are computed. Source: C2SP tlog-tiles.

use super::hash::Hash;
use super::tree::{NodeId, fold};

/// Levels of the tree that one level of tiles spans.
pub const HEIGHT: u8 = 8;
/// Hashes in a full tile, and entries in a full bundle.
pub const WIDTH: u64 = 256;
/// The longest entry that fits a bundle, in bytes: its length is written with 16 bits.
pub const ENTRY_BYTES_MAX: usize = u16::MAX as usize;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Hashes of the level `8 × L` of the tree; `L` is 0 to 63.
    Hashes(u8),
    /// The entries themselves, in a bundle.
    Entries,
}

/// One tile, full or partial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// What it holds.
    pub kind: Kind,
    /// Its place within the level, from 0.
    pub index: u64,
    /// How many hashes or entries it holds: 1 to 256.
    pub width: u16,
}

/// Why a path does not name a tile, or bytes are not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// The path is not one of C2SP tlog-tiles.
    #[error("`{0}` is not the path of a tile")]
    Path(String),
    /// An entry is longer than a bundle can hold.
    #[error("an entry of {0} bytes is longer than 65535")]
    EntryTooLong(usize),
    /// A bundle ends within an entry.
    #[error("the bundle ends within its entry {0}")]
    Truncated(usize),
}

impl Tile {
    /// Returns the path below the log's prefix, such as `tile/0/x001/x234/067.p/8`.
    #[must_use]
    pub fn path(&self) -> String {
        let level = match self.kind {
            Kind::Hashes(level) => level.to_string(),
            Kind::Entries => "entries".to_owned(),
        };
        let mut number = format!("{:03}", self.index % 1000);
        let mut above = self.index / 1000;
        while above > 0 {
            number = format!("x{:03}/{number}", above % 1000);
            above /= 1000;
        }
        if u64::from(self.width) == WIDTH {
            return format!("tile/{level}/{number}");
        }
        format!("tile/{level}/{number}.p/{}", self.width)
    }

    /// Reads a path as [`Tile::path`] writes it.
    ///
    /// # Errors
    /// [`TileError::Path`] for everything else: another spelling of a number, a width of 0 or 256,
    /// a level above 63.
    pub fn parse_path(path: &str) -> Result<Self, TileError> {
        Self::read_path(path)
            .filter(|tile| tile.path() == path)
            .ok_or_else(|| TileError::Path(path.to_owned()))
    }

    /// Reads loosely; [`Tile::parse_path`] then compares with the one right spelling.
    fn read_path(path: &str) -> Option<Self> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let kind = match level {
            "entries" => Kind::Entries,
            _ => Kind::Hashes(level.parse().ok().filter(|level| *level <= 63)?),
        };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().ok()?),
            None => (rest, WIDTH as u16),
        };
        let mut index = 0u64;
        for part in number.split('/') {
            let digits = part.strip_prefix('x').unwrap_or(part);
            let value = digits.parse::<u16>().ok().filter(|value| *value < 1000)?;
            index = index.checked_mul(1000)?.checked_add(u64::from(value))?;
        }
        (1..=WIDTH).contains(&u64::from(width)).then_some(Self { kind, index, width })
    }

    /// Returns the tile of `kind` at `index` in a tree of `size` leaves, or `None` if it has none.
    #[must_use]
    pub fn in_tree(kind: Kind, index: u64, size: u64) -> Option<Self> {
        let filled = hashes_at(kind.level(), size).saturating_sub(index.checked_mul(WIDTH)?);
        let width = u16::try_from(filled.min(WIDTH)).ok().filter(|width| *width > 0)?;
        Some(Self { kind, index, width })
    }

    /// Returns the first hash or entry of the tile, counted within its level.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.index * WIDTH
    }
}

impl Kind {
    fn level(self) -> u8 {
        match self {
            Self::Hashes(level) => level,
            Self::Entries => 0,
        }
    }
}

/// Returns how many hashes the tiles of `level` hold for a tree of `size` leaves.
fn hashes_at(level: u8, size: u64) -> u64 {
    size.checked_shr(u32::from(level) * u32::from(HEIGHT)).unwrap_or(0)
}

/// Returns the tiles that are new or wider when a tree grows from `earlier` to `later` leaves.
///
/// Hash tiles of every level, lowest first, then the bundles of entries.
#[must_use]
pub fn changed(earlier: u64, later: u64) -> Vec<Tile> {
    let levels = (0..=7).map(Kind::Hashes).chain([Kind::Entries]);
    levels.flat_map(|kind| changed_of(kind, earlier, later)).collect()
}

fn changed_of(kind: Kind, earlier: u64, later: u64) -> Vec<Tile> {
    let (had, has) = (hashes_at(kind.level(), earlier), hashes_at(kind.level(), later));
    if has <= had {
        return Vec::new();
    }
    let tiles = had / WIDTH..has.div_ceil(WIDTH);
    tiles.filter_map(|index| Tile::in_tree(kind, index, later)).collect()
}

/// A run of neighbouring hashes of the stored levels that together make one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The level of tiles: 0 holds leaf hashes, 1 the roots of full tiles of level 0, and so on.
    pub level: u8,
    /// The first hash, counted within its level. All are in one tile.
    pub first: u64,
    /// How many: a power of two up to 128.
    pub count: u64,
}

impl Span {
    /// Returns the stored hashes that make `node`.
    #[must_use]
    pub fn of(node: NodeId) -> Self {
        let within = node.level % HEIGHT;
        Self { level: node.level / HEIGHT, first: node.index << within, count: 1 << within }
    }

    /// Returns the hash of the node, or `None` unless there are exactly `count` hashes.
    #[must_use]
    pub fn root(&self, hashes: &[Hash]) -> Option<Hash> {
        if hashes.len() as u64 != self.count {
            return None;
        }
        let mut row = hashes.to_vec();
        while row.len() > 1 {
            row = row.chunks_exact(2).map(|pair| Hash::of_node(&pair[0], &pair[1])).collect();
        }
        Some(fold(&row))
    }
}

/// Returns the bytes of a tile of hashes.
#[must_use]
pub fn hash_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// Reads a tile of hashes, or returns `None` unless it is 1 to 256 whole hashes.
#[must_use]
pub fn parse_hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (count, rest) = (bytes.len() / Hash::LEN, bytes.len() % Hash::LEN);
    if rest != 0 || !(1..=WIDTH).contains(&(count as u64)) {
        return None;
    }
    bytes.chunks_exact(Hash::LEN).map(Hash::from_slice).collect()
}

/// Returns the bytes of a bundle of entries.
///
/// # Errors
/// [`TileError::EntryTooLong`] for an entry over 65,535 bytes.
pub fn bundle_bytes<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, TileError> {
    let mut bytes = Vec::new();
    for entry in entries {
        let len = u16::try_from(entry.len()).map_err(|_| TileError::EntryTooLong(entry.len()))?;
        bytes.extend_from_slice(&len.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// Reads a bundle of entries.
///
/// # Errors
/// [`TileError::Truncated`] if it ends within an entry.
pub fn parse_bundle(mut bytes: &[u8]) -> Result<Vec<&[u8]>, TileError> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let truncated = TileError::Truncated(entries.len());
        let (len, rest) = bytes.split_first_chunk::<2>().ok_or_else(|| truncated.clone())?;
        let len = usize::from(u16::from_be_bytes(*len));
        let (entry, rest) = rest.split_at_checked(len).ok_or(truncated)?;
        entries.push(entry);
        bytes = rest;
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::super::proof::{ProofPlan, verify_inclusion};
    use super::super::tree::tests::leaves;
    use super::super::tree::{Frontier, cover};
    use super::*;

    fn tile(kind: Kind, index: u64, width: u16) -> Tile {
        Tile { kind, index, width }
    }

    #[test]
    fn paths_are_those_of_the_specification_and_read_back() {
        for (tile, path) in [
            (tile(Kind::Hashes(0), 1_234_067, 256), "tile/0/x001/x234/067"),
            (tile(Kind::Hashes(2), 0, 1), "tile/2/000.p/1"),
            (tile(Kind::Entries, 273, 112), "tile/entries/273.p/112"),
            (tile(Kind::Hashes(0), 1000, 256), "tile/0/x001/000"),
            (tile(Kind::Hashes(0), 999, 255), "tile/0/999.p/255"),
        ] {
            assert_eq!(tile.path(), path);
            assert_eq!(Tile::parse_path(path), Ok(tile));
        }
    }

    #[test]
    fn other_spellings_are_not_paths() {
        for path in [
            "tile/0/x001/x234/67",
            "tile/0/001/x234/067",
            "tile/00/000",
            "tile/+0/000",
            "tile/64/000",
            "tile/0/x000/001",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/05",
            "tile/0/000/",
            "tile/0/0000",
            "tile/0/../1",
            "tile/entries",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(Tile::parse_path(path), Err(TileError::Path(path.to_owned())), "{path}");
        }
    }

    #[test]
    fn a_tree_of_70000_has_the_tiles_of_the_specification() {
        let tiles = changed(0, 70_000);
        let full = |kind| tiles.iter().filter(|t| t.kind == kind && t.width == 256).count();
        let part = |kind| tiles.iter().find(|t| t.kind == kind && t.width < 256).map(|t| t.width);
        assert_eq!((full(Kind::Hashes(0)), part(Kind::Hashes(0))), (273, Some(112)));
        assert_eq!((full(Kind::Hashes(1)), part(Kind::Hashes(1))), (1, Some(17)));
        assert_eq!((full(Kind::Hashes(2)), part(Kind::Hashes(2))), (0, Some(1)));
        assert_eq!((full(Kind::Hashes(3)), part(Kind::Hashes(3))), (0, None));
        assert_eq!((full(Kind::Entries), part(Kind::Entries)), (273, Some(112)));
    }

    #[test]
    fn growth_touches_the_last_tile_and_what_comes_after() {
        assert_eq!(changed(5, 5), []);
        let expected = [
            tile(Kind::Hashes(0), 0, 256),
            tile(Kind::Hashes(0), 1, 1),
            tile(Kind::Hashes(1), 0, 1),
            tile(Kind::Entries, 0, 256),
            tile(Kind::Entries, 1, 1),
        ];
        assert_eq!(changed(255, 257), expected);
        assert_eq!(changed(256, 257), [tile(Kind::Hashes(0), 1, 1), tile(Kind::Entries, 1, 1)]);
    }

    #[test]
    fn proofs_are_assembled_from_the_stored_levels_alone() {
        let leaves = leaves(70_000);
        let mut stored: Vec<Vec<Hash>> = vec![Vec::new(); 3];
        let mut frontier = Frontier::new();
        for leaf in &leaves {
            frontier.push_with(*leaf, |node, hash| {
                if node.level % HEIGHT == 0 {
                    stored[usize::from(node.level / HEIGHT)].push(hash);
                }
            });
        }
        let read = |node: NodeId| {
            let span = Span::of(node);
            let first = span.first as usize;
            let row = &stored[usize::from(span.level)][first..first + span.count as usize];
            span.root(row).ok_or(())
        };
        for index in [0, 255, 256, 65_535, 65_536, 69_999] {
            let plan = ProofPlan::inclusion(index, 70_000).expect("in the tree");
            let proof = plan.assemble(read).expect("all is stored");
            let leaf = &leaves[index as usize];
            let root = frontier.root();
            assert_eq!(verify_inclusion(index, 70_000, leaf, &proof, &root), Ok(()));
        }
        let edge = cover(0, 70_000).into_iter().map(|node| read(node).expect("stored")).collect();
        assert_eq!(Frontier::from_nodes(70_000, edge), Some(frontier));
    }

    #[test]
    fn bundles_and_tiles_of_hashes_are_read_back_and_refused_when_cut() {
        let entries: [&[u8]; 3] = [b"one", b"", b"three"];
        let bytes = bundle_bytes(entries).expect("short entries");
        assert_eq!(parse_bundle(&bytes), Ok(entries.to_vec()));
        assert_eq!(parse_bundle(&bytes[..bytes.len() - 1]), Err(TileError::Truncated(2)));
        assert_eq!(parse_bundle(&bytes[..6]), Err(TileError::Truncated(1)));
        let long = vec![0; ENTRY_BYTES_MAX + 1];
        assert_eq!(bundle_bytes([long.as_slice()]), Err(TileError::EntryTooLong(65_536)));
        assert!(bundle_bytes([&long[1..]]).is_ok());
        let hashes = leaves(256);
        assert_eq!(parse_hashes(&hash_bytes(&hashes)), Some(hashes));
        assert_eq!(parse_hashes(&[0; 33]), None);
        assert_eq!(parse_hashes(&[]), None);
        assert_eq!(parse_hashes(&[0; 257 * 32]), None);
    }
}
