//! `watchfire release`: the releases of a node's products.

use serde_json::{Value, json};
use watchfire_core::ids::{ProductId, ReleaseId};

use super::product::{self, answered, kept, text};
use crate::api::Api;
use crate::cli::{Release, ReleaseSaid, Server, Why};
use crate::exit::{Exit, Failure};
use crate::print;

pub(super) fn run(command: Release) -> Result<Exit, Failure> {
    match command {
        Release::List { product, json, server } => list(&server, &product, json),
        Release::Holes { json, server } => holes(&server, json),
        Release::Add { product, version, said } => {
            let api = Api::of(&said.server)?;
            let path = of_product(&product::id(&api, &product)?);
            let card = changed(json!({ "version": version }), None, &said);
            answered(&api.post(&path, &card)?, said.json)
        }
        Release::Change { release, version, said } => change(&release, version, &said),
        Release::Retire { release, why } => retire(&release, &why),
    }
}

fn list(server: &Server, product: &str, json: bool) -> Result<Exit, Failure> {
    let api = Api::of(server)?;
    let releases = api.all(&of_product(&product::id(&api, product)?), &[])?;
    tell(&releases, json).map(|()| Exit::Done)
}

fn holes(server: &Server, json: bool) -> Result<Exit, Failure> {
    let holes = Api::of(server)?.all("/api/v1/holes", &[])?;
    tell(&holes, json)?;
    Ok(if holes.is_empty() { Exit::Done } else { Exit::No })
}

fn tell(releases: &[Value], json: bool) -> Result<(), Failure> {
    if json {
        return print::json(&json!({ "items": releases }));
    }
    let cells = ["id", "product_name", "version", "supported_until", "sboms", "open", "answerable"];
    let mut table = print::table(&[
        "release",
        "product",
        "version",
        "supported until",
        "SBOMs",
        "open",
        "answerable",
    ]);
    for one in releases {
        table.add_row(cells.map(|name| text(&one[name])));
    }
    print::data(&table.to_string())
}

fn change(release: &str, version: Option<String>, said: &ReleaseSaid) -> Result<Exit, Failure> {
    let api = Api::of(&said.server)?;
    let path = path(&id(release)?);
    let shown = api.get_json(&path, &[])?;
    let card = kept(&shown, &["version", "released_on", "supported_until", "sold_in", "owner"]);
    answered(&api.put(&path, &changed(card, version, said))?, said.json)
}

fn retire(release: &str, why: &Why) -> Result<Exit, Failure> {
    let api = Api::of(&why.server)?;
    answered(&api.delete(&path(&id(release)?), &json!({ "reason": why.reason }))?, why.json)
}

/// What is said already, with what flags say in its place.
fn changed(mut card: Value, version: Option<String>, said: &ReleaseSaid) -> Value {
    let texts = [
        ("version", version.as_ref()),
        ("released_on", said.released_on.as_ref()),
        ("supported_until", said.supported_until.as_ref()),
        ("owner", said.owner.as_ref()),
    ];
    product::put(&mut card, &texts);
    if !said.sold_in.is_empty() {
        card["sold_in"] = json!(said.sold_in);
    }
    card
}

/// An id that somebody typed, and that must not lead elsewhere.
///
/// # Errors
/// A failure of the request where it is none.
pub(super) fn id(typed: &str) -> Result<ReleaseId, Failure> {
    typed.parse().map_err(|error| {
        Failure::request(format!("`{typed}` is no id of a release"))
            .because(error)
            .hint("`watchfire release list PRODUCT` lists them")
    })
}

pub(super) fn path(id: &ReleaseId) -> String {
    format!("/api/v1/releases/{id}")
}

pub(super) fn of_product(product: &ProductId) -> String {
    format!("/api/v1/products/{product}/releases")
}
