//! Every route of the pinned API and every setting of the configuration file is in the reference.

use crate::repository::{expect_none, files, root};

const API_REFERENCE: &str = "docs/reference/api.md";
const API_PINNED: &str = "docs/reference/openapi.json";
const CONFIGURATION_REFERENCE: &str = "docs/reference/configuration.md";
const CONFIGURATION_SOURCE: &str = "crates/watchfire/src/config";

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

/// The fields of the structs of a source that are read from a file: those that derive `Deserialize`.
fn settings(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut derived = false;
    let mut inside = false;
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[derive(") {
            derived = line.contains("Deserialize");
        } else if line.contains("struct ") && line.ends_with('{') {
            inside = derived;
        } else if line == "}" {
            inside = false;
            derived = false;
        } else if inside && !line.starts_with(['/', '#']) {
            let field = line.trim_start_matches("pub ").trim_start_matches("pub(crate) ");
            found.extend(
                field.split_once(':').map(|(name, _)| name.trim_start_matches("r#").to_owned()),
            );
        }
    }
    found
}

fn setting_problems(source: &str, reference: &str) -> Vec<String> {
    let undocumented = |setting: &String| !reference.contains(&format!("`{setting}`"));
    let missing = settings(source).into_iter().filter(undocumented);
    missing.map(|name| format!("{CONFIGURATION_REFERENCE}: does not tell of `{name}`")).collect()
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
    let sources = files.iter().filter(|file| file.path.starts_with(CONFIGURATION_SOURCE));
    let source: String = sources.map(|file| file.text.as_str()).collect();
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
    fn undocumented_settings_are_found() {
        let source = "#[derive(Debug, Deserialize)]\npub(crate) struct Config {\n    /// x: y\n    #[serde(default)]\n    pub(crate) listen: SocketAddr,\n    pub data: PathBuf,\n}\nstruct Other {\n    a: u8,\n}\n";
        assert_eq!(settings(source), ["listen", "data"]);
        assert_eq!(setting_problems(source, "`listen` is the address").len(), 1);
    }
}
