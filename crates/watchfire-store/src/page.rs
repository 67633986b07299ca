//! Pages: every list has a limit, and goes on after a key and not after a number.

use crate::error::StoreError;

/// Rows of one page, at most.
pub const PAGE_ROWS_MAX: usize = 200;

/// Which page of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// The cursor that the page before gave; `None` for the first.
    pub after: Option<String>,
    /// How many rows; 0 and more than [`PAGE_ROWS_MAX`] mean that many.
    pub limit: usize,
}

/// A page of a list, without a total, which would count what is hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
}

/// The limit as a parameter.
pub(crate) fn limited(limit: usize, most: usize) -> i64 {
    let limit = if limit == 0 { most } else { limit.min(most) };
    i64::try_from(limit).unwrap_or(i64::MAX)
}

impl PageRequest {
    /// How many rows to ask for: one more than are given, to see whether there is a next page.
    pub(crate) fn probe(&self) -> i64 {
        limited(self.limit, PAGE_ROWS_MAX) + 1
    }

    /// Reads the cursor of a list whose key is `N` numbers and an id.
    pub(crate) fn key<const N: usize>(
        &self,
        first: [i64; N],
    ) -> Result<([i64; N], String), StoreError> {
        let Some(after) = &self.after else {
            return Ok((first, String::new()));
        };
        let wrong = || StoreError::Cursor;
        let mut parts = after.split('.');
        let mut numbers = [0; N];
        for number in &mut numbers {
            *number = parts.next().and_then(|part| part.parse().ok()).ok_or_else(wrong)?;
        }
        let id = parts.next().ok_or_else(wrong)?.to_owned();
        Ok((numbers, id))
    }

    /// Cuts the probe off and makes the cursor of the next page from the last row's key.
    pub(crate) fn page<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> String) -> Page<T> {
        let limit = usize::try_from(self.probe() - 1).unwrap_or(PAGE_ROWS_MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(key);
        Page { rows, next }
    }
}
