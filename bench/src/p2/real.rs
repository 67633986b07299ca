//! The packs that are built in, put to cases made of their own case files.

use std::borrow::Cow;
use std::error::Error;
use std::hint::black_box;

use jiff::SignedDuration;
use watchfire_core::law::bulk::{AsOf, Bulk, Found, Plan, Table};
use watchfire_core::law::instant::Instant as When;
use watchfire_core::law::{Lawbook, Obligation, Question, case_file};

use crate::measure::{Floor, Measure, Watch, percentile, sorted, thread_seconds};

/// Cases that the engine is asked for too, of those that were made.
const CHECKED: usize = 3_000;

fn written(book: &Lawbook) -> Result<Vec<Question>, Box<dyn Error>> {
    let mut all = Vec::new();
    for (path, text) in book.packs().iter().flat_map(|pack| &pack.tests) {
        let cases = case_file::parse(path, text, book).map_err(|problems| {
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        })?;
        all.extend(cases.into_iter().map(|case| case.question));
    }
    Ok(all)
}

/// A written case, moved by some hours: another day of the week, another side of a holiday.
fn moved(written: &[Question], at: usize) -> Question {
    let mut question = written[at % written.len()].clone();
    let round = i64::try_from(at / written.len()).unwrap_or_default();
    let by = SignedDuration::from_hours(round % 2000);
    let add = |at: jiff::Timestamp| at.checked_add(by).unwrap_or(at);
    for fact in &mut question.facts {
        fact.known_at = add(fact.known_at);
        fact.occurred = match fact.occurred {
            When::Exact(at) => When::Exact(add(at)),
            When::Interval { lo, hi } => When::Interval { lo: add(lo), hi: add(hi) },
            When::Either { first, second, exists } => {
                When::Either { first: add(first), second: add(second), exists }
            }
        };
    }
    question.now = question.now.map(add);
    question.known_at = question.known_at.map(add);
    question
}

/// One case with many facts: those of the wide case again and again, an hour apart.
pub(super) fn long_case(book: &Lawbook, facts: usize) -> Result<Question, Box<dyn Error>> {
    let cases = case_file::parse("wide.toml", crate::engine::WIDE, book)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<String>())?;
    let wide = cases.into_iter().next().ok_or("there is no case")?.question;
    let mut long = Question { facts: Vec::with_capacity(facts), ..wide.clone() };
    let submitted: watchfire_core::law::id::FactKind = "submitted".parse()?;
    for at in 0..facts {
        let mut fact = wide.facts[at % wide.facts.len()].clone();
        let hours = SignedDuration::from_hours(i64::try_from(at)?);
        fact.id = format!("fact-{at}").parse()?;
        if at % 50 == 49 {
            fact.kind = submitted.clone();
            let provisions = ["cn-rmsv/7.2", "eu-cra/14.2.a", "eu-cra/14.2.b"];
            fact.obligations = vec![provisions[at / 50 % 3].parse()?];
        }
        let from = wide.facts.first().map(|fact| fact.known_at).ok_or("a case without facts")?;
        fact.known_at = from.checked_add(hours)?;
        fact.occurred = When::Exact(fact.known_at);
        long.facts.push(fact);
    }
    Ok(long)
}

/// Compares what came out in columns with what the engine says: provision, state and instants.
pub(super) fn must_agree(
    plan: &Plan<'_>,
    owed: &Found,
    listed: &[Obligation],
) -> Result<(), Box<dyn Error>> {
    let micros = |at: Option<jiff::Timestamp>| at.map(|at| at.as_microsecond());
    let same = owed.len() == listed.len()
        && owed.iter().zip(listed).all(|(one, said)| {
            let outcome = &one.outcome;
            *plan.provision_id(outcome) == said.provision
                && outcome.state == said.state
                && micros(outcome.strict_due()) == micros(said.strict_due)
                && micros(outcome.outer_due()) == micros(said.outer_due)
                && plan.version_from(outcome) == said.version_from
        });
    if same { Ok(()) } else { Err("p2: columns and engine differ on a built-in pack".into()) }
}

/// Measures the built-in packs over cases made of their case files.
///
/// # Errors
/// Answers that differ from the engine's: then no figure is given.
pub(super) fn measure(count: usize, rounds: usize) -> Result<Vec<Measure>, Box<dyn Error>> {
    let book = Lawbook::builtin();
    let written = written(book)?;
    let mut table = Table::default();
    let plan = Plan::of(book, &mut table);
    for at in 0..count {
        table.push(&moved(&written, at));
    }
    let question = |at: usize| Cow::Owned(moved(&written, at));
    let bulk = Bulk::new(&plan, &table, question, AsOf::default());
    let step = (count / CHECKED).max(1);
    for at in (0..count).step_by(step) {
        must_agree(&plan, &bulk.owed([at]), &book.obligations(&moved(&written, at)))?;
    }
    let checked: Vec<Question> = (0..count).step_by(step).map(|at| moved(&written, at)).collect();
    let watch = Watch::start();
    let (mut pairs, mut found) = (Vec::new(), Found::default());
    for _ in 0..rounds.min(5) {
        let began = thread_seconds();
        checked.iter().for_each(|question| drop(black_box(book.obligations(question))));
        let engine = (thread_seconds() - began) * 1e6 / checked.len() as f64;
        let began = thread_seconds();
        found = black_box(bulk.owed(0..count));
        pairs.push((engine, (thread_seconds() - began) * 1e6 / count as f64));
    }
    let ours = percentile(&sorted(pairs.iter().map(|(_, ours)| *ours)), 50.0);
    let mut measure = Measure::new("p2/real-packs", count, ours, "µs/case");
    measure.also = vec![
        ("owed", found.len() as f64),
        ("of a hundred cases, some by the engine", found.by_engine as f64 * 100.0 / count as f64),
        ("s for all", ours * count as f64 / 1e6),
    ];
    measure.foreign_cpus = watch.foreign_cpus();
    measure.floor = Some(Floor::of("the engine, with its trace", &pairs));
    Ok(vec![measure])
}
