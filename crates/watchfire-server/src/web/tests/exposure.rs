//! The pages of exposure: their states, who may change what, and what they say of what is unknown.

use std::collections::BTreeMap;

use maud::Markup;
use watchfire_core::event::SourceAnswer;
use watchfire_store::ExposureState;

use super::super::form::Typed;
use super::super::reader::{Problem, Reader};
use super::super::sample::{self, exposure as samples};
use super::super::vulnerability::list::{ListView, Shown};
use super::super::{advisory, component, product, release, vulnerability};
use super::{Page, tags, values};
use crate::locale::Language;

fn refused(
    reader: &Reader,
    form: &str,
    input: &str,
    values: &[(&str, &str)],
) -> (Typed, Option<Problem>) {
    let typed = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let problem = Problem {
        message: reader.text("refusal-text-length"),
        hint: Some(reader.text("refusal-text-length-hint")),
        input: Some(format!("{form}-{input}")),
    };
    (Typed { form: form.into(), values: typed.collect::<BTreeMap<_, _>>() }, Some(problem))
}

fn refused_decision(language: Language, reader: &Reader) -> vulnerability::PageView {
    let (typed, problem) = refused(
        reader,
        "decision",
        "reason",
        &[("scope", "all"), ("release.WL-2", "yes"), ("status", "fixed"), ("reason", "<i>")],
    );
    vulnerability::PageView { typed, problem, ..samples::vulnerability(language) }
}

/// A release of which nothing is known, and whose SBOM was refused.
fn hole(language: Language, reader: &Reader) -> release::PageView {
    let (typed, problem) = refused(reader, "sbom", "document", &[]);
    release::PageView {
        sboms: Vec::new(),
        older: Vec::new(),
        open: 0,
        exposed: release::exposed::ExposedView::default(),
        typed,
        problem,
        ..samples::release(language)
    }
}

pub(super) fn pages(language: Language) -> Vec<Page> {
    let reader = sample::reader(language);
    let (typed, problem) = refused(&reader, "product", "name", &[("name", "")]);
    let refused_product = product::ListView { typed, problem, ..samples::products(language) };
    let unknown = component::PageView { asked: "pkg:npm/x".into(), ..Default::default() };
    let retired = product::PageView { retired: Some("Sold".into()), ..samples::product(language) };
    let erased =
        release::sbom::DocumentView { erased: true, ..release::sbom::DocumentView::default() };
    let merged = vulnerability::PageView {
        merged: Some(("WV-1".into(), "CVE-2021-44228".into())),
        cases: Vec::new(),
        ..samples::vulnerability(language)
    };
    let mut pages = vec![
        ("products", product::list(&samples::products(language), &reader)),
        ("products-refused", product::list(&refused_product, &reader)),
        ("product", product::page(&samples::product(language), &reader)),
        ("product-retired", product::page(&retired, &reader)),
        ("product-holes", product::holes(&samples::holes(language), &reader)),
        ("release-sbom", release::sbom::page(&samples::document(language), &reader)),
        ("release-sbom-erased", release::sbom::page(&erased, &reader)),
        ("vulnerability-why", vulnerability::why::page(&samples::why(language), &reader)),
        ("vulnerability-merged", vulnerability::page(&merged, &reader)),
        ("release", release::page(&samples::release(language), &reader)),
        ("release-hole", release::page(&hole(language, &reader), &reader)),
        ("component", component::page(&samples::component(), &reader)),
        ("component-unknown", component::page(&unknown, &reader)),
        (
            "vulnerabilities",
            vulnerability::list::page(&samples::vulnerabilities(language), &reader),
        ),
        ("vulnerability", vulnerability::page(&samples::vulnerability(language), &reader)),
        (
            "vulnerability-refused",
            vulnerability::page(&refused_decision(language, &reader), &reader),
        ),
        ("advisories", advisory::list(&samples::advisories(), &reader)),
        ("advisory-rules", advisory::rules(&samples::rules(), &reader)),
    ];
    pages.extend(empty(&reader));
    pages
}

fn empty(reader: &Reader) -> Vec<Page> {
    let administered = product::ListView { may_write: true, ..product::ListView::default() };
    let given = advisory::ListView { may_give: true, ..advisory::ListView::default() };
    vec![
        ("products-empty", product::list(&administered, reader)),
        ("products-empty-read", product::list(&product::ListView::default(), reader)),
        ("product-no-hole", product::holes(&product::HolesView::default(), reader)),
        ("product-empty", product::page(&product::PageView::default(), reader)),
        ("release-empty", release::page(&release::PageView::default(), reader)),
        ("component-empty", component::page(&component::PageView::default(), reader)),
        (
            "vulnerabilities-empty",
            vulnerability::list::page(&ListView { unadvised: true, ..ListView::default() }, reader),
        ),
        ("vulnerability-empty", vulnerability::page(&vulnerability::PageView::default(), reader)),
        ("advisories-empty", advisory::list(&given, reader)),
        ("advisories-empty-read", advisory::list(&advisory::ListView::default(), reader)),
        ("advisory-rules-none", advisory::rules(&advisory::RulesView::default(), reader)),
    ]
}

fn reader() -> Reader {
    sample::reader(Language::En)
}

fn shown(page: Markup) -> String {
    page.into_string()
}

/// Where the forms of a page go, those of the shell apart.
fn goals(page: &str) -> Vec<&str> {
    let forms = tags(page, &["form"]);
    let writing = forms.into_iter().filter(|tag| tag.contains("method=\"post\""));
    let goals = writing.flat_map(|tag| values(tag, "action"));
    goals.filter(|goal| !["/language", "/sign-out"].contains(goal)).collect()
}

#[test]
fn who_may_not_change_is_shown_no_form() {
    let (language, reader) = (Language::En, reader());
    let mut products = samples::products(language);
    let mut product = samples::product(language);
    let mut release = samples::release(language);
    let mut vulnerability = samples::vulnerability(language);
    let mut why = samples::why(language);
    let mut advisories = samples::advisories();
    let mut rules = samples::rules();
    let pages = |products: &_,
                 product: &_,
                 release: &_,
                 vulnerability: &_,
                 why: &_,
                 advisories: &_,
                 rules: &_| {
        [
            product::list(products, &reader),
            product::page(product, &reader),
            release::page(release, &reader),
            vulnerability::page(vulnerability, &reader),
            vulnerability::why::page(why, &reader),
            advisory::list(advisories, &reader),
            advisory::rules(rules, &reader),
        ]
        .map(shown)
    };
    for page in pages(&products, &product, &release, &vulnerability, &why, &advisories, &rules) {
        assert!(!goals(&page).is_empty(), "who may change can: {page}");
    }
    products.may_write = false;
    product.may_write = false;
    release.may_write = false;
    vulnerability.may_write = false;
    why.may_write = false;
    advisories.may_give = false;
    rules.may_write = false;
    for page in pages(&products, &product, &release, &vulnerability, &why, &advisories, &rules) {
        assert_eq!(goals(&page), [""; 0], "{page}");
        assert!(!page.contains("type=\"checkbox\""), "nothing can be chosen: {page}");
    }
}

#[test]
fn what_was_retired_is_read_and_not_changed() {
    let product =
        product::PageView { retired: Some("Sold".into()), ..samples::product(Language::En) };
    let release =
        release::PageView { retired: Some("Sold".into()), ..samples::release(Language::En) };
    for page in [product::page(&product, &reader()), release::page(&release, &reader())].map(shown)
    {
        assert_eq!(goals(&page), [""; 0]);
        assert!(page.contains("Sold"), "{page}");
    }
}

#[test]
fn a_release_without_an_sbom_is_a_hole_with_an_owner_and_never_clean() {
    let reader = reader();
    let page = shown(release::page(&hole(Language::En, &reader), &reader));
    assert!(page.contains("Wen Li must bring it"), "{page}");
    assert!(page.contains("Nothing can be known: the release has no SBOM."), "{page}");
    assert!(!page.contains("No advisory that is known speaks of anything in it"), "{page}");
    let nobody = release::PageView { product_owner: None, ..hole(Language::En, &reader) };
    let page = shown(release::page(&nobody, &reader));
    assert!(page.contains("no SBOM · nobody answers for it"), "{page}");
    let clean = release::PageView {
        sboms: samples::release(Language::En).sboms,
        problem: None,
        ..hole(Language::En, &reader)
    };
    let page = shown(release::page(&clean, &reader));
    assert!(page.contains("No advisory that is known speaks of anything in it"), "{page}");
}

#[test]
fn everything_that_was_skipped_is_told_with_its_place() {
    let page = shown(release::page(&samples::release(Language::En), &reader()));
    assert!(page.contains("10,000 things were skipped"), "{page}");
    assert!(page.contains("2 components have no name that an advisory could mean"), "{page}");
    assert!(page.contains("href=\"/releases/WL-7K3F-9QX2/sboms/WB-1\""), "the way to them: {page}");
    let page = shown(release::sbom::page(&samples::document(Language::En), &reader()));
    assert!(page.contains("<code>/components/2</code>"), "{page}");
    assert!(page.contains("/releases/WL-7K3F-9QX2/sboms/WB-1?skipped=100#skipped"), "{page}");
}

#[test]
fn a_decision_of_all_carries_the_state_and_not_its_rows() {
    let mut view = samples::vulnerability(Language::En);
    let page = shown(vulnerability::page(&view, &reader()));
    let boxes = tags(&page, &["input"]).iter().filter(|tag| tag.contains("checkbox")).count();
    assert_eq!(boxes, view.affected.rows.len(), "as many boxes as rows, of 100,000");
    assert!(page.contains("name=\"state\" value=\"open\""), "{page}");
    assert!(page.contains("all 100,000 of this list, on every page"), "{page}");
    assert!(page.contains("?state=open&amp;after=WL-5"), "the next page keeps the state");
    view.affected.state = ExposureState::Any;
    let page = shown(vulnerability::page(&view, &reader()));
    assert!(page.contains("every release that it is in, on every page"), "{page}");
    assert!(page.contains("name=\"state\" value=\"any\""), "{page}");
}

#[test]
fn a_refused_decision_keeps_what_was_chosen_and_typed() {
    let reader = reader();
    let page = shown(vulnerability::page(&refused_decision(Language::En, &reader), &reader));
    let tags = tags(&page, &["input", "option"]);
    let checked: Vec<&str> = tags
        .iter()
        .filter(|tag| tag.ends_with(" checked"))
        .flat_map(|tag| values(tag, "id"))
        .collect();
    assert_eq!(checked, ["decision-WL-2", "decision-all"]);
    assert!(tags.contains(&"option value=\"fixed\" selected"), "{tags:?}");
    assert!(page.contains("&lt;i&gt;</textarea>"), "the reason stays");
}

#[test]
fn what_is_exploited_needs_a_second_person_and_the_first_is_not_asked() {
    let mut view = samples::vulnerability(Language::En);
    let page = shown(vulnerability::page(&view, &reader()));
    assert!(page.contains("only when a second person has agreed"), "{page}");
    assert!(page.contains("value=\"agree\""), "somebody can agree: {page}");
    (view.listing, view.tally.awaiting) = (None, 0);
    let page = shown(vulnerability::page(&view, &reader()));
    assert!(!page.contains("only when a second person has agreed"), "{page}");
    assert!(!page.contains("value=\"agree\""), "nothing waits: {page}");

    let mut why = samples::why(Language::En);
    assert!(shown(vulnerability::why::page(&why, &reader())).contains("value=\"agree\""));
    why.row.decided.as_mut().expect("it was decided").mine = true;
    let page = shown(vulnerability::why::page(&why, &reader()));
    assert!(!page.contains("value=\"agree\""), "the reader decided it: {page}");
    assert!(page.contains("You decided this; another person agrees"), "{page}");
}

#[test]
fn where_sources_disagree_each_is_shown_and_the_stricter_counts() {
    let mut why = samples::why(Language::En);
    let said = "The sources disagree. The stricter answer counts.";
    let page = shown(vulnerability::why::page(&why, &reader()));
    assert!(page.contains(said), "{page}");
    for shown in ["osv", "nvd", "the source says: affected", "the source says: not affected"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    why.reasons.truncate(1);
    assert!(!shown(vulnerability::why::page(&why, &reader())).contains(said));
    let mut other = why.reasons[0].clone();
    (other.component, other.answer) = ("another".into(), crate::exposure::Exposed::NotAffected);
    why.reasons.push(other);
    let page = shown(vulnerability::why::page(&why, &reader()));
    assert!(!page.contains(said), "of two components two things can be said: {page}");
}

#[test]
fn a_source_leads_nowhere_but_to_a_page() {
    let page = shown(vulnerability::page(&samples::vulnerability(Language::En), &reader()));
    assert!(page.contains("href=\"https://osv.dev/GHSA-jfh8-c2jp-5v3q\""), "{page}");
    assert!(!page.contains("javascript:"), "a link that would run: {page}");
}

#[test]
fn an_undecided_answer_and_a_lower_confidence_are_said() {
    let mut why = samples::why(Language::En);
    let page = shown(vulnerability::why::page(&why, &reader()));
    assert!(page.contains("undecided: the source cannot tell"), "{page}");
    assert!(page.contains("CPE name: lower confidence"), "{page}");
    why.row.answer = Some(SourceAnswer::Undecided);
    why.reasons.clear();
    let page = shown(vulnerability::why::page(&why, &reader()));
    assert!(page.contains("undecided: the source cannot tell"), "{page}");
    let list = shown(vulnerability::list::page(&samples::vulnerabilities(Language::En), &reader()));
    assert!(list.contains("2 that no source can tell"), "{list}");
}

#[test]
fn nothing_found_says_whether_anything_could_be() {
    let list = |view: ListView| shown(vulnerability::list::page(&view, &reader()));
    let none = ListView { unadvised: true, ..ListView::default() };
    assert!(list(none).contains("No advisory has come yet, so nothing can be found"));
    let any = ListView { shown: Shown::Any, ..ListView::default() };
    assert!(list(any).contains("No advisory that is known speaks of anything"));
    assert!(list(ListView::default()).contains("There is none of this kind"));
    let named = ListView { words: "x".into(), ..ListView::default() };
    assert!(list(named).contains("No vulnerability of ours has such a name"));
}

#[test]
fn what_was_set_apart_stands_before_all_others_with_its_place() {
    let page = shown(advisory::list(&samples::advisories(), &reader()));
    let place = |text: &str| page.find(text).expect("it is shown");
    assert!(place("<code>/document/tracking/current_release_date</code>") < place("OSV-1"));
    assert!(page.contains("`2021-13-10` is no instant"), "{page}");
    assert!(page.contains("words=GHSA-jfh8%26c2jp-5v3q"), "what it exposes: {page}");
    assert!(page.contains("What this source said before goes on."), "{page}");
    assert!(page.contains(&format!("<code>{}</code>", "0f".repeat(32))), "{page}");
}

#[test]
fn a_list_is_narrowed_by_status_and_product_and_its_ways_keep_that() {
    let view = samples::vulnerabilities(Language::En);
    let page = shown(vulnerability::list::page(&view, &reader()));
    assert!(page.contains("<option value=\"fixed\" selected>fixed</option>"), "{page}");
    assert!(page.contains("<option value=\"WX-7K3F-9QX2\" selected>"), "{page}");
    let way = "shown=open&amp;words=CVE%262021&amp;status=fixed&amp;product=WX-7K3F-9QX2";
    assert!(page.contains(way), "{page}");
    assert!(page.contains("5,001+"), "more were not looked at: {page}");
    let further = ListView { rows: Vec::new(), ..view };
    let page = shown(vulnerability::list::page(&further, &reader()));
    assert!(page.contains("Go on to look at the next"), "{page}");
    let none = ListView { next: None, ..further };
    let page = shown(vulnerability::list::page(&none, &reader()));
    assert!(page.contains("No vulnerability of ours has such a name"), "{page}");
}

#[test]
fn a_vulnerability_says_where_its_sources_disagree_and_how_its_releases_stand() {
    let page = shown(vulnerability::page(&samples::vulnerability(Language::En), &reader()));
    assert!(page.contains("The sources disagree"), "{page}");
    assert_eq!(page.matches("the strictest, which counts").count(), 1, "{page}");
    assert!(page.contains("affected 12 · undecided 2 · under investigation 99,988 · closed 1,014"));
    let mut alone = samples::vulnerability(Language::En);
    alone.sources.truncate(1);
    let page = shown(vulnerability::page(&alone, &reader()));
    assert!(!page.contains("The sources disagree"), "{page}");
}

#[test]
fn counts_of_one_and_of_many_read_as_people_write_them() {
    let page = |holes, releases, language| {
        let view = product::PageView { holes, releases, ..samples::product(language) };
        shown(product::page(&view, &sample::reader(language)))
    };
    assert!(page(1, 1, Language::En).contains("one release without an SBOM"));
    assert!(page(100_000, 100_000, Language::En).contains("100,000 releases without an SBOM"));
    assert!(!page(0, 2, Language::En).contains("without an SBOM"));
    assert!(page(1, 1, Language::ZhCn).contains("1 个发布版本缺少 SBOM"));
}

#[test]
fn the_next_page_keeps_what_was_looked_for() {
    let products = shown(product::list(&samples::products(Language::En), &reader()));
    assert!(
        products.contains("/products?words=gate%26way&amp;after=gateway.WX-1%26x"),
        "{products}"
    );
    let list = shown(vulnerability::list::page(&samples::vulnerabilities(Language::En), &reader()));
    let next = "/vulnerabilities?shown=listed&amp;words=CVE%262021&amp;status=fixed\
                &amp;product=WX-7K3F-9QX2&amp;after=-110000.WV-1";
    assert!(list.contains(next), "{list}");
    // The first is the language of the page.
    let shown_now = list.split("aria-current=\"true\"").nth(2).unwrap_or_default();
    assert!(shown_now.starts_with(">exploited somewhere"), "{shown_now:.200}");
    let component = shown(component::page(&samples::component(), &reader()));
    let package = "maven%2Forg.apache.logging.log4j%3Alog4j-core";
    assert!(component.contains(&format!("/components?exact={package}&amp;after=50")));
}

#[test]
fn that_nothing_is_exposed_is_said_only_where_everything_is_known() {
    let clean = "nothing open";
    let page = |releases, holes| {
        let view = product::PageView {
            releases,
            holes,
            open: 0,
            rows: Vec::new(),
            ..samples::product(Language::En)
        };
        shown(product::page(&view, &reader()))
    };
    assert!(page(1, 0).contains(clean));
    for (releases, holes) in [(0, 0), (1, 1), (2, 1)] {
        let page = page(releases, holes);
        assert!(!page.contains(clean), "{releases} releases, {holes} holes: {page}");
        assert!(page.contains("Of releases without an SBOM nothing can be known"), "{page}");
    }
    let row = |sboms| {
        let mut view = samples::product(Language::En);
        view.rows.truncate(1);
        (view.rows[0].sboms, view.rows[0].open) = (sboms, 0);
        shown(product::page(&view, &reader()))
    };
    assert!(row(1).contains(clean));
    assert!(!row(0).contains(clean));
}

#[test]
fn more_releases_that_contain_a_version_are_a_page_of_their_own() {
    let package = "maven%2Forg.apache.logging.log4j%3Alog4j-core";
    let mut view = samples::component();
    let all = shown(component::page(&view, &reader()));
    let way = format!("/components?exact={package}&amp;version=2.14.1\">and 99,998 more");
    assert!(all.contains(&way), "{all}");
    let found = &mut view.found[0];
    found.only = Some("2.14.1".into());
    found.versions.truncate(1);
    let one = shown(component::page(&view, &reader()));
    assert!(one.contains("and 99,998 more") && !one.contains(&way), "{one}");
    assert!(one.contains("Every version"), "the way back: {one}");
}
