use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use silversmith_types::ColumnName;

use crate::interpret::RunParameters;
use crate::module::literal::python_text;
use crate::operation::{Cell, CellOperation, OnError, Problem, require_text};
use crate::ops::cast::check_decimal;
use crate::ops::number_text::{number_expression, number_of_text};
use crate::value::{ColumnType, Value};

/// Reads numbers with group marks, another decimal mark, a currency, a per-cent sign or negative
/// parentheses. Null stays null.
///
/// In this order, each part optional but the digits, with white space between them: a sign and a
/// currency (either first), digits in groups of three or without groups, a decimal mark and digits, a
/// currency or a per-cent sign. Parentheses stand around all of that, with no sign inside, or behind
/// the first currency. The number must be one that `to` can hold exactly, as for `cast`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParseNumber {
    /// The columns it applies to.
    #[schemars(with = "Vec<String>")]
    pub columns: Vec<ColumnName>,
    /// The type that results: integer, decimal or float.
    pub to: ColumnType,
    /// The decimal mark: `.` or `,`.
    pub decimal: char,
    /// The mark between groups of three digits: punctuation or a space, and not the decimal mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<char>,
    /// Currency signs or codes that may stand at either end; compared as they are written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub currency: Vec<String>,
    /// A per-cent sign may stand at the end and divides by 100.
    #[serde(default)]
    pub percent: bool,
    /// `(1.00)` means -1.00.
    #[serde(default)]
    pub parens_negative: bool,
    /// What becomes of values that are no such number.
    pub on_error: OnError,
}

/// Most currencies, and longest one in characters.
const MAX_CURRENCIES: usize = 20;
const MAX_CURRENCY_CHARS: usize = 8;

/// Characters that mean something else in a number, and so are in no currency and no group mark.
fn is_reserved(c: char) -> bool {
    c.is_numeric() || "+-()%".contains(c)
}

impl ParseNumber {
    fn check_marks(&self) -> Result<(), Problem> {
        if !matches!(self.decimal, '.' | ',') {
            return Err(Problem::new("/decimal", "is neither `.` nor `,`"));
        }
        let groups = |mark: char| {
            mark != self.decimal
                && !mark.is_alphanumeric()
                && !mark.is_control()
                && !is_reserved(mark)
        };
        if !self.group.is_none_or(groups) {
            return Err(Problem::new(
                "/group",
                "is no mark that can stand between digits",
            ));
        }
        if self.currency.len() > MAX_CURRENCIES {
            let rule = format!("names more than {MAX_CURRENCIES} currencies");
            return Err(Problem::new("/currency", rule));
        }
        for (at, currency) in self.currency.iter().enumerate() {
            let length = currency.chars().count();
            let banned = |c: char| is_reserved(c) || c.is_whitespace() || c.is_control();
            if !(1..=MAX_CURRENCY_CHARS).contains(&length) || currency.contains(banned) {
                let rule = "is empty, too long, or has a digit, a sign or white space in it";
                return Err(Problem::new(format!("/currency/{at}"), rule));
            }
        }
        Ok(())
    }

    /// The plain notation of the number that `text` means.
    fn plain(&self, text: &str) -> Option<String> {
        let text = text.trim();
        if let Some(number) = self.after_head(text) {
            return Some(number);
        }
        if !self.parens_negative {
            return None;
        }
        self.without_currency(text).into_iter().find_map(|inner| {
            let inner = inner.strip_prefix('(')?.strip_suffix(')')?.trim();
            let digits = self.without_currency(inner);
            let number = digits
                .into_iter()
                .find_map(|digits| self.number_and_tail(digits))?;
            Some(format!("-{number}"))
        })
    }

    /// The text, and what is left of it after each currency that it starts with.
    fn without_currency<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let currencies = self
            .currency
            .iter()
            .filter_map(|currency| text.strip_prefix(&**currency));
        std::iter::once(text)
            .chain(currencies.map(str::trim_start))
            .collect()
    }

    /// A number behind a sign, a currency, both in either order, or neither.
    fn after_head(&self, text: &str) -> Option<String> {
        let (negative, rest) = strip_sign(text);
        self.without_currency(rest.unwrap_or(text))
            .into_iter()
            .find_map(|after| {
                // A sign stands before the currency or behind it, not on both sides.
                let (negative, digits) = match (rest, strip_sign(after)) {
                    (None, (negative, Some(digits))) => (negative, digits),
                    _ => (negative, after),
                };
                let number = self.number_and_tail(digits)?;
                Some(if negative {
                    format!("-{number}")
                } else {
                    number
                })
            })
    }

    /// Digits, then a currency or a per-cent sign or nothing.
    fn number_and_tail(&self, text: &str) -> Option<String> {
        if self.percent
            && let Some(digits) = text.strip_suffix('%')
        {
            return self
                .number(digits.trim_end())
                .map(|number| hundredth(&number));
        }
        let currencies = self
            .currency
            .iter()
            .filter_map(|currency| text.strip_suffix(&**currency));
        let digits = std::iter::once(text).chain(currencies.map(str::trim_end));
        digits.into_iter().find_map(|digits| self.number(digits))
    }

    /// Digits with group and decimal marks, in plain notation.
    fn number(&self, text: &str) -> Option<String> {
        let (whole, fraction) = match text.split_once(self.decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let groups: Vec<&str> = match self.group {
            Some(mark) => whole.split(mark).collect(),
            None => vec![whole],
        };
        let (first, others) = groups.split_first()?;
        let grouped = others.is_empty() || first.len() <= 3 && others.iter().all(|g| g.len() == 3);
        let digits = groups.iter().copied().chain(fraction).all(all_digits);
        let fraction = fraction
            .map(|fraction| format!(".{fraction}"))
            .unwrap_or_default();
        (grouped && digits).then(|| groups.concat() + &fraction)
    }

    /// A regular expression for the texts that [`ParseNumber::plain`] accepts.
    fn shape(&self) -> String {
        let mark = |mark: char| regex::escape(mark.encode_utf8(&mut [0; 4]));
        let whole = match self.group {
            Some(group) => format!("(?:[0-9]+|[0-9]{{1,3}}(?:{}[0-9]{{3}})+)", mark(group)),
            None => "[0-9]+".to_owned(),
        };
        let number = format!("{whole}(?:{}[0-9]+)?", mark(self.decimal));
        let currency = self.currency.iter().map(|text| regex::escape(text));
        let currency = currency.collect::<Vec<_>>().join("|");
        let (head, before) = match currency.is_empty() {
            true => (r"(?:[+-]\s*)?".to_owned(), String::new()),
            false => (
                format!(r"(?:[+-]\s*(?:(?:{currency})\s*)?|(?:{currency})\s*(?:[+-]\s*)?)?"),
                format!(r"(?:(?:{currency})\s*)?"),
            ),
        };
        let tail = match (currency.is_empty(), self.percent) {
            (true, true) => r"(?:\s*%)?".to_owned(),
            (true, false) => String::new(),
            (false, true) => format!(r"(?:\s*(?:{currency}|%))?"),
            (false, false) => format!(r"(?:\s*(?:{currency}))?"),
        };
        let parentheses = match self.parens_negative {
            true => format!(r"|{before}\(\s*{before}{number}{tail}\s*\)"),
            false => String::new(),
        };
        format!(r"^\s*(?:{head}{number}{tail}{parentheses})\s*$")
    }
}

/// Whether a sign says negative, and what follows it; nothing follows where there is none.
fn strip_sign(text: &str) -> (bool, Option<&str>) {
    (
        text.starts_with('-'),
        text.strip_prefix(['+', '-']).map(str::trim_start),
    )
}

/// A plain number without a sign, divided by 100: its point two digits to the left.
fn hundredth(number: &str) -> String {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let padded = format!("00{whole}");
    let (whole, digits) = padded.split_at(padded.len() - 2);
    format!("{whole}.{digits}{fraction}")
}

impl CellOperation for ParseNumber {
    fn columns(&self) -> &[ColumnName] {
        &self.columns
    }

    fn output_type(&self, input: ColumnType) -> Result<ColumnType, Problem> {
        self.check_marks()?;
        check_decimal(self.to)?;
        if !self.to.is_numeric() {
            return Err(Problem::new(
                "/to",
                format!("is {}, which is no number", self.to),
            ));
        }
        if self.percent && self.to == ColumnType::Integer {
            return Err(Problem::new(
                "/percent",
                "divides, and an integer has no fraction",
            ));
        }
        require_text(input)?;
        Ok(self.to)
    }

    fn only_reads(&self, _input: ColumnType) -> bool {
        self.currency.is_empty() && !self.percent
    }

    fn apply(&self, value: &Value, _run: &RunParameters) -> Cell {
        let plain = value.as_text().and_then(|text| self.plain(text));
        let number = plain.and_then(|plain| number_of_text(&plain, self.to));
        number.map_or(Cell::Invalid, Cell::Value)
    }

    fn expression(&self, input: &str, _ty: ColumnType) -> String {
        let mut options = Vec::new();
        if !self.currency.is_empty() {
            options.push(format!(
                ", currency={}",
                python_text(&self.currency.concat())
            ));
        }
        if let Some(group) = self.group {
            options.push(format!(
                ", group={}",
                python_text(group.encode_utf8(&mut [0; 4]))
            ));
        }
        if self.decimal == ',' {
            options.push(", decimal=\",\"".to_owned());
        }
        if self.percent {
            options.push(", percent=True".to_owned());
        }
        let shape = python_text(&self.shape());
        number_expression(
            &format!("plain_number({input}, {shape}{})", options.concat()),
            self.to,
        )
    }

    fn on_error(&self) -> Option<OnError> {
        Some(self.on_error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{INVALID, texts};

    const MONEY: ColumnType = ColumnType::Decimal {
        precision: 12,
        scale: 2,
    };

    fn german(to: ColumnType) -> ParseNumber {
        ParseNumber {
            columns: Vec::new(),
            to,
            decimal: ',',
            group: Some('.'),
            currency: vec!["€".to_owned(), "EUR".to_owned()],
            percent: to != ColumnType::Integer,
            parens_negative: true,
            on_error: OnError::Null,
        }
    }

    #[test]
    fn marks_currencies_signs_and_parentheses_are_read() {
        let operation = german(MONEY);
        for (written, number) in [
            ("1.234.567,89", "1234567.89"),
            ("1234567,8", "1234567.80"),
            (" - € 1.000\u{a0}", "-1000.00"),
            ("€-5", "-5.00"),
            ("+5 EUR", "5.00"),
            ("EUR 5 €", "5.00"),
            ("(5,50)", "-5.50"),
            ("€ ( 5 EUR )", "-5.00"),
            ("12 %", "0.12"),
            ("-5%", "-0.05"),
            ("1.250,00 %", "12.50"),
        ] {
            assert_eq!(texts(&operation, &[written]), [number], "{written}");
        }
        for written in [
            "", "-", "€", "1,2,3", "1.23", "1.2345,0", "1234.567", ",5", "5,", "--5", "-€-5",
            "€€5", "5-", "(-5)", "-(5)", "(5", "5)", "()", "5%%", "5 % €", "$5", "1 000", "12,345",
            "1e3", "٣",
        ] {
            assert_eq!(texts(&operation, &[written]), [INVALID], "{written}");
        }
    }

    #[test]
    fn a_number_must_fit_the_type() {
        assert_eq!(
            texts(&german(ColumnType::Integer), &["1.000", "1,5", "1,0"]),
            ["1000", INVALID, INVALID]
        );
        assert_eq!(
            texts(&german(ColumnType::Float), &["1.000,5", "12,5%"]),
            ["1000.5", "0.125"]
        );
        assert_eq!(
            texts(&german(MONEY), &["12,345%", "99999999999"]),
            [INVALID, INVALID]
        );
    }

    #[test]
    fn ambiguous_marks_are_refused() {
        let pointer = |change: fn(&mut ParseNumber)| {
            let mut operation = german(MONEY);
            change(&mut operation);
            operation.output_type(ColumnType::Text).unwrap_err().pointer
        };
        assert_eq!(pointer(|op| op.decimal = ';'), "/decimal");
        assert_eq!(pointer(|op| op.group = Some(',')), "/group");
        assert_eq!(pointer(|op| op.group = Some('-')), "/group");
        assert_eq!(pointer(|op| op.group = Some('0')), "/group");
        assert_eq!(
            pointer(|op| op.currency.push("1".to_owned())),
            "/currency/2"
        );
        assert_eq!(
            pointer(|op| op.currency.push("R $".to_owned())),
            "/currency/2"
        );
        assert_eq!(
            pointer(|op| op.currency = vec!["x".to_owned(); 21]),
            "/currency"
        );
        assert_eq!(pointer(|op| op.to = ColumnType::Date), "/to");
        assert_eq!(pointer(|op| op.to = ColumnType::Integer), "/percent");
        assert_eq!(
            pointer(|op| op.to = ColumnType::Decimal {
                precision: 39,
                scale: 0
            }),
            "/to"
        );
    }
}
