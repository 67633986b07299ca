//! Of every problem: where it is, what is wrong, and what to do about it.

use watchfire_core::law::problem::Problem;

/// Checks that each problem names one of `files` and a place that is in it, and says something.
///
/// # Panics
/// Where one does not.
pub(crate) fn check(problems: &[Problem], files: &[(&str, &str)]) {
    for problem in problems {
        assert!(!problem.message.is_empty(), "no message: {problem:?}");
        assert!(!problem.code.is_empty(), "no code: {problem:?}");
        let Some((_, text)) = files.iter().find(|(path, _)| *path == problem.path) else {
            panic!("of no file that was read: {problem:?}");
        };
        let line = problem.line.checked_sub(1).and_then(|line| text.split('\n').nth(line));
        let line = line.unwrap_or_else(|| panic!("on no line of its file: {problem:?}"));
        let columns = 1..=line.chars().count() + 1;
        assert!(columns.contains(&problem.column), "in no column of its line: {problem:?}");
    }
}

#[cfg(test)]
mod proofs_that_the_check_can_fail {
    use super::*;

    fn problem(path: &str, line: usize, column: usize, message: &str) -> Vec<Problem> {
        let text = "x";
        let mut problem = Problem::at(path, text, 0..0, "value", message.to_owned(), "");
        (problem.line, problem.column) = (line, column);
        vec![problem]
    }

    #[test]
    fn a_problem_with_its_place_passes() {
        check(&problem("a.toml", 2, 3, "odd"), &[("a.toml", "x\n漏洞")]);
    }

    #[test]
    #[should_panic(expected = "on no line")]
    fn line_zero_is_found() {
        check(&problem("a.toml", 0, 1, "odd"), &[("a.toml", "x")]);
    }

    #[test]
    #[should_panic(expected = "in no column")]
    fn a_column_past_the_line_is_found() {
        check(&problem("a.toml", 1, 3, "odd"), &[("a.toml", "x")]);
    }

    #[test]
    #[should_panic(expected = "of no file")]
    fn another_file_is_found() {
        check(&problem("b.toml", 1, 1, "odd"), &[("a.toml", "x")]);
    }

    #[test]
    #[should_panic(expected = "no message")]
    fn silence_is_found() {
        check(&problem("a.toml", 1, 1, ""), &[("a.toml", "x")]);
    }
}
