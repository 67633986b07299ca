//! `watchfire law roles`: questions, answers, and what they say.

use crate::{code, errors, json, row, run};

#[test]
fn roles_are_found_by_questions_and_make_a_map() {
    let given = "\"place/EU\" = \"yes\"\n\"place/CN\" = \"no\"\n\"eu-cra/manufacturer\" = \"not-sure\"\n\
                 \"eu-cra/member-state\" = \"BE\"\n";
    let output = run(&["law", "roles", "--answers", "-", "--json"], given);
    assert_eq!(code(&output), 0, "{}", errors(&output));
    let found = json(&output);
    assert_eq!(found["roles"], serde_json::json!(["eu-cra/manufacturer"]));
    assert_eq!(found["unsure"], found["roles"], "not sure stays proposed, and is marked");
    assert_eq!(found["reasons"][0]["cites"][0], "Article 3(13)");
    assert_eq!(found["not_asked"]["cn-rmsv/provider"], "place/CN");
    let contradicted = format!("{given}\"cn-rmsv/provider\" = \"yes\"\n");
    let refused = run(&["law", "roles", "--answers", "-"], &contradicted);
    assert_eq!(code(&refused), 2);
    assert!(errors(&refused).contains("is answered with no"), "{}", errors(&refused));
    let profile = String::from_utf8_lossy(&output.stdout).into_owned();
    let map = run(&["law", "map", "--profile", "-", "--day", "2026-11-30", "--json"], &profile);
    assert_eq!(row(&json(&map), "eu-cra/14.2.a")["verdict"], "owed");

    let typed = run(&["law", "roles"], "n\nmaybe\ny\n?\n");
    assert_eq!(code(&typed), 0, "{}", errors(&typed));
    assert!(errors(&typed).contains("`maybe` is no answer"), "{}", errors(&typed));
    let wrong = run(&["law", "roles", "--answers", "-"], "\"eu-cra/manufacturer\" = \"perhaps\"\n");
    assert_eq!(code(&wrong), 2);
    assert!(errors(&wrong).contains("cannot be answered with `perhaps`"), "{}", errors(&wrong));
}

#[test]
fn an_answer_that_contradicts_another_is_told_and_asked_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("answers.toml");
    std::fs::write(&file, "\"cn-rmsv/provider\" = \"yes\"\n").expect("answers");
    let answers = file.to_str().expect("a path");
    let typed = |input: &str| run(&["law", "roles", "--answers", answers], input);
    // The first question is whether mainland China concerns us at all.
    let refused = typed("n\n");
    assert_eq!(code(&refused), 2, "what was refused last is not left out in silence");
    let told = errors(&refused);
    assert!(told.contains("is answered with yes, although “Do you have"), "{told}");
    assert!(told.contains("answer to `place/CN` that cannot stand"), "{told}");
    assert!(refused.stdout.is_empty(), "nothing is concluded");
    let unread = typed("maybe\n");
    assert_eq!(code(&unread), 2, "{}", errors(&unread));
    for mended in ["n\ny\n", "n\n\n", "n\n?\n"] {
        let again = typed(mended);
        assert_eq!(code(&again), 0, "{}", errors(&again));
        assert!(errors(&again).contains("although"), "it is told all the same");
        let found = String::from_utf8_lossy(&again.stdout).into_owned();
        assert!(found.contains("cn-rmsv/provider"), "what was said before stands: {found}");
    }
}

#[test]
fn an_attribute_of_which_nobody_is_sure_is_told_as_open() {
    let given = "\"eu-nis2/entity\" = \"yes\"\n\"eu-nis2/trust-service\" = \"not-sure\"\n\
                 \"eu-gdpr/member-state\" = \"DE\"\n";
    let output = run(&["law", "roles", "--answers", "-", "--json"], given);
    let found = json(&output);
    assert_eq!(found["unsure_attributes"], serde_json::json!(["eu-nis2/trust-service"]));
    assert_eq!(found["attributes"], serde_json::json!({ "eu/member-state": "DE" }));
    let open = found["open"].as_array().expect("open questions");
    assert!(open.contains(&"eu-nis2/trust-service".into()), "{open:?}");
    assert_eq!(found["not_asked"]["eu-cra/member-state"], "eu-gdpr/member-state");
    let output = run(&["law", "roles", "--answers", "-"], given);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("eu-nis2/trust-service: not sure, so it is unknown"), "{text}");
    assert!(text.split("still open").nth(1).expect("open").contains("eu-nis2/trust-service"));
    let both = "\"eu-cra/manufacturer\" = \"no\"\n\"eu-cra/steward\" = \"no\"\n";
    let found = json(&run(&["law", "roles", "--answers", "-", "--json"], both));
    let why = "eu-cra/manufacturer,eu-cra/steward";
    assert_eq!(found["not_asked"]["eu-cra/member-state"], why);
}
