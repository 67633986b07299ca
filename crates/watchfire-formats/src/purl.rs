//! Package URLs: the names of components.
//!
//! Source: ECMA-427, Package-URL specification; purl-spec, `types/*-definition.json`.

mod kind;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::str::FromStr;

/// The longest package URL that is read, in bytes.
pub const PURL_BYTES_MAX: usize = 32 << 10;
/// How much of a text that is refused is said again.
const SAID_SIGNS_MAX: usize = 80;

/// A text that is no package URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no package URL such as `pkg:maven/org.example/name@1.0`: {problem}")]
pub struct PurlError {
    text: String,
    problem: Problem,
}

impl PurlError {
    /// What is wrong.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

/// What is wrong with a package URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is too long.
    #[error("it is longer than {PURL_BYTES_MAX} bytes")]
    TooLong,
    /// It does not begin with `pkg:`.
    #[error("it does not begin with `pkg:`")]
    Scheme,
    /// There is nothing but a type.
    #[error("a type and a name with a slash between them are missing")]
    NoType,
    /// The type is none.
    #[error("a type is letters, digits, dots and hyphens, a letter first")]
    Type,
    /// There is no name.
    #[error("the name is missing")]
    NoName,
    /// A percent sign that encodes nothing, or something that is no text.
    #[error("a percent sign is followed by two hexadecimal digits, and the whole is UTF-8")]
    Encoding,
    /// A slash within a part of the namespace or subpath.
    #[error("a part of the namespace or subpath holds an encoded slash")]
    Slash,
    /// A key of a qualifier that is none.
    #[error("`{0}` is no key of a qualifier: letters, digits, dots, hyphens and underscores")]
    Key(String),
    /// A key that stands twice.
    #[error("the qualifier `{0}` stands twice")]
    Twice(String),
    /// The type wants a namespace.
    #[error("the type `{0}` wants a namespace")]
    NamespaceMissing(String),
    /// The type has no namespace.
    #[error("the type `{0}` has no namespace")]
    NamespaceProhibited(String),
    /// The type wants a qualifier.
    #[error("the type `{kind}` wants the qualifier `{key}`")]
    QualifierMissing {
        /// The type.
        kind: String,
        /// The key that is missing.
        key: &'static str,
    },
    /// The type allows other names.
    #[error("this is no name of the type `{0}`")]
    Name(String),
    /// The type allows other versions.
    #[error("this is no version of the type `{0}`")]
    Version(String),
}

/// A package URL, in its canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Purl {
    /// Most are of a type that is known, whose name is not copied.
    kind: Cow<'static, str>,
    namespace: Option<String>,
    name: String,
    version: Option<String>,
    qualifiers: BTreeMap<String, String>,
    subpath: Option<String>,
}

/// The parts of a package URL, decoded, as somebody gives them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// The type.
    pub kind: String,
    /// The namespace, its parts between slashes.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
    /// The version.
    pub version: Option<String>,
    /// The qualifiers.
    pub qualifiers: Vec<(String, String)>,
    /// The subpath, its parts between slashes.
    pub subpath: Option<String>,
}

/// Whether what a type demands must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Demands {
    Held,
    Waived,
}

impl Purl {
    /// Builds a package URL of its parts, by the rules of its type.
    ///
    /// # Errors
    /// [`PurlError`], with what is wrong.
    pub fn build(parts: Parts) -> Result<Self, PurlError> {
        let said = format!("{} {}", parts.kind, parts.name);
        Self::of(parts, Demands::Held).map_err(|problem| refused(&said, problem))
    }

    /// Reads a package URL as tools write them: what its type demands may be missing.
    ///
    /// So `pkg:golang/stdlib@1.21.0` is read, which the definition of `golang` refuses.
    ///
    /// # Errors
    /// [`PurlError`], with what is wrong.
    pub fn parse_tolerant(text: &str) -> Result<Self, PurlError> {
        let purl = split(text).and_then(|parts| Self::of(parts, Demands::Waived));
        purl.map_err(|problem| refused(text, problem))
    }

    /// The type, in small letters.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The namespace, decoded, its parts between slashes.
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The name, decoded.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version, decoded.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The qualifiers, decoded, in the order of their keys.
    pub fn qualifiers(&self) -> &BTreeMap<String, String> {
        &self.qualifiers
    }

    /// The subpath, decoded, its parts between slashes.
    pub fn subpath(&self) -> Option<&str> {
        self.subpath.as_deref()
    }

    /// Its canonical spelling, as `to_string` has it; made at once, since most need no more room than
    /// their parts.
    pub fn spelled(&self) -> String {
        let texts = [&self.namespace, &self.version, &self.subpath].into_iter().flatten();
        let qualifiers = self.qualifiers.iter().map(|(key, value)| key.len() + value.len() + 2);
        let parts = self.kind.len() + self.name.len() + texts.map(|it| it.len() + 1).sum::<usize>();
        let mut spelled = String::with_capacity("pkg:/".len() + parts + qualifiers.sum::<usize>());
        // Writing to a text does not fail.
        let _ = write!(spelled, "{self}");
        spelled
    }

    fn of(parts: Parts, demands: Demands) -> Result<Self, Problem> {
        let mut kind = parts.kind;
        kind.make_ascii_lowercase();
        let sign = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
        if !kind.bytes().all(sign) || !kind.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return Err(Problem::Type);
        }
        if parts.name.is_empty() {
            return Err(Problem::NoName);
        }
        let mut qualifiers = BTreeMap::new();
        for (key, value) in parts.qualifiers {
            let key = qualifier_key(&key)?;
            if value.is_empty() {
                continue;
            }
            if qualifiers.insert(key.clone(), value).is_some() {
                return Err(Problem::Twice(key));
            }
        }
        let segments = |text: Option<String>, wanted: fn(&&str) -> bool| {
            let mut text = text?;
            if !text.split('/').all(|part| wanted(&part)) {
                text = text.split('/').filter(wanted).collect::<Vec<_>>().join("/");
            }
            Some(text).filter(|text| !text.is_empty())
        };
        let known = kind::known(&kind);
        let mut purl = Self {
            kind: known.map_or(Cow::Owned(kind), |(name, ..)| Cow::Borrowed(name)),
            namespace: segments(parts.namespace, |part| !part.is_empty()),
            name: parts.name,
            version: parts.version.filter(|version| !version.is_empty()),
            qualifiers,
            // A way through the package never leaves it.
            subpath: segments(parts.subpath, |part| !["", ".", ".."].contains(part)),
        };
        if let Some(known) = known {
            kind::normalize(&mut purl, known);
        }
        if demands == Demands::Held {
            kind::check(&purl)?;
        }
        Ok(purl)
    }
}

impl FromStr for Purl {
    type Err = PurlError;

    /// Reads a package URL by the rules of its type, and brings it into its canonical form.
    fn from_str(text: &str) -> Result<Self, PurlError> {
        let purl = split(text).and_then(|parts| Self::of(parts, Demands::Held));
        purl.map_err(|problem| refused(text, problem))
    }
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("pkg:")?;
        f.write_str(&self.kind)?;
        f.write_char('/')?;
        if let Some(namespace) = &self.namespace {
            encode(namespace, Slash::Kept, f)?;
            f.write_char('/')?;
        }
        encode(&self.name, Slash::Encoded, f)?;
        if let Some(version) = &self.version {
            f.write_char('@')?;
            encode(version, Slash::Encoded, f)?;
        }
        for (at, (key, value)) in self.qualifiers.iter().enumerate() {
            write!(f, "{}{key}=", if at == 0 { '?' } else { '&' })?;
            encode(value, Slash::Encoded, f)?;
        }
        if let Some(subpath) = &self.subpath {
            f.write_char('#')?;
            encode(subpath, Slash::Kept, f)?;
        }
        Ok(())
    }
}

/// Returns the canonical spelling of a package URL, where what its type demands may be missing.
///
/// # Errors
/// [`PurlError`], with what is wrong.
pub fn canonical(text: &str) -> Result<String, PurlError> {
    Purl::parse_tolerant(text).map(|purl| purl.spelled())
}

fn refused(text: &str, problem: Problem) -> PurlError {
    PurlError { text: text.chars().take(SAID_SIGNS_MAX).collect(), problem }
}

/// Splits a package URL into its parts and decodes them, from the right to the left.
fn split(text: &str) -> Result<Parts, Problem> {
    if text.len() > PURL_BYTES_MAX {
        return Err(Problem::TooLong);
    }
    let (rest, subpath) = text.rsplit_once('#').map_or((text, None), |(a, b)| (a, Some(b)));
    let (rest, qualifiers) = rest.rsplit_once('?').map_or((rest, None), |(a, b)| (a, Some(b)));
    let (scheme, rest) = rest.split_once(':').ok_or(Problem::Scheme)?;
    if !scheme.eq_ignore_ascii_case("pkg") {
        return Err(Problem::Scheme);
    }
    let (kind, rest) = rest.trim_start_matches('/').split_once('/').ok_or(Problem::NoType)?;
    let rest = rest.trim_start_matches('/');
    let (path, version) = match rest.rsplit_once('@') {
        // The scope of an npm package, whose sign was not encoded.
        Some(("", scoped)) if scoped.contains('/') => (rest, None),
        Some((path, _)) if path.ends_with('/') => return Err(Problem::NoName),
        Some((path, version)) => (path, Some(version)),
        None => (rest, None),
    };
    let path = path.trim_end_matches('/');
    let (namespace, name) = path.rsplit_once('/').map_or((None, path), |(a, b)| (Some(a), b));
    let qualifiers = qualifiers.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let qualifier = |pair: &str| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        Ok((key.to_owned(), decode(value)?))
    };
    Ok(Parts {
        kind: kind.to_owned(),
        namespace: namespace.map(decode_segments).transpose()?,
        name: decode(name)?,
        version: version.map(decode).transpose()?,
        qualifiers: qualifiers.map(qualifier).collect::<Result<_, Problem>>()?,
        subpath: subpath.map(decode_segments).transpose()?,
    })
}

fn qualifier_key(key: &str) -> Result<String, Problem> {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    let fine = key.bytes().all(sign) && key.starts_with(|first: char| first.is_ascii_alphabetic());
    if fine {
        return Ok(key.to_ascii_lowercase());
    }
    Err(Problem::Key(key.chars().take(SAID_SIGNS_MAX).collect()))
}

fn decode_segments(text: &str) -> Result<String, Problem> {
    if !text.contains('%') {
        return Ok(text.to_owned());
    }
    let segment = |segment: &str| {
        let segment = decode(segment)?;
        if segment.contains('/') { Err(Problem::Slash) } else { Ok(segment) }
    };
    let segments: Vec<String> = text.split('/').map(segment).collect::<Result<_, _>>()?;
    Ok(segments.join("/"))
}

fn decode(text: &str) -> Result<String, Problem> {
    if !text.contains('%') {
        return Ok(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let pair = digit().zip(digit()).ok_or(Problem::Encoding)?;
        bytes.push((pair.0 * 16 + pair.1) as u8);
    }
    String::from_utf8(bytes).map_err(|_| Problem::Encoding)
}

/// What becomes of a slash: it separates the parts of a namespace, and is a sign elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slash {
    Kept,
    Encoded,
}

/// ECMA-427, 5.4: letters, digits, `.`, `-`, `_`, `~` and the colon are not encoded.
fn encode(text: &str, slash: Slash, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let plain = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || b".-_~:".contains(&byte)
            || (byte == b'/' && slash == Slash::Kept)
    };
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.bytes().position(|byte| !plain(byte)).unwrap_or(rest.len());
        f.write_str(&rest[..end])?;
        let Some(sign) = rest[end..].chars().next() else { break };
        let mut bytes = [0; 4];
        for byte in sign.encode_utf8(&mut bytes).bytes() {
            write!(f, "%{byte:02X}")?;
        }
        rest = &rest[end + sign.len_utf8()..];
    }
    Ok(())
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
            ("pkg://x///name", "pkg:x/name"),
            ("pkg:x/a//b/name", "pkg:x/a/b/name"),
            ("pkg:golang/stdlib@1.21.0", "pkg:golang/stdlib@1.21.0"),
            ("pkg:x/name#../a/./b/", "pkg:x/name#a/b"),
            ("pkg:x/name?b=2&a=1&c=", "pkg:x/name?a=1&b=2"),
            ("pkg:x/n%61me@1%2e0", "pkg:x/name@1.0"),
            ("pkg:x/漏洞@1", "pkg:x/%E6%BC%8F%E6%B4%9E@1"),
        ] {
            assert_eq!(canonical(text).as_deref(), Ok(expected), "{text}");
            assert_eq!(canonical(expected).as_deref(), Ok(expected), "its own canonical spelling");
        }
    }

    #[test]
    fn what_is_no_package_url_is_refused() {
        let long = format!("pkg:x/{}", "a".repeat(PURL_BYTES_MAX));
        for text in [
            "",
            "log4j",
            "pkg:",
            "pkg:maven",
            "pkg:maven/",
            "pkg:x/@1",
            "pkg:x/a/@1",
            "pkg:x/a%2",
            "pkg:x/a%zz",
            "pkg:x/%ff",
            "pkg:x/a%2Fb/name",
            "pkg:x/name?a b=c",
            "pkg:x/name?a=1&A=2",
            "pkg:x_y/name",
            &long,
        ] {
            assert!(canonical(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_rules_of_a_type_are_held() {
        for text in [
            "pkg:maven/log4j-core@2.14.1",
            "pkg:pypi/namespace/django",
            "pkg:julia/Dates@1.9.0",
            "pkg:cpan/LWP::UserAgent",
        ] {
            assert!(text.parse::<Purl>().is_err(), "{text}");
        }
        let purl: Purl = "pkg:PyPI/Django_Package@1.0.RC1".parse().expect("fine");
        assert_eq!((purl.name(), purl.version()), ("django-package", Some("1.0.rc1")));
    }
}
