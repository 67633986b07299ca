//! How well a text is sourced, in words.

use jiff::civil::Date;

use crate::law::confidence::Confidence;

pub(super) fn in_english(confidence: Confidence, checked_on: Option<Date>) -> String {
    let source = match confidence {
        Confidence::Primary => "Its text was read in a copy of the primary source".to_owned(),
        Confidence::Secondary => "It was read in a secondary source, or in part".to_owned(),
        Confidence::Unverified { percent } => {
            format!("It is not verified, and right with a probability of 0.{percent:02}")
        }
    };
    let compared = checked_on.map(|day| format!("; compared on {day}")).unwrap_or_default();
    format!("{source}{compared}.")
}

pub(super) fn in_chinese(confidence: Confidence, checked_on: Option<Date>) -> String {
    let source = match confidence {
        Confidence::Primary => "条文见于一手来源的副本".to_owned(),
        Confidence::Secondary => "条文见于二手来源，或仅见部分".to_owned(),
        Confidence::Unverified { percent } => {
            format!("条文未经核实，正确的概率为 0.{percent:02}")
        }
    };
    let compared = checked_on.map(|day| format!("；核对日期 {day}")).unwrap_or_default();
    format!("{source}{compared}。")
}
