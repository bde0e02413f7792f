//! What a server asks of this side: whether it is there. For all else there is nobody here.

use rmcp::model::{
    ClientJsonRpcMessage, ClientResult, ErrorCode, ErrorData, JsonRpcMessage, JsonRpcRequest,
    RequestId, ServerRequest,
};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What an answer takes besides its number, in bytes, with all that is there until it is read.
const ANSWER: u32 = 4 << 10;

/// The answers that a server has not read. rmcp would make a task of each question, without a bound.
pub(super) struct Asked {
    /// One that there is no room for yet.
    next: Option<(ClientJsonRpcMessage, u32)>,
    room: Arc<Semaphore>,
    most: u32,
}

impl Asked {
    /// `most` is how much of them there may be, in bytes.
    pub(super) fn new(most: usize) -> Self {
        let most = u32::try_from(most).unwrap_or(u32::MAX).max(ANSWER);
        Asked {
            next: None,
            room: Arc::new(Semaphore::new(most as usize)),
            most,
        }
    }

    /// Answers, once there is room for it.
    pub(super) fn ask(&mut self, request: &JsonRpcRequest<ServerRequest>) {
        let id = request.id.clone();
        let length = match &id {
            RequestId::String(text) => u32::try_from(text.len()).unwrap_or(u32::MAX),
            RequestId::Number(_) => 0,
        };
        let answer = match request.request {
            ServerRequest::PingRequest(_) => JsonRpcMessage::response(ClientResult::empty(()), id),
            _ => {
                let message = "this client answers `ping` and nothing else";
                let error = ErrorData::new(ErrorCode::METHOD_NOT_FOUND, message, None);
                JsonRpcMessage::error(error, Some(id))
            }
        };
        self.next = Some((answer, length.saturating_add(ANSWER).min(self.most)));
    }

    /// The answer that is to be sent, and its room, which is free when that is dropped. May be dropped and called
    /// again.
    pub(super) async fn answer(&mut self) -> Option<(ClientJsonRpcMessage, OwnedSemaphorePermit)> {
        let (_, size) = self.next.as_ref()?;
        let room = self.room.clone().acquire_many_owned(*size).await.ok()?;
        let (answer, _) = self.next.take()?;
        Some((answer, room))
    }
}
