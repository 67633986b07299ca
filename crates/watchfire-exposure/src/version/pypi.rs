//! Versions of Python packages.
//!
//! Source: PEP 440, now the Version specifiers of the Python Packaging User Guide, with its
//! "Normalization" and "Summary of permitted suffixes and relative ordering".
//! A version that is no such version, as setuptools once allowed, has no order any more.

use std::cmp::Ordering;

use super::Version;
use super::number::{Number, split_digits};
use crate::key::KeyWriter;

/// Where a pre-release phase sorts; a version of development alone is before all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    Development = 1,
    Alpha,
    Beta,
    Candidate,
    Final,
}

/// One part of a local version; texts are before numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Local<'a> {
    Text(Small<'a>),
    Number(Number<'a>),
}

/// A text that is compared in small letters.
#[derive(Debug, Clone, Copy)]
struct Small<'a>(&'a str);

impl PartialEq for Small<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Small<'_> {}

impl PartialOrd for Small<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Small<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        super::small_order(self.0, other.0)
    }
}

pub(crate) struct PyPi<'a> {
    pub(crate) epoch: Number<'a>,
    /// The release without the zeros at its end.
    pub(crate) release: Vec<Number<'a>>,
    pub(crate) pre: (Phase, Number<'a>),
    pub(crate) post: Option<Number<'a>>,
    pub(crate) dev: Option<Number<'a>>,
    local: Option<Vec<Local<'a>>>,
}

impl<'a> Version<'a> for PyPi<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let (epoch, text) = match text.split_once('!') {
            None => (Number::ZERO, text),
            Some((epoch, rest)) => (Number::new(epoch)?, rest),
        };
        let (public, local) = match text.split_once('+') {
            None => (text, None),
            Some((public, local)) => (public, Some(read_local(local)?)),
        };
        let (release, rest) = read_release(public)?;
        let (pre, rest) = read_pre(rest);
        let (post, rest) = read_post(rest);
        let (dev, rest) = read_marked(rest, &["dev"]);
        if !rest.is_empty() {
            return None;
        }
        let pre = match pre {
            Some(pre) => pre,
            None if post.is_none() && dev.is_some() => (Phase::Development, Number::ZERO),
            None => (Phase::Final, Number::ZERO),
        };
        let release = without_zeros(release);
        Some(Self { epoch, release, pre, post, dev, local })
    }

    fn order(&self, other: &Self) -> Ordering {
        let dev = |dev: Option<Number<'a>>| (dev.is_none(), dev);
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| self.release.cmp(&other.release))
            .then_with(|| self.pre.cmp(&other.pre))
            .then_with(|| self.post.cmp(&other.post))
            .then_with(|| dev(self.dev).cmp(&dev(other.dev)))
            .then_with(|| self.local.cmp(&other.local))
    }

    fn write(&self, key: &mut KeyWriter) -> Option<()> {
        const END: u8 = 1;
        const TEXT: u8 = 2;
        key.number(self.epoch);
        self.release.iter().for_each(|number| key.number(*number));
        key.mark(END);
        key.mark(self.pre.0 as u8);
        key.number(self.pre.1);
        match self.post {
            None => key.mark(END),
            Some(post) => key.number(post),
        }
        match self.dev {
            Some(dev) => {
                key.mark(END);
                key.number(dev);
            }
            None => key.mark(TEXT),
        }
        for local in self.local.iter().flatten() {
            match local {
                Local::Text(text) => {
                    key.mark(TEXT);
                    key.small_text(text.0);
                }
                Local::Number(number) => key.number(*number),
            }
        }
        key.mark(END);
        Some(())
    }
}

fn read_release(text: &str) -> Option<(Vec<Number<'_>>, &str)> {
    let (digits, mut rest) = split_digits(text);
    let mut release = vec![Number::new(digits)?];
    while let Some(after) = rest.strip_prefix('.') {
        let (digits, after) = split_digits(after);
        // A dot may also stand before a phase.
        let Some(number) = Number::new(digits) else { break };
        release.push(number);
        rest = after;
    }
    Some((release, rest))
}

fn without_zeros(mut release: Vec<Number<'_>>) -> Vec<Number<'_>> {
    while release.last().is_some_and(|number| number.is_zero()) {
        release.pop();
    }
    release
}

/// Takes away one sign that may stand before a word or a number.
fn after_separator(text: &str) -> &str {
    text.strip_prefix(['-', '_', '.']).unwrap_or(text)
}

/// Reads one of `words`, in any case, with its number, which is zero where it is left out.
fn read_marked<'a>(text: &'a str, words: &[&str]) -> (Option<Number<'a>>, &'a str) {
    let after = after_separator(text);
    let begins = |word: &&&str| {
        after.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    let Some(word) = words.iter().find(begins) else { return (None, text) };
    let (digits, rest) = split_digits(after_separator(&after[word.len()..]));
    (Some(Number::of_digits(digits)), rest)
}

fn read_pre(text: &str) -> (Option<(Phase, Number<'_>)>, &str) {
    let phases: [(Phase, &[&str]); 3] = [
        (Phase::Alpha, &["alpha", "a"]),
        (Phase::Beta, &["beta", "b"]),
        (Phase::Candidate, &["rc", "c", "preview", "pre"]),
    ];
    for (phase, words) in phases {
        if let (Some(number), rest) = read_marked(text, words) {
            return (Some((phase, number)), rest);
        }
    }
    (None, text)
}

/// A post-release is marked by a word, or by a hyphen and a number alone.
fn read_post(text: &str) -> (Option<Number<'_>>, &str) {
    if let (Some(number), rest) = read_marked(text, &["post", "rev", "r"]) {
        return (Some(number), rest);
    }
    let Some(after) = text.strip_prefix('-') else { return (None, text) };
    let (digits, rest) = split_digits(after);
    Number::new(digits).map_or((None, text), |number| (Some(number), rest))
}

fn read_local(text: &str) -> Option<Vec<Local<'_>>> {
    let part = |part: &'_ str| -> bool {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let parts = text.split(['-', '_', '.']);
    parts
        .map(|text| {
            let local = Number::new(text).map_or(Local::Text(Small(text)), Local::Number);
            part(text).then_some(local)
        })
        .collect()
}
