//! Death, and what comes after it.

use first_class::{CallError, Pending};
use first_class_host::{Restart, Shim, Source};
use first_class_tests::{LONG, component, guest, patient};
use shop::carts::Cart;
use std::thread;
use std::time::{Duration, Instant};

first_class::first_class_world!({ world: "accumulator", path: "wit/accumulator" });
first_class::first_class_world!({ world: "faulty", path: "wit/faulty" });
first_class::first_class_world!({ world: "shop", path: "wit/shop" });
first_class::first_class_world!({ world: "system", path: "wit/system" });

fn host(name: &str, source: Source) -> Shim {
    let shim = patient().source(name, source).build().expect("builds");
    first_class_native::host_with(&shim);
    shim
}

/// `accumulator`, which traps when a one is added.
fn trapping_on_one() -> Source {
    let add = "(param $value i64) (result i64)";
    let trap = "(if (i64.eq (local.get $value) (i64.const 1)) (then unreachable))";
    let edit = (add, &*format!("{add} {trap}"));
    Source::bytes(component("accumulator", &[edit]))
}

#[test]
fn a_dead_instance_stays_dead_until_it_is_respawned() {
    let shim = host("faulty", Source::file(guest("test-faulty")));
    let faulty = FaultyInstance::load("faulty").expect("loads");
    assert!(faulty.is_alive());
    assert!(matches!(faulty.panic(), Err(CallError::Trap { .. })));
    assert!(!faulty.is_alive());
    assert!(matches!(faulty.double(2), Err(CallError::Dead { .. })));
    faulty.respawn().expect("starts");
    assert!(faulty.is_alive());
    assert_eq!(faulty.double(2), Ok(4));
    assert_eq!(shim.snapshot().instances, 1);
}

#[test]
fn a_live_instance_that_is_respawned_begins_anew() {
    let shim = host("it", trapping_on_one());
    let sum = AccumulatorInstance::load("it").expect("loads");
    assert_eq!(sum.add(5), Ok(5));
    sum.respawn().expect("starts");
    assert_eq!(sum.add(2), Ok(2));
    assert_eq!((shim.snapshot().instances, shim.snapshot().deaths), (1, 0));
}

#[test]
fn resources_end_with_their_instance() {
    host("shop", Source::file(guest("test-shop")));
    let shop = ShopInstance::load("shop").expect("loads");
    let old = Cart::new(shop.carts(), "me").expect("is made");
    shop.respawn().expect("starts");
    let new = Cart::new(shop.carts(), "you").expect("is made");
    assert!(matches!(old.owner(), Err(CallError::Dead { .. })));
    let compared = shop.carts().same(&new, &old);
    assert!(matches!(compared, Err(CallError::Dead { .. })));
    let given = new.absorb(old);
    assert!(matches!(given, Err(CallError::Dead { .. })), "{given:?}");
    assert_eq!(new.owner().as_deref(), Ok("you"));
    assert_eq!(shop.carts().live(), Ok(1));
}

#[test]
fn one_that_restarts_on_the_next_call_has_lost_its_state() {
    let shim = host("it", trapping_on_one().restart(Restart::OnNextCall));
    let sum = AccumulatorInstance::load("it").expect("loads");
    assert_eq!(sum.add(5), Ok(5));
    assert!(matches!(sum.add(1), Err(CallError::Trap { .. })));
    assert_eq!(shim.snapshot().instances, 0);
    assert!(sum.is_alive());
    assert_eq!(sum.add(2), Ok(2));
    assert_eq!(shim.snapshot().deaths, 1);
}

#[test]
fn one_that_backs_off_says_when_it_starts_again() {
    // Long enough to ask the dead one before it starts again.
    let first = Duration::from_secs(5);
    let longest = Duration::from_secs(3600);
    host(
        "it",
        trapping_on_one().restart(Restart::BackOff { first, longest }),
    );
    let sum = AccumulatorInstance::load("it").expect("loads");
    assert!(matches!(sum.add(1), Err(CallError::Trap { .. })));
    let wait = waits(&sum);
    assert!(wait <= first, "{wait:?}");
    thread::sleep(wait);
    // It lives, and dies again.
    let started = Instant::now();
    while let Err(error) = sum.add(1) {
        if matches!(error, CallError::Trap { .. }) {
            break;
        }
        assert!(started.elapsed() < LONG, "{error}");
    }
    // Twice as long now.
    let wait = waits(&sum);
    assert!(first < wait && wait <= 2 * first, "{wait:?}");
}

/// When a dead instance says that it starts again.
fn waits(sum: &AccumulatorInstance) -> Duration {
    let dead = sum.add(2).expect_err("waits").to_string();
    let wait = dead.split_once("; it starts again in ");
    let wait = wait.and_then(|(_, wait)| wait.split_once(" ms")?.0.parse().ok());
    Duration::from_millis(wait.unwrap_or_else(|| panic!("{dead}")))
}

#[test]
fn a_trap_tells_which_functions_were_running() {
    host("system", Source::file(guest("test-system")));
    let system = SystemInstance::load("system").expect("loads");
    let Err(CallError::Trap(trap)) = system.die("") else {
        panic!("it lives");
    };
    let backtrace = trap.backtrace;
    let position = |name: &str| backtrace.iter().position(|frame| frame.contains(name));
    let (inner, outer) = (position("dies_here"), position("die#wasm-export"));
    assert!(inner.is_some(), "{backtrace:#?}");
    assert!(
        outer.is_none_or(|outer| inner < Some(outer)),
        "{backtrace:#?}"
    );
}

/// `shop`, which is made anew when it has died.
fn reviving_shop() -> ShopInstance {
    let source = Source::file(guest("test-shop"));
    host("shop", source.restart(Restart::OnNextCall));
    ShopInstance::load("shop").expect("loads")
}

/// Starts calls that the shop dies of, since no memory holds so many parts. Each has a cart that was
/// there before.
fn start_dying<const N: usize>(shop: &ShopInstance) -> [Pending<Vec<Cart>>; N] {
    let carts = [(); N].map(|()| Cart::new(shop.carts(), "split").expect("is made"));
    carts.map(|cart| {
        let parts = shop.start().carts().split(cart, u32::MAX);
        parts.expect("starts")
    })
}

#[test]
fn a_result_that_is_taken_after_a_death_is_of_the_former_instance() {
    let shop = reviving_shop();
    let made = shop.start().carts().new_cart("old").expect("starts");
    let [dying] = start_dying(&shop);
    let died = dying.wait().expect_err("has too many parts");
    assert!(matches!(died, CallError::Trap(_)), "{died:?}");
    let old = made.wait().expect("was made");
    let fresh = Cart::new(shop.carts(), "fresh").expect("is made");
    assert!(matches!(old.owner(), Err(CallError::Dead(_))));
    drop(old);
    assert_eq!(fresh.owner().as_deref(), Ok("fresh"));
    assert_eq!(shop.carts().live(), Ok(1));
}

#[test]
fn a_death_that_is_learnt_late_is_not_that_of_a_later_instance() {
    let shop = reviving_shop();
    let [first, second] = start_dying(&shop);
    first.wait().expect_err("has too many parts");
    let fresh = Cart::new(shop.carts(), "fresh").expect("is made");
    second.wait().expect_err("its cart is no more");
    assert_eq!(fresh.owner().as_deref(), Ok("fresh"));
}

#[test]
fn a_call_that_was_started_before_a_death_was_known_is_of_no_later_instance() {
    let shop = reviving_shop();
    let old = Cart::new(shop.carts(), "old").expect("is made");
    let [dying] = start_dying(&shop);
    let owner = old.start().owner().expect("starts");
    let dead = owner.wait().expect_err("its instance has died");
    assert!(matches!(dead, CallError::Dead(_)), "{dead:?}");
    assert!(matches!(old.owner(), Err(CallError::Dead(_))));
    let fresh = Cart::new(shop.carts(), "fresh").expect("is made");
    let died = dying.wait().expect_err("has too many parts");
    assert!(matches!(died, CallError::Trap(_)), "{died:?}");
    drop(old);
    assert_eq!(fresh.owner().as_deref(), Ok("fresh"));
    assert_eq!(shop.carts().live(), Ok(1));
}

#[test]
fn a_death_that_is_not_known_is_told_once() {
    let shop = reviving_shop();
    let old = Cart::new(shop.carts(), "old").expect("is made");
    let [dying] = start_dying(&shop);
    let dead = Cart::new(shop.carts(), "refused").map(drop);
    assert!(matches!(dead, Err(CallError::Dead(_))), "{dead:?}");
    let fresh = Cart::new(shop.carts(), "fresh").expect("is made");
    dying.wait().expect_err("has too many parts");
    assert!(matches!(old.owner(), Err(CallError::Dead(_))));
    assert_eq!(fresh.owner().as_deref(), Ok("fresh"));
}

#[test]
fn a_death_that_a_dropped_resource_is_told_is_known() {
    let shop = reviving_shop();
    let carts = ["old", "dropped"].map(|owner| Cart::new(shop.carts(), owner));
    let [old, dropped] = carts.map(|cart| cart.expect("is made"));
    let [dying] = start_dying(&shop);
    drop(dropped);
    let fresh = Cart::new(shop.carts(), "fresh").expect("is made");
    assert!(matches!(old.owner(), Err(CallError::Dead(_))));
    dying.wait().expect_err("has too many parts");
    assert_eq!(fresh.owner().as_deref(), Ok("fresh"));
}
