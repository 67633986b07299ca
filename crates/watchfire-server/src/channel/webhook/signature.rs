//! Signatures by which a receiver knows that a webhook is ours (Standard Webhooks 1.0.0).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What every secret begins with.
const PREFIX: &str = "whsec_";
/// Fewer bytes of a secret could be guessed (the standard asks for 24 to 64).
const SECRET_BYTES_MIN: usize = 24;
const SECRET_BYTES_MAX: usize = 64;

/// The secrets that sign: one, or two while the receiver changes from one to the other.
#[derive(Clone)]
pub(crate) struct Secrets(Vec<Vec<u8>>);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

impl Secrets {
    /// Reads secrets, one a line: `whsec_` and 24 to 64 bytes in base 64.
    ///
    /// Returns `None` where there is none or one is malformed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let secrets: Option<Vec<Vec<u8>>> = lines
            .map(|line| {
                let bytes = STANDARD.decode(line.strip_prefix(PREFIX)?).ok()?;
                (SECRET_BYTES_MIN..=SECRET_BYTES_MAX).contains(&bytes.len()).then_some(bytes)
            })
            .collect();
        secrets.filter(|secrets| !secrets.is_empty()).map(Self)
    }

    /// Returns the header `webhook-signature`: one signature for each secret.
    pub(crate) fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        let one = |secret: &Vec<u8>| {
            let mut mac =
                Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length is taken");
            mac.update(format!("{id}.{seconds}.").as_bytes());
            mac.update(body);
            format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
        };
        self.0.iter().map(one).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_is_signed_alike() {
        let secrets = Secrets::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").unwrap();
        assert_eq!(
            secrets.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn two_secrets_sign_side_by_side() {
        let [one, two] = [1u8, 2].map(|n| format!("{PREFIX}{}", STANDARD.encode([n; 24])));
        let both = Secrets::parse(&format!("{one}\n{two}\n")).unwrap().sign("i", 1, b"b");
        let alone = Secrets::parse(&one).unwrap().sign("i", 1, b"b");
        assert!(both.starts_with(&format!("{alone} v1,")), "{both}");
    }

    #[test]
    fn a_secret_that_is_none_is_refused() {
        let short = format!("{PREFIX}{}", STANDARD.encode([1; 23]));
        for text in ["", "\n", "secret", "whsec_", "whsec_*", short.as_str()] {
            assert!(Secrets::parse(text).is_none(), "{text}");
        }
    }
}
