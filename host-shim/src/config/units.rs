//! Times and sizes, as people write them.

use bytesize::ByteSize;
use serde::Deserialize;
use std::time::Duration;

/// A time, such as `"500ms"` or `"2min"`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Time(pub(super) Duration);

impl TryFrom<String> for Time {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let time = humantime::parse_duration(&text).map_err(|error| {
            format!("`{text}` is no time: {error}; write it as `500ms`, `2s` or `1min 30s`")
        })?;
        Ok(Time(time))
    }
}

/// A size, such as `"64MiB"`, or a number of bytes.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Size(ByteSize);

impl Size {
    pub(super) fn bytes(self) -> u64 {
        self.0.as_u64()
    }
}
