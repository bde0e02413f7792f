//! A server over HTTP that is started again, and knows nothing of the sessions that it had.

use crate::host;
use crate::stub::{StubInstance, tools};
use first_class::CallError;
use first_class_host::backends::mcp::Mcp;
use first_class_peers::free_port;
use first_class_tests::eventually;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::transport::StreamableHttpServerConfig;
use rmcp::transport::streamable_http_server::StreamableHttpService;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::{RoleServer, ServerHandler};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use tokio::runtime::Runtime;

/// A server of `rmcp`'s with a number, which is what each of its tools gives.
#[derive(Clone)]
struct Numbered(u32);

impl ServerHandler for Numbered {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let listed: Json = json!({"tools": tools()});
        Ok(serde_json::from_value(listed).expect("are tools"))
    }

    async fn call_tool(
        &self,
        _request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let number = ContentBlock::text(self.0.to_string());
        Ok(CallToolResult::success(vec![number]).into())
    }
}

/// Starts one at an address. It ends with its runtime, connections and all.
fn serve(address: &str, number: u32) -> Runtime {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let runtime = runtime.expect("builds");
    let listener = runtime.block_on(tokio::net::TcpListener::bind(address));
    let listener = listener.expect("is free");
    let entered = runtime.enter();
    let service = StreamableHttpService::new(
        move || Ok(Numbered(number)),
        Arc::new(LocalSessionManager::default()),
        StreamableHttpServerConfig::default(),
    );
    drop(entered);
    let router = axum::Router::new().nest_service("/mcp", service);
    runtime.spawn(async move { axum::serve(listener, router).await });
    runtime
}

#[test]
fn a_server_that_lost_its_sessions_is_asked_for_another() {
    let address = format!("127.0.0.1:{}", free_port().expect("is there"));
    let first = serve(&address, 1);
    let _shim = host([("http", Mcp::http(format!("http://{address}/mcp")))]);
    let instance = StubInstance::load("http").expect("loads");
    let other = StubInstance::load("http").expect("loads");
    assert_eq!((instance.pid(), other.pid()), (Ok(1), Ok(1)));
    drop(first);
    match instance.pid() {
        Err(CallError::Unavailable(_)) => {}
        other => panic!("{other:?}"),
    }
    let _second = serve(&address, 2);
    eventually(|| instance.pid() == Ok(2));
    assert_eq!(other.pid(), Ok(2));
    assert!(StubInstance::load("http").is_ok());
}
