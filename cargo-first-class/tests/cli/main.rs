//! The tool as a user runs it: arguments in, output and a status out.

mod build;
mod call;
mod check;
mod config;
mod help;
mod inspect;
mod interrupt;
mod new;
mod run;
mod serve;
mod session;
mod tool;
mod tutorial;
mod watch;
mod wit_from_mcp;
mod wit_from_proto;
