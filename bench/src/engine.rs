//! The engine: what one wide case owes, of all packs, and what many cases owe.

use std::error::Error;
use std::hint::black_box;

use watchfire_core::law::case_file::{self, Case};
use watchfire_core::law::{Lawbook, Obligation, Question};

use crate::measure::{Answers, Floor, Measure, Watch, percentile, sorted, thread_seconds};

/// A case of seven packs and some forty obligations, with instants computed by hand.
pub(crate) const WIDE: &str = include_str!("../cases/wide.toml");
/// The slowest of a hundred looks at a case takes at most this, in microseconds.
const ONE_CASE_MICROSECONDS_MAX: f64 = 50.0;
/// Questions between two looks at the floor.
const ROUND: usize = 1000;

/// Measures the engine; with every answer checked against the cases' own expectations.
///
/// # Errors
/// A case that does not come out as expected: then no figure is given.
pub(crate) fn measure(rounds: usize) -> Result<Vec<Measure>, Box<dyn Error>> {
    let book = Lawbook::builtin();
    Ok(vec![one_case(book, rounds)?, many_cases(book, rounds)?])
}

fn cases(book: &Lawbook, path: &str, text: &str) -> Result<Vec<Case>, String> {
    let cases = case_file::parse(path, text, book).map_err(|problems| {
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    })?;
    let wrong: Vec<String> = cases.iter().flat_map(|case| case.check(book)).collect();
    if wrong.is_empty() { Ok(cases) } else { Err(format!("{path}: {}", wrong.join("\n"))) }
}

/// Every answer in a form that is the same on every machine.
fn digest<'a>(listed: impl IntoIterator<Item = &'a Vec<Obligation>>) -> String {
    let mut answers = Answers::new();
    listed.into_iter().for_each(|owed| answers.add(format!("{owed:?}").as_bytes()));
    answers.hex()
}

/// Microseconds of this thread for each of a round of calls.
fn timed(mut call: impl FnMut()) -> Vec<f64> {
    let one = |_| {
        let began = thread_seconds();
        call();
        (thread_seconds() - began) * 1e6
    };
    sorted((0..ROUND).map(one))
}

fn one_case(book: &Lawbook, rounds: usize) -> Result<Measure, Box<dyn Error>> {
    let cases = cases(book, "wide.toml", WIDE)?;
    let question = cases.first().map(|case| &case.question).ok_or("there is no case")?;
    let answer = book.obligations(question);
    let watch = Watch::start();
    let (mut pairs, mut all) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        // The floor is writing the answer down, with its trace: whoever computes must do that too.
        let floor = timed(|| drop(black_box(black_box(&answer).clone())));
        let ours = timed(|| drop(black_box(book.obligations(black_box(question)))));
        pairs.push((percentile(&floor, 50.0), percentile(&ours, 50.0)));
        all.extend(ours);
    }
    if book.obligations(question) != answer {
        return Err("the same question got another answer".into());
    }
    let all = sorted(all.into_iter());
    let (p50, p99) = (percentile(&all, 50.0), percentile(&all, 99.0));
    let mut measure = Measure::new("engine/one-case", all.len(), p50, "µs (p50)");
    measure.foreign_cpus = watch.foreign_cpus();
    measure.also = vec![("p99", p99), ("obligations", answer.len() as f64)];
    measure.floor = Some(Floor::of("copying the answer", &pairs));
    let goal = format!("p99 ≤ {ONE_CASE_MICROSECONDS_MAX} µs");
    measure.goal = Some((goal, p99 <= ONE_CASE_MICROSECONDS_MAX));
    measure.answers = Some(digest([&answer]));
    Ok(measure)
}

fn many_cases(book: &Lawbook, rounds: usize) -> Result<Measure, Box<dyn Error>> {
    let mut questions: Vec<Question> = Vec::new();
    for (path, text) in book.packs().iter().flat_map(|pack| &pack.tests) {
        questions.extend(cases(book, path, text)?.into_iter().map(|case| case.question));
    }
    let answers: Vec<Vec<Obligation>> =
        questions.iter().map(|question| book.obligations(question)).collect();
    let times = 20;
    let watch = Watch::start();
    let per_case = |seconds: f64| seconds * 1e6 / (times * questions.len()) as f64;
    let mut pairs = Vec::new();
    for _ in 0..rounds {
        let began = thread_seconds();
        (0..times).for_each(|_| drop(black_box(black_box(&answers).clone())));
        let floor = per_case(thread_seconds() - began);
        let began = thread_seconds();
        for question in (0..times).flat_map(|_| &questions) {
            black_box(book.obligations(black_box(question)));
        }
        pairs.push((floor, per_case(thread_seconds() - began)));
    }
    let again: Vec<Vec<Obligation>> =
        questions.iter().map(|question| book.obligations(question)).collect();
    if again != answers {
        return Err("the same questions got other answers".into());
    }
    let ours = sorted(pairs.iter().map(|(_, ours)| *ours));
    let value = percentile(&ours, 50.0);
    let mut measure = Measure::new("engine/many-cases", times * questions.len(), value, "µs");
    measure.foreign_cpus = watch.foreign_cpus();
    measure.also = vec![("cases/s", 1e6 / value)];
    measure.floor = Some(Floor::of("copying the answers", &pairs));
    measure.answers = Some(digest(&answers));
    Ok(measure)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_case_is_wide_and_comes_out_as_computed_by_hand() {
        let book = Lawbook::builtin();
        let cases = cases(book, "wide.toml", WIDE).expect("it comes out");
        let listed = book.obligations(&cases[0].question);
        let laws: BTreeSet<&str> = listed.iter().map(|owed| owed.provision.law()).collect();
        assert!(listed.len() >= 40 && laws.len() >= 7, "{} of {laws:?}", listed.len());
    }

    #[test]
    fn a_case_that_comes_out_otherwise_gives_no_figure() {
        let wrong = WIDE.replace("2026-10-01T08:20Z", "2026-10-01T08:21Z");
        assert!(cases(Lawbook::builtin(), "wide.toml", &wrong).is_err());
    }
}
