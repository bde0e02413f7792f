//! Drops streams of instances whose calls it has started.

mod bindings {
    //! What `wit-bindgen` makes of the world `dropper`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Dropper;

    wit_bindgen::generate!({ world: "dropper", path: "../../../wit/dropper" });
    export!(Dropper);
}

use first_class::CallError;

first_class::first_class_world!({ world: "flows", path: "../../../wit/flows" });

struct Dropper;

impl bindings::Guest for Dropper {
    fn drop_beside_a_call() -> Result<(), String> {
        let flows = FlowsInstance::load("flows").map_err(|error| error.to_string())?;
        drop_beside_a_call(&flows).map_err(|error| error.to_string())
    }
}

fn drop_beside_a_call(flows: &FlowsInstance) -> Result<(), CallError> {
    let ends = flows.stream::<u8, 0>()?;
    let call = flows.start().calls().nothing()?;
    drop(ends);
    call.wait()
}
