//! Calls of a plugin's own exports, past the bridge: of functions that move one string or one list of
//! numbers, which the engine copies whole then.

use super::Instance;
use super::death::Death;
use super::live::Live;
use super::spawn::Spawn;
use crate::chain::Chain;
use crate::error::CallError;
use crate::plugin_state::PluginState;
use crate::policy::{Exceeded, Limit};
use bytemuck::Pod;
use first_class_abi::{Bulk, Number};
use std::borrow::Cow;
use std::time::Duration;
use wasmtime::component::{ComponentType, Func, Lift, Lower, TypedFunc, WasmList, WasmStr};
use wasmtime::{Store, StoreContext};

/// The outcome of a call that gives a `T`. A result that is larger than it may be is left where it is,
/// and its size given in its place.
type Given<T> = Result<Result<T, u64>, Death>;

/// The functions of an instance that were called this way, by their numbers.
#[derive(Default)]
pub(super) struct BulkFuncs(Vec<Option<BulkFunc>>);

#[derive(Clone, Copy)]
struct BulkFunc {
    func: Func,
    /// The same if it takes and gives a string.
    echo: Option<Echo>,
}

/// A function that takes and gives a string, which it takes as an owned one: to give a borrowed one its
/// type takes longer than to copy a short one.
pub(super) type Echo = TypedFunc<(String,), (WasmStr,)>;

impl BulkFuncs {
    fn get(&self, function: u32) -> Option<BulkFunc> {
        *self.0.get(function as usize)?
    }

    fn insert(&mut self, function: u32, func: BulkFunc) {
        let index = function as usize;
        if self.0.len() <= index {
            self.0.resize(index + 1, None);
        }
        self.0[index] = Some(func);
    }
}

impl Instance {
    /// Whether a function is called past the bridge.
    pub(crate) fn is_bulk(&self, function: u32) -> bool {
        self.spawn.plan.bulk_export(function).is_some()
    }

    /// Calls a function that moves a string past the bridge.
    pub(crate) async fn invoke_text(
        &mut self,
        chain: &Chain,
        limit: Duration,
        function: u32,
        argument: &str,
    ) -> Result<String, CallError> {
        let bulk = self.spawn.text_shape(function)?;
        let live = self.enter_bulk(chain, limit, function, bulk, argument.len());
        let mut live = live.await?;
        let spawn = &*self.spawn;
        let outcome = live.text(spawn, limit, function, bulk, argument).await;
        let result = self.course.leave(spawn, live, limit, function, outcome)?;
        result.map_err(|found| spawn.too_large(function, found))
    }

    /// The same with a list of numbers.
    pub(crate) async fn invoke_numbers<W: Word>(
        &mut self,
        chain: &Chain,
        limit: Duration,
        function: u32,
        argument: &[W],
    ) -> Result<Vec<W>, CallError> {
        let shape = self.spawn.numbers_shape(function, argument)?;
        let live = self.enter_bulk(chain, limit, function, shape.0, size_of_val(argument));
        let mut live = live.await?;
        let spawn = &*self.spawn;
        let outcome = live.numbers(spawn, limit, function, shape, argument).await;
        let result = self.course.leave(spawn, live, limit, function, outcome)?;
        result.map_err(|found| spawn.too_large(function, found))
    }

    /// Takes the live instance for a call past the bridge.
    async fn enter_bulk(
        &mut self,
        chain: &Chain,
        limit: Duration,
        function: u32,
        bulk: Bulk,
        length: usize,
    ) -> Result<Box<Live>, CallError> {
        let spawn = &*self.spawn;
        spawn.check_serves_itself()?;
        let length = bulk.arguments_size(length) as u64;
        Exceeded::check(Limit::Arguments, length, spawn.limits.argument_bytes)
            .map_err(|exceeded| spawn.exceeded(function, exceeded))?;
        if !self.course.is_alive() {
            Box::pin(self.course.revive(spawn, chain, limit)).await?;
        }
        self.course.enter(spawn, chain, limit, function)
    }
}

impl Live {
    /// A function that takes and gives a string, if it was called before.
    pub(super) fn echo(&self, function: u32) -> Option<Echo> {
        self.bulk.get(function)?.echo
    }

    /// Calls such a function on the caller's stack.
    pub(super) fn text_directly(
        &mut self,
        spawn: &Spawn,
        echo: &Echo,
        argument: String,
    ) -> Given<String> {
        let (result,) = self.enter_directly(echo, (argument,))?;
        self.text_of(spawn, &result)
    }

    /// Calls a function that moves a string.
    pub(super) async fn text(
        &mut self,
        spawn: &Spawn,
        limit: Duration,
        function: u32,
        bulk: Bulk,
        argument: &str,
    ) -> Given<String> {
        let func = self.bulk_func(spawn, function)?.func;
        let (result,) = match (bulk.takes, bulk.gives) {
            (true, true) => {
                let call = func.typed::<(&str,), (WasmStr,)>(&self.store)?;
                self.enter(spawn, limit, &call, (argument,)).await?
            }
            (true, false) => {
                let call = func.typed::<(&str,), ()>(&self.store)?;
                self.enter(spawn, limit, &call, (argument,)).await?;
                return Ok(Ok(String::new()));
            }
            (false, _) => {
                let call = func.typed::<(), (WasmStr,)>(&self.store)?;
                self.enter(spawn, limit, &call, ()).await?
            }
        };
        self.text_of(spawn, &result)
    }

    fn text_of(&self, spawn: &Spawn, result: &WasmStr) -> Given<String> {
        let text = result.to_str(&self.store)?;
        Ok(given(text.len(), spawn).map(|()| text.into_owned()))
    }

    /// Calls a function that moves a list of numbers.
    pub(super) async fn numbers<W: Word>(
        &mut self,
        spawn: &Spawn,
        limit: Duration,
        function: u32,
        (bulk, number): (Bulk, Number),
        argument: &[W],
    ) -> Given<Vec<W>> {
        let func = self.bulk_func(spawn, function)?.func;
        /// Numbers of some type, and how those of a result are copied.
        macro_rules! numbers {
            ($T:ty, $List:ty, $copy:expr) => {
                self.list::<W, $T, $List>(spawn, limit, func, bulk, argument, $copy)
                    .await
            };
        }
        /// Integers are copied from where they lie.
        macro_rules! integers {
            ($T:ty) => {
                numbers!($T, WasmList<$T>, |list, store| words(
                    list.as_le_slice(store)
                ))
            };
        }
        /// The engine gives floating-point numbers as a copy alone.
        macro_rules! floats {
            ($T:ty) => {
                numbers!($T, Vec<$T>, |list, _| {
                    let cast = bytemuck::allocation::try_cast_vec(list);
                    cast.unwrap_or_else(|(_, list)| words(&list))
                })
            };
        }
        match number {
            Number::U8 => integers!(u8),
            Number::S8 => integers!(i8),
            Number::U16 => integers!(u16),
            Number::S16 => integers!(i16),
            Number::U32 => integers!(u32),
            Number::S32 => integers!(i32),
            Number::U64 => integers!(u64),
            Number::S64 => integers!(i64),
            Number::F32 => floats!(f32),
            Number::F64 => floats!(f64),
        }
    }

    async fn list<W, T, L>(
        &mut self,
        spawn: &Spawn,
        limit: Duration,
        func: Func,
        bulk: Bulk,
        argument: &[W],
        copy: impl for<'a> Fn(L, &'a Store<PluginState>) -> Vec<W>,
    ) -> Given<Vec<W>>
    where
        W: Word,
        T: Pod + ComponentType + Lower + Send + Sync,
        L: ComponentType + Lift + Send + Sync + 'static,
    {
        let argument = numbers::<W, T>(argument);
        let (result,) = match (bulk.takes, bulk.gives) {
            (true, true) => {
                let call = func.typed::<(&[T],), (L,)>(&self.store)?;
                self.enter(spawn, limit, &call, (&*argument,)).await?
            }
            (true, false) => {
                let call = func.typed::<(&[T],), ()>(&self.store)?;
                self.enter(spawn, limit, &call, (&*argument,)).await?;
                return Ok(Ok(Vec::new()));
            }
            (false, _) => {
                let call = func.typed::<(), (L,)>(&self.store)?;
                self.enter(spawn, limit, &call, ()).await?
            }
        };
        let words = copy(result, &self.store);
        Ok(given(size_of_val(&*words), spawn).map(|()| words))
    }

    fn bulk_func(&mut self, spawn: &Spawn, function: u32) -> Result<BulkFunc, Death> {
        if let Some(known) = self.bulk.get(function) {
            return Ok(known);
        }
        let export = spawn.plan.bulk_export(function);
        let func = export.and_then(|export| self.instance.get_func(&mut self.store, export));
        let func = func.ok_or_else(|| Death::trap("the composition lacks an export"))?;
        let echo = func.typed(&self.store).ok();
        let found = BulkFunc { func, echo };
        self.bulk.insert(function, found);
        Ok(found)
    }
}

/// Checks the size of what an instance gives. As a buffer, it would be behind an address and a length.
fn given(size: usize, spawn: &Spawn) -> Result<(), u64> {
    let size = (Bulk::RESULT_FRONT + size) as u64;
    match size > spawn.limits.result_bytes {
        true => Err(size),
        false => Ok(()),
    }
}

/// The numbers that words are. Bytes may begin anywhere.
fn numbers<W: Word, T: Pod>(words: &[W]) -> Cow<'_, [T]> {
    match bytemuck::try_cast_slice(words) {
        Ok(numbers) => Cow::Borrowed(numbers),
        Err(_) => Cow::Owned(bytemuck::allocation::pod_collect_to_vec(words)),
    }
}

/// The words that numbers are.
fn words<T: Pod, W: Word>(numbers: &[T]) -> Vec<W> {
    bytemuck::cast_slice(numbers).to_vec()
}

/// What numbers are passed as: unsigned ones of their width, or bytes.
pub(crate) trait Word: Pod + ComponentType + Lower + Lift + Send + Sync {
    /// The words of a list, where they lie.
    fn of_list<'a, T: 'static>(list: &WasmList<Self>, store: StoreContext<'a, T>) -> &'a [Self];
}

macro_rules! words {
    ($($Word:ty)*) => {
        $(impl Word for $Word {
            fn of_list<'a, T: 'static>(
                list: &WasmList<Self>,
                store: StoreContext<'a, T>,
            ) -> &'a [Self] {
                list.as_le_slice(store)
            }
        })*
    };
}

words!(u8 u16 u32 u64);
