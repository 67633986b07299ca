//! The HTTP API: JSON in and out, one file a noun. What it says is written here and nowhere else.

pub(crate) mod docs;
pub(crate) mod log;

use axum::Json;

use crate::error::Problem;

/// What a handler answers to a read.
pub(crate) type Shown<T> = Result<Json<T>, Problem>;
