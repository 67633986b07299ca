//! Measures what is built. Every figure stands beside a floor of the same run, and its answers are
//! checked: a figure of wrong answers is none.

mod engine;
mod log;
mod measure;
mod p1;
mod p2;
mod p6;
mod server;
mod store;

use std::error::Error;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};

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
    /// Cases of P2.
    #[arg(long, default_value_t = 1_000_000)]
    cases: usize,
    /// A Python that has openfisca-core, the peer of P2; `scripts/bench` installs one.
    #[arg(long)]
    python: Option<PathBuf>,
    /// Components of the SBOMs of P6.
    #[arg(long, default_value_t = 10_000)]
    components: usize,
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
    let all = [Path::Engine, Path::P1, Path::P2, Path::P6, Path::Log, Path::Store, Path::Server];
    let chosen = if arguments.what.is_empty() { &all[..] } else { &arguments.what };
    let mut measures = Vec::new();
    for path in chosen {
        let found = match path {
            Path::Engine => engine::measure(arguments.rounds)?,
            Path::P1 => p1::measure(arguments.rows.clamp(100_000, 100_000_000), arguments.rounds)?,
            Path::P2 => p2::measure(&p2::Asked {
                cases: arguments.cases.max(1000),
                rounds: arguments.rounds,
                python: arguments.python.as_deref(),
            })?,
            Path::P6 => p6::measure(&p6::Asked {
                components: arguments.components.max(100),
                rounds: arguments.rounds,
                python: arguments.sbom_python.as_deref(),
            })?,
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
