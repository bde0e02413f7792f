//! Resource that is not Sync.

use first_class::Own;
use std::cell::Cell;

first_class::first_class_world!({ world: "filter", path: "given/flow.wit" });

struct Store;

impl filter::KvImports for Store {
    type Bucket = Cell<u8>;

    fn stocks(&mut self) -> Vec<filter::kv::Stock> {
        Vec::new()
    }

    fn new_bucket(&mut self, _: String) -> Own<Cell<u8>> {
        Own::new(Cell::new(1))
    }

    fn bucket_get(&mut self, _: &Cell<u8>, _: String) -> Option<Vec<u8>> {
        None
    }
}

fn main() {}
