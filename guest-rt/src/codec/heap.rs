//! The buffers of a call: the one that is written, and the one that is read.

use super::layout::align_to;
use super::malformed::Malformed;
use crate::error::CallError;
use crate::implemented::{Given, Implemented};
use crate::owner::Owner;
use crate::resource::Handles;
use first_class_abi::contract::ARENA_BASE;
use std::sync::Arc;

/// The buffer of arguments while it is written.
///
/// Offsets count from the start of the buffer; [`Heap::address`] turns one into the address that
/// it will have where the buffer lands.
#[derive(Debug)]
pub struct Heap {
    bytes: Vec<u8>,
    pub(crate) handles: Handles,
    /// The resources of this guest's own that the instance has, if it may have any.
    pub(crate) implemented: Option<Arc<Implemented>>,
    /// Those that this buffer gives it.
    pub(crate) given: Given,
}

impl Heap {
    /// The buffer of a call of the owner's instance, with this many zero bytes at its front.
    pub(crate) fn new(owner: &Arc<Owner>, front: usize) -> Self {
        Heap {
            bytes: vec![0; front],
            handles: Handles::new(owner),
            implemented: owner
                .serving
                .as_ref()
                .map(|serving| serving.implemented.clone()),
            given: Given::new(owner),
        }
    }

    /// The address of an offset.
    pub fn address(offset: usize) -> u32 {
        // A 32-bit guest cannot hold a buffer for which this would wrap; a native host refuses
        // arguments of that size, since their lengths do not match.
        ARENA_BASE.wrapping_add(offset as u32)
    }

    /// Appends zero bytes at the next aligned offset, and returns the offset.
    pub fn allocate(&mut self, size: usize, align: usize) -> usize {
        let start = align_to(self.bytes.len(), align);
        self.bytes.resize(start + size, 0);
        start
    }

    /// Appends bytes that need no alignment, and returns their offset.
    pub fn append(&mut self, bytes: &[u8]) -> usize {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        start
    }

    /// The bytes from an offset on.
    pub fn bytes_mut(&mut self, offset: usize, size: usize) -> &mut [u8] {
        &mut self.bytes[offset..offset + size]
    }

    /// Refuses the call if a handle cannot be passed to the instance, and takes back what the buffer
    /// gives.
    pub(crate) fn settle(&mut self, owner: &Owner) -> Result<(), CallError> {
        let settled = self.handles.settle(owner);
        if settled.is_err() {
            self.given.take_back(owner);
        }
        settled
    }

    pub(crate) fn into_parts(self) -> (Vec<u8>, Given) {
        (self.bytes, self.given)
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// The buffer of a result while it is read.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    pub(crate) owner: &'a Arc<Owner>,
}

impl<'a> Reader<'a> {
    /// The buffer that a call of the owner's instance has returned.
    pub(crate) fn new(owner: &'a Arc<Owner>, bytes: &'a [u8]) -> Self {
        Reader { bytes, owner }
    }

    /// The first bytes of the buffer.
    pub(crate) fn front(&self, size: usize) -> Result<&'a [u8], Malformed> {
        self.bytes.get(..size).ok_or(Malformed {
            what: "the result is shorter than its type",
        })
    }

    /// The bytes that an address and a number of elements refer to.
    ///
    /// # Errors
    /// When they do not lie in the buffer.
    pub fn slice(&self, address: u32, length: u32, size: usize) -> Result<&'a [u8], Malformed> {
        if length == 0 {
            return Ok(&[]);
        }
        let within = || {
            let start = address.checked_sub(ARENA_BASE)? as usize;
            let bytes = (length as usize).checked_mul(size)?;
            self.bytes.get(start..start.checked_add(bytes)?)
        };
        within().ok_or(Malformed {
            what: "an address lies outside of the result",
        })
    }
}
