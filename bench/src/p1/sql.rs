//! The fleet as others would hold it: a scan over all rows, and a covering index of SQLite.

use std::error::Error;
use std::hint::black_box;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, Row as _};
use watchfire_exposure::index::{Index, Package, Rule};

use super::made::{Asking, Dice, Fleet};
use crate::measure::{Floor, Measure, Watch, percentile, process_seconds, sorted, thread_seconds};

/// Rows that are put into the database: more take it many minutes.
pub(super) const ROWS_MAX: usize = 3_000_000;
/// Packages that most use, each asked for in all its versions: many rows for one question.
const WIDE: usize = 40;
/// Packages that few use: hardly a row for a question.
const RARE: usize = 2_000;
/// Questions that are put to the scan: each of them looks at every row.
const SCANNED: usize = 5;
/// Rows of one statement that fills the table.
const ROWS_A_STATEMENT: usize = 5_000;
/// So many times as fast as the database, for a row that is concerned.
const TIMES: f64 = 20.0;

/// How many rows a question concerns, and the sum over the numbers of their documents.
type Sums = Vec<(u64, u64)>;

/// Questions, in the form in which each side takes them.
struct Questions {
    asked: Vec<Asking>,
    rules: Vec<(Package, Rule)>,
}

impl Questions {
    fn of(fleet: &Fleet, asked: Vec<Asking>) -> Self {
        let rules = asked.iter().map(|one| fleet.rule(*one)).collect();
        Self { asked, rules }
    }

    fn sums(&self, index: &Index) -> Sums {
        let one = |(package, rule): &(Package, Rule)| {
            let mut sum = (0, 0);
            index.visit(package, rule, |document, _| {
                sum.0 += 1;
                sum.1 += u64::from(document);
            });
            sum
        };
        self.rules.iter().map(one).collect()
    }
}

/// Rows as numbers of four bytes, one for each version of each package, beside their documents.
struct Column {
    ids: Vec<u32>,
    documents: Vec<u32>,
}

impl Column {
    fn of(fleet: &Fleet) -> Self {
        let rows = fleet.rows();
        Self {
            ids: rows.iter().map(|row| fleet.interned(row.0 as usize, row.1 as usize)).collect(),
            documents: rows.iter().map(|row| row.2).collect(),
        }
    }

    fn scanned(&self, fleet: &Fleet, one: Asking) -> (u64, u64) {
        let first = fleet.interned(one.package, one.from);
        let length = fleet.interned(one.package, one.until) - first;
        let mut sum = (0, 0);
        for (at, id) in self.ids.iter().enumerate() {
            if id.wrapping_sub(first) < length {
                sum.0 += 1;
                sum.1 += u64::from(self.documents[at]);
            }
        }
        sum
    }
}

/// The table as a good design has it: the order of a version is a number, and the key covers all
/// that is asked for.
struct Database(SqliteConnection);

impl Database {
    async fn of(fleet: &Fleet) -> Result<Self, Box<dyn Error>> {
        let mut database = SqliteConnectOptions::new().in_memory(true).connect().await?;
        let tables = "CREATE TABLE holds (package INTEGER NOT NULL, version INTEGER NOT NULL, \
             document INTEGER NOT NULL, PRIMARY KEY (package, version, document)) \
             STRICT, WITHOUT ROWID;
             CREATE TABLE asked (id INTEGER PRIMARY KEY, package INTEGER NOT NULL, \
             first INTEGER NOT NULL, until INTEGER NOT NULL) STRICT;";
        sqlx::raw_sql(tables).execute(&mut database).await?;
        let mut rows = fleet.rows().to_vec();
        rows.sort_unstable();
        database.execute("BEGIN").await?;
        for some in rows.chunks(ROWS_A_STATEMENT) {
            let values: Vec<String> =
                some.iter().map(|row| format!("({},{},{})", row.0, row.1, row.2)).collect();
            let statement = format!("INSERT INTO holds VALUES {}", values.join(","));
            database.execute(AssertSqlSafe(statement)).await?;
        }
        database.execute("COMMIT").await?;
        database.execute("ANALYZE").await?;
        Ok(Self(database))
    }

    async fn ask(&mut self, asked: &[Asking]) -> Result<(), sqlx::Error> {
        self.0.execute("DELETE FROM asked").await?;
        for (at, one) in asked.iter().enumerate() {
            let Asking { package, from, until } = one;
            let statement = format!("INSERT INTO asked VALUES ({at},{package},{from},{until})");
            self.0.execute(AssertSqlSafe(statement)).await?;
        }
        Ok(())
    }

    /// Answers all questions in one statement, whose rows never leave SQLite: the least that it can
    /// be asked for.
    async fn sums(&mut self) -> Result<Sums, Box<dyn Error>> {
        let rows = self
            .0
            .fetch_all(
                "SELECT COUNT(h.document), COALESCE(SUM(h.document), 0) FROM asked a \
                 LEFT JOIN holds h ON h.package = a.package AND h.version >= a.first \
                 AND h.version < a.until GROUP BY a.id ORDER BY a.id",
            )
            .await?;
        let number = |row: &sqlx::sqlite::SqliteRow, at: usize| -> Result<u64, Box<dyn Error>> {
            Ok(u64::try_from(row.try_get::<i64, _>(at)?)?)
        };
        rows.iter().map(|row| Ok((number(row, 0)?, number(row, 1)?))).collect()
    }
}

/// Measures a fleet that is at hand beside the scan and the database.
///
/// # Errors
/// Answers that differ: then no figure is given.
pub(super) fn measure(
    fleet: &Fleet,
    index: &Index,
    rounds: usize,
) -> Result<Vec<Measure>, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut dice = Dice(2021);
    let wide = Questions::of(fleet, fleet.most_used(WIDE));
    let rare = (0..RARE).map(|_| fleet.asking(&mut dice)).collect();
    let rare = Questions::of(fleet, rare);
    let mut database = runtime.block_on(Database::of(fleet))?;
    let mut found = vec![scan(fleet, index, &wide, rounds)?];
    let of = [("p1/f-sql-row", &wide, true), ("p1/f-sql-rare", &rare, false)];
    for (path, questions, by_row) in of {
        runtime.block_on(database.ask(&questions.asked))?;
        let ours = questions.sums(index);
        let theirs = runtime.block_on(database.sums())?;
        if ours != theirs {
            return Err(format!("{path}: the database gives other documents").into());
        }
        let matched: u64 = ours.iter().map(|sum| sum.0).sum();
        let each = if by_row { matched } else { questions.asked.len() as u64 };
        let watch = Watch::start();
        let mut pairs = Vec::new();
        for _ in 0..rounds.max(1) {
            let began = process_seconds();
            black_box(runtime.block_on(database.sums())?);
            let theirs = process_seconds() - began;
            let began = process_seconds();
            black_box(questions.sums(index));
            let took = process_seconds() - began;
            pairs.push((theirs * 1e9 / each as f64, took * 1e9 / each as f64));
        }
        let unit = if by_row { "ns a concerned row" } else { "ns a question" };
        let peer = "SQLite, covering index in memory, nothing handed out";
        let mut measure = Measure::beside((path, unit), peer, fleet.rows().len(), &pairs, TIMES);
        measure.also = vec![("concerned rows", matched as f64)];
        if !by_row {
            measure.goal = None;
        }
        measure.foreign_cpus = watch.foreign_cpus();
        found.push(measure);
    }
    runtime.block_on(database.0.close())?;
    Ok(found)
}

/// The same questions beside a look at every row.
fn scan(
    fleet: &Fleet,
    index: &Index,
    wide: &Questions,
    rounds: usize,
) -> Result<Measure, Box<dyn Error>> {
    let column = Column::of(fleet);
    let some = Questions::of(fleet, wide.asked.iter().copied().take(SCANNED).collect());
    let scanned = || -> Sums { some.asked.iter().map(|one| column.scanned(fleet, *one)).collect() };
    if scanned() != some.sums(index) {
        return Err("p1: the scan gives other documents".into());
    }
    let watch = Watch::start();
    let mut pairs = Vec::new();
    for _ in 0..rounds.max(1) {
        let began = thread_seconds();
        black_box(scanned());
        let floor = thread_seconds() - began;
        let began = thread_seconds();
        black_box(some.sums(index));
        let took = thread_seconds() - began;
        let each = 1e6 / SCANNED as f64;
        pairs.push((floor * each, took * each));
    }
    let median = percentile(&sorted(pairs.iter().map(|(_, took)| *took)), 50.0);
    let mut measure = Measure::new("p1/a-scan", fleet.rows().len(), median, "µs a question");
    let concerned: u64 = some.sums(index).iter().map(|sum| sum.0).sum();
    measure.also = vec![("rows a question", concerned as f64 / SCANNED as f64)];
    measure.floor = Some(Floor::of("a look at every row, of four bytes", &pairs));
    measure.foreign_cpus = watch.foreign_cpus();
    Ok(measure)
}
