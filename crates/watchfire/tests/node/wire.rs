//! What a client says to a node over HTTP, one request after the other.

use std::time::Duration;

use serde_json::{Value, json};

/// A client gives up after this.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// What was answered: the status and the document, or the text where it is none.
pub(crate) type Answered = Result<(u16, Value), reqwest::Error>;

/// A client of one node.
pub(crate) struct Wire {
    client: reqwest::Client,
    runtime: tokio::runtime::Runtime,
    address: String,
}

impl Wire {
    pub(crate) fn to(address: &str) -> Self {
        // A second provider is refused, and the first is the same.
        let _same = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(ANSWER_WITHIN).build();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Self {
            client: client.expect("a client without special settings"),
            runtime: runtime.expect("a runtime"),
            address: address.to_owned(),
        }
    }

    pub(crate) fn get(&self, path: &str, token: &str) -> Answered {
        self.answered(self.client.get(self.at(path)).bearer_auth(token))
    }

    /// Sends `body` under an idempotency key; without a token where it is empty.
    pub(crate) fn post(&self, path: &str, token: &str, key: &str, body: &Value) -> Answered {
        self.write(self.client.post(self.at(path)), token, key, body)
    }

    pub(crate) fn put(&self, path: &str, token: &str, key: &str, body: &Value) -> Answered {
        self.write(self.client.put(self.at(path)), token, key, body)
    }

    /// Reads a list to its end, page by page.
    pub(crate) fn list(&self, path: &str, token: &str) -> Vec<Value> {
        let (mut items, mut after) = (Vec::new(), String::new());
        loop {
            let (status, page) =
                self.get(&format!("{path}?limit=200{after}"), token).expect("an answer");
            assert_eq!(status, 200, "{path}: {page}");
            items.extend(page["items"].as_array().expect("items").iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return items,
            }
        }
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    fn write(
        &self,
        request: reqwest::RequestBuilder,
        token: &str,
        key: &str,
        body: &Value,
    ) -> Answered {
        let request = request.header("idempotency-key", key).json(body);
        self.answered(if token.is_empty() { request } else { request.bearer_auth(token) })
    }

    fn answered(&self, request: reqwest::RequestBuilder) -> Answered {
        self.runtime.block_on(async {
            let response = request.send().await?;
            let status = response.status().as_u16();
            let text = response.text().await?;
            Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
        })
    }
}

/// The body of a report that says `what`.
pub(crate) fn report(what: &str) -> Value {
    json!({ "what": what, "sure": "likely", "exploited": "unknown", "language": "en" })
}
