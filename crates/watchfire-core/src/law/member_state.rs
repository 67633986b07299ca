//! The Member States of the European Union: zone and calendar of each.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::Deserialize;

use super::instant::zone_of;
use super::problem::Problem;
use super::text::Text;

/// The Member States, by ISO 3166 code.
#[derive(Clone, Debug)]
pub struct MemberStates {
    default: String,
    by_code: BTreeMap<String, MemberState>,
    zones: BTreeMap<String, TimeZone>,
}

/// Where an obligation owed in one Member State is counted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberState {
    /// ISO 3166-1 alpha-2 code, upper case.
    pub code: String,
    /// What the state is called.
    pub name: Text,
    /// The IANA zone of its capital.
    pub zone: String,
    /// The id of its calendar.
    pub calendar: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    default: toml::Spanned<String>,
    member_state: Vec<toml::Spanned<MemberState>>,
}

impl MemberStates {
    /// Reads `member-states.toml`, given as its path (for messages) and its text.
    ///
    /// # Errors
    /// TOML that does not parse, an unknown key, a code written twice, a zone that the bundled
    /// time-zone database does not have, a default that is no Member State.
    pub fn load(path: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let problem = |span: std::ops::Range<usize>, message: String, hint: &str| {
            Problem::at(path, text, span, "value", message, hint)
        };
        let file: File = toml::from_str(text).map_err(|error| {
            let hint = "see the keys of `member-states.toml` in `laws/README.md`";
            vec![Problem::of_toml(path, text, &error, hint)]
        })?;
        let mut problems = Vec::new();
        let (mut by_code, mut zones) = (BTreeMap::new(), BTreeMap::new());
        for state in file.member_state {
            let span = state.span();
            let state = state.into_inner();
            match zone_of(&state.zone) {
                Ok(zone) => drop(zones.insert(state.code.clone(), zone)),
                Err(_) => {
                    let (message, hint) = (
                        format!("`{}` is not a time zone", state.zone),
                        "write the IANA name of the zone",
                    );
                    problems.push(problem(span.clone(), message, hint));
                }
            }
            if let Some(twice) = by_code.insert(state.code.clone(), state) {
                let message = format!("the Member State `{}` is written twice", twice.code);
                problems.push(problem(span, message, "take one of the two out"));
            }
        }
        if !by_code.contains_key(file.default.get_ref()) {
            let message = format!("`{}` is not one of the Member States", file.default.get_ref());
            problems.push(problem(file.default.span(), message, "name one of the codes below"));
        }
        let default = file.default.into_inner();
        if problems.is_empty() { Ok(Self { default, by_code, zones }) } else { Err(problems) }
    }

    /// Returns the Member State with the upper-case code `code`.
    pub fn get(&self, code: &str) -> Option<&MemberState> {
        self.by_code.get(code)
    }

    /// Returns the zone of one of the Member States.
    pub fn zone(&self, state: &MemberState) -> &TimeZone {
        self.zones.get(&state.code).expect("`load` has found the zone of each")
    }

    /// Returns the Member State that is used where none is named.
    pub fn default_state(&self) -> &MemberState {
        self.by_code.get(&self.default).expect("`load` has checked that the default is there")
    }

    /// Returns all Member States, ordered by code.
    pub fn iter(&self) -> impl Iterator<Item = &MemberState> {
        self.by_code.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"default = "IE"
[[member_state]]
code = "IE"
name = { en = "Ireland", zh-CN = "爱尔兰" }
zone = "Europe/Dublin"
calendar = "ie"
"#;

    #[test]
    fn a_member_state_has_its_own_zone_and_calendar() {
        let states = MemberStates::load("m.toml", ONE).unwrap();
        assert_eq!(states.get("IE").unwrap().zone, "Europe/Dublin");
        assert_eq!(states.default_state().calendar, "ie");
        assert_eq!(states.get("ie"), None);
    }

    #[test]
    fn a_file_that_is_wrong_is_refused_where_it_is_wrong() {
        let twice = format!("{ONE}\n{}", ONE.split_once('\n').unwrap().1);
        for (text, line, message) in [
            (ONE.replace("default = \"IE\"", "default = \"XX\""), 1, "`XX` is not one of"),
            (ONE.replace("Dublin", "Atlantis"), 2, "is not a time zone"),
            (ONE.replace("zone", "zones"), 5, "unknown field `zones`"),
            (twice, 8, "written twice"),
        ] {
            let problems = MemberStates::load("m.toml", &text).unwrap_err();
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(problems[0].message.contains(message), "{problems:?}");
            assert_eq!(problems[0].line, line, "{problems:?}");
        }
    }
}
