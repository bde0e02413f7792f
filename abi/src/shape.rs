//! The shape of a call: what crosses, and where it lies.

use crate::bulk::Bulk;
use crate::contract::{SCALAR_PARAMS, SLOT_SIZE};
use crate::world::{Callable, Callee, World};
use wit_parser::SizeAlign;
use wit_parser::abi::{AbiVariant, WasmSignature, WasmType};

/// The shape of a call of one function, as both sides of the contract see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallShape {
    /// The core types of the parameters, as the importer of the function sees them, without the
    /// return pointer.
    pub params: Vec<WasmType>,
    /// Whether the parameters are one record in memory; then `params` is its address alone.
    pub indirect_params: bool,
    /// How many bytes the arguments take at the front of their buffer: slots or record.
    pub arguments_size: usize,
    /// The core type of a result that is a single core value.
    pub result: Option<WasmType>,
    /// Whether the result is a record in memory.
    pub indirect_result: bool,
    /// How many bytes the result takes at the front of its buffer: slot or record.
    pub result_size: usize,
    /// Whether the call may go without a buffer.
    pub scalar: bool,
    /// What the function moves, if it is one string or one list of numbers each way.
    pub bulk: Option<Bulk>,
}

impl CallShape {
    /// The shapes of all that can be called, in the order of their numbers.
    pub fn of_world(world: &World) -> Vec<CallShape> {
        Self::of_all(world, world.callables())
    }

    /// The shapes of all that a plugin may call of its caller, in the order of their numbers.
    pub fn of_callbacks(world: &World) -> Vec<CallShape> {
        Self::of_all(world, world.callbacks())
    }

    pub(crate) fn of_all(world: &World, functions: &[Callable]) -> Vec<CallShape> {
        let mut sizes = SizeAlign::default();
        sizes.fill(world.resolve());
        let shapes = functions.iter().map(|callable| match &callable.callee {
            Callee::Function(function) => {
                let signature = world
                    .resolve()
                    .wasm_signature(AbiVariant::GuestImport, function);
                let bulk = Bulk::of(world.resolve(), function);
                Self::of_signature(&sizes, function, signature, bulk)
            }
            Callee::Drop(_) => Self::of_handle(None),
        });
        shapes.collect()
    }

    fn of_signature(
        sizes: &SizeAlign,
        function: &wit_parser::Function,
        signature: WasmSignature,
        bulk: Option<Bulk>,
    ) -> CallShape {
        let WasmSignature {
            mut params,
            indirect_params,
            results,
            retptr,
        } = signature;
        if retptr {
            params.pop();
        }
        let arguments_size = if indirect_params {
            let record = sizes.params(function.params.iter().map(|param| &param.ty));
            record.size.size_wasm32()
        } else {
            params.len() * SLOT_SIZE
        };
        let result_size = match &function.result {
            Some(ty) if retptr => sizes.size(ty).size_wasm32(),
            _ => results.len() * SLOT_SIZE,
        };
        let scalar = !indirect_params
            && !retptr
            && params.len() <= SCALAR_PARAMS
            && params.iter().all(is_scalar);
        CallShape {
            params,
            indirect_params,
            arguments_size,
            result: results.first().copied(),
            indirect_result: retptr,
            result_size,
            scalar,
            bulk,
        }
    }

    /// The shape of a call that takes a handle or a number, and gives one or nothing.
    pub fn of_handle(result: Option<WasmType>) -> CallShape {
        CallShape {
            params: vec![WasmType::I32],
            indirect_params: false,
            arguments_size: SLOT_SIZE,
            result_size: result.map_or(0, |_| SLOT_SIZE),
            result,
            indirect_result: false,
            scalar: true,
            bulk: None,
        }
    }
}

fn is_scalar(ty: &WasmType) -> bool {
    matches!(
        ty,
        WasmType::I32 | WasmType::I64 | WasmType::F32 | WasmType::F64
    )
}
