/// The world `acme:pipes/plumbing`.
#[allow(
    clippy::all,
    dead_code,
    missing_docs,
    unused_imports,
    reason = "written for the whole world"
)]
pub mod plumbing {
    use ::first_class::{
        Batch, CallError, CallFuture, FutureReader, FutureWriter, Instance, LoadError,
        Pending, Results, StreamReader, StreamWriter, Ticket,
    };
    /// A live instance of the world `acme:pipes/plumbing`.
    #[derive(Debug)]
    pub struct PlumbingInstance {
        instance: Instance,
    }
    impl PlumbingInstance {
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
        pub fn start(&self) -> PlumbingStart<'_> {
            PlumbingStart {
                instance: &self.instance,
            }
        }
        /// A batch of calls, which are made in one crossing by [`PlumbingBatch::run`]: its methods give a `Ticket` each, for which there is a result then.
        pub fn batch(&self) -> PlumbingBatch<'_> {
            PlumbingBatch {
                batch: self.instance.batch(),
            }
        }
        /// A stream from this guest to the instance. Give the reader to a call that is started, and
        /// write then: what is written waits until the instance reads it. The element and the number
        /// of the stream follow from the call.
        ///
        /// ```ignore
        /// let (mut writer, reader) = instance.stream()?;
        /// let call = instance.start().sum(reader)?;
        /// writer.write(&bytes)?;
        /// drop(writer); // ends the stream
        /// let sum = call.wait()?;
        /// ```
        ///
        /// # Errors
        /// When the instance is dead.
        pub fn stream<T, const KIND: u32>(
            &self,
        ) -> Result<(StreamWriter<T, KIND>, StreamReader<T, KIND>), CallError> {
            self.instance.stream()
        }
        /// A future from this guest to the instance. Give the reader to a call that is started, and
        /// write then. The value and the number of the future follow from the call.
        ///
        /// ```ignore
        /// let (writer, reader) = instance.future()?;
        /// let call = instance.start().greet(reader)?;
        /// writer.write("name".into())?; // has to be: dropping it kills the instance
        /// let greeting = call.wait()?;
        /// ```
        ///
        /// # Errors
        /// When the instance is dead.
        pub fn future<T, const KIND: u32>(
            &self,
        ) -> Result<(FutureWriter<T, KIND>, FutureReader<T, KIND>), CallError> {
            self.instance.future()
        }
        /// The functions of `acme:pipes/pipes`.
        pub fn pipes(&self) -> PipesView<'_> {
            PipesView {
                instance: &self.instance,
            }
        }
        pub fn ticks(&self) -> Result<StreamReader<(), 0>, CallError> {
            self.instance.call(0, ())
        }
        /// Calls [`Self::ticks`] now, and gives its end as a future.
        pub fn ticks_async(&self) -> CallFuture<StreamReader<(), 0>> {
            self.start().ticks().into()
        }
    }
    /// The functions of `acme:pipes/pipes`.
    #[derive(Clone, Copy, Debug)]
    pub struct PipesView<'a> {
        instance: &'a Instance,
    }
    impl PipesView<'_> {
        /// Counts the bytes.
        pub fn count(&self, bytes: StreamReader<u8, 1>) -> Result<u64, CallError> {
            self.instance.call(3, (bytes,))
        }
        /// Calls [`Self::count`] now, and gives its end as a future.
        pub fn count_async(&self, bytes: StreamReader<u8, 1>) -> CallFuture<u64> {
            PipesStart {
                instance: self.instance,
            }
                .count(bytes)
                .into()
        }
        pub fn join(
            &self,
            parts: Vec<pipes::Part>,
            until: Option<FutureReader<(), 3>>,
        ) -> Result<Result<StreamReader<u8, 1>, FutureReader<String, 4>>, CallError> {
            self.instance.call(4, (parts, until))
        }
        /// Calls [`Self::join`] now, and gives its end as a future.
        pub fn join_async(
            &self,
            parts: Vec<pipes::Part>,
            until: Option<FutureReader<(), 3>>,
        ) -> CallFuture<Result<StreamReader<u8, 1>, FutureReader<String, 4>>> {
            PipesStart {
                instance: self.instance,
            }
                .join(parts, until)
                .into()
        }
    }
    /// The functions of [`PlumbingInstance`], each starting a call.
    #[derive(Clone, Copy, Debug)]
    pub struct PlumbingStart<'a> {
        instance: &'a Instance,
    }
    impl<'a> PlumbingStart<'a> {
        /// Starts calls of the functions of `acme:pipes/pipes`.
        pub fn pipes(&self) -> PipesStart<'a> {
            PipesStart {
                instance: self.instance,
            }
        }
        pub fn ticks(&self) -> Result<Pending<StreamReader<(), 0>>, CallError> {
            self.instance.start(0, ())
        }
    }
    /// The functions of [`PipesView`], each starting a call.
    #[derive(Clone, Copy, Debug)]
    pub struct PipesStart<'a> {
        instance: &'a Instance,
    }
    impl<'a> PipesStart<'a> {
        /// Counts the bytes.
        pub fn count(
            &self,
            bytes: StreamReader<u8, 1>,
        ) -> Result<Pending<u64>, CallError> {
            self.instance.start(3, (bytes,))
        }
        pub fn join(
            &self,
            parts: Vec<pipes::Part>,
            until: Option<FutureReader<(), 3>>,
        ) -> Result<
            Pending<Result<StreamReader<u8, 1>, FutureReader<String, 4>>>,
            CallError,
        > {
            self.instance.start(4, (parts, until))
        }
    }
    /// The functions of [`PlumbingInstance`], each adding a call to a batch.
    #[derive(Debug)]
    pub struct PlumbingBatch<'a> {
        batch: Batch<'a>,
    }
    impl<'a> PlumbingBatch<'a> {
        /// Makes the calls in their order, up to the first that fails. That it did is a part of the
        /// results.
        ///
        /// # Errors
        /// When nothing was called: the instance is dead, a limit was exceeded, or a resource
        /// lives elsewhere.
        pub fn run(self) -> Result<Results, CallError> {
            self.batch.run()
        }
        /// Adds calls of the functions of `acme:pipes/pipes`.
        pub fn pipes(&mut self) -> PipesBatch<'_, 'a> {
            PipesBatch {
                batch: &mut self.batch,
            }
        }
        pub fn ticks(&mut self) -> Ticket<StreamReader<(), 0>> {
            self.batch.call(0, ())
        }
    }
    /// The functions of [`PipesView`], each adding a call to a batch.
    #[derive(Debug)]
    pub struct PipesBatch<'b, 'a> {
        batch: &'b mut Batch<'a>,
    }
    impl<'a> PipesBatch<'_, 'a> {
        /// Counts the bytes.
        pub fn count(&mut self, bytes: StreamReader<u8, 1>) -> Ticket<u64> {
            self.batch.call(3, (bytes,))
        }
        pub fn join(
            &mut self,
            parts: Vec<pipes::Part>,
            until: Option<FutureReader<(), 3>>,
        ) -> Ticket<Result<StreamReader<u8, 1>, FutureReader<String, 4>>> {
            self.batch.call(4, (parts, until))
        }
        pub fn valve_flow(
            &mut self,
            this: &'a pipes::Valve,
        ) -> Ticket<StreamReader<pipes::Part, 2>> {
            self.batch.call(1, (this,))
        }
    }
    pub mod pipes {
        use ::first_class::{
            CallError, CallFuture, ComponentType, Lift, Lower, Pending, StreamReader,
        };
        #[derive(ComponentType, Lower, Lift, Debug)]
        pub struct Part {
            pub name: String,
            pub bytes: StreamReader<u8, 1>,
        }
        ::first_class::__resource! {
            pub struct Valve, dropped by 2;
        }
        impl Valve {
            /// Starts calls without waiting for their ends: its methods give a `Pending` each.
            pub fn start(&self) -> ValveStart<'_> {
                ValveStart { of: self }
            }
            pub fn flow(&self) -> Result<StreamReader<Part, 2>, CallError> {
                self.resource.call(1, (self,))
            }
            /// Calls [`Self::flow`] now, and gives its end as a future.
            pub fn flow_async(&self) -> CallFuture<StreamReader<Part, 2>> {
                self.start().flow().into()
            }
        }
        /// The methods of [`Valve`], each starting a call.
        #[derive(Clone, Copy, Debug)]
        pub struct ValveStart<'a> {
            of: &'a Valve,
        }
        impl ValveStart<'_> {
            pub fn flow(&self) -> Result<Pending<StreamReader<Part, 2>>, CallError> {
                self.of.resource.start(1, (self.of,))
            }
        }
    }
}
pub use plumbing::PlumbingInstance;
