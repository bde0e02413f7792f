//! The gateway under load.

use anyhow::{Result, ensure};
use gateway_host::{Folder, Gateway, Load, Tally, serve_origin};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// How often a plugin is replaced while requests come.
const SWAP: Duration = Duration::from_millis(500);

/// How long plugins may take to be compiled. An interpreter takes a minute, if nobody has optimised the compiler.
const COMPILED: Duration = Duration::from_secs(300);

/// How much load.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The folder of the components
    #[arg(long)]
    components: PathBuf,
    /// A component in place of what a package was built to, as `PACKAGE=FILE`
    #[arg(long, value_parser = instead)]
    instead: Vec<(String, PathBuf)>,
    /// Where what was compiled is kept
    #[arg(long)]
    cache: Option<PathBuf>,
    /// How long each part takes, in seconds
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// How many clients there are at once
    #[arg(long, default_value_t = 8)]
    clients: usize,
}

fn instead(text: &str) -> Result<(String, PathBuf), String> {
    let pair = text.split_once('=');
    let (package, file) = pair.ok_or("it is not of the form `PACKAGE=FILE`")?;
    Ok((package.into(), file.into()))
}

/// Runs it, part by part.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let origin = TcpListener::bind("127.0.0.1:0").await?;
    let upstream = origin.local_addr()?;
    tokio::spawn(serve_origin(origin));
    let folder = options.folder()?;
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
    fn folder(&self) -> Result<Folder> {
        let instead = self.instead.iter().cloned().collect();
        let folder = Folder::with(&self.components, instead)?;
        if let Some(cache) = &self.cache {
            folder.cache_in(cache)?;
        }
        if !self.instead.is_empty() {
            // An interpreter wants more than a plugin in Rust.
            folder.edit("16MiB", "128MiB")?;
            folder.edit("250ms", "5s")?;
        }
        Ok(folder)
    }

    fn load(&self, address: SocketAddr) -> Load {
        Load {
            address,
            clients: self.clients,
            requests: u64::MAX,
            time: Duration::from_secs(self.seconds),
        }
    }

    /// After the first requests, for which plugins are compiled. Those that wait for that too long get an error.
    async fn warm(&self, address: SocketAddr) -> Tally {
        let mut first = self.load(address);
        first.requests = self.clients as u64;
        let end = Instant::now() + COMPILED;
        while Instant::now() < end {
            let answers = first.send().await.answers;
            if answers.keys().all(|status| *status == 200) {
                break;
            }
        }
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
