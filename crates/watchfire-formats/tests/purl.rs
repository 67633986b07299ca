//! Package URLs against the suite of their specification.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;
use watchfire_formats::purl::{Parts, Purl};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/purl").join(name)
}

/// The JSON of every file of a folder, in the order of their names, plain or as gzip.
fn documents(name: &str) -> Vec<(String, Value)> {
    let entries = std::fs::read_dir(folder(name)).expect("the folder is there");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.sort();
    let document = |path: PathBuf| {
        let bytes = std::fs::read(&path).expect("readable");
        let mut text = Vec::new();
        if path.extension().is_some_and(|ending| ending == "gz") {
            let mut decoder = flate2::read::GzDecoder::new(bytes.as_slice());
            decoder.read_to_end(&mut text).expect("sound gzip");
        } else {
            text = bytes;
        }
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        (name, serde_json::from_slice(&text).expect("JSON"))
    };
    paths.into_iter().map(document).collect()
}

fn parts(value: &Value) -> Parts {
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    let qualifiers = value["qualifiers"].as_object().into_iter().flatten();
    let qualifier =
        |(key, value): (&String, &Value)| (key.clone(), value.as_str().expect("a text").to_owned());
    Parts {
        kind: text("type").unwrap_or_default(),
        namespace: text("namespace"),
        name: text("name").unwrap_or_default(),
        version: text("version"),
        qualifiers: qualifiers.map(qualifier).collect(),
        subpath: text("subpath"),
    }
}

fn parts_of(purl: &Purl) -> Parts {
    let pairs = purl.qualifiers().iter();
    let text = |text: Option<&str>| text.map(str::to_owned);
    Parts {
        kind: purl.kind().to_owned(),
        namespace: text(purl.namespace()),
        name: purl.name().to_owned(),
        version: text(purl.version()),
        qualifiers: pairs.map(|(key, value)| (key.clone(), value.clone())).collect(),
        subpath: text(purl.subpath()),
    }
}

/// What the suite wants and we do not do, each with the reason.
const DEVIATIONS: [(&str, &str); 2] = [
    (
        "pkg:gem/jruby-launcher@1.1.2?Platform=java",
        "refused when parsed, and brought into small letters when validated: we do the latter",
    ),
    (
        "pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25",
        "refused when parsed, and brought into small letters when validated: we do the latter",
    ),
];

fn deviates(case: &Value) -> bool {
    let input = case["input"].as_str();
    let known = DEVIATIONS.iter().any(|(text, _)| Some(*text) == input);
    known && case["test_type"] == "parse" && case["expected_failure"] == true
}

#[test]
fn every_case_of_the_suite_comes_out() {
    let (mut cases, mut deviating, mut wrong) = (0, 0, Vec::new());
    for (file, suite) in documents("tests/spec").into_iter().chain(documents("tests/types")) {
        for case in suite["tests"].as_array().expect("a suite has tests") {
            cases += 1;
            let (input, wanted) = (&case["input"], &case["expected_output"]);
            let refused = case["expected_failure"] == true;
            let parse = || input.as_str().expect("a text").parse::<Purl>();
            let (ours, theirs) = match case["test_type"].as_str().expect("a kind") {
                "parse" => {
                    let mut wanted = parts(wanted);
                    wanted.qualifiers.sort();
                    let ours = parse().map(|purl| format!("{:?}", parts_of(&purl)));
                    (ours, format!("{wanted:?}"))
                }
                "build" => {
                    let built = Purl::build(parts(input)).map(|purl| purl.to_string());
                    (built, wanted.as_str().unwrap_or_default().to_owned())
                }
                "validate" => {
                    let canonical = parse().map(|purl| purl.to_string());
                    (canonical, wanted.as_str().unwrap_or_default().to_owned())
                }
                other => panic!("{file}: a case of the kind `{other}`"),
            };
            let fine = match &ours {
                Ok(ours) => !refused && *ours == theirs,
                Err(_) => refused,
            };
            if deviates(case) {
                deviating += 1;
                assert!(!fine, "{input} is said to deviate, and does not");
            } else if !fine {
                wrong.push(format!("{file}: {input}: {ours:?}, not {theirs}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {cases}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((cases, deviating), (408, DEVIATIONS.len()));
}

/// The table of types says what their definitions say.
#[test]
fn every_definition_of_a_type_is_held() {
    let definitions = documents("types");
    assert_eq!(definitions.len(), 42);
    for (file, definition) in definitions {
        let kind = definition["type"].as_str().expect("a type");
        let example = definition["examples"][0].as_str().expect("an example");
        let purl: Purl = example.parse().unwrap_or_else(|error| panic!("{file}: {error}"));
        let with = |namespace: Option<&str>| {
            let parts = Parts { namespace: namespace.map(str::to_owned), ..parts_of(&purl) };
            Purl::build(parts).is_ok()
        };
        let requirement = definition["namespace_definition"]["requirement"].as_str();
        assert_eq!(with(None), requirement != Some("required"), "{file}: {kind} without");
        assert_eq!(with(Some("some")), requirement != Some("prohibited"), "{file}: {kind} with");
        for qualifier in definition["qualifiers_definition"].as_array().into_iter().flatten() {
            let key = qualifier["key"].as_str().expect("a key");
            let mut parts = parts_of(&purl);
            parts.qualifiers.retain(|(name, _)| name != key);
            let required = qualifier["requirement"] == "required";
            assert_eq!(Purl::build(parts).is_err(), required, "{file}: without `{key}`");
        }
    }
}
