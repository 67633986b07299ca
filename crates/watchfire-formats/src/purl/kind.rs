//! What the types of package URLs demand, and how they spell.

use super::{Problem, Purl};

/// Whether a type has a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Namespace {
    Required,
    Optional,
    Prohibited,
}

/// Which parts are written in small letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Small {
    namespace: bool,
    name: bool,
    version: bool,
}

const fn small(namespace: bool, name: bool, version: bool) -> Small {
    Small { namespace, name, version }
}

/// Every type whose definition is registered.
///
/// Source: purl-spec, `types/*-definition.json`: `requirement`, `case_sensitive`, and for `golang`
/// the note, which lowers namespace and name.
static KINDS: [Known; 42] = {
    use Namespace::{Optional, Prohibited, Required};
    [
        ("alpm", Required, small(true, true, false)),
        ("apk", Required, small(true, true, false)),
        ("bazel", Prohibited, small(false, false, false)),
        ("bitbucket", Required, small(true, true, false)),
        ("bitnami", Prohibited, small(false, true, false)),
        ("brew", Optional, small(true, true, false)),
        ("cargo", Prohibited, small(false, false, false)),
        ("chrome-extension", Prohibited, small(false, true, false)),
        ("cocoapods", Prohibited, small(false, false, false)),
        ("composer", Required, small(true, true, false)),
        ("conan", Optional, small(false, false, false)),
        ("conda", Prohibited, small(false, false, false)),
        ("cpan", Optional, small(false, false, false)),
        ("cran", Prohibited, small(false, false, false)),
        ("deb", Required, small(true, true, false)),
        ("docker", Optional, small(false, false, false)),
        ("gem", Prohibited, small(false, false, false)),
        ("generic", Optional, small(false, false, false)),
        ("git", Required, small(false, false, false)),
        ("github", Required, small(true, true, false)),
        ("golang", Required, small(true, true, false)),
        ("hackage", Prohibited, small(false, false, false)),
        ("hex", Optional, small(true, true, false)),
        ("huggingface", Required, small(false, false, true)),
        ("julia", Prohibited, small(false, false, false)),
        ("luarocks", Optional, small(true, true, false)),
        ("maven", Required, small(false, false, false)),
        ("mlflow", Prohibited, small(false, false, false)),
        ("npm", Optional, small(false, false, false)),
        ("nuget", Prohibited, small(false, false, false)),
        ("oci", Prohibited, small(false, true, true)),
        ("opam", Prohibited, small(false, false, false)),
        ("otp", Prohibited, small(false, true, false)),
        ("pub", Prohibited, small(false, true, false)),
        ("pypi", Prohibited, small(false, true, true)),
        ("qpkg", Required, small(true, false, false)),
        ("rpm", Required, small(true, false, false)),
        ("swid", Optional, small(false, false, false)),
        ("swift", Required, small(false, false, false)),
        ("vcpkg", Prohibited, small(false, false, false)),
        ("vscode-extension", Required, small(true, true, true)),
        ("yocto", Optional, small(true, false, false)),
    ]
};

/// Qualifiers without which a package of a type is not named.
const REQUIRED_QUALIFIERS: [(&str, &str); 2] = [("julia", "uuid"), ("swid", "tag_id")];

/// A type whose definition is registered: its name, and what it demands.
pub(super) type Known = (&'static str, Namespace, Small);

/// The type that is called so.
pub(super) fn known(kind: &str) -> Option<&'static Known> {
    let found = KINDS.binary_search_by(|(name, _, _)| name.cmp(&kind)).ok()?;
    Some(&KINDS[found])
}

/// Brings the parts into the spelling of their type; a type without a definition has none.
pub(super) fn normalize(purl: &mut Purl, (_, _, small): &Known) {
    let lower = |text: &mut String| {
        if text.chars().any(char::is_uppercase) {
            *text = text.to_lowercase();
        }
    };
    if small.name {
        lower(&mut purl.name);
    }
    if small.namespace {
        purl.namespace.iter_mut().for_each(lower);
    }
    if small.version {
        purl.version.iter_mut().for_each(lower);
    }
    match &*purl.kind {
        "pypi" if purl.name.contains('_') => purl.name = purl.name.replace('_', "-"),
        "pub" => {
            let sign = |sign: char| if sign.is_ascii_alphanumeric() { sign } else { '_' };
            purl.name = purl.name.chars().map(sign).collect();
        }
        // The id of an author of CPAN is written in capitals.
        "cpan" => {
            purl.namespace.iter_mut().for_each(|author| *author = author.to_uppercase());
        }
        // Who owns a repository belongs to its name, and is written before its slash.
        "git" => {
            if let Some((owner, name)) = purl.name.rsplit_once('/') {
                let host = purl.namespace.iter().map(String::as_str);
                purl.namespace = Some(host.chain([owner]).collect::<Vec<_>>().join("/"));
                purl.name = name.to_owned();
            }
        }
        // Azure keeps the case of a model's name, Databricks does not.
        "mlflow" => {
            let at = purl.qualifiers.get("repository_url");
            if at.is_some_and(|address| address.contains("databricks")) {
                lower(&mut purl.name);
            }
        }
        "swid" => {
            let id = purl.qualifiers.get_mut("tag_id");
            id.filter(|id| is_guid(id)).into_iter().for_each(lower);
        }
        _ => {}
    }
}

fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Says what a type demands and is not there.
pub(super) fn check(purl: &Purl) -> Result<(), Problem> {
    let Some((_, namespace, _)) = known(&purl.kind) else { return Ok(()) };
    let kind = || purl.kind.to_string();
    match (namespace, &purl.namespace) {
        (Namespace::Required, None) => return Err(Problem::NamespaceMissing(kind())),
        (Namespace::Prohibited, Some(_)) => return Err(Problem::NamespaceProhibited(kind())),
        _ => {}
    }
    for (of, key) in REQUIRED_QUALIFIERS {
        if of == purl.kind && !purl.qualifiers.contains_key(key) {
            return Err(Problem::QualifierMissing { kind: kind(), key });
        }
    }
    let fine = match &*purl.kind {
        // A name of CPAN is that of a distribution, not of a module.
        "cpan" => !purl.name.contains("::"),
        "chrome-extension" => {
            purl.name.len() == 32 && purl.name.bytes().all(|byte| (b'a'..=b'p').contains(&byte))
        }
        "cocoapods" => !purl.name.starts_with('.') && !purl.name.contains([' ', '\t', '+']),
        _ => true,
    };
    if !fine {
        return Err(Problem::Name(kind()));
    }
    let numbers = |version: &String| {
        let digits =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        (1..=4).contains(&version.split('.').count()) && version.split('.').all(digits)
    };
    if purl.kind == "chrome-extension" && !purl.version.as_ref().is_none_or(numbers) {
        return Err(Problem::Version(kind()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_are_in_the_order_of_their_names() {
        assert!(KINDS.is_sorted_by_key(|(name, _, _)| *name));
    }
}
