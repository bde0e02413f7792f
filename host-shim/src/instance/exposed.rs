//! Resources of the caller's in calls of a plugin: its numbers become handles of the bridge, and
//! handles its numbers.

use super::live::Live;
use super::spawn::Spawn;
use crate::bridge::PER_RESOURCE;
use first_class_abi::value::HandleUse;
use wasmtime::Error;

/// What there is for each resource, by their places after the functions of the world.
const MAKE: u32 = 0;
const TAKE: u32 = 1;
const DROP: u32 = 2;

/// A handle that a call lends to the plugin.
pub(super) struct Loan {
    drop: u32,
    handle: u32,
}

impl Live {
    /// Replaces the caller's numbers in arguments by handles. Those that are only lent have to be
    /// dropped after the call.
    pub(super) async fn bring_in(
        &mut self,
        spawn: &Spawn,
        function: u32,
        arguments: &mut [u8],
    ) -> wasmtime::Result<Vec<Loan>> {
        let codec = spawn.plan.world.codec();
        // What is malformed the adapters will refuse.
        let uses = codec.check_arguments(function, arguments);
        let mut loans = Vec::new();
        for used in uses.into_iter().flatten() {
            let Some(place) = place(spawn, &used) else {
                continue;
            };
            let handle = self.exchange_one(place + MAKE, used.handle).await?;
            put(arguments, &used, handle)?;
            if !used.owned {
                let drop = place + DROP;
                loans.push(Loan { drop, handle });
            }
        }
        Ok(loans)
    }

    /// Ends what a call has lent.
    pub(super) async fn end_loans(&mut self, loans: Vec<Loan>) -> wasmtime::Result<()> {
        for Loan { drop, handle } in loans {
            self.exchange_one(drop, handle).await?;
        }
        Ok(())
    }

    /// Replaces handles in a result by the caller's numbers.
    pub(super) async fn take_out(
        &mut self,
        spawn: &Spawn,
        function: u32,
        result: &mut [u8],
    ) -> wasmtime::Result<()> {
        let uses = spawn.plan.world.codec().check_result(function, result);
        for used in uses.into_iter().flatten() {
            if let Some(place) = place(spawn, &used) {
                let number = self.exchange_one(place + TAKE, used.handle).await?;
                put(result, &used, number)?;
            }
        }
        Ok(())
    }

    async fn exchange_one(&mut self, function: u32, value: u32) -> wasmtime::Result<u32> {
        let result = self
            .scalar_unlimited(function, [value.into(), 0, 0, 0])
            .await?;
        Ok(result as u32)
    }
}

/// The number of the first function for the resource of a handle, if it is one of the caller's.
fn place(spawn: &Spawn, used: &HandleUse) -> Option<u32> {
    let exposed = &spawn.plan.exposed;
    let place = exposed.iter().position(|it| *it == used.resource)?;
    let functions = spawn.plan.world.world().callables().len();
    Some(functions as u32 + place as u32 * PER_RESOURCE)
}

fn put(buffer: &mut [u8], used: &HandleUse, value: u32) -> wasmtime::Result<()> {
    let bytes = buffer
        .get_mut(used.offset..)
        .and_then(<[u8]>::first_chunk_mut);
    *bytes.ok_or_else(|| Error::msg("a handle lies outside of its buffer"))? = value.to_le_bytes();
    Ok(())
}
