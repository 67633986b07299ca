//! What people do on pages with plain forms: each act, and each refusal at its field.

use axum::http::StatusCode;
use watchfire_core::event::Duty;

use crate::browser::{Browser, place, text};
use crate::house::{Answered, House, PASSWORD};

/// Checks that a form was refused at the input `id`, which keeps `typed`.
fn refused_at(answered: &Answered, id: &str, typed: &str) {
    let page = text(answered);
    assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
    assert!(page.contains(&format!("href=\"#{id}\"")), "no way to `{id}`: {page}");
    assert!(page.contains(&format!("id=\"{id}-wrong\"")), "no reason at `{id}`: {page}");
    let input = page.split('<').find(|tag| tag.contains(&format!(" id=\"{id}\"")));
    let input = input.expect("the input");
    assert!(input.contains("aria-invalid=\"true\""), "{input}");
    assert!(page.contains(typed), "what was typed is lost: {page}");
}

async fn done(
    browser: &mut Browser<'_>,
    path: &str,
    fields: &[(&str, &str)],
    words: &str,
) -> String {
    let answered = browser.send(path, fields).await;
    assert_eq!(answered.status, StatusCode::SEE_OTHER, "{path}: {}", text(&answered));
    let place = place(&answered);
    let page = text(&browser.get(place.split('#').next().expect("a path")).await);
    assert!(page.contains(words), "{path}: {page}");
    page
}

#[tokio::test]
async fn a_case_is_opened_renamed_and_put_under_an_embargo_that_moves() {
    let house = House::new().await;
    house.person("Mia Kern", &[Duty::Responder]).await;
    house.person("Eva Employee", &[]).await;
    let mut mia = Browser::new(&house);
    mia.sign_in("mia.kern.x").await;
    let csrf = mia.csrf().await;
    let empty = mia.send("/cases", &[("csrf", &csrf), ("title", " "), ("secrecy", "open")]).await;
    refused_at(&empty, "open-title", "value=\"open\" required checked");
    let fields = [("csrf", csrf.as_str()), ("title", "JNDI lookup"), ("secrecy", "open")];
    let opened = mia.send("/cases", &fields).await;
    let case = place(&opened);
    assert!(case.starts_with("/cases/WF-"), "{case}");

    let title = format!("{case}/title");
    let long = "x".repeat(201);
    let refused = mia.send(&title, &[("csrf", &csrf), ("title", &long)]).await;
    refused_at(&refused, "rename-title", &long);
    let fields = [("csrf", csrf.as_str()), ("title", "Remote code execution")];
    let page = done(&mut mia, &title, &fields, "The case has its new title.").await;
    assert!(page.contains("<h1>Remote code execution</h1>"), "{page}");
    assert!(page.contains("changed the title"), "the timeline keeps it: {page}");

    let embargo = format!("{case}/embargo");
    let agree = |until, zone, note| {
        [("csrf", csrf.clone()), ("until", until), ("zone", zone), ("note", note)]
            .map(|(name, value): (&str, String)| (name, value))
    };
    for (until, zone, note, at) in [
        ("someday", "UTC", "agreed with the upstream", "embargo-until"),
        ("2021-10-31T02:30", "Europe/Brussels", "agreed with the upstream", "embargo-until"),
        ("2021-12-10T08:00", "Mars/Base", "agreed with the upstream", "embargo-zone"),
        ("2021-12-10T08:00", "UTC", "", "embargo-note"),
    ] {
        let fields = agree(until.to_owned(), zone.to_owned(), note.to_owned());
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        refused_at(&mia.send(&embargo, &fields).await, at, until);
    }
    let mut eva = Browser::new(&house);
    eva.sign_in("eva.employee.x").await;
    let seen = text(&eva.get(&case).await);
    assert!(!seen.contains(&format!("action=\"{embargo}\"")), "{seen}");
    let fields = [
        ("csrf", csrf.as_str()),
        ("until", "2021-12-10 08:00"),
        ("zone", "Asia/Shanghai"),
        ("note", "agreed with the upstream"),
    ];
    let page = done(&mut mia, &embargo, &fields, "The embargo is recorded.").await;
    assert!(page.contains("TLP:RED") && page.contains("2021-12-10T00:00:00Z"), "{page}");
    assert!(page.contains("agreed the embargo until"), "{page}");
    assert_eq!(eva.get(&case).await.status, StatusCode::NOT_FOUND, "the embargo hides it");
    let fields = [("csrf", csrf.as_str()), ("until", ""), ("zone", "UTC"), ("note", "no date yet")];
    let page = done(&mut mia, &embargo, &fields, "The embargo is recorded.").await;
    assert!(page.contains("Until the participants end it."), "{page}");
    let early = mia
        .send(&format!("{embargo}/exit"), &[("csrf", &csrf), ("reason", "we are impatient")])
        .await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&early).contains("The embargo is still active"), "{}", text(&early));
    assert!(text(&early).contains("we are impatient"), "what was typed is kept");
}

#[tokio::test]
async fn a_reporter_is_answered_and_the_contact_erased() {
    let house = House::new().await;
    house.person("Mia Kern", &[Duty::Responder]).await;
    let mut anybody = Browser::new(&house);
    let form = [
        ("what", "It runs what it logs"),
        ("sure", "likely"),
        ("exploited", "no"),
        ("contact", "finder@example.com"),
    ];
    let received = text(&anybody.send("/report", &form).await);
    let code = received.split("id=\"tracking-code\">").nth(1).and_then(|it| it.split('<').next());
    let code = code.expect("a tracking code").to_owned();
    let mut mia = Browser::new(&house);
    mia.sign_in("mia.kern.x").await;
    let csrf = mia.csrf().await;
    let cases = text(&mia.get("/cases").await);
    let case = cases.split("href=\"").find_map(|it| {
        let path = it.split('"').next()?;
        path.starts_with("/cases/WF-").then(|| path.to_owned())
    });
    let case = case.expect("the case of the report");
    let page = text(&mia.get(&case).await);
    assert!(page.contains("finder@example.com") && page.contains("It runs what it logs"), "{page}");
    let answers = format!("{case}/report/answers");
    refused_at(&mia.send(&answers, &[("csrf", &csrf), ("text", "")]).await, "answer-text", "");
    let fields = [("csrf", csrf.as_str()), ("text", "Thank you, we look into it")];
    done(&mut mia, &answers, &fields, "The answer is there").await;
    let tracked = text(&anybody.send("/report/track", &[("code", &code)]).await);
    assert!(tracked.contains("Thank you, we look into it"), "{tracked}");
    let erase = format!("{case}/report/contact/erase");
    refused_at(&mia.send(&erase, &[("csrf", &csrf), ("reason", " ")]).await, "erase-reason", "");
    let fields = [("csrf", csrf.as_str()), ("reason", "asked by the reporter")];
    let page = done(&mut mia, &erase, &fields, "The contact is erased.").await;
    assert!(!page.contains("finder@example.com") && page.contains("erased"), "{page}");
    assert!(!page.contains(&format!("action=\"{erase}\"")), "nothing is left to erase");
}

#[tokio::test]
async fn an_administrator_keeps_a_persons_account() {
    let house = House::new().await;
    let eva = house.person("Eva Employee", &[]).await;
    let olaf = house.outsider("Olaf Outsider").await;
    let mut of_eva = Browser::new(&house);
    of_eva.sign_in("eva.employee.x").await;
    let mut root = Browser::new(&house);
    root.sign_in("root").await;
    let csrf = root.csrf().await;
    let person = format!("/people/{}", eva.id);
    assert!(text(&root.get("/people").await).contains(&person), "there is a way to her");
    assert_eq!(root.get(&format!("/people/{}", olaf.id)).await.status, StatusCode::NOT_FOUND);
    let of_olaf = format!("/people/{}/password", olaf.id);
    let hidden = root.send(&of_olaf, &[("csrf", &csrf), ("password", PASSWORD)]).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);

    let password = format!("{person}/password");
    let short = root.send(&password, &[("csrf", &csrf), ("password", "short")]).await;
    refused_at(&short, "password-password", "");
    assert!(!text(&short).contains("value=\"short\""), "a password is shown again");
    let new = "another watch fire on a tower";
    done(&mut root, &password, &[("csrf", &csrf), ("password", new)], "The password is set").await;
    assert_eq!(of_eva.get("/watch").await.status, StatusCode::SEE_OTHER, "her session has ended");
    let old = of_eva.send("/sign-in", &[("login", "eva.employee.x"), ("password", PASSWORD)]).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
    let signed = of_eva.send("/sign-in", &[("login", "eva.employee.x"), ("password", new)]).await;
    assert_eq!(place(&signed), "/watch");

    let fields = [("csrf", csrf.as_str()), ("duty.auditor", "yes")];
    let page = done(&mut root, &format!("{person}/duties"), &fields, "Saved").await;
    assert!(page.contains("name=\"duty.auditor\" value=\"yes\" checked"), "{page}");
    let close = format!("{person}/account/close");
    refused_at(&root.send(&close, &[("csrf", &csrf), ("reason", "")]).await, "close-reason", "");
    let fields = [("csrf", csrf.as_str()), ("reason", "left the company")];
    done(&mut root, &close, &fields, "The account is closed").await;
    assert_eq!(of_eva.get("/watch").await.status, StatusCode::SEE_OTHER, "she is out at once");
    let account = format!("{person}/account");
    let fields = [("csrf", csrf.as_str()), ("login", "Eva!"), ("password", new)];
    refused_at(&root.send(&account, &fields).await, "account-login", "Eva!");
    let fields = [("csrf", csrf.as_str()), ("login", "eva.again"), ("password", new)];
    done(&mut root, &account, &fields, "The account is open").await;
}

#[tokio::test]
async fn one_changes_ones_own_password_with_the_present_one() {
    let house = House::new().await;
    let eva = house.person("Eva Employee", &[]).await;
    let mut browser = Browser::new(&house);
    browser.sign_in("eva.employee.x").await;
    let csrf = browser.csrf().await;
    let new = "another watch fire on a tower";
    let fields = [("csrf", csrf.as_str()), ("present", "wrong"), ("password", new)];
    refused_at(&browser.send("/me/password", &fields).await, "own-present", "");
    let fields = [("csrf", csrf.as_str()), ("present", PASSWORD), ("password", "short")];
    refused_at(&browser.send("/me/password", &fields).await, "own-password", "");
    let fields = [("csrf", csrf.as_str()), ("present", PASSWORD), ("password", new)];
    let set = browser.send("/me/password", &fields).await;
    assert_eq!(place(&set), "/sign-in", "{}", text(&set));
    let signed = browser.send("/sign-in", &[("login", "eva.employee.x"), ("password", new)]).await;
    assert_eq!(place(&signed), "/watch");
    let me = house.get("/api/v1/me").by(&eva).answer().await;
    assert_eq!(me.status, StatusCode::OK, "tokens are for programs and stay");
}

#[tokio::test]
async fn a_bundle_waits_for_the_public_log_and_the_internal_one_is_for_auditors() {
    let house = House::new().await;
    let aud = house.person("Aud Itor", &[Duty::Auditor]).await;
    let case = house.case(&aud, "open").await;
    let mut browser = Browser::new(&house);
    browser.sign_in("aud.itor.x").await;
    let path = format!("/cases/{case}/bundle");
    let waits = browser.get(&path).await;
    assert_eq!(waits.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(waits.headers.contains_key("retry-after"));
    assert!(text(&waits).contains("not in the public log yet"), "{}", text(&waits));
    house.person("Eva Employee", &[]).await;
    let mut eva = Browser::new(&house);
    eva.sign_in("eva.employee.x").await;
    let refused = eva.get(&format!("{path}?anchor=internal")).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "the internal log is for auditors");
}
