//! The headers `Retry-After` and `Date`.

use std::time::{Duration, SystemTime};

use httpdate::parse_http_date;

use super::headers::Headers;

/// The delay that a server requests before the next attempt: seconds, or a date. A date is compared with the server's
/// own clock if the response contains it. `None` without the header, and if its value is neither.
pub(crate) fn retry_after(headers: &Headers) -> Option<Duration> {
    let value = headers.get("retry-after")?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // Numbers beyond 64 bits are just a very long delay.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = parse_http_date(value).ok()?;
    let now = server_time(headers).unwrap_or_else(SystemTime::now);
    Some(date.duration_since(now).unwrap_or_default())
}

/// The time of the server's clock.
pub(crate) fn server_time(headers: &Headers) -> Option<SystemTime> {
    parse_http_date(headers.get("date")?.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delay(value: &str) -> Option<Duration> {
        let headers = [("Retry-After", value), ("Date", "Sun, 06 Nov 1994 08:49:37 GMT")];
        retry_after(&Headers::from_iter(headers))
    }

    #[test]
    fn seconds_and_dates_are_understood() {
        let seconds = |seconds: u64| Some(Duration::from_secs(seconds));
        assert_eq!(delay(" 17 "), seconds(17));
        assert_eq!(delay("0"), seconds(0));
        assert_eq!(delay("18446744073709551616"), seconds(u64::MAX));
        assert_eq!(delay(&"9".repeat(1000)), seconds(u64::MAX));
        for date in ["Sun, 06 Nov 1994 08:50:07 GMT", "Sunday, 06-Nov-94 08:50:07 GMT", "Sun Nov  6 08:50:07 1994"] {
            assert_eq!(delay(date), seconds(30), "{date}");
        }
        assert_eq!(delay("Sat, 05 Nov 1994 08:49:37 GMT"), seconds(0));
        for neither in ["", "-1", "1.5", "+3", "soon", "Sun, 06 Nov 1994"] {
            assert_eq!(delay(neither), None, "{neither}");
        }
        assert_eq!(retry_after(&Headers::new()), None);
    }

    #[test]
    fn the_time_of_the_server_is_its_date() {
        let time = |date: &str| server_time(&Headers::from_iter([("Date", date)]));
        let date = crate::date_time::DateTime::try_from(time("Sun, 06 Nov 1994 08:49:37 GMT").unwrap()).unwrap();
        assert_eq!(date.to_string(), "1994-11-06T08:49:37.000Z");
        for text in ["", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nox 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT"]
        {
            assert!(time(text).is_none(), "{text}");
        }
        assert_eq!(server_time(&Headers::new()), None);
    }

    #[test]
    fn without_the_clock_of_the_server_the_local_clock_counts() {
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(100));
        let delay = retry_after(&Headers::from_iter([("Retry-After", date)])).unwrap();
        assert!((Duration::from_secs(90)..=Duration::from_secs(100)).contains(&delay), "{delay:?}");
    }
}
