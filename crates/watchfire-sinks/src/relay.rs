//! A mail relay that takes mail and passes it to nobody (RFC 5321, with STARTTLS of RFC 3207).

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::certificate::Identity;

/// Longer than any test waits.
const SILENCE: Duration = Duration::from_secs(60);

/// What a relay does with a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Takes it.
    Accepts,
    /// Answers the recipient with this.
    Recipient(&'static str),
    /// Takes the message and answers it with this.
    Message(&'static str),
    /// Takes the message and says nothing.
    Hangs,
    /// Takes the message and goes.
    Drops,
    /// Says nothing at all.
    Mute,
}

/// How a relay protects the connection.
#[derive(Clone)]
pub enum Protection {
    /// Not at all.
    None,
    /// After `STARTTLS`.
    Starttls(Identity),
    /// From the first byte.
    Tls(Identity),
}

/// A mail as it came over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Whether it came inside TLS.
    pub in_tls: bool,
    /// Whether the sender had signed in.
    pub signed_in: bool,
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Headers and body, without the dots that SMTP adds.
    pub text: String,
}

impl Mail {
    /// Returns the value of a header, unfolded, as it stands there.
    pub fn header(&self, name: &str) -> Option<String> {
        let (head, _) = self.text.split_once("\r\n\r\n")?;
        let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let mut lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().into())
    }

    /// Returns the names of all headers, in their order.
    pub fn header_names(&self) -> Vec<&str> {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default();
        let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
        lines.filter_map(|line| Some(line.split_once(':')?.0)).collect()
    }

    /// Returns the subject, with encoded words (RFC 2047) made readable.
    pub fn subject(&self) -> String {
        words(&self.header("Subject").unwrap_or_default())
    }

    /// Returns the body as text.
    pub fn body(&self) -> String {
        let body = self.text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let bytes = match self.header("Content-Transfer-Encoding").as_deref() {
            Some("base64") => base64(&body.split_whitespace().collect::<String>()),
            Some("quoted-printable") => quoted(&body.replace("=\r\n", ""), '='),
            _ => body.as_bytes().to_vec(),
        };
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// A relay on a port of this machine.
#[derive(Debug)]
pub struct Relay {
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    mails: Arc<Mutex<Vec<Mail>>>,
    manner: Arc<Mutex<Manner>>,
}

impl Relay {
    /// Starts a relay.
    ///
    /// # Panics
    /// If this machine has no free port.
    pub async fn start(manner: Manner, protection: Protection) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let relay = Self { port, mails: Arc::default(), manner: Arc::new(Mutex::new(manner)) };
        let (mails, manner) = (relay.mails.clone(), relay.manner.clone());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let manner = *manner.lock().unwrap_or_else(PoisonError::into_inner);
                let dialogue = Dialogue { manner, mails: mails.clone(), mail: empty(false) };
                // A client that goes in the middle of it is the client's affair.
                tokio::spawn(dialogue.hold(socket, protection.clone()));
            }
        });
        relay
    }

    /// From the next connection on, does so.
    pub fn does(&self, manner: Manner) {
        *self.manner.lock().unwrap_or_else(PoisonError::into_inner) = manner;
    }

    /// Takes what arrived since the last time.
    pub fn took(&self) -> Vec<Mail> {
        std::mem::take(&mut *self.mails.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn empty(in_tls: bool) -> Mail {
    Mail { in_tls, signed_in: false, from: String::new(), to: Vec::new(), text: String::new() }
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}
type Line = BufReader<Box<dyn Wire>>;

struct Dialogue {
    manner: Manner,
    mails: Arc<Mutex<Vec<Mail>>>,
    mail: Mail,
}

/// How a dialogue goes on after a command.
enum Next {
    Answer(String),
    StartTls,
    End,
}

impl Dialogue {
    async fn hold(mut self, socket: TcpStream, protection: Protection) -> io::Result<()> {
        let mut line: Line = match &protection {
            Protection::Tls(identity) => {
                self.mail.in_tls = true;
                BufReader::new(Box::new(identity.acceptor().accept(socket).await?))
            }
            _ => BufReader::new(Box::new(socket)),
        };
        if self.manner == Manner::Mute {
            tokio::time::sleep(SILENCE).await;
        }
        line.write_all(b"220 relay.example\r\n").await?;
        loop {
            let mut command = String::new();
            if line.read_line(&mut command).await? == 0 {
                return Ok(());
            }
            match self.answer(command.trim_end(), &mut line, &protection).await? {
                Next::Answer(answer) => {
                    line.write_all(format!("{answer}\r\n").as_bytes()).await?;
                }
                Next::StartTls => {
                    let Protection::Starttls(identity) = &protection else { return Ok(()) };
                    line.write_all(b"220 go ahead\r\n").await?;
                    let inner = identity.acceptor().accept(line.into_inner()).await?;
                    line = BufReader::new(Box::new(inner));
                    self.mail = empty(true);
                }
                Next::End => return Ok(()),
            }
        }
    }

    async fn answer(
        &mut self,
        command: &str,
        line: &mut Line,
        protection: &Protection,
    ) -> io::Result<Next> {
        let verb = command.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => self.greeting(protection),
            "STARTTLS" => return Ok(Next::StartTls),
            "AUTH" => {
                self.mail.signed_in = true;
                "235 known".to_owned()
            }
            "MAIL" => {
                let begun = empty(self.mail.in_tls);
                self.mail = Mail { signed_in: self.mail.signed_in, from: path(command), ..begun };
                "250 fine".to_owned()
            }
            "RCPT" => match self.manner {
                Manner::Recipient(answer) => answer.to_owned(),
                _ => {
                    self.mail.to.push(path(command));
                    "250 fine".to_owned()
                }
            },
            "DATA" => return self.data(line).await,
            "QUIT" => "221 bye".to_owned(),
            _ => "250 fine".to_owned(),
        };
        Ok(Next::Answer(answer))
    }

    fn greeting(&self, protection: &Protection) -> String {
        let more = match protection {
            _ if self.mail.in_tls => "250-AUTH PLAIN LOGIN\r\n",
            Protection::Starttls(_) => "250-STARTTLS\r\n",
            _ => "",
        };
        format!("250-relay.example\r\n{more}250 8BITMIME")
    }

    async fn data(&mut self, line: &mut Line) -> io::Result<Next> {
        line.write_all(b"354 go on\r\n").await?;
        self.mail.text = message(line).await?;
        let mail = self.mail.clone();
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
        Ok(match self.manner {
            Manner::Message(answer) => Next::Answer(answer.to_owned()),
            Manner::Hangs => {
                tokio::time::sleep(SILENCE).await;
                Next::End
            }
            Manner::Drops => Next::End,
            _ => Next::Answer("250 taken".to_owned()),
        })
    }
}

/// Returns what stands between `<` and `>`.
fn path(command: &str) -> String {
    let inside = command.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or_else(|| command.to_owned(), |(path, _)| path.to_owned())
}

async fn message(line: &mut Line) -> io::Result<String> {
    let mut text = String::new();
    loop {
        let mut next = String::new();
        line.read_line(&mut next).await?;
        if next == ".\r\n" || next.is_empty() {
            return Ok(text);
        }
        // RFC 5321, 4.5.2: a dot at the beginning of a line was doubled.
        text.push_str(next.strip_prefix('.').unwrap_or(&next));
    }
}

fn base64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).expect("base 64")
}

/// Reads bytes that are written as a mark and two hexadecimal digits.
fn quoted(text: &str, mark: char) -> Vec<u8> {
    let mut parts = text.split(mark);
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).expect("two digits");
        bytes.push(u8::from_str_radix(digits, 16).expect("hexadecimal digits"));
        bytes.extend(rest.as_bytes());
    }
    bytes
}

/// Reads the encoded words of a header (RFC 2047); the space between two of them is none.
fn words(value: &str) -> String {
    let mut bytes: Vec<u8> = Vec::new();
    let mut was_encoded = false;
    for word in value.split(' ').filter(|word| !word.is_empty()) {
        let inner = word.strip_prefix("=?utf-8?").and_then(|word| word.strip_suffix("?="));
        let is_apart = !was_encoded || inner.is_none();
        if is_apart && !bytes.is_empty() {
            bytes.push(b' ');
        }
        was_encoded = inner.is_some();
        match inner.and_then(|inner| inner.split_once('?')) {
            Some(("b" | "B", text)) => bytes.extend(base64(text)),
            Some((_, text)) => bytes.extend(quoted(&text.replace('_', " "), '=')),
            None => bytes.extend(word.as_bytes()),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
