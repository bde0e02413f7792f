//! The shim in programs of every kind.

use first_class::CallError;
use first_class_host::{Limits, LoadError, Pooling, ShimCtx, Source};
use first_class_tests::{Caller, LONG, component, eventually, guest, patient, shim_of};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use wasmtime::{Config, Engine};

first_class::first_class_world!({ world: "accumulator", path: "wit/accumulator" });
first_class::first_class_world!({ world: "faulty", path: "wit/faulty" });
first_class::first_class_world!({ world: "rule", path: "../examples/wit/lint" });
first_class::first_class_world!({ world: "sleeper", path: "wit/worker" });
first_class::first_class_world!({ world: "text", path: "wit/text" });

/// An executor of one thread, which whoever blocks it blocks for all.
fn executor() -> Runtime {
    let executor = Builder::new_current_thread().enable_time().build();
    executor.expect("starts")
}

/// WASI's host functions block, and may not do so there; `fragile` prints its own panic.
#[test]
fn a_plugin_that_blocks_in_an_async_task_of_the_embedder_costs_itself_alone() {
    let shim = shim_of(&["fragile"]).build().expect("builds");
    let runtime = Builder::new_current_thread().build().expect("starts");
    runtime.block_on(async {
        first_class_native::host_with(&shim);
        let rule = RuleInstance::load("fragile").expect("loads");
        let document = |line: &str| rule::Document {
            path: "a.txt".into(),
            lines: vec![line.into()],
        };
        assert_eq!(rule.check(&document("plain")), Ok(vec![]));
        let result = rule.check(&document("é,, and more"));
        assert!(matches!(result, Err(CallError::Trap { .. })), "{result:?}");
    });
    assert_eq!(shim.snapshot().deaths, 1);
}

/// Callers whose engine has concurrency support or not, with plugins whose engine has it or not:
/// `timer` has `async` functions, `shop` has none.
#[test]
fn an_asynchronous_embedder_runs_every_kind_of_plugin_whatever_its_engine_has() {
    let shim = shim_of(&["test-timer", "test-shop"])
        .build()
        .expect("builds");
    for concurrency in [false, true] {
        let engine = Engine::new(Config::new().concurrency_support(concurrency));
        let engine = engine.expect("is set up");
        for caller in ["test-timers", "test-shopper"] {
            let run = Caller::run_async(&engine, caller, &shim, &[]);
            executor().block_on(run).expect_success();
        }
    }
    // Instances of worlds with `async` functions end on threads of the shim.
    eventually(|| shim.snapshot().instances == 0);
}

/// `carts` has a plugin that holds others, which are named.
#[test]
fn an_asynchronous_embedder_runs_nested_calls_whatever_its_engine_has() {
    let till = Source::file(guest("till")).may_load(["cart/*"]);
    let shim = patient()
        .source("cart/*", Source::file(guest("cart")).named())
        .source("till", till.expect("is a pattern"))
        .access(|_, source| source != "cart/bob")
        .build()
        .expect("builds");
    for concurrency in [false, true] {
        let engine = Engine::new(Config::new().concurrency_support(concurrency));
        let engine = engine.expect("is set up");
        let run = Caller::run_async(&engine, "carts", &shim, &["alice", "tea=100x2"]);
        let said = executor().block_on(run).expect_success();
        assert!(said.ends_with("to pay: 2.00\n"), "{said}");
    }
    assert_eq!(shim.snapshot().deaths, 0);
}

/// Loads `faulty` and has it do something, while the same thread counts.
fn counted_meanwhile(function: u32, argument: u64) -> (Result<u64, String>, u32) {
    let limits = Limits::default().deadline(Duration::from_secs(3));
    let source = Source::file(guest("test-faulty")).limits(limits);
    let shim = patient().source("faulty", source).build();
    let mut caller = shim.expect("builds").caller();
    executor().block_on(async {
        let number = caller.load_async("faulty", faulty::WORLD).await;
        let number = number.expect("loads");
        let call = caller.invoke_scalar_async(number, function, [argument, 0, 0, 0]);
        tokio::pin!(call);
        let mut count = 0;
        let result = loop {
            tokio::select! {
                biased;
                result = &mut call => break result,
                () = tokio::time::sleep(Duration::from_millis(5)) => count += 1,
            }
        };
        (result.map_err(|error| error.to_string()), count)
    })
}

/// The functions of `faulty` by their numbers: in the order of their names.
const DOUBLE: u32 = 0;
const SPIN: u32 = 6;
const WAIT_IN_HOST: u32 = 7;

#[test]
fn a_slow_plugin_blocks_no_thread_of_the_executor() {
    assert_eq!(counted_meanwhile(DOUBLE, 4).0, Ok(8));
    for (function, what) in [(SPIN, "`spin`"), (WAIT_IN_HOST, "`wait-in-host`")] {
        let (result, count) = counted_meanwhile(function, 3600);
        let error = result.expect_err("is stopped");
        assert!(error.contains(what) && error.contains("3000 ms"), "{error}");
        assert!(count >= 5, "{what} left room for {count} turns");
    }
}

#[test]
fn any_executor_will_do() {
    let shim = shim_of(&["test-faulty"]).deadline(Duration::from_secs(2));
    let mut caller = shim.build().expect("builds").caller();
    // Without timers, and without a runtime at all.
    let executor = Builder::new_current_thread().build().expect("starts");
    let load = caller.load_async("faulty", faulty::WORLD);
    let number = executor.block_on(load).expect("loads");
    let call = caller.invoke_scalar_async(number, WAIT_IN_HOST, [3600, 0, 0, 0]);
    let result = pollster::block_on(call);
    let deadline = matches!(result, Err(first_class_host::CallError::Deadline { .. }));
    assert!(deadline, "{result:?}");
}

#[test]
fn a_call_that_is_given_up_costs_a_fresh_instance_its_life_and_a_named_one_nothing() {
    let shim = patient()
        .source("fresh", Source::file(guest("test-faulty")))
        .source("named", Source::file(guest("test-faulty")).named())
        .build()
        .expect("builds");
    executor().block_on(async {
        let mut caller = shim.caller();
        for (source, survives) in [("fresh", false), ("named", true)] {
            let number = caller.load_async(source, faulty::WORLD).await;
            let number = number.expect("loads");
            let wait = caller.invoke_scalar_async(number, WAIT_IN_HOST, [5, 0, 0, 0]);
            let given_up = tokio::time::timeout(Duration::from_millis(50), wait).await;
            assert!(given_up.is_err(), "it did not wait");
            let mut other = shim.caller();
            let again = other.load_async(source, faulty::WORLD).await;
            let again = again.expect("loads");
            let double = other.invoke_scalar_async(again, DOUBLE, [4, 0, 0, 0]);
            assert_eq!(double.await, Ok(8));
            // A named instance was busy until then, and is the same one still.
            assert_eq!(shim.snapshot().instances, 1, "{survives}");
            // Its number stands for it still.
            let double = caller.invoke_scalar_async(number, DOUBLE, [4, 0, 0, 0]);
            match double.await {
                Ok(result) => assert!(survives && result == 8),
                Err(error) => {
                    let dead = matches!(error, first_class_host::CallError::Dead { .. });
                    assert!(!survives && dead, "{error}");
                }
            }
            assert_eq!(caller.is_alive(number), survives);
            caller
                .respawn_async(number)
                .await
                .expect("starts, or is there");
            let double = caller.invoke_scalar_async(number, DOUBLE, [4, 0, 0, 0]);
            assert_eq!(double.await, Ok(8));
            caller.release(number);
        }
    });
    assert_eq!(shim.snapshot().deaths, 0);
}

#[test]
fn an_instance_that_nobody_waits_for_any_more_comes_back_from_the_calls_that_have_it() {
    let shim = shim_of(&["test-sleeper"]).build().expect("builds");
    executor().block_on(async {
        let mut caller = shim.caller();
        let number = caller.load_async("sleeper", sleeper::WORLD).await;
        let number = number.expect("loads");
        let (count, nap) = (0, 1);
        let slots = [500, 7].map(u64::to_le_bytes).concat();
        let call = caller.start(number, nap, slots).expect("starts");
        for _ in 0..3 {
            let waits = caller.invoke_scalar_async(number, count, [0; 4]);
            let mut waits = std::pin::pin!(waits);
            let polled = std::future::poll_fn(|context| {
                std::task::Poll::Ready(waits.as_mut().poll(context).is_pending())
            });
            assert!(polled.await, "the nap has it");
        }
        assert!(caller.wait_async(call, None).await.is_ok());
        assert_eq!(
            caller.invoke_scalar_async(number, count, [0; 4]).await,
            Ok(2)
        );
    });
}

#[test]
fn many_threads_share_one_shim() {
    let shim = shim_of(&["test-sum"]).build().expect("builds");
    let callers: Vec<_> = (0..8)
        .map(|_| {
            let shim = shim.clone();
            std::thread::spawn(move || {
                for _ in 0..20 {
                    first_class_native::host_with(&shim);
                    let sum = AccumulatorInstance::load("sum").expect("loads");
                    assert_eq!((sum.add(2), sum.add(3)), (Ok(2), Ok(5)));
                }
            })
        })
        .collect();
    for caller in callers {
        caller.join().expect("does not panic");
    }
    // Eight asked for it at once, and one compiled it.
    assert_eq!(shim.snapshot().compilations, 1);
}

#[test]
fn what_was_compiled_is_known_by_its_content() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let put = |name: &str, bytes: &[u8]| {
        let path = directory.path().join(name).with_extension("wasm");
        std::fs::write(path, bytes).expect("writes");
    };
    let component = component("accumulator", &[]);
    put("one", &component);
    put("copy", &component);
    let shim = patient().directory(directory.path()).build();
    let shim = shim.expect("builds");
    let mut caller = shim.caller();
    let mut load = |name: &str| caller.load(name, accumulator::WORLD).expect("loads");
    let one = load("one");
    load("copy");
    assert_eq!(shim.snapshot().compilations, 1);
    put("one", &component);
    load("one");
    assert_eq!(shim.snapshot().compilations, 1);
    let changed = wat::parse_str("(component)").expect("is WebAssembly");
    put("one", &changed);
    let error = caller.load("one", accumulator::WORLD);
    assert!(
        matches!(error, Err(LoadError::Incompatible { .. })),
        "{error:?}"
    );
    assert!(caller.is_alive(one));
}

#[test]
fn instances_can_come_from_a_pool() {
    let pooling = Pooling::new(4, 64 << 20);
    let shim = shim_of(&["test-sum", "test-faulty"]).pooling(pooling);
    let shim = shim.build().expect("builds");
    first_class_native::host_with(&shim);
    for _ in 0..20 {
        let sums = [(); 4].map(|()| AccumulatorInstance::load("sum").expect("fits"));
        for sum in &sums {
            assert_eq!(sum.add(3), Ok(3));
        }
        let surplus = AccumulatorInstance::load("sum").expect_err("does not fit");
        let started = matches!(surplus, first_class::LoadError::Instantiate { .. });
        assert!(started, "{surplus:?}");
    }
    let faulty = FaultyInstance::load("faulty").expect("fits again");
    assert!(matches!(faulty.panic(), Err(CallError::Trap { .. })));
}

fn load_precompiled(artifact: &[u8], world: &[u8], trusted: bool) -> Result<u64, LoadError> {
    let source = Source::bytes(artifact);
    let source = if trusted {
        source.trust_precompiled()
    } else {
        source
    };
    let shim = patient().source("it", source).build().expect("builds");
    let mut caller: ShimCtx = shim.caller();
    let number = caller.load("it", world)?;
    assert!(caller.supports(number, 0));
    Ok(caller
        .invoke_scalar(number, 0, [5, 0, 0, 0])
        .expect("is called"))
}

#[test]
fn what_was_compiled_ahead_of_time_is_taken_from_a_trusted_source_alone() {
    let plugin = component("accumulator", &[]);
    let shim = patient().build().expect("builds");
    let artifact = shim.precompile(&plugin, accumulator::WORLD);
    let artifact = artifact.expect("compiles");
    let started = Instant::now();
    let sum = load_precompiled(&artifact, accumulator::WORLD, true);
    assert_eq!(sum.expect("loads"), 5);
    assert!(started.elapsed() < LONG);

    let refused = |artifact: &[u8], world: &[u8], trusted| {
        let error = load_precompiled(artifact, world, trusted);
        error.expect_err("is refused").to_string()
    };
    let untrusted = refused(&artifact, accumulator::WORLD, false);
    assert!(
        untrusted.contains("`Source::trust_precompiled`"),
        "{untrusted}"
    );
    let other_world = refused(&artifact, text::WORLD, true);
    assert!(other_world.contains("for another world"), "{other_world}");
    for length in [31, 40, 100] {
        let cut = refused(&artifact[..length], accumulator::WORLD, true);
        assert!(cut.contains("could not be compiled"), "{cut}");
    }
    let not_a_plugin = shim.precompile(b"text", accumulator::WORLD);
    assert!(matches!(not_a_plugin, Err(LoadError::NotAComponent { .. })));
}
