//! Reads the settings: defaults, then the file, then the environment and the flags.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use watchfire_server::settings::Settings;

use crate::cli::Place;
use crate::exit::Failure;
use crate::{postgres, print};

/// A settings file is at most so long, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// The folder in the user's state folder.
const FOLDER: &str = "watchfire";

/// Reads the settings of the node at `place`.
///
/// # Errors
/// A failure of the request: a file that cannot be read, a key that nobody knows, a setting that
/// cannot be used.
pub(crate) fn read(place: &Place) -> Result<Settings, Failure> {
    let mut settings = match &place.config {
        Some(file) => from_file(file)?,
        None => Settings { data: PathBuf::new(), ..Settings::default() },
    };
    if let Some(data) = &place.data {
        settings.data.clone_from(data);
    }
    if settings.data.as_os_str().is_empty() {
        settings.data = state_folder()?;
    }
    if let Some(database) = &place.database {
        settings.database = Some(database.clone());
    }
    // The address itself is not told again: it may hold a password.
    let is_known =
        |url: &str| ["postgres://", "postgresql://"].iter().any(|it| url.starts_with(it));
    if settings.database.as_deref().is_some_and(|url| !is_known(url)) {
        return Err(Failure::request(
            "the address of the database does not begin with `postgres://`",
        )
        .hint("leave it out for the embedded database in the data folder"));
    }
    Ok(settings)
}

/// Checks what no single setting can know.
///
/// # Errors
/// A failure of the request.
pub(crate) fn check(settings: &Settings) -> Result<(), Failure> {
    settings.check().map_err(|error| Failure::request(error.to_string()))
}

fn from_file(file: &Path) -> Result<Settings, Failure> {
    let cannot = |error: io::Error| {
        Failure::request(format!("the settings file `{}` cannot be read", file.display()))
            .because(error)
            .hint("name another with `--config`")
    };
    if fs::metadata(file).map_err(cannot)?.len() > FILE_BYTES_MAX {
        return Err(Failure::request(format!(
            "the settings file `{}` is longer than {FILE_BYTES_MAX} bytes",
            file.display()
        )));
    }
    let text = fs::read_to_string(file).map_err(cannot)?;
    parse(&file.display().to_string(), &text)
}

/// Reads the text of a settings file. A data folder that it does not name stays empty.
fn parse(path: &str, text: &str) -> Result<Settings, Failure> {
    let wrong = |error: toml::de::Error| {
        print::say(&snippet(path, text, &error));
        Failure::request(format!("the settings file `{path}` is not usable"))
            .hint("`docs/reference/configuration.md` describes every setting")
    };
    let mut settings: Settings = toml::from_str(text).map_err(wrong)?;
    let table: toml::Table = toml::from_str(text).map_err(wrong)?;
    if !table.contains_key("data") {
        settings.data = PathBuf::new();
    }
    Ok(settings)
}

/// Returns the text of a settings file without the password that the address of a database holds.
///
/// # Errors
/// A failure of the request for a file that cannot be read.
pub(crate) fn without_secrets(file: &Path) -> Result<String, Failure> {
    let cannot = || Failure::request(format!("`{}` cannot be read", file.display()));
    let text = fs::read_to_string(file).map_err(|error| cannot().because(error))?;
    let mut table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| cannot().because(error))?;
    if let Some(toml::Value::String(url)) = table.get_mut("database") {
        *url = postgres::without_password(url).0;
    }
    toml::to_string_pretty(&table).map_err(|error| cannot().because(error))
}

/// Shows what is wrong in its place, with line and column.
fn snippet(path: &str, text: &str, error: &toml::de::Error) -> String {
    let span = error.span().unwrap_or(0..0);
    let place = Snippet::source(text).path(path).annotation(AnnotationKind::Primary.span(span));
    let report = [Level::ERROR.primary_title(error.message()).element(place)];
    Renderer::plain().render(&report)
}

/// Returns the folder of a user who names none: by the XDG base directories, or in the home.
fn state_folder() -> Result<PathBuf, Failure> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")));
    state.map(|state| state.join(FOLDER)).ok_or_else(|| {
        Failure::request("there is no state folder, since neither XDG_STATE_HOME nor HOME is set")
            .hint("name the data folder with `--data`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_shown_with_its_line_and_column() {
        let text = "listen = \"127.0.0.1:1\"\nlisten_on = 3\n";
        assert!(parse("w.toml", text).is_err());
        let error = toml::from_str::<Settings>(text).expect_err("the key is unknown");
        let shown = snippet("w.toml", text, &error);
        assert!(shown.contains("w.toml:2:1"), "{shown}");
        assert!(shown.contains("listen_on"), "{shown}");
    }

    #[test]
    fn a_flag_is_stronger_than_the_file_and_the_file_than_the_default() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("w.toml");
        fs::write(&file, "data = \"/from/file\"\n[limits]\nreports_per_hour_max = 7\n")
            .expect("a file");
        let by_file = Place { config: Some(file), ..Place::default() };
        let settings = read(&by_file).expect("fine settings");
        assert_eq!(settings.data, Path::new("/from/file"));
        assert_eq!(settings.limits.reports_per_hour_max, 7);
        let by_flag = Place { data: Some("/from/flag".into()), ..by_file.clone() };
        assert_eq!(read(&by_flag).expect("fine settings").data, Path::new("/from/flag"));
        let other = Place { database: Some("mysql://db/x".into()), ..by_file.clone() };
        assert_eq!(read(&other).expect_err("another engine").exit, crate::exit::Exit::Request);
        let missing = Place { config: Some("/no/such/file".into()), ..Place::default() };
        assert_eq!(read(&missing).expect_err("no file").exit, crate::exit::Exit::Request);
    }
}
