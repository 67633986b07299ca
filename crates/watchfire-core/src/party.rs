//! People and organizations, as their events left them.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::{Body, Chain, Duty, Event, OpeningRules, PartyEvent, Profile};
use crate::ids::PartyId;
use crate::law::inquiry::Answers;
use crate::law::{Language, Lawbook};

/// A name has at most so many characters.
pub const NAME_CHARS_MAX: usize = 100;
/// A password has at least so many characters.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// A password has at most so many characters; longer ones are refused, never cut.
pub const PASSWORD_CHARS_MAX: usize = 200;

/// A person or an organization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// How many events it has; the number that the next append must expect.
    pub version: u64,
    /// As people call it.
    pub name: String,
    /// Of a person: whose employee.
    pub organization: Option<PartyId>,
    /// Whether it is a person.
    pub is_person: bool,
    /// Of a person.
    pub duties: BTreeSet<Duty>,
    /// Of a person: the name to sign in with, while the account is open.
    pub login: Option<String>,
    /// Of a person: language and time zone of pages and notices.
    pub preferences: Option<(String, String)>,
    /// Of a person: the channels with an address.
    pub channels: BTreeSet<String>,
    /// Of an organization: what it is by law.
    pub profile: Profile,
    /// Of an organization: who is told in what order.
    pub chain: Chain,
    /// Of an organization: what was answered to the questions that find its roles.
    pub answers: BTreeMap<String, String>,
    /// Of an organization: which exposures open a case by themselves.
    pub opening_rules: OpeningRules,
}

/// Why a change of a party was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartyRefusal {
    /// No pack declares this role.
    #[error("no law pack declares the role `{0}`")]
    UnknownRole(String),
    /// No pack declares this attribute, or its value is not of its type.
    #[error("the attribute `{attribute}` cannot be `{value}`: {problem}")]
    Attribute { attribute: String, value: String, problem: String },
    /// Nothing was answered.
    #[error("no question is answered")]
    NothingAnswered,
    /// An answer cannot stand, in words.
    #[error("{told}")]
    Answer { question: String, told: String },
    /// Empty or too long.
    #[error("a name must have 1 to {NAME_CHARS_MAX} characters")]
    Name,
    /// A login of other signs, or of the wrong length.
    #[error("a login must have 2 to 64 of the signs a-z, 0-9, `.`, `-`, `_`")]
    Login,
    /// Too short or too long.
    #[error("a password must have {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters")]
    Password,
}

impl PartyRefusal {
    /// Returns the stable code that the API shows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownRole(_) => "role_unknown",
            Self::Attribute { .. } => "attribute_invalid",
            Self::NothingAnswered => "inquiry_empty",
            Self::Answer { .. } => "answer_invalid",
            Self::Name => "name_invalid",
            Self::Login => "login_invalid",
            Self::Password => "password_length",
        }
    }
}

impl Party {
    /// Folds the events of one party, in order; `None` if it was never registered.
    pub fn from_events<'e>(
        id: &PartyId,
        events: impl IntoIterator<Item = &'e Event>,
    ) -> Option<Self> {
        let mut party: Option<Self> = None;
        for event in events {
            if let Body::Party(of, happened) = &event.body
                && of == id
            {
                party.get_or_insert_default().apply(happened);
            }
        }
        party
    }

    /// Takes one more event into account.
    pub fn apply(&mut self, event: &PartyEvent) {
        self.version += 1;
        match event {
            PartyEvent::OrganizationRegistered { name } => name.clone_into(&mut self.name),
            PartyEvent::PersonRegistered { name, organization, duties } => {
                name.clone_into(&mut self.name);
                organization.clone_into(&mut self.organization);
                duties.clone_into(&mut self.duties);
                self.is_person = true;
            }
            PartyEvent::DutiesChanged { duties } => duties.clone_into(&mut self.duties),
            PartyEvent::AccountOpened { login } => self.login = Some(login.clone()),
            PartyEvent::AccountClosed { .. } => self.login = None,
            PartyEvent::CredentialSet { .. }
            | PartyEvent::CredentialRevoked { .. }
            | PartyEvent::StandingChoiceMade { .. }
            | PartyEvent::CountryRecorded { .. } => {}
            PartyEvent::OpeningRulesSet { rules, .. } => rules.clone_into(&mut self.opening_rules),
            PartyEvent::AddressSet { channel, .. } => {
                self.channels.insert(channel.clone());
            }
            PartyEvent::PreferencesChanged { language, time_zone } => {
                self.preferences = Some((language.clone(), time_zone.clone()));
            }
            PartyEvent::ProfileChanged(profile) => profile.clone_into(&mut self.profile),
            PartyEvent::ChainSet(chain) => chain.clone_into(&mut self.chain),
            PartyEvent::InquiryAnswered { answers, .. } => answers.clone_into(&mut self.answers),
        }
    }
}

/// Checks that the laws know every role and attribute of `profile`.
///
/// # Errors
/// [`PartyRefusal::UnknownRole`], [`PartyRefusal::Attribute`].
pub fn check_profile(profile: &Profile, law: &Lawbook) -> Result<(), PartyRefusal> {
    for role in &profile.roles {
        if !law.knows_role(role) {
            return Err(PartyRefusal::UnknownRole(role.clone()));
        }
    }
    for (attribute, value) in &profile.attributes {
        law.attribute(attribute, value).map_err(|problem| PartyRefusal::Attribute {
            attribute: attribute.clone(),
            value: value.clone(),
            problem: problem.to_string(),
        })?;
    }
    Ok(())
}

/// Checks that answers to the inquiry can be recorded: that there is one, that a pack asks each,
/// and that none contradicts another.
///
/// # Errors
/// [`PartyRefusal::NothingAnswered`], [`PartyRefusal::Answer`].
pub fn check_answers(answers: &Answers, law: &Lawbook) -> Result<(), PartyRefusal> {
    if answers.values().all(String::is_empty) {
        return Err(PartyRefusal::NothingAnswered);
    }
    law.faults(answers).first().map_or(Ok(()), |fault| {
        let question = fault.question().to_owned();
        Err(PartyRefusal::Answer { question, told: law.tell_fault(fault, Language::En) })
    })
}

/// Returns whether `code` is written as the code of a country is: two capital letters.
pub fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|sign| sign.is_ascii_uppercase())
}

/// Checks the name of a party.
///
/// # Errors
/// [`PartyRefusal::Name`].
pub fn check_name(name: &str) -> Result<(), PartyRefusal> {
    let fits = !name.trim().is_empty() && name.chars().count() <= NAME_CHARS_MAX;
    if fits && !name.chars().any(char::is_control) { Ok(()) } else { Err(PartyRefusal::Name) }
}

/// Checks the name to sign in with: plain signs alone, so that two logins never look alike.
///
/// # Errors
/// [`PartyRefusal::Login`].
pub fn check_login(login: &str) -> Result<(), PartyRefusal> {
    let plain =
        |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit() || b".-_".contains(&sign);
    if (2..=64).contains(&login.len()) && login.bytes().all(plain) {
        return Ok(());
    }
    Err(PartyRefusal::Login)
}

/// Checks the length of a password; its content is the person's own.
///
/// # Errors
/// [`PartyRefusal::Password`].
pub fn check_password(password: &str) -> Result<(), PartyRefusal> {
    let length = password.chars().count();
    if (PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&length) {
        return Ok(());
    }
    Err(PartyRefusal::Password)
}

/// The channels by which a notice can reach a person, with what each one's address looks like.
pub const CHANNELS: [&str; 2] = ["mail", "webhook"];

/// Returns the people who stand in the chain, each once, in its order.
pub fn chain_people(chain: &Chain) -> Vec<PartyId> {
    let mut found = BTreeMap::new();
    for (place, who) in [&chain.owner, &chain.supervisor, &chain.executive].into_iter().enumerate()
    {
        if let Some(who) = who {
            found.entry(who.clone()).or_insert(place);
        }
    }
    let mut people: Vec<(usize, PartyId)> =
        found.into_iter().map(|(who, place)| (place, who)).collect();
    people.sort();
    people.into_iter().map(|(_, who)| who).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_made_of_plain_signs() {
        for login in ["an", "l.wen", "m-kern_2"] {
            assert_eq!(check_login(login), Ok(()), "{login}");
        }
        let long = "x".repeat(65);
        for login in ["", "a", "L.Wen", "l wen", "l.wén", "l\u{430}", long.as_str()] {
            assert_eq!(check_login(login), Err(PartyRefusal::Login), "{login}");
        }
    }

    #[test]
    fn a_country_is_two_capital_letters() {
        assert!(is_country("CN") && is_country("NO"));
        for other in ["", "C", "cn", "CHN", "C1", "中国", "EU "] {
            assert!(!is_country(other), "{other}");
        }
    }

    #[test]
    fn a_password_is_long_and_never_cut() {
        assert!(check_password(&"x".repeat(11)).is_err());
        assert!(check_password(&"x".repeat(12)).is_ok());
        assert!(check_password(&"密".repeat(200)).is_ok());
        assert!(check_password(&"x".repeat(201)).is_err());
    }

    #[test]
    fn somebody_with_two_places_in_the_chain_is_one_person() {
        let [ann, bob] = [1, 2].map(|n| PartyId::from_random([n; 5]));
        let chain = Chain {
            owner: Some(bob.clone()),
            supervisor: Some(ann.clone()),
            executive: Some(bob.clone()),
        };
        assert_eq!(chain_people(&chain), vec![bob, ann]);
    }
}
