//! What models may cost, and what they did cost. Every request is counted at its most before it is sent,
//! and settled with what the provider says it used; what was never settled stays counted at its most,
//! because it may have been charged.

mod ledger;
mod limits;
mod money;

pub use ledger::{BudgetError, Ledger, Request, Reservation, Spent, Usage};
pub use limits::{Allowance, BudgetSettings, Scope};
pub use money::{Money, MoneyError, Price};
