/// The world `acme:rules/judge`.
#[allow(
    clippy::all,
    dead_code,
    missing_docs,
    unused_imports,
    reason = "written for the whole world"
)]
pub mod judge {
    use ::first_class::{
        Batch, CallError, CallFuture, Implementer, Instance, Lent, LoadError, Own,
        Pending, Results, Ticket,
    };
    /// A live instance of the world `acme:rules/judge`.
    #[derive(Debug)]
    pub struct JudgeInstance {
        instance: Instance,
    }
    impl JudgeInstance {
        /// The sources that this guest may load as this world.
        ///
        /// # Errors
        /// When the host does not accept the world.
        pub fn available() -> Result<Vec<String>, LoadError> {
            Instance::available(WORLD)
        }
        /// Makes a live instance of a source.
        ///
        /// What it imports of the world's imports, the host has to provide; `load_with` serves
        /// it.
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
        /// Makes a live instance of a source, and serves what it imports with a value that is this
        /// instance's alone.
        ///
        /// # Errors
        /// As for `load`.
        pub fn load_with(
            source: &str,
            imports: impl JudgeImports + ::core::marker::Send + 'static,
        ) -> Result<Self, LoadError> {
            Instance::load_with(source, WORLD, Served(imports))
                .map(|instance| Self { instance })
        }
        /// Makes a live instance of a component that this guest has itself, if the host lets it, and
        /// serves what it imports with a value that is this instance's alone.
        ///
        /// # Errors
        /// As for `load_bytes`.
        pub fn load_bytes_with(
            component: &[u8],
            imports: impl JudgeImports + ::core::marker::Send + 'static,
        ) -> Result<Self, LoadError> {
            Instance::load_bytes_with(component, WORLD, Served(imports))
                .map(|instance| Self { instance })
        }
        /// Starts calls without waiting for their ends: its methods give a `Pending` each.
        pub fn start(&self) -> JudgeStart<'_> {
            JudgeStart {
                instance: &self.instance,
            }
        }
        /// A batch of calls, which are made in one crossing by [`JudgeBatch::run`]: its methods give a `Ticket` each, for which there is a result then.
        pub fn batch(&self) -> JudgeBatch<'_> {
            JudgeBatch {
                batch: self.instance.batch(),
            }
        }
        /// The functions of `acme:rules/rule`.
        pub fn rule(&self) -> RuleView<'_> {
            RuleView {
                instance: &self.instance,
            }
        }
    }
    /// The functions of `acme:rules/rule`.
    #[derive(Clone, Copy, Debug)]
    pub struct RuleView<'a> {
        instance: &'a Instance,
    }
    impl RuleView<'_> {
        /// Checks.
        ///
        /// Takes resources of this guest's, for which the instance has to be loaded with `load_with`: an `Own` is given, a reference to one and a `Lent` are lent.
        /// Gives resources of this guest's: `Own::downcast` finds the type that implements one.
        pub fn check(
            &self,
            c: &Own<impl Implementer + ?Sized>,
            all: Vec<Own>,
        ) -> Result<Option<Own>, CallError> {
            self.instance.call(0, (c, all))
        }
        /// Calls [`Self::check`] now, and gives its end as a future.
        pub fn check_async(
            &self,
            c: &Own<impl Implementer + ?Sized>,
            all: Vec<Own>,
        ) -> CallFuture<Option<Own>> {
            RuleStart {
                instance: self.instance,
            }
                .check(c, all)
                .into()
        }
        /// Takes resources of this guest's, for which the instance has to be loaded with `load_with`: an `Own` is given, a reference to one and a `Lent` are lent.
        pub fn enter(
            &self,
            scope: &rule::Scope,
            more: &[Lent],
        ) -> Result<(), CallError> {
            self.instance.call(1, (scope, more))
        }
        /// Calls [`Self::enter`] now, and gives its end as a future.
        pub fn enter_async(&self, scope: &rule::Scope, more: &[Lent]) -> CallFuture<()> {
            RuleStart {
                instance: self.instance,
            }
                .enter(scope, more)
                .into()
        }
        /// Takes resources of this guest's, for which the instance has to be loaded with `load_with`: an `Own` is given, a reference to one and a `Lent` are lent.
        pub fn take(&self, c: Own<impl Implementer + ?Sized>) -> Result<u8, CallError> {
            self.instance.call(2, (c,))
        }
        /// Calls [`Self::take`] now, and gives its end as a future.
        pub fn take_async(&self, c: Own<impl Implementer + ?Sized>) -> CallFuture<u8> {
            RuleStart {
                instance: self.instance,
            }
                .take(c)
                .into()
        }
    }
    /// The functions of [`JudgeInstance`], each starting a call.
    #[derive(Clone, Copy, Debug)]
    pub struct JudgeStart<'a> {
        instance: &'a Instance,
    }
    impl<'a> JudgeStart<'a> {
        /// Starts calls of the functions of `acme:rules/rule`.
        pub fn rule(&self) -> RuleStart<'a> {
            RuleStart {
                instance: self.instance,
            }
        }
    }
    /// The functions of [`RuleView`], each starting a call.
    #[derive(Clone, Copy, Debug)]
    pub struct RuleStart<'a> {
        instance: &'a Instance,
    }
    impl<'a> RuleStart<'a> {
        /// Checks.
        ///
        /// Takes resources of this guest's, for which the instance has to be loaded with `load_with`: an `Own` is given, a reference to one and a `Lent` are lent.
        /// Gives resources of this guest's: `Own::downcast` finds the type that implements one.
        pub fn check(
            &self,
            c: &Own<impl Implementer + ?Sized>,
            all: Vec<Own>,
        ) -> Result<Pending<Option<Own>>, CallError> {
            self.instance.start(0, (c, all))
        }
        /// Takes resources of this guest's, for which the instance has to be loaded with `load_with`: an `Own` is given, a reference to one and a `Lent` are lent.
        pub fn enter(
            &self,
            scope: &rule::Scope,
            more: &[Lent],
        ) -> Result<Pending<()>, CallError> {
            self.instance.start(1, (scope, more))
        }
        /// Takes resources of this guest's, for which the instance has to be loaded with `load_with`: an `Own` is given, a reference to one and a `Lent` are lent.
        pub fn take(
            &self,
            c: Own<impl Implementer + ?Sized>,
        ) -> Result<Pending<u8>, CallError> {
            self.instance.start(2, (c,))
        }
    }
    /// The functions of [`JudgeInstance`], each adding a call to a batch.
    #[derive(Debug)]
    pub struct JudgeBatch<'a> {
        batch: Batch<'a>,
    }
    impl<'a> JudgeBatch<'a> {
        /// Makes the calls in their order, up to the first that fails. That it did is a part of the
        /// results.
        ///
        /// # Errors
        /// When nothing was called: the instance is dead, a limit was exceeded, or a resource
        /// lives elsewhere.
        pub fn run(self) -> Result<Results, CallError> {
            self.batch.run()
        }
        /// Adds calls of the functions of `acme:rules/rule`.
        pub fn rule(&mut self) -> RuleBatch<'_, 'a> {
            RuleBatch {
                batch: &mut self.batch,
            }
        }
    }
    /// The functions of [`RuleView`], each adding a call to a batch.
    #[derive(Debug)]
    pub struct RuleBatch<'b, 'a> {
        batch: &'b mut Batch<'a>,
    }
    impl<'a> RuleBatch<'_, 'a> {
        /// Checks.
        ///
        /// Takes resources of this guest's, for which the instance has to be loaded with `load_with`: an `Own` is given, a reference to one and a `Lent` are lent.
        /// Gives resources of this guest's: `Own::downcast` finds the type that implements one.
        pub fn check(
            &mut self,
            c: &Own<impl Implementer + ?Sized>,
            all: Vec<Own>,
        ) -> Ticket<Option<Own>> {
            self.batch.call(0, (c, all))
        }
        /// Takes resources of this guest's, for which the instance has to be loaded with `load_with`: an `Own` is given, a reference to one and a `Lent` are lent.
        pub fn enter(&mut self, scope: &rule::Scope, more: &[Lent]) -> Ticket<()> {
            self.batch.call(1, (scope, more))
        }
        /// Takes resources of this guest's, for which the instance has to be loaded with `load_with`: an `Own` is given, a reference to one and a `Lent` are lent.
        pub fn take(&mut self, c: Own<impl Implementer + ?Sized>) -> Ticket<u8> {
            self.batch.call(2, (c,))
        }
    }
    /// All that a plugin of the world `acme:rules/judge` imports, served by this guest. What implements the traits of the interfaces implements this one, too.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not serve all that the world `acme:rules/judge` imports"
    )]
    pub trait JudgeImports: CtxImports {}
    impl<I: CtxImports> JudgeImports for I {}
    /// What a plugin imports of `acme:rules/ctx`, served by this guest.
    ///
    /// What a rule runs in.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not serve the interface `acme:rules/ctx`",
        note = "implement `judge::CtxImports` for it"
    )]
    pub trait CtxImports {
        /// What implements the resource `context`.
        type Context: ::core::marker::Send + ::core::marker::Sync + 'static;
        fn context_log(&mut self, this: &Self::Context, message: String);
    }
    struct Served<I>(I);
    impl<I: JudgeImports + ::core::marker::Send> ::first_class::Imports for Served<I> {
        fn serve(
            &mut self,
            function: u32,
            call: ::first_class::Callback<'_>,
        ) -> ::core::result::Result<::first_class::Reply, ::first_class::Malformed> {
            let reply = match function {
                0 => {
                    let (a0, a1): (::first_class::Lent<<I as CtxImports>::Context>, _) = call
                        .arguments()?;
                    call.reply(&<I as CtxImports>::context_log(&mut self.0, &a0, a1))
                }
                1 => call.drop_resource()?,
                _ => {
                    return ::core::result::Result::Err(::first_class::Malformed {
                        what: "a call of an import has the number of none",
                    });
                }
            };
            ::core::result::Result::Ok(reply)
        }
    }
    pub mod rule {
        use ::first_class::{ComponentType, Lent, Lift, Lower};
        #[derive(ComponentType, Lower, Lift, Debug)]
        pub struct Scope {
            pub name: String,
            pub within: Lent,
        }
    }
}
pub use judge::JudgeInstance;
pub use judge::JudgeImports;
