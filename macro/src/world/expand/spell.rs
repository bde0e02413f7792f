//! How WIT types are spelt in Rust.

use super::prelude;
use crate::world::model::Model;
use crate::world::names::Scope;
use crate::world::types::{Side, definition_of, handle_of, is_defined_for_imports};
use first_class_abi::wit_parser::{
    Handle, InterfaceId, Tuple, Type, TypeDefKind, TypeId, TypeOwner,
};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The longest tuple that can cross.
pub(super) const LONGEST_TUPLE: usize = 32;

/// The module in which something is written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Home {
    World,
    Interface(InterfaceId),
}

/// Spells types for one module.
#[derive(Clone, Copy)]
pub(super) struct Speller<'m> {
    pub(super) model: &'m Model,
    pub(super) home: Home,
    /// The side of the plugin that the types are of.
    pub(super) side: Side,
    /// Whether it spells the inside of a definition.
    pub(super) in_definition: bool,
    /// Whether a borrow has a named lifetime, `'a`: in a definition, and where it is kept.
    names_lifetime: bool,
}

impl<'m> Speller<'m> {
    pub(super) fn new(model: &'m Model, home: Home) -> Self {
        Speller {
            model,
            home,
            side: Side::Export,
            in_definition: false,
            names_lifetime: false,
        }
    }

    /// Spells types of what the plugin imports, in a trait that this guest implements.
    pub(super) fn of_imports(model: &'m Model) -> Self {
        Speller {
            side: Side::Import,
            ..Speller::new(model, Home::World)
        }
    }

    /// Spells the inside of a definition for a side.
    pub(super) fn in_definition(self, side: Side) -> Self {
        Speller {
            side,
            in_definition: true,
            names_lifetime: true,
            ..self
        }
    }

    /// Spells parameters that are kept, so that what they borrow has to live for `'a`.
    pub(super) fn keeping(self) -> Self {
        Speller {
            names_lifetime: true,
            ..self
        }
    }

    /// The names of the module.
    fn scope(&self) -> &'m Scope {
        let module = match self.home {
            Home::Interface(interface) => self.model.module_of(interface),
            Home::World => None,
        };
        module.map_or(&self.model.scope, |module| &module.scope)
    }

    /// A name of Rust's prelude, or in full where the WIT has such a name.
    fn short(&self, name: &str, full: TokenStream) -> TokenStream {
        prelude::short(name, self.scope(), full)
    }

    /// A name of `first_class`.
    pub(super) fn runtime(&self, name: &str) -> TokenStream {
        prelude::runtime(name, self.scope())
    }

    pub(super) fn result(&self, ok: &TokenStream, err: &TokenStream) -> TokenStream {
        let result = self.short("Result", quote!(::core::result::Result));
        quote!(#result<#ok, #err>)
    }

    fn kind(&self, id: TypeId) -> &'m TypeDefKind {
        &self.model.resolve().types[id].kind
    }

    /// A type as results have it, and everything inside of lists and records.
    pub(super) fn owned(&self, ty: &Type) -> TokenStream {
        let id = match ty {
            Type::Id(id) => *id,
            Type::String => return self.short("String", quote!(::std::string::String)),
            ty => return primitive(ty),
        };
        if self.is_refused(id) {
            return quote!(());
        }
        match self.path(id).filter(|_| !self.is_seen_through(id)) {
            Some(path) => {
                let lifetime = self.lifetime(id);
                quote!(#path #lifetime)
            }
            None => self.unnamed(id, &|ty| self.owned(ty)),
        }
    }

    /// Whether the check has refused the type here: a resource that neither side implements has no
    /// type that a function of the plugin could take.
    fn is_refused(&self, id: TypeId) -> bool {
        self.side == Side::Export && !self.in_definition && self.model.analysis.has_strange(id)
    }

    /// Whether the type is spelt by its parts: an alias that holds resources cannot name the type
    /// that implements them.
    fn is_seen_through(&self, id: TypeId) -> bool {
        self.side == Side::Import && !is_defined_for_imports(self.model.resolve(), id)
    }

    /// The type of a parameter. A resource of this guest's may be of any type there; inside of other
    /// types it is erased, since nothing would say of which type an empty list or a `None` is.
    pub(super) fn parameter(&self, ty: &Type) -> TokenStream {
        let ours = handle_of(self.model.resolve(), ty);
        let Some(handle) = ours.filter(|_| self.model.analysis.has_ours(ty)) else {
            return self.borrowed(ty);
        };
        let [own, implementer] = ["Own", "Implementer"].map(|name| self.runtime(name));
        let reference = matches!(handle, Handle::Borrow(_)).then(|| quote!(&));
        quote!(#reference #own<impl #implementer + ?Sized>)
    }

    /// A type as parameters have it: by reference where Rust would take it so.
    pub(super) fn borrowed(&self, ty: &Type) -> TokenStream {
        let id = match ty {
            Type::Id(id) => *id,
            Type::String => return quote!(&str),
            ty => return primitive(ty),
        };
        match self.kind(id) {
            _ if self.is_refused(id) => quote!(()),
            TypeDefKind::Type(ty) => self.borrowed(ty),
            TypeDefKind::Handle(handle) => self.handle(handle),
            _ if self.model.analysis.gives_away(ty) => self.owned(ty),
            TypeDefKind::List(element) => {
                let element = self.owned(element);
                quote!(&[#element])
            }
            TypeDefKind::Option(_) | TypeDefKind::Result(_) | TypeDefKind::Tuple(_) => {
                self.unnamed(id, &|ty| self.borrowed(ty))
            }
            _ => {
                let by_value = self.model.analysis.is_copy(ty);
                let ty = self.owned(ty);
                if by_value { ty } else { quote!(&#ty) }
            }
        }
    }

    fn handle(&self, handle: &Handle) -> TokenStream {
        let (Handle::Own(id) | Handle::Borrow(id)) = handle;
        let is_theirs = self.side == Side::Export
            && self
                .model
                .resources
                .contains_key(&definition_of(self.model.resolve(), *id));
        match (handle, self.path(*id).filter(|_| is_theirs)) {
            (Handle::Own(_), Some(path)) => path,
            (Handle::Borrow(_), Some(path)) => {
                let lifetime = self.names_lifetime.then(|| quote!('a));
                quote!(&#lifetime #path)
            }
            (Handle::Own(_), None) => self.ours("Own", *id),
            (Handle::Borrow(_), None) => self.ours("Lent", *id),
        }
    }

    /// A handle to a resource of this guest's. Only the traits of the imports know the type that
    /// implements it. What the check refused is a unit.
    fn ours(&self, handle: &str, id: TypeId) -> TokenStream {
        let handle = self.runtime(handle);
        if self.in_definition || self.side == Side::Export {
            return handle;
        }
        match self.implementer(id) {
            Some(implementer) => quote!(#handle<#implementer>),
            None => quote!(()),
        }
    }

    /// The type that implements a resource, as a trait of the imports names it.
    pub(super) fn implementer(&self, id: TypeId) -> Option<TokenStream> {
        let imports = self.model.imports.as_ref()?;
        let associated = imports
            .resources
            .get(&definition_of(self.model.resolve(), id))?;
        let (name, of_trait) = (&associated.name, &associated.of_trait);
        Some(match associated.is_ambiguous {
            true => quote!(<Self as #of_trait>::#name),
            false => quote!(Self::#name),
        })
    }

    /// The lifetime of a named type that has borrows in it.
    pub(super) fn lifetime(&self, id: TypeId) -> Option<TokenStream> {
        let borrows = self.model.analysis.borrows(id, self.side);
        borrows.then(|| match self.names_lifetime {
            true => quote!(<'a>),
            false => quote!(<'_>),
        })
    }

    /// The path to a definition, if there is one.
    pub(super) fn path(&self, id: TypeId) -> Option<TokenStream> {
        let name = self.model.type_name(id, self.side)?;
        let there = match self.model.resolve().types[id].owner {
            TypeOwner::Interface(interface) => Home::Interface(interface),
            _ => Home::World,
        };
        if there == self.home {
            return Some(quote!(#name));
        }
        let up = (self.home != Home::World).then(|| quote!(super::));
        let module = match there {
            Home::Interface(interface) => self.model.module_of(interface),
            Home::World => None,
        };
        Some(match module {
            Some(module) => {
                let module = &module.name;
                quote!(#up #module::#name)
            }
            None => quote!(#up #name),
        })
    }

    /// A reader. A caller passes and gets no others, and imports have none.
    fn reader(&self, name: &str, id: TypeId, element: Option<&Type>) -> TokenStream {
        /// The number of what no function mentions: there are no values of it.
        const NONE: u32 = u32::MAX;
        if self.side == Side::Import {
            return quote!(());
        }
        let reader = self.runtime(name);
        let element = element.map_or_else(|| quote!(()), |ty| self.owned(ty));
        let number = self.model.transmits.number(id).unwrap_or(NONE);
        let number = Literal::u32_unsuffixed(number);
        quote!(#reader<#element, #number>)
    }

    /// A type by what it is, and not by its name. `inner` spells its parts.
    pub(super) fn unnamed(&self, id: TypeId, inner: &dyn Fn(&Type) -> TokenStream) -> TokenStream {
        match self.kind(id) {
            TypeDefKind::Stream(element) => self.reader("StreamReader", id, element.as_ref()),
            TypeDefKind::Future(element) => self.reader("FutureReader", id, element.as_ref()),
            kind => self.anonymous(kind, inner),
        }
    }

    fn anonymous(&self, kind: &TypeDefKind, inner: &dyn Fn(&Type) -> TokenStream) -> TokenStream {
        let or_unit = |ty: &Option<Type>| ty.as_ref().map_or_else(|| quote!(()), inner);
        match kind {
            TypeDefKind::Type(ty) => inner(ty),
            TypeDefKind::Handle(handle) => self.handle(handle),
            TypeDefKind::List(ty) => {
                let (vec, ty) = (self.short("Vec", quote!(::std::vec::Vec)), inner(ty));
                quote!(#vec<#ty>)
            }
            TypeDefKind::FixedLengthList(ty, length) => {
                let (ty, length) = (inner(ty), Literal::u32_unsuffixed(*length));
                quote!([#ty; #length])
            }
            TypeDefKind::Map(key, value) => {
                let map = self.short("BTreeMap", quote!(::std::collections::BTreeMap));
                let (key, value) = (inner(key), inner(value));
                quote!(#map<#key, #value>)
            }
            TypeDefKind::Option(ty) => {
                let option = self.short("Option", quote!(::core::option::Option));
                let ty = inner(ty);
                quote!(#option<#ty>)
            }
            TypeDefKind::Result(result) => self.result(&or_unit(&result.ok), &or_unit(&result.err)),
            TypeDefKind::Tuple(Tuple { types }) if types.len() <= LONGEST_TUPLE => {
                let types = types.iter().map(inner);
                quote!((#(#types,)*))
            }
            // What the check refused is a unit in what is written beside the mistake. All else has
            // a name, and a definition.
            TypeDefKind::Tuple(_)
            | TypeDefKind::Future(_)
            | TypeDefKind::Stream(_)
            | TypeDefKind::Record(_)
            | TypeDefKind::Variant(_)
            | TypeDefKind::Enum(_)
            | TypeDefKind::Flags(_)
            | TypeDefKind::Resource
            | TypeDefKind::Unknown => quote!(()),
        }
    }
}

/// A type of Rust itself; a unit for what the check refused.
fn primitive(ty: &Type) -> TokenStream {
    match ty {
        Type::Bool => quote!(bool),
        Type::U8 => quote!(u8),
        Type::U16 => quote!(u16),
        Type::U32 => quote!(u32),
        Type::U64 => quote!(u64),
        Type::S8 => quote!(i8),
        Type::S16 => quote!(i16),
        Type::S32 => quote!(i32),
        Type::S64 => quote!(i64),
        Type::F32 => quote!(f32),
        Type::F64 => quote!(f64),
        Type::Char => quote!(char),
        Type::String => quote!(::std::string::String),
        Type::ErrorContext | Type::Id(_) => quote!(()),
    }
}
