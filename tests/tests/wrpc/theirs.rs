//! The same world on an implementation of wRPC that is not ours: what `wit-bindgen-wrpc` makes of it,
//! as a server and as a client.

use anyhow::Result;
use bytes::Bytes;
use exports::test::values::{compounds, packed, scalars};
use futures::stream::{StreamExt, select_all};
use tokio::io::{AsyncBufRead, AsyncWrite};
use wrpc_transport::frame::Server;

wit_bindgen_wrpc::generate!({ world: "peer", path: "wit/values" });

/// What clients call.
pub(crate) mod client {
    wit_bindgen_wrpc::generate!({ world: "client", path: "wit/values" });
}

/// Gives back what it gets.
#[derive(Clone)]
struct Echo;

macro_rules! echo {
    ($($name:ident: $ty:ty;)*) => {
        $(async fn $name(&self, _: C, value: $ty) -> Result<$ty> { Ok(value) })*
    };
}

impl<C: Send + Sync> scalars::Handler<C> for Echo {
    echo! {
        echo_bool: bool;
        echo_u8: u8;
        echo_s8: i8;
        echo_u16: u16;
        echo_s16: i16;
        echo_u32: u32;
        echo_s32: i32;
        echo_u64: u64;
        echo_s64: i64;
        echo_f32: f32;
        echo_f64: f64;
        echo_char: char;
    }
}

impl<C: Send + Sync> compounds::Handler<C> for Echo {
    echo! {
        echo_string: String;
        echo_bytes: Bytes;
        echo_numbers: Vec<f64>;
        echo_names: Vec<String>;
        echo_nested: Vec<Vec<Option<String>>>;
        echo_point: compounds::Point;
        echo_entry: compounds::Entry;
        echo_entries: Vec<compounds::Entry>;
        echo_level: compounds::Level;
        echo_permissions: compounds::Permissions;
        echo_many_flags: compounds::ManyFlags;
        echo_shape: compounds::Shape;
        echo_shapes: Vec<compounds::Shape>;
        echo_tuple: (u8, String, f32);
        echo_option: Option<String>;
        echo_options: Option<Option<u32>>;
        echo_result: Result<u32, String>;
        echo_outcome: Result<(), ()>;
        echo_half: Result<(), compounds::Shape>;
    }

    async fn find(
        &self,
        _: C,
        name: String,
    ) -> Result<Result<compounds::Point, compounds::Failure>> {
        Ok(match name.as_str() {
            "origin" => Ok(compounds::Point { x: 0, y: 0 }),
            "secret" => Err(compounds::Failure::Denied),
            _ => Err(compounds::Failure::Missing(name)),
        })
    }
}

impl<C: Send + Sync> packed::Handler<C> for Echo {
    echo! { echo_everything: packed::Everything; }

    async fn echo_two(
        &self,
        _: C,
        a: packed::Everything,
        b: Vec<packed::Everything>,
    ) -> Result<(packed::Everything, Vec<packed::Everything>)> {
        Ok((a, b))
    }
}

impl<C: Send + Sync> Handler<C> for Echo {
    async fn nothing(&self, _: C) -> Result<()> {
        Ok(())
    }

    async fn add(&self, _: C, a: u32, b: u32) -> Result<u32> {
        Ok(a.wrapping_add(b))
    }
}

/// Makes a server ready, and gives what serves all that its connections ask for.
pub(crate) async fn serve_all<I, O>(
    server: &Server<(), I, O>,
) -> impl Future<Output = ()> + Send + use<I, O>
where
    I: AsyncBufRead + Send + Sync + Unpin + 'static,
    O: AsyncWrite + Send + Sync + Unpin + 'static,
{
    let invocations = serve(server, Echo).await;
    let invocations = invocations.expect("has no handlers yet").into_iter();
    let mut invocations = select_all(invocations.map(|(_, _, invocations)| invocations));
    async move {
        while let Some(invocation) = invocations.next().await {
            match invocation {
                Ok(invocation) => drop(tokio::spawn(invocation)),
                // What was sent were no arguments.
                Err(_) => continue,
            }
        }
    }
}
