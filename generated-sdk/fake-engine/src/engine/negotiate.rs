//! Whether the version, the HTTP method and the media types of a request are supported.

use crate::api::{ApiRequest, Fault, pages};

/// The version of the API.
const VERSION: &str = "4";
/// A version that the engine knows but no longer has.
const OLD_VERSION: &str = "3";
const XML: &str = "application/xml";
/// The reason of faults about media types.
const REASON: &str = "A fake engine speaks XML only";

/// Fails if the request has another version, an unknown HTTP method, or media types other than XML.
pub(super) fn negotiate(request: &ApiRequest) -> Result<(), Fault> {
    let version = request.version.as_deref().or_else(|| request.header("Version").filter(|text| !text.is_empty()));
    match version {
        Some(OLD_VERSION) => return Err(Fault::raw(pages::unsupported_method(&request.method))),
        Some(version) if version != VERSION => return Err(Fault::raw(pages::bad_request())),
        _ => {}
    }
    let accept = request.parameter("accept").or_else(|| request.header("Accept"));
    if let Some(accept) = accept.filter(|accept| !accept.trim().is_empty() && !accepts_xml(accept)) {
        let detail = format!("\"Accept: {accept}\" asks for something else than {XML}.");
        return Err(Fault::new(406, REASON, detail));
    }
    let sent = request.header("Content-Type").filter(|_| !request.body.is_empty());
    if let Some(sent) = sent.filter(|sent| !media_type(sent).eq_ignore_ascii_case(XML)) {
        let detail = format!("\"Content-Type: {sent}\" is not {XML}.");
        return Err(Fault::new(415, REASON, detail));
    }
    Ok(())
}

/// A media type without its parameters.
fn media_type(text: &str) -> &str {
    text.split(';').next().unwrap_or_default().trim()
}

/// Whether a header `Accept` allows a media type that the API has.
fn accepts_xml(header: &str) -> bool {
    header.split(',').any(|range| {
        let is_excluded = range.split(';').skip(1).any(|parameter| matches!(parameter.trim(), "q=0" | "q=0.0"));
        let ours = [XML, "application/*", "*/*", "application/x-virt-viewer"];
        !is_excluded && ours.iter().any(|ours| media_type(range).eq_ignore_ascii_case(ours))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_is_the_media_type() {
        for (accept, expected) in [
            ("application/xml", true),
            ("*/*", true),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            ("application/json", false),
            ("application/json, */*;q=0", false),
            ("text/xml", false),
            ("APPLICATION/XML; charset=utf-8", true),
        ] {
            assert_eq!(accepts_xml(accept), expected, "{accept}");
        }
    }
}
