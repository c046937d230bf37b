//! Systems without the jail: everything is refused.

use std::path::PathBuf;

use crate::{Ended, JailSpec, LayerProbe, OnLine, SandboxError};

/// Builds a jail. Cannot be had on this system.
#[derive(Debug)]
pub struct Helper(std::convert::Infallible);

impl Helper {
    /// Always `None`: the jail exists on Linux only.
    #[must_use]
    pub fn fork() -> Option<Self> {
        None
    }
}

/// Runs jobs in the jail. Cannot be made on this system.
#[derive(Debug, Clone)]
pub struct Sandbox(std::convert::Infallible);

impl Sandbox {
    /// Always refuses: the jail exists on Linux only.
    pub fn new() -> Result<Self, SandboxError> {
        Err(SandboxError::Platform)
    }

    /// Unreachable, since no value exists.
    #[must_use]
    pub fn with_helper(self, _helper: impl Into<PathBuf>) -> Self {
        self
    }

    /// Unreachable, since no value exists.
    #[must_use]
    pub fn usable_memory(&self, _limits: &crate::Limits) -> u64 {
        match self.0 {}
    }

    /// Unreachable, since no value exists.
    #[must_use]
    pub fn accepting(self, _layers: impl IntoIterator<Item = crate::WeakerLayer>) -> Self {
        self
    }

    /// Unreachable, since no value exists.
    pub fn check(&self) -> Result<Vec<crate::Layer>, SandboxError> {
        match self.0 {}
    }

    /// Unreachable, since no value exists.
    pub fn probe(&self) -> Vec<LayerProbe> {
        match self.0 {}
    }

    /// Unreachable, since no value exists.
    pub fn prepare(&self, _spec: &JailSpec) -> Result<Prepared, SandboxError> {
        match self.0 {}
    }

    /// Unreachable, since no value exists.
    pub fn run_by(
        &self,
        _helper: Option<Helper>,
        _spec: &JailSpec,
        _on_stdout_line: Option<OnLine<'_>>,
    ) -> Result<Ended, SandboxError> {
        match self.0 {}
    }

    /// Unreachable, since no value exists.
    pub fn run(
        &self,
        _spec: &JailSpec,
        _on_stdout_line: Option<OnLine<'_>>,
    ) -> Result<Ended, SandboxError> {
        match self.0 {}
    }
}

/// A program that waits for its input. Cannot be made on this system.
#[derive(Debug)]
pub struct Prepared(std::convert::Infallible);

impl Prepared {
    /// Unreachable, since no value exists.
    pub fn is_waiting(&mut self) -> bool {
        match self.0 {}
    }

    /// Unreachable, since no value exists.
    pub fn run(
        self,
        _input: &[u8],
        _on_stdout_line: Option<OnLine<'_>>,
    ) -> Result<Ended, SandboxError> {
        match self.0 {}
    }
}

/// Does nothing on this system.
pub fn helper_main_if_requested() {}

/// One line: the jail is missing.
pub fn probe() -> Vec<LayerProbe> {
    vec![LayerProbe {
        name: "jail".to_owned(),
        required: true,
        available: false,
        detail: SandboxError::Platform.to_string(),
        cause: None,
        remedy: SandboxError::Platform.help(),
    }]
}
