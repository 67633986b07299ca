//! Everything that contains a package.

use std::collections::BTreeSet;

use watchfire_core::ids::{ReleaseId, VulnerabilityId};
use watchfire_exposure::index::Package;
use watchfire_formats::purl::Purl;
use watchfire_store::ReleaseRow;
use watchfire_store::policy::Write;

use super::{Wish, keeper};
use crate::error::Problem;
use crate::exposure::packages_of_purl;

/// So many releases are told of a version; the others are counted.
pub const RELEASES_MAX: usize = 50;
/// So many packages are told whose names begin so.
pub const NAMED_MAX: usize = 100;
/// The beginning of a name has so many characters.
const BEGINNING_CHARS_MIN: usize = 2;
const BEGINNING_CHARS_MAX: usize = 200;
/// So many versions of a package are told.
pub const VERSIONS_MAX: usize = 500;

/// Everything that contains a package.
#[derive(Debug, Clone)]
pub struct Containing {
    /// As it is looked for: `maven/org.apache.logging.log4j:log4j-core`.
    pub package: String,
    pub versions: Vec<Version>,
}

/// A version, with what contains it.
#[derive(Debug, Clone)]
pub struct Version {
    pub version: String,
    pub count: usize,
    /// The first of them.
    pub releases: Vec<ReleaseRow>,
}

/// Finds everything of the house that contains a package, by version. A package URL may stand for
/// several packages: that of a distribution for one of a release and one of all.
///
/// # Errors
/// `field_invalid` for what is no package URL; 404 for whoever is not of the house.
pub async fn containing(wish: Wish<'_>, purl: &str) -> Result<Vec<Containing>, Problem> {
    let (store, viewer) = (wish.node.store(), wish.viewer);
    if !store.is_of_own_house(viewer).await? {
        return Err(Problem::not_found());
    }
    let parsed = Purl::parse_tolerant(purl.trim())
        .map_err(|error| Problem::field("/purl", error.to_string()))?;
    let packages = packages_of_purl(&parsed);
    in_house(wish, &packages, parsed.version()).await
}

/// As [`containing`], for a package as it is called here: `maven/org.example:shop`.
///
/// # Errors
/// `field_invalid` for what is no such name; 404 for whoever is not of the house.
pub async fn containing_package(wish: Wish<'_>, package: &str) -> Result<Vec<Containing>, Problem> {
    if !wish.node.store().is_of_own_house(wish.viewer).await? {
        return Err(Problem::not_found());
    }
    let (family, name) = package.trim().split_once('/').ok_or_else(|| {
        let detail = "a package is an ecosystem, a `/` and a name, as the list of names has it";
        Problem::field("/package", detail)
    })?;
    in_house(wish, &[Package::new(family, name)], None).await
}

/// Packages that are called so, or begin so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Each as it is called here, in order.
    pub packages: Vec<String>,
    /// Whether there may be more.
    pub more: bool,
}

/// Finds the packages of the house of which the name, or a part of it, begins so: `log4j` finds
/// `maven/org.apache.logging.log4j:log4j-core`.
///
/// # Errors
/// `field_invalid` for a beginning that is too short or too long; 404 for whoever is not of the
/// house.
pub async fn named(wish: Wish<'_>, begins: &str) -> Result<Named, Problem> {
    let store = wish.node.store();
    if !store.is_of_own_house(wish.viewer).await? {
        return Err(Problem::not_found());
    }
    let begins = begins.trim().to_owned();
    let chars = begins.chars().count();
    if !(BEGINNING_CHARS_MIN..=BEGINNING_CHARS_MAX).contains(&chars) {
        let detail = format!(
            "the beginning of a name has {BEGINNING_CHARS_MIN} to {BEGINNING_CHARS_MAX} characters"
        );
        return Err(Problem::field("/begins", detail));
    }
    let held = wish.node.holdings().now(store).await?;
    let look = tokio::task::spawn_blocking(move || held.named(&begins, NAMED_MAX));
    let (packages, more) = look.await.map_err(|error| Problem::internal(&error))?;
    Ok(Named { packages: packages.iter().map(ToString::to_string).collect(), more })
}

/// Finds what contains packages; of one `version` alone, where it is named.
async fn in_house(
    wish: Wish<'_>,
    packages: &[Package],
    only: Option<&str>,
) -> Result<Vec<Containing>, Problem> {
    let (store, viewer) = (wish.node.store(), wish.viewer);
    let held = wish.node.holdings().now(store).await?;
    let mut all = Vec::new();
    for package in packages {
        let found = held.containing(package).into_iter();
        let found = found.filter(|(version, _)| only.is_none_or(|it| it == version));
        let found: Vec<(String, BTreeSet<ReleaseId>)> = found.take(VERSIONS_MAX).collect();
        let some = found.iter().flat_map(|(_, releases)| releases.iter().take(RELEASES_MAX));
        let some: BTreeSet<&ReleaseId> = some.collect();
        let rows = store.release_rows(viewer, &some.into_iter().collect::<Vec<_>>()).await?;
        let versions = found.into_iter().map(|(version, releases)| {
            let own = rows.iter().filter(|row| releases.contains(&row.id));
            Version {
                version,
                count: releases.len(),
                releases: own.take(RELEASES_MAX).cloned().collect(),
            }
        });
        let versions: Vec<Version> = versions.collect();
        if !versions.is_empty() {
            all.push(Containing { package: package.to_string(), versions });
        }
    }
    Ok(all)
}

/// Returns which vulnerabilities of the house the advisories that speak of a package are about, at
/// most `limit`, and how many more there are.
///
/// # Errors
/// 404 for whoever is not of the house.
pub async fn known(
    wish: Wish<'_>,
    package: &str,
    limit: usize,
) -> Result<(Vec<VulnerabilityId>, usize), Problem> {
    let (store, viewer) = (wish.node.store(), wish.viewer);
    if !store.is_of_own_house(viewer).await? {
        return Err(Problem::not_found());
    }
    let grant = store.authorize_node::<Write>(&keeper()).await?;
    let organization = wish.node.organization().await?;
    let parts = store.parts_by_packages(&grant, &[package]).await?;
    let parts: BTreeSet<(u64, u64)> = parts.iter().map(|it| (it.advisory, it.part)).collect();
    let parts: Vec<(u64, u64)> = parts.into_iter().collect();
    let names = store.names_of_parts(&grant, &parts).await?;
    let names: BTreeSet<&str> = names.iter().map(|it| it.text.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let found = store.vulnerabilities_by_names(&grant, &organization, &names).await?;
    let found: BTreeSet<VulnerabilityId> = found.into_values().collect();
    let more = found.len().saturating_sub(limit);
    Ok((found.into_iter().take(limit).collect(), more))
}
