//! `watchfire product`: the products of a node.

use serde_json::{Value, json};
use watchfire_core::ids::ProductId;

use crate::api::Api;
use crate::cli::{Product, ProductSaid, Server, Why};
use crate::exit::{Exit, Failure};
use crate::print;

pub(super) fn run(command: Product) -> Result<Exit, Failure> {
    match command {
        Product::List { search, json, server } => list(&server, search.as_deref(), json),
        Product::Add { name, said } => {
            let api = Api::of(&said.server)?;
            let card = changed(json!({ "name": name }), None, &said);
            answered(&api.post("/api/v1/products", &card)?, said.json)
        }
        Product::Change { product, name, said } => change(&product, name, &said),
        Product::Retire { product, why } => retire(&product, &why),
    }
}

fn list(server: &Server, search: Option<&str>, json: bool) -> Result<Exit, Failure> {
    let api = Api::of(server)?;
    let query: Vec<(&str, &str)> = search.map(|search| ("search", search)).into_iter().collect();
    let products = api.all("/api/v1/products", &query)?;
    if json {
        return print::json(&json!({ "items": products })).map(|()| Exit::Done);
    }
    let mut table = print::table(&["product", "name", "releases", "holes", "open", "owner"]);
    for one in &products {
        let cells = ["id", "name", "releases", "holes", "open", "owner"];
        table.add_row(cells.map(|name| text(&one[name])));
    }
    print::data(&table.to_string()).map(|()| Exit::Done)
}

fn change(product: &str, name: Option<String>, said: &ProductSaid) -> Result<Exit, Failure> {
    let api = Api::of(&said.server)?;
    let path = path(&id(&api, product)?);
    let shown = api.get_json(&path, &[])?;
    let fields = ["name", "description", "owner", "department", "internet_facing", "identifiers"];
    let card = kept(&shown, &fields);
    answered(&api.put(&path, &changed(card, name, said))?, said.json)
}

fn retire(product: &str, why: &Why) -> Result<Exit, Failure> {
    let api = Api::of(&why.server)?;
    let path = path(&id(&api, product)?);
    answered(&api.delete(&path, &json!({ "reason": why.reason }))?, why.json)
}

/// What is said already, with what flags say in its place.
fn changed(mut card: Value, name: Option<String>, said: &ProductSaid) -> Value {
    let texts = [
        ("name", name.as_ref()),
        ("description", said.description.as_ref()),
        ("owner", said.owner.as_ref()),
        ("department", said.department.as_ref()),
    ];
    put(&mut card, &texts);
    if let Some(facing) = &said.internet_facing {
        card["internet_facing"] = match facing.as_str() {
            "yes" => json!(true),
            "no" => json!(false),
            _ => Value::Null,
        };
    }
    if !said.identifier.is_empty() {
        card["identifiers"] = json!(said.identifier);
    }
    card
}

/// The fields of something that is shown, to be sent back.
pub(super) fn kept(shown: &Value, fields: &[&str]) -> Value {
    fields.iter().map(|field| ((*field).to_owned(), shown[*field].clone())).collect()
}

/// Puts texts into a card; an empty one takes out what was said.
pub(super) fn put(card: &mut Value, texts: &[(&str, Option<&String>)]) {
    for (field, text) in texts {
        let Some(text) = text else { continue };
        let is_taken_out = text.is_empty() && *field != "name" && *field != "version";
        card[*field] = if is_taken_out { Value::Null } else { json!(text) };
    }
}

fn path(id: &ProductId) -> String {
    format!("/api/v1/products/{id}")
}

/// The id of a product by its id or its name.
///
/// # Errors
/// A failure of the request where no product in use is called so.
pub(super) fn id(api: &Api<'_>, called: &str) -> Result<ProductId, Failure> {
    find(api, called)?.ok_or_else(|| {
        Failure::request(format!("no product in use is called `{called}`"))
            .hint("`watchfire product list` lists them, `watchfire product add` makes one known")
    })
}

/// As [`id`]; `None` where no product in use is called so.
pub(super) fn find(api: &Api<'_>, called: &str) -> Result<Option<ProductId>, Failure> {
    if let Ok(id) = called.parse() {
        return Ok(Some(id));
    }
    let found = api.all("/api/v1/products", &[("search", called)])?;
    let found = found.iter().find(|one| one["name"] == called);
    found.map(|one| of_node(&one["id"])).transpose()
}

/// An id that the node says.
///
/// # Errors
/// A failure of the world where it is none.
pub(super) fn of_node<T: std::str::FromStr>(said: &Value) -> Result<T, Failure> {
    let id = said.as_str().and_then(|text| text.parse().ok());
    id.ok_or_else(|| Failure::world("the node's answer has no id where there should be one"))
}

/// Prints what is answered to a write: the id of what it is about.
pub(super) fn answered(answer: &Value, json: bool) -> Result<Exit, Failure> {
    if json {
        print::json(answer)?
    } else {
        print::data(&text(&answer["id"]))?
    }
    Ok(Exit::Done)
}

/// A value as it stands in a table.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => print::plain(text),
        Value::Number(number) => number.to_string(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        _ => "-".to_owned(),
    }
}
