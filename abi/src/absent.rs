//! Exports that a plugin lacks, and the world without them.

use crate::fit::Catalogue;
use crate::world::{Callable, World};
use std::collections::{HashMap, HashSet};
use wit_parser::{IndexMap, WorldItem, WorldKey};

impl World {
    /// The numbers of the optional functions that a plugin does not export, in their order.
    pub fn absent_in(&self, plugin: &World) -> Vec<u32> {
        let optional = self.optional().iter().map(String::as_str).collect();
        let names = plugin.export_names();
        let names = Catalogue::new(names.iter().map(String::as_str));
        let exported = plugin.callables().iter();
        let exported: HashSet<_> = exported.map(|it| (&*it.interface, &*it.name)).collect();
        let is_exported = |callable: &Callable| {
            let interface = match callable.interface.as_str() {
                "" => Some(""),
                expected => names.provider(expected),
            };
            interface.is_some_and(|interface| exported.contains(&(interface, &*callable.name)))
        };
        let numbered = (0..).zip(self.callables());
        let absent = numbered.filter(|(_, it)| it.is_among(&optional) && !is_exported(it));
        absent.map(|(number, _)| number).collect()
    }

    /// The world without the functions of these numbers, and without the interfaces that have
    /// nothing left. The functions that stay get other numbers.
    pub fn without(&self, numbers: &[u32]) -> World {
        let absent = self.absent_by_key(&numbers.iter().copied().collect());
        let mut resolve = self.resolve().clone();
        let mut present = IndexMap::default();
        for (key, item) in &self.resolve().worlds[self.id()].exports {
            let of_item = match item {
                WorldItem::Function(_) => absent.get(&None),
                _ => absent.get(&Some(key)),
            };
            match (item, of_item) {
                (WorldItem::Function(it), Some(absent)) if absent.names.contains(&*it.name) => {
                    continue;
                }
                (WorldItem::Interface { .. }, Some(absent)) if absent.is_all => continue,
                (WorldItem::Interface { id, .. }, Some(absent)) => {
                    let functions = &mut resolve.interfaces[*id].functions;
                    functions.retain(|name, _| !absent.names.contains(name.as_str()));
                }
                _ => {}
            }
            present.insert(key.clone(), item.clone());
        }
        resolve.worlds[self.id()].exports = present;
        World::new(resolve, self.id())
    }

    /// What is absent of each interface, and of the world itself.
    fn absent_by_key(&self, numbers: &HashSet<u32>) -> HashMap<Option<&WorldKey>, Absent<'_>> {
        let mut absent = HashMap::new();
        for (number, callable) in (0..).zip(self.callables()) {
            let of_key = absent.entry(callable.key.as_ref());
            let of_key: &mut Absent<'_> = of_key.or_insert_with(|| Absent {
                names: HashSet::new(),
                is_all: true,
            });
            match numbers.contains(&number) {
                true => _ = of_key.names.insert(&callable.name),
                false => of_key.is_all = false,
            }
        }
        absent
    }
}

/// What is absent of an interface, or of the world itself.
struct Absent<'a> {
    names: HashSet<&'a str>,
    /// Whether nothing is left.
    is_all: bool,
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

    /// A world with so many functions in an interface, of which a plugin has the last one.
    #[test]
    fn what_is_absent_of_a_large_world_is_found_at_once() {
        let count = 10_000;
        let functions = |from: usize| -> String {
            let functions = from..count;
            functions.map(|it| format!("f{it:05}: func();")).collect()
        };
        let wit = |from| {
            let functions = functions(from);
            format!("package a:b; interface i {{ {functions} }} world w {{ export i; }}")
        };
        let names = (0..count).map(|it| format!("a:b/i#f{it:05}"));
        let expected = world(&wit(0)).with_optional(names);
        let absent = expected.absent_in(&world(&wit(count - 1)));
        assert_eq!(absent.len(), count - 1);
        let rest = expected.without(&absent);
        let rest: Vec<_> = rest.callables().iter().map(|it| &*it.name).collect();
        assert_eq!(rest, ["f09999"]);
    }

    #[test]
    fn what_a_plugin_does_not_export_the_world_still_offers() {
        let log = |version: &str, functions: &str| {
            format!("package a:log@{version} {{ interface log {{ {functions} }} }}")
        };
        let both = "write: func(); flush: func();";
        let expected = world(&format!(
            "package a:b;
            {}
            world w {{ import a:log/log@1.0.0; export a:log/log@1.0.0; }}",
            log("1.0.0", both)
        ));
        let expected = expected.with_optional(["a:log/log@1.0.0#flush".into()]);
        let plugin = world(&format!(
            "package a:b;
            {}
            {}
            world w {{ import a:log/log@1.0.0; export a:log/log@1.0.1; }}",
            log("1.0.0", both),
            log("1.0.1", "write: func();")
        ));
        let absent = expected.absent_in(&plugin);
        assert_eq!(absent.len(), 1);
        assert_eq!(crate::differences_lacking(&expected, &absent, &plugin), []);
    }

    #[test]
    fn what_is_not_optional_is_not_taken_out() {
        assert!(world(EXPECTED).absent_in(&world(PLUGIN)).is_empty());
    }
}
