//! What wasmtime does not do yet, each as a program on wasmtime alone. When one of these fails, what
//! the documents say of it can go, and what we do around it.

use first_class_tests::component;
use futures::future::join;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;
use wasmtime::component::{Component, Linker, TypedFunc};
use wasmtime::{Config, Engine, Result, Store, StoreContextMut};

/// How long to look whether something happens that should.
const LOOK: Duration = Duration::from_secs(2);

/// bytecodealliance/wasmtime#11869, of which `docs/decisions/007` speaks: a host function that waits
/// and is imported as one that does not (as all of WASI's second preview are) holds its store as a
/// whole. A second call of an `async` export does not even begin.
#[tokio::test]
async fn a_wait_of_the_second_preview_holds_the_store() -> Result<()> {
    let engine = Engine::new(Config::new().wasm_component_model_async(true))?;
    let begun = Arc::<Mutex<Vec<u32>>>::default();
    let second = Arc::new(Notify::new());
    let mut linker = Linker::new(&engine);
    let (begins, waits) = (begun.clone(), second.clone());
    linker.root().func_wrap_async(
        "wait",
        move |_: StoreContextMut<'_, ()>, (call,): (u32,)| {
            begins.lock().expect("nobody panics").push(call);
            let second = waits.clone();
            Box::new(async move {
                match call {
                    0 => second.notified().await,
                    _ => second.notify_one(),
                }
                Ok(())
            })
        },
    )?;
    let component = Component::new(&engine, component("waits", &[]))?;
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate_async(&mut store, &component).await?;
    let run: TypedFunc<(u32,), ()> = instance.get_typed_func(&mut store, "run")?;

    // The second call would end the wait of the first.
    let both = store.run_concurrent(async |store| {
        let calls = [0, 1].map(|call| run.call_concurrent(store, (call,)));
        let [first, other] = calls;
        join(first, other).await
    });
    let ended = tokio::time::timeout(LOOK, both).await;
    assert!(ended.is_err(), "the obstacle is gone");
    assert_eq!(*begun.lock().expect("nobody panics"), [0]);
    Ok(())
}
