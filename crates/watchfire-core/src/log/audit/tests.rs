use super::super::tick::Tick;
use super::*;

/// A log as a store keeps it, with everything that a row may be changed in.
#[derive(Clone)]
struct Stored {
    rows: Vec<StoredRow>,
    tiles: Vec<(u8, u64, Hash)>,
    anchors: Vec<Anchor>,
    ticks: Vec<TickRow>,
    public: Vec<(u64, Hash)>,
    events: u64,
}

#[derive(Clone, PartialEq)]
struct StoredRow {
    index: u64,
    event: Option<u64>,
    salt: Salt,
    bytes: Option<Vec<u8>>,
    erases: Vec<u64>,
    commitment: Commitment,
    tile_hash: Option<Hash>,
}

impl StoredRow {
    fn new(index: u64, text: &str) -> Self {
        let salt = Hash::of(&[b"salt", &index.to_be_bytes()]).0;
        let commitment = Leaf::commit(&salt, text.as_bytes());
        Self {
            index,
            event: Some(index),
            salt,
            bytes: Some(text.into()),
            erases: Vec::new(),
            commitment,
            tile_hash: Some(commitment.leaf_hash()),
        }
    }

    fn as_row(&self) -> Row<'_> {
        let content = match &self.bytes {
            Some(bytes) => Content::Kept { salt: &self.salt, bytes, erases: &self.erases },
            None => Content::Erased,
        };
        let Self { index, event, commitment, tile_hash, .. } = *self;
        Row { index, event, commitment, tile_hash, content }
    }
}

/// 600 rows, a tick after each hundred, checkpoints after each fifty.
fn sound() -> Stored {
    let rows: Vec<_> = (0..600).map(|i| StoredRow::new(i, &format!("event {i}"))).collect();
    sealed(rows)
}

/// Writes tiles, ticks and checkpoints that belong to the rows.
fn sealed(rows: Vec<StoredRow>) -> Stored {
    let (mut tree, mut public) = (Frontier::new(), Frontier::new());
    let mut stored = Stored {
        events: rows.len() as u64,
        rows,
        tiles: Vec::new(),
        anchors: Vec::new(),
        ticks: Vec::new(),
        public: Vec::new(),
    };
    let mut new = Vec::new();
    for row in &stored.rows {
        let leaf = row.commitment.leaf_hash();
        new.push(leaf);
        tree.push_with(leaf, |node, hash| {
            if node.level > 0 && node.level % 8 == 0 {
                stored.tiles.push((node.level / 8, node.index, hash));
            }
        });
        let (size, root) = (tree.size(), tree.root());
        if size % 50 == 0 {
            stored.anchors.push(Anchor { source: Source::Database, size, root });
        }
        if size % 100 == 0 {
            let (number, secret) = (public.size(), [number_byte(size); 32]);
            let tick = Tick::new(secret, size, root, &std::mem::take(&mut new)).expect("small");
            stored.ticks.push(TickRow { number, secret, size, entry: tick.entry() });
            public.push(tick.entry().leaf_hash());
            stored.public.push((public.size(), public.root()));
        }
    }
    stored
}

fn number_byte(size: u64) -> u8 {
    u8::try_from(size / 100).expect("few ticks")
}

impl Stored {
    fn audit(&self) -> Result<Audited, Finding> {
        let mut auditor = Auditor::new();
        // In reverse, because the order must not matter.
        self.anchors.iter().rev().for_each(|anchor| auditor.expect_checkpoint(*anchor));
        for &(size, root) in &self.public {
            auditor.expect_public_checkpoint(size, root);
        }
        for &(level, index, hash) in &self.tiles {
            auditor.expect_tile_hash(level, index, hash);
        }
        let mut ticks = self.ticks.iter().peekable();
        for row in &self.rows {
            while let Some(tick) = ticks.next_if(|tick| tick.size == auditor.size()) {
                auditor.tick(tick)?;
            }
            auditor.row(&row.as_row())?;
        }
        ticks.try_for_each(|tick| auditor.tick(tick))?;
        auditor.finish(self.events)
    }

    fn first_bad(&self) -> (u64, Problem) {
        let finding = self.audit().expect_err("it was tampered with");
        (finding.first_bad, finding.problem)
    }

    /// Adds the checkpoint of the present rows, as it is kept outside.
    fn anchored_outside(mut self) -> Self {
        let last = *self.anchors.last().expect("there are checkpoints");
        self.anchors.push(Anchor { source: Source::Outside, ..last });
        self
    }

    /// Rewrites a row and its tile so that they agree with each other.
    fn rewrite(&mut self, index: usize, text: &str) {
        self.rows[index] = StoredRow::new(index as u64, text);
    }
}

#[test]
fn a_sound_log_is_sound() {
    let audited = sound().anchored_outside().audit().expect("nothing was touched");
    assert_eq!((audited.size, audited.erased, audited.ticks), (600, 0, 6));
    assert_eq!(audited.root, sound().anchors[11].root);
    assert_eq!(audited.public_root, sound().public[5].1);
    let empty = sealed(Vec::new()).audit().expect("an empty log is sound");
    assert_eq!((empty.size, empty.root), (0, Hash::of_empty_tree()));
}

#[test]
fn an_edited_row_is_named_whatever_was_edited() {
    for index in [0, 1, 255, 256, 599] {
        let mut stored = sound();
        stored.rows[index].bytes = Some(b"another event".to_vec());
        assert_eq!(stored.first_bad(), (index as u64, Problem::Edited(index as u64)));
        let mut stored = sound();
        stored.rows[index].salt[0] ^= 1;
        assert_eq!(stored.first_bad(), (index as u64, Problem::Edited(index as u64)));
        let mut stored = sound();
        stored.rows[index].commitment.0[31] ^= 1;
        assert_eq!(stored.first_bad().0, index as u64);
        let mut stored = sound();
        stored.rows[index].tile_hash = Some(Hash([0; 32]));
        assert_eq!(stored.first_bad(), (index as u64, Problem::Replaced(index as u64)));
        let mut stored = sound();
        stored.rows[index].tile_hash = None;
        assert_eq!(stored.first_bad(), (index as u64, Problem::NotInTiles(index as u64)));
    }
}

#[test]
fn a_row_rewritten_with_its_commitment_differs_from_its_tile() {
    let mut stored = sound();
    let tile_hash = stored.rows[77].tile_hash;
    stored.rewrite(77, "another event");
    stored.rows[77].tile_hash = tile_hash;
    assert_eq!(stored.first_bad(), (77, Problem::Replaced(77)));
}

#[test]
fn a_row_rewritten_with_its_tile_is_found_between_two_checkpoints() {
    let mut stored = sound();
    stored.rewrite(77, "another event");
    let (first_bad, problem) = stored.first_bad();
    assert_eq!(first_bad, 50, "the checkpoint of size 50 agrees, that of 100 does not");
    assert!(matches!(problem, Problem::RootMismatch { size: 100, from: 50, .. }));
    stored.anchors.clear();
    assert!(matches!(stored.first_bad(), (0, Problem::Tick { number: 0, .. })));
    stored.ticks.clear();
    let tile = Problem::Tile { level: 1, index: 0, from: 0, until: 255 };
    assert_eq!(stored.first_bad(), (0, tile));
}

#[test]
fn a_whole_database_rewritten_differs_from_the_checkpoint_outside() {
    let honest = sound().anchored_outside();
    let mut rows = honest.rows.clone();
    rows[77] = StoredRow::new(77, "another event");
    let mut forged = sealed(rows);
    assert!(forged.audit().is_ok(), "in itself it is sound");
    forged.anchors = vec![*honest.anchors.last().expect("the one outside")];
    let (first_bad, problem) = forged.first_bad();
    assert_eq!(first_bad, 0, "one root cannot say where");
    assert!(problem.to_string().contains("kept outside"), "{problem}");
}

#[test]
fn a_deleted_row_is_named() {
    for index in [0, 1, 300, 598] {
        let mut stored = sound();
        stored.rows.remove(index);
        let (from, until) = (index as u64, index as u64 + 1);
        assert_eq!(stored.first_bad(), (from, Problem::Missing { from, until }));
    }
    let mut stored = sound();
    stored.rows.remove(300);
    for (index, row) in (0..).zip(&mut stored.rows) {
        (row.index, row.event) = (index, Some(index));
    }
    let mut renumbered = stored.clone();
    for (row, kept) in renumbered.rows.iter_mut().zip(sound().rows) {
        row.tile_hash = kept.tile_hash;
    }
    assert_eq!(renumbered.first_bad(), (300, Problem::Replaced(300)));
    assert!(matches!(stored.first_bad(), (300, Problem::RootMismatch { size: 350, .. })));
}

#[test]
fn an_inserted_row_is_named() {
    let mut stored = sound();
    stored.rows.insert(300, StoredRow::new(300, "an event that never was"));
    stored.events += 1;
    let (first_bad, _) = stored.first_bad();
    assert_eq!(first_bad, 300);
    let mut stored = sound();
    stored.rows.insert(301, stored.rows[300].clone());
    assert_eq!(stored.first_bad(), (300, Problem::OutOfOrder(300)));
    let mut stored = sound();
    stored.rows.push(StoredRow::new(600, "appended behind our back"));
    assert!(matches!(stored.first_bad(), (600, Problem::EventsWithoutRow { .. })));
}

#[test]
fn swapped_rows_are_named_by_the_first_of_them() {
    let mut stored = sound();
    stored.rows.swap(20, 30);
    assert_eq!(stored.first_bad(), (20, Problem::Missing { from: 20, until: 30 }));
    for (index, row) in (0..).zip(&mut stored.rows) {
        (row.index, row.event) = (index, Some(index));
    }
    assert!(matches!(stored.first_bad(), (0, Problem::RootMismatch { size: 50, .. })));
    for (row, kept) in stored.rows.iter_mut().zip(sound().rows) {
        row.tile_hash = kept.tile_hash;
    }
    assert_eq!(stored.first_bad(), (20, Problem::Replaced(20)));
    for (row, kept) in stored.rows.iter_mut().zip(sound().rows) {
        row.commitment = kept.commitment;
    }
    assert_eq!(stored.first_bad(), (20, Problem::Edited(20)));
}

#[test]
fn a_shortened_log_is_found_by_its_own_checkpoint_or_the_one_outside() {
    let mut stored = sound();
    stored.rows.truncate(580);
    stored.events = 580;
    assert_eq!(stored.first_bad(), (580, Problem::Truncated { found: 580, expected: 600 }));
    stored.anchors.pop();
    assert_eq!(stored.first_bad(), (580, Problem::Truncated { found: 580, expected: 600 }));
    stored.ticks.pop();
    stored.public.pop();
    assert!(stored.audit().is_ok(), "with every trace gone only something outside can tell");
    let yesterday = sealed(sound().rows[..550].to_vec());
    let mut rolled_back = yesterday.clone();
    rolled_back.anchors.push(*sound().anchored_outside().anchors.last().expect("outside"));
    let problem = Problem::RolledBack { found: 550, expected: 600 };
    assert_eq!(rolled_back.first_bad(), (550, problem));
}

#[test]
fn erased_content_needs_the_order_of_a_later_entry() {
    let mut stored = sound();
    stored.rows[40].bytes = None;
    assert_eq!(stored.first_bad(), (40, Problem::ErasedWithoutOrder(40)));
    stored.rows[30].erases = vec![40];
    assert_eq!(stored.first_bad().0, 40, "an earlier entry orders nothing");
    stored.rows[500].erases = vec![40];
    assert_eq!(stored.audit().map(|audited| audited.erased), Ok(1));
    stored.rows[40].commitment.0[0] ^= 1;
    assert_eq!(stored.first_bad(), (40, Problem::Replaced(40)), "what is left is still held");
}

#[test]
fn an_event_without_row_and_a_row_without_event_are_found() {
    let mut stored = sound();
    stored.events = 601;
    assert!(matches!(stored.first_bad(), (600, Problem::EventsWithoutRow { .. })));
    let mut stored = sound();
    stored.rows[9].event = None;
    assert_eq!(stored.first_bad(), (9, Problem::EventMismatch { row: 9 }));
    stored.rows[9].event = Some(10);
    assert_eq!(stored.first_bad(), (9, Problem::EventMismatch { row: 9 }));
}

#[test]
fn ticks_and_public_checkpoints_are_held_to_the_rows() {
    let mut stored = sound();
    stored.ticks[2].entry.0[0] ^= 1;
    let problem = Problem::Tick { number: 2, from: 200, until: 299 };
    assert_eq!(stored.first_bad(), (200, problem));
    let mut stored = sound();
    stored.ticks[2].secret[0] ^= 1;
    assert!(matches!(stored.first_bad(), (200, Problem::Tick { number: 2, .. })));
    let mut stored = sound();
    stored.ticks.remove(2);
    assert_eq!(stored.first_bad(), (200, Problem::TickOrder { expected: 2 }));
    let mut stored = sound();
    stored.ticks.pop();
    assert_eq!(stored.first_bad(), (500, Problem::PublicCheckpoint { size: 6 }));
    let mut stored = sound();
    stored.public[3].1 = Hash([0; 32]);
    assert_eq!(stored.first_bad(), (300, Problem::PublicCheckpoint { size: 4 }));
}

#[test]
fn checkpoints_of_the_empty_logs_are_compared_too() {
    let empty = Hash::of_empty_tree();
    for mut stored in [sealed(Vec::new()), sound()] {
        stored.anchors.push(Anchor { source: Source::Outside, size: 0, root: empty });
        stored.public.push((0, empty));
        assert!(stored.audit().is_ok());
        let mut other = stored.clone();
        other.public.push((0, Hash([0; 32])));
        assert_eq!(other.first_bad(), (0, Problem::PublicCheckpoint { size: 0 }));
        stored.anchors.push(Anchor { source: Source::Outside, size: 0, root: Hash([0; 32]) });
        assert!(matches!(stored.first_bad(), (0, Problem::RootMismatch { size: 0, .. })));
    }
}

#[test]
fn a_wrong_hash_in_a_higher_tile_is_found() {
    let mut stored = sound();
    let place = stored.tiles.iter().position(|tile| (tile.0, tile.1) == (1, 1)).expect("512 rows");
    stored.tiles[place].2 = Hash([0; 32]);
    let problem = Problem::Tile { level: 1, index: 1, from: 256, until: 511 };
    assert_eq!(stored.first_bad(), (500, problem));
    let mut stored = sound();
    stored.tiles.push((1, 2, Hash([0; 32])));
    assert!(matches!(stored.first_bad(), (600, Problem::Tile { level: 1, index: 2, .. })));
}
