//! `watchfire case`: cases over the API; their export also from the database itself.

use std::path::Path;

use comfy_table::Cell;
use serde_json::{Value, json};
use watchfire_core::ids::CaseId;
use watchfire_server::export;
use watchfire_server::state::Node;
use watchfire_server::worker::Progress;
use watchfire_server::worker::keeper::Keeper;

use crate::api::Api;
use crate::cli::{Case, CaseShow, Server};
use crate::exit::{Exit, Failure};
use crate::open::{self, operator, refused, store_failure};
use crate::{evidence, print};

pub(super) fn run(command: Case) -> Result<Exit, Failure> {
    match command {
        Case::List { json, server } => list(&server, json),
        Case::Show(args) => show(&args),
        Case::Export { id, out, internal, server, here } => {
            let id = case_id(&id)?;
            match here.place() {
                None => export(&server, &id, &out, internal),
                Some(place) => {
                    let token = server.token.as_deref();
                    open::at(&place, async |node| {
                        export_here(node, token, &id, &out, internal).await
                    })
                }
            }
        }
    }
}

fn text(value: &Value) -> String {
    print::plain(value.as_str().unwrap_or("-"))
}

fn case_id(id: &str) -> Result<CaseId, Failure> {
    id.parse()
        .map_err(|error| Failure::request(format!("`{id}` is no id of a case")).because(error))
}

/// A part of a path that somebody typed, and that must not lead elsewhere: so it is an id.
fn case_path(id: &CaseId) -> String {
    format!("/api/v1/cases/{id}")
}

fn list(server: &Server, json: bool) -> Result<Exit, Failure> {
    let cases = Api::of(server)?.all("/api/v1/cases", &[])?;
    if json {
        return print::json(&json!({ "items": cases })).map(|()| Exit::Done);
    }
    let mut table = print::table(&["case", "opened", "embargo", "title"]);
    for case in &cases {
        let embargo = if case["embargoed"] == true { "embargoed" } else { "-" };
        let cells = [&case["id"], &case["opened_at"]].map(text);
        table.add_row([&cells[0], &cells[1], embargo, &text(&case["title"])].map(Cell::new));
    }
    print::data(&table.to_string()).map(|()| Exit::Done)
}

fn show(args: &CaseShow) -> Result<Exit, Failure> {
    let api = Api::of(&args.server)?;
    let mut query = vec![("language", args.language.as_str())];
    query.extend(args.at.as_deref().map(|at| ("at", at)));
    query.extend(args.known_at.as_deref().map(|at| ("known_at", at)));
    let case = api.get_json(&case_path(&case_id(&args.id)?), &query)?;
    if args.json {
        return print::json(&case).map(|()| Exit::Done);
    }
    print::data(&format!("{}  {}", text(&case["id"]), text(&case["title"])))?;
    let mut facts = print::table(&["fact", "kind", "occurred", "known"]);
    for fact in case["facts"].as_array().into_iter().flatten() {
        let kind = if fact["retracted"] == true {
            format!("{} (taken back)", text(&fact["kind"]))
        } else {
            text(&fact["kind"])
        };
        facts.add_row([
            text(&fact["id"]),
            kind,
            text(&fact["occurred_at"]),
            text(&fact["known_at"]),
        ]);
    }
    print::data(&facts.to_string())?;
    let mut owed = print::table(&["obligation", "state", "strict", "outer", "id"]);
    for one in case["obligations"].as_array().into_iter().flatten() {
        let cells = ["provision", "state", "strict_due", "outer_due", "id"];
        owed.add_row(cells.map(|name| text(&one[name])));
    }
    print::data(&owed.to_string()).map(|()| Exit::Done)
}

fn export(server: &Server, id: &CaseId, out: &Path, internal: bool) -> Result<Exit, Failure> {
    let api = Api::of(server)?;
    let anchor = if internal { "internal" } else { "public" };
    let document = api.get(&format!("{}/export", case_path(id)), &[("anchor", anchor)])?;
    keep(out, &document)
}

/// Exports from the database itself, with the rights of whose token it is; without one, with those
/// of the operator, who sees no case under embargo.
async fn export_here(
    node: &Node,
    token: Option<&str>,
    id: &CaseId,
    out: &Path,
    internal: bool,
) -> Result<Exit, Failure> {
    let viewer = match token {
        None => operator(),
        Some(token) => {
            let found = node.store().viewer_of_token(token, node.now()).await;
            found.map_err(store_failure)?.ok_or_else(|| {
                Failure::request("the bearer token is unknown, expired or taken back")
                    .hint("make a new one with `watchfire user token`")
            })?
        }
    };
    let document = if internal {
        let log = node.store().authorize_log(&operator()).await.map_err(store_failure)?;
        export::internal(node, &viewer, &log, id).await
    } else {
        // A node that does not run lets its public log grow no more; what is due is made up for.
        let keeper = Keeper::new(node.clone(), Progress::default());
        keeper.checkpoint_once(node.now()).await.map_err(store_failure)?;
        export::public(node, &viewer, id).await
    };
    let document = document.map_err(|problem| match (problem.code(), token) {
        ("entry_pending", _) => {
            let seconds = problem.retry_after_seconds().unwrap_or_default();
            refused(&problem).hint(format!("ask again in {seconds} s, or take `--internal`"))
        }
        ("not_found", None) => refused(&problem).hint(
            "a case under embargo is exported with `--token` of somebody who takes part in it; \
             `watchfire user token` makes one",
        ),
        _ => refused(&problem),
    })?;
    keep(out, document.as_bytes())
}

fn keep(out: &Path, document: &[u8]) -> Result<Exit, Failure> {
    evidence::write_whole(out, document).map_err(|error| {
        Failure::world(format!("`{}` cannot be written", out.display())).because(error)
    })?;
    print::say(&format!(
        "check it anywhere with `watchfire log verify --bundle {}`",
        out.display()
    ));
    Ok(Exit::Done)
}
