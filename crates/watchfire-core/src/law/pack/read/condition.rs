//! Conditions of a provision, from TOML to three-valued data.

use std::ops::Range;

use toml::Spanned;

use super::Reader;
use crate::law::condition::{Condition, Recorded, Value};
use crate::law::count::Unit;
use crate::law::id::AttributeId;
use crate::law::vocabulary::AttributeType;

impl Reader<'_> {
    pub(super) fn condition(&mut self, written: &Spanned<toml::Value>) -> Option<Condition> {
        self.condition_part(written.get_ref(), &written.span())
    }

    fn condition_part(&mut self, written: &toml::Value, span: &Range<usize>) -> Option<Condition> {
        match written {
            toml::Value::String(name) => self.named_condition(name, span),
            toml::Value::Table(table) if table.contains_key("attribute") => {
                self.comparison(table, span)
            }
            toml::Value::Table(table)
                if table.contains_key("recorded") || table.contains_key("submitted") =>
            {
                self.recorded(table, span)
            }
            toml::Value::Table(table) if table.len() == 1 => {
                let (word, parts) = table.iter().next()?;
                match (word.as_str(), parts) {
                    ("all", toml::Value::Array(parts)) => {
                        Some(Condition::All(self.condition_parts(parts, span)?))
                    }
                    ("any", toml::Value::Array(parts)) => {
                        Some(Condition::Any(self.condition_parts(parts, span)?))
                    }
                    ("not", part) => {
                        Some(Condition::Not(Box::new(self.condition_part(part, span)?)))
                    }
                    _ => self.no_condition(written, span),
                }
            }
            _ => self.no_condition(written, span),
        }
    }

    fn no_condition(&mut self, written: &toml::Value, span: &Range<usize>) -> Option<Condition> {
        let hint = "write a predicate, all, any, not, recorded, or a comparison of an attribute";
        self.wrong(span.clone(), format!("`{written}` is no condition"), hint)
    }

    fn condition_parts(
        &mut self,
        parts: &[toml::Value],
        span: &Range<usize>,
    ) -> Option<Vec<Condition>> {
        if parts.is_empty() {
            return self.wrong(
                span.clone(),
                "a condition has no parts".to_owned(),
                "write at least one",
            );
        }
        parts.iter().map(|part| self.condition_part(part, span)).collect()
    }

    fn named_condition(&mut self, name: &str, span: &Range<usize>) -> Option<Condition> {
        if let Ok(id) = name.parse::<AttributeId>()
            && let Some(attribute) = self.declared.words.attributes.get(&id)
        {
            if attribute.kind != AttributeType::YesNo {
                let message = format!("the attribute `{name}` is not answered with yes or no");
                return self.wrong(
                    span.clone(),
                    message,
                    "compare it: `{ attribute = \"…\", is = … }`",
                );
            }
            return Some(Condition::Flag(id));
        }
        self.predicate(name, span.clone()).map(Condition::Predicate)
    }

    /// `{ recorded = kind }`, `{ submitted = provision }`, both with `within` and `of` or without.
    fn recorded(&mut self, table: &toml::Table, span: &Range<usize>) -> Option<Condition> {
        let rest =
            |key: &&String| !matches!(key.as_str(), "recorded" | "submitted" | "within" | "of");
        let is_whole = table.contains_key("within") == table.contains_key("of")
            && table.contains_key("recorded") != table.contains_key("submitted");
        if table.keys().any(|key| rest(&key)) || !is_whole {
            return self.no_condition(&toml::Value::Table(table.clone()), span);
        }
        let spanned = |value: toml::Value| Spanned::new(span.clone(), value);
        let fact = match (table.get("recorded"), table.get("submitted")) {
            (Some(kind), _) => self.trigger(&spanned(kind.clone()))?,
            (None, Some(provision)) => {
                let submitted =
                    toml::Table::from_iter([("submitted".to_owned(), provision.clone())]);
                self.trigger(&spanned(toml::Value::Table(submitted)))?
            }
            (None, None) => return None,
        };
        let within = match (table.get("within"), table.get("of")) {
            (Some(within), Some(of)) => {
                let within = within.as_str().unwrap_or_default().to_owned();
                let within = self.within(&Spanned::new(span.clone(), within))?;
                if within.unit == Unit::BusinessDays {
                    let message = "business days are not looked for in the facts".to_owned();
                    return self.wrong(span.clone(), message, "write h, d, w or mo");
                }
                Some((within, self.trigger(&spanned(of.clone()))?))
            }
            _ => None,
        };
        Some(Condition::Recorded(Recorded { fact, within }))
    }

    fn comparison(&mut self, table: &toml::Table, span: &Range<usize>) -> Option<Condition> {
        let name = table.get("attribute").and_then(toml::Value::as_str).unwrap_or_default();
        let id = name.parse::<AttributeId>().ok();
        let Some(id) = id.filter(|id| self.declared.words.attributes.contains_key(id)) else {
            let hint = "declare it in `attributes.toml`, or correct the name";
            return self.undeclared(span.clone(), "attribute", name, hint);
        };
        let rest: Vec<(&String, &toml::Value)> =
            table.iter().filter(|(key, _)| *key != "attribute").collect();
        match rest.as_slice() {
            [(key, value)] if *key == "is" => {
                Some(Condition::OneOf(id.clone(), vec![self.value_of(&id, value, span)?]))
            }
            [(key, toml::Value::Array(values))] if *key == "one_of" && !values.is_empty() => {
                let values = values.iter().map(|value| self.value_of(&id, value, span));
                Some(Condition::OneOf(id.clone(), values.collect::<Option<_>>()?))
            }
            [(key, value)] if *key == "at_least" => {
                Some(Condition::AtLeast(id.clone(), self.number_of(&id, value, span)?))
            }
            [(key, value)] if *key == "below" => {
                Some(Condition::Below(id.clone(), self.number_of(&id, value, span)?))
            }
            _ => {
                let hint = "write exactly one of is, one_of, at_least, below beside `attribute`";
                self.wrong(span.clone(), "the comparison is none".to_owned(), hint)
            }
        }
    }

    /// A value that the attribute can have. With any other the comparison would never be true, and
    /// a misspelt word would stop a clock.
    fn value_of(
        &mut self,
        id: &AttributeId,
        written: &toml::Value,
        span: &Range<usize>,
    ) -> Option<Value> {
        let text = match written {
            toml::Value::String(text) => Some(text.clone()),
            toml::Value::Integer(whole) => Some(whole.to_string()),
            toml::Value::Float(number) => Some(number.to_string()),
            toml::Value::Boolean(flag) => Some(if *flag { "yes" } else { "no" }.to_owned()),
            _ => None,
        };
        let words = self.declared.words;
        let found = text
            .ok_or_else(|| format!("`{written}` is no value of an attribute"))
            .and_then(|text| words.value(id.as_str(), &text, self.declared.states));
        match found {
            Ok((_, value)) => Some(value),
            Err(message) => {
                let hint =
                    format!("compare `{id}` with a value of its type, see `attributes.toml`");
                self.wrong(span.clone(), message, &hint)
            }
        }
    }

    fn number_of(
        &mut self,
        id: &AttributeId,
        written: &toml::Value,
        span: &Range<usize>,
    ) -> Option<f64> {
        match self.value_of(id, written, span)? {
            Value::Number(number) => Some(number),
            _ => {
                let message = format!("the attribute `{id}` is no number");
                self.wrong(span.clone(), message, "compare it with `is` or `one_of`")
            }
        }
    }
}
