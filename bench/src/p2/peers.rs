//! The same duties, put to others in the same run: openfisca-core and regorus.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Value};
use serde_json::json;

use super::made::{Answers, Duty, Made};

/// The program of the Python peer; it stands in the binary, so that it is the one that was read.
const OPENFISCA: &str = include_str!("../../peers/openfisca.py");

/// How long something took, in seconds.
pub(super) struct Took {
    pub(super) processor: f64,
    pub(super) wall: f64,
}

/// openfisca-core in a process of its own.
pub(super) struct Openfisca {
    child: Child,
    asked: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    // Its files lie there.
    _folder: tempfile::TempDir,
}

impl Openfisca {
    /// Starts it with cases and duties.
    ///
    /// # Errors
    /// Python that does not start.
    pub(super) fn start(
        python: &Path,
        duties: &[Duty],
        cases: &[Made],
    ) -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let (program, columns) = (folder.path().join("peer.py"), folder.path().join("columns"));
        std::fs::write(&program, OPENFISCA)?;
        let mut bytes = Vec::with_capacity(cases.len() * 32);
        for column in 0..8 {
            for case in cases {
                bytes.extend_from_slice(&case.columns()[column].to_le_bytes());
            }
        }
        std::fs::write(&columns, bytes)?;
        let duties: Vec<serde_json::Value> = duties.iter().map(Duty::json).collect();
        let mut child = Command::new(python)
            .arg(&program)
            .arg(&columns)
            .arg(cases.len().to_string())
            .arg(json!(duties).to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let asked = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        Ok(Self { child, asked, answers, _folder: folder })
    }

    fn ask(&mut self, word: &str) -> Result<String, Box<dyn Error>> {
        let asked = self.asked.as_mut().ok_or("it has ended")?;
        writeln!(asked, "{word}")?;
        asked.flush()?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        if line.is_empty() {
            return Err("openfisca-core ended without an answer".into());
        }
        Ok(line.trim().to_owned())
    }

    /// Computes every duty of every case anew.
    pub(super) fn run(&mut self) -> Result<Took, Box<dyn Error>> {
        self.timed("run")
    }

    /// The same for the first case alone.
    pub(super) fn one(&mut self) -> Result<Took, Box<dyn Error>> {
        self.timed("one")
    }

    fn timed(&mut self, word: &str) -> Result<Took, Box<dyn Error>> {
        let line = self.ask(word)?;
        let (processor, wall) = line.split_once(' ').ok_or("openfisca-core: no two times")?;
        Ok(Took { processor: processor.parse()?, wall: wall.parse()? })
    }

    pub(super) fn digest(&mut self) -> Result<String, Box<dyn Error>> {
        self.ask("digest")
    }
}

impl Drop for Openfisca {
    fn drop(&mut self) {
        drop(self.asked.take());
        // It ends with its input; whether it did well was read from its answers.
        let _ = self.child.wait();
    }
}

/// regorus with its virtual machine, the duties compiled once.
pub(super) struct Regorus {
    machine: RegoVM,
}

impl Regorus {
    /// Compiles the duties.
    ///
    /// # Errors
    /// What the compiler says.
    pub(super) fn new(duties: &[Duty]) -> Result<Self, Box<dyn Error>> {
        let entry = "data.bench.owed";
        let mut engine = Engine::new();
        engine.add_policy("duties.rego".to_owned(), policy(duties)).map_err(told)?;
        let compiled = engine.compile_with_entrypoint(&entry.into()).map_err(told)?;
        let program = Compiler::compile_from_policy(&compiled, &[entry]).map_err(told)?;
        let mut machine = RegoVM::new();
        machine.load_program(Arc::clone(&program));
        Ok(Self { machine })
    }

    /// A case as regorus reads it.
    ///
    /// # Errors
    /// JSON that it does not read.
    pub(super) fn input(case: &Made) -> Result<Value, Box<dyn Error>> {
        let text = json!({
            "jurisdiction": case.jurisdiction,
            "role": case.role,
            "sector": case.sector,
            "exploited": case.exploited,
            "severe": case.severe,
            "critical": case.critical,
            "users": case.users,
            "aware_at": case.aware_at,
        });
        Value::from_json_str(&text.to_string()).map_err(told)
    }

    /// Computes every duty of one case.
    ///
    /// # Errors
    /// What the machine says.
    pub(super) fn run(&mut self, input: &Value) -> Result<Value, Box<dyn Error>> {
        self.machine.set_input(input.clone());
        self.machine.execute().map_err(told)
    }

    /// What it says of some cases, in the form in which answers are compared.
    ///
    /// # Errors
    /// What the machine says, or an answer that is none.
    pub(super) fn answers(
        &mut self,
        inputs: &[Value],
        duties: usize,
    ) -> Result<Answers, Box<dyn Error>> {
        let mut dues = vec![vec![0; inputs.len()]; duties];
        for (case, input) in inputs.iter().enumerate() {
            let owed = self.run(input)?;
            for one in owed.as_set().map_err(told)?.iter() {
                let number = |name: &str| one[&Value::from(name)].as_i64().map_err(told);
                let (duty, due) = (usize::try_from(number("duty")?)?, number("due")?);
                *dues.get_mut(duty).ok_or("no such duty")?.get_mut(case).ok_or("no such case")? =
                    i32::try_from(due)?;
            }
        }
        Ok(Answers::of(dues.iter().map(Vec::as_slice)))
    }
}

fn told(error: impl std::fmt::Display) -> Box<dyn Error> {
    format!("regorus: {error}").into()
}

fn policy(duties: &[Duty]) -> String {
    let mut text = "package bench\nimport rego.v1\n".to_owned();
    for (at, duty) in duties.iter().enumerate() {
        let Duty { jurisdiction, role, users_over, sector_not, hours } = duty;
        let seconds = hours * 3600;
        text += &format!(
            "threat_{at} if input.exploited\n\
             threat_{at} if {{ input.severe; input.users >= {users_over} }}\n\
             place_{at} if input.sector != {sector_not}\n\
             place_{at} if input.critical\n\
             owed contains {{\"duty\": {at}, \"due\": input.aware_at + {seconds}}} if {{\n\
             input.jurisdiction == {jurisdiction}\ninput.role == {role}\n\
             threat_{at}\nplace_{at}\n}}\n"
        );
    }
    text
}
