//! What the arguments ask for.

/// How the program is called.
pub(crate) const USAGE: &str = "\
usage: lint FILE...   check these files
       lint --rules   list the rules";

#[derive(Debug, PartialEq)]
pub(crate) enum Request {
    Check(Vec<String>),
    List,
    Help,
}

#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum UsageError {
    #[error("no files were given")]
    NoFiles,
    #[error("there is no option `{0}`; a file of that name can follow `--`")]
    UnknownOption(String),
    #[error("`--rules` takes no files")]
    ListWithFiles,
}

impl Request {
    /// Reads the arguments, without the program's own name.
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, UsageError> {
        let mut paths = Vec::new();
        let mut list = false;
        let mut options_ended = false;
        for argument in arguments {
            match argument.as_str() {
                _ if options_ended => paths.push(argument),
                "--" => options_ended = true,
                "--help" | "-h" => return Ok(Self::Help),
                "--rules" => list = true,
                option if option.starts_with('-') => {
                    return Err(UsageError::UnknownOption(argument));
                }
                _ => paths.push(argument),
            }
        }
        match (list, paths.is_empty()) {
            (true, true) => Ok(Self::List),
            (true, false) => Err(UsageError::ListWithFiles),
            (false, true) => Err(UsageError::NoFiles),
            (false, false) => Ok(Self::Check(paths)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Request, UsageError> {
        Request::parse(arguments.iter().map(|argument| (*argument).to_owned()))
    }

    fn check(paths: &[&str]) -> Result<Request, UsageError> {
        Ok(Request::Check(
            paths.iter().map(|path| (*path).to_owned()).collect(),
        ))
    }

    #[test]
    fn takes_files() {
        assert_eq!(parse(&["a", "b c"]), check(&["a", "b c"]));
        assert_eq!(parse(&["--", "--rules", "--"]), check(&["--rules", "--"]));
    }

    #[test]
    fn lists_rules() {
        assert_eq!(parse(&["--rules"]), Ok(Request::List));
        assert_eq!(parse(&["--rules", "a"]), Err(UsageError::ListWithFiles));
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(parse(&[]), Err(UsageError::NoFiles));
        assert_eq!(
            parse(&["--fix", "a"]),
            Err(UsageError::UnknownOption("--fix".into()))
        );
    }
}
