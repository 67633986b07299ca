//! Components: everything that contains a package, whatever version of it.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Asked, Shown, keyed};
use crate::auth::Caller;
use crate::command::component::{self as command, Containing};
use crate::state::Node;

/// Which package is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// A package URL, with or without a version: `pkg:maven/org.apache.logging.log4j/log4j-core`.
    purl: String,
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
    let found = command::containing(keyed(&node, &caller, None), &wanted.purl).await?;
    Ok(Json(found.into_iter().map(WireContaining::of).collect()))
}
