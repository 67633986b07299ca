//! What a notice says, in the language and with the rights of its reader.

use fluent_bundle::FluentValue;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use watchfire_core::amendment::Amendment;
use watchfire_core::department::Department;
use watchfire_core::event::{Assessment, Service};
use watchfire_core::ids::{AmendmentId, DepartmentId};
use watchfire_core::law::Lawbook;
use watchfire_core::law::conflict::Conflict;
use watchfire_core::law::text::Language as LawLanguage;
use watchfire_core::notice::NoticeKind;
use watchfire_store::{ClaimedNotice, ObligationRow, StoreError, Viewer};

use super::Letter;
use crate::command::amendment as command;
use crate::locale::Language;
use crate::state::Node;

/// A title is shown in so many characters.
const TITLE_CHARS_MAX: usize = 120;

/// What a person may be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Worded {
    /// This.
    Letter(Box<Letter>),
    /// Nothing: they may not see the case, or not any more.
    Withdrawn,
}

/// Writes the notice for its recipient as they are now.
///
/// # Errors
/// Failures of the database.
pub async fn word(node: &Node, notice: &ClaimedNotice) -> Result<Worded, StoreError> {
    if !notice.sees_case {
        return Ok(Worded::Withdrawn);
    }
    let language = notice.language.as_deref().and_then(Language::parse).unwrap_or(Language::En);
    let desk = Desk { notice, language, base: node.settings().base_url(), law: node.law() };
    let kind = NoticeKind::parse(&notice.template);
    if let Some(kind @ (NoticeKind::ReviewLaw | NoticeKind::AcknowledgeLaw)) = kind {
        return of_law(node, &desk, kind).await;
    }
    let (Some(kind), None) = (kind, &notice.obligation) else {
        return of_obligation(node, &desk, kind).await;
    };
    Ok(Worded::Letter(Box::new(desk.of_node(kind))))
}

/// A notice about an obligation, read with the rights of the recipient and no others.
async fn of_obligation(
    node: &Node,
    desk: &Desk<'_>,
    kind: Option<NoticeKind>,
) -> Result<Worded, StoreError> {
    let (Some(kind), Some(id), false) = (kind, &desk.notice.obligation, desk.notice.embargoed)
    else {
        return Ok(Worded::Letter(Box::new(desk.bare())));
    };
    let sender = Viewer::service(Service::Sender);
    let read = async || {
        let reader = node.store().viewer_of_recipient(&sender, &desk.notice.recipient).await?;
        let obligation = node.store().obligation(&reader, id).await?;
        let party = node.store().party(&reader, &desk.notice.recipient).await?;
        Ok((obligation, party.time_zone))
    };
    match read().await {
        Ok((obligation, _)) if obligation.embargoed => Ok(Worded::Letter(Box::new(desk.bare()))),
        Ok((obligation, zone)) => {
            Ok(Worded::Letter(Box::new(desk.in_full(kind, &obligation, zone.as_deref()))))
        }
        Err(StoreError::NotFound(_)) => Ok(Worded::Withdrawn),
        Err(other) => Err(other),
    }
}

/// A notice about a change of law, which everybody of the house may know.
async fn of_law(node: &Node, desk: &Desk<'_>, kind: NoticeKind) -> Result<Worded, StoreError> {
    let mark = String::from_utf8_lossy(&desk.notice.payload).into_owned();
    let mut parts = mark.split(' ');
    let amendment = parts.next().and_then(|id| id.parse::<AmendmentId>().ok());
    let Some(amendment) = amendment else { return Ok(Worded::Letter(Box::new(desk.bare()))) };
    let department = parts.next().and_then(|id| id.parse::<DepartmentId>().ok());
    let sender = Viewer::service(Service::Sender);
    let read = async || {
        let reader = node.store().viewer_of_recipient(&sender, &desk.notice.recipient).await?;
        let amendment = command::read(node, &reader, &amendment).await?;
        let department = match &department {
            Some(id) => Some(node.store().department(&reader, id).await?),
            None => None,
        };
        let party = node.store().party(&reader, &desk.notice.recipient).await?;
        Ok((amendment, department, party.time_zone))
    };
    match read().await {
        Ok((amendment, department, zone)) => {
            let letter = desk.law(kind, &amendment, department.as_ref(), zone.as_deref());
            Ok(Worded::Letter(Box::new(letter)))
        }
        Err(StoreError::NotFound(_)) => Ok(Worded::Withdrawn),
        Err(other) => Err(other),
    }
}

/// Where one notice is written.
struct Desk<'a> {
    notice: &'a ClaimedNotice,
    language: Language,
    base: String,
    law: &'a Lawbook,
}

impl Desk<'_> {
    fn letter(&self, subject: String, text: String, link: String, topic: &'static str) -> Letter {
        Letter {
            id: self.notice.id.clone(),
            created_at: self.notice.created_at,
            subject: in_one_line(&subject),
            text: format!("{text}\n\n{link}\n"),
            link,
            language: self.language.tag(),
            topic,
        }
    }

    fn watch(&self) -> String {
        format!("{}/watch", self.base)
    }

    /// Says that there is something, and nothing of what: the same words for every case.
    fn bare(&self) -> Letter {
        let subject = self.language.text("notice-bare-subject");
        let text = self.language.text("notice-bare-text");
        self.letter(subject, text, self.watch(), "notice")
    }

    fn of_node(&self, kind: NoticeKind) -> Letter {
        match kind {
            NoticeKind::Test => {
                let subject = self.language.text("notice-test-subject");
                let text = self.language.text("notice-test-text");
                self.letter(subject, text, self.watch(), "notice.test")
            }
            NoticeKind::Trouble => {
                let mark = in_one_line(&String::from_utf8_lossy(&self.notice.payload));
                let subject = self.language.text("notice-trouble-subject");
                let text = self.language.text_with("notice-trouble-text", &[("row", mark.into())]);
                self.letter(subject, text, self.watch(), "notice.trouble")
            }
            NoticeKind::Rung
            | NoticeKind::NotAcknowledged
            | NoticeKind::Assigned
            | NoticeKind::Question
            | NoticeKind::Escalated
            | NoticeKind::ReviewLaw
            | NoticeKind::AcknowledgeLaw
            | NoticeKind::LetIn => self.bare(),
        }
    }

    /// Says that a change of law waits for its reader, and from when on it is used.
    fn law(
        &self,
        kind: NoticeKind,
        amendment: &Amendment,
        department: Option<&Department>,
        zone: Option<&str>,
    ) -> Letter {
        let title: String = amendment.title.chars().take(TITLE_CHARS_MAX).collect();
        let title = [("title", FluentValue::from(in_one_line(&title)))];
        let used = [("at", FluentValue::from(instant(amendment.effective_at, zone)))];
        let used = self.language.text_with("notice-law-used", &used);
        let owed = department.and_then(|department| {
            let owed = amendment.acknowledgements.get(&department.id)?;
            let arguments = [
                ("department", FluentValue::from(in_one_line(&department.desk.name))),
                ("due", instant(owed.due_at, zone).into()),
            ];
            Some(self.language.text_with("notice-law-owed", &arguments))
        });
        let (subject, why, topic) = match kind {
            NoticeKind::AcknowledgeLaw => {
                ("notice-law-subject", "notice-law-acknowledge", "notice.acknowledge-law")
            }
            _ => ("notice-law-review-subject", "notice-law-review", "notice.review-law"),
        };
        let subject = self.language.text_with(subject, &title);
        let why = self.language.text_with(why, &title);
        let lines: Vec<String> =
            [why, String::new()].into_iter().chain(owed).chain([used]).collect();
        let link = format!("{}/amendments/{}", self.base, amendment.id);
        self.letter(subject, lines.join("\n"), link, topic)
    }

    /// The question on which the clock hangs while nobody has answered it.
    fn question(&self, assessment: &Assessment, zone: Option<&str>) -> Option<String> {
        let predicate = assessment.decision.as_ref().filter(|_| assessment.provisional)?;
        let question = question(self.law, predicate, self.language).into();
        let due = assessment.decision_due.map(|due| instant(due, zone)).unwrap_or_default();
        let arguments = [("question", question), ("due", due.into())];
        Some(self.language.text_with("notice-question-open", &arguments))
    }

    /// The conflict that rings, where it is one and not a question; its mark begins with its name.
    fn conflict(&self, kind: NoticeKind) -> Option<&Conflict> {
        let mark = std::str::from_utf8(&self.notice.payload).ok()?;
        let named = mark.split(' ').next().filter(|_| kind == NoticeKind::Question)?;
        self.law.conflict(named)
    }

    /// What collides, and what is asked about it.
    fn collides(&self, conflict: &Conflict) -> String {
        let language = in_laws(self.language);
        let title = conflict.title.in_language(language);
        let asks = conflict.decision.as_ref().map_or("", |it| it.asks.in_language(language));
        let arguments = [("conflict", title.into()), ("asks", asks.into())];
        self.language.text_with("notice-conflict-open", &arguments)
    }

    fn in_full(&self, kind: NoticeKind, owed: &ObligationRow, zone: Option<&str>) -> Letter {
        let assessment = &owed.assessment;
        let provision = [("provision", FluentValue::from(assessment.provision.as_str()))];
        let conflict = self.conflict(kind);
        let (why, topic) = match conflict {
            Some(_) => ("notice-conflict", "notice.question"),
            None => why(kind),
        };
        let why = self.language.text(why);
        let subject = match assessment.strict_due {
            _ if conflict.is_some() => {
                self.language.text_with("notice-conflict-subject", &provision)
            }
            _ if kind == NoticeKind::Question => {
                self.language.text_with("notice-question-subject", &provision)
            }
            // As it stood when the notice came to be, so that every try says the same.
            Some(due) if due <= self.notice.created_at => {
                self.language.text_with("notice-overdue-subject", &provision)
            }
            Some(_) => self.language.text_with("notice-due-subject", &provision),
            None => self.language.text_with("notice-undated-subject", &provision),
        };
        let due = match assessment.strict_due {
            Some(due) => {
                self.language.text_with("notice-due", &[("due", instant(due, zone).into())])
            }
            None => self.language.text("notice-no-date"),
        };
        let title: String = owed.case_title.chars().take(TITLE_CHARS_MAX).collect();
        let case = self.language.text_with(
            "notice-case",
            &[("title", in_one_line(&title).into()), ("id", owed.case.to_string().into())],
        );
        let law = self.language.text_with(
            "notice-law",
            &[
                ("provision", assessment.provision.as_str().into()),
                ("cites", assessment.cites.as_str().into()),
            ],
        );
        let held = match owed.owner {
            Some(_) => self.language.text("notice-held"),
            None => self.language.text("notice-gap"),
        };
        let mut lines = vec![why, String::new(), case, law, due, held];
        lines.extend(match conflict {
            Some(conflict) => Some(self.collides(conflict)),
            None => self.question(assessment, zone),
        });
        let text = lines.join("\n");
        let place = if conflict.is_some() { "#conflicts" } else { "" };
        self.letter(subject, text, format!("{}/cases/{}{place}", self.base, owed.case), topic)
    }
}

/// Why somebody is told: the key of the words, and the topic.
fn why(kind: NoticeKind) -> (&'static str, &'static str) {
    match kind {
        NoticeKind::NotAcknowledged => ("notice-not-acknowledged", "notice.not-acknowledged"),
        NoticeKind::Assigned => ("notice-assigned", "notice.assigned"),
        NoticeKind::Question => ("notice-question", "notice.question"),
        NoticeKind::Escalated => ("notice-escalated", "notice.escalated"),
        NoticeKind::LetIn => ("notice-let-in", "notice.let-in"),
        NoticeKind::Rung
        | NoticeKind::Test
        | NoticeKind::Trouble
        | NoticeKind::ReviewLaw
        | NoticeKind::AcknowledgeLaw => ("notice-rung", "notice.rung"),
    }
}

/// The language as the laws know it.
fn in_laws(language: Language) -> LawLanguage {
    match language {
        Language::En => LawLanguage::En,
        Language::ZhCn => LawLanguage::ZhCn,
    }
}

/// The words of a question; the predicate itself where no pack declares it any more.
fn question(law: &Lawbook, predicate: &str, language: Language) -> String {
    let found = law.words().predicates.iter().find(|(known, _)| known.as_str() == predicate);
    let language = in_laws(language);
    found.map_or_else(
        || predicate.to_owned(),
        |(_, declared)| declared.question.in_language(language).to_owned(),
    )
}

/// Writes an instant in the reader's zone and in UTC.
fn instant(at: Timestamp, zone: Option<&str>) -> String {
    let utc = at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let Some((name, zone)) = zone.and_then(|name| Some((name, TimeZone::get(name).ok()?))) else {
        return utc;
    };
    let local = at.to_zoned_datetime(zone).strftime("%Y-%m-%d %H:%M").to_string();
    format!("{local} {name} ({utc})")
}

/// Makes one line of a text: what breaks a line could begin a header.
fn in_one_line(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
}
