//! Random secrets and their digests. A secret is shown once and kept only as its digest.

use std::fmt;

use sha2::{Digest, Sha256};

/// Crockford's alphabet, as in ids: no I, L, O, U.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Random bytes of a tracking code.
const TRACKING_BYTES: usize = 20;

/// Draws bytes from the operating system.
///
/// # Panics
/// If it has none to give: no secret could be trusted then.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// Writes bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A text that opens something: never printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret that somebody presented.
    pub fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Draws a secret of 256 random bits behind a prefix by which scanners know it.
    pub fn draw(prefix: &str) -> Self {
        Self(format!("{prefix}{}", hex(&random::<32>())))
    }

    /// Draws a tracking code: 160 random bits, made to be read aloud and typed.
    pub fn draw_tracking_code() -> Self {
        Self::tracking_code_from(&random::<32>())
    }

    /// Writes the first 160 bits of `secret` as a tracking code.
    pub fn tracking_code_from(secret: &[u8; 32]) -> Self {
        let mut code = String::from("WT");
        let (mut bits, mut held) = (0_u32, 0);
        for byte in &secret[..TRACKING_BYTES] {
            bits = (bits << 8) | u32::from(*byte);
            held += 8;
            while held >= 5 {
                held -= 5;
                code.push(char::from(SYMBOLS[((bits >> held) & 31) as usize]));
            }
            bits &= (1 << held) - 1;
        }
        Self::typed_tracking_code(&code)
    }

    /// Reads a tracking code as people type it: any case, any blanks, I and L for 1, O for 0.
    pub fn typed_tracking_code(text: &str) -> Self {
        let symbols: Vec<char> = text
            .chars()
            .filter(|sign| !sign.is_whitespace() && *sign != '-')
            .take(64)
            .map(|sign| match sign.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            })
            .collect();
        let mut code = String::new();
        for (at, symbol) in symbols.iter().enumerate() {
            if at >= 2 && (at - 2) % 4 == 0 {
                code.push('-');
            }
            code.push(*symbol);
        }
        Self(code)
    }

    /// Returns the text, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Returns SHA-256 of the text. Enough for what is random through and through; passwords have
    /// Argon2.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tracking_code_is_read_as_people_type_it() {
        let code = Secret::draw_tracking_code();
        assert_eq!(code.reveal().len(), 2 + 8 * 5);
        let typed = code.reveal().to_lowercase().replace('-', " ");
        assert_eq!(Secret::typed_tracking_code(&typed), code);
        assert_ne!(Secret::typed_tracking_code(&typed[1..]), code);
    }

    #[test]
    fn a_secret_is_not_printed_by_accident() {
        let secret = Secret::draw("wf_");
        assert_eq!(secret.reveal().len(), 3 + 64);
        assert!(!format!("{secret:?}").contains(&secret.reveal()[3..]));
    }
}
