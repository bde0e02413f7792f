//! A syntax error makes no avalanche.

first_class::first_class_world!({ world: "rule", path: "given/broken.wit" });

fn main() {
    let rule = RuleInstance::load("a").unwrap();
    let _: Vec<String> = RuleInstance::available().unwrap();
    drop(rule);
}
