//! What a measurement says: the figure, the floor of the same run, and how far to believe it.

use std::fs;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A floor that moved by more than this between alternations makes a run void.
const FLOOR_MOVED_MAX: f64 = 0.25;
/// Processors that others used meanwhile; more of them make a run void.
const FOREIGN_CPUS_MAX: f64 = 0.3;

/// One figure.
#[derive(Debug, Clone)]
pub(crate) struct Measure {
    /// What was measured: `engine/one-case`.
    pub(crate) path: &'static str,
    /// How many there were of it in each round.
    pub(crate) n: usize,
    /// The figure and its unit.
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    /// More about it, such as other percentiles: name and value in the same unit.
    pub(crate) also: Vec<(&'static str, f64)>,
    /// What the machine itself needed for the same, in the same run.
    pub(crate) floor: Option<Floor>,
    /// What we want, in words, and whether this is it.
    pub(crate) goal: Option<(String, bool)>,
    /// SHA-256 of every answer; the same on every machine where there is one.
    pub(crate) answers: Option<String>,
    /// Processors that others used meanwhile.
    pub(crate) foreign_cpus: f64,
}

/// A limit of the machine, measured in alternation with the figure.
#[derive(Debug, Clone)]
pub(crate) struct Floor {
    pub(crate) what: &'static str,
    /// Its median, in the unit of the figure.
    pub(crate) value: f64,
    /// The figure over the floor: the median of the pairs, and the least and the greatest.
    pub(crate) ratio: f64,
    pub(crate) ratio_min: f64,
    pub(crate) ratio_max: f64,
    /// How far it moved over the run: (greatest − least) / median.
    pub(crate) moved: f64,
}

impl Floor {
    /// Compares pairs of (floor, figure) of the same unit.
    pub(crate) fn of(what: &'static str, pairs: &[(f64, f64)]) -> Self {
        let floors = sorted(pairs.iter().map(|(floor, _)| *floor));
        let ratios = sorted(pairs.iter().map(|(floor, ours)| ours / floor));
        let value = percentile(&floors, 50.0);
        let (least, greatest) = (first(&floors), last(&floors));
        Self {
            what,
            value,
            ratio: percentile(&ratios, 50.0),
            ratio_min: first(&ratios),
            ratio_max: last(&ratios),
            moved: (greatest - least) / value,
        }
    }
}

impl Measure {
    /// A figure without floor, goal and answers.
    pub(crate) fn new(path: &'static str, n: usize, value: f64, unit: &'static str) -> Self {
        Self {
            path,
            n,
            value,
            unit,
            also: Vec::new(),
            floor: None,
            goal: None,
            answers: None,
            foreign_cpus: 0.0,
        }
    }

    /// A figure beside a peer whose pairs are (theirs, ours): the goal is to be `times` as fast.
    pub(crate) fn beside(
        (path, unit): (&'static str, &'static str),
        peer: &'static str,
        n: usize,
        pairs: &[(f64, f64)],
        times: f64,
    ) -> Self {
        let median = percentile(&sorted(pairs.iter().map(|(_, ours)| *ours)), 50.0);
        let floor = Floor::of(peer, pairs);
        // Only the worst pair passes a goal.
        let met = floor.ratio_max * times <= 1.0;
        let goal = Some((format!("{times} × as fast in the worst pair"), met));
        Self { goal, floor: Some(floor), ..Self::new(path, n, median, unit) }
    }

    /// Why the figure must not be believed, if so: nothing is passed or missed by a void run.
    pub(crate) fn void(&self) -> Option<String> {
        if self.foreign_cpus > FOREIGN_CPUS_MAX {
            return Some(format!("others used {:.1} processors", self.foreign_cpus));
        }
        let moved = self.floor.as_ref().map_or(0.0, |floor| floor.moved);
        (moved > FLOOR_MOVED_MAX).then(|| format!("the floor moved by {:.0} %", moved * 100.0))
    }

    fn verdict(&self) -> String {
        let Some((goal, met)) = &self.goal else { return String::new() };
        match (self.void(), met) {
            (Some(why), true) => format!("  goal {goal}: met, though {why}"),
            (Some(why), false) => format!("  goal {goal}: VOID, {why}"),
            (None, true) => format!("  goal {goal}: met"),
            (None, false) => format!("  goal {goal}: MISSED"),
        }
    }

    /// Returns whether a goal was missed by a run that counts.
    pub(crate) fn missed(&self) -> bool {
        self.void().is_none() && self.goal.as_ref().is_some_and(|(_, met)| !met)
    }

    /// One or more lines for people.
    pub(crate) fn told(&self) -> String {
        let also: String =
            self.also.iter().map(|(name, value)| format!(", {name} {}", figure(*value))).collect();
        let mut told = format!(
            "{:<24} {} {}{also} (n = {})",
            self.path,
            figure(self.value),
            self.unit,
            self.n
        );
        if let Some(floor) = &self.floor {
            told += &format!(
                "\n  floor: {} {} {}; ratio {} ({} to {})",
                floor.what,
                figure(floor.value),
                self.unit,
                figure(floor.ratio),
                figure(floor.ratio_min),
                figure(floor.ratio_max)
            );
        }
        let verdict = self.verdict();
        if !verdict.is_empty() {
            told += &format!("\n{verdict}");
        }
        told
    }

    /// One line for programs.
    pub(crate) fn json(&self) -> Value {
        let floor = self.floor.as_ref();
        let also: serde_json::Map<_, _> =
            self.also.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        json!({
            "path": self.path,
            "n": self.n,
            "value": self.value,
            "unit": self.unit,
            "also": also,
            "floor": floor.map(|floor| floor.what),
            "floor_value": floor.map(|floor| floor.value),
            "floor_moved": floor.map(|floor| floor.moved),
            "ratio_floor": floor.map(|floor| floor.ratio),
            "ratio_floor_min": floor.map(|floor| floor.ratio_min),
            "ratio_floor_max": floor.map(|floor| floor.ratio_max),
            "goal": self.goal.as_ref().map(|(goal, _)| goal),
            "met": self.goal.as_ref().map(|(_, met)| met),
            "void": self.void(),
            "answers_sha256": self.answers,
            "foreign_cpus": self.foreign_cpus,
            "rss_peak_kib": status_kib("self", "VmHWM:"),
        })
    }
}

/// Three significant digits; of what is less than a thousand-millionth, what is left of it.
fn figure(value: f64) -> String {
    let decimals = match value.abs().log10().floor() {
        exponent if exponent >= 2.0 => 0,
        exponent if exponent >= -9.0 => (2.0 - exponent) as usize,
        _ => 2,
    };
    format!("{value:.decimals$}")
}

pub(crate) fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn first(sorted: &[f64]) -> f64 {
    sorted.first().copied().unwrap_or(f64::NAN)
}

fn last(sorted: &[f64]) -> f64 {
    sorted.last().copied().unwrap_or(f64::NAN)
}

/// The value below which `percent` of a hundred lie, by the nearest rank.
pub(crate) fn percentile(sorted: &[f64], percent: f64) -> f64 {
    let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

/// What time and which processors a stretch of work took.
pub(crate) struct Watch {
    began: Instant,
    busy_seconds: f64,
    own_seconds: f64,
}

impl Watch {
    pub(crate) fn start() -> Self {
        Self { began: Instant::now(), busy_seconds: busy_seconds(), own_seconds: own_seconds() }
    }

    pub(crate) fn wall(&self) -> Duration {
        self.began.elapsed()
    }

    /// Returns how many processors others kept busy since the start.
    pub(crate) fn foreign_cpus(&self) -> f64 {
        let wall = self.wall().as_secs_f64().max(0.01);
        let busy = busy_seconds() - self.busy_seconds;
        ((busy - (own_seconds() - self.own_seconds)) / wall).max(0.0)
    }
}

/// Processor time of this process and of its children, in seconds: peers and nodes are no others.
fn own_seconds() -> f64 {
    let waited_for = seconds_of_process("self");
    waited_for + children().iter().map(|child| seconds_of_process(child)).sum::<f64>()
}

/// The children that still run.
fn children() -> Vec<String> {
    let own = std::process::id().to_string();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let named = processes.filter_map(|entry| entry.file_name().into_string().ok());
    let numbered = named.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
    numbered.filter(|process| stat_of(process).get(1) == Some(&own)).collect()
}

/// What `/proc` says of a process, from its state on; nothing where it is gone.
fn stat_of(process: &str) -> Vec<String> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name in parentheses may hold anything.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    fields.map(str::to_owned).collect()
}

/// Processor time of a process and of the children that it waited for, in seconds.
pub(crate) fn seconds_of_process(process: &str) -> f64 {
    let fields = stat_of(process);
    let ticks = fields.iter().skip(11).take(4).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// Processor time of this process alone, in seconds.
pub(crate) fn process_seconds() -> f64 {
    seconds_of(ClockId::ProcessCPUTime)
}

/// Processor time of this thread, in seconds: others may take the processor without harm.
pub(crate) fn thread_seconds() -> f64 {
    seconds_of(ClockId::ThreadCPUTime)
}

fn seconds_of(clock: ClockId) -> f64 {
    let time = clock_gettime(clock);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Processor time of everybody, as `/proc/stat` counts it in hundredths of a second.
fn busy_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let fields = stat.lines().next().unwrap_or_default().split_whitespace().skip(1);
    let ticks: Vec<f64> = fields.filter_map(|field| field.parse().ok()).collect();
    // user, nice, system, idle, iowait, irq, softirq, …: all but idle and iowait are busy.
    let busy: f64 =
        ticks.iter().enumerate().filter(|(at, _)| !(3..=4).contains(at)).map(|(_, it)| it).sum();
    busy / 100.0
}

/// A line of `/proc/PROCESS/status`, in KiB.
pub(crate) fn status_kib(process: &str, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The digest over answers, each with its length.
pub(crate) struct Answers(Sha256);

impl Answers {
    pub(crate) fn new() -> Self {
        Self(Sha256::new())
    }

    pub(crate) fn add(&mut self, answer: &[u8]) {
        self.0.update((answer.len() as u64).to_be_bytes());
        self.0.update(answer);
    }

    pub(crate) fn hex(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let values = sorted([4.0, 1.0, 3.0, 2.0].into_iter());
        assert_eq!(percentile(&values, 50.0), 2.0);
        assert_eq!(percentile(&values, 99.0), 4.0);
        assert_eq!(percentile(&values, 25.0), 1.0);
    }

    #[test]
    fn a_figure_has_three_digits_however_small_it_is() {
        let said = [1234.0, 99.94, 9.994, 0.18149, 0.009_987, 0.000_001_234, 0.0].map(figure);
        assert_eq!(said, ["1234", "99.9", "9.99", "0.181", "0.00999", "0.00000123", "0.00"]);
    }

    #[test]
    fn what_children_take_is_not_of_others() {
        let spin = "import time\nuntil = time.process_time() + 0.2\n\
                    while time.process_time() < until: pass\nimport sys; sys.stdin.read()";
        let spun = std::process::Command::new("python3")
            .args(["-c", spin])
            .stdin(std::process::Stdio::piped())
            .spawn();
        let Ok(mut child) = spun else {
            use std::io::Write as _;
            std::io::stderr().write_all(b"SKIPPED: no python3\n").expect("stderr");
            return;
        };
        let process = child.id().to_string();
        while seconds_of_process(&process) < 0.15 {
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(children().contains(&process));
        let before = own_seconds();
        assert!(before >= 0.15, "{before}");
        drop(child.stdin.take());
        child.wait().expect("it ends");
        assert!(own_seconds() >= before && !children().contains(&process));
    }

    #[test]
    fn a_run_beside_others_or_on_a_moving_floor_misses_nothing() {
        let mut measure = Measure::new("a/b", 1, 2.0, "s");
        measure.goal = Some(("≤ 1 s".to_owned(), false));
        assert!(measure.missed());
        measure.foreign_cpus = 0.31;
        assert!(!measure.missed() && measure.told().contains("VOID"));
        measure.foreign_cpus = 0.3;
        measure.floor = Some(Floor::of("x", &[(1.0, 2.0), (1.0, 3.0), (1.26, 2.0)]));
        assert!(!measure.missed());
        measure.floor = Some(Floor::of("x", &[(1.0, 2.0), (1.0, 3.0), (1.25, 2.0)]));
        assert!(measure.missed());
    }
}
