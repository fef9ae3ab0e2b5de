//! HTML pages in place of documents.

use crate::http::Headers;

/// The maximum length of an excerpt, in characters.
const LONGEST: usize = 160;

/// Whether a body is an HTML page.
pub(crate) fn is_page(headers: &Headers, body: &[u8]) -> bool {
    let html = |text: &str| text.to_ascii_lowercase().starts_with("text/html");
    headers.get("content-type").is_some_and(html) || {
        let start = body.get(..body.len().min(512)).unwrap_or_default();
        let start = String::from_utf8_lossy(start).to_ascii_lowercase();
        let start = start.trim_start_matches('\u{FEFF}').trim_start();
        start.starts_with("<!doctype html") || start.starts_with("<html")
    }
}

/// The title of a page, or its first heading.
pub(super) fn title(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    ["title", "h1", "h2"].iter().find_map(|tag| element(&text, tag))
}

fn element(text: &str, tag: &str) -> Option<String> {
    // Lowercasing ASCII letters keeps byte positions.
    let lower = text.to_ascii_lowercase();
    let open = lower.find(&format!("<{tag}"))?;
    let begin = open + lower.get(open..)?.find('>')? + 1;
    let end = begin + lower.get(begin..)?.find("</")?;
    let content = text.get(begin..end)?;
    let content = content.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    excerpt(&content.replace("&nbsp;", " ").replace("&amp;", "&"))
}

/// The text on one line, truncated if it is long; `None` if it is blank.
pub(crate) fn excerpt(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    let visible: String = line.chars().filter(|c| !c.is_control()).take(LONGEST + 1).collect();
    match visible.char_indices().nth(LONGEST) {
        _ if visible.is_empty() => None,
        Some((end, _)) => Some(format!("{}…", visible.get(..end).unwrap_or_default())),
        None => Some(visible),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_of_pages_are_found() {
        assert_eq!(
            title(b"<html><head><TITLE>\n 503  Service\nUnavailable</title>").as_deref(),
            Some("503 Service Unavailable")
        );
        assert_eq!(title(b"<h1 class=\"a\">It&#39;s &lt;gone&gt;</h1>").as_deref(), Some("It's <gone>"));
        assert_eq!(title(b"<title></title><h1>Login</h1>").as_deref(), Some("Login"));
        assert_eq!(title(b"<title>unfinished"), None);
        assert_eq!(title("<title>İstanbul</title>".as_bytes()).as_deref(), Some("İstanbul"));
        assert_eq!(title(&b"<title>x</title>".repeat(2)).as_deref(), Some("x"));
        assert_eq!(excerpt(&"y".repeat(1000)).map(|text| text.chars().count()), Some(LONGEST + 1));
    }

    #[test]
    fn pages_are_recognized_by_type_or_content() {
        let none = Headers::new();
        let html = Headers::from_iter([("Content-Type", "text/html;charset=UTF-8")]);
        assert!(is_page(&html, b""));
        assert!(is_page(&none, b"\xEF\xBB\xBF \n<!DOCTYPE HTML><p>"));
        assert!(is_page(&none, b"<HTML>"));
        assert!(!is_page(&none, b"<vms/>"));
        assert!(!is_page(&none, b""));
    }
}
