//! What other rows say about a row whose product does not hold.
//!
//! From the row alone nobody can tell which of its three numbers is wrong. Where another column, say
//! an article number, fixes both factors, the other rows of the same article can.

use std::collections::{BTreeMap, HashSet};

use silversmith_types::ColumnName;
use silversmith_types::evidence::CorroborationEvidence;

use crate::hash::{finish, step};
use crate::limits::MAX_CONTRADICTIONS;
use crate::numbers::Decimal;
use crate::sample::Sample;

/// Rows that hold for each one of the same group that does not. Where more contradict, that is how
/// this group is (a discount, say) and no slip.
const HOLDING_FOR_EACH: u64 = 10;

/// A row in which all three numbers are positive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Complete {
    pub(crate) product: Decimal,
    pub(crate) left: Decimal,
    pub(crate) right: Decimal,
    pub(crate) holds: bool,
}

impl Complete {
    /// Whether the product is one factor although the other is not one.
    pub(crate) fn is_copy(&self) -> bool {
        (self.product.equals(self.left) && !self.right.is_one())
            || (self.product.equals(self.right) && !self.left.is_one())
    }
}

/// The rows of one product, in groups that share a value of another column. Adding up in any order
/// gives the same.
pub(crate) struct Groups {
    capacity: usize,
    /// Rows that hold, by group and factors.
    holding: Sample<Factors>,
    contradicting: Vec<(u64, Complete)>,
    given_up: bool,
}

/// The factors that some rows of a group have.
#[derive(Debug, Clone, Copy, Default)]
struct Factors {
    group: u64,
    left: Decimal,
    right: Decimal,
}

/// What is known of a group in the end.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    holding: u64,
    contradicting: u64,
    /// The factors that most rows have, and how many do.
    most: u64,
    left: Decimal,
    right: Decimal,
}

impl Group {
    /// Whether 99 % of the rows that hold have the same two factors.
    fn is_uniform(&self) -> bool {
        self.holding > 0 && self.most * 100 >= self.holding * 99
    }

    fn is_telling(&self) -> bool {
        self.is_uniform() && self.holding >= self.contradicting.saturating_mul(HOLDING_FOR_EACH)
    }
}

impl Groups {
    /// Of at most `capacity` different factors in all groups; with more the column groups nothing.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            holding: Sample::new(capacity),
            contradicting: Vec::new(),
            given_up: false,
        }
    }

    /// Counts one row of the group.
    pub(crate) fn add(&mut self, group: u64, row: Complete) {
        if self.given_up {
            return;
        }
        let row = Complete {
            left: row.left.shortest(),
            right: row.right.shortest(),
            ..row
        };
        if row.holds {
            let factors = Factors {
                group,
                left: row.left,
                right: row.right,
            };
            self.holding.add(factors.hash(), 1, |known| {
                if known.left == Decimal::default() {
                    *known = factors;
                }
            });
        } else {
            self.contradicting.push((group, row));
        }
        self.keep_bounded();
    }

    fn keep_bounded(&mut self) {
        if self.holding.is_over() || self.contradicting.len() > MAX_CONTRADICTIONS {
            // A part would depend on the order of the rows.
            self.given_up = true;
            self.holding = Sample::new(self.capacity);
            self.contradicting = Vec::new();
        }
    }

    /// Adds what another part of the file gave.
    pub(crate) fn absorb(&mut self, other: &Groups) {
        self.given_up |= other.given_up;
        if self.given_up {
            self.holding = Sample::new(self.capacity);
            self.contradicting = Vec::new();
            return;
        }
        for (hash, count, factors) in other.holding.iter() {
            self.holding.add(hash, count, |known| *known = *factors);
            if self.holding.is_over() {
                break;
            }
        }
        self.contradicting.extend_from_slice(&other.contradicting);
        self.keep_bounded();
    }

    fn groups(&self) -> BTreeMap<u64, Group> {
        let mut groups: BTreeMap<u64, Group> = BTreeMap::new();
        for (_, count, factors) in self.holding.iter() {
            let group = groups.entry(factors.group).or_default();
            group.holding += count;
            // Of two that are equally frequent neither is in 99 % of the rows.
            if count > group.most {
                group.most = count;
                (group.left, group.right) = (factors.left, factors.right);
            }
        }
        for (group, _) in &self.contradicting {
            groups.entry(*group).or_default().contradicting += 1;
        }
        groups
    }

    /// Rows that hold in groups of several, and those of them that have the factors of most.
    pub(crate) fn agreement(&self) -> (u64, u64) {
        let groups = self.groups();
        let several = groups.values().filter(|group| group.holding > 1);
        several.fold((0, 0), |(rows, agree), group| {
            (rows + group.holding, agree + group.most)
        })
    }

    /// The evidence, if any contradictory row is decided. `name` is that of the column that groups.
    pub(crate) fn evidence(&self, name: &ColumnName) -> Option<CorroborationEvidence> {
        let groups = self.groups();
        let unusual = Unusual::of(self, &groups);
        let mut found = CorroborationEvidence {
            determinant: name.clone(),
            product_outlier: 0,
            product_outlier_equals_factor: 0,
            left_outlier: 0,
            right_outlier: 0,
        };
        for (group, row) in &self.contradicting {
            let Some(group) = groups.get(group).filter(|group| group.is_telling()) else {
                continue;
            };
            let usual = row.product.is_product(group.left, group.right);
            match (row.left == group.left, row.right == group.right) {
                (true, true) if !unusual.explains(row) => {
                    found.product_outlier += 1;
                    found.product_outlier_equals_factor += u64::from(row.is_copy());
                }
                (false, true) if usual => found.left_outlier += 1,
                (true, false) if usual => found.right_outlier += 1,
                _ => {}
            }
        }
        let outliers = [
            found.product_outlier,
            found.left_outlier,
            found.right_outlier,
        ];
        outliers.iter().any(|count| *count > 0).then_some(found)
    }
}

impl Factors {
    fn hash(&self) -> u64 {
        let with = |hash: u64, number: Decimal| {
            let scaled = step(hash, u64::from(number.scale));
            step(scaled, number.mantissa.cast_unsigned())
        };
        finish(with(with(self.group, self.left), self.right))
    }
}

/// Factors that are not the usual ones of their group. A quantity of two may be rare and right; then
/// a total of twice the price beside a quantity of one says that the quantity is wrong.
#[derive(Default)]
struct Unusual {
    left: HashSet<Decimal>,
    right: HashSet<Decimal>,
}

impl Unusual {
    fn of(rows: &Groups, groups: &BTreeMap<u64, Group>) -> Self {
        let mut unusual = Self::default();
        let holding = rows.holding.iter().map(|(_, _, factors)| *factors);
        let contradicting = rows.contradicting.iter().map(|(group, row)| Factors {
            group: *group,
            left: row.left,
            right: row.right,
        });
        for factors in holding.chain(contradicting) {
            let usual = groups.get(&factors.group).filter(|g| g.is_uniform());
            if usual.is_none_or(|group| group.left != factors.left) {
                unusual.left.insert(factors.left);
            }
            if usual.is_none_or(|group| group.right != factors.right) {
                unusual.right.insert(factors.right);
            }
        }
        unusual
    }

    /// Whether the row would hold with one of them in the place of its own factor.
    fn explains(&self, row: &Complete) -> bool {
        let has = |known: &HashSet<Decimal>, factor: Option<Decimal>| {
            factor.is_some_and(|factor| known.contains(&factor))
        };
        has(&self.left, row.product.quotient(row.right))
            || has(&self.right, row.product.quotient(row.left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::parse(text.as_bytes()).unwrap()
    }

    fn add(groups: &mut Groups, group: u64, [product, left, right]: [&str; 3], times: usize) {
        let [product, left, right] = [product, left, right].map(number);
        let row = Complete {
            product,
            left,
            right,
            holds: product.is_product(left, right),
        };
        for _ in 0..times {
            groups.add(group, row);
        }
    }

    /// Product, of these copies, left, right.
    fn outliers(groups: &Groups) -> [u64; 4] {
        let found = groups.evidence(&"key".parse().unwrap());
        found.map_or([0; 4], |found| {
            [
                found.product_outlier,
                found.product_outlier_equals_factor,
                found.left_outlier,
                found.right_outlier,
            ]
        })
    }

    fn two_articles() -> Groups {
        let mut groups = Groups::new(100);
        add(&mut groups, 1, ["24", "1", "24"], 200);
        add(&mut groups, 2, ["15.00", "2", "7.5"], 200);
        groups
    }

    #[test]
    fn the_number_that_differs_from_the_other_rows_is_the_outlier() {
        let mut groups = two_articles();
        add(&mut groups, 1, ["33", "1", "24.00"], 1);
        add(&mut groups, 2, ["7.50", "2.0", "7.50"], 1);
        add(&mut groups, 1, ["24", "3", "24"], 3);
        add(&mut groups, 2, ["15", "2", "9"], 4);
        assert_eq!(outliers(&groups), [2, 1, 3, 4]);
    }

    #[test]
    fn two_numbers_that_differ_say_nothing() {
        let mut groups = two_articles();
        add(&mut groups, 1, ["33", "2", "24"], 1);
        add(&mut groups, 1, ["33", "1", "25"], 1);
        assert_eq!(outliers(&groups), [0; 4]);
    }

    #[test]
    fn a_group_that_is_small_or_mixed_or_mostly_wrong_says_nothing() {
        for (rows, others, wrong) in [(9, 0, 1), (200, 3, 1), (200, 0, 21)] {
            let mut groups = Groups::new(100);
            add(&mut groups, 1, ["24", "1", "24"], rows);
            add(&mut groups, 1, ["25", "1", "25"], others);
            add(&mut groups, 1, ["33", "1", "24"], wrong);
            assert_eq!(outliers(&groups), [0; 4], "{rows} {others} {wrong}");
        }
        let mut groups = Groups::new(100);
        add(&mut groups, 1, ["24", "1", "24"], 10);
        add(&mut groups, 1, ["33", "1", "24"], 1);
        assert_eq!(outliers(&groups), [1, 0, 0, 0]);
    }

    #[test]
    fn a_total_that_a_rare_factor_explains_is_not_the_outlier() {
        let mut groups = two_articles();
        add(&mut groups, 1, ["48", "1", "24"], 1);
        assert_eq!(outliers(&groups), [1, 0, 0, 0]);
        // Somebody did buy three of another article, rightly; nobody has bought two of this one.
        add(&mut groups, 2, ["22.5", "3", "7.5"], 1);
        assert_eq!(outliers(&groups), [1, 0, 0, 0]);
        add(&mut groups, 1, ["72.0", "1", "24"], 1);
        assert_eq!(outliers(&groups), [1, 0, 0, 0]);
    }

    #[test]
    fn neither_order_nor_split_changes_anything() {
        let rows: Vec<(u64, [&str; 3], usize)> = vec![
            (1, ["24", "1", "24"], 50),
            (2, ["15", "2", "7.5"], 50),
            (1, ["33", "1", "24"], 2),
            (2, ["14", "2", "7.5"], 3),
            (1, ["24", "2", "24"], 1),
        ];
        let all = |rows: &mut dyn Iterator<Item = &(u64, [&str; 3], usize)>| {
            let mut groups = Groups::new(2);
            rows.for_each(|(group, row, times)| add(&mut groups, *group, *row, *times));
            groups
        };
        let whole = outliers(&all(&mut rows.iter()));
        assert_eq!(whole, [5, 0, 1, 0]);
        assert_eq!(outliers(&all(&mut rows.iter().rev())), whole);
        for cut in 0..rows.len() {
            let mut first = all(&mut rows[..cut].iter());
            first.absorb(&all(&mut rows[cut..].iter()));
            assert_eq!(outliers(&first), whole, "{cut}");
        }
    }

    #[test]
    fn with_too_many_factors_or_contradictions_it_gives_up_however_the_work_is_split() {
        let factors = |from: u64, to: u64| {
            let mut groups = Groups::new(50);
            for group in from..to {
                add(&mut groups, group, ["24", "1", "24"], 20);
            }
            add(&mut groups, 1, ["33", "1", "24"], 1);
            groups
        };
        assert_eq!(outliers(&factors(0, 50)), [1, 0, 0, 0]);
        assert_eq!(outliers(&factors(0, 51)), [0; 4]);
        let mut halves = factors(0, 26);
        halves.absorb(&factors(26, 51));
        assert_eq!(outliers(&halves), [0; 4]);
        halves.absorb(&factors(0, 1));
        assert_eq!(outliers(&halves), [0; 4]);

        let mut many = Groups::new(50);
        add(&mut many, 1, ["24", "1", "24"], MAX_CONTRADICTIONS * 20);
        add(&mut many, 1, ["33", "1", "24"], MAX_CONTRADICTIONS);
        assert_eq!(outliers(&many)[0], MAX_CONTRADICTIONS as u64);
        add(&mut many, 1, ["33", "1", "24"], 1);
        assert_eq!(outliers(&many), [0; 4]);
    }
}
