//! Forgotten associated type.

use first_class::Own;

first_class::first_class_world!({ world: "filter", path: "given/flow.wit" });

struct Store;
struct Bucket;

impl filter::KvImports for Store {
    fn stocks(&mut self) -> Vec<filter::kv::Stock> {
        Vec::new()
    }

    fn new_bucket(&mut self, _: String) -> Own<Bucket> {
        Own::new(Bucket)
    }

    fn bucket_get(&mut self, _: &Bucket, _: String) -> Option<Vec<u8>> {
        None
    }
}

fn main() {}
