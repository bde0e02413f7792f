//! Each target, briefly: its corpus, and mutations of it that are the same each time.
//!
//! `UPDATE_EXPECT=1` writes the seeds of the corpus anew.

mod mutate;

use first_class_fuzz::{Seed, TARGETS, Target};
use mutate::Mutator;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[test]
fn worlds_are_decoded_or_refused() {
    try_briefly("world");
}

#[test]
fn buffers_are_values_or_refused() {
    try_briefly("values");
}

#[test]
fn packed_values_are_values_or_refused() {
    try_briefly("packed");
}

#[test]
fn plugins_are_loaded_or_refused() {
    try_briefly("loader");
}

#[test]
fn calls_are_answered() {
    try_briefly("contract");
}

fn try_briefly(name: &str) {
    let target = TARGETS.into_iter().find(|target| target.name == name);
    let target = target.expect("is a target");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let folder = folder.join(name);
    if env::var_os("UPDATE_EXPECT").is_some() {
        write(&folder, (target.seeds)());
    }
    let corpus = read(&folder);
    for input in &corpus {
        try_one(target, input);
    }
    let mut mutator = Mutator::new(&corpus);
    for _ in 0..target.mutations {
        try_one(target, &mutator.input());
    }
}

/// Runs one input. It is in a file meanwhile, since there are failures that no process survives.
fn try_one(target: Target, input: &[u8]) {
    let name = target.name;
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("failing-{name}"));
    fs::write(&file, input).expect("the folder can be written");
    if catch_unwind(|| (target.run)(input)).is_err() {
        let hex: String = input.iter().map(|byte| format!("{byte:02x}")).collect();
        let file = file.display();
        panic!("`{name}` failed, see above. The input is in {file}; it is\n{hex}");
    }
    fs::remove_file(&file).expect("the folder can be written");
}

fn write(folder: &Path, seeds: Vec<Seed>) {
    fs::create_dir_all(folder).expect("the corpus can be written");
    for Seed { name, data } in seeds {
        fs::write(folder.join(name), data).expect("the corpus can be written");
    }
}

/// The inputs in a folder, in the order of their names.
fn read(folder: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder).expect("there is a corpus");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the corpus can be read").path())
        .collect();
    files.sort();
    let inputs = files.iter().map(fs::read);
    inputs
        .map(|input| input.expect("the corpus can be read"))
        .collect()
}
