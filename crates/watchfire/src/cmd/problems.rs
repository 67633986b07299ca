//! Problems of files of law, as a compiler tells them: place, line, what is wrong, what to do.

use std::io::IsTerminal;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use watchfire_core::law::lint;
use watchfire_core::law::problem::Problem;

/// So many problems are drawn; whoever has more is told their number.
pub(super) const DRAWN_MAX: usize = 500;

/// A file, as it is named to the person, and its text.
pub(super) struct Source<'a> {
    pub(super) path: String,
    pub(super) text: &'a str,
}

/// Draws one problem in its source.
pub(super) fn draw(problem: &Problem, source: &Source<'_>, styled: bool) -> String {
    let level = if lint::is_missing(problem.code) { Level::WARNING } else { Level::ERROR };
    let line = line_of(problem, source.text);
    // The one line alone: drawing a problem costs the same in a file of any length.
    let snippet = Snippet::source(line)
        .line_start(problem.line)
        .path(source.path.as_str())
        .annotation(AnnotationKind::Primary.span(span_of(problem, line)));
    let mut report =
        level.primary_title(problem.message.as_str()).id(problem.code).element(snippet);
    if !problem.hint.is_empty() {
        report = report.element(Level::HELP.message(problem.hint.as_str()));
    }
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[report])
}

/// Tells problems on stderr.
pub(super) fn say<'a>(problems: &[Problem], source: impl Fn(&str) -> Source<'a>) {
    use std::io::Write;
    let err = std::io::stderr();
    let styled = err.is_terminal();
    let mut err = err.lock();
    for problem in problems.iter().take(DRAWN_MAX) {
        // Where stderr itself cannot be written, nobody is left to tell.
        let _ = writeln!(err, "{}\n", draw(problem, &source(&problem.path), styled));
    }
    if let Some(more) = more(problems.len()) {
        let _ = writeln!(err, "{more}\n");
    }
}

/// What is said of the problems that are not drawn.
pub(super) fn more(count: usize) -> Option<String> {
    let more = count.checked_sub(DRAWN_MAX).filter(|more| *more > 0)?;
    Some(format!("and {more} more problems; mend these first"))
}

/// The line in which a problem stands; empty past the end.
fn line_of<'t>(problem: &Problem, text: &'t str) -> &'t str {
    text.split('\n').nth(problem.line.saturating_sub(1)).unwrap_or_default().trim_end()
}

/// From the place of a problem to the end of its line, in bytes of the line.
fn span_of(problem: &Problem, line: &str) -> Range<usize> {
    let column = line.char_indices().nth(problem.column.saturating_sub(1));
    column.map_or(line.len(), |(at, _)| at)..line.len()
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
