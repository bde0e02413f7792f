//! WIT that is written for a server: how a package with one interface reads, and what may stand in it.

use first_class_abi::World;
use first_class_abi::wit_parser::{Resolve, UnresolvedPackageGroup, validate_id};

/// A name as it may stand in WIT: a `%` before what WIT has for itself.
pub(super) fn escaped(name: &str) -> String {
    let text = format!("package a:b;\ninterface {name} {{}}");
    let is_plain = || UnresolvedPackageGroup::parse("name.wit", &text).is_ok();
    match validate_id(name).is_ok() && !is_plain() {
        true => format!("%{name}"),
        false => name.to_owned(),
    }
}

/// The lines of a comment as documentation of what comes after it.
pub(super) fn documentation<'a>(indent: &str, lines: impl Iterator<Item = &'a str>) -> String {
    let lines = lines.map(|line| format!("{indent}/// {line}").trim_end().to_owned() + "\n");
    lines.collect()
}

/// A field of a record, by its escaped name.
pub(super) fn field(name: &str, ty: &str) -> String {
    format!("        {name}: {ty},\n")
}

/// A case of an enum, by its escaped name.
pub(super) fn case(name: &str) -> String {
    format!("        {name},\n")
}

/// A type that is made of fields or cases: a keyword, an escaped name, and the lines of what is in it.
pub(super) fn definition(keyword: &str, name: &str, lines: &str) -> String {
    format!("    {keyword} {name} {{\n{lines}    }}\n\n")
}

/// A function that may fail, by its escaped name, with what stands between its parentheses.
pub(super) fn function(name: &str, parameters: &str, ok: &str, error: &str) -> String {
    format!("    {name}: func({parameters}) -> result<{ok}, {error}>;\n")
}

/// A world that exports an interface, both by escaped names.
pub(super) fn exporting(world: &str, interface: &str) -> String {
    format!("world {world} {{\n    export {interface};\n}}\n")
}

/// The world of a package that was written.
///
/// # Errors
/// With what is wrong: a name or a comment may be none that WIT takes.
pub(super) fn parsed(text: &str) -> Result<World, String> {
    let mut resolve = Resolve::new();
    let package = resolve.push_source("written.wit", text);
    let package = package.map_err(|error| format!("{error:#}"))?;
    let world = resolve.select_world(&[package], None);
    let world = world.map_err(|error| format!("{error:#}"))?;
    Ok(World::new(resolve, world))
}

#[cfg(test)]
mod tests {
    use super::{definition, documentation, escaped, exporting, field, function, parsed};

    #[test]
    fn what_wit_has_for_itself_is_escaped() {
        for name in ["world", "error-context", "map", "async", "list"] {
            assert_eq!(escaped(name), format!("%{name}"));
        }
        for name in ["worlds", "error", "memory", "a-list", "no name"] {
            assert_eq!(escaped(name), name);
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let (record, interface) = (escaped("record"), escaped("interface"));
        let docs = documentation("    ", ["It has", "", "lines. "].into_iter());
        assert_eq!(docs, "    /// It has\n    ///\n    /// lines.\n");
        let fields = field(&escaped("type"), "string");
        let text = format!(
            "package a:b;\n\ninterface {interface} {{\n{docs}{}{}}}\n\n{}",
            definition("record", &record, &fields),
            function(&escaped("func"), &format!("it: {record}"), "_", "string"),
            exporting(&escaped("world"), &interface),
        );
        let world = parsed(&text).expect("is WIT");
        let names: Vec<_> = world
            .callables()
            .iter()
            .map(|it| it.display_name())
            .collect();
        assert_eq!(names, ["a:b/interface#func"]);
    }
}
