//! Values in the text of a search.
//!
//! The language has no escape character: `"` ends a value, the engine rejects `'` and `;` anywhere in a search, and reads a
//! `\` differently depending on what follows.

use std::time::Duration;

use crate::date_time::civil;
use crate::types::DateTime;

/// How the engine compares a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Matching {
    /// `*` is a wildcard.
    Pattern,
    /// `*` is a wildcard, so it can't stand for itself.
    Literal,
    /// As it is. An empty text and `null` stand for no value.
    Exact,
    /// As it is.
    Listed,
}

/// A text as a value of a search, in quotes if necessary.
pub(super) fn text(text: &str, matching: Matching) -> Result<String, String> {
    if let Some(character) = text.chars().find(|it| matches!(it, '"' | '\'' | ';') || it.is_control()) {
        return Err(format!("a search can't contain {character:?}: `{}`", text.escape_debug()));
    }
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let is_ambiguous = character == '\\' && matches!(rest.peek(), None | Some('\\' | '%'));
        if is_ambiguous {
            return Err(format!("in a search, `\\` can't be the last character or stand before `\\` or `%`: `{text}`"));
        }
    }
    match matching {
        Matching::Pattern => {}
        Matching::Literal if text.contains('*') => {
            return Err(format!("`*` is a wildcard in searches and can't stand for itself: `{text}`"));
        }
        Matching::Literal => {}
        Matching::Exact if text.is_empty() || text.eq_ignore_ascii_case("null") => {
            return Err(format!(
                "`{text}` stands for no value in searches; use `is_unset` to search for objects without one"
            ));
        }
        // The engine escapes these for patterns only.
        Matching::Exact | Matching::Listed if text.contains(['\\', '%']) => {
            return Err(format!("a search without wildcards can't contain `\\` or `%`: `{text}`"));
        }
        Matching::Exact | Matching::Listed => {}
    }
    let is_plain = |it: char| it.is_alphanumeric() || matches!(it, '-' | '_' | '.' | '*' | '@' | ':' | '/');
    Ok(if !text.is_empty() && text.chars().all(is_plain) { text.to_owned() } else { format!("\"{text}\"") })
}

/// An identifier. The engine's database rejects anything else.
pub(super) fn identifier(id: &str) -> Result<String, String> {
    let digits = id.bytes().filter(|byte| *byte != b'-');
    let is_valid = digits.clone().count() == 32 && digits.clone().all(|byte| byte.is_ascii_hexdigit());
    if is_valid { Ok(id.to_owned()) } else { Err(format!("`{}` is not an identifier", id.escape_debug())) }
}

/// A number that the engine reads as one of 32 bits.
pub(super) fn integer(number: i64) -> Result<String, String> {
    match i32::try_from(number) {
        Ok(number) => Ok(number.to_string()),
        Err(_) => Err(format!("{number} is too large for a search")),
    }
}

pub(super) fn decimal(number: f64) -> Result<String, String> {
    if number.is_finite() { Ok(number.to_string()) } else { Err(format!("{number} can't be searched")) }
}

/// The relations for which a number of bytes is rounded to a whole unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rounding {
    /// `>` and `<=`: sizes are whole units, so what is larger than 1.5 units is larger than 1.
    Down,
    /// `<` and `>=`.
    Up,
    /// `=` and `!=`.
    None,
}

/// A number of bytes in a unit.
pub(super) fn bytes(bytes: i64, unit: i64, rounding: Rounding) -> Result<String, String> {
    let (whole, rest) = (bytes.div_euclid(unit), bytes.rem_euclid(unit));
    match rounding {
        _ if rest == 0 => integer(whole),
        Rounding::Down => integer(whole),
        Rounding::Up => integer(whole.saturating_add(1)),
        Rounding::None => Err(format!("{bytes} is not a multiple of {unit}, in which the engine searches this size")),
    }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `Jan 31, 2026`, of a number of days since 1970.
fn date(days: i64) -> Result<String, String> {
    let (year, month, day) = civil(days);
    let name = usize::try_from(month - 1).ok().and_then(|month| MONTHS.get(month));
    match name {
        Some(name) if (1970..=9999).contains(&year) => Ok(format!("{name} {day}, {year}")),
        _ => Err(format!("the year {year} can't be searched")),
    }
}

const DAY: i64 = 86_400;

/// The day of a date, in the date's own time zone.
pub(super) fn day(of: DateTime) -> Result<String, String> {
    let offset = i64::from(of.offset_minutes().unwrap_or_default()) * 60;
    Ok(format!("\"{}\"", date(of.unix_seconds().saturating_add(offset).div_euclid(DAY))?))
}

/// A date and time. The engine knows the name of this time zone wherever it is.
pub(super) fn instant(at: DateTime) -> Result<String, String> {
    let (days, seconds) = (at.unix_seconds().div_euclid(DAY), at.unix_seconds().rem_euclid(DAY));
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    Ok(format!("\"{} {hour:02}:{minute:02}:{second:02} UTC\"", date(days)?))
}

/// A duration in whole seconds: `d.hh:mm:ss`.
pub(super) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    format!("{days}.{hours:02}:{:02}:{:02}", seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_if_necessary() {
        for (value, expected) in [
            ("web*", "web*"),
            ("a b", "\"a b\""),
            ("", "\"\""),
            ("=", "\"=\""),
            ("and", "and"),
            ("ä", "ä"),
            ("a\\b", "\"a\\b\""),
            ("100%", "\"100%\""),
        ] {
            assert_eq!(text(value, Matching::Pattern).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn what_the_language_cannot_express_is_an_error() {
        for value in ["\"", "it's", "a;b", "a\nb", "\0", "\\", "a\\\\b", "a\\%"] {
            assert!(text(value, Matching::Pattern).is_err(), "{value:?}");
        }
        assert!(text("a*", Matching::Literal).is_err());
        for value in ["", "null", "NULL", "100%", "a\\b"] {
            assert!(text(value, Matching::Exact).is_err(), "{value:?}");
        }
        assert!(identifier("123").is_err());
        assert!(identifier("5b2f6a9e-0c1d-4f7e-9a3b-112233445566").is_ok());
        assert!(integer(1 << 31).is_err());
        assert!(decimal(f64::NAN).is_err());
    }

    #[test]
    fn sizes_are_rounded_so_that_the_comparison_stays_true() {
        let unit = 1 << 20;
        assert_eq!(bytes(unit, unit, Rounding::None).as_deref(), Ok("1"));
        assert!(bytes(unit + 1, unit, Rounding::None).is_err());
        assert_eq!(bytes(unit + 1, unit, Rounding::Down).as_deref(), Ok("1"));
        assert_eq!(bytes(unit + 1, unit, Rounding::Up).as_deref(), Ok("2"));
        assert_eq!(bytes(-1, unit, Rounding::Down).as_deref(), Ok("-1"));
        assert!(bytes(i64::MAX, 1, Rounding::Up).is_err());
    }

    #[test]
    fn dates_and_durations() {
        let date: DateTime = "2026-11-20T23:30:15.500-02:00".parse().unwrap();
        assert_eq!(day(date).as_deref(), Ok("\"Nov 20, 2026\""));
        assert_eq!(instant(date).as_deref(), Ok("\"Nov 21, 2026 01:30:15 UTC\""));
        assert_eq!(duration(Duration::from_secs(93_784)), "1.02:03:04");
        assert!(
            day(DateTime::from_unix(i64::MIN, 0).unwrap_or(date)).is_ok() || DateTime::from_unix(i64::MIN, 0).is_some()
        );
    }
}
