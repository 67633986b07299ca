//! Exposure in a browser: from a product and its SBOM to an advisory, a decision and a case.

use axum::http::StatusCode;
use watchfire_core::event::Duty;
use watchfire_server::settings::{Limits, Settings};

use crate::browser::{Browser, place, text};
use crate::house::{Answered, House};

const QUEUE: &[u8] =
    include_bytes!("../../../watchfire/src/demo/fleet/sboms/message-queue-2.8.0.cdx.xml");
/// It contains log4j-core 2.14.1.
const SBOM: &[u8] =
    include_bytes!("../../../watchfire/src/demo/fleet/sboms/object-store-4.1.0.cdx.json");
const ADVISORY: &[u8] =
    include_bytes!("../../../watchfire/src/demo/fleet/advisories/CVE-2021-44228.json");
/// A component without a name is skipped, and told.
const IN_PART: &[u8] = br#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[
    {"type":"library","name":"log4j-core","version":"2.14.1",
     "purl":"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"},{"type":"library"}]}"#;
const LISTED: &[u8] = br#"{"title":"CISA Catalog of Known Exploited Vulnerabilities",
    "catalogVersion":"2021.11.24","dateReleased":"2021-11-24T06:00:00.0000Z","count":1,
    "vulnerabilities":[{"cveID":"CVE-2021-44228","vendorProject":"Apache","product":"Log4j2",
    "vulnerabilityName":"Log4j2 Remote Code Execution","dateAdded":"2021-11-24",
    "shortDescription":"JNDI lookups.","requiredAction":"Update.","dueDate":"2021-12-08",
    "knownRansomwareCampaignUse":"Known","notes":""}]}"#;

struct Page<'h> {
    browser: Browser<'h>,
    csrf: String,
}

impl<'h> Page<'h> {
    async fn of(house: &'h House, login: &str) -> Self {
        let mut browser = Browser::new(house);
        browser.sign_in(login).await;
        let csrf = browser.csrf().await;
        Self { browser, csrf }
    }

    async fn shows(&mut self, path: &str) -> String {
        let answered = self.browser.get(path).await;
        let page = text(&answered);
        assert_eq!(answered.status, StatusCode::OK, "{path}: {page}");
        page
    }

    async fn sends(&mut self, path: &str, fields: &[(&str, &str)]) -> Answered {
        let mut all = vec![("csrf", self.csrf.as_str())];
        all.extend(fields);
        self.browser.send(path, &all).await
    }

    /// Sends a form that is taken, and returns where one lands.
    async fn takes(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let answered = self.sends(path, fields).await;
        assert_eq!(answered.status, StatusCode::SEE_OTHER, "{path}: {}", text(&answered));
        place(&answered)
    }

    /// Sends a form that is refused, and returns the page that says why.
    async fn refuses(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let answered = self.sends(path, fields).await;
        let page = text(&answered);
        assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {page}");
        page
    }

    async fn uploads(&mut self, path: &str, name: &str, bytes: &[u8]) -> Answered {
        let csrf = self.csrf.clone();
        let parts = [("csrf", "", csrf.as_bytes()), ("document", name, bytes)];
        self.browser.upload(path, &parts).await
    }

    /// A product with one release; returns the paths of both.
    async fn has(&mut self, product: &str) -> (String, String) {
        let fields = [("name", product), ("internet_facing", "yes")];
        let product = self.takes("/products", &fields).await;
        let fields = [("version", "2.8.0"), ("sold_in", "cn, de")];
        let release = self.takes(&format!("{product}/releases"), &fields).await;
        (product, release)
    }

    /// The path of the vulnerability that the list shows.
    async fn exposed(&mut self) -> String {
        let list = self.shows("/vulnerabilities").await;
        let found = list.split("href=\"/vulnerabilities/").nth(1).expect(&list);
        format!("/vulnerabilities/{}", found.split('"').next().expect("an address"))
    }
}

#[tokio::test]
async fn a_product_is_kept_and_its_hole_closed_by_an_sbom_that_is_told_in_whole() {
    let house = House::new().await;
    house.person("Mia Kern", &[Duty::Responder]).await;
    let mut mia = Page::of(&house, "mia.kern.x").await;
    assert!(mia.shows("/products").await.contains("There is no product yet. Add the first"));
    let refused = mia.refuses("/products", &[("name", ""), ("description", "<b>")]).await;
    assert!(refused.contains("A text is empty or too long"), "{refused}");
    assert!(refused.contains("&lt;b&gt;</textarea>"), "what was typed stays: {refused}");
    let odd = [("name", "Queue"), ("identifiers", "log4j")];
    let refused = mia.refuses("/products", &odd).await;
    assert!(refused.contains("neither a package URL nor a CPE name"), "{refused}");

    let (product, release) = mia.has("Message Queue").await;
    let refused = mia.refuses(&release, &[("version", "1"), ("sold_in", "Germany")]).await;
    assert!(refused.contains("no code of a country"), "{refused}");
    let page = mia.shows(&release).await;
    assert!(page.contains("CN, DE") && page.contains("no SBOM"), "{page}");
    assert!(mia.shows("/products/holes").await.contains("Message Queue 2.8.0"));

    let refused = mia.uploads(&format!("{release}/sboms"), "a.json", b"{\"a\":").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", text(&refused));
    assert!(text(&refused).contains("no SBOM that can be read"), "{}", text(&refused));
    let taken = mia.uploads(&format!("{release}/sboms"), "a.json", IN_PART).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", text(&taken));
    let page = mia.shows(&release).await;
    assert!(
        page.contains("CycloneDX JSON 1.6") && page.contains("One thing was skipped"),
        "{page}"
    );
    let told = page.split(&format!("href=\"{release}/sboms/")).nth(1).expect("a way to it");
    let sbom = format!("{release}/sboms/{}", told.split('"').next().expect("an address"));
    assert!(mia.shows(&sbom).await.contains("/components/1"), "the place of what was skipped");
    let again = mia.uploads(&format!("{release}/sboms"), "a.json", IN_PART).await;
    assert!(text(&again).contains("attached already"), "{}", text(&again));
    let taken = mia.uploads(&format!("{release}/sboms"), "b.xml", QUEUE).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", text(&taken));
    let page = mia.shows(&release).await;
    assert!(page.contains("CycloneDX XML") && page.contains("Older SBOMs"), "{page}");

    let retired = mia.takes(&format!("{product}/retire"), &[("reason", "Sold off")]).await;
    let page = mia.shows(&retired).await;
    assert!(page.contains("Sold off") && !page.contains("action=\"/products/"), "{page}");
    let retired = mia.sends(&product, &[("name", "Another")]).await;
    assert!(text(&retired).contains("It is retired"), "{}", text(&retired));
}

#[tokio::test]
async fn an_advisory_finds_a_release_and_people_decide_of_it() {
    let house = House::new().await;
    house.person("Mia Kern", &[Duty::Responder]).await;
    let mut mia = Page::of(&house, "mia.kern.x").await;
    assert!(mia.shows("/vulnerabilities").await.contains("No advisory has come yet"));
    let (product, release) = mia.has("Message Queue").await;
    mia.uploads(&format!("{release}/sboms"), "b.xml", SBOM).await;
    let given = mia.uploads("/advisories", "CVE-2021-44228.json", ADVISORY).await;
    assert_eq!(place(&given), "/advisories", "{}", text(&given));
    assert!(mia.shows("/advisories").await.contains("CVE-2021-44228"));
    let apart = mia.uploads("/advisories", "odd.json", b"{\"id\":7}").await;
    assert_eq!(place(&apart), "/advisories", "{}", text(&apart));
    let page = mia.shows("/advisories").await;
    assert!(page.contains("set apart") && page.contains("odd.json"), "{page}");

    let path = mia.exposed().await;
    let page = mia.shows(&path).await;
    assert!(page.contains("Message Queue 2.8.0") && page.contains("log4j-core"), "{page}");
    let id = release.strip_prefix("/releases/").expect("a release");
    let why = mia.shows(&format!("{path}/releases/{id}")).await;
    assert!(why.contains("log4j-core") && why.contains("the source says: affected"), "{why}");

    let package = "maven/org.apache.logging.log4j:log4j-core";
    let page = mia.shows(&format!("/components?package={package}")).await;
    assert!(page.contains("Message Queue 2.8.0") && page.contains(&path), "{page}");
    let page = mia.shows("/components?package=log4j").await;
    let exact = "/components?exact=maven%2Forg.apache.logging.log4j%3Alog4j-core";
    assert!(page.contains(exact) && !page.contains("Message Queue 2.8.0"), "{page}");
    assert!(mia.shows(exact).await.contains("Message Queue 2.8.0"));
    assert!(mia.shows("/components?package=log4s").await.contains("No release contains"));
    let narrowed = mia.shows("/vulnerabilities?shown=any&status=fixed").await;
    assert!(narrowed.contains("There is none of this kind"), "{narrowed}");
    let narrowed = mia.shows("/vulnerabilities?status=under_investigation").await;
    assert!(narrowed.contains(&path), "{narrowed}");
    let missing = mia.browser.get("/vulnerabilities?product=WX-0000-0000").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let odd = mia.browser.get("/components?package=pkg:").await;
    assert!(text(&odd).contains("This is no package"), "{}", text(&odd));

    let decisions = format!("{path}/decisions");
    let refused = mia.refuses(&decisions, &[("status", "affected"), ("reason", "x")]).await;
    assert!(refused.contains("No release was chosen"), "{refused}");
    let chosen = format!("release.{id}");
    let fields =
        [(chosen.as_str(), "yes"), ("status", "not_affected"), ("reason", "Class removed")];
    let refused = mia.refuses(&decisions, &fields).await;
    assert!(refused.contains("Why it is not affected was not chosen"), "{refused}");
    assert!(refused.contains("Class removed</textarea>"), "what was typed stays: {refused}");
    let justified = [
        ("scope", "all"),
        ("state", "open"),
        ("status", "not_affected"),
        ("justification", "vulnerable_code_not_present"),
        ("reason", "Class removed"),
    ];
    mia.takes(&decisions, &justified).await;
    let page = mia.shows(&format!("{path}?state=closed")).await;
    assert!(page.contains("The vulnerable code is not in it"), "{page}");
    assert!(mia.shows(&product).await.contains("nothing open"));

    let case = mia.takes(&format!("{path}/case"), &[]).await;
    assert!(case.starts_with("/cases/WF-"), "{case}");
    mia.shows(&case).await;
    assert!(mia.shows(&path).await.contains(&format!("href=\"{case}\"")));
}

#[tokio::test]
async fn what_is_exploited_is_not_affected_only_when_a_second_person_agrees() {
    let house = House::new().await;
    house.person("Mia Kern", &[Duty::Responder]).await;
    house.person("Ole Second", &[Duty::Responder]).await;
    let mut mia = Page::of(&house, "mia.kern.x").await;
    let (_, release) = mia.has("Message Queue").await;
    mia.uploads(&format!("{release}/sboms"), "b.xml", SBOM).await;
    mia.uploads("/advisories", "CVE-2021-44228.json", ADVISORY).await;
    mia.uploads("/advisories", "kev.json", LISTED).await;
    let path = mia.exposed().await;
    assert!(mia.shows(&path).await.contains("exploited somewhere"), "it is listed");
    let id = release.strip_prefix("/releases/").expect("a release");
    let one = format!("{path}/releases/{id}");
    let decision = [
        ("status", "not_affected"),
        ("justification", "vulnerable_code_not_present"),
        ("reason", "Class removed"),
    ];
    mia.takes(&one, &decision).await;
    let page = mia.shows(&one).await;
    assert!(
        page.contains("waits for a second person") && !page.contains("value=\"agree\""),
        "{page}"
    );
    let refused = mia.sends(&one, &[("act", "agree")]).await;
    assert!(text(&refused).contains("cannot be the second person too"), "{}", text(&refused));

    let mut ole = Page::of(&house, "ole.second.x").await;
    assert!(ole.shows(&one).await.contains("value=\"agree\""));
    let agree = [("act", "agree"), ("scope", "all"), ("state", "awaiting")];
    ole.takes(&format!("{path}/decisions"), &agree).await;
    let page = ole.shows(&one).await;
    assert!(page.contains("agreed by") && !page.contains("waits for a second person"), "{page}");
}

#[tokio::test]
async fn rules_are_read_by_the_house_and_set_by_who_keeps_it() {
    let house = House::new().await;
    house.person("Mia Kern", &[Duty::Responder]).await;
    let mut mia = Page::of(&house, "mia.kern.x").await;
    let page = mia.shows("/advisories/rules").await;
    assert!(page.contains("its severity is at least 9.0"), "{page}");
    assert!(!page.contains("action=\"/advisories/rules\""), "{page}");
    let mut root = Page::of(&house, "root").await;
    let odd = [("severity_from", "11"), ("exploited_from", "10")];
    let refused = root.refuses("/advisories/rules", &odd).await;
    assert!(refused.contains("from 0.0 to 10.0") && refused.contains("value=\"11\""), "{refused}");
    let rules = [("severity_from", ""), ("exploited_from", "12.5"), ("facing_only", "yes")];
    root.takes("/advisories/rules", &rules).await;
    let page = mia.shows("/advisories/rules").await;
    assert!(page.contains("at least 12.5 %") && page.contains("faces the internet"), "{page}");
    assert!(!page.contains("its severity is at least"), "{page}");
}

#[tokio::test]
async fn whoever_is_not_of_the_house_sees_nothing_of_it_and_brings_nothing() {
    let house = House::new().await;
    house.person("Mia Kern", &[Duty::Responder]).await;
    house.person("Eva Employee", &[]).await;
    house.outsider("Olaf Outsider").await;
    let mut mia = Page::of(&house, "mia.kern.x").await;
    let (product, release) = mia.has("Message Queue").await;
    mia.uploads(&format!("{release}/sboms"), "b.xml", SBOM).await;
    mia.uploads("/advisories", "CVE-2021-44228.json", ADVISORY).await;
    let path = mia.exposed().await;
    let mut olaf = Page::of(&house, "olaf.outsider.x").await;
    for hidden in [&product, &release, &path] {
        assert_eq!(olaf.browser.get(hidden).await.status, StatusCode::NOT_FOUND, "{hidden}");
    }
    for list in ["/products", "/products/holes", "/vulnerabilities?shown=any"] {
        assert!(!olaf.shows(list).await.contains("Message Queue"), "{list}");
    }
    let mut eva = Page::of(&house, "eva.employee.x").await;
    let page = eva.shows(&product).await;
    assert!(page.contains("Message Queue") && !page.contains("action=\"/products"), "{page}");
    for (path, name) in [(format!("{release}/sboms"), "b.xml"), ("/advisories".into(), "x.json")] {
        let answered = eva.uploads(&path, name, SBOM).await;
        assert_eq!(answered.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_file_is_taken_from_a_page_of_ours_alone_and_the_proof_stands_before_it() {
    let house = House::new().await;
    house.person("Mia Kern", &[Duty::Responder]).await;
    let mut mia = Page::of(&house, "mia.kern.x").await;
    let (_, release) = mia.has("Message Queue").await;
    let path = format!("{release}/sboms");
    let csrf = mia.csrf.clone();
    let proof = ("csrf", "", csrf.as_bytes());
    let file = ("document", "b.xml", SBOM);
    let forged = [("csrf", "", b"0123456789abcdef".as_slice()), file];
    for parts in [&[file][..], &forged, &[file, proof]] {
        let answered = mia.browser.upload(&path, parts).await;
        assert_eq!(answered.status, StatusCode::FORBIDDEN, "{}", text(&answered));
    }
    let without = mia.browser.upload(&path, &[proof]).await;
    assert_eq!(without.status, StatusCode::BAD_REQUEST, "{}", text(&without));
    let plain = mia.sends(&path, &[("document", "b.xml")]).await;
    assert_eq!(plain.status, StatusCode::BAD_REQUEST, "{}", text(&plain));
    assert!(mia.shows(&release).await.contains("no SBOM"), "nothing was taken");
    let taken = mia.browser.upload(&path, &[proof, file]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", text(&taken));
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_in_its_own_form_with_the_limit() {
    let limits = Limits { sbom_bytes_max: 1 << 10, ..Limits::default() };
    let house = House::with(Settings { limits, ..Settings::default() }).await;
    house.person("Mia Kern", &[Duty::Responder]).await;
    let mut mia = Page::of(&house, "mia.kern.x").await;
    let (_, release) = mia.has("Message Queue").await;
    let csrf = mia.csrf.clone();
    let proof = ("csrf", "", csrf.as_bytes());
    let (fits, large) = (vec![b' '; 1 << 10], vec![b' '; (1 << 10) + 1]);
    for (path, input) in
        [("/advisories", "give-document"), (&*format!("{release}/sboms"), "sbom-document")]
    {
        let refused = mia.browser.upload(path, &[proof, ("document", "a.json", &large)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", text(&refused));
        let page = text(&refused);
        assert!(page.contains("The file is larger than 1 KiB"), "{path}: {page}");
        let field = page.split(&format!("id=\"{input}\"")).nth(1).expect("the form is there");
        assert!(field[..field.find('>').expect("an end")].contains("aria-invalid"), "{field:.300}");
        let other = mia.browser.upload(path, &[proof, ("document", "a.json", &fits)]).await;
        assert!(!text(&other).contains("The file is larger"), "{path}: the limit itself fits");
    }
}

#[tokio::test]
async fn a_page_that_shows_what_sources_said_before_decides_nothing() {
    let house = House::new().await;
    house.person("Mia Kern", &[Duty::Responder]).await;
    let mut mia = Page::of(&house, "mia.kern.x").await;
    let (_, release) = mia.has("Message Queue").await;
    mia.uploads(&format!("{release}/sboms"), "b.xml", SBOM).await;
    mia.uploads("/advisories", "CVE-2021-44228.json", ADVISORY).await;
    let path = mia.exposed().await;
    let id = release.strip_prefix("/releases/").expect("a release");
    let one = format!("{path}/releases/{id}");
    let version = |page: &str| {
        let told = page.split("name=\"version\" value=\"").nth(1).expect("a version");
        told.split('"').next().expect("a number").to_owned()
    };
    let [whole, alone] = [mia.shows(&path).await, mia.shows(&one).await].map(|it| version(&it));
    let moved = String::from_utf8_lossy(ADVISORY).replace("2.15.0", "2.15.1");
    assert_ne!(moved.as_bytes(), ADVISORY);
    mia.uploads("/advisories", "CVE-2021-44228.json", moved.as_bytes()).await;
    let fixed = [("status", "fixed"), ("reason", "Class removed")];
    for (at, seen, scope) in
        [(format!("{path}/decisions"), &whole, Some("all")), (one.clone(), &alone, None)]
    {
        let mut fields = [&fixed[..], &[("version", seen.as_str())]].concat();
        fields.extend(scope.iter().flat_map(|all| [("scope", *all), ("state", "open")]));
        let refused = mia.refuses(&at, &fields).await;
        assert!(refused.contains("What sources say has changed"), "{refused}");
        assert!(refused.contains(id), "{refused}");
        assert!(refused.contains("Class removed</textarea>"), "what was typed stays: {refused}");
        assert_ne!(&version(&refused), seen, "it shows what sources say now");
    }
    let odd = [&fixed[..], &[("version", "first")]].concat();
    let refused = mia.refuses(&one, &odd).await;
    let now = version(&refused);
    mia.takes(&one, &[&fixed[..], &[("version", now.as_str())]].concat()).await;
}
