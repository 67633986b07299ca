//! What an organization is by law, as it is given to a command.

use std::path::Path;

use serde::Deserialize;
use watchfire_core::event::Profile;
use watchfire_core::law::Lawbook;
use watchfire_core::party::check_profile;

use crate::cli::Organization;
use crate::cmd::packs;
use crate::exit::Failure;

/// A profile as a file has it; what else stands beside it is passed over.
#[derive(Deserialize)]
struct Written {
    roles: std::collections::BTreeSet<String>,
    #[serde(default)]
    attributes: std::collections::BTreeMap<String, String>,
}

/// Reads roles and attributes: of the file, if one is given, and of the flags.
///
/// # Errors
/// A request that was wrong: a file that cannot be read, a role or attribute that no pack knows.
pub(super) fn read(given: &Organization, laws: &Lawbook) -> Result<Profile, Failure> {
    let mut profile = match &given.profile {
        Some(path) => from_file(path)?,
        None => Profile::default(),
    };
    profile.roles.extend(given.roles.iter().cloned());
    for pair in &given.attributes {
        let (id, value) = pair.split_once('=').ok_or_else(|| {
            Failure::request(format!("`--attribute {pair}` has no value"))
                .hint("write it as `eu/member-state=BE`")
        })?;
        profile.attributes.insert(id.to_owned(), value.to_owned());
    }
    check_profile(&profile, laws).map_err(|refusal| {
        Failure::request(refusal.to_string())
            .hint("`watchfire law show LAW` tells the roles, `laws/attributes.toml` the attributes")
    })?;
    Ok(profile)
}

fn from_file(path: &Path) -> Result<Profile, Failure> {
    let text = packs::text_of(path)?;
    let written: Written = serde_json::from_str(&text).map_err(|error| {
        Failure::request(format!("`{}` is no profile", path.display()))
            .because(error)
            .hint("write `{\"roles\":[…],\"attributes\":{…}}`, as the API gives a profile")
    })?;
    Ok(Profile { roles: written.roles, attributes: written.attributes })
}
