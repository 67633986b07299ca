//! Answers that are assumed of a case that there is not yet.

use std::collections::BTreeMap;

use crate::law::condition::Answer;
use crate::law::id::PredicateId;
use crate::law::lawbook::Lawbook;

/// So many answers may be assumed at once.
const ASSUMED_MAX: usize = 100;

/// Why assumed answers cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssumeError {
    #[error("at most {ASSUMED_MAX} answers are assumed at once")]
    TooMany,
    #[error("`{0}` is not written as `<predicate>=yes` or `<predicate>=no`")]
    Shape(String),
    #[error("the predicate `{0}` is not declared")]
    Unknown(String),
}

/// Reads answers with commas between them: `eu-cra/severe-incident=no,eu-gdpr/high-risk=yes`. The
/// last for a predicate counts.
///
/// # Errors
/// What is no answer, or names no declared predicate.
pub fn assumed(laws: &Lawbook, text: &str) -> Result<BTreeMap<PredicateId, Answer>, AssumeError> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let mut found = BTreeMap::new();
    for (at, part) in parts.enumerate() {
        if at == ASSUMED_MAX {
            return Err(AssumeError::TooMany);
        }
        let read = part.split_once('=').and_then(|(id, word)| Some((id, Answer::parse(word)?)));
        let (id, answer) = read.ok_or_else(|| AssumeError::Shape(part.to_owned()))?;
        let known = id.parse::<PredicateId>().ok();
        let known = known.filter(|id| laws.words().predicates.contains_key(id));
        found.insert(known.ok_or_else(|| AssumeError::Unknown(id.to_owned()))?, answer);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_assumed_is_declared_and_answered() {
        let laws = Lawbook::builtin();
        let read = assumed(laws, " eu-cra/severe-incident=no, eu-gdpr/high-risk=yes,,").unwrap();
        let words: Vec<&str> = read.values().map(|answer| answer.as_str()).collect();
        assert_eq!(words, ["no", "yes"]);
        assert_eq!(assumed(laws, ""), Ok(BTreeMap::new()));
        for shape in ["eu-cra/severe-incident", "eu-cra/severe-incident=perhaps"] {
            assert_eq!(assumed(laws, shape), Err(AssumeError::Shape(shape.to_owned())));
        }
        for unknown in ["eu-cra/severe", "eu cra"] {
            let error = AssumeError::Unknown(unknown.to_owned());
            assert_eq!(assumed(laws, &format!("{unknown}=no")), Err(error));
        }
        let many = "eu-cra/severe-incident=no,".repeat(ASSUMED_MAX + 1);
        assert_eq!(assumed(laws, &many), Err(AssumeError::TooMany));
    }
}
