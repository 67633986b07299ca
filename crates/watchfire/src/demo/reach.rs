//! Where the notices of the story go: nowhere, or to what somebody named.

use std::net::SocketAddr;
use std::path::PathBuf;

use watchfire_server::settings::{MailSecurity, MailSettings, Settings, WebhookSettings};

/// Seconds until a try is given up; who tries the demo does not wait half a minute.
const TIMEOUT_SECONDS: u32 = 5;

/// Who receives the notices of the story. Nothing leaves for anybody who is not named here.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reach {
    /// A mail relay on this machine.
    pub(crate) mail_relay: Option<SocketAddr>,
    /// Where webhooks go, and the file with the secret that signs them.
    pub(crate) webhook: Option<(String, PathBuf)>,
}

impl Reach {
    /// Whether anybody receives anything.
    pub(crate) fn is_nobody(&self) -> bool {
        self.mail_relay.is_none() && self.webhook.is_none()
    }

    /// Sets up the channels. Mail is sent without TLS, which a node does on its own machine alone.
    pub(crate) fn set_up(&self, settings: Settings) -> Settings {
        let mail = self.mail_relay.map(|relay| MailSettings {
            host: relay.ip().to_string(),
            port: relay.port(),
            security: MailSecurity::None,
            from: "Watchfire <watchfire@qingtai.example>".to_owned(),
            login: None,
            password_file: None,
            timeout_seconds: TIMEOUT_SECONDS,
        });
        let here = ["127.0.0.0/8", "::1"];
        let webhook = WebhookSettings {
            secret_file: self.webhook.as_ref().map(|(_, secret)| secret.clone()),
            allowed_networks: here.iter().filter_map(|network| network.parse().ok()).collect(),
            timeout_seconds: TIMEOUT_SECONDS,
        };
        Settings { mail, webhook, ..settings }
    }

    /// Returns channel and address of each way on which somebody is reached.
    pub(super) fn addresses(&self, login: &str) -> Vec<(&'static str, String)> {
        let mail = self.mail_relay.map(|_| ("mail", format!("{login}@qingtai.example")));
        let webhook = self.webhook.as_ref().map(|(url, _)| {
            let url = url.trim_end_matches('/');
            ("webhook", format!("{url}/{login}"))
        });
        mail.into_iter().chain(webhook).collect()
    }
}
