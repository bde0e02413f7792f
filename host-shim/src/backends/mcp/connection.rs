//! A connection to a server.

use super::link::{End, Link};
use super::mapping::{Reply, Tool};
use super::transport::{Fault, Guarded, Wire};
use super::{Config, How, OpenError};
use crate::backends::BackendError;
use crate::lock::lock;
use rmcp::model::{
    CallToolRequest, CallToolRequestParams, CallToolResult, CancelledNotificationParam,
    ClientCapabilities, ClientConfig, ClientRequest, ContentBlock, ErrorCode, Implementation,
    PaginatedRequestParams, ResourceContents, ServerResult,
};
use rmcp::service::{
    ClientInitializeError, PeerRequestOptions, RequestHandle, RunningService, ServiceError,
};
use rmcp::transport::DynamicTransportError;
use rmcp::{ClientHandler, Peer, RoleClient};
use serde_json::{Map, Value as Json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::runtime::Handle;

/// How many tools a server may have, and on how many pages it may list them.
const MOST_TOOLS: usize = 2000;
const MOST_PAGES: usize = 100;

/// How much of a message of a server is passed on, in characters.
const MOST_WORDS: usize = 2000;

/// A connection. It ends when it is dropped, and a process with it.
pub(super) struct Connection {
    service: RunningService<RoleClient, Client>,
    link: Arc<Link>,
    tools: Mutex<Option<Listed>>,
    answered: AtomicBool,
}

/// The tools of a server, and how often it had changed them.
#[derive(Clone)]
pub(super) struct Listed {
    pub(super) changes: u64,
    pub(super) tools: Arc<[Arc<Tool>]>,
}

/// What this side says of itself.
struct Client;

impl ClientHandler for Client {
    fn get_info(&self) -> ClientConfig {
        let us = Implementation::new("first-class-host", env!("CARGO_PKG_VERSION"));
        ClientConfig::new(ClientCapabilities::default(), us)
    }
}

/// Why a call has no reply.
pub(super) enum CallFailure {
    /// The server answered with an error of the protocol.
    Refused {
        message: String,
        /// Whether it may be the tool's: older servers answer so when a tool fails.
        is_of_tool: bool,
    },
    Other(BackendError),
}

impl Connection {
    /// Starts a process, or connects, and agrees with the server.
    pub(super) async fn start(config: &Config, source_name: &Arc<str>) -> Result<Self, OpenError> {
        let most = config.message_bytes;
        let (wire, child) = match &config.how {
            How::Command(program) => {
                let started = program.start(source_name, most);
                let (child, lines) = started.map_err(|error| {
                    OpenError::Unavailable(format!("`{program}` cannot be started: {error}"))
                })?;
                (Wire::Lines(lines), Some(child))
            }
            How::Http(place) => {
                let http = place.connect(most).map_err(OpenError::Failed)?;
                (Wire::Http(Box::new(http)), None)
            }
        };
        let link = Arc::new(Link::new(child, config.reading));
        let guarded = Guarded::new(wire, link.clone(), most);
        let service = rmcp::serve_client(Client, guarded).await;
        let service = service.map_err(|error| not_started(&config.how, &link, &error))?;
        Ok(Connection {
            service,
            link,
            tools: Mutex::default(),
            answered: AtomicBool::new(false),
        })
    }

    /// Why it ended, if it did.
    pub(super) fn ended(&self) -> Option<String> {
        let ended = self.link.ended().map(|end| end.message.clone());
        let is_closed = self.service.is_transport_closed();
        ended.or_else(|| is_closed.then(|| "the connection was closed".into()))
    }

    /// Whether a tool was ever called and answered.
    pub(super) fn has_answered(&self) -> bool {
        self.answered.load(Ordering::SeqCst)
    }

    /// How often the server said, or it was seen, that its tools have changed.
    pub(super) fn changes(&self) -> u64 {
        self.link.changes()
    }

    /// Asks for the tools when they are needed next.
    pub(super) fn forget_tools(&self) {
        self.link.change_tools();
    }

    /// The server's tools, which it is asked for if they may have changed.
    pub(super) async fn tools(&self) -> Result<Listed, BackendError> {
        let changes = self.changes();
        let known = lock(&self.tools).clone();
        if let Some(known) = known.filter(|known| known.changes == changes) {
            return Ok(known);
        }
        let tools = self.list().await?.into();
        let listed = Listed { changes, tools };
        *lock(&self.tools) = Some(listed.clone());
        Ok(listed)
    }

    async fn list(&self) -> Result<Vec<Arc<Tool>>, BackendError> {
        let mut tools = Vec::new();
        let mut cursor = None;
        for _ in 0..MOST_PAGES {
            let page = PaginatedRequestParams::default().with_cursor(cursor);
            let listed = self.service.list_tools(Some(page)).await;
            let listed = listed.map_err(|error| match self.failure(error) {
                CallFailure::Refused { message, .. } => BackendError::Failed { message },
                CallFailure::Other(error) => error,
            })?;
            tools.extend(listed.tools.into_iter().map(|tool| {
                let object = |object: Arc<Map<String, Json>>| Json::Object((*object).clone());
                let output = tool.output_schema.map(object);
                let of = Tool::new(tool.name, object(tool.input_schema), output);
                Arc::new(of.described(tool.description.map(Into::into)))
            }));
            cursor = listed.next_cursor;
            if cursor.is_none() && tools.len() <= MOST_TOOLS {
                return Ok(tools);
            }
        }
        Err(BackendError::Failed {
            message: format!("it lists more than {MOST_TOOLS} tools, or has no end of them"),
        })
    }

    /// Calls a tool. The server is told if the future is dropped.
    pub(super) async fn call(
        &self,
        tool: &Tool,
        arguments: Map<String, Json>,
    ) -> Result<Reply, CallFailure> {
        let call = CallToolRequestParams::new(tool.name.clone()).with_arguments(arguments);
        let request = ClientRequest::CallToolRequest(CallToolRequest::new(call));
        let options = PeerRequestOptions::no_options();
        let sent = self
            .service
            .send_cancellable_request(request, options)
            .await;
        let sent = sent.map_err(|error| CallFailure::Other(self.unsent(&error)))?;
        let mut cancel = Cancel::of(&sent);
        let answer = sent.await_response().await;
        cancel.0 = None;
        match answer.map_err(|error| self.failure(error))? {
            ServerResult::CallToolResult(result) => {
                self.answered.store(true, Ordering::SeqCst);
                Ok(reply(result))
            }
            _ => Err(CallFailure::Other(BackendError::Malformed {
                message: "it is no result of a tool".into(),
            })),
        }
    }

    /// What became of a call that was not even taken to be sent.
    fn unsent(&self, error: &ServiceError) -> BackendError {
        let ended = self.link.ended().map(|end| end.message.clone());
        BackendError::Unreachable {
            message: ended.unwrap_or_else(|| error.to_string()),
        }
    }

    fn failure(&self, error: ServiceError) -> CallFailure {
        let lost = |message: String| match self.link.ended() {
            Some(End {
                is_too_large: true, ..
            }) => BackendError::TooLarge { found: None },
            Some(End { message, .. }) => BackendError::Lost {
                message: message.clone(),
            },
            None => BackendError::Lost { message },
        };
        CallFailure::Other(match error {
            ServiceError::McpError(error) => {
                return CallFailure::Refused {
                    message: cut(&error.message),
                    is_of_tool: error.code == ErrorCode::INTERNAL_ERROR,
                };
            }
            ServiceError::TransportSend(error) => match fault(error) {
                Fault::Unreachable(message) => BackendError::Unreachable { message },
                Fault::Lost(message) => lost(message),
                Fault::Refused(message) => BackendError::Failed {
                    message: cut(&message),
                },
                Fault::Malformed(message) => BackendError::Malformed {
                    message: cut(&message),
                },
                Fault::TooLarge => BackendError::TooLarge { found: None },
            },
            ServiceError::UnexpectedResponse => BackendError::Malformed {
                message: "it answers another question".into(),
            },
            error => lost(error.to_string()),
        })
    }
}

/// Tells the server that nobody waits for a call any more, unless it is disarmed.
struct Cancel(Option<(Peer<RoleClient>, CancelledNotificationParam, Handle)>);

impl Cancel {
    fn of(sent: &RequestHandle<RoleClient>) -> Self {
        let handle = Handle::try_current().ok();
        let reason = Some("the caller gave up".to_owned());
        let of = CancelledNotificationParam::new(Some(sent.id.clone()), reason);
        Cancel(handle.map(|handle| (sent.peer.clone(), of, handle)))
    }
}

impl Drop for Cancel {
    fn drop(&mut self) {
        if let Some((peer, of, handle)) = self.0.take() {
            // A connection that has ended needs no telling.
            handle.spawn(async move { drop(peer.notify_cancelled(of).await) });
        }
    }
}

fn fault(error: DynamicTransportError) -> Fault {
    match error.error.downcast::<Fault>() {
        Ok(fault) => *fault,
        Err(error) => Fault::Lost(error.to_string()),
    }
}

/// Why there is no session.
fn not_started(how: &How, link: &Link, error: &ClientInitializeError) -> OpenError {
    let of = |reason: &str| format!("{how}: {}", cut(reason));
    if let ClientInitializeError::TransportError { error, .. } = error
        && let Some(fault) = error.error.downcast_ref::<Fault>()
    {
        let reason = of(&fault.to_string());
        return match fault {
            Fault::Unreachable(_) | Fault::Lost(_) => OpenError::Unavailable(reason),
            Fault::Refused(_) | Fault::Malformed(_) | Fault::TooLarge => OpenError::Failed(reason),
        };
    }
    match (error, link.ended()) {
        (ClientInitializeError::JsonRpcError(error), _) => OpenError::Failed(of(&error.message)),
        (_, Some(end)) => OpenError::Unavailable(of(&end.message)),
        (error, None) => OpenError::Failed(of(&error.to_string())),
    }
}

fn reply(result: CallToolResult) -> Reply {
    let mut reply = Reply {
        is_error: result.is_error.unwrap_or_default(),
        structured: result.structured_content,
        ..Reply::default()
    };
    for block in result.content {
        match block {
            ContentBlock::Text(text) => reply.texts.push(text.text),
            ContentBlock::Image(image) => reply.blobs.push(image.data),
            ContentBlock::Audio(audio) => reply.blobs.push(audio.data),
            ContentBlock::Resource(resource) => match resource.resource {
                ResourceContents::TextResourceContents { text, .. } => reply.texts.push(text),
                ResourceContents::BlobResourceContents { blob, .. } => reply.blobs.push(blob),
                _ => {}
            },
            _ => {}
        }
    }
    reply
}

/// The beginning of what a server says.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_WORDS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
