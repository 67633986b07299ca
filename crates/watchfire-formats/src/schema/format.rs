//! Formats of texts that are asserted.

use crate::instant;

/// What a text must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    DateTime,
    Date,
    Uri,
    Iri,
    Reference,
    Email,
    Uuid,
    /// Read by others, and not asserted here.
    Free,
}

impl Format {
    pub(super) fn of(name: &str) -> Self {
        match name {
            "date-time" => Self::DateTime,
            "date" => Self::Date,
            "uri" => Self::Uri,
            "iri" => Self::Iri,
            "uri-reference" | "iri-reference" => Self::Reference,
            "email" | "idn-email" => Self::Email,
            "uuid" => Self::Uuid,
            _ => Self::Free,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::DateTime => "an instant as RFC 3339 writes it",
            Self::Date => "a day, as in `2021-12-10`",
            Self::Uri => "an absolute URI",
            Self::Iri => "an absolute IRI",
            Self::Reference => "a reference to a URI",
            Self::Email => "an address of mail",
            Self::Uuid => "a UUID",
            Self::Free => "a text",
        }
    }

    pub(super) fn fits(self, text: &str) -> bool {
        match self {
            Self::DateTime => instant::read(text).is_some(),
            Self::Date => instant::is_day(text),
            Self::Uri => has_scheme(text) && signs_are_fine(text, false) && port_is_fine(text),
            Self::Iri => has_scheme(text) && signs_are_fine(text, true) && port_is_fine(text),
            Self::Reference => signs_are_fine(text, true),
            Self::Email => text.split_once('@').is_some_and(|(user, host)| {
                !user.is_empty() && !host.is_empty() && !text.contains(char::is_whitespace)
            }),
            Self::Uuid => is_uuid(text),
            Self::Free => true,
        }
    }
}

/// RFC 3986, 3.1: a letter, then letters, digits and three signs, before the first colon.
fn has_scheme(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else { return false };
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(sign)
}

/// RFC 3986, 2: no blank, no bracket outside a host, each percent sign with two digits; the host
/// is not looked at closer, and a `#` stands once.
fn signs_are_fine(text: &str, beyond_ascii: bool) -> bool {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    let fine = bytes.iter().enumerate().all(|(at, byte)| match byte {
        b'%' => digit(at + 1) && digit(at + 2),
        b'<' | b'>' | b'"' | b'{' | b'}' | b'|' | b'\\' | b'^' | b'`' => false,
        0x21..=0x7e => true,
        0x80.. => beyond_ascii,
        _ => false,
    });
    let host = text.split_once("://").map_or("", |(_, rest)| rest);
    let host_ends = host.find(['/', '?', '#']).unwrap_or(host.len());
    let behind = if host.is_empty() { text } else { &host[host_ends..] };
    fine && bytes.iter().filter(|byte| **byte == b'#').count() <= 1 && !behind.contains(['[', ']'])
}

/// RFC 3986, 3.2.3: behind the host's colon stand digits alone.
fn port_is_fine(text: &str) -> bool {
    let authority = text.split_once("://").map_or("", |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let behind = host.rsplit_once(']').map_or(host, |(_, behind)| behind);
    let port = behind.split_once(':').map_or("", |(_, port)| port);
    port.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    let digits = text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    digits && lengths.eq([8, 4, 4, 4, 12])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_says_yes_and_no() {
        for (format, text, wanted) in [
            ("uri", "https://example.org/a?b=%20#c", true),
            ("uri", "urn:uuid:1", true),
            ("uri", "https://[::1]:80/", true),
            ("uri", "git://git@example.org:a/b.git", false),
            ("uri", "https://https://example.org/", true),
            ("uri", "www.example.org", false),
            ("uri", "https://example.org/a b", false),
            ("uri", "https://example.org/%zz", false),
            ("uri", "https://example.org/a[1]", false),
            ("uri", "https://example.org/漏", false),
            ("iri", "https://example.org/漏", true),
            ("iri", "漏", false),
            ("uri-reference", "../a", true),
            ("email", "a@b", true),
            ("email", "a", false),
            ("uuid", "123e4567-e89b-12d3-a456-426614174000", true),
            ("uuid", "123e4567e89b12d3a456426614174000", false),
            ("date", "2024-02-29", true),
            ("date", "2023-02-29", false),
            ("unheard", "", true),
        ] {
            assert_eq!(Format::of(format).fits(text), wanted, "{format}: {text}");
        }
    }
}
