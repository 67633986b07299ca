//! `seeds FOLDER`: writes the inputs from which each target begins to `FOLDER/TARGET/`, for libFuzzer.

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs, io};

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: seeds FOLDER");
        return ExitCode::from(2);
    };
    match write(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", folder.display());
            ExitCode::from(3)
        }
    }
}

fn write(folder: &std::path::Path) -> io::Result<()> {
    for (target, _) in watchfire_fuzz::TARGETS {
        let folder = folder.join(target);
        fs::create_dir_all(&folder)?;
        for (name, bytes) in watchfire_fuzz::seed::seeds(target)? {
            fs::write(folder.join(name), bytes)?;
        }
        println!("{target}");
    }
    Ok(())
}
