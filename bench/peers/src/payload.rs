//! What is sent there and back.

/// How many bytes a text has.
const TEXT: usize = 64;

/// How many bytes a list has.
const BYTES: usize = 4096;

/// A kind of value, and as many bytes of it as are sent.
#[derive(Clone, Copy)]
pub(crate) enum Payload {
    /// A string of 64 bytes.
    Text,
    /// A `list<u8>` of 4 KiB.
    Bytes,
}

/// The string.
pub(crate) fn text() -> String {
    "0123456789abcdef".repeat(TEXT / 16)
}

/// The list.
pub(crate) fn bytes() -> Vec<u8> {
    (0..BYTES).map(|index| index as u8).collect()
}

impl Payload {
    /// The value as it is sent when it is packed: its length in groups of seven bits, and its bytes.
    pub(crate) fn packed(self) -> Vec<u8> {
        let (mut packed, value) = match self {
            Payload::Text => (vec![TEXT as u8], text().into_bytes()),
            Payload::Bytes => (
                vec![(BYTES % 128) as u8 | 0x80, (BYTES / 128) as u8],
                bytes(),
            ),
        };
        packed.extend(value);
        packed
    }
}
