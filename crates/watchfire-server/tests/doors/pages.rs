//! The pages as a browser sees them: signing in, forms, refusals, and what is hidden.

use axum::http::StatusCode;
use watchfire_core::event::Duty;

use crate::browser::{Browser, encoded, place, text};
use crate::house::{House, PASSWORD, Person};

async fn responder(house: &House) -> Person {
    house.roles(&["cn-rmsv/provider", "cn-ndsr/handler", "eu-cra/manufacturer"]).await;
    house.person("Mia Kern", &[Duty::Responder]).await
}

/// Keeps a page where a browser can open it.
pub(crate) fn keep_page(name: &str, page: &str) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/pages");
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut page = page.to_owned();
    for (asset, file) in [("watchfire.css", "watchfire.css"), ("app.js", "app.js")] {
        let hash = page.split("/assets/").find(|it| it.contains(&format!("/{asset}\"")));
        let hash = hash.and_then(|it| it.split('/').next()).unwrap_or_default().to_owned();
        page = page.replace(&format!("/assets/{hash}/{asset}"), file);
    }
    std::fs::write(folder.join(format!("{name}.html")), page).expect("a file");
}

#[tokio::test]
async fn a_page_is_told_in_the_zone_of_the_browser_until_its_reader_chose_one() {
    let house = House::new().await;
    responder(&house).await;
    let mut browser = Browser::new(&house);
    for (told, shown) in [
        ("Asia/Tokyo", "Tokyo time"),
        ("America/Los_Angeles", "Los Angeles time"),
        ("Mars/Base", ">UTC<"),
        ("../../etc/passwd", ">UTC<"),
    ] {
        browser.hold("watchfire-zone", told);
        let page = text(&browser.get("/report").await);
        assert!(page.contains(shown), "{told}: {page}");
    }
    browser.hold("watchfire-zone", "Asia/Tokyo");
    browser.sign_in("mia.kern.x").await;
    assert!(text(&browser.get("/watch").await).contains("Tokyo time"));
    let csrf = browser.csrf().await;
    let chosen = [("csrf", csrf.as_str()), ("language", "en"), ("time_zone", "Europe/Brussels")];
    browser.send("/me", &chosen).await;
    let page = text(&browser.get("/watch").await);
    assert!(page.contains("Brussels time") && !page.contains("Tokyo"), "{page}");
}

#[tokio::test]
async fn a_report_becomes_a_case_that_somebody_takes_and_submits() {
    let house = House::new().await;
    responder(&house).await;
    let mut anybody = Browser::new(&house);
    let form = [
        ("what", "JNDI lookup in message text loads remote classes"),
        ("sure", "sure"),
        ("exploited", "unknown"),
    ];
    let received = anybody.send("/report", &form).await;
    assert_eq!(received.status, StatusCode::OK, "{}", text(&received));
    let code = text(&received);
    let code = code.split("id=\"tracking-code\">").nth(1).and_then(|it| it.split('<').next());
    let code = code.expect("a tracking code").to_owned();
    let tracked = anybody.send("/report/track", &[("code", &code.to_lowercase())]).await;
    assert!(text(&tracked).contains("Your report of"), "{}", text(&tracked));
    let receipt = text(&received);
    let receipt =
        receipt.split("id=\"report-receipt\">").nth(1).and_then(|it| it.split('<').next());
    let receipt = receipt.expect("a receipt");
    let looked = text(&anybody.send("/log", &[("receipt", receipt)]).await);
    assert!(looked.contains("The entry is recorded."), "{looked}");
    let looked = text(&anybody.send("/log", &[("receipt", "never-given")]).await);
    assert!(looked.contains("No entry has this receipt"), "{looked}");

    let mut mia = Browser::new(&house);
    mia.sign_in("mia.kern.x").await;
    let watch = text(&mia.get("/watch").await);
    assert!(watch.contains("Report the vulnerability"), "{watch}");
    assert!(watch.contains("Held by nobody"), "{watch}");
    keep_page("real-watch.en", &watch);
    let claim = watch.split("action=\"/cases/").find_map(|it| {
        let path = it.split('"').next()?;
        path.ends_with("/claim").then(|| format!("/cases/{path}"))
    });
    let claim = claim.expect("a gap to take");
    let csrf = mia.csrf().await;
    let taken = mia.send(&claim, &[("csrf", &csrf), ("return_to", "/watch")]).await;
    assert_eq!((taken.status, place(&taken)), (StatusCode::SEE_OTHER, "/watch".to_owned()));
    let after = text(&mia.get("/watch").await);
    assert!(after.contains("It is yours now.") && after.contains("id=\"done-receipt\""), "{after}");
    assert!(!text(&mia.get("/watch").await).contains("It is yours now."), "told twice");

    let case = claim.split("/obligations/").next().expect("a case").to_owned();
    let page = text(&mia.get(&case).await);
    assert!(page.contains("TLP:RED") && page.contains("Why"), "{page}");
    assert!(page.contains("应当在2日内"), "the article is quoted: {page}");
    keep_page("real-case.en", &page);
    let past = text(&mia.get(&format!("{case}?at=2021-11-24T08:00Z")).await);
    assert!(past.contains("You look at the past") && !past.contains("/claim"), "{past}");
    submit(&mut mia, &page, &csrf).await;
}

/// Fills the draft of the ministry's form, and records that it was sent.
async fn submit(mia: &mut Browser<'_>, page: &str, csrf: &str) {
    let draft = page
        .split("href=\"")
        .find_map(|it| it.split('"').next().filter(|it| it.ends_with("/draft")));
    let draft = draft.expect("a form to fill in").to_owned();
    let shown = text(&mia.get(&draft).await);
    keep_page("real-draft.en", &shown);
    let saved =
        mia.send(&draft, &[("csrf", csrf), ("field.product-name", "Cloud <b>Log</b>")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", text(&saved));
    let shown = text(&mia.get(&draft).await);
    assert!(shown.contains("Cloud &lt;b&gt;Log&lt;/b&gt;"), "{shown}");
    let paper = text(&mia.get(&format!("{draft}/print")).await);
    keep_page("real-draft-print.en", &paper);
    assert!(paper.contains("Cloud &lt;b&gt;Log&lt;/b&gt;") && !paper.contains("<textarea"));
    let file = mia.get(&format!("{draft}/export")).await;
    assert_eq!(file.json()["provision"], "cn-rmsv/7.2");
    let send = draft.replace("/draft", "/submission");
    let mut fields = vec![
        ("csrf", csrf),
        ("submitted_at", "2021-11-24T08:00"),
        ("zone", "UTC"),
        ("channel", "portal"),
        ("number", "NVDB-1"),
    ];
    let refused = mia.send(&send, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&refused).contains("Fields required now are empty"), "{}", text(&refused));
    assert!(text(&refused).contains("NVDB-1"), "what was typed is kept");
    fields.push(("incomplete_reason", "the rest follows"));
    let sent = mia.send(&send, &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", text(&sent));
    let case = place(&sent);
    let after = text(&mia.get(case.split('#').next().expect("a path")).await);
    assert!(after.contains("NVDB-1") && after.contains("met"), "{after}");
}

#[tokio::test]
async fn a_hidden_case_and_a_missing_one_are_the_same_page() {
    let house = House::new().await;
    let mia = responder(&house).await;
    house.person("Otto Lang", &[]).await;
    let case = house.case(&mia, "embargoed").await;
    let mut otto = Browser::new(&house);
    otto.sign_in("otto.lang.x").await;
    let csrf = otto.csrf().await;
    for (path, missing) in [
        (format!("/cases/{case}"), "/cases/WF-0000-0000".to_owned()),
        (format!("/cases/{case}?at=nonsense"), "/cases/WF-0000-0000?at=nonsense".to_owned()),
    ] {
        let (hidden, missing) = (otto.get(&path).await, otto.get(&missing).await);
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        let same = |page: String| page.replace(&case, "…").replace("WF-0000-0000", "…");
        assert_eq!(same(text(&hidden)), same(text(&missing)));
    }
    for act in ["facts", "messages", "decisions", "embargo/exit"] {
        let fields = [("csrf", csrf.as_str()), ("occurred_at", "nonsense")];
        let hidden = otto.send(&format!("/cases/{case}/{act}"), &fields).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{act}");
    }
    assert!(!text(&otto.get("/cases").await).contains(&case));
}

#[tokio::test]
async fn a_form_of_another_page_or_session_is_refused() {
    let house = House::new().await;
    let mia = responder(&house).await;
    let case = house.case(&mia, "open").await;
    let mut browser = Browser::new(&house);
    browser.sign_in("mia.kern.x").await;
    let path = format!("/cases/{case}/messages");
    let without = browser.send(&path, &[("text", "hello")]).await;
    assert_eq!(without.status, StatusCode::FORBIDDEN);
    let other = browser.send(&path, &[("csrf", "0000"), ("text", "hello")]).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    let csrf = browser.csrf().await;
    let foreign = house
        .ask("POST", &path)
        .header("origin", "https://evil.example")
        .header("cookie", &browser.cookie())
        .header("content-type", "application/x-www-form-urlencoded")
        .bytes(encoded(&[("csrf", &csrf), ("text", "hello")]).as_bytes())
        .answer()
        .await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let ours = browser.send(&path, &[("csrf", &csrf), ("text", "hello")]).await;
    assert_eq!(ours.status, StatusCode::SEE_OTHER, "{}", text(&ours));
}

#[tokio::test]
async fn a_mistaken_fact_is_refused_with_what_was_typed_and_taken_back_when_recorded() {
    let house = House::new().await;
    let mia = responder(&house).await;
    let case = house.case(&mia, "open").await;
    let mut browser = Browser::new(&house);
    browser.sign_in("mia.kern.x").await;
    let csrf = browser.csrf().await;
    let path = format!("/cases/{case}/facts");
    let fact = |occurred_at| {
        [
            ("csrf", csrf.clone()),
            ("kind", "exploitation-known".to_owned()),
            ("occurred_at", String::from(occurred_at)),
            ("zone", "Europe/Brussels".to_owned()),
            ("note", "seen in the wild".to_owned()),
        ]
    };
    for (occurred_at, told) in [
        ("someday", "That is no instant"),
        ("2021-10-31T02:30", "happened twice"),
        ("2021-12-31", "It cannot have become known after now"),
    ] {
        let fields = fact(occurred_at);
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let refused = browser.send(&path, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{occurred_at}");
        let page = text(&refused);
        assert!(page.contains(told), "{occurred_at}: {page}");
        assert!(page.contains("seen in the wild"), "what was typed is kept");
    }
    let fields = fact("2021-11-24T08:00Z");
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let recorded = browser.send(&path, &fields).await;
    assert_eq!(recorded.status, StatusCode::SEE_OTHER, "{}", text(&recorded));
    let retract = format!("{path}/fact-2/retract");
    let taken = browser.send(&retract, &[("csrf", &csrf), ("note", "a false alarm")]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", text(&taken));
    let page = text(&browser.get(&format!("/cases/{case}")).await);
    assert!(page.contains("taken back") && page.contains("a false alarm"), "{page}");
}

#[tokio::test]
async fn pages_speak_the_readers_language_and_work_without_an_account() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    for (path, words) in [
        ("/report", "Four questions"),
        ("/report/track", "Look up a report"),
        ("/laws", "not legal advice"),
        ("/laws/cn-rmsv", "Article 7, item (2)"),
        ("/log", "Verify without trusting us"),
        ("/sign-in", "Password"),
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(text(&page).contains(words), "{path}: {}", text(&page));
        assert!(!text(&page).contains('⟦'), "{path}");
    }
    keep_page("real-law.en", &text(&browser.get("/laws/cn-rmsv").await));
    let turned = browser.send("/language", &[("language", "zh-CN"), ("return_to", "/laws")]).await;
    assert_eq!(place(&turned), "/laws");
    assert!(text(&browser.get("/laws").await).contains("不构成法律意见"));
    keep_page("real-law.zh-CN", &text(&browser.get("/laws/cn-rmsv").await));
    assert_eq!(place(&browser.get("/cases").await), "/sign-in?return_to=%2Fcases");
    assert_eq!(browser.get("/nothing").await.status, StatusCode::NOT_FOUND);
    assert!(text(&browser.get("/nothing").await).contains("此处无内容"));
}

#[tokio::test]
async fn an_administrator_keeps_the_house() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    browser.sign_in("root").await;
    let csrf = browser.csrf().await;
    for path in ["/organization", "/people", "/me", "/watch", "/cases"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", text(&page));
    }
    let person = [
        ("csrf", csrf.as_str()),
        ("name", "Wen Li"),
        ("login", "wen.li"),
        ("password", "long enough for anybody"),
        ("duty.responder", "yes"),
    ];
    let added = browser.send("/people", &person).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", text(&added));
    assert!(text(&browser.get("/people").await).contains("Wen Li"));
    let again = browser.send("/people", &person).await;
    assert!(again.status.is_client_error(), "the login is taken: {}", again.status);
    let roles = [("csrf", csrf.as_str()), ("role.cn-rmsv/provider", "yes")];
    assert_eq!(browser.send("/organization", &roles).await.status, StatusCode::SEE_OTHER);
    let page = text(&browser.get("/organization").await);
    assert!(page.contains("name=\"role.cn-rmsv/provider\" value=\"yes\" checked"), "{page}");
    let settings = [("csrf", csrf.as_str()), ("language", "zh-CN"), ("time_zone", "Asia/Shanghai")];
    assert_eq!(browser.send("/me", &settings).await.status, StatusCode::SEE_OTHER);
    assert!(text(&browser.get("/me").await).contains("北京时间"));
    let test = browser.send("/me/test-notice", &[("csrf", &csrf)]).await;
    assert_eq!(test.status, StatusCode::SEE_OTHER, "{}", text(&test));
    let out = browser.send("/sign-out", &[("csrf", &csrf)]).await;
    assert_eq!(place(&out), "/sign-in");
    assert_eq!(place(&browser.get("/watch").await), "/sign-in?return_to=%2Fwatch");
}

#[tokio::test]
async fn a_wrong_password_tells_nothing_and_leads_nowhere_else() {
    let house = House::new().await;
    let mut browser = Browser::new(&house);
    let wrong = browser.send("/sign-in", &[("login", "root"), ("password", "wrong")]).await;
    let nobody = browser.send("/sign-in", &[("login", "nobody"), ("password", "wrong")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(text(&wrong), text(&nobody).replace("nobody", "root"));
    let fields = [("login", "root"), ("password", PASSWORD), ("return_to", "//evil.example")];
    assert_eq!(place(&browser.send("/sign-in", &fields).await), "/watch");
}
