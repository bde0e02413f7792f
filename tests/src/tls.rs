//! Certificates for both sides of TLS.

use first_class_host::backends::wrpc::rustls::pki_types::pem::PemObject;
use first_class_host::backends::wrpc::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use first_class_host::backends::wrpc::rustls::server::WebPkiClientVerifier;
use first_class_host::backends::wrpc::rustls::{ClientConfig, RootCertStore, ServerConfig};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair,
};
use std::sync::Arc;

/// Who signs certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// What one side is known by, as PEM.
pub struct Identity {
    /// The certificate.
    pub certificate: String,
    /// Its key.
    pub key: String,
}

impl Authority {
    /// An authority that nobody trusts yet.
    pub fn new(name: &str) -> Self {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name = DistinguishedName::new();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("has randomness");
        let issuer = CertifiedIssuer::self_signed(parameters, key);
        Authority(issuer.expect("signs itself"))
    }

    /// Its own certificate, as PEM.
    pub fn certificate(&self) -> String {
        self.0.pem()
    }

    /// A new identity of this name or address, of a server or a client.
    pub fn sign(&self, name: &str) -> Identity {
        let key = KeyPair::generate().expect("has randomness");
        let mut parameters = CertificateParams::new([name.to_owned()]).expect("is a name");
        parameters.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let certificate = parameters.signed_by(&key, &self.0).expect("signs");
        Identity {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }

    /// The configuration of a server of this name, which lets in whom another authority has signed, or
    /// everybody.
    pub fn server(&self, name: &str, clients: Option<&Authority>) -> Arc<ServerConfig> {
        let config = ServerConfig::builder();
        let config = match clients {
            None => config.with_no_client_auth(),
            Some(clients) => {
                let verifier = WebPkiClientVerifier::builder(clients.roots()).build();
                config.with_client_cert_verifier(verifier.expect("has roots"))
            }
        };
        let (certificates, key) = self.sign(name).parsed();
        let config = config.with_single_cert(certificates, key);
        Arc::new(config.expect("the key fits"))
    }

    /// The configuration of a client that trusts this authority, and is known by some identity.
    pub fn client(&self, identity: Option<Identity>) -> Arc<ClientConfig> {
        let config = ClientConfig::builder().with_root_certificates(self.roots());
        Arc::new(match identity {
            None => config.with_no_client_auth(),
            Some(identity) => {
                let (certificates, key) = identity.parsed();
                let config = config.with_client_auth_cert(certificates, key);
                config.expect("the key fits")
            }
        })
    }

    fn roots(&self) -> Arc<RootCertStore> {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).expect("is a certificate");
        Arc::new(roots)
    }
}

impl Identity {
    fn parsed(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let certificate = CertificateDer::from_pem_slice(self.certificate.as_bytes());
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes());
        (vec![certificate.expect("is one")], key.expect("is a key"))
    }
}
