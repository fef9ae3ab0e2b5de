//! From an HTTP request to a request to the API.

use super::http_request::HttpRequest;
use crate::api::ApiRequest;
use crate::encoding::{Malformed, pair, pairs, percent_decoded};
use crate::pattern::{API, below};
use crate::random::Random;

/// Headers with credentials, which nothing behind the authentication sees.
const CREDENTIALS: [&str; 3] = ["Authorization", "Cookie", "JSESSIONID"];
/// Headers that stand for parameters of the query.
const PARAMETERS: [(&str, &str); 2] = [("Filter", "filter"), ("All-Content", "all_content")];
pub(super) const CORRELATION_ID: &str = "Correlation-Id";

/// Parses a request. Fails if the address is malformed.
pub(super) fn parse(http: &HttpRequest) -> Result<ApiRequest, Malformed> {
    let path = below(&http.path, API).unwrap_or_default();
    let mut raw = segments_of(path);
    let mut query = pairs(&http.query)?;
    for parameter in raw.last().iter().flat_map(|last| last.split(';').skip(1)).filter(|text| !text.is_empty()) {
        query.push(pair(parameter, false)?);
    }
    for (header, name) in PARAMETERS {
        if let Some(value) = http.header(header).filter(|_| !query.iter().any(|(other, _)| other == name)) {
            query.push((name.to_owned(), value.to_owned()));
        }
    }
    let version = raw.first().and_then(|first| version_of(first)).map(str::to_owned);
    let mut base = API.to_owned();
    if let Some(version) = &version {
        base.push_str("/v");
        base.push_str(version);
        raw.remove(0);
    }
    let segments = raw.iter().map(|segment| percent_decoded(segment.split(';').next().unwrap_or_default()));
    let mut segments = segments.collect::<Result<Vec<String>, Malformed>>()?;
    segments.retain(|segment| !segment.is_empty());
    let is_secret = |name: &str| CREDENTIALS.iter().any(|other| name.eq_ignore_ascii_case(other));
    Ok(ApiRequest {
        // The server leaves the body out.
        method: if http.method == "HEAD" { "GET".to_owned() } else { http.method.clone() },
        segments,
        base,
        version,
        correlation_id: correlation_id(http, &query),
        query,
        headers: http.headers.iter().filter(|(name, _)| !is_secret(name)).cloned().collect(),
        body: http.body.clone(),
        user: String::new(),
    })
}

/// The segments of a path, without empty ones and those that lead to the same or an upper folder.
fn segments_of(path: &str) -> Vec<&str> {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    segments
}

/// The version that a segment of the path names: `v4`.
fn version_of(segment: &str) -> Option<&str> {
    let version = segment.split(';').next()?.strip_prefix('v')?;
    (!version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())).then_some(version)
}

/// The client's correlation ID, without the characters that the engine doesn't accept, or a new one.
fn correlation_id(http: &HttpRequest, query: &[(String, String)]) -> String {
    let accepted = |text: &str| {
        let is_allowed = |character: &char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
        let id: String = text.chars().filter(is_allowed).take(36).collect();
        Some(id).filter(|id| !id.is_empty())
    };
    let parameter = || query.iter().find(|(name, _)| name == "correlation_id").and_then(|(_, value)| accepted(value));
    http.header(CORRELATION_ID)
        .and_then(accepted)
        .or_else(parameter)
        .unwrap_or_else(|| Random::new(ovirt_sdk::unstable::random()).uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str, query: &str, headers: &[(&str, &str)]) -> HttpRequest {
        let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        HttpRequest {
            method: "GET".to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: Vec::new(),
        }
    }

    #[test]
    fn paths_are_taken_apart() {
        for (path, base, segments) in [
            ("/ovirt-engine/api", API, &[][..]),
            ("/ovirt-engine/api/", API, &[]),
            ("/ovirt-engine/api/v4", "/ovirt-engine/api/v4", &[]),
            ("/ovirt-engine/api/v4/vms", "/ovirt-engine/api/v4", &["vms"]),
            ("/ovirt-engine/api/v4vms", API, &["v4vms"]),
            ("/ovirt-engine/api//vms/a%2Fb;max=1/nics/", API, &["vms", "a/b", "nics"]),
            ("/ovirt-engine/api/vms/../clusters/./x", API, &["clusters", "x"]),
            ("/ovirt-engine/api;max=1", API, &[]),
        ] {
            let parsed = parse(&request(path, "", &[])).expect("a valid path");
            assert_eq!(
                (parsed.base.as_str(), parsed.segments.as_slice()),
                (base, segments.iter().map(|s| s.to_string()).collect::<Vec<_>>().as_slice()),
                "{path}"
            );
            assert!(parsed.query.is_empty() || path.ends_with("max=1"), "{path}");
        }
        assert!(parse(&request("/ovirt-engine/api/vms/%zz", "", &[])).is_err());
        assert!(parse(&request("/ovirt-engine/api/vms", "search=%", &[])).is_err());
    }

    #[test]
    fn parameters_come_from_query_segment_and_header() {
        let headers = [("filter", "true"), ("all-content", "true"), ("max", "7")];
        let parsed = parse(&request("/ovirt-engine/api/vms;max=1;filter=false;x", "max=2&search=a+b", &headers));
        let parsed = parsed.expect("a valid path");
        let shown: Vec<String> = parsed.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(shown, ["max=2", "search=a b", "max=1", "filter=false", "x=", "all_content=true"]);
        assert_eq!(parsed.segments, ["vms"]);
    }

    #[test]
    fn credentials_are_removed() {
        let headers = [("authorization", "Bearer x"), ("cookie", "JSESSIONID=x"), ("JSESSIONID", "x"), ("x", "y")];
        let parsed = parse(&request("/ovirt-engine/api", "", &headers)).expect("a valid path");
        assert_eq!(parsed.headers, [("x".to_owned(), "y".to_owned())]);
    }

    #[test]
    fn correlation_ids_are_cut_and_made() {
        let id = |headers: &[(&str, &str)], query: &str| {
            let parsed = parse(&request("/ovirt-engine/api", query, headers));
            parsed.expect("a valid path").correlation_id
        };
        assert_eq!(id(&[("Correlation-Id", "a b/c_d-1é")], "correlation_id=x"), "abc_d-1");
        assert_eq!(id(&[("Correlation-Id", "/")], "correlation_id=x%21"), "x");
        assert_eq!(id(&[("Correlation-Id", &"x".repeat(40))], "").len(), 36);
        let made = id(&[], "");
        assert_eq!((made.len(), made.matches('-').count()), (36, 4));
        assert!(made.chars().nth(14) == Some('4') && "89ab".contains(made.chars().nth(19).unwrap_or(' ')), "{made}");
    }
}
