//! A report from outside: whether it is valid, and what it means for a new case.

use jiff::Timestamp;

use crate::case::{Opening, Refusal};
use crate::event::{AnnexDigest, Exploited, FactRecord, Intake, ParticipantRole, Sureness};
use crate::ids::{CaseId, PartyId, ReportId};

/// The first answer, what is wrong, has at most so many characters.
pub const WHAT_CHARS_MAX: usize = 20_000;
/// A title made from a report has at most so many characters.
const TITLE_CHARS_MAX: usize = 120;
/// A contact has at most so many characters.
pub const CONTACT_CHARS_MAX: usize = 500;
/// A component's name has at most so many characters.
pub const COMPONENT_CHARS_MAX: usize = 500;

/// Who reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reporter {
    /// Somebody outside, with or without a name: what they say reaches us by our channel.
    Outside,
    /// One of us: what they know, we know.
    Employee(PartyId),
}

/// The four answers, as they were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// What is wrong.
    pub what: String,
    /// Where: a package URL in canonical form.
    pub component: Option<String>,
    /// How sure the reporter is.
    pub sure: Sureness,
    /// Whether it was seen exploited.
    pub exploited: Exploited,
    /// When it was found, in the spelling of the case files.
    pub found_at: Option<String>,
    /// Whether a contact was given; the contact itself is kept beside.
    pub contact: Option<AnnexDigest>,
    /// `en` or `zh-CN`.
    pub language: String,
}

impl Answers {
    /// Checks lengths. The component was checked by whoever parsed it.
    ///
    /// # Errors
    /// [`Refusal::Text`] for `what` and `component`.
    pub fn check(&self) -> Result<(), Refusal> {
        let length = |field, text: &str, chars_max| {
            // Blanks alone say nothing.
            let chars = if text.trim().is_empty() { 0 } else { text.chars().count() };
            if chars == 0 || chars > chars_max {
                return Err(Refusal::Text { field, chars, chars_max });
            }
            Ok(())
        };
        length("what", &self.what, WHAT_CHARS_MAX)?;
        if let Some(component) = &self.component {
            length("component", component, COMPONENT_CHARS_MAX)?;
        }
        Ok(())
    }

    /// Writes down the report as its event.
    pub fn intake(&self, tracking: String, case: CaseId, received_at: Timestamp) -> Intake {
        Intake {
            what: self.what.clone(),
            component: self.component.clone(),
            sure: self.sure,
            exploited: self.exploited,
            found_at: self.found_at.clone(),
            contact: self.contact.clone(),
            language: self.language.clone(),
            tracking,
            case,
            received_at,
        }
    }

    /// Opens a case on the report, under embargo: nobody but the responders knows of it.
    ///
    /// What an employee knows, the organization knows (the kind itself, from when it was found).
    /// What somebody outside writes is received by our channel (laws/counting.md 7.2.4). A
    /// component named is somebody else's product until we know that ours contains it. Exploitation
    /// that a reporter has seen is a first signal, not yet reliable evidence (CRA Art. 3(42)).
    pub fn opening(
        &self,
        report: ReportId,
        organization: PartyId,
        reporter: &Reporter,
        responders: &[PartyId],
        now: Timestamp,
    ) -> Opening {
        let mut participants: Vec<(PartyId, ParticipantRole)> =
            responders.iter().map(|who| (who.clone(), ParticipantRole::Member)).collect();
        if let Reporter::Employee(who) = reporter {
            participants.retain(|(party, _)| party != who);
            let role = if responders.contains(who) {
                ParticipantRole::Member
            } else {
                ParticipantRole::Reporter
            };
            participants.push((who.clone(), role));
        }
        Opening {
            title: self.title(),
            organization,
            report: Some(report),
            embargoed: true,
            participants,
            facts: self.facts(reporter, now),
        }
    }

    fn facts(&self, reporter: &Reporter, now: Timestamp) -> Vec<FactRecord> {
        let knowledge = match self.component {
            Some(_) => "upstream-vulnerability-known",
            None => "vulnerability-known",
        };
        let found = match reporter {
            Reporter::Employee(_) => {
                let occurred_at = self.found_at.clone().unwrap_or_else(|| now.to_string());
                FactRecord { kind: knowledge.to_owned(), occurred_at, ..blank("reported", now) }
            }
            Reporter::Outside => FactRecord {
                kind: "received-by-channel".to_owned(),
                of: Some(knowledge.to_owned()),
                ..blank("reported", now)
            },
        };
        let mut facts = vec![found];
        if self.exploited == Exploited::Yes {
            facts.push(FactRecord {
                kind: "first-signal".to_owned(),
                of: Some("exploitation-known".to_owned()),
                ..blank("exploitation-reported", now)
            });
        }
        facts
    }

    fn title(&self) -> String {
        let line = self.what.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("?");
        if line.chars().count() <= TITLE_CHARS_MAX {
            return line.to_owned();
        }
        let cut: String = line.chars().take(TITLE_CHARS_MAX - 1).collect();
        format!("{}…", cut.trim_end())
    }
}

fn blank(id: &str, now: Timestamp) -> FactRecord {
    FactRecord {
        id: id.to_owned(),
        kind: String::new(),
        occurred_at: now.to_string(),
        known_at: now,
        of: None,
        obligation: Vec::new(),
        new_due: None,
        number: None,
        predicate: None,
        answer: None,
        note: None,
        evidence: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers() -> Answers {
        Answers {
            what: "JNDI lookup in message text loads remote classes\nDetails follow.".into(),
            component: Some("pkg:maven/org.apache.logging.log4j/log4j-core".into()),
            sure: Sureness::Sure,
            exploited: Exploited::Unknown,
            found_at: Some("2021-11-24[Asia/Shanghai]".into()),
            contact: None,
            language: "en".into(),
        }
    }

    fn now() -> Timestamp {
        "2021-11-24T09:00Z".parse().expect("an instant")
    }

    fn opening(answers: &Answers, reporter: &Reporter) -> Opening {
        let [house, boss] = [8, 9].map(|n| PartyId::from_random([n; 5]));
        answers.opening(ReportId::from_random([1; 5]), house, reporter, &[boss], now())
    }

    #[test]
    fn what_an_employee_knows_the_organization_knows_from_when_it_was_found() {
        let engineer = PartyId::from_random([7; 5]);
        let opening = opening(&answers(), &Reporter::Employee(engineer.clone()));
        assert_eq!(opening.title, "JNDI lookup in message text loads remote classes");
        assert!(opening.embargoed);
        assert_eq!(opening.participants[1], (engineer, ParticipantRole::Reporter));
        let fact = &opening.facts[0];
        assert_eq!(fact.kind, "upstream-vulnerability-known");
        assert_eq!(fact.occurred_at, "2021-11-24[Asia/Shanghai]");
        assert_eq!(fact.known_at, now());
    }

    #[test]
    fn what_comes_from_outside_is_received_by_our_channel_when_it_reaches_us() {
        let mut answers = answers();
        answers.component = None;
        answers.exploited = Exploited::Yes;
        let opening = opening(&answers, &Reporter::Outside);
        let [received, signal] = opening.facts.as_slice() else { panic!("two facts") };
        assert_eq!(received.kind, "received-by-channel");
        assert_eq!(received.of.as_deref(), Some("vulnerability-known"));
        assert_eq!(received.occurred_at, "2021-11-24T09:00:00Z");
        assert_eq!(signal.kind, "first-signal");
        assert_eq!(signal.of.as_deref(), Some("exploitation-known"));
    }

    #[test]
    fn a_report_must_say_something_and_not_too_much() {
        let check = |what: String| Answers { what, ..answers() }.check();
        assert!(check(" \n".into()).is_err());
        assert!(check("x".repeat(WHAT_CHARS_MAX)).is_ok());
        assert!(check("x".repeat(WHAT_CHARS_MAX + 1)).is_err());
    }

    #[test]
    fn a_long_first_line_is_cut_between_characters() {
        let long = Answers { what: "漏".repeat(500), ..answers() };
        assert_eq!(long.title().chars().count(), TITLE_CHARS_MAX);
    }
}
