//! What the programs that measure first-class worlds have in common: how subjects take turns, what is said of the
//! samples, what was measured on, and how a program chooses, writes and ends.

pub mod machine;
pub mod measure;
pub mod program;

/// With glibc's allocator, which gives memory back at each free, large values take a multiple of
/// the time, whatever the subject.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
