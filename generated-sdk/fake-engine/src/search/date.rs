//! Dates and durations in searches.

use ovirt_sdk::types::DateTime;

pub(super) const DAY: i64 = 86_400_000;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// 1970-01-01 was a Thursday.
const DAYS: [&str; 7] = ["thursday", "friday", "saturday", "sunday", "monday", "tuesday", "wednesday"];

/// The milliseconds since 1970 of a date that the engine understands: `today`, `yesterday`, the name of a day of the
/// last week, `Jan 31, 2026`, `January 31, 2026`, `Saturday, January 31, 2026`, `1/31/26`; then a time, if any. Days
/// begin in UTC.
pub(super) fn instant(text: &str, now: i64) -> Option<i64> {
    let text = text.trim();
    if let Some(days) = days_ago(text, now) {
        return Some(now.div_euclid(DAY).checked_sub(days)?.saturating_mul(DAY));
    }
    let (date, rest) = named(text).or_else(|| numbered(text, now))?;
    let (year, month, day) = date;
    let date: DateTime = format!("{year:04}-{month:02}-{day:02}T00:00:00Z").parse().ok()?;
    Some(date.unix_seconds() * 1000 + time(rest))
}

/// The number of days since the day with a name.
fn days_ago(text: &str, now: i64) -> Option<i64> {
    match text.to_ascii_lowercase().as_str() {
        "today" => Some(0),
        "yesterday" => Some(1),
        name => {
            let today = now.div_euclid(DAY);
            (1..=7).find(|days| {
                let day = usize::try_from((today - days).rem_euclid(7)).unwrap_or_default();
                DAYS.get(day).is_some_and(|day| *day == name)
            })
        }
    }
}

type Date = (u32, u32, u32);

/// Parses `Jan 31, 2026`, with or without the name of the day.
fn named(text: &str) -> Option<(Date, &str)> {
    let (word, rest) = word(text)?;
    if DAYS.iter().any(|day| *day == word) {
        return named_without_day(rest.strip_prefix(',')?.trim_start());
    }
    named_without_day(text)
}

fn named_without_day(text: &str) -> Option<(Date, &str)> {
    let (name, rest) = word(text)?;
    let position = MONTHS.iter().position(|month| *month == name || month.get(..3) == Some(name.as_str()))?;
    let month = u32::try_from(position).ok()? + 1;
    let (day, rest) = number(rest.trim_start(), 2)?;
    let (year, rest) = number(rest.trim_start().strip_prefix(',')?.trim_start(), 4)?;
    Some(((year, month, day), rest))
}

/// Parses `1/31/2026` or `1/31/26`. A short year is between 80 years ago and 20 years ahead.
fn numbered(text: &str, now: i64) -> Option<(Date, &str)> {
    let (month, rest) = number(text, 2)?;
    let (day, rest) = number(rest.strip_prefix('/')?, 2)?;
    let years = rest.strip_prefix('/')?;
    let (mut year, rest) = number(years, 4)?;
    if years.len() - rest.len() == 2 {
        let this_year = u32::try_from(1970 + now.div_euclid(DAY) * 400 / 146_097).unwrap_or(1970);
        year += (this_year + 20).saturating_sub(year) / 100 * 100;
    }
    Some(((year, month, day), rest))
}

/// The milliseconds of a time of the day: `10:30`, `10:30:15 PM`. Other text is ignored, as on the engine.
fn time(text: &str) -> i64 {
    read_time(text.trim_start_matches([',', ' ']).trim_start_matches("at ")).unwrap_or(0)
}

fn read_time(text: &str) -> Option<i64> {
    let (hour, rest) = number(text, 2)?;
    let (minute, mut rest) = number(rest.strip_prefix(':')?, 2)?;
    let mut second = 0;
    if let Some(seconds) = rest.strip_prefix(':') {
        (second, rest) = number(seconds, 2)?;
    }
    let hour = match word(rest.trim_start()).map(|(word, _)| word).as_deref() {
        Some("am") => hour % 12,
        Some("pm") => hour % 12 + 12,
        _ => hour,
    };
    let valid = hour < 24 && minute < 60 && second < 60;
    valid.then(|| i64::from(hour * 3600 + minute * 60 + second) * 1000)
}

/// The letters at the beginning of a text, in lower case.
fn word(text: &str) -> Option<(String, &str)> {
    let (word, rest) = text.split_at_checked(text.bytes().take_while(u8::is_ascii_alphabetic).count())?;
    (!word.is_empty()).then(|| (word.to_ascii_lowercase(), rest))
}

/// The number at the beginning of a text, with a maximum number of digits.
fn number(text: &str, most: usize) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(text.bytes().take_while(u8::is_ascii_digit).count())?;
    if digits.len() > most { None } else { Some((digits.parse().ok()?, rest)) }
}

/// The whole seconds of a duration: days, `hh:mm[:ss[.ff]]` or `d.hh:mm[:ss[.ff]]`. A negative duration counts as 0.
pub(super) fn span(text: &str) -> Option<f64> {
    let (negative, text) = match text.trim().strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.trim()),
    };
    let seconds = if let Some((hours, rest)) = text.split_once(':') {
        let (days, hours) = hours.split_once('.').map_or(Some((0, hours)), |(days, hours)| {
            let (days, rest) = number(days, 9)?;
            rest.is_empty().then_some((days, hours))
        })?;
        let mut parts = rest.split(':');
        let (minutes, seconds) = (parts.next()?, parts.next());
        if parts.next().is_some() {
            return None;
        }
        let (whole, fraction) = seconds.map_or((Some("00"), None), |seconds| match seconds.split_once('.') {
            Some((whole, fraction)) => (Some(whole), Some(fraction)),
            None => (Some(seconds), None),
        });
        let fraction = fraction.map_or(Some(0), pair)?;
        f64::from(days) * 86_400.0
            + f64::from(pair(hours)?) * 3600.0
            + f64::from(pair(minutes)?) * 60.0
            + f64::from(pair(whole?)?)
            + f64::from(fraction) / 1000.0
    } else {
        let (days, rest) = number(text, 9)?;
        rest.is_empty().then_some(f64::from(days) * 86_400.0)?
    };
    Some(if negative { 0.0 } else { seconds.trunc() })
}

/// A number of two digits.
fn pair(text: &str) -> Option<u32> {
    let (number, rest) = number(text, 2)?;
    (text.len() == 2 && rest.is_empty()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::{instant, span};
    use ovirt_sdk::types::DateTime;

    fn ms(text: &str) -> i64 {
        text.parse::<DateTime>().unwrap().unix_seconds() * 1000
    }

    /// A Friday.
    const NOW: &str = "2026-11-27T15:30:00Z";

    #[test]
    fn dates_are_parsed_in_the_american_format() {
        for (text, expected) in [
            ("today", "2026-11-27T00:00:00Z"),
            ("Yesterday", "2026-11-26T00:00:00Z"),
            ("wednesday", "2026-11-25T00:00:00Z"),
            ("FRIDAY", "2026-11-20T00:00:00Z"),
            ("Jan 1, 2026", "2026-01-01T00:00:00Z"),
            ("Jan 1,2026", "2026-01-01T00:00:00Z"),
            ("february 28, 2025", "2025-02-28T00:00:00Z"),
            ("Saturday, January 31, 2026", "2026-01-31T00:00:00Z"),
            ("1/31/26", "2026-01-31T00:00:00Z"),
            ("1/31/46", "2046-01-31T00:00:00Z"),
            ("1/31/47", "1947-01-31T00:00:00Z"),
            ("12/31/1999", "1999-12-31T00:00:00Z"),
            ("Jan 1, 2026 10:30", "2026-01-01T10:30:00Z"),
            ("Jan 1, 2026, 10:30:15 PM", "2026-01-01T22:30:15Z"),
            ("January 1, 2026 at 12:00 AM", "2026-01-01T00:00:00Z"),
            ("1/1/2026 nonsense", "2026-01-01T00:00:00Z"),
        ] {
            assert_eq!(instant(text, ms(NOW)), Some(ms(expected)), "{text}");
        }
    }

    #[test]
    fn other_texts_are_not_dates() {
        for text in [
            "",
            "2026-01-01",
            "Foo 1, 2026",
            "Feb 30, 2026",
            "13/1/2026",
            "1/1",
            "tomorrow",
            "0/0/0",
            "99999999999999",
            "é",
        ] {
            assert_eq!(instant(text, ms(NOW)), None, "{text}");
        }
        assert!(instant("today", i64::MIN).is_some());
        assert!(instant("today", i64::MAX).is_some());
        assert_eq!(instant("1/1/26", i64::MAX / 1000), None);
        assert!(instant("1/1/26", i64::MIN).is_some());
    }

    #[test]
    fn durations() {
        for (text, expected) in [
            ("2", Some(172_800.0)),
            ("01:30", Some(5400.0)),
            ("1.02:03:04", Some(93_784.0)),
            ("00:00:10.50", Some(10.0)),
            ("-1", Some(0.0)),
            ("1:30", None),
            ("x", None),
            ("", None),
            ("01:02:03:04", None),
            ("99999999999", None),
        ] {
            assert_eq!(span(text), expected, "{text}");
        }
    }
}
