//! Date arithmetic of the grammar. All dates lie in the years 1 to 9999.

use chrono::{
    Datelike as _, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike as _,
};

use super::typed::Unit;

impl Unit {
    /// The unit of this name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "year" => Self::Year,
            "month" => Self::Month,
            "day" => Self::Day,
            "hour" => Self::Hour,
            "minute" => Self::Minute,
            "second" => Self::Second,
            _ => return None,
        })
    }

    /// The suffix that Polars gives it.
    pub(super) fn polars(self) -> &'static str {
        match self {
            Self::Year => "y",
            Self::Month => "mo",
            Self::Day => "d",
            Self::Hour => "h",
            Self::Minute => "m",
            Self::Second => "s",
        }
    }
}

/// First and last instant of the calendar.
fn calendar() -> (NaiveDateTime, NaiveDateTime) {
    let first = NaiveDate::from_ymd_opt(1, 1, 1)
        .unwrap_or_default()
        .and_time(NaiveTime::MIN);
    let end = NaiveDate::from_ymd_opt(10_000, 1, 1)
        .unwrap_or_default()
        .and_time(NaiveTime::MIN);
    (first, end - TimeDelta::microseconds(1))
}

/// `amount` units later; a day that a month does not have becomes its last. `None` outside the
/// calendar.
pub(super) fn add(instant: NaiveDateTime, unit: Unit, amount: i64) -> Option<NaiveDateTime> {
    let count = u32::try_from(amount.unsigned_abs()).ok()?;
    let months = |count: u32| match amount < 0 {
        true => instant.checked_sub_months(Months::new(count)),
        false => instant.checked_add_months(Months::new(count)),
    };
    let later = match unit {
        Unit::Year => months(count.checked_mul(12)?),
        Unit::Month => months(count),
        Unit::Day if amount < 0 => instant.checked_sub_days(Days::new(count.into())),
        Unit::Day => instant.checked_add_days(Days::new(count.into())),
        Unit::Hour => instant.checked_add_signed(TimeDelta::try_hours(amount)?),
        Unit::Minute => instant.checked_add_signed(TimeDelta::try_minutes(amount)?),
        Unit::Second => instant.checked_add_signed(TimeDelta::try_seconds(amount)?),
    }?;
    let (first, last) = calendar();
    (first..=last).contains(&later).then_some(later)
}

/// First and last instant from which `amount` units lead into the calendar.
pub(super) fn source_range(unit: Unit, amount: i64) -> Option<(NaiveDateTime, NaiveDateTime)> {
    let (first, last) = calendar();
    match amount < 0 {
        true => Some((add(first, unit, -amount)?, last)),
        false => Some((first, add(last, unit, -amount)?)),
    }
}

/// The beginning of the unit that holds `instant`.
pub(super) fn truncate(instant: NaiveDateTime, unit: Unit) -> NaiveDateTime {
    let date = instant.date();
    let day = |date: Option<NaiveDate>| date.unwrap_or_default().and_time(NaiveTime::MIN);
    let midnight = date.and_time(NaiveTime::MIN);
    let seconds = |seconds: u32| midnight + TimeDelta::seconds(seconds.into());
    let of_day = instant.num_seconds_from_midnight();
    match unit {
        Unit::Year => day(NaiveDate::from_ymd_opt(date.year(), 1, 1)),
        Unit::Month => day(date.with_day(1)),
        Unit::Day => midnight,
        Unit::Hour => seconds(of_day / 3600 * 3600),
        Unit::Minute => seconds(of_day / 60 * 60),
        Unit::Second => seconds(of_day),
    }
}

/// How many times a new unit begins between `start` and `end`; negative where `end` is earlier.
pub(super) fn difference(start: NaiveDateTime, end: NaiveDateTime, unit: Unit) -> i64 {
    let years = i64::from(end.year()) - i64::from(start.year());
    let elapsed = truncate(end, unit) - truncate(start, unit);
    match unit {
        Unit::Year => years,
        Unit::Month => years * 12 + i64::from(end.month()) - i64::from(start.month()),
        Unit::Day => elapsed.num_days(),
        Unit::Hour => elapsed.num_hours(),
        Unit::Minute => elapsed.num_minutes(),
        Unit::Second => elapsed.num_seconds(),
    }
}
