//! Every route of the pinned API and every setting of the configuration file is in the reference.

use crate::repository::{expect_none, files, root};

const API_REFERENCE: &str = "docs/reference/api.md";
const API_PINNED: &str = "docs/reference/openapi.json";
const CONFIGURATION_REFERENCE: &str = "docs/reference/configuration.md";
/// Files whose structs are the configuration file, and the struct that is the whole of it.
const CONFIGURATION_SOURCES: [&str; 2] =
    ["crates/watchfire-server/src/settings", "crates/watchfire/src/config"];
const SETTINGS_ROOT: &str = "Settings";

/// The routes of an OpenAPI document, as `GET /api/v1/reports`.
fn routes(openapi: &serde_json::Value) -> Vec<String> {
    let methods = ["get", "post", "put", "patch", "delete"];
    let paths = openapi.get("paths").and_then(serde_json::Value::as_object);
    let paths = paths.expect("an OpenAPI document has paths");
    let of_path = |(path, item): (&String, &serde_json::Value)| -> Vec<String> {
        let present = methods.iter().filter(|method| item.get(**method).is_some());
        present.map(|method| format!("{} {path}", method.to_uppercase())).collect()
    };
    paths.iter().flat_map(of_path).collect()
}

fn route_problems(openapi: &serde_json::Value, reference: &str) -> Vec<String> {
    let undocumented = |route: &String| !reference.contains(&format!("`{route}`"));
    let missing = routes(openapi).into_iter().filter(undocumented);
    missing.map(|route| format!("{API_REFERENCE}: does not tell of `{route}`")).collect()
}

/// A struct that is read from a file: its name, and its public fields with their types.
struct SettingsStruct {
    name: String,
    fields: Vec<(String, String)>,
}

/// The structs of a source that derive `Deserialize`.
fn structs(source: &str) -> Vec<SettingsStruct> {
    let mut found: Vec<SettingsStruct> = Vec::new();
    let (mut derived, mut inside) = (false, false);
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[derive(") {
            derived = line.contains("Deserialize");
        } else if line.contains("struct ") && line.ends_with('{') {
            inside = derived;
            let name =
                line.split("struct ").nth(1).unwrap_or_default().trim_end_matches([' ', '{']);
            if inside {
                found.push(SettingsStruct { name: name.to_owned(), fields: Vec::new() });
            }
        } else if line == "}" {
            (derived, inside) = (false, false);
        } else if let (true, Some(last)) = (inside, found.last_mut()) {
            last.fields.extend(public_field(line));
        }
    }
    found
}

/// The name and type of `pub name: Type,`.
fn public_field(line: &str) -> Option<(String, String)> {
    let field = line.strip_prefix("pub ").or_else(|| line.strip_prefix("pub(crate) "))?;
    let (name, kind) = field.split_once(':')?;
    Some((name.trim_start_matches("r#").to_owned(), kind.trim().trim_end_matches(',').to_owned()))
}

/// The settings of a source by their names in the file: `listen`, `mail.host`.
fn settings(source: &str) -> Vec<String> {
    let structs = structs(source);
    let mut found = Vec::new();
    let mut open = vec![(SETTINGS_ROOT.to_owned(), String::new())];
    while let Some((name, prefix)) = open.pop() {
        let fields = structs.iter().find(|one| one.name == name).map(|one| &one.fields);
        for (field, kind) in fields.into_iter().flatten() {
            let nested = kind.trim_start_matches("Option<").trim_start_matches("Vec<");
            let nested = nested.trim_end_matches('>');
            let nested = structs.iter().find(|one| one.name == nested && !one.fields.is_empty());
            match nested {
                Some(nested) => open.push((nested.name.clone(), format!("{prefix}{field}."))),
                None => found.push(format!("{prefix}{field}")),
            }
        }
    }
    found
}

/// Settings that the reference leaves out, and rows of its tables without a setting.
fn setting_problems(source: &str, reference: &str) -> Vec<String> {
    let settings = settings(source);
    let rows = reference.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let rows: Vec<&str> = rows.collect();
    let missing = settings.iter().filter(|name| !rows.contains(&name.as_str()));
    let ghosts = rows.iter().filter(|row| !settings.iter().any(|name| name == *row));
    missing
        .map(|name| format!("{CONFIGURATION_REFERENCE}: no row for `{name}`"))
        .chain(ghosts.map(|row| format!("{CONFIGURATION_REFERENCE}: `{row}` is no setting")))
        .collect()
}

/// Reads a file of the repository by its path from the root.
pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_route_is_documented() {
    if !root().join(API_PINNED).exists() {
        let api = root().join("crates/watchfire-server/src/api");
        assert!(!api.exists(), "the API stands but {API_PINNED} is not pinned");
        return;
    }
    let openapi = serde_json::from_str(&read(API_PINNED)).expect("the pinned document is JSON");
    expect_none("routes", &route_problems(&openapi, &read(API_REFERENCE)));
}

#[test]
fn every_setting_is_documented() {
    let files = files();
    let is_source =
        |path: &str| CONFIGURATION_SOURCES.iter().any(|source| path.starts_with(source));
    let sources = files.iter().filter(|file| is_source(&file.path));
    let source: String = sources.map(|file| file.text.as_str()).collect();
    assert!(!settings(&source).is_empty(), "no setting found in {CONFIGURATION_SOURCES:?}");
    expect_none("settings", &setting_problems(&source, &read(CONFIGURATION_REFERENCE)));
}

#[cfg(test)]
mod proofs_that_the_checks_can_fail {
    use super::*;

    #[test]
    fn undocumented_routes_are_found() {
        let openapi = serde_json::json!({"paths": {"/api/v1/reports": {"get": {}, "post": {}}}});
        assert_eq!(route_problems(&openapi, "`POST /api/v1/reports` takes a report").len(), 1);
    }

    #[test]
    fn undocumented_settings_and_ghosts_are_found_by_their_full_names() {
        let source = "#[derive(Debug, Deserialize)]\n#[serde(default)]\npub struct Settings {\n    /// x: y\n    pub listen: SocketAddr,\n    pub mail: Option<MailSettings>,\n    pub feeds: Vec<FeedSettings>,\n}\n#[derive(Deserialize)]\npub struct FeedSettings {\n    pub url: String,\n}\n#[derive(Deserialize)]\npub struct MailSettings {\n    pub host: String,\n    private: u8,\n}\npub struct Other {\n    pub a: u8,\n}\n";
        assert_eq!(settings(source), ["listen", "feeds.url", "mail.host"]);
        let whole = "| `listen` | address |\n| `feeds.url` | where |\n| `mail.host` | relay |";
        assert!(setting_problems(source, whole).is_empty());
        assert_eq!(setting_problems(source, "| `listen` | `mail.host` |\n| `host` | x |").len(), 3);
    }
}
