//! Components as a page: everything that contains one, and what of it exposes the house.

use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use watchfire_store::StoreError;

use super::Visit;
use super::act::{is_refusal, wish};
use super::exposure::PAGE_ROWS;
use super::vulnerability::tally;
use crate::command::component::{self as command, Containing, Version};
use crate::error::Problem;
use crate::web::component::{self, FoundView, KnownView, PageView, ReleaseView, VersionView};
use crate::web::exposure::SeverityView;
use crate::web::reader::Problem as Told;

/// So many releases of a version are shown beside other versions; alone, all that can be told.
const RELEASES_SHOWN: usize = 10;

/// Which package, and from where on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    /// As it was typed.
    package: String,
    /// As a list of names has it.
    exact: Option<String>,
    version: Option<String>,
    after: usize,
}

fn is_purl(typed: &str) -> bool {
    typed.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("pkg:"))
}

/// Brings what people type to a package URL: `maven/org.example:shop` is one without its scheme.
fn purl(typed: &str) -> String {
    let typed = typed.trim();
    if is_purl(typed) {
        return typed.to_owned();
    }
    format!("pkg:{}", typed.replace(':', "/").replace("/@", "/%40"))
}

fn version(found: Version, most: usize) -> VersionView {
    let release = |row: watchfire_store::ReleaseRow| ReleaseView {
        id: row.id.to_string(),
        product: row.product_name,
        version: row.version,
    };
    VersionView {
        version: found.version,
        all: u64::try_from(found.count).unwrap_or(u64::MAX),
        releases: found.releases.into_iter().take(most).map(release).collect(),
    }
}

fn found(containing: Containing, wanted: &Wanted) -> FoundView {
    let all = containing.versions.len();
    let mut versions = containing.versions;
    if let Some(only) = &wanted.version {
        versions.retain(|one| one.version == *only);
        let shown = versions.into_iter().map(|one| version(one, usize::MAX)).collect();
        let only = Some(only.clone());
        return FoundView {
            package: containing.package,
            only,
            versions: shown,
            ..FoundView::default()
        };
    }
    let next = wanted.after.saturating_add(PAGE_ROWS);
    let page = versions.into_iter().skip(wanted.after).take(PAGE_ROWS);
    FoundView {
        package: containing.package,
        versions: page.map(|one| version(one, RELEASES_SHOWN)).collect(),
        next: (next < all).then_some(next),
        ..FoundView::default()
    }
}

/// Tells of each package what of it exposes the house.
async fn tell_known(visit: &Visit, view: &mut FoundView) -> Result<(), Problem> {
    let (ids, more) = command::known(wish(visit), &view.package, PAGE_ROWS).await?;
    view.known_more = u64::try_from(more).unwrap_or(u64::MAX);
    for id in ids {
        let row = match visit.node.store().vulnerability_row(&visit.caller.viewer, &id).await {
            Err(StoreError::NotFound(_)) => continue,
            row => row?,
        };
        view.known.push(KnownView {
            id: id.to_string(),
            severity: SeverityView::of(row.severity_tenths, row.severity.as_deref()),
            is_listed: row.is_listed,
            tally: tally(&row),
            name: row.name,
            title: row.title,
        });
    }
    Ok(())
}

/// What is found of what was typed: a package that is meant exactly, or those whose names begin so.
async fn look(visit: &Visit, wanted: &Wanted, view: &mut PageView) -> Result<(), Problem> {
    let exact = match &wanted.exact {
        Some(exact) => command::containing_package(wish(visit), exact).await,
        None => command::containing(wish(visit), &purl(&view.asked)).await,
    };
    match exact {
        Ok(all) if !all.is_empty() => {
            view.found = all.into_iter().map(|one| found(one, wanted)).collect();
            return Ok(());
        }
        // What is no package URL may be the beginning of a name, unless it says that it is one.
        Err(problem) if !is_refusal(&problem) || is_purl(&view.asked) => return Err(problem),
        Ok(_) | Err(_) => {}
    }
    let named = command::named(wish(visit), &view.asked).await?;
    (view.named, view.named_more) = (named.packages, named.more);
    Ok(())
}

/// Shows everything that contains a package.
pub(super) async fn page(visit: Visit, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let typed = wanted.exact.as_deref().unwrap_or(&wanted.package);
    let mut view = PageView { asked: typed.trim().to_owned(), ..PageView::default() };
    if view.asked.is_empty() {
        return Ok(visit.show(component::page(&view, &visit.reader)));
    }
    match look(&visit, &wanted, &mut view).await {
        Ok(()) => {}
        Err(problem) if is_refusal(&problem) => {
            view.problem = Some(Told {
                message: visit.reader.text("component-wrong"),
                hint: Some(visit.reader.text("component-package-help")),
                input: Some("package".to_owned()),
            });
            return Ok(visit.refuse(component::page(&view, &visit.reader)));
        }
        Err(other) => return Err(other),
    }
    for found in &mut view.found {
        tell_known(&visit, found).await?;
    }
    Ok(visit.show(component::page(&view, &visit.reader)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_brought_to_a_package_url() {
        for (typed, expected) in [
            ("maven/org.apache:log4j", "pkg:maven/org.apache/log4j"),
            (" PKG:npm/left-pad@1 ", "PKG:npm/left-pad@1"),
            ("npm/@babel/core", "pkg:npm/%40babel/core"),
            ("log4j", "pkg:log4j"),
        ] {
            assert_eq!(purl(typed), expected);
        }
    }

    #[test]
    fn versions_are_paged_and_one_alone_is_shown_with_all_its_releases() {
        let version = |number: usize| Version {
            version: number.to_string(),
            count: 1_000,
            releases: Vec::new(),
        };
        let all = || Containing {
            package: "npm/x".into(),
            versions: (0..PAGE_ROWS + 1).map(version).collect(),
        };
        let first = found(all(), &Wanted::default());
        assert_eq!((first.versions.len(), first.next), (PAGE_ROWS, Some(PAGE_ROWS)));
        let last = found(all(), &Wanted { after: PAGE_ROWS, ..Wanted::default() });
        assert_eq!((last.versions.len(), last.next), (1, None));
        let only = Wanted { version: Some("7".into()), ..Wanted::default() };
        let one = found(all(), &only);
        assert_eq!((one.versions.len(), one.versions[0].all), (1, 1_000));
        assert_eq!(one.only.as_deref(), Some("7"));
    }
}
