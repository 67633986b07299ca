//! What a new program brings of the law, proposed and never put to use by itself.
//!
//! From the first applied change on, the law of a node is that of its database. A program that
//! brings other packs than the one before it puts forward those that it brings otherwise; what the
//! database has from elsewhere is left alone.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use watchfire_core::event::Service;
use watchfire_core::ids::PartyId;
use watchfire_core::law::files::Files;
use watchfire_store::policy::Write;
use watchfire_store::{StoreError, Viewer};

use super::amendment::{self, Content, Proposal};
use super::{Wish, keeper};
use crate::error::Problem;
use crate::state::Node;
use crate::write::Key;

/// So many laws are named in a title.
const LAWS_NAMED_MAX: usize = 8;

/// Proposes what this program brings otherwise than the one before it. Returns the id of the
/// amendment, if there is one. Each program does so once, on whichever of the nodes it runs first.
///
/// # Errors
/// As [`amendment::propose`].
pub(crate) async fn propose(node: &Node) -> Result<Option<String>, Problem> {
    let store = node.store();
    let keeper = keeper();
    let grant = store.authorize_node::<Write>(&keeper).await?;
    let own = node.own_law().files();
    let digest = own.digest();
    if store.knows_program_law(&grant, &digest).await? {
        return Ok(None);
    }
    let organization = match store.own_organization(&keeper).await {
        Ok(id) => id,
        // Nobody is there yet to whom something could be proposed.
        Err(StoreError::NotFound(_)) => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    let before = match store.last_program_law(&grant).await? {
        Some(before) => Some(store.law_files(&keeper, &before).await?),
        None => None,
    };
    let mut proposed = None;
    if let (Some(before), Some(_)) = (before, store.last_applied_lawbook().await?) {
        let brought = brought(&before, own);
        if !brought.is_empty() {
            proposed = put_forward(node, organization, brought, &digest).await?;
        }
    }
    store.note_program_law(&grant, own, node.now()).await?;
    Ok(proposed)
}

async fn put_forward(
    node: &Node,
    organization: PartyId,
    brought: Files,
    digest: &str,
) -> Result<Option<String>, Problem> {
    let viewer = Viewer::service(Service::Keeper);
    let version = env!("CARGO_PKG_VERSION");
    // Of several nodes that start at once, one proposes.
    let text = format!("built-in-{digest}");
    let key = Key { digest: Sha256::digest(text.as_bytes()).into(), text };
    let wish = Wish { node, viewer: &viewer, key: Some(&key) };
    let laws: Vec<&str> = brought.laws().into_iter().take(LAWS_NAMED_MAX).collect();
    let title = format!("Watchfire {version}: {}", laws.join(", "));
    let proposal = Proposal {
        title: Some(title.trim_end_matches([':', ' ']).to_owned()),
        why: format!("the program {version} brings it; what is used stays until people agree"),
        effective_at: None,
        content: Content::BuiltIn(brought),
    };
    match amendment::propose_for(wish, (organization, Vec::new()), proposal).await {
        Ok(answer) => Ok(Some(answer.id)),
        Err(problem) if problem.code() == "amendment_changes_nothing" => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// Returns the packs of `after` of which a file is otherwise than in `before`, each whole, and the
/// shared files that are otherwise. What is there no more is no change: it stays in use.
fn brought(before: &Files, after: &Files) -> Files {
    let by_law = |files: &Files| {
        let mut all: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
        let laws = files.laws();
        for (path, text) in files.iter() {
            let law = path.split_once('/').map(|(law, _)| law).filter(|law| laws.contains(law));
            let file = (path.to_owned(), text.to_owned());
            // What belongs to no pack stands for itself.
            all.entry(law.unwrap_or(path).to_owned()).or_default().insert(file);
        }
        all
    };
    let old = by_law(before);
    let new = by_law(after).into_iter();
    let otherwise = new.filter(|(law, files)| old.get(law) != Some(files));
    Files::new(otherwise.flat_map(|(_, files)| files))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(all: &[(&str, &str)]) -> Files {
        Files::new(all.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())))
    }

    #[test]
    fn a_pack_is_brought_whole_where_a_file_of_it_is_otherwise_and_nothing_else_is() {
        let before = files(&[
            ("a/law.toml", "1"),
            ("a/tests/x.toml", "1"),
            ("b/law.toml", "1"),
            ("c/law.toml", "1"),
            ("facts.toml", "1"),
            ("calendars/cn.toml", "1"),
        ]);
        assert!(brought(&before, &before).is_empty());
        let after = files(&[
            ("a/law.toml", "1"),
            ("a/tests/x.toml", "2"),
            ("b/law.toml", "1"),
            ("d/law.toml", "1"),
            ("facts.toml", "1"),
            ("calendars/cn.toml", "2"),
        ]);
        let expected = files(&[
            ("a/law.toml", "1"),
            ("a/tests/x.toml", "2"),
            ("d/law.toml", "1"),
            ("calendars/cn.toml", "2"),
        ]);
        assert_eq!(brought(&before, &after), expected);
    }
}
