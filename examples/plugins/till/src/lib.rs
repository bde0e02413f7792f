//! A till: a plugin that holds handles of other plugins. It is given the names of carts, loads
//! each, and takes out what it charges.

mod checkout;

mod bindings {
    //! What `wit-bindgen` makes of the world `till`.
    #![allow(unsafe_code, reason = "the canonical ABI passes pointers")]

    use super::Till;

    wit_bindgen::generate!({ world: "till", path: "../../wit/carts" });
    export!(Till);
}

use bindings::{Guest, Line, Receipt};
use checkout::{Cart, checkout};

first_class::first_class_world!({ world: "cart", path: "../../wit/carts" });

struct Till;

impl Guest for Till {
    fn checkout(carts: Vec<String>) -> Result<Receipt, String> {
        checkout::<CartInstance>(carts)
    }
}

impl Cart for CartInstance {
    fn open(name: &str) -> Result<Self, String> {
        CartInstance::load(&format!("cart/{name}")).map_err(|error| error.to_string())
    }

    fn lines(&self) -> Result<Vec<Line>, String> {
        let lines = self.items().list().map_err(|error| error.to_string())?;
        let line = |line: cart::types::Line| Line {
            item: line.item,
            price_cents: line.price_cents,
            count: line.count,
        };
        Ok(lines.into_iter().map(line).collect())
    }

    fn take(&self, line: &Line) -> Result<u32, String> {
        let taken = self.items().remove(&line.item, line.count);
        taken.map_err(|error| error.to_string())
    }

    fn put_back(&self, line: &Line) {
        // Whoever refuses what was in it a moment ago has something newer to say about it.
        let _ = self.items().add(&line.item, line.price_cents, line.count);
    }
}
