//! # What it does
//! Attributes are: functions and types of `pl` from the list, fields of `run`, and methods of
//! expressions from the lists, all of which are pure functions of their arguments.
//!
//! # Why
//! Polars reads and writes files (`scan_csv`, `sink_csv`), loads plugins, calls back into Python
//! (`map_elements`, `pipe`, `inspect`) and unpickles (`deserialize`). None of these is on the list,
//! and nothing with a leading underscore is.

use ruff_python_ast::{Expr, ExprAttribute};

use super::{Checker, Rule, expression, is_name, name, range_of, shown};

pub(super) const RULE: Rule = Rule {
    code: "SS-POLICY-011",
    help: "use the functions and methods that compiled plans use",
};

/// Functions of `pl` that make expressions.
const FUNCTIONS: [&str; 16] = [
    "all_horizontal",
    "any_horizontal",
    "coalesce",
    "col",
    "concat_str",
    "date",
    "datetime",
    "duration",
    "element",
    "len",
    "lit",
    "max_horizontal",
    "min_horizontal",
    "struct",
    "sum_horizontal",
    "when",
];

/// Types of `pl`, as values or called with their parameters.
const TYPES: [&str; 14] = [
    "Binary", "Boolean", "Date", "Datetime", "Decimal", "Duration", "Float64", "Int128", "Int32",
    "Int64", "String", "UInt16", "UInt32", "UInt64",
];

/// Namespaces of expressions.
const NAMESPACES: [&str; 3] = ["bin", "dt", "str"];

/// Methods of expressions and of dates.
const METHODS: [&str; 42] = [
    "abs",
    "alias",
    "and_",
    "cast",
    "ceil",
    "clip",
    "date",
    "eq",
    "eq_missing",
    "fill_nan",
    "fill_null",
    "floor",
    "ge",
    "gt",
    "is_between",
    "is_finite",
    "is_in",
    "is_nan",
    "is_not_nan",
    "is_not_null",
    "is_null",
    "le",
    "lt",
    "mod",
    "ne",
    "ne_missing",
    "neg",
    "not_",
    "or_",
    "otherwise",
    "over",
    "replace",
    "replace_strict",
    "round",
    "shift",
    "shrink_dtype",
    "sign",
    "sqrt",
    "then",
    "truncate",
    "when",
    "xor",
];

/// Methods of namespaces.
const NAMESPACED: [&str; 64] = [
    "concat",
    "contains",
    "contains_any",
    "count_matches",
    "date",
    "datetime",
    "day",
    "decode",
    "encode",
    "ends_with",
    "epoch",
    "explode",
    "extract",
    "extract_all",
    "extract_groups",
    "find",
    "head",
    "hour",
    "is_leap_year",
    "join",
    "len_bytes",
    "len_chars",
    "microsecond",
    "millisecond",
    "minute",
    "month",
    "month_end",
    "month_start",
    "nanosecond",
    "normalize",
    "offset_by",
    "ordinal_day",
    "pad_end",
    "pad_start",
    "quarter",
    "replace",
    "replace_all",
    "replace_many",
    "replace_time_zone",
    "reverse",
    "second",
    "slice",
    "split_exact",
    "splitn",
    "starts_with",
    "strftime",
    "strip_chars",
    "strip_chars_end",
    "strip_chars_start",
    "strip_prefix",
    "strip_suffix",
    "strptime",
    "tail",
    "time",
    "to_date",
    "to_datetime",
    "to_decimal",
    "to_integer",
    "to_lowercase",
    "to_string",
    "to_titlecase",
    "to_uppercase",
    "total_days",
    "truncate",
];

/// Further methods of namespaces.
const MORE_NAMESPACED: [&str; 10] = [
    "base_utc_offset",
    "cast_time_unit",
    "convert_time_zone",
    "total_hours",
    "total_microseconds",
    "total_minutes",
    "total_seconds",
    "week",
    "weekday",
    "year",
];

/// The lists as text: a part of what the policy's digest is taken of.
pub(super) fn describe() -> String {
    let lists: [(&str, &[&str]); 6] = [
        ("functions", &FUNCTIONS),
        ("types", &TYPES),
        ("namespaces", &NAMESPACES),
        ("methods", &METHODS),
        ("namespaced", &NAMESPACED),
        ("namespaced", &MORE_NAMESPACED),
    ];
    lists
        .iter()
        .map(|(name, list)| format!("{name} {}\n", list.join(" ")))
        .collect()
}

/// Whether this is `pl.col`.
pub(super) fn is_column(attribute: &ExprAttribute) -> bool {
    attribute.attr.as_str() == "col" && is_name(&attribute.value, "pl")
}

/// An attribute; `called` says that an argument list follows.
pub(super) fn check(checker: &mut Checker<'_>, attribute: &ExprAttribute, called: bool) {
    let name = attribute.attr.as_str();
    let admitted = match &*attribute.value {
        base if is_name(base, "pl") => {
            TYPES.contains(&name) || (called && FUNCTIONS.contains(&name))
        }
        base if is_name(base, "run") => !called && checker.vocabulary.run_fields.contains(name),
        Expr::Attribute(base) if NAMESPACES.contains(&base.attr.as_str()) => {
            check_base(checker, &base.value);
            called && (NAMESPACED.contains(&name) || MORE_NAMESPACED.contains(&name))
        }
        base => {
            check_base(checker, base);
            called && METHODS.contains(&name)
        }
    };
    if !admitted {
        let message = format!("the attribute `{}` is not admitted here", shown(name));
        checker.report(&RULE, range_of(&attribute.attr), message);
    }
}

/// What a method is called on: an expression, never a literal, whose methods are Python's own.
fn check_base(checker: &mut Checker<'_>, base: &Expr) {
    match base {
        Expr::Call(_)
        | Expr::Attribute(_)
        | Expr::BinOp(_)
        | Expr::Compare(_)
        | Expr::UnaryOp(_) => {
            expression::check(checker, base);
        }
        Expr::Name(found) => name::check(checker, found, false),
        other => {
            let message = "a method of this is not admitted";
            checker.report(&RULE, range_of(other), message);
        }
    }
}
