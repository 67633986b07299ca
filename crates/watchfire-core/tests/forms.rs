//! The forms of `laws`, all of them, and what they count.

use std::path::{Path, PathBuf};

use watchfire_core::law::form::{FieldId, Form, Need, Values};

fn laws() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../laws")
}

fn form(path: &str) -> Form {
    let text = std::fs::read_to_string(laws().join(path)).expect(path);
    Form::load(path, &text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// Paths of every form, from `laws` on.
fn paths() -> Vec<String> {
    let mut paths = Vec::new();
    for law in std::fs::read_dir(laws()).expect("laws is there") {
        let law = law.expect("an entry").file_name().into_string().expect("an ASCII name");
        let Ok(forms) = std::fs::read_dir(laws().join(&law).join("forms")) else { continue };
        for form in forms {
            let name = form.expect("an entry").file_name().into_string().expect("an ASCII name");
            paths.push(format!("{law}/forms/{name}"));
        }
    }
    paths.sort();
    paths
}

#[test]
fn every_form_loads_and_is_called_as_its_file() {
    let paths = paths();
    assert!(paths.len() >= 6, "{paths:?}");
    for path in paths {
        assert!(path.ends_with(&format!("/{}.toml", form(&path).id)), "{path}");
    }
}

#[test]
fn the_ministry_asks_for_six_things() {
    let form = form("cn-rmsv/forms/vulnerability-report.toml");
    let empty = form.completeness(0, &Values::new());
    assert_eq!(empty.required_now.total, 6);
    assert_eq!(empty.missing.len(), 6);
    let values = form
        .asked(0)
        .filter(|(_, need)| *need == Need::Required)
        .map(|(field, _)| (field.id.clone(), "已填写".to_owned()))
        .collect();
    assert!(form.completeness(0, &values).is_complete());
}

/// Needs of ENISA's table, one sign a stage: A X C O I, or `-` where it is not asked.
fn row(form: &Form, id: &str) -> String {
    let field = form.fields.iter().find(|field| field.id == FieldId(id.into())).expect(id);
    let sign = |need: &Option<Need>| match need {
        Some(Need::Automatic) => 'A',
        Some(Need::Required) => 'X',
        Some(Need::Copied) => 'C',
        Some(Need::Optional) => 'O',
        Some(Need::IfAvailable) => 'I',
        None => '-',
    };
    field.needs.iter().map(sign).collect()
}

#[test]
fn the_platform_asks_stage_by_stage_as_its_table_says() {
    let vulnerability = form("eu-cra/forms/vulnerability.toml");
    for (id, needs) in [
        ("notification-type", "XCC"),
        ("notification-level", "XXX"),
        ("reporter", "AAA"),
        ("product-type", "OCC"),
        ("member-states", "ICC"),
        ("cve-id", "OCC"),
        ("nature-of-exploit", "OXC"),
        ("sensitivity", "OIC"),
        ("exceptional-circumstances", "-O-"),
        ("measure-available-on", "OOX"),
        ("malicious-actor", "OOI"),
    ] {
        assert_eq!(row(&vulnerability, id), needs, "{id}");
    }
    assert_eq!(vulnerability.stage_of("eu-cra/14.2.b"), Some(1));
    assert_eq!(vulnerability.stage_of("eu-cra/14.4.b"), None);
    let incident = form("eu-cra/forms/incident.toml");
    for (id, needs) in [
        ("suspected-unlawful", "XCC"),
        ("detected-at", "OXC"),
        ("severity", "OOX"),
        ("root-cause", "OOX"),
    ] {
        assert_eq!(row(&incident, id), needs, "{id}");
    }
    assert_eq!(incident.stage_of("eu-cra/14.4.c"), Some(2));
}

#[test]
fn an_early_warning_needs_five_answers_and_a_final_report_all_that_was_ever_required() {
    let form = form("eu-cra/forms/vulnerability.toml");
    let required = |stage| form.completeness(stage, &Values::new()).required_now.total;
    assert_eq!(required(0), 5);
    assert_eq!(required(1), 10);
    assert_eq!(required(2), 13);
    let early = form.completeness(0, &Values::new());
    assert_eq!((early.later.total, early.if_available.total), (8, 1));
}

/// Every provision that names a form: its law, its id, the form.
fn named_forms() -> Vec<(String, String, String)> {
    let mut named = Vec::new();
    for law in std::fs::read_dir(laws()).expect("laws is there") {
        let law = law.expect("an entry").path();
        let Ok(text) = std::fs::read_to_string(law.join("law.toml")) else { continue };
        let pack: toml::Table = text.parse().expect("a pack");
        let text_of = |table: &toml::Value, key: &str| {
            table.get(key).and_then(toml::Value::as_str).map(str::to_owned)
        };
        let id = pack["id"].as_str().expect("a law id");
        for provision in pack["provision"].as_array().expect("provisions") {
            let Some(form) = text_of(provision, "form") else { continue };
            let provision = text_of(provision, "id").expect("a provision id");
            named.push((id.to_owned(), provision, form));
        }
    }
    named
}

#[test]
fn a_provision_that_names_a_form_is_met_by_a_stage_of_it_and_the_other_way_round() {
    let named = named_forms();
    assert!(named.len() >= 5, "{named:?}");
    for (law, provision, id) in &named {
        let form = form(&format!("{law}/forms/{id}.toml"));
        assert!(form.stage_of(provision).is_some(), "{provision} has no stage in {id}");
        for stage in form.stages.iter().flat_map(|stage| &stage.provisions) {
            let back = (law.clone(), stage.clone(), id.clone());
            assert!(named.contains(&back), "{stage} does not name {id}");
        }
    }
}

#[test]
fn a_steward_sends_the_form_of_a_manufacturer() {
    let form = form("eu-cra/forms/vulnerability.toml");
    assert_eq!(form.stage_of("eu-cra/24.3.b"), form.stage_of("eu-cra/14.2.b"));
    let incident = self::form("eu-cra/forms/incident.toml");
    assert_eq!(incident.stage_of("eu-cra/24.3.incident.c"), Some(2));
}

#[test]
fn where_no_contents_are_prescribed_nothing_is_required() {
    let form = form("cn-ndsr/forms/risk-report.toml");
    assert_eq!(form.completeness(0, &Values::new()).required_now.total, 0);
    let amendment = self::form("us-sec-8k/forms/item-1-05.toml");
    let missing = amendment.completeness(1, &Values::new()).missing;
    assert!(missing.contains(&FieldId("determined-since".into())), "{missing:?}");
}
