//! The media types of documents, and what a request says about them.

use std::cmp::Reverse;

use crate::api::request::ApiRequest;

const XML: &str = "application/xml";
const JSON: &str = "application/json";
/// The media type of the files with which viewers connect to consoles.
pub(crate) const CONSOLE_FILE: &str = "application/x-virt-viewer";

/// The format of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Xml,
    Json,
}

/// Why a header `Accept` leads to no format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AcceptError {
    /// The header is malformed.
    Malformed,
    /// The API has none of the media types.
    Unsupported,
}

/// The format of the response that a request accepts.
pub(crate) fn accepted_format(request: &ApiRequest) -> Result<Format, AcceptError> {
    let header = request.parameter("accept").or_else(|| request.header("Accept"));
    header.filter(|text| !text.trim().is_empty()).map_or(Ok(Format::Xml), preferred)
}

/// The format of the body of a request, if its media type is supported.
pub(crate) fn sent_format(request: &ApiRequest) -> Option<Format> {
    match media_type(request.header("Content-Type")?).to_ascii_lowercase().as_str() {
        XML => Some(Format::Xml),
        JSON => Some(Format::Json),
        _ => None,
    }
}

/// A media type without its parameters.
fn media_type(text: &str) -> &str {
    text.split(';').next().unwrap_or_default().trim()
}

/// The format that a header `Accept` prefers: by quality, then the most specific range, then the first one, then XML.
fn preferred(header: &str) -> Result<Format, AcceptError> {
    let ranges: Vec<&str> = header.split(',').collect();
    if !ranges.iter().all(|range| media_type(range).contains('/')) {
        return Err(AcceptError::Malformed);
    }
    let supported = [(XML, Format::Xml), (JSON, Format::Json), (CONSOLE_FILE, Format::Xml)];
    let mut best = None;
    for (name, format) in supported {
        let matching = ranges.iter().enumerate().filter_map(|(at, range)| {
            specificity(media_type(range), name).map(|specificity| (specificity, quality(range), Reverse(at)))
        });
        // The most specific range decides about a media type.
        let Some((specificity, quality, at)) = matching.max() else { continue };
        let rank = (quality, specificity, at);
        if quality > 0 && best.is_none_or(|(other, _)| rank > other) {
            best = Some((rank, format));
        }
    }
    best.map(|(_, format)| format).ok_or(AcceptError::Unsupported)
}

/// How specifically a range matches a media type.
fn specificity(range: &str, name: &str) -> Option<u8> {
    match range.to_ascii_lowercase().as_str() {
        "*/*" => Some(0),
        "application/*" => Some(1),
        range if range == name => Some(2),
        _ => None,
    }
}

/// The quality of a range, in thousandths.
fn quality(range: &str) -> u32 {
    let quality = range.split(';').skip(1).find_map(|parameter| parameter.trim().strip_prefix("q="));
    let Some(digits) = quality.filter(|text| !text.starts_with('1')) else { return 1000 };
    let fraction = digits.split_once('.').map_or("", |(_, fraction)| fraction);
    let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
    fraction.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_format_is_chosen() {
        for (accept, expected) in [
            ("application/xml", Ok(Format::Xml)),
            ("application/json", Ok(Format::Json)),
            ("*/*", Ok(Format::Xml)),
            ("application/*", Ok(Format::Xml)),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Ok(Format::Xml)),
            ("application/json, */*", Ok(Format::Json)),
            ("application/json, */*;q=0", Ok(Format::Json)),
            ("application/json;q=0, */*", Ok(Format::Xml)),
            ("application/xml;q=0.5, application/json;q=0.75", Ok(Format::Json)),
            ("application/json;q=0.5, application/xml;q=0.75", Ok(Format::Xml)),
            ("application/json, application/xml", Ok(Format::Json)),
            ("APPLICATION/JSON; charset=utf-8", Ok(Format::Json)),
            ("application/xml; detail=statistics", Ok(Format::Xml)),
            ("application/x-virt-viewer", Ok(Format::Xml)),
            ("application/xml;q=0.0", Err(AcceptError::Unsupported)),
            ("text/xml", Err(AcceptError::Unsupported)),
            ("application/x-yaml", Err(AcceptError::Unsupported)),
            ("nonsense", Err(AcceptError::Malformed)),
        ] {
            assert_eq!(preferred(accept), expected, "{accept}");
        }
    }
}
