//! The tools of PostgreSQL, which make and read its logical copies.

use std::path::Path;
use std::process::Command;

use crate::exit::Failure;

/// Takes the password out of `postgres://user:password@host/…`, since other processes see the
/// arguments of a command.
pub(crate) fn without_password(url: &str) -> (String, Option<String>) {
    let parts = url.split_once("://").and_then(|(scheme, rest)| {
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (user, host) = authority.rsplit_once('@')?;
        let (user, password) = user.split_once(':')?;
        Some((format!("{scheme}://{user}@{host}{path}"), password.to_owned()))
    });
    match parts {
        Some((url, password)) => (url, Some(percent_decoded(&password))),
        None => (url.to_owned(), None),
    }
}

fn percent_decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (first, byte) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Copies a database into a file.
///
/// # Errors
/// A failure of the world.
pub(crate) fn dump(url: &str, file: &Path) -> Result<(), Failure> {
    let mut command = Command::new("pg_dump");
    command.args(["--format=custom", "--no-owner", "--no-privileges", "--file"]).arg(file);
    run(command, "--dbname", url)
}

/// Brings a copy back into an empty database, whole or not at all.
///
/// # Errors
/// A failure of the world.
pub(crate) fn restore(url: &str, file: &Path) -> Result<(), Failure> {
    let mut command = Command::new("pg_restore");
    command.args(["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]);
    command.arg(file);
    run(command, "--dbname", url)
}

fn run(mut command: Command, flag: &str, url: &str) -> Result<(), Failure> {
    let (url, password) = without_password(url);
    command.arg(flag).arg(url);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let name = command.get_program().to_string_lossy().into_owned();
    let ended = command.status().map_err(|error| {
        Failure::world(format!("`{name}` cannot be run")).because(error).hint(
            "install the client programs of PostgreSQL, of the server's version or a later one",
        )
    })?;
    if ended.success() {
        return Ok(());
    }
    Err(Failure::world(format!("`{name}` failed: {ended}")).hint("its own message stands above"))
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_never_becomes_an_argument() {
        for (given, url, password) in [
            ("postgres://w:p%40s:s@h:5/d?x=y", "postgres://w@h:5/d?x=y", Some("p@s:s")),
            ("postgres://w@h/d", "postgres://w@h/d", None),
            ("postgres://h:5432/d", "postgres://h:5432/d", None),
            ("postgres:///d", "postgres:///d", None),
        ] {
            assert_eq!(
                without_password(given),
                (url.to_owned(), password.map(str::to_owned)),
                "{given}"
            );
        }
    }
}
