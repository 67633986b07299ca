//! Every page in both languages: whole words, well-formed, usable by keyboard and reader.

mod change;
mod exposure;
mod inquiry;

use std::collections::BTreeSet;
use std::path::Path;

use maud::Markup;
use watchfire_core::amendment::Stage;
use watchfire_core::event::{Duty, Sureness};
use watchfire_core::ids::PartyId;

use super::case::list::{ListView, Row};
use super::form::Typed;
use super::law::article::{
    ArticleView, ProvisionView, ReadingView, SpanKind, TextView, VariantView, VersionView, When,
};
use super::law::instrument::{self, Ours, PackView, ProvisionPage};
use super::law::map::{self, MapView, NotOwedLaw, NotOwedRow, RowView, SectionView};
use super::law::worked::{CaseView, ExpectView};
use super::law::{Confidence, PackRow};
use super::obligation::Class;
use super::reader::{Problem, Reader};
use super::sample::{self, at};
use super::{
    amendment, case, department, feed, law, layout, log, me, party, person, reading, report,
    session, submission, watch,
};
use crate::locale::Language;

use change::{
    a_department, amendments, an_amendment, an_impact, changes_of_a_law, departments, readings,
};

type Page = (&'static str, Markup);

fn pages(language: Language) -> Vec<Page> {
    let reader = sample::reader(language);
    let nobody = Reader { account: None, gaps: 0, path: "/report".into(), ..reader.clone() };
    let conflict = crate::error::Problem::new("conflict", "x", "y");
    let mut past = sample::case(language);
    past.slider.past = true;
    past.may_write = false;
    let mut all = vec![
        ("watch", watch::page(&sample::watch(language), &sample::done(reader.clone()))),
        ("watch-empty", watch::page(&watch::WatchView::default(), &reader)),
        ("case", case::page(&sample::case(language), &reader)),
        ("case-past", case::page(&past, &reader)),
        ("cases", case::list::page(&cases(), &reader)),
        ("draft", submission::page(&sample::draft(language), &reader)),
        ("draft-print", submission::print(&sample::draft(language), &reader)),
        ("laws", law::list(&laws(), &nobody)),
        ("law", instrument::page(&pack(), &nobody)),
        ("provision", instrument::provision(&provision_page(), &reader)),
        ("map", map::page(&the_map(), &reader)),
        ("map-nothing", map::page(&MapView::default(), &reader)),
        ("inquiry", law::inquiry::start(&inquiry::start(), &reader)),
        ("inquiry-first", law::inquiry::start(&law::inquiry::StartView::default(), &nobody)),
        ("inquiry-round", law::inquiry::round(&inquiry::round(Vec::new()), &reader)),
        ("inquiry-refused", law::inquiry::round(&inquiry::round(vec!["a".into()]), &nobody)),
        ("inquiry-result", law::inquiry::result(&inquiry::result(), &reader)),
        (
            "inquiry-result-empty",
            law::inquiry::result(&law::inquiry::ResultView::default(), &nobody),
        ),
        ("report", report::form(&report_form(language), &nobody)),
        ("report-received", report::received(&received(), &nobody)),
        ("report-track", report::track(&tracked(), &nobody)),
        ("log", log::page(&log_view(), &reader)),
        ("sign-in", session::sign_in(&sign_in(&nobody), &nobody)),
        ("organization", party::organization(&organization(), &reader)),
        ("people", party::people(&people(), &reader)),
        ("person", person::page(&the_person(true), &reader)),
        ("person-closed", person::page(&the_person(false), &reader)),
        ("amendments", amendment::list(&amendments(), &reader)),
        ("amendment-new", amendment::page(&an_amendment(Stage::Proposed), &reader)),
        ("amendment-read", amendment::page(&an_amendment(Stage::Interpreted), &reader)),
        ("amendment-used", amendment::page(&an_amendment(Stage::Applied), &reader)),
        ("amendment-impact", amendment::impact(&an_impact(), &reader)),
        ("feeds", feed::page(&change::all_feeds(), &reader)),
        ("feeds-none", feed::page(&feed::FeedsView::default(), &reader)),
        ("readings", reading::page(&readings(), &reader)),
        ("departments", department::list(&departments(), &reader)),
        ("department", department::page(&a_department(), &reader)),
        ("me", me::page(&my_settings(language), &reader)),
        ("not-found", layout::not_found(&nobody)),
        ("failure", layout::failure(&nobody, &super::refusal::of(&nobody, &conflict), "r1")),
    ];
    all.extend(exposure::pages(language));
    all
}

fn cases() -> ListView {
    let row = |embargoed| Row {
        id: sample::case_id(),
        title: "A <b>bold</b> title".into(),
        embargoed,
        opened_at: at("2021-11-24T02:10Z"),
    };
    ListView {
        rows: vec![row(true), row(false)],
        next: Some("1.WF-1".into()),
        may_open: true,
        ..ListView::default()
    }
}

fn original() -> Option<(String, String)> {
    Some(("zh-CN".into(), "网络产品安全漏洞管理规定".into()))
}

fn laws() -> law::ListView {
    let row = |confidence| PackRow {
        law: "cn-rmsv".into(),
        title: "Regulations on the Management of Network Product Security Vulnerabilities".into(),
        original: original(),
        confidence,
        checked_on: "2026-11-23".into(),
        provisions: 24,
        proposed: false,
    };
    law::ListView {
        groups: vec![
            ("CN".into(), vec![row(Confidence::Secondary)]),
            ("EU".into(), vec![PackRow { proposed: true, ..row(Confidence::Primary) }]),
            ("global".into(), vec![row(Confidence::Unverified("0.85".into()))]),
        ],
        places: ["CN", "EU", "US-NY", "global"].map(str::to_owned).to_vec(),
        filter: law::Filter { place: "EU".into(), words: "a\"b".into(), ..law::Filter::default() },
        hidden: 3,
    }
}

fn version(from: &str, when: When) -> VersionView {
    VersionView {
        from: from.into(),
        to: (when == When::Past).then(|| "2026-01-01".into()),
        adopted_on: (when == When::Coming).then(|| "2024-11-20".into()),
        when,
        counts: vec![
            (SpanKind::Strict, "48 hours, counted as elapsed time".into()),
            (SpanKind::Outer, "2 days, the day of the event not counted".into()),
        ],
        variants: vec![VariantView {
            condition: "this holds: “a core function is disrupted”".into(),
            counts: Vec::new(),
            remedy: Some("update".into()),
        }],
        table: when == When::Past,
        period_unknown: None,
        reading: Some("forty-eight-hours".into()),
        also: vec![("Counted from the report".into(), "2 days".into())],
        note: None,
    }
}

fn reading() -> ReadingView {
    ReadingView {
        id: "forty-eight-hours".into(),
        says: "Two days are 48 hours".into(),
        by: "Watchfire".into(),
        on: "2026-11-23".into(),
        why: "The stricter reading".into(),
    }
}

fn provision(class: Class, class_word: &str, id: &str) -> ProvisionView {
    let others = || vec![("cn-rmsv/7.platform".into(), "Pass it on".into())];
    ProvisionView {
        id: id.into(),
        cites: "Article 7, item (2)".into(),
        title: "Report the vulnerability to the ministry's sharing platform".into(),
        class,
        class_word: class_word.into(),
        is_norm: false,
        data: vec![("law-owed-by", vec!["network product provider".into()])],
        links: vec![("law-chain-after", others()), ("law-superseded-by", others())],
        note: Some("Runs in parallel with item (1)".into()),
        versions: vec![
            version("2021-09-01", When::Past),
            version("2026-01-01", When::InForce),
            version("2027-12-11", When::Coming),
            version("", When::Proposed),
        ],
        readings: vec![reading()],
        confidence: Confidence::Secondary,
        source: "https://www.cac.gov.cn/2021-07/13/c_1627761607640342.htm".into(),
        checked_on: "2026-11-23".into(),
    }
}

fn article() -> ArticleView {
    use watchfire_core::law::quotation::Quotation;
    let text = |language: &str, own, markdown| TextView {
        language: language.into(),
        own,
        sections: Quotation::read(markdown).sections,
        source: "https://www.cac.gov.cn/".into(),
    };
    ArticleView {
        texts: vec![
            text("zh-CN", true, "## 第七条\n\n> 应当在2日内<script>\n\n可靠程度：二手资料。\n"),
            text("en", false, "## Article 7\n\n- within **two** days\n"),
        ],
        provisions: vec![
            provision(Class::Law, "hard", "cn-rmsv/7.2"),
            provision(Class::House, "soft", "cn-rmsv/7.1.verify"),
        ],
    }
}

fn worked_case() -> CaseView {
    CaseView {
        name: "discovery on a known day".into(),
        roles: vec!["network product provider".into()],
        given: vec!["Is it severe? no".into()],
        facts: vec![("2021-11-24 08:00 +08:00".into(), "A vulnerability was discovered".into())],
        now: Some("2021-11-25 08:00 +08:00".into()),
        expects: vec![ExpectView {
            provision: "cn-rmsv/7.2".into(),
            title: "Report the vulnerability".into(),
            says: vec!["strict 2021-11-26 08:00 +08:00".into()],
        }],
    }
}

fn pack() -> PackView {
    PackView {
        law: "cn-rmsv".into(),
        jurisdiction: "CN".into(),
        title: "Regulations on the Management of Network Product Security Vulnerabilities".into(),
        original: original(),
        time_zone: "Asia/Shanghai".into(),
        source: "https://www.cac.gov.cn/2021-07/13/c_1627761607640342.htm".into(),
        checked_on: "2026-11-23".into(),
        confidence: Confidence::Secondary,
        proposed: true,
        preamble: vec![watchfire_core::law::quotation::Block::Paragraph("Official text".into())],
        roles: vec![("cn-rmsv/provider".into(), "network product provider".into())],
        articles: vec![
            article(),
            ArticleView {
                texts: Vec::new(),
                provisions: vec![provision(Class::Timeless, "prohibition", "cn-rmsv/9.1")],
            },
        ],
        readings: vec![reading()],
        forms: vec![("Vulnerability report".into(), vec!["Product name".into()])],
        cases: vec![worked_case()],
        changes: Some(changes_of_a_law()),
        today: jiff::civil::date(2026, 11, 30),
    }
}

fn provision_page() -> ProvisionPage {
    ProvisionPage {
        law: "cn-rmsv".into(),
        law_title: "Regulations".into(),
        jurisdiction: "CN".into(),
        title: "Report the vulnerability to the ministry's sharing platform".into(),
        article: ArticleView {
            provisions: vec![provision(Class::Law, "hard", "cn-rmsv/7.2")],
            ..article()
        },
        ours: Some(Ours {
            verdict: "law-ours-not-owed",
            lines: vec!["we are not: network product provider".into()],
        }),
        cases: vec![worked_case()],
        today: jiff::civil::date(2026, 11, 30),
    }
}

fn map_row(class: Class, class_word: &str) -> RowView {
    RowView {
        provision: "cn-rmsv/7.2".into(),
        title: "Report the vulnerability to the ministry's sharing platform".into(),
        law_title: "Regulations".into(),
        cites: "Article 7, item (2)".into(),
        class,
        class_word: class_word.into(),
        is_norm: class == Class::Norm,
        spans: vec!["48 hours".into()],
        outer: Some("2 days, the day of the event not counted".into()),
        no_number: None,
        arises_on: vec!["A vulnerability was discovered".into()],
        runs_from: None,
        owed_to: Some("MIIT".into()),
        foreseen: Vec::new(),
        unless: vec![("unless “Is it?” is answered with no".into(), Some("x/y=no".into()))],
        from: Some("2021-09-01".into()),
        reach: Some((0, 2_880)),
        confidence: Confidence::Primary,
        unsure: Vec::new(),
    }
}

fn the_map() -> MapView {
    let foreseen = RowView {
        unsure: vec!["manufacturer".into()],
        foreseen: vec!["adopted on 2024-11-20, it applies from 2027-12-11".into()],
        ..map_row(Class::House, "soft")
    };
    let timeless =
        |word| RowView { spans: Vec::new(), reach: None, ..map_row(Class::Timeless, word) };
    let rows = vec![map_row(Class::Law, "hard"), map_row(Class::Norm, "hard"), foreseen];
    let always = vec![timeless("standing"), timeless("prohibition"), timeless("permission")];
    MapView {
        organization: "Qingtai".into(),
        roles: vec!["network product provider".into(), "manufacturer".into()],
        day: "2027-12-11".into(),
        today: "2026-11-30".into(),
        occasion: "incident".into(),
        assume: "eu-cra/severe-incident=no".into(),
        assumed: vec!["Is the incident severe? no".into()],
        turning: vec!["2027-12-11".into()],
        sections: vec![
            SectionView { title: "map-section-incident", groups: vec![("CN".into(), rows)] },
            SectionView { title: "map-section-always", groups: vec![("EU".into(), always)] },
        ],
        not_owed: vec![NotOwedLaw {
            law: "eu-cra".into(),
            title: "Cyber Resilience Act".into(),
            jurisdiction: "EU".into(),
            rows: vec![NotOwedRow {
                provision: "eu-cra/24.1".into(),
                title: "Policy".into(),
                cites: "Article 24(1)".into(),
                reasons: vec!["we are not: open-source software steward".into()],
            }],
        }],
        problem: None,
    }
}

fn report_form(language: Language) -> report::FormView {
    report::FormView {
        sure: Some(Sureness::Likely),
        contact: "a@example.com".into(),
        zone: "Asia/Shanghai".into(),
        problem: Some(Problem {
            message: language.text("report-what-empty"),
            hint: None,
            input: Some("report-what".into()),
        }),
        ..report::FormView::default()
    }
}

fn received() -> report::ReceivedView {
    report::ReceivedView {
        received_at: at("2021-11-24T08:00Z"),
        tracking_code: "WT-7K3F-9QX2-M4TB-0C6D-7K3F-9QX2-M4TB".into(),
        receipt: Some("wr_7f3ac2".into()),
        case: Some("WF-7K3F-9QX2".into()),
    }
}

fn tracked() -> report::TrackView {
    report::TrackView {
        missed: true,
        found: Some(report::TrackedView {
            received_at: at("2021-11-24T08:00Z"),
            answers: vec![(at("2021-11-25T08:00Z"), "Thank you".into())],
        }),
    }
}

fn log_view() -> log::LogView {
    log::LogView {
        checkpoint: Some("example/log\n1834\nq83v…=\n".into()),
        checkpoint_at: Some(at("2021-11-25T08:35Z")),
        verifier_key: "example/log+0a1b2c3d+AQ".into(),
        cadence_seconds: 300,
        internal: Some(log::Internal { size: 71, root: "q83v".into() }),
        token: "wr_7f3ac2".into(),
        receipt: Some(log::ReceiptView {
            leaf_hash: "7f3a".into(),
            salt: "00ff".into(),
            proof: None,
            proof_at: Some(at("2021-11-25T08:45Z")),
        }),
        missed: true,
    }
}

fn sign_in(reader: &Reader) -> session::SignInView {
    session::SignInView {
        login: "l.wen".into(),
        return_to: "/watch".into(),
        first_start: true,
        problem: Some(Problem {
            message: reader.text("session-failed"),
            hint: Some(reader.text("session-failed-hint")),
            input: Some("login".into()),
        }),
    }
}

fn organization() -> party::OrganizationView {
    let attribute = |id: &str, kind| party::AttributeView {
        id: id.into(),
        meaning: "What is it?".into(),
        value: String::new(),
        kind,
    };
    let person = PartyId::from_random([1; 5]);
    party::OrganizationView {
        name: "Yunhai Cloud".into(),
        laws: vec![party::LawRoles {
            law: "cn-rmsv".into(),
            title: "Regulations".into(),
            roles: vec![
                inquiry::role("cn-rmsv/provider", "network product provider", true),
                inquiry::role("cn-rmsv/operator", "network operator", false),
            ],
        }],
        attributes: vec![
            attribute("eu/member-state", party::AttributeKind::OneOf(vec!["BE".into()])),
            attribute("cn-rmsv/major-event", party::AttributeKind::YesNo),
            attribute("x/name", party::AttributeKind::Text),
        ],
        people: vec![(person.clone(), "Wen Li".into())],
        owner: Some(person),
        supervisor: None,
        executive: None,
        inquiry: Some(inquiry::recorded(true)),
        standing: vec![party::StandingView {
            conflict: "cn-rmsv/conflict/ministry-under-embargo".into(),
            title: "An embargo does not hold back the report to the ministry".into(),
            asks: "Is the upstream coordinator told?".into(),
            choices: vec![("tell".into(), "Tell".into())],
            chosen: Some((
                Some("tell".into()),
                "open".into(),
                "Wen Li".into(),
                at("2021-11-24T02:00Z"),
            )),
        }],
        may_write: true,
        problem: None,
    }
}

fn people() -> party::PeopleView {
    let row = |number: u8, login: Option<&str>, channels: &[&str]| party::PersonRow {
        party: PartyId::from_random([number; 5]),
        name: "Wen Li".into(),
        login: login.map(str::to_owned),
        duties: BTreeSet::from([Duty::Responder]),
        channels: channels.iter().map(|channel| (*channel).to_owned()).collect(),
    };
    party::PeopleView {
        people: vec![row(1, Some("l.wen"), &["mail"]), row(2, None, &[])],
        ..party::PeopleView::default()
    }
}

fn the_person(has_account: bool) -> person::PersonView {
    person::PersonView {
        party: PartyId::from_random([3; 5]),
        name: "Wen Li".into(),
        login: has_account.then(|| "l.wen".into()),
        duties: BTreeSet::from([Duty::Responder]),
        typed: Typed::default(),
        problem: None,
    }
}

fn my_settings(language: Language) -> me::MeView {
    me::MeView {
        language,
        time_zone: "Asia/Shanghai".into(),
        channels: vec![("mail".into(), true), ("webhook".into(), false)],
        typed: Typed::default(),
        problem: None,
    }
}

fn every_page() -> Vec<(Language, &'static str, String)> {
    let all = Language::ALL.into_iter().flat_map(|language| {
        pages(language).into_iter().map(move |(name, page)| (language, name, page.into_string()))
    });
    all.collect()
}

/// Values of an attribute in a page, in order.
fn values<'p>(page: &'p str, attribute: &str) -> Vec<&'p str> {
    let opening = format!(" {attribute}=\"");
    let pieces = page.split(opening.as_str()).skip(1);
    pieces.filter_map(|piece| piece.split('"').next()).collect()
}

/// Opening tags of the page, each without its angle brackets.
fn tags<'p>(page: &'p str, names: &[&str]) -> Vec<&'p str> {
    let pieces = page.split('<').skip(1).filter_map(|piece| piece.split('>').next());
    pieces.filter(|tag| names.contains(&tag.split(' ').next().unwrap_or_default())).collect()
}

#[test]
fn no_page_lacks_a_word() {
    for (language, name, page) in every_page() {
        assert!(!page.contains('⟦'), "{name} in {}: {page}", language.tag());
        assert!(page.contains(&format!("<html lang=\"{}\"", language.tag())), "{name}");
    }
}

#[test]
fn every_id_is_unique_and_every_reference_to_one_is_kept() {
    for (_, name, page) in every_page() {
        let ids = values(&page, "id");
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(known.len(), ids.len(), "an id is there twice in {name}: {ids:?}");
        let references = ["for", "aria-describedby", "aria-labelledby", "list", "data-copy"];
        let found = references.iter().flat_map(|attribute| values(&page, attribute));
        for reference in found.flat_map(|value| value.split(' ')) {
            assert!(known.contains(reference), "{name}: nothing has the id `{reference}`");
        }
        for target in values(&page, "href").iter().filter_map(|href| href.strip_prefix('#')) {
            assert!(known.contains(target), "{name}: nothing has the id `{target}`");
        }
    }
}

#[test]
fn every_input_has_a_label_and_every_form_its_proof() {
    for (_, name, page) in every_page() {
        let labels: BTreeSet<&str> = values(&page, "for").into_iter().collect();
        for tag in tags(&page, &["input", "select", "textarea"]) {
            if tag.contains("type=\"hidden\"") {
                continue;
            }
            let id = values(tag, "id");
            assert!(id.iter().any(|id| labels.contains(id)), "{name}: no label for <{tag}>");
        }
        for form in page.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            let language_switch = form.contains("action=\"/language\"");
            let proved = form.contains("name=\"csrf\"");
            let writes = form.split('>').next().unwrap_or_default().contains("method=\"post\"");
            assert!(!writes || proved || language_switch, "{name}: a form without proof: {form}");
        }
    }
}

#[test]
fn every_element_that_opens_closes() {
    const VOID: [&str; 5] = ["input", "meta", "link", "br", "img"];
    for (_, name, page) in every_page() {
        let mut open: Vec<&str> = Vec::new();
        for piece in page.split('<').skip(1) {
            let tag = piece.split('>').next().unwrap_or_default();
            let element = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
            if tag.starts_with('!') || VOID.contains(&element) {
                continue;
            }
            if tag.starts_with('/') {
                assert_eq!(open.pop(), Some(element), "{name}: closed out of order");
            } else {
                open.push(element);
            }
        }
        assert!(open.is_empty(), "{name}: {open:?} never closes");
    }
}

#[test]
fn nothing_needs_an_exception_from_the_content_security_policy() {
    for (_, name, page) in every_page() {
        assert!(values(&page, "style").is_empty(), "{name}: an inline style");
        assert!(!page.contains("<style"), "{name}: an inline style");
        for script in page.split("<script").skip(1) {
            assert!(script.starts_with(" src=\"/assets/"), "{name}: an inline script");
        }
        for tag in page.split('<').skip(1).filter_map(|piece| piece.split('>').next()) {
            let handler =
                tag.split(' ').skip(1).any(|part| part.starts_with("on") && part.contains('='));
            assert!(!handler, "{name}: a handler in an attribute: <{tag}>");
        }
        assert!(values(&page, "src").iter().all(|src| src.starts_with("/assets/")), "{name}");
    }
}

#[test]
fn what_people_wrote_is_shown_and_never_run() {
    let page = case::page(&sample::case(Language::En), &sample::reader(Language::En)).into_string();
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "the note is shown");
    let list = case::list::page(&cases(), &sample::reader(Language::En)).into_string();
    assert!(list.contains("A &lt;b&gt;bold&lt;/b&gt; title"));
    let watch = watch::page(&sample::watch(Language::En), &sample::reader(Language::En));
    assert!(watch.into_string().contains("/watch?after=17.WO-1%26x"), "the cursor is encoded");
}

#[test]
fn the_past_can_be_read_and_not_changed() {
    let mut view = sample::case(Language::En);
    view.slider.past = true;
    view.may_write = false;
    for detail in &mut view.obligations {
        detail.view.acts = super::obligation::Acts::default();
    }
    for fact in &mut view.facts {
        fact.may_retract = false;
    }
    view.report.as_mut().expect("a report").may_answer = false;
    let page = case::page(&view, &sample::reader(Language::En)).into_string();
    assert!(!page.contains("method=\"post\" action=\"/cases/"), "a way to change the past");
    assert!(page.contains("You look at the past"));
}

#[test]
fn the_past_shows_the_time_that_was_left_then() {
    let reader = sample::reader(Language::En);
    let much_later = Reader { now: at("2021-12-29T12:00Z"), ..reader };
    let page = case::page(&sample::case(Language::En), &much_later).into_string();
    assert!(page.contains("7 h 20 m"), "from the instant looked at, not from now");
    assert!(!page.contains("33 d"), "nothing is counted from now");
}

#[test]
fn old_tellings_unfold_and_the_last_three_are_there_at_once() {
    let mut view = sample::obligation(Language::En);
    let shown = |view: &super::obligation::ObligationView| {
        let reader = sample::reader(Language::En);
        super::obligation::chain(&reader, view).into_string()
    };
    let told = view.told[0].clone();
    view.told = vec![told.clone(); 3];
    assert!(!shown(&view).contains("<details"), "three are few");
    view.told.push(told);
    let four = shown(&view);
    assert!(four.contains("1 telling before"), "{four}");
    let after = four.split("</details>").nth(1).unwrap_or_default();
    assert_eq!(after.matches("class=\"told\"").count(), 3, "{four}");
}

#[test]
fn what_the_node_did_by_itself_unfolds_between_the_acts_of_people() {
    use super::case::timeline::{self, Entry, EntryKind};
    let line = |kind, words: &str| Entry {
        at: at("2021-11-24T02:10Z"),
        actor: None,
        words: words.into(),
        said: None,
        kind,
    };
    let reader = sample::reader(Language::En);
    let mut entries = vec![
        line(EntryKind::Act, "opened"),
        line(EntryKind::Computed, "one"),
        line(EntryKind::Told, "two"),
        line(EntryKind::Alarm, "gap"),
    ];
    let few = timeline::list(&reader, &entries).into_string();
    assert!(!few.contains("<details"), "two in a row are few: {few}");
    entries.insert(2, line(EntryKind::Told, "three"));
    let many = timeline::list(&reader, &entries).into_string();
    assert!(many.contains("3 computed or told by the node"), "{many}");
    let folded = many.split("<details").nth(1).and_then(|it| it.split("</details>").next());
    let folded = folded.unwrap_or_default();
    assert!(["one", "two", "three"].iter().all(|words| folded.contains(words)), "{folded}");
    assert!(!folded.contains("opened") && !folded.contains("gap"), "{folded}");
}

#[test]
fn a_gap_in_law_stands_above_the_gap_of_a_house_target() {
    let mut view = sample::watch(Language::En);
    let law = sample::obligation(Language::En);
    let mut house = view.open[1].clone();
    (house.title, house.holder, house.strict_due) =
        ("Older target".into(), None, Some(at("2021-11-24T00:00Z")));
    let law_title = law.title.clone();
    view.open = vec![house, law];
    let page = watch::page(&view, &sample::reader(Language::En)).into_string();
    let place = |title: &str| page.find(title).expect("it is shown");
    assert!(place(&law_title) < place("Older target"));
}

#[test]
fn a_house_target_and_a_norm_say_that_they_are_no_law() {
    let page = watch::page(&sample::watch(Language::En), &sample::reader(Language::En));
    let page = page.into_string();
    assert!(page.contains("house target, not law"));
    assert!(page.contains("norm, not law"));
    let zh = watch::page(&sample::watch(Language::ZhCn), &sample::reader(Language::ZhCn));
    assert!(zh.into_string().contains("内部目标，非法定"));
}

#[test]
fn the_way_to_a_room_is_shown_to_those_who_may_enter() {
    let reader = sample::reader(Language::En);
    let nobody = Reader { account: None, ..reader.clone() };
    let page = |reader: &Reader| layout::not_found(reader).into_string();
    assert!(page(&reader).contains("href=\"/people\""));
    assert!(!page(&nobody).contains("href=\"/people\""));
    assert!(!page(&nobody).contains("href=\"/watch\""));
    assert!(page(&nobody).contains("href=\"/report\""));
}

/// Writes every page into the target folder, where a browser can open it beside its assets.
#[test]
fn every_page_can_be_looked_at() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/pages");
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    std::fs::create_dir_all(&folder).expect("a folder");
    for file in ["watchfire.css", "app.js", "icon.svg"] {
        std::fs::copy(assets.join(file), folder.join(file)).expect("an asset");
    }
    for (language, name, page) in every_page() {
        let mut page = page;
        for (asset, file) in [
            (super::asset::Asset::Style, "watchfire.css"),
            (super::asset::Asset::Script, "app.js"),
            (super::asset::Asset::Icon, "icon.svg"),
        ] {
            page = page.replace(super::asset::path(asset), file);
        }
        let path = folder.join(format!("{name}.{}.html", language.tag()));
        std::fs::write(&path, &page).expect("a file");
        assert!(page.starts_with("<!DOCTYPE html>"), "{name}");
    }
}
