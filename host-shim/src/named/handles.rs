//! The numbers by which one caller knows the resources of a named instance.
//!
//! They are the caller's own: it can name what it was given, and nothing else. They are never used
//! twice, so a number of an instance that is no more cannot name a resource of the next.

use crate::plan::WorldPlan;
use first_class_abi::value::{Codec, HandleUse};
use first_class_abi::wit_parser::TypeId;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// The resources of one caller in one named instance.
#[derive(Default)]
pub(super) struct Handles {
    by_number: HashMap<u32, Held>,
    last: u32,
    /// The last number of earlier instances.
    stale: u32,
    /// The caller is gone, and so are its resources.
    closed: bool,
}

#[derive(Clone, Copy)]
struct Held {
    resource: TypeId,
    /// The index in the table of the bridge.
    index: u32,
}

/// Why arguments are refused.
pub(super) enum Refused {
    /// They break the contract.
    Protocol(String),
    /// A resource lived in an instance that is no more.
    Stale,
}

impl Handles {
    /// Checks arguments, and replaces the caller's numbers by the instance's. What is given away is
    /// the caller's no more.
    pub(super) fn arguments<'a>(
        &mut self,
        codec: &Codec,
        function: u32,
        buffer: &'a [u8],
    ) -> Result<Cow<'a, [u8]>, Refused> {
        let protocol = |error: &dyn std::fmt::Display| Refused::Protocol(error.to_string());
        let uses = codec
            .check_arguments(function, buffer)
            .map_err(|error| protocol(&error))?;
        if uses.is_empty() {
            return Ok(Cow::Borrowed(buffer));
        }
        let mut indices = self.indices(&uses)?.into_iter();
        // Written anew, since in the caller's buffer a handle may overlap with something else.
        let mut values = codec
            .decode_arguments(function, buffer)
            .map_err(|error| protocol(&error))?;
        for value in &mut values {
            value.for_each_handle(&mut |handle| *handle = indices.next().unwrap_or_default());
        }
        let buffer = codec
            .encode_arguments(function, &values)
            .map_err(|error| protocol(&error))?;
        for given in uses.iter().filter(|it| it.owned) {
            self.by_number.remove(&given.handle);
        }
        Ok(Cow::Owned(buffer))
    }

    /// The instance's numbers for the caller's, all of which must be right.
    fn indices(&self, uses: &[HandleUse]) -> Result<Vec<u32>, Refused> {
        let mut lent = HashSet::new();
        let mut given = HashSet::new();
        let mut indices = Vec::with_capacity(uses.len());
        for used in uses {
            indices.push(self.held(used)?.index);
            let number = used.handle;
            let twice = match used.owned {
                true => !given.insert(number) || lent.contains(&number),
                false => {
                    lent.insert(number);
                    given.contains(&number)
                }
            };
            if twice {
                return Err(Refused::Protocol(format!(
                    "the resource number {number} is given away and used otherwise in one call"
                )));
            }
        }
        Ok(indices)
    }

    fn held(&self, used: &HandleUse) -> Result<Held, Refused> {
        let number = used.handle;
        match self.by_number.get(&number) {
            Some(held) if held.resource == used.resource => Ok(*held),
            Some(_) => Err(Refused::Protocol(format!(
                "the resource number {number} is of another type"
            ))),
            None if number != 0 && number <= self.stale => Err(Refused::Stale),
            None => Err(Refused::Protocol(format!(
                "the caller has no resource number {number}"
            ))),
        }
    }

    /// Replaces the instance's numbers in a result by new ones of the caller. If the caller is
    /// gone, gives back what is to be dropped: resources with their indices.
    pub(super) fn result(
        &mut self,
        world: &WorldPlan,
        function: u32,
        buffer: Vec<u8>,
    ) -> Result<Vec<u8>, Vec<Orphan>> {
        let codec = world.codec();
        // The instance's own adapters wrote the result, so it is what it has to be.
        let uses = codec.check_result(function, &buffer).unwrap_or_default();
        if uses.is_empty() {
            return Ok(buffer);
        }
        if self.closed {
            let orphans = uses.iter().filter_map(|used| {
                let function = world.drop_function(used.resource)?;
                Some(Orphan {
                    function,
                    index: used.handle,
                })
            });
            return Err(orphans.collect());
        }
        let mut resources = uses.iter().map(|used| used.resource);
        let Ok(Some(mut value)) = codec.decode_result(function, &buffer) else {
            return Ok(buffer);
        };
        value.for_each_handle(&mut |handle| {
            *handle = resources.next().map_or(0, |resource| {
                let index = *handle;
                self.hold(Held { resource, index })
            });
        });
        Ok(codec
            .encode_result(function, Some(&value))
            .unwrap_or_default())
    }

    fn hold(&mut self, held: Held) -> u32 {
        self.last += 1;
        self.by_number.insert(self.last, held);
        self.last
    }

    /// Forgets all, since the instance is no more.
    pub(super) fn expire(&mut self) {
        self.by_number.clear();
        self.stale = self.last;
    }

    /// Gives all up, since the caller is no more.
    pub(super) fn close(&mut self, world: &WorldPlan) -> Vec<Orphan> {
        self.closed = true;
        let held = self.by_number.drain();
        let orphans = held.filter_map(|(_, held)| {
            let function = world.drop_function(held.resource)?;
            Some(Orphan {
                function,
                index: held.index,
            })
        });
        orphans.collect()
    }
}

/// A resource that nobody holds any more: the function that drops it, and its index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Orphan {
    pub(super) function: u32,
    pub(super) index: u32,
}
