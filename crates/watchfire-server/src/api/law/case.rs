//! The worked cases of a pack: facts, and what must come out of them.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use watchfire_core::law::Lawbook;
use watchfire_core::law::case_file::{self, Case, Expect, ExpectedDue};
use watchfire_core::law::fact::{Fact, NewDue};
use watchfire_core::law::instant::Instant;

use super::Words;
use crate::api::{Asked, List, Shown};
use crate::auth::Caller;
use crate::error::Problem;
use crate::state::Node;

/// Which worked cases.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CasesAsked {
    /// Those alone that expect something of this provision: `cn-rmsv/7.2`.
    provision: Option<String>,
}

/// A worked case of a law.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkedCase {
    name: String,
    /// The file of the pack in which it stands, and its line there.
    #[schema(example = "cn-rmsv/tests/clocks.toml")]
    file: String,
    line: usize,
    /// What the organization is in it.
    roles: Vec<String>,
    attributes: BTreeMap<String, String>,
    /// Answers that hold from the start: `yes`, `no` or `undecided`.
    #[schema(value_type = BTreeMap<String, String>)]
    answers: BTreeMap<String, &'static str>,
    facts: Vec<WorkedFact>,
    /// The instant for which it is asked; none where it is that of the last fact.
    now: Option<String>,
    expects: Vec<WorkedExpect>,
}

/// A fact of a worked case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkedFact {
    id: String,
    kind: String,
    words: Option<Words>,
    /// When it happened; the earliest instant, where it is not known to the instant.
    occurred_at: String,
    /// The last instant at which it can have happened, where it is not known to the instant.
    occurred_until: Option<String>,
    known_at: String,
    /// The kind that a step leads to, or the fact that is confirmed or taken back.
    of: Option<String>,
    obligations: Vec<String>,
    /// Of an extension: the new instant or day.
    new_due: Option<String>,
    /// Of a decision: the question.
    predicate: Option<String>,
    #[schema(value_type = Option<String>)]
    answer: Option<&'static str>,
}

/// What must come out of one provision; what is not named is not checked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkedExpect {
    obligation: String,
    from_fact: Option<String>,
    /// Not owed at all.
    absent: bool,
    state: Option<String>,
    foreseen: Option<bool>,
    provisional: Option<bool>,
    after_strict: Option<bool>,
    /// `none` where there must be no date.
    strict_due: Option<String>,
    outer_due: Option<String>,
}

impl WorkedCase {
    fn of(file: &str, case: &Case, laws: &Lawbook) -> Self {
        let question = &case.question;
        let attributes = question.attributes.iter();
        Self {
            name: case.name.clone(),
            file: file.to_owned(),
            line: case.line,
            roles: question.roles.iter().map(ToString::to_string).collect(),
            attributes: attributes.map(|(id, value)| (id.to_string(), value.to_string())).collect(),
            answers: question
                .answers
                .iter()
                .map(|(id, answer)| (id.to_string(), answer.as_str()))
                .collect(),
            facts: question.facts.iter().map(|fact| WorkedFact::of(fact, laws)).collect(),
            now: question.now.map(|now| now.to_string()),
            expects: case.expects.iter().map(WorkedExpect::of).collect(),
        }
    }
}

impl WorkedFact {
    fn of(fact: &Fact, laws: &Lawbook) -> Self {
        let exact = matches!(fact.occurred, Instant::Exact(_));
        let towards = fact.towards.as_ref().map(ToString::to_string);
        Self {
            id: fact.id.to_string(),
            kind: fact.kind.to_string(),
            words: laws.words().facts.get(&fact.kind).map(Words::of),
            occurred_at: fact.occurred.lo().to_string(),
            occurred_until: (!exact).then(|| fact.occurred.last().to_string()),
            known_at: fact.known_at.to_string(),
            of: towards.or_else(|| fact.about.as_ref().map(ToString::to_string)),
            obligations: fact.obligations.iter().map(ToString::to_string).collect(),
            new_due: fact.new_due.map(|due| match due {
                NewDue::At(at) => at.to_string(),
                NewDue::Day(day) => day.to_string(),
            }),
            predicate: fact.decided.as_ref().map(|(predicate, _)| predicate.to_string()),
            answer: fact.decided.as_ref().map(|(_, answer)| answer.as_str()),
        }
    }
}

impl WorkedExpect {
    fn of(expect: &Expect) -> Self {
        let due = |due: Option<ExpectedDue>| {
            due.map(|due| match due {
                ExpectedDue::At(at) => at.to_string(),
                ExpectedDue::None => "none".to_owned(),
            })
        };
        Self {
            obligation: expect.obligation.to_string(),
            from_fact: expect.from_fact.as_ref().map(ToString::to_string),
            absent: expect.absent,
            state: expect.state.map(|state| state.to_string()),
            foreseen: expect.foreseen,
            provisional: expect.provisional,
            after_strict: expect.after_strict,
            strict_due: due(expect.strict_due),
            outer_due: due(expect.outer_due),
        }
    }
}

/// Lists the worked cases of a law pack: facts, and what must come out of them, computed by hand
/// and tried at every change.
#[utoipa::path(get, path = "/api/v1/laws/{law}/cases", tag = "laws",
    params(("law" = String, Path, description = "Id of an instrument: `cn-rmsv`."), CasesAsked),
    responses((status = 200, body = List<WorkedCase>)))]
pub(crate) async fn cases(
    State(node): State<Node>,
    caller: Caller,
    Path(law): Path<String>,
    Asked(asked): Asked<CasesAsked>,
) -> Shown<List<WorkedCase>> {
    let laws = node.law_for(&caller.viewer).await?;
    let pack = laws.pack(&law).ok_or_else(Problem::not_found)?;
    let wanted = asked.provision.as_deref();
    if wanted.is_some_and(|id| !pack.provisions.iter().any(|one| one.id.as_str() == id)) {
        return Err(Problem::new(
            "request_malformed",
            format!("`{law}` has no such provision"),
            "`GET /api/v1/laws/{law}` lists its provisions",
        ));
    }
    let mut found = Vec::new();
    for (path, text) in &pack.tests {
        // A file that does not read says so in `law check`; here it has no cases.
        let Ok(cases) = case_file::parse(path, text, laws) else { continue };
        let expects = |case: &&Case| {
            wanted.is_none_or(|id| case.expects.iter().any(|one| one.obligation.as_str() == id))
        };
        let cases = cases.iter().filter(expects);
        found.extend(cases.map(|case| WorkedCase::of(path, case, laws)));
    }
    Ok(Json(List::whole(found)))
}
