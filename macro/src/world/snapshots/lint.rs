/// The world `acme:lint/rule@1.2.0`.
#[allow(
    clippy::all,
    dead_code,
    missing_docs,
    unused_imports,
    reason = "written for the whole world"
)]
pub mod rule {
    use ::first_class::{
        Batch, CallError, CallFuture, Instance, LoadError, Pending, Results, Ticket,
    };
    /// A live instance of the world `acme:lint/rule@1.2.0`.
    ///
    /// What a rule does.
    #[derive(Debug)]
    pub struct RuleInstance {
        instance: Instance,
    }
    impl RuleInstance {
        /// The sources that this guest may load as this world.
        ///
        /// # Errors
        /// When the host does not accept the world.
        pub fn available() -> Result<Vec<String>, LoadError> {
            Instance::available(WORLD)
        }
        /// Makes a live instance of a source.
        ///
        /// # Errors
        /// When there is no such source, or it does not implement the world, or fails to
        /// start.
        pub fn load(source: &str) -> Result<Self, LoadError> {
            Instance::load(source, WORLD).map(|instance| Self { instance })
        }
        /// Makes a live instance of a component that this guest has itself, if the host lets it.
        ///
        /// # Errors
        /// As for `load`, and when the host does not let it.
        pub fn load_bytes(component: &[u8]) -> Result<Self, LoadError> {
            Instance::load_bytes(component, WORLD).map(|instance| Self { instance })
        }
        /// Whether it can be called.
        pub fn is_alive(&self) -> bool {
            self.instance.is_alive()
        }
        /// Makes a fresh instance in the place of this one.
        ///
        /// # Errors
        /// When it fails to start.
        pub fn respawn(&self) -> Result<(), LoadError> {
            self.instance.respawn()
        }
        /// Starts calls without waiting for their ends: its methods give a `Pending` each.
        pub fn start(&self) -> RuleStart<'_> {
            RuleStart {
                instance: &self.instance,
            }
        }
        /// A batch of calls, which are made in one crossing by [`RuleBatch::run`]: its methods give a `Ticket` each, for which there is a result then.
        pub fn batch(&self) -> RuleBatch<'_> {
            RuleBatch {
                batch: self.instance.batch(),
            }
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
            at_least: Option<types::Severity>,
            marks: types::Marks,
        ) -> Result<Result<Vec<(u32, Repair)>, Failure>, CallError> {
            self.instance.call(0, (document, at_least, marks))
        }
        /// Calls [`Self::check`] now, and gives its end as a future.
        pub fn check_async(
            &self,
            document: &types::Document,
            at_least: Option<types::Severity>,
            marks: types::Marks,
        ) -> CallFuture<Result<Vec<(u32, Repair)>, Failure>> {
            self.start().check(document, at_least, marks).into()
        }
        pub fn load_(&self, type_: &str) -> Result<(), CallError> {
            self.instance.call_text(1, type_).map(|_| ())
        }
        /// Calls [`Self::load_`] now, and gives its end as a future.
        pub fn load_async(&self, type_: &str) -> CallFuture<()> {
            self.start().load_(type_).into()
        }
    }
    /// The functions of `acme:lint/info@1.2.0`.
    #[derive(Clone, Copy, Debug)]
    pub struct InfoView<'a> {
        instance: &'a Instance,
    }
    impl InfoView<'_> {
        pub fn name(&self) -> Result<String, CallError> {
            self.instance.call_text(2, "")
        }
        /// Calls [`Self::name`] now, and gives its end as a future.
        pub fn name_async(&self) -> CallFuture<String> {
            InfoStart {
                instance: self.instance,
            }
                .name()
                .into()
        }
    }
    /// The functions of [`RuleInstance`], each starting a call.
    #[derive(Clone, Copy, Debug)]
    pub struct RuleStart<'a> {
        instance: &'a Instance,
    }
    impl<'a> RuleStart<'a> {
        /// Starts calls of the functions of `acme:lint/info@1.2.0`.
        pub fn info(&self) -> InfoStart<'a> {
            InfoStart {
                instance: self.instance,
            }
        }
        /// Finds what is wrong.
        pub fn check(
            &self,
            document: &types::Document,
            at_least: Option<types::Severity>,
            marks: types::Marks,
        ) -> Result<Pending<Result<Vec<(u32, Repair)>, Failure>>, CallError> {
            self.instance.start(0, (document, at_least, marks))
        }
        pub fn load_(&self, type_: &str) -> Result<Pending<()>, CallError> {
            self.instance.start(1, (type_,))
        }
    }
    /// The functions of [`InfoView`], each starting a call.
    #[derive(Clone, Copy, Debug)]
    pub struct InfoStart<'a> {
        instance: &'a Instance,
    }
    impl<'a> InfoStart<'a> {
        pub fn name(&self) -> Result<Pending<String>, CallError> {
            self.instance.start(2, ())
        }
    }
    /// The functions of [`RuleInstance`], each adding a call to a batch.
    #[derive(Debug)]
    pub struct RuleBatch<'a> {
        batch: Batch<'a>,
    }
    impl<'a> RuleBatch<'a> {
        /// Makes the calls in their order, up to the first that fails. That it did is a part of the
        /// results.
        ///
        /// # Errors
        /// When nothing was called: the instance is dead, a limit was exceeded, or a resource
        /// lives elsewhere.
        pub fn run(self) -> Result<Results, CallError> {
            self.batch.run()
        }
        /// Adds calls of the functions of `acme:lint/info@1.2.0`.
        pub fn info(&mut self) -> InfoBatch<'_, 'a> {
            InfoBatch {
                batch: &mut self.batch,
            }
        }
        /// Finds what is wrong.
        pub fn check(
            &mut self,
            document: &types::Document,
            at_least: Option<types::Severity>,
            marks: types::Marks,
        ) -> Ticket<Result<Vec<(u32, Repair)>, Failure>> {
            self.batch.call(0, (document, at_least, marks))
        }
        pub fn load_(&mut self, type_: &str) -> Ticket<()> {
            self.batch.call(1, (type_,))
        }
    }
    /// The functions of [`InfoView`], each adding a call to a batch.
    #[derive(Debug)]
    pub struct InfoBatch<'b, 'a> {
        batch: &'b mut Batch<'a>,
    }
    impl<'a> InfoBatch<'_, 'a> {
        pub fn name(&mut self) -> Ticket<String> {
            self.batch.call(2, ())
        }
    }
    pub use self::types::Document;
    pub use self::types::Severity;
    pub use self::types::Marks;
    pub use self::types::Fix as Repair;
    pub use self::types::Failure;
    /// Things that rules speak of.
    pub mod types {
        use ::first_class::{ComponentType, Lift, Lower};
        /// A text.
        #[derive(ComponentType, Lower, Lift, Clone, PartialEq, Debug)]
        pub struct Document {
            pub path: String,
            pub lines: Vec<String>,
        }
        #[derive(
            ComponentType,
            Lower,
            Lift,
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
        #[derive(ComponentType, Lower, Lift, Clone, PartialEq, Debug)]
        pub enum Fix {
            Delete,
            Replace(String),
        }
        #[derive(
            ComponentType,
            Lower,
            Lift,
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
