//! The certificate: read from its files, and read anew when they change.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::settings::TlsSettings;

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("`{}` cannot be read", path.display())]
    Read { path: PathBuf, source: io::Error },
    /// A file does not hold what it should.
    #[error("`{}` holds no {what} in PEM form", path.display())]
    Pem { path: PathBuf, what: &'static str },
    /// Certificate and key do not fit each other, or are of no known kind.
    #[error("the certificate and its key cannot be used")]
    Rustls(#[from] rustls::Error),
}

/// The certificate in use. Connections that stand keep the one they began with.
#[derive(Debug)]
pub struct Certificate {
    files: TlsSettings,
    current: RwLock<Loaded>,
}

#[derive(Debug, Clone)]
struct Loaded {
    key: Arc<CertifiedKey>,
    changed: [Option<SystemTime>; 2],
}

impl Certificate {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsError`], with the file that is wrong.
    pub fn load(files: &TlsSettings) -> Result<Arc<Self>, TlsError> {
        let current = RwLock::new(read(files)?);
        Ok(Arc::new(Self { files: files.clone(), current }))
    }

    /// Reads the files anew if one changed. Returns whether it did.
    ///
    /// # Errors
    /// [`TlsError`]; the certificate that was in use stays in use.
    pub fn reload_if_changed(&self) -> Result<bool, TlsError> {
        let known = self.current.read().unwrap_or_else(PoisonError::into_inner).changed;
        if known == changed(&self.files) {
            return Ok(false);
        }
        let fresh = read(&self.files)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(true)
    }

    /// Makes the configuration of connections: TLS 1.3 and 1.2, HTTP/2 and 1.1.
    ///
    /// # Errors
    /// [`TlsError::Rustls`] if the library has no safe protocol to offer.
    pub fn server_config(self: &Arc<Self>) -> Result<ServerConfig, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(self.clone());
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).key.clone())
    }
}

fn changed(files: &TlsSettings) -> [Option<SystemTime>; 2] {
    let at = |path: &Path| fs::metadata(path).and_then(|found| found.modified()).ok();
    [at(&files.certificate), at(&files.key)]
}

fn read(files: &TlsSettings) -> Result<Loaded, TlsError> {
    // Looked at before reading: a change in between is then seen at the next look.
    let changed = changed(files);
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(&bytes(&files.certificate)?)
            .collect::<Result<_, _>>()
            .map_err(|_| pem(&files.certificate, "certificate"))?;
    if chain.is_empty() {
        return Err(pem(&files.certificate, "certificate"));
    }
    let key = PrivateKeyDer::from_pem_slice(&bytes(&files.key)?)
        .map_err(|_| pem(&files.key, "private key"))?;
    let key = CertifiedKey::from_der(chain, key, &ring::default_provider())?;
    Ok(Loaded { key: Arc::new(key), changed })
}

fn bytes(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|source| TlsError::Read { path: path.to_owned(), source })
}

fn pem(path: &Path, what: &'static str) -> TlsError {
    TlsError::Pem { path: path.to_owned(), what }
}
