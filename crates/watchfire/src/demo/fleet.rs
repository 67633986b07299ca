//! What the fictional company has, and what was published about it in December 2021.
//!
//! The products and their SBOMs are invented; the advisories are real, each taken in when it was
//! published.

use jiff::Timestamp;
use watchfire_core::event::{OpeningRules, ProductCard, ReleaseCard};
use watchfire_core::ids::{CaseId, ProductId, ReleaseId};
use watchfire_core::law::Language;
use watchfire_server::command::advisory;
use watchfire_server::command::{Wish, product, release, sbom, vulnerability};
use watchfire_server::error::Problem;
use watchfire_server::watch::News;
use watchfire_server::worker::judging::Judging;
use watchfire_store::{ExposureFilter, PageRequest};

use super::stage::{Stage, person};

/// From where the advisories come, as a feed would be called.
const SOURCE: &str = "github-advisories";
/// The vulnerability of the story.
const OF_THE_STORY: &str = "CVE-2021-44228";

/// A release of the fleet.
struct Ship {
    product: (&'static str, &'static str),
    owner: &'static str,
    internet_facing: bool,
    version: &'static str,
    released_on: &'static str,
    /// What it is made of; nobody has said so of one without.
    sbom: Option<&'static [u8]>,
}

/// The releases, by product.
const FLEET: [Ship; 6] = [
    Ship {
        product: ("Object Store", "对象存储"),
        owner: person::ENGINEER,
        internet_facing: true,
        version: "4.1.0",
        released_on: "2021-06-15",
        sbom: Some(include_bytes!("fleet/sboms/object-store-4.1.0.cdx.json")),
    },
    Ship {
        product: ("Object Store", "对象存储"),
        owner: person::ENGINEER,
        internet_facing: true,
        version: "4.1.1",
        released_on: "2021-11-01",
        sbom: Some(include_bytes!("fleet/sboms/object-store-4.1.1.cdx.json")),
    },
    Ship {
        product: ("Message Queue", "消息队列"),
        owner: person::SUPERVISOR,
        internet_facing: false,
        version: "2.8.0",
        released_on: "2021-09-30",
        sbom: Some(include_bytes!("fleet/sboms/message-queue-2.8.0.cdx.xml")),
    },
    Ship {
        product: ("API Gateway", "API 网关"),
        owner: person::ENGINEER,
        internet_facing: true,
        version: "7.0.2",
        released_on: "2021-10-12",
        sbom: Some(include_bytes!("fleet/sboms/api-gateway-7.0.2.spdx.json")),
    },
    Ship {
        product: ("Log Search", "日志检索"),
        owner: person::COMPLIANCE,
        internet_facing: false,
        version: "3.4.0",
        released_on: "2021-08-20",
        sbom: Some(include_bytes!("fleet/sboms/log-search-3.4.0.spdx")),
    },
    Ship {
        product: ("Console", "控制台"),
        owner: person::SUPERVISOR,
        internet_facing: true,
        version: "5.3.0",
        released_on: "2021-07-01",
        sbom: None,
    },
];

/// An advisory of that December: its name, when it was published, and its bytes.
pub(super) struct Published {
    pub(super) at: Timestamp,
    name: &'static str,
    bytes: &'static [u8],
}

/// The advisories, in the order in which they were published.
pub(super) fn published() -> [Published; 4] {
    let one = |at: &str, name, bytes| Published {
        at: at.parse().expect("a test reads each"),
        name,
        bytes,
    };
    [
        one(
            "2021-12-10T00:40:56Z",
            "GHSA-jfh8-c2jp-5v3q",
            include_bytes!("fleet/advisories/CVE-2021-44228.json"),
        ),
        one(
            "2021-12-14T18:01:28Z",
            "GHSA-7rjr-3q55-vv33",
            include_bytes!("fleet/advisories/CVE-2021-45046.json"),
        ),
        one(
            "2021-12-18T18:00:07Z",
            "GHSA-p6xc-xr62-6r2g",
            include_bytes!("fleet/advisories/CVE-2021-45105.json"),
        ),
        one(
            "2022-01-04T16:14:20Z",
            "GHSA-8489-44mv-ggj8",
            include_bytes!("fleet/advisories/CVE-2021-44832.json"),
        ),
    ]
}

/// Makes the products, their releases and what they are made of known.
///
/// # Errors
/// A problem of the node.
pub(super) async fn stand(stage: &Stage, language: Language) -> Result<(), Problem> {
    let wish = Wish { node: &stage.node, viewer: stage.viewer(person::VISITOR), key: None };
    // The two lives are opened by people; what a rule would open is for the visitor to try.
    let rules = OpeningRules {
        listed: false,
        severity_tenths: None,
        likelihood_permille: None,
        internet_facing_alone: false,
    };
    advisory::set_opening_rules(wish, &rules).await?;
    let mut product_of: Option<(&str, ProductId)> = None;
    for ship in FLEET {
        let known = product_of.as_ref().filter(|(name, _)| *name == ship.product.0);
        let id = match known {
            Some((_, id)) => id.clone(),
            None => made(&product::register(wish, &card(stage, &ship, language)).await?.id)?,
        };
        let card = ReleaseCard {
            version: ship.version.to_owned(),
            released_on: ship.released_on.parse().ok(),
            sold_in: ["CN", "DE"].map(str::to_owned).into(),
            ..ReleaseCard::default()
        };
        let release: ReleaseId = made(&release::register(wish, &id, &card).await?.id)?;
        if let Some(bytes) = ship.sbom {
            let turn = stage.node.counters().turn_of_a_document(std::time::Duration::MAX).await?;
            let read = sbom::read(bytes, turn).await?;
            release::attach(wish, &release, &read, false).await?;
        }
        product_of = Some((ship.product.0, id));
    }
    Judging::new(stage.node.clone()).step(stage.node.now()).await?;
    Ok(())
}

fn card(stage: &Stage, ship: &Ship, language: Language) -> ProductCard {
    ProductCard {
        name: match language {
            Language::En => ship.product.0.to_owned(),
            Language::ZhCn => ship.product.1.to_owned(),
        },
        owner: Some(stage.party(ship.owner).clone()),
        internet_facing: Some(ship.internet_facing),
        ..ProductCard::default()
    }
}

fn made<T: std::str::FromStr<Err: std::error::Error>>(id: &str) -> Result<T, Problem> {
    id.parse().map_err(|error| Problem::internal(&error))
}

/// Takes in an advisory as the feed brings it.
///
/// # Errors
/// A problem of the node.
pub(super) async fn take(stage: &Stage, published: &Published) -> Result<(), Problem> {
    let piece = News::Document { name: published.name.to_owned(), bytes: published.bytes.to_vec() };
    advisory::take(&stage.node, SOURCE, vec![piece]).await?;
    Ok(())
}

/// Says that a case is about the vulnerability of the story.
///
/// # Errors
/// A problem of the node.
pub(super) async fn join(stage: &Stage, case: &CaseId) -> Result<(), Problem> {
    let wish = Wish { node: &stage.node, viewer: stage.viewer(person::ENGINEER), key: None };
    let page = PageRequest { after: None, limit: 1 };
    let filter = ExposureFilter { search: OF_THE_STORY.to_owned(), ..ExposureFilter::default() };
    let store = stage.node.store();
    let found = store.vulnerabilities(wish.viewer, &filter, &page).await?;
    let first = found.rows.into_iter().next().ok_or_else(Problem::not_found)?;
    vulnerability::join_case(wish, &first.id, case).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_advisory_is_taken_in_when_it_was_published_in_order() {
        let all = published();
        assert!(all.windows(2).all(|two| two[0].at < two[1].at));
        for one in &all {
            let json: serde_json::Value = serde_json::from_slice(one.bytes).expect("JSON");
            assert_eq!(json["id"], one.name);
            assert_eq!(json["published"].as_str(), Some(one.at.to_string().as_str()));
        }
        let days = FLEET.iter().map(|ship| ship.released_on.parse::<jiff::civil::Date>());
        assert!(days.into_iter().all(|day| day.is_ok()));
    }
}
