//! The product tree: which products are defined, where, and who refers to them.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::super::list;

/// A part within a whole, as a relationship puts them, or a path of products in 2.1.
#[derive(Debug, Clone)]
pub(super) struct Relation<'a> {
    pub(super) part: &'a str,
    /// What it is in, from the inside.
    pub(super) wholes: Vec<&'a str>,
    /// Of the wholes those that are installed beside it, rather than around it.
    pub(super) beside: Vec<bool>,
}

/// A product where it is defined.
#[derive(Debug, Clone)]
pub(super) struct Definition<'a> {
    pub(super) id: &'a str,
    /// The product with its names, a full product name of the standard.
    pub(super) json: &'a Value,
    /// Where its id stands.
    pub(super) pointer: String,
    /// The branches that lead to it, from the root: category and name.
    branches: Vec<(&'a str, &'a str)>,
    pub(super) relation: Option<Relation<'a>>,
}

/// Categories of branches that say which of several products of one line is meant.
const VERSIONS: [&str; 4] =
    ["patch_level", "product_version", "product_version_range", "service_pack"];

impl<'a> Definition<'a> {
    /// The branches that lead to it without those of versions, or none where no branch does.
    pub(super) fn line(&self) -> Vec<(&'a str, &'a str)> {
        let plain = self.branches.iter().filter(|(category, _)| !VERSIONS.contains(category));
        plain.copied().collect()
    }

    /// The name of the innermost branch of a category.
    pub(super) fn branch(&self, category: &str) -> Option<&'a str> {
        self.branches.iter().rev().find(|(one, _)| *one == category).map(|(_, name)| *name)
    }
}

/// A place that names a product or a group.
#[derive(Debug, Clone)]
pub(super) struct Mention<'a> {
    pub(super) id: &'a str,
    pub(super) pointer: String,
}

/// All that a document defines and mentions.
#[derive(Debug, Default)]
pub(super) struct Tree<'a> {
    pub(super) definitions: Vec<Definition<'a>>,
    by_id: HashMap<&'a str, usize>,
    /// Members by group.
    pub(super) groups: BTreeMap<&'a str, Vec<&'a str>>,
    /// Where groups are defined.
    pub(super) group_definitions: Vec<Mention<'a>>,
    /// Where products are named that are defined elsewhere.
    pub(super) mentions: Vec<Mention<'a>>,
    /// Where groups are.
    pub(super) group_mentions: Vec<Mention<'a>>,
    /// Every branch, and how deep it is: the first is 1.
    pub(super) branches: Vec<Branch<'a>>,
}

/// A branch of the tree.
#[derive(Debug, Clone)]
pub(super) struct Branch<'a> {
    pub(super) json: &'a Value,
    pub(super) pointer: String,
    pub(super) depth: usize,
    /// Categories of the branches that lead to it, its own the last.
    pub(super) path: Vec<&'a str>,
}

impl<'a> Tree<'a> {
    pub(super) fn of(json: &'a Value) -> Self {
        let mut tree = Self::default();
        let products = json.get("product_tree").unwrap_or(&Value::Null);
        tree.walk_branches(products, "/product_tree", &mut Vec::new());
        for (at, product) in list(products, "full_product_names").iter().enumerate() {
            tree.define(product, format!("/product_tree/full_product_names/{at}"), &[], None);
        }
        for (at, relation) in list(products, "relationships").iter().enumerate() {
            let key = ["product_reference", "relates_to_product_reference"];
            let [part, whole] = key.map(|key| relation.get(key).and_then(Value::as_str));
            let beside = relation.get("category").is_some_and(|one| one == "installed_with");
            let relation_of = part.zip(whole).map(|(part, whole)| Relation {
                part,
                wholes: vec![whole],
                beside: vec![beside],
            });
            let pointer = format!("/product_tree/relationships/{at}/full_product_name");
            if let Some(product) = relation.get("full_product_name") {
                tree.define(product, pointer, &[], relation_of);
            }
        }
        for (at, path) in list(products, "product_paths").iter().enumerate() {
            let next = |step: &'a Value| step.get("next_product_reference").and_then(Value::as_str);
            let steps = || list(path, "subpaths").iter().filter(|step| next(step).is_some());
            let wholes = steps().filter_map(next).collect();
            let beside = steps().map(|step| step["category"] == "installed_with").collect();
            let part = path.get("beginning_product_reference").and_then(Value::as_str);
            let relation = part.map(|part| Relation { part, wholes, beside });
            if let Some(product) = path.get("full_product_name") {
                let pointer = format!("/product_tree/product_paths/{at}/full_product_name");
                tree.define(product, pointer, &[], relation);
            }
        }
        for (at, group) in list(products, "product_groups").iter().enumerate() {
            let Some(id) = group.get("group_id").and_then(Value::as_str) else { continue };
            let pointer = format!("/product_tree/product_groups/{at}/group_id");
            tree.group_definitions.push(Mention { id, pointer });
            let members = list(group, "product_ids").iter().filter_map(Value::as_str);
            tree.groups.entry(id).or_default().extend(members);
        }
        tree.walk_mentions(json, &mut String::new());
        tree
    }

    pub(super) fn find(&self, id: &str) -> Option<&Definition<'a>> {
        self.by_id.get(id).map(|at| &self.definitions[*at])
    }

    /// How many products are named where a group is, one by one.
    pub(super) fn named_in_groups(&self) -> usize {
        let members = |mention: &Mention<'_>| self.groups.get(mention.id).map_or(0, Vec::len);
        self.group_mentions.iter().map(members).sum()
    }

    fn define(
        &mut self,
        json: &'a Value,
        pointer: String,
        branches: &[(&'a str, &'a str)],
        relation: Option<Relation<'a>>,
    ) {
        let Some(id) = json.get("product_id").and_then(Value::as_str) else { return };
        self.by_id.entry(id).or_insert(self.definitions.len());
        let (pointer, branches) = (format!("{pointer}/product_id"), branches.to_vec());
        self.definitions.push(Definition { id, json, pointer, branches, relation });
    }

    /// No deeper than a document may be, which its reader bounds.
    fn walk_branches(
        &mut self,
        json: &'a Value,
        pointer: &str,
        path: &mut Vec<(&'a str, &'a str)>,
    ) {
        for (at, branch) in list(json, "branches").iter().enumerate() {
            let pointer = format!("{pointer}/branches/{at}");
            let word = |key: &str| branch.get(key).and_then(Value::as_str).unwrap_or_default();
            path.push((word("category"), word("name")));
            let categories = path.iter().map(|(category, _)| *category).collect();
            self.branches.push(Branch {
                json: branch,
                pointer: pointer.clone(),
                depth: path.len(),
                path: categories,
            });
            if let Some(product) = branch.get("product") {
                self.define(product, format!("{pointer}/product"), path, None);
            }
            self.walk_branches(branch, &pointer, path);
            path.pop();
        }
    }

    /// Finds every place that names a product or a group.
    fn walk_mentions(&mut self, json: &'a Value, pointer: &mut String) {
        let length = pointer.len();
        match json {
            Value::Object(members) => {
                for (key, value) in members {
                    // What an extension holds is not CSAF's.
                    if key == "x_extensions" {
                        continue;
                    }
                    pointer.push('/');
                    pointer.push_str(key);
                    match key.as_str() {
                        "product_ids" | "products" => mention(&mut self.mentions, value, pointer),
                        "group_ids" => mention(&mut self.group_mentions, value, pointer),
                        "product_reference"
                        | "relates_to_product_reference"
                        | "beginning_product_reference"
                        | "next_product_reference" => {
                            let id = value.as_str().unwrap_or_default();
                            self.mentions.push(Mention { id, pointer: pointer.clone() });
                        }
                        "product_status" => {
                            for (status, ids) in value.as_object().into_iter().flatten() {
                                let pointer = format!("{pointer}/{status}");
                                mention(&mut self.mentions, ids, &pointer);
                            }
                        }
                        _ => self.walk_mentions(value, pointer),
                    }
                    pointer.truncate(length);
                }
            }
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    pointer.push_str(&format!("/{at}"));
                    self.walk_mentions(item, pointer);
                    pointer.truncate(length);
                }
            }
            _ => {}
        }
    }
}

fn mention<'a>(mentions: &mut Vec<Mention<'a>>, value: &'a Value, pointer: &str) {
    for (at, id) in value.as_array().into_iter().flatten().enumerate() {
        let pointer = format!("{pointer}/{at}");
        mentions.extend(id.as_str().map(|id| Mention { id, pointer }));
    }
}
