//! Runs every target on its corpus, and on mutations of it, without libFuzzer: on any toolchain,
//! always the same.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use watchfire_fuzz::seed::seeds;
use watchfire_fuzz::{INPUT_BYTES_MAX, TARGETS, Target};

/// Longer than any input may take, built without optimization on a busy machine. libFuzzer itself
/// stops at two seconds of a release build.
const INPUT_TIME_MAX: Duration = Duration::from_secs(20);
/// Mutations of all seeds of a target together.
const MUTATIONS: usize = 400;
/// Long seeds are mutated less often, by this many bytes for one mutation.
const BYTES_PER_MUTATION: usize = 400_000;

/// Runs a target on an input; a panic becomes a problem that says on which.
fn problem((name, check): Target, input: &[u8], of: &str) -> Option<String> {
    let began = Instant::now();
    let told = catch_unwind(AssertUnwindSafe(|| check(input))).err();
    let took = began.elapsed();
    let shown = String::from_utf8_lossy(&input[..input.len().min(400)]);
    if let Some(told) = told {
        let text = told.downcast_ref::<String>().cloned();
        let text = text.or_else(|| told.downcast_ref::<&str>().map(ToString::to_string));
        return Some(format!("{name}: {of}: {}\n{shown}", text.unwrap_or_default()));
    }
    (took > INPUT_TIME_MAX).then(|| format!("{name}: {of}: took {took:?}\n{shown}"))
}

/// Numbers that look random and are the same in every run (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16;
        number as usize % below.max(1)
    }
}

/// Pieces that parsers stumble over.
const PIECES: [&[u8]; 14] = [
    b"\0",
    b"\n",
    b"\"",
    b"[",
    b"]]",
    b"{",
    b"=",
    b"\xff",
    b"-1",
    b"9999-12-31",
    b"18446744073709551616",
    "漏".as_bytes(),
    b"1e999",
    b"2026-10-25T02:30[Europe/Brussels]",
];

fn mutated(seed: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=numbers.next(3) {
        let at = numbers.next(bytes.len() + 1);
        let until = (at + numbers.next(40)).min(bytes.len());
        match numbers.next(5) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..until)),
            2 => drop(bytes.splice(at..at, PIECES[numbers.next(PIECES.len())].iter().copied())),
            3 => {
                let piece = bytes[at..until].to_vec();
                drop(bytes.splice(at..at, piece));
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << numbers.next(8);
                }
            }
        }
    }
    bytes.truncate(INPUT_BYTES_MAX);
    bytes
}

fn expect_none(problems: &[String]) {
    assert!(problems.is_empty(), "{} broken promises:\n{}", problems.len(), problems.join("\n\n"));
}

#[test]
fn every_seed_keeps_every_promise() {
    let mut problems = Vec::new();
    for target in TARGETS {
        let seeds = seeds(target.0).expect("the corpus can be read");
        assert!(!seeds.is_empty(), "{} begins with nothing", target.0);
        problems.extend(
            [b"".as_slice(), b"\0", b"\xff\xfe"]
                .iter()
                .filter_map(|input| problem(target, input, "an input that is nothing")),
        );
        problems.extend(seeds.iter().filter_map(|(name, bytes)| problem(target, bytes, name)));
    }
    expect_none(&problems);
}

#[test]
fn mutated_seeds_keep_every_promise() {
    let mut problems = Vec::new();
    for target in TARGETS {
        let seeds = seeds(target.0).expect("the corpus can be read");
        let mut numbers = Numbers(0x57_41_54_43_48);
        for (name, seed) in &seeds {
            let times = (MUTATIONS / seeds.len()).max(1);
            let times = times.min(BYTES_PER_MUTATION / seed.len().max(1)).max(1);
            for time in 0..times {
                let input = mutated(seed, &mut numbers);
                let of = format!("{name}, mutation {time}");
                problems.extend(problem(target, &input, &of));
            }
        }
    }
    expect_none(&problems);
}

#[test]
fn a_broken_promise_is_told_with_its_input() {
    let broken: Target = ("odd", |input| assert!(input.len() < 3, "too much"));
    assert_eq!(problem(broken, b"ab", "a seed"), None);
    let told = problem(broken, b"abc", "a seed").expect("it panics");
    assert!(told.starts_with("odd: a seed: too much") && told.ends_with("abc"), "{told}");
}

#[test]
fn mutations_differ_and_are_the_same_in_every_run() {
    let run = || {
        let mut numbers = Numbers(1);
        (0..50).map(|_| mutated(b"[[case]]\nname = \"x\"", &mut numbers)).collect::<Vec<_>>()
    };
    let (first, second) = (run(), run());
    assert_eq!(first, second);
    let distinct: std::collections::BTreeSet<_> = first.into_iter().collect();
    assert!(distinct.len() > 25, "only {} distinct mutations", distinct.len());
}
