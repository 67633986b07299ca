//! Folders, archives and documents of this machine.

use std::fs::{self, File};
use std::io::Write;
use std::time::{Duration, SystemTime};

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::SignedDuration;
use watchfire_server::settings::WatchKind;

use crate::watcher::{Brought, Watcher, zip};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).expect("memory");
    packed.finish().expect("memory")
}

/// A folder with something of everything.
fn folder() -> Watcher {
    let watcher = Watcher::here(WatchKind::Folder, "all");
    watcher.write("all/a.json", "{\"a\": 1}");
    watcher.write("all/deep/b.json.gz", gzip(b"{\"b\": 1}"));
    watcher.write("all/c.jsonl", "{\"c\": 1}\n\n{\"c\": 3}\n");
    let two: [(&str, &[u8]); 3] =
        [("d.json", b"{\"d\": 1}"), ("d.jsonl", b"{\"d\": 2}"), ("d.md", b"not one")];
    watcher.write("all/d.zip", zip(two));
    watcher.write("all/readme.md", "not one");
    watcher.write("all/.hidden.json", "not one");
    watcher
}

const ALL: [&str; 6] =
    ["a.json", "c.jsonl:1", "c.jsonl:3", "d.zip!d.json", "d.zip!d.jsonl:1", "deep/b.json.gz"];

#[tokio::test]
async fn an_unchanged_folder_brings_nothing_and_what_changed_comes_once() {
    let mut watcher = folder();
    let first = watcher.reads().await;
    assert_eq!(first.names(), ALL);
    assert_eq!(first.documents["deep/b.json.gz"], b"{\"b\": 1}");
    assert_eq!(watcher.reads().await, Brought::default());

    watcher.write("all/a.json", "{\"a\": 22}");
    watcher.write("all/c.jsonl", "{\"c\": 1}\n\n{\"c\": 4}\n{\"c\": 5}\n");
    let two: [(&str, &[u8]); 2] = [("d.json", b"{\"d\": 1}"), ("e.json", b"{\"e\": 1}")];
    watcher.write("all/d.zip", zip(two));
    let second = watcher.reads().await;
    assert_eq!(second.names(), ["a.json", "c.jsonl:3", "c.jsonl:4", "d.zip!e.json"]);
    assert_eq!(second.gone(), ["d.zip!d.jsonl:1"]);
    assert_eq!(watcher.reads().await, Brought::default());

    fs::remove_file(watcher.path("all/c.jsonl")).expect("removed");
    fs::remove_file(watcher.path("all/d.zip")).expect("removed");
    fs::rename(watcher.path("all/a.json"), watcher.path("all/f.json")).expect("renamed");
    let third = watcher.reads().await;
    assert_eq!(third.names(), ["f.json"]);
    let gone = ["a.json", "c.jsonl:1", "c.jsonl:3", "c.jsonl:4", "d.zip!d.json", "d.zip!e.json"];
    assert_eq!(third.gone(), gone);
    assert_eq!(watcher.reads().await, Brought::default());
}

#[tokio::test]
async fn a_file_that_may_change_again_without_another_time_is_known_by_its_content() {
    let mut watcher = Watcher::here(WatchKind::Folder, "all");
    watcher.write("all/a.json", "{\"a\": 1}");
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    let timed = |watcher: &Watcher| {
        let file = File::options().append(true).open(watcher.path("all/a.json"));
        file.expect("a file").set_modified(at).expect("a time");
    };
    timed(&watcher);
    let settled = jiff::Timestamp::from_second(1_000_010).expect("an instant");
    watcher.now = settled - SignedDuration::from_micros(1);
    assert_eq!(watcher.reads().await.names(), ["a.json"]);
    assert_eq!(watcher.reads().await, Brought::default());
    watcher.write("all/a.json", "{\"a\": 2}");
    timed(&watcher);
    assert_eq!(watcher.reads().await.names(), ["a.json"], "it is still young");
    // From now on its time and size are believed, once it was looked at.
    watcher.now = settled;
    assert_eq!(watcher.reads().await, Brought::default());
    watcher.write("all/a.json", "{\"a\": 3}");
    timed(&watcher);
    assert_eq!(watcher.reads().await, Brought::default());
}

#[tokio::test]
async fn a_folder_that_is_empty_or_not_there_is_trouble_and_calls_nothing_gone() {
    let mut watcher = folder();
    assert_eq!(watcher.reads().await.names(), ALL);
    fs::rename(watcher.path("all"), watcher.path("away")).expect("renamed");
    let brought = watcher.reads().await;
    assert_eq!((brought.code(), brought.gone()), (Some("watch_unreadable"), vec![]));
    fs::create_dir(watcher.path("all")).expect("a folder");
    let brought = watcher.reads().await;
    assert_eq!((brought.code(), brought.gone()), (Some("watch_empty"), vec![]));
    fs::remove_dir(watcher.path("all")).expect("removed");
    fs::rename(watcher.path("away"), watcher.path("all")).expect("renamed");
    assert_eq!(watcher.reads().await, Brought::default(), "it is back, and nothing is new");
}

#[tokio::test]
async fn what_breaks_off_is_set_apart_and_read_again_once_it_is_mended() {
    let mut watcher = Watcher::here(WatchKind::Folder, "all");
    let lines: String = (0..20_000).map(|number| format!("{{\"a\": {number}}}\n")).collect();
    let packed = gzip(lines.as_bytes());
    watcher.write("all/a.jsonl.gz", &packed[..packed.len() - 9]);
    watcher.write("all/b.json.gz", &gzip(b"{\"b\": 1}")[..12]);
    watcher.write("all/c.zip", &zip([("c.json", &b"{}"[..])])[..40]);
    watcher.write("all/d.json", "{}");
    let first = watcher.reads().await;
    let apart: Vec<&str> = first.apart.keys().map(String::as_str).collect();
    assert_eq!(apart, ["a.jsonl.gz", "b.json.gz", "c.zip"]);
    assert!(first.documents.contains_key("d.json") && !first.documents.contains_key("b.json.gz"));
    let before = first.documents.len();
    let again = watcher.reads().await;
    assert_eq!((again.names(), again.apart.len(), again.gone()), (vec![], 3, vec![]));

    watcher.write("all/a.jsonl.gz", &packed);
    watcher.write("all/b.json.gz", gzip(b"{\"b\": 1}"));
    watcher.write("all/c.zip", zip([("c.json", &b"{}"[..])]));
    let mended = watcher.reads().await;
    assert!(mended.documents.contains_key("b.json.gz"));
    assert!(mended.documents.contains_key("c.zip!c.json"));
    let lines = mended.documents.keys().filter(|name| name.starts_with("a.jsonl.gz:")).count();
    assert_eq!(before - 1 + lines, 20_000, "those that came before come not again");
    // That the files as a whole were set apart holds no longer; their documents have other names.
    assert_eq!(mended.gone(), ["a.jsonl.gz", "c.zip"]);
    assert_eq!(watcher.reads().await, Brought::default());
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_to_a_folder_is_not_followed_and_a_link_to_a_file_is() {
    let mut watcher = Watcher::here(WatchKind::Folder, "all");
    watcher.write("all/a.json", "{}");
    watcher.write("elsewhere/b.json", "{}");
    std::os::unix::fs::symlink("..", watcher.path("all/around")).expect("a link");
    std::os::unix::fs::symlink("../elsewhere/b.json", watcher.path("all/c.json")).expect("a link");
    std::os::unix::fs::symlink("nowhere.json", watcher.path("all/d.json")).expect("a link");
    let brought = watcher.reads().await;
    assert_eq!(brought.names(), ["a.json", "c.json"]);
    assert_eq!(brought.apart.keys().collect::<Vec<_>>(), ["d.json"]);
}

#[tokio::test]
async fn an_archive_brings_what_changed_in_it_and_tells_what_left() {
    let mut watcher = Watcher::here(WatchKind::Zip, "all.zip");
    let with = |files: &[(&str, &str)]| zip(files.iter().map(|(name, it)| (*name, it.as_bytes())));
    let whole = with(&[("x/a.json", "{}"), ("x/b.json", "{\"b\": 1}"), ("x/c.jsonl", "1\n2\n3")]);
    watcher.write("all.zip", &whole);
    let first = watcher.reads().await;
    assert_eq!(
        first.names(),
        ["x/a.json", "x/b.json", "x/c.jsonl:1", "x/c.jsonl:2", "x/c.jsonl:3"]
    );
    assert_eq!(watcher.reads().await, Brought::default());
    watcher.write("all.zip", with(&[("x/b.json", "{\"b\": 2}"), ("x/c.jsonl", "1\n5")]));
    let second = watcher.reads().await;
    assert_eq!(second.names(), ["x/b.json", "x/c.jsonl:2"]);
    assert_eq!(second.gone(), ["x/a.json", "x/c.jsonl:3"]);
    for (bytes, code) in [
        (whole[..whole.len() - 30].to_vec(), "watch_malformed"),
        (b"<html>".to_vec(), "watch_malformed"),
        (Vec::new(), "watch_malformed"),
        (with(&[]), "watch_empty"),
        (with(&[("readme.md", "")]), "watch_empty"),
    ] {
        watcher.write("all.zip", bytes);
        let brought = watcher.reads().await;
        assert_eq!((brought.code(), brought.gone()), (Some(code), vec![]));
    }
}

#[tokio::test]
async fn a_document_by_itself_comes_when_it_is_another() {
    let mut watcher = Watcher::here(WatchKind::Document, "kev.json");
    assert_eq!(watcher.reads().await.code(), Some("watch_unreadable"));
    watcher.write("kev.json", "{}");
    assert_eq!(watcher.reads().await.names(), ["kev.json"]);
    assert_eq!(watcher.reads().await, Brought::default());
    watcher.write("kev.json", "{\"a\": 1}");
    assert_eq!(watcher.reads().await.names(), ["kev.json"]);
}

#[tokio::test]
async fn a_reading_that_is_broken_off_goes_on_where_it_was() {
    let mut watcher = Watcher::here(WatchKind::Folder, "all");
    let lines: String = (0..25_000).map(|number| format!("{{\"a\": {number}}}\n")).collect();
    watcher.write("all/a.jsonl", &lines);
    watcher.refuses_from = 25;
    let first = watcher.reads().await;
    assert_eq!(first.code(), Some("watch_not_taken"));
    assert!(first.documents.len() > 20_000);
    watcher.refuses_from = usize::MAX;
    let second = watcher.reads().await;
    assert_eq!(second.code(), None);
    assert!(second.documents.len() <= 5_001, "{}", second.documents.len());
    let all: std::collections::BTreeSet<_> =
        first.documents.keys().chain(second.documents.keys()).collect();
    assert_eq!((all.len(), second.gone()), (25_000, vec![]));
    assert_eq!(watcher.reads().await, Brought::default());
}
