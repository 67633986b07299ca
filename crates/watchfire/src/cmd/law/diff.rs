//! `watchfire law diff`: two lawbooks, compared in words.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use watchfire_core::law::diff::{self, Change, ChangeKind, Diff};
use watchfire_core::law::files::Files;
use watchfire_core::law::{Language, Lawbook, bundle};
use watchfire_core::log::VerifierKey;

use super::bundle::read_bytes;
use crate::cli::LawDiff;
use crate::cmd::packs::Folder;
use crate::cmd::problems::{self, Source};
use crate::exit::{Exit, Failure};
use crate::open::{self, block_on, store_failure};
use crate::{config, print};

/// The name of the packs of this program.
const BUILT_IN: &str = "built-in";
/// A digest has so many signs.
const DIGEST_CHARS: usize = 64;

#[derive(Serialize)]
struct Answer {
    /// Digests of the two lawbooks.
    old: String,
    new: String,
    changes: Vec<ToldChange>,
}

#[derive(Serialize)]
struct ToldChange {
    law: Option<String>,
    provision: Option<String>,
    kind: &'static str,
    nature: &'static str,
    direction: &'static str,
    from: Option<String>,
    words: Vec<String>,
}

pub(super) fn run(args: &LawDiff) -> Result<Exit, Failure> {
    let at = args.at.as_deref().map(instant).transpose()?;
    let language = Language::parse(&args.language).unwrap_or(Language::En);
    let old = lawbook(args, &args.old, Lawbook::builtin())?;
    // A folder or a bundle stands for what it would give over the other.
    let new = lawbook(args, &args.new, &old)?;
    let found = Diff::between(&old, &new, at.unwrap_or_else(now));
    let changes: Vec<ToldChange> =
        found.changes.iter().map(|change| told(change, &old, &new, language)).collect();
    if args.json {
        let (old, new) = (old.digest_hex(), new.digest_hex());
        return print::json(&Answer { old, new, changes }).map(|()| Exit::Done);
    }
    for change in &changes {
        let (head, rest) =
            change.words.split_first().map_or(("", &[][..]), |(head, rest)| (head, rest));
        print::data(&print::plain(head))?;
        for line in rest {
            print::data(&format!("  {}", print::plain(line)))?;
        }
    }
    if changes.is_empty() {
        print::say("the two say the same");
    }
    Ok(Exit::Done)
}

fn now() -> Timestamp {
    watchfire_server::clock::Clock::machine(None, jiff::SignedDuration::MAX).now()
}

/// Reads an instant that was typed.
pub(super) fn instant(text: &str) -> Result<Timestamp, Failure> {
    let wrong = |error: jiff::Error| {
        Failure::request(format!("`{text}` is no instant"))
            .because(error)
            .hint("write it as 2026-09-30T10:00Z")
    };
    text.parse().map_err(wrong)
}

fn told(change: &Change, old: &Lawbook, new: &Lawbook, language: Language) -> ToldChange {
    ToldChange {
        law: change.subject.law().map(str::to_owned),
        provision: change.subject.provision().map(ToString::to_string),
        kind: match change.kind {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Changed => "changed",
        },
        nature: change.nature.as_str(),
        direction: change.direction.as_str(),
        from: change.from.map(|day| day.to_string()),
        words: diff::tell(change, old, new, language),
    }
}

/// Reads what was named: the built-in packs, a folder, a bundle, or a lawbook that the node holds.
fn lawbook(args: &LawDiff, name: &str, below: &Lawbook) -> Result<Arc<Lawbook>, Failure> {
    if name == BUILT_IN {
        return Ok(Arc::new(Lawbook::builtin().clone()));
    }
    let at = Path::new(name);
    if at.is_dir() {
        let folder = Folder::read(at)?;
        return load(name, &folder.to_files(), below, |path| folder.source(path));
    }
    if at.is_file() {
        let files = opened(args, at)?;
        return load(name, &files, below, |path| Source { path: path.to_owned(), text: "" });
    }
    let is_digest = name.len() == DIGEST_CHARS && name.bytes().all(|it| it.is_ascii_hexdigit());
    if is_digest {
        return held(args, name);
    }
    Err(Failure::request(format!("`{name}` is no folder, no bundle and no digest"))
        .hint("name a folder of packs, a bundle, `built-in`, or the digest of a lawbook that the node holds"))
}

fn load<'s>(
    name: &str,
    files: &Files,
    below: &Lawbook,
    source: impl Fn(&str) -> Source<'s>,
) -> Result<Arc<Lawbook>, Failure> {
    Lawbook::from_files(&files.over(below.files())).map(Arc::new).map_err(|found| {
        problems::say(&found, source);
        Failure::request(format!("the packs of `{name}` do not load"))
    })
}

fn opened(args: &LawDiff, at: &Path) -> Result<Files, Failure> {
    let bytes = read_bytes(at)?;
    let keys = args.trust.iter().map(|text| {
        VerifierKey::parse(text)
            .map_err(|error| Failure::request(format!("`{text}` is no public key")).because(error))
    });
    let keys = keys.collect::<Result<Vec<VerifierKey>, Failure>>()?;
    let opened = bundle::open(&bytes, &keys.iter().collect::<Vec<_>>()).map_err(|error| {
        Failure::request(format!("the bundle `{}` is refused", at.display()))
            .because(error)
            .hint("name its issuer's public key with `--trust`, if you trust it")
    })?;
    Ok(opened.files)
}

fn held(args: &LawDiff, digest: &str) -> Result<Arc<Lawbook>, Failure> {
    let settings = config::read(&args.place)?;
    block_on(async {
        let node = open::existing(settings).await?;
        let found = node.law_by_digest(&digest.to_ascii_lowercase()).await;
        node.store().clone().close().await;
        found.map_err(|error| match error {
            watchfire_store::StoreError::NotFound(_) => {
                Failure::request(format!("the node holds no lawbook `{digest}`"))
                    .hint("an amendment names the digests of its lawbooks")
            }
            other => store_failure(other),
        })
    })
}
