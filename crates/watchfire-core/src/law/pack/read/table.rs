//! A table of a provision: every combination of what its columns may hold has exactly one row.

use std::sync::Arc;

use toml::Spanned;

use super::super::{Class, Column, Variant, wire};
use super::Reader;
use crate::law::condition::{Condition, Value};
use crate::law::id::{AttributeId, PredicateId};
use crate::law::vocabulary::AttributeType;

/// Stands for everything that a column may hold.
const ANY: &str = "*";
/// A table with more combinations is not looked through.
const COMBINATIONS_MAX: usize = 10_000;

/// A column with what makes a condition of one of its values.
struct Asked {
    column: Column,
    of: Name,
}

enum Name {
    Predicate(PredicateId),
    Flag(AttributeId),
    OneOf(AttributeId),
}

impl Asked {
    fn is(&self, value: &str) -> Condition {
        let flag = |condition: Condition| match value {
            "yes" => condition,
            _ => Condition::Not(Box::new(condition)),
        };
        match &self.of {
            Name::Predicate(id) => flag(Condition::Predicate(id.clone())),
            Name::Flag(id) => flag(Condition::Flag(id.clone())),
            Name::OneOf(id) => Condition::OneOf(id.clone(), vec![Value::Text(value.to_owned())]),
        }
    }
}

impl Reader<'_> {
    pub(super) fn table(
        &mut self,
        class: Class,
        written: &Spanned<wire::Table>,
    ) -> Option<(Vec<Column>, Vec<Variant>)> {
        let table = written.get_ref();
        let columns: Vec<Asked> =
            table.columns.iter().map(|name| self.column(name)).collect::<Option<_>>()?;
        let mut variants = Vec::new();
        let mut rows: Vec<Vec<&str>> = Vec::new();
        for row in &table.rows {
            let values = self.row(&columns, row)?;
            if let Some(other) = rows.iter().position(|other| overlap(other, &values)) {
                let message = format!(
                    "the row ({}) overlaps row {} of the table",
                    values.join(", "),
                    other + 1
                );
                return self.table_problem(row.span(), message, "let exactly one row fit");
            }
            let at = row.span();
            let row = row.get_ref();
            let ends = (row.strict.as_ref(), row.outer.as_ref(), row.target.as_ref());
            let (strict, outer) = self.two_ends(class, &at, ends);
            let cells = columns.iter().zip(&values).filter(|(_, value)| **value != ANY);
            let when = Condition::All(cells.map(|(column, value)| column.is(value)).collect());
            variants.push(Variant {
                when: Arc::new(when),
                strict,
                outer,
                remedy: row.remedy.clone(),
            });
            rows.push(values);
        }
        self.complete(written, &columns, &rows)?;
        Some((columns.into_iter().map(|asked| asked.column).collect(), variants))
    }

    fn column(&mut self, written: &Spanned<String>) -> Option<Asked> {
        let name = written.get_ref();
        let flags = || vec!["yes".to_owned(), "no".to_owned()];
        let attribute = name.parse::<AttributeId>().ok().and_then(|id| {
            let kind = self.declared.words.attributes.get(&id)?.kind.clone();
            Some((id, kind))
        });
        let (values, of) = match attribute {
            Some((id, AttributeType::YesNo)) => (flags(), Name::Flag(id)),
            Some((id, AttributeType::OneOf(values))) => (values, Name::OneOf(id)),
            Some(_) => {
                let message = format!("the attribute `{name}` can hold too much for a table");
                let hint = "a column is a predicate, or an attribute of type yes-no or one-of";
                return self.wrong(written.span(), message, hint);
            }
            None => (flags(), Name::Predicate(self.predicate(name, written.span())?)),
        };
        Some(Asked { column: Column { id: name.clone(), values }, of })
    }

    fn row<'w>(&mut self, columns: &[Asked], row: &'w Spanned<wire::Row>) -> Option<Vec<&'w str>> {
        let cells = &row.get_ref().is;
        if cells.len() != columns.len() {
            let message =
                format!("the row has {} values for {} columns", cells.len(), columns.len());
            return self.table_problem(row.span(), message, "write one value for each column");
        }
        for (cell, asked) in cells.iter().zip(columns) {
            let value = cell.get_ref();
            if value != ANY && !asked.column.values.contains(value) {
                let message = format!("`{value}` cannot stand under `{}`", asked.column.id);
                let hint = format!("write {} or `*`", asked.column.values.join(", "));
                return self.table_problem(cell.span(), message, &hint);
            }
        }
        Some(cells.iter().map(|cell| cell.get_ref().as_str()).collect())
    }

    /// Every combination must have a row.
    fn complete(
        &mut self,
        written: &Spanned<wire::Table>,
        columns: &[Asked],
        rows: &[Vec<&str>],
    ) -> Option<()> {
        let of = |asked: &Asked| asked.column.values.len();
        let count = columns.iter().map(of).try_fold(1_usize, usize::checked_mul);
        let Some(count) = count.filter(|count| (1..=COMBINATIONS_MAX).contains(count)) else {
            let message = "the table has too many combinations".to_owned();
            return self.table_problem(written.span(), message, "split the provision");
        };
        for number in 0..count {
            let mut rest = number;
            let combination: Vec<&str> = columns
                .iter()
                .map(|asked| {
                    let values = &asked.column.values;
                    let value = &values[rest % values.len()];
                    rest /= values.len();
                    value.as_str()
                })
                .collect();
            if !rows.iter().any(|row| overlap(row, &combination)) {
                let message = format!("the table has no row for ({})", combination.join(", "));
                return self.table_problem(written.span(), message, "add the row");
            }
        }
        Some(())
    }

    fn table_problem<T>(
        &mut self,
        span: std::ops::Range<usize>,
        message: String,
        hint: &str,
    ) -> Option<T> {
        self.problem(span, "table", message, hint);
        None
    }
}

/// Whether something fits both rows.
fn overlap(one: &[&str], two: &[&str]) -> bool {
    one.iter().zip(two).all(|(one, two)| one == two || *one == ANY || *two == ANY)
}
