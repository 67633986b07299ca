//! What a schema may ask of a text.

/// A format that a text must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextFormat {
    /// An instant of RFC 3339.
    DateTime,
    /// A day of RFC 3339.
    Date,
    /// A reference of RFC 3987, with or without a scheme.
    Reference,
    /// An address of RFC 3986, with its scheme.
    Address,
    /// An address of electronic mail.
    Email,
}

impl TextFormat {
    /// The format that a schema calls `name`; `None` where it asks for nothing.
    pub(crate) fn named(name: &str) -> Result<Option<Self>, String> {
        Ok(Some(match name {
            "date-time" => Self::DateTime,
            "date" => Self::Date,
            "iri-reference" => Self::Reference,
            "uri" => Self::Address,
            "idn-email" | "email" => Self::Email,
            // No format of JSON Schema, though the schemas of the field name it.
            "string" => return Ok(None),
            other => return Err(format!("the format `{other}` is not understood")),
        }))
    }

    pub(crate) fn fits(self, text: &str) -> bool {
        match self {
            Self::DateTime => is_date_time(text),
            Self::Date => is_date(text),
            Self::Reference => is_reference(text),
            Self::Address => has_scheme(text) && is_reference(text),
            Self::Email => is_email(text),
        }
    }

    /// What a person calls it.
    pub(crate) fn said(self) -> &'static str {
        match self {
            Self::DateTime => "an instant such as `2026-11-30T10:00:00Z`",
            Self::Date => "a day such as `2026-11-30`",
            Self::Address => "an address with its scheme",
            Self::Reference => "an address, or a part of one",
            Self::Email => "an address of electronic mail",
        }
    }
}

fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// Whether a text is a day that is in the calendar.
pub(crate) fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    if (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return false;
    }
    let (Some(year), Some(month), Some(day)) = (number(year), number(month), number(day)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// Whether a text is an instant of RFC 3339, leap seconds included.
pub(crate) fn is_date_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', 't']) else { return false };
    let Some(zone) = time.rfind(['Z', 'z', '+', '-']) else { return false };
    let (time, zone) = time.split_at(zone);
    is_date(date) && is_time(time) && is_zone(zone)
}

/// Whether a text is a time of day with seconds, and with a fraction of them or without.
pub(crate) fn is_time(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
    let parts: Vec<&str> = whole.split(':').collect();
    let [hour, minute, second] = parts[..] else { return false };
    let within = |text: &str, most: u32| text.len() == 2 && number(text).is_some_and(|n| n <= most);
    let fraction =
        fraction.is_none_or(|it| !it.is_empty() && it.bytes().all(|b| b.is_ascii_digit()));
    within(hour, 23) && within(minute, 59) && within(second, 60) && fraction
}

/// Whether a text is `Z` or an offset such as `+08:00`.
pub(crate) fn is_zone(text: &str) -> bool {
    if text.eq_ignore_ascii_case("z") {
        return true;
    }
    let Some(offset) = text.strip_prefix(['+', '-']) else { return false };
    let Some((hours, minutes)) = offset.split_once(':') else { return false };
    let within = |text: &str, most: u32| text.len() == 2 && number(text).is_some_and(|n| n <= most);
    within(hours, 23) && within(minutes, 59)
}

fn is_reference(text: &str) -> bool {
    let outside =
        |sign: char| sign.is_whitespace() || sign.is_control() || "<>\"{}|\\^`".contains(sign);
    if text.contains(outside) || text.matches('#').count() > 1 {
        return false;
    }
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        let hex = rest.get(at + 1..at + 3);
        if !hex.is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) {
            return false;
        }
        rest = &rest[at + 3..];
    }
    true
}

/// Whether a text begins with a scheme such as `https:`.
pub(crate) fn has_scheme(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else { return false };
    let rest = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(rest)
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else { return false };
    !name.is_empty() && !host.is_empty() && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::TextFormat;

    #[test]
    fn instants_are_those_of_the_calendar() {
        let fits = |text| TextFormat::DateTime.fits(text);
        for good in ["2024-02-29T00:00:00Z", "2021-11-24T15:30:00.5+08:00", "2016-12-31T23:59:60Z"]
        {
            assert!(fits(good), "{good}");
        }
        for bad in [
            "2023-02-29T00:00:00Z",
            "2021-13-01T00:00:00Z",
            "2021-11-24",
            "2021-11-24T15:30:00",
            "2021-11-24T24:00:00Z",
            "2021-11-24T15:30Z",
            "2021-11-24T15:30:00.Z",
            "T",
            "",
        ] {
            assert!(!fits(bad), "{bad}");
        }
    }

    #[test]
    fn references_and_addresses_hold_no_spaces() {
        assert!(TextFormat::Reference.fits("https://example.org/a%20b#c"));
        assert!(TextFormat::Reference.fits("漏洞"));
        for bad in ["a b", "a%2", "a#b#c", "<a>"] {
            assert!(!TextFormat::Reference.fits(bad), "{bad}");
        }
        assert!(TextFormat::Address.fits("urn:x:y") && !TextFormat::Address.fits("RS256"));
        assert!(TextFormat::Email.fits("a@example.org") && !TextFormat::Email.fits("example.org"));
    }
}
