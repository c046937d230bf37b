//! The ledger: a journal for each day (UTC), in which a request stands before it is sent.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use silversmith_store::files::FileError;
use silversmith_store::journal::{self, Journal};
use silversmith_types::{Digest, Timestamp};

use crate::limits::{BudgetSettings, Scope};
use crate::money::{Money, Price};

/// Tokens of a request and of its answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// That were sent.
    pub input: u64,
    /// That were answered.
    pub output: u64,
}

/// What a request may come to.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// When it is made.
    pub at: Timestamp,
    /// The build that makes it.
    pub build: &'a str,
    /// Who builds.
    pub person: &'a str,
    /// The model.
    pub model: &'a str,
    /// Its tokens at most.
    pub most: Usage,
    /// What they cost.
    pub price: Price,
    /// What the request is recorded under, once it is answered.
    pub address: Digest,
}

/// A request that is counted, and may be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "what is not settled stays counted at its most"]
pub struct Reservation {
    day: String,
    id: u64,
}

/// Why a request may not be sent.
#[derive(Debug, thiserror::Error)]
pub enum BudgetError {
    /// It could exceed a limit.
    #[error("the budget for {scope} does not allow this request: with it, it could come to {what}")]
    Exceeded {
        /// Which limit.
        scope: Scope,
        /// How much of what.
        what: String,
    },
    /// The ledger cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

impl BudgetError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Exceeded { .. } => "SS-BUDGET-001",
            Self::File(error) => error.code(),
        }
    }

    /// What to do about it, in one line.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Exceeded { .. } => Some(
                "see `silversmith cost`; raise [budget] in silversmith.toml, or build with --author rules"
                    .to_owned(),
            ),
            Self::File(error) => error.help(),
        }
    }
}

/// What was or may have been spent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Spent {
    /// Requests.
    pub requests: u64,
    /// Those of them whose end is not known: they are counted at their most.
    pub open: u64,
    /// Tokens.
    #[serde(flatten)]
    pub usage: Usage,
    /// Money.
    pub money: Money,
}

impl Spent {
    /// Tokens both ways.
    pub fn tokens(&self) -> u64 {
        self.usage.input.saturating_add(self.usage.output)
    }

    fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.open += other.open;
        self.usage.input = self.usage.input.saturating_add(other.usage.input);
        self.usage.output = self.usage.output.saturating_add(other.usage.output);
        self.money = self.money.plus(other.money);
    }
}

/// A line of the ledger.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case", deny_unknown_fields)]
enum Entry {
    /// May be sent from now on.
    Reserved {
        id: u64,
        at: Timestamp,
        build: String,
        person: String,
        model: String,
        most: Usage,
        price: Price,
        address: Digest,
    },
    /// Was answered.
    Settled { id: u64, usage: Usage },
    /// Was not charged.
    Released { id: u64 },
}

/// A request of the ledger, as its entries leave it.
struct Line {
    build: String,
    person: String,
    model: String,
    most: Usage,
    price: Price,
    address: Digest,
    end: End,
}

#[derive(Clone, Copy)]
enum End {
    Open,
    Settled(Usage),
    Released,
}

impl Line {
    fn spent(&self) -> Spent {
        let (open, usage) = match self.end {
            End::Released => return Spent::default(),
            End::Open => (1, self.most),
            End::Settled(usage) => (0, usage),
        };
        Spent {
            requests: 1,
            open,
            usage,
            money: self.price.of(usage),
        }
    }
}

/// Everything that a project spends on models.
#[derive(Debug, Clone)]
pub struct Ledger {
    folder: PathBuf,
    settings: BudgetSettings,
}

impl Ledger {
    /// The ledger in a folder, under these limits.
    pub fn new(folder: PathBuf, settings: BudgetSettings) -> Self {
        Self { folder, settings }
    }

    /// Counts a request at its most, or refuses it. `recorded` says what an earlier request used whose
    /// answer is on disk: a build that was killed before it settled is settled here.
    pub fn reserve(
        &self,
        request: &Request,
        recorded: impl Fn(Digest) -> Option<Usage>,
    ) -> Result<Reservation, BudgetError> {
        let day = day_of(request.at);
        // Held until the request is counted: two builds at once cannot both take what is left.
        let mut held = Journal::open(&self.file(&day))?;
        let mut lines = lines(held.entries()?);
        for (id, line) in &mut lines {
            if let (End::Open, Some(usage)) = (line.end, recorded(line.address)) {
                held.append(&Entry::Settled { id: *id, usage })?;
                line.end = End::Settled(usage);
            }
        }
        // A build may have begun before midnight.
        let before = request.at.date().pred_opt().map(|day| day.to_string());
        let before = match before {
            Some(day) => journal::read(&self.file(&day))?,
            None => Vec::new(),
        };
        let of_build = |line: &&Line| line.build == request.build;
        let yesterday = sum(crate::ledger::lines(before).values().filter(of_build));
        for scope in [Scope::Build, Scope::PersonDay, Scope::Day] {
            let counts = |line: &&Line| match scope {
                Scope::Build => of_build(line),
                Scope::PersonDay => line.person == request.person,
                Scope::Day => true,
            };
            let mut spent = sum(lines.values().filter(counts));
            if scope == Scope::Build {
                spent.add(yesterday);
            }
            spent.add(Spent {
                requests: 1,
                open: 1,
                usage: request.most,
                money: request.price.of(request.most),
            });
            let allowance = self.settings.allowance(scope);
            if let Some(what) = allowance.exceeded_by(spent, &self.settings.currency) {
                return Err(BudgetError::Exceeded { scope, what });
            }
        }
        let id = lines.keys().next_back().map_or(1, |last| last + 1);
        held.append(&Entry::Reserved {
            id,
            at: request.at,
            build: request.build.to_owned(),
            person: request.person.to_owned(),
            model: request.model.to_owned(),
            most: request.most,
            price: request.price,
            address: request.address,
        })?;
        Ok(Reservation { day, id })
    }

    /// Counts what a request used in place of its most.
    pub fn settle(&self, reservation: Reservation, usage: Usage) -> Result<(), BudgetError> {
        let Reservation { day, id } = reservation;
        Ok(Journal::open(&self.file(&day))?.append(&Entry::Settled { id, usage })?)
    }

    /// Counts nothing for a request that nobody charges: it never left, or was turned away.
    pub fn release(&self, reservation: Reservation) -> Result<(), BudgetError> {
        let Reservation { day, id } = reservation;
        Ok(Journal::open(&self.file(&day))?.append(&Entry::Released { id })?)
    }

    /// What was spent: by day, model and person, in this order. Days before `since` are left out.
    pub fn spent(
        &self,
        since: Option<&str>,
    ) -> Result<BTreeMap<(String, String, String), Spent>, BudgetError> {
        let mut spent: BTreeMap<_, Spent> = BTreeMap::new();
        for day in self.days()? {
            if since.is_some_and(|since| day.as_str() < since) {
                continue;
            }
            for line in lines(journal::read(&self.file(&day))?).into_values() {
                let found = line.spent();
                if found.requests > 0 {
                    let key = (day.clone(), line.model, line.person);
                    spent.entry(key).or_default().add(found);
                }
            }
        }
        Ok(spent)
    }

    /// The currency of all amounts.
    pub fn currency(&self) -> &str {
        &self.settings.currency
    }

    fn file(&self, day: &str) -> PathBuf {
        self.folder.join(format!("{day}.jsonl"))
    }

    fn days(&self) -> Result<Vec<String>, FileError> {
        let fail = |source| FileError::Read {
            path: self.folder.clone(),
            source,
        };
        let entries = match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(fail)?,
        };
        let mut days = Vec::new();
        for entry in entries {
            let name = entry.map_err(fail)?.file_name();
            let day = Path::new(&name).file_stem().and_then(|stem| stem.to_str());
            if let Some(day) = day.filter(|_| name.to_string_lossy().ends_with(".jsonl")) {
                days.push(day.to_owned());
            }
        }
        days.sort();
        Ok(days)
    }
}

fn day_of(at: Timestamp) -> String {
    at.date().to_string()
}

fn lines(entries: Vec<Entry>) -> BTreeMap<u64, Line> {
    let mut lines = BTreeMap::new();
    for entry in entries {
        match entry {
            Entry::Reserved {
                id,
                build,
                person,
                model,
                most,
                price,
                address,
                ..
            } => {
                let line = Line {
                    build,
                    person,
                    model,
                    most,
                    price,
                    address,
                    end: End::Open,
                };
                lines.insert(id, line);
            }
            Entry::Settled { id, usage } => {
                if let Some(line) = lines.get_mut(&id) {
                    line.end = End::Settled(usage);
                }
            }
            Entry::Released { id } => {
                if let Some(line) = lines.get_mut(&id) {
                    line.end = End::Released;
                }
            }
        }
    }
    lines
}

fn sum<'a>(lines: impl Iterator<Item = &'a Line>) -> Spent {
    lines.fold(Spent::default(), |mut sum, line| {
        sum.add(line.spent());
        sum
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: &str = "2026-11-24T10:00:00Z";

    fn ledger(folder: &Path, text: &str) -> Ledger {
        Ledger::new(folder.to_owned(), toml::from_str(text).unwrap())
    }

    fn request<'a>(build: &'a str, person: &'a str, tokens: u64) -> Request<'a> {
        Request {
            at: DAY.parse().unwrap(),
            build,
            person,
            model: "m",
            most: Usage {
                input: tokens,
                output: 0,
            },
            price: Price {
                input: Money::from_micros(1_000_000),
                output: Money::from_micros(1_000_000),
            },
            address: Digest::of(build.as_bytes()),
        }
    }

    fn nothing(_: Digest) -> Option<Usage> {
        None
    }

    /// Tokens both ways count, exactly up to the limit, for the one whose limit it is.
    #[test]
    fn each_limit_holds_to_the_token() {
        for (limits, fits, exceeds) in [
            (
                "build.tokens = 100",
                request("b", "p", 40),
                request("b", "q", 41),
            ),
            (
                "person_day.tokens = 100",
                request("c", "p", 40),
                request("c", "p", 41),
            ),
            (
                "day.tokens = 100",
                request("c", "q", 40),
                request("c", "q", 41),
            ),
            (
                "day.money = '0.0001'",
                request("c", "q", 40),
                request("c", "q", 41),
            ),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let ledger = ledger(folder.path(), limits);
            let _first = ledger.reserve(&request("b", "p", 60), nothing).unwrap();
            let refused = ledger.reserve(&exceeds, nothing).unwrap_err();
            assert_eq!(refused.code(), "SS-BUDGET-001", "{limits}: {refused}");
            assert!(ledger.reserve(&fits, nothing).is_ok(), "{limits}");
        }
    }

    #[test]
    fn another_build_another_person_and_another_day_have_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let limits = "build.tokens = 100\nperson_day.tokens = 100";
        let ledger = ledger(folder.path(), limits);
        let reserve = |request: &Request| ledger.reserve(request, nothing).is_ok();
        assert!(reserve(&request("b", "p", 100)));
        assert!(reserve(&request("c", "q", 100)));
        assert!(!reserve(&request("d", "q", 1)));
        let tomorrow = "2026-11-25T00:00:01Z".parse().unwrap();
        let mut later = request("d", "q", 100);
        later.at = tomorrow;
        assert!(reserve(&later));
        // A build goes on after midnight with what it has left, which is nothing.
        let mut same = request("b", "r", 1);
        same.at = tomorrow;
        assert!(!reserve(&same));
    }

    #[test]
    fn what_was_used_counts_and_what_was_turned_away_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = ledger(folder.path(), "day.tokens = 100");
        let first = ledger.reserve(&request("b", "p", 100), nothing).unwrap();
        assert!(ledger.reserve(&request("c", "p", 1), nothing).is_err());
        let used = Usage {
            input: 30,
            output: 20,
        };
        ledger.settle(first, used).unwrap();
        let second = ledger.reserve(&request("c", "p", 50), nothing).unwrap();
        assert!(ledger.reserve(&request("d", "p", 1), nothing).is_err());
        ledger.release(second).unwrap();
        assert!(ledger.reserve(&request("d", "p", 50), nothing).is_ok());
        let spent = ledger.spent(None).unwrap();
        let key = ("2026-11-24".to_owned(), "m".to_owned(), "p".to_owned());
        let found = spent[&key];
        assert_eq!((found.requests, found.open, found.tokens()), (2, 1, 100));
        assert_eq!(found.money.micros(), 100);
        assert!(ledger.spent(Some("2026-11-25")).unwrap().is_empty());
    }

    /// A build that was killed between its answer and its settlement is settled by the next one.
    #[test]
    fn an_answer_on_disk_settles_its_request() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = ledger(folder.path(), "day.tokens = 100");
        let _killed = ledger.reserve(&request("b", "p", 90), nothing).unwrap();
        let recorded = |address| {
            (address == Digest::of(b"b")).then_some(Usage {
                input: 10,
                output: 5,
            })
        };
        assert!(ledger.reserve(&request("c", "p", 85), recorded).is_ok());
        let spent = ledger.spent(None).unwrap().into_values().next().unwrap();
        assert_eq!((spent.open, spent.tokens()), (1, 100));
    }

    #[test]
    fn a_damaged_ledger_lets_nothing_through() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = ledger(folder.path(), "");
        std::fs::write(folder.path().join("2026-11-24.jsonl"), "{}\n").unwrap();
        assert!(matches!(
            ledger.reserve(&request("b", "p", 1), nothing),
            Err(BudgetError::File(_))
        ));
    }
}
