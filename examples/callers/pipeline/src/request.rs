//! What the arguments ask for.

/// How the program is called.
pub(crate) const USAGE: &str = "\
usage: pipeline [--stages NAME,...] [--verbose] [FILE...]
       sends each FILE, or else a text of its own, through the stages, and prints what comes out
       --stages    which, and in which order; squeeze,quotes,headings,contents if not given
       --verbose   prints all that stages say, and how far they are, on standard error";

/// The stages, if nobody asks for others.
const STAGES: [&str; 4] = ["squeeze", "quotes", "headings", "contents"];

#[derive(Debug, PartialEq)]
pub(crate) enum Request {
    Run(Job),
    Help,
}

#[derive(Debug, PartialEq)]
pub(crate) struct Job {
    pub(crate) stages: Vec<String>,
    pub(crate) verbose: bool,
    pub(crate) files: Vec<String>,
}

impl Default for Job {
    fn default() -> Self {
        Job {
            stages: STAGES.map(str::to_owned).into(),
            verbose: false,
            files: Vec::new(),
        }
    }
}

#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum UsageError {
    #[error("there is no option `{0}`; a file of that name can follow `--`")]
    UnknownOption(String),
    #[error("`--stages` is not followed by names, such as `squeeze,headings`")]
    NoStages,
    #[error("the stage `{0}` is named twice; give each once")]
    Twice(String),
}

impl Request {
    /// Reads the arguments, without the program's own name.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, UsageError> {
        let mut job = Job::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--" => break,
                "--help" | "-h" => return Ok(Self::Help),
                "--verbose" => job.verbose = true,
                "--stages" => job.stages = stages(arguments.next().unwrap_or_default())?,
                option if option.starts_with('-') => {
                    return Err(UsageError::UnknownOption(argument));
                }
                _ => job.files.push(argument),
            }
        }
        job.files.extend(arguments);
        Ok(Self::Run(job))
    }
}

/// Names of stages. A stage leaves one bucket, so it comes once.
fn stages(names: String) -> Result<Vec<String>, UsageError> {
    let names: Vec<String> = names.split(',').map(str::to_owned).collect();
    if names.iter().any(String::is_empty) {
        return Err(UsageError::NoStages);
    }
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            return Err(UsageError::Twice(name.clone()));
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Request, UsageError> {
        Request::parse(arguments.iter().map(|argument| (*argument).to_owned()))
    }

    #[test]
    fn takes_stages_and_files() {
        assert_eq!(parse(&[]), Ok(Request::Run(Job::default())));
        let job = Job {
            stages: vec!["b".into(), "a".into()],
            verbose: true,
            files: vec!["x".into(), "-y".into()],
        };
        let arguments = ["x", "--stages", "b,a", "--verbose", "--", "-y"];
        assert_eq!(parse(&arguments), Ok(Request::Run(job)));
        assert_eq!(parse(&["x", "-h"]), Ok(Request::Help));
    }

    #[test]
    fn says_what_is_wrong() {
        let option = || UsageError::UnknownOption("-x".into());
        assert_eq!(parse(&["-x"]), Err(option()));
        for stages in ["", "a,", ",a", "a,,b"] {
            assert_eq!(parse(&["--stages", stages]), Err(UsageError::NoStages));
        }
        assert_eq!(parse(&["--stages"]), Err(UsageError::NoStages));
        let twice = UsageError::Twice("a".into());
        assert_eq!(parse(&["--stages", "a,b,a"]), Err(twice));
    }
}
