//! Ranges of bytes in requests to the image daemon.

use super::refused::Refused;

/// Parses `bytes=0-99` or `bytes=0-` of a header `Range`.
pub(super) fn range(text: &str) -> Result<(u64, Option<u64>), Refused> {
    let unsatisfiable = |why: &str| Refused::new(416, format!("Cannot satisfy range '{text}', {why}"));
    let invalid = || unsatisfiable("invalid range or multiple ranges");
    let (first, last) = text.strip_prefix("bytes=").and_then(|range| range.split_once('-')).ok_or_else(invalid)?;
    let number = |text: &str| match text {
        "" => Ok(None),
        digits => digits.parse::<u64>().map(Some).map_err(|_| invalid()),
    };
    match (number(first)?, number(last)?) {
        (Some(first), Some(last)) if first > last => Err(unsatisfiable("first > last")),
        (Some(first), last) => Ok((first, last)),
        (None, Some(_)) => Err(Refused::new(416, "suffix-byte-range-spec not supported yet")),
        (None, None) => Err(unsatisfiable("no first or last")),
    }
}

/// Parses `bytes 0-99/100`, where `*` stands for an unknown number, of a header `Content-Range`. Returns the first byte.
pub(super) fn content_range(text: &str) -> Result<u64, Refused> {
    let invalid = |why: &str| Refused::new(400, format!("Invalid Content-Range '{text}'{why}"));
    let parts = text.strip_prefix("bytes ").and_then(|range| {
        let (range, complete) = range.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let number = |text: &str| if text == "*" { Some(None) } else { text.parse::<u64>().ok().map(Some) };
        Some((first.parse().ok()?, number(last)?, number(complete)?))
    });
    let (first, last, complete): (u64, Option<u64>, Option<u64>) = parts.ok_or_else(|| invalid(""))?;
    if last.is_some_and(|last| last < first) {
        return Err(invalid(", first > last"));
    }
    if complete.is_some_and(|complete| last.is_some_and(|last| last >= complete)) {
        return Err(invalid(", last >= complete"));
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_daemon_does() {
        let range = |text| range(text).map_err(|refused| refused.status);
        assert_eq!(range("bytes=0-99"), Ok((0, Some(99))));
        assert_eq!(range("bytes=5-"), Ok((5, None)));
        for text in ["bytes=-5", "bytes=-", "bytes=9-5", "bytes=0-1,4-5", "Bytes=0-1", "bytes=a-b"] {
            assert_eq!(range(text), Err(416), "{text}");
        }
        let content_range = |text| content_range(text).map_err(|refused| refused.status);
        assert_eq!(content_range("bytes 7-8/*"), Ok(7));
        assert_eq!(content_range("bytes 7-*/*"), Ok(7));
        assert_eq!(content_range("bytes 7-8/9"), Ok(7));
        for text in ["bytes 9-8/*", "bytes 7-8/8", "bytes=7-8/*", "bytes 7-8", "bytes *-8/*"] {
            assert_eq!(content_range(text), Err(400), "{text}");
        }
    }
}
