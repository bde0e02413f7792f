//! An instance at a server.

use super::connection::{CallFailure, Connection, Listed, cut};
use super::mapping::{Mapping, Reply, ReplyError};
use crate::backends::{BackendError, Call, OpenError, Session};
use crate::lock::lock;
use async_trait::async_trait;
use first_class_abi::value::Codec;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::timeout;

/// How long it may take to look whether a call failed since the tools have changed.
const LOOKING: Duration = Duration::from_secs(5);

/// An instance: the functions of a world as tools of a server. What the server remembers is its own.
pub(super) struct Client {
    connection: Arc<Connection>,
    codec: Codec,
    message_bytes: usize,
    mapped: Mutex<(u64, Arc<Mapping>)>,
}

impl Client {
    pub(super) fn new(
        connection: Arc<Connection>,
        codec: Codec,
        message_bytes: usize,
        listed: &Listed,
    ) -> Result<Self, OpenError> {
        let mapping = Mapping::new(codec.world(), &listed.tools);
        mapping.absent()?;
        Ok(Client {
            connection,
            codec,
            message_bytes,
            mapped: Mutex::new((listed.changes, Arc::new(mapping))),
        })
    }

    /// The functions as tools, compared anew if the server has changed its tools.
    async fn mapping(&self) -> Result<Arc<Mapping>, BackendError> {
        let (changes, mapping) = lock(&self.mapped).clone();
        if changes == self.connection.changes() {
            return Ok(mapping);
        }
        let listed = self.connection.tools().await?;
        let mapping = Arc::new(Mapping::new(self.codec.world(), &listed.tools));
        *lock(&self.mapped) = (listed.changes, mapping.clone());
        Ok(mapping)
    }

    /// After a call that failed: whether that is since the tools have changed.
    async fn look_again(&self, call: &Call) -> Result<(), BackendError> {
        self.connection.forget_tools();
        // There has to be time to say what the server has answered.
        let most = call.left().map_or(LOOKING, |left| LOOKING.min(left / 2));
        match timeout(most, self.mapping()).await {
            Ok(Ok(mapping)) => mapping.tool(call.function).map(drop),
            // What was answered to the call says more.
            _ => Ok(()),
        }
    }

    async fn reply(&self, call: &Call, mapping: &Mapping) -> Result<Reply, BackendError> {
        let tool = mapping.tool(call.function)?;
        let values = call.values(&self.codec)?;
        let world = self.codec.world();
        let arguments = mapping.arguments(world, call.function, &values, self.message_bytes);
        let arguments = arguments.map_err(|error| BackendError::Arguments {
            message: format!("the arguments cannot be sent: {error}"),
        })?;
        match self.connection.call(tool, arguments).await {
            Ok(reply) if reply.is_error => {
                self.look_again(call).await?;
                Ok(reply)
            }
            Ok(reply) => Ok(reply),
            Err(CallFailure::Refused {
                message,
                is_of_tool,
            }) => {
                self.look_again(call).await?;
                match is_of_tool {
                    true => Ok(Reply::error(message)),
                    false => Err(BackendError::Failed { message }),
                }
            }
            Err(CallFailure::Other(error)) => Err(error),
        }
    }
}

#[async_trait]
impl Session for Client {
    async fn call(&self, call: &Call) -> Result<Vec<u8>, BackendError> {
        if let Some(message) = self.connection.ended() {
            return Err(BackendError::Ended { message });
        }
        let mapping = self.mapping().await.map_err(uncalled)?;
        let reply = self.reply(call, &mapping).await?;
        let result = mapping.result(self.codec.world(), call.function, &reply, call.result_bytes);
        let result = result.map_err(|error| match error {
            ReplyError::Failed(message) => BackendError::Failed {
                message: cut(&message),
            },
            ReplyError::Malformed(message) => BackendError::Malformed {
                message: cut(&message),
            },
            ReplyError::TooLarge => BackendError::TooLarge { found: None },
        })?;
        call.result(&self.codec, result.as_ref())
    }

    fn ended(&self) -> Option<String> {
        self.connection.ended()
    }
}

/// What it is for a call that its tools could not be asked for: no tool was called.
fn uncalled(error: BackendError) -> BackendError {
    match error {
        BackendError::Lost { message } => BackendError::Unreachable { message },
        BackendError::TooLarge { .. } => BackendError::Failed {
            message: "the list of its tools is too large; `Mcp::message_bytes` allows more".into(),
        },
        error => error,
    }
}
