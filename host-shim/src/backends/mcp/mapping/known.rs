//! What a schema says of names, looked up once for all values that are written for it.

use super::schema::{Alternatives, Schema};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// What values may be, for each schema that was met.
#[derive(Default)]
pub(super) struct Schemas<'a>(HashMap<*const serde_json::Value, Rc<Known<'a>>>);

/// What a value may be, and what was looked up of that.
#[derive(Default)]
pub(super) struct Known<'a> {
    pub(super) alternatives: Alternatives<'a>,
    properties: RefCell<HashMap<String, Option<Property<'a>>>>,
    constants: RefCell<HashMap<String, Option<&'a str>>>,
}

/// What a property is called, and may be.
type Property<'a> = (&'a str, Schema<'a>);

impl<'a> Schemas<'a> {
    /// What a value may be; nothing is known of one without a schema.
    pub(super) fn of(&mut self, schema: Option<Schema<'a>>) -> Rc<Known<'a>> {
        let Some(schema) = schema else {
            return Rc::default();
        };
        let known = self.0.entry(schema.place());
        let new = || Rc::new(Known::new(schema.alternatives()));
        known.or_insert_with(new).clone()
    }
}

impl<'a> Known<'a> {
    pub(super) fn new(alternatives: Alternatives<'a>) -> Self {
        Known {
            alternatives,
            ..Known::default()
        }
    }

    /// As for [`Alternatives::property`].
    pub(super) fn property(&self, name: &str) -> Option<Property<'a>> {
        found(&self.properties, name, |name| {
            self.alternatives.property(name)
        })
    }

    /// As for [`Alternatives::constant`].
    pub(super) fn constant(&self, name: &str) -> Option<&'a str> {
        found(&self.constants, name, |name| {
            self.alternatives.constant(name)
        })
    }
}

fn found<T: Copy>(known: &RefCell<HashMap<String, T>>, name: &str, find: impl Fn(&str) -> T) -> T {
    if let Some(found) = known.borrow().get(name) {
        return *found;
    }
    let found = find(name);
    known.borrow_mut().insert(name.to_owned(), found);
    found
}
