//! What signed statements are written in: names and the encoding that advisories and SBOMs share.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// How the type of a statement of in-toto begins, of any version.
pub(crate) const STATEMENT: &str = "https://in-toto.io/Statement/";

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// What a payload encodes. Source: DSSE, envelope: either alphabet of RFC 4648 may be met.
pub(crate) fn payload(encoded: &str) -> Option<Vec<u8>> {
    let plain = GeneralPurpose::new(&alphabet::STANDARD, LENIENT).decode(encoded);
    plain.or_else(|_| GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT).decode(encoded)).ok()
}
