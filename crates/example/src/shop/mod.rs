//! The shop: who buys, what is sold, what was ordered and what was repaired.

mod campaigns;
mod catalogue;
mod customers;
mod orders;
mod workshop;

use chrono::{Days, NaiveDate};

use crate::cell::{Cell, Dirt, Table};
use crate::random::Random;

/// What all tables share.
pub(crate) struct Shop {
    pub(crate) seed: u64,
    pub(crate) scale: usize,
    pub(crate) as_of: NaiveDate,
}

/// The tables, and which rows of two tables belong together.
pub(crate) struct Stock {
    pub(crate) tables: Vec<Table>,
    pub(crate) links: Vec<Link>,
}

/// Two tables that join once their keys are written alike.
pub(crate) struct Link {
    pub(crate) left: &'static str,
    pub(crate) left_column: &'static str,
    pub(crate) right: &'static str,
    pub(crate) right_column: &'static str,
    /// What makes the keys alike, in words.
    pub(crate) how: &'static str,
    /// For each row of `left`, in Bronze order, what it points to.
    pub(crate) left_entities: Vec<Option<String>>,
    /// For each row of `right`, in Bronze order, what it is.
    pub(crate) right_entities: Vec<Option<String>>,
}

impl Shop {
    pub(crate) fn stock(&self) -> Stock {
        let customers = customers::draw(self);
        let catalogue = catalogue::draw(self);
        let crm = customers::crm_customers(self, &customers);
        let master = customers::erp_customer_master(self, &customers);
        let addresses = customers::erp_addresses(self, &customers);
        let products = catalogue::crm_products(self, &catalogue);
        let categories = catalogue::erp_categories(self, &catalogue);
        let prices = catalogue::erp_price_list(self, &catalogue);
        let lines = orders::erp_order_lines(self, &customers, &catalogue);
        let campaigns = campaigns::crm_campaign_codes(self);
        let jobs = workshop::erp_workshop_jobs(self);
        let links = vec![
            link(
                &master,
                "client_ref",
                &crm,
                "customer_no",
                "strip the prefix ERP-",
            ),
            link(&addresses, "client", &crm, "customer_no", "drop the dash"),
            link(&lines, "customer_id", &crm, "customer_id", "as they are"),
            catalogue::category_link(&products, &categories),
            catalogue::article_link(&lines, "article", &products),
            catalogue::article_link(&prices, "article", &products),
        ];
        let tables = vec![
            crm, products, campaigns, master, addresses, categories, prices, lines, jobs,
        ];
        Stock { tables, links }
    }

    fn random(&self, name: &str) -> Random {
        Random::stream(self.seed, name)
    }

    /// A day from `low` to `high` days before the data was taken.
    fn days_ago(&self, random: &mut Random, low: i64, high: i64) -> NaiveDate {
        back(self.as_of, random.between(low, high))
    }
}

/// The rows of two tables whose right values in the given columns are equal belong together.
fn link(
    left: &Table,
    left_column: &'static str,
    right: &Table,
    right_column: &'static str,
    how: &'static str,
) -> Link {
    Link {
        left: left.name,
        left_column,
        right: right.name,
        right_column,
        how,
        left_entities: right_values(left, left_column),
        right_entities: right_values(right, right_column),
    }
}

/// The right values of one column, in Bronze order.
fn right_values(table: &Table, column: &str) -> Vec<Option<String>> {
    let at = table
        .columns
        .iter()
        .position(|c| c.name == column)
        .unwrap_or_default();
    table
        .rows
        .iter()
        .map(|row| row.cells[at].right.clone())
        .collect()
}

/// `permille` of `len`, and at least one.
fn share(len: usize, permille: usize) -> usize {
    (len * permille / 1000).max(1)
}

/// The day `days` before `from`. All dates of the shop lie well inside chrono's range.
fn back(from: NaiveDate, days: i64) -> NaiveDate {
    from.checked_sub_days(Days::new(days.unsigned_abs()))
        .unwrap_or(from)
}

/// The day `days` after `from`.
fn ahead(from: NaiveDate, days: i64) -> NaiveDate {
    from.checked_add_days(Days::new(days.unsigned_abs()))
        .unwrap_or(from)
}

fn iso(date: NaiveDate) -> String {
    date.format("%Y-%m-%d").to_string()
}

/// A date as eight digits.
fn compact(date: NaiveDate) -> Cell {
    Cell::dirty(
        Dirt::CompactDate,
        date.format("%Y%m%d").to_string(),
        iso(date),
    )
}

/// An amount of cents as a decimal number with a point.
fn money(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// An amount of cents with `group` between thousands and `point` before the cents.
fn grouped_money(cents: i64, group: char, point: char) -> String {
    let whole = (cents / 100).to_string();
    let mut text = String::with_capacity(whole.len() + 6);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    format!("{text}{point}{:02}", cents % 100)
}

/// `text` with blanks before or after it.
fn padded(random: &mut Random, text: &str) -> Cell {
    let raw = match random.below(3) {
        0 => format!(" {text}"),
        1 => format!("{text} "),
        _ => format!("  {text} "),
    };
    Cell::dirty(Dirt::Whitespace, raw, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped_from_the_right() {
        assert_eq!(grouped_money(123_456_789, '.', ','), "1.234.567,89");
        assert_eq!(grouped_money(99_905, ',', '.'), "999.05");
        assert_eq!(grouped_money(5, ',', '.'), "0.05");
    }
}
