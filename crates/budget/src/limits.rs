//! What may be spent.

use std::fmt;

use serde::Deserialize;

use crate::ledger::Spent;
use crate::money::Money;

/// What may be spent on models. Nothing named means no limit there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BudgetSettings {
    /// The currency of all prices and limits, as ISO 4217 has it.
    pub currency: String,
    /// For one build, with all it asks again.
    pub build: Allowance,
    /// For a day (UTC), whoever builds.
    pub day: Allowance,
    /// For a day (UTC) and a person.
    pub person_day: Allowance,
}

/// An upper bound on tokens, on money, or on both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Allowance {
    /// Tokens, sent and answered.
    pub tokens: Option<u64>,
    /// Money.
    pub money: Option<Money>,
}

/// What a limit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One build.
    Build,
    /// One day.
    Day,
    /// One day of one person.
    PersonDay,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Build => "this build",
            Self::Day => "today",
            Self::PersonDay => "you today",
        })
    }
}

impl Default for BudgetSettings {
    /// A build that asks five times for the largest plans stays below; one that runs wild does not.
    fn default() -> Self {
        Self {
            currency: "USD".to_owned(),
            build: Allowance {
                tokens: Some(200_000),
                money: None,
            },
            day: Allowance::default(),
            person_day: Allowance::default(),
        }
    }
}

impl BudgetSettings {
    /// Refuses what cannot be meant; the error is a sentence.
    pub fn check(&self) -> Result<(), String> {
        let is_code =
            self.currency.len() == 3 && self.currency.bytes().all(|b| b.is_ascii_uppercase());
        match is_code {
            true => Ok(()),
            false => Err("`budget.currency` is no code such as USD (ISO 4217)".to_owned()),
        }
    }

    /// Whether some limit is one on money.
    pub fn limits_money(&self) -> bool {
        [self.build, self.day, self.person_day]
            .iter()
            .any(|allowance| allowance.money.is_some())
    }

    pub(crate) fn allowance(&self, scope: Scope) -> Allowance {
        match scope {
            Scope::Build => self.build,
            Scope::Day => self.day,
            Scope::PersonDay => self.person_day,
        }
    }
}

impl Allowance {
    /// What `spent` has too much of, in words.
    pub(crate) fn exceeded_by(self, spent: Spent, currency: &str) -> Option<String> {
        if let Some(tokens) = self.tokens.filter(|tokens| spent.tokens() > *tokens) {
            return Some(format!("{} of {tokens} tokens", spent.tokens()));
        }
        let money = self.money.filter(|money| spent.money > *money)?;
        Some(format!("{} of {money} {currency}", spent.money))
    }
}
