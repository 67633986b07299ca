//! What a house has, what others say of it, and what follows.

use std::collections::{BTreeMap, BTreeSet};

use watchfire_core::event::{
    Called, Duty, ProductCard, ProductEvent, ReleaseCard, ReleaseEvent, SbomRecord, Service,
    SourceAnswer, Stream, Triage, VexStatus, VulnerabilityEvent,
};
use watchfire_core::ids::{ProductId, ReleaseId, SbomId, VulnerabilityId};
use watchfire_store::policy::Write;
use watchfire_store::{
    Append, ExposureFilter, ExposureState, Inventory, Kept, Likelihood, ListingRow, PageRequest,
    Part, Recorded, StoreError, Unjudged, Viewer, Word, digest_of, random_bytes,
};

use crate::engine::engines;
use crate::house::House;

pub(crate) fn watch() -> Viewer {
    Viewer::service(Service::Watch)
}

const DOCUMENT: &[u8] = br#"{"bomFormat":"CycloneDX"}"#;

/// A product with a release, as `keeper` makes them known.
pub(crate) async fn released(house: &House, keeper: &Viewer, name: &str) -> (ProductId, ReleaseId) {
    let store = &house.store;
    let grant = store.authorize_new_product(keeper).await.expect("keeps products");
    let product = ProductCard { name: name.into(), ..ProductCard::default() };
    let organization = house.organization.clone();
    let mut append = Append::new(keeper, house.now);
    append.product(&grant, ProductEvent::Registered { organization, product });
    store.append(append).await.expect("a product");
    let id = grant.id().clone();
    let grant = store.authorize_new_release(keeper, &id).await.expect("keeps the product");
    let release = ReleaseCard { version: "1.0".into(), ..ReleaseCard::default() };
    let organization = house.organization.clone();
    let mut append = Append::new(keeper, house.now);
    let product = id.clone();
    append.release(&grant, ReleaseEvent::Registered { organization, product, release });
    store.append(append).await.expect("a release");
    (id, grant.id().clone())
}

async fn to_release(
    house: &House,
    keeper: &Viewer,
    id: &ReleaseId,
    event: ReleaseEvent,
    document: Option<&[u8]>,
) -> Result<(), StoreError> {
    let store = &house.store;
    let grant = store.authorize_release::<Write>(keeper, id).await?;
    let version = store.release(keeper, id).await?.version;
    let mut append =
        Append::new(keeper, house.now).expect_version(Stream::Release(id.clone()), version);
    append.release(&grant, event);
    if let Some(bytes) = document {
        let inventory =
            Inventory { document: digest_of(bytes), reader: 1, bytes: b"read".to_vec() };
        append.sbom(Kept::new(bytes).expect("fits"), inventory);
    }
    store.append(append).await.map(|_| ())
}

pub(crate) async fn attached(house: &House, keeper: &Viewer, id: &ReleaseId) -> SbomId {
    let sbom = SbomId::from_random(random_bytes());
    let record = SbomRecord { document: digest_of(DOCUMENT), ..SbomRecord::default() };
    let event = ReleaseEvent::SbomAttached {
        sbom: sbom.clone(),
        record: Box::new(record),
        replaces: Vec::new(),
    };
    to_release(house, keeper, id, event, Some(DOCUMENT)).await.expect("attached");
    sbom
}

/// A vulnerability to which releases are exposed.
pub(crate) async fn exposed(house: &House, releases: &[&ReleaseId]) -> VulnerabilityId {
    let store = &house.store;
    let grant = store.authorize_new_vulnerability(&watch()).await.expect("the watch may");
    let mut append = Append::new(&watch(), house.now);
    let called = Called {
        names: vec!["CVE-2021-44228".into(), "GHSA-jfh8-c2jp-5v3q".into()],
        title: Some("Log4Shell".into()),
        severity_tenths: Some(100),
        ..Called::default()
    };
    let organization = house.organization.clone();
    append.vulnerability(&grant, VulnerabilityEvent::Known { organization, called });
    let releases: BTreeMap<ReleaseId, String> =
        releases.iter().map(|id| ((*id).clone(), "grounds".to_owned())).collect();
    append.vulnerability(
        &grant,
        VulnerabilityEvent::Answered {
            answer: SourceAnswer::Affected,
            releases,
            documents: vec!["00ff".into()],
        },
    );
    store.append(append).await.expect("a vulnerability");
    grant.id().clone()
}

pub(crate) async fn to_vulnerability(
    house: &House,
    by: &Viewer,
    id: &VulnerabilityId,
    event: VulnerabilityEvent,
) -> Result<Recorded, StoreError> {
    let store = &house.store;
    let grant = store.authorize_vulnerability::<Write>(by, id).await?;
    let version = store.vulnerability(by, id).await?.version;
    let mut append =
        Append::new(by, house.now).expect_version(Stream::Vulnerability(id.clone()), version);
    let recorded = append.vulnerability(&grant, event);
    store.append(append).await.map(|_| recorded)
}

fn decided(release: &ReleaseId, by: &Viewer) -> VulnerabilityEvent {
    VulnerabilityEvent::Decided {
        releases: vec![release.clone()],
        decision: Triage {
            status: VexStatus::Fixed,
            justification: None,
            reason: "patched".into(),
        },
        by: by.party().expect("a person").clone(),
    }
}

#[tokio::test]
async fn a_release_is_a_hole_until_somebody_says_what_it_is_made_of() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        let (product, release) = released(&house, &eva, "Platform").await;
        let (store, page) = (&house.store, PageRequest::default());
        let row = store.product_row(&eva, &product).await.unwrap();
        assert_eq!((row.releases, row.holes, row.open), (1, 1, 0));
        assert_eq!(store.holes(&eva, &page).await.unwrap().rows[0].id, release);

        let sbom = attached(&house, &eva, &release).await;
        assert!(store.holes(&eva, &page).await.unwrap().rows.is_empty());
        assert_eq!(store.sbom_bytes(&eva, &sbom).await.unwrap(), DOCUMENT);
        assert_eq!(store.release(&eva, &release).await.unwrap().sboms.len(), 1);
        let found = store.sbom(&eva, &sbom).await.unwrap();
        assert_eq!((&found.release, found.is_attached), (&release, true));
        assert_eq!(store.sboms_of(&eva, &release).await.unwrap(), [found]);

        let grant = store.authorize_node::<Write>(&watch()).await.unwrap();
        let changed = store.sboms_changed(&grant, (0, 0)).await.unwrap();
        assert_eq!((changed.len(), changed[0].counts), (1, true));
        let unjudged = store.sboms_unjudged(&grant, 1, (0, 0), 10).await.unwrap();
        let place = (changed[0].number, changed[0].changed);
        let wanted = Unjudged {
            number: place.0,
            changed: place.1,
            release: release.clone(),
            size_bytes: DOCUMENT.len() as u64,
        };
        assert_eq!(unjudged, [wanted]);
        let behind = (place.1, place.0);
        assert!(store.sboms_unjudged(&grant, 1, behind, 10).await.unwrap().is_empty());
        let mut append = Append::new(&watch(), house.now);
        append.judged(&grant, place, 1);
        store.append(append).await.unwrap();
        assert!(store.sboms_unjudged(&grant, 1, (0, 0), 10).await.unwrap().is_empty());
        assert_eq!(
            store.sboms_unjudged(&grant, 2, (0, 0), 10).await.unwrap().len(),
            1,
            "another reader"
        );
        let asked = [digest_of(DOCUMENT), digest_of(b"other")];
        let asked = [&*asked[0], &*asked[1]];
        let (count, read) = store.inventories(&grant, &asked).await.unwrap();
        assert_eq!((count, read.len()), (2, 1));
        let documents = store.documents(&grant, &asked).await.unwrap();
        let wanted = [(asked[0].to_owned(), Some(DOCUMENT.to_vec())), (asked[1].to_owned(), None)];
        assert_eq!(documents, wanted);
        assert_eq!((read[0].reader, read[0].bytes.as_slice()), (1, &b"read"[..]));

        // Retired, it counts no longer, and that is asked about anew.
        let gone = ReleaseEvent::Retired { reason: "sold".into() };
        to_release(&house, &eva, &release, gone, None).await.unwrap();
        let changed = store.sboms_changed(&grant, place).await.unwrap();
        assert_eq!((changed.len(), changed[0].counts), (1, false));
        assert_eq!(store.sboms_unjudged(&grant, 1, (0, 0), 10).await.unwrap().len(), 1);
        house.store.close().await;
    }
}

#[tokio::test]
async fn who_answers_for_releases_and_whether_any_can_be_reached_is_one_question() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        let store = &house.store;
        let (product, one) = released(&house, &eva, "Platform").await;
        let (other, two) = released(&house, &eva, "Gateway").await;
        let owner = |name| ProductCard {
            name: String::from(name),
            owner: eva.party().cloned(),
            internet_facing: Some(false),
            ..ProductCard::default()
        };
        let grant = store.authorize_node::<Write>(&watch()).await.unwrap();
        let both = [one.clone(), two.clone()];
        assert!(store.owners_of(&grant, &both).await.unwrap().is_empty());
        assert!(store.is_any_facing(&grant, &both).await.unwrap(), "nobody said it is not");
        for (product, card) in [(&product, owner("Platform")), (&other, owner("Gateway"))] {
            let allowed = store.authorize_product::<Write>(&eva, product).await.unwrap();
            let version = store.product(&eva, product).await.unwrap().version;
            let mut append = Append::new(&eva, house.now)
                .expect_version(Stream::Product(product.clone()), version);
            append.product(&allowed, ProductEvent::Changed { product: card });
            store.append(append).await.unwrap();
        }
        assert_eq!(store.owners_of(&grant, &both).await.unwrap().len(), 1, "each once");
        assert!(!store.is_any_facing(&grant, &both).await.unwrap());
        assert!(!store.is_any_facing(&grant, &[]).await.unwrap());
        house.store.close().await;
    }
}

#[tokio::test]
async fn two_products_or_releases_in_use_do_not_share_a_name() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        let (product, release) = released(&house, &eva, "Platform").await;
        let store = &house.store;
        let grant = store.authorize_new_product(&eva).await.unwrap();
        let again = ProductCard { name: "Platform".into(), ..ProductCard::default() };
        let organization = house.organization.clone();
        let mut append = Append::new(&eva, house.now);
        append.product(&grant, ProductEvent::Registered { organization, product: again });
        assert!(matches!(store.append(append).await, Err(StoreError::Taken(_))));
        let gone = ReleaseEvent::Retired { reason: "sold".into() };
        to_release(&house, &eva, &release, gone, None).await.unwrap();
        // A version that nobody uses any more is free again.
        let grant = store.authorize_new_release(&eva, &product).await.unwrap();
        let card = ReleaseCard { version: "1.0".into(), ..ReleaseCard::default() };
        let organization = house.organization.clone();
        let mut append = Append::new(&eva, house.now);
        append.release(&grant, ReleaseEvent::Registered { organization, product, release: card });
        assert!(store.append(append).await.is_ok());
        house.store.close().await;
    }
}

#[tokio::test]
async fn what_a_house_has_is_its_own_and_whoever_looks_on_changes_nothing() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        let auditor = house.person("ada", &[Duty::Auditor]).await;
        let employee = house.person("emil", &[]).await;
        let stranger = house.person_of("otto", &[Duty::Responder], None).await;
        let (product, release) = released(&house, &eva, "Platform").await;
        let sbom = attached(&house, &eva, &release).await;
        let vulnerability = exposed(&house, &[&release]).await;
        let (store, page) = (&house.store, PageRequest::default());
        for viewer in [&stranger, &Viewer::anonymous()] {
            assert!(store.products(viewer, "", &page).await.unwrap().rows.is_empty());
            assert!(store.holes(viewer, &page).await.unwrap().rows.is_empty());
            let any = ExposureFilter::default();
            assert!(store.vulnerabilities(viewer, &any, &page).await.unwrap().rows.is_empty());
            let of = store.exposures(viewer, &vulnerability, &any, &page).await.unwrap();
            assert!(of.rows.is_empty());
            let of = store.exposures_of_release(viewer, &release, &any, &page).await.unwrap();
            assert!(of.rows.is_empty());
            assert!(store.vulnerability_names(viewer, &vulnerability).await.unwrap().is_empty());
            let hidden = |error: StoreError| assert!(matches!(error, StoreError::NotFound(_)));
            hidden(store.product(viewer, &product).await.unwrap_err());
            hidden(store.release(viewer, &release).await.unwrap_err());
            hidden(store.sbom_bytes(viewer, &sbom).await.unwrap_err());
            hidden(store.vulnerability(viewer, &vulnerability).await.unwrap_err());
            hidden(store.vulnerability_history(viewer, &vulnerability).await.unwrap_err());
            hidden(store.authorize_product::<Write>(viewer, &product).await.unwrap_err());
            hidden(store.authorize_new_release(viewer, &product).await.unwrap_err());
        }
        said(&house, vec![word("by/eva", "one", "first")]).await;
        for viewer in [&stranger, &Viewer::anonymous()] {
            assert!(store.advisories(viewer, "", &page).await.unwrap().rows.is_empty());
            let by_name = store.advisories_by_names(viewer, &["CVE-2021-44228"]).await.unwrap();
            assert!(by_name.is_empty());
            assert_eq!(store.advisories_apart(viewer).await.unwrap(), 0);
        }
        let known = store.advisories(&eva, "", &page).await.unwrap().rows.remove(0).id;
        assert!(matches!(store.advisory(&stranger, known).await, Err(StoreError::NotFound(_))));
        for viewer in [&auditor, &employee] {
            assert!(store.release(viewer, &release).await.is_ok());
            assert!(store.authorize_release::<Write>(viewer, &release).await.is_err());
            assert!(store.authorize_new_product(viewer).await.is_err());
        }
        let event = decided(&release, &auditor);
        assert!(to_vulnerability(&house, &auditor, &vulnerability, event).await.is_err());
        let event = decided(&release, &employee);
        assert!(to_vulnerability(&house, &employee, &vulnerability, event).await.is_ok());
        assert!(store.authorize_new_vulnerability(&eva).await.is_err(), "only the watch finds");
        // Whoever answers for a product keeps it.
        let grant = store.authorize_product::<Write>(&eva, &product).await.unwrap();
        let owner = employee.party().cloned();
        let card = ProductCard { name: "Platform".into(), owner, ..ProductCard::default() };
        let mut append =
            Append::new(&eva, house.now).expect_version(Stream::Product(product.clone()), 1);
        append.product(&grant, ProductEvent::Changed { product: card });
        store.append(append).await.unwrap();
        assert!(store.authorize_release::<Write>(&employee, &release).await.is_ok());
        house.store.close().await;
    }
}

pub(crate) fn word(source: &str, name: &str, text: &str) -> Word {
    Word {
        source: source.into(),
        name: name.into(),
        document: Kept::new(text.as_bytes()).expect("fits"),
        format: Some("OSV".into()),
        publisher: None,
        title: Some("Log4Shell".into()),
        published: None,
        changed: None,
        is_withdrawn: false,
        problem: None,
        parts: vec![Part {
            names: vec!["GHSA-jfh8-c2jp-5v3q".into(), "CVE-2021-44228".into()],
            packages: vec!["maven/log4j-core".into()],
            listing: None,
        }],
        likelihoods: Vec::new(),
    }
}

pub(crate) async fn said(house: &House, words: Vec<Word>) {
    let grant = house.store.authorize_node::<Write>(&watch()).await.expect("the watch may");
    let mut append = Append::new(&watch(), house.now);
    words.into_iter().for_each(|word| append.advisory(&grant, word));
    house.store.append(append).await.expect("it is kept");
}

#[tokio::test]
async fn the_newest_word_of_each_source_stands_beside_that_of_others() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        let store = &house.store;
        let grant = store.authorize_node::<Write>(&watch()).await.unwrap();
        said(&house, vec![word("ghsa", "one", "first"), word("ghsa", "two", "other")]).await;
        said(&house, vec![word("nvd", "one", "theirs")]).await;
        let known = store.advisories_known(&grant, "ghsa", &["one", "three"]).await.unwrap();
        assert_eq!((known.len(), known["one"].1.clone()), (1, digest_of(b"first")));
        let names = store.names_of_advisories(&grant, &[known["one"].0]).await.unwrap();
        assert_eq!(names.len(), 2);
        let mut newer = word("ghsa", "one", "second");
        newer.parts[0].packages = vec!["maven/log4j-api".into()];
        newer.parts[0].names.push("CVE-2021-44228".into());
        said(&house, vec![newer]).await;

        let by_name = store.advisories_by_names(&eva, &["CVE-2021-44228"]).await.unwrap();
        let found: Vec<(&str, &str, &str)> = by_name
            .iter()
            .map(|row| (row.source.as_str(), row.name.as_str(), row.document.as_str()))
            .collect();
        let [second, other, theirs] = [&b"second"[..], b"other", b"theirs"].map(digest_of);
        assert_eq!(
            found,
            [("ghsa", "one", &*second), ("ghsa", "two", &*other), ("nvd", "one", &*theirs)]
        );
        assert_eq!(by_name[0].first_at, by_name[1].first_at);
        let core = store.parts_by_packages(&grant, &["maven/log4j-core"]).await.unwrap();
        assert_eq!(core.len(), 2, "the newer word speaks of another package");
        let names = store.parts_by_names(&grant, &["GHSA-jfh8-c2jp-5v3q"]).await.unwrap();
        assert_eq!(names.len(), 6, "all names of three parts");
        let place = (core[0].advisory, core[0].part);
        assert_eq!(store.names_of_parts(&grant, &[place]).await.unwrap().len(), 2);
        // The word before is gone, since nothing names it.
        assert!(store.document(&grant, &digest_of(b"first")).await.is_err());
        let one = store.advisory(&eva, by_name[0].id).await.unwrap();
        assert_eq!(one.1, b"second");

        house.store.close().await;
    }
}

#[tokio::test]
async fn what_cannot_be_read_stands_apart_beside_what_could_be() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        let (store, page) = (&house.store, PageRequest::default());
        let grant = store.authorize_node::<Write>(&watch()).await.unwrap();
        let mut one = word("ghsa", "one", "second");
        one.parts[0].packages = vec!["maven/log4j-api".into()];
        said(&house, vec![one, word("ghsa", "two", "other")]).await;
        said(&house, vec![word("nvd", "one", "theirs")]).await;
        let by_name = store.advisories_by_names(&eva, &["CVE-2021-44228"]).await.unwrap();
        let mut apart = word("ghsa", "odd", "not this");
        apart.problem = Some(("/affected".into(), "is no list".into()));
        apart.parts.clear();
        said(&house, vec![apart]).await;
        let all = store.advisories(&eva, "", &page).await.unwrap().rows;
        let told: Vec<&str> = all.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(told[0], "odd", "what was set apart stands first");
        assert_eq!(all.len(), 4);
        assert_eq!(store.advisories_apart(&eva).await.unwrap(), 1);
        // What could be read goes on beside what cannot be.
        let mut broken = word("ghsa", "one", "broken");
        broken.problem = Some((String::new(), "is no JSON".into()));
        broken.parts.clear();
        said(&house, vec![broken]).await;
        let one = store.advisory(&eva, by_name[0].id).await.unwrap();
        assert_eq!((one.1.as_slice(), one.0.apart), (&b"second"[..], Some(digest_of(b"broken"))));
        let known = store.advisories_known(&grant, "ghsa", &["one"]).await.unwrap();
        assert_eq!(known["one"].1, digest_of(b"broken"));
        let core = store.parts_by_packages(&grant, &["maven/log4j-api"]).await.unwrap();
        assert_eq!(core.len(), 1, "its packages are found all the same");
        said(&house, vec![word("ghsa", "one", "third")]).await;
        let one = store.advisory(&eva, by_name[0].id).await.unwrap();
        assert_eq!((one.0.apart, one.0.problem), (None, None));
        assert!(store.document(&grant, &digest_of(b"broken")).await.is_err());
        let all = store.advisories(&eva, "", &page).await.unwrap().rows;
        let mut walked = Vec::new();
        let mut next = PageRequest { after: None, limit: 1 };
        loop {
            let found = store.advisories(&eva, "", &next).await.unwrap();
            walked.extend(found.rows);
            let Some(after) = found.next else { break };
            next.after = Some(after);
        }
        assert_eq!(walked, all);
        let some = store.advisories(&eva, "CVE-2021-44228", &page).await.unwrap();
        assert_eq!(some.rows.len(), 3, "by a name in it");
        house.store.close().await;
    }
}

#[tokio::test]
async fn what_events_name_of_an_advisory_is_kept_when_it_changes() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        let (_, release) = released(&house, &eva, "Platform").await;
        said(&house, vec![word("ghsa", "one", "first")]).await;
        exposed(&house, &[&release]).await;
        said(&house, vec![word("ghsa", "one", "second")]).await;
        let grant = house.store.authorize_node::<Write>(&watch()).await.unwrap();
        let first = house.store.document(&grant, &digest_of(b"first")).await;
        assert_eq!(first.unwrap(), b"first");
        house.store.close().await;
    }
}

#[tokio::test]
async fn a_list_of_the_exploited_and_of_likelihoods_replaces_the_one_before() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let store = &house.store;
        let listed = |name: &str| Part {
            names: vec![name.into()],
            packages: Vec::new(),
            listing: Some(ListingRow {
                name: name.into(),
                publisher: "CISA".into(),
                since: Some("2021-12-10".into()),
                due: None,
                ransomware: Some(true),
                advisory: 0,
                document: String::new(),
            }),
        };
        let likely = |name: &str, permille| Likelihood {
            name: name.into(),
            probability: "0.97".into(),
            percentile: "0.99".into(),
            permille,
        };
        for (text, names) in [("old", ["CVE-1", "CVE-2"]), ("new", ["CVE-2", "CVE-3"])] {
            let mut kev = word("kev", "kev", text);
            kev.parts = names.map(listed).to_vec();
            let mut epss = word("epss", "epss", &format!("{text} scores"));
            epss.parts.clear();
            epss.likelihoods = names.iter().map(|name| likely(name, 970)).collect();
            said(&house, vec![kev, epss]).await;
        }
        let asked = ["CVE-1", "CVE-2", "CVE-3"];
        let listings = store.listings(&asked).await.unwrap();
        let names: BTreeSet<&str> = listings.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, BTreeSet::from(["CVE-2", "CVE-3"]));
        assert_eq!(listings[0].document, digest_of(b"new"));
        assert_eq!(listings[0].ransomware, Some(true));
        let likely = store.likelihoods(&asked).await.unwrap();
        assert_eq!(likely.len(), 2);
        house.store.close().await;
    }
}

#[tokio::test]
async fn the_most_urgent_stands_first_and_a_decision_closes() {
    for engine in engines().await {
        let house = House::new(&engine).await;
        let eva = house.person("eva", &[Duty::Responder]).await;
        let (product, release) = released(&house, &eva, "Platform").await;
        let (_, other) = released(&house, &eva, "Gateway").await;
        let (store, page) = (&house.store, PageRequest::default());
        let id = exposed(&house, &[&release, &other]).await;
        let row = store.vulnerability_row(&eva, &id).await.unwrap();
        assert_eq!((row.exposed, row.open, row.undecided), (2, 2, 0));
        assert_eq!(row.name, "CVE-2021-44228");
        assert_eq!(store.product_row(&eva, &product).await.unwrap().open, 1);
        to_vulnerability(&house, &eva, &id, decided(&release, &eva)).await.unwrap();
        let open = ExposureFilter::from(ExposureState::Open);
        let state = async |state: ExposureState| {
            store.exposures(&eva, &id, &state.into(), &page).await.unwrap().rows
        };
        assert_eq!(state(ExposureState::Open).await[0].release, other);
        let closed = state(ExposureState::Closed).await;
        assert_eq!((closed.len(), closed[0].status), (1, VexStatus::Fixed));
        assert_eq!(state(ExposureState::Any).await.len(), 2);
        let search = async |text: &str| {
            let filter = ExposureFilter { search: text.to_owned(), ..open.clone() };
            store.vulnerabilities(&eva, &filter, &page).await.unwrap().rows.len()
        };
        assert_eq!(search("ghsa-jfh8").await, 1, "by any of its names");
        assert_eq!(search("log4s%").await, 0, "no sign is a wildcard");
        assert_eq!(search("log4s").await, 1);
        let of = store.exposures_of_release(&eva, &other, &open, &page).await;
        assert_eq!(of.unwrap().rows[0].vulnerability, id);
        let cleared = VulnerabilityEvent::Cleared {
            releases: vec![other.clone()],
            cause: watchfire_core::event::ClearedBy::Sources,
        };
        to_vulnerability(&house, &watch(), &id, cleared).await.unwrap();
        let row = store.vulnerability_row(&eva, &id).await.unwrap();
        assert_eq!((row.exposed, row.open), (1, 0));
        let grant = store.authorize_node::<Write>(&watch()).await.unwrap();
        let by_name = store
            .vulnerabilities_by_names(&grant, &house.organization, &["CVE-2021-44228", "CVE-0"])
            .await
            .unwrap();
        assert_eq!(by_name, BTreeMap::from([("CVE-2021-44228".to_owned(), id.clone())]));
        let of = store.vulnerabilities_of_releases(&grant, &[&release], "").await.unwrap();
        assert_eq!(of, [(id.clone(), "CVE-2021-44228".to_owned())]);
        let of = store.vulnerabilities_of_releases(&grant, &[&release, &other], "").await.unwrap();
        assert_eq!(of.len(), 1, "once, and not of what nothing is said of");
        let behind = store.vulnerabilities_of_releases(&grant, &[&release], id.as_str()).await;
        assert!(behind.unwrap().is_empty());
        house.store.close().await;
    }
}
