//! The tests of the standard: what is wrong with a document beyond its schema.
//!
//! Source: CSAF 2.0, section 6.1, and 2.1 in its drafts, whose tests keep their numbers.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::document::{self, ReadError, STATEMENTS_MAX};
use super::super::list;
use super::tree::Tree;
use super::{Version, dates, decision, language, licence, line, profile, reference, score, status};
use super::{text, tracking, weakness, words};
use crate::schema::{Problem, Unknown};

/// How much a test weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// A document that fails it is not valid.
    Mandatory,
}

impl Group {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mandatory => "mandatory",
        }
    }
}

/// A place where a test fails.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Which, as `6.1.1`.
    pub test: &'static str,
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// What is wrong, in one sentence without its end.
    pub message: String,
}

/// What was found in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which version of CSAF it is of.
    pub version: Version,
    /// What its schema says; where there is something, no test was tried.
    pub schema: Vec<Problem>,
    /// What the tests say.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing speaks against the document.
    pub fn is_valid(&self) -> bool {
        self.schema.is_empty() && self.findings.is_empty()
    }
}

/// The most products that the groups of a document may name, each time that a group is named.
const NAMED_MAX: usize = 10 * STATEMENTS_MAX;

/// The document that is tried, and what was found so far.
pub(super) struct Trial<'a> {
    pub(super) json: &'a Value,
    pub(super) version: Version,
    pub(super) tree: Tree<'a>,
    test: &'static str,
    findings: Vec<Finding>,
}

impl<'a> Trial<'a> {
    pub(super) fn find(&mut self, pointer: impl Into<String>, message: impl Into<String>) {
        let (pointer, message) = (pointer.into(), message.into());
        self.findings.push(Finding { test: self.test, pointer, message });
    }

    /// Each vulnerability with its pointer.
    pub(super) fn vulnerabilities(&self) -> Vec<(String, &'a Value)> {
        self.entries("/vulnerabilities")
    }

    /// The entries of a list, each with its pointer.
    pub(super) fn entries(&self, pointer: &str) -> Vec<(String, &'a Value)> {
        let entries = self.json.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
        entries.enumerate().map(|(at, one)| (format!("{pointer}/{at}"), one)).collect()
    }

    /// The entries of a list of each vulnerability.
    pub(super) fn in_each(&self, key: &str) -> Vec<(String, &'a Value)> {
        let of = |(pointer, _): (String, &Value)| self.entries(&format!("{pointer}/{key}"));
        self.vulnerabilities().into_iter().flat_map(of).collect()
    }

    /// The products that an entry names, by themselves and in groups.
    pub(super) fn named(&self, json: &'a Value) -> BTreeSet<&'a str> {
        let own = list(json, "product_ids").iter().filter_map(Value::as_str);
        let groups = list(json, "group_ids").iter().filter_map(Value::as_str);
        let members = groups.flat_map(|group| self.tree.groups.get(group).into_iter().flatten());
        own.chain(members.copied()).collect()
    }

    /// A text by its pointer.
    pub(super) fn text(&self, pointer: &str) -> &'a str {
        self.json.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }
}

/// A test that is built.
#[derive(Clone, Copy)]
pub struct Test {
    /// Its number, which it has in every version.
    pub id: &'static str,
    /// The first version that has it.
    pub since: Version,
    run: fn(&mut Trial<'_>),
}

const fn test(id: &'static str, since: Version, run: fn(&mut Trial<'_>)) -> Test {
    Test { id, since, run }
}

/// Of 6.1.46 and 6.1.60.1: the schema of CSAF refers to those of decisions and of extensions, so
/// that a document that fails these has failed its schema, and no test is tried.
fn the_schema_says_it(_: &mut Trial<'_>) {}

/// Every mandatory test that is built.
///
/// Those that are not: 6.1.60.2 and 6.1.60.3 of 2.1, which need the schema of each extension that a
/// document has, and no extension is known here.
pub const TESTS: &[Test] = &[
    test("6.1.1", Version::Two, reference::products_are_defined),
    test("6.1.2", Version::Two, reference::products_are_defined_once),
    test("6.1.3", Version::Two, reference::no_product_is_made_of_itself),
    test("6.1.4", Version::Two, reference::groups_are_defined),
    test("6.1.5", Version::Two, reference::groups_are_defined_once),
    test("6.1.6", Version::Two, status::statuses_do_not_contradict),
    test("6.1.7", Version::Two, score::one_score_of_a_version_for_a_product),
    test("6.1.8", Version::Two, score::vectors_are_vectors),
    test("6.1.9", Version::Two, score::scores_are_those_of_their_vectors),
    test("6.1.10", Version::Two, score::metrics_are_those_of_their_vectors),
    test("6.1.11", Version::Two, weakness::weaknesses_are_those_of_cwe),
    test("6.1.12", Version::Two, language::languages_are_registered),
    test("6.1.13", Version::Two, text::package_urls_are_valid),
    test("6.1.14", Version::Two, tracking::history_is_sorted),
    test("6.1.15", Version::Two, text::a_translation_says_of_what),
    test("6.1.16", Version::Two, tracking::version_is_the_newest),
    test("6.1.17", Version::Two, tracking::a_first_version_is_a_draft),
    test("6.1.18", Version::Two, tracking::what_is_released_has_no_draft_behind),
    test("6.1.19", Version::Two, tracking::history_has_no_pre_release),
    test("6.1.20", Version::Two, tracking::what_is_released_is_no_pre_release),
    test("6.1.21", Version::Two, tracking::history_is_whole),
    test("6.1.22", Version::Two, tracking::history_has_each_number_once),
    test("6.1.23", Version::Two, reference::each_vulnerability_stands_once),
    test("6.1.24", Version::Two, reference::each_involvement_stands_once),
    test("6.1.25", Version::Two, reference::each_kind_of_digest_stands_once),
    test("6.1.26", Version::Two, profile::category_is_not_like_another),
    test("6.1.27.1", Version::Two, profile::document_has_notes),
    test("6.1.27.2", Version::Two, profile::document_has_references),
    test("6.1.27.3", Version::Two, profile::document_has_no_vulnerabilities),
    test("6.1.27.4", Version::Two, profile::document_has_products),
    test("6.1.27.5", Version::Two, profile::vulnerabilities_have_notes),
    test("6.1.27.6", Version::Two, profile::vulnerabilities_have_a_status),
    test("6.1.27.7", Version::Two, profile::vulnerabilities_have_a_status_of_vex),
    test("6.1.27.8", Version::Two, profile::vulnerabilities_have_a_name),
    test("6.1.27.9", Version::Two, profile::what_is_not_affected_says_why),
    test("6.1.27.10", Version::Two, profile::what_is_affected_says_what_to_do),
    test("6.1.27.11", Version::Two, profile::document_has_vulnerabilities),
    test("6.1.27.12", Version::TwoOne, profile::vulnerabilities_have_what_is_affected),
    test("6.1.27.13", Version::TwoOne, line::what_is_fixed_was_affected),
    test("6.1.27.14", Version::TwoOne, profile::document_has_a_description),
    test("6.1.27.15", Version::TwoOne, profile::document_has_no_products),
    test("6.1.27.16", Version::TwoOne, profile::document_has_a_past),
    test("6.1.27.17", Version::TwoOne, profile::a_withdrawal_has_its_reason),
    test("6.1.27.18", Version::TwoOne, profile::a_supersession_has_its_reason),
    test("6.1.27.19", Version::TwoOne, profile::a_supersession_has_its_successor),
    test("6.1.28", Version::Two, text::a_translation_is_in_another_language),
    test("6.1.29", Version::Two, reference::remediations_name_products),
    test("6.1.30", Version::Two, tracking::versions_are_of_one_kind),
    test("6.1.31", Version::Two, words::a_version_is_no_range),
    test("6.1.32", Version::Two, reference::flags_name_products),
    test("6.1.33", Version::Two, status::one_justification_for_a_product),
    test("6.1.34", Version::TwoOne, reference::branches_are_not_too_deep),
    test("6.1.35", Version::TwoOne, status::remediations_do_not_contradict),
    test("6.1.36", Version::TwoOne, status::remediations_fit_the_status),
    test("6.1.37", Version::TwoOne, dates::dates_are_whole),
    test("6.1.38", Version::TwoOne, text::a_closed_group_is_not_everybody),
    test("6.1.39", Version::TwoOne, text::an_open_group_is_everybody),
    test("6.1.40", Version::TwoOne, text::reserved_names_of_groups_have_their_id),
    test("6.1.41", Version::TwoOne, text::reserved_ids_of_groups_have_their_name),
    test("6.1.42", Version::TwoOne, text::package_urls_differ_in_qualifiers_alone),
    test("6.1.43", Version::TwoOne, words::model_numbers_have_one_star),
    test("6.1.44", Version::TwoOne, words::serial_numbers_have_one_star),
    test("6.1.45", Version::TwoOne, dates::disclosure_is_past),
    test("6.1.46", Version::TwoOne, the_schema_says_it),
    test("6.1.47", Version::TwoOne, decision::decisions_are_of_their_vulnerability),
    test("6.1.48", Version::TwoOne, decision::decision_points_are_registered),
    test("6.1.49", Version::TwoOne, dates::decisions_are_past),
    test("6.1.50", Version::TwoOne, words::a_range_of_versions_is_one),
    test("6.1.51", Version::TwoOne, dates::likelihoods_are_past),
    test("6.1.52", Version::TwoOne, dates::first_exploitations_are_past),
    test("6.1.53", Version::TwoOne, dates::exploitations_are_past),
    test("6.1.54", Version::TwoOne, licence::the_expression_is_one),
    test("6.1.55", Version::TwoOne, licence::an_unlisted_licence_is_written_out),
    test("6.1.56", Version::TwoOne, score::a_word_stands_beside_no_score),
    test("6.1.57", Version::TwoOne, words::branches_of_a_category_do_not_stack),
    test("6.1.58", Version::TwoOne, words::a_path_has_a_version_or_a_range),
    test("6.1.59", Version::TwoOne, words::a_range_is_no_version),
    test("6.1.60.1", Version::TwoOne, the_schema_says_it),
    test("6.1.61", Version::TwoOne, words::stock_keeping_units_have_one_star),
];

/// Puts a document to its schema and to every test that is built.
///
/// # Errors
/// [`ReadError`] where it is no JSON, too large, or of no version that is known.
pub fn document(bytes: &[u8]) -> Result<Report, ReadError> {
    of_json(&document::parse(bytes)?, &[])
}

/// As [`document`], with the tests of `only` alone, or with all where it is empty.
pub(super) fn of_json(json: &Value, only: &[&str]) -> Result<Report, ReadError> {
    let version = Version::of(json)?;
    let schema = version.schema().problems(json, Unknown::AsWritten);
    if !schema.is_empty() {
        return Ok(Report { version, schema, findings: Vec::new() });
    }
    let tree = Tree::of(json);
    if tree.named_in_groups() > NAMED_MAX {
        return Err(ReadError::TooManyStatements);
    }
    let mut trial = Trial { json, version, tree, test: "", findings: Vec::new() };
    let wanted = |test: &&Test| only.is_empty() || only.contains(&test.id);
    for test in TESTS.iter().filter(|test| test.since <= version).filter(wanted) {
        trial.test = test.id;
        (test.run)(&mut trial);
    }
    let mut findings = trial.findings;
    findings.sort();
    findings.dedup();
    Ok(Report { version, schema: Vec::new(), findings })
}
