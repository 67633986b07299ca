//! The duties as a pack, and the cases as questions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::Timestamp;
use watchfire_core::law::bulk::{Owed, Plan};
use watchfire_core::law::condition::Value;
use watchfire_core::law::fact::Fact;
use watchfire_core::law::instant::Instant;
use watchfire_core::law::{Lawbook, Question};

use super::made::{Answers, Duty, JURISDICTIONS, Made, ROLES};

/// Reads the duties as a pack.
///
/// # Errors
/// What is wrong with the pack, in words.
pub(super) fn lawbook(duties: &[Duty]) -> Result<Lawbook, String> {
    let shared = |name: &str| {
        let found = Lawbook::builtin_files().iter().find(|(path, _)| *path == name);
        found.map_or("", |(_, text)| *text)
    };
    let (attributes, law) = (attributes(), law(duties));
    let files = [
        ("attributes.toml", attributes.as_str()),
        ("facts.toml", shared("facts.toml")),
        ("member-states.toml", shared("member-states.toml")),
        ("bench/law.toml", law.as_str()),
    ];
    Lawbook::load(&files)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

fn attributes() -> String {
    let mut text = String::new();
    for name in ["exploited", "severe", "critical"] {
        let _ = write!(
            text,
            "[attribute.\"bench/{name}\"]\ntype = \"yes-no\"\n\
             meaning = {{ en = \"{name}\", zh-CN = \"{name}\" }}\n"
        );
    }
    for (name, kind) in [("users", "number"), ("sector", "text")] {
        let _ = write!(
            text,
            "[attribute.\"bench/{name}\"]\ntype = \"{kind}\"\n\
             meaning = {{ en = \"{name}\", zh-CN = \"{name}\" }}\n"
        );
    }
    text
}

fn role(jurisdiction: u8, role: u8) -> String {
    format!("j{jurisdiction}-r{role}")
}

fn law(duties: &[Duty]) -> String {
    let mut text = "id = \"bench\"\njurisdiction = \"global\"\n\
                    title = { en = \"Duties\", zh-CN = \"Duties\" }\ntime_zone = \"UTC\"\n\
                    source = \"https://example.org\"\nchecked_on = 2026-11-23\n\
                    confidence = \"primary\"\n[authorities.office]\n\
                    name = { en = \"Office\", zh-CN = \"Office\" }\n"
        .to_owned();
    for (jurisdiction, at) in (0..JURISDICTIONS).flat_map(|it| (0..ROLES).map(move |at| (it, at))) {
        let name = role(jurisdiction, at);
        let _ = write!(text, "[roles.{name}]\nname = {{ en = \"{name}\", zh-CN = \"{name}\" }}\n");
    }
    for (at, duty) in duties.iter().enumerate() {
        let _ = write!(
            text,
            "[[provision]]\nid = \"bench/{at}\"\nclass = \"hard\"\n\
             cites = {{ en = \"Duty {at}\", zh-CN = \"Duty {at}\" }}\n\
             arises_on = [\"vulnerability-known\"]\nowed_by = \"{}\"\nowed_to = \"office\"\n\
             when = {{ all = [{{ any = [\"bench/exploited\", {{ all = [\"bench/severe\", \
             {{ attribute = \"bench/users\", at_least = {} }}] }}] }}, {{ any = [{{ not = \
             {{ attribute = \"bench/sector\", is = \"s{}\" }} }}, \"bench/critical\"] }}] }}\n\
             [[provision.version]]\neffective_from = 2020-01-01\n\
             strict = {{ within = \"{}h\", counts = \"elapsed\" }}\n",
            role(duty.jurisdiction, duty.role),
            duty.users_over,
            duty.sector_not,
            duty.hours,
        );
    }
    text
}

/// Puts a case as a question.
///
/// # Errors
/// A name that is none, which the generator never makes.
pub(super) fn question(case: &Made) -> Result<Question, Box<dyn std::error::Error>> {
    let at = Timestamp::from_second(i64::from(case.aware_at))?;
    let fact = Fact {
        id: "fact-1".parse()?,
        kind: "vulnerability-known".parse()?,
        occurred: Instant::Exact(at),
        known_at: at,
        towards: None,
        about: None,
        obligations: Vec::new(),
        new_due: None,
        decided: None,
    };
    let mut attributes = BTreeMap::new();
    for (name, flag) in
        [("exploited", case.exploited), ("severe", case.severe), ("critical", case.critical)]
    {
        attributes.insert(format!("bench/{name}").parse()?, Value::Flag(flag));
    }
    attributes.insert("bench/users".parse()?, Value::Number(f64::from(case.users)));
    attributes.insert("bench/sector".parse()?, Value::Text(format!("s{}", case.sector)));
    let role = format!("bench/{}", role(case.jurisdiction, case.role)).parse()?;
    let roles = BTreeSet::from([role]);
    Ok(Question { facts: vec![fact], roles, attributes, ..Question::default() })
}

/// What we say, in the form in which answers are compared.
pub(super) fn answers(
    plan: &Plan<'_>,
    owed: impl IntoIterator<Item = Owed>,
    duties: usize,
    cases: usize,
) -> Answers {
    let mut dues = vec![vec![0; cases]; duties];
    for Owed { case, outcome } in owed.into_iter().filter(|one| one.outcome.is_owed()) {
        let id = plan.provision_id(&outcome).as_str();
        let duty = id.strip_prefix("bench/").and_then(|at| at.parse::<usize>().ok());
        let due = outcome.strict_due().and_then(|due| i32::try_from(due.as_second()).ok());
        let place = duty.and_then(|at| dues.get_mut(at)).and_then(|of| of.get_mut(case as usize));
        if let (Some(place), Some(due)) = (place, due) {
            *place = due;
        }
    }
    Answers::of(dues.iter().map(Vec::as_slice))
}
