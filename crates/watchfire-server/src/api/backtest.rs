//! Laws, or a draft of some, put to past cases.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use watchfire_core::law::bulk::{AsOf, Fates, Otherwise, Restated, Side};
use watchfire_core::law::files::Files;
use watchfire_core::law::impact::{Counts, ShiftKind};

use super::{Asked, Paging, Shown, instant};
use crate::auth::Caller;
use crate::command::backtest::{self as command, Against, Draft, Tested};
use crate::state::Node;
use crate::write::KeylessWrite;

/// The route. It reads, though it has a body: nothing is kept, and no key is needed.
pub(crate) const BACKTEST: &str = "/api/v1/laws/backtest";

/// What is put to past cases.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBacktest {
    /// Path under a folder of packs, and text: laid over what the node uses. Left out, what it uses
    /// is put to the cases.
    #[serde(default)]
    files: Option<BTreeMap<String, String>>,
    /// What it is compared with; by default `in-use` with `files`, and `nothing` without.
    #[serde(default)]
    against: Option<ComparedWith>,
    /// The instant to answer for, instead of now.
    #[serde(default)]
    #[schema(format = DateTime)]
    at: Option<String>,
    /// Hides what became known later.
    #[serde(default)]
    #[schema(format = DateTime)]
    known_at: Option<String>,
}

/// What a draft can be compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ComparedWith {
    /// The laws that the node uses.
    InUse,
    /// The packs of the program.
    BuiltIn,
    Nothing,
}

impl ComparedWith {
    fn against(self) -> (Against, &'static str) {
        match self {
            Self::InUse => (Against::InUse, "in-use"),
            Self::BuiltIn => (Against::BuiltIn, "built-in"),
            Self::Nothing => (Against::Nothing, "nothing"),
        }
    }
}

/// Obligations, counted by what became of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountedFates {
    /// The sum of the next five.
    owed: usize,
    met: usize,
    late: usize,
    overdue: usize,
    open: usize,
    waiting: usize,
    /// Of those met: after the strict instant and not after the outer one.
    after_strict: usize,
    /// Of those owed: hanging on a question that nobody has answered.
    provisional: usize,
    foreseen: usize,
}

impl CountedFates {
    fn of(fates: &Fates) -> Self {
        let Fates { owed, met, late, overdue, open, waiting, after_strict, provisional, foreseen } =
            *fates;
        Self { owed, met, late, overdue, open, waiting, after_strict, provisional, foreseen }
    }
}

/// The obligations of one provision.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FatesOfProvision {
    provision: String,
    #[serde(flatten)]
    counted: CountedFates,
}

/// How an obligation stands under some laws.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RestatedSide {
    state: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    strict_due: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    outer_due: Option<Timestamp>,
    version_from: Option<String>,
}

impl RestatedSide {
    fn of(side: &Side) -> Self {
        Self {
            state: side.state.to_string(),
            strict_due: side.strict_due,
            outer_due: side.outer_due,
            version_from: side.version_from.map(|day| day.to_string()),
        }
    }
}

/// One obligation of one case that is otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WireRestated {
    case: String,
    obligation: String,
    from_fact: Option<String>,
    /// `gained`, `lost`, `moved`, `foreseen`, `no-longer-foreseen`; absent where nothing of what is
    /// owed changes.
    #[schema(value_type = Option<String>)]
    kind: Option<&'static str>,
    before: Option<RestatedSide>,
    after: Option<RestatedSide>,
}

impl WireRestated {
    fn of(one: &Restated) -> Self {
        Self {
            case: one.case.clone(),
            obligation: one.obligation.to_string(),
            from_fact: one.from_fact.clone(),
            kind: one.kind.map(ShiftKind::as_str),
            before: one.before.as_ref().map(RestatedSide::of),
            after: one.after.as_ref().map(RestatedSide::of),
        }
    }
}

/// What is otherwise than under the laws that are compared with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WireOtherwise {
    /// `in-use` or `built-in`.
    #[schema(value_type = String)]
    laws: &'static str,
    /// Cases that the difference can touch, and those in which something is otherwise.
    touchable: usize,
    changed: usize,
    gained: usize,
    lost: usize,
    moved: usize,
    /// Of those that moved: to an earlier strict date.
    earlier: usize,
    /// Of those that moved: to a later strict date.
    later: usize,
    foreseen: usize,
    no_longer_foreseen: usize,
    changes: Vec<WireRestated>,
}

impl WireOtherwise {
    fn of(laws: &'static str, found: &Otherwise) -> Self {
        let Counts { gained, lost, moved, earlier, later, foreseen, no_longer_foreseen } =
            found.counts;
        Self {
            laws,
            touchable: found.touchable,
            changed: found.changed,
            gained,
            lost,
            moved,
            earlier,
            later,
            foreseen,
            no_longer_foreseen,
            changes: found.changes.iter().map(WireRestated::of).collect(),
        }
    }
}

/// A case that the draft cannot read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NotRead {
    case: String,
    /// What it cannot read, in English.
    problem: String,
}

/// What came out for a page of the cases that you may see, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WireBacktest {
    /// The instant that is answered for. Said again as `at`, every page answers for the same.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Cases of the page that the laws were put to.
    cases: usize,
    /// Of these: cases that columns alone did not answer.
    by_engine: usize,
    obligations: CountedFates,
    provisions: Vec<FatesOfProvision>,
    against: Option<WireOtherwise>,
    /// Cases of the page with a fact that the laws cannot read.
    unread: Vec<NotRead>,
    /// On the first page: how many cases there are that you may see, up to a million.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    /// To be given as `after` for the next page, with the same body; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl WireBacktest {
    fn of(tested: Tested, laws: &'static str, at: Timestamp) -> Self {
        let Tested { found, unread, next, total } = tested;
        let provisions = found.tally.by_provision.iter();
        let provisions = provisions.map(|(id, fates)| FatesOfProvision {
            provision: id.to_string(),
            counted: CountedFates::of(fates),
        });
        Self {
            at,
            cases: found.cases,
            by_engine: found.by_engine,
            obligations: CountedFates::of(&found.tally.total),
            provisions: provisions.collect(),
            against: found.otherwise.as_ref().map(|it| WireOtherwise::of(laws, it)),
            unread: unread
                .into_iter()
                .map(|(case, problem)| NotRead { case: case.to_string(), problem })
                .collect(),
            total,
            next,
        }
    }
}

/// Puts the laws in use, or a draft over them, to the past cases of your organization that you may
/// see. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/laws/backtest", tag = "laws", params(Paging),
    request_body = NewBacktest, responses((status = 200, body = WireBacktest)))]
pub(crate) async fn backtest(
    State(node): State<Node>,
    caller: Caller,
    asked: Asked<Paging>,
    write: KeylessWrite,
) -> Shown<WireBacktest> {
    let page = asked.0.request()?;
    let new: NewBacktest = write.body()?;
    let by_default = if new.files.is_some() { ComparedWith::InUse } else { ComparedWith::Nothing };
    let (against, laws) = new.against.unwrap_or(by_default).against();
    let read =
        |pointer: &str, text: Option<String>| text.map(|text| instant(pointer, &text)).transpose();
    let at = read("/at", new.at)?.unwrap_or_else(|| node.now());
    let as_of = AsOf { now: Some(at), known_at: read("/known_at", new.known_at)? };
    let draft = Draft { files: new.files.map(Files::new), against, as_of };
    let tested = command::page(&node, &caller.viewer, draft, &page).await?;
    Ok(Json(WireBacktest::of(tested, laws, at)))
}
