//! A world's functions as methods.

use super::fit::{Fitter, Way};
use super::names::{item, kebab, normal};
use super::plan::{Element, Field, Record, Records};
use super::receive::{ReceiveError, Receiver};
use super::send::{SendError, Sender};
use super::services::find;
use super::status::ErrorForm;
use super::types::{Shape, Types};
use crate::backends::{Misfit, beyond_values};
use first_class_abi::fit::similar;
use first_class_abi::value::Value;
use first_class_abi::wit_parser::{Function, Type};
use first_class_abi::{Callable, Callee, World};
use prost_reflect::{DynamicMessage, MessageDescriptor, MethodDescriptor, ServiceDescriptor};
use std::collections::HashMap;
use tonic::Status;

/// A world's functions as methods of services.
#[derive(Debug)]
pub(crate) struct Mapping {
    records: Records,
    /// By the number of the function; nothing for what is missing, and may be.
    methods: Vec<Option<Method>>,
}

/// A function as a method.
#[derive(Debug)]
pub(crate) struct Method {
    /// The path of its requests, such as `/grpc.health.v1.Health/Check`.
    pub(crate) path: String,
    output: MessageDescriptor,
    request: Record,
    /// Whether the request is a record that is the function's only parameter.
    is_whole: bool,
    reply: Form,
    /// How a status is its error; nothing if it has none.
    error: Option<ErrorForm>,
    /// Whether there are several replies, which are a list.
    pub(crate) is_stream: bool,
}

/// What of a reply the function's result is.
#[derive(Debug)]
enum Form {
    Nothing,
    Message(Element),
    Only(Field),
}

/// The replies of a call, as they come.
pub(crate) struct Reply<'a> {
    method: &'a Method,
    receiver: Receiver<'a>,
    values: Vec<Value>,
}

impl Mapping {
    /// Finds a method for each function of a world, among services. If the embedder has named
    /// services, only these count.
    ///
    /// # Errors
    /// Everything that stands in the way.
    pub(crate) fn new(
        world: &World,
        services: &[ServiceDescriptor],
        named: &[String],
    ) -> Result<Self, Vec<Misfit>> {
        let mut misfits = beyond_values(world);
        if !misfits.is_empty() {
            return Err(misfits);
        }
        let mut fitter = Fitter::new(Types::of(world));
        let mut found: HashMap<&str, Option<&ServiceDescriptor>> = HashMap::new();
        let mut methods = Vec::with_capacity(world.callables().len());
        let full_name = world.full_name();
        for callable in world.callables() {
            let interface = match callable.interface.as_str() {
                "" => &full_name,
                interface => interface,
            };
            let is_optional = world.is_optional(&callable.interface, &callable.name);
            let service = *found.entry(interface).or_insert_with(|| {
                let service = find(services, named, interface);
                let misfit = |reason: &String| Misfit {
                    subject: interface.to_owned(),
                    reason: reason.clone(),
                };
                if !is_optional {
                    misfits.extend(service.as_ref().err().map(misfit));
                }
                service.ok()
            });
            let method = service.map(|service| fitter.method(service, callable, is_optional));
            let reasons = fitter.reasons();
            misfits.extend(reasons.into_iter().map(|reason| Misfit {
                subject: callable.display_name(),
                reason,
            }));
            methods.push(method.flatten());
        }
        match misfits.is_empty() {
            true => Ok(Mapping {
                records: fitter.records,
                methods,
            }),
            false => Err(misfits),
        }
    }

    /// The numbers of the functions that there are no methods for.
    pub(crate) fn missing(&self) -> Vec<u32> {
        let missing = (0..).zip(&self.methods);
        let missing = missing.filter(|(_, method)| method.is_none());
        missing.map(|(number, _)| number).collect()
    }

    /// The method of a function.
    pub(crate) fn method(&self, function: u32) -> Option<&Method> {
        self.methods.get(function as usize)?.as_ref()
    }

    /// The request of a call with these arguments.
    pub(crate) fn request(
        &self,
        method: &Method,
        arguments: &[Value],
    ) -> Result<DynamicMessage, SendError> {
        let arguments = match arguments {
            [Value::Record(fields)] if method.is_whole => fields,
            arguments => arguments,
        };
        Sender(&self.records).message(&method.request, arguments)
    }

    /// What takes the replies of a call, whose result may take so many bytes.
    pub(crate) fn reply<'a>(&'a self, method: &'a Method, most: u64) -> Reply<'a> {
        Reply {
            method,
            receiver: Receiver::new(&self.records, most),
            values: Vec::new(),
        }
    }
}

impl Method {
    /// What its replies are.
    pub(crate) fn output(&self) -> &MessageDescriptor {
        &self.output
    }

    /// The result of a call that ended with a status other than success, if it is one of the
    /// function's.
    pub(crate) fn failure(&self, status: &Status) -> Option<Value> {
        let error = self.error.as_ref()?.error(status)?;
        Some(Value::Result(Err(error.map(Box::new))))
    }
}

impl Reply<'_> {
    /// How many replies there are.
    pub(crate) fn count(&self) -> usize {
        self.values.len()
    }

    /// Takes a reply.
    pub(crate) fn take(&mut self, mut message: DynamicMessage) -> Result<(), ReceiveError> {
        let value = match &self.method.reply {
            // It counts nevertheless.
            Form::Nothing => Value::Bool(true),
            Form::Message(element) => self.receiver.message(element, message)?,
            Form::Only(field) => self.receiver.field(field, &mut message)?,
        };
        self.values.push(value);
        Ok(())
    }

    /// The result of the function, when all replies are there.
    pub(crate) fn result(mut self) -> Option<Value> {
        let value = match (&self.method.reply, self.method.is_stream) {
            (Form::Nothing, _) => None,
            (_, true) => Some(Value::List(self.values)),
            (_, false) => self.values.pop(),
        };
        match self.method.error {
            Some(_) => Some(Value::Result(Ok(value.map(Box::new)))),
            None => value,
        }
    }
}

impl Fitter<'_> {
    fn method(
        &mut self,
        service: &ServiceDescriptor,
        callable: &Callable,
        is_optional: bool,
    ) -> Option<Method> {
        let Callee::Function(function) = &callable.callee else {
            return None;
        };
        let name = normal(item(&callable.name));
        let all: Vec<MethodDescriptor> = service.methods().collect();
        let mut found = all.iter().filter(|method| normal(method.name()) == name);
        let of = service.full_name();
        match (found.next(), found.next()) {
            (Some(method), None) => self.function(function, method),
            (Some(_), Some(_)) => self.refuse(format!("`{of}` has several methods of that name")),
            (None, _) if is_optional => None,
            (None, _) => {
                let names: Vec<_> = all.iter().filter_map(|it| kebab(it.name())).collect();
                let similar = similar(&callable.name, names.iter().map(String::as_str));
                let hint = similar.map(|name| format!("; did you mean `{name}`?"));
                let hint = hint.unwrap_or_default();
                self.refuse(format!("`{of}` has no method of that name{hint}"))
            }
        }
    }

    fn function(&mut self, function: &Function, method: &MethodDescriptor) -> Option<Method> {
        if method.is_client_streaming() {
            let name = method.full_name();
            return self.refuse(format!("`{name}` takes a stream of requests, not one"));
        }
        let request = self.request(function, &method.input());
        let (payload, error) = match function.result.map(|ty| self.types.shape(ty)) {
            Some(Shape::Result(ok, err)) => {
                let form = ErrorForm::of(&self.types, err);
                let form = form.map_or_else(|reason| self.refuse(reason), Some);
                (ok, form.map(Some))
            }
            _ => (function.result, Some(None)),
        };
        let reply = self.reply(payload, method);
        let (request, is_whole) = request?;
        let service = method.parent_service().full_name();
        Some(Method {
            path: format!("/{service}/{}", method.name()),
            output: method.output(),
            request,
            is_whole,
            reply: reply?,
            error: error?,
            is_stream: method.is_server_streaming(),
        })
    }

    /// What is sent, and whether it is one record.
    fn request(
        &mut self,
        function: &Function,
        input: &MessageDescriptor,
    ) -> Option<(Record, bool)> {
        if let [parameter] = function.params.as_slice() {
            let name = normal(&parameter.name);
            let is_field = input.fields().any(|field| normal(field.name()) == name);
            if let (Shape::Record(_, record), false) = (self.types.shape(parameter.ty), is_field) {
                let named = record.fields.iter();
                let named = named.map(|field| (field.name.as_str(), field.ty));
                return Some((self.fields(input, named, Way::Out)?, true));
            }
        }
        let named = function.params.iter();
        let named = named.map(|parameter| (parameter.name.as_str(), parameter.ty));
        Some((self.fields(input, named, Way::Out)?, false))
    }

    /// What comes.
    fn reply(&mut self, payload: Option<Type>, method: &MethodDescriptor) -> Option<Form> {
        let output = method.output();
        let name = output.full_name();
        let ty = match (payload, method.is_server_streaming()) {
            (None, _) => return Some(Form::Nothing),
            (Some(ty), false) => ty,
            (Some(ty), true) => match self.types.shape(ty) {
                Shape::List(element) => element,
                _ => {
                    let found = self.types.spelled(ty);
                    let reason =
                        format!("a stream of `{name}` comes, which is a list and not `{found}`");
                    return self.refuse(reason);
                }
            },
        };
        if let Some(whole) = self.whole(&output, ty, Way::Back) {
            return whole.map(Form::Message);
        }
        let fields: Vec<_> = output.fields().collect();
        match fields.as_slice() {
            [only] => self.field(only, ty, Way::Back).map(Form::Only),
            _ => {
                let found = self.types.spelled(ty);
                let count = fields.len();
                self.refuse(format!(
                    "`{name}` comes, which has {count} fields: it is a record and not `{found}`"
                ))
            }
        }
    }
}
