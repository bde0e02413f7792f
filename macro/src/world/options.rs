//! What a user writes between the parentheses.

use crate::errors::Errors;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Token, braced};

/// The options of `first_class_world!`.
pub(crate) struct Options {
    /// The name of the world, short or in full.
    pub(crate) world: LitStr,
    /// Where its WIT is.
    pub(crate) wit: Wit,
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

struct Entry {
    key: Ident,
    value: LitStr,
}

const KEYS: &str = "`world`, `path` and `inline`";

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(syn::token::Brace) {
            let world = input.parse()?;
            let wit = Wit::Default;
            return Ok(Options { world, wit });
        }
        let body;
        let brace = braced!(body in input);
        let entries = Punctuated::<Entry, Token![,]>::parse_terminated(&body)?;
        Options::from_entries(entries, brace.span.join())
    }
}

impl Options {
    fn from_entries(
        entries: impl IntoIterator<Item = Entry>,
        whole: proc_macro2::Span,
    ) -> syn::Result<Self> {
        let mut errors = Errors::new();
        let (mut world, mut path, mut inline) = (None, None, None);
        for Entry { key, value } in entries {
            let option = match key.to_string().as_str() {
                "world" => &mut world,
                "path" => &mut path,
                "inline" => &mut inline,
                other => {
                    errors.at(
                        key.span(),
                        format!("there is no option `{other}`; there are {KEYS}"),
                    );
                    continue;
                }
            };
            if option.replace(value).is_some() {
                errors.at(key.span(), format!("the option `{key}` is given twice"));
            }
        }
        if let (Some(_), Some(inline)) = (&path, &inline) {
            errors.at(
                inline.span(),
                "`inline` is in place of `path`; give one of them",
            );
        }
        let Some(world) = world else {
            errors.at(
                whole,
                "the option `world` is missing: the name of the world",
            );
            return Err(errors.finish().expect_err("a mistake was just added"));
        };
        errors.finish()?;
        let wit = match (path, inline) {
            (_, Some(inline)) => Wit::Inline(inline),
            (Some(path), None) => Wit::Path(path),
            (None, None) => Wit::Default,
        };
        Ok(Options { world, wit })
    }
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.parse()?;
        input.parse::<Token![:]>()?;
        let value = input.parse()?;
        Ok(Entry { key, value })
    }
}
