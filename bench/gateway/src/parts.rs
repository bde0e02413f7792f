//! What is measured: those that are compared, by turns, and then one of them while its plugins change.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use first_class_bench_common::measure::Samples;
use gateway_host::{Folder, Gateway, serve_origin};
use tokio::net::TcpListener;

use crate::Effort;
use crate::wrk::{Tally, Wrk};

/// How often a plugin is replaced under load.
pub(crate) const SWAP: Duration = Duration::from_millis(500);

/// What the first requests take, for which plugins are compiled.
const WARMING: Duration = Duration::from_secs(2);

/// A server under load, and what came of it in all turns.
#[derive(Default)]
pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) rate: Samples,
    pub(crate) median: Samples,
    pub(crate) p99: Samples,
    pub(crate) answers: BTreeMap<u16, u64>,
    pub(crate) unanswered: u64,
    /// How often a plugin was replaced meanwhile.
    pub(crate) swaps: u64,
}

impl Part {
    fn new(name: &'static str) -> Self {
        Part {
            name,
            ..Part::default()
        }
    }

    fn add(&mut self, tally: Tally) {
        let answers: u64 = tally.answers.values().sum();
        self.rate.add(answers as f64 / tally.seconds);
        self.median.add(tally.median);
        self.p99.add(tally.p99);
        self.unanswered += tally.unanswered;
        for (status, count) in tally.answers {
            *self.answers.entry(status).or_default() += count;
        }
    }
}

/// Measures all.
pub(crate) async fn measure(components: &Path, wrk: &Wrk, effort: Effort) -> Result<Vec<Part>> {
    let folder = Folder::new(components)?;
    let origin = TcpListener::bind("127.0.0.1:0").await?;
    let upstream = origin.local_addr()?;
    tokio::spawn(serve_origin(origin));
    let fused = serve(&folder, &folder.fused()?, upstream).await?;
    let loading = serve(&folder, &folder.component("gateway")?, upstream).await?;

    let mut parts = compared(wrk, effort, &[upstream, fused, loading]).await?;
    parts.push(while_replaced(&folder, wrk, loading, effort.trial).await?);
    let mut dying = Part::new("loaded, one dies of each tenth request");
    folder.replace("response-filter", "mayfly")?;
    eprintln!("{}", dying.name);
    dying.add(wrk.load(loading, effort.trial).await?);
    parts.push(dying);
    Ok(parts)
}

async fn serve(folder: &Folder, component: &[u8], upstream: SocketAddr) -> Result<SocketAddr> {
    let gateway = Gateway::new(component, &folder.config()?, upstream)?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(Arc::new(gateway).serve(listener));
    Ok(address)
}

/// The upstream by itself, and both gateways.
async fn compared(wrk: &Wrk, effort: Effort, addresses: &[SocketAddr; 3]) -> Result<Vec<Part>> {
    let names = ["the upstream by itself", "linked statically", "loaded"];
    let mut parts = names.map(Part::new);
    for address in addresses {
        wrk.load(*address, WARMING).await?;
    }
    for round in 1..=effort.rounds {
        eprintln!("round {round} of {}", effort.rounds);
        for (part, address) in parts.iter_mut().zip(addresses) {
            part.add(wrk.load(*address, effort.turn).await?);
        }
    }
    Ok(parts.into())
}

/// Replaces a plugin by another and back, again and again, until the load is over.
async fn while_replaced(
    folder: &Folder,
    wrk: &Wrk,
    address: SocketAddr,
    time: Duration,
) -> Result<Part> {
    let mut part = Part::new("loaded, one is replaced");
    eprintln!("{}", part.name);
    let mut load = std::pin::pin!(wrk.load(address, time));
    loop {
        tokio::select! {
            tally = &mut load => {
                part.add(tally.context("while a plugin was replaced")?);
                ensure!(part.swaps > 0, "no plugin was replaced");
                return Ok(part);
            }
            () = tokio::time::sleep(SWAP) => {
                part.swaps += 1;
                let package = if part.swaps % 2 == 1 { "stamp" } else { "redact" };
                folder.replace("response-filter", package)?;
            }
        }
    }
}
