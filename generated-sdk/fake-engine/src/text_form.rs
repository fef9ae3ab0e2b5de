//! The text form of what goes wrong: a kind and options, such as `lost-host name=host1 after=30s`.

use std::fmt;
use std::time::Duration;

use crate::encoding;

/// Splits a text form into the kind and the options.
pub(crate) fn split(text: &str) -> Result<(String, Vec<(String, String)>), String> {
    let mut words = text.split([' ', ',']).filter(|word| !word.is_empty());
    let kind = words.next().ok_or_else(|| "the kind is missing".to_owned())?.replace('_', "-");
    let options = words.map(|word| {
        let option = encoding::pair(word, false).ok().filter(|_| word.contains('='));
        option.ok_or_else(|| format!("`{word}` is not an option such as `name=web1`"))
    });
    Ok((kind, options.collect::<Result<_, _>>()?))
}

/// Reads a number of seconds, or a number with a unit: `ms`, `s`, `m` or `h`.
pub(crate) fn read_duration(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let millis = match unit {
        "ms" => 1,
        "" | "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => 0,
    };
    let number = number.parse::<u64>().ok().filter(|_| millis > 0).and_then(|number| number.checked_mul(millis));
    number
        .map(Duration::from_millis)
        .ok_or_else(|| format!("`{text}` is not a duration such as `30s`, `5m` or `250ms`"))
}

pub(crate) fn read_count(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| format!("`{text}` is not a number"))
}

pub(crate) fn write_duration(duration: Duration) -> String {
    match duration.subsec_millis() {
        0 => format!("{}s", duration.as_secs()),
        _ => format!("{}ms", duration.as_millis()),
    }
}

/// Escapes what separates words.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace(' ', "%20").replace(',', "%2C").replace('\n', "%0A")
}

/// Writes an option that is set.
pub(crate) fn write_option(f: &mut fmt::Formatter<'_>, name: &str, value: Option<String>) -> fmt::Result {
    value.map_or(Ok(()), |value| write!(f, " {name}={value}"))
}
