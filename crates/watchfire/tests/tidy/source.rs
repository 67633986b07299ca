//! Rust source taken apart into code, comments and literals, each with the same line numbers,
//! so that a rule about code is not fooled by a comment, nor the other way round.

/// The layers of a source text. In `code` and `comments` there is a blank where a sign belongs to
/// another layer.
#[derive(Default)]
pub(crate) struct Source {
    pub(crate) code: String,
    pub(crate) comments: String,
    literals: Vec<Literal>,
}

/// A string or character literal, quotes included, and the sign of the source where it begins.
struct Literal {
    at: usize,
    line: usize,
    text: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Layer {
    Code,
    Comment,
    Literal,
}

impl Source {
    /// Takes `text` apart. Never fails: text that is not Rust lands in some layer.
    pub(crate) fn of(text: &str) -> Self {
        let signs: Vec<char> = text.chars().collect();
        let mut source = Self::default();
        let mut at = 0;
        while at < signs.len() {
            let (layer, end) = token(&signs, at);
            let end = end.min(signs.len());
            if layer == Layer::Literal {
                let line = line_of(&source.code, source.code.len());
                source.literals.push(Literal { at, line, text: signs[at..end].iter().collect() });
            }
            for &sign in &signs[at..end] {
                source.push(layer, sign);
            }
            at = end;
        }
        source
    }

    fn push(&mut self, layer: Layer, sign: char) {
        let blank = if sign == '\n' { '\n' } else { ' ' };
        self.code.push(if layer == Layer::Code { sign } else { blank });
        self.comments.push(if layer == Layer::Comment { sign } else { blank });
    }

    /// The same source with every item under `#[cfg(test)]` blanked out of the code, and without
    /// its literals.
    pub(crate) fn without_tests(mut self) -> Self {
        let code: Vec<char> = self.code.chars().collect();
        let mut keep = vec![true; code.len()];
        let marker: Vec<char> = "#[cfg(test)]".chars().collect();
        let mut at = 0;
        while at + marker.len() <= code.len() {
            if code[at..at + marker.len()] == marker[..] {
                let end = end_of_item(&code, at + marker.len());
                keep[at..end].fill(false);
                at = end;
            } else {
                at += 1;
            }
        }
        let kept_or_blank = |(sign, kept)| if kept || sign == '\n' { sign } else { ' ' };
        self.code = code.into_iter().zip(keep.iter().copied()).map(kept_or_blank).collect();
        self.literals.retain(|literal| keep[literal.at]);
        self
    }

    /// The literals with the lines on which they begin.
    pub(crate) fn literals(&self) -> impl Iterator<Item = (usize, &str)> {
        self.literals.iter().map(|literal| (literal.line, literal.text.as_str()))
    }
}

/// Where the item that follows `from` ends: behind its closing brace or its semicolon.
fn end_of_item(code: &[char], from: usize) -> usize {
    let mut depth = 0_usize;
    for (at, sign) in code.iter().enumerate().skip(from) {
        match sign {
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// The layer of the token at `at`, and where it ends.
fn token(signs: &[char], at: usize) -> (Layer, usize) {
    let next = signs.get(at + 1).copied();
    let starts_word = at == 0 || !(signs[at - 1].is_alphanumeric() || signs[at - 1] == '_');
    match signs[at] {
        '/' if next == Some('/') => (Layer::Comment, line_end(signs, at)),
        '/' if next == Some('*') => (Layer::Comment, block_end(signs, at)),
        '"' => (Layer::Literal, string_end(signs, at + 1)),
        'r' | 'b' | 'c' if starts_word => match raw_string_end(signs, at) {
            Some(end) => (Layer::Literal, end),
            None => (Layer::Code, at + 1),
        },
        '\'' => match char_end(signs, at) {
            Some(end) => (Layer::Literal, end),
            None => (Layer::Code, at + 1),
        },
        _ => (Layer::Code, at + 1),
    }
}

fn line_end(signs: &[char], at: usize) -> usize {
    signs[at..].iter().position(|&sign| sign == '\n').map_or(signs.len(), |len| at + len)
}

fn block_end(signs: &[char], at: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = at;
    while at + 1 < signs.len() {
        match (signs[at], signs[at + 1]) {
            ('/', '*') => {
                depth += 1;
                at += 2;
            }
            ('*', '/') => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    signs.len()
}

fn string_end(signs: &[char], from: usize) -> usize {
    let mut at = from;
    while at < signs.len() {
        match signs[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    signs.len()
}

/// The end of `r"…"`, `r#"…"#` and their `b` and `c` kin, or `None` where none starts at `at`.
fn raw_string_end(signs: &[char], at: usize) -> Option<usize> {
    let mut start = at;
    while matches!(signs.get(start), Some('b' | 'c')) && start == at {
        start += 1;
    }
    if signs.get(start) != Some(&'r') {
        return None;
    }
    let hashes = signs[start + 1..].iter().take_while(|&&sign| sign == '#').count();
    let open = start + 1 + hashes;
    if signs.get(open) != Some(&'"') {
        return None;
    }
    let is_close = |&at: &usize| {
        signs[at] == '"'
            && signs[at + 1..].iter().take(hashes).filter(|&&s| s == '#').count() == hashes
    };
    Some((open + 1..signs.len()).find(is_close).map_or(signs.len(), |at| at + 1 + hashes))
}

/// The end of a character literal, or `None` where the quote opens a lifetime.
fn char_end(signs: &[char], at: usize) -> Option<usize> {
    if signs.get(at + 1) == Some(&'\\') {
        let close = signs[at + 3..].iter().take(12).position(|&sign| sign == '\'')?;
        return Some(at + 4 + close);
    }
    (signs.get(at + 2) == Some(&'\'')).then_some(at + 3)
}

/// The number, from 1, of the line on which byte `at` of `text` lies.
pub(crate) fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// Finds `word` in `text` where it is a word or path of its own; returns the lines.
pub(crate) fn lines_with_word(text: &str, word: &str) -> Vec<usize> {
    let part_of_word = |sign: char| sign.is_alphanumeric() || sign == '_';
    let opens = word.starts_with(part_of_word);
    let closes = word.ends_with(part_of_word);
    text.match_indices(word)
        .filter(|(at, _)| !(opens && text[..*at].ends_with(part_of_word)))
        .filter(|(at, _)| !(closes && text[at + word.len()..].starts_with(part_of_word)))
        .map(|(at, _)| line_of(text, at))
        .collect()
}

#[test]
fn code_comments_and_literals_are_told_apart() {
    let source = Source::of("let a = \"// in \\\" text\"; // a \"comment\"\n/* b /* c */ d */ e");
    assert_eq!(source.code.replace(' ', ""), "leta=;\ne");
    assert_eq!(source.comments.trim(), "// a \"comment\"\n/* b /* c */ d */");
    assert_eq!(source.literals().collect::<Vec<_>>(), [(1, "\"// in \\\" text\"")]);
}

#[test]
fn raw_strings_characters_and_lifetimes_are_told_apart() {
    let source =
        Source::of("fn f<'a>(x: &'a str) { r#\"a \"b\" c\"#; '\"'; '\\''; b'x'; br\"y\"; bread }");
    assert_eq!(source.code.replace(' ', ""), "fnf<'a>(x:&'astr){;;;b;;bread}");
    let literals: Vec<&str> = source.literals().map(|(_, text)| text).collect();
    assert_eq!(literals, ["r#\"a \"b\" c\"#", "'\"'", "'\\''", "'x'", "br\"y\""]);
}

#[test]
fn only_the_item_under_cfg_test_is_left_out() {
    let source =
        Source::of("a\n#[cfg(test)]\nmod tests { fn b() { c } }\nd\n#[cfg(test)] use e;\nf")
            .without_tests();
    assert_eq!(source.code.split_whitespace().collect::<String>(), "adf");
}

#[test]
fn a_word_inside_another_is_not_found() {
    assert_eq!(lines_with_word("brand\nrand::x\nrandom", "rand"), [2]);
}
