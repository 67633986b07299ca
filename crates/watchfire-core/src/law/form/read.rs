//! Reading a form file: its keys, and what must be true of their values.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::{Choice, Field, FieldId, Fill, Form, Kind, Need, Stage, Take};
use crate::law::confidence::Confidence;
use crate::law::problem::Problem;
use crate::law::text::Text;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    title: Text,
    source: String,
    checked_on: Spanned<Datetime>,
    confidence: Confidence,
    limits_confidence: Option<Confidence>,
    note: Option<Text>,
    #[serde(default)]
    stage: Vec<Spanned<StageTable>>,
    field: Vec<Spanned<FieldTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StageTable {
    id: String,
    name: Text,
    provision: OneOrMore<String>,
}

/// One thing, or a list of them.
#[derive(Deserialize)]
#[serde(untagged, expecting = "write one, or a list")]
enum OneOrMore<T> {
    One(T),
    More(Vec<T>),
}

impl<T> OneOrMore<T> {
    fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(one) => vec![one],
            Self::More(more) => more,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldTable {
    id: String,
    label: Text,
    #[serde(default)]
    kind: KindName,
    #[serde(default)]
    choices: Vec<ChoiceTable>,
    need: Spanned<NeedTable>,
    limit: Option<usize>,
    help: Option<Text>,
    draft: Option<Text>,
    cites: Option<Text>,
    language: Option<Spanned<String>>,
    fill: Option<Spanned<Fills>>,
    shared_as: Option<Spanned<String>>,
}

/// Where an answer can be taken from, as it is written: one place, or a list.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "write `organization`, `case-title`, `component` or `stage`, `{ value = \"…\" }`, or \
                 `{ fact = \"kind\", take = \"occurred-at\" }`"
)]
enum Fills {
    One(FillName),
    More(Vec<FillName>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum FillName {
    Word(FillWord),
    Value(FillValue),
    Fact(FillFact),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum FillWord {
    Organization,
    CaseTitle,
    Component,
    Stage,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FillValue {
    value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FillFact {
    fact: OneOrMore<String>,
    take: TakeName,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TakeName {
    OccurredAt,
    KnownAt,
    Note,
}

impl FillName {
    fn fill(self) -> Fill {
        match self {
            Self::Word(FillWord::Organization) => Fill::Organization,
            Self::Word(FillWord::CaseTitle) => Fill::CaseTitle,
            Self::Word(FillWord::Component) => Fill::Component,
            Self::Word(FillWord::Stage) => Fill::Stage,
            Self::Value(FillValue { value }) => Fill::Value(value),
            Self::Fact(FillFact { fact, take }) => Fill::Fact {
                kinds: fact.into_vec(),
                take: match take {
                    TakeName::OccurredAt => Take::OccurredAt,
                    TakeName::KnownAt => Take::KnownAt,
                    TakeName::Note => Take::Note,
                },
            },
        }
    }
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum KindName {
    #[default]
    Text,
    Date,
    DateTime,
    Boolean,
    Enum,
    List,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChoiceTable {
    id: String,
    label: Text,
}

/// One word for every stage, or a word for each stage that asks.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "write `required`, `if-available`, `optional`, `automatic` or `copied`, or a table \
                 of these by stage"
)]
enum NeedTable {
    Everywhere(NeedName),
    ByStage(BTreeMap<String, NeedName>),
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum NeedName {
    Required,
    IfAvailable,
    Optional,
    Automatic,
    Copied,
}

impl NeedName {
    fn need(self) -> Need {
        match self {
            Self::Required => Need::Required,
            Self::IfAvailable => Need::IfAvailable,
            Self::Optional => Need::Optional,
            Self::Automatic => Need::Automatic,
            Self::Copied => Need::Copied,
        }
    }
}

const HINT: &str = "see the keys of a form file in `laws/README.md`";

/// Reads one form file.
pub(super) fn form(path: &str, text: &str) -> Result<Form, Vec<Problem>> {
    let file: File =
        toml::from_str(text).map_err(|error| vec![Problem::of_toml(path, text, &error, HINT)])?;
    let mut reader = Reader { path, text, problems: Vec::new() };
    let form = reader.build(file);
    match form {
        Some(form) if reader.problems.is_empty() => Ok(form),
        _ => Err(reader.problems),
    }
}

struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn refuse(&mut self, span: Range<usize>, message: String, hint: &str) {
        self.problems.push(Problem::at(self.path, self.text, span, "value", message, hint));
    }

    fn build(&mut self, file: File) -> Option<Form> {
        let mut stages: Vec<Stage> = Vec::new();
        for table in file.stage {
            let span = table.span();
            let StageTable { id, name, provision } = table.into_inner();
            let provisions = provision.into_vec();
            if stages.iter().any(|stage| stage.id == id) {
                let message = format!("the stage `{id}` is written twice");
                self.refuse(span.clone(), message, "take one out");
            }
            if provisions.is_empty() {
                let message = format!("the stage `{id}` meets no provision");
                self.refuse(span, message, "name the provision that it meets");
            }
            stages.push(Stage { id, name, provisions });
        }
        if stages.is_empty() {
            let name = file.title.clone();
            stages.push(Stage { id: file.id.clone(), name, provisions: Vec::new() });
        }
        let mut ids = BTreeSet::new();
        let mut fields = Vec::new();
        for table in file.field {
            let (span, table) = (table.span(), table.into_inner());
            if !ids.insert(table.id.clone()) {
                let message = format!("the field `{}` is written twice", table.id);
                self.refuse(span.clone(), message, "take one of the two out");
            }
            fields.push(self.field(span, table, &stages));
        }
        Some(Form {
            id: file.id,
            title: file.title,
            source: file.source,
            checked_on: self.date(&file.checked_on)?,
            confidence: file.confidence,
            limits_confidence: file.limits_confidence,
            note: file.note,
            stages,
            fields,
        })
    }

    fn field(&mut self, span: Range<usize>, table: FieldTable, stages: &[Stage]) -> Field {
        let needs = self.needs(&table.need, stages);
        let choices: Vec<_> = table
            .choices
            .into_iter()
            .map(|choice| Choice { id: choice.id, label: choice.label })
            .collect();
        let kind = match (table.kind, choices.is_empty()) {
            (KindName::Enum, false) => Kind::Enum(choices),
            (KindName::List, _) => Kind::List(choices),
            (KindName::Text, true) => Kind::Text,
            (KindName::Date, true) => Kind::Date,
            (KindName::DateTime, true) => Kind::DateTime,
            (KindName::Boolean, true) => Kind::Boolean,
            (_, _) => {
                let message = format!("kind and choices of the field `{}` do not fit", table.id);
                let hint = "the kind `enum` needs `choices`, `list` may have them, no other has";
                self.refuse(span, message, hint);
                Kind::Text
            }
        };
        let written = Field {
            id: FieldId(table.id),
            label: table.label,
            kind,
            needs,
            limit: table.limit,
            help: table.help,
            draft: table.draft,
            cites: table.cites,
            language: table.language.map(|tag| self.tag(tag)),
            fill: Vec::new(),
            shared_as: table.shared_as.map(|name| self.named(name)),
        };
        let fill = table.fill.map_or_else(Vec::new, |fill| self.fill(fill, &written, stages));
        Field { fill, ..written }
    }

    /// A language, as a tag such as `en` or `zh-CN`.
    fn tag(&mut self, tag: Spanned<String>) -> String {
        let part = |part: &str| {
            (2..=8).contains(&part.len()) && part.bytes().all(|sign| sign.is_ascii_alphanumeric())
        };
        if !tag.get_ref().split('-').all(part) {
            let message = format!("`{}` is no tag of a language", tag.get_ref());
            self.refuse(tag.span(), message, "write it as in `en` or `zh-CN`");
        }
        tag.into_inner()
    }

    fn named(&mut self, name: Spanned<String>) -> String {
        if name.get_ref().trim().is_empty() {
            self.refuse(name.span(), "`shared_as` is empty".to_owned(), "name it, or leave it out");
        }
        name.into_inner()
    }

    /// What a field can be filled from. A value must be one that the field takes; an instant of a
    /// fact goes into a field that takes one.
    fn fill(&mut self, written: Spanned<Fills>, field: &Field, stages: &[Stage]) -> Vec<Fill> {
        let span = written.span();
        let fills: Vec<Fill> = match written.into_inner() {
            Fills::One(one) => vec![one.fill()],
            Fills::More(more) => more.into_iter().map(FillName::fill).collect(),
        };
        for fill in &fills {
            let refused = match fill {
                Fill::Value(value) if value.trim().is_empty() => Some("it is empty".to_owned()),
                Fill::Value(value) => field.refuse(value.trim()).map(|problem| problem.to_string()),
                Fill::Stage => stages
                    .iter()
                    .find_map(|stage| field.refuse(&stage.id))
                    .map(|problem| problem.to_string()),
                Fill::Fact { kinds, .. } if kinds.is_empty() => Some("no kind is named".to_owned()),
                _ => None,
            };
            if let Some(problem) = refused {
                let message = format!("the field `{}` cannot be filled so: {problem}", field.id);
                self.refuse(span.clone(), message, "write what the field takes");
            }
        }
        fills
    }

    fn needs(&mut self, table: &Spanned<NeedTable>, stages: &[Stage]) -> Vec<Option<Need>> {
        let by_stage = match table.get_ref() {
            NeedTable::Everywhere(name) => return vec![Some(name.need()); stages.len()],
            NeedTable::ByStage(by_stage) => by_stage,
        };
        for id in by_stage.keys().filter(|id| !stages.iter().any(|stage| stage.id == **id)) {
            let message = format!("`{id}` is not a stage of this form");
            self.refuse(table.span(), message, "name one of the `[[stage]]` tables");
        }
        stages.iter().map(|stage| by_stage.get(&stage.id).map(|name| name.need())).collect()
    }

    fn date(&mut self, written: &Spanned<Datetime>) -> Option<Date> {
        let date = Date::strptime("%Y-%m-%d", written.get_ref().to_string()).ok();
        if date.is_none() {
            let message = format!("`{}` is not a day", written.get_ref());
            self.refuse(written.span(), message, "write a date without a time, as in 2026-11-23");
        }
        date
    }
}
