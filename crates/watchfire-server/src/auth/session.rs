//! The session of a browser: an opaque cookie, and what its forms must carry.

use axum::http::{HeaderMap, HeaderValue, header};
use sha2::{Digest, Sha256};
use watchfire_core::ids::PartyId;
use watchfire_core::party::PASSWORD_CHARS_MAX;

use crate::error::Problem;
use crate::limit::Counted;
use crate::request::Arrival;
use crate::secret::hex;
use crate::state::Node;

/// The cookie where the browser sees TLS: bound to this very host, and never sent in the clear.
const COOKIE_HTTPS: &str = "__Host-watchfire";
/// The cookie on plain HTTP, that is on loopback.
const COOKIE_HTTP: &str = "watchfire";
/// Longer names to sign in with are nobody's.
const LOGIN_BYTES_MAX: usize = 64;

/// What a form of this session must carry: bound to the session, and no way back to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsrfToken(String);

impl CsrfToken {
    pub(super) fn of(session: &str) -> Self {
        let digest = Sha256::new_with_prefix(b"watchfire form\0").chain_update(session).finalize();
        Self(hex(&digest))
    }

    /// Returns the text for the form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks what a form carried.
    ///
    /// # Errors
    /// `origin_foreign` if it is not of this session.
    pub fn check(&self, carried: &str) -> Result<(), Problem> {
        // Compared by digest, so that the time tells nothing of where the two differ.
        if Sha256::digest(carried) == Sha256::digest(&self.0) {
            return Ok(());
        }
        Err(Problem::new(
            "origin_foreign",
            "the form is of another session",
            "open the page anew and send its form",
        ))
    }
}

/// Somebody signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// Who.
    pub party: PartyId,
    /// The value of `Set-Cookie`.
    pub cookie: HeaderValue,
}

/// Signs a person in by name and password, and opens a session.
///
/// # Errors
/// `rate_limited`; `login_failed`, the same whether the name or the password is wrong;
/// `overloaded`.
pub async fn sign_in(
    node: &Node,
    arrival: &Arrival,
    login: &str,
    password: &str,
) -> Result<SignedIn, Problem> {
    node.counters().count(Counted::Login, arrival.source)?;
    let fits = login.len() <= LOGIN_BYTES_MAX && password.chars().count() <= PASSWORD_CHARS_MAX;
    let (login, password) = if fits { (login, password) } else { ("", "") };
    let account = node.store().account(login).await?;
    let phc = account.as_ref().map(|account| account.phc().to_owned());
    let right = node.passwords().verify(phc, password.to_owned()).await?;
    let Some(account) = account.filter(|_| right) else {
        return Err(Problem::new(
            "login_failed",
            "name and password do not belong together",
            "check both; an administrator can set a new password",
        ));
    };
    let token = node.store().open_session(&account, node.now()).await?;
    let cookie = cookie(token.as_str(), arrival);
    Ok(SignedIn { party: account.party().clone(), cookie })
}

/// Ends the session of the request, if it has one. Returns the value of `Set-Cookie`.
///
/// # Errors
/// Failures of the store.
pub async fn sign_out(
    node: &Node,
    arrival: &Arrival,
    headers: &HeaderMap,
) -> Result<HeaderValue, Problem> {
    if let Some(token) = presented(headers, arrival) {
        node.store().close_session(&token).await?;
    }
    Ok(cleared_cookie(arrival))
}

/// Returns the value of `Set-Cookie` that makes a browser forget the session.
pub fn cleared_cookie(arrival: &Arrival) -> HeaderValue {
    let name = cookie_name(arrival);
    let secure = if arrival.is_https { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}"))
        .expect("a cookie of plain signs")
}

fn cookie(token: &str, arrival: &Arrival) -> HeaderValue {
    let name = cookie_name(arrival);
    let secure = if arrival.is_https { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax{secure}"))
        .expect("a token of hexadecimal digits")
}

fn cookie_name(arrival: &Arrival) -> &'static str {
    if arrival.is_https { COOKIE_HTTPS } else { COOKIE_HTTP }
}

/// Returns the session that the browser sent.
pub(super) fn presented(headers: &HeaderMap, arrival: &Arrival) -> Option<String> {
    let name = cookie_name(arrival);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, token)| *found == name && is_token(token))
        .map(|(_, token)| token.to_owned())
}

fn is_token(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|sign| sign.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_of_another_session_is_refused() {
        let [one, two] = ["a", "b"].map(CsrfToken::of);
        assert!(one.check(one.as_str()).is_ok());
        assert_eq!(one.check(two.as_str()).unwrap_err().code(), "origin_foreign");
        assert_eq!(one.check("").unwrap_err().code(), "origin_foreign");
    }
}
