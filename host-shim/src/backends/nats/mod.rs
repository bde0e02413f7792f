//! NATS: calls of plugins, and of other services, on many machines.
//!
//! ```no_run
//! use first_class_host::backends::nats::{Nats, Servers};
//! use first_class_host::{Shim, Source};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let nats = Nats::new(Servers::at(["nats://nats.example:4222"]).user("shop", "secret"));
//! let shim = Shim::builder().source("cart/*", Source::backend(nats)).build()?;
//! # Ok(())
//! # }
//! ```
//!
//! A call is a request. Its subject says of which instance (`first-class.call.cart.alice` for the source
//! `cart/alice`), its headers which function, and its payload is the packed arguments; the reply's is
//! the packed result. An error is in the reply's headers, as NATS's own services do it, with the
//! contract's number: a caller gets the error that it would get if the instance were here.
//!
//! | header | of | |
//! |---|---|---|
//! | `First-Class-Function` | requests | `acme:shop/carts@1.2.0#total`, or `total` for a function of the world itself |
//! | `First-Class-Signature` | requests | what the caller takes the function's type for; a server refuses a call of another |
//! | `First-Class-Time` | requests | how long the caller waits, in milliseconds |
//! | `First-Class-Instance` | both | which instance behind a name the caller called before, or has answered |
//! | `Nats-Service-Error`, `Nats-Service-Error-Code` | replies | an error, and its number in the contract |
//! | `First-Class-Limit`, `First-Class-Detail` | replies | what else there is to an error |
//!
//! If nobody answers to the subject, servers are asked who holds an instance of this name, and one
//! does from then on if none did: `first-class.hold.cart.alice`. The reply's header `First-Class-Subject`
//! says where its calls go from now on, until nobody is there, or one of them is not answered in
//! time. [Serving](crate::serving::nats) says what is promised of such an instance.

mod headers;
mod link;
mod mailbox;
mod servers;
mod session;
mod signature;
mod subjects;

pub(crate) use headers::{FUNCTION, INSTANCE, SIGNATURE, SUBJECT, TIME, Told, line, value};
pub(crate) use link::{Link, Shared, size};
pub use rustls;
pub use servers::Servers;
pub(crate) use signature::{Signature, signatures};
pub(crate) use subjects::{GROUP, Subjects, pattern_tokens, tokens};

use super::{Backend, Misfit, Offered, OpenError, Session, misfits};
use async_trait::async_trait;
use first_class_abi::World;
use first_class_abi::value::unpackable;
use session::Client;
use std::fmt;
use std::sync::Arc;

/// What answers to names over NATS, as a backend: plugins that another shim
/// [serves](crate::serving::nats), or any service that speaks as they do.
///
/// There is one connection, which all its clones share, whatever sources they are. It is made with the
/// first call, and renewed with back-off when it is lost; a call waits for that as long as it may take.
/// Nothing is asked of servers at load: what a world calls optional counts as there.
///
/// A call that nobody answers, since nobody serves the name, was not executed, and says so. If the
/// connection is lost after the call was sent, it may have been. Resources, streams, futures, maps, lists of
/// fixed length and more than 32 flags cannot be carried.
///
/// A session with a named instance remembers which one it called last. If another has its name by
/// now, since the server of the first was lost, or it died or ended, the next call says
/// ([`CallError::Dead`](crate::CallError::Dead)) that the state is lost, and nothing was called; the one after
/// that goes to the new instance.
#[derive(Clone)]
pub struct Nats {
    shared: Arc<Shared>,
    name: Option<Arc<str>>,
}

impl Nats {
    /// A connection to some servers, which is not made yet.
    pub fn new(servers: Servers) -> Self {
        Nats {
            shared: Arc::new(Shared::new(servers)),
            name: None,
        }
    }

    /// The same connection, for an instance that is served under another name than the one that callers
    /// load here.
    #[must_use]
    pub fn named(&self, name: impl Into<Arc<str>>) -> Self {
        Nats {
            shared: self.shared.clone(),
            name: Some(name.into()),
        }
    }
}

impl fmt::Debug for Nats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Nats({})", self.shared.servers)
    }
}

/// What of a world NATS cannot carry.
pub(crate) fn uncarried(world: &World) -> Vec<Misfit> {
    misfits(world, unpackable)
}

#[async_trait]
impl Backend for Nats {
    async fn check(&self, offered: &Offered) -> Result<Vec<u32>, OpenError> {
        OpenError::check(uncarried(offered.codec.world()))?;
        Ok(Vec::new())
    }

    async fn open(&self, offered: &Offered) -> Result<Box<dyn Session>, OpenError> {
        let name = self.name.as_ref().unwrap_or(&offered.source_name);
        Ok(Box::new(Client::new(&self.shared, name, &offered.codec)))
    }
}
