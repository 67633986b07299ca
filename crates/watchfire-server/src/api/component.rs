//! Components: everything that contains a package, whatever version of it.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Asked, Shown, keyed};
use crate::auth::Caller;
use crate::command::component::{self as command, Containing};
use crate::error::Problem;
use crate::state::Node;

/// Which package is looked for: one of the two is named.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// A package URL, with or without a version: `pkg:maven/org.apache.logging.log4j/log4j-core`.
    purl: Option<String>,
    /// A package as `/api/v1/components/names` has it: `maven/org.example:shop`.
    package: Option<String>,
}

/// How a name begins.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Beginning {
    /// The beginning of a name, or of a part of it behind `/` or `:`, of at least two characters:
    /// `log4j`.
    begins: String,
}

/// Packages whose names begin so.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PackageNames {
    /// At most 100, in order.
    #[schema(example = json!(["maven/org.apache.logging.log4j:log4j-core"]))]
    items: Vec<String>,
    /// Whether there may be more.
    more: bool,
}

/// A release that contains it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Container {
    release: String,
    product: String,
    product_name: String,
    version: String,
}

/// A version of it, with what contains that.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Version {
    #[schema(example = "2.14.1")]
    version: String,
    /// How many releases contain it.
    count: usize,
    /// Of those, the first.
    releases: Vec<Container>,
}

/// Everything that contains a package.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Containing)]
pub(crate) struct WireContaining {
    #[schema(example = "maven/org.apache.logging.log4j:log4j-core")]
    package: String,
    versions: Vec<Version>,
}

impl WireContaining {
    fn of(found: Containing) -> Self {
        let versions = found.versions.into_iter().map(|one| Version {
            version: one.version,
            count: one.count,
            releases: one
                .releases
                .into_iter()
                .map(|row| Container {
                    release: row.id.to_string(),
                    product: row.product.to_string(),
                    product_name: row.product_name,
                    version: row.version,
                })
                .collect(),
        });
        Self { package: found.package, versions: versions.collect() }
    }
}

/// Lists everything that contains a package, by its versions.
#[utoipa::path(get, path = "/api/v1/components", tag = "exposure", params(Wanted),
    responses((status = 200, body = Vec<WireContaining>)))]
pub(crate) async fn list(
    State(node): State<Node>,
    caller: Caller,
    Asked(wanted): Asked<Wanted>,
) -> Shown<Vec<WireContaining>> {
    let wish = keyed(&node, &caller, None);
    let found = match (wanted.purl, wanted.package) {
        (Some(purl), None) => command::containing(wish, &purl).await?,
        (None, Some(package)) => command::containing_package(wish, &package).await?,
        _ => {
            let detail = "either `purl` or `package` is named";
            return Err(Problem::new("request_malformed", detail, "name one of the two"));
        }
    };
    Ok(Json(found.into_iter().map(WireContaining::of).collect()))
}

/// Lists the packages of the house of which the name, or a part of it, begins so.
#[utoipa::path(get, path = "/api/v1/components/names", tag = "exposure", params(Beginning),
    responses((status = 200, body = PackageNames)))]
pub(crate) async fn names(
    State(node): State<Node>,
    caller: Caller,
    Asked(asked): Asked<Beginning>,
) -> Shown<PackageNames> {
    let found = command::named(keyed(&node, &caller, None), &asked.begins).await?;
    Ok(Json(PackageNames { items: found.packages, more: found.more }))
}
