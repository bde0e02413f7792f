//! What is asked of a plugin over NATS, and how that ends.

use crate::backends::nats::{FUNCTION, INSTANCE, SIGNATURE, Signature, TIME, signatures, value};
use crate::error::{CallError, LoadError};
use crate::policy::{Exceeded, Limit};
use crate::serving::served::{CallFailure, Served};
use async_nats::Message;
use first_class_abi::Callee;
use first_class_abi::value::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// A source, and its functions by their names.
pub(super) struct Plugin {
    pub(super) served: Arc<Served>,
    functions: HashMap<String, (u32, Signature)>,
}

/// A call as a client asks for it.
pub(super) struct Wanted {
    pub(super) function: u32,
    pub(super) arguments: Vec<Value>,
    /// How long the client waits, if it says so.
    pub(super) time: Option<Duration>,
    /// The instance that it called before.
    pub(super) instance: Option<String>,
}

impl Plugin {
    pub(super) fn new(served: Served) -> Self {
        let world = served.codec.world();
        let numbered = (0..).zip(world.callables()).zip(signatures(world));
        let functions = numbered.filter_map(|((number, callable), signature)| {
            let Callee::Function(_) = callable.callee else {
                return None;
            };
            Some((callable.display_name(), (number, signature)))
        });
        Plugin {
            functions: functions.collect(),
            served: Arc::new(served),
        }
    }

    /// The signature of each function, by their names.
    pub(super) fn signatures(&self) -> impl Iterator<Item = (&str, Signature)> {
        let functions = self.functions.iter();
        functions.map(|(name, (_, signature))| (&**name, *signature))
    }

    /// Reads a call.
    ///
    /// # Errors
    /// When it is no call of a function that the plugin has. Nothing was called.
    pub(super) fn wanted(&self, message: &Message) -> Result<Wanted, CallError> {
        let headers = message.headers.as_ref();
        let source_name = self.served.source_name.clone();
        let Some(name) = value(headers, FUNCTION) else {
            return Err(CallError::Protocol {
                message: format!("the request has no header `{FUNCTION}`"),
            });
        };
        let Some((function, signature)) = self.functions.get(name) else {
            return Err(CallError::Unsupported {
                source_name,
                function: name.to_owned(),
            });
        };
        let (function, expected) = (*function, signature.to_string());
        if let Some(found) = value(headers, SIGNATURE)
            && found != expected
        {
            let world = self.served.codec.world().full_name();
            return Err(CallError::Remote {
                source_name,
                function: name.to_owned(),
                message: format!(
                    "`{name}` of the world `{world}`, as it is served, has another type than the \
                     caller's (signature {expected}, not {found}); build both from one version of \
                     the world"
                ),
            });
        }
        let time = value(headers, TIME).and_then(|time| time.parse().ok());
        Ok(Wanted {
            function,
            arguments: self.arguments(function, name, &message.payload)?,
            time: time.map(Duration::from_millis),
            instance: value(headers, INSTANCE).map(str::to_owned),
        })
    }

    fn arguments(&self, number: u32, name: &str, packed: &[u8]) -> Result<Vec<Value>, CallError> {
        let most = self.served.limits.argument_bytes;
        let arguments = self.served.codec.unpack_arguments(number, packed, most);
        arguments.map_err(|error| match error.is_too_large() {
            true => CallError::Limit {
                source_name: self.served.source_name.clone(),
                function: name.to_owned(),
                exceeded: Exceeded {
                    limit: Limit::Arguments,
                    allowed: most,
                    found: None,
                },
            },
            false => CallError::Protocol {
                message: format!("what was sent are no arguments of `{name}`: {error}"),
            },
        })
    }

    /// Checks that a name is one of the source's, and not of another that this server has as well.
    ///
    /// # Errors
    /// When it is not. Nothing was called.
    pub(super) fn check(&self, name: &str) -> Result<(), CallError> {
        if self.served.has(name) {
            return Ok(());
        }
        Err(CallError::Remote {
            source_name: self.served.source_name.clone(),
            function: String::new(),
            message: format!("there is no source `{name}`"),
        })
    }

    /// The packed result of a call.
    ///
    /// # Errors
    /// What has gone wrong, as the client is told.
    pub(super) fn result(
        &self,
        function: u32,
        result: Result<Option<Value>, CallFailure>,
    ) -> Result<Vec<u8>, CallError> {
        let result = result.map_err(|failure| self.told(function, failure))?;
        let packed = self.served.codec.pack_result(function, result.as_ref());
        packed.map_err(|error| self.remote(function, error.to_string()))
    }

    fn told(&self, function: u32, failure: CallFailure) -> CallError {
        let source = &*self.served.source_name;
        tracing::warn!(source, %failure, "a call was not served");
        let message = failure.to_string();
        match failure {
            CallFailure::Call(error) => error,
            CallFailure::Arguments(_) => CallError::Protocol { message },
            CallFailure::Thread(_)
            | CallFailure::Load(
                LoadError::Limit { .. } | LoadError::Busy { .. } | LoadError::Unavailable { .. },
            ) => self.unavailable(message, false),
            CallFailure::Load(_) | CallFailure::Result(_) => self.remote(function, message),
        }
    }

    /// A call that came to no end, or that was not begun. The client knows of which function.
    pub(super) fn unavailable(&self, message: impl Into<String>, may_have_run: bool) -> CallError {
        CallError::Unavailable {
            source_name: self.served.source_name.clone(),
            function: String::new(),
            message: message.into(),
            may_have_run,
        }
    }

    fn remote(&self, function: u32, message: String) -> CallError {
        CallError::Remote {
            source_name: self.served.source_name.clone(),
            function: self.function_name(function),
            message,
        }
    }

    fn function_name(&self, number: u32) -> String {
        let callable = self.served.codec.world().callables().get(number as usize);
        callable.map_or_else(String::new, |callable| callable.display_name())
    }
}
