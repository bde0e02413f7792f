//! The page `docs/benchmarks-peers.md`.

use first_class_bench_common::machine::Machine;
use first_class_bench_common::measure::Effort;

use crate::group::Group;

const INTRODUCTION: &str = "\
# Benchmarks beside others

What a call through a handle costs, beside what others call the same with. Ours is a handle of `first_class_world!`, compiled
natively, with the default limits of the shim: with a deadline and bounds that most others have not.

Calls are made one after the other by the main thread, which waits for each. A sample is so many calls as take some
milliseconds. Both take turns, a sample each in a round. A figure is the median of all rounds; in parentheses is its spread,
the interquartile range in percent of it. The last column says what the ratio should be at most.
";

const BACKENDS: &str = "\
The source of the handle is behind a network, or a socket.

| case | the server | the other client |
|---|---|---|
| `wrpc-unix-…`, `wrpc-tcp-…` | what `wit-bindgen-wrpc` generates | what `wit-bindgen-wrpc` generates |
| `nats-…` | a loop on `async-nats`, behind a NATS server | a bare request of `async-nats` with as large a payload, and without headers |
| `grpc-health` | `tonic-health` | the client that tonic has generated for it |

A string of 64 bytes or a `list<u8>` of 4 KiB goes there and back, and each is compared with what was sent; `grpc-health`
asks a server how it is. Server and client are in one process, each with threads of its own; NATS's server is another process.
";

const PLUGINS: &str = "\
A native program calls a plugin in its own process. `add` takes two `u32`. Of all others the plugin returns the argument: a
string (`echo`) or a `list<u8>` of so many bytes, or a list of so many records of two `f64` and a string. `load-warm` makes an
instance of what is compiled already, which adds two numbers and ends; the first call is part of it, since Extism makes the
instance then. What comes back is compared once, before anything is measured.

| case | the plugin | what is called |
|---|---|---|
| `wasm-link-…` | the component that ours loads, too | a binding, without a limit of time; its engine has no concurrency support, as ours. Values are dynamic: arguments are made before, and nobody reads the results |
| `extism-…` | a module of `extism-pdk`, optimised for speed (`bench/peers/extism-plugin`) | functions of `&str`, `&[u8]` and numbers in bytes. What comes back is borrowed, and not copied |
| `extism-json-…`, `extism-msgpack-…` | the same | functions of records in Extism's encodings `Json` and `Msgpack`, from and to Rust types on both sides |
| `golem-…` | none | `WitValue::from` and back: a tree of values is put into the form in which Golem's components pass it, and made again. Ours is `Codec` of `first-class-abi`, from the same tree to a buffer and back, as backends do |

Extism and ours give Rust types; the component is compiled for size, as guests here are. All have compiled the plugin before, and
keep it in memory. Extism tells a thread of its own when a call begins and ends, so its small calls take longer where that thread
runs on another core. Extism 1.30.0 is the newest for this compiler: 1.41.0 needs wasmtime 49, which needs Rust 1.96.
";

/// The page, with the table of each group and what is said of it.
pub(crate) fn page(tables: &[(Group, String)], is_quick: bool, machine: &Machine) -> String {
    let samples = Group::ALL.map(|group| samples(&group.effort(is_quick)));
    let [networks, plugins] = samples;
    let samples = format!("over networks {networks}; in the process {plugins}");
    let circumstances = machine.table(" --peers", is_quick, &[("samples", samples)]);
    let mut page = format!("{INTRODUCTION}\n{circumstances}");
    for (group, table) in tables {
        let about = match group {
            Group::Backends => BACKENDS,
            Group::Plugins => PLUGINS,
        };
        page += &format!("\n## {}\n\n{about}\n{table}", group.title());
    }
    page
}

fn samples(effort: &Effort) -> String {
    let (least, most) = (effort.least_rounds, effort.most_rounds);
    format!(
        "of {} ms, in {least} to {most} rounds",
        effort.sample.as_millis()
    )
}
