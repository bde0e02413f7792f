//! What the derives write, and what they refuse.

use super::{component_type, derive, lift, lower};
use expect_test::{Expect, expect};
use quote::quote;

fn formatted(tokens: proc_macro2::TokenStream) -> String {
    let file = syn::parse2(tokens).expect("the macro writes Rust");
    prettyplease::unparse(&file)
}

fn check(item: proc_macro2::TokenStream, expected: Expect) {
    let impls = [component_type, lower, lift].map(|expand| derive(item.clone(), expand));
    expected.assert_eq(&formatted(quote!(#(#impls)*)));
}

#[test]
fn a_record() {
    check(
        quote!(
            struct Point<T> {
                x: T,
                name: String,
            }
        ),
        expect![[r#"
            impl<T: ::first_class::ComponentType> ::first_class::ComponentType for Point<T> {
                const LAYOUT: ::first_class::Layout = ::first_class::Layout::record(
                    &[
                        <T as ::first_class::ComponentType>::LAYOUT,
                        <String as ::first_class::ComponentType>::LAYOUT,
                    ],
                );
            }
            impl<T: ::first_class::Lower> ::first_class::Lower for Point<T> {
                fn lower<P: ::first_class::Place>(
                    &self,
                    mut place: P,
                    heap: &mut ::first_class::Heap<'_>,
                ) {
                    ::first_class::Lower::lower(&self.x, place.field::<T>(), heap);
                    ::first_class::Lower::lower(&self.name, place.field::<String>(), heap);
                }
            }
            impl<T: ::first_class::Lift> ::first_class::Lift for Point<T> {
                fn lift<'a, O: ::first_class::Origin<'a>>(
                    mut origin: O,
                    reader: &::first_class::Reader<'a>,
                ) -> ::core::result::Result<Self, ::first_class::Malformed> {
                    ::core::result::Result::Ok(Self {
                        x: ::first_class::Lift::lift(origin.field::<T>(), reader)?,
                        name: ::first_class::Lift::lift(origin.field::<String>(), reader)?,
                    })
                }
            }
        "#]],
    );
}

#[test]
fn a_variant() {
    check(
        quote!(
            enum Fix {
                Delete,
                Replace(String),
            }
        ),
        expect![[r#"
            impl ::first_class::ComponentType for Fix {
                const LAYOUT: ::first_class::Layout = ::first_class::Layout::variant(
                    &[::first_class::Layout::UNIT, <String as ::first_class::ComponentType>::LAYOUT],
                );
            }
            impl ::first_class::Lower for Fix {
                fn lower<P: ::first_class::Place>(
                    &self,
                    place: P,
                    heap: &mut ::first_class::Heap<'_>,
                ) {
                    match self {
                        Self::Delete => {
                            place.variant::<Self>(heap, 0u32);
                        }
                        Self::Replace(payload) => {
                            let mut place = place.variant::<Self>(heap, 1u32);
                            ::first_class::Lower::lower(payload, place.field::<String>(), heap);
                        }
                    }
                }
            }
            impl ::first_class::Lift for Fix {
                fn lift<'a, O: ::first_class::Origin<'a>>(
                    origin: O,
                    reader: &::first_class::Reader<'a>,
                ) -> ::core::result::Result<Self, ::first_class::Malformed> {
                    match origin.variant::<Self>() {
                        (0u32, _) => ::core::result::Result::Ok(Self::Delete),
                        (1u32, mut payload) => {
                            ::first_class::Lift::lift(payload.field::<String>(), reader)
                                .map(Self::Replace)
                        }
                        _ => {
                            ::core::result::Result::Err(::first_class::Malformed {
                                what: "a `Fix` has an unknown discriminant",
                            })
                        }
                    }
                }
            }
        "#]],
    );
}

#[test]
fn several_mistakes_are_reported_at_once() {
    let item = quote!(
        enum Fix {
            A { x: u32 },
            B(u32, u32),
            C(u32),
        }
    );
    let errors = derive(item, lower).to_string();
    assert_eq!(errors.matches("compile_error").count(), 2, "{errors}");
}
