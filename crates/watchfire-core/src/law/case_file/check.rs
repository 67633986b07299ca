//! Holds what came out against what was expected.

use jiff::Timestamp;

use super::{Expect, ExpectedDue};
use crate::law::question::{Obligation, State};

/// What did not come out as `expect` says, in words.
pub(super) fn problems(expect: &Expect, listed: &[Obligation]) -> Vec<String> {
    let found: Vec<&Obligation> = listed
        .iter()
        .filter(|obligation| obligation.provision == expect.obligation)
        .filter(|one| expect.from_fact.is_none() || one.from_fact == expect.from_fact)
        .collect();
    let name = name_of(expect);
    if expect.absent && !expect.is_foreseen() {
        let there = found.iter().filter(|obligation| arises(obligation));
        return there
            .map(|one| format!("{name}: expected to be absent, but it is listed as {}", one.state))
            .collect();
    }
    if found.is_empty() {
        return unlisted(expect, &name);
    }
    // Where one provision gave several and the expect names none, one that fits is enough.
    let mut closest: Option<Vec<String>> = None;
    for obligation in found {
        let problems = differences(expect, obligation, &name);
        if problems.is_empty() {
            return problems;
        }
        if closest.as_ref().is_none_or(|before| problems.len() < before.len()) {
            closest = Some(problems);
        }
    }
    closest.unwrap_or_default()
}

fn name_of(expect: &Expect) -> String {
    match &expect.from_fact {
        Some(fact) => format!("{} from `{fact}`", expect.obligation),
        None => expect.obligation.to_string(),
    }
}

fn arises(obligation: &Obligation) -> bool {
    !matches!(obligation.state, State::NotApplicable | State::Superseded)
}

/// Not listed means not applicable, without dates.
fn unlisted(expect: &Expect, name: &str) -> Vec<String> {
    if expect.state != Some(State::NotApplicable) || expect.is_foreseen() {
        return vec![format!("{name}: expected, but it is not listed")];
    }
    let mut problems = Vec::new();
    for (key, due) in [("strict_due", expect.strict_due), ("outer_due", expect.outer_due)] {
        if let Some(ExpectedDue::At(at)) = due {
            problems.push(format!("{name}: {key} expected {at}, but it is not listed"));
        }
    }
    for (key, flag) in [("provisional", expect.provisional), ("after_strict", expect.after_strict)]
    {
        if flag == Some(true) {
            problems.push(format!("{name}: {key} expected true, but it is not listed"));
        }
    }
    problems
}

fn differences(expect: &Expect, found: &Obligation, name: &str) -> Vec<String> {
    if expect.is_bare() && !arises(found) {
        return vec![format!("{name}: expected to arise, but it is {}", found.state)];
    }
    if expect.absent && arises(found) {
        return vec![format!("{name}: expected to be absent, but it is listed as {}", found.state)];
    }
    let mut problems = Vec::new();
    let mut differs = |key: &str, expected: String, came: String| {
        if expected != came {
            problems.push(format!("{name}: {key} expected {expected}, came out {came}"));
        }
    };
    if let Some(state) = expect.state {
        differs("state", state.to_string(), found.state.to_string());
    }
    if let Some(foreseen) = expect.foreseen {
        differs("foreseen", foreseen.to_string(), found.foreseen.to_string());
    }
    if let Some(provisional) = expect.provisional {
        differs("provisional", provisional.to_string(), found.provisional.to_string());
    }
    if let Some(after_strict) = expect.after_strict {
        differs("after_strict", after_strict.to_string(), found.after_strict.to_string());
    }
    if let Some(due) = expect.strict_due {
        differs("strict_due", written(due), came_out(found.strict_due));
    }
    if let Some(due) = expect.outer_due {
        differs("outer_due", written(due), came_out(found.outer_due));
    }
    problems
}

fn written(due: ExpectedDue) -> String {
    match due {
        ExpectedDue::At(at) => at.to_string(),
        ExpectedDue::None => "none".to_owned(),
    }
}

fn came_out(due: Option<Timestamp>) -> String {
    due.map_or_else(|| "none".to_owned(), |at| at.to_string())
}
