//! Times and sizes, as people write them.

use bytesize::ByteSize;
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::time::Duration;

/// A time, such as `"500ms"` or `"2min"`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Time(pub(super) Duration);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TimeVisitor)
    }
}

struct TimeVisitor;

impl Visitor<'_> for TimeVisitor {
    type Value = Time;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time with its unit, such as `\"500ms\"` or `\"2s\"`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Time, E> {
        let time = humantime::parse_duration(text).map_err(|error| {
            E::custom(format!(
                "`{text}` is no time: {error}; write it as `500ms`, `2s` or `1min 30s`"
            ))
        })?;
        Ok(Time(time))
    }
}

/// A size, such as `"64MiB"`, or a number of bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size(ByteSize);

impl Size {
    pub(super) fn bytes(self) -> u64 {
        self.0.as_u64()
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SizeVisitor)
    }
}

struct SizeVisitor;

impl Visitor<'_> for SizeVisitor {
    type Value = Size;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a size, such as `\"64MiB\"`, or a number of bytes")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Size, E> {
        let size = text.parse().map_err(|_| {
            E::custom(format!(
                "`{text}` is no size; write it as `64MiB`, `10kB` or a number of bytes"
            ))
        })?;
        Ok(Size(size))
    }

    fn visit_i64<E: Error>(self, bytes: i64) -> Result<Size, E> {
        let bytes =
            u64::try_from(bytes).map_err(|_| E::invalid_value(Unexpected::Signed(bytes), &self))?;
        self.visit_u64(bytes)
    }

    fn visit_u64<E: Error>(self, bytes: u64) -> Result<Size, E> {
        Ok(Size(ByteSize::b(bytes)))
    }
}
