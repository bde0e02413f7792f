//! Streams and futures between a caller and its instances.

use super::ShimCtx;
use super::step::Transfer;
use crate::error::CallError;
use crate::instance::Streams;
use crate::waits::run;

impl ShimCtx {
    /// Makes a stream or a future of a kind: its reader and its writer. One of them is for the
    /// instance, in the arguments of a call.
    ///
    /// # Errors
    /// When the instance is dead, or its world has no such kind.
    pub fn make_stream(&mut self, instance: u32, kind: u32) -> Result<(u32, u32), CallError> {
        run(self.make_stream_async(instance, kind))
    }

    /// The same as [`ShimCtx::make_stream`].
    ///
    /// # Errors
    /// As there.
    pub async fn make_stream_async(
        &mut self,
        instance: u32,
        kind: u32,
    ) -> Result<(u32, u32), CallError> {
        self.streams(instance).await?.make(kind).await
    }

    /// Reads what there is, and at most so many elements; waits until there is one, or nobody is
    /// left to write.
    ///
    /// # Errors
    /// When the instance dies, and when nothing comes for as long as a call may take.
    pub fn read(
        &mut self,
        instance: u32,
        kind: u32,
        reader: u32,
        most: u32,
    ) -> Result<Transfer, CallError> {
        run(self.read_async(instance, kind, reader, most))
    }

    /// The same as [`ShimCtx::read`].
    ///
    /// # Errors
    /// As there.
    pub async fn read_async(
        &mut self,
        instance: u32,
        kind: u32,
        reader: u32,
        most: u32,
    ) -> Result<Transfer, CallError> {
        let mut streams = self.streams(instance).await?;
        streams.read(kind, reader, most).await.map(Transfer::from)
    }

    /// Writes so many elements; waits until all are taken, or nobody is left to read.
    ///
    /// # Errors
    /// When the instance dies, and when nothing is taken for as long as a call may take.
    pub fn write(
        &mut self,
        instance: u32,
        kind: u32,
        writer: u32,
        count: u32,
        elements: Vec<u8>,
    ) -> Result<Transfer, CallError> {
        run(self.write_async(instance, kind, writer, count, elements))
    }

    /// The same as [`ShimCtx::write`].
    ///
    /// # Errors
    /// As there.
    pub async fn write_async(
        &mut self,
        instance: u32,
        kind: u32,
        writer: u32,
        count: u32,
        elements: Vec<u8>,
    ) -> Result<Transfer, CallError> {
        let mut streams = self.streams(instance).await?;
        let written = streams.write(kind, writer, count, elements).await;
        written.map(Transfer::from)
    }

    /// Drops a reader. What names none is ignored.
    pub fn drop_reader(&mut self, instance: u32, kind: u32, reader: u32) {
        run(self.drop_reader_async(instance, kind, reader));
    }

    /// The same as [`ShimCtx::drop_reader`]: calls that were started may still have the instance.
    pub async fn drop_reader_async(&mut self, instance: u32, kind: u32, reader: u32) {
        if let Ok(streams) = self.streams(instance).await {
            streams.drop_reader(kind, reader);
        }
    }

    /// Drops a writer; that of a future must have written. What names none is ignored.
    pub fn drop_writer(&mut self, instance: u32, kind: u32, writer: u32) {
        run(self.drop_writer_async(instance, kind, writer));
    }

    /// The same as [`ShimCtx::drop_writer`]: calls that were started may still have the instance.
    pub async fn drop_writer_async(&mut self, instance: u32, kind: u32, writer: u32) {
        if let Ok(streams) = self.streams(instance).await {
            streams.drop_writer(kind, writer);
        }
    }

    async fn streams(&mut self, instance: u32) -> Result<Streams, CallError> {
        self.out(instance)?.taken().await?.streams()
    }
}
