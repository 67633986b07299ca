//! CVSS: how severe a vulnerability is, by a vector of its metrics.
//!
//! Source: FIRST, CVSS v2 Complete Guide; CVSS v3.0, v3.1 and v4.0 Specification Documents.

use std::fmt;
use std::str::FromStr;

use ::cvss::v3::Metric;
use ::cvss::{Cvss, v2, v3};

/// The longest vector that is read, in bytes.
pub const VECTOR_BYTES_MAX: usize = 1024;

/// A text that is no vector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no CVSS vector: {problem}")]
pub struct CvssError {
    text: String,
    problem: String,
}

/// Which version of CVSS a vector is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// 2.0
    Two,
    /// 3.0
    ThreeZero,
    /// 3.1
    ThreeOne,
    /// 4.0
    Four,
}

/// What a vector comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores {
    /// Of which version it is.
    pub version: Version,
    /// The base score; of version 4.0 the one score that there is.
    pub base: f64,
    /// The temporal score: always in version 3, in version 2 where a temporal metric is given.
    pub temporal: Option<f64>,
    /// The environmental score, likewise.
    pub environmental: Option<f64>,
    /// In words: of the base score in versions 2 and 3, of the one score in version 4.0.
    pub severity: &'static str,
}

impl FromStr for Scores {
    type Err = CvssError;

    /// Reads a vector and computes its scores.
    fn from_str(text: &str) -> Result<Self, CvssError> {
        let refused =
            |problem: String| CvssError { text: text.chars().take(80).collect(), problem };
        if text.len() > VECTOR_BYTES_MAX {
            return Err(refused(format!("it is longer than {VECTOR_BYTES_MAX} bytes")));
        }
        // The CVE programme's older records put a vector of version 2 into parentheses.
        let plain = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text);
        let vector: Cvss =
            plain.parse().map_err(|error: ::cvss::Error| refused(error.to_string()))?;
        match vector {
            Cvss::CvssV20(vector) => Ok(of_two(&vector)),
            Cvss::CvssV30(vector) => of_three(&vector, Version::ThreeZero).map_err(refused),
            Cvss::CvssV31(vector) => of_three(&vector, Version::ThreeOne).map_err(refused),
            Cvss::CvssV40(vector) => {
                let score = vector.score();
                Ok(Self {
                    version: Version::Four,
                    base: score.clone().value(),
                    temporal: None,
                    environmental: None,
                    severity: word(score.severity()),
                })
            }
            other => Err(refused(format!("a version that is not known: {other:?}"))),
        }
    }
}

fn of_two(vector: &v2::Vector) -> Scores {
    let base = vector.score();
    let temporal = vector.e.is_some() || vector.rl.is_some() || vector.rc.is_some();
    let environmental = vector.cdp.is_some()
        || vector.td.is_some()
        || vector.cr.is_some()
        || vector.ir.is_some()
        || vector.ar.is_some();
    Scores {
        version: Version::Two,
        base: base.value(),
        temporal: temporal.then(|| vector.temporal_score().value()),
        environmental: environmental.then(|| vector.environmental_score().value()),
        severity: word(base.severity()),
    }
}

fn of_three(vector: &v3::Vector, version: Version) -> Result<Scores, String> {
    // CVSS v3.1, 6: a vector without all base metrics is not valid; the library takes it.
    let given = [
        ("AV", vector.av.is_some()),
        ("AC", vector.ac.is_some()),
        ("PR", vector.pr.is_some()),
        ("UI", vector.ui.is_some()),
        ("S", vector.s.is_some()),
        ("C", vector.c.is_some()),
        ("I", vector.i.is_some()),
        ("A", vector.a.is_some()),
    ];
    if let Some((missing, _)) = given.iter().find(|(_, given)| !given) {
        return Err(format!("the base metric `{missing}` is missing"));
    }
    let base = vector.base_score();
    // CVSS v3.1, 7.2: the base score times the three temporal metrics, rounded up.
    let weights = [
        vector.e.map_or(1.0, Metric::score),
        vector.rl.map_or(1.0, Metric::score),
        vector.rc.map_or(1.0, Metric::score),
    ];
    let temporal = v3::Score::new(base.value() * weights.iter().product::<f64>());
    Ok(Scores {
        version,
        base: base.value(),
        temporal: Some(temporal.roundup_for_version(vector.minor_version).value()),
        environmental: Some(vector.environmental_score().value()),
        severity: word(base.severity()),
    })
}

fn word(severity: ::cvss::Severity) -> &'static str {
    use ::cvss::Severity::{Critical, High, Low, Medium, None};
    match severity {
        None => "None",
        Low => "Low",
        Medium => "Medium",
        High => "High",
        Critical => "Critical",
    }
}

impl fmt::Display for Scores {
    /// `base temporal environmental severity`, or `score severity` for version 4.0.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Zero times a negative factor is a zero with a sign, which says nothing.
        write!(f, "{:.1}", self.base.abs())?;
        if self.version != Version::Four {
            for score in [self.temporal, self.environmental] {
                match score {
                    Some(score) => write!(f, " {:.1}", score.abs())?,
                    None => write!(f, " -")?,
                }
            }
        }
        write!(f, " {}", self.severity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_comes_to_its_scores() {
        for (vector, expected) in [
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", "10.0 10.0 10.0 Critical"),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "0.0 0.0 0.0 None"),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U", "9.8 7.8 7.8 Critical"),
            ("AV:N/AC:M/Au:N/C:C/I:C/A:C", "9.3 - - High"),
            ("(AV:N/AC:L/Au:N/C:N/I:P/A:N/E:POC/RL:OF/RC:C)", "5.0 3.9 - Medium"),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", "10.0 Critical"),
        ] {
            let scores = vector.parse::<Scores>().map(|scores| scores.to_string());
            assert_eq!(scores.as_deref(), Ok(expected), "{vector}");
        }
    }

    #[test]
    fn what_is_no_vector_is_refused() {
        let long = format!("CVSS:3.1/{}", "A".repeat(VECTOR_BYTES_MAX));
        for text in [
            "",
            "CVSS:3.1/",
            "CVSS:3.1/AV:N",
            "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
            "CVSS:5.0/AV:N",
            "CVSS:4.0/AV:N",
            "AV:N",
            "CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
            "7.5",
            &long,
        ] {
            assert!(text.parse::<Scores>().is_err(), "{text}");
        }
    }
}
