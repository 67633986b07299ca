//! What the machine under the node is like.

use std::fs::{self, File};
use std::io::{self, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use watchfire_core::law::TIME_ZONE_DATABASE;
use watchfire_server::settings::{Settings, TlsSettings};
use watchfire_server::tls::Certificate;

use super::{Check, certificate};
use crate::evidence;

/// With less room than this, in bytes, somebody should look.
const FREE_BYTES_WARN: u64 = 2 << 30;
/// With less room than this, in bytes, the node may stop at any moment.
const FREE_BYTES_MIN: u64 = 200 << 20;
/// With fewer free inodes than this, new files may fail.
const FREE_INODES_WARN: u64 = 1_000;
/// A certificate that ends sooner should have been renewed by now.
const CERTIFICATE_DAYS_WARN: i64 = 30;
/// Rights of everybody on a file; the group of a certificate's key may be one of services.
const OF_ALL: u32 = 0o007;
/// Whoever does not answer within this is not there.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// File systems over a network: locks and syncs do not hold there (statfs(2)).
const NETWORK: [(u64, &str); 5] = [
    (0x6969, "NFS"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB2"),
    (0x517b, "SMB"),
    (0x0102_1997, "9P"),
];
/// A file system in memory (statfs(2)).
const TMPFS: u64 = 0x0102_1994;

pub(super) fn checks(settings: &Settings, now: Timestamp) -> Vec<Check> {
    let mut checks = vec![
        folder(&settings.data),
        file_system(&settings.data),
        free_space(&settings.data),
        flush(&settings.data),
        key(settings),
        Check::ok("time-zones", format!("bundled database {TIME_ZONE_DATABASE}")),
    ];
    if let Some(files) = &settings.tls {
        checks.push(tls(files, now));
    }
    if let Some(mail) = &settings.mail {
        checks.push(reachable("mail-relay", &mail.host, mail.port));
    }
    if let Some(heartbeat) = &settings.heartbeat {
        checks.push(match reqwest::Url::parse(&heartbeat.url) {
            Ok(url) => {
                let port = url.port_or_known_default().unwrap_or_default();
                reachable("heartbeat", url.host_str().unwrap_or_default(), port)
            }
            Err(error) => Check::bad("heartbeat", error.to_string(), "correct `heartbeat.url`"),
        });
    }
    checks
}

/// Certificate and key fit each other, nobody else reads the key, and the certificate goes on.
fn tls(files: &TlsSettings, now: Timestamp) -> Check {
    let name = "tls";
    if let Err(error) = Certificate::load(files) {
        return Check::bad(name, error.to_string(), "name files that fit each other");
    }
    if let Ok(about) = fs::metadata(&files.key)
        && about.permissions().mode() & OF_ALL != 0
    {
        let mode = about.permissions().mode() & 0o777;
        let detail = format!("everybody may read `{}` (mode {mode:o})", files.key.display());
        return Check::bad(name, detail, format!("chmod o-rwx {}", files.key.display()));
    }
    let first = CertificateDer::from_pem_file(&files.certificate).ok();
    let Some(ends) = first.and_then(|first| certificate::not_after(&first)) else {
        return Check::warning(name, "when the certificate ends cannot be read", "look at it");
    };
    let days = ends.duration_since(now).as_hours() / 24;
    match ends.duration_since(now) {
        left if !left.is_positive() => {
            Check::bad(name, format!("the certificate ended {ends}"), "renew it at once")
        }
        _ if days < CERTIFICATE_DAYS_WARN => Check::warning(
            name,
            format!("the certificate ends {ends}, in {days} days"),
            "renew it; the node reads it anew by itself",
        ),
        _ => Check::ok(name, format!("the certificate ends {ends}, in {days} days")),
    }
}

/// Whether somebody listens there. Nothing is said to them.
fn reachable(name: &'static str, host: &str, port: u16) -> Check {
    let place = format!("{host}:{port}");
    let tried = (host.trim_matches(['[', ']']), port).to_socket_addrs().and_then(|addresses| {
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for address in addresses {
            match TcpStream::connect_timeout(&address, ANSWER_WITHIN) {
                Ok(_) => return Ok(()),
                Err(error) => last = error,
            }
        }
        Err(last)
    });
    match tried {
        Ok(()) => Check::ok(name, format!("{place} answers")),
        Err(error) => Check::warning(
            name,
            format!("{place} does not answer: {error}"),
            "look at the network, the name and the port",
        ),
    }
}

fn folder(data: &Path) -> Check {
    let name = "data-folder";
    match fs::metadata(data) {
        Err(error) => Check::bad(name, error.to_string(), "name the folder with `--data`"),
        Ok(about) if about.permissions().mode() & 0o077 != 0 => {
            let mode = about.permissions().mode() & 0o777;
            let detail = format!("others may look into `{}` (mode {mode:o})", data.display());
            Check::bad(name, detail, format!("chmod 700 {}", data.display()))
        }
        Ok(_) => Check::ok(name, data.display().to_string()),
    }
}

fn file_system(data: &Path) -> Check {
    let name = "file-system";
    let about = match rustix::fs::statfs(data) {
        Ok(about) => about,
        Err(error) => return Check::warning(name, error.to_string(), "look at the disk"),
    };
    // The type is a number of 32 bits, whatever the width of the field.
    let kind = about.f_type as u64 & 0xffff_ffff;
    if let Some((_, network)) = NETWORK.iter().find(|(number, _)| *number == kind) {
        let detail = format!("{network}: locks and syncs do not hold over a network");
        return Check::bad(name, detail, "put the data folder on a local disk, or use PostgreSQL");
    }
    if kind == TMPFS {
        let hint = "put the data folder on a disk";
        return Check::warning(name, "in memory: nothing outlives a power cut", hint);
    }
    Check::ok(name, format!("local, type {kind:#x}"))
}

fn free_space(data: &Path) -> Check {
    let name = "free-space";
    let about = match rustix::fs::statvfs(data) {
        Ok(about) => about,
        Err(error) => return Check::warning(name, error.to_string(), "look at the disk"),
    };
    let free = about.f_bavail.saturating_mul(about.f_frsize);
    let detail = format!("{} MiB, {} inodes", free >> 20, about.f_favail);
    // Some file systems count no inodes.
    let inodes_short = about.f_files > 0 && about.f_favail < FREE_INODES_WARN;
    match free {
        free if free < FREE_BYTES_MIN => Check::bad(name, detail, "make room at once"),
        free if free < FREE_BYTES_WARN || inodes_short => {
            Check::warning(name, detail, "make room soon")
        }
        _ => Check::ok(name, detail),
    }
}

/// Writes and syncs a small file, as every commit does.
fn flush(data: &Path) -> Check {
    let name = "flush";
    let file = data.join(format!(".flush-{}", std::process::id()));
    let began = Instant::now();
    let done = probe(&file);
    let took = began.elapsed();
    match done {
        Ok(()) => Check::ok(name, format!("synced in {:.1} ms", took.as_secs_f64() * 1e3)),
        Err(error) => Check::bad(name, error.to_string(), "the disk keeps nothing: look at it"),
    }
}

fn probe(file: &Path) -> io::Result<()> {
    let mut opened = File::create(file)?;
    opened.write_all(&[0; 4096])?;
    opened.sync_all()?;
    fs::remove_file(file)
}

fn key(settings: &Settings) -> Check {
    let name = "log-key";
    match evidence::read_key(&settings.log_key_file()) {
        Ok(Some(key)) => Check::ok(name, key.verifier().to_string()),
        Ok(None) => {
            Check::bad(name, "the signing key is missing", "bring it back; do not make another")
        }
        Err(failure) => Check::bad(name, failure.message, failure.hint.unwrap_or_default()),
    }
}
