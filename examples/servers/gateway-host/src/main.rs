//! `gateway-host serve` serves the gateway example; `gateway-host demo` puts it under load, while its
//! plugins are replaced and while one of them dies, and prints what came of it.

mod demo;

use anyhow::Result;
use clap::{Parser, Subcommand};
use first_class_host::config::Config;
use gateway_host::Gateway;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// The longest deadline of a request.
const LONGEST: Duration = Duration::from_secs(86_400);

/// Serves the gateway example.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve a gateway until it is interrupted
    Serve {
        /// The component
        gateway: PathBuf,
        /// What its plugins are
        #[arg(short, long, default_value = "first-class.toml")]
        config: PathBuf,
        /// The server that it stands in front of
        #[arg(long)]
        upstream: SocketAddr,
        /// Where to listen
        #[arg(long, default_value = "127.0.0.1:8000")]
        listen: SocketAddr,
        /// How many seconds a request may take; then it is answered with a 504
        #[arg(long, default_value = "20", value_parser = seconds)]
        deadline: Duration,
    },
    /// Put it under load, with a server of its own behind it, and print figures
    Demo(demo::Options),
}

/// A time that is no longer than anybody would wait.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "it is no number")?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if !time.is_zero() && time <= LONGEST => Ok(time),
        _ => Err("it is not between 0 and 86400 seconds".into()),
    }
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = Runtime::new()?;
    match arguments.command {
        Command::Serve {
            gateway,
            config,
            upstream,
            listen,
            deadline,
        } => {
            let component = std::fs::read(gateway)?;
            let gateway = Gateway::new(&component, &Config::read(config)?, upstream)?;
            let gateway = gateway.deadline(deadline);
            runtime.block_on(async {
                let listener = TcpListener::bind(listen).await?;
                println!("serving at http://{}", listener.local_addr()?);
                Arc::new(gateway).serve(listener).await;
                Ok(())
            })
        }
        Command::Demo(options) => runtime.block_on(demo::run(&options)),
    }
}
