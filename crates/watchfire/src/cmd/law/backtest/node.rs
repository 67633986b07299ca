//! A backtest that a node computes over its own cases, asked page by page over its API.

use serde::Deserialize;
use serde_json::{Value, json};
use watchfire_core::law::bulk::AsOf;

use super::answer::Answer;
use crate::api::Api;
use crate::cli::{Backtest, Server};
use crate::cmd::packs::Folder;
use crate::cmd::problems;
use crate::cmd::progress::Progress;
use crate::exit::Failure;

/// Cases of one page; the most that a node gives.
const PAGE_ROWS: &str = "200";
/// What a node can compare with.
const AGAINST: [&str; 3] = ["in-use", "built-in", "nothing"];

/// What a node answers for a page of its cases.
#[derive(Deserialize)]
struct Page {
    at: String,
    unread: Vec<Unread>,
    total: Option<usize>,
    next: Option<String>,
    #[serde(flatten)]
    answer: Answer,
}

#[derive(Deserialize)]
struct Unread {
    case: String,
    problem: String,
}

/// Has a node put the draft to the cases that whoever asks may see.
pub(super) fn asked(server: &Server, args: &Backtest, as_of: AsOf) -> Result<Answer, Failure> {
    if let Some(other) = args.against.as_deref().filter(|one| !AGAINST.contains(one)) {
        return Err(Failure::request(format!("a node cannot compare with `{other}`"))
            .hint("with `--server`, `--against` is `in-use`, `built-in` or `nothing`"));
    }
    let folder = args.laws.folder.as_deref().map(Folder::read).transpose()?;
    let files = folder.as_ref().map(Folder::to_files);
    let files = files.map(|files| {
        let pairs = files.iter().map(|(path, text)| (path.to_owned(), Value::from(text)));
        pairs.collect::<serde_json::Map<_, _>>()
    });
    let mut body = json!({
        "files": files,
        "against": args.against,
        "at": as_of.now.map(|at| at.to_string()),
        "known_at": as_of.known_at.map(|at| at.to_string()),
    });
    let api = Api::of(server)?;
    let (mut pages, mut after) = (Vec::new(), None::<String>);
    let mut progress = None;
    loop {
        let page = page(&api, &body, after.as_deref()).inspect_err(|failure| {
            problems::say_of_node(&failure.problems, folder.as_ref());
        })?;
        if let Some(Unread { case, problem }) = page.unread.first() {
            let said = format!("these laws cannot read the case `{case}`: {problem}");
            return Err(Failure::request(said));
        }
        // The pages answer for one instant.
        body["at"] = page.at.into();
        let progress = progress.get_or_insert_with(|| Progress::new(page.total.unwrap_or(0)));
        progress.steps(page.answer.cases());
        pages.push(page.answer);
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    if let Some(progress) = progress {
        progress.done();
    }
    Ok(Answer::together(pages))
}

fn page(api: &Api<'_>, body: &Value, after: Option<&str>) -> Result<Page, Failure> {
    let mut query = vec![("limit", PAGE_ROWS)];
    query.extend(after.map(|after| ("after", after)));
    let answer = api.ask("/api/v1/laws/backtest", &query, body)?;
    serde_json::from_value(answer)
        .map_err(|error| Failure::world("the node's answer is no backtest").because(error))
}
