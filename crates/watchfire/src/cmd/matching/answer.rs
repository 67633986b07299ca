//! The answer, as JSON has it.

use serde::Serialize;
use watchfire_formats::sbom::{Refused, Skipped};
use watchfire_server::exposure::{self, Advice, Exposed, Exposure, Part};

use super::read::Apart;

/// So many findings of an SBOM are listed; the rest are counted.
const FINDINGS_MAX: usize = 100_000;
/// So many documents that were set apart are listed; the rest are counted.
const QUARANTINED_MAX: usize = 1_000;

#[derive(Serialize)]
pub(super) struct Answer {
    pub(super) advisories: Read,
    pub(super) vex: Read,
    pub(super) sboms: Vec<Inventory>,
}

/// What was read of advisories.
#[derive(Serialize, Default)]
pub(super) struct Read {
    pub(super) read: usize,
    pub(super) withdrawn: usize,
    /// Statements that name nothing that an inventory could be compared with.
    pub(super) unnamed: usize,
    pub(super) quarantined: Vec<Quarantined>,
    pub(super) quarantined_more: usize,
    /// Files and archives that could be read in part only.
    pub(super) broken_off: usize,
}

/// A document that is not as its format wants.
#[derive(Serialize)]
pub(super) struct Quarantined {
    pub(super) file: String,
    pub(super) pointer: String,
    pub(super) reason: String,
}

impl Read {
    pub(super) fn quarantine(&mut self, file: &str, apart: Apart) {
        self.broken_off += usize::from(apart.broken_off);
        if self.quarantined.len() == QUARANTINED_MAX {
            self.quarantined_more += 1;
            return;
        }
        let Apart { pointer, reason, .. } = apart;
        self.quarantined.push(Quarantined { file: file.to_owned(), pointer, reason });
    }

    pub(super) fn count(&mut self, advice: &Advice) {
        self.read = advice.advisories();
        self.withdrawn = advice.withdrawn();
        self.unnamed = advice.unnamed();
    }
}

#[derive(Serialize)]
pub(super) struct Inventory {
    pub(super) file: String,
    pub(super) format: Option<String>,
    pub(super) components: u32,
    /// Components that have neither a package URL nor a CPE name.
    pub(super) unnamed: usize,
    pub(super) skipped: Vec<Left>,
    pub(super) skipped_more: u64,
    pub(super) findings: Vec<Finding>,
    pub(super) findings_more: u64,
    /// How many findings are affected or undecided, listed or not.
    pub(super) open: u64,
    pub(super) refused: Option<Told>,
}

impl Inventory {
    pub(super) fn of(file: String, read: &exposure::Read) -> Self {
        Self {
            file,
            format: Some(read.head.format.to_string()),
            components: read.head.components,
            unnamed: read.holding.unnamed(),
            skipped: read.skipped.iter().map(Left::of).collect(),
            skipped_more: read.head.skipped - read.skipped.len() as u64,
            findings: Vec::new(),
            findings_more: 0,
            open: 0,
            refused: None,
        }
    }

    /// Adds a finding, or counts it where there are too many to list.
    pub(super) fn add(&mut self, finding: Finding) {
        self.open += u64::from(finding.is_open());
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        } else {
            self.findings_more += 1;
        }
    }

    pub(super) fn refused(file: String, refused: &Refused) -> Self {
        let place = refused.place();
        let pointer = place.map(|place| place.path.clone()).filter(|path| !path.is_empty());
        let line = place.and_then(|place| place.line);
        Self {
            file,
            format: None,
            components: 0,
            unnamed: 0,
            skipped: Vec::new(),
            skipped_more: 0,
            findings: Vec::new(),
            findings_more: 0,
            open: 0,
            refused: Some(Told { pointer, line, message: refused.to_string() }),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Told {
    pub(super) pointer: Option<String>,
    pub(super) line: Option<u64>,
    pub(super) message: String,
}

/// Something of an SBOM that could not be used.
#[derive(Serialize)]
pub(super) struct Left {
    what: String,
    pub(super) pointer: Option<String>,
    pub(super) line: Option<u64>,
    pub(super) reason: String,
}

impl Left {
    pub(super) fn of(skipped: &Skipped) -> Self {
        let path = Some(skipped.place.path.clone()).filter(|path| !path.is_empty());
        Self {
            what: skipped.lost.to_string(),
            pointer: path,
            line: skipped.place.line,
            reason: skipped.reason.clone(),
        }
    }
}

#[derive(Serialize, Clone)]
pub(super) struct Finding {
    pub(super) purl: Option<String>,
    pub(super) name: String,
    pub(super) version: Option<String>,
    /// What leads to the component, from the product on.
    pub(super) path: Vec<String>,
    /// Where the component stands in the document.
    pub(super) place: String,
    pub(super) advisory: String,
    pub(super) aliases: Vec<String>,
    pub(super) status: &'static str,
    /// By what they met: `package`, `ancestor` or `cpe`.
    pub(super) basis: &'static str,
    pub(super) range: String,
    pub(super) source: String,
    pub(super) pointer: String,
    pub(super) severity: Option<String>,
    pub(super) summary: Option<String>,
    /// Why it is not affected, in the words of the source or of the statement that is vouched for.
    pub(super) justification: Option<String>,
    /// The document that is vouched for, where it decided.
    pub(super) vouched_by: Option<String>,
}

impl Finding {
    pub(super) fn of(part: &Part<'_>, path: Vec<String>, exposure: &Exposure<'_>) -> Self {
        let statement = exposure.statement;
        let source = &statement.source;
        Self {
            purl: part.purl.map(str::to_owned),
            name: part.name.to_owned(),
            version: part.version.map(str::to_owned),
            path,
            place: part.place.to_string(),
            advisory: source.id.clone(),
            aliases: source.aliases.clone(),
            status: exposure.exposed.word(),
            basis: exposure.basis.word(),
            range: statement.range.clone(),
            source: source.document.clone(),
            pointer: statement.pointer.clone(),
            severity: source.severity.clone(),
            summary: source.summary.clone(),
            justification: statement.justification.as_deref().map(str::to_owned),
            vouched_by: None,
        }
    }

    /// Takes what is vouched for as decided.
    pub(super) fn excuse(&mut self, excuse: Option<&Exposure<'_>>) {
        let Some(excuse) = excuse else { return };
        let statement = excuse.statement;
        self.status = Exposed::NotAffected.word();
        self.justification = statement.justification.as_deref().map(str::to_owned);
        self.vouched_by = Some(statement.source.document.clone());
    }

    /// Whether somebody has to look at it.
    pub(super) fn is_open(&self) -> bool {
        self.status != Exposed::NotAffected.word()
    }

    /// What is open first, then by name; `affected` comes before `undecided` in the alphabet.
    pub(super) fn order(&self) -> impl Ord + use<'_> {
        (!self.is_open(), self.status, &self.name, &self.version, &self.advisory, &self.source)
    }
}
