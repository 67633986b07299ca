//! Notices by mail, over one relay.
//!
//! What became of a try depends on how far the dialogue came (RFC 5321): before the message was on
//! its way nobody can have it; from then on only an answer of the relay tells. No answer is
//! *unknown*, and the message is sent again under the same `Message-ID`.

#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::time::{Duration, UNIX_EPOCH};

use lettre::Address;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail as From, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::timeout;
use watchfire_core::event::{SendEvidence, SendResult};

use super::trust::{Trust, is_of_tls, sha256};
use super::{Delivery, Letter, is_line};
use crate::settings::{MailSecurity, MailSettings, SettingsError};

/// The ways to sign in, strongest last known first; both only inside TLS.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// The relay, and who we are to it.
#[derive(Debug)]
pub struct Mail {
    host: String,
    port: u16,
    security: MailSecurity,
    from: Mailbox,
    credentials: Option<Credentials>,
    trust: Trust,
    within: Duration,
}

impl Mail {
    /// Reads the sender's address and the password; `trust` says whose certificates are believed.
    ///
    /// # Errors
    /// [`SettingsError`] if the sender is no address, the password cannot be read, or a relay on
    /// another machine would be spoken to without TLS.
    pub fn from_settings(settings: &MailSettings, trust: &Trust) -> Result<Self, SettingsError> {
        let wrong = |setting, problem: String| SettingsError { setting, problem };
        if settings.security == MailSecurity::None && !is_here(&settings.host) {
            let problem = "`none` is for a relay on this machine; use `starttls` or `tls`";
            return Err(wrong("mail.security", problem.to_owned()));
        }
        let from = settings.from.parse().map_err(|error| {
            wrong("mail.from", format!("`{}` is no address of a sender: {error}", settings.from))
        })?;
        let credentials = match (&settings.login, &settings.password_file) {
            (Some(login), Some(file)) => {
                let password = std::fs::read_to_string(file).map_err(|error| {
                    wrong("mail.password_file", format!("`{}`: {error}", file.display()))
                })?;
                let password = password.trim_end_matches(['\r', '\n']).to_owned();
                Some(Credentials::new(login.clone(), password))
            }
            (None, None) => None,
            _ => {
                let problem = "`login` and `password_file` belong together";
                return Err(wrong("mail.login", problem.to_owned()));
            }
        };
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port,
            security: settings.security,
            from,
            credentials,
            trust: trust.clone(),
            within: Duration::from_secs(u64::from(settings.timeout_seconds.max(1))),
        })
    }

    /// Gives up a try after `within` instead of what the settings say.
    #[must_use]
    pub fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }

    /// Tries once to hand `letter` for `address` to the relay.
    pub async fn deliver(&self, address: &str, letter: &Letter) -> Delivery {
        let Ok(to) = address.parse::<Address>() else {
            return Delivery::new(SendResult::Refused, "the address is no mail address");
        };
        let message = match self.message(to.clone(), letter) {
            Ok(message) => message,
            Err(detail) => return Delivery::new(SendResult::Refused, detail),
        };
        let mut evidence = SendEvidence {
            endpoint: Some(self.endpoint()),
            peer_sha256: None,
            body_sha256: Some(sha256(&message)),
        };
        let Ok(connected) = timeout(self.within, self.connect()).await else {
            return before_answer().with(evidence);
        };
        let mut relay = match connected {
            Ok(relay) => relay,
            Err(error) => return before_message(&error).with(evidence),
        };
        if self.security != MailSecurity::None {
            evidence.peer_sha256 = relay.peer_certificate().ok().map(|der| sha256(&der));
        }
        let delivery = self.hand_over(&mut relay, &to, &message).await;
        // The answer counts; whether the relay likes our goodbye does not.
        drop(timeout(Duration::from_secs(1), relay.abort()).await);
        delivery.with(evidence)
    }

    async fn hand_over(
        &self,
        relay: &mut AsyncSmtpConnection,
        to: &Address,
        message: &[u8],
    ) -> Delivery {
        match timeout(self.within, self.prepare(relay, to)).await {
            Ok(Ok(())) => {}
            Ok(Err(delivery)) => return delivery,
            Err(_) => return before_answer(),
        }
        // The dialogue ends the last line itself.
        let message = message.strip_suffix(b"\r\n").unwrap_or(message);
        match timeout(self.within, relay.message(message)).await {
            Ok(Ok(answer)) => Delivery::new(SendResult::Accepted, answer.code().to_string()),
            Ok(Err(error)) => after_message(&error),
            Err(_) => Delivery::new(SendResult::Unknown, "no answer after the message was sent"),
        }
    }

    /// Signs in where that is asked for, and comes as far as the relay asking for the message.
    async fn prepare(&self, relay: &mut AsyncSmtpConnection, to: &Address) -> Result<(), Delivery> {
        if let Some(credentials) = &self.credentials {
            let signed_in = relay.auth(&MECHANISMS, credentials).await;
            signed_in.map_err(|error| before_message(&error))?;
        }
        let from = From::new(Some(self.from.email.clone()), Vec::new());
        relay.command(from).await.map_err(|error| before_message(&error))?;
        let rcpt = Rcpt::new(to.clone(), Vec::new());
        relay.command(rcpt).await.map_err(|error| of_recipient(&error))?;
        relay.command(Data).await.map_err(|error| before_message(&error))?;
        Ok(())
    }

    /// Names the relay and how it is spoken to.
    fn endpoint(&self) -> String {
        let scheme = match self.security {
            MailSecurity::None => "smtp",
            MailSecurity::Starttls => "smtp+starttls",
            MailSecurity::Tls => "smtps",
        };
        format!("{scheme}://{}:{}", self.host, self.port)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let hello = ClientId::Domain(self.domain().to_owned());
        let tls = || self.trust.mail(&self.host);
        let implicit = if self.security == MailSecurity::Tls { Some(tls()?) } else { None };
        let server = (self.host.as_str(), self.port);
        let within = Some(self.within);
        let mut relay =
            AsyncSmtpConnection::connect_tokio1(server, within, &hello, implicit, None).await?;
        if self.security == MailSecurity::Starttls {
            // An error where the relay does not offer it: nothing is sent in the clear.
            relay.starttls(tls()?, &hello).await?;
        }
        Ok(relay)
    }

    fn domain(&self) -> &str {
        self.from.email.domain()
    }

    /// Writes the message: the same bytes at every try.
    fn message(&self, to: Address, letter: &Letter) -> Result<Vec<u8>, String> {
        if !is_line(&letter.subject) {
            return Err("the subject is not one line".to_owned());
        }
        let created = UNIX_EPOCH
            + Duration::from_secs(u64::try_from(letter.created_at.as_second()).unwrap_or(0));
        let id = format!("<{}@{}>", letter.id.as_str().to_lowercase(), self.domain());
        let message = Message::builder()
            .message_id(Some(id))
            .date(created)
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.subject.clone())
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .map_err(|error| error.to_string())?;
        let mut bytes = message.formatted();
        if !bytes.ends_with(b"\r\n") {
            bytes.extend(b"\r\n");
        }
        Ok(bytes)
    }
}

/// Tells vacation programs not to answer (RFC 3834, 5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn before_answer() -> Delivery {
    Delivery::new(SendResult::Failed, "no answer before the message was sent")
}

/// Nobody has the message, whatever went wrong; what is wrong with the relay may be mended.
fn before_message(error: &SmtpError) -> Delivery {
    Delivery::new(SendResult::Failed, class(error))
}

/// A relay that knows no such recipient will not know it tomorrow.
fn of_recipient(error: &SmtpError) -> Delivery {
    let result = if error.is_permanent() { SendResult::Refused } else { SendResult::Failed };
    Delivery::new(result, class(error))
}

/// Only an answer says that the relay does not have the message.
fn after_message(error: &SmtpError) -> Delivery {
    let result = if error.is_permanent() {
        SendResult::Refused
    } else if error.is_transient() {
        SendResult::Failed
    } else {
        SendResult::Unknown
    };
    Delivery::new(result, class(error))
}

/// Status or class, never the relay's words: they may repeat the address or the message.
fn class(error: &SmtpError) -> String {
    if let Some(status) = error.status() {
        return status.to_string();
    }
    let class = match error {
        _ if error.is_tls() || is_of_tls(error) => "TLS failed",
        _ if error.is_timeout() => "timed out",
        _ if error.is_response() => "an answer that cannot be read",
        _ if error.is_client() => "the relay cannot do what is needed",
        _ => "the connection failed",
    };
    class.to_owned()
}
