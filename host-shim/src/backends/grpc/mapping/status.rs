//! The status of a call as the error of a function.

use super::names::normal;
use super::types::{Shape, Types};
use first_class_abi::value::Value;
use first_class_abi::wit_parser::Type;
use tonic::{Code, Status};

/// All codes but success, with the names that the specification gives them.
pub(crate) const CODES: [(Code, &str); 16] = [
    (Code::Cancelled, "CANCELLED"),
    (Code::Unknown, "UNKNOWN"),
    (Code::InvalidArgument, "INVALID_ARGUMENT"),
    (Code::DeadlineExceeded, "DEADLINE_EXCEEDED"),
    (Code::NotFound, "NOT_FOUND"),
    (Code::AlreadyExists, "ALREADY_EXISTS"),
    (Code::PermissionDenied, "PERMISSION_DENIED"),
    (Code::ResourceExhausted, "RESOURCE_EXHAUSTED"),
    (Code::FailedPrecondition, "FAILED_PRECONDITION"),
    (Code::Aborted, "ABORTED"),
    (Code::OutOfRange, "OUT_OF_RANGE"),
    (Code::Unimplemented, "UNIMPLEMENTED"),
    (Code::Internal, "INTERNAL"),
    (Code::Unavailable, "UNAVAILABLE"),
    (Code::DataLoss, "DATA_LOSS"),
    (Code::Unauthenticated, "UNAUTHENTICATED"),
];

/// How a status is the error of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ErrorForm {
    /// Nothing but that there is one.
    Nothing,
    /// The message.
    Text,
    /// The code.
    Code(CodeForm),
    /// A variant of the codes, with the message or nothing for each.
    Variant(Vec<(Code, bool)>),
    /// A record of the code and the message, or of one of them.
    Record(Vec<Part>),
}

/// A part of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Code(CodeForm),
    Message,
}

/// How a code is a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CodeForm {
    /// The codes that there are, by the names of the cases.
    Enum(Vec<Code>),
    S32,
    U32,
}

/// Whether a code says what became of a call on its way, and not in the function. An error that does
/// not name the code is no place for it.
pub(crate) fn is_of_the_call(code: Code) -> bool {
    matches!(
        code,
        Code::Unavailable | Code::DeadlineExceeded | Code::Unimplemented
    )
}

impl ErrorForm {
    /// How a status is an error of this type; or why not.
    pub(super) fn of(types: &Types<'_>, ty: Option<Type>) -> Result<Self, String> {
        let Some(ty) = ty else {
            return Ok(ErrorForm::Nothing);
        };
        let no_status = || {
            let found = types.spelled(ty);
            format!(
                "the error of a function is a status: a string, a number, an enum or a variant of \
                 names of codes, or a record with `code`, `message` or both, and not `{found}`"
            )
        };
        match types.shape(ty) {
            Shape::Plain(Type::String) => Ok(ErrorForm::Text),
            Shape::Variant(variant) => {
                let cases = variant.cases.iter().map(|case| {
                    let has_message = match case.ty.map(|ty| types.shape(ty)) {
                        None => false,
                        Some(Shape::Plain(Type::String)) => true,
                        Some(_) => return Err(no_status()),
                    };
                    Ok((code(&case.name)?, has_message))
                });
                cases.collect::<Result<_, _>>().map(ErrorForm::Variant)
            }
            Shape::Record(_, record) => {
                let parts = record.fields.iter().map(|field| {
                    let is_text = matches!(types.shape(field.ty), Shape::Plain(Type::String));
                    match field.name.as_str() {
                        "message" if is_text => Ok(Part::Message),
                        "code" => {
                            let form = CodeForm::of(types, field.ty)?;
                            form.map(Part::Code).ok_or_else(no_status)
                        }
                        _ => Err(no_status()),
                    }
                });
                parts.collect::<Result<_, _>>().map(ErrorForm::Record)
            }
            _ => {
                let form = CodeForm::of(types, ty)?;
                form.map(ErrorForm::Code).ok_or_else(no_status)
            }
        }
    }

    /// The error that a status is, if it is one of the function.
    pub(super) fn error(&self, status: &Status) -> Option<Option<Value>> {
        let text = || Value::String(status.message().to_owned());
        match self {
            ErrorForm::Variant(cases) => {
                let mut cases = (0..).zip(cases);
                let (case, (_, has_message)) =
                    cases.find(|(_, (code, _))| *code == status.code())?;
                let payload = has_message.then(|| Box::new(text()));
                return Some(Some(Value::Variant { case, payload }));
            }
            ErrorForm::Code(form) => return form.value(status.code()).map(Some),
            ErrorForm::Record(parts) if parts.iter().any(Part::names_codes) => {}
            _ if is_of_the_call(status.code()) => return None,
            _ => {}
        }
        match self {
            ErrorForm::Record(parts) => {
                let parts = parts.iter().map(|part| match part {
                    Part::Code(form) => form.value(status.code()),
                    Part::Message => Some(text()),
                });
                parts
                    .collect::<Option<_>>()
                    .map(|it| Some(Value::Record(it)))
            }
            ErrorForm::Text => Some(Some(text())),
            _ => Some(None),
        }
    }
}

impl Part {
    fn names_codes(&self) -> bool {
        matches!(self, Part::Code(CodeForm::Enum(_)))
    }
}

impl CodeForm {
    fn of(types: &Types<'_>, ty: Type) -> Result<Option<Self>, String> {
        Ok(match types.shape(ty) {
            Shape::Plain(Type::S32) => Some(CodeForm::S32),
            Shape::Plain(Type::U32) => Some(CodeForm::U32),
            Shape::Enum(cases) => {
                let codes = cases.cases.iter().map(|case| code(&case.name));
                Some(CodeForm::Enum(codes.collect::<Result<_, _>>()?))
            }
            _ => None,
        })
    }

    fn value(&self, code: Code) -> Option<Value> {
        match self {
            CodeForm::Enum(codes) => {
                let mut codes = (0..).zip(codes);
                let (case, _) = codes.find(|(_, it)| **it == code)?;
                Some(Value::Enum(case))
            }
            _ if is_of_the_call(code) => None,
            CodeForm::S32 => Some(Value::S32(code as i32)),
            CodeForm::U32 => Some(Value::U32(code as u32)),
        }
    }
}

/// What a code is called.
pub(crate) fn name(code: Code) -> &'static str {
    let found = CODES.iter().find(|(it, _)| *it == code);
    found.map_or("OK", |(_, name)| name)
}

fn code(name: &str) -> Result<Code, String> {
    let wanted = normal(name);
    let found = CODES.iter().find(|(_, name)| normal(name) == wanted);
    let (code, _) = found.ok_or_else(|| {
        let names: Vec<_> = CODES.iter().map(|(_, name)| *name).collect();
        format!(
            "no status is called `{name}`; there are {}",
            names.join(", ")
        )
    })?;
    Ok(*code)
}
