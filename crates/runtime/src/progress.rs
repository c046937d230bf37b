//! How a preparation tells how far it is.

/// What a preparation is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Another process prepares the same runtime; this one waits for it.
    Waiting,
    /// Packages are downloaded and unpacked; [`Progress::bytes`] tells how far.
    Installing,
    /// Byte code is made.
    Compiling,
    /// Every file is hashed.
    Measuring,
}

/// Told about a preparation. A runtime that is there already tells nothing.
pub trait Progress {
    /// A phase begins.
    fn phase(&self, phase: Phase);
    /// So many bytes of about so many are there.
    fn bytes(&self, done: u64, total: u64);
}

/// Nobody is told.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn phase(&self, _phase: Phase) {}
    fn bytes(&self, _done: u64, _total: u64) {}
}
