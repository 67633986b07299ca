//! A browser: it keeps cookies, sends forms from our own pages, and reads what comes back.

use axum::http::StatusCode;

use crate::house::{Answered, House, PASSWORD};

pub(crate) const ORIGIN: &str = "http://localhost:8470";

/// A browser with its cookies.
pub(crate) struct Browser<'h> {
    house: &'h House,
    cookies: Vec<(String, String)>,
}

impl<'h> Browser<'h> {
    pub(crate) fn new(house: &'h House) -> Self {
        Self { house, cookies: Vec::new() }
    }

    /// Keeps a cookie that a script of ours sets.
    pub(crate) fn hold(&mut self, name: &str, value: &str) {
        self.cookies.retain(|(known, _)| known != name);
        self.cookies.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn cookie(&self) -> String {
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, answered: &Answered) {
        for cookie in answered.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("plain signs");
            let (name, value) =
                cookie.split(';').next().and_then(|it| it.split_once('=')).expect("a pair");
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answered {
        let asked = self.house.get(path).header("accept", "text/html");
        let answered = asked.header("cookie", &self.cookie()).answer().await;
        self.keep(&answered);
        answered
    }

    pub(crate) async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Answered {
        let asked = self
            .house
            .ask("POST", path)
            .header("accept", "text/html")
            .header("origin", ORIGIN)
            .header("cookie", &self.cookie())
            .header("content-type", "application/x-www-form-urlencoded")
            .bytes(encoded(fields).as_bytes());
        let answered = asked.answer().await;
        self.keep(&answered);
        answered
    }

    /// Sends a form with a file, its parts in this order; the file is `document`.
    pub(crate) async fn upload(&mut self, path: &str, parts: &[(&str, &str, &[u8])]) -> Answered {
        const BORDER: &str = "----a-border-of-a-browser";
        let mut body = Vec::new();
        for (name, file, bytes) in parts {
            let file =
                if *name == "document" { format!("; filename=\"{file}\"") } else { String::new() };
            let head = format!(
                "--{BORDER}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BORDER}--\r\n").as_bytes());
        let asked = self
            .house
            .ask("POST", path)
            .header("accept", "text/html")
            .header("origin", ORIGIN)
            .header("cookie", &self.cookie())
            .header("content-type", &format!("multipart/form-data; boundary={BORDER}"))
            .bytes(&body);
        let answered = asked.answer().await;
        self.keep(&answered);
        answered
    }

    pub(crate) async fn sign_in(&mut self, login: &str) {
        let answered = self.send("/sign-in", &[("login", login), ("password", PASSWORD)]).await;
        assert_eq!(answered.status, StatusCode::SEE_OTHER, "{}", text(&answered));
        assert_eq!(place(&answered), "/watch");
    }

    /// The proof that a page of ours puts into its forms.
    pub(crate) async fn csrf(&mut self) -> String {
        let page = text(&self.get("/me").await);
        let found = page.split("name=\"csrf\" value=\"").nth(1).expect("a form");
        found.split('"').next().expect("a value").to_owned()
    }
}

pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    let encode = watchfire_server::web::query_part;
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

pub(crate) fn text(answered: &Answered) -> String {
    String::from_utf8(answered.bytes.clone()).expect("UTF-8")
}

pub(crate) fn place(answered: &Answered) -> String {
    answered.headers["location"].to_str().expect("plain signs").to_owned()
}
