//! How a server is spoken to that is asked for its services.

use clap::Args;
use first_class_host::backends::grpc::{Certificate, ClientTlsConfig, Grpc, Identity};
use first_class_host::backends::mcp::rustls::pki_types::pem::{self, PemObject};
use first_class_host::backends::mcp::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use miette::{Result, miette};
use std::path::{Path, PathBuf};

/// Options that an `https` URL may need.
#[derive(Args)]
pub(super) struct Tls {
    /// A PEM file with who may have signed the server's certificate; without it, whom the system trusts
    #[arg(
        long,
        value_name = "FILE",
        requires = "reflect",
        conflicts_with = "files"
    )]
    ca: Option<PathBuf>,
    /// The name that the server's certificate has to be for; without it, that of the URL
    #[arg(
        long,
        value_name = "NAME",
        requires = "reflect",
        conflicts_with = "files"
    )]
    server_name: Option<String>,
    /// A PEM file with the certificate that this side is known by
    #[arg(long, value_name = "FILE", requires_all = ["reflect", "key"], conflicts_with = "files")]
    certificate: Option<PathBuf>,
    /// A PEM file with the key of `--certificate`
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,
}

impl Tls {
    /// The server, with TLS if its URL or an option wants it.
    pub(super) fn of(&self, grpc: Grpc, url: &str) -> Result<Grpc> {
        let is_wanted = self.ca.is_some() || self.server_name.is_some() || self.key.is_some();
        if !is_wanted && !url.to_ascii_lowercase().starts_with("https:") {
            return Ok(grpc);
        }
        grpc.tls(self.config()?).map_err(|error| {
            miette!(
                help = "TLS is spoken to a URL with `https://`; without `--ca`, the system has to trust somebody",
                "{error}"
            )
        })
    }

    fn config(&self) -> Result<ClientTlsConfig> {
        let mut config = match &self.ca {
            Some(path) => {
                let roots = certificates("--ca", path)?;
                ClientTlsConfig::new().ca_certificate(Certificate::from_pem(roots))
            }
            None => ClientTlsConfig::new().with_native_roots(),
        };
        if let Some(name) = &self.server_name {
            config = config.domain_name(name);
        }
        let (Some(certificate), Some(key)) = (&self.certificate, &self.key) else {
            return Ok(config);
        };
        let certificate = certificates("--certificate", certificate)?;
        let found = read("--key", key)?;
        PrivateKeyDer::from_pem_slice(&found).map_err(|error| unusable("--key", key, &error))?;
        Ok(config.identity(Identity::from_pem(certificate, found)))
    }
}

/// What to do about a server that was not reached.
pub(super) fn help(url: &str, message: &str) -> &'static str {
    if !url.to_ascii_lowercase().starts_with("https:") {
        return "see that a gRPC server runs there; one that speaks TLS wants a URL with `https://`, and of one \
                without reflection, give the `.proto` files";
    }
    let cases = [
        (
            "InvalidContentType",
            "the server does not speak TLS: begin its URL with `http://`",
        ),
        (
            "UnknownIssuer",
            "nobody signed its certificate who is trusted; `--ca FILE` says who may have",
        ),
        (
            "not valid for name",
            "if it is the right server, `--server-name NAME` says what its certificate is for",
        ),
        (
            "CertificateRequired",
            "the server wants to know who asks: give `--certificate FILE` and `--key FILE`",
        ),
        (
            "UnknownCA",
            "the server does not trust who signed what `--certificate` gives",
        ),
    ];
    let mut cases = cases.into_iter();
    let found = cases.find_map(|(part, help)| message.contains(part).then_some(help));
    // A certificate that is refused is often seen as a connection that ends, and as no more than that.
    found.unwrap_or(
        "see that a gRPC server runs there; one that wants to know who asks is told with `--certificate FILE` and \
         `--key FILE`, and of one without reflection, give the `.proto` files",
    )
}

/// A file that has certificates. gRPC's client skips what is none.
fn certificates(option: &str, path: &Path) -> Result<Vec<u8>> {
    let found = read(option, path)?;
    let certificates = CertificateDer::pem_slice_iter(&found).collect::<Result<Vec<_>, _>>();
    let certificates = certificates.map_err(|error| unusable(option, path, &error))?;
    match certificates.is_empty() {
        true => Err(unusable(option, path, &pem::Error::NoItemsFound)),
        false => Ok(found),
    }
}

fn read(option: &str, path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| miette!("`{option} {}`: {error}", path.display()))
}

fn unusable(option: &str, path: &Path, error: &pem::Error) -> miette::Report {
    miette!(
        help = "this has to be a file in PEM, with a line such as `-----BEGIN CERTIFICATE-----`",
        "`{option} {}`: {error}",
        path.display()
    )
}
