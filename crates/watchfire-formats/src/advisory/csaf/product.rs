//! Products as statements mean them: what is matched, what it is in, and of which versions.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::super::{Product, Range, ReadError, list, text as text_of, texts};
use super::tree::{Definition, Tree};
use crate::purl::Purl;

/// How many products may stand within each other; a document with more is refused.
const WITHIN_MAX: usize = 16;

/// A product, with the versions of it that are meant.
#[derive(Debug, Clone, Default)]
pub(super) struct Meant {
    pub(super) product: Arc<Product>,
    pub(super) versions: Vec<String>,
    pub(super) ranges: Vec<Range>,
}

impl Meant {
    /// How many bytes a statement about it copies.
    pub(super) fn bytes(&self) -> usize {
        let range = |range: &Range| match range {
            Range::Vers(text) | Range::Native(text) => text.len(),
            Range::Events { .. } => 0,
        };
        self.versions.iter().map(String::len).sum::<usize>()
            + self.ranges.iter().map(range).sum::<usize>()
    }
}

/// Products by their ids, and the members of groups.
pub(super) struct Products<'a> {
    by_id: HashMap<&'a str, Meant>,
    tree: &'a Tree<'a>,
}

impl<'a> Products<'a> {
    /// What is meant by each product that a vulnerability names.
    ///
    /// # Errors
    /// [`ReadError`] where products stand deeper within each other than is read.
    pub(super) fn of(tree: &'a Tree<'a>) -> Result<Self, ReadError> {
        let mut products = Self { by_id: HashMap::new(), tree };
        let named = tree.mentions.iter().filter(|it| it.pointer.starts_with("/vulnerabilities/"));
        for definition in named.filter_map(|mention| tree.find(mention.id)) {
            products.meant(definition, 0)?;
        }
        Ok(products)
    }

    pub(super) fn get(&self, id: &str) -> Option<&Meant> {
        self.by_id.get(id)
    }

    /// The products that a flag, a remediation or a score names, by themselves or in groups.
    pub(super) fn named(&self, json: &'a Value) -> Vec<&'a str> {
        let own = list(json, "product_ids").iter().chain(list(json, "products"));
        let own = own.filter_map(Value::as_str);
        let groups = list(json, "group_ids").iter().filter_map(Value::as_str);
        let members = groups.flat_map(|group| self.tree.groups.get(group).into_iter().flatten());
        own.chain(members.copied()).collect()
    }

    /// A relation names what is inside, which is matched, and what it is in, where alone it is said.
    ///
    /// Both may be relations themselves; the innermost says which versions there are.
    fn meant(&mut self, definition: &Definition<'a>, depth: usize) -> Result<Meant, ReadError> {
        if let Some(known) = self.by_id.get(definition.id) {
            return Ok(known.clone());
        }
        let too_deep = || {
            let reason = format!("more than {WITHIN_MAX} products stand within each other");
            ReadError::at(definition.pointer.clone(), reason)
        };
        let own = plain(definition);
        let tree = self.tree;
        let meant = if let Some(relation) = &definition.relation {
            if depth >= WITHIN_MAX {
                return Err(too_deep());
            }
            let mut of = |id: &str| {
                let found = tree.find(id).map(|inner| self.meant(inner, depth + 1));
                found.transpose().map(Option::unwrap_or_default)
            };
            let inner = of(relation.part)?;
            let mut wholes: Vec<Arc<Product>> = Vec::new();
            for whole in &relation.wholes {
                let whole = of(whole)?.product;
                wholes.extend(chain(&whole));
            }
            let around: Vec<Arc<Product>> = chain(&inner.product).skip(1).chain(wholes).collect();
            if around.len() >= WITHIN_MAX {
                return Err(too_deep());
            }
            Meant { product: Arc::new(placed(own, &inner.product, &around)), ..inner }
        } else {
            let (versions, ranges) = versions_of(definition, &own);
            let version = versions.first().cloned();
            Meant { product: Arc::new(Product { version, ..own }), versions, ranges }
        };
        self.by_id.insert(definition.id, meant.clone());
        Ok(meant)
    }
}

/// A product and all that it is in, from the inside.
fn chain(product: &Arc<Product>) -> impl Iterator<Item = Arc<Product>> + use<> {
    std::iter::successors(Some(product.clone()), |one| one.within.clone())
}

/// The inner product under the id of the relation, in what is around it from the inside.
fn placed(own: Product, inner: &Product, around: &[Arc<Product>]) -> Product {
    let mut within: Option<Arc<Product>> = None;
    for one in around.iter().rev() {
        within = Some(Arc::new(Product { within, ..Product::clone(one) }));
    }
    let either = |one: Vec<String>, two: &[String]| if one.is_empty() { two.to_vec() } else { one };
    Product {
        name: inner.name.clone().or(own.name),
        version: inner.version.clone(),
        vendor: inner.vendor.clone().or(own.vendor),
        purls: either(own.purls, &inner.purls),
        cpes: either(own.cpes, &inner.cpes),
        hashes: if own.hashes.is_empty() { inner.hashes.clone() } else { own.hashes },
        reference: own.reference,
        ecosystem: None,
        within,
    }
}

fn plain(definition: &Definition<'_>) -> Product {
    let helper = definition.json.get("product_identification_helper").unwrap_or(&Value::Null);
    let hashes = list(helper, "hashes").iter().flat_map(|file| list(file, "file_hashes"));
    let hash = |one: &Value| Some((text_of(one, "algorithm")?, text_of(one, "value")?));
    let purls = text_of(helper, "purl").into_iter().chain(texts(helper, "purls"));
    Product {
        name: definition
            .branch("product_name")
            .map(str::to_owned)
            .or_else(|| text_of(definition.json, "name")),
        vendor: definition.branch("vendor").map(str::to_owned),
        purls: purls.collect(),
        cpes: text_of(helper, "cpe").into_iter().collect(),
        hashes: hashes.filter_map(hash).collect(),
        reference: Some(definition.id.to_owned()),
        ..Product::default()
    }
}

/// The version of the package URL counts before the name of the branch, which some publishers fill
/// with the whole name of a package; where it is the name alone, no version is meant.
fn versions_of(definition: &Definition<'_>, own: &Product) -> (Vec<String>, Vec<Range>) {
    let purls: Vec<Purl> =
        own.purls.iter().filter_map(|purl| Purl::parse_tolerant(purl).ok()).collect();
    let of_purls: Vec<String> =
        purls.iter().filter_map(|purl| purl.version().map(str::to_owned)).collect();
    let version = definition.branch("product_version");
    let version = version.filter(|version| !purls.iter().any(|purl| purl.name() == *version));
    let version = version.map(str::to_owned).filter(|_| of_purls.is_empty());
    let range = definition.branch("product_version_range").map(|range| {
        let range = range.to_owned();
        if range.starts_with("vers:") { Range::Vers(range) } else { Range::Native(range) }
    });
    let versions = if range.is_some() { Vec::new() } else { of_purls };
    (versions.into_iter().chain(version).collect(), range.into_iter().collect())
}
