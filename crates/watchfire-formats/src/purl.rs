//! Package URLs: the names of components.

use std::str::FromStr;

use packageurl::PackageUrl;

/// A text that is no package URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no package URL such as `pkg:maven/org.example/name@1.0`: {problem}")]
pub struct PurlError {
    text: String,
    problem: String,
}

/// Returns the canonical spelling of a package URL.
///
/// # Errors
/// [`PurlError`], with what is wrong.
///
/// Source: ECMA-427, Package-URL specification.
pub fn canonical(text: &str) -> Result<String, PurlError> {
    let wrong =
        |error: packageurl::Error| PurlError { text: text.to_owned(), problem: error.to_string() };
    let mut purl = PackageUrl::from_str(&with_small_scheme(text)).map_err(wrong)?;
    // Of a namespace whose first segment is left out, the library keeps the slash that followed.
    let namespace = purl.namespace().map(|namespace| namespace.trim_start_matches('/').to_owned());
    match namespace.filter(|namespace| !namespace.is_empty()) {
        Some(namespace) => purl.with_namespace(namespace).map_err(wrong)?,
        None => purl.without_namespace(),
    };
    Ok(purl.to_string())
}

/// The scheme is read in any case.
fn with_small_scheme(text: &str) -> String {
    match text.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("pkg") => format!("pkg:{rest}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_url_has_one_spelling() {
        for (text, expected) in [
            ("pkg:maven/org.example/name@1.0", "pkg:maven/org.example/name@1.0"),
            ("pkg://maven/org.example/name@1.0", "pkg:maven/org.example/name@1.0"),
            ("PKG:NPM/%40angular/core@1.0.0", "pkg:npm/%40angular/core@1.0.0"),
            ("pkg://x///./name", "pkg:x/name"),
            ("pkg:x/./a/name", "pkg:x/a/name"),
        ] {
            assert_eq!(canonical(text).as_deref(), Ok(expected), "{text}");
            assert_eq!(canonical(expected).as_deref(), Ok(expected), "its own canonical spelling");
        }
    }

    #[test]
    fn what_is_no_package_url_is_refused() {
        for text in ["", "log4j", "pkg:", "pkg:maven", "pkg:maven/"] {
            assert!(canonical(text).is_err(), "{text}");
        }
    }
}
