//! What a rule has against a value, its parts aside.

use serde_json::Value;

use super::{Kinds, Rule};
use crate::sbom::problem::excerpt;

/// Of a value that is no text and holds no others.
pub(super) fn scalar_problem(rule: &Rule, kind: Kinds, value: &Value) -> Option<String> {
    if !rule.kinds.holds(kind) {
        return Some(wrong_kind(rule.kinds, kind));
    }
    if rule.values.as_ref().is_some_and(|values| !values.others.contains(value)) {
        return Some(format!("`{value}` is none of the values that the schema lists"));
    }
    let number = value.as_f64()?;
    let (least, most) = (rule.least, rule.most);
    if number < least {
        return Some(format!("{number} is less than {least}"));
    }
    (number > most).then(|| format!("{number} is more than {most}"))
}

/// Of a text.
pub(super) fn text_problem(rule: &Rule, text: &str) -> Option<String> {
    if !rule.kinds.holds(Kinds::TEXT) {
        return Some(wrong_kind(rule.kinds, Kinds::TEXT));
    }
    if rule.values.as_ref().is_some_and(|values| !values.texts.contains(text)) {
        return Some(format!("`{}` is none of the values that the schema lists", excerpt(text)));
    }
    if let Some(pattern) = rule.pattern.as_ref().filter(|pattern| !pattern.is_match(text)) {
        return Some(format!("`{}` does not fit `{}`", excerpt(text), pattern.as_str()));
    }
    if let Some(format) = rule.format.filter(|format| !format.fits(text)) {
        return Some(format!("`{}` is not {}", excerpt(text), format.said()));
    }
    if rule.length_min > 0 || rule.length_max < u64::MAX {
        let length = text.chars().count() as u64;
        let (least, most) = (rule.length_min, rule.length_max);
        if length < least || length > most {
            return Some(format!("a text of {length} signs stands where {least} to {most} may"));
        }
    }
    None
}

/// Of a list of so many items, whatever they are.
pub(super) fn list_problem(rule: &Rule, count: u64) -> Option<String> {
    if !rule.kinds.holds(Kinds::LIST) {
        return Some(wrong_kind(rule.kinds, Kinds::LIST));
    }
    let within = (rule.items_min..=rule.items_max).contains(&count);
    (!within).then(|| format!("a list of {count} items is too short or too long"))
}

/// Of an object in which some names were seen, by the numbers of those that are required.
pub(super) fn object_problem(rule: &Rule, required: &[usize], seen: &[u64]) -> Option<String> {
    if !rule.kinds.holds(Kinds::OBJECT) {
        return Some(wrong_kind(rule.kinds, Kinds::OBJECT));
    }
    let mut required = rule.required.iter().zip(required);
    let (name, _) = required.find(|(_, number)| !is_in(seen, **number))?;
    Some(format!("`{name}` is missing"))
}

fn wrong_kind(wanted: Kinds, found: Kinds) -> String {
    format!("{} is wanted, and here is {}", wanted.said(), found.said())
}

/// Whether a number is among others, which are kept as bits.
fn is_in(bits: &[u64], at: usize) -> bool {
    bits[at / 64] & (1 << (at % 64)) != 0
}

/// Puts a number among others; `false` if it was there.
pub(super) fn put_in(bits: &mut [u64], at: usize) -> bool {
    let was_in = is_in(bits, at);
    bits[at / 64] |= 1 << (at % 64);
    !was_in
}
