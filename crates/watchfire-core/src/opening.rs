//! What opens a case by itself, and with which facts.
//!
//! That something is exploited somewhere, that it is exploited in our product, and that it applies
//! to us are three different facts; an exposure proves none of the last two. What an advisory and a
//! machine can know is recorded as that, and obligations arise from it only where law says so.

use jiff::Timestamp;

use crate::case::Opening;
use crate::event::{FactRecord, OpeningRules, ParticipantRole};
use crate::ids::PartyId;
use crate::vulnerability::Vulnerability;

/// A title has at most so many characters.
const TITLE_CHARS_MAX: usize = 120;
/// A release is named in the note of a fact; of more only how many they are.
const TOLD_MAX: usize = 10;

/// What is known of how urgent an exposure is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Urgency {
    /// It is exploited somewhere.
    pub is_listed: bool,
    /// The severity, in tenths: 98 is 9.8.
    pub severity_tenths: Option<u32>,
    /// How likely it will be exploited within thirty days, of a thousand.
    pub likelihood_permille: Option<u32>,
    /// Something that is exposed to it can be reached from the Internet.
    pub is_internet_facing: bool,
}

impl Default for OpeningRules {
    /// What is exploited, and what is critical (CVSS 9.0 and above).
    fn default() -> Self {
        Self {
            listed: true,
            severity_tenths: Some(90),
            likelihood_permille: None,
            internet_facing_alone: false,
        }
    }
}

impl OpeningRules {
    /// Returns the first rule that something so urgent meets.
    pub fn met(&self, urgency: &Urgency) -> Option<&'static str> {
        let reaches = |from: Option<u32>, has: Option<u32>| {
            from.is_some_and(|from| has.is_some_and(|has| has >= from))
        };
        if self.listed && urgency.is_listed {
            return Some("exploited");
        }
        if self.internet_facing_alone && !urgency.is_internet_facing {
            return None;
        }
        if reaches(self.severity_tenths, urgency.severity_tenths) {
            return Some("severity");
        }
        reaches(self.likelihood_permille, urgency.likelihood_permille).then_some("likelihood")
    }

    /// Whether they can be met at all: probabilities and severities within their bounds.
    pub fn is_sound(&self) -> bool {
        self.severity_tenths.is_none_or(|it| it <= 100)
            && self.likelihood_permille.is_none_or(|it| it <= 1_000)
    }
}

/// Opens a case on a vulnerability that is public.
///
/// A feed is a channel: that something upstream has it was received, and that our product contains
/// it is a first signal, until a person has looked (laws/counting.md 7.2.4). When it was published
/// and when it reached us are two times.
pub fn opening(
    vulnerability: &Vulnerability,
    releases: &[String],
    people: &[PartyId],
    now: Timestamp,
) -> Opening {
    let participants = people.iter().map(|who| (who.clone(), ParticipantRole::Member));
    Opening {
        title: title(vulnerability),
        organization: vulnerability.organization.clone(),
        report: None,
        embargoed: false,
        participants: participants.collect(),
        facts: facts(vulnerability, releases, now),
    }
}

fn facts(vulnerability: &Vulnerability, releases: &[String], now: Timestamp) -> Vec<FactRecord> {
    let name = vulnerability.name();
    let mut facts = Vec::new();
    if let Some(published) = vulnerability.called.published {
        let published = published.min(now).to_string();
        facts.push(FactRecord { note: Some(name.to_owned()), ..fact("disclosed", published, now) });
    }
    let step = |id: &str, kind: &str, of: &str, note: String| FactRecord {
        kind: kind.to_owned(),
        of: Some(of.to_owned()),
        note: Some(note),
        ..fact(id, now.to_string(), now)
    };
    facts.push(step(
        "advisory-received",
        "received-by-channel",
        "upstream-vulnerability-known",
        vulnerability.called.names.join(", "),
    ));
    if !releases.is_empty() {
        let told = told(releases);
        facts.push(step("exposure-found", "first-signal", "vulnerability-known", told));
    }
    facts.extend(listed(vulnerability, now));
    facts
}

/// The fact that it is exploited somewhere, where a list says so.
pub fn listed(vulnerability: &Vulnerability, now: Timestamp) -> Option<FactRecord> {
    let listing = vulnerability.listing.as_ref()?;
    // A list may know of days ahead of ours.
    let since = listing.since.clone().filter(|since| {
        since.parse::<jiff::civil::Date>().is_ok_and(|day| {
            let ours = jiff::tz::TimeZone::UTC.to_datetime(now).date();
            day <= ours
        })
    });
    let occurred_at = since.map_or_else(|| now.to_string(), |day| format!("{day}[UTC]"));
    let note = Some(format!("{}: {}", listing.by, vulnerability.name()));
    Some(FactRecord { note, ..fact("kev-listed", occurred_at, now) })
}

fn fact(kind: &str, occurred_at: String, now: Timestamp) -> FactRecord {
    FactRecord {
        id: kind.to_owned(),
        kind: kind.to_owned(),
        occurred_at,
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

fn told(releases: &[String]) -> String {
    let told = releases.iter().take(TOLD_MAX).cloned().collect::<Vec<_>>().join(", ");
    match releases.len().saturating_sub(TOLD_MAX) {
        0 => told,
        more => format!("{told} … (+{more})"),
    }
}

fn title(vulnerability: &Vulnerability) -> String {
    let name = vulnerability.name();
    let title = match vulnerability.called.title.as_deref().map(str::trim) {
        Some(title) if !title.is_empty() && !title.contains(name) => format!("{name}: {title}"),
        Some(title) if !title.is_empty() => title.to_owned(),
        _ => name.to_owned(),
    };
    let title: String = title.chars().filter(|sign| !sign.is_control()).collect();
    if title.chars().count() <= TITLE_CHARS_MAX {
        return title;
    }
    let cut: String = title.chars().take(TITLE_CHARS_MAX - 1).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Called, Listing};
    use crate::ids::VulnerabilityId;

    fn now() -> Timestamp {
        "2021-12-10T08:00:00Z".parse().expect("an instant")
    }

    fn vulnerability(listed_since: Option<&str>) -> Vulnerability {
        let house = PartyId::from_random([1; 5]);
        let mut found = Vulnerability::new(VulnerabilityId::from_random([3; 5]), house);
        found.called = Called {
            names: vec!["CVE-2021-44228".into(), "GHSA-jfh8-c2jp-5v3q".into()],
            title: Some(format!("Remote code\nexecution {}", "x".repeat(200))),
            published: "2021-12-10T00:00:00Z".parse().ok(),
            ..Called::default()
        };
        found.listing = listed_since.map(|since| Listing {
            by: "CISA".into(),
            since: Some(since.into()),
            due: None,
            ransomware: None,
        });
        found
    }

    fn kinds(facts: &[FactRecord]) -> Vec<(&str, Option<&str>)> {
        facts.iter().map(|fact| (fact.kind.as_str(), fact.of.as_deref())).collect()
    }

    #[test]
    fn an_advisory_and_a_match_are_signals_and_no_knowledge_of_exploitation_here() {
        let releases = ["Platform 4.2".to_owned()];
        let opened = opening(&vulnerability(Some("2021-12-10")), &releases, &[], now());
        assert_eq!(
            kinds(&opened.facts),
            [
                ("disclosed", None),
                ("received-by-channel", Some("upstream-vulnerability-known")),
                ("first-signal", Some("vulnerability-known")),
                ("kev-listed", None),
            ]
        );
        assert!(!opened.embargoed, "what is public is no secret");
        assert_eq!(opened.facts[0].occurred_at, "2021-12-10T00:00:00Z");
        assert!(opened.facts.iter().all(|fact| fact.known_at == now()));
        assert_eq!(opened.facts[3].occurred_at, "2021-12-10[UTC]");
        assert!(opened.title.starts_with("CVE-2021-44228: Remote code"));
        assert!(opened.title.chars().count() <= TITLE_CHARS_MAX && !opened.title.contains('\n'));
    }

    #[test]
    fn a_list_that_dates_itself_ahead_is_known_from_now() {
        let ahead = listed(&vulnerability(Some("2021-12-11")), now()).expect("listed");
        assert_eq!(ahead.occurred_at, now().to_string());
        assert_eq!(listed(&vulnerability(None), now()), None);
        let odd = listed(&vulnerability(Some("soon")), now()).expect("listed");
        assert_eq!(odd.occurred_at, now().to_string());
    }

    #[test]
    fn each_rule_for_itself_is_enough_and_what_faces_nobody_may_be_left_out() {
        let rules = OpeningRules {
            listed: true,
            severity_tenths: Some(90),
            likelihood_permille: Some(500),
            internet_facing_alone: false,
        };
        let urgency = |is_listed, severity_tenths, likelihood_permille| Urgency {
            is_listed,
            severity_tenths,
            likelihood_permille,
            is_internet_facing: false,
        };
        assert_eq!(rules.met(&urgency(true, None, None)), Some("exploited"));
        assert_eq!(rules.met(&urgency(false, Some(90), None)), Some("severity"));
        assert_eq!(rules.met(&urgency(false, Some(89), Some(500))), Some("likelihood"));
        assert_eq!(rules.met(&urgency(false, Some(89), Some(499))), None);
        assert_eq!(rules.met(&urgency(false, None, None)), None);
        let facing = OpeningRules { internet_facing_alone: true, ..rules };
        assert_eq!(facing.met(&urgency(false, Some(100), Some(1_000))), None);
        assert_eq!(facing.met(&urgency(true, None, None)), Some("exploited"));
        let seen = Urgency { is_internet_facing: true, ..urgency(false, Some(95), None) };
        assert_eq!(facing.met(&seen), Some("severity"));
        assert!(!OpeningRules { severity_tenths: Some(101), ..facing }.is_sound());
    }
}
