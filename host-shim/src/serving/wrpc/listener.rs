//! Taking connections in.

use super::connection::Connections;
use crate::backends::wrpc::Stream;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How long to wait when the system has no room for one more connection.
const PAUSE: Duration = Duration::from_millis(50);

pub(super) enum Listener {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener),
}

impl Listener {
    async fn accept(&self) -> io::Result<Box<dyn Stream>> {
        Ok(match self {
            Listener::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
            #[cfg(unix)]
            Listener::Unix(listener) => Box::new(listener.accept().await?.0),
        })
    }

    /// Serves so many connections at once, until it is dropped, and they with it.
    pub(super) async fn accept_all(self, most: usize, connections: Connections) {
        let connections = Arc::new(connections);
        let room = Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
        let mut serving = JoinSet::new();
        loop {
            let Ok(place) = room.clone().acquire_owned().await else {
                return;
            };
            // Those that have ended.
            while serving.try_join_next().is_some() {}
            match self.accept().await {
                Ok(stream) => {
                    let connections = connections.clone();
                    serving.spawn(async move {
                        connections.serve(stream).await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}
