//! The page `docs/benchmarks-peers.md`.

use crate::machine::Machine;
use crate::measure::Effort;

const INTRODUCTION: &str = "\
# Benchmarks of backends

What a call through a handle costs when its source is behind a network, beside what others call the same server with.

| case | the server | the other client |
|---|---|---|
| `wrpc-unix-…`, `wrpc-tcp-…` | what `wit-bindgen-wrpc` generates | what `wit-bindgen-wrpc` generates |
| `nats-…` | a loop on `async-nats`, behind a NATS server | a bare request of `async-nats` with as large a payload, and without headers |
| `grpc-health` | `tonic-health` | the client that tonic has generated for it |

A string of 64 bytes or a `list<u8>` of 4 KiB goes there and back, and each is compared with what was sent; `grpc-health`
asks a server how it is. Ours is a handle of `first_class_world!`, compiled natively, with the default limits of the shim,
so with a deadline and bounds that the others have not.

Server and client are in one process, each with threads of its own; NATS's server is another process. Calls are made one
after the other by the main thread, which waits for each. A sample is so many calls as take some milliseconds. Both clients
take turns, a sample each in a round. A figure is the median of all rounds; in parentheses is its spread, the
interquartile range in percent of it. The last column says what the ratio should be at most.
";

/// The page, with a table of all cases.
pub(crate) fn page(table: &str, effort: &Effort, machine: &Machine) -> String {
    let quick = if effort.is_quick { " --quick" } else { "" };
    let Machine {
        processor,
        cores,
        system,
        versions,
    } = machine;
    let (least, most) = (effort.least_rounds, effort.most_rounds);
    let (sample, versions) = (effort.sample.as_millis(), versions.join(", "));
    format!(
        "{INTRODUCTION}
| | |
|---|---|
| command | `cargo xtask bench --peers --record{quick}`, which writes this page |
| machine | {processor}, {cores} cores, {system} |
| versions | {versions} |
| samples | of {sample} ms, in {least} to {most} rounds |

## Calls

{table}
"
    )
}
