//! A caller, and what its calls have to be answered.

use super::{ASKED, COMPONENT, SHARED, SOURCE};
use arbitrary::{Arbitrary, Result, Unstructured};
use first_class_abi::contract::{ARENA_BASE, BATCH_ALIGN, FailureCode, SCALAR_PARAMS};
use first_class_host::{CallError, LoadError, ShimCtx};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What any call takes at most. The machine may have other things to do.
const BOUND: Duration = Duration::from_secs(20);

/// How many instances a caller makes.
const MOST_LOADS: usize = 8;

/// How many numbers are likely to name an instance.
const LIKELY: u8 = 4;

/// Bytes from here on stand for something unlikely.
const UNLIKELY: u8 = 240;

/// A batch has fewer calls than this.
const MOST_IN_BATCH: u8 = 8;

/// How many bytes the front of any buffer of the plugin takes, at most.
const FRONT: usize = 192;

/// The functions of the contract, as the first byte of a call names them.
#[derive(Clone, Copy)]
pub(super) enum Call {
    LoadPlugin,
    Invoke,
    Scalar,
    Release,
    Supports,
    Available,
    LoadAnything,
    LoadShared,
    LoadBytes,
    IsAlive,
    Respawn,
    Text,
    Numbers,
    Batch,
}

/// All of them, in their order.
const CALLS: [Call; 14] = [
    Call::LoadPlugin,
    Call::Invoke,
    Call::Scalar,
    Call::Release,
    Call::Supports,
    Call::Available,
    Call::LoadAnything,
    Call::LoadShared,
    Call::LoadBytes,
    Call::IsAlive,
    Call::Respawn,
    Call::Text,
    Call::Numbers,
    Call::Batch,
];

/// A caller, and what is known of its instances.
pub(super) struct Caller {
    context: ShimCtx,
    instances: BTreeMap<u32, Known>,
    loads: usize,
}

#[derive(Clone, Copy)]
struct Known {
    alive: bool,
    /// Whether its functions are those that [`ASKED`] names.
    is_plugin: bool,
    /// Whether others have it too. It is made anew when it died.
    is_shared: bool,
}

/// What ends an instance whatever it is given.
const DEADLY: &str = "trap";

impl Caller {
    pub(super) fn new(context: ShimCtx) -> Self {
        Caller {
            context,
            instances: BTreeMap::new(),
            loads: 0,
        }
    }

    /// How many of its own instances live.
    pub(super) fn alive(&self) -> usize {
        let instances = self.instances.values();
        instances
            .filter(|known| known.alive && !known.is_shared)
            .count()
    }

    /// Makes the next call of the input.
    pub(super) fn call(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let call = CALLS[u8::arbitrary(input)? as usize % CALLS.len()];
        let started = Instant::now();
        match call {
            Call::LoadPlugin => self.load_plugin(SOURCE),
            Call::LoadShared => self.load_plugin(SHARED),
            Call::LoadBytes => self.load_bytes(input)?,
            Call::IsAlive => self.is_alive(input)?,
            Call::Respawn => self.respawn(input)?,
            Call::LoadAnything => self.load_anything(input)?,
            Call::Available => self.available(input)?,
            Call::Supports => self.supports(input)?,
            Call::Invoke => {
                let (instance, function) = (number(input, LIKELY)?, function(input)?);
                let arguments = buffer(input)?;
                let answer = self.context.invoke(instance, function, &arguments);
                self.answered(instance, function, answer.err());
            }
            Call::Scalar => {
                let (instance, function) = (number(input, LIKELY)?, function(input)?);
                let mut scalars = [0; SCALAR_PARAMS];
                for scalar in &mut scalars {
                    *scalar = word(input)?.into();
                }
                let answer = self.context.invoke_scalar(instance, function, scalars);
                self.answered(instance, function, answer.err());
            }
            Call::Text => {
                let (instance, function) = (number(input, LIKELY)?, function(input)?);
                let text = String::from_utf8_lossy(&buffer(input)?).into_owned();
                let answer = self.context.invoke_text(instance, function, text);
                self.answered(instance, function, answer.err());
            }
            Call::Numbers => {
                let (instance, function) = (number(input, LIKELY)?, function(input)?);
                let numbers = buffer(input)?;
                let answer = self.context.invoke_numbers(instance, function, &numbers);
                self.answered(instance, function, answer.err());
            }
            Call::Batch => self.batch(input)?,
            Call::Release => {
                let instance = number(input, LIKELY)?;
                self.context.release(instance);
                self.instances.remove(&instance);
            }
        }
        assert!(started.elapsed() < BOUND, "it took {:?}", started.elapsed());
        Ok(())
    }

    /// Makes some calls at once, which are none at times.
    fn batch(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let instance = number(input, LIKELY)?;
        let mut calls = Vec::new();
        for _ in 0..u8::arbitrary(input)? % MOST_IN_BATCH {
            let (function, mut arguments) = (function(input)?, buffer(input)?);
            let length = arguments.len().next_multiple_of(BATCH_ALIGN);
            arguments.resize(length, 0);
            let length = match u8::arbitrary(input)? {
                UNLIKELY.. => word(input)?,
                _ => length as u32,
            };
            calls.extend([function, length].map(u32::to_le_bytes).concat());
            calls.extend(arguments);
        }
        let takes = self.context.takes_batches(instance);
        let answer = self.context.invoke_batch(instance, &calls);
        let known = self.instances.get_mut(&instance);
        let Some(known) = known.filter(|known| !known.is_shared) else {
            assert!(!takes && matches!(answer, Err(CallError::Protocol { .. })));
            return Ok(());
        };
        assert!(takes, "it is its caller's own");
        match answer {
            Ok(outcome) => {
                let code = outcome.failure.map(|failure| failure.code);
                let code = code.and_then(FailureCode::from_number);
                if let Some(FailureCode::Trap | FailureCode::Deadline | FailureCode::Exhausted) =
                    code
                {
                    assert!(known.alive, "it died once more");
                    known.alive = false;
                }
            }
            Err(error) => self.answered(instance, 0, Some(error)),
        }
        Ok(())
    }

    fn load_plugin(&mut self, name: &str) {
        if self.loads < MOST_LOADS {
            let loaded = self.context.load(name, &ASKED.encoded);
            let loaded = loaded.expect("the plugin can be loaded");
            self.loaded(loaded, true, name == SHARED);
        }
    }

    fn load_bytes(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let bytes = match bool::arbitrary(input)? {
            true => &COMPONENT,
            false => <&[u8]>::arbitrary(input)?,
        };
        if self.loads < MOST_LOADS
            && let Ok(instance) = self.context.load_bytes(bytes, &ASKED.encoded)
        {
            self.loaded(instance, true, false);
        }
        Ok(())
    }

    fn is_alive(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let instance = number(input, LIKELY)?;
        let known = self.instances.get(&instance);
        let expected = known.is_some_and(|known| known.alive);
        assert_eq!(self.context.is_alive(instance), expected);
        Ok(())
    }

    fn respawn(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let instance = number(input, LIKELY)?;
        let answer = self.context.respawn(instance);
        match self.instances.get_mut(&instance) {
            None => assert!(matches!(answer, Err(LoadError::Protocol { .. }))),
            Some(known) => {
                answer.expect("it started before");
                known.alive = true;
            }
        }
        Ok(())
    }

    fn load_anything(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let name = match bool::arbitrary(input)? {
            true => SOURCE,
            false => <&str>::arbitrary(input)?,
        };
        let world = world(input)?;
        if self.loads == MOST_LOADS {
            return Ok(());
        }
        match self.context.load(name, &world) {
            Ok(instance) => {
                assert!(name == SOURCE || name == SHARED);
                self.loaded(instance, *world == *ASKED.encoded, false);
            }
            Err(LoadError::NotFound { source_name }) => {
                let cut = source_name.strip_suffix('…');
                assert!(cut.map_or(source_name == name, |start| name.starts_with(start)));
                assert!(name != SOURCE && name != SHARED);
            }
            Err(_) => assert_ne!(*world, *ASKED.encoded),
        }
        Ok(())
    }

    fn loaded(&mut self, instance: u32, is_plugin: bool, is_shared: bool) {
        self.loads += 1;
        let known = Known {
            alive: true,
            is_plugin,
            is_shared,
        };
        let other = self.instances.insert(instance, known);
        assert!(other.is_none(), "{instance} names two instances");
    }

    fn available(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let world = world(input)?;
        let answer = self.context.available(&world);
        if *world == *ASKED.encoded {
            assert_eq!(answer.expect("it is a world"), [SOURCE, SHARED]);
        } else if let Ok(names) = answer {
            assert!(
                names.iter().all(|name| name == SOURCE || name == SHARED),
                "{names:?}"
            );
        }
        Ok(())
    }

    fn supports(&mut self, input: &mut Unstructured<'_>) -> Result<()> {
        let (instance, function) = (number(input, LIKELY)?, function(input)?);
        let answer = self.context.supports(instance, function);
        match self.instances.get(&instance) {
            None => assert!(!answer),
            Some(known) if known.alive && known.is_plugin => {
                let name = ASKED.functions.get(function as usize);
                assert_eq!(answer, name.is_some_and(|name| name != "missing"));
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Looks at how a call of a function ended.
    fn answered(&mut self, instance: u32, function: u32, error: Option<CallError>) {
        use CallError::{Dead, Exhausted, Limit, Protocol, Unsupported};
        let Some(known) = self.instances.get_mut(&instance) else {
            assert!(matches!(error, Some(Protocol { .. })), "{error:?}");
            return;
        };
        match error {
            Some(Protocol { .. } | Unsupported { .. } | Limit { .. }) => {}
            // What others have as well cannot be ended by what it is given.
            Some(error) if known.is_shared => {
                let name = ASKED.functions.get(function as usize);
                let may_die = name.is_some_and(|name| name == DEADLY);
                let is_stale = matches!(error, Dead { .. });
                assert!(
                    may_die || is_stale || matches!(error, Exhausted { .. }),
                    "{error}"
                );
            }
            None => assert!(known.alive, "the dead do not answer"),
            Some(Dead { .. }) => assert!(!known.alive, "it died of nothing"),
            Some(other) => {
                assert!(known.alive, "it died once more: {other}");
                known.alive = false;
            }
        }
    }
}

/// A number, most likely below `count`.
fn number(input: &mut Unstructured<'_>, count: u8) -> Result<u32> {
    Ok(match u8::arbitrary(input)? {
        UNLIKELY.. => u32::arbitrary(input)?,
        byte => (byte % count).into(),
    })
}

fn function(input: &mut Unstructured<'_>) -> Result<u32> {
    number(input, ASKED.functions.len() as u8)
}

/// A buffer: any bytes, or words, which are more often a length or an address than any bytes are.
fn buffer(input: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let kind = u8::arbitrary(input)?;
    let count = u8::arbitrary(input)? as usize;
    let mut buffer = Vec::new();
    if kind.is_multiple_of(2) {
        for _ in 0..count.min(input.len()) {
            buffer.extend(word(input)?.to_le_bytes());
        }
    } else {
        buffer.extend(input.bytes(count.min(input.len()))?);
    }
    if kind < UNLIKELY {
        buffer.resize(buffer.len().max(FRONT), 0);
    }
    Ok(buffer)
}

fn word(input: &mut Unstructured<'_>) -> Result<u32> {
    Ok(match u8::arbitrary(input)? {
        UNLIKELY.. => u32::arbitrary(input)?,
        byte @ 64.. => ARENA_BASE + 4 * u32::from(byte - 64),
        byte => byte.into(),
    })
}

/// The encoding of a world: the right one, or that with a changed byte, or something else.
fn world<'a>(input: &mut Unstructured<'a>) -> Result<Cow<'a, [u8]>> {
    Ok(match u8::arbitrary(input)? % 4 {
        0 | 1 => Cow::Borrowed(&ASKED.encoded),
        2 => {
            let mut world = ASKED.encoded.clone();
            let place = usize::from(u16::arbitrary(input)?) % world.len();
            world[place] = u8::arbitrary(input)?;
            world.into()
        }
        _ => <&[u8]>::arbitrary(input)?.into(),
    })
}
