//! Asks a model provider for one answer. What is open to the network runs in a worker, which is this
//! program started again: the library that speaks to the providers reads their answers whole, and holds
//! keys in ordinary memory. The worker has little memory, no environment, and ends with its one answer.
//!
//! [`Worker::ask`] makes one attempt; [`persist`] tries again as often as it makes sense; a [`Breaker`]
//! spares a provider that keeps failing.

mod breaker;
mod error;
mod retry;
mod settings;
mod wire;
mod worker;

pub use breaker::{Breaker, Open};
pub use error::ModelError;
pub use retry::{Attempts, Retry, Time, persist};
pub use settings::{ModelSettings, Provider};
pub use wire::{Answer, Finish, Message, Role};
pub use worker::{Question, Worker, worker_main_if_requested};
