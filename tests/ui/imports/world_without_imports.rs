//! World without imports.

first_class::first_class_world!({
    world: "rule",
    inline: "package acme:lint; world rule { export check: func(); }",
});

fn main() {
    let _ = RuleInstance::load_with("x", ());
}
