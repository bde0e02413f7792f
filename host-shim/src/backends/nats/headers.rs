//! What is said in the headers of messages.

use crate::backends::BackendError;
use crate::error::CallError;
use crate::failure::Failure;
use crate::policy::{Exceeded, Limit};
use async_nats::HeaderMap;
use async_nats::service::{NATS_SERVICE_ERROR, NATS_SERVICE_ERROR_CODE};
use first_class_abi::contract::FailureCode;
use std::time::Duration;

/// Which function is called, such as `acme:shop/carts@1.2.0#total`.
pub(crate) const FUNCTION: &str = "First-Class-Function";

/// What the caller takes its signature for.
pub(crate) const SIGNATURE: &str = "First-Class-Signature";

/// How long the caller waits, in milliseconds.
pub(crate) const TIME: &str = "First-Class-Time";

/// Which of the instances that a name has had over time is meant, or has answered.
pub(crate) const INSTANCE: &str = "First-Class-Instance";

/// Where the calls of a name go.
pub(crate) const SUBJECT: &str = "First-Class-Subject";

/// The limit that was exceeded: its name, what it allows, and what was found.
const LIMIT: &str = "First-Class-Limit";

/// One entry per fact, as in the contract's failures.
const DETAIL: &str = "First-Class-Detail";

/// How long a text in a header may be, in bytes.
const LONGEST: usize = 2048;

/// How many details there may be.
const DETAILS: usize = 32;

/// A text as the value of a header, which is one line.
pub(crate) fn line(text: &str) -> String {
    let end = text.floor_char_boundary(LONGEST);
    let characters = text[..end].chars();
    characters
        .map(|it| if it.is_control() { ' ' } else { it })
        .collect()
}

/// The value of a header.
pub(crate) fn value<'a>(headers: Option<&'a HeaderMap>, name: &str) -> Option<&'a str> {
    Some(headers?.get(name)?.as_str())
}

/// An error as a message carries it: what it says, its number, and what else there is to it.
pub(crate) struct Told {
    pub(crate) message: String,
    pub(crate) code: u32,
    pub(crate) headers: HeaderMap,
}

impl From<CallError> for Told {
    fn from(error: CallError) -> Self {
        let exceeded = match &error {
            CallError::Limit { exceeded, .. } | CallError::Exhausted { exceeded, .. } => {
                Some(*exceeded)
            }
            CallError::Deadline { limit, .. } => Some(Exceeded::time(Limit::Start, *limit)),
            _ => None,
        };
        let whole = error.to_string();
        let failure = Failure::from(error);
        let mut headers = HeaderMap::new();
        if let Some(Exceeded {
            limit,
            allowed,
            found,
        }) = exceeded
        {
            let found = found.map(|found| format!("; {found}")).unwrap_or_default();
            headers.insert(LIMIT, format!("{}; {allowed}{found}", limit.name()));
        }
        for detail in failure.details.iter().take(DETAILS) {
            headers.append(DETAIL, line(detail));
        }
        let message = match failure.message.is_empty() {
            true => whole,
            false => failure.message,
        };
        Told {
            message: line(&message),
            code: failure.code,
            headers,
        }
    }
}

impl Told {
    /// All of it as headers.
    pub(crate) fn into_headers(self) -> HeaderMap {
        let mut headers = self.headers;
        headers.insert(NATS_SERVICE_ERROR, self.message);
        headers.insert(NATS_SERVICE_ERROR_CODE, self.code.to_string());
        headers
    }
}

/// The error that a message carries, if it does.
pub(crate) fn error(headers: Option<&HeaderMap>) -> Option<BackendError> {
    let message = value(headers, NATS_SERVICE_ERROR);
    let code = value(headers, NATS_SERVICE_ERROR_CODE);
    if message.is_none() && code.is_none() {
        return None;
    }
    let message = line(message.unwrap_or("an error"));
    let code = code.and_then(|code| code.parse().ok());
    let code = code.and_then(FailureCode::from_number);
    Some(of_code(code, message, headers?))
}

/// What kind of error it is. Those of services that are not ours have numbers of their own.
fn of_code(code: Option<FailureCode>, message: String, headers: &HeaderMap) -> BackendError {
    let (source_name, function) = (String::new(), String::new());
    let there = |error| BackendError::There(Box::new(error));
    match (code, exceeded(headers)) {
        (Some(FailureCode::Protocol), _) => BackendError::Arguments { message },
        (Some(FailureCode::Unavailable), _) => BackendError::Unreachable { message },
        (Some(FailureCode::Lost), _) => BackendError::Lost { message },
        (Some(FailureCode::Unsupported), _) => BackendError::Unsupported,
        (Some(FailureCode::Trap), _) => there(CallError::Trap {
            source_name,
            function,
            message,
            backtrace: details(headers),
        }),
        (Some(FailureCode::Busy), _) => there(CallError::Busy {
            source_name,
            chain: details(headers),
        }),
        (Some(FailureCode::Dead | FailureCode::Died), _) => there(CallError::Dead {
            source_name,
            message,
        }),
        (Some(FailureCode::Deadline), Some(exceeded)) => there(CallError::Deadline {
            source_name,
            function,
            limit: Duration::from_millis(exceeded.allowed),
        }),
        (Some(FailureCode::Exhausted), Some(exceeded)) => there(CallError::Exhausted {
            source_name,
            function,
            exceeded,
        }),
        (Some(FailureCode::Limit | FailureCode::ResultLimit), Some(exceeded)) => {
            there(CallError::Limit {
                source_name,
                function,
                exceeded,
            })
        }
        _ => BackendError::Failed { message },
    }
}

fn exceeded(headers: &HeaderMap) -> Option<Exceeded> {
    let mut parts = headers.get(LIMIT)?.as_str().split("; ");
    Some(Exceeded {
        limit: Limit::of_name(parts.next()?)?,
        allowed: parts.next()?.parse().ok()?,
        found: parts.next().and_then(|found| found.parse().ok()),
    })
}

fn details(headers: &HeaderMap) -> Vec<String> {
    let details = headers.get_all(DETAIL).take(DETAILS);
    details.map(|detail| line(detail.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::{Told, error, line};
    use crate::backends::BackendError;
    use crate::error::CallError;
    use crate::policy::{Exceeded, Limit};
    use async_nats::HeaderMap;
    use std::time::Duration;

    #[test]
    fn errors_come_as_they_went() {
        let (source_name, function) = (String::new(), String::new());
        let exceeded = Exceeded {
            limit: Limit::Memory,
            allowed: 7,
            found: Some(9),
        };
        let (source, name) = (source_name.clone(), function.clone());
        for sent in [
            CallError::Trap {
                source_name: source.clone(),
                function: name.clone(),
                message: "unreachable".into(),
                backtrace: vec!["inner".into(), "outer".into()],
            },
            CallError::Deadline {
                source_name: source.clone(),
                function: name.clone(),
                limit: Duration::from_millis(20),
            },
            CallError::Exhausted {
                source_name: source.clone(),
                function: name.clone(),
                exceeded,
            },
            CallError::Limit {
                source_name: source.clone(),
                function: name,
                exceeded: Exceeded {
                    limit: Limit::Reply,
                    found: None,
                    ..exceeded
                },
            },
            CallError::Busy {
                source_name: source.clone(),
                chain: vec!["a".into()],
            },
            CallError::Dead {
                source_name: source,
                message: "gone".into(),
            },
        ] {
            let headers = Told::from(sent.clone()).into_headers();
            let came = error(Some(&headers));
            assert_eq!(came, Some(BackendError::There(Box::new(sent))));
        }
        let lost = |may_have_run| CallError::Unavailable {
            source_name: source_name.clone(),
            function: function.clone(),
            message: "away".into(),
            may_have_run,
        };
        let message = String::from("away");
        let headers = Told::from(lost(true)).into_headers();
        let came = error(Some(&headers));
        assert_eq!(
            came,
            Some(BackendError::Lost {
                message: message.clone()
            })
        );
        let headers = Told::from(lost(false)).into_headers();
        assert_eq!(
            error(Some(&headers)),
            Some(BackendError::Unreachable { message })
        );
    }

    #[test]
    fn errors_of_others_are_errors() {
        assert_eq!(error(None), None);
        let mut headers = HeaderMap::new();
        headers.insert("Other", "x");
        assert_eq!(error(Some(&headers)), None);
        headers.insert("Nats-Service-Error-Code", "500");
        assert!(matches!(
            error(Some(&headers)),
            Some(BackendError::Failed { .. })
        ));
        // An exceeded limit that is not said, or that nobody knows.
        headers.insert("Nats-Service-Error-Code", "2");
        headers.insert("First-Class-Limit", "patience; 3");
        assert!(matches!(
            error(Some(&headers)),
            Some(BackendError::Failed { .. })
        ));
    }

    #[test]
    fn a_text_is_one_line() {
        assert_eq!(line("a\r\nb\0c"), "a  b c");
        assert_eq!(line(&"ü".repeat(3000)).len(), 2048);
    }
}
