//! Values of all types to JSON and back, with serde as the independent side: a server of rmcp's gets
//! what serde reads, and gives what serde writes.

use crate::host;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use first_class_host::backends::mcp::Mcp;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ErrorData, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::transport::StreamableHttpServerConfig;
use rmcp::transport::streamable_http_server::StreamableHttpService;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::{RoleServer, ServerHandler};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use values::echo::{All, Choice, Color, Item, Rights};

first_class::first_class_world!({
    world: "values",
    inline: "package test:values-of-json;
        interface echo {
            enum color { light-blue, red }
            flags rights { read, write-all }
            record item { item-name: string, size: option<u32> }
            variant choice { nothing, some-items(list<item>), number(f64) }
            record all {
                truth: bool, small: u8, smaller: s8, short: s16, middle: s32, whole: u64, negative: s64,
                single: f32, double: f64, letter: char, text: string, bytes: list<u8>,
                items: list<item>, pair: tuple<u16, string>, color: color, rights: rights,
                choice: choice, outcome: result<u32, string>, maybe: option<list<string>>,
                words: map<string, s32>, fixed: list<u16, 3>,
            }
            echo: func(all: all) -> result<all, string>;
            count: func(all: all) -> u64;
        }
        world values { export echo; }",
});

/// The same as serde knows it.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
#[serde(rename_all = "camelCase")]
struct Mirror {
    truth: bool,
    small: u8,
    smaller: i8,
    short: i16,
    middle: i32,
    whole: u64,
    negative: i64,
    single: f32,
    double: f64,
    letter: char,
    text: String,
    bytes: String,
    items: Vec<MirrorItem>,
    pair: (u16, String),
    color: MirrorColor,
    rights: Vec<MirrorRight>,
    choice: MirrorChoice,
    outcome: Result<u32, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maybe: Option<Vec<String>>,
    words: BTreeMap<String, i32>,
    fixed: [u16; 3],
}

#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
#[serde(rename_all = "camelCase")]
struct MirrorItem {
    item_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u32>,
}

#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Debug)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum MirrorColor {
    LightBlue,
    Red,
}

#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Debug)]
#[serde(rename_all = "kebab-case")]
enum MirrorRight {
    Read,
    WriteAll,
}

#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
#[serde(rename_all = "camelCase")]
enum MirrorChoice {
    Nothing,
    SomeItems(Vec<MirrorItem>),
    Number(f64),
}

fn items() -> impl Strategy<Value = Vec<MirrorItem>> {
    let item = (any::<String>(), any::<Option<u32>>());
    vec(
        item.prop_map(|(item_name, size)| MirrorItem { item_name, size }),
        0..4,
    )
}

fn number() -> impl Strategy<Value = f64> {
    use proptest::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO
}

fn single() -> impl Strategy<Value = f32> {
    use proptest::num::f32::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO
}

fn choice() -> impl Strategy<Value = MirrorChoice> {
    prop_oneof![
        Just(MirrorChoice::Nothing),
        items().prop_map(MirrorChoice::SomeItems),
        number().prop_map(MirrorChoice::Number),
    ]
}

fn mirror() -> impl Strategy<Value = Mirror> {
    let numbers = (
        any::<(bool, u8, i8, i16, i32, u64, i64)>(),
        single(),
        number(),
    );
    let texts = (
        any::<char>(),
        any::<String>(),
        vec(any::<u8>(), 0..20),
        items(),
    );
    let rights = prop_oneof![
        Just(vec![]),
        Just(vec![MirrorRight::Read]),
        Just(vec![MirrorRight::WriteAll]),
        Just(vec![MirrorRight::Read, MirrorRight::WriteAll]),
    ];
    let color = prop_oneof![Just(MirrorColor::LightBlue), Just(MirrorColor::Red)];
    let outcome = any::<Result<u32, String>>();
    let words = btree_map(any::<String>(), any::<i32>(), 0..4);
    let others = (any::<(u16, String)>(), color, rights, choice(), outcome);
    let last = (
        proptest::option::of(vec(any::<String>(), 0..3)),
        words,
        any::<[u16; 3]>(),
    );
    (numbers, texts, others, last).prop_map(
        |(
            ((truth, small, smaller, short, middle, whole, negative), single, double),
            (letter, text, bytes, items),
            (pair, color, rights, choice, outcome),
            (maybe, words, fixed),
        )| Mirror {
            truth,
            small,
            smaller,
            short,
            middle,
            whole,
            negative,
            single,
            double,
            letter,
            text,
            bytes: STANDARD.encode(bytes),
            items,
            pair,
            color,
            rights,
            choice,
            outcome,
            maybe,
            words,
            fixed,
        },
    )
}

fn ours(items: &[MirrorItem]) -> Vec<Item> {
    let items = items.iter().map(|it| Item {
        item_name: it.item_name.clone(),
        size: it.size,
    });
    items.collect()
}

/// The value that it stands for.
fn value(it: &Mirror) -> All {
    All {
        truth: it.truth,
        small: it.small,
        smaller: it.smaller,
        short: it.short,
        middle: it.middle,
        whole: it.whole,
        negative: it.negative,
        single: it.single,
        double: it.double,
        letter: it.letter,
        text: it.text.clone(),
        bytes: STANDARD.decode(&it.bytes).expect("was encoded"),
        items: ours(&it.items),
        pair: it.pair.clone(),
        color: match it.color {
            MirrorColor::LightBlue => Color::LightBlue,
            MirrorColor::Red => Color::Red,
        },
        rights: it
            .rights
            .iter()
            .fold(Rights::empty(), |rights, it| match it {
                MirrorRight::Read => rights | Rights::READ,
                MirrorRight::WriteAll => rights | Rights::WRITE_ALL,
            }),
        choice: match &it.choice {
            MirrorChoice::Nothing => Choice::Nothing,
            MirrorChoice::SomeItems(items) => Choice::SomeItems(ours(items)),
            MirrorChoice::Number(number) => Choice::Number(*number),
        },
        outcome: it.outcome.clone(),
        maybe: it.maybe.clone(),
        words: it.words.clone().into_iter().collect(),
        fixed: it.fixed,
    }
}

/// The schema that a server in another language would have for it.
fn schema() -> Json {
    let integer = json!({"type": "integer"});
    let number = json!({"type": "number"});
    let string = json!({"type": "string"});
    let items = json!({"type": "array", "items": {"$ref": "#/$defs/item"}});
    let tagged = |name: &str, schema: &Json| json!({"type": "object", "properties": {name: schema}, "required": [name]});
    let properties = json!({
        "truth": {"type": "boolean"}, "small": integer, "smaller": integer, "short": integer,
        "middle": integer, "whole": integer, "negative": integer, "single": number, "double": number,
        "letter": string, "text": string, "bytes": {"type": "string", "contentEncoding": "base64"},
        "items": items, "pair": {"type": "array", "prefixItems": [integer, string]},
        "color": {"type": "string", "enum": ["LIGHT_BLUE", "RED"]},
        "rights": {"type": "array", "items": {"type": "string", "enum": ["read", "write-all"]}},
        "choice": {"oneOf": [{"const": "nothing"}, tagged("someItems", &items), tagged("number", &number)]},
        "outcome": {"oneOf": [tagged("Ok", &integer), tagged("Err", &string)]},
        "maybe": {"type": "array", "items": string},
        "words": {"type": "object", "additionalProperties": integer},
        "fixed": {"type": "array", "items": integer, "minItems": 3, "maxItems": 3},
    });
    let names = properties.as_object().expect("is one").keys();
    let required: Vec<_> = names.filter(|name| *name != "maybe").collect();
    json!({
        "type": "object", "properties": properties, "required": required,
        "$defs": {"item": {
            "type": "object",
            "properties": {"itemName": string, "size": integer},
            "required": ["itemName"],
        }},
    })
}

/// Keeps what it gets, and gives what it has.
#[derive(Clone, Default)]
struct Echo(Arc<Mutex<(Json, Json)>>);

impl ServerHandler for Echo {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let object = |schema: Json| Arc::new(schema.as_object().expect("is one").clone());
        let echo = Tool::new("echo", "gives back", object(schema()));
        let echo = echo.with_raw_output_schema(object(schema()));
        let count = Tool::new("count", "counts", object(schema()));
        Ok(ListToolsResult::with_all_items(vec![echo, count]))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let mut state = self.0.lock().expect("is whole");
        state.0 = Json::Object(request.arguments.unwrap_or_default());
        Ok(match &*request.name {
            "count" => CallToolResult::structured(json!({"result": u64::MAX})),
            _ => CallToolResult::structured(state.1.clone()),
        }
        .into())
    }
}

#[test]
fn values_are_what_serde_writes_and_reads() {
    let echo = Echo::default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let runtime = runtime.expect("builds");
    let handler = echo.clone();
    let service = StreamableHttpService::new(
        move || Ok(handler.clone()),
        Arc::new(LocalSessionManager::default()),
        StreamableHttpServerConfig::default(),
    );
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .expect("is free");
    let url = format!("http://{}/mcp", listener.local_addr().expect("has one"));
    let router = axum::Router::new().nest_service("/mcp", service);
    runtime.spawn(async move { axum::serve(listener, router).await });

    let _shim = host([("echo", Mcp::http(url))]);
    let instance = ValuesInstance::load("echo").unwrap_or_else(|error| panic!("{error}"));
    let config = Config {
        cases: 200,
        failure_persistence: None,
        ..Config::default()
    };
    let given = (mirror(), mirror());
    let checked = TestRunner::new(config).run(&given, |(there, back)| {
        echo.0.lock().expect("is whole").1 = serde_json::to_value(&back).expect("is JSON");
        let result = instance.echo().echo(&value(&there));
        let got = echo.0.lock().expect("is whole").0.clone();
        prop_assert_eq!(&got, &serde_json::to_value(&there).expect("is JSON"));
        let read: Mirror = serde_json::from_value(got).expect("is read");
        prop_assert_eq!(read, there);
        prop_assert_eq!(result.expect("is answered"), Ok(value(&back)));
        Ok(())
    });
    checked.unwrap_or_else(|error| panic!("{error}"));

    // A result that is no object is in an only property; what is no number of JSON is not sent.
    let mut there = value(&serde_json::from_value(example()).expect("is one"));
    assert_eq!(instance.echo().count(&there), Ok(u64::MAX));
    there.double = f64::NAN;
    let error = instance.echo().count(&there).expect_err("is no number");
    assert!(
        error.to_string().contains("NaN is no number of JSON"),
        "{error}"
    );
}

fn example() -> Json {
    json!({
        "truth": true, "small": 255, "smaller": -128, "short": -1, "middle": 5, "whole": u64::MAX,
        "negative": i64::MIN, "single": 0.1, "double": -0.0, "letter": "ß", "text": "", "bytes": "AA==",
        "items": [], "pair": [1, "x"], "color": "RED", "rights": [], "choice": "nothing",
        "outcome": {"Ok": 1}, "words": {}, "fixed": [1, 2, 3],
    })
}
