//! What a node counts of itself, as Prometheus reads it. No label names a case or a person.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::clock::ClockStatus;
use crate::state::Node;

/// Upper bounds of the histogram, in seconds.
const BOUNDS_SECONDS: [f64; 7] = [0.005, 0.02, 0.1, 0.5, 1.0, 5.0, 30.0];

/// The counters, by name and labels.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<Asked, Answered>>,
    counts: Mutex<BTreeMap<&'static str, u64>>,
}

/// Which route, and how it went.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    route: String,
    method: String,
    status: u16,
}

#[derive(Debug, Clone, Default)]
struct Answered {
    count: u64,
    seconds: f64,
    within: [u64; BOUNDS_SECONDS.len()],
}

impl Metrics {
    /// Adds to a counter. `name` is its full name, such as `watchfire_rungs_fired_total`.
    pub fn add(&self, name: &'static str, more: u64) {
        *lock(&self.counts).entry(name).or_default() += more;
    }

    fn note(&self, asked: Asked, took: Duration) {
        let mut requests = lock(&self.requests);
        let answered = requests.entry(asked).or_default();
        answered.count += 1;
        answered.seconds += took.as_secs_f64();
        for (within, bound) in answered.within.iter_mut().zip(BOUNDS_SECONDS) {
            *within += u64::from(took.as_secs_f64() <= bound);
        }
    }

    /// Writes everything in the text form of Prometheus, version 0.0.4.
    pub(crate) fn text(&self, clock: &ClockStatus) -> String {
        let mut out = String::new();
        head(&mut out, "watchfire_info", "gauge", "The version that runs.");
        line(&mut out, "watchfire_info", &format!("version=\"{}\"", env!("CARGO_PKG_VERSION")), 1);
        head(&mut out, "watchfire_clock_in_doubt", "gauge", "Wall time is not what was expected.");
        line(&mut out, "watchfire_clock_in_doubt", "", u64::from(clock.doubt.is_some()));
        head(&mut out, "watchfire_clock_doubts_total", "counter", "Disagreements of the clocks.");
        line(&mut out, "watchfire_clock_doubts_total", "", clock.doubts);
        for (name, count) in &*lock(&self.counts) {
            head(&mut out, name, "counter", "See `docs/reference/metrics.md`.");
            line(&mut out, name, "", *count);
        }
        self.write_requests(&mut out);
        out
    }

    fn write_requests(&self, out: &mut String) {
        const NAME: &str = "watchfire_http_request_seconds";
        head(out, NAME, "histogram", "Time from a request to its answer, by route.");
        for (asked, answered) in &*lock(&self.requests) {
            let Asked { route, method, status } = asked;
            let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
            for (within, bound) in answered.within.iter().zip(BOUNDS_SECONDS) {
                line(out, &format!("{NAME}_bucket"), &format!("{labels},le=\"{bound}\""), *within);
            }
            let all = format!("{labels},le=\"+Inf\"");
            line(out, &format!("{NAME}_bucket"), &all, answered.count);
            line(out, &format!("{NAME}_sum"), &labels, answered.seconds);
            line(out, &format!("{NAME}_count"), &labels, answered.count);
        }
    }
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}").expect("a text takes text");
}

fn line(out: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
    writeln!(out, "{name}{labels} {value}").expect("a text takes text");
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Measures a request and notes it in the node's own log, by its route and never by its path: a
/// path may hold what is secret.
pub(crate) async fn measure(
    State(node): State<Node>,
    arrival: crate::request::Arrival,
    route: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let method = request.method().as_str().to_owned();
    let route = route.map_or("none".to_owned(), |route| route.as_str().to_owned());
    let began = std::time::Instant::now();
    let response = next.run(request).await;
    let took = began.elapsed();
    let status = response.status().as_u16();
    tracing::info!(
        request.id = %arrival.id, %method, %route, status, took_ms = took.as_millis(), "answered"
    );
    node.metrics().note(Asked { route, method, status }, took);
    response
}
