//! Hashes of the log, and what is read from them: proofs and tiles.

use watchfire_core::log::tile::{Kind, Span, Tile, WIDTH};
use watchfire_core::log::{Frontier, Hash, NodeId, ProofError, ProofPlan};

use super::{Edge, LogHead, Tree, hash_of, int};
use crate::Store;
use crate::dialect::{Connection, params};
use crate::error::StoreError;
use crate::policy::{Authorized, Log, NotFound, Read};
use crate::statement::statements;
use crate::viewer::Viewer;

statements! {
    HASHES =
        "SELECT hash FROM log_hashes WHERE tree = $1 AND level = $2 \
         AND position >= $3 AND position < $4 ORDER BY position";
    PUBLIC_ENTRIES =
        "SELECT entry FROM ticks WHERE number >= $1 AND number < $2 ORDER BY number";
}

/// Reads stored hashes of one level of the tiles, from `first` on.
pub(super) async fn hashes(
    connection: &mut Connection,
    tree: Tree,
    level: u8,
    first: u64,
    count: u64,
) -> Result<Vec<Hash>, StoreError> {
    let params = params![tree.name(), i64::from(level), int(first)?, int(first + count)?];
    let rows = connection.all(&HASHES, params).await?;
    rows.iter().map(|row| hash_of(row, "hash")).collect()
}

/// Reads the nodes of a proof, one query each: as many as the logarithm of the size.
async fn prove(
    connection: &mut Connection,
    tree: Tree,
    plan: &ProofPlan,
) -> Result<Vec<Hash>, StoreError> {
    let mut found: Vec<(NodeId, Hash)> = Vec::new();
    for node in plan.nodes() {
        let span = Span::of(node);
        let stored = hashes(connection, tree, span.level, span.first, span.count).await?;
        let hash = span.root(&stored).ok_or(StoreError::Corrupt { what: "hash of the log" })?;
        found.push((node, hash));
    }
    plan.assemble(|node| {
        let hit = found.iter().find(|(at, _)| *at == node);
        hit.map(|(_, hash)| *hash).ok_or(StoreError::Corrupt { what: "hash of the log" })
    })
}

fn plan_error(_: ProofError) -> StoreError {
    StoreError::NotFound(NotFound)
}

impl Store {
    /// Returns size and root of the tree as it was when it had `size` leaves.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it never had so many.
    pub async fn log_head_at(
        &self,
        _grant: &Authorized<Log, Read>,
        tree: Tree,
        size: u64,
    ) -> Result<LogHead, StoreError> {
        let mut connection = self.reader().await?;
        if size > Edge::read(&mut connection, tree).await?.head().size {
            return Err(NotFound.into());
        }
        let mut found = Vec::new();
        for node in Frontier::nodes_at(size) {
            let span = Span::of(node);
            let stored = hashes(&mut connection, tree, span.level, span.first, span.count).await?;
            found.push(span.root(&stored).ok_or(StoreError::Corrupt { what: "hash of the log" })?);
        }
        let frontier = Frontier::from_nodes(size, found);
        let frontier = frontier.ok_or(StoreError::Corrupt { what: "hash of the log" })?;
        Ok(LogHead { size, root: frontier.root() })
    }

    /// Returns the hashes that show entry `index` to be in the tree of `size` leaves.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is not.
    pub async fn inclusion_proof(
        &self,
        _grant: &Authorized<Log, Read>,
        tree: Tree,
        index: u64,
        size: u64,
    ) -> Result<Vec<Hash>, StoreError> {
        let plan = ProofPlan::inclusion(index, size).map_err(plan_error)?;
        self.proof_within(tree, size, &plan).await
    }

    /// Returns the hashes that show the tree of `earlier` leaves to be the beginning of `later`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for sizes that the tree has not.
    pub async fn consistency_proof(
        &self,
        _grant: &Authorized<Log, Read>,
        tree: Tree,
        earlier: u64,
        later: u64,
    ) -> Result<Vec<Hash>, StoreError> {
        let plan = ProofPlan::consistency(earlier, later).map_err(plan_error)?;
        self.proof_within(tree, later, &plan).await
    }

    /// As [`Store::inclusion_proof`] of the public log, which is for everybody.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the public log has no such tick or size.
    pub async fn public_inclusion_proof(
        &self,
        _viewer: &Viewer,
        number: u64,
        size: u64,
    ) -> Result<Vec<Hash>, StoreError> {
        let plan = ProofPlan::inclusion(number, size).map_err(plan_error)?;
        self.proof_within(Tree::Public, size, &plan).await
    }

    async fn proof_within(
        &self,
        tree: Tree,
        size: u64,
        plan: &ProofPlan,
    ) -> Result<Vec<Hash>, StoreError> {
        let mut connection = self.reader().await?;
        if size > Edge::read(&mut connection, tree).await?.frontier.size() {
            return Err(NotFound.into());
        }
        prove(&mut connection, tree, plan).await
    }

    /// Returns a tile of hashes of the public log.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the log does not reach so far.
    pub async fn public_tile(
        &self,
        _viewer: &Viewer,
        tile: &Tile,
    ) -> Result<Vec<Hash>, StoreError> {
        self.tile_within(Tree::Public, tile).await
    }

    /// Returns the data of the leaves of the public log that `tile` covers: 32 bytes a tick.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the log does not reach so far, or the tile holds no entries.
    pub async fn public_entries(
        &self,
        _viewer: &Viewer,
        tile: &Tile,
    ) -> Result<Vec<Hash>, StoreError> {
        if tile.kind != Kind::Entries || tile.index > u64::MAX / WIDTH / 2 {
            return Err(NotFound.into());
        }
        let (first, width) = (tile.first(), u64::from(tile.width));
        let params = params![int(first)?, int(first + width)?];
        let rows = self.reader().await?.all(&PUBLIC_ENTRIES, params).await?;
        let found = rows.iter().map(|row| hash_of(row, "entry")).collect::<Result<Vec<_>, _>>()?;
        if found.len() as u64 == width { Ok(found) } else { Err(NotFound.into()) }
    }

    /// Returns a tile of hashes of either tree.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the log does not reach so far.
    pub async fn log_tile(
        &self,
        _grant: &Authorized<Log, Read>,
        tree: Tree,
        tile: &Tile,
    ) -> Result<Vec<Hash>, StoreError> {
        self.tile_within(tree, tile).await
    }

    async fn tile_within(&self, tree: Tree, tile: &Tile) -> Result<Vec<Hash>, StoreError> {
        let Kind::Hashes(level) = tile.kind else {
            return Err(NotFound.into());
        };
        if tile.index > u64::MAX / WIDTH / 2 {
            return Err(NotFound.into());
        }
        let width = u64::from(tile.width);
        let mut connection = self.reader().await?;
        let found = hashes(&mut connection, tree, level, tile.first(), width).await?;
        if found.len() as u64 == width { Ok(found) } else { Err(NotFound.into()) }
    }
}
