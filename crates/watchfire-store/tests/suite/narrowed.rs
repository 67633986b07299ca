//! Lists of vulnerabilities and exposures: what is narrowed, in which order, and how much is read.

use std::fmt::Write as _;

use watchfire_core::event::{Duty, VexStatus};
use watchfire_core::ids::{ProductId, ReleaseId, VulnerabilityId};
use watchfire_store::{
    ExposureFilter, ExposureKinds, ExposureState, PageRequest, VULNERABILITIES_COUNTED_MAX, Viewer,
    VulnerabilityCounts, random_bytes,
};

use crate::engine::{Beside, engines};
use crate::exposure::released;
use crate::house::House;

/// As many as a page looks at, and some more.
const MANY: usize = VULNERABILITIES_COUNTED_MAX + 300;
/// Rows that one statement of a test puts in.
const PUT_ROWS: usize = 1_000;

/// How one vulnerability stands to one release.
#[derive(Clone, Copy)]
struct Stands {
    answer: &'static str,
    status: &'static str,
    is_open: bool,
    is_listed: bool,
}

const OPEN: Stands =
    Stands { answer: "affected", status: "under_investigation", is_open: true, is_listed: false };
const UNDECIDED: Stands = Stands { answer: "undecided", ..OPEN };
const AFFECTED: Stands = Stands { status: "affected", ..OPEN };
const FIXED: Stands = Stands { status: "fixed", is_open: false, ..OPEN };

/// Puts vulnerabilities of one release into the tables, as events would have.
async fn put(
    beside: &mut Beside,
    house: &House,
    release: &ReleaseId,
    all: &[Stands],
) -> Vec<String> {
    let mut ids = Vec::new();
    for lot in all.chunks(PUT_ROWS) {
        let (mut rows, mut exposures) = (String::new(), String::new());
        for one in lot {
            let id = VulnerabilityId::from_random(random_bytes()).to_string();
            let (open, undecided) = (one.is_open, one.is_open && one.answer == "undecided");
            let rank = -100_000 * i64::from(open)
                - 10_000 * i64::from(one.is_listed)
                - 500
                - 5 * i64::from(open && !undecided);
            let comma = if rows.is_empty() { "" } else { "," };
            write!(
                rows,
                "{comma}('{id}', '{}', '{id}', {}, 0, 1, {}, {}, 0, {rank})",
                house.organization,
                one.is_listed,
                i32::from(open),
                i32::from(undecided)
            )
            .expect("a text takes text");
            write!(
                exposures,
                "{comma}('{id}', '{release}', '{}', '{}', {open}, 0, FALSE)",
                one.answer, one.status
            )
            .expect("a text takes text");
            ids.push(id);
        }
        beside
            .run(&format!(
                "INSERT INTO vulnerabilities (id, organization_id, name, is_listed, first_at, \
                 exposed, open, undecided, awaiting, rank) VALUES {rows}"
            ))
            .await;
        beside
            .run(&format!(
                "INSERT INTO exposures (vulnerability_id, release_id, answer, status, is_open, \
                 since_at, awaits_second) VALUES {exposures}"
            ))
            .await;
    }
    ids
}

async fn listed(house: &House, viewer: &Viewer, filter: &ExposureFilter) -> Vec<String> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let page = PageRequest { after, limit: 3 };
        let found = house.store.vulnerabilities(viewer, filter, &page).await.expect("a page");
        assert!(found.rows.len() <= 3);
        ids.extend(found.rows.into_iter().map(|row| row.id.to_string()));
        after = found.next;
        if after.is_none() {
            return ids;
        }
    }
}

fn of(product: &ProductId) -> ExposureFilter {
    ExposureFilter { product: Some(product.clone()), ..ExposureFilter::default() }
}

fn with(status: VexStatus) -> ExposureFilter {
    ExposureFilter { status: Some(status), ..ExposureFilter::default() }
}

#[tokio::test]
async fn vulnerabilities_are_narrowed_by_state_status_and_product() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        let (platform, on_platform) = released(&house, &eva, "Platform").await;
        let (gateway, on_gateway) = released(&house, &eva, "Gateway").await;
        let mut beside = engine.beside().await;
        let listed_open = Stands { is_listed: true, ..OPEN };
        let listed_fixed = Stands { is_listed: true, ..FIXED };
        let first = [FIXED, UNDECIDED, listed_fixed, OPEN, listed_open];
        let ids = put(&mut beside, &house, &on_platform, &first).await;
        let other = put(&mut beside, &house, &on_gateway, &[AFFECTED, FIXED]).await;
        let [fixed, undecided, old, open, urgent] = [0, 1, 2, 3, 4].map(|at: usize| &ids[at]);
        let [affected, mended] = [&other[0], &other[1]];
        let sorted = |mut one: Vec<String>| {
            one.sort();
            one
        };
        let all = listed(&house, &eva, &ExposureFilter::default()).await;
        assert_eq!((all.len(), &all[0], &all[3]), (7, urgent, undecided), "the most urgent first");
        assert_eq!(&all[4], old, "what is exploited before what is not");
        let state = |state: ExposureState| ExposureFilter::from(state);
        let exploited = ExposureFilter { is_listed: true, ..ExposureFilter::default() };
        let open_on_platform = ExposureFilter { state: ExposureState::Open, ..of(&platform) };
        let fixed_on_gateway =
            ExposureFilter { product: Some(gateway.clone()), ..with(VexStatus::Fixed) };
        for (filter, expected) in [
            (state(ExposureState::Open), vec![urgent, open, affected, undecided]),
            (state(ExposureState::Undecided), vec![undecided]),
            (state(ExposureState::Awaiting), vec![]),
            (state(ExposureState::Closed), vec![old, fixed, mended]),
            (exploited, vec![urgent, old]),
            (with(VexStatus::UnderInvestigation), vec![urgent, open, undecided]),
            (with(VexStatus::Affected), vec![affected]),
            (with(VexStatus::Fixed), vec![old, fixed, mended]),
            (with(VexStatus::NotAffected), vec![]),
            (of(&platform), ids.iter().collect()),
            (of(&gateway), vec![affected, mended]),
            (open_on_platform, vec![urgent, open, undecided]),
            (fixed_on_gateway, vec![mended]),
        ] {
            let expected = sorted(expected.into_iter().cloned().collect());
            assert_eq!(sorted(listed(&house, &eva, &filter).await), expected, "{filter:?}");
        }
        let counts = house.store.count_vulnerabilities(&eva).await.expect("counts");
        let expected = VulnerabilityCounts {
            open: 4,
            undecided: 1,
            listed: 2,
            closed: 3,
            ..VulnerabilityCounts::default()
        };
        assert_eq!(counts, expected);
        let stranger = house.person_of("otto", &[Duty::Responder], None).await;
        assert!(listed(&house, &stranger, &of(&platform)).await.is_empty());
        let nothing = house.store.count_vulnerabilities(&stranger).await.expect("counts");
        assert_eq!(nothing, VulnerabilityCounts::default());
        house.store.close().await;
    }
}

#[tokio::test]
async fn exposures_of_a_release_are_narrowed_and_the_open_ones_stand_first() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        let (product, release) = released(&house, &eva, "Platform").await;
        let mut beside = engine.beside().await;
        let all: Vec<Stands> =
            [FIXED, OPEN, UNDECIDED, AFFECTED].into_iter().cycle().take(40).collect();
        let ids = put(&mut beside, &house, &release, &all).await;
        let pages = async |filter: &ExposureFilter| {
            let (mut states, mut after) = (Vec::new(), None);
            loop {
                let page = PageRequest { after, limit: 7 };
                let found = house.store.exposures_of_release(&eva, &release, filter, &page);
                let found = found.await.expect("a page");
                states.extend(found.rows.iter().map(|row| (row.is_open, row.status)));
                after = found.next;
                if after.is_none() {
                    return states;
                }
            }
        };
        let any = pages(&ExposureFilter::default()).await;
        assert_eq!(any.iter().map(|(is_open, _)| *is_open).collect::<Vec<_>>(), {
            [vec![true; 30], vec![false; 10]].concat()
        });
        for (at, expected) in [
            ExposureKinds { closed: 1, ..ExposureKinds::default() },
            ExposureKinds { under_investigation: 1, ..ExposureKinds::default() },
            ExposureKinds { undecided: 1, ..ExposureKinds::default() },
            ExposureKinds { affected: 1, ..ExposureKinds::default() },
        ]
        .into_iter()
        .enumerate()
        {
            let id = ids[at].parse().expect("an id");
            let kinds = house.store.exposure_kinds(&eva, &id).await.expect("counts");
            assert_eq!(kinds, expected);
            let stranger = Viewer::anonymous();
            let nothing = house.store.exposure_kinds(&stranger, &id).await.expect("counts");
            assert_eq!(nothing, ExposureKinds::default());
        }
        for (filter, count) in [
            (ExposureState::Open.into(), 30),
            (ExposureState::Closed.into(), 10),
            (ExposureState::Undecided.into(), 10),
            (ExposureState::Awaiting.into(), 0),
            (with(VexStatus::Affected), 10),
            (with(VexStatus::UnderInvestigation), 20),
            (with(VexStatus::Fixed), 10),
            (of(&product), 40),
            (of(&ProductId::from_random(random_bytes())), 0),
        ] {
            assert_eq!(pages(&filter).await.len(), count, "{filter:?}");
        }
        house.store.close().await;
    }
}

#[tokio::test]
async fn what_has_no_title_is_searched_all_the_same() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        let (_, release) = released(&house, &eva, "Platform").await;
        let mut beside = engine.beside().await;
        let ids = put(&mut beside, &house, &release, &[OPEN, FIXED]).await;
        let search =
            |text: &str| ExposureFilter { search: text.into(), ..ExposureFilter::default() };
        assert!(listed(&house, &eva, &search("log4shell")).await.is_empty());
        let page = PageRequest::default();
        for (text, count) in [("log4shell", 0), (ids[0].as_str(), 1)] {
            let found =
                house.store.exposures_of_release(&eva, &release, &search(text), &page).await;
            assert_eq!(found.expect("a page").rows.len(), count, "{text}");
        }
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_page_looks_at_no_more_than_it_may_and_its_cursor_leads_on() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        let (_, release) = released(&house, &eva, "Platform").await;
        let mut beside = engine.beside().await;
        put(&mut beside, &house, &release, &vec![OPEN; MANY]).await;
        let last = put(&mut beside, &house, &release, &[UNDECIDED]).await;
        let undecided = ExposureFilter::from(ExposureState::Undecided);
        let page = PageRequest { after: None, limit: 50 };
        let first = house.store.vulnerabilities(&eva, &undecided, &page).await.expect("a page");
        assert!(first.rows.is_empty() && first.next.is_some(), "it stands behind all others");
        let page = PageRequest { after: first.next, limit: 50 };
        let second = house.store.vulnerabilities(&eva, &undecided, &page).await.expect("a page");
        assert_eq!((second.rows[0].id.to_string(), second.next), (last[0].clone(), None));
        let counts = house.store.count_vulnerabilities(&eva).await.expect("counts");
        let most = VULNERABILITIES_COUNTED_MAX as u64 + 1;
        assert_eq!((counts.open, counts.closed, counts.is_cut), (most, 0, true));
        // What is closed is found at once, however much is open.
        let closed = put(&mut beside, &house, &release, &[FIXED]).await;
        let filter = ExposureFilter::from(ExposureState::Closed);
        let page = PageRequest { after: None, limit: 50 };
        let found = house.store.vulnerabilities(&eva, &filter, &page).await.expect("a page");
        assert_eq!((found.rows[0].id.to_string(), found.next), (closed[0].clone(), None));
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_product_counts_what_is_open_of_its_own_releases() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        let (platform, on_platform) = released(&house, &eva, "Platform").await;
        let (_, on_gateway) = released(&house, &eva, "Gateway").await;
        let mut beside = engine.beside().await;
        put(&mut beside, &house, &on_platform, &[FIXED, UNDECIDED, OPEN, FIXED, AFFECTED]).await;
        put(&mut beside, &house, &on_gateway, &[FIXED]).await;
        let page = PageRequest::default();
        let found = house.store.products(&eva, "", &page).await.expect("a page").rows;
        let counted: Vec<(&str, u64, u64, u64)> = found
            .iter()
            .map(|row| (row.name.as_str(), row.releases, row.holes, row.open))
            .collect();
        assert_eq!(counted, [("Gateway", 1, 1, 0), ("Platform", 1, 1, 3)]);
        let of = house.store.releases(&eva, &platform, &page).await.expect("a page").rows;
        assert_eq!(
            (of[0].open, house.store.product_row(&eva, &platform).await.expect("one").open),
            (3, 3)
        );
        house.store.close().await;
    }
}

#[tokio::test]
async fn lists_follow_their_indexes_and_sort_nothing() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let mut beside = engine.beside().await;
        let vulnerabilities = "SELECT u.id, EXISTS (SELECT 1 FROM exposures x \
             WHERE x.vulnerability_id = u.id AND x.status = 'fixed' AND EXISTS (\
             SELECT 1 FROM releases r WHERE r.id = x.release_id AND r.product_id = 'p')) AS is_meant \
             FROM vulnerabilities u WHERE u.merged_into IS NULL AND (u.rank, u.id) > (0, '') \
             AND u.rank <= 5 ORDER BY u.rank, u.id LIMIT 50";
        let of_release = "SELECT x.vulnerability_id FROM exposures x \
             JOIN vulnerabilities u ON u.id = x.vulnerability_id WHERE x.release_id = 'r' \
             AND x.is_open = TRUE AND x.vulnerability_id > '' AND u.merged_into IS NULL \
             ORDER BY x.vulnerability_id LIMIT 250";
        // What is closed is not even looked at.
        let counted = "SELECT COUNT(*) FROM exposures x WHERE x.release_id = 'r' \
             AND x.is_open = TRUE";
        for (query, index) in [
            (vulnerabilities, "vulnerabilities_list"),
            (of_release, "exposures_by_release"),
            (counted, "exposures_by_release"),
        ] {
            let plan = if engine.is_sqlite() {
                beside.texts_at(&format!("EXPLAIN QUERY PLAN {query}"), 3).await
            } else {
                beside.run("SET enable_seqscan = off").await;
                beside.texts(&format!("EXPLAIN {query}")).await
            };
            let plan = plan.join("\n");
            assert!(plan.contains(index), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
            assert!(query != counted || plan.contains("is_open"), "{plan}");
        }
        house.store.close().await;
    }
}
