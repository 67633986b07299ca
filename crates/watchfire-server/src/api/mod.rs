//! The HTTP API: JSON in and out, one file a noun. What it says is written here and nowhere else.

pub(crate) mod advisory;
pub(crate) mod amendment;
pub(crate) mod awareness;
pub(crate) mod backtest;
pub(crate) mod case;
pub(crate) mod component;
pub(crate) mod conflict;
pub(crate) mod decision;
pub(crate) mod department;
pub(crate) mod docs;
pub(crate) mod draft;
pub(crate) mod embargo;
pub(crate) mod export;
pub(crate) mod fact;
pub(crate) mod feed;
pub(crate) mod gate;
pub(crate) mod inquiry;
pub(crate) mod law;
pub(crate) mod log;
pub(crate) mod map;
pub(crate) mod message;
pub(crate) mod obligation;
pub(crate) mod organization;
pub(crate) mod participant;
pub(crate) mod party;
pub(crate) mod product;
pub(crate) mod question;
pub(crate) mod reading;
pub(crate) mod release;
pub(crate) mod report;
pub(crate) mod sbom;
pub(crate) mod submission;
pub(crate) mod timeline;
pub(crate) mod token;
pub(crate) mod vulnerability;

use std::str::FromStr;

use axum::Json;
use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use watchfire_store::{PAGE_ROWS_MAX, Page, PageRequest};

use crate::auth::Caller;
use crate::command::{Answer, Wish};
use crate::error::Problem;
use crate::state::Node;
use crate::write::{Key, Write};

/// Rows of a page where nobody says how many.
const PAGE_ROWS_DEFAULT: usize = 50;

/// What a handler answers to a write that makes something.
pub(crate) type Made<T = Answer> = Result<(StatusCode, Json<T>), Problem>;
/// What a handler answers to a write that changes something.
pub(crate) type Changed<T = Answer> = Result<Json<T>, Problem>;
/// What a handler answers to a read.
pub(crate) type Shown<T> = Result<Json<T>, Problem>;

/// Says that something was made.
pub(crate) fn made<T>(answer: T) -> Made<T> {
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Which page of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// The `next` of the page before, unchanged.
    after: Option<String>,
    /// Rows of the page: 1 to 200, by default 50.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

impl Paging {
    pub(crate) fn request(self) -> Result<PageRequest, Problem> {
        let limit = self.limit.unwrap_or(PAGE_ROWS_DEFAULT);
        if limit == 0 || limit > PAGE_ROWS_MAX {
            return Err(Problem::new(
                "request_malformed",
                format!("`limit` must be 1 to {PAGE_ROWS_MAX}"),
                "leave it out, or ask for fewer rows",
            ));
        }
        Ok(PageRequest { after: self.after, limit })
    }
}

/// A page of a list. There is no total: it would count what is hidden.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct List<T> {
    pub(crate) items: Vec<T>,
    /// To be given as `after` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

impl<T> List<T> {
    pub(crate) fn of<R>(page: Page<R>, item: impl Fn(R) -> T) -> Self {
        Self { items: page.rows.into_iter().map(item).collect(), next: page.next }
    }

    /// A list that is always given whole.
    pub(crate) fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

/// The question after the path; what is wrong in it is a problem.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Query::<T>::from_request_parts(parts, state).await;
        read.map(|Query(asked)| Self(asked)).map_err(|rejection| {
            Problem::new(
                "request_malformed",
                format!("the question after the path cannot be read: {}", rejection.body_text()),
                "look the route up in `/api/docs`",
            )
        })
    }
}

/// Reads an id of the path. What is no id names nothing.
pub(crate) fn id<T: FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// Reads an id in the body.
pub(crate) fn id_at<T: FromStr<Err: std::fmt::Display>>(
    pointer: &str,
    text: &str,
) -> Result<T, Problem> {
    text.parse().map_err(|error: T::Err| Problem::field(pointer, error.to_string()))
}

/// Reads an instant.
pub(crate) fn instant(pointer: &str, text: &str) -> Result<jiff::Timestamp, Problem> {
    text.parse().map_err(|_| {
        let detail = format!("`{text}` is no instant such as `2026-11-23T08:00:00Z`");
        Problem::field(pointer, detail)
    })
}

/// Says what the caller wants, under the key of the write.
pub(crate) fn wish<'a>(node: &'a Node, caller: &'a Caller, write: &'a Write) -> Wish<'a> {
    keyed(node, caller, Some(&write.key))
}

pub(crate) fn keyed<'a>(node: &'a Node, caller: &'a Caller, key: Option<&'a Key>) -> Wish<'a> {
    Wish { node, viewer: &caller.viewer, key }
}
