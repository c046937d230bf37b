//! What is kept on disk, so that a kill at any moment leaves the old or the new and nothing between:
//! [`files`] that are replaced whole, a [`journal`] that only grows, a transparency [`log`], and [`sealed`] records that only
//! the holder of the store's key can read.

pub mod files;
pub mod journal;
pub mod log;
pub mod sealed;
