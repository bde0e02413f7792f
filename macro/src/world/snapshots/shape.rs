/// The world `acme:shapes/shape@2.0.0`.
#[allow(
    clippy::all,
    dead_code,
    missing_docs,
    unused_imports,
    reason = "written for the whole world"
)]
pub mod shape {
    use ::first_class::{
        Batch, CallError, CallFuture, Instance, LoadError, Pending, Results, Ticket,
    };
    /// A live instance of the world `acme:shapes/shape@2.0.0`.
    #[derive(Debug)]
    pub struct ShapeInstance {
        instance: Instance,
    }
    impl ShapeInstance {
        /// The sources that this guest may load as this world.
        ///
        /// # Errors
        /// When the host does not accept the world.
        pub fn available() -> ::core::result::Result<Vec<String>, LoadError> {
            Instance::available(WORLD)
        }
        /// Makes a live instance of a source.
        ///
        /// # Errors
        /// When there is no such source, or it does not implement the world, or fails to
        /// start.
        pub fn load(source: &str) -> ::core::result::Result<Self, LoadError> {
            Instance::load(source, WORLD).map(|instance| Self { instance })
        }
        /// Makes a live instance of a component that this guest has itself, if the host lets it.
        ///
        /// # Errors
        /// As for `load`, and when the host does not let it.
        pub fn load_bytes(component: &[u8]) -> ::core::result::Result<Self, LoadError> {
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
        pub fn respawn(&self) -> ::core::result::Result<(), LoadError> {
            self.instance.respawn()
        }
        /// Starts calls without waiting for their ends: its methods give a `Pending` each.
        pub fn start(&self) -> ShapeStart<'_> {
            ShapeStart {
                instance: &self.instance,
            }
        }
        /// A batch of calls, which are made in one crossing by [`ShapeBatch::run`]: its methods give a `Ticket` each, for which there is a result then.
        pub fn batch(&self) -> ShapeBatch<'_> {
            ShapeBatch {
                batch: self.instance.batch(),
            }
        }
        /// The functions of `acme:shapes/info@2.0.0`.
        pub fn info(&self) -> InfoView<'_> {
            InfoView {
                instance: &self.instance,
            }
        }
        /// Whether the plugin has the interface `acme:shapes/info@2.0.0`.
        pub fn supports_info(&self) -> bool {
            self.instance.supports(1)
        }
        pub fn describe(
            &self,
            line: types::Line,
            name: &names::Name,
        ) -> ::core::result::Result<::core::result::Result<Result, ()>, CallError> {
            self.instance.call(0, (line, name))
        }
        /// Calls [`Self::describe`] now, and gives its end as a future.
        pub fn describe_async(
            &self,
            line: types::Line,
            name: &names::Name,
        ) -> CallFuture<::core::result::Result<Result, ()>> {
            self.start().describe(line, name).into()
        }
        /// Whether the plugin has `describe`.
        pub fn supports_describe(&self) -> bool {
            self.instance.supports(0)
        }
    }
    /// The functions of `acme:shapes/info@2.0.0`.
    #[derive(Clone, Copy, Debug)]
    pub struct InfoView<'a> {
        instance: &'a Instance,
    }
    impl InfoView<'_> {
        pub fn name(&self) -> ::core::result::Result<String, CallError> {
            self.instance.call_text(1, "")
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
    /// The functions of [`ShapeInstance`], each starting a call.
    #[derive(Clone, Copy, Debug)]
    pub struct ShapeStart<'a> {
        instance: &'a Instance,
    }
    impl<'a> ShapeStart<'a> {
        /// Starts calls of the functions of `acme:shapes/info@2.0.0`.
        pub fn info(&self) -> InfoStart<'a> {
            InfoStart {
                instance: self.instance,
            }
        }
        pub fn describe(
            &self,
            line: types::Line,
            name: &names::Name,
        ) -> ::core::result::Result<
            Pending<::core::result::Result<Result, ()>>,
            CallError,
        > {
            self.instance.start(0, (line, name))
        }
    }
    /// The functions of [`InfoView`], each starting a call.
    #[derive(Clone, Copy, Debug)]
    pub struct InfoStart<'a> {
        instance: &'a Instance,
    }
    impl<'a> InfoStart<'a> {
        pub fn name(&self) -> ::core::result::Result<Pending<String>, CallError> {
            self.instance.start(1, ())
        }
    }
    /// The functions of [`ShapeInstance`], each adding a call to a batch.
    #[derive(Debug)]
    pub struct ShapeBatch<'a> {
        batch: Batch<'a>,
    }
    impl<'a> ShapeBatch<'a> {
        /// Makes the calls in their order, up to the first that fails. That it did is a part of the
        /// results.
        ///
        /// # Errors
        /// When nothing was called: the instance is dead, a limit was exceeded, or a resource
        /// lives elsewhere.
        pub fn run(self) -> ::core::result::Result<Results, CallError> {
            self.batch.run()
        }
        /// Adds calls of the functions of `acme:shapes/info@2.0.0`.
        pub fn info(&mut self) -> InfoBatch<'_, 'a> {
            InfoBatch {
                batch: &mut self.batch,
            }
        }
        pub fn describe(
            &mut self,
            line: types::Line,
            name: &names::Name,
        ) -> Ticket<::core::result::Result<Result, ()>> {
            self.batch.call(0, (line, name))
        }
    }
    /// The functions of [`InfoView`], each adding a call to a batch.
    #[derive(Debug)]
    pub struct InfoBatch<'b, 'a> {
        batch: &'b mut Batch<'a>,
    }
    impl<'a> InfoBatch<'_, 'a> {
        pub fn name(&mut self) -> Ticket<String> {
            self.batch.call(1, ())
        }
    }
    pub use self::types::Line;
    pub use self::names::Name;
    pub use self::types::Result;
    pub mod types {
        use ::first_class::{ComponentType, Lift, Lower};
        pub use crate::Point;
        const _: () = {
            const LAYOUT: ::first_class::Layout = <Point as ::first_class::ComponentType>::LAYOUT;
            ::core::assert!(
                LAYOUT.size == 8 && LAYOUT.align == 4,
                "`crate::Point` does not have the parts of the WIT type `point`"
            );
        };
        #[derive(ComponentType, Lower, Lift, Clone, PartialEq, Debug, serde::Serialize)]
        pub struct Line {
            pub a: Point,
            pub b: Point,
        }
        #[derive(ComponentType, Lower, Lift, Clone, PartialEq, Debug, serde::Serialize)]
        pub enum Result {
            Ok(String),
            Err,
        }
    }
    pub use crate::other::texts as names;
    const _: () = {
        const LAYOUT: ::first_class::Layout = <names::Name as ::first_class::ComponentType>::LAYOUT;
        ::core::assert!(
            LAYOUT.size == 8 && LAYOUT.align == 4,
            "`crate::other::texts` does not have the parts of the WIT type `name`"
        );
    };
}
pub use shape::ShapeInstance;
