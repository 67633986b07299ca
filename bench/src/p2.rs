//! Many cases at once (PERFORMANCE: P2): the same duties for us and for two peers in one run, then
//! the packs that are built in. Answers are those of an interpreter that shares no code with us.

mod made;
mod ours;
mod peers;
mod real;
mod times;

use std::borrow::Cow;
use std::error::Error;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use watchfire_core::law::bulk::{AsOf, Bulk, Changing, Found, Owed, Plan, Table};
use watchfire_core::law::impact::Impact;
use watchfire_core::law::{Lawbook, Question};

use crate::measure::{Floor, Measure, Watch, percentile, sorted, thread_seconds};
use made::{Answers, Duty, Made};
use peers::{Openfisca, Regorus};
use times::Times;

/// Duties of the made law.
const DUTIES: usize = 60;
/// Cases that are put to regorus: a million would take it minutes.
const REGORUS_CASES_MAX: usize = 5_000;
/// Events of the case that is replayed.
const EVENTS: usize = 10_000;

/// What is measured, and with whom.
pub(crate) struct Asked<'a> {
    pub(crate) cases: usize,
    pub(crate) rounds: usize,
    /// The Python that has openfisca-core.
    pub(crate) python: Option<&'a Path>,
}

/// The made law and cases, as we hold them.
struct World {
    duties: Vec<Duty>,
    cases: Vec<Made>,
    expected: Answers,
}

/// Measures P2.
///
/// # Errors
/// Answers that differ from the interpreter's, by whomever: then no figure is given.
pub(crate) fn measure(asked: &Asked<'_>) -> Result<Vec<Measure>, Box<dyn Error>> {
    let (duties, cases) = (made::duties(DUTIES), made::cases(1, asked.cases));
    let expected = Answers::interpreted(&duties, &cases);
    let world = World { duties, cases, expected };
    let book = ours::lawbook(&world.duties)?;
    let mut table = Table::default();
    let plan = Plan::of(&book, &mut table);
    let began = Instant::now();
    for case in &world.cases {
        table.push(&ours::question(case)?);
    }
    let build = began.elapsed().as_secs_f64();
    let mut found = bulk(&world, &plan, &table, asked, build)?;
    found.extend(one_case(&world, &plan, &mut table.clone(), asked.rounds)?);
    found.extend(change(&world, &book, asked.rounds)?);
    found.push(replay(asked.rounds)?);
    found.extend(real::measure(asked.cases, asked.rounds)?);
    Ok(found)
}

/// Nobody asks for a case back: columns hold all of the made law.
pub(crate) fn nobody<'q>(_: usize) -> Cow<'q, Question> {
    Cow::Owned(Question::default())
}

fn all(plan: &Plan<'_>, table: &Table, as_of: AsOf) -> Found {
    Bulk::new(plan, table, nobody, as_of).owed(0..table.len())
}

/// Processor time of this thread: others may take the processor without harm. Peers are timed alike;
/// none of what is measured so uses more than one thread. What came of it goes when the clock has
/// stopped, as with the peers.
fn seconds<T>(call: impl FnOnce() -> T) -> f64 {
    let began = thread_seconds();
    let kept = black_box(call());
    let took = thread_seconds() - began;
    drop(kept);
    took
}

/// What looking at the clock takes of what it is asked to time: of a microsecond, a fifth.
fn seconds_of_the_clock() -> f64 {
    percentile(&sorted((0..1000).map(|_| seconds(|| ()))), 50.0)
}

fn wall<T>(call: impl FnOnce() -> T) -> f64 {
    let began = Instant::now();
    let kept = black_box(call());
    let took = began.elapsed().as_secs_f64();
    drop(kept);
    took
}

/// All cases on two threads, as a caller may.
fn on_two(plan: &Plan<'_>, table: &Table) -> [Found; 2] {
    let half = table.len() / 2;
    let part = |range| Bulk::new(plan, table, nobody, AsOf::default()).owed(range);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| part(0..half));
        let second = part(half..table.len());
        [first.join().unwrap_or_default(), second]
    })
}

/// Starts the peer in Python, whose answers must be the interpreter's; none where it is not installed.
fn openfisca(world: &World, asked: &Asked<'_>) -> Result<Option<Openfisca>, Box<dyn Error>> {
    let Some(python) = asked.python else {
        // Around the capture of the test harness, so that it is always seen.
        let told = "SKIPPED: openfisca-core; `scripts/bench p2` installs it\n";
        std::io::stderr().write_all(told.as_bytes())?;
        return Ok(None);
    };
    let mut peer = Openfisca::start(python, &world.duties, &world.cases)?;
    if peer.digest()? != world.expected.digest {
        return Err("p2: the answers of openfisca-core are not the interpreter's".into());
    }
    Ok(Some(peer))
}

fn bulk(
    world: &World,
    plan: &Plan<'_>,
    table: &Table,
    asked: &Asked<'_>,
    build: f64,
) -> Result<Vec<Measure>, Box<dyn Error>> {
    let n = table.len();
    let found = all(plan, table, AsOf::default());
    let answers = ours::answers(plan, found.iter(), DUTIES, n);
    if answers != world.expected {
        return Err("p2: our answers are not the interpreter's".into());
    }
    let owed = found.len();
    drop(found);
    let mut regorus = Regorus::new(&world.duties)?;
    let few = &world.cases[..n.min(REGORUS_CASES_MAX)];
    let inputs = few.iter().map(Regorus::input).collect::<Result<Vec<_>, _>>()?;
    if regorus.answers(&inputs, DUTIES)? != Answers::interpreted(&world.duties, few) {
        return Err("p2: the answers of regorus are not the interpreter's".into());
    }
    let mut openfisca = openfisca(world, asked)?;
    let as_of = AsOf {
        now: Some(Timestamp::from_second(1_793_000_000)?),
        known_at: Some(Timestamp::from_second(1_792_900_000)?),
    };
    let watch = Watch::start();
    let mut took = Times::default();
    for _ in 0..asked.rounds {
        let floor = seconds(|| Answers::interpreted_hits(&world.duties, &world.cases));
        let ours = seconds(|| all(plan, table, AsOf::default()));
        took.floors.push((floor, ours));
        let two = wall(|| on_two(plan, table));
        took.two.push(two);
        if let Some(peer) = &mut openfisca {
            let run = peer.run()?;
            took.openfisca.push((run.wall, two));
            took.openfisca_alone.push((run.processor, ours));
            took.openfisca_one.push(peer.one()?.processor);
        }
        let mut kept = Vec::with_capacity(inputs.len());
        let began = thread_seconds();
        for input in &inputs {
            kept.push(black_box(regorus.run(input)?));
        }
        took.regorus.push(((thread_seconds() - began) / inputs.len() as f64, ours / n as f64));
        took.replayed.push((ours, seconds(|| all(plan, table, as_of))));
    }
    let foreign_cpus = watch.foreign_cpus();
    let mut found = took.told(n);
    if let Some(first) = found.first_mut() {
        first.also.extend([("owed", owed as f64), ("s to build the table", build)]);
        first.answers = Some(world.expected.digest.clone());
    }
    found.iter_mut().for_each(|measure| measure.foreign_cpus = foreign_cpus);
    Ok(found)
}

/// A figure beside what another needs for the same: pairs of (other, ours), and how many times as
/// fast we want to be in the worst of them.
fn beside(
    path: &'static str,
    n: usize,
    unit: &'static str,
    other: &'static str,
    pairs: &[(f64, f64)],
    times: f64,
) -> Measure {
    let ours = percentile(&sorted(pairs.iter().map(|(_, ours)| *ours)), 50.0);
    let mut measure = Measure::new(path, n, ours, unit);
    let floor = Floor::of(other, pairs);
    let met = floor.ratio_max * times <= 1.0;
    measure.goal = Some((format!("{times} × as fast"), met));
    measure.floor = Some(floor);
    measure
}

/// One case from the record as it was read: put into a table of one, and answered.
fn one_case(
    world: &World,
    plan: &Plan<'_>,
    table: &mut Table,
    rounds: usize,
) -> Result<Vec<Measure>, Box<dyn Error>> {
    let few = &world.cases[..world.cases.len().min(1000)];
    let questions = few.iter().map(ours::question).collect::<Result<Vec<_>, _>>()?;
    let inputs = few.iter().map(Regorus::input).collect::<Result<Vec<_>, _>>()?;
    let mut regorus = Regorus::new(&world.duties)?;
    let (mut all_times, mut pairs) = (Vec::new(), Vec::new());
    let mut put = |question: &Question| {
        table.clear();
        table.push(question);
        Bulk::new(plan, table, nobody, AsOf::default()).owed(0..1)
    };
    let mut owed = Vec::new();
    for (at, question) in questions.iter().enumerate() {
        let case = u32::try_from(at)?;
        owed.extend(put(question).iter().map(|one| Owed { case, ..one }));
    }
    if ours::answers(plan, owed, DUTIES, few.len()) != Answers::interpreted(&world.duties, few) {
        return Err("p2: answers to one case are not the interpreter's".into());
    }
    let watch = Watch::start();
    for _ in 0..rounds {
        let mut mine = Vec::new();
        let mut theirs = Vec::new();
        let clock = seconds_of_the_clock();
        for (question, input) in questions.iter().zip(&inputs) {
            let mut said = Ok(regorus::Value::Undefined);
            let regorus = seconds(|| said = regorus.run(input));
            said?;
            theirs.push((regorus - clock) * 1e6);
            let ours = seconds(|| put(black_box(question)));
            mine.push((ours - clock) * 1e6);
        }
        let (mine, theirs) = (sorted(mine.into_iter()), sorted(theirs.into_iter()));
        pairs.push((percentile(&theirs, 50.0), percentile(&mine, 50.0)));
        all_times.extend(mine);
    }
    let foreign_cpus = watch.foreign_cpus();
    let times = sorted(all_times.into_iter());
    let mut measure =
        beside("p2/b-one-case", times.len(), "µs (p50)", "regorus 0.14.1 (RVM)", &pairs, 10.0);
    let p99 = percentile(&times, 99.0);
    measure.also = vec![("p99", p99)];
    measure.goal = measure.floor.as_ref().map(|floor| {
        let met = p99 <= 20.0 && floor.ratio_max <= 0.1;
        ("p99 ≤ 20 µs and 10 × as fast".to_owned(), met)
    });
    measure.foreign_cpus = foreign_cpus;
    Ok(vec![measure])
}

/// One duty edited; then the same beside twice as many duties.
fn change(world: &World, book: &Lawbook, rounds: usize) -> Result<Vec<Measure>, Box<dyn Error>> {
    let more = made::duties(2 * DUTIES);
    let wide = ours::lawbook(&more)?;
    let edit = |duties: &[Duty]| {
        let mut duties = duties.to_vec();
        if let Some(duty) = duties.first_mut() {
            duty.hours += 12;
        }
        ours::lawbook(&duties)
    };
    let (new, wide_new) = (edit(&world.duties)?, edit(&more)?);
    let mut table = Table::default();
    let plans = [book, &new, &wide, &wide_new].map(|book| Plan::of(book, &mut table));
    for case in &world.cases {
        table.push(&ours::question(case)?);
    }
    let impacts = [Impact::between(book, &new), Impact::between(&wide, &wide_new)];
    let changing = Changing::between(&plans[0], &plans[1], &impacts[0]);
    let doubled = Changing::between(&plans[2], &plans[3], &impacts[1]);
    let found = changing.over(&table, nobody, AsOf::default());
    let expected = world.cases.iter().filter(|case| world.duties[0].due(case) != 0).count();
    if found.changes.len() != expected
        || doubled.over(&table, nobody, AsOf::default()).changes != found.changes
    {
        return Err("p2: a change of law gives other changes than evaluating everything".into());
    }
    let watch = Watch::start();
    let (mut floors, mut wider) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let floor = seconds(|| changing.candidates(&table).iter().sum::<usize>());
        let ours = seconds(|| changing.over(&table, nobody, AsOf::default()));
        let wide = seconds(|| doubled.over(&table, nobody, AsOf::default()));
        floors.push((floor * 1e3, ours * 1e3));
        wider.push((ours * 1e3, wide * 1e3));
    }
    let foreign_cpus = watch.foreign_cpus();
    let ours = percentile(&sorted(floors.iter().map(|(_, ours)| *ours)), 50.0);
    let mut measure = Measure::new("p2/c-change", found.candidates, ours, "ms");
    let per = ours * 1e5 / found.candidates.max(1) as f64;
    let ratio = found.evaluated as f64 / found.candidates.max(1) as f64;
    measure.also = vec![
        ("ms for 100 k candidates", per),
        ("evaluated / candidates", ratio),
        ("changed", found.changes.len() as f64),
    ];
    measure.floor = Some(Floor::of("finding the candidates", &floors));
    let goal = "evaluated ≤ 1.2 × candidates and ≤ 20 ms for 100 k".to_owned();
    measure.goal = Some((goal, ratio <= 1.2 && per <= 20.0));
    let mut growth =
        beside("p2/d-growth", found.candidates, "ms", "half as many duties", &wider, 1.0);
    growth.goal =
        growth.floor.as_ref().map(|floor| ("≤ 1.1 × in the median".to_owned(), floor.ratio <= 1.1));
    let mut found = vec![measure, growth];
    found.iter_mut().for_each(|measure| measure.foreign_cpus = foreign_cpus);
    Ok(found)
}

/// A case of ten thousand facts, as known and valid at any instant, under every built-in pack.
fn replay(rounds: usize) -> Result<Measure, Box<dyn Error>> {
    let book = Lawbook::builtin();
    let question = real::long_case(book, EVENTS)?;
    let mut table = Table::default();
    let plan = Plan::of(book, &mut table);
    table.push(&question);
    let began = question.facts.first().map(|fact| fact.known_at).ok_or("a case without facts")?;
    let as_of = |at: usize| -> Result<AsOf, Box<dyn Error>> {
        let known_at = began.checked_add(SignedDuration::from_hours(i64::try_from(at)? * 97))?;
        let now = known_at.checked_add(SignedDuration::from_hours(30))?;
        Ok(AsOf { now: Some(now), known_at: Some(known_at) })
    };
    let one =
        |as_of: AsOf| Bulk::new(&plan, &table, |_| Cow::Borrowed(&question), as_of).owed(0..1);
    let (mut pairs, mut times, mut by_engine) = (Vec::new(), Vec::new(), 0);
    let watch = Watch::start();
    for at in 0..rounds.max(2) * 10 {
        let as_of = as_of(at)?;
        let asked = Question { now: as_of.now, known_at: as_of.known_at, ..question.clone() };
        let mut listed = Vec::new();
        let engine = seconds(|| listed = book.obligations(&asked)) * 1e3;
        let mut found = Found::default();
        let ours = seconds(|| found = one(as_of)) * 1e3;
        real::must_agree(&plan, &found, &listed)?;
        by_engine += found.by_engine;
        pairs.push((engine, ours));
        times.push(ours);
    }
    let times = sorted(times.into_iter());
    let mut measure = Measure::new("p2/f-long-case", EVENTS, percentile(&times, 50.0), "ms (p50)");
    let worst = percentile(&times, 99.0);
    measure.also =
        vec![("p99", worst), ("of which some by the engine", f64::from(u8::from(by_engine > 0)))];
    measure.foreign_cpus = watch.foreign_cpus();
    measure.floor = Some(Floor::of("the engine, with its trace", &pairs));
    measure.goal = Some(("p99 ≤ 1 ms".to_owned(), worst <= 1.0));
    Ok(measure)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cases of the small size.
    const CASES: usize = 2_000;

    #[test]
    fn all_who_are_asked_give_the_interpreters_answers() {
        let python = Path::new("../target/bench-venv/bin/python");
        let python = python.is_file().then_some(python);
        let asked = Asked { cases: CASES, rounds: 1, python };
        let found = measure(&asked).expect("the answers are the interpreter's");
        let paths: Vec<&str> = found.iter().map(|one| one.path).collect();
        for path in ["p2/a-bulk", "p2/a-regorus", "p2/b-one-case", "p2/c-change", "p2/e-replay"] {
            assert!(paths.contains(&path), "{paths:?}");
        }
        assert_eq!(paths.contains(&"p2/a-openfisca"), python.is_some());
    }

    #[test]
    fn a_duty_that_is_counted_otherwise_is_found_out() {
        let (duties, cases) = (made::duties(DUTIES), made::cases(1, CASES));
        let right = Answers::interpreted(&duties, &cases);
        assert!(right.hits > CASES / 2, "{right:?}");
        let mut wrong = duties;
        wrong[7].hours += 1;
        assert_ne!(Answers::interpreted(&wrong, &cases), right);
    }
}
