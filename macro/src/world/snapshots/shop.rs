/// The world `acme:shop/shop`.
#[allow(
    clippy::all,
    dead_code,
    missing_docs,
    unused_imports,
    reason = "written for the whole world"
)]
pub mod shop {
    use ::first_class::{
        Batch, CallError, CallFuture, Instance, LoadError, Pending, Results, Ticket,
    };
    /// A live instance of the world `acme:shop/shop`.
    #[derive(Debug)]
    pub struct ShopInstance {
        instance: Instance,
    }
    impl ShopInstance {
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
        pub fn start(&self) -> ShopStart<'_> {
            ShopStart {
                instance: &self.instance,
            }
        }
        /// A batch of calls, which are made in one crossing by [`ShopBatch::run`]: its methods give a `Ticket` each, for which there is a result then.
        pub fn batch(&self) -> ShopBatch<'_> {
            ShopBatch {
                batch: self.instance.batch(),
            }
        }
        /// The functions of `acme:shop/carts`.
        pub fn carts(&self) -> CartsView<'_> {
            CartsView {
                instance: &self.instance,
            }
        }
    }
    /// The functions of `acme:shop/carts`.
    #[derive(Clone, Copy, Debug)]
    pub struct CartsView<'a> {
        instance: &'a Instance,
    }
    impl CartsView<'_> {
        pub fn pay(&self, order: carts::Order<'_>) -> Result<(), CallError> {
            self.instance.call(5, (order,))
        }
        /// Calls [`Self::pay`] now, and gives its end as a future.
        pub fn pay_async(&self, order: carts::Order<'_>) -> CallFuture<()> {
            CartsStart {
                instance: self.instance,
            }
                .pay(order)
                .into()
        }
        pub fn total(&self, carts: &[&carts::Cart]) -> Result<u64, CallError> {
            self.instance.call(6, (carts,))
        }
        /// Calls [`Self::total`] now, and gives its end as a future.
        pub fn total_async(&self, carts: &[&carts::Cart]) -> CallFuture<u64> {
            CartsStart {
                instance: self.instance,
            }
                .total(carts)
                .into()
        }
    }
    /// The functions of [`ShopInstance`], each starting a call.
    #[derive(Clone, Copy, Debug)]
    pub struct ShopStart<'a> {
        instance: &'a Instance,
    }
    impl<'a> ShopStart<'a> {
        /// Starts calls of the functions of `acme:shop/carts`.
        pub fn carts(&self) -> CartsStart<'a> {
            CartsStart {
                instance: self.instance,
            }
        }
    }
    /// The functions of [`CartsView`], each starting a call.
    #[derive(Clone, Copy, Debug)]
    pub struct CartsStart<'a> {
        instance: &'a Instance,
    }
    impl<'a> CartsStart<'a> {
        pub fn pay(&self, order: carts::Order<'_>) -> Result<Pending<()>, CallError> {
            self.instance.start(5, (order,))
        }
        pub fn total(&self, carts: &[&carts::Cart]) -> Result<Pending<u64>, CallError> {
            self.instance.start(6, (carts,))
        }
        pub fn new_cart(
            &self,
            name: &str,
        ) -> Result<Pending<Result<carts::Cart, String>>, CallError> {
            self.instance.start(0, (name,))
        }
        pub fn cart_merge(
            &self,
            a: carts::Cart,
            b: &carts::Cart,
        ) -> Result<Pending<carts::Cart>, CallError> {
            self.instance.start(4, (a, b))
        }
    }
    /// The functions of [`ShopInstance`], each adding a call to a batch.
    #[derive(Debug)]
    pub struct ShopBatch<'a> {
        batch: Batch<'a>,
    }
    impl<'a> ShopBatch<'a> {
        /// Makes the calls in their order, up to the first that fails. That it did is a part of the
        /// results.
        ///
        /// # Errors
        /// When nothing was called: the instance is dead, a limit was exceeded, or a resource
        /// lives elsewhere.
        pub fn run(self) -> Result<Results, CallError> {
            self.batch.run()
        }
        /// Adds calls of the functions of `acme:shop/carts`.
        pub fn carts(&mut self) -> CartsBatch<'_, 'a> {
            CartsBatch {
                batch: &mut self.batch,
            }
        }
    }
    /// The functions of [`CartsView`], each adding a call to a batch.
    #[derive(Debug)]
    pub struct CartsBatch<'b, 'a> {
        batch: &'b mut Batch<'a>,
    }
    impl<'a> CartsBatch<'_, 'a> {
        pub fn pay(&mut self, order: carts::Order<'a>) -> Ticket<()> {
            self.batch.call(5, (order,))
        }
        pub fn total(&mut self, carts: &[&'a carts::Cart]) -> Ticket<u64> {
            self.batch.call(6, (carts,))
        }
        pub fn new_cart(&mut self, name: &str) -> Ticket<Result<carts::Cart, String>> {
            self.batch.call(0, (name,))
        }
        pub fn cart_merge(
            &mut self,
            a: carts::Cart,
            b: &'a carts::Cart,
        ) -> Ticket<carts::Cart> {
            self.batch.call(4, (a, b))
        }
        pub fn cart_add(&mut self, this: &'a carts::Cart, item: &str) -> Ticket<u32> {
            self.batch.call(1, (this, item))
        }
    }
    pub mod carts {
        use ::first_class::{CallError, CallFuture, ComponentType, Lower, Pending};
        ::first_class::__resource! {
            pub struct Place, dropped by 3;
        }
        ::first_class::__resource! {
            pub struct Cart, dropped by 2;
        }
        impl Cart {
            /// Starts calls without waiting for their ends: its methods give a `Pending` each.
            pub fn start(&self) -> CartStart<'_> {
                CartStart { of: self }
            }
            pub fn new(
                view: super::CartsView<'_>,
                name: &str,
            ) -> Result<Result<Cart, String>, CallError> {
                view.instance.call(0, (name,))
            }
            /// Calls [`Self::new`] now, and gives its end as a future.
            pub fn new_async(
                view: super::CartsView<'_>,
                name: &str,
            ) -> CallFuture<Result<Cart, String>> {
                super::CartsStart {
                    instance: view.instance,
                }
                    .new_cart(name)
                    .into()
            }
            pub fn add(&self, item: &str) -> Result<u32, CallError> {
                self.resource.call(1, (self, item))
            }
            /// Calls [`Self::add`] now, and gives its end as a future.
            pub fn add_async(&self, item: &str) -> CallFuture<u32> {
                self.start().add(item).into()
            }
            pub fn merge(
                view: super::CartsView<'_>,
                a: Cart,
                b: &Cart,
            ) -> Result<Cart, CallError> {
                view.instance.call(4, (a, b))
            }
            /// Calls [`Self::merge`] now, and gives its end as a future.
            pub fn merge_async(
                view: super::CartsView<'_>,
                a: Cart,
                b: &Cart,
            ) -> CallFuture<Cart> {
                super::CartsStart {
                    instance: view.instance,
                }
                    .cart_merge(a, b)
                    .into()
            }
        }
        /// The methods of [`Cart`], each starting a call.
        #[derive(Clone, Copy, Debug)]
        pub struct CartStart<'a> {
            of: &'a Cart,
        }
        impl CartStart<'_> {
            pub fn add(&self, item: &str) -> Result<Pending<u32>, CallError> {
                self.of.resource.start(1, (self.of, item))
            }
        }
        #[derive(ComponentType, Lower, Debug)]
        pub struct Order<'a> {
            pub cart: Cart,
            pub at: &'a Place,
        }
    }
}
pub use shop::ShopInstance;
