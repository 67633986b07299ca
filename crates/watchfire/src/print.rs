//! What goes to the terminal: data to stdout, talk to stderr.

use std::io::{self, IsTerminal, Write};

use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle, presets};
use serde::Serialize;

use crate::exit::Failure;

/// Writes a failure to stderr: what happened, what lay behind it, what to do.
pub(crate) fn failure(failure: &Failure) {
    let mut err = io::stderr().lock();
    // Where stderr itself cannot be written, nobody is left to tell.
    let _ = writeln!(err, "error: {}", plain(&failure.message));
    let mut cause = failure.cause.as_deref().map(|cause| cause as &dyn std::error::Error);
    while let Some(error) = cause {
        let _ = writeln!(err, "  because: {}", plain(&error.to_string()));
        cause = error.source();
    }
    if let Some(hint) = &failure.hint {
        let _ = writeln!(err, "hint: {}", plain(hint));
    }
}

/// Says something to the person, on stderr.
pub(crate) fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", plain(text));
}

/// Writes data to stdout.
///
/// # Errors
/// A failure of the world if stdout cannot be written; a closed pipe is none.
pub(crate) fn data(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        // Whoever reads has seen enough, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written
            .map_err(|error| Failure::world("standard output cannot be written").because(error)),
    }
}

/// Writes data to stdout as JSON.
///
/// # Errors
/// As [`data`].
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::world("the answer cannot be written as JSON").because(error))?;
    data(&text)
}

/// Makes a table as wide as the terminal, or plain columns where nobody looks.
pub(crate) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.set_header(header.to_vec());
    if io::stdout().is_terminal() {
        ruled(&mut table).set_content_arrangement(ContentArrangement::Dynamic);
    } else {
        let rule = LineStyle::none().fill('─').junction('─');
        table.load_style(TableStyle::new().header_separator(rule));
    }
    table
}

/// Draws a line between the rows of a table, whose cells are broken into several lines.
pub(crate) fn ruled(table: &mut Table) -> &mut Table {
    table.load_style(presets::UTF8_HORIZONTAL_ONLY)
}

/// Breaks a text into lines of at most `width` columns, the first after `head`, the others under it.
///
/// Chinese breaks between any two signs; other words are kept whole where they fit.
pub(crate) fn wrapped(head: &str, text: &str, width: usize) -> String {
    let indent = " ".repeat(columns(head));
    let mut lines = vec![head.to_owned()];
    for piece in pieces(text) {
        let line = lines.last_mut().expect("there is always a line");
        let is_new = *line == indent || line.len() == head.len();
        if !is_new && columns(line.trim_end()) + columns(piece.trim_end()) > width {
            let kept = line.trim_end().len();
            line.truncate(kept);
            lines.push(format!("{indent}{}", piece.trim_start()));
        } else {
            line.push_str(piece);
        }
    }
    lines.join("\n")
}

/// Splits a text where a line may be broken: after spaces, and around wide signs.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, sign) in text.char_indices() {
        let closes = "，。；：！？、）》”’".contains(sign);
        let begins = is_wide(sign) && !closes;
        let after_break =
            text[..at].ends_with(' ') || text[..at].chars().last().is_some_and(is_wide);
        if at > start && (begins || (after_break && sign != ' ' && !closes)) {
            pieces.push(&text[start..at]);
            start = at;
        }
    }
    pieces.push(&text[start..]);
    pieces
}

/// Counts the columns that a terminal gives to a text: two for a wide sign.
fn columns(text: &str) -> usize {
    text.chars().map(|sign| if is_wide(sign) { 2 } else { 1 }).sum()
}

/// Han signs, their punctuation and full-width forms.
fn is_wide(sign: char) -> bool {
    matches!(sign, '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{20000}'..='\u{3fffd}')
}

/// Takes control signs and changes of direction out of a text that others wrote, so that it cannot
/// move the cursor or pretend to be something else.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|sign| match sign {
            '\n' | '\t' => sign,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            _ if sign.is_control() => '\u{fffd}',
            _ => sign,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{columns, plain, wrapped};

    #[test]
    fn a_text_is_broken_between_words_and_between_han_signs() {
        assert_eq!(wrapped("> ", "one two three", 9), "> one two\n  three");
        assert_eq!(wrapped("", "漏洞信息，报送", 8), "漏洞信\n息，报送");
        assert_eq!(columns("a漏"), 3);
        assert_eq!(wrapped("", "unbreakable", 4), "unbreakable");
    }

    #[test]
    fn a_text_of_others_cannot_move_the_cursor() {
        assert_eq!(plain("a\u{1b}[2Jb\u{9b}c\u{202e}d\ne"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\ne");
        assert_eq!(plain("漏洞"), "漏洞");
    }
}
