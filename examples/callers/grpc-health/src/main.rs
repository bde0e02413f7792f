//! Asks servers how they are, all at once and through one world, whoever made them.
//!
//! The caller knows no gRPC, and no addresses. It loads whatever its host offers as the world
//! `health-service`, and holds the servers as values.

mod answer;

use answer::Answer;
use first_class::{LoadError, join};
use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

first_class::first_class_world!({ world: "health-service", path: "../../wit/health" });

/// How the program is called.
const USAGE: &str = "\
usage: grpc-health [SERVICE…]
       asks all servers how they are, and how the services of these names are";

/// Why nobody can be asked.
#[derive(Debug, thiserror::Error)]
enum Fatal {
    #[error("there is no option `{0}`\n{USAGE}")]
    UnknownOption(String),
    #[error("the host does not say which servers there are: {0}")]
    Unavailable(#[from] LoadError),
    #[error("the host offers no server")]
    NoServers,
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
}

/// A server, or why there is none of that name.
struct Server {
    name: String,
    instance: Result<HealthServiceInstance, LoadError>,
}

fn main() -> ExitCode {
    match run(&mut io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fatal) => {
            eprintln!("grpc-health: {fatal}");
            ExitCode::FAILURE
        }
    }
}

fn run(out: &mut impl Write) -> Result<(), Fatal> {
    let services: Vec<_> = env::args().skip(1).collect();
    match services.iter().find(|it| it.starts_with('-')) {
        Some(help) if help == "--help" || help == "-h" => return Ok(writeln!(out, "{USAGE}")?),
        Some(option) => return Err(Fatal::UnknownOption(option.clone())),
        None => {}
    }
    let mut names = HealthServiceInstance::available()?;
    if names.is_empty() {
        return Err(Fatal::NoServers);
    }
    names.sort();
    let servers: Vec<_> = names.into_iter().map(Server::load).collect();
    report(out, &servers, "")?;
    for service in &services {
        writeln!(out, "\n{service}:")?;
        report(out, &servers, service)?;
    }
    Ok(())
}

/// Asks all servers at once, and prints a line for each.
fn report(out: &mut impl Write, servers: &[Server], service: &str) -> io::Result<()> {
    let mut questions = Vec::new();
    let mut answers = Vec::new();
    for (index, server) in servers.iter().enumerate() {
        let instance = server.instance.as_ref().map_err(Answer::from);
        let started =
            instance.and_then(|it| it.start().health().check(service).map_err(Answer::from));
        match started {
            Ok(question) => questions.push((index, question)),
            Err(answer) => answers.push((index, answer)),
        }
    }
    let (asked, questions): (Vec<_>, Vec<_>) = questions.into_iter().unzip();
    let ends = join(questions).into_iter().map(Answer::from);
    answers.extend(asked.into_iter().zip(ends));
    answers.sort_by_key(|(index, _)| *index);
    for (index, answer) in answers {
        writeln!(out, "{}: {answer}", servers[index].name)?;
    }
    Ok(())
}

impl Server {
    fn load(name: String) -> Self {
        let instance = HealthServiceInstance::load(&name);
        Server { name, instance }
    }
}
