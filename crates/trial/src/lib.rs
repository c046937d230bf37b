//! Runs a module in the jail on Bronze data and compares what it does with what its plan means.
//!
//! Translation validation: the compiler to Polars is not trusted; every cell and every count of
//! the module's output is compared with the reference interpreter on the same rows.

mod report;

pub use report::{
    Check, JoinChange, RemovedCount, Sample, SampledTable, StepCount, TableTrial, Timing, TrialReport,
};
