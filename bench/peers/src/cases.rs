//! What is measured, and beside what.

use std::any::Any;

use anyhow::{Context, Result};
use first_class_bench_common::measure::{Contender, Samples};

use crate::group::Group;
use crate::local::{Plugins, Workload, extism, golem, wasm_link};
use crate::payload::Payload;
use crate::report::Figure;
use crate::versions::{engine_of, version_of};
use crate::{grpc, nats, wrpc};

/// Which of ours makes calls.
const OURS: &str = "first-class-host";

/// What ours and another do.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) group: Group,
    /// The packages that the other is of, and ours.
    packages: [&'static str; 2],
    /// How many times what the other takes ours should take at most.
    pub(crate) most: f64,
    /// Makes both ready, with their server if they need one; nothing if it is not installed.
    pub(crate) pair: Pairing,
}

type Pairing = Box<dyn Fn(&Plugins) -> Result<Option<Pair>>>;

/// Two subjects, the other and ours, and their server, which ends with them.
pub(crate) struct Pair {
    pub(crate) contenders: [Contender; 2],
    pub(crate) _server: Box<dyn Any>,
}

/// All cases, in the order of the report.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = over_networks();
    cases.extend(in_this_process());
    cases
}

fn over_networks() -> Vec<Case> {
    let case = |name: &str, peer, most, pair: fn() -> Result<Option<Pair>>| Case {
        name: name.into(),
        group: Group::Backends,
        packages: [peer, OURS],
        most,
        pair: Box::new(move |_| pair()),
    };
    let wrpc = |name, pair| case(name, "wit-bindgen-wrpc", 1.2, pair);
    let nats = |name, pair| case(name, "async-nats", 1.3, pair);
    vec![
        #[cfg(unix)]
        wrpc("wrpc-unix-64", || wrpc::over_unix(Payload::Text).map(Some)),
        #[cfg(unix)]
        wrpc("wrpc-unix-4k", || wrpc::over_unix(Payload::Bytes).map(Some)),
        wrpc("wrpc-tcp-64", || wrpc::over_tcp(Payload::Text).map(Some)),
        wrpc("wrpc-tcp-4k", || wrpc::over_tcp(Payload::Bytes).map(Some)),
        nats("nats-64", || nats::request(Payload::Text)),
        nats("nats-4k", || nats::request(Payload::Bytes)),
        case("grpc-health", "tonic", 1.3, || grpc::check().map(Some)),
    ]
}

fn in_this_process() -> Vec<Case> {
    let mut cases = Vec::new();
    type Made = Box<dyn Fn(&Plugins) -> Result<Pair>>;
    let mut add = |name, packages, pair: Made| {
        cases.push(Case {
            name,
            group: Group::Plugins,
            packages,
            most: 1.0,
            pair: Box::new(move |plugins| pair(plugins).map(Some)),
        });
    };
    let packages = ["wasm-link", OURS];
    for (name, workload) in Workload::ALL {
        let pair = move |plugins: &_| wasm_link::calls(plugins, workload);
        add(format!("wasm-link-{name}"), packages, Box::new(pair));
    }
    let packages = ["extism", OURS];
    for (name, workload) in Workload::ALL {
        let Workload::Records(length) = workload else {
            let pair = move |plugins: &_| extism::calls(plugins, workload);
            add(format!("extism-{name}"), packages, Box::new(pair));
            continue;
        };
        let pair = move |plugins: &_| extism::json(plugins, length);
        add(format!("extism-json-{name}"), packages, Box::new(pair));
        let pair = move |plugins: &_| extism::msgpack(plugins, length);
        add(format!("extism-msgpack-{name}"), packages, Box::new(pair));
    }
    let packages = ["golem-wasm-rpc", "first-class-abi"];
    for (name, workload) in Workload::ALL {
        if let Workload::Records(length) = workload {
            let pair = move |_: &_| golem::records(length);
            add(format!("golem-{name}"), packages, Box::new(pair));
        }
    }
    cases
}

impl Case {
    /// The figure of a contender, with the version that it has.
    pub(crate) fn figure(
        &self,
        contender: usize,
        subject: &'static str,
        samples: &Samples,
    ) -> Result<Figure> {
        let package = self.packages[contender];
        let version = version_of(package).with_context(|| format!("no `{package}` in the lock"))?;
        let engine = engine_of(package).filter(|_| self.group == Group::Plugins);
        let engine = engine.map_or(String::new(), |version| format!(" on wasmtime {version}"));
        let (ns, spread) = samples.median_and_spread();
        Ok(Figure {
            case: self.name.clone(),
            subject,
            ns,
            spread,
            version: format!("{package} {version}{engine}"),
        })
    }
}
