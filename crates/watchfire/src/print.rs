//! What goes to the terminal: data to stdout, talk to stderr.

use std::io::{self, IsTerminal, Write};

use comfy_table::{ContentArrangement, Table, presets};
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
/// A failure of the world if stdout is closed.
pub(crate) fn data(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(|error| Failure::world("standard output cannot be written").because(error))
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
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(header.to_vec());
    if io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table
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
    use super::plain;

    #[test]
    fn a_text_of_others_cannot_move_the_cursor() {
        assert_eq!(plain("a\u{1b}[2Jb\u{9b}c\u{202e}d\ne"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\ne");
        assert_eq!(plain("漏洞"), "漏洞");
    }
}
