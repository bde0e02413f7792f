//! gRPC servers as sources.

use super::error::Fault;
use super::secret::Secret;
use super::tls::ClientTls;
use crate::backends::grpc::{Descriptors, Grpc, GrpcError};
use indexmap::IndexMap;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// A gRPC server.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GrpcTable {
    endpoint: Spanned<String>,
    protos: Option<Spanned<Vec<PathBuf>>>,
    #[serde(default)]
    folders: Vec<PathBuf>,
    descriptors: Option<Spanned<PathBuf>>,
    #[serde(default)]
    services: Vec<String>,
    #[serde(default)]
    headers: IndexMap<Spanned<String>, Secret>,
    replies: Option<usize>,
    tls: Option<Spanned<ClientTls>>,
}

impl GrpcTable {
    /// What calls the server that a table describes.
    pub(super) fn client(&self, folder: &Path) -> Result<Grpc, Fault> {
        let endpoint = self.endpoint.get_ref();
        let at_endpoint = |error: GrpcError| Fault::at(self.endpoint.span(), error);
        let mut grpc = Grpc::new(endpoint, self.described(folder)?).map_err(at_endpoint)?;
        if let Some(tls) = &self.tls {
            let config = tls.get_ref().tonic(folder)?;
            grpc = grpc
                .tls(config)
                .map_err(|error| Fault::at(tls.span(), error))?;
        } else if endpoint.starts_with("https:") {
            let message = "an endpoint with `https` needs `tls`";
            return Err(Fault::at(self.endpoint.span(), message)
                .help("add `tls = { name = \"HOST\", roots = \"FILE\" }`"));
        }
        for (name, value) in &self.headers {
            let value = value.get(name.span(), folder)?;
            let with = grpc.header(name.get_ref(), &value);
            grpc = with.map_err(|error| Fault::at(name.span(), error))?;
        }
        if let Some(replies) = self.replies {
            grpc = grpc.replies(replies);
        }
        let services = self.services.iter();
        Ok(services.fold(grpc, |grpc, service| grpc.service(service)))
    }

    /// Where it is said what the server has.
    fn described(&self, folder: &Path) -> Result<Descriptors, Fault> {
        match (&self.protos, &self.descriptors) {
            (None, None) => Ok(Descriptors::reflection()),
            (Some(files), None) => {
                let folders = match self.folders.as_slice() {
                    [] => vec![folder.to_owned()],
                    folders => folders.iter().map(|path| folder.join(path)).collect(),
                };
                let found = Descriptors::protos(files.get_ref(), folders);
                found.map_err(|error| {
                    Fault::at(files.span(), error)
                        .help("`protos` are found in `folders`, or else in the folder of this file")
                })
            }
            (None, Some(path)) => {
                let at_path = |error: &dyn std::fmt::Display| {
                    let path = Fault::at(
                        path.span(),
                        format!("`{}`: {error}", path.get_ref().display()),
                    );
                    path.help("this has to be what `protoc --include_imports -o FILE` writes")
                };
                let encoded = std::fs::read(folder.join(path.get_ref()));
                let encoded = encoded.map_err(|error| at_path(&error))?;
                Descriptors::set(&encoded).map_err(|error| at_path(&error))
            }
            (Some(_), Some(path)) => {
                let message = "what the server has is described twice";
                Err(Fault::at(path.span(), message).help("leave one of `protos` and `descriptors`"))
            }
        }
    }
}
