//! How much one source, one request and all of them together may ask.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Problem;
use crate::settings::Limits;
use crate::state::Node;

/// Sources that are remembered before those that were quiet are forgotten.
const SOURCES_BEFORE_FORGETTING: usize = 10_000;
/// So many lawbooks are put to past cases at once: each takes a processor.
const BACKTESTS_AT_ONCE_MAX: usize = 1;
/// When to come back after an overload.
const OVERLOAD_RETRY_SECONDS: u64 = 2;
/// How long somebody waits for the turn of a document.
pub(crate) const TURN_WITHIN: Duration = Duration::from_secs(10);
/// When to come back where its turn did not come.
const TURN_RETRY_SECONDS: u64 = 15;

/// What is counted of each source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Reports that come in.
    Report,
    /// Tries to sign in.
    Login,
    /// Questions with a tracking code or a receipt, which somebody might be guessing.
    Lookup,
}

/// The counters of a node.
#[derive(Debug)]
pub struct Counters {
    reports: DefaultKeyedRateLimiter<IpAddr>,
    logins: DefaultKeyedRateLimiter<IpAddr>,
    lookups: DefaultKeyedRateLimiter<IpAddr>,
    at_once: Arc<Semaphore>,
    documents_at_once: Arc<Semaphore>,
    backtests_at_once: Arc<Semaphore>,
}

impl Counters {
    /// Makes counters that stand at nothing.
    pub fn new(limits: &Limits) -> Self {
        let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let per_minute = |number| RateLimiter::keyed(Quota::per_minute(at_least_one(number)));
        let reports = Quota::per_hour(at_least_one(limits.reports_per_hour_max));
        Self {
            reports: RateLimiter::keyed(reports),
            logins: per_minute(limits.logins_per_minute_max),
            lookups: per_minute(limits.lookups_per_minute_max),
            at_once: Arc::new(Semaphore::new(limits.requests_at_once_max)),
            documents_at_once: Arc::new(Semaphore::new(limits.sboms_at_once_max)),
            backtests_at_once: Arc::new(Semaphore::new(BACKTESTS_AT_ONCE_MAX)),
        }
    }

    /// Waits at most so long until one more document, an SBOM or an advisory, may be taken in and
    /// read. Asked for before its bytes are, so that those that wait take no memory.
    ///
    /// # Errors
    /// `overloaded` where others take too long.
    pub async fn turn_of_a_document(
        &self,
        within: Duration,
    ) -> Result<OwnedSemaphorePermit, Problem> {
        let detail = "others send documents, and there was no turn for this one";
        turn(&self.documents_at_once, within, detail).await
    }

    /// Waits at most so long until one more lawbook may be put to past cases.
    ///
    /// # Errors
    /// `overloaded` where others take too long.
    pub async fn turn_of_a_backtest(
        &self,
        within: Duration,
    ) -> Result<OwnedSemaphorePermit, Problem> {
        let detail = "others put laws to past cases, and there was no turn for these";
        turn(&self.backtests_at_once, within, detail).await
    }

    /// Counts one more of `source`.
    ///
    /// # Errors
    /// `rate_limited`, which says when the next one is taken.
    pub fn count(&self, what: Counted, source: IpAddr) -> Result<(), Problem> {
        let limiter = match what {
            Counted::Report => &self.reports,
            Counted::Login => &self.logins,
            Counted::Lookup => &self.lookups,
        };
        if limiter.len() > SOURCES_BEFORE_FORGETTING {
            limiter.retain_recent();
        }
        limiter.check_key(&household(source)).map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            Problem::new(
                "rate_limited",
                "more came from this address than is taken in this time",
                "wait as long as `Retry-After` says",
            )
            .retry_after(wait.as_secs() + 1)
        })
    }
}

async fn turn(
    of: &Arc<Semaphore>,
    within: Duration,
    detail: &str,
) -> Result<OwnedSemaphorePermit, Problem> {
    let turn = tokio::time::timeout(within, of.clone().acquire_owned()).await;
    turn.ok().and_then(Result::ok).ok_or_else(|| {
        let hint = "send it again after the seconds of `Retry-After`";
        Problem::new("overloaded", detail, hint).retry_after(TURN_RETRY_SECONDS)
    })
}

/// An IPv6 subscriber has a whole /64 to ask from; it counts as one source.
fn household(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Takes as many requests at once as the node can work on, gives each its time, and sheds the rest.
pub(crate) async fn bound(
    State(node): State<Node>,
    request: Request<Body>,
    next: Next,
) -> Result<Response, Problem> {
    let Ok(_permit) = node.counters().at_once.clone().try_acquire_owned() else {
        return Err(Problem::new(
            "overloaded",
            "the node has more to do than it can",
            "ask again after the seconds of `Retry-After`",
        )
        .retry_after(OVERLOAD_RETRY_SECONDS));
    };
    let seconds = node.settings().limits.request_seconds_max;
    let within = Duration::from_secs(u64::from(seconds));
    tokio::time::timeout(within, next.run(request)).await.map_err(|_| {
        Problem::new(
            "request_timeout",
            format!("the request was not answered within {seconds} s"),
            "ask again with the same `Idempotency-Key`: whether it was done is not known",
        )
        .with_unknown_outcome()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counters() -> Counters {
        Counters::new(&Limits { logins_per_minute_max: 2, ..Limits::default() })
    }

    #[test]
    fn one_source_is_stopped_and_another_is_not() {
        let counters = counters();
        let [one, two] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
        assert!(counters.count(Counted::Login, one).is_ok());
        assert!(counters.count(Counted::Login, one).is_ok());
        let refused = counters.count(Counted::Login, one).unwrap_err();
        assert_eq!(refused.code(), "rate_limited");
        assert!(counters.count(Counted::Login, two).is_ok());
        assert!(counters.count(Counted::Lookup, one).is_ok(), "another thing is counted apart");
    }

    #[test]
    fn the_addresses_of_one_household_are_one_source() {
        let counters = counters();
        for address in ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"] {
            assert!(counters.count(Counted::Login, address.parse().unwrap()).is_ok());
        }
        let third = "2001:db8:1:2::3".parse().unwrap();
        assert!(counters.count(Counted::Login, third).is_err());
        let neighbour = "2001:db8:1:3::1".parse().unwrap();
        assert!(counters.count(Counted::Login, neighbour).is_ok());
    }
}
