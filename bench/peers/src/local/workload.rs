//! What plugins are called with; of all but numbers they give back what they get.

/// What is done.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Workload {
    /// Adds 3 and 4.
    Add,
    /// Passes a string of so many bytes.
    Text(usize),
    /// Passes a `list<u8>` of so many bytes.
    Bytes(usize),
    /// Passes a list of so many records, of two `f64` and a string each.
    Records(u32),
    /// Makes an instance of what is compiled already, which adds 3 and 4 and ends.
    Load,
}

impl Workload {
    /// All that is measured, and what it is called.
    pub(crate) const ALL: [(&str, Workload); 9] = [
        ("add", Workload::Add),
        ("echo-64", Workload::Text(64)),
        ("echo-4k", Workload::Text(4 << 10)),
        ("echo-1m", Workload::Text(1 << 20)),
        ("bytes-4k", Workload::Bytes(4 << 10)),
        ("bytes-1m", Workload::Bytes(1 << 20)),
        ("records-10", Workload::Records(10)),
        ("records-1000", Workload::Records(1000)),
        ("load-warm", Workload::Load),
    ];
}

/// A string of so many bytes.
pub(super) fn text(length: usize) -> String {
    ('a'..='z').cycle().take(length).collect()
}

/// So many bytes.
pub(super) fn bytes(length: usize) -> Vec<u8> {
    (0..=u8::MAX).cycle().take(length).collect()
}

/// The fields of so many records.
pub(super) fn records(length: u32) -> impl Iterator<Item = (f64, f64, String)> {
    (0..length).map(|i| (i.into(), 0.5, format!("sample {i}")))
}
