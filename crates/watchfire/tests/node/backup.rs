//! A backup brings back the same node, or nothing at all.

use crate::house::{House, run_on};
use std::fs;
use std::path::Path;

/// A node with two reports and a backup of it.
fn backed_up() -> (House, String) {
    let house = House::new();
    let token = house.with_responder();
    let node = house.start();
    for (what, key) in [("the first hole", "k1"), ("the second hole", "k2")] {
        assert_eq!(node.report(what, key).expect("an answer").0, 201);
    }
    // While the node runs, as operators do it.
    house.done(&["backup", "--out", path(&house.beside("backup"))], "");
    assert!(node.stop().success());
    (house, token)
}

fn path(path: &Path) -> &str {
    path.to_str().expect("text")
}

/// Restores the backup beside the node and returns the exit code and what was said.
fn restore(house: &House, to: &str, more: &[&str]) -> (Option<i32>, String) {
    let backup = house.beside("backup");
    let arguments = [&["restore", path(&backup)], more].concat();
    let output = run_on(&house.beside(to), &arguments, "");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_restored_node_says_what_the_old_one_said() {
    let (house, token) = backed_up();
    let node = house.start();
    let before = node.get("/api/v1/cases", &token);
    assert!(node.stop().success());
    let key = house.data().join("log.key");
    let (code, said) = restore(&house, "new", &["--log-key", path(&key)]);
    assert_eq!(code, Some(0), "{said}");
    let verify = |data: &Path| {
        let output = run_on(data, &["log", "verify", "--json"], "");
        assert_eq!(output.status.code(), Some(0));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).expect("JSON")
    };
    let restored = verify(&house.beside("new"));
    let node = house.start_in("new");
    assert_eq!(node.get("/api/v1/cases", &token), before);
    assert!(node.stop().success());
    let started = verify(&house.beside("new"));
    assert!(started["size"].as_u64() > restored["size"].as_u64());
    let database = fs::read(house.beside("new").join("watchfire.db")).expect("the database");
    let events = String::from_utf8_lossy(&database);
    assert_eq!(events.matches("\"restored\"").count(), 1, "its first start recorded it");
    let node = house.start_in("new");
    assert!(node.stop().success());
    let database = fs::read(house.beside("new").join("watchfire.db")).expect("the database");
    assert_eq!(String::from_utf8_lossy(&database).matches("\"restored\"").count(), 1, "once");
    let release = |code| {
        let output = run_on(&house.beside("new"), &["restore", "--release"], "");
        assert_eq!(output.status.code(), Some(code));
    };
    release(0);
    release(2);
}

#[test]
fn the_same_node_is_backed_up_and_restored_to_the_byte_of_its_log() {
    let (house, _) = backed_up();
    fs::remove_file(house.beside("backup")).expect("removed");
    house.done(&["backup", "--out", path(&house.beside("backup"))], "");
    let (_, before) = house.json(&["log", "verify", "--json"]);
    assert_eq!(restore(&house, "new", &[]).0, Some(0));
    let key = fs::read(house.data().join("log.key")).expect("the key");
    let public = house.done(&["doctor", "--json"], "");
    let public: serde_json::Value = serde_json::from_str(&public).expect("JSON");
    let checks = public["checks"].as_array().expect("checks");
    let log_key = checks.iter().find(|check| check["name"] == "log-key").expect("a check");
    let verifier = log_key["detail"].as_str().expect("text");
    let output = run_on(&house.beside("new"), &["log", "verify", "--json", "--key", verifier], "");
    let after: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(after, before);
    let tar = fs::read(house.beside("backup")).expect("the backup");
    let secret = String::from_utf8(key).expect("text");
    assert!(!tar.windows(24).any(|bytes| bytes == &secret.trim().as_bytes()[..24]), "no key");
    assert!(!house.beside("new").join("log.key").exists());
}

/// Turns one bit.
fn edited(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut edited = bytes.to_vec();
    edited[at] ^= 1;
    edited
}

#[test]
fn a_backup_is_restored_whole_or_not_at_all() {
    let (house, _) = backed_up();
    fs::create_dir(house.beside("full")).expect("a folder");
    fs::write(house.beside("full").join("precious"), "mine").expect("a file");
    assert_eq!(restore(&house, "full", &[]).0, Some(2), "not into a folder with something in it");
    let again = house.run(&["backup", "--out", path(&house.beside("backup"))], "");
    assert_eq!(again.status.code(), Some(2), "a backup never replaces another");

    let whole = fs::read(house.beside("backup")).expect("the backup");
    let place = |text: &str| {
        whole.windows(text.len()).position(|bytes| bytes == text.as_bytes()).expect("in there")
    };
    let database = place("the second hole");
    let date = place("\"taken_at\": \"2") + "\"taken_at\": \"".len();
    for (what, bytes, code, named) in [
        ("an edited database", edited(&whole, database), 1, "`watchfire.db`"),
        ("an edited manifest", edited(&whole, date + 3), 1, "manifest"),
        ("a torn file", whole[..database].to_vec(), 1, "`watchfire.db`"),
        ("a torn manifest", whole[..date].to_vec(), 2, "not a backup"),
        ("no backup", b"nothing of the kind".to_vec(), 2, "not a backup"),
        ("nothing", Vec::new(), 2, "not a backup"),
    ] {
        fs::write(house.beside("backup"), bytes).expect("written");
        let (found, said) = restore(&house, "new", &[]);
        assert_eq!(found, Some(code), "{what}: {said}");
        assert!(said.contains(named), "{what}: {said}");
        assert!(!house.beside("new").exists(), "{what}");
    }
}

#[test]
fn an_encrypted_backup_is_opened_by_its_key_alone_and_rehearsed() {
    let (house, _) = backed_up();
    fs::remove_file(house.beside("backup")).expect("removed");
    let [file, key, other] = ["backup", "backup.key", "other.key"].map(|name| house.beside(name));
    let recipient = house.done(&["backup", "--make-key", path(&key)], "");
    assert!(recipient.starts_with("age1"), "{recipient}");
    assert_eq!(house.run(&["backup", "--make-key", path(&key)], "").status.code(), Some(2));
    house.done(&["backup", "--make-key", path(&other)], "");
    house.done(&["backup", "--out", path(&file), "--recipient", &recipient], "");
    let whole = fs::read(&file).expect("the backup");
    let shows = |text: &str| whole.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(!shows("the second hole") && !shows("manifest.json"), "nothing is in the clear");

    let identity = ["--identity", path(&key)];
    let rehearse = [&["backup", "--rehearse", path(&file)], &identity[..]].concat();
    house.done(&rehearse, "");
    let (_, report) = house.json(&["doctor", "--json"]);
    assert_eq!(check(&report, "rehearsal")["state"], "ok", "{report}");
    let begin = whole.iter().position(|byte| *byte == b'\n').expect("a line");
    for (what, bytes, key, code, said_of) in [
        ("no key", whole.clone(), None, 2, "--identity"),
        ("another key", whole.clone(), Some(&other), 2, "no key of the file opens"),
        ("an edited head", edited(&whole, begin + 20), Some(&key), 2, "changed"),
        ("an edited body", edited(&whole, whole.len() / 2), Some(&key), 1, "damaged"),
        ("an edited end", edited(&whole, whole.len() - 1), Some(&key), 1, "damaged"),
        ("cut in the middle", whole[..whole.len() / 2].to_vec(), Some(&key), 1, "cut off"),
        ("cut at the end", whole[..whole.len() - 1].to_vec(), Some(&key), 1, "cut off"),
        ("cut in the head", whole[..begin + 20].to_vec(), Some(&key), 1, "damaged"),
    ] {
        fs::write(&file, bytes).expect("written");
        let more = key.map_or(Vec::new(), |key| vec!["--identity", path(key)]);
        let (found, said) = restore(&house, "new", &more);
        assert_eq!(found, Some(code), "{what}: {said}");
        assert!(said.contains(said_of), "{what}: {said}");
        assert!(!house.beside("new").exists(), "{what}");
        if code == 1 {
            let rehearsed = house.run(&rehearse, "");
            assert_eq!(rehearsed.status.code(), Some(1), "{what}");
        }
    }
    fs::write(&file, whole).expect("written");
    assert_eq!(restore(&house, "new", &identity).0, Some(0));
    let left = fs::read_dir(house.beside("")).expect("a folder").filter_map(Result::ok);
    let hidden = left.filter(|entry| entry.file_name().to_string_lossy().starts_with('.'));
    assert_eq!(hidden.count(), 0, "nothing in the clear is left behind");
}

#[test]
fn a_passphrase_closes_and_opens_a_backup() {
    let (house, _) = backed_up();
    let [file, good, bad] = ["closed", "good", "bad"].map(|name| house.beside(name));
    fs::write(&good, "nine towers and one fire\n").expect("written");
    fs::write(&bad, "nine towers and two fires\n").expect("written");
    let closed = ["backup", "--out", path(&file), "--passphrase-file", path(&good)];
    house.done(&closed, "");
    let open = |name: &str, key: &Path| {
        let backup = ["restore", path(&file), "--passphrase-file", path(key)];
        let output = run_on(&house.beside(name), &backup, "");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = open("new", &bad);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("the passphrase does not open the backup"), "{said}");
    assert!(!house.beside("new").exists());
    assert_eq!(open("new", &good).0, Some(0));
    let plain = house.beside("backup");
    let plain = ["restore", path(&plain), "--passphrase-file", path(&good)];
    let exchanged = run_on(&house.beside("other"), &plain, "");
    assert_eq!(exchanged.status.code(), Some(2), "it should have been encrypted");
    fs::write(&bad, "short\n").expect("written");
    let short = ["backup", "--out", path(&bad), "--passphrase-file", path(&bad)];
    assert_eq!(house.run(&short, "").status.code(), Some(2));
}

/// One check of what a doctor found.
fn check<'a>(report: &'a serde_json::Value, name: &str) -> &'a serde_json::Value {
    let checks = report["checks"].as_array().expect("checks");
    let check = checks.iter().find(|check| check["name"] == name);
    check.unwrap_or_else(|| panic!("no `{name}` in {report}"))
}

#[test]
fn a_doctor_finds_a_folder_that_others_may_read() {
    use std::os::unix::fs::PermissionsExt;
    let (house, _) = backed_up();
    let (code, report) = house.json(&["doctor", "--json"]);
    assert_eq!((code, report["ok"].as_bool()), (0, Some(true)), "{report}");
    let state = |report: &serde_json::Value, name: &str| {
        check(report, name)["state"].as_str().expect("text").to_owned()
    };
    assert_eq!(state(&report, "backup"), "ok");
    assert_eq!(state(&report, "chain"), "warning", "nobody was named");
    for name in ["evidence-log", "database-settings", "obligations", "flush", "schema"] {
        assert_eq!(state(&report, name), "ok", "{report}");
    }
    fs::set_permissions(house.data(), fs::Permissions::from_mode(0o755)).expect("a mode");
    let (code, report) = house.json(&["doctor", "--json"]);
    assert_eq!((code, report["ok"].as_bool()), (1, Some(false)), "{report}");
    assert_eq!(state(&report, "data-folder"), "unsafe");
}

#[test]
fn a_doctor_counts_the_days_of_a_certificate_and_knocks_at_the_relay() {
    use std::os::unix::fs::PermissionsExt;
    let (house, _) = backed_up();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../watchfire-server/tests/data");
    let key = house.beside("first.key.pem");
    fs::copy(data.join("first.key.pem"), &key).expect("copied");
    let relay = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = relay.local_addr().expect("an address").port();
    let settings = format!(
        "[tls]\ncertificate = {:?}\nkey = {:?}\n[mail]\nhost = \"127.0.0.1\"\nport = {port}\n\
         security = \"none\"\nfrom = \"w@example.org\"\n",
        data.join("first.cert.pem"),
        key
    );
    let file = house.beside("w.toml");
    fs::write(&file, settings).expect("written");
    let look = ["doctor", "--json", "--config", path(&file)];
    let mode = |mode| fs::set_permissions(&key, fs::Permissions::from_mode(mode)).expect("a mode");
    mode(0o600);
    let (code, report) = house.json(&look);
    assert_eq!(code, 0, "{report}");
    let tls = check(&report, "tls");
    assert_eq!(tls["state"], "ok", "{report}");
    let detail = tls["detail"].as_str().expect("text");
    assert!(detail.contains("2126-10-31") && detail.contains("days"), "{detail}");
    assert_eq!(check(&report, "mail-relay")["state"], "ok", "{report}");
    assert_eq!(check(&report, "laws")["state"], "ok", "{report}");
    drop(relay);
    mode(0o644);
    let (code, report) = house.json(&look);
    assert_eq!((code, check(&report, "tls")["state"].as_str()), (1, Some("unsafe")), "{report}");
    assert_eq!(check(&report, "mail-relay")["state"], "warning", "{report}");
}
