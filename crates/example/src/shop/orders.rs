//! What was ordered: compact dates, and a product of two columns that does not always hold.

use chrono::NaiveDate;

use super::catalogue::Catalogue;
use super::customers::Customer;
use super::{Shop, ahead, compact, money, share};
use crate::cell::{Cell, Column, Dialect, Dirt, Kind, Row, Table, column, required};
use crate::random::Random;

/// Order lines of one unit of scale.
const LINES: usize = 8_000;

const COLUMNS: [Column; 9] = [
    required("order_no", Kind::Text),
    required("line_no", Kind::Integer),
    required("article", Kind::Text),
    required("customer_id", Kind::Integer),
    column("ordered_on", Kind::Date),
    required("shipped_on", Kind::Date),
    column("line_total", Kind::Decimal),
    column("quantity", Kind::Integer),
    column("unit_price", Kind::Decimal),
];
const TOTAL: usize = 6;
const QUANTITY: usize = 7;
const PRICE: usize = 8;

pub(crate) fn erp_order_lines(shop: &Shop, customers: &[Customer], goods: &Catalogue) -> Table {
    let mut random = shop.random("erp_order_lines");
    let count = LINES * shop.scale;
    let placeholders = random.choose(count, share(count, 3));
    let broken = random.choose(count, share(count, 5));
    let mut rows = Vec::with_capacity(count);
    let mut order = 100_400;
    while rows.len() < count {
        order += random.between(1, 3);
        let customer = &customers[random.index(customers.len())];
        let ordered = shop.days_ago(&mut random, 20, 1_100);
        let lines = random.between(1, 6).min((count - rows.len()) as i64);
        for line in 1..=lines {
            let at = rows.len();
            let mut row = line_row(&mut random, order, line, customer, ordered, goods);
            if placeholders.contains(&at) {
                let digits = random.pick(&["0", "0", "0", "5489", "32154", "20250231"]);
                row.cells[4] = Cell::worthless(Dirt::DatePlaceholder, digits);
            }
            if broken.contains(&at) {
                break_product(&mut random, &mut row);
            }
            rows.push(row);
        }
    }
    Table {
        name: "erp_order_lines",
        system: "ERP",
        about: "Lines of orders: the total is quantity times unit price",
        columns: &COLUMNS,
        key: &["order_no", "line_no"],
        identity: &["order_no", "line_no"],
        consent: &[],
        dialect: Dialect::Plain,
        rows,
    }
}

fn line_row(
    random: &mut Random,
    order: i64,
    line: i64,
    customer: &Customer,
    ordered: NaiveDate,
    goods: &Catalogue,
) -> Row {
    let article = &goods.articles[random.index(goods.articles.len())];
    let quantity = if random.percent(70) {
        1
    } else {
        random.between(2, 12)
    };
    Row::kept(vec![
        Cell::clean(format!("SO{order:07}")),
        Cell::clean(line.to_string()),
        Cell::clean(article.number.clone()),
        Cell::clean(customer.id.to_string()),
        compact(ordered),
        compact(ahead(ordered, random.between(1, 9))),
        Cell::clean(money(article.price_cents * quantity)),
        Cell::clean(quantity.to_string()),
        Cell::clean(money(article.price_cents)),
    ])
}

/// Breaks `line_total = quantity × unit_price` in one of six ways. The first four leave two
/// numbers that determine the third; the last two do not say which number is wrong.
fn break_product(random: &mut Random, row: &mut Row) {
    let way = random.below(6);
    let damaged = match way {
        0 | 2 | 4 => TOTAL,
        _ => PRICE,
    };
    let Some(right) = row.cells[damaged].right.clone() else {
        return;
    };
    row.cells[damaged] = match way {
        0 | 1 => Cell::missing(Dirt::ProductDecidable, right),
        2 if random.percent(50) => Cell::dirty(Dirt::ProductDecidable, "0.00", right),
        2 | 3 => Cell::dirty(Dirt::ProductDecidable, format!("-{right}"), right),
        _ => {
            let wrong = random.between(100, 90_000);
            let wrong = if money(wrong) == right {
                wrong + 1
            } else {
                wrong
            };
            Cell::dirty(Dirt::ProductUndecidable, money(wrong), right)
        }
    };
    // Two numbers of three are missing: nothing in the row determines either.
    if way == 1 && random.percent(25) {
        for at in [QUANTITY, PRICE] {
            if let Some(right) = row.cells[at].right.clone() {
                row.cells[at] = Cell::missing(Dirt::ProductUndecidable, right);
            }
        }
    }
}
