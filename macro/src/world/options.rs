//! What a user writes between the parentheses.

use super::suggest::{missing, nearest};
use super::values::{Entry, Value, entries};
use crate::errors::Errors;
use proc_macro2::{Span, TokenStream};
use syn::{Ident, LitStr, Path};

/// The options of `first_class_world!`.
pub(crate) struct Options {
    /// The name of the world, short or in full.
    pub(crate) world: LitStr,
    /// Where its WIT is, unless that was a mistake.
    pub(crate) wit: Option<Wit>,
    /// What of the `@unstable` parts of the WIT there is.
    pub(crate) features: Vec<LitStr>,
    /// The user's own types in place of those that would be written, by their names in WIT.
    pub(crate) with: Vec<(LitStr, Path)>,
    /// What records, variants, enums and flags derive besides.
    pub(crate) additional_derives: Vec<Path>,
    /// The exports that a plugin may lack.
    pub(crate) optional: Vec<LitStr>,
}

/// Where WIT is.
pub(crate) enum Wit {
    /// In the folder `wit` beside the crate's `Cargo.toml`.
    Default,
    /// In another folder or file.
    Path(LitStr),
    /// In the macro's own input.
    Inline(LitStr),
}

const KEYS: [&str; 7] = [
    "world",
    "path",
    "inline",
    "features",
    "with",
    "additional_derives",
    "optional",
];

const USAGE: &str = "`first_class_world!` takes the name of a world, \
    such as `first_class_world!(\"rule\")`, or options in braces, \
    such as `first_class_world!({ world: \"rule\", path: \"../wit\" })`";

/// The options as far as they are given and right.
#[derive(Default)]
struct Given {
    world: Option<LitStr>,
    path: Option<LitStr>,
    inline: Option<LitStr>,
    /// Whether there is a `path` or an `inline`, right or wrong.
    has_wit: bool,
    features: Option<Vec<LitStr>>,
    with: Option<Vec<(LitStr, Path)>>,
    additional_derives: Option<Vec<Path>>,
    optional: Option<Vec<LitStr>>,
}

impl Options {
    /// Reads the options; without a world there are none.
    pub(crate) fn read(input: TokenStream, errors: &mut Errors) -> Option<Self> {
        if let Ok(world) = syn::parse2::<LitStr>(input.clone()) {
            return Some(Options::of_world(world));
        }
        let value = Value::new(input, Span::call_site());
        let span = value.span();
        let Some(entries) = entries(value, errors) else {
            errors.at(span, USAGE);
            return None;
        };
        let mut given = Given::default();
        let mut seen = Vec::new();
        let mut world_is_missing = true;
        for Entry { key, value } in entries {
            let keys = KEYS.map(String::from);
            let meant = nearest(&key.to_string(), &keys).is_some_and(|key| key == "world");
            world_is_missing &= !meant;
            if seen.contains(&key) {
                errors.at(key.span(), format!("the option `{key}` is given twice"));
            } else {
                given.take(&key, value, errors);
                seen.push(key);
            }
        }
        if world_is_missing {
            errors.at(
                span,
                "the option `world` is missing: the name of the world, such as `world: \"rule\"`",
            );
        }
        given.finish(errors)
    }

    fn of_world(world: LitStr) -> Self {
        Options {
            world,
            wit: Some(Wit::Default),
            features: Vec::new(),
            with: Vec::new(),
            additional_derives: Vec::new(),
            optional: Vec::new(),
        }
    }
}

impl Given {
    fn take(&mut self, key: &Ident, value: Value, errors: &mut Errors) {
        let name = key.to_string();
        self.has_wit |= ["path", "inline"].contains(&name.as_str());
        match name.as_str() {
            "world" => self.world = value.text("world: \"rule\"", errors),
            "path" => self.path = value.text("path: \"../wit\"", errors),
            "inline" => self.inline = value.text("inline: \"package …; world …\"", errors),
            "features" => self.features = value.texts("features: [\"beta\"]", errors),
            "optional" => self.optional = value.texts("optional: [\"describe\"]", errors),
            "additional_derives" => {
                let example = "additional_derives: [serde::Serialize]";
                self.additional_derives = value.paths(example, errors);
            }
            "with" => {
                let example = "with: { \"acme:lint/types/document\": crate::Document }";
                self.with = value.map(example, errors);
            }
            _ => errors.at(
                key.span(),
                missing("option", &name, &KEYS.map(String::from)),
            ),
        }
    }

    fn finish(self, errors: &mut Errors) -> Option<Options> {
        if let (Some(_), Some(inline)) = (&self.path, &self.inline) {
            errors.at(
                inline.span(),
                "`inline` is in place of `path`; give one of them",
            );
        }
        let wit = match (self.path, self.inline) {
            (None, Some(inline)) => Some(Wit::Inline(inline)),
            (Some(path), None) => Some(Wit::Path(path)),
            (None, None) if !self.has_wit => Some(Wit::Default),
            _ => None,
        };
        Some(Options {
            world: self.world?,
            wit,
            features: self.features.unwrap_or_default(),
            with: self.with.unwrap_or_default(),
            additional_derives: self.additional_derives.unwrap_or_default(),
            optional: self.optional.unwrap_or_default(),
        })
    }
}
