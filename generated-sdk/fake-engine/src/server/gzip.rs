//! Compressed responses.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::api::ApiResponse;

/// The media types that the engine's web server compresses.
const TYPES: &[&str] =
    &["text/html", "text/xml", "text/css", "text/javascript", "text/json", "application/xml", "application/json"];

/// Compresses a response if its media type is worth it and the client accepts gzip.
pub(crate) fn compressed(response: ApiResponse, accepts: Option<&str>) -> ApiResponse {
    let content_type = response.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("Content-Type"));
    let kind = content_type.and_then(|(_, value)| value.split(';').next()).unwrap_or_default().trim();
    if response.body.is_empty() || !TYPES.contains(&kind) {
        return response;
    }
    let response = response.header("Vary", "Accept-Encoding");
    if !accepts.is_some_and(accepts_gzip) {
        return response;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(response.body.len() / 4), Compression::fast());
    match encoder.write_all(&response.body).and_then(|()| encoder.finish()) {
        Ok(body) => ApiResponse { body, ..response }.header("Content-Encoding", "gzip"),
        Err(_) => response,
    }
}

fn accepts_gzip(header: &str) -> bool {
    header.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip") || name == "*");
        named && !parts.any(|parameter| matches!(parameter, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_are_compressed_on_request() {
        let encoded = |response: ApiResponse, accepts| {
            let response = compressed(response, accepts);
            response.headers.iter().any(|(name, _)| name == "Content-Encoding")
        };
        let page = || ApiResponse::xml(200, "<vms/>");
        assert!(encoded(page(), Some("gzip")));
        assert!(encoded(page(), Some("deflate, GZIP;q=0.5, br")));
        assert!(!encoded(page(), Some("deflate, gzip;q=0")));
        assert!(!encoded(page(), Some("br")));
        assert!(!encoded(page(), None));
        assert!(!encoded(ApiResponse::empty(404), Some("gzip")));
        assert!(!encoded(ApiResponse::new("application/x-virt-viewer", 200, b"x".to_vec()), Some("gzip")));
    }
}
