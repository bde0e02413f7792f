//! Where it is said what services a server has.

use super::GrpcError;
use prost::Message;
use prost_reflect::prost_types::{FileDescriptorProto, FileDescriptorSet};
use prost_reflect::{DescriptorPool, MessageDescriptor, ServiceDescriptor};
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
    let pool = built.map_err(|error| error.to_string())?;
    // It says what the key and the value of such a message are, and panics if it has none.
    let broken = |message: &MessageDescriptor| {
        message.is_map_entry()
            && [1, 2]
                .iter()
                .any(|field| message.get_field(*field).is_none())
    };
    let found = pool.all_messages().find(broken);
    match found {
        Some(message) => Err(format!(
            "`{}` is the entry of a map, and lacks its key or its value",
            message.full_name()
        )),
        None => Ok(pool),
    }
}

/// An error of the compiler, with where it is.
fn described(error: &protox::Error) -> String {
    match error.file() {
        Some(file) if !error.to_string().contains(file) => format!("`{file}`: {error}"),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::pool;
    use prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
    use prost_reflect::prost_types::{
        DescriptorProto, FieldDescriptorProto, FileDescriptorProto, MessageOptions,
    };

    fn field(name: &str, number: i32) -> FieldDescriptorProto {
        FieldDescriptorProto {
            name: Some(name.into()),
            number: Some(number),
            label: Some(Label::Optional.into()),
            r#type: Some(Type::String.into()),
            ..FieldDescriptorProto::default()
        }
    }

    /// A message with a map, whose entries have these fields.
    fn file(fields: Vec<FieldDescriptorProto>) -> FileDescriptorProto {
        let entry = DescriptorProto {
            name: Some("WordsEntry".into()),
            field: fields,
            options: Some(MessageOptions {
                map_entry: Some(true),
                ..MessageOptions::default()
            }),
            ..DescriptorProto::default()
        };
        let words = FieldDescriptorProto {
            label: Some(Label::Repeated.into()),
            r#type: Some(Type::Message.into()),
            type_name: Some(".Book.WordsEntry".into()),
            ..field("words", 1)
        };
        FileDescriptorProto {
            name: Some("book.proto".into()),
            message_type: vec![DescriptorProto {
                name: Some("Book".into()),
                field: vec![words],
                nested_type: vec![entry],
                ..DescriptorProto::default()
            }],
            syntax: Some("proto3".into()),
            ..FileDescriptorProto::default()
        }
    }

    #[test]
    fn the_entry_of_a_map_has_a_key_and_a_value() {
        let (key, value) = (field("key", 1), field("value", 2));
        assert!(pool([file(vec![key.clone(), value.clone()])]).is_ok());
        for fields in [vec![key], vec![value.clone()], vec![field("key", 3), value]] {
            let error = pool([file(fields)]).map(drop).expect_err("is refused");
            assert!(error.contains("`Book.WordsEntry`"), "{error}");
        }
    }
}
