//! The Python runtime, prepared where it is not there yet.

use silversmith_runtime::{Phase, Runtime, RuntimeOptions};

use crate::error::PipelineError;
use crate::progress::{Progress, Told};

/// The runtime of this user; the first call on a machine installs it.
pub fn prepare_runtime(progress: &dyn Progress) -> Result<Runtime, PipelineError> {
    Ok(Runtime::prepare(
        &RuntimeOptions::from_environment(),
        &Told(progress),
    )?)
}

/// The runtime of this user, if it is there; nothing is installed.
pub fn find_runtime() -> Result<Option<Runtime>, PipelineError> {
    Ok(Runtime::find(&RuntimeOptions::from_environment())?)
}

impl silversmith_runtime::Progress for Told<'_> {
    fn phase(&self, phase: Phase) {
        self.0.stage(match phase {
            Phase::Waiting => "waiting for another process that prepares the Python runtime",
            Phase::Installing => "installing the Python runtime (once)",
            Phase::Compiling => "compiling the Python runtime (once)",
            Phase::Measuring => "hashing the Python runtime (once)",
        });
    }

    fn bytes(&self, done: u64, total: u64) {
        self.0.position(done, total);
    }
}
