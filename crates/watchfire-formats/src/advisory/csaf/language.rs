//! Tags of languages, and the registry that their parts stand in.
//!
//! Source: RFC 5646, section 2.2.9: a tag is valid where it is well-formed, each of its subtags is
//! registered, an extended language stands behind its prefix, and no variant and no singleton stands
//! there twice.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::validate::Trial;

struct Registry {
    /// Subtags by kind, small; `a..b` is a range of them.
    kinds: HashMap<&'static str, HashSet<&'static str>>,
    /// The prefix of each extended language.
    prefixes: HashMap<&'static str, &'static str>,
}

static REGISTRY: LazyLock<Registry> =
    LazyLock::new(|| parse(include_str!("../../../lists/languages.tsv")));

fn parse(lines: &'static str) -> Registry {
    let kinds = lines.lines().map(|line| line.split_once('\t').expect("a kind and its subtags"));
    let kinds = kinds.map(|(kind, subtags)| (kind, subtags.split(' ').collect()));
    let kinds: HashMap<&str, HashSet<&str>> = kinds.collect();
    let extended = kinds.get("extlang").into_iter().flatten();
    let prefixes = extended.map(|one| one.split_once('/').expect("a prefix")).collect();
    Registry { kinds, prefixes }
}

/// Whether a subtag is private: the registry has these as ranges.
fn is_private(kind: &str, subtag: &str) -> bool {
    match kind {
        "language" => subtag.len() == 3 && ("qaa"..="qtz").contains(&subtag),
        "script" => ("qaaa"..="qabx").contains(&subtag),
        "region" => ("qm"..="qz").contains(&subtag) || ("xa"..="xz").contains(&subtag),
        _ => false,
    }
}

fn has(kind: &str, subtag: &str) -> bool {
    let listed = REGISTRY.kinds.get(kind).is_some_and(|all| all.contains(subtag));
    listed || is_private(kind, subtag)
}

/// What is wrong with a tag, in words, where something is.
pub(super) fn problem(tag: &str) -> Option<String> {
    let tag = tag.to_ascii_lowercase();
    if has("grandfathered", &tag) || tag.starts_with("x-") {
        return None;
    }
    let mut parts = tag.split('-').peekable();
    let language = parts.next().unwrap_or_default();
    if !has("language", language) {
        return Some(format!("`{language}` is no registered language"));
    }
    let letters = |part: &str, many: usize| {
        part.len() == many && part.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    if let Some(extended) = parts.next_if(|part| letters(part, 3))
        && REGISTRY.prefixes.get(extended) != Some(&language)
    {
        return Some(format!("`{extended}` is no registered extension of `{language}`"));
    }
    if let Some(script) = parts.next_if(|part| letters(part, 4))
        && !has("script", script)
    {
        return Some(format!("`{script}` is no registered script"));
    }
    let digits = |part: &str| part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(region) = parts.next_if(|part| letters(part, 2) || digits(part))
        && !has("region", region)
    {
        return Some(format!("`{region}` is no registered region"));
    }
    let mut seen = HashSet::new();
    while let Some(variant) = parts.next_if(|part| part.len() > 1) {
        if !has("variant", variant) {
            return Some(format!("`{variant}` is no registered variant"));
        }
        if !seen.insert(variant) {
            return Some(format!("`{variant}` stands there twice"));
        }
    }
    // What follows are extensions, each behind its singleton, and what is private behind `x`.
    let mut extensions = parts.take_while(|part| *part != "x").filter(|part| part.len() == 1);
    let twice = extensions.find(|singleton| !seen.insert(singleton));
    twice.map(|singleton| format!("the extension `{singleton}` stands there twice"))
}

/// 6.1.12: the language of the document and that which it was translated from.
pub(super) fn languages_are_registered(trial: &mut Trial<'_>) {
    for pointer in ["/document/lang", "/document/source_lang"] {
        let tag = trial.text(pointer);
        if tag.is_empty() {
            continue;
        }
        if let Some(problem) = problem(tag) {
            trial.find(pointer, format!("`{tag}` is no language: {problem}"));
        }
    }
}

/// Whether a document is in English, or does not say in what it is.
pub(super) fn is_english(trial: &Trial<'_>) -> bool {
    let tag = trial.text("/document/lang");
    let language = tag.split('-').next().unwrap_or_default();
    tag.is_empty() || language.eq_ignore_ascii_case("en")
}

#[cfg(test)]
mod tests {
    use super::problem;

    /// Source: RFC 5646, appendix A, and section 2.2.9.
    #[test]
    fn a_tag_of_registered_parts_is_a_language() {
        for tag in [
            "en",
            "de-CH-1996",
            "zh-Hant-TW",
            "zh-cmn-Hans-CN",
            "sr-Latn-RS",
            "es-419",
            "i-klingon",
            "de-DE-u-co-phonebk",
            "x-whatever",
            "qaa-Qaaa-QM-x-southern",
            "sl-rozaj-biske",
            "en-a-bbb-x-a-ccc",
            "EN-gb",
            "i-default",
        ] {
            assert_eq!(problem(tag), None, "{tag}");
        }
        for tag in [
            "EZ",
            "en-QL",
            "en-Abcd",
            "de-cmn",
            "de-abcde",
            "de-1996-1996",
            "en-a-bbb-a-ccc",
            "abcde",
            "qua-Zzz1",
            "",
        ] {
            assert!(problem(tag).is_some(), "{tag}");
        }
    }
}
