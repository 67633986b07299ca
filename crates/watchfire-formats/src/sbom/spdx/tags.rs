//! SPDX 2 as tags and values, one a line.

use std::io::BufRead;

use super::{add_reference, relation, said, tool};
use crate::sbom::component::{Built, Component};
use crate::sbom::cyclonedx::made::{add_hash, hand_on};
use crate::sbom::document::{Lost, Reading};
use crate::sbom::input::Input;
use crate::sbom::problem::{Place, Problem, Problems, excerpt};
use crate::sbom::{ITEMS_MAX, Refused, TEXT_BYTES_MAX};

/// How long a line may be; what is longer is passed over and told.
const LINE_BYTES_MAX: usize = 1 << 20;

/// Tags that begin a part of the document, with what the part is.
const PARTS: [(&str, Part); 4] = [
    ("PackageName", Part::Package),
    ("FileName", Part::File),
    ("SnippetSPDXID", Part::Other),
    ("LicenseID", Part::Other),
];

/// Tags that a document must have, and a package.
const HEAD_TAGS: [&str; 7] = [
    "SPDXVersion",
    "DataLicense",
    "SPDXID",
    "DocumentName",
    "DocumentNamespace",
    "Creator",
    "Created",
];
const PACKAGE_TAGS: [&str; 2] = ["SPDXID", "PackageDownloadLocation"];
const FILE_TAGS: [&str; 2] = ["SPDXID", "FileChecksum"];

/// Words with which a tag begins that the standard knows.
const KNOWN: [&str; 34] = [
    "SPDXVersion",
    "DataLicense",
    "SPDXID",
    "DocumentName",
    "DocumentNamespace",
    "DocumentComment",
    "ExternalDocumentRef",
    "LicenseListVersion",
    "Creator",
    "Created",
    "Package",
    "PrimaryPackagePurpose",
    "ReleaseDate",
    "BuiltDate",
    "ValidUntilDate",
    "FilesAnalyzed",
    "ExternalRef",
    "File",
    "LicenseConcluded",
    "LicenseInfoInFile",
    "LicenseComments",
    "Artifact",
    "Snippet",
    "LicenseID",
    "ExtractedText",
    "LicenseName",
    "LicenseCrossReference",
    "LicenseComment",
    "Relationship",
    "Annotat",
    "SPDXREF",
    "Review",
    "AttributionText",
    "LicenseInfoInSnippet",
];

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Head,
    Package,
    File,
    Other,
}

/// Reads a document; what its standard does not allow is added to `problems`.
pub(crate) fn read(
    input: &Input<'_>,
    reading: &mut Reading<'_>,
    problems: &mut Problems,
) -> Result<(), Refused> {
    let mut walk = Walk {
        reading,
        problems,
        part: Part::Head,
        component: Component::default(),
        seen: Vec::new(),
        began: 1,
        line: 1,
    };
    let mut lines = Lines { text: input.text(), line: 0, returned: false };
    while let Some(line) = lines.next(input)? {
        walk.line(line)?;
    }
    walk.finish();
    Ok(())
}

/// A line, or the value of several that a `<text>` holds together.
struct Line {
    number: u64,
    text: String,
    /// What was cut of it because it was too long.
    is_cut: bool,
    /// Whether a `<text>` was opened and not closed.
    is_open: bool,
}

struct Lines<'a> {
    text: Box<dyn BufRead + 'a>,
    line: u64,
    /// Whether the last line ended with a carriage return, which a line feed may follow.
    returned: bool,
}

impl Lines<'_> {
    /// The next line with the rest of its value.
    fn next(&mut self, input: &Input<'_>) -> Result<Option<Line>, Refused> {
        let Some((mut text, mut is_cut)) = self.raw(input)? else { return Ok(None) };
        let number = self.line;
        let mut is_open = false;
        // Only the value as a whole is held together, and a comment holds nothing.
        let value = text.split_once(':').map(|(_, value)| value.trim_start());
        let opened = value.filter(|value| value.starts_with("<text>"));
        let opened = opened.filter(|_| !text.trim_start().starts_with('#'));
        let mut is_closed = opened.is_none_or(|value| value.contains("</text>"));
        while !is_closed {
            let Some((more, cut)) = self.raw(input)? else {
                is_open = true;
                break;
            };
            // The end stands on one line, so that no line is looked through twice.
            is_closed = more.contains("</text>");
            let has_room = text.len() + more.len() < LINE_BYTES_MAX;
            is_cut |= cut || !has_room;
            if has_room {
                text.push('\n');
                text.push_str(&more);
            }
        }
        Ok(Some(Line { number, text, is_cut, is_open }))
    }

    /// The next line as it stands, and whether it was longer than what is kept of it.
    ///
    /// A line ends with a line feed, a carriage return, or both.
    fn raw(&mut self, input: &Input<'_>) -> Result<Option<(String, bool)>, Refused> {
        let mut bytes = Vec::new();
        let (mut is_cut, mut begun) = (false, false);
        loop {
            let buffer = self.text.fill_buf();
            let buffer = buffer.map_err(|error| input.text_refused(&error, self.line + 1))?;
            let Some(first) = buffer.first() else { break };
            if std::mem::take(&mut self.returned) && *first == b'\n' {
                self.text.consume(1);
                continue;
            }
            begun = true;
            let end = buffer.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let room = LINE_BYTES_MAX.saturating_sub(bytes.len());
            let line = &buffer[..end.unwrap_or(buffer.len())];
            bytes.extend(&line[..line.len().min(room)]);
            is_cut |= line.len() > room;
            self.returned = end.is_some_and(|end| buffer[end] == b'\r');
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.text.consume(used);
            if end.is_some() {
                break;
            }
        }
        if !begun {
            return Ok(None);
        }
        self.line += 1;
        let text = self.decoded(bytes)?;
        Ok(Some((text, is_cut)))
    }

    fn decoded(&self, bytes: Vec<u8>) -> Result<String, Refused> {
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            // A line that was cut may end within a sign.
            Err(error)
                if error.as_bytes().len() == LINE_BYTES_MAX
                    && error.utf8_error().error_len().is_none() =>
            {
                let end = error.utf8_error().valid_up_to();
                String::from_utf8_lossy(&error.as_bytes()[..end]).into_owned()
            }
            Err(_) => return Err(Refused::broken(Place::line(self.line), "it is not UTF-8")),
        };
        if text.contains('\0') {
            return Err(Refused::broken(Place::line(self.line), "it holds the sign U+0000"));
        }
        Ok(text)
    }
}

struct Walk<'r, 'e, 'p> {
    reading: &'r mut Reading<'e>,
    problems: &'p mut Problems,
    part: Part,
    component: Component,
    /// Which of the tags that a part must have were seen.
    seen: Vec<&'static str>,
    began: u64,
    line: u64,
}

impl Walk<'_, '_, '_> {
    fn problem(&mut self, line: u64, reason: impl Into<String>) {
        self.problems.push(Problem { place: Place::line(line), reason: reason.into() });
    }

    fn skip(&mut self, lost: Lost, reason: impl Into<String>) {
        self.reading.skip_at(lost, Place::line(self.line), reason);
    }

    fn line(&mut self, line: Line) -> Result<(), Refused> {
        self.line = line.number;
        let text = line.text.trim();
        if text.is_empty() || text.starts_with('#') {
            return Ok(());
        }
        let Some((tag, value)) = text.split_once(':') else {
            self.skip(Lost::Detail, format!("`{}` is no tag with a value", excerpt(text)));
            self.problem(line.number, "a tag with a colon is wanted");
            return Ok(());
        };
        let (tag, value) = (tag.trim(), value.trim());
        if line.is_open {
            self.problem(line.number, "`<text>` is not closed");
            self.skip(Lost::Detail, "`<text>` is not closed: all after it was taken for text");
        }
        if line.is_cut {
            self.skip(
                Lost::Detail,
                format!("`{}` is longer than {LINE_BYTES_MAX} bytes", excerpt(tag)),
            );
            return Ok(());
        }
        if !KNOWN.iter().any(|known| tag.starts_with(known)) {
            self.problem(line.number, format!("the tag `{}` is not known", excerpt(tag)));
        }
        let value = value.strip_prefix("<text>").unwrap_or(value);
        let value = value.strip_suffix("</text>").unwrap_or(value).trim();
        if value.len() > TEXT_BYTES_MAX && tag != "ExtractedText" {
            self.skip(Lost::Detail, format!("`{}`: a text of {} bytes", excerpt(tag), value.len()));
            return Ok(());
        }
        self.tag(tag, value)
    }

    fn tag(&mut self, tag: &str, value: &str) -> Result<(), Refused> {
        if let Some((_, part)) = PARTS.iter().find(|(begins, _)| *begins == tag) {
            self.finish();
            self.part = *part;
            self.began = self.line;
            if matches!(part, Part::Package | Part::File) {
                let number = self.reading.number()?;
                let place = Place::line(self.line);
                let kind = (*part == Part::File).then(|| "file".to_owned());
                let name = value.to_owned();
                self.component = Component { number, place, kind, name, ..Component::default() };
            }
            return Ok(());
        }
        let must = self.musts().iter().find(|it| **it == tag);
        self.seen.extend(must.filter(|it| !self.seen.contains(it)));
        match tag {
            "Relationship" => return self.relationship(value),
            _ if self.part == Part::Head => self.head(tag, value),
            _ if matches!(self.part, Part::Package | Part::File) => self.detail(tag, value),
            _ => {}
        }
        Ok(())
    }

    fn musts(&self) -> &'static [&'static str] {
        match self.part {
            Part::Head => &HEAD_TAGS,
            Part::Package => &PACKAGE_TAGS,
            Part::File => &FILE_TAGS,
            Part::Other => &[],
        }
    }

    fn head(&mut self, tag: &str, value: &str) {
        let head = &mut self.reading.head;
        match tag {
            "DocumentName" => head.name = Some(value.to_owned()),
            "DocumentNamespace" => head.serial = Some(value.to_owned()),
            "Created" => head.created = Some(value.to_owned()),
            "Creator" if head.tools.len() < ITEMS_MAX => head.tools.extend(tool(value)),
            _ => {}
        }
    }

    fn detail(&mut self, tag: &str, value: &str) {
        let component = &mut self.component;
        let lists = [component.hashes.len(), component.purls.len(), component.cpes.len()];
        let full = lists.into_iter().max().unwrap_or(0).max(component.licences.len());
        let text = || Some(value.to_owned()).filter(|it| !it.is_empty());
        match tag {
            "SPDXID" => component.id = text(),
            "PackageVersion" => component.version = text().and_then(said),
            "PackageSourceInfo" => component.source = Built::of_words(value),
            "PrimaryPackagePurpose" => component.kind = text().map(|it| it.to_lowercase()),
            "PackageChecksum"
            | "FileChecksum"
            | "ExternalRef"
            | "PackageLicenseConcluded"
            | "PackageLicenseDeclared"
            | "LicenseConcluded"
                if full >= ITEMS_MAX =>
            {
                self.skip(Lost::Detail, format!("`{tag}` after the first {ITEMS_MAX}"));
            }
            "PackageLicenseConcluded" | "PackageLicenseDeclared" | "LicenseConcluded" => {
                let licence = text().and_then(said);
                component.licences.extend(licence.filter(|it| !component.licences.contains(it)));
            }
            "PackageChecksum" | "FileChecksum" => {
                let (algorithm, digits) = value.split_once(':').unwrap_or((value, ""));
                let place = Place::line(self.line);
                add_hash(self.reading, &place, &mut component.hashes, algorithm, digits);
            }
            "ExternalRef" => {
                let mut parts = value.split_whitespace();
                match (parts.next(), parts.next(), parts.next()) {
                    (Some(_), Some(kind), Some(locator)) => {
                        add_reference(self.reading, component, kind, locator);
                    }
                    _ => {
                        let reason = "a category, a type and a locator are wanted";
                        self.skip(Lost::Detail, reason);
                        self.problem(self.line, reason);
                    }
                }
            }
            _ => {}
        }
    }

    fn relationship(&mut self, value: &str) -> Result<(), Refused> {
        let parts: Vec<&str> = value.split_whitespace().collect();
        let [from, kind, to] = parts[..] else {
            let reason = "a relationship is between two, with its type between them";
            self.skip(Lost::Relation, reason);
            self.problem(self.line, reason);
            return Ok(());
        };
        if said(to.to_owned()).is_none() {
            return Ok(());
        }
        let kind = kind.to_ascii_uppercase();
        self.reading.relation(relation(from.to_owned(), &kind, to.to_owned()))
    }

    /// Hands on what the part that ends was about.
    fn finish(&mut self) {
        let seen = std::mem::take(&mut self.seen);
        for must in self.musts().iter().filter(|must| !seen.contains(must)) {
            self.problem(self.began, format!("`{must}` is missing"));
        }
        if matches!(self.part, Part::Package | Part::File) {
            let component = std::mem::take(&mut self.component);
            hand_on(self.reading, component);
        }
    }
}
