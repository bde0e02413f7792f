//! Does what it is told on its standard input, a command to a line, and answers each with a line.
//!
//! So a test decides when what happens, while the caller runs. With the argument `--announce` it begins
//! with a line of its arguments.

first_class::first_class_world!({ world: "accumulator", path: "../../../wit/accumulator" });

use std::io::BufRead;
use std::{env, fs, net, process};

fn main() {
    let mut held = Vec::new();
    if env::args().any(|argument| argument == "--announce") {
        println!("{}", arguments());
    }
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("is text");
        println!("{}", obey(&mut held, &line));
    }
}

fn obey(held: &mut Vec<AccumulatorInstance>, line: &str) -> String {
    let words: Vec<_> = line.split(' ').collect();
    match *words {
        ["arguments"] => arguments(),
        ["variable", name] => env::var(name).unwrap_or("not set".into()),
        ["read", path] => said(fs::read_to_string(path)),
        ["write", path, text] => said(fs::write(path, text).map(|()| "written".into())),
        ["connect", address] => said(net::TcpStream::connect(address).map(|_| "connected".into())),
        ["available"] => said(AccumulatorInstance::available().map(|names| names.join(" "))),
        ["load", name] => match AccumulatorInstance::load(name) {
            Ok(instance) => {
                held.push(instance);
                format!("loaded {name} as {}", held.len() - 1)
            }
            Err(error) => format!("{error}"),
        },
        ["add", index, value] => {
            let index: usize = index.parse().expect("is a number");
            let value = value.parse().expect("is a number");
            said(held[index].add(value).map(|total| total.to_string()))
        }
        // The standard library can say no more than whether it went well.
        ["exit", status] => {
            wasip2::cli::exit::exit_with_code(status.parse().expect("is a number"));
            "exits".into()
        }
        ["trap"] => process::abort(),
        ["spin"] => loop {
            std::hint::spin_loop();
        },
        _ => format!("`{line}` is no command"),
    }
}

fn arguments() -> String {
    env::args().collect::<Vec<_>>().join(" ")
}

fn said<E: std::fmt::Display>(result: Result<String, E>) -> String {
    result.unwrap_or_else(|error| format!("error: {error}"))
}
