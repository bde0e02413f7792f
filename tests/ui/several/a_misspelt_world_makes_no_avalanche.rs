//! A misspelt world makes no avalanche.

first_class::first_class_world!({ world: "rul", path: "given/rule.wit" });

fn main() {
    let rule = RuleInstance::load("a").unwrap();
    let _: Vec<String> = RuleInstance::available().unwrap();
    drop(rule);
}
