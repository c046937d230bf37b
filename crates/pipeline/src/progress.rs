//! What a person is told while something takes long.

use silversmith_types::TableName;

/// Told how far a command is. Every method may do nothing.
pub trait Progress: Sync {
    /// The next part begins.
    fn stage(&self, what: &str);

    /// Something that a person has to know, whatever else is shown.
    fn warning(&self, what: &str);

    /// The part that began handles so many bytes.
    fn total(&self, bytes: u64) {
        let _ = bytes;
    }

    /// So many bytes of so many are done.
    fn position(&self, done: u64, total: u64) {
        let _ = (done, total);
    }

    /// So many more bytes are done.
    fn advanced(&self, bytes: u64) {
        let _ = bytes;
    }
}

/// Passes what the stages tell on to one [`Progress`].
pub(crate) struct Told<'a>(pub(crate) &'a dyn Progress);

impl silversmith_profile::Progress for Told<'_> {
    fn table_started(&self, table: &TableName, _bytes: u64) {
        self.0.stage(&format!("reading {table}"));
    }

    fn advanced(&self, bytes: u64) {
        self.0.advanced(bytes);
    }
}

impl silversmith_trial::Progress for Told<'_> {
    fn stage(&self, what: &str) {
        self.0.stage(what);
    }
}
