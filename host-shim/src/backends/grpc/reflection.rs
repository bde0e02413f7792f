//! Asking a server what services it has.

use super::connection::Connection;
use super::descriptors::pool;
use super::mapping::code_name;
use super::wire::{self, Messages, Sent, WireError, frames};
use crate::backends::OpenError;
use prost::Message;
use prost_reflect::prost_types::FileDescriptorProto;
use prost_reflect::{DescriptorPool, ServiceDescriptor};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use tonic::Code;
use tonic::codegen::http::HeaderMap;
use tonic::transport::Channel;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{
    ErrorResponse, FileDescriptorResponse, ServerReflectionRequest, ServerReflectionResponse,
};

/// The methods, the newer first. Their messages are the same.
const METHODS: [&str; 2] = [
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// How large an answer may be, in bytes.
const MOST_BYTES: u64 = 4 << 20;

/// How large all answers may be together, in bytes.
const MOST_IN_ALL: usize = 16 << 20;

/// How many services there may be, and how many files may describe those that are asked for.
const MOST: usize = 4096;

/// What a server says that it has.
#[derive(Clone, Debug)]
pub(super) struct Reflected {
    /// The full names of all its services.
    pub(super) names: Vec<String>,
    pool: DescriptorPool,
}

impl Reflected {
    /// Asks a server for the services whose full names are wanted.
    ///
    /// # Errors
    /// When it cannot be reached, does not tell, or tells nonsense.
    pub(super) async fn ask(
        connection: &Connection,
        headers: &HeaderMap,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Self, OpenError> {
        for path in METHODS {
            let asking = Asking {
                connection,
                headers,
                path,
                left: AtomicUsize::new(MOST_IN_ALL),
            };
            match asking.services(&is_wanted).await {
                Err(WireError::Status(status)) if status.code() == Code::Unimplemented => {}
                asked => return asked.map_err(|error| told(connection, error)),
            }
        }
        Err(OpenError::Failed(format!(
            "{} does not serve reflection, v1 or v1alpha; its services can be described with \
             `Descriptors::protos` or `Descriptors::set`",
            connection.endpoint().uri()
        )))
    }

    /// The services of these names that it has described.
    pub(super) fn services(&self) -> Vec<ServiceDescriptor> {
        let names = self.names.iter();
        names
            .filter_map(|name| self.pool.get_service_by_name(name))
            .collect()
    }

    /// Whether all services are described whose names are wanted.
    pub(super) fn has_all(&self, is_wanted: impl Fn(&str) -> bool) -> bool {
        let mut wanted = self.names.iter().filter(|name| is_wanted(name));
        wanted.all(|name| self.pool.get_service_by_name(name).is_some())
    }
}

fn told(connection: &Connection, error: WireError) -> OpenError {
    let server = connection.endpoint().uri();
    match error {
        WireError::Unreachable(message) | WireError::Lost(message) => {
            OpenError::Unavailable(format!("{server}: {message}"))
        }
        WireError::Late => OpenError::Unavailable(format!("{server}: it did not answer in time")),
        WireError::Status(status) => {
            let message = format!(
                "{server}, asked for its services: {}: {}",
                code_name(status.code()),
                status.message()
            );
            match status.code() {
                Code::Unavailable => OpenError::Unavailable(message),
                _ => OpenError::Failed(message),
            }
        }
        WireError::Malformed(message) => {
            OpenError::Failed(format!("{server}, asked for its services: {message}"))
        }
        WireError::TooLarge(bytes) => OpenError::Failed(format!(
            "{server}, asked for its services: an answer of {bytes} bytes is too large"
        )),
    }
}

/// Questions to one version of the service.
struct Asking<'a> {
    connection: &'a Connection,
    headers: &'a HeaderMap,
    path: &'static str,
    /// How many more bytes may be answered.
    left: AtomicUsize,
}

impl Asking<'_> {
    async fn services(&self, is_wanted: &impl Fn(&str) -> bool) -> Result<Reflected, WireError> {
        let all = self.ask([MessageRequest::ListServices(String::new())]);
        let names = match all.await?.pop() {
            Some(MessageResponse::ListServicesResponse(list)) => list.service,
            other => return Err(unexpected(other)),
        };
        if names.len() > MOST {
            return Err(too_many("services"));
        }
        let names: Vec<_> = names.into_iter().map(|service| service.name).collect();
        let wanted = names.iter().filter(|name| is_wanted(name));
        let wanted = wanted.cloned().map(MessageRequest::FileContainingSymbol);
        let files = self.files(wanted.collect()).await?;
        let pool = pool(files.into_values());
        let pool =
            pool.map_err(|error| WireError::Malformed(format!("its descriptors: {error}")))?;
        Ok(Reflected { names, pool })
    }

    /// The files that are asked for, and all that they import, by their names.
    async fn files(
        &self,
        mut questions: Vec<MessageRequest>,
    ) -> Result<BTreeMap<String, FileDescriptorProto>, WireError> {
        let mut files = BTreeMap::new();
        let mut asked = BTreeSet::new();
        while !questions.is_empty() {
            for answer in self.ask(questions).await? {
                let MessageResponse::FileDescriptorResponse(found) = answer else {
                    return Err(unexpected(Some(answer)));
                };
                decode(&found, &mut files)?;
            }
            let needed = files.values().flat_map(|file| &file.dependency);
            let needed: BTreeSet<_> = needed
                .filter(|name| !files.contains_key(*name))
                .cloned()
                .collect();
            let new = needed.into_iter().filter(|name| asked.insert(name.clone()));
            questions = new.map(MessageRequest::FileByFilename).collect();
            if files.len() + questions.len() > MOST {
                return Err(too_many("files"));
            }
        }
        Ok(files)
    }

    /// Asks some questions in one call. An answer that is an error is one here.
    async fn ask(
        &self,
        questions: impl IntoIterator<Item = MessageRequest>,
    ) -> Result<Vec<MessageResponse>, WireError> {
        let questions = questions
            .into_iter()
            .map(|question| ServerReflectionRequest {
                host: String::new(),
                message_request: Some(question),
            });
        let questions: Vec<_> = questions.collect();
        let connected = self.connection.get(None).await;
        let (channel, mut in_use) = connected.map_err(WireError::Unreachable)?;
        // Who waits for the load gives up by dropping this.
        in_use.unanswered();
        let answers = self.answers(channel, &questions).await;
        in_use.answered();
        answers
    }

    async fn answers(
        &self,
        channel: Channel,
        questions: &[ServerReflectionRequest],
    ) -> Result<Vec<MessageResponse>, WireError> {
        let mut answers = Vec::with_capacity(questions.len());
        let mut messages = self.call(channel, questions).await?;
        while let Some(message) = messages.next().await? {
            if answers.len() == questions.len() {
                return Err(WireError::Malformed(
                    "there are more answers than questions".into(),
                ));
            }
            self.pay(message.len())?;
            let answer = ServerReflectionResponse::decode(message);
            let answer = answer.map_err(|error| WireError::Malformed(error.to_string()))?;
            match answer.message_response {
                Some(answer @ MessageResponse::ErrorResponse(_)) => {
                    return Err(unexpected(Some(answer)));
                }
                Some(answer) => answers.push(answer),
                None => return Err(unexpected(None)),
            }
        }
        match answers.len() == questions.len() {
            true => Ok(answers),
            false => Err(WireError::Malformed(
                "there are fewer answers than questions".into(),
            )),
        }
    }

    /// Counts an answer.
    fn pay(&self, bytes: usize) -> Result<(), WireError> {
        let left = self.left.load(Ordering::Relaxed).checked_sub(bytes);
        let left = left.ok_or_else(|| {
            WireError::Malformed(format!("its answers take more than {MOST_IN_ALL} bytes"))
        })?;
        self.left.store(left, Ordering::Relaxed);
        Ok(())
    }

    async fn call(
        &self,
        channel: Channel,
        questions: &[ServerReflectionRequest],
    ) -> Result<Messages, WireError> {
        let frames = frames(questions).ok_or_else(|| too_many("questions"))?;
        let sent = Sent {
            path: self.path,
            headers: self.headers,
            time: None,
            frames,
        };
        wire::call(channel, sent, MOST_BYTES).await
    }
}

fn decode(
    found: &FileDescriptorResponse,
    files: &mut BTreeMap<String, FileDescriptorProto>,
) -> Result<(), WireError> {
    for encoded in &found.file_descriptor_proto {
        let file = FileDescriptorProto::decode(encoded.as_slice());
        let file =
            file.map_err(|error| WireError::Malformed(format!("its descriptors: {error}")))?;
        files.entry(file.name().to_owned()).or_insert(file);
    }
    Ok(())
}

fn too_many(what: &str) -> WireError {
    WireError::Malformed(format!("there are more than {MOST} {what}"))
}

fn unexpected(answer: Option<MessageResponse>) -> WireError {
    WireError::Malformed(match answer {
        Some(MessageResponse::ErrorResponse(ErrorResponse {
            error_code,
            error_message,
        })) => format!("{}: {error_message}", code_name(Code::from_i32(error_code))),
        _ => "the answer is to another question".into(),
    })
}
