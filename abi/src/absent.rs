//! Exports that a plugin lacks, and the world without them.

use crate::fit::provider;
use crate::world::{Callable, World};
use wit_parser::{WorldItem, WorldKey};

impl World {
    /// The numbers of the optional functions that a plugin does not export.
    pub fn absent_in(&self, plugin: &World) -> Vec<u32> {
        let exports = plugin.export_names();
        let numbered = (0..).zip(self.callables());
        let absent = numbered.filter(|(_, callable)| {
            let interface = match callable.interface.as_str() {
                "" => Some(""),
                expected => provider(expected, exports.iter().map(String::as_str)),
            };
            self.is_optional(&callable.interface, &callable.name)
                && !interface.is_some_and(|interface| exports_callable(plugin, interface, callable))
        });
        absent.map(|(number, _)| number).collect()
    }

    /// The world without the functions of these numbers, and without the interfaces that have
    /// nothing left. The functions that stay get other numbers.
    pub fn without(&self, numbers: &[u32]) -> World {
        let mut resolve = self.resolve().clone();
        for (number, callable) in (0..).zip(self.callables()) {
            if !numbers.contains(&number) {
                continue;
            }
            let exports = &mut resolve.worlds[self.id()].exports;
            match &callable.key {
                None => {
                    exports.shift_remove(&WorldKey::Name(callable.name.clone()));
                }
                Some(key) => {
                    let Some(WorldItem::Interface { id, .. }) = exports.get(key) else {
                        continue;
                    };
                    let id = *id;
                    if self.lacks_interface(key, numbers) {
                        exports.shift_remove(key);
                    } else {
                        resolve.interfaces[id]
                            .functions
                            .shift_remove(&callable.name);
                    }
                }
            }
        }
        World::new(resolve, self.id())
    }

    fn lacks_interface(&self, key: &WorldKey, numbers: &[u32]) -> bool {
        let numbered = (0..).zip(self.callables());
        let mut of_interface = numbered.filter(|(_, callable)| callable.key.as_ref() == Some(key));
        of_interface.all(|(number, _)| numbers.contains(&number))
    }
}

fn exports_callable(plugin: &World, interface: &str, callable: &Callable) -> bool {
    let mut callables = plugin.callables().iter();
    callables.any(|found| found.interface == interface && found.name == callable.name)
}

#[cfg(test)]
mod tests {
    use crate::World;
    use crate::testing::world;

    const EXPECTED: &str = "
        package a:b@1.2.0;
        interface more { one: func(); two: func(); }
        interface extra { resource r { use-it: func(); } }
        world w { export run: func(); export stop: func(); export more; export extra; }";

    const PLUGIN: &str = "
        package a:b@1.3.0;
        interface more { one: func(); }
        world w { export run: func(); export more; }";

    #[test]
    fn what_a_plugin_lacks_is_found_and_taken_out() {
        let optional = ["stop", "a:b/more@1.2.0#two", "a:b/extra@1.2.0"];
        let expected = world(EXPECTED).with_optional(optional.map(String::from));
        let absent = expected.absent_in(&world(PLUGIN));
        let names = |world: &World| -> Vec<_> {
            let callables = world.callables().iter();
            callables.map(crate::Callable::display_name).collect()
        };
        let all = names(&expected);
        let absent_names: Vec<_> = absent.iter().map(|number| &all[*number as usize]).collect();
        assert_eq!(
            absent_names,
            [
                "stop",
                "a:b/extra@1.2.0#[method]r.use-it",
                "a:b/extra@1.2.0#[resource-drop]r",
                "a:b/more@1.2.0#two"
            ]
        );
        let rest = expected.without(&absent);
        assert_eq!(names(&rest), ["run", "a:b/more@1.2.0#one"]);
        assert!(crate::differences(&rest, &world(PLUGIN)).is_empty());
    }

    #[test]
    fn what_is_not_optional_is_not_taken_out() {
        assert!(world(EXPECTED).absent_in(&world(PLUGIN)).is_empty());
    }
}
