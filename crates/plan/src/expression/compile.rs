//! The same in Polars: an expression that never raises, whatever the data.

use super::Parameter;
use super::dates::source_range;
use super::typed::{
    Arithmetic, Comparison, MAX_PRECISION, Many, Node, TextTest, Typed, Unary, Unit,
};
use crate::compile::column_expression;
use crate::module::literal::{polars_type, python_literal, python_text};
use crate::operation::CellOperation as _;
use crate::ops::cast::cast_expression;
use crate::value::{ColumnType, Literal, Value};

impl Typed {
    /// Python source of a Polars expression with the same values; `run` is in scope.
    pub fn compile(&self) -> String {
        match &self.node {
            Node::Column { name, .. } => column_expression(name),
            Node::Literal { written, .. } => python_literal(written),
            Node::Parameter(Parameter::AsOf) => "pl.lit(run.as_of.date())".to_owned(),
            Node::Parameter(Parameter::LoadId) => "pl.lit(run.load_id)".to_owned(),
            Node::Parameter(Parameter::SourceFile) => "pl.lit(run.source_file)".to_owned(),
            Node::Widen(input) => self.as_own_type(&input.compile()),
            Node::Cast(input) => cast_expression(&input.compile(), input.ty, self.ty),
            Node::Unary(function, input) => self.unary(*function, input),
            Node::Round(input, round) => round.expression(&input.compile(), input.ty),
            Node::Arithmetic(operator, a, b) => self.arithmetic(*operator, a, b),
            Node::Compare(comparison, a, b) => {
                format!("({} {} {})", a.compile(), comparison.symbol(), b.compile())
            }
            Node::Between(parts) => {
                let [value, low, high] = [&parts[0], &parts[1], &parts[2]].map(Typed::compile);
                format!("{value}.is_between({low}, {high})")
            }
            Node::In { input, values } => one_of(input, values),
            Node::NullIf(input, other) => {
                let value = input.compile();
                format!(
                    "pl.when({value}.ne_missing({})).then({value})",
                    other.compile()
                )
            }
            Node::Many(function, parts) => many(*function, parts),
            Node::Substr {
                input,
                skip,
                length,
            } => {
                let length = length
                    .map(|length| format!(", {length}"))
                    .unwrap_or_default();
                format!(
                    "text_or_null({}.str.slice({skip}{length}))",
                    input.compile()
                )
            }
            Node::Text { input, test } => test.compile(&input.compile()),
            Node::DateDiff { unit, start, end } => date_difference(*unit, start, end),
            Node::DateAdd {
                unit,
                amount,
                input,
            } => date_sum(*unit, *amount, input),
            Node::DateTrunc {
                unit: Unit::Day,
                input,
            } if self.ty == ColumnType::Date => input.compile(),
            Node::DateTrunc { unit, input } => {
                format!("{}.dt.truncate(\"1{}\")", input.compile(), unit.polars())
            }
        }
    }

    fn as_own_type(&self, source: &str) -> String {
        format!("{source}.cast({})", polars_type(self.ty))
    }

    /// The expression as a decimal of the most digits, at its own scale or at this one: Polars
    /// raises where a result exceeds the precision of an operand.
    fn roomy(&self, scale: Option<u8>) -> String {
        match self.ty {
            ColumnType::Decimal { scale: own, .. } => {
                let scale = scale.unwrap_or(own);
                format!(
                    "{}.cast(pl.Decimal({MAX_PRECISION}, {scale}))",
                    self.compile()
                )
            }
            _ => self.compile(),
        }
    }

    fn unary(&self, function: Unary, input: &Typed) -> String {
        let source = input.compile();
        let is_integer = input.ty == ColumnType::Integer;
        match function {
            Unary::Abs if is_integer => format!("narrow(wide({source}).abs())"),
            Unary::Abs => format!("{source}.abs()"),
            Unary::Sign if is_integer => format!("{source}.sign()"),
            // A decimal without room for 1 has no sign of its own type.
            Unary::Sign => {
                let zero = zero_of(input.ty);
                format!("(({source} > {zero}).cast(pl.Int64) - ({source} < {zero}).cast(pl.Int64))")
            }
            Unary::Floor | Unary::Ceil => {
                let method = if function == Unary::Floor {
                    "floor"
                } else {
                    "ceil"
                };
                match self.ty {
                    ColumnType::Float => format!("finite({source}.{method}())"),
                    _ => self.as_own_type(&format!("{}.{method}()", input.roomy(None))),
                }
            }
            Unary::Length => format!("{source}.str.len_chars().cast(pl.Int64)"),
            Unary::Lower => format!("{source}.str.to_lowercase()"),
            Unary::Upper => format!("{source}.str.to_uppercase()"),
            Unary::Trim => format!("text_or_null({source}.str.strip_chars())"),
            Unary::Year => format!("{source}.dt.year().cast(pl.Int64)"),
            Unary::Month => format!("{source}.dt.month().cast(pl.Int64)"),
            Unary::Day => format!("{source}.dt.day().cast(pl.Int64)"),
            Unary::IsNull => format!("{source}.is_null()"),
            Unary::Not => format!("(~{source})"),
        }
    }

    fn arithmetic(&self, operator: Arithmetic, a: &Typed, b: &Typed) -> String {
        let symbol = operator.symbol();
        match (self.ty, operator) {
            (ColumnType::Integer, _) => {
                format!(
                    "narrow(wide({}) {symbol} wide({}))",
                    a.compile(),
                    b.compile()
                )
            }
            (ColumnType::Decimal { scale, .. }, Arithmetic::Multiply | Arithmetic::Divide) => {
                // Polars keeps the scale of the operands, so they get that of the result.
                let (a, b) = (a.roomy(Some(scale)), b.roomy(Some(scale)));
                self.as_own_type(&match operator {
                    Arithmetic::Divide => format!("({a} {symbol} unless_zero({b}))"),
                    _ => format!("({a} {symbol} {b})"),
                })
            }
            (ColumnType::Decimal { .. }, _) => {
                self.as_own_type(&format!("({} {symbol} {})", a.compile(), b.compile()))
            }
            (_, Arithmetic::Divide) => format!("quotient({}, {})", a.compile(), b.compile()),
            _ => format!("finite({} {symbol} {})", a.compile(), b.compile()),
        }
    }
}

impl Arithmetic {
    pub(super) fn symbol(self) -> char {
        match self {
            Self::Add => '+',
            Self::Subtract => '-',
            Self::Multiply => '*',
            Self::Divide => '/',
        }
    }
}

impl Comparison {
    fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl TextTest {
    fn compile(&self, input: &str) -> String {
        match self {
            Self::Equals(text) => format!("({input} == pl.lit({}))", python_text(text)),
            Self::StartsWith(head) => format!("{input}.str.starts_with({})", python_text(head)),
            Self::EndsWith(tail) => format!("{input}.str.ends_with({})", python_text(tail)),
            Self::Contains(part) => {
                format!("{input}.str.contains({}, literal=True)", python_text(part))
            }
            Self::Matches(regex) => {
                format!("{input}.str.contains({})", python_text(regex.as_str()))
            }
        }
    }
}

fn zero_of(ty: ColumnType) -> String {
    format!("pl.lit(0).cast({})", polars_type(ty))
}

/// Texts, integers and truth are looked up in one list; other values are compared one by one.
fn one_of(input: &Typed, values: &[Typed]) -> String {
    let source = input.compile();
    let plain: Option<Vec<String>> = values
        .iter()
        .map(|value| match &value.node {
            Node::Literal {
                written: Literal::Text(text),
                ..
            } => Some(python_text(text)),
            Node::Literal {
                value: Value::Integer(number),
                ..
            } => Some(number.to_string()),
            Node::Literal {
                value: Value::Boolean(truth),
                ..
            } => Some(if *truth { "True" } else { "False" }.to_owned()),
            _ => None,
        })
        .collect();
    match plain {
        Some(items) => format!("{source}.is_in([{}])", items.join(", ")),
        None => {
            let tests = values
                .iter()
                .map(|value| format!("{source} == {}", value.compile()));
            // Not a chain of operators: a thousand values would nest as deep.
            format!(
                "pl.any_horizontal({})",
                tests.collect::<Vec<_>>().join(", ")
            )
        }
    }
}

fn many(function: Many, parts: &[Typed]) -> String {
    let sources: Vec<String> = parts.iter().map(Typed::compile).collect();
    let call = match function {
        Many::And => return format!("({})", sources.join(" & ")),
        Many::Or => return format!("({})", sources.join(" | ")),
        Many::Coalesce => "pl.coalesce",
        Many::Least => "pl.min_horizontal",
        Many::Greatest => "pl.max_horizontal",
        Many::Concat => "pl.concat_str",
    };
    format!("{call}({})", sources.join(", "))
}

fn date_difference(unit: Unit, start: &Typed, end: &Typed) -> String {
    let end_type = end.ty;
    let (start, end) = (start.compile(), end.compile());
    let part = |source: &str, part: &str| format!("{source}.dt.{part}().cast(pl.Int64)");
    let begin = |source: &str| match end_type {
        ColumnType::Date => source.to_owned(),
        _ => format!("{source}.dt.truncate(\"1{}\")", unit.polars()),
    };
    let elapsed = |method: &str| format!("({} - {}).dt.{method}()", begin(&end), begin(&start));
    match unit {
        Unit::Year => format!("({} - {})", part(&end, "year"), part(&start, "year")),
        Unit::Month => {
            let months =
                |source: &str| format!("{} * 12 + {}", part(source, "year"), part(source, "month"));
            format!("({} - ({}))", months(&end), months(&start))
        }
        Unit::Day => elapsed("total_days"),
        Unit::Hour => elapsed("total_hours"),
        Unit::Minute => elapsed("total_minutes"),
        Unit::Second => elapsed("total_seconds"),
    }
}

fn date_sum(unit: Unit, amount: i64, input: &Typed) -> String {
    let source = input.compile();
    // Typing refused an amount for which there is no range.
    let Some((first, last)) = source_range(unit, amount) else {
        return source;
    };
    let bound = |instant: chrono::NaiveDateTime| {
        python_literal(&match input.ty {
            ColumnType::Date => Literal::Date(instant.date()),
            _ => Literal::Timestamp(instant),
        })
    };
    let bound = if amount < 0 {
        format!("{source} >= {}", bound(first))
    } else {
        format!("{source} <= {}", bound(last))
    };
    format!(
        "pl.when({bound}).then({source}).dt.offset_by(\"{amount}{}\")",
        unit.polars()
    )
}
