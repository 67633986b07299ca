//! Versions of Packagist packages.
//!
//! Source: Composer, "Versions and constraints"; composer/semver, `VersionParser::normalize`; PHP,
//! `version_compare`: four numbers, then a stability with its numbers.
//! A branch such as `dev-master` is not ordered: Composer lets it match itself alone.

use std::cmp::Ordering;

use super::Version;
use super::number::{Number, split_digits, split_while};
use crate::key::KeyWriter;

/// How many numbers a version is filled up to.
const NUMBERS: usize = 4;
/// The major number has at most so many digits; a longer one is a date.
const MAJOR_DIGITS_MAX: usize = 5;
/// What stands for `x` in a branch such as `1.x-dev`.
const ANY: &str = "9999999";

/// The parts in the order that `version_compare` gives them in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    Dev,
    Alpha,
    Beta,
    Candidate,
    End,
    Number(Number<'a>),
    Patch,
}

pub(crate) struct Packagist<'a>(Vec<Part<'a>>);

impl<'a> Version<'a> for Packagist<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let text = without_stability(text.trim());
        let branch = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("dev-"));
        if branch || text.contains([' ', ',']) {
            return None;
        }
        let text = text.split_once('+').map_or(text, |(version, _)| version);
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let parts = classical(text).or_else(|| dated(text)).or_else(|| numeric_branch(text));
        parts.or_else(|| php(text)).map(Self)
    }

    fn order(&self, other: &Self) -> Ordering {
        for at in 0..=self.0.len().max(other.0.len()) {
            let part = |parts: &[Part<'a>]| parts.get(at).copied().unwrap_or(Part::End);
            let order = part(&self.0).cmp(&part(&other.0));
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        for part in self.0.iter().chain(std::iter::once(&Part::End)) {
            key.mark(match part {
                Part::Dev => 1,
                Part::Alpha => 2,
                Part::Beta => 3,
                Part::Candidate => 4,
                Part::End => 5,
                Part::Number(_) => 6,
                Part::Patch => 7,
            });
            if let Part::Number(number) = part {
                key.number(*number);
            }
        }
        Some(())
    }
}

/// `@beta` and the like are said to Composer, not of the version.
fn without_stability(text: &str) -> &str {
    match text.rsplit_once('@') {
        Some((version, flag))
            if ["stable", "rc", "beta", "alpha", "dev"]
                .iter()
                .any(|stability| flag.eq_ignore_ascii_case(stability)) =>
        {
            version
        }
        _ => text,
    }
}

/// One to four numbers, filled up with zeros, and a stability.
fn classical(text: &str) -> Option<Vec<Part<'_>>> {
    let (major, mut rest) = split_digits(text);
    if major.len() > MAJOR_DIGITS_MAX {
        return None;
    }
    let mut parts = vec![Part::Number(Number::new(major)?)];
    while parts.len() < NUMBERS {
        let (digits, after) = split_digits(rest.strip_prefix('.').unwrap_or_default());
        let Some(number) = Number::new(digits) else { break };
        parts.push(Part::Number(number));
        rest = after;
    }
    parts.resize(NUMBERS, Part::Number(Number::ZERO));
    stability(rest, &mut parts)?;
    Some(parts)
}

/// A date and time: four digits, then twos, and one last number of up to three digits.
fn dated(text: &str) -> Option<Vec<Part<'_>>> {
    const SEPARATORS: [char; 3] = ['.', ':', '-'];
    let in_date = |byte: u8| byte.is_ascii_digit() || SEPARATORS.contains(&char::from(byte));
    let (date, _) = split_while(text, in_date);
    // What stands between the date and a stability belongs to the stability.
    let date = date.trim_end_matches(SEPARATORS);
    let runs: Vec<&str> = date.split(SEPARATORS).collect();
    let (last, before) = runs.split_last()?;
    let of_twos = |run: &&str| !run.is_empty() && run.len().is_multiple_of(2);
    let shaped = runs.first().is_some_and(|year| year.len() >= 4)
        && before.iter().all(of_twos)
        && (of_twos(last) || runs.len() == 1 || (1..=3).contains(&last.len()));
    let digits: usize = runs.iter().map(|run| run.len()).sum();
    if !shaped || !(6..=19).contains(&digits) {
        return None;
    }
    let mut parts: Vec<Part<'_>> =
        runs.iter().map(|run| Part::Number(Number::of_digits(run))).collect();
    stability(&text[date.len()..], &mut parts)?;
    Some(parts)
}

/// `1.x-dev`: a branch whose name is a number is after all of its versions.
fn numeric_branch(text: &str) -> Option<Vec<Part<'_>>> {
    let end = text.len().checked_sub(3).filter(|end| text.is_char_boundary(*end))?;
    let (name, dev) = text.split_at(end);
    if !dev.eq_ignore_ascii_case("dev") {
        return None;
    }
    let name = name.strip_suffix(['.', '-']).unwrap_or(name);
    let mut parts = Vec::new();
    for (at, part) in name.split('.').enumerate() {
        let any = at > 0 && ["x", "X", "*"].contains(&part);
        parts.push(Part::Number(if any { Number::of_digits(ANY) } else { Number::new(part)? }));
    }
    (parts.len() <= NUMBERS).then_some(())?;
    parts.resize(NUMBERS, Part::Number(Number::of_digits(ANY)));
    parts.push(Part::Dev);
    Some(parts)
}

/// Reads `-beta2.1-dev` and the like, which is all that may follow.
fn stability<'a>(text: &'a str, parts: &mut Vec<Part<'a>>) -> Option<()> {
    let before = parts.len();
    let after = text.strip_prefix(['.', '_', '-']).unwrap_or(text);
    let (word, mut rest) = split_while(after, |byte| byte.is_ascii_alphabetic());
    let word = word.to_ascii_lowercase();
    match word.as_str() {
        "stable" => {}
        "stabledev" => return rest.is_empty().then_some(()),
        // Nothing but `dev` or the end may follow where there is no stability.
        "" | "dev" => rest = text,
        // `dev` may stand at once behind a stability.
        word => {
            let (word, dev) = word.strip_suffix("dev").map_or((word, false), |word| (word, true));
            parts.push(form(word)?);
            if dev {
                parts.push(Part::Dev);
                return rest.is_empty().then_some(());
            }
        }
    }
    while parts.len() > before || word == "stable" {
        let (digits, after) = split_digits(rest.strip_prefix(['.', '-']).unwrap_or(rest));
        let Some(number) = Number::new(digits) else { break };
        if word != "stable" {
            parts.push(Part::Number(number));
        }
        rest = after;
    }
    let dev = rest.strip_prefix(['.', '-']).unwrap_or(rest);
    if dev.eq_ignore_ascii_case("dev") {
        // Composer stops at `stable` and drops what follows.
        if word != "stable" {
            parts.push(Part::Dev);
        }
        return Some(());
    }
    // A separator alone may stand at the end.
    let idle = parts.len() == before && ["", ".", "_", "-"].contains(&rest);
    (rest.is_empty() || idle).then_some(())
}

fn form<'a>(word: &str) -> Option<Part<'a>> {
    Some(match word.to_ascii_lowercase().as_str() {
        "dev" => Part::Dev,
        "alpha" | "a" => Part::Alpha,
        "beta" | "b" => Part::Beta,
        "rc" => Part::Candidate,
        "patch" | "pl" | "p" => Part::Patch,
        _ => return None,
    })
}

/// What Composer refuses and PHP's own order explains: numbers, and words that begin as one that
/// PHP knows; of other words it says only that they come first.
fn php(text: &str) -> Option<Vec<Part<'_>>> {
    const WORDS: [(&str, Part<'static>); 7] = [
        ("dev", Part::Dev),
        ("a", Part::Alpha),
        ("b", Part::Beta),
        ("rc", Part::Candidate),
        ("RC", Part::Candidate),
        ("pl", Part::Patch),
        ("p", Part::Patch),
    ];
    if !text.starts_with(|sign: char| sign.is_ascii_digit()) {
        return None;
    }
    let mut parts = Vec::new();
    let mut rest = text;
    let mut in_numbers = true;
    while !rest.is_empty() {
        rest = rest.strip_prefix(['.', '-', '_', '+']).unwrap_or(rest);
        let (digits, after) = split_digits(rest);
        if let Some(number) = Number::new(digits) {
            parts.push(Part::Number(number));
            rest = after;
            continue;
        }
        // Filled up as Composer fills up what it accepts, so that both kinds compare.
        if in_numbers && parts.len() < NUMBERS {
            parts.resize(NUMBERS, Part::Number(Number::ZERO));
        }
        in_numbers = false;
        let (word, after) = split_while(rest, |byte| byte.is_ascii_alphabetic());
        let known = WORDS.iter().find(|(start, _)| word.starts_with(start));
        parts.push(known.map(|(_, part)| *part)?);
        rest = after;
    }
    if in_numbers && parts.len() < NUMBERS {
        parts.resize(NUMBERS, Part::Number(Number::ZERO));
    }
    Some(parts)
}
