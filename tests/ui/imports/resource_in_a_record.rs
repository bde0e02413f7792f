//! Resource in a record.

use first_class::Own;

first_class::first_class_world!({ world: "filter", path: "given/flow.wit" });

struct Store;
struct Bucket;

impl filter::KvImports for Store {
    type Bucket = Bucket;

    fn stocks(&mut self) -> Vec<filter::kv::Stock> {
        vec![filter::kv::Stock { bucket: Own::new(Bucket), size: 1 }]
    }

    fn new_bucket(&mut self, _: String) -> Own<Bucket> {
        Bucket
    }

    fn bucket_get(&mut self, _: &Bucket, _: String) -> Option<Vec<u8>> {
        None
    }
}

fn main() {}
