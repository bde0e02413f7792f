//! `cargo first-class wit-from-proto`.

mod tls;

use crate::status;
use crate::terminal::{self, Terminal};
use crate::wit::unknown;
use clap::Args;
use first_class_host::backends::OpenError;
use first_class_host::backends::grpc::{Descriptors, Grpc, ServiceDescriptor, wit};
use miette::{Result, miette};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tls::Tls;
use tokio::runtime::Builder;
use tokio::time::timeout;

/// How long a server may take to say what it has.
const PATIENCE: Duration = Duration::from_secs(20);

/// Write the world of a gRPC service
///
/// Takes the service from `.proto` files, or from a server that says itself what it has, and writes a WIT
/// package with its interface and a world that exports it. A source `grpc` of the service can be loaded as
/// that world. What has no form in WIT is left out, and listed at the end of the interface.
#[derive(Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", status::HELP))]
pub(crate) struct WitFromProto {
    /// The `.proto` files
    #[arg(value_name = "FILE", required_unless_present = "reflect")]
    files: Vec<PathBuf>,
    /// Where the files are found, and those that they import; without it, where each of the files is
    #[arg(short = 'I', long = "include", value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// The service, by its full name or without its package; without it, the only one
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Ask a server for its services, in place of files
    #[arg(long, value_name = "URL", conflicts_with_all = ["files", "folders"])]
    reflect: Option<String>,
    #[command(flatten)]
    tls: Tls,
}

const EXAMPLES: &str = "\
Examples:
  cargo first-class wit-from-proto health.proto > wit/health.wit
  cargo first-class wit-from-proto -I protos kv.proto --service etcdserverpb.KV
  cargo first-class wit-from-proto --reflect http://localhost:50051
  cargo first-class wit-from-proto --reflect https://sums.example:443 --ca ca.pem";

impl WitFromProto {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<u8> {
        let service = match &self.reflect {
            Some(url) => self.asked(url, terminal)?,
            None => self.compiled()?,
        };
        let written = wit::of(&service).map_err(|error| miette!("{error}"))?;
        terminal::print(written.text.trim_end())?;
        for omitted in &written.omitted {
            terminal.note("Left out", &terminal::printable(omitted));
        }
        Ok(status::DONE)
    }

    fn compiled(&self) -> Result<ServiceDescriptor> {
        let mut folders = self.folders.clone();
        if folders.is_empty() {
            let parents = self.files.iter().filter_map(|file| file.parent());
            folders.extend(parents.map(|parent| match parent.as_os_str().is_empty() {
                true => PathBuf::from("."),
                false => parent.to_owned(),
            }));
            folders.dedup();
        }
        let files = self.files.iter().map(|file| within(file, &folders));
        let files: Vec<_> = files.collect();
        let descriptors = Descriptors::protos(&files, &folders).map_err(|error| {
            miette!(
                help = "`-I DIR` says where files are found, and those that they import",
                "{error}"
            )
        })?;
        let services = descriptors.services().unwrap_or_default();
        let named = |it: &&ServiceDescriptor| match &self.service {
            Some(name) => it.full_name() == name || it.name() == name,
            // What is only imported is not meant.
            None => files
                .iter()
                .any(|file| Path::new(it.parent_file().name()) == file),
        };
        let found: Vec<_> = services.iter().filter(named).collect();
        let names = services.iter().map(ServiceDescriptor::full_name);
        match (found.as_slice(), &self.service) {
            ([only], _) => Ok((*only).clone()),
            ([], Some(name)) => Err(unknown("service", name, names)),
            ([], None) => Err(miette!(
                help = "a service is what `service NAME { … }` defines",
                "the files have no service"
            )),
            (several, _) => {
                let names: Vec<_> = several
                    .iter()
                    .map(|it| format!("`{}`", it.full_name()))
                    .collect();
                Err(miette!(
                    help = format!("name one with `--service`: {}", names.join(", ")),
                    "there are several services"
                ))
            }
        }
    }

    fn asked(&self, url: &str, terminal: &Terminal) -> Result<ServiceDescriptor> {
        let grpc = Grpc::new(url, Descriptors::reflection()).map_err(|error| miette!("{error}"))?;
        let grpc = self.tls.of(grpc, url)?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| miette!("nothing can be asked for: {error}"))?;
        let _spinner = terminal.spinner(format!("asking {url}"));
        let asked = grpc.reflect(self.service.as_deref());
        let asked = runtime.block_on(async { timeout(PATIENCE, asked).await });
        let found = asked.map_err(|_| {
            miette!(
                help = "see that a gRPC server runs there, and speaks HTTP/2 as the URL says",
                "{url} did not answer within {} s",
                PATIENCE.as_secs()
            )
        })?;
        found.map_err(|error| match error {
            OpenError::Failed(message) => miette!(
                help =
                    "`--service` takes the full name of a service, such as `grpc.health.v1.Health`",
                "{message}"
            ),
            error => {
                let message = error.to_string();
                miette!(help = tls::help(url, &message), "{message}")
            }
        })
    }
}

/// A file as it is called below one of some folders, if it is.
fn within(file: &Path, folders: &[PathBuf]) -> PathBuf {
    let below = folders
        .iter()
        .find_map(|folder| file.strip_prefix(folder).ok());
    below.unwrap_or(file).to_owned()
}
