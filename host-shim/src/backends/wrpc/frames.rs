//! What is sent in one call, in frames.

use first_class_abi::value::DecodeValueError;
use rustls::AlertDescription;
use std::io::{self, ErrorKind};
use tokio::io::{AsyncRead, AsyncReadExt, Take};
use tokio::task::yield_now;
use tokio_stream::StreamExt;
use tokio_util::bytes::BytesMut;
use tokio_util::codec::{Encoder as _, FramedRead};
use wrpc_transport::frame::{Decoder, Encoder, Frame, FrameRef, encode_invocation};

/// By how much packed values may be longer than the same in the canonical ABI: a number of 16 bits
/// takes three bytes.
const LONGER: u64 = 2;

/// What may be added to that in all, in bytes: lengths, and the heads of frames.
const HEADS: u64 = 64 << 10;

/// How often as many bytes as there may be are read in vain, since values that come in many frames are read from
/// their beginning again.
const AGAIN: u64 = 16;

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
    /// How many more bytes may be read in vain.
    in_vain: u64,
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
            in_vain: most.saturating_mul(AGAIN),
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
                if !self.data.is_empty() {
                    self.pay()?;
                    // More may be there already, and others wait for this thread.
                    yield_now().await;
                }
            }
            if !self.more().await? {
                return Err(ReceiveError::Ended);
            }
        }
    }

    /// Counts what was read in vain.
    fn pay(&mut self) -> Result<(), ReceiveError> {
        let left = self.in_vain.checked_sub(self.data.len() as u64);
        self.in_vain = left.ok_or_else(|| {
            let message = "the values come in too many small frames";
            ReceiveError::Malformed(message.into())
        })?;
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::{AGAIN, Frames, HEADS, LONGER, ReceiveError, reply};
    use crate::waits::run;
    use first_class_abi::World;
    use first_class_abi::value::{Codec, Value};
    use first_class_abi::wit_parser::Resolve;
    use std::cell::Cell;
    use std::pin::pin;
    use std::sync::Arc;
    use std::task::{Context, Waker};

    const STRINGS: u64 = 20_000;

    fn codec() -> Codec {
        let text = "package test:names; world names { export all: func(names: list<string>); }";
        let mut resolve = Resolve::new();
        let package = resolve.push_source("names.wit", text).expect("is WIT");
        let world = resolve.select_world(&[package], None).expect("is one");
        Codec::new(Arc::new(World::new(resolve, world))).expect("has values")
    }

    /// Strings of a letter: so many bytes in one frame, and the others in frames of this many.
    fn sent(codec: &Codec, first: usize, others: usize) -> Vec<u8> {
        let strings = (0..STRINGS).map(|_| Value::String("x".into()));
        let packed = codec.pack_arguments(0, &[Value::List(strings.collect())]);
        let packed = packed.expect("is packed");
        let (first, rest) = packed.split_at(first);
        let parts = [first].into_iter().chain(rest.chunks(others));
        let frames = parts.map(|part| reply(part).expect("is a frame"));
        frames.flat_map(|frame| frame.to_vec()).collect()
    }

    /// How many values came, and how many bytes were read for that.
    async fn received(
        first: usize,
        others: usize,
        most: u64,
    ) -> (Result<usize, ReceiveError>, u64) {
        let codec = codec();
        let bytes = sent(&codec, first, others);
        let read = Cell::new(0);
        let mut frames = Frames::new(&*bytes, most);
        let values = frames.values(|packed| {
            read.set(read.get() + packed.len() as u64);
            codec.unpack_arguments(0, packed, most)
        });
        let values = values.await;
        (values.map(|values| values.len()), read.get())
    }

    #[test]
    fn values_are_not_read_again_for_each_byte() {
        // In the canonical ABI.
        let most = STRINGS * 9 + 8;
        let (values, read) = run(received(20_003, 1, most));
        assert!(
            matches!(values, Err(ReceiveError::Malformed(_))),
            "{values:?}"
        );
        let budget = (most * LONGER + HEADS) * AGAIN;
        assert!(read <= budget + 2 * STRINGS + 3, "{read} bytes are read");
        // Frames as somebody may well send them.
        let (values, _) = run(received(1, 512, most));
        assert!(matches!(values, Ok(1)), "{values:?}");
    }

    #[test]
    fn others_have_their_turn_between_two_attempts() {
        let most = STRINGS * 9 + 8;
        let is_done_at_once = |first| {
            let received = pin!(received(first, 512, most));
            let mut context = Context::from_waker(Waker::noop());
            received.poll(&mut context).is_ready()
        };
        assert!(!is_done_at_once(20_003));
        // Nothing is waited for that has come as a whole.
        assert!(is_done_at_once(40_003));
    }
}
