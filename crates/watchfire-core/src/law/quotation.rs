//! The quoted text of a law: its sections, and which of them a provision stands under.

use super::id::ProvisionId;

/// One piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// The law's own words.
    Quote(String),
    /// Ours about them, or a paraphrase.
    Paragraph(String),
    List(Vec<String>),
}

/// The text under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// As the law counts: `Article 14(1) and (2)`, `第七条（提供者的义务）`.
    pub heading: String,
    pub blocks: Vec<Block>,
}

/// The quoted text of a law in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quotation {
    /// What stands before the first section: source, day of comparison, how far it can be trusted.
    pub preamble: Vec<Block>,
    pub sections: Vec<Section>,
}

/// An article with the way down to a paragraph or item in it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reference {
    article: String,
    path: Vec<String>,
}

impl Quotation {
    /// Reads a `text.<lang>.md`: sections under `##`, quotations after `>`, lists after `-`.
    pub fn read(markdown: &str) -> Self {
        let mut parts = format!("\n{markdown}");
        if let Some(title) = parts.find("\n# ") {
            // The title is that of the pack.
            let end = parts[title + 1..].find('\n').map_or(parts.len(), |at| title + 1 + at);
            parts.replace_range(title..end, "\n");
        }
        let mut pieces = parts.split("\n## ");
        let preamble = blocks(pieces.next().unwrap_or_default());
        let sections = pieces.map(|piece| {
            let (heading, body) = piece.split_once('\n').unwrap_or((piece, ""));
            Section { heading: heading.trim().to_owned(), blocks: blocks(body) }
        });
        Self { preamble, sections: sections.collect() }
    }

    /// Returns the places of the sections that a provision stands under, by its article as it is
    /// cited in the same language, and by its id; the nearest ones where several name its article.
    pub fn of_provision(&self, id: &ProvisionId, cites: &str) -> Vec<usize> {
        let path = id.as_str().split_once('/').map_or("", |(_, path)| path);
        let mut wanted = references(cites);
        wanted.extend(reference_of(path));
        let score = |section: &Section| {
            let named = references(&section.heading);
            let pairs = wanted.iter().flat_map(|one| named.iter().map(move |two| near(one, two)));
            pairs.max().unwrap_or_default().max(named_in(&section.heading, cites))
        };
        let scores: Vec<usize> = self.sections.iter().map(score).collect();
        let best = scores.iter().copied().max().unwrap_or_default();
        if best == 0 {
            // A text with one section speaks of everything in its pack.
            return if self.sections.len() == 1 { vec![0] } else { Vec::new() };
        }
        scores.iter().enumerate().filter(|(_, score)| **score == best).map(|(at, _)| at).collect()
    }
}

/// How near two references are: none where they differ, more the longer the way they share.
fn near(wanted: &Reference, named: &Reference) -> usize {
    let shared = wanted.path.iter().zip(&named.path).take_while(|(one, two)| one == two).count();
    let whole = shared == wanted.path.len() || shared == named.path.len();
    if wanted.article == named.article && whole { 1 + shared } else { 0 }
}

/// How many signs of a heading without a number stand in the citation: `Annex I, Part II`.
fn named_in(heading: &str, cites: &str) -> usize {
    let parts = heading.split(['（', '(', '：', ':', '；', ';', '、']);
    let plain = parts.map(str::trim).filter(|part| !part.is_empty() && references(part).is_empty());
    let found = plain.filter(|part| cites.contains(part));
    usize::from(found.count() > 0)
}

/// Reads the way of an id: `14.2.a` is item (a) of paragraph 2 of article 14.
fn reference_of(path: &str) -> Option<Reference> {
    let mut parts = path.split('.');
    let article = parts.next()?.to_owned();
    Some(Reference { article, path: parts.map(str::to_owned).collect() })
}

/// Finds every article that a text names.
///
/// `Article 14(1) and (2)` names two: a group in brackets that stands apart goes down from the
/// same article. `第七条` counts in Chinese numerals.
fn references(text: &str) -> Vec<Reference> {
    let text = arabic(text);
    let signs: Vec<char> = text.chars().collect();
    let mut found: Vec<Reference> = Vec::new();
    let mut at = 0;
    while at < signs.len() {
        if signs[at].is_ascii_digit() && !in_a_word(&signs, at) {
            let (article, next) = number(&signs, at);
            let (path, next) = groups(&signs, next);
            found.push(Reference { article, path });
            at = next;
        } else if matches!(signs[at], '(' | '（') {
            let (path, next) = groups(&signs, at);
            if let (Some(before), false) = (found.last(), path.is_empty()) {
                let article = before.article.clone();
                // `14(2)条(c)项` goes on down; `(4)(a) and (5)` begins at the article again.
                let down = signs[..at].iter().rev().find(|sign| !sign.is_whitespace());
                let deeper = matches!(down, Some('条' | '項' | '项' | '款'));
                let mut whole = if deeper { before.path.clone() } else { Vec::new() };
                whole.extend(path);
                if deeper {
                    found.pop();
                }
                found.push(Reference { article, path: whole });
            }
            at = next.max(at + 1);
        } else {
            at += 1;
        }
    }
    ranged(&text, found)
}

/// Whether a digit continues a word, as in `X1`.
fn in_a_word(signs: &[char], at: usize) -> bool {
    at > 0 && (signs[at - 1].is_ascii_alphanumeric() || matches!(signs[at - 1], '/' | '.' | '-'))
}

/// Reads the number of an article: `14`, `30BC`, `500.17`, `48-3`.
fn number(signs: &[char], from: usize) -> (String, usize) {
    let mut end = from;
    while end < signs.len() {
        let more = signs.get(end + 1).is_some_and(char::is_ascii_digit);
        let goes_on =
            signs[end].is_ascii_alphanumeric() || (matches!(signs[end], '.' | '-') && more);
        if !goes_on {
            break;
        }
        end += 1;
    }
    (signs[from..end].iter().collect(), end)
}

/// Reads groups in brackets that follow each other: `(4)(a)`. What is no item ends them.
fn groups(signs: &[char], from: usize) -> (Vec<String>, usize) {
    let mut path = Vec::new();
    let mut at = from;
    while signs.get(at).is_some_and(|sign| matches!(sign, '(' | '（')) {
        let length = signs[at..].iter().position(|sign| matches!(sign, ')' | '）'));
        let Some(length) = length else { break };
        let inner: String = signs[at + 1..at + length].iter().collect();
        let is_item = !inner.is_empty()
            && inner.len() <= 4
            && inner.chars().all(|sign| sign.is_ascii_alphanumeric());
        if !is_item {
            break;
        }
        path.push(inner);
        at += length + 1;
    }
    (path, at)
}

/// Fills `(4) to (6)` with what lies between.
fn ranged(text: &str, found: Vec<Reference>) -> Vec<Reference> {
    if !text.contains(" to (") && !text.contains("至(") {
        return found;
    }
    let last = |one: &Reference| one.path.last().and_then(|part| part.parse::<u32>().ok());
    let mut whole: Vec<Reference> = Vec::new();
    for one in found {
        if let (Some(before), Some(to)) = (whole.last().cloned(), last(&one)) {
            let alike = before.article == one.article && before.path.len() == one.path.len();
            if let (true, Some(from)) = (alike, last(&before)) {
                for between in from + 1..to.min(from + 100) {
                    let mut path = one.path.clone();
                    path.pop();
                    path.push(between.to_string());
                    whole.push(Reference { article: one.article.clone(), path });
                }
            }
        }
        whole.push(one);
    }
    whole
}

/// Writes Chinese numerals that count articles as digits: `第二十四条` becomes `第24条`.
fn arabic(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for sign in text.chars() {
        if "一二三四五六七八九十百".contains(sign) && (out.ends_with('第') || !run.is_empty())
        {
            run.push(sign);
            continue;
        }
        if !run.is_empty() {
            match (value(&run), sign) {
                (Some(value), '条' | '章') => out.push_str(&value.to_string()),
                _ => out.push_str(&run),
            }
            run.clear();
        }
        out.push(sign);
    }
    out + &run
}

fn value(run: &str) -> Option<usize> {
    let mut sum = 0;
    let mut digit = None;
    for sign in run.chars() {
        let place = "一二三四五六七八九".chars().position(|one| one == sign);
        match (place, sign) {
            (Some(place), _) => digit = Some(place + 1),
            (None, '十') => sum += digit.take().unwrap_or(1) * 10,
            (None, '百') => sum += digit.take().unwrap_or(1) * 100,
            _ => return None,
        }
    }
    Some(sum + digit.unwrap_or_default())
}

/// Reads the pieces between blank lines, and lines that change their kind.
fn blocks(body: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut fresh = true;
    for line in body.lines().map(str::trim_end) {
        if line.is_empty() {
            fresh = true;
            continue;
        }
        let quote = line.strip_prefix('>').map(|rest| rest.strip_prefix(' ').unwrap_or(rest));
        let item = line.strip_prefix("- ");
        match (quote, item, found.last_mut()) {
            (Some(quote), _, Some(Block::Quote(text))) if !fresh => {
                text.push('\n');
                text.push_str(quote);
            }
            (Some(quote), ..) => found.push(Block::Quote(quote.to_owned())),
            (None, Some(item), Some(Block::List(items))) => items.push(item.to_owned()),
            (None, Some(item), _) => found.push(Block::List(vec![item.to_owned()])),
            (None, None, Some(Block::Paragraph(text))) if !fresh => {
                text.push('\n');
                text.push_str(line);
            }
            (None, None, _) => found.push(Block::Paragraph(line.to_owned())),
        }
        fresh = false;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(headings: &[&str], id: &str, cites: &str) -> Vec<usize> {
        let text: String = headings.iter().map(|one| format!("\n## {one}\n\n> x\n")).collect();
        Quotation::read(&text).of_provision(&id.parse().unwrap(), cites)
    }

    #[test]
    fn a_text_is_read_in_sections_with_its_kinds() {
        let text = "# Act\n\nOfficial: here.\nTwo.\n\n## Article 1\n\n> one\n> two\n\n> three\n\n\
                    Ours.\n\n- (a)\n- (b)\n";
        let read = Quotation::read(text);
        assert_eq!(read.preamble, [Block::Paragraph("Official: here.\nTwo.".into())]);
        assert_eq!(read.sections[0].heading, "Article 1");
        assert_eq!(
            read.sections[0].blocks,
            [
                Block::Quote("one\ntwo".into()),
                Block::Quote("three".into()),
                Block::Paragraph("Ours.".into()),
                Block::List(vec!["(a)".into(), "(b)".into()]),
            ]
        );
    }

    #[test]
    fn a_provision_stands_under_the_nearest_heading_of_its_article() {
        let cra =
            ["Article 3(42)", "Article 14(1) and (2)", "Article 14(3) and (4)", "Article 14(8)"];
        assert_eq!(places(&cra, "eu-cra/14.2.a", "Article 14(1) and (2)(a)"), [1]);
        assert_eq!(places(&cra, "eu-cra/14.4.c", "Article 14(4)(c)"), [2]);
        assert_eq!(places(&cra, "eu-cra/14.8", "Article 14(8)"), [3]);
        assert!(places(&cra, "eu-cra/15", "Article 15").is_empty());
        let zh = [
            "第二条（适用范围）",
            "第七条（提供者的义务）",
            "第14(1)和(2)条：漏洞",
            "第二十四条第一款",
        ];
        assert_eq!(places(&zh, "cn-rmsv/7.2", "第七条第二项"), [1]);
        assert_eq!(places(&zh, "eu-cra/14.2.c", "第14(2)条(c)项"), [2]);
        assert_eq!(places(&zh, "cn-csl/24.1", "第二十四条第一款"), [3]);
    }

    #[test]
    fn laws_that_count_otherwise_are_found_too() {
        let nydfs = ["Section 500.17(a)", "Section 500.17(c)"];
        assert_eq!(places(&nydfs, "us-nydfs/500.17.c.notice", "23 NYCRR 500.17(c)(1)"), [1]);
        let soci = ["Section 30BC", "Section 30BD"];
        assert_eq!(places(&soci, "au-soci/30bd", "Section 30BD"), [1]);
        let annex = ["Article 13(6)", "Annex I, Part II"];
        assert_eq!(places(&annex, "eu-cra/annex-1.2", "Annex I, Part II, (1) to (8)"), [1]);
        let range = ["Article 5(3)", "Article 5(4) to (6)"];
        assert_eq!(places(&range, "eu-dora/5.5", "Article 5(5)"), [1]);
        assert_eq!(places(&["Whatever"], "norm-x/a", "The guide"), [0], "one speaks of everything");
    }
}
