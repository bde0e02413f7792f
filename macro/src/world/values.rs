//! The values of options. A wrong one is a mistake that says what the option takes, and does not
//! keep the others from being read.

use crate::errors::Errors;
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Ident, LitStr, Path, Token};

/// What stands behind a key.
pub(crate) struct Value {
    tokens: TokenStream,
    /// Where it stands, or where it would.
    place: Span,
}

/// `key: value`.
pub(crate) struct Entry {
    pub(crate) key: Ident,
    pub(crate) value: Value,
}

/// A key with what follows its colon.
struct Pair<K> {
    key: K,
    colon: Token![:],
    value: TokenStream,
}

impl Value {
    pub(crate) fn new(tokens: TokenStream, place: Span) -> Self {
        Value { tokens, place }
    }

    pub(crate) fn span(&self) -> Span {
        match self.tokens.is_empty() {
            true => self.place,
            false => self.tokens.span(),
        }
    }

    /// A string.
    pub(crate) fn text(self, example: &str, errors: &mut Errors) -> Option<LitStr> {
        self.parse("a string", example, errors)
    }

    /// A list of strings, each of them once.
    pub(crate) fn texts(self, example: &str, errors: &mut Errors) -> Option<Vec<LitStr>> {
        let texts: Vec<LitStr> = self.list("a list of strings", example, errors)?;
        let value = |text: &LitStr| text.value();
        refuse_repetitions(&texts, value, errors);
        Some(texts)
    }

    /// A list of paths, each of them once.
    pub(crate) fn paths(self, example: &str, errors: &mut Errors) -> Option<Vec<Path>> {
        let paths: Vec<Path> = self.list("a list of paths", example, errors)?;
        refuse_repetitions(&paths, spelt, errors);
        Some(paths)
    }

    /// Strings, each with a path.
    pub(crate) fn map(self, example: &str, errors: &mut Errors) -> Option<Vec<(LitStr, Path)>> {
        let what = "names in WIT with the paths of Rust types";
        let parts = self.parts(Delimiter::Brace, what, example, errors)?;
        let pairs = parts.into_iter().filter_map(|part| {
            let pair: Pair<LitStr> = part.parse(what, example, errors)?;
            let value = Value::new(pair.value, pair.colon.span);
            let path = value.parse("the path of a Rust type", example, errors)?;
            Some((pair.key, path))
        });
        let pairs: Vec<_> = pairs.collect();
        let keys: Vec<_> = pairs.iter().map(|(key, _)| key.clone()).collect();
        refuse_repetitions(&keys, LitStr::value, errors);
        Some(pairs)
    }

    fn list<T: Parse>(self, what: &str, example: &str, errors: &mut Errors) -> Option<Vec<T>> {
        let parts = self.parts(Delimiter::Bracket, what, example, errors)?;
        let parts = parts
            .into_iter()
            .filter_map(|part| part.parse(what, example, errors));
        Some(parts.collect())
    }

    fn parts(
        self,
        delimiter: Delimiter,
        what: &str,
        example: &str,
        errors: &mut Errors,
    ) -> Option<Vec<Value>> {
        let span = self.span();
        let parts = self.group(delimiter).map(split);
        if parts.is_none() {
            refuse(span, what, example, errors);
        }
        parts
    }

    /// What stands between these delimiters, if that is all.
    fn group(self, delimiter: Delimiter) -> Option<TokenStream> {
        let mut tokens = self.tokens.into_iter();
        match (tokens.next(), tokens.next()) {
            (Some(TokenTree::Group(group)), None) if group.delimiter() == delimiter => {
                Some(group.stream())
            }
            _ => None,
        }
    }

    fn parse<T: Parse>(self, what: &str, example: &str, errors: &mut Errors) -> Option<T> {
        let span = self.span();
        let parsed = syn::parse2(self.tokens).ok();
        if parsed.is_none() {
            refuse(span, what, example, errors);
        }
        parsed
    }
}

/// Entries in braces.
pub(crate) fn entries(value: Value, errors: &mut Errors) -> Option<Vec<Entry>> {
    let parts = split(value.group(Delimiter::Brace)?);
    let entries = parts.into_iter().filter_map(|part| {
        let span = part.span();
        match syn::parse2::<Pair<Ident>>(part.tokens) {
            Ok(Pair { key, colon, value }) => Some(Entry {
                key,
                value: Value::new(value, colon.span),
            }),
            Err(_) => {
                errors.at(span, "an option is a name, a colon and a value");
                None
            }
        }
    });
    Some(entries.collect())
}

/// The parts between commas.
fn split(tokens: TokenStream) -> Vec<Value> {
    let mut parts = vec![Value::new(TokenStream::new(), Span::call_site())];
    for token in tokens {
        match (token, parts.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => {
                parts.push(Value::new(TokenStream::new(), punct.span()));
            }
            (token, Some(part)) => token.to_tokens(&mut part.tokens),
            (_, None) => {}
        }
    }
    // A comma may stand at the end.
    parts.pop_if(|part| part.tokens.is_empty());
    parts
}

fn refuse(span: Span, what: &str, example: &str, errors: &mut Errors) {
    errors.at(span, format!("expected {what}, as in `{example}`"));
}

fn refuse_repetitions<T: Spanned>(items: &[T], name: fn(&T) -> String, errors: &mut Errors) {
    for (index, item) in items.iter().enumerate() {
        if items[..index].iter().any(|other| name(other) == name(item)) {
            errors.at(item.span(), format!("`{}` is given twice", name(item)));
        }
    }
}

/// A path as it was written.
pub(crate) fn spelt(path: &Path) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}

impl<K: ParseKey> Parse for Pair<K> {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Pair {
            key: K::parse_key(input)?,
            colon: input.parse()?,
            value: input.parse()?,
        })
    }
}

/// A key; a keyword is one as well.
trait ParseKey: Sized {
    fn parse_key(input: ParseStream<'_>) -> syn::Result<Self>;
}

impl ParseKey for Ident {
    fn parse_key(input: ParseStream<'_>) -> syn::Result<Self> {
        Ident::parse_any(input)
    }
}

impl ParseKey for LitStr {
    fn parse_key(input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse()
    }
}
