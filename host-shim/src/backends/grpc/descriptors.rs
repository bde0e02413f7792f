//! Where it is said what services a server has.

use super::GrpcError;
use prost::Message;
use prost_reflect::prost_types::{FileDescriptorProto, FileDescriptorSet};
use prost_reflect::{DescriptorPool, ServiceDescriptor};
use protox::Compiler;
use std::panic::catch_unwind;
use std::path::Path;

/// What services there are, and of what types: from `.proto` files, from what a compiler made of
/// them, or from the server itself.
#[derive(Clone, Debug)]
pub struct Descriptors(Place);

#[derive(Clone, Debug)]
enum Place {
    Known(DescriptorPool),
    Server,
}

impl Descriptors {
    /// From `.proto` files, which are found in these folders, as are those that they import. The types
    /// of `google/protobuf/` are there in any case.
    ///
    /// # Errors
    /// When a file is missing or malformed.
    pub fn protos(
        files: impl IntoIterator<Item = impl AsRef<Path>>,
        folders: impl IntoIterator<Item = impl AsRef<Path>>,
    ) -> Result<Self, GrpcError> {
        let compile = || {
            let mut compiler = Compiler::new(folders)?;
            // What is said of a service and its types becomes the documentation of its world.
            compiler.include_imports(true).include_source_info(true);
            compiler.open_files(files)?;
            Ok(compiler.descriptor_pool())
        };
        let pool =
            compile().map_err(|error: protox::Error| GrpcError::Protos(described(&error)))?;
        Ok(Descriptors(Place::Known(pool)))
    }

    /// From a `FileDescriptorSet` with all imports, which `protoc --include_imports -o FILE` writes.
    ///
    /// # Errors
    /// When it is none.
    pub fn set(encoded: &[u8]) -> Result<Self, GrpcError> {
        let set = FileDescriptorSet::decode(encoded);
        let set = set.map_err(|error| GrpcError::Set(error.to_string()))?;
        let pool = pool(set.file).map_err(GrpcError::Set)?;
        Ok(Descriptors(Place::Known(pool)))
    }

    /// From the server, which has to serve `grpc.reflection.v1.ServerReflection`, or `v1alpha`. It is
    /// asked at loads, and at most once a minute if it has what is asked for.
    pub fn reflection() -> Self {
        Descriptors(Place::Server)
    }

    /// The services, if the server need not be asked.
    pub fn services(&self) -> Option<Vec<ServiceDescriptor>> {
        match &self.0 {
            Place::Known(pool) => Some(pool.services().collect()),
            Place::Server => None,
        }
    }
}

/// What a stranger's files describe. `prost-reflect` refuses what is wrong with them, but has been seen to
/// trust what they say of places in their text, and may trust more.
pub(super) fn pool(
    files: impl IntoIterator<Item = FileDescriptorProto>,
) -> Result<DescriptorPool, String> {
    let files = files.into_iter().map(|file| FileDescriptorProto {
        source_code_info: None,
        ..file
    });
    let files: Vec<_> = files.collect();
    let built = catch_unwind(|| {
        let mut pool = DescriptorPool::new();
        pool.add_file_descriptor_protos(files).map(|()| pool)
    });
    let built = built.map_err(|_| "they contradict themselves".to_owned())?;
    built.map_err(|error| error.to_string())
}

/// An error of the compiler, with where it is.
fn described(error: &protox::Error) -> String {
    match error.file() {
        Some(file) if !error.to_string().contains(file) => format!("`{file}`: {error}"),
        _ => error.to_string(),
    }
}
