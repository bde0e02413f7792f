//! Gathering mistakes, so that a user sees all of them at once.

use proc_macro2::Span;
use std::fmt::Display;

/// The mistakes found so far.
///
/// Whoever makes one must ask for [`Errors::finish`]; dropping it unasked is a bug of ours, and
/// panics so that a test finds it.
pub(crate) struct Errors {
    found: Option<Vec<syn::Error>>,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Errors {
            found: Some(Vec::new()),
        }
    }

    pub(crate) fn add(&mut self, error: syn::Error) {
        if let Some(found) = &mut self.found {
            found.push(error);
        }
    }

    pub(crate) fn at(&mut self, span: Span, message: impl Display) {
        self.add(syn::Error::new(span, message));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.as_ref().is_none_or(Vec::is_empty)
    }

    /// All mistakes as one error, if there are any.
    pub(crate) fn finish(mut self) -> syn::Result<()> {
        let found = self.found.take().unwrap_or_default();
        let all = found.into_iter().reduce(|mut all, error| {
            all.combine(error);
            all
        });
        all.map_or(Ok(()), Err)
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        if self.found.is_some() && !std::thread::panicking() {
            panic!("mistakes were gathered but never looked at");
        }
    }
}
