//! Reads a password: from the terminal without showing it, or from standard input.

use std::io::{self, BufRead, IsTerminal, Write};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::exit::Failure;

/// A line with a password is at most so long, in bytes.
const LINE_BYTES_MAX: u64 = 4096;

/// Reads a password. It never comes as an argument, where every process could see it.
///
/// # Errors
/// A failure of the request where nobody can be asked, or the two entries differ.
pub(crate) fn read(from_stdin: bool) -> Result<String, Failure> {
    if from_stdin {
        return line();
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::request("there is no terminal to ask for the password")
            .hint("give it on standard input, with `--password-stdin`"));
    }
    let first = ask("password: ")?;
    if ask("once more: ")? != first {
        return Err(Failure::request("the two passwords differ"));
    }
    Ok(first)
}

/// Shows the prompt and reads a line that the terminal does not show.
fn ask(prompt: &str) -> Result<String, Failure> {
    let hidden = Hidden::begin()?;
    // A prompt that cannot be written is no reason to refuse the password.
    let _ = write!(io::stderr(), "{prompt}").and_then(|()| io::stderr().flush());
    let line = line();
    drop(hidden);
    let _ = writeln!(io::stderr());
    line
}

fn line() -> Result<String, Failure> {
    let mut text = String::new();
    io::Read::take(io::stdin().lock(), LINE_BYTES_MAX)
        .read_line(&mut text)
        .map_err(|error| Failure::request("the password cannot be read").because(error))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// While it lives, the terminal does not show what is typed.
struct Hidden(Termios);

impl Hidden {
    fn begin() -> Result<Self, Failure> {
        let cannot =
            |error| Failure::world("the terminal cannot hide what is typed").because(error);
        let before = tcgetattr(io::stdin()).map_err(cannot)?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet).map_err(cannot)?;
        Ok(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // Where the terminal has gone, there is nothing to bring back.
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
    }
}
