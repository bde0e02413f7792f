//! What a difference says.

use std::fmt;

/// One way in which a plugin does not fit a world.
///
/// It prints as one line, such as
/// ``acme:lint/rule@1.0.0#check: parameter `document`: expected `list<string>`, found `list<u8>` ``.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Difference {
    /// What differs.
    pub subject: Subject,
    /// Where in it.
    pub place: Place,
    /// How.
    pub mismatch: Mismatch,
}

/// Something of a world that can differ. Names are those of the expected world, as the binary
/// format spells them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An interface as a whole.
    Interface(String),
    /// A function.
    Function {
        /// Where it is; `None` for a function of the world itself.
        interface: Option<String>,
        /// Its name, such as `[method]cart.add`.
        name: String,
    },
    /// A named type. It is reported once, not for each function that uses it.
    Type {
        /// Where it is defined; `None` for a type of the world itself.
        interface: Option<String>,
        /// Its name.
        name: String,
    },
}

/// A part of a [`Subject`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// All of it.
    Whole,
    /// All members of one sort.
    Members(Member),
    /// One member, by its expected name; if none is expected, by the name that was found.
    Member(Member, String),
    /// What a function returns.
    Result,
}

/// What functions and types have by name and in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Member {
    /// Of a function.
    Parameter,
    /// Of a record.
    Field,
    /// Of a variant or an enum.
    Case,
    /// Of a `flags` type.
    Flag,
}

/// In what way a plugin differs from what is expected.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Mismatch {
    /// The plugin does not export it.
    NotExported {
        /// What the plugin exports by a name that looks like it.
        similar: Option<String>,
    },
    /// The plugin exports the interface in other versions only.
    IncompatibleVersion {
        /// The names under which it does.
        exported: Vec<String>,
    },
    /// A resource that the world imports, but which the plugin defines itself or does not know.
    NotImported,
    /// The plugin imports it from an interface that the world imports too, but that lacks it.
    NotOffered {
        /// What the world imports by a name that looks like it.
        similar: Option<String>,
    },
    /// The member is not there.
    Missing,
    /// The member should not be there.
    Unexpected,
    /// The plugin has a member of another name in this position.
    Renamed {
        /// The plugin's name for it.
        found: String,
    },
    /// The members are the right ones in another order.
    Reordered {
        /// Their names in the expected order.
        expected: Vec<String>,
        /// Their names in the plugin's order.
        found: Vec<String>,
    },
    /// It is something else: another type, or another sort of thing.
    Differs {
        /// What is expected, in WIT spelling; `None` for nothing at all.
        expected: Option<String>,
        /// What the plugin has, in WIT spelling; `None` for nothing at all.
        found: Option<String>,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.subject)?;
        match &self.place {
            Place::Whole => {}
            Place::Members(member) => write!(f, "{}s: ", member.noun())?,
            Place::Member(member, name) => write!(f, "{} `{name}`: ", member.noun())?,
            Place::Result => f.write_str("result: ")?,
        }
        write!(f, "{}", self.mismatch)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Interface(interface) => f.write_str(interface),
            Subject::Function { interface, name } => match interface {
                Some(interface) => write!(f, "{interface}#{name}"),
                None => f.write_str(name),
            },
            Subject::Type { interface, name } => match interface {
                Some(interface) => write!(f, "type `{name}` of {interface}"),
                None => write!(f, "type `{name}`"),
            },
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mismatch::NotExported { similar: None } => f.write_str("not exported"),
            Mismatch::NotExported {
                similar: Some(similar),
            } => write!(f, "not exported; the plugin has `{similar}`"),
            Mismatch::IncompatibleVersion { exported } => {
                let are = if exported.len() == 1 { "is" } else { "are" };
                let exported = list(exported);
                write!(
                    f,
                    "not exported; the plugin has {exported}, which {are} not compatible"
                )
            }
            Mismatch::NotImported => {
                f.write_str("the world imports this resource, and the plugin does not")
            }
            Mismatch::NotOffered { similar } => {
                f.write_str("the plugin imports it, and the world has no such import")?;
                match similar {
                    Some(similar) => write!(f, "; it has `{similar}`"),
                    None => Ok(()),
                }
            }
            Mismatch::Missing => f.write_str("missing"),
            Mismatch::Unexpected => f.write_str("not expected"),
            Mismatch::Renamed { found } => write!(f, "the plugin calls it `{found}`"),
            Mismatch::Reordered { expected, found } => {
                let (expected, found) = (list(expected), list(found));
                write!(f, "expected in the order {expected}, found {found}")
            }
            Mismatch::Differs { expected, found } => {
                let (expected, found) = (or_nothing(expected), or_nothing(found));
                write!(f, "expected {expected}, found {found}")
            }
        }
    }
}

impl Member {
    fn noun(self) -> &'static str {
        match self {
            Member::Parameter => "parameter",
            Member::Field => "field",
            Member::Case => "case",
            Member::Flag => "flag",
        }
    }
}

fn list(names: &[String]) -> String {
    let names = names.iter().map(|name| format!("`{name}`"));
    names.collect::<Vec<_>>().join(", ")
}

fn or_nothing(spelling: &Option<String>) -> String {
    match spelling {
        Some(spelling) => format!("`{spelling}`"),
        None => "nothing".to_owned(),
    }
}
