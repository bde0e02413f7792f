//! Handles of resources that were made up, mixed up, or used up.

use crate::case::{Case, case, failed};
use crate::honest::round;
use crate::puppet::{Outcome, Puppet};
use crate::target::{list, slot, slots, words};
use first_class_abi::contract::FailureCode::{Dead, Trap};

const NEW: &str = "#[constructor]thing";
const VALUE: &str = "#[method]thing.value";
const DROP: &str = "#[resource-drop]thing";

/// An instance with things in it, whose handles are given to the case.
struct Shop<'a> {
    caller: &'a mut Puppet,
    instance: u32,
}

impl Shop<'_> {
    fn thing(&mut self, value: u64) -> u64 {
        self.call(NEW, &[value]).expect("makes a thing")
    }

    fn other(&mut self) -> u64 {
        self.call("#[constructor]other", &[])
            .expect("makes another")
    }

    /// Calls a function whose arguments and result are numbers, in either lane by turns.
    fn call(&mut self, function: &str, arguments: &[u64]) -> Outcome<u64> {
        let mut scalars = [u64::MAX; 4];
        scalars[..arguments.len()].copy_from_slice(arguments);
        self.caller.scalar(self.instance, function, scalars)
    }
}

/// Runs a case in an instance of its own.
fn shop(act: impl FnOnce(Shop<'_>)) {
    case(|caller| {
        let instance = caller.load("good").expect("loads");
        act(Shop { caller, instance });
    });
}

/// Uses a number that is no handle of a thing, in every position; each costs an instance.
fn is_no_thing(forge: impl Fn(&mut Shop<'_>) -> u64) {
    type Use = fn(&mut Shop<'_>, u64) -> Outcome<u64>;
    let uses: [(&str, Use); 6] = [
        ("borrowed", |shop, it| shop.call(VALUE, &[it])),
        ("dropped", |shop, it| shop.call(DROP, &[it])),
        ("given", |shop, it| {
            let sound = shop.thing(1);
            shop.call("#consume", &[sound, it])
        }),
        ("lent beside a sound one", |shop, it| {
            let sound = shop.thing(1);
            shop.call("#sum", &[sound, it])
        }),
        ("in an option", |shop, it| {
            let some = slots(&[1, it]);
            let taken = shop.caller.invoke(shop.instance, "#perhaps", &some);
            taken.map(|taken| slot(&taken))
        }),
        ("in a list", |shop, it| {
            let things = list(1, &words(&[it as u32]));
            let sum = shop.caller.invoke(shop.instance, "#gather", &things);
            sum.map(|sum| slot(&sum))
        }),
    ];
    case(|caller| {
        for (name, act) in uses {
            let instance = caller.load("good").expect("loads");
            let mut shop = Shop { caller, instance };
            let forged = forge(&mut shop);
            assert_eq!(act(&mut shop, forged), failed(Trap), "{name}");
            assert_eq!(shop.call(NEW, &[1]), failed(Dead), "{name}");
        }
    });
}

#[test]
fn a_handle_that_was_never_given() {
    // The first three are what the cases themselves make.
    is_no_thing(|_| 7);
}

#[test]
fn a_handle_of_0() {
    is_no_thing(|_| 0);
}

#[test]
fn a_handle_of_all_bits() {
    is_no_thing(|_| u64::from(u32::MAX));
}

#[test]
fn a_handle_of_another_type() {
    is_no_thing(|shop| shop.other());
}

#[test]
fn a_handle_of_another_instance() {
    is_no_thing(|shop| {
        let instance = shop.caller.load("good").expect("loads");
        let mut elsewhere = Shop {
            caller: shop.caller,
            instance,
        };
        let things = [1, 2, 3].map(|value| elsewhere.thing(value));
        things[2]
    });
}

/// It would be the number of the next thing, so something else stands there.
#[test]
fn a_handle_that_was_dropped() {
    is_no_thing(|shop| {
        let dropped = shop.thing(1);
        shop.call(DROP, &[dropped]).expect("drops");
        let reused = shop.other();
        assert_eq!(reused, dropped);
        dropped
    });
}

#[test]
fn a_handle_that_is_dropped_twice() {
    shop(|mut shop| {
        let thing = shop.thing(1);
        assert_eq!(shop.call(DROP, &[thing]), Ok(0));
        assert_eq!(shop.call("#ended", &[]), Ok(1));
        assert_eq!(shop.call(DROP, &[thing]), failed(Trap));
    });
}

#[test]
fn a_handle_that_was_given_away() {
    for function in [VALUE, DROP] {
        shop(|mut shop| {
            let [a, b] = [1, 2].map(|value| shop.thing(value));
            assert_eq!(shop.call("#consume", &[a, b]), Ok(3));
            assert_eq!(shop.call(function, &[a]), failed(Trap));
        });
    }
}

#[test]
fn a_handle_that_is_given_twice_in_one_call() {
    shop(|mut shop| {
        let thing = shop.thing(1);
        assert_eq!(shop.call("#consume", &[thing, thing]), failed(Trap));
    });
}

#[test]
fn a_handle_that_is_given_twice_in_one_list() {
    shop(|mut shop| {
        let thing = shop.thing(1) as u32;
        let twice = list(2, &words(&[thing, thing]));
        let sum = shop.caller.invoke(shop.instance, "#gather", &twice);
        assert_eq!(sum, failed(Trap));
    });
}

#[test]
fn a_handle_that_is_lent_and_given_in_one_call() {
    for function in ["#lend-and-give", "#give-and-lend"] {
        shop(|mut shop| {
            let thing = shop.thing(1);
            assert_eq!(shop.call(function, &[thing, thing]), failed(Trap));
        });
    }
}

#[test]
fn a_handle_that_is_lent_twice_in_one_call() {
    shop(|mut shop| {
        let thing = shop.thing(21);
        assert_eq!(shop.call("#sum", &[thing, thing]), Ok(42));
        assert_eq!(shop.call(VALUE, &[thing]), Ok(21));
    });
}

#[test]
fn a_handle_with_dirt_above_its_bits() {
    shop(|mut shop| {
        let thing = shop.thing(21);
        assert_eq!(shop.call(VALUE, &[0xdead_beef << 32 | thing]), Ok(21));
    });
}

#[test]
fn no_handle_at_all_does_not_look_at_one() {
    shop(|shop| {
        let none = slots(&[0, u64::MAX]);
        let taken = shop.caller.invoke(shop.instance, "#perhaps", &none);
        assert_eq!(taken.as_deref().map(slot), Ok(0));
        let nothing = list(0, &[]);
        let sum = shop.caller.invoke(shop.instance, "#gather", &nothing);
        assert_eq!(sum.as_deref().map(slot), Ok(0));
    });
}

/// Nobody runs a plugin's destructors when its instance is released.
#[test]
fn things_that_are_never_dropped() {
    let ends = ("(global.set $ended", "unreachable (global.set $ended");
    Case::plugin(&[ends]).run(|caller| {
        let instance = caller.load("bad").expect("loads");
        for value in 0..100 {
            let thing = caller.scalar(instance, NEW, [value, 0, 0, 0]);
            thing.expect("makes a thing");
        }
        caller.release(instance).expect("releases");
    });
}

/// What a plugin says that it gives must be in its own table.
#[test]
fn a_plugin_that_gives_what_it_does_not_have() {
    for claimed in [0, 1, 7, u64::from(u32::MAX)] {
        shop(|mut shop| {
            assert_eq!(shop.call("#claim", &[claimed]), failed(Trap), "{claimed}");
        });
    }
}

#[test]
fn the_things_of_one_instance_outlive_the_death_of_another() {
    shop(|mut shop| {
        let thing = shop.thing(21);
        let dead = shop.caller.load("good").expect("loads");
        let deadly = shop.caller.scalar(dead, DROP, [1, 0, 0, 0]);
        assert_eq!(deadly, failed(Trap));
        assert_eq!(shop.call(VALUE, &[thing]), Ok(21));
        round(shop.caller, shop.instance, &mut 0).expect("lives");
    });
}
