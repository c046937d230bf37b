//! Products that hold in almost every row.

use silversmith_types::ColumnName;
use silversmith_types::evidence::ProductEvidence;

use crate::corroboration::Complete;
use crate::limits::{MAX_NUMBER_COLUMNS, MAX_PRODUCTS};
use crate::names::words;
use crate::numbers::Decimal;

/// Three columns by position: `product = left × right`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Triple {
    pub(crate) product: usize,
    pub(crate) left: usize,
    pub(crate) right: usize,
}

impl Triple {
    /// The columns, whichever is the product.
    pub(crate) fn columns(self) -> [usize; 3] {
        let mut columns = [self.product, self.left, self.right];
        columns.sort_unstable();
        columns
    }
}

/// A cell as a factor or a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Amount {
    /// Empty or blank.
    Missing,
    /// A plain number.
    Number(Decimal),
    /// Something else.
    Text,
}

/// Counts about one triple. Adding up in any order gives the same.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ProductCounts {
    checked: u64,
    holds: u64,
    /// Rows that tell a product from a copy: both factors positive and neither of them one.
    telling: u64,
    telling_holds: u64,
    product_unusable: u64,
    left_unusable: u64,
    right_unusable: u64,
    contradictory: u64,
    product_equals_factor: u64,
}

impl ProductCounts {
    /// Counts one row, and returns its numbers if all three are positive.
    #[inline]
    pub(crate) fn add(&mut self, product: Amount, left: Amount, right: Amount) -> Option<Complete> {
        if let (Amount::Number(p), Amount::Number(l), Amount::Number(r)) = (product, left, right) {
            self.checked += 1;
            let holds = p.is_product(l, r);
            let telling = [l, r].iter().all(|n| n.is_positive() && !n.is_one());
            self.holds += u64::from(holds);
            self.telling += u64::from(telling);
            self.telling_holds += u64::from(telling && holds);
            if holds {
                return (l.is_positive() && r.is_positive()).then_some(Complete {
                    product: p,
                    left: l,
                    right: r,
                    holds,
                });
            }
        }
        self.add_broken(product, left, right)
    }

    fn add_broken(&mut self, product: Amount, left: Amount, right: Amount) -> Option<Complete> {
        match [product, left, right].map(usable) {
            [None, Some(_), Some(_)] => self.product_unusable += 1,
            [Some(_), None, Some(_)] => self.left_unusable += 1,
            [Some(_), Some(_), None] => self.right_unusable += 1,
            [Some(product), Some(left), Some(right)] => {
                let row = Complete {
                    product,
                    left,
                    right,
                    holds: false,
                };
                self.contradictory += 1;
                self.product_equals_factor += u64::from(row.is_copy());
                return Some(row);
            }
            _ => {}
        }
        None
    }

    /// Adds what another part of the file gave.
    pub(crate) fn absorb(&mut self, other: &ProductCounts) {
        self.checked += other.checked;
        self.holds += other.holds;
        self.telling += other.telling;
        self.telling_holds += other.telling_holds;
        self.product_unusable += other.product_unusable;
        self.left_unusable += other.left_unusable;
        self.right_unusable += other.right_unusable;
        self.contradictory += other.contradictory;
        self.product_equals_factor += other.product_equals_factor;
    }

    fn holds_in(&self, percent: u64) -> bool {
        self.checked > 0 && self.holds * 100 >= self.checked * percent
    }
}

fn usable(amount: Amount) -> Option<Decimal> {
    match amount {
        Amount::Number(number) if number.is_positive() => Some(number),
        _ => None,
    }
}

/// The triples among `columns` that hold in nine tenths of the first rows. `rows` gives the amounts
/// of each of the columns.
pub(crate) fn candidates(columns: &[(usize, Vec<Amount>)], rows: usize) -> Vec<Triple> {
    let columns = &columns[..columns.len().min(MAX_NUMBER_COLUMNS)];
    let mut found: Vec<(u64, Triple)> = Vec::new();
    for (product, products) in columns {
        for (at, (left, lefts)) in columns.iter().enumerate() {
            for (right, rights) in &columns[at + 1..] {
                if product == left || product == right {
                    continue;
                }
                let mut counts = ProductCounts::default();
                for row in 0..rows {
                    counts.add(products[row], lefts[row], rights[row]);
                    if row == 200 && !counts.holds_in(50) {
                        break;
                    }
                }
                if counts.holds_in(90) {
                    let triple = Triple {
                        product: *product,
                        left: *left,
                        right: *right,
                    };
                    found.push((counts.telling_holds, triple));
                }
            }
        }
    }
    found.sort_by_key(|(telling, triple)| {
        (
            std::cmp::Reverse(*telling),
            triple.product,
            triple.left,
            triple.right,
        )
    });
    found
        .into_iter()
        .map(|(_, triple)| triple)
        .take(MAX_PRODUCTS)
        .collect()
}

/// The products that hold in 99 % of all rows: of several that say the same of the same columns the
/// likeliest one. A row in which a factor is one says nothing about which column is the product;
/// where hardly any row says more, the names must.
pub(crate) fn evidence(
    names: &[ColumnName],
    counted: &[(Triple, ProductCounts)],
    min_count: u64,
) -> Vec<ProductEvidence> {
    let mut likely: Vec<(u64, u32, Triple, ProductCounts)> = Vec::new();
    for (triple, counts) in counted {
        let by_name = name_score(names, *triple);
        let proved =
            counts.telling_holds >= min_count && counts.telling_holds * 100 >= counts.telling * 95;
        if counts.holds_in(99) && counts.checked >= min_count && (proved || by_name >= 3) {
            let telling = if proved { counts.telling_holds } else { 0 };
            likely.push((telling, by_name, *triple, *counts));
        }
    }
    likely.sort_by_key(|(telling, by_name, triple, _)| {
        (
            std::cmp::Reverse((*telling, *by_name)),
            triple.product,
            triple.left,
            triple.right,
        )
    });
    let mut seen: Vec<[usize; 3]> = Vec::new();
    let mut products: Vec<usize> = Vec::new();
    let mut list = Vec::new();
    for (_, _, triple, counts) in likely {
        let set = triple.columns();
        if seen.contains(&set) || products.contains(&triple.product) {
            continue;
        }
        seen.push(set);
        products.push(triple.product);
        list.push(counts.evidence(names, triple));
    }
    list
}

impl ProductCounts {
    fn evidence(&self, names: &[ColumnName], triple: Triple) -> ProductEvidence {
        ProductEvidence {
            product: names[triple.product].clone(),
            left: names[triple.left].clone(),
            right: names[triple.right].clone(),
            checked: self.checked,
            holds: self.holds,
            product_unusable: self.product_unusable,
            left_unusable: self.left_unusable,
            right_unusable: self.right_unusable,
            contradictory: self.contradictory,
            product_equals_factor: self.product_equals_factor,
            corroboration: None,
        }
    }
}

const TOTALS: &[&str] = &[
    "sales",
    "amount",
    "amt",
    "total",
    "revenue",
    "sum",
    "value",
    "turnover",
    "subtotal",
    "gross",
    "net",
    "extended",
    "betrag",
    "gesamt",
    "gesamtpreis",
    "summe",
    "umsatz",
    "montant",
    "ventes",
    "importe",
    "monto",
    "ventas",
    "importo",
    "totale",
    "fatturato",
    "charge",
    "linetotal",
];
const QUANTITIES: &[&str] = &[
    "quantity", "qty", "quant", "units", "pieces", "pcs", "count", "menge", "anzahl", "stuck",
    "stueck", "quantite", "qte", "cantidad", "quantita", "hours", "stunden",
];
const PRICES: &[&str] = &[
    "price",
    "rate",
    "unitprice",
    "unit",
    "cost",
    "preis",
    "einzelpreis",
    "stuckpreis",
    "prix",
    "tarif",
    "precio",
    "prezzo",
    "fee",
];

/// How well the names fit a product of a quantity and a price: one for each that does.
pub(crate) fn name_score(names: &[ColumnName], triple: Triple) -> u32 {
    let is = |column: usize, list: &[&str]| {
        words(names[column].as_str())
            .iter()
            .any(|word| list.contains(&word.as_str()))
    };
    let factors = |a, b| u32::from(is(a, QUANTITIES)) + u32::from(is(b, PRICES));
    let factors = factors(triple.left, triple.right).max(factors(triple.right, triple.left));
    u32::from(is(triple.product, TOTALS)) + factors
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        match Decimal::parse(text.as_bytes()) {
            Some(number) => Amount::Number(number),
            None if text.is_empty() => Amount::Missing,
            None => Amount::Text,
        }
    }

    fn names(names: [&str; 3]) -> Vec<ColumnName> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    }

    fn found(columns: [&str; 3], rows: &[[&str; 3]]) -> Vec<ProductEvidence> {
        let amounts: Vec<(usize, Vec<Amount>)> = (0..3)
            .map(|at| (at, rows.iter().map(|row| amount(row[at])).collect()))
            .collect();
        let counted: Vec<(Triple, ProductCounts)> = candidates(&amounts, rows.len())
            .into_iter()
            .map(|triple| {
                let mut counts = ProductCounts::default();
                for row in rows {
                    let [p, l, r] = [triple.product, triple.left, triple.right];
                    counts.add(amount(row[p]), amount(row[l]), amount(row[r]));
                }
                (triple, counts)
            })
            .collect();
        evidence(&names(columns), &counted, 10)
    }

    #[test]
    fn the_product_is_the_column_that_the_telling_rows_name() {
        let rows = vec![["2", "21.0", "10.5"]; 100];
        let list = found(["x", "y", "z"], &rows);
        assert_eq!(list.len(), 1);
        assert_eq!(list[0].product.as_str(), "y");
        assert_eq!((list[0].checked, list[0].holds), (100, 100));
    }

    #[test]
    fn a_factor_of_one_proves_nothing_but_names_may() {
        let rows = vec![["7", "1", "7"]; 100];
        assert_eq!(found(["a", "b", "c"], &rows), []);
        let list = found(["price", "qty", "total_amount"], &rows);
        assert_eq!(list[0].product.as_str(), "total_amount");
    }

    #[test]
    fn broken_rows_are_told_apart() {
        let mut rows = vec![["6", "2", "3"]; 2000];
        rows.extend([
            ["", "2", "3"],
            ["-6", "2", "3"],
            ["0", "2", "3"],
            ["6", "", "3"],
            ["6", "2", "x"],
            ["3", "2", "3"],
            ["7", "2", "3"],
            ["", "", "3"],
        ]);
        let list = found(["p", "l", "r"], &rows);
        let found = &list[0];
        assert_eq!(found.product_unusable, 3);
        assert_eq!((found.left_unusable, found.right_unusable), (1, 1));
        assert_eq!((found.contradictory, found.product_equals_factor), (2, 1));
        assert_eq!((found.checked, found.holds), (2004, 2000));
    }
}
