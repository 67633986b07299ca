//! `watchfire obligations` and `watchfire law`, as somebody types them.

mod roles;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const CASE: &str = r#"[[case]]
name = "known in Brussels"
roles = ["eu-cra/manufacturer"]
attributes = { "eu/member-state" = "BE" }
[[case.fact]]
kind = "exploitation-known"
occurred_at = "2026-09-30T10:00[Europe/Brussels]"
[[case.expect]]
obligation = "eu-cra/14.2.a"
strict_due = "2026-10-01T08:00Z"
"#;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn run(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_watchfire"))
        .args(arguments)
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary under test runs");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    // A command that does not read its input may be gone already.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("the binary under test ends")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("standard output is JSON")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder with a copy of a built-in pack in which `part` of its `law.toml` is replaced.
fn pack_with(law: &str, part: &str, instead: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for room in ["", "forms", "tests"] {
        let (from, to) =
            (root().join("laws").join(law).join(room), folder.path().join(law).join(room));
        let Ok(entries) = std::fs::read_dir(from) else { continue };
        std::fs::create_dir_all(&to).expect("a folder");
        for file in
            entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file())
        {
            std::fs::copy(&file, to.join(file.file_name().expect("a name"))).expect("a copy");
        }
    }
    let path = folder.path().join(law).join("law.toml");
    let text = std::fs::read_to_string(&path).expect("a pack");
    assert!(text.contains(part), "{part}");
    std::fs::write(path, text.replacen(part, instead, 1)).expect("a pack");
    folder
}

fn row<'a>(map: &'a Value, provision: &str) -> &'a Value {
    let rows = map["rows"].as_array().expect("rows");
    rows.iter().find(|row| row["provision"] == provision).expect("a row")
}

#[test]
fn the_map_tells_what_is_owed_on_a_day_and_why_not() {
    let map = |day: &str, more: &[&str]| {
        let role = ["law", "map", "--role", "eu-cra/manufacturer", "--day", day];
        let output = run(&[&role, more, &["--json"]].concat(), "");
        assert_eq!(code(&output), 0, "{}", errors(&output));
        json(&output)
    };
    let before = map("2027-12-10", &[]);
    assert_eq!(row(&before, "eu-cra/13.6")["verdict"], "foreseen");
    let from = map("2027-12-11", &[]);
    assert_eq!(row(&from, "eu-cra/13.6")["verdict"], "owed");
    let early = row(&from, "eu-cra/14.2.a");
    assert_eq!(
        (&early["counts"][0]["words"]["en"], &early["norm"]),
        (&"24 hours".into(), &false.into())
    );
    let not = row(&from, "cn-rmsv/7.2");
    assert_eq!(
        (&not["verdict"], &not["reasons"][0]["missing"]),
        (&"not-owed".into(), &"role".into())
    );
    let incidents = map("2027-12-11", &["--for", "incident"]);
    let ids = |map: &Value| map["rows"].as_array().expect("rows").len();
    assert!(ids(&incidents) < ids(&from), "an occasion is left out");
    let assumed = map("2027-12-11", &["--assume", "eu-cra/severe-incident=no"]);
    assert_eq!(row(&assumed, "eu-cra/14.4.a")["reasons"][0]["missing"], "predicate");

    let why = ["law", "map", "--role", "eu-cra/manufacturer", "--day", "2027-12-11", "--why-not"];
    let text = run(&[&why[..], &["--language", "zh-CN"]].concat(), "");
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(text.contains("发生事件时：不须履行") && text.contains("本单位不是"), "{text}");
}

#[test]
fn a_provision_shows_its_steps_of_awareness_and_a_proposal_without_a_day_says_so() {
    let found = json(&run(&["law", "show", "eu-cra/14.2.a", "--json"], ""));
    let strict = serde_json::json!(["evidence-held", "assessed", "awareness-declared"]);
    let outer = serde_json::json!(["awareness-declared"]);
    assert_eq!(found["awareness"], serde_json::json!({ "strict": strict, "outer": outer }));
    let none = json(&run(&["law", "show", "eu-nis2/23.4.a", "--json"], ""));
    assert_eq!(none["awareness"]["outer"], serde_json::json!([]));
    let shown = |id: &str, language: &str| {
        let output = run(&["law", "show", id, "--language", language], "");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    for (language, strict, outer) in
        [("en", "aware, strict: ", "aware, outer: "), ("zh-CN", "获知（从严）：", "获知（最晚）：")]
    {
        let text = shown("eu-cra/14.2.a", language);
        let line = |label: &str| {
            text.lines().find_map(|line| line.split_once(label)).expect("a line").1.to_owned()
        };
        assert!(line(strict).contains("(evidence-held)"), "{text}");
        assert!(!line(outer).contains("(evidence-held)"), "{text}");
        assert!(line(outer).contains("(awareness-declared)"), "{text}");
        assert!(!shown("eu-nis2/23.4.a", language).contains(strict), "no steps, no line");
    }
    // The Digital Omnibus names no day.
    assert!(shown("eu-gdpr/33.1", "en").contains("\nproposed; from when it would apply is open\n"));
    let zh = shown("eu-gdpr/33.1", "zh-CN");
    assert!(zh.contains("\n提案，适用日期未定\n") && !zh.contains("未定之日"), "{zh}");
    let dora = shown("eu-dora/19.4.a", "en");
    assert!(dora.contains("(only where this holds: “The financial entity"), "{dora}");
    assert!(shown("eu-dora/19.4.a", "zh-CN").contains("其排除”成立时）"));
}

#[test]
fn a_map_that_cannot_be_made_says_what_to_do() {
    for (arguments, told) in [
        (&["--day", "2027-12-11"][..], "give `--role` or `--profile`"),
        (&["--role", "eu-cra/maker"], "eu-cra/maker"),
        (&["--role", "eu-cra/manufacturer", "--day", "someday"], "`--day someday` is no day"),
        (&["--role", "eu-cra/manufacturer", "--attribute", "eu/member-state"], "has no value"),
        (&["--role", "eu-cra/manufacturer", "--attribute", "eu/member-state=US"], "US"),
        (&["--role", "eu-cra/manufacturer", "--assume", "x/y=no"], "`x/y` is not declared"),
        (&["--profile", "-"], "is no profile"),
    ] {
        let output = run(&[&["law", "map"], arguments].concat(), "[]");
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(errors(&output).contains(told), "{arguments:?}: {}", errors(&output));
    }
    let profile = r#"{"roles":["eu-cra/manufacturer"],"attributes":{},"answers":[]}"#;
    let output = run(&["law", "map", "--profile", "-", "--json"], profile);
    assert_eq!(code(&output), 0, "{}", errors(&output));
}

#[test]
fn obligations_are_printed_as_promised() {
    let output = run(&["obligations", "-", "--json"], CASE);
    assert_eq!(code(&output), 0, "{}", errors(&output));
    let answer = json(&output);
    let case = &answer["cases"][0];
    assert_eq!(
        (&case["name"], &case["now"]),
        (&"known in Brussels".into(), &"2026-09-30T08:00:00Z".into())
    );
    let listed = case["obligations"].as_array().expect("a list");
    let first = listed.iter().find(|one| one["obligation"] == "eu-cra/14.2.a").expect("listed");
    assert_eq!(first["strict_due"], "2026-10-01T08:00:00Z");
    assert_eq!(first["from_fact"], "fact-1");
    assert_eq!(first["version_from"], "2026-09-11");
    assert_eq!((&first["provisional"], &first["after_strict"]), (&false.into(), &false.into()));
    assert!(first["trace"].as_array().is_some_and(|steps| steps.len() > 3), "{first}");
    assert!(first["cites"].as_str().is_some_and(|cites| cites.contains("(2)(a)")), "{first}");
}

#[test]
fn another_instant_gives_another_state_and_hides_what_was_not_known() {
    let state = |flags: &[&str]| {
        let answer = json(&run(&[&["obligations", "-", "--json"], flags].concat(), CASE));
        let listed = answer["cases"][0]["obligations"].as_array().expect("a list").clone();
        let found = listed.iter().find(|one| one["obligation"] == "eu-cra/14.2.a");
        found.map(|one| one["state"].as_str().expect("a state").to_owned())
    };
    assert_eq!(state(&[]).as_deref(), Some("open"));
    assert_eq!(state(&["--at", "2026-10-01T08:00Z"]).as_deref(), Some("overdue"));
    assert_eq!(state(&["--known-at", "2026-09-30T07:59Z"]), None);
    for wrong in ["2026-10-01", "2026-10-01T08:00", "2026-10-01[Asia/Shanghai]"] {
        assert_eq!(code(&run(&["obligations", "-", "--at", wrong], CASE)), 2, "{wrong}");
    }
}

#[test]
fn a_person_sees_both_zones_the_article_and_the_steps() {
    let output = run(&["obligations", "-", "--why", "--language", "zh-CN"], CASE);
    let text = String::from_utf8_lossy(&output.stdout);
    for part in ["2026-10-01 08:00 UTC", "2026-10-01 10:00", "Europe/Brussels", "24 小时"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn what_is_no_case_file_is_refused_with_its_place() {
    let output = run(&["obligations", "-"], &CASE.replace("kind =", "kinds ="));
    assert_eq!(code(&output), 2);
    assert!(output.stdout.is_empty());
    let text = errors(&output);
    assert!(text.contains("-:6:1") && text.contains("unknown field `kinds`"), "{text}");
    assert_eq!(code(&run(&["obligations", "no/such/file.toml"], "")), 2);
    assert_eq!(code(&run(&["law", "test", "-"], "")), 2);
}

#[test]
fn a_case_that_comes_out_otherwise_fails_the_test() {
    let whole = run(&["law", "test", "-", "--json"], CASE);
    assert_eq!((code(&whole), &json(&whole)["passed"]), (0, &1.into()));
    let wrong = run(&["law", "test", "-", "--json"], &CASE.replace("08:00Z", "09:00Z"));
    let answer = json(&wrong);
    assert_eq!(
        (code(&wrong), &answer["failed"], &answer["cases"][0]["ok"]),
        (1, &1.into(), &false.into())
    );
    assert!(
        answer["cases"][0]["problems"][0].as_str().is_some_and(|text| text.contains("came out"))
    );
    let own = run(&["law", "test", "--json"], "");
    assert_eq!((code(&own), &json(&own)["failed"]), (0, &0.into()));
}

#[test]
fn the_built_in_packs_are_whole_from_inside_and_from_their_folder() {
    for arguments in [vec!["law", "check", "--json"], vec!["law", "check", "laws", "--json"]] {
        let output = run(&arguments, "");
        assert_eq!((code(&output), &json(&output)["ok"]), (0, &true.into()), "{}", errors(&output));
    }
    assert_eq!(code(&run(&["law", "check", "laws/eu-cra"], "")), 0);
    assert_eq!(code(&run(&["law", "check", "docs"], "")), 2);
}

/// Each row: what is replaced in the pack of the kernel and by what, and the exit and code.
#[test]
fn what_a_pack_lacks_and_what_keeps_it_from_loading_end_differently() {
    let rows = [
        ("checked_on", "#checked_on", 1, "missing_checked_on"),
        ("source ", "#source ", 1, "missing_source"),
        ("cites ", "#cites ", 1, "missing_citation"),
        ("class ", "klass ", 2, "toml"),
        ("class     = \"hard\"", "class = \"tough\"", 2, "value"),
        ("arises_on = [\"", "arises_on = [\"x", 2, "undeclared"),
    ];
    for (part, instead, exit, problem) in rows {
        let folder = pack_with("norm-linux-distros", part, instead);
        let at = folder.path().to_str().expect("a path");
        let output = run(&["law", "check", at, "--json"], "");
        let answer = json(&output);
        let found: Vec<&Value> = answer["packs"]
            .as_array()
            .expect("packs")
            .iter()
            .flat_map(|pack| pack["problems"].as_array().expect("problems"))
            .collect();
        assert_eq!((code(&output), &answer["ok"]), (exit, &false.into()), "{answer}");
        assert!(found.iter().any(|one| one["code"] == problem), "{problem}: {answer}");
        assert!(found.iter().all(|one| one["line"].as_u64() >= Some(1) && one["hint"].is_string()));
        let drawn = run(&["law", "check", at], "");
        assert!(String::from_utf8_lossy(&drawn.stdout).contains(problem), "{problem}");
        let loads = code(&run(&["law", "list", "--laws", at], "")) == 0;
        assert_eq!(loads, exit == 1, "{problem}");
    }
}

#[test]
fn a_clock_without_a_case_in_which_it_must_not_arise_is_advice_and_no_failure() {
    let folder = pack_with("norm-linux-distros", "\"14d\"", "\"14d\"");
    let at = folder.path().to_str().expect("a path");
    std::fs::remove_file(folder.path().join("norm-linux-distros/tests/absent.toml")).expect("less");
    let output = run(&["law", "check", at, "--json"], "");
    let answer = json(&output);
    assert_eq!((code(&output), &answer["ok"]), (0, &true.into()), "{answer}");
    assert_eq!(answer["packs"][0]["problems"][0]["code"], "missing_absent_case");
    std::fs::remove_file(folder.path().join("norm-linux-distros/tests/border.toml")).expect("less");
    assert_eq!(code(&run(&["law", "check", at], "")), 1, "a border pair is no advice");
}

#[test]
fn a_folder_of_a_pack_that_lost_its_law_is_told_and_any_other_is_passed_over() {
    let folder = pack_with("norm-linux-distros", "\"14d\"", "\"14d\"");
    let at = folder.path().to_str().expect("a path");
    let notes = folder.path().join("notes");
    std::fs::create_dir(&notes).expect("a folder");
    std::fs::write(notes.join("readme.txt"), "ours").expect("a file");
    assert_eq!(code(&run(&["law", "check", at], "")), 0);
    for name in ["laws.toml", "text.en.md"] {
        let lost = folder.path().join("xx-lost");
        std::fs::create_dir(&lost).expect("a folder");
        std::fs::write(lost.join(name), "").expect("a file");
        let output = run(&["law", "check", at], "");
        assert_eq!(code(&output), 2, "{name}");
        assert!(errors(&output).contains("has no `law.toml`"), "{}", errors(&output));
        std::fs::remove_dir_all(&lost).expect("a folder less");
    }
}

#[test]
fn a_pack_of_ones_own_takes_the_place_of_the_built_in_one() {
    let folder = pack_with("norm-linux-distros", "\"14d\"", "\"7d\"");
    let at = folder.path().to_str().expect("a path");
    let span = |laws: &[&str]| {
        let arguments = [&["law", "show", "norm-linux-distros/14", "--json"], laws].concat();
        json(&run(&arguments, ""))["versions"][0]["strict"].clone()
    };
    assert_eq!(span(&[]), "14d elapsed");
    assert_eq!(span(&["--laws", at]), "7d elapsed");
    let count = |laws: &[&str]| {
        json(&run(&[&["law", "list", "--json"], laws].concat(), ""))["laws"]
            .as_array()
            .map(Vec::len)
    };
    assert_eq!(count(&[]), count(&["--laws", at]));
    let shown = run(&["law", "show", "cn-rmsv"], "");
    let shown = String::from_utf8_lossy(&shown.stdout);
    assert!(shown.contains("role cn-rmsv/provider: "), "{shown}");
    assert_eq!(code(&run(&["law", "show", "no-law"], "")), 2);
}

#[test]
fn a_law_is_shown_in_words_of_one_language() {
    let shown = |id: &str, language: &str| {
        let answered = run(&["law", "show", id, "--language", language], "");
        assert_eq!(code(&answered), 0, "{id}");
        String::from_utf8(answered.stdout).expect("UTF-8")
    };
    let english = shown("cn-rmsv/7.2", "en");
    assert!(english.contains("strict: 48 hours, counted as elapsed time"), "{english}");
    assert!(english.contains("class: clock of law"), "{english}");
    let chinese = shown("cn-rmsv/7.2", "zh-CN");
    assert!(chinese.contains("严格时限：48 小时，连续计算"), "{chinese}");
    assert!(chinese.contains("类别：法定时限"), "{chinese}");
    for id in ["cn-rmsv", "eu-cra/14.2.c", "hk-cap-653", "us-circia", "norm-cisa-bod-26-04"] {
        let text = shown(id, "zh-CN");
        for word in [
            " from ",
            " until ",
            "strict",
            "outer",
            "hours",
            " days",
            "where ",
            "proposed",
            "class",
            "compared",
            "role ",
            "secondary",
            "primary",
            "unverified",
            "table of",
            "exclude-trigger-day",
        ] {
            assert!(!text.contains(word), "`{word}` in {id}: {text}");
        }
    }
    for law in ["us-circia", "norm-cisa-bod-26-04"] {
        let text = shown(law, "en");
        let han = text.chars().find(|sign| ('\u{4e00}'..='\u{9fff}').contains(sign));
        assert_eq!(han, None, "{law}: {text}");
    }
}

/// Known in Brussels and met in time; known in Brussels and met after a day and a half; a case
/// that no law of the packs that differ can touch.
const PAST: &str = r#"
[[case]]
name  = "in time"
roles = ["eu-cra/manufacturer"]
[[case.fact]]
kind        = "exploitation-known"
occurred_at = "2026-09-30T08:00Z"
[[case.fact]]
kind        = "submitted"
obligation  = "eu-cra/14.2.a"
occurred_at = "2026-09-30T20:00Z"

[[case]]
name  = "late"
roles = ["eu-cra/manufacturer"]
[[case.fact]]
kind        = "exploitation-known"
occurred_at = "2026-09-30T08:00Z"
[[case.fact]]
kind        = "submitted"
obligation  = "eu-cra/14.2.a"
occurred_at = "2026-10-01T20:00Z"

[[case]]
name  = "elsewhere"
roles = ["cn-rmsv/provider"]
[[case.fact]]
kind        = "vulnerability-known"
occurred_at = "2026-09-30T08:00Z"
"#;

#[test]
fn a_draft_is_put_to_past_cases_and_tells_what_would_have_been_otherwise() {
    let alone = json(&run(&["law", "backtest", "-", "--json"], PAST));
    let of = |answer: &Value, id: &str| {
        let all = answer["provisions"].as_array().expect("a list").clone();
        all.into_iter().find(|one| one["provision"] == id).expect("listed")
    };
    assert_eq!((&alone["cases"], &alone["against"]), (&3.into(), &Value::Null));
    let early = of(&alone, "eu-cra/14.2.a");
    assert_eq!((&early["owed"], &early["met"], &early["late"]), (&2.into(), &1.into(), &1.into()));

    let draft = pack_with("eu-cra", "within = \"24h\"", "within = \"48h\"");
    let laws = draft.path().to_str().expect("text");
    let output = run(&["law", "backtest", "-", "--json", "--laws", laws], PAST);
    assert_eq!(code(&output), 0, "{}", errors(&output));
    let answer = json(&output);
    let early = of(&answer, "eu-cra/14.2.a");
    assert_eq!((&early["met"], &early["late"]), (&2.into(), &0.into()));
    let against = &answer["against"];
    assert_eq!((&against["laws"], &against["touchable"]), (&"built-in".into(), &2.into()));
    let counts = ["gained", "lost", "moved", "later"].map(|name| against[name].as_u64());
    assert_eq!(counts, [Some(0), Some(0), Some(2), Some(2)], "{against}");
    let late = &against["changes"][1];
    assert!(late["case"].as_str().is_some_and(|name| name.ends_with("late")), "{late}");
    assert_eq!(late["before"]["state"], "satisfied-late");
    assert_eq!(late["after"]["state"], "satisfied");
    // The draft's strict span ends after the outer one, so the two change places.
    assert_eq!(late["after"]["strict_due"], "2026-10-01T09:00:00Z");
    assert_eq!(late["after"]["outer_due"], "2026-10-02T08:00:00Z");

    let told = run(&["law", "backtest", "-", "--laws", laws], PAST);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("against built-in: 2 of 3 cases otherwise (2 can be touched)"), "{told}");
    let same = json(&run(&["law", "backtest", "-", "--json", "--against", "built-in"], PAST));
    assert_eq!(same["against"]["changes"], Value::Array(Vec::new()));
}

#[test]
fn a_backtest_without_cases_or_with_what_it_cannot_read_is_refused() {
    let none = run(&["law", "backtest"], "");
    assert_eq!(code(&none), 2);
    assert!(errors(&none).contains("there is no case"), "{}", errors(&none));
    assert_eq!(code(&run(&["law", "backtest", "-"], "case = 1")), 2);
    assert_eq!(code(&run(&["law", "backtest", "-", "--against", "no/such/folder"], PAST)), 2);
    assert_eq!(code(&run(&["law", "backtest", "-", "--at", "yesterday"], PAST)), 2);
    let folder = tempfile::tempdir().expect("a folder");
    let nowhere = folder.path().join("nobody");
    let nowhere = nowhere.to_str().expect("text");
    assert_ne!(code(&run(&["law", "backtest", "--data", nowhere], "")), 0);
}

/// A Wednesday of 2027, two days before the National Day, in the calendar of the regulation.
const BEFORE_THE_HOLIDAY: &str = r#"
[[case]]
name  = "found before a holiday that nobody has published yet"
roles = ["cn-rmsv/provider"]

[[case.fact]]
kind        = "vulnerability-known"
occurred_at = "2027-09-29T10:00[Asia/Shanghai]"
"#;

/// What a ministry's notice might say, in the form of a calendar's update.
const A_NEW_YEAR: &str = r#"
updates    = "cn"
checked_on = 2026-12-01

[[year]]
year    = 2027
sources = ["https://notice.example/2027"]
working = [2027-10-09]
off     = [{ name = { en = "National Day", zh-CN = "国庆节" }, dates = [2027-10-01, 2027-10-02, 2027-10-03, 2027-10-04, 2027-10-05, 2027-10-06, 2027-10-07, 2027-10-08] }]
"#;

/// A folder with nothing but a file of calendars.
fn calendar_folder(name: &str, text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let room = folder.path().join("calendars");
    std::fs::create_dir(&room).expect("a room");
    std::fs::write(room.join(name), text).expect("a file");
    folder
}

/// Where the outer count ends, and whether the trace says that a year is not held.
fn outer_of(laws: &[&str]) -> (String, bool) {
    let arguments = [&["obligations", "-", "--json"], laws].concat();
    let answer = json(&run(&arguments, BEFORE_THE_HOLIDAY));
    let listed = answer["cases"][0]["obligations"].as_array().expect("a list").clone();
    let owed = listed.iter().find(|one| one["obligation"] == "cn-rmsv/7.2").expect("7.2");
    (owed["outer_due"].as_str().expect("an instant").to_owned(), {
        let trace = owed["trace"].as_array().expect("steps");
        trace.iter().any(|step| step.as_str().is_some_and(|step| step.contains("not hold 2027")))
    })
}

#[test]
fn a_new_year_of_holidays_comes_as_a_file_and_needs_no_new_program() {
    // The second day is Friday, the 1st of October.
    assert_eq!(outer_of(&[]), ("2027-10-01T16:00:00Z".to_owned(), true));
    // Under any name, also that of the file that is built in.
    for name in ["cn-2027.toml", "cn.toml"] {
        let folder = calendar_folder(name, A_NEW_YEAR);
        let laws = ["--laws", folder.path().to_str().expect("a path")];
        assert_eq!(outer_of(&laws), ("2027-10-09T16:00:00Z".to_owned(), false), "{name}");
        let show = |year| {
            let arguments = ["law", "calendars", "cn", "--year", year, "--json"];
            json(&run(&[&arguments, laws.as_slice()].concat(), ""))
        };
        let (new, old) = (show("2027"), show("2026"));
        assert_eq!((&new["held"], new["days"].as_array().map(Vec::len)), (&true.into(), Some(9)));
        assert_eq!(new["updates"][0]["years"], serde_json::json!([2027]));
        assert_eq!(new["days"][8]["kind"], "working");
        assert_eq!((&old["held"], &old["days"][0]["date"]), (&true.into(), &"2026-01-01".into()));
        let checked = run(&["law", "check", laws[1]], "");
        assert_eq!(code(&checked), 0, "{}", errors(&checked));
    }
    let bare = json(&run(&["law", "calendars", "cn", "--year", "2027", "--json"], ""));
    assert_eq!((&bare["held"], &bare["days"]), (&false.into(), &serde_json::json!([])));
}

/// Each row: what is replaced in the file and by what, and what is then said of it.
#[test]
fn a_file_of_holidays_that_is_wrong_is_refused_with_its_place() {
    let rows = [
        ("updates    = \"cn\"", "updates    = \"xx\"", "there is no calendar `xx` to update"),
        ("2027-10-09", "2028-10-09", "is no day of 2027"),
        ("2027-10-09", "2027-10-08", "both off and working"),
        ("[\"https://notice.example/2027\"]", "[]", "has no source"),
        ("sources", "source", "unknown field `source`"),
    ];
    for (part, instead, said) in rows {
        assert!(A_NEW_YEAR.contains(part), "{part}");
        let folder = calendar_folder("new.toml", &A_NEW_YEAR.replacen(part, instead, 1));
        let at = folder.path().to_str().expect("a path");
        for arguments in [vec!["law", "list", "--laws", at], vec!["law", "check", at]] {
            let output = run(&arguments, "");
            let told = errors(&output) + &String::from_utf8_lossy(&output.stdout);
            assert_eq!(code(&output), 2, "{said}: {told}");
            assert!(told.contains(said) && told.contains("new.toml:"), "{said}: {told}");
        }
    }
    let empty = tempfile::tempdir().expect("a folder");
    let at = empty.path().to_str().expect("a path");
    let output = run(&["law", "list", "--laws", at], "");
    assert!(code(&output) == 2 && errors(&output).contains("no pack and no calendar"));
}

#[test]
fn calendars_are_listed_with_the_years_that_are_held_and_their_source() {
    let listed = json(&run(&["law", "calendars", "--json"], ""));
    let listed = listed["calendars"].as_array().expect("a list");
    let cn = listed.iter().find(|one| one["calendar"] == "cn").expect("cn");
    assert!(cn["years_held"].as_array().is_some_and(|years| years.contains(&2026.into())));
    assert!(listed.iter().all(|one| one["source"].is_string() && one["confidence"].is_string()));
    let shown = run(&["law", "calendars", "cn", "--year", "2027", "--language", "zh-CN"], "");
    let text = String::from_utf8_lossy(&shown.stdout);
    assert!(code(&shown) == 0 && text.contains("2027 is not held"), "{text}");
    assert_eq!(code(&run(&["law", "calendars", "nowhere"], "")), 2);
    assert_eq!(code(&run(&["law", "calendars", "--year", "2027"], "")), 2);
}
