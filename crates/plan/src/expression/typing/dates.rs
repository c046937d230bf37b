//! Days and times.

use super::super::dates::source_range;
use super::super::typed::{Node, Typed, Unit};
use super::{Call, MAX_COUNT};
use crate::operation::Problem;
use crate::value::ColumnType;

impl Call<'_> {
    /// The unit in the first argument, one that values of type `ty` have.
    fn unit(&self, ty: ColumnType) -> Result<Unit, Problem> {
        match Unit::from_name(&self.literal_text(0)?) {
            Some(unit @ (Unit::Year | Unit::Month | Unit::Day)) => Ok(unit),
            Some(unit) if ty == ColumnType::Timestamp => Ok(unit),
            Some(_) => self.problem(0, "counts days, months or years of dates"),
            None => self.problem(0, "knows year, month, day, hour, minute and second"),
        }
    }

    pub(super) fn date_diff(mut self) -> Result<Typed, Problem> {
        self.require_day(1)?;
        self.require(
            2,
            self.args[1].ty == self.args[2].ty,
            "two values of one type",
        )?;
        let unit = self.unit(self.args[1].ty)?;
        let (start, end) = (self.take_boxed(1), self.take_boxed(2));
        Ok(Typed::new(
            ColumnType::Integer,
            Node::DateDiff { unit, start, end },
        ))
    }

    pub(super) fn date_add(mut self) -> Result<Typed, Problem> {
        self.require_day(2)?;
        let ty = self.args[2].ty;
        let unit = self.unit(ty)?;
        let amount = self.literal_count(1, -MAX_COUNT)?;
        if source_range(unit, amount).is_none() {
            return self.problem(1, "leaves the years 1 to 9999 from any date");
        }
        Ok(Typed::new(
            ty,
            Node::DateAdd {
                unit,
                amount,
                input: self.take_boxed(2),
            },
        ))
    }

    pub(super) fn date_trunc(mut self) -> Result<Typed, Problem> {
        self.require_day(1)?;
        let ty = self.args[1].ty;
        let unit = self.unit(ty)?;
        Ok(Typed::new(
            ty,
            Node::DateTrunc {
                unit,
                input: self.take_boxed(1),
            },
        ))
    }
}
