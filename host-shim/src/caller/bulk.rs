//! Calls of functions that move one string or one list of numbers.
//!
//! They go past the bridge of an instance that is the caller's own; to all others goes a buffer.

use super::ShimCtx;
use super::held::{Held, Taken};
use crate::error::CallError;
use crate::instance::Word;
use crate::waits::run;
use first_class_abi::Bulk;

impl ShimCtx {
    /// Calls a function that takes a string or nothing, and gives a string or nothing. An argument that
    /// it does not have is ignored; a result that it does not have is empty.
    ///
    /// # Errors
    /// As for [`ShimCtx::invoke`], and when it is no such function.
    pub fn invoke_text(
        &mut self,
        instance: u32,
        function: u32,
        argument: String,
    ) -> Result<String, CallError> {
        let unwatched = match self.chain {
            None => self.table.unwatched(instance),
            Some(_) => None,
        };
        let direct = match unwatched {
            Some(instance) => instance.text_directly(function, argument),
            None => Err(argument),
        };
        direct.unwrap_or_else(|argument| run(self.invoke_text_async(instance, function, &argument)))
    }

    /// The same as [`ShimCtx::invoke_text`].
    ///
    /// # Errors
    /// As there.
    pub async fn invoke_text_async(
        &mut self,
        instance: u32,
        function: u32,
        argument: &str,
    ) -> Result<String, CallError> {
        let mut out = self.out(instance)?;
        out.taken().await?.invoke_text(function, argument).await
    }

    /// Calls a function that takes a list of numbers or nothing, and gives one or nothing. The numbers
    /// are passed as bytes, little-endian.
    ///
    /// # Errors
    /// As for [`ShimCtx::invoke`], and when it is no such function.
    pub fn invoke_numbers(
        &mut self,
        instance: u32,
        function: u32,
        argument: &[u8],
    ) -> Result<Vec<u8>, CallError> {
        run(self.invoke_numbers_async(instance, function, argument))
    }

    /// The same as [`ShimCtx::invoke_numbers`].
    ///
    /// # Errors
    /// As there.
    pub async fn invoke_numbers_async(
        &mut self,
        instance: u32,
        function: u32,
        argument: &[u8],
    ) -> Result<Vec<u8>, CallError> {
        let mut out = self.out(instance)?;
        out.taken().await?.invoke_numbers(function, argument).await
    }
}

impl Taken {
    /// Calls a function that moves a string.
    pub(crate) async fn invoke_text(
        &mut self,
        function: u32,
        argument: &str,
    ) -> Result<String, CallError> {
        let bulk = self.held.spawn().text_shape(function)?;
        let size = bulk.arguments_size(argument.len());
        let watched = self.watched(function);
        if let Held::Fresh(fresh) = &mut self.held
            && fresh.instance.is_bulk(function)
        {
            let limit = self.chain.time(fresh.instance.spawn().limits.deadline);
            let call = fresh
                .instance
                .invoke_text(&self.chain, limit, function, argument);
            return match watched {
                None => call.await,
                Some(watched) => {
                    let bytes_out = |text: &String| bulk.result_size(text.len());
                    Box::pin(watched.watch(size, bytes_out, call)).await
                }
            };
        }
        let content = self.invoke_buffer(function, bulk, argument.as_bytes());
        let content = Box::pin(content).await?;
        String::from_utf8(content).map_err(|_| malformed())
    }

    /// Calls a function that moves a list of numbers, which are passed as words of their width, or as
    /// bytes.
    pub(crate) async fn invoke_numbers<W: Word>(
        &mut self,
        function: u32,
        argument: &[W],
    ) -> Result<Vec<W>, CallError> {
        let (bulk, _) = self.held.spawn().numbers_shape(function, argument)?;
        let watched = self.watched(function);
        if let Held::Fresh(fresh) = &mut self.held
            && fresh.instance.is_bulk(function)
        {
            let limit = self.chain.time(fresh.instance.spawn().limits.deadline);
            let call = fresh
                .instance
                .invoke_numbers(&self.chain, limit, function, argument);
            return match watched {
                None => Box::pin(call).await,
                Some(watched) => {
                    let size = bulk.arguments_size(size_of_val(argument));
                    let bytes_out = |words: &Vec<W>| bulk.result_size(size_of_val(&**words));
                    Box::pin(watched.watch(size, bytes_out, call)).await
                }
            };
        }
        let argument = bytemuck::cast_slice(argument);
        let content = Box::pin(self.invoke_buffer(function, bulk, argument)).await?;
        Ok(bytemuck::allocation::pod_collect_to_vec(&content))
    }

    async fn invoke_buffer(
        &mut self,
        function: u32,
        bulk: Bulk,
        content: &[u8],
    ) -> Result<Vec<u8>, CallError> {
        let result = self.invoke(function, &bulk.arguments(content)).await?;
        bulk.content(&result)
            .map(<[u8]>::to_vec)
            .ok_or_else(malformed)
    }
}

/// Adapters have checked the result, so this takes a bridge with a mistake.
fn malformed() -> CallError {
    CallError::Protocol {
        message: "the result is not what the function gives".into(),
    }
}
