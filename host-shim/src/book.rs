//! The examples of the book that are an embedder's, as doc tests.

/// The shim in a wasmtime program.
#[cfg(feature = "config")]
#[doc = include_str!("../../docs/embedding.md")]
struct Embedding;

/// What an embedder says about plugins.
#[doc = include_str!("../../docs/policy.md")]
struct Policy;

/// gRPC services.
#[cfg(feature = "grpc")]
#[doc = include_str!("../../docs/uses/grpc.md")]
struct Grpc;

/// MCP servers.
#[cfg(feature = "mcp")]
#[doc = include_str!("../../docs/uses/mcp.md")]
struct Mcp;

/// Instances by name.
#[cfg(feature = "wrpc")]
#[doc = include_str!("../../docs/uses/instances.md")]
struct Instances;
