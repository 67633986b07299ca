//! Passwords: Argon2id, few at once, and the same time whether somebody exists or not.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::error::Problem;

/// Memory of one computation, in KiB.
const MEMORY_KIB: u32 = 19_456;
/// Passes over it.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// Computations at once, so that signing in is no way to exhaust the node.
const AT_ONCE_MAX: usize = 2;
/// More that wait are refused.
const WAITING_MAX: usize = 16;
/// When to come back.
const BUSY_RETRY_SECONDS: u64 = 2;

/// What a password is compared with where there is no account: nobody's.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$\
    d2F0Y2hmaXJlLW5vYm9keQ$IBZ9Xbm8eX4kDz9Vn7a5p3Kk0yq3d1v7uJ0mT6rR2Hw";

/// Computes and compares, on threads that may block.
#[derive(Debug, Clone)]
pub struct Passwords {
    at_once: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            at_once: Arc::new(Semaphore::new(AT_ONCE_MAX)),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
        }
    }
}

impl Passwords {
    /// Returns the PHC string of a password, with a salt of its own.
    ///
    /// # Errors
    /// `overloaded` if too many are computed already.
    pub async fn hash(&self, password: String) -> Result<String, Problem> {
        self.compute(move || {
            let salt = crate::secret::random::<16>();
            argon2()
                .hash_password_with_salt(password.as_bytes(), &salt)
                .map(|hash| hash.to_string())
                .map_err(|error| Problem::internal(&error))
        })
        .await?
    }

    /// Returns whether the password belongs to `phc`. Without one it takes as long and says no.
    ///
    /// # Errors
    /// `overloaded` if too many are computed already.
    pub async fn verify(&self, phc: Option<String>, password: String) -> Result<bool, Problem> {
        self.compute(move || {
            let known = phc.is_some();
            let phc = phc.unwrap_or_else(|| NOBODYS.to_owned());
            let hash = PasswordHash::new(&phc).map_err(|error| Problem::internal(&error))?;
            let fits = argon2().verify_password(password.as_bytes(), &hash).is_ok();
            Ok(known && fits)
        })
        .await?
    }

    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let busy = || {
            Problem::new(
                "overloaded",
                "too many people sign in at this moment",
                "try again after the seconds of `Retry-After`",
            )
            .retry_after(BUSY_RETRY_SECONDS)
        };
        let waiting = self.waiting.try_acquire().map_err(|_| busy())?;
        let permit = self.at_once.clone().acquire_owned().await.map_err(|_| busy())?;
        drop(waiting);
        let work = move || {
            let done = work();
            drop(permit);
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Problem::internal(&error))
    }
}

fn argon2() -> Argon2<'static> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).expect("these parameters are within bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_and_no_other_is() {
        let passwords = Passwords::default();
        let phc = passwords.hash("correct horse battery".to_owned()).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        let right = passwords.verify(Some(phc.clone()), "correct horse battery".to_owned());
        assert_eq!(right.await, Ok(true));
        let wrong = passwords.verify(Some(phc), "correct horse batterz".to_owned());
        assert_eq!(wrong.await, Ok(false));
    }

    #[tokio::test]
    async fn nobody_has_a_password_and_it_is_still_computed() {
        let hash = PasswordHash::new(NOBODYS).expect("a PHC string");
        assert_eq!(hash.to_string(), NOBODYS);
        let passwords = Passwords::default();
        assert_eq!(passwords.verify(None, "anything at all".to_owned()).await, Ok(false));
    }
}
