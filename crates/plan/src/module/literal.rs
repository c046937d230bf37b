//! The one place where text from outside becomes Python source.

use std::fmt::Write as _;

use crate::value::{ColumnType, Literal};

/// A Python string literal whose value is `text`. Printable ASCII and letters of other scripts
/// stand for themselves; quotes, backslashes and everything invisible are escaped, so that the
/// literal cannot end early and shows what it holds.
pub fn python_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(c),
            c if c.is_alphanumeric() => out.push(c),
            // Writing to a String cannot fail.
            c if u32::from(c) <= 0xFF => _ = write!(out, "\\x{:02x}", u32::from(c)),
            c if u32::from(c) <= 0xFFFF => _ = write!(out, "\\u{:04x}", u32::from(c)),
            c => _ = write!(out, "\\U{:08x}", u32::from(c)),
        }
    }
    out.push('"');
    out
}

/// The rest of a comment line: what could end the line or hide text becomes a space.
pub fn python_comment(text: &str) -> String {
    let shown = |c: char| {
        if c == ' ' || (!c.is_control() && !is_hidden(c)) {
            c
        } else {
            ' '
        }
    };
    text.chars().map(shown).collect()
}

/// Separators and format characters that break lines, reorder or hide what follows.
fn is_hidden(c: char) -> bool {
    matches!(u32::from(c),
        0xAD | 0x61C | 0x180E | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF
        | 0xE0000..=0xE0FFF)
}

/// A Python list of string literals.
pub fn python_list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<String> = texts.into_iter().map(python_text).collect();
    format!("[{}]", items.join(", "))
}

/// A Python expression of a plan's constant: a Polars literal of the right type.
pub fn python_literal(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => format!("pl.lit({})", python_text(text)),
        Literal::Integer(number) => format!("pl.lit({number}, dtype=pl.Int64)"),
        Literal::Decimal(text) => {
            let (precision, scale) = decimal_shape(text);
            format!(
                "pl.lit({}).cast(pl.Decimal({precision}, {scale}))",
                python_text(text)
            )
        }
        Literal::Date(date) => {
            format!(
                "pl.lit({}).str.to_date(\"%Y-%m-%d\")",
                python_text(&date.to_string())
            )
        }
        Literal::Timestamp(instant) => {
            let text = instant.format("%Y-%m-%dT%H:%M:%S%.6f").to_string();
            let format = python_text("%Y-%m-%dT%H:%M:%S%.f");
            format!(
                "pl.lit({}).str.to_datetime({format}, time_unit=\"us\")",
                python_text(&text)
            )
        }
        Literal::Boolean(true) => "pl.lit(True)".to_owned(),
        Literal::Boolean(false) => "pl.lit(False)".to_owned(),
    }
}

/// The Polars type of a column, as Python source.
pub fn polars_type(ty: ColumnType) -> String {
    match ty {
        ColumnType::Text => "pl.String".to_owned(),
        ColumnType::Integer => "pl.Int64".to_owned(),
        ColumnType::Decimal { precision, scale } => format!("pl.Decimal({precision}, {scale})"),
        ColumnType::Float => "pl.Float64".to_owned(),
        ColumnType::Date => "pl.Date".to_owned(),
        ColumnType::Timestamp => "pl.Datetime(\"us\")".to_owned(),
        ColumnType::Boolean => "pl.Boolean".to_owned(),
    }
}

/// Digits in all and digits after the point of a decimal literal.
fn decimal_shape(text: &str) -> (usize, usize) {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let scale = text
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.len());
    (digits, scale)
}
