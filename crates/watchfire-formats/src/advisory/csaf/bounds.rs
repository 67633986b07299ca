//! The first and the last version of what is affected, and what lies between them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::super::{Affected, Event, Order, Product, Range, Status, list};
use super::product::Products;

/// One product in one place, whatever its version.
type Line<'p> = (Option<&'p str>, Option<&'p str>, Option<&'p str>);

/// For each product that has a first or a last affected version: what is between is not known.
///
/// The lists name versions alone, and say nothing in words of those between; a product without a
/// first version may have been affected from the beginning.
///
/// Source: CSAF 2.1, `product_status`: `first_affected` is the first version of a release that is
/// known to be affected, `last_affected` the last one, behind which a release has the fix.
pub(super) fn between(json: &Value, pointer: &str, products: &Products<'_>) -> Vec<Affected> {
    let mut lines: BTreeMap<Line<'_>, (Arc<Product>, String, Vec<Event>)> = BTreeMap::new();
    for (key, event) in
        [("first_affected", Event::From as fn(String) -> Event), ("last_affected", Event::UpTo)]
    {
        let ids = json.get("product_status").map(|status| list(status, key)).unwrap_or_default();
        for (at, id) in ids.iter().enumerate() {
            let Some(meant) = id.as_str().and_then(|id| products.get(id)) else { continue };
            let Some(version) = meant.versions.first() else { continue };
            let within = meant.product.within.as_ref().and_then(|whole| whole.reference.as_deref());
            let line = (meant.product.vendor.as_deref(), meant.product.name.as_deref(), within);
            let pointer = || format!("{pointer}/product_status/{key}/{at}");
            let entry = lines.entry(line);
            let entry = entry.or_insert_with(|| (meant.product.clone(), pointer(), Vec::new()));
            entry.2.push(event(version.clone()));
        }
    }
    let unknown = |(product, pointer, mut events): (Arc<Product>, String, Vec<Event>)| {
        if !events.iter().any(|event| matches!(event, Event::From(_))) {
            events.insert(0, Event::From("0".to_owned()));
        }
        let ranges = vec![Range::Events { order: Order::Ecosystem, events }];
        Affected { ranges, ..Affected::new(product, Status::Unknown, pointer) }
    };
    lines.into_values().map(unknown).collect()
}
