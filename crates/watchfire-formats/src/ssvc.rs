//! SSVC: decision tables for who must decide what to do about a vulnerability.
//!
//! A table is data, in the form in which CERT/CC publishes its own and CISA's: decision points with
//! their values, an outcome, and a row for each combination.
//! What nobody has answered yet leaves several outcomes open, and all of them are shown.
//!
//! Source: CERT/CC, SSVC, schema `Decision_Table` 2.0.0.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The most rows that a table may have.
pub const ROWS_MAX: usize = 100_000;

/// A document that is no decision table.
#[derive(Debug, thiserror::Error)]
pub enum SsvcError {
    /// It is no JSON of that shape.
    #[error("this is no decision table of SSVC: {0}")]
    Shape(#[from] serde_json::Error),
    /// It is larger than it may be.
    #[error("a decision table has at most {ROWS_MAX} rows")]
    TooLarge,
    /// A row or the outcome names something that the table does not define.
    #[error("row {row}: `{name}` is not defined in the table")]
    Undefined {
        /// Its place, from 1; 0 is the outcome itself.
        row: usize,
        /// What is not defined.
        name: String,
    },
    /// A combination without a row, or with two.
    #[error("the table has {rows} rows for {combinations} combinations of values")]
    Rows {
        /// How many different rows there are.
        rows: usize,
        /// How many there should be.
        combinations: usize,
    },
}

/// An answer that does not fit the table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unanswerable {
    /// The table asks no such thing.
    #[error("the table has no decision point `{0}`")]
    Point(String),
    /// The point has no such value.
    #[error("the decision point `{point}` has no value `{value}`")]
    Value {
        /// The decision point.
        point: String,
        /// The answer.
        value: String,
    },
}

/// One of the values of a decision point.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Value {
    /// How it is written in vectors and rows.
    pub key: String,
    /// Its name.
    pub name: String,
}

/// A question of the table with its possible answers, or its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Point {
    /// How it is called.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its values, from the least to the most urgent.
    pub values: Vec<Value>,
}

#[derive(Deserialize)]
struct Wire {
    name: String,
    version: String,
    decision_points: BTreeMap<String, Point>,
    outcome: String,
    mapping: Vec<BTreeMap<String, String>>,
}

/// A decision table.
#[derive(Debug, Clone)]
pub struct Table {
    /// How it is called.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The questions by their ids, such as `ssvc:E:1.1.0`, without the outcome.
    pub points: BTreeMap<String, Point>,
    /// What is decided.
    pub outcome: Point,
    /// For each combination of values, in the order of `points`, the place of the outcome.
    rows: BTreeMap<Vec<usize>, usize>,
}

impl Table {
    /// Reads a table and checks that each combination of values has its one row.
    ///
    /// # Errors
    /// [`SsvcError`], with what is wrong.
    pub fn parse(json: &str) -> Result<Self, SsvcError> {
        let mut wire: Wire = serde_json::from_str(json)?;
        if wire.mapping.len() > ROWS_MAX {
            return Err(SsvcError::TooLarge);
        }
        let undefined =
            |row: usize, name: &str| SsvcError::Undefined { row, name: name.to_owned() };
        let outcome = wire.decision_points.remove(&wire.outcome);
        let outcome = outcome.ok_or_else(|| undefined(0, &wire.outcome))?;
        let points = wire.decision_points;
        let mut rows = BTreeMap::new();
        for (at, row) in wire.mapping.iter().enumerate() {
            let place = |id: &str, point: &Point| {
                let key = row.get(id).ok_or_else(|| undefined(at + 1, id))?;
                let place = point.values.iter().position(|value| value.key == *key);
                place.ok_or_else(|| undefined(at + 1, key))
            };
            let answers: Result<Vec<usize>, _> =
                points.iter().map(|(id, point)| place(id, point)).collect();
            rows.insert(answers?, place(&wire.outcome, &outcome)?);
        }
        let combinations = points.values().map(|point| point.values.len()).product();
        if rows.len() != combinations || wire.mapping.len() != combinations {
            return Err(SsvcError::Rows { rows: rows.len(), combinations });
        }
        Ok(Self { name: wire.name, version: wire.version, points, outcome, rows })
    }

    /// Returns the outcomes that the answers leave open, from the least to the most urgent.
    ///
    /// `answers` are ids of decision points with keys of their values.
    /// One outcome is decided; several wait for an answer that can tell them apart.
    ///
    /// # Errors
    /// [`Unanswerable`] where an answer does not fit.
    pub fn outcomes(&self, answers: &[(&str, &str)]) -> Result<Vec<&Value>, Unanswerable> {
        let mut wanted: Vec<Option<usize>> = vec![None; self.points.len()];
        for (id, key) in answers {
            let found = self.points.iter().enumerate().find(|(_, (point, _))| point == id);
            let (at, (_, point)) = found.ok_or_else(|| Unanswerable::Point((*id).to_owned()))?;
            let place = point.values.iter().position(|value| value.key == *key);
            wanted[at] = Some(place.ok_or_else(|| Unanswerable::Value {
                point: (*id).to_owned(),
                value: (*key).to_owned(),
            })?);
        }
        let fits = |row: &[usize]| {
            row.iter().zip(&wanted).all(|(value, wanted)| wanted.is_none_or(|one| one == *value))
        };
        let mut open = vec![false; self.outcome.values.len()];
        self.rows.iter().filter(|(row, _)| fits(row)).for_each(|(_, at)| open[*at] = true);
        let values = self.outcome.values.iter().zip(open);
        Ok(values.filter(|(_, open)| *open).map(|(value, _)| value).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = r#"{
        "name": "Watch", "version": "1.0.0", "outcome": "x:OUT:1.0.0",
        "decision_points": {
            "x:SEEN:1.0.0": {"name": "Seen", "version": "1.0.0",
                "values": [{"key": "N", "name": "No"}, {"key": "Y", "name": "Yes"}]},
            "x:NEAR:1.0.0": {"name": "Near", "version": "1.0.0",
                "values": [{"key": "N", "name": "No"}, {"key": "Y", "name": "Yes"}]},
            "x:OUT:1.0.0": {"name": "Light", "version": "1.0.0",
                "values": [{"key": "W", "name": "Wait"}, {"key": "L", "name": "Light"}]}},
        "mapping": [
            {"x:SEEN:1.0.0": "N", "x:NEAR:1.0.0": "N", "x:OUT:1.0.0": "W"},
            {"x:SEEN:1.0.0": "N", "x:NEAR:1.0.0": "Y", "x:OUT:1.0.0": "W"},
            {"x:SEEN:1.0.0": "Y", "x:NEAR:1.0.0": "N", "x:OUT:1.0.0": "W"},
            {"x:SEEN:1.0.0": "Y", "x:NEAR:1.0.0": "Y", "x:OUT:1.0.0": "L"}]}"#;

    #[test]
    fn what_is_not_answered_leaves_outcomes_open() {
        let table = Table::parse(TABLE).expect("a table");
        let names = |answers: &[(&str, &str)]| -> Vec<String> {
            let outcomes = table.outcomes(answers).expect("they fit");
            outcomes.into_iter().map(|value| value.name.clone()).collect()
        };
        assert_eq!(names(&[]), ["Wait", "Light"]);
        assert_eq!(names(&[("x:SEEN:1.0.0", "N")]), ["Wait"]);
        assert_eq!(names(&[("x:SEEN:1.0.0", "Y")]), ["Wait", "Light"]);
        assert_eq!(names(&[("x:SEEN:1.0.0", "Y"), ("x:NEAR:1.0.0", "Y")]), ["Light"]);
        assert!(table.outcomes(&[("x:HEARD:1.0.0", "Y")]).is_err());
        assert!(table.outcomes(&[("x:SEEN:1.0.0", "maybe")]).is_err());
    }

    #[test]
    fn a_table_with_a_hole_or_an_unknown_value_is_refused() {
        for (part, instead) in [
            (
                "\"x:SEEN:1.0.0\": \"N\", \"x:NEAR:1.0.0\": \"Y\"",
                "\"x:SEEN:1.0.0\": \"N\", \"x:NEAR:1.0.0\": \"N\"",
            ),
            ("\"x:OUT:1.0.0\": \"L\"", "\"x:OUT:1.0.0\": \"Q\""),
            ("\"outcome\": \"x:OUT:1.0.0\"", "\"outcome\": \"x:NONE:1.0.0\""),
            ("\"mapping\"", "\"rows\""),
        ] {
            assert!(TABLE.contains(part), "{part}");
            assert!(Table::parse(&TABLE.replace(part, instead)).is_err(), "{instead}");
        }
    }
}
