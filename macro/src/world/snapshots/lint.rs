/// The world `acme:lint/rule@1.2.0`.
#[allow(
    clippy::all,
    dead_code,
    missing_docs,
    unused_imports,
    reason = "written for the whole world"
)]
pub mod rule {
    /// A live instance of the world `acme:lint/rule@1.2.0`.
    ///
    /// What a rule does.
    #[derive(Debug)]
    pub struct RuleInstance {
        instance: ::first_class::Instance,
    }
    impl RuleInstance {
        /// The sources that this guest may load as this world.
        ///
        /// # Errors
        /// When the host does not accept the world.
        pub fn available() -> ::core::result::Result<
            ::std::vec::Vec<::std::string::String>,
            ::first_class::LoadError,
        > {
            ::first_class::Instance::available(Self::WORLD)
        }
        /// Makes a live instance of a source.
        ///
        /// # Errors
        /// When there is no such source, or it does not implement the world, or fails to
        /// start.
        pub fn load(
            source: &str,
        ) -> ::core::result::Result<Self, ::first_class::LoadError> {
            let instance = ::first_class::Instance::load(source, Self::WORLD)?;
            ::core::result::Result::Ok(Self { instance })
        }
        /// The functions of `acme:lint/info@1.2.0`.
        pub fn info(&self) -> InfoView<'_> {
            InfoView {
                instance: &self.instance,
            }
        }
        /// Finds what is wrong.
        pub fn check(
            &self,
            document: &types::Document,
            at_least: ::core::option::Option<types::Severity>,
            marks: types::Marks,
        ) -> ::core::result::Result<
            ::core::result::Result<::std::vec::Vec<(u32, Repair)>, Failure>,
            ::first_class::CallError,
        > {
            self.instance.call(0, (document, at_least, marks))
        }
        pub fn load_(
            &self,
            type_: &str,
        ) -> ::core::result::Result<(), ::first_class::CallError> {
            self.instance.call(1, (type_,))
        }
    }
    /// The functions of `acme:lint/info@1.2.0`.
    ///
    #[derive(Clone, Copy, Debug)]
    pub struct InfoView<'a> {
        instance: &'a ::first_class::Instance,
    }
    impl InfoView<'_> {
        pub fn name(
            &self,
        ) -> ::core::result::Result<::std::string::String, ::first_class::CallError> {
            self.instance.call(2, ())
        }
    }
    pub use types::Document;
    pub use types::Severity;
    pub use types::Marks;
    pub use types::Fix as Repair;
    pub use types::Failure;
    /// Things that rules speak of.
    pub mod types {
        /// A text.
        #[derive(
            ::first_class::ComponentType,
            ::first_class::Lower,
            ::first_class::Lift,
            Clone,
            PartialEq,
            Debug
        )]
        pub struct Document {
            pub path: ::std::string::String,
            pub lines: ::std::vec::Vec<::std::string::String>,
        }
        #[derive(
            ::first_class::ComponentType,
            ::first_class::Lower,
            ::first_class::Lift,
            Clone,
            Copy,
            PartialEq,
            Eq,
            PartialOrd,
            Ord,
            Hash,
            Debug,
        )]
        pub enum Severity {
            Warning,
            Error,
        }
        ::first_class::flags! {
            pub struct Marks : u8 { const READ_ONLY = 1 << 0; const HIDDEN = 1 << 1; }
        }
        #[derive(
            ::first_class::ComponentType,
            ::first_class::Lower,
            ::first_class::Lift,
            Clone,
            PartialEq,
            Debug
        )]
        pub enum Fix {
            Delete,
            Replace(::std::string::String),
        }
        #[derive(
            ::first_class::ComponentType,
            ::first_class::Lower,
            ::first_class::Lift,
            Clone,
            Copy,
            PartialEq,
            Eq,
            PartialOrd,
            Ord,
            Hash,
            Debug,
        )]
        pub enum Failure {
            Unreadable,
        }
        impl ::core::fmt::Display for Failure {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(self, f)
            }
        }
        impl ::core::error::Error for Failure {}
    }
}
pub use rule::RuleInstance;
