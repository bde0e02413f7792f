//! What the caller serves: a trait for each interface, one for the world, and the struct that calls
//! them by number.

use super::function::arguments_definition;
use super::spell::{LONGEST_TUPLE, Speller};
use super::{docs, summarised};
use crate::world::imports::{ImportTrait, Imports};
use crate::world::method::Method;
use crate::world::model::Model;
use crate::world::names::Scope;
use crate::world::types::borrowed_resource;
use first_class_abi::wit_parser::{Type, TypeId};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

/// All that is written for the imports of a world.
pub(super) fn import_definitions(model: &Model, imports: &Imports) -> TokenStream {
    let interfaces = imports.interfaces.iter();
    let interfaces = interfaces.map(|import| trait_of_interface(model, import));
    let world = trait_of_world(model, imports);
    let dispatcher = dispatcher(model, imports);
    quote!(#world #(#interfaces)* #dispatcher)
}

fn trait_of_interface(model: &Model, import: &ImportTrait) -> TokenStream {
    let summary = format!(
        "What a plugin imports of `{}`, served by this guest.",
        import.interface
    );
    let what = format!("the interface `{}`", import.interface);
    trait_definition(model, import, &summary, &what)
}

/// The trait of all imports. If the world has no functions of its own, whatever serves the
/// interfaces has it.
fn trait_of_world(model: &Model, imports: &Imports) -> TokenStream {
    let world = model.world.full_name();
    let name = &imports.world.name;
    let supertraits = &imports.world.supertraits;
    let summary =
        format!("All that a plugin of the world `{world}` imports, served by this guest.");
    if !imports.world.methods.is_empty() {
        let what = format!("the functions that the world `{world}` imports");
        return trait_definition(model, &imports.world, &summary, &what);
    }
    let summary = format!(
        " {summary} What implements the traits of the interfaces implements this one, too."
    );
    let message = format!("`{{Self}}` does not serve all that the world `{world}` imports");
    quote! {
        #[doc = #summary]
        #[diagnostic::on_unimplemented(message = #message)]
        pub trait #name: #(#supertraits)+* {}

        impl<I: #(#supertraits)+*> #name for I {}
    }
}

fn trait_definition(model: &Model, import: &ImportTrait, summary: &str, what: &str) -> TokenStream {
    let (name, supertraits) = (&import.name, &import.supertraits);
    let docs = summarised(summary, &import.docs);
    let supertraits = (!supertraits.is_empty()).then(|| quote!(: #(#supertraits)+*));
    let types = import.resources.iter();
    let types = types.filter_map(|id| associated_type(model, *id));
    let methods = import
        .methods
        .iter()
        .map(|method| declaration(model, method));
    let message = format!("`{{Self}}` does not serve {what}");
    let note = format!("implement `{}::{name}` for it", model.module);
    quote! {
        #docs
        #[diagnostic::on_unimplemented(message = #message, note = #note)]
        pub trait #name #supertraits {
            #(#types)*
            #(#methods)*
        }
    }
}

/// The type that implements a resource.
fn associated_type(model: &Model, id: TypeId) -> Option<TokenStream> {
    let name = &model.imports.as_ref()?.resources.get(&id)?.name;
    let resource = &model.resolve().types[id];
    let wit = resource.name.as_deref().unwrap_or_default();
    let docs = summarised(
        &format!("What implements the resource `{wit}`."),
        &resource.docs,
    );
    Some(quote! {
        #docs
        type #name: ::core::marker::Send + ::core::marker::Sync + 'static;
    })
}

/// A function that the caller writes: it takes values, and what is lent to it by reference.
fn declaration(model: &Model, method: &Method) -> TokenStream {
    let speller = Speller::of_imports(model);
    let docs = docs(&method.function.docs);
    let name = &method.name;
    let params = method.function.params.iter().enumerate();
    let mut scope = Scope::with(&["self", "this"]);
    let params = params.map(|(index, param)| {
        let name = match index == 0 && method.takes_resource() {
            true => format_ident!("this"),
            false => scope.snake(&param.name),
        };
        let ty = parameter(speller, &param.ty);
        quote!(#name: #ty)
    });
    let result = method.function.result.as_ref();
    let result = result.map(|ty| {
        let ty = speller.owned(ty);
        quote!(-> #ty)
    });
    quote!(#docs fn #name(&mut self, #(#params),*) #result;)
}

fn parameter(speller: Speller<'_>, ty: &Type) -> TokenStream {
    let lent = borrowed_resource(speller.model.resolve(), ty);
    match lent.and_then(|resource| speller.implementer(resource)) {
        Some(implementer) => quote!(&#implementer),
        None => speller.owned(ty),
    }
}

/// The struct that calls the traits by the numbers of their functions.
fn dispatcher(model: &Model, imports: &Imports) -> TokenStream {
    let (name, world) = (&imports.dispatcher, &imports.world.name);
    let traits = imports.interfaces.iter().chain([&imports.world]);
    let arms = traits.flat_map(|import| {
        let methods = import.methods.iter();
        methods.map(|method| arm(model, imports, &import.name, method))
    });
    let drops = imports
        .drops
        .iter()
        .map(|number| Literal::u32_unsuffixed(*number));
    let drops = (!imports.drops.is_empty()).then(|| quote!(#(#drops)|* => call.drop_resource()?,));
    quote! {
        struct #name<I>(I);

        impl<I: #world + ::core::marker::Send> ::first_class::Imports for #name<I> {
            fn serve(
                &mut self,
                function: u32,
                call: ::first_class::Callback<'_>,
            ) -> ::core::result::Result<::first_class::Reply, ::first_class::Malformed> {
                let reply = match function {
                    #(#arms)*
                    #drops
                    _ => {
                        return ::core::result::Result::Err(::first_class::Malformed {
                            what: "a call of an import has the number of none",
                        });
                    }
                };
                ::core::result::Result::Ok(reply)
            }
        }
    }
}

fn arm(model: &Model, imports: &Imports, of_trait: &Ident, method: &Method) -> TokenStream {
    let number = Literal::u32_unsuffixed(method.number);
    let params = &method.function.params;
    let names: Vec<_> = (0..params.len())
        .map(|index| format_ident!("a{index}"))
        .collect();
    let lent: Vec<_> = params
        .iter()
        .map(|param| lent(model, imports, &param.ty))
        .collect();
    let values = names.iter().zip(&lent).map(|(name, lent)| match lent {
        Some(_) => quote!(&#name),
        None => quote!(#name),
    });
    let arguments = arguments(&names, &lent);
    let name = &method.name;
    quote! {
        #number => {
            #arguments
            call.reply(&<I as #of_trait>::#name(&mut self.0, #(#values),*))
        }
    }
}

/// What a parameter that takes a reference is read as; of others the compiler knows.
fn lent(model: &Model, imports: &Imports, ty: &Type) -> Option<TokenStream> {
    let resource = borrowed_resource(model.resolve(), ty)?;
    let associated = imports.resources.get(&resource)?;
    let (name, of_trait) = (&associated.name, &associated.of_trait);
    Some(quote!(::first_class::Lent<<I as #of_trait>::#name>))
}

/// Reads the arguments, as a tuple or as a record.
fn arguments(names: &[Ident], lent: &[Option<TokenStream>]) -> TokenStream {
    if names.is_empty() {
        return TokenStream::new();
    }
    let types = lent.iter().map(|lent| lent.clone().unwrap_or(quote!(_)));
    if names.len() <= LONGEST_TUPLE {
        let has_lent = lent.iter().any(Option::is_some);
        let types = has_lent.then(|| quote!(: (#(#types,)*)));
        return quote!(let (#(#names,)*) #types = call.arguments()?;);
    }
    let definition = arguments_definition(names, &quote!(::first_class::Lift));
    quote! {
        #definition
        let Arguments::<#(#types),*> { #(#names),* } = call.arguments()?;
    }
}
