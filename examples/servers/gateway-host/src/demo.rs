//! The gateway under load.

use anyhow::{Result, ensure};
use gateway_host::{Folder, Gateway, Load, Tally, serve_origin};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How often a plugin is replaced while requests come.
const SWAP: Duration = Duration::from_millis(500);

/// How much load.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The folder of the components
    #[arg(long)]
    components: PathBuf,
    /// How long each part takes, in seconds
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// How many clients there are at once
    #[arg(long, default_value_t = 8)]
    clients: usize,
}

/// Runs it, part by part.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let origin = TcpListener::bind("127.0.0.1:0").await?;
    let upstream = origin.local_addr()?;
    tokio::spawn(serve_origin(origin));
    let folder = Folder::new(&options.components)?;
    println!(
        "{} clients, {} s each; times in ms\n",
        options.clients, options.seconds
    );
    println!("                          requests    per s   median      p99  answers");

    let direct = options.load(upstream).send().await;
    print("the upstream by itself", &direct);
    let fused = Gateway::new(&folder.fused()?, &folder.config()?, upstream)?;
    print(
        "plugins linked statically",
        &options.warm(serve(fused).await?).await,
    );
    let gateway = Gateway::new(&folder.component("gateway")?, &folder.config()?, upstream)?;
    let address = serve(gateway).await?;
    print("plugins loaded", &options.warm(address).await);

    let (swapped, count) = swapping(&folder, options.load(address)).await?;
    print("one is replaced", &swapped);
    println!("    by another, {count} times");

    folder.replace("response-filter", "mayfly")?;
    let dying = options.load(address).send().await;
    print("one dies of each tenth", &dying);
    let lost: u64 = [&swapped, &dying]
        .map(|tally| tally.unanswered)
        .iter()
        .sum();
    println!("\nrequests without an answer: {lost}");
    ensure!(lost == 0, "{lost} requests were lost");
    Ok(())
}

impl Options {
    fn load(&self, address: SocketAddr) -> Load {
        Load {
            address,
            clients: self.clients,
            requests: u64::MAX,
            time: Duration::from_secs(self.seconds),
        }
    }

    /// After the first requests, for which plugins are compiled.
    async fn warm(&self, address: SocketAddr) -> Tally {
        let mut load = self.load(address);
        load.requests = self.clients as u64;
        load.send().await;
        self.load(address).send().await
    }
}

async fn serve(gateway: Gateway) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(Arc::new(gateway).serve(listener));
    Ok(address)
}

/// Replaces a plugin by another and back, again and again, until the load is over.
async fn swapping(folder: &Folder, load: Load) -> Result<(Tally, u64)> {
    let mut count = 0;
    let mut load = std::pin::pin!(load.send());
    loop {
        tokio::select! {
            tally = &mut load => return Ok((tally, count)),
            () = tokio::time::sleep(SWAP) => {
                count += 1;
                let package = if count % 2 == 1 { "stamp" } else { "redact" };
                folder.replace("response-filter", package)?;
            }
        }
    }
}

fn print(what: &str, tally: &Tally) {
    let milliseconds = |part| tally.quantile(part).as_secs_f64() * 1e3;
    let answers = tally.answers.iter();
    let answers = answers.map(|(status, count)| format!("{count} × {status}"));
    println!(
        "{what:<26}{:>8} {:>8.0} {:>8.2} {:>8.2}  {}",
        tally.requests(),
        tally.requests() as f64 / tally.time.as_secs_f64(),
        milliseconds(0.5),
        milliseconds(0.99),
        answers.collect::<Vec<_>>().join(", "),
    );
}
