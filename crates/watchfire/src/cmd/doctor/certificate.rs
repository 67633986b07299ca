//! Until when a certificate holds: just as much of X.509 (RFC 5280, section 4.1) as that needs.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Tags of DER (X.690): what they hold stands one after another.
const SEQUENCE: u8 = 0x30;
/// `[0] EXPLICIT`: the version of a certificate, which may be left out.
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Returns when a certificate in DER form ends, or `None` if it cannot be read.
pub(super) fn not_after(certificate: &[u8]) -> Option<Timestamp> {
    let (certificate, _) = inside(certificate, SEQUENCE)?;
    let (mut rest, _) = inside(certificate, SEQUENCE)?;
    if rest.first() == Some(&VERSION) {
        rest = element(rest)?.2;
    }
    // Serial number, algorithm of the signature, issuer.
    for _ in 0..3 {
        rest = element(rest)?.2;
    }
    let (validity, _) = inside(rest, SEQUENCE)?;
    let (_, _, after) = element(validity)?;
    let (tag, text, _) = element(after)?;
    instant(tag, std::str::from_utf8(text).ok()?)
}

/// RFC 5280, section 4.1.2.5: two digits of the year mean 1950 to 2049, and both forms are in UTC
/// with seconds.
fn instant(tag: u8, text: &str) -> Option<Timestamp> {
    let digits = text.strip_suffix('Z')?;
    let full = match (tag, digits.len()) {
        (UTC_TIME, 12) => {
            let century = if digits < "50" { "20" } else { "19" };
            format!("{century}{digits}")
        }
        (GENERALIZED_TIME, 14) => digits.to_owned(),
        _ => return None,
    };
    let local = DateTime::strptime("%Y%m%d%H%M%S", full).ok()?;
    Some(local.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp())
}

/// What an element of this tag holds, and what follows it.
fn inside(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, held, after) = element(bytes)?;
    (tag == wanted).then_some((held, after))
}

/// Reads one element: its tag, what it holds, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        // So many bytes hold the length; four are more than any certificate needs.
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (held, after) = rest.split_at_checked(length)?;
    Some((tag, held, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;

    #[test]
    fn the_end_of_a_certificate_is_read_as_openssl_tells_it() {
        let pem = include_bytes!("../../../../watchfire-server/tests/data/first.cert.pem");
        let der = CertificateDer::from_pem_slice(pem).expect("a certificate");
        let told = "2126-10-31T01:29:58Z".parse().expect("an instant");
        assert_eq!(not_after(&der), Some(told));
        for cut in 0..der.len().min(120) {
            assert_eq!(not_after(&der[..cut]), None, "{cut}");
        }
    }

    #[test]
    fn both_forms_of_time_are_read_at_their_borders() {
        for (tag, text, told) in [
            (UTC_TIME, "491231235959Z", Some("2049-12-31T23:59:59Z")),
            (UTC_TIME, "500101000000Z", Some("1950-01-01T00:00:00Z")),
            (GENERALIZED_TIME, "20500101000000Z", Some("2050-01-01T00:00:00Z")),
            (UTC_TIME, "491231235959", None),
            (UTC_TIME, "20500101000000Z", None),
            (GENERALIZED_TIME, "20501301000000Z", None),
        ] {
            let told = told.map(|told| told.parse().expect("an instant"));
            assert_eq!(instant(tag, text), told, "{text}");
        }
    }
}
