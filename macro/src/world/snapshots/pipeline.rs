/// The world `acme:flow/pipeline@1.0.0`.
#[allow(
    clippy::all,
    dead_code,
    missing_docs,
    unused_imports,
    reason = "written for the whole world"
)]
pub mod pipeline {
    use ::first_class::{
        Batch, CallError, CallFuture, Instance, Lent, LoadError, Own, Pending, Results,
        Ticket,
    };
    /// A live instance of the world `acme:flow/pipeline@1.0.0`.
    #[derive(Debug)]
    pub struct PipelineInstance {
        instance: Instance,
    }
    impl PipelineInstance {
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
            imports: impl PipelineImports + ::core::marker::Send + 'static,
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
            imports: impl PipelineImports + ::core::marker::Send + 'static,
        ) -> Result<Self, LoadError> {
            Instance::load_bytes_with(component, WORLD, Served(imports))
                .map(|instance| Self { instance })
        }
        /// Starts calls without waiting for their ends: its methods give a `Pending` each.
        pub fn start(&self) -> PipelineStart<'_> {
            PipelineStart {
                instance: &self.instance,
            }
        }
        /// A batch of calls, which are made in one crossing by [`PipelineBatch::run_batch`]: its methods give a `Ticket` each, for which there is a result then.
        pub fn batch(&self) -> PipelineBatch<'_> {
            PipelineBatch {
                batch: self.instance.batch(),
            }
        }
        /// The functions of `acme:flow/log@1.0.0`.
        pub fn log(&self) -> LogView<'_> {
            LogView {
                instance: &self.instance,
            }
        }
        /// The functions of `acme:flow/kv@1.0.0`.
        pub fn kv(&self) -> KvView<'_> {
            KvView { instance: &self.instance }
        }
        pub fn run(&self) -> Result<(), CallError> {
            self.instance.call(0, ())
        }
        /// Calls [`Self::run`] now, and gives its end as a future.
        pub fn run_async(&self) -> CallFuture<()> {
            self.start().run().into()
        }
    }
    /// The functions of `acme:flow/log@1.0.0`.
    ///
    /// Where stages write.
    #[derive(Clone, Copy, Debug)]
    pub struct LogView<'a> {
        instance: &'a Instance,
    }
    impl LogView<'_> {
        /// Says something.
        pub fn write(&self, level: log::Level, message: &str) -> Result<(), CallError> {
            self.instance.call(5, (level, message))
        }
        /// Calls [`Self::write`] now, and gives its end as a future.
        pub fn write_async(&self, level: log::Level, message: &str) -> CallFuture<()> {
            LogStart {
                instance: self.instance,
            }
                .write(level, message)
                .into()
        }
    }
    /// The functions of `acme:flow/kv@1.0.0`.
    #[derive(Clone, Copy, Debug)]
    pub struct KvView<'a> {
        instance: &'a Instance,
    }
    impl KvView<'_> {}
    /// The functions of [`PipelineInstance`], each starting a call.
    #[derive(Clone, Copy, Debug)]
    pub struct PipelineStart<'a> {
        instance: &'a Instance,
    }
    impl<'a> PipelineStart<'a> {
        /// Starts calls of the functions of `acme:flow/log@1.0.0`.
        pub fn log(&self) -> LogStart<'a> {
            LogStart {
                instance: self.instance,
            }
        }
        /// Starts calls of the functions of `acme:flow/kv@1.0.0`.
        pub fn kv(&self) -> KvStart<'a> {
            KvStart { instance: self.instance }
        }
        pub fn run(&self) -> Result<Pending<()>, CallError> {
            self.instance.start(0, ())
        }
    }
    /// The functions of [`LogView`], each starting a call.
    #[derive(Clone, Copy, Debug)]
    pub struct LogStart<'a> {
        instance: &'a Instance,
    }
    impl<'a> LogStart<'a> {
        /// Says something.
        pub fn write(
            &self,
            level: log::Level,
            message: &str,
        ) -> Result<Pending<()>, CallError> {
            self.instance.start(5, (level, message))
        }
    }
    /// The functions of [`KvView`], each starting a call.
    #[derive(Clone, Copy, Debug)]
    pub struct KvStart<'a> {
        instance: &'a Instance,
    }
    impl<'a> KvStart<'a> {
        pub fn new_bucket(
            &self,
            name: &str,
        ) -> Result<Pending<Result<kv::Bucket, String>>, CallError> {
            self.instance.start(1, (name,))
        }
        pub fn bucket_join(
            &self,
            a: kv::Bucket,
            b: &kv::Bucket,
        ) -> Result<Pending<kv::Bucket>, CallError> {
            self.instance.start(4, (a, b))
        }
    }
    /// The functions of [`PipelineInstance`], each adding a call to a batch.
    #[derive(Debug)]
    pub struct PipelineBatch<'a> {
        batch: Batch<'a>,
    }
    impl<'a> PipelineBatch<'a> {
        /// Makes the calls in their order, up to the first that fails. That it did is a part of the
        /// results.
        ///
        /// # Errors
        /// When nothing was called: the instance is dead, a limit was exceeded, or a resource
        /// lives elsewhere.
        pub fn run_batch(self) -> Result<Results, CallError> {
            self.batch.run()
        }
        /// Adds calls of the functions of `acme:flow/log@1.0.0`.
        pub fn log(&mut self) -> LogBatch<'_, 'a> {
            LogBatch { batch: &mut self.batch }
        }
        /// Adds calls of the functions of `acme:flow/kv@1.0.0`.
        pub fn kv(&mut self) -> KvBatch<'_, 'a> {
            KvBatch { batch: &mut self.batch }
        }
        pub fn run(&mut self) -> Ticket<()> {
            self.batch.call(0, ())
        }
    }
    /// The functions of [`LogView`], each adding a call to a batch.
    #[derive(Debug)]
    pub struct LogBatch<'b, 'a> {
        batch: &'b mut Batch<'a>,
    }
    impl<'a> LogBatch<'_, 'a> {
        /// Says something.
        pub fn write(&mut self, level: log::Level, message: &str) -> Ticket<()> {
            self.batch.call(5, (level, message))
        }
    }
    /// The functions of [`KvView`], each adding a call to a batch.
    #[derive(Debug)]
    pub struct KvBatch<'b, 'a> {
        batch: &'b mut Batch<'a>,
    }
    impl<'a> KvBatch<'_, 'a> {
        pub fn new_bucket(&mut self, name: &str) -> Ticket<Result<kv::Bucket, String>> {
            self.batch.call(1, (name,))
        }
        pub fn bucket_join(
            &mut self,
            a: kv::Bucket,
            b: &'a kv::Bucket,
        ) -> Ticket<kv::Bucket> {
            self.batch.call(4, (a, b))
        }
        /// Gets a value.
        pub fn bucket_get(
            &mut self,
            this: &'a kv::Bucket,
            key: &str,
        ) -> Ticket<Option<Vec<u8>>> {
            self.batch.call(2, (this, key))
        }
    }
    /// All that a plugin of the world `acme:flow/pipeline@1.0.0` imports, served by this guest.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not serve the functions that the world `acme:flow/pipeline@1.0.0` imports",
        note = "implement `pipeline::PipelineImports` for it"
    )]
    pub trait PipelineImports: LogImports + KvImports + TablesImports {
        fn now(&mut self) -> u64;
    }
    /// What a plugin imports of `acme:flow/log@1.0.0`, served by this guest.
    ///
    /// Where stages write.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not serve the interface `acme:flow/log@1.0.0`",
        note = "implement `pipeline::LogImports` for it"
    )]
    pub trait LogImports {
        /// Says something.
        fn write(&mut self, level: log::Level, message: String);
    }
    /// What a plugin imports of `acme:flow/kv@1.0.0`, served by this guest.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not serve the interface `acme:flow/kv@1.0.0`",
        note = "implement `pipeline::KvImports` for it"
    )]
    pub trait KvImports {
        /// What implements the resource `bucket`.
        ///
        /// Holds values.
        type Bucket: ::core::marker::Send + ::core::marker::Sync + 'static;
        fn new_bucket(&mut self, name: String) -> Result<Own<Self::Bucket>, String>;
        /// Gets a value.
        fn bucket_get(&mut self, this: &Self::Bucket, key: String) -> Option<Vec<u8>>;
        fn bucket_join(
            &mut self,
            a: Own<Self::Bucket>,
            b: &Self::Bucket,
        ) -> Own<Self::Bucket>;
    }
    /// What a plugin imports of `acme:flow/tables@1.0.0`, served by this guest.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not serve the interface `acme:flow/tables@1.0.0`",
        note = "implement `pipeline::TablesImports` for it"
    )]
    pub trait TablesImports: KvImports {
        fn all(
            &mut self,
            of: Vec<Lent<Self::Bucket>>,
            loan: kv::ImportedLoan,
        ) -> Vec<kv::ImportedStock>;
    }
    struct Served<I>(I);
    impl<I: PipelineImports + ::core::marker::Send> ::first_class::Imports
    for Served<I> {
        fn serve(
            &mut self,
            function: u32,
            call: ::first_class::Callback<'_>,
        ) -> ::core::result::Result<::first_class::Reply, ::first_class::Malformed> {
            let reply = match function {
                5 => {
                    let (a0, a1) = call.arguments()?;
                    call.reply(&<I as LogImports>::write(&mut self.0, a0, a1))
                }
                1 => {
                    let (a0,) = call.arguments()?;
                    call.reply(&<I as KvImports>::new_bucket(&mut self.0, a0))
                }
                2 => {
                    let (a0, a1): (::first_class::Lent<<I as KvImports>::Bucket>, _) = call
                        .arguments()?;
                    call.reply(&<I as KvImports>::bucket_get(&mut self.0, &a0, a1))
                }
                4 => {
                    let (a0, a1): (_, ::first_class::Lent<<I as KvImports>::Bucket>) = call
                        .arguments()?;
                    call.reply(&<I as KvImports>::bucket_join(&mut self.0, a0, &a1))
                }
                6 => {
                    let (a0, a1) = call.arguments()?;
                    call.reply(&<I as TablesImports>::all(&mut self.0, a0, a1))
                }
                0 => call.reply(&<I as PipelineImports>::now(&mut self.0)),
                3 => call.drop_resource()?,
                _ => {
                    return ::core::result::Result::Err(::first_class::Malformed {
                        what: "a call of an import has the number of none",
                    });
                }
            };
            ::core::result::Result::Ok(reply)
        }
    }
    /// Where stages write.
    pub mod log {
        use ::first_class::{ComponentType, Lift, Lower};
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
        pub enum Level {
            Low,
            High,
        }
    }
    pub mod kv {
        use ::first_class::{
            CallError, CallFuture, ComponentType, Lent, Lift, Lower, Own, Pending,
        };
        ::first_class::__resource! {
            #[doc = " Holds values."] pub struct Bucket, dropped by 3;
        }
        impl Bucket {
            /// Starts calls without waiting for their ends: its methods give a `Pending` each.
            pub fn start(&self) -> BucketStart<'_> {
                BucketStart { of: self }
            }
            pub fn new(
                view: super::KvView<'_>,
                name: &str,
            ) -> Result<Result<Bucket, String>, CallError> {
                view.instance.call(1, (name,))
            }
            /// Calls [`Self::new`] now, and gives its end as a future.
            pub fn new_async(
                view: super::KvView<'_>,
                name: &str,
            ) -> CallFuture<Result<Bucket, String>> {
                super::KvStart {
                    instance: view.instance,
                }
                    .new_bucket(name)
                    .into()
            }
            /// Gets a value.
            pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>, CallError> {
                self.resource.call(2, (self, key))
            }
            /// Calls [`Self::get`] now, and gives its end as a future.
            pub fn get_async(&self, key: &str) -> CallFuture<Option<Vec<u8>>> {
                self.start().get(key).into()
            }
            pub fn join(
                view: super::KvView<'_>,
                a: Bucket,
                b: &Bucket,
            ) -> Result<Bucket, CallError> {
                view.instance.call(4, (a, b))
            }
            /// Calls [`Self::join`] now, and gives its end as a future.
            pub fn join_async(
                view: super::KvView<'_>,
                a: Bucket,
                b: &Bucket,
            ) -> CallFuture<Bucket> {
                super::KvStart {
                    instance: view.instance,
                }
                    .bucket_join(a, b)
                    .into()
            }
        }
        /// The methods of [`Bucket`], each starting a call.
        #[derive(Clone, Copy, Debug)]
        pub struct BucketStart<'a> {
            of: &'a Bucket,
        }
        impl BucketStart<'_> {
            /// Gets a value.
            pub fn get(&self, key: &str) -> Result<Pending<Option<Vec<u8>>>, CallError> {
                self.of.resource.start(2, (self.of, key))
            }
        }
        #[derive(ComponentType, Lower, Lift, Debug)]
        pub struct Stock {
            pub bucket: Bucket,
            pub size: u64,
        }
        #[derive(ComponentType, Lower, Debug)]
        pub struct Loan<'a> {
            pub of: &'a Bucket,
        }
        #[derive(ComponentType, Lower, Lift, Debug)]
        pub struct ImportedLoan {
            pub of: Lent,
        }
        #[derive(ComponentType, Lower, Lift, Debug)]
        pub struct ImportedStock {
            pub bucket: Own,
            pub size: u64,
        }
    }
}
pub use pipeline::PipelineInstance;
pub use pipeline::PipelineImports;
