//! Date columns of which one ought to come before the other, and rows that are versions.

use silversmith_types::ColumnName;
use silversmith_types::evidence::{OrderingEvidence, VersionEvidence};

use crate::hash::combine;
use crate::names::words;
use crate::sample::{Sample, scale_up};

/// A cell of a date column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instant {
    /// Empty or blank.
    Absent,
    /// Seconds since 1970.
    At(i64),
    /// Something else.
    Text,
}

/// Counts about two date columns. Adding up in any order gives the same.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OrderCounts {
    first_before: u64,
    same: u64,
    second_before: u64,
    first_alone: u64,
    second_alone: u64,
}

/// Which of two columns ought to come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The first one.
    Forward,
    /// The second one.
    Backward,
}

impl Direction {
    /// The two things in the order in which they ought to come.
    pub(crate) fn order<T>(self, first: T, second: T) -> (T, T) {
        match self {
            Self::Forward => (first, second),
            Self::Backward => (second, first),
        }
    }
}

impl OrderCounts {
    /// Counts one row.
    pub(crate) fn add(&mut self, first: Instant, second: Instant) {
        match (first, second) {
            (Instant::At(a), Instant::At(b)) if a < b => self.first_before += 1,
            (Instant::At(a), Instant::At(b)) if a > b => self.second_before += 1,
            (Instant::At(_), Instant::At(_)) => self.same += 1,
            (Instant::At(_), Instant::Absent) => self.first_alone += 1,
            (Instant::Absent, Instant::At(_)) => self.second_alone += 1,
            _ => {}
        }
    }

    /// Adds what another part of the file gave.
    pub(crate) fn absorb(&mut self, other: &OrderCounts) {
        self.first_before += other.first_before;
        self.same += other.same;
        self.second_before += other.second_before;
        self.first_alone += other.first_alone;
        self.second_alone += other.second_alone;
    }

    fn both(&self) -> u64 {
        self.first_before + self.same + self.second_before
    }

    /// Which column ought to come first: by name, or because it does in nine of ten rows.
    pub(crate) fn direction(&self, first: &str, second: &str, min_rows: u64) -> Option<Direction> {
        let both = self.both();
        if let Some(by_name) = direction_by_name(first, second) {
            return (both > 0).then_some(by_name);
        }
        let mostly =
            |before: u64, after: u64| both >= min_rows && after * 10 <= both && before * 2 >= both;
        if mostly(self.first_before, self.second_before) {
            Some(Direction::Forward)
        } else if mostly(self.second_before, self.first_before) {
            Some(Direction::Backward)
        } else {
            None
        }
    }

    /// The evidence for columns in this direction.
    pub(crate) fn evidence(
        &self,
        first: &ColumnName,
        second: &ColumnName,
        direction: Direction,
    ) -> OrderingEvidence {
        let (start, end) = direction.order(first, second);
        let (_, violated) = direction.order(self.first_before, self.second_before);
        let (open, _) = direction.order(self.first_alone, self.second_alone);
        OrderingEvidence {
            start: start.clone(),
            end: end.clone(),
            both: self.both(),
            violated,
            open,
            versions_of: None,
        }
    }
}

const STARTS: &[&str] = &[
    "start",
    "begin",
    "beginning",
    "from",
    "since",
    "effective",
    "opened",
    "von",
    "ab",
    "seit",
    "beginn",
    "debut",
    "depuis",
    "inicio",
    "desde",
    "inizio",
    "dal",
];
const ENDS: &[&str] = &[
    "end",
    "ending",
    "finish",
    "to",
    "until",
    "till",
    "thru",
    "through",
    "expiry",
    "expires",
    "expiration",
    "closed",
    "stop",
    "bis",
    "ende",
    "fin",
    "hasta",
    "fine",
    "al",
];

/// `valid_from` and `valid_to`: the names are the same but for a word that says start or end.
fn direction_by_name(first: &str, second: &str) -> Option<Direction> {
    let (first, second) = (words(first), words(second));
    let without = |words: &[String], list: &[&str]| -> Option<Vec<String>> {
        let rest: Vec<String> = words
            .iter()
            .filter(|word| !list.contains(&word.as_str()))
            .cloned()
            .collect();
        (rest.len() + 1 == words.len()).then_some(rest)
    };
    let starts_ends = |start: &[String], end: &[String]| {
        let (start, end) = (without(start, STARTS), without(end, ENDS));
        start.is_some() && start == end
    };
    if starts_ends(&first, &second) {
        Some(Direction::Forward)
    } else if starts_ends(&second, &first) {
        Some(Direction::Backward)
    } else {
        None
    }
}

/// Rows that share a key and follow one another by their start.
pub(crate) struct Versions {
    keys: Sample<Chain>,
    starts: Sample<()>,
}

/// The rows of one key.
#[derive(Debug, Clone, Copy, Default)]
struct Chain {
    rows: u64,
    with_end: u64,
    last_start: i64,
    last_rows: u64,
    last_with_end: u64,
}

impl Chain {
    fn join(&mut self, other: &Chain) {
        self.rows += other.rows;
        self.with_end += other.with_end;
        if self.last_rows == 0 || other.last_start > self.last_start {
            self.last_start = other.last_start;
            self.last_rows = other.last_rows;
            self.last_with_end = other.last_with_end;
        } else if other.last_start == self.last_start {
            self.last_rows += other.last_rows;
            self.last_with_end += other.last_with_end;
        }
    }
}

impl Versions {
    /// Of at most `capacity` keys.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            keys: Sample::new(capacity),
            starts: Sample::new(capacity),
        }
    }

    /// Counts one row with this key and start.
    pub(crate) fn add(&mut self, key: u64, start: i64, has_end: bool) {
        let with_end = u64::from(has_end);
        let row = Chain {
            rows: 1,
            with_end,
            last_start: start,
            last_rows: 1,
            last_with_end: with_end,
        };
        self.keys.add(key, 1, |chain| chain.join(&row));
        if self.keys.is_over() {
            self.keys.raise(0, |_, _| {}, |_| {});
        }
        self.starts
            .add(combine(key, start.cast_unsigned()), 1, |()| {});
        if self.starts.is_over() {
            self.starts.raise(0, |_, _| {}, |_| {});
        }
    }

    /// Adds what another part of the file gave.
    pub(crate) fn absorb(&mut self, other: &Versions) {
        self.keys.absorb(&other.keys, Chain::join);
        self.starts.absorb(&other.starts, |(), ()| {});
    }

    /// The evidence, if the rows do look like versions: some are superseded, hardly two of a key
    /// start together, superseded ones have an end and the last ones mostly none.
    pub(crate) fn evidence(&self, key: &ColumnName) -> Option<VersionEvidence> {
        let mut total = Chain::default();
        for (_, _, chain) in self.keys.iter() {
            total.rows += chain.rows;
            total.with_end += chain.with_end;
            total.last_rows += chain.last_rows;
            total.last_with_end += chain.last_with_end;
        }
        let ties: u64 = self
            .starts
            .iter()
            .map(|(_, count, ())| count * (count - 1) / 2)
            .sum();
        let level = self.keys.level();
        let superseded = total.rows - total.last_rows;
        let superseded_with_end = total.with_end - total.last_with_end;
        let last_without_end = total.last_rows - total.last_with_end;
        let ties = scale_up(ties, self.starts.level());
        let fits = superseded > 0
            && superseded_with_end * 10 >= superseded * 9
            && last_without_end * 2 >= total.last_rows
            && ties * 100 <= scale_up(total.rows, level);
        fits.then(|| VersionEvidence {
            key: key.clone(),
            superseded: scale_up(superseded, level),
            superseded_with_end: scale_up(superseded_with_end, level),
            last_without_end: scale_up(last_without_end, level),
            last: scale_up(total.last_rows, level),
            ties,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> ColumnName {
        text.parse().unwrap()
    }

    #[test]
    fn names_decide_even_against_the_values() {
        let mut counts = OrderCounts::default();
        for _ in 0..20 {
            counts.add(Instant::At(2), Instant::At(1));
        }
        counts.add(Instant::At(1), Instant::Absent);
        counts.add(Instant::Text, Instant::At(1));
        assert_eq!(
            counts.direction("prd_start_dt", "prd_end_dt", 10),
            Some(Direction::Forward)
        );
        assert_eq!(
            counts.direction("gültig_bis", "gültig_von", 10),
            Some(Direction::Backward)
        );
        assert_eq!(counts.direction("a", "b", 10), Some(Direction::Backward));
        let found = counts.evidence(&name("s"), &name("e"), Direction::Forward);
        assert_eq!((found.both, found.violated, found.open), (20, 20, 1));
    }

    #[test]
    fn without_names_the_rows_must_mostly_agree() {
        let mut counts = OrderCounts::default();
        for row in 0..20 {
            counts.add(
                Instant::At(5),
                Instant::At(if row % 3 == 0 { 4 } else { 6 }),
            );
        }
        assert_eq!(counts.direction("order_dt", "ship_dt", 10), None);
        let mut same = OrderCounts::default();
        for _ in 0..20 {
            same.add(Instant::At(5), Instant::At(5));
        }
        assert_eq!(same.direction("order_dt", "ship_dt", 10), None);
    }

    #[test]
    fn versions_are_rows_of_one_key_with_ends_but_for_the_last() {
        let mut versions = Versions::new(100);
        for key in 0..10 {
            versions.add(key, 1, true);
            versions.add(key, 2, true);
            versions.add(key, 3, false);
        }
        let found = versions.evidence(&name("k")).unwrap();
        assert_eq!((found.superseded, found.superseded_with_end), (20, 20));
        assert_eq!(
            (found.last, found.last_without_end, found.ties),
            (10, 10, 0)
        );
    }

    #[test]
    fn orders_of_a_customer_are_no_versions() {
        let mut versions = Versions::new(100);
        for row in 0..30_u64 {
            versions.add(row % 10, (row / 10).cast_signed(), true);
        }
        assert_eq!(versions.evidence(&name("customer")), None);
    }
}
