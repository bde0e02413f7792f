//! Certificates and keys, in PEM files.

use super::error::Fault;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::Spanned;
use tonic::transport::{Certificate, ClientTlsConfig};

/// How a client speaks TLS.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClientTls {
    /// The name that the server's certificate has to have.
    pub(super) name: Spanned<String>,
    roots: Spanned<PathBuf>,
    identity: Option<Identity>,
}

/// The same where addresses say which name that is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PeerTls {
    roots: Spanned<PathBuf>,
    identity: Option<Identity>,
}

/// How a server speaks TLS.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ServerTls {
    identity: Identity,
    /// Who signs the certificates of clients, if these need any.
    client_roots: Option<Spanned<PathBuf>>,
}

/// What this side is known by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Identity {
    certificate: Spanned<PathBuf>,
    key: Spanned<PathBuf>,
}

impl ClientTls {
    pub(super) fn config(&self, folder: &Path) -> Result<Arc<ClientConfig>, Fault> {
        client(&self.roots, self.identity.as_ref(), folder)
    }
}

impl ClientTls {
    /// The same for gRPC, which reads PEM itself.
    pub(super) fn tonic(&self, folder: &Path) -> Result<ClientTlsConfig, Fault> {
        let read = |path: &Spanned<PathBuf>| {
            // What is none is said to be, and in which file.
            let read = std::fs::read(folder.join(path.get_ref()));
            read.map_err(|error| Fault::at(path.span(), error))
        };
        roots(&self.roots, folder)?;
        let config = ClientTlsConfig::new()
            .domain_name(self.name.get_ref())
            .ca_certificate(Certificate::from_pem(read(&self.roots)?));
        let Some(identity) = &self.identity else {
            return Ok(config);
        };
        identity.read(folder)?;
        let (certificate, key) = (read(&identity.certificate)?, read(&identity.key)?);
        Ok(config.identity(tonic::transport::Identity::from_pem(certificate, key)))
    }
}

impl PeerTls {
    pub(super) fn config(&self, folder: &Path) -> Result<Arc<ClientConfig>, Fault> {
        client(&self.roots, self.identity.as_ref(), folder)
    }
}

fn client(
    trusted: &Spanned<PathBuf>,
    identity: Option<&Identity>,
    folder: &Path,
) -> Result<Arc<ClientConfig>, Fault> {
    let builder = ClientConfig::builder();
    let builder = builder.with_root_certificates(roots(trusted, folder)?);
    let Some(identity) = identity else {
        return Ok(Arc::new(builder.with_no_client_auth()));
    };
    let (certificates, key) = identity.read(folder)?;
    let config = builder.with_client_auth_cert(certificates, key);
    Ok(Arc::new(config.map_err(|error| identity.fault(&error))?))
}

impl ServerTls {
    pub(super) fn config(&self, folder: &Path) -> Result<Arc<ServerConfig>, Fault> {
        let builder = ServerConfig::builder();
        let builder = match &self.client_roots {
            None => builder.with_no_client_auth(),
            Some(path) => {
                let verifier = WebPkiClientVerifier::builder(roots(path, folder)?).build();
                let verifier = verifier.map_err(|error| Fault::at(path.span(), error))?;
                builder.with_client_cert_verifier(verifier)
            }
        };
        let (certificates, key) = self.identity.read(folder)?;
        let config = builder.with_single_cert(certificates, key);
        Ok(Arc::new(
            config.map_err(|error| self.identity.fault(&error))?,
        ))
    }
}

impl Identity {
    fn read(
        &self,
        folder: &Path,
    ) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), Fault> {
        let key = PrivateKeyDer::from_pem_file(folder.join(self.key.get_ref()));
        let key = key.map_err(|error| unusable(&self.key, &error))?;
        Ok((certificates(&self.certificate, folder)?, key))
    }

    fn fault(&self, error: &rustls::Error) -> Fault {
        Fault::at(self.certificate.span(), error)
            .help("`certificate` and `key` have to belong to each other")
    }
}

fn roots(path: &Spanned<PathBuf>, folder: &Path) -> Result<Arc<RootCertStore>, Fault> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path, folder)? {
        let added = roots.add(certificate);
        added.map_err(|error| Fault::at(path.span(), error))?;
    }
    Ok(Arc::new(roots))
}

fn certificates(
    path: &Spanned<PathBuf>,
    folder: &Path,
) -> Result<Vec<CertificateDer<'static>>, Fault> {
    let found = CertificateDer::pem_file_iter(folder.join(path.get_ref()));
    let found = found.and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let found = found.map_err(|error| unusable(path, &error))?;
    if found.is_empty() {
        let message = format!("`{}` has no certificate", path.get_ref().display());
        return Err(Fault::at(path.span(), message));
    }
    Ok(found)
}

fn unusable(path: &Spanned<PathBuf>, error: &rustls::pki_types::pem::Error) -> Fault {
    let message = format!("`{}`: {error}", path.get_ref().display());
    Fault::at(path.span(), message).help("this has to be a file in PEM")
}
