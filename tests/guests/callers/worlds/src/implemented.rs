//! What serves the imports of some worlds, as a user writes it, and calls that are started.

use crate::imports_both_ways::both_ways;
use crate::imports_in_the_world::in_the_world;
use crate::imports_long::longest;
use crate::imports_resources::resources;
use crate::imports_resources_of_equal_names::equal_names;
use crate::imports_use_across::across;
use crate::imports_values::values;
use crate::{imports_async, imports_functions};
use first_class::{CallError, Lent, LoadError, Own, Pending};

/// Serves everything.
#[derive(Default)]
struct Server {
    written: Vec<String>,
}

/// Implements a resource.
struct Bucket(String);

impl values::LogImports for Server {
    fn write(
        &mut self,
        entry: values::log::Entry,
        marks: values::log::Marks,
    ) -> Result<u64, values::log::Failure> {
        if marks.contains(values::log::Marks::RED) {
            return Err(values::log::Failure::Closed);
        }
        self.written.push(entry.text);
        Ok(self.written.len() as u64)
    }

    fn flush(&mut self) {
        self.written.clear();
    }

    fn sinks(&mut self, prefix: Option<String>, at: char) -> Vec<values::log::Sink> {
        let file = prefix.unwrap_or_default() + &at.to_string();
        vec![values::log::Sink::File(file), values::log::Sink::None]
    }

    fn swap(
        &mut self,
        (a, b): (u8, f64),
        _: Result<Vec<u8>, String>,
        _: Result<(), ()>,
    ) -> (f64, u8) {
        (b, a)
    }

    fn mapped(
        &mut self,
        mut entries: Vec<values::log::Entry>,
    ) -> Result<Option<values::log::Entry>, ()> {
        Ok(entries.pop())
    }

    fn fixed(&mut self, bytes: [u8; 4]) -> [u8; 4] {
        bytes
    }
}

impl resources::KvImports for Server {
    type Bucket = Bucket;
    type Cursor = u32;
    type Token = ();

    fn open_all(&mut self, names: Vec<String>) -> Vec<Own<Bucket>> {
        names.into_iter().map(|name| Bucket(name).into()).collect()
    }

    fn sizes(&mut self, of: Vec<Lent<Bucket>>, and: &Bucket) -> Vec<u64> {
        let names = of.iter().map(|bucket| &bucket.0).chain([&and.0]);
        names.map(|name| name.len() as u64).collect()
    }

    fn swap(&mut self, pair: resources::kv::Pair) -> resources::kv::Pair {
        match pair.second {
            Some(second) => resources::kv::Pair {
                first: second,
                second: Some(pair.first),
            },
            None => resources::kv::Pair {
                first: Own::new(Bucket(String::new())).erase(),
                second: None,
            },
        }
    }

    fn lend(&mut self, loan: resources::kv::Loan, more: Vec<resources::kv::Loan>) {
        let lent = more.iter().chain([&loan]).map(|loan| &loan.of);
        let lent = lent.filter_map(Lent::downcast_ref::<Bucket>);
        self.written.extend(lent.map(|bucket| bucket.0.clone()));
    }

    fn choose(
        &mut self,
        choice: resources::kv::Choice,
        (_, token): (Lent<Bucket>, Own<()>),
    ) -> Result<Vec<(Own<Bucket>, Own<()>)>, Own<()>> {
        match choice {
            resources::kv::Choice::One(bucket) => match bucket.downcast::<Bucket>() {
                Ok(bucket) => Ok(vec![(bucket, token)]),
                Err(_) => Err(token),
            },
            _ => Err(token),
        }
    }

    fn bucket_get(&mut self) {}

    fn deep(&mut self, _: Option<Vec<Result<Own<Bucket>, Lent<()>>>>) -> Option<Vec<Own<Bucket>>> {
        None
    }

    fn new_bucket(&mut self, name: String) -> Result<Own<Bucket>, String> {
        match name.is_empty() {
            true => Err("it needs a name".into()),
            false => Ok(Own::new(Bucket(name))),
        }
    }

    fn new_cursor(&mut self, bucket: &Bucket) -> Own<u32> {
        Own::new(bucket.0.len() as u32)
    }

    fn bucket_get_(&mut self, this: &Bucket, key: String) -> Option<Vec<u8>> {
        this.0.strip_prefix(&key).map(Into::into)
    }

    fn bucket_set(&mut self, this: &Bucket, key: String, _: Vec<u8>) {
        self.written.push(format!("{}/{key}", this.0));
    }

    fn bucket_this(&mut self, _: &Bucket, this: u8) -> u8 {
        this
    }

    fn cursor_next(&mut self, this: &u32) -> Option<String> {
        Some(this.to_string())
    }

    fn bucket_merge(&mut self, a: Own<Bucket>, b: &Bucket) -> Own<Bucket> {
        Own::new(Bucket(a.0.clone() + &b.0))
    }
}

impl both_ways::StoreImports for Server {
    type Item = Bucket;

    fn get(&mut self, id: u64) -> Option<both_ways::store::Entry> {
        Some(both_ways::store::Entry { id })
    }

    fn put(
        &mut self,
        holder: both_ways::store::ImportedHolder,
        _: both_ways::store::ImportedLender,
    ) -> both_ways::store::ImportedEither {
        both_ways::store::ImportedEither::Holder(holder)
    }

    fn all(&mut self) -> Vec<Own<Bucket>> {
        Vec::new()
    }

    fn new_item(&mut self) -> Own<Bucket> {
        Bucket(String::new()).into()
    }

    fn item_name(&mut self, this: &Bucket) -> String {
        this.0.clone()
    }

    fn item_make(&mut self) -> Own<Self::Item> {
        both_ways::StoreImports::new_item(self)
    }
}

impl both_ways::MoreImports for Server {
    fn f(&mut self, two: both_ways::more::ImportedTwo) -> both_ways::more::ImportedTwo {
        two
    }
}

impl both_ways::BothWaysImports for Server {
    fn run(&mut self) {}
}

impl equal_names::AImports for Server {
    type Item = u8;

    fn item_get(&mut self, this: &u8) -> u8 {
        *this
    }
}

impl equal_names::BImports for Server {
    type Item = u16;

    fn both(&mut self, x: &u16, y: Own<u8>) -> (Own<u16>, Own<u8>) {
        (Own::new(*x), y)
    }

    fn new_item(&mut self, of: Own<u8>) -> Own<u16> {
        Own::new(u16::from(*of))
    }
}

impl equal_names::EqualNamesImports for Server {
    fn both(&mut self) {}
}

impl in_the_world::TypesImports for Server {
    type Canvas = Bucket;

    fn canvas_clear(&mut self, _: &Bucket) {}
}

impl in_the_world::InTheWorldImports for Server {
    fn draw(
        &mut self,
        stroke: in_the_world::Stroke,
    ) -> Result<in_the_world::types::Point, in_the_world::Color> {
        Err(stroke.color)
    }

    fn now(&mut self) -> u64 {
        0
    }
}

impl across::TypesImports for Server {
    type Pen = Bucket;

    fn new_pen(&mut self) -> Own<Bucket> {
        Own::new(Bucket(String::new()))
    }
}

impl across::DrawImports for Server {
    fn draw_line(&mut self, line: across::draw::Line, _: &Bucket) -> Vec<across::types::Shape> {
        vec![across::types::Shape::Dot(line.a)]
    }
}

impl across::PaintImports for Server {
    fn fill(&mut self, _: Vec<across::draw::Line>, p: Own<Bucket>) -> Own<Bucket> {
        p
    }
}

/// Serves functions of many parameters, by whatever implements all else.
struct Long;

#[rustfmt::skip]
#[allow(clippy::too_many_arguments, reason = "that is what it is for")]
impl longest::LongImports for Long {
    type R = String;

    fn seventeen(&mut self, p0: u32, _: u32, _: u32, _: u32, _: u32, _: u32, _: u32, _: u32, _: u32, _: u32, _: u32, _: u32, _: u32, _: u32, _: u32, _: u32, p16: String) -> u8 {
        u8::try_from(p0).unwrap_or(p16.len() as u8)
    }

    fn thirty_two(&mut self, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, p31: &String) -> String {
        p31.clone()
    }

    fn thirty_three(&mut self, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, p31: &String, p32: String) -> Own<String> {
        Own::new(p31.clone() + &p32)
    }
}

impl imports_functions::imports::LogImports for Server {
    fn write(&mut self, text: String) {
        self.written.push(text);
    }
}

impl imports_functions::imports::ImportsImports for Server {
    fn now(&mut self) -> u64 {
        0
    }
}

/// Loads an instance of each of these worlds.
///
/// # Errors
/// When there is none.
pub fn load(source: &str) -> Result<(), LoadError> {
    let server = Server::default;
    crate::imports_values::ValuesInstance::load_with(source, server())?;
    crate::imports_resources::ResourcesInstance::load_bytes_with(source.as_bytes(), server())?;
    crate::imports_both_ways::BothWaysInstance::load_with(source, server())?;
    crate::imports_resources_of_equal_names::EqualNamesInstance::load_with(source, server())?;
    crate::imports_in_the_world::InTheWorldInstance::load_with(source, server())?;
    crate::imports_use_across::AcrossInstance::load_with(source, server())?;
    crate::imports_long::LongestInstance::load_with(source, Long)?;
    imports_functions::ImportsInstance::load_with(source, server())?;
    Ok(())
}

/// Starts calls of a function, of an interface and of a resource.
///
/// # Errors
/// When one of them fails.
pub async fn start(source: &str) -> Result<(), CallError> {
    let Ok(instance) = imports_async::AsyncImportsInstance::load(source) else {
        return Ok(());
    };
    let run: Pending<u8> = instance.start().run()?;
    let job = instance.start().api().new_job()?.wait()?;
    let wait: Pending<u32> = job.start().wait()?;
    wait.cancel();
    // What is lent to a call is free again as soon as it is started.
    let waiting = job.wait_async();
    instance.api().go_async(job).await?;
    waiting.await?;
    imports_async::async_imports::api::Job::new_async(instance.api()).await?;
    first_class::join([run, instance.start().run()?]);
    Ok(())
}
