//! What is sent in one call, in frames.

use first_class_abi::value::DecodeValueError;
use rustls::AlertDescription;
use std::io::{self, ErrorKind};
use tokio::io::{AsyncRead, AsyncReadExt, Take};
use tokio_stream::StreamExt;
use tokio_util::bytes::BytesMut;
use tokio_util::codec::{Encoder as _, FramedRead};
use wrpc_transport::frame::{Decoder, Encoder, Frame, FrameRef, encode_invocation};

/// By how much packed values may be longer than the same in the canonical ABI: a number of 16 bits
/// takes three bytes.
const LONGER: u64 = 2;

/// What may be added to that in all, in bytes: lengths, and the heads of frames.
const HEADS: u64 = 64 << 10;

/// A call: its header, and a frame with the packed arguments.
pub(crate) fn invocation(interface: &str, function: &str, packed: &[u8]) -> io::Result<BytesMut> {
    let mut bytes = BytesMut::new();
    encode_invocation(&mut bytes, interface, function, packed.len())?;
    bytes.extend_from_slice(packed);
    Ok(bytes)
}

/// A frame with a packed result; nothing if there is none.
pub(crate) fn reply(packed: &[u8]) -> io::Result<BytesMut> {
    let mut bytes = BytesMut::new();
    if !packed.is_empty() {
        let frame = FrameRef {
            path: &[],
            data: packed,
        };
        Encoder.encode(frame, &mut bytes)?;
    }
    Ok(bytes)
}

/// Frames as they come in, and what they carried so far.
pub(crate) struct Frames<R> {
    frames: FramedRead<Take<R>, Whole>,
    data: BytesMut,
}

/// Decodes whole frames. One whose head has come and nothing else is none, which the decoder itself does
/// not say.
struct Whole {
    decoder: Decoder,
    is_within: bool,
}

impl tokio_util::codec::Decoder for Whole {
    type Item = Frame;
    type Error = io::Error;

    fn decode(&mut self, bytes: &mut BytesMut) -> io::Result<Option<Frame>> {
        let before = bytes.len();
        let frame = self.decoder.decode(bytes)?;
        self.is_within = frame.is_none() && (self.is_within || bytes.len() < before);
        Ok(frame)
    }

    fn decode_eof(&mut self, bytes: &mut BytesMut) -> io::Result<Option<Frame>> {
        match self.decode(bytes)? {
            None if self.is_within || !bytes.is_empty() => Err(io::Error::new(
                ErrorKind::UnexpectedEof,
                "it ended within a frame",
            )),
            frame => Ok(frame),
        }
    }
}

/// Values that did not come.
#[derive(Debug)]
pub(crate) enum ReceiveError {
    /// The peer ended the connection between two frames.
    Ended,
    /// The peer did not let this side in. Nothing was done.
    Refused(io::Error),
    /// The connection broke, or ended within a frame.
    Broken(io::Error),
    /// There is more than there may be.
    TooLarge,
    /// What came are no frames, or no such values.
    Malformed(String),
}

impl<R: AsyncRead + Unpin> Frames<R> {
    /// Frames whose values take at most so many bytes in the canonical ABI.
    pub(crate) fn new(stream: R, most: u64) -> Self {
        let most = most.saturating_mul(LONGER).saturating_add(HEADS);
        // Values that are sent later than others would have a path.
        let decoder = Whole {
            decoder: Decoder::new(0, u64::MAX),
            is_within: false,
        };
        Frames {
            frames: FramedRead::new(stream.take(most), decoder),
            data: BytesMut::new(),
        }
    }

    /// Waits for values, which are read from what has come until nothing is missing.
    pub(crate) async fn values<T>(
        &mut self,
        read: impl Fn(&[u8]) -> Result<T, DecodeValueError>,
    ) -> Result<T, ReceiveError> {
        let mut needed = 0;
        loop {
            if self.data.len() >= needed {
                match read(&self.data) {
                    Ok(values) => return Ok(values),
                    Err(error) => match error.missing() {
                        Some(missing) => needed = self.data.len().saturating_add(missing),
                        None => return Err(refusal(&error)),
                    },
                }
            }
            if !self.more().await? {
                return Err(ReceiveError::Ended);
            }
        }
    }

    /// Waits for the end of the connection, before which nothing may come.
    pub(crate) async fn end(&mut self) -> Result<(), ReceiveError> {
        while self.more().await? {
            if !self.data.is_empty() {
                let message = "the function has no result, and something came".into();
                return Err(ReceiveError::Malformed(message));
            }
        }
        Ok(())
    }

    /// Waits for a frame; whether there was one.
    async fn more(&mut self) -> Result<bool, ReceiveError> {
        let frame = self.frames.next().await;
        let is_too_much = self.frames.get_ref().limit() == 0;
        match frame {
            Some(Ok(frame)) => {
                self.data.extend_from_slice(&frame.data);
                Ok(true)
            }
            _ if is_too_much => Err(ReceiveError::TooLarge),
            None => Ok(false),
            Some(Err(error)) => Err(self.failure(error)),
        }
    }

    fn failure(&self, error: io::Error) -> ReceiveError {
        let tls = error.get_ref().and_then(|it| it.downcast_ref());
        match (tls, error.kind()) {
            (Some(rustls::Error::AlertReceived(alert)), _) if is_refusal(*alert) => {
                ReceiveError::Refused(error)
            }
            (Some(_), _) => ReceiveError::Broken(error),
            (None, ErrorKind::InvalidInput | ErrorKind::InvalidData) => {
                ReceiveError::Malformed(error.to_string())
            }
            _ => ReceiveError::Broken(error),
        }
    }
}

/// Whether a peer says with this that it does not know this side. It is told after this side has begun
/// to send, and before the peer has read anything.
fn is_refusal(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::HandshakeFailure
            | AlertDescription::DecryptError
    )
}

fn refusal(error: &DecodeValueError) -> ReceiveError {
    match error.is_too_large() {
        true => ReceiveError::TooLarge,
        false => ReceiveError::Malformed(error.to_string()),
    }
}
