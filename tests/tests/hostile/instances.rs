//! Instances that were never given, that are no more, or that there are too many of.

use crate::case::{Case, case, failed};
use crate::honest::{round, visit};
use crate::puppet::Puppet;
use crate::target::{encoded, list, slots, world};
use first_class_abi::contract::FailureCode::{Dead, Limit, Protocol, Trap};

/// More than any caller needs.
const MANY: u32 = 3000;

/// How many a caller may hold, unless the embedder says otherwise.
const MOST: u32 = 1000;

/// Uses a number that names no instance, in every way.
fn is_nothing(caller: &mut Puppet, instance: u32) {
    let echo = caller.invoke(instance, "echo", &list(0, &[]));
    assert_eq!(echo, failed(Protocol));
    let add = caller.scalar(instance, "add", [1, 0, 0, 0]);
    assert_eq!(add, failed(Protocol));
    assert_eq!(caller.supports(instance, 0), Ok(false));
    assert_eq!(caller.is_alive(instance), Ok(false));
    assert_eq!(caller.respawn(instance), failed(Protocol));
    assert_eq!(caller.release(instance), Ok(()));
}

#[test]
fn a_number_that_was_never_given() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        is_nothing(caller, instance + 1);
        is_nothing(caller, 1 << 31);
        round(caller, instance, &mut 0).expect("is untouched");
    });
}

#[test]
fn the_largest_number() {
    case(|caller| is_nothing(caller, u32::MAX));
}

/// The neighbour has an instance of the number 0, as this caller would have.
#[test]
fn a_number_of_another_caller() {
    case(|caller| is_nothing(caller, 0));
}

#[test]
fn a_released_instance() {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        caller.release(instance).expect("releases");
        is_nothing(caller, instance);
    });
}

#[test]
fn an_instance_that_is_released_twice_makes_room_for_one() {
    case(|caller| {
        let released = caller.load("good").expect("loads");
        caller.release(released).expect("releases");
        caller.release(released).expect("is ignored");
        let [a, b] = [(); 2].map(|()| caller.load("good").expect("loads"));
        assert_ne!(a, b);
        round(caller, a, &mut 0).expect("has a total of its own");
        round(caller, b, &mut 0).expect("has a total of its own");
    });
}

#[test]
fn instances_that_are_released_in_any_order() {
    case(|caller| {
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
            let mut live = [(); 4].map(|()| Some((caller.load("good").expect("loads"), 0)));
            for released in order {
                for (instance, total) in live.iter_mut().flatten() {
                    round(caller, *instance, total).expect("lives");
                }
                let (instance, _) = live[released].take().expect("was live");
                caller.release(instance).expect("releases");
                is_nothing(caller, instance);
            }
        }
    });
}

#[test]
fn a_dead_instance() {
    case(|caller| {
        let [dead, live] = [(); 2].map(|()| caller.load("good").expect("loads"));
        let deadly = caller.invoke(dead, "letter", &slots(&[0xd800]));
        assert_eq!(deadly, failed(Trap));
        let add = caller.scalar(dead, "add", [1, 0, 0, 0]);
        assert_eq!(add, failed(Dead));
        let echo = caller.invoke(dead, "echo", &list(0, &[]));
        assert_eq!(echo, failed(Dead));
        round(caller, live, &mut 0).expect("lives");
        caller.release(dead).expect("releases");
        is_nothing(caller, dead);
    });
}

/// The name of a function is looked up before an instance's life.
#[test]
fn a_function_that_a_dead_instance_never_had() {
    case(|caller| {
        let dead = caller.load("good").expect("loads");
        let deadly = caller.scalar(dead, "letter", [0xd800, 0, 0, 0]);
        assert_eq!(deadly, failed(Trap));
        assert_eq!(
            caller.scalar_number(dead, u32::MAX, [0; 4]),
            failed(Protocol)
        );
    });
}

#[test]
fn instances_that_come_and_go_by_the_thousands() {
    case(|caller| {
        for _ in 0..MANY {
            let instance = caller.load("good").expect("loads");
            caller.release(instance).expect("releases");
        }
        visit(caller).expect("goes on");
    });
}

#[test]
fn instances_that_die_count_until_they_are_released() {
    Case::plugin(&[]).run(|caller| {
        for _ in 0..MOST {
            let instance = caller.load("bad").expect("loads");
            let deadly = caller.scalar(instance, "letter", [0xd800, 0, 0, 0]);
            assert_eq!(deadly, failed(Trap));
        }
        assert_eq!(caller.load("bad"), failed(Limit));
        caller.release(7).expect("releases");
        assert_eq!(caller.load("bad"), Ok(7));
        (0..MOST).for_each(|instance| caller.release(instance).expect("releases"));
    });
}

/// Each takes some of the mappings that a process may have. Were there none left, nobody could load,
/// no thread could be started, as decoding a world of many interfaces does, and the process would abort
/// when an allocation fails.
#[test]
fn instances_that_are_held_until_there_can_be_no_more() {
    let interfaces: String = (0..50)
        .map(|number| format!("export i{number}: interface {{ f: func(); }}"))
        .collect();
    let deep = encoded(&world(&format!("package t:t; world w {{ {interfaces} }}")));
    case(|caller| {
        let last = (0..MOST).map(|_| caller.load("good").expect("fits")).last();
        assert_eq!(caller.load("good"), failed(Limit));
        assert_eq!(caller.available(&deep), Ok(()));
        round(caller, last.expect("there are many"), &mut 0).expect("lives");
        (0..MOST).for_each(|instance| caller.release(instance).expect("releases"));
    });
}
