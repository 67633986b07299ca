//! What statements take and give: 64-bit numbers, texts, bytes and truth values. Instants are
//! microseconds since 1970 in UTC.

use std::str::FromStr;

use jiff::Timestamp;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, Row as _};

use super::failure::refused;
use crate::error::StoreError;

/// A value of a parameter. An absent value keeps its type, which PostgreSQL wants to know.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Bool(Option<bool>),
}

macro_rules! value_from {
    ($($from:ty, |$it:ident| $to:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($it: $from) -> Self {
                $to
            }
        }
    )*};
}

value_from! {
    i64, |it| Self::Int(Some(it));
    Option<i64>, |it| Self::Int(it);
    Timestamp, |it| Self::Int(Some(it.as_microsecond()));
    Option<Timestamp>, |it| Self::Int(it.map(Timestamp::as_microsecond));
    bool, |it| Self::Bool(Some(it));
    Option<bool>, |it| Self::Bool(it);
    &str, |it| Self::Text(Some(it.to_owned()));
    String, |it| Self::Text(Some(it));
    Option<&str>, |it| Self::Text(it.map(str::to_owned));
    Option<String>, |it| Self::Text(it);
    &[u8], |it| Self::Bytes(Some(it.to_vec()));
    &[u8; 32], |it| Self::Bytes(Some(it.to_vec()));
    Vec<u8>, |it| Self::Bytes(Some(it));
    Option<Vec<u8>>, |it| Self::Bytes(it);
}

/// The parameters of a statement, in order.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::dialect::Value::from($value)),*]
    };
}
pub(crate) use params;

/// A row that was read.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! read {
    ($name:ident, $type:ty) => {
        pub(crate) fn $name(&self, column: &str) -> Result<$type, StoreError> {
            match self {
                Self::Sqlite(row) => row.try_get(column),
                Self::Postgres(row) => row.try_get(column),
            }
            .map_err(refused)
        }
    };
}

impl Row {
    read!(int, i64);
    read!(int_or_none, Option<i64>);
    read!(text, String);
    read!(text_or_none, Option<String>);
    read!(bytes, Vec<u8>);
    read!(bytes_or_none, Option<Vec<u8>>);
    read!(bool, bool);
    read!(bool_or_none, Option<bool>);

    /// Reads microseconds since 1970 as an instant.
    pub(crate) fn instant(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        Timestamp::from_microsecond(self.int(column)?)
            .map_err(|_| StoreError::Corrupt { what: column })
    }

    /// Reads an instant, or its absence.
    pub(crate) fn instant_or_none(
        &self,
        column: &'static str,
    ) -> Result<Option<Timestamp>, StoreError> {
        match self.int_or_none(column)? {
            None => Ok(None),
            Some(_) => self.instant(column).map(Some),
        }
    }

    /// Reads a number that is never negative.
    pub(crate) fn natural(&self, column: &'static str) -> Result<u64, StoreError> {
        u64::try_from(self.int(column)?).map_err(|_| StoreError::Corrupt { what: column })
    }

    /// Reads an id, or whatever is written as text and can be wrong.
    pub(crate) fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|_| StoreError::Corrupt { what: column })
    }

    /// Reads an id, or its absence.
    pub(crate) fn parsed_or_none<T: FromStr>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        let text = self.text_or_none(column)?;
        text.map(|text| text.parse().map_err(|_| StoreError::Corrupt { what: column })).transpose()
    }
}

pub(super) fn sqlite_arguments(params: Vec<Value>) -> Result<SqliteArguments, StoreError> {
    let mut arguments = SqliteArguments::default();
    for param in params {
        match param {
            Value::Int(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
            Value::Bool(value) => arguments.add(value),
        }
        .map_err(|error| refused(sqlx::Error::Encode(error)))?;
    }
    Ok(arguments)
}

pub(super) fn postgres_arguments(params: Vec<Value>) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    for param in params {
        match param {
            Value::Int(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
            Value::Bool(value) => arguments.add(value),
        }
        .map_err(|error| refused(sqlx::Error::Encode(error)))?;
    }
    Ok(arguments)
}
