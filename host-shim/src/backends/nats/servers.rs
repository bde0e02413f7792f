//! Which NATS servers to connect to, and as whom.

use super::subjects::Subjects;
use async_nats::ConnectOptions;
use rustls::ClientConfig;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// How many messages may wait in this process for one that receives them.
const WAITING: usize = 4096;

/// The prefix of subjects unless set.
const PREFIX: &str = "first-class";

/// NATS servers, and how to connect to them.
#[derive(Clone)]
pub struct Servers {
    addresses: Vec<String>,
    identity: Identity,
    tls: Option<Arc<ClientConfig>>,
    pub(crate) subjects: Subjects,
}

/// As whom to connect.
#[derive(Clone)]
enum Identity {
    Nobody,
    User { user: String, password: String },
    Token(String),
    Nkey(String),
    Credentials(PathBuf),
}

impl Servers {
    /// The servers at some addresses, such as `nats://127.0.0.1:4222` or `tls://nats.example`. Any of
    /// them will do, and any other of their cluster.
    pub fn at<S: Into<String>>(addresses: impl IntoIterator<Item = S>) -> Self {
        Servers {
            addresses: addresses.into_iter().map(Into::into).collect(),
            identity: Identity::Nobody,
            tls: None,
            subjects: Subjects::new(PREFIX),
        }
    }

    /// Connects as a user.
    #[must_use]
    pub fn user(self, user: impl Into<String>, password: impl Into<String>) -> Self {
        let (user, password) = (user.into(), password.into());
        self.identity(Identity::User { user, password })
    }

    /// Connects with a token.
    #[must_use]
    pub fn token(self, token: impl Into<String>) -> Self {
        self.identity(Identity::Token(token.into()))
    }

    /// Connects with an NKey, whose seed begins with `SU`.
    #[must_use]
    pub fn nkey(self, seed: impl Into<String>) -> Self {
        self.identity(Identity::Nkey(seed.into()))
    }

    /// Connects with a credentials file, such as `nsc` writes. It is read for each attempt to connect.
    #[must_use]
    pub fn credentials(self, file: impl Into<PathBuf>) -> Self {
        self.identity(Identity::Credentials(file.into()))
    }

    fn identity(self, identity: Identity) -> Self {
        Servers { identity, ..self }
    }

    /// Insists on TLS. What is trusted, and by which certificate this side is known if the server wants
    /// one, stands in the configuration. Without it, TLS is spoken where the server or the scheme
    /// `tls` of an address asks for it, and the system's certificates are trusted.
    #[must_use]
    pub fn tls(self, config: Arc<ClientConfig>) -> Self {
        let tls = Some(config);
        Servers { tls, ..self }
    }

    /// The prefix of all subjects, `first-class` unless set. Those who call and those who serve have to
    /// have the same; with another they do not see each other.
    #[must_use]
    pub fn prefix(self, prefix: &str) -> Self {
        let subjects = Subjects::new(prefix);
        Servers { subjects, ..self }
    }

    /// What their client is told.
    ///
    /// # Errors
    /// When the credentials cannot be read.
    pub(super) async fn options(&self) -> std::io::Result<ConnectOptions> {
        let options = match &self.identity {
            Identity::Credentials(file) => ConnectOptions::with_credentials_file(file).await?,
            _ => ConnectOptions::new(),
        };
        let options = match self.identity.clone() {
            Identity::Nobody | Identity::Credentials(_) => options,
            Identity::User { user, password } => options.user_and_password(user, password),
            Identity::Token(token) => options.token(token),
            Identity::Nkey(seed) => options.nkey(seed),
        };
        let options = match &self.tls {
            None => options,
            Some(config) => {
                let config = ClientConfig::clone(config);
                options.require_tls(true).tls_client_config(config)
            }
        };
        Ok(options.name("first-class").subscription_capacity(WAITING))
    }

    pub(super) fn addresses(&self) -> &[String] {
        &self.addresses
    }
}

impl fmt::Display for Servers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An address may have a password in it.
        let addresses = self.addresses.iter();
        let shown = addresses.map(|it| it.rsplit_once('@').map_or(&**it, |(_, address)| address));
        f.write_str(&shown.collect::<Vec<_>>().join(", "))
    }
}

/// Without secrets.
impl fmt::Debug for Servers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
