use super::*;
use crate::law::case_file;
use crate::law::diff::tests::edited;

const RMSV: &str = "cn-rmsv/law.toml";

/// The questions of the built-in case files of some laws, or of all.
fn questions(laws: Option<&[&str]>) -> Vec<Question> {
    let book = Lawbook::builtin();
    let packs =
        book.packs().iter().filter(|pack| laws.is_none_or(|laws| laws.contains(&pack.id.as_str())));
    let tests = packs.flat_map(|pack| &pack.tests);
    tests
        .flat_map(|(path, text)| case_file::parse(path, text, book).expect("a case file"))
        .map(|case| case.question)
        .collect()
}

/// The shifts of a case when every provision is asked, without any index.
fn of_all(old: &Lawbook, new: &Lawbook, question: &Question) -> Vec<Shift> {
    let [before, after] = [old, new]
        .map(|book| book.obligations(question).into_iter().map(|one| (key(&one), one)).collect());
    shifts(before, after)
}

fn agrees(edit: (&str, &str, &str), laws: Option<&[&str]>) -> usize {
    let (old, new) = (Lawbook::builtin(), edited(&[edit]));
    let impact = Impact::between(old, &new);
    let mut shifted = 0;
    for question in questions(laws) {
        let found = impact.on(&question);
        assert_eq!(found, of_all(old, &new, &question), "{edit:?} {question:?}");
        shifted += usize::from(!found.is_empty());
    }
    shifted
}

#[test]
fn asking_only_what_can_be_touched_finds_what_asking_everything_finds() {
    let cra = Some(&["eu-cra", "eu-nis2"][..]);
    let rmsv = Some(&["cn-rmsv"][..]);
    for (edit, laws) in [
        ((RMSV, "within = \"48h\"", "within = \"24h\""), rmsv),
        ((RMSV, "\"Asia/Shanghai\"", "\"Asia/Urumqi\""), rmsv),
        (
            (
                RMSV,
                "awareness = { strict = [\"received-by-channel\", \"read-by-person\"]",
                "awareness = { strict = [\"read-by-person\"]",
            ),
            rmsv,
        ),
        (
            (
                "eu-cra/law.toml",
                "within = \"24h\", counts = \"elapsed\"",
                "within = \"12h\", counts = \"elapsed\"",
            ),
            cra,
        ),
        (("eu-cra/law.toml", "effective_from = 2026-09-11", "effective_from = 2026-12-11"), cra),
        (
            (
                "norm-cisa-bod-26-04/law.toml",
                "supersedes_from = 2026-12-07",
                "supersedes_from = 2026-07-07",
            ),
            Some(&["norm-cisa-bod-26-04", "norm-cisa-bod-22-01"][..]),
        ),
        (
            ("calendars/cn.toml", "dates = [2021-10-01", "dates = [2021-11-26, 2021-10-01"),
            Some(&["cn-rmsv", "cn-ndsr"][..]),
        ),
        (
            (
                "member-states.toml",
                "zone     = \"Europe/Brussels\"",
                "zone     = \"Europe/Dublin\"",
            ),
            cra,
        ),
    ] {
        assert!(agrees(edit, laws) > 0, "nothing shifted: {edit:?}");
    }
}

#[test]
fn a_change_of_one_law_shifts_no_case_of_another() {
    let edit = (RMSV, "within = \"48h\"", "within = \"24h\"");
    let (old, new) = (Lawbook::builtin(), edited(&[edit]));
    let impact = Impact::between(old, &new);
    let touched: Vec<&str> = impact.touched().map(ProvisionId::as_str).collect();
    assert_eq!(touched, ["cn-rmsv/7.2", "cn-rmsv/7.platform"], "the platform passes it on");
    let cases = questions(Some(&["eu-cra"]));
    assert!(cases.iter().all(|question| !impact.can_touch(question)));
    let tally = impact.over(&cases);
    assert_eq!((tally.cases, tally.shifted), (cases.len(), 0));
}

#[test]
fn candidates_are_found_by_role_and_by_what_arises() {
    let new = edited(&[(RMSV, "within = \"48h\"", "within = \"24h\"")]);
    let impact = Impact::between(Lawbook::builtin(), &new);
    let cases = questions(None);
    let mut index = CaseIndex::default();
    for (at, question) in cases.iter().enumerate() {
        index.insert(&at, question);
    }
    let found: BTreeSet<usize> = impact.candidates(&index).into_iter().copied().collect();
    let one_by_one = cases.iter().enumerate().filter(|(_, one)| impact.can_touch(one));
    assert_eq!(found, one_by_one.map(|(at, _)| at).collect());
    assert!(
        !found.is_empty() && found.len() < cases.len() / 4,
        "{} of {}",
        found.len(),
        cases.len()
    );
    for (at, question) in cases.iter().enumerate().filter(|(at, _)| !found.contains(at)) {
        assert!(impact.on(question).is_empty(), "{at}");
    }
}

const KNOWN: &str = r#"[[case]]
name = "known in Shanghai"
roles = ["cn-rmsv/provider"]
now = "2026-03-04T12:00[Asia/Shanghai]"
[[case.fact]]
kind = "vulnerability-known"
occurred_at = "2026-03-03T10:00[Asia/Shanghai]"
[[case.fact]]
kind = "submitted"
obligation = "cn-rmsv/7.2"
occurred_at = "2026-03-04T11:00[Asia/Shanghai]"
"#;

#[test]
fn what_is_gained_lost_and_moved_is_told_apart_and_counted() {
    let book = Lawbook::builtin();
    let question = &case_file::parse("a.toml", KNOWN, book).expect("a case")[0].question;
    let with = |edit: (&str, &str, &str)| {
        let new = edited(&[edit]);
        let shifts = Impact::between(book, &new).on(question);
        let mut tally = Tally::default();
        tally.add(&shifts);
        (shifts, tally.total)
    };
    // A day later than it was due under the new law: met in time becomes late, for strict.
    let (moved, counts) = with((RMSV, "within = \"48h\"", "within = \"24h\""));
    assert_eq!((moved.len(), moved[0].kind), (1, ShiftKind::Moved));
    assert_eq!(moved[0].moved(), [Moved::StrictDue]);
    assert_eq!((counts.moved, counts.earlier, counts.later), (1, 1, 0));
    let after = moved[0].after.as_ref().expect("still owed");
    assert!(after.after_strict);
    let role = "owed_by   = \"provider\"\nowed_to   = \"cn-nvdb\"";
    let other = "owed_by   = \"operator\"\nowed_to   = \"cn-nvdb\"";
    let (lost, counts) = with((RMSV, role, other));
    assert!(lost.iter().any(|one| one.kind == ShiftKind::Lost && one.after.is_none()));
    assert_eq!((counts.lost, counts.gained), (1, 0));
    let (old, new) = (edited(&[(RMSV, role, other)]), book);
    let gained = Impact::between(&old, new).on(question);
    assert_eq!((gained.len(), gained[0].kind), (1, ShiftKind::Gained));
    let (words, counts) = with((RMSV, "Report the vulnerability to the ministry's", "Report to"));
    assert_eq!((words, counts), (Vec::new(), Counts::default()));
}
