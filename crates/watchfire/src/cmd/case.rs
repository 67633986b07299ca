//! `watchfire case`: cases over the API.

use std::path::Path;

use comfy_table::Cell;
use serde_json::{Value, json};

use crate::api::Api;
use crate::cli::{Case, CaseShow, Server};
use crate::exit::{Exit, Failure};
use crate::{evidence, print};

/// Rows of one page; the most that a node gives.
const PAGE_ROWS: &str = "200";

pub(super) fn run(command: Case) -> Result<Exit, Failure> {
    match command {
        Case::List { json, server } => list(&server, json),
        Case::Show(args) => show(&args),
        Case::Export { id, out, internal, server } => export(&server, &id, &out, internal),
    }
}

fn text(value: &Value) -> String {
    print::plain(value.as_str().unwrap_or("-"))
}

/// A part of a path that somebody typed: it must not lead elsewhere.
fn case_path(id: &str) -> Result<String, Failure> {
    let id: watchfire_core::ids::CaseId = id
        .parse()
        .map_err(|error| Failure::request(format!("`{id}` is no id of a case")).because(error))?;
    Ok(format!("/api/v1/cases/{id}"))
}

fn list(server: &Server, json: bool) -> Result<Exit, Failure> {
    let api = Api::of(server)?;
    let (mut cases, mut after) = (Vec::new(), None::<String>);
    loop {
        let mut query = vec![("limit", PAGE_ROWS)];
        query.extend(after.as_deref().map(|after| ("after", after)));
        let mut page = api.get_json("/api/v1/cases", &query)?;
        if let Value::Array(items) = page["items"].take() {
            cases.extend(items);
        }
        match page["next"].as_str() {
            Some(next) => after = Some(next.to_owned()),
            None => break,
        }
    }
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
    let case = api.get_json(&case_path(&args.id)?, &query)?;
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
        let cells = ["obligation", "state", "strict_due", "outer_due", "id"];
        owed.add_row(cells.map(|name| text(&one[name])));
    }
    print::data(&owed.to_string()).map(|()| Exit::Done)
}

fn export(server: &Server, id: &str, out: &Path, internal: bool) -> Result<Exit, Failure> {
    let api = Api::of(server)?;
    let anchor = if internal { "internal" } else { "public" };
    let document = api.get(&format!("{}/export", case_path(id)?), &[("anchor", anchor)])?;
    evidence::write_whole(out, &document).map_err(|error| {
        Failure::world(format!("`{}` cannot be written", out.display())).because(error)
    })?;
    print::say(&format!(
        "check it anywhere with `watchfire log verify --bundle {}`",
        out.display()
    ));
    Ok(Exit::Done)
}
