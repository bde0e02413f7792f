//! Calls other instances of its own kind, along a path.

mod bindings {
    //! What `wit-bindgen` makes of the world `relay`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Relay;

    wit_bindgen::generate!({ world: "relay", path: "../../../wit/relay" });
    export!(Relay);
}

use std::time::Duration;

first_class::first_class_world!({ world: "relay", path: "../../../wit/relay" });

struct Relay;

impl bindings::Guest for Relay {
    fn pass(path: Vec<String>, pause: u32) -> Result<Vec<String>, String> {
        if pause > 0 {
            std::thread::sleep(Duration::from_millis(pause.into()));
        }
        let Some((next, rest)) = path.split_first() else {
            return Ok(Vec::new());
        };
        let instance = RelayInstance::load(next).map_err(|error| format!("load: {error}"))?;
        let passed = instance.pass(rest, pause);
        let mut passed = passed.map_err(|error| format!("call: {error}"))??;
        passed.insert(0, next.clone());
        Ok(passed)
    }
}
