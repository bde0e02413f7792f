//! What is wrong with a buffer or a value, and where.

use std::fmt;

/// Where in the arguments or in a result something is, such as `items[3].name`; empty for a
/// buffer as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    /// From the inside out, since an error learns where it is on its way up.
    steps: Vec<Step>,
}

/// One step from a value to a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Name(String),
    Index(usize),
}

/// An error together with the place of what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At<E> {
    /// Where it is.
    pub path: Path,
    /// What is wrong there.
    pub error: E,
}

/// Bytes that are no values of the function's types, or values that are too much.
pub type DecodeValueError = At<Malformed>;

/// Values that are not of the function's types.
pub type EncodeValueError = At<Unfit>;

/// What is wrong with the bytes of a buffer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// The world has no function of this number.
    #[error("the world has no function number {0}")]
    NoFunction(u32),
    /// The buffer ends before its slots or its record do.
    #[error("the buffer has {found} bytes, and the values alone take {needed}")]
    TooShort {
        /// The size of the slots or the record in bytes.
        needed: usize,
        /// The size of the buffer in bytes.
        found: usize,
    },
    /// An address and a length name bytes that are not in the buffer.
    #[error("{bytes} bytes at address {address} do not lie in the buffer")]
    OutOfBounds {
        /// The address, in the memory in which the buffer lands.
        address: u32,
        /// How many bytes should lie there.
        bytes: u64,
    },
    /// A list begins at an address at which its elements cannot lie.
    #[error("address {address} is not aligned to {align} bytes")]
    Misaligned {
        /// The address.
        address: u32,
        /// The alignment in bytes.
        align: u32,
    },
    /// A string is not UTF-8.
    #[error("the string is not UTF-8")]
    Utf8,
    /// A number is not a Unicode scalar value.
    #[error("{0:#x} is not a character")]
    Char(u32),
    /// A discriminant names no case.
    #[error("there is no case number {found}, only {cases}")]
    Discriminant {
        /// The discriminant.
        found: u32,
        /// How many cases there are.
        cases: usize,
    },
    /// Lists and strings share bytes to the point that the values are far larger than the buffer.
    #[error("strings and lists overlap so much that they are many times as large as the buffer")]
    Overlapping,
    /// Packed bytes end before the values do.
    #[error("{missing} bytes are missing at least")]
    Truncated {
        /// How many bytes are missing at least.
        missing: usize,
    },
    /// There are packed bytes behind the values.
    #[error("{0} bytes are left over")]
    LeftOver(usize),
    /// A packed number is larger than its type allows.
    #[error("the number does not fit into {bits} bits")]
    Number {
        /// How many bits numbers of the type have.
        bits: u32,
    },
    /// A flag is set that the type does not have.
    #[error("flags {found:#b} are more than the {count} of the type")]
    Flags {
        /// The flags that are set.
        found: u32,
        /// How many the type has.
        count: usize,
    },
    /// The packed values are larger than they may be.
    #[error("the values take more than {most} bytes")]
    TooLarge {
        /// How many bytes they may take in the form of the canonical ABI.
        most: u64,
    },
    /// Values of this type are not data.
    #[error("a value of type `{0}` cannot be read from a buffer")]
    Unsupported(&'static str),
}

/// How a value does not fit its type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// The world has no function of this number.
    #[error("the world has no function number {0}")]
    NoFunction(u32),
    /// It is of another kind.
    #[error("expected {expected}, found {found}")]
    Kind {
        /// The kind of the type.
        expected: &'static str,
        /// The kind of the value.
        found: &'static str,
    },
    /// It has too many or too few parts: arguments, fields or elements.
    #[error("expected {expected} values, found {found}")]
    Count {
        /// How many the type has.
        expected: usize,
        /// How many the value has.
        found: usize,
    },
    /// The type has fewer cases.
    #[error("there is no case number {found}, only {cases}")]
    Case {
        /// The number of the case.
        found: u32,
        /// How many cases there are.
        cases: usize,
    },
    /// The case carries a value, and there is none.
    #[error("a value is missing")]
    Missing,
    /// The case carries no value, and there is one.
    #[error("there is a value where none belongs")]
    Surplus,
    /// A flag is set that the type does not have.
    #[error("flags {found:#b} are more than the {count} of the type")]
    Flags {
        /// The flags that are set.
        found: u32,
        /// How many the type has.
        count: usize,
    },
    /// A buffer of that size has no address in a 32-bit memory.
    #[error("the values take more than the memory of a component")]
    TooLarge,
    /// Values of this type are not data.
    #[error("a value of type `{0}` cannot be written to a buffer")]
    Unsupported(&'static str),
}

impl<E> At<E> {
    /// The error, one step further out.
    pub(super) fn under(mut self, step: impl FnOnce() -> Step) -> Self {
        self.path.steps.push(step());
        self
    }
}

impl<E> From<E> for At<E> {
    fn from(error: E) -> Self {
        At {
            path: Path::default(),
            error,
        }
    }
}

impl Step {
    pub(super) fn name(name: &str) -> impl FnOnce() -> Step {
        move || Step::Name(name.to_owned())
    }

    pub(super) fn index(index: usize) -> impl FnOnce() -> Step {
        move || Step::Index(index)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.steps.iter().rev().enumerate() {
            match step {
                Step::Name(name) if position == 0 => f.write_str(name)?,
                Step::Name(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

impl<E: fmt::Display> fmt::Display for At<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.steps.is_empty() {
            write!(f, "at `{}`: ", self.path)?;
        }
        self.error.fmt(f)
    }
}

impl<E: std::error::Error> std::error::Error for At<E> {}
