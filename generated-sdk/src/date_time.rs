//! Dates of the API.

mod digits;

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use digits::Digits;

/// A date and time with the offset from UTC as the engine wrote it.
///
/// The engine writes milliseconds and the offset of its own time zone: `2026-04-05T11:00:25.000+02:00`, or
/// `2026-04-05T09:00:25.000Z` in UTC. Two dates are equal if the instant *and* the offset are equal; dates are ordered by
/// the instant. A date without an offset counts as UTC and is written without an offset.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateTime {
    /// Seconds since 1970-01-01T00:00:00Z.
    seconds: i64,
    nanos: u32,
    offset: Option<i16>,
}

/// A text that is not a date of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseDateTimeError(());

impl fmt::Display for ParseDateTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a date such as 2026-04-05T11:00:25.000+02:00")
    }
}

impl std::error::Error for ParseDateTimeError {}

const DAY: i64 = 86_400;
/// The years with four digits.
const YEARS: std::ops::RangeInclusive<i64> = 1..=9999;

impl DateTime {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self { seconds: 0, nanos: 0, offset: Some(0) };

    /// Returns the date a number of seconds after 1970-01-01T00:00:00Z, in UTC. `None` outside of the years 1 to 9999, or
    /// if `nanos` is a second or more.
    pub fn from_unix(seconds: i64, nanos: u32) -> Option<Self> {
        let valid = nanos < 1_000_000_000 && YEARS.contains(&civil(seconds.div_euclid(DAY)).0);
        valid.then_some(Self { seconds, nanos, offset: Some(0) })
    }

    /// Returns the date a number of milliseconds after 1970-01-01T00:00:00Z, in UTC. `None` outside of the years 1 to
    /// 9999.
    pub fn from_unix_millis(millis: i64) -> Option<Self> {
        let nanos = u32::try_from(millis.rem_euclid(1000)).ok()? * 1_000_000;
        Self::from_unix(millis.div_euclid(1000), nanos)
    }

    /// Whole milliseconds since 1970-01-01T00:00:00Z.
    pub fn unix_millis(self) -> i64 {
        self.seconds * 1000 + i64::from(self.nanos / 1_000_000)
    }

    /// Returns the same instant with another offset, in minutes east of UTC. `None` beyond ±23:59, or if the local date
    /// is outside of the years 1 to 9999.
    pub fn with_offset_minutes(self, minutes: i16) -> Option<Self> {
        let local = self.seconds + i64::from(minutes) * 60;
        let valid = minutes.unsigned_abs() < 24 * 60 && YEARS.contains(&civil(local.div_euclid(DAY)).0);
        valid.then_some(Self { offset: Some(minutes), ..self })
    }

    /// Whole seconds since 1970-01-01T00:00:00Z.
    pub fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds within the second.
    pub fn subsec_nanos(self) -> u32 {
        self.nanos
    }

    /// The offset in minutes east of UTC, if the date has one.
    pub fn offset_minutes(self) -> Option<i16> {
        self.offset
    }
}

impl From<DateTime> for SystemTime {
    fn from(date: DateTime) -> Self {
        let since = Duration::from_secs(date.seconds.unsigned_abs());
        let start = if date.seconds < 0 { UNIX_EPOCH - since } else { UNIX_EPOCH + since };
        start + Duration::from_nanos(date.nanos.into())
    }
}

impl TryFrom<SystemTime> for DateTime {
    type Error = ParseDateTimeError;

    /// Fails outside of the years 1 to 9999.
    fn try_from(time: SystemTime) -> Result<Self, ParseDateTimeError> {
        let (seconds, nanos) = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => (i64::try_from(after.as_secs()), after.subsec_nanos()),
            Err(before) => {
                let before = before.duration();
                let whole = i64::try_from(before.as_secs()).map(|seconds| -seconds);
                match before.subsec_nanos() {
                    0 => (whole, 0),
                    nanos => (whole.map(|seconds| seconds - 1), 1_000_000_000 - nanos),
                }
            }
        };
        seconds.ok().and_then(|seconds| Self::from_unix(seconds, nanos)).ok_or(ParseDateTimeError(()))
    }
}

impl FromStr for DateTime {
    type Err = ParseDateTimeError;

    /// Reads `YYYY-MM-DDThh:mm:ss`, then nothing or up to nine digits of a fraction, then nothing, `Z` or `±hh:mm`.
    fn from_str(text: &str) -> Result<Self, ParseDateTimeError> {
        parse(text.as_bytes()).ok_or(ParseDateTimeError(()))
    }
}

fn parse(text: &[u8]) -> Option<DateTime> {
    let (date, rest) = text.split_at_checked(19)?;
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T' | b't', h1, h2, b':', n1, n2, b':', s1, s2] = date else {
        return None;
    };
    let (year, month, day) = (number(&[y1, y2, y3, y4])?, number(&[m1, m2])?, number(&[d1, d2])?);
    let (hour, minute, second) = (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?);
    let valid_date = YEARS.contains(&year) && (1..=12).contains(&month) && day >= 1 && day <= month_days(year, month);
    if !valid_date || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (nanos, rest) = fraction(rest)?;
    let offset = match rest {
        [] => None,
        [b'Z' | b'z'] => Some(0),
        &[sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[h1, h2])?, number(&[m1, m2])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let minutes = i16::try_from(hours * 60 + minutes).ok()?;
            Some(if sign == b'-' { -minutes } else { minutes })
        }
        _ => return None,
    };
    let local = days(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
    Some(DateTime { seconds: local - i64::from(offset.unwrap_or(0)) * 60, nanos, offset })
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |value, digit| digit.is_ascii_digit().then(|| value * 10 + i64::from(digit - b'0')))
}

/// Returns the nanoseconds of a fraction and the rest of the text.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let Some((b'.', rest)) = text.split_first() else { return Some((0, text)) };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=9).contains(&digits) {
        return None;
    }
    let (fraction, rest) = rest.split_at_checked(digits)?;
    let scale = 10_i64.checked_pow(u32::try_from(9 - digits).ok()?)?;
    Some((u32::try_from(number(fraction)? * scale).ok()?, rest))
}

fn month_days(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar. Years begin in March here, so that leap days end them.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Returns the date a number of days after 1970-01-01: year, month, day.
pub fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days.saturating_add(719_468);
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

impl DateTime {
    /// Writes milliseconds, or more digits if needed, and the offset, as the engine does.
    pub(crate) fn digits(self) -> Digits {
        let offset = i64::from(self.offset.unwrap_or(0));
        let local = self.seconds + offset * 60;
        let (year, month, day) = civil(local.div_euclid(DAY));
        let second = local.rem_euclid(DAY);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let mut digits = Digits::new();
        // The year has four digits.
        digits.padded(year.unsigned_abs(), 4);
        for (mark, part) in [(b'-', month), (b'-', day), (b'T', hour), (b':', minute), (b':', second)] {
            digits.push(mark);
            digits.padded(part.unsigned_abs(), 2);
        }
        digits.push(b'.');
        let nanos = u64::from(self.nanos);
        match () {
            () if nanos.is_multiple_of(1_000_000) => digits.padded(nanos / 1_000_000, 3),
            () if nanos.is_multiple_of(1_000) => digits.padded(nanos / 1_000, 6),
            () => digits.padded(nanos, 9),
        }
        match self.offset {
            None => {}
            Some(0) => digits.push(b'Z'),
            Some(_) => {
                digits.push(if offset < 0 { b'-' } else { b'+' });
                digits.padded(offset.unsigned_abs() / 60, 2);
                digits.push(b':');
                digits.padded(offset.unsigned_abs() % 60, 2);
            }
        }
        digits
    }
}

impl fmt::Display for DateTime {
    /// Writes milliseconds, or more digits if needed, and the offset, as the engine does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.digits().as_str())
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_what_the_engine_writes() {
        for text in [
            "2026-04-05T11:00:25.000+02:00",
            "1969-12-31T23:59:59.999-03:30",
            "2000-02-29T00:00:00.123456Z",
            "0001-01-01T00:00:00.000",
            "9999-12-31T23:59:59.999999999Z",
        ] {
            let date: DateTime = text.parse().expect(text);
            assert_eq!(date.to_string(), text);
        }
        let zulu: DateTime = "2018-02-07T10:24:46Z".parse().expect("Z is UTC");
        assert_eq!(zulu.to_string(), "2018-02-07T10:24:46.000Z");
        assert_eq!(zulu.unix_seconds(), 1_517_999_086);
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "xxx",
            "2018-02-07",
            "2018-02-30T00:00:00Z",
            "2018-13-01T00:00:00Z",
            "2018-02-07T24:00:00Z",
            "2018-02-07T10:24:46.Z",
            "2018-02-07T10:24:46.1234567890Z",
            "2018-02-07T10:24:46+0200",
            "2018-02-07T10:24:46+24:00",
            "2018-02-07 10:24:46Z",
            "2018-02-07T10:24:46Z ",
            "é018-02-07T10:24:46Z",
        ] {
            assert!(text.parse::<DateTime>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_day_of_four_centuries_is_itself() {
        for day in days(1600, 1, 1)..days(2001, 1, 1) {
            let (year, month, of_month) = civil(day);
            assert_eq!(days(year, month, of_month), day);
            assert!(of_month <= month_days(year, month));
        }
    }

    #[test]
    fn milliseconds_there_and_back() {
        for millis in [0, 1, -1, -999, -1000, -1001, 1_767_225_600_123, -62_135_596_800_000] {
            let date = DateTime::from_unix_millis(millis).expect("within the calendar");
            assert_eq!(date.unix_millis(), millis);
        }
        let date = DateTime::from_unix_millis(-1).expect("within the calendar");
        assert_eq!(date.to_string(), "1969-12-31T23:59:59.999Z");
        assert!(DateTime::from_unix_millis(i64::MAX).is_none());
        assert!(DateTime::from_unix_millis(i64::MIN).is_none());
        assert_eq!(DateTime::from_unix_millis(0), Some(DateTime::EPOCH));
    }

    #[test]
    fn system_time_there_and_back() {
        for seconds in [0, -1, 1_775_386_825, -62_135_596_800] {
            for nanos in [0, 1, 999_999_999] {
                let date = DateTime::from_unix(seconds, nanos).expect("within the calendar");
                assert_eq!(DateTime::try_from(SystemTime::from(date)), Ok(date));
            }
        }
        assert!(DateTime::from_unix(i64::MAX, 0).is_none());
        assert!(DateTime::from_unix(i64::MIN, 0).is_none());
    }
}
