//! Problems of files of law, as a compiler tells them: place, line, what is wrong, what to do.

use std::io::IsTerminal;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use watchfire_core::law::lint;
use watchfire_core::law::problem::Problem;

use super::packs::Folder;
use crate::exit::InFile;
use crate::print;

/// So many problems are drawn; whoever has more is told their number.
pub(super) const DRAWN_MAX: usize = 500;

/// A file, as it is named to the person, and its text.
pub(super) struct Source<'a> {
    pub(super) path: String,
    pub(super) text: &'a str,
}

/// A problem as it is drawn, whoever found it.
struct Drawn<'p> {
    line: usize,
    column: usize,
    code: &'p str,
    message: &'p str,
    hint: &'p str,
}

impl Drawn<'_> {
    fn in_source(&self, source: &Source<'_>, styled: bool) -> String {
        let level = if lint::is_missing(self.code) { Level::WARNING } else { Level::ERROR };
        let line = self.line_of(source.text);
        // The one line alone: drawing a problem costs the same in a file of any length.
        let snippet = Snippet::source(line)
            .line_start(self.line)
            .path(source.path.as_str())
            .annotation(AnnotationKind::Primary.span(self.span_of(line)));
        let mut report = level.primary_title(self.message).id(self.code).element(snippet);
        if !self.hint.is_empty() {
            report = report.element(Level::HELP.message(self.hint));
        }
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[report])
    }

    /// The line in which it stands; empty past the end.
    fn line_of<'t>(&self, text: &'t str) -> &'t str {
        text.split('\n').nth(self.line.saturating_sub(1)).unwrap_or_default().trim_end()
    }

    /// From its place to the end of its line, in bytes of the line.
    fn span_of(&self, line: &str) -> Range<usize> {
        let column = line.char_indices().nth(self.column.saturating_sub(1));
        column.map_or(line.len(), |(at, _)| at)..line.len()
    }
}

/// Draws one problem in its source.
pub(super) fn draw(problem: &Problem, source: &Source<'_>, styled: bool) -> String {
    let Problem { line, column, code, message, hint, .. } = problem;
    Drawn { line: *line, column: *column, code, message, hint }.in_source(source, styled)
}

/// Tells problems on stderr.
pub(super) fn say<'a>(problems: &[Problem], source: impl Fn(&str) -> Source<'a>) {
    let styled = std::io::stderr().is_terminal();
    tell(problems.len(), problems.iter().map(|it| draw(it, &source(&it.path), styled)));
}

/// Tells on stderr what a node found wrong in files that it was sent.
pub(super) fn say_of_node(problems: &[InFile], sent: Option<&Folder>) {
    let styled = std::io::stderr().is_terminal();
    let drawn = problems.iter().map(|one| {
        let InFile { path, line, column, code, message, hint } = one;
        let source = match sent {
            Some(folder) => folder.source(path),
            None => Source { path: path.clone(), text: "" },
        };
        // What others wrote is not to speak to the terminal.
        let (code, message, hint) = (print::plain(code), print::plain(message), print::plain(hint));
        let (code, message, hint) = (code.as_str(), message.as_str(), hint.as_str());
        Drawn { line: *line, column: *column, code, message, hint }.in_source(&source, styled)
    });
    tell(problems.len(), drawn);
}

fn tell(count: usize, drawn: impl Iterator<Item = String>) {
    use std::io::Write;
    let mut err = std::io::stderr().lock();
    for one in drawn.take(DRAWN_MAX) {
        // Where stderr itself cannot be written, nobody is left to tell.
        let _ = writeln!(err, "{one}\n");
    }
    if let Some(more) = more(count) {
        let _ = writeln!(err, "{more}\n");
    }
}

/// What is said of the problems that are not drawn.
pub(super) fn more(count: usize) -> Option<String> {
    let more = count.checked_sub(DRAWN_MAX).filter(|more| *more > 0)?;
    Some(format!("and {more} more problems; mend these first"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(line: usize, column: usize, code: &'static str) -> Problem {
        let (message, hint) = ("`x` is wrong".to_owned(), "write `y`".to_owned());
        Problem { path: "a/law.toml".to_owned(), line, column, code, message, hint }
    }

    #[test]
    fn a_problem_is_drawn_where_it_stands() {
        let source = Source { path: "a/law.toml".to_owned(), text: "one = 1\n漏洞 = x\n" };
        insta::assert_snapshot!(draw(&problem(2, 6, "value"), &source, false));
        let missing = draw(&problem(1, 1, "missing_source"), &source, false);
        assert!(missing.starts_with("warning[missing_source]"), "{missing}");
    }

    #[test]
    fn of_very_many_problems_the_rest_is_counted() {
        assert_eq!(more(DRAWN_MAX), None);
        assert_eq!(more(0), None);
        assert_eq!(more(DRAWN_MAX + 3), Some("and 3 more problems; mend these first".to_owned()));
    }

    #[test]
    fn a_place_outside_of_the_text_is_its_end() {
        for (line, column) in [(9, 1), (1, 99), (3, 1)] {
            let source = Source { path: "a".to_owned(), text: "one = 1\ntwo = 2\n" };
            assert!(draw(&problem(line, column, "value"), &source, false).contains("`x` is wrong"));
        }
        let empty = Source { path: "a".to_owned(), text: "" };
        assert!(draw(&problem(1, 1, "value"), &empty, false).contains("`x` is wrong"));
    }
}
