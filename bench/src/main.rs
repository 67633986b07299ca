//! Measures what is built. Every figure stands beside a floor of the same run, and its answers are
//! checked: a figure of wrong answers is none.

mod engine;
mod house;
mod impact;
mod log;
mod measure;
mod node;
mod p1;
mod p2;
mod p6;
mod server;
mod store;
mod wire;

use std::error::Error;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use house::Place;
use measure::Measure;

/// Measures what is built, each figure beside a floor of the same run.
///
/// Exits with 1 if a goal is missed by a run that counts. A run beside other work, or on a floor
/// that moved, is void: it passes and misses nothing.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// What to measure; everything if nothing is named.
    what: Vec<Path>,
    /// Alternations of floor and figure.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Rows of the fleet of P1, up to a hundred million.
    #[arg(long, default_value_t = 1_000_000)]
    rows: usize,
    /// A Python that has univers, a peer of P1; `scripts/bench` installs one.
    #[arg(long)]
    ranges_python: Option<PathBuf>,
    /// Releases that one advisory affects in P1 b.
    #[arg(long, default_value_t = 1_000)]
    releases: usize,
    /// Cases of P2.
    #[arg(long, default_value_t = 1_000_000)]
    cases: usize,
    /// Cases of the impact of a change of law.
    #[arg(long, default_value_t = 1_000)]
    impact_cases: usize,
    /// A Python that has openfisca-core, the peer of P2; `scripts/bench` installs one.
    #[arg(long)]
    python: Option<PathBuf>,
    /// Components of the SBOMs of P6.
    #[arg(long, default_value_t = 10_000)]
    components: usize,
    /// Documents of the dump of OSV that a node of P6 reads.
    #[arg(long, default_value_t = 20_000)]
    documents: usize,
    /// A Python that has lib4sbom and packageurl-python, the peers of P6.
    #[arg(long)]
    sbom_python: Option<PathBuf>,
    /// Leaves of the tree that proofs are made in.
    #[arg(long, default_value_t = 1_000_000)]
    leaves: usize,
    /// Starts of the server.
    #[arg(long, default_value_t = 20)]
    starts: usize,
    /// The binary that is started: a release build.
    #[arg(long, default_value = "target/release/watchfire")]
    binary: PathBuf,
    /// The disk that is measured: a folder on it.
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    /// Appends each figure to this file, as one line of JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Path {
    /// The rules: what is owed.
    Engine,
    /// Which of our products contain it.
    P1,
    /// Many cases at once, beside openfisca-core and regorus.
    P2,
    /// SBOMs and package URLs, beside lib4sbom and packageurl-python.
    P6,
    /// What a change of law does to the cases of a node.
    Impact,
    /// The tree of the evidence log.
    Log,
    /// Durable appends.
    Store,
    /// The shipped binary: start, memory, size.
    Server,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(measures) if measures.iter().any(Measure::missed) => ExitCode::from(1),
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(3)
        }
    }
}

fn run(arguments: &Arguments) -> Result<Vec<Measure>, Box<dyn Error>> {
    let all = Path::value_variants();
    let chosen = if arguments.what.is_empty() { all } else { &arguments.what };
    let mut measures = Vec::new();
    for path in chosen {
        let found = match path {
            Path::Engine => engine::measure(arguments.rounds)?,
            Path::P1 => p1(arguments)?,
            Path::P2 => p2::measure(&p2::Asked {
                cases: arguments.cases.max(1000),
                rounds: arguments.rounds,
                python: arguments.python.as_deref(),
            })?,
            Path::P6 => p6(arguments)?,
            Path::Impact => {
                let cases = arguments.impact_cases.max(impact::LEAST);
                impact::measure(place(arguments), cases, arguments.rounds)?
            }
            Path::Log => log::measure(arguments.leaves.max(1000), arguments.rounds)?,
            Path::Store => store::measure(&arguments.folder, arguments.rounds)?,
            Path::Server => {
                server::measure(&arguments.binary, &arguments.folder, arguments.starts)?
            }
        };
        for measure in found {
            println!("{}", measure.told());
            if let Some(file) = &arguments.json {
                let mut file = OpenOptions::new().create(true).append(true).open(file)?;
                writeln!(file, "{}", measure.json())?;
            }
            measures.push(measure);
        }
    }
    Ok(measures)
}

fn p1(arguments: &Arguments) -> Result<Vec<Measure>, Box<dyn Error>> {
    let mut found = p1::measure(&p1::Asked {
        rows: arguments.rows.clamp(100_000, 100_000_000),
        rounds: arguments.rounds,
        python: arguments.ranges_python.as_deref(),
    })?;
    let (place, releases) = (place(arguments), arguments.releases.clamp(10, 100_000));
    found.extend(p1::durable::measure(place, releases, arguments.rounds)?);
    Ok(found)
}

fn p6(arguments: &Arguments) -> Result<Vec<Measure>, Box<dyn Error>> {
    let (place, rounds) = (place(arguments), arguments.rounds);
    let components = arguments.components.max(100);
    let python = arguments.sbom_python.as_deref();
    let mut found = p6::measure(&p6::Asked { components, rounds, python })?;
    found.push(p6::durable::measure(place, components, rounds)?);
    found.extend(p6::feed::measure(place, arguments.documents.max(p6::feed::LEAST), rounds)?);
    Ok(found)
}

/// Which binary runs, and on which disk.
fn place(arguments: &Arguments) -> Place<'_> {
    Place { binary: &arguments.binary, folder: &arguments.folder }
}
