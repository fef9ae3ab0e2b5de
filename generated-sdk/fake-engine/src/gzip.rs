//! Answers made small.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::exchange::Answer;

/// What the web server in front of an engine compresses.
const TYPES: &[&str] =
    &["text/html", "text/xml", "text/css", "text/javascript", "text/json", "application/xml", "application/json"];

/// Compresses an answer, if it is worth it and the client can read that.
pub(crate) fn compressed(answer: Answer, accepts: Option<&str>) -> Answer {
    let content_type = answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("Content-Type"));
    let kind = content_type.and_then(|(_, value)| value.split(';').next()).unwrap_or_default().trim();
    if answer.body.is_empty() || !TYPES.contains(&kind) {
        return answer;
    }
    let answer = answer.header("Vary", "Accept-Encoding");
    if !accepts.is_some_and(accepts_gzip) {
        return answer;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(answer.body.len() / 4), Compression::fast());
    match encoder.write_all(&answer.body).and_then(|()| encoder.finish()) {
        Ok(body) => Answer { body, ..answer }.header("Content-Encoding", "gzip"),
        Err(_) => answer,
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
    fn only_those_who_ask_get_it_compressed() {
        let encoded = |answer: Answer, accepts| {
            let answer = compressed(answer, accepts);
            answer.headers.iter().any(|(name, _)| name == "Content-Encoding")
        };
        let page = || Answer::xml(200, "<vms/>");
        assert!(encoded(page(), Some("gzip")));
        assert!(encoded(page(), Some("deflate, GZIP;q=0.5, br")));
        assert!(!encoded(page(), Some("deflate, gzip;q=0")));
        assert!(!encoded(page(), Some("br")));
        assert!(!encoded(page(), None));
        assert!(!encoded(Answer::empty(404), Some("gzip")));
        assert!(!encoded(Answer::of("application/x-virt-viewer", 200, b"x".to_vec()), Some("gzip")));
    }
}
