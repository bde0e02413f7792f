//! Instances that are made anew, and components that callers give themselves.

use crate::case::{case, failed};
use crate::honest::{Neighbour, Resident, round, visit};
use crate::puppet::Puppet;
use crate::target::{plugin, slots};
use first_class_abi::contract::FailureCode::{
    BytesNotGranted, Dead, Limit, NotAComponent, Protocol, Trap,
};
use first_class_host::{Caller, Capacity, Source};
use first_class_tests::patient;

/// More often than anybody needs.
const OFTEN: u32 = 300;

#[test]
fn an_instance_that_dies_and_is_made_anew_again_and_again() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        for _ in 0..OFTEN {
            let deadly = caller.invoke(instance, "letter", &slots(&[0xd800]));
            assert_eq!(deadly, failed(Trap));
            assert_eq!(caller.is_alive(instance), Ok(false));
            assert_eq!(caller.respawn(instance), Ok(()));
            assert_eq!(caller.is_alive(instance), Ok(true));
        }
        round(caller, instance, &mut 0).expect("lives");
    });
}

#[test]
fn a_live_instance_that_is_made_anew_again_and_again() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        for _ in 0..OFTEN {
            round(caller, instance, &mut 0).expect("begins anew");
            assert_eq!(caller.respawn(instance), Ok(()));
        }
    });
}

#[test]
fn a_handle_of_the_instance_before() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        let thing = caller.scalar(instance, "#[constructor]thing", [7, 0, 0, 0]);
        let thing = thing.expect("is made");
        caller.respawn(instance).expect("starts");
        let value = caller.scalar(instance, "#[method]thing.value", [thing, 0, 0, 0]);
        assert_eq!(value, failed(Trap));
    });
}

#[test]
fn a_released_instance_is_not_made_anew() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        caller.release(instance).expect("releases");
        assert_eq!(caller.respawn(instance), failed(Protocol));
        let gone = caller.scalar(instance, "add", [1, 0, 0, 0]);
        assert_eq!(gone, failed(Protocol));
    });
}

#[test]
fn a_component_from_a_caller_that_may_not_give_any() {
    case(|caller| {
        assert_eq!(caller.load_bytes(&plugin(&[])), failed(BytesNotGranted));
        assert_eq!(caller.load_bytes(b""), failed(BytesNotGranted));
        assert_eq!(
            caller.raw_load_bytes((0, 0), (0, 0)),
            failed(BytesNotGranted)
        );
    });
}

/// A shim whose callers may give components of their own.
fn granting(act: impl FnOnce(&mut Puppet)) {
    let capacity = Capacity::default().component_bytes(1 << 20);
    let builder = patient().source("good", Source::bytes(plugin(&[])));
    let shim = builder.capacity(capacity).build().expect("builds");
    let neighbour = Neighbour::new(Resident::new(&shim));
    let granted = Caller::new("hostile").may_load_bytes();
    let mut caller = Puppet::of(shim.caller_as(granted), &[]);
    act(&mut caller);
    visit(&mut caller).expect("the caller goes on");
    neighbour.wait();
    drop(neighbour.stop());
    drop(caller);
    assert_eq!(shim.snapshot().instances, 0);
}

#[test]
fn bytes_of_every_kind() {
    granting(|caller| {
        let good = plugin(&[]);
        for bytes in [
            &b""[..],
            b"text",
            b"\0asm\x01\0\0\0",
            &good[..good.len() / 2],
        ] {
            assert_eq!(caller.load_bytes(bytes), failed(NotAComponent));
        }
        assert_eq!(caller.load_bytes(&vec![0; (1 << 20) + 1]), failed(Limit));
        let world = caller.place(b"no world").expect("places");
        let component = caller.place(&good).expect("places");
        assert_eq!(caller.raw_load_bytes(component, world), failed(Protocol));
    });
}

#[test]
fn one_component_after_the_other() {
    granting(|caller| {
        for number in 0..40_u8 {
            // Another one each time, with a custom section at its end.
            let mut other = plugin(&[]);
            other.extend([0, 3, 1, b'x', number]);
            let instance = caller.load_bytes(&other).expect("loads");
            round(caller, instance, &mut 0).expect("lives");
            let deadly = caller.invoke(instance, "letter", &slots(&[0xd800]));
            assert_eq!(deadly, failed(Trap));
            assert_eq!(caller.scalar(instance, "add", [1, 0, 0, 0]), failed(Dead));
            caller.release(instance).expect("releases");
        }
    });
}
