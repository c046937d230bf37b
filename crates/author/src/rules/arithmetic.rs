//! A product and its two factors.

use silversmith_plan::expression::{Expression, Function};
use silversmith_plan::ops::expect::{Expect, Expectation, OnFail};
use silversmith_plan::ops::set_where::SetWhere;
use silversmith_plan::{ColumnType, OperationKind};
use silversmith_types::ColumnName;
use silversmith_types::evidence::ProductEvidence;

use super::formula::{as_type, call, column, missing, negative, not_null, positive};
use super::names;
use super::steps::{Steps, counted, thousands};
use super::table::Table;

/// Names must say this much before a cell is changed: where almost every quantity is 1, total and
/// price are each the other times the quantity, and only their names tell which is which.
const ENOUGH: i32 = 2;

/// Fires where `product = left × right` holds in almost every row. A number that is missing, zero or
/// negative while the two others are positive is what they determine: the product, or the quotient
/// where it is exact; a wrong sign is dropped where the amount fits. Where the product is one of the
/// factors and the other is not 1, the multiplication was left out. Of everything else that does not
/// hold the row does not say which number is wrong. Where other rows do, and say of each such row that
/// it is the product, that is computed; otherwise the rows are left as they are. Both are counted by
/// `expect`. Emits `set_where` and `expect`. Evidence: `products` and their `corroboration`.
pub(super) fn propose(table: &Table<'_>, steps: &mut Steps<'_>) {
    for (product, repairs) in chosen(table) {
        let parts = [&product.product, &product.left, &product.right];
        let schema = steps.schema();
        let is_number =
            |name: &&ColumnName| schema.type_of(name).is_some_and(ColumnType::is_numeric);
        if !parts.iter().all(is_number) {
            continue;
        }
        if repairs {
            repair_factor(
                table,
                product,
                (&product.left, &product.right),
                product.left_unusable,
                steps,
            );
            repair_factor(
                table,
                product,
                (&product.right, &product.left),
                product.right_unusable,
                steps,
            );
            repair_product(product, steps);
            repair_outliers(product, steps);
        }
        state(product, steps);
    }
}

/// The products that are believed, the most telling first, and whether their names say enough for
/// a repair. Of two that are each other's inverse only one can be meant.
fn chosen<'a>(table: &Table<'a>) -> Vec<(&'a ProductEvidence, bool)> {
    let mut ranked: Vec<(i32, &ProductEvidence)> = table
        .evidence
        .products
        .iter()
        .map(|product| (telling(product), product))
        .collect();
    ranked.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| y.holds.cmp(&x.holds)));
    let mut chosen: Vec<(&ProductEvidence, bool)> = Vec::new();
    for (score, product) in ranked {
        let has = |of: &ProductEvidence, name: &ColumnName| of.left == *name || of.right == *name;
        let excluded = chosen.iter().any(|(known, _)| {
            let inverse = has(known, &product.product) && has(product, &known.product);
            known.product == product.product || inverse
        });
        let three = product.product != product.left && !has(product, &product.product);
        if !excluded && three && product.left != product.right {
            chosen.push((product, score >= ENOUGH));
        }
    }
    chosen
}

fn telling(product: &ProductEvidence) -> i32 {
    let says = |name: &ColumnName, list: &[&str]| names::any(&names::words(name.as_str()), list);
    let factor = |list: &[&str]| says(&product.left, list) || says(&product.right, list);
    let price = says(&product.product, names::PRICE) || says(&product.product, names::QUANTITY);
    let total = says(&product.product, names::TOTAL) && !price;
    2 * i32::from(total) + i32::from(factor(names::QUANTITY)) + i32::from(factor(names::PRICE))
        - 2 * i32::from(price)
}

fn product_of(product: &ProductEvidence) -> Expression {
    call(
        Function::Multiply,
        [column(&product.left), column(&product.right)],
    )
}

/// Whether the column has negative values, and whether it has missing or zero ones.
fn defects(table: &Table<'_>, name: &ColumnName) -> (bool, bool) {
    table.column(name).map_or((true, true), |column| {
        let numbers = &column.evidence.numbers;
        (
            numbers.negative > 0,
            numbers.zero > 0 || column.valued() < column.rows,
        )
    })
}

fn repair_factor(
    table: &Table<'_>,
    product: &ProductEvidence,
    (factor, other): (&ColumnName, &ColumnName),
    unusable: u64,
    steps: &mut Steps<'_>,
) {
    let Some(ty) = steps.schema().type_of(factor) else {
        return;
    };
    if unusable == 0 {
        return;
    }
    let (has_negative, has_missing) = defects(table, factor);
    let total = &product.product;
    let usable = || [positive(total), positive(other)];
    let side = if *factor == product.left {
        "left"
    } else {
        "right"
    };
    let fact = format!("products of {other} {side}_unusable={unusable}");
    if has_negative {
        let amount = || call(Function::Abs, [column(factor)]);
        let fits = call(
            Function::Equal,
            [
                call(Function::Multiply, [amount(), column(other)]),
                column(total),
            ],
        );
        let when = call(
            Function::And,
            [negative(factor)].into_iter().chain(usable()).chain([fits]),
        );
        let why = format!(
            "{factor} is below zero and {total} is its amount times {other} ({} unusable)",
            thousands(unusable)
        );
        push(factor, when, amount(), why, &fact, steps);
    }
    if has_missing {
        let quotient = || {
            let quotient = call(Function::Divide, [column(total), column(other)]);
            as_type(quotient, ty, steps.schema())
        };
        // Equal only where nothing was rounded away.
        let exact = call(
            Function::Equal,
            [
                call(Function::Multiply, [quotient(), column(other)]),
                column(total),
            ],
        );
        let when = call(
            Function::And,
            [missing(factor)].into_iter().chain(usable()).chain([exact]),
        );
        let why = format!(
            "{factor} is missing or zero and {total} divided by {other} is exact ({} unusable)",
            thousands(unusable)
        );
        let to = quotient();
        push(factor, when, to, why, &fact, steps);
    }
}

fn repair_product(product: &ProductEvidence, steps: &mut Steps<'_>) {
    let total = &product.product;
    let Some(ty) = steps.schema().type_of(total) else {
        return;
    };
    let (left, right) = (&product.left, &product.right);
    let usable = || [positive(left), positive(right)];
    let computed = as_type(product_of(product), ty, steps.schema());
    // A product of another type must have a counterpart in the type of the column.
    let fits = (computed != product_of(product))
        .then(|| call(Function::Equal, [computed.clone(), product_of(product)]));
    let fact = format!(
        "products {left} x {right} product_unusable={}",
        product.product_unusable
    );
    let count = thousands(product.product_unusable);
    if product.product_unusable > 0 {
        // Two positive factors determine the product, whatever stands in its place.
        let unusable = call(Function::Or, [missing(total), negative(total)]);
        let when = [unusable].into_iter().chain(usable()).chain(fits.clone());
        let why = format!(
            "{total} is missing, zero or below zero: it is {left} times {right} ({count} unusable)"
        );
        push(
            total,
            call(Function::And, when),
            computed.clone(),
            why,
            &fact,
            steps,
        );
    }
    if product.product_equals_factor > 0 {
        let equals = |factor| call(Function::Equal, [column(total), column(factor)]);
        let wrong = call(Function::NotEqual, [column(total), product_of(product)]);
        let one = call(Function::Or, [equals(left), equals(right)]);
        let when = [positive(total)]
            .into_iter()
            .chain(usable())
            .chain([one, wrong])
            .chain(fits);
        let why = format!(
            "{} where {total} is {left} or {right} alone: the multiplication was left out",
            counted(product.product_equals_factor, "row"),
        );
        let fact = format!(
            "products product_equals_factor={}",
            product.product_equals_factor
        );
        push(
            total,
            call(Function::And, when),
            computed,
            why,
            &fact,
            steps,
        );
    }
}

/// The contradictory rows that no factor explains, if other rows say of each that its product is
/// wrong, and the column that makes these rows comparable. One row of another kind is enough to leave
/// all alone: a module repairs by the row, and the row does not show the difference.
fn outliers(product: &ProductEvidence) -> Option<(u64, &ColumnName)> {
    let found = product.corroboration.as_ref()?;
    let unexplained = product
        .contradictory
        .checked_sub(product.product_equals_factor)?;
    let decided = found
        .product_outlier
        .checked_sub(found.product_outlier_equals_factor)?;
    (unexplained > 0 && decided == unexplained).then_some((unexplained, &found.determinant))
}

/// Computes the product where it contradicts two factors that other rows corroborate. The module
/// cannot ask those rows, so they are counted first: as many as the evidence decided are tolerated,
/// and one more is a finding, since nobody has judged it.
fn repair_outliers(product: &ProductEvidence, steps: &mut Steps<'_>) {
    let total = &product.product;
    let (Some((rows, determinant)), Some(ty)) = (outliers(product), steps.schema().type_of(total))
    else {
        return;
    };
    let (left, right) = (&product.left, &product.right);
    let computed = as_type(product_of(product), ty, steps.schema());
    let wrong = || {
        let differs = call(Function::NotEqual, [column(total), product_of(product)]);
        [total, left, right]
            .map(positive)
            .into_iter()
            .chain([differs])
    };
    let fits = (computed != product_of(product))
        .then(|| call(Function::Equal, [computed.clone(), product_of(product)]));
    let fact = format!(
        "products {left} x {right} contradictory={} product_equals_factor={}, by {determinant} \
         product_outlier={rows}",
        product.contradictory, product.product_equals_factor
    );
    let none = call(Function::Not, [call(Function::And, wrong())]);
    let why = format!(
        "{} where {total} contradicts {left} and {right}; more than that were not judged",
        counted(rows, "row")
    );
    let evidence = [steps.fact(total, &fact)];
    let that = Expectation::Predicate(none);
    if !push_expect("contradictory", total, that, rows, why, evidence, steps) {
        // Without the count the repair would be silent.
        return;
    }
    let when = call(Function::And, wrong().chain(fits));
    let why = format!(
        "{} where other rows of the same {determinant} have this {left} and {right}: {total} is wrong",
        counted(rows, "row")
    );
    push(total, when, computed, why, &fact, steps);
}

fn push(
    name: &ColumnName,
    when: Expression,
    to: Expression,
    why: String,
    fact: &str,
    steps: &mut Steps<'_>,
) {
    let evidence = [steps.fact(name, fact)];
    let operation = SetWhere {
        column: name.clone(),
        when,
        to,
    };
    steps.push(why, evidence, OperationKind::SetWhere(operation));
}

/// States the product, and that all three are there where some were not.
fn state(product: &ProductEvidence, steps: &mut Steps<'_>) {
    let total = &product.product;
    let (left, right) = (&product.left, &product.right);
    let fact = format!(
        "products {left} x {right} checked={} holds={} contradictory={}",
        product.checked, product.holds, product.contradictory
    );
    let why = format!(
        "{total} is {left} times {right} in {} of {}; what still differs is reported",
        thousands(product.holds),
        counted(product.checked, "row"),
    );
    let that = call(Function::Equal, [column(total), product_of(product)]);
    let evidence = [steps.fact(total, &fact)];
    push_expect(
        "product-holds",
        total,
        Expectation::Predicate(that),
        0,
        why,
        evidence,
        steps,
    );
    let unusable = [
        product.product_unusable,
        product.left_unusable,
        product.right_unusable,
    ];
    if unusable.iter().any(|count| *count > 0) {
        let present = call(Function::And, [total, left, right].map(not_null));
        let why = format!("Rows where {total}, {left} or {right} is still missing are reported");
        let evidence = [steps.fact(total, fact)];
        push_expect(
            "product-known",
            total,
            Expectation::Predicate(present),
            0,
            why,
            evidence,
            steps,
        );
    }
}

fn push_expect(
    name: &str,
    about: &ColumnName,
    that: Expectation,
    threshold: u64,
    why: String,
    evidence: [String; 1],
    steps: &mut Steps<'_>,
) -> bool {
    let name = super::expectations::name(name, [about]);
    let operation = Expect {
        name,
        that,
        on_fail: OnFail::Warn,
        threshold,
    };
    steps.push(why, evidence, OperationKind::Expect(operation))
}
