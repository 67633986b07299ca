//! Whose certificates are believed when something leaves the house.

use std::error::Error;
use std::{fs, io};

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::client::{Certificate as MailAuthority, TlsParameters};
use reqwest::{Certificate, ClientBuilder};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sha2::{Digest, Sha256};

use crate::settings::{Settings, SettingsError};

/// The authorities that are believed beside the known ones.
#[derive(Debug, Clone, Default)]
pub struct Trust(Vec<CertificateDer<'static>>);

impl Trust {
    /// Reads the file of `trusted_authorities`, if one is named.
    ///
    /// # Errors
    /// [`SettingsError`] if it cannot be read, holds no certificate, or one that is no authority.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        let Some(file) = &settings.trusted_authorities else { return Ok(Self::default()) };
        let wrong = |problem: String| SettingsError {
            setting: "trusted_authorities",
            problem: format!("`{}`: {problem}", file.display()),
        };
        let pem = fs::read(file).map_err(|error| wrong(error.to_string()))?;
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
        let found = found.map_err(|error| wrong(error.to_string()))?;
        if found.is_empty() {
            return Err(wrong("it holds no certificate in PEM form".to_owned()));
        }
        let mut store = rustls::RootCertStore::empty();
        for certificate in &found {
            store.add(certificate.clone()).map_err(|error| wrong(error.to_string()))?;
        }
        Ok(Self(found))
    }

    /// Begins a client for the web that believes them too.
    pub fn web(&self) -> ClientBuilder {
        // The client needs one for the whole process; a second installation changes nothing.
        drop(rustls::crypto::ring::default_provider().install_default());
        let authorities = self.0.iter().filter_map(|der| Certificate::from_der(der).ok());
        reqwest::Client::builder().tls_certs_merge(authorities)
    }

    /// Returns what TLS with the relay `host` needs.
    ///
    /// # Errors
    /// If `host` is no name.
    pub(super) fn mail(&self, host: &str) -> Result<TlsParameters, SmtpError> {
        let mut parameters = TlsParameters::builder(host.to_owned());
        for der in &self.0 {
            parameters = parameters.add_root_certificate(MailAuthority::from_der(der.to_vec())?);
        }
        parameters.build()
    }
}

/// Writes the SHA-256 of bytes in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether TLS was the reason: a certificate that is not believed, or something that is no TLS.
pub(crate) fn is_of_tls(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<rustls::Error>() {
            return true;
        }
        // What an error of input and output was made from is not what it names as its source.
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    false
}
