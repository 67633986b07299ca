//! Instants and days, as the documents of the field write them.

use jiff::Timestamp;

/// Reads an instant as RFC 3339 writes it, with `Z` or an offset.
///
/// A second of 60 is read as the last of its minute, since no clock here has it.
pub fn read(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let day = text.get(..10)?;
    let behind = bytes.get(10)?;
    let zone = text.get(19..)?;
    let seconds = text.get(11..19)?;
    let offset = zone.trim_start_matches(|sign: char| sign == '.' || sign.is_ascii_digit());
    let fraction = &zone[..zone.len() - offset.len()];
    let shaped = is_day(day)
        && matches!(behind, b'T' | b't')
        && shape(seconds, "99:99:99")
        && (fraction.is_empty() || (fraction.starts_with('.') && fraction.len() > 1))
        && fraction.matches('.').count() < 2
        && (matches!(offset, "Z" | "z") || shape(offset, "+99:99"));
    // Finer than a nanosecond nothing is told apart.
    let fraction = fraction.get(..10).unwrap_or(fraction);
    shaped.then(|| format!("{day}T{seconds}{fraction}{offset}").parse().ok()).flatten()
}

/// Reads an instant that may lack its zone, which is UTC then, as the CVE programme says.
pub fn read_or_utc(text: &str) -> Option<Timestamp> {
    read(text).or_else(|| read(&format!("{text}Z")))
}

/// Whether `text` is a day of the calendar, as in `2021-12-10`.
pub fn is_day(text: &str) -> bool {
    shape(text, "9999-99-99") && text.parse::<jiff::civil::Date>().is_ok()
}

/// Whether `text` has digits where `form` has nines, either sign for a plus, and else the same.
fn shape(text: &str, form: &str) -> bool {
    let same = |(byte, form): (u8, u8)| match form {
        b'9' => byte.is_ascii_digit(),
        b'+' => byte == b'+' || byte == b'-',
        form => byte == form,
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(same)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_read_where_it_is_whole() {
        for (text, wanted) in [
            ("2021-12-10T00:40:56Z", Some("2021-12-10T00:40:56Z")),
            ("2021-12-10t00:40:56.5z", Some("2021-12-10T00:40:56.5Z")),
            ("2021-12-10T00:40:56.123456789123Z", Some("2021-12-10T00:40:56.123456789Z")),
            ("2021-12-10T08:40:56+08:00", Some("2021-12-10T00:40:56Z")),
            ("2016-12-31T23:59:60Z", Some("2016-12-31T23:59:59Z")),
            ("2021-12-10T00:40:56", None),
            ("2021-12-10 00:40:56Z", None),
            ("2021-12-10", None),
            ("2021-02-30T00:00:00Z", None),
            ("2021-12-10T24:00:00Z", None),
            ("2021-12-10T00:00:00.Z", None),
            ("2021-12-10T00:00:00+0800", None),
            ("2021-12-10T00:00:00Z[UTC]", None),
            ("2021-12-1漏T00:00:00Z", None),
            ("", None),
        ] {
            let read = read(text).map(|instant| instant.to_string());
            assert_eq!(read.as_deref(), wanted, "{text}");
        }
        assert!(read_or_utc("2021-12-10T00:40:56").is_some());
        assert!(is_day("2024-02-29") && !is_day("2023-02-29") && !is_day("20240229"));
    }
}
