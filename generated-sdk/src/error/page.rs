//! HTML pages in place of documents.

use crate::http::Headers;

/// The maximum length of an excerpt, in characters.
const LONGEST: usize = 160;

/// The part of a page's body that is searched for its text, in bytes.
const SEARCHED: usize = 16 * 1024;

/// Whether a body is an HTML page.
pub(crate) fn is_page(headers: &Headers, body: &[u8]) -> bool {
    let begins_with = |text: &[u8], start: &str| {
        text.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start.as_bytes()))
    };
    headers.get("content-type").is_some_and(|kind| begins_with(kind.as_bytes(), "text/html")) || {
        let start = content(body);
        begins_with(start, "<!doctype html") || begins_with(start, "<html")
    }
}

/// A document without the byte order mark and the white space before it.
pub(super) fn content(body: &[u8]) -> &[u8] {
    let start = body.trim_ascii_start();
    start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start).trim_ascii_start()
}

/// What a page says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Page {
    /// The title, or the first heading.
    pub(super) title: Option<String>,
    /// The text of the body, if it says more than the title.
    pub(super) text: Option<String>,
}

impl Page {
    pub(super) fn new(body: &[u8]) -> Self {
        let body = body.get(..PAGE).unwrap_or(body);
        let title = title(body);
        let text = text(body).filter(|text| text.chars().any(char::is_alphanumeric));
        let repeated = |text: &String| title.as_ref().is_some_and(|title| title.contains(text.as_str()));
        Self { text: text.filter(|text| !repeated(text)), title }
    }

    /// Whether the title says nothing, as on the error pages of engines, which state the reason in the body.
    pub(super) fn has_generic_title(&self) -> bool {
        self.title.as_ref().is_some_and(|title| title.eq_ignore_ascii_case("error"))
    }
}

/// The reason for a failure that a page states.
pub(crate) fn reason(headers: &Headers, body: &[u8]) -> Option<String> {
    if is_page(headers, body) { Page::new(body).text } else { None }
}

/// The part of a page that is read, in bytes.
const PAGE: usize = 256 * 1024;

/// The title of a page, or its first heading.
fn title(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    // Lowercasing ASCII letters keeps byte positions.
    let lower = text.to_ascii_lowercase();
    ["title", "h1", "h2"].iter().find_map(|tag| element(&text, &lower, tag))
}

fn element(text: &str, lower: &str, tag: &str) -> Option<String> {
    let open = lower.find(&format!("<{tag}"))?;
    let begin = open + lower.get(open..)?.find('>')? + 1;
    let end = begin + lower.get(begin..)?.find("</")?;
    excerpt(&unescape(text.get(begin..end)?))
}

/// The text of the body of a page, without tags, scripts and styles. Of a stack trace, the last reason.
fn text(body: &[u8]) -> Option<String> {
    // Tags are ASCII, so positions in the lowercased bytes are those of the original.
    let lower = body.to_ascii_lowercase();
    let start = find(&lower, b"<body").unwrap_or(0);
    let searched = start..body.len().min(start + SEARCHED);
    let (body, lower) = (body.get(searched.clone())?, lower.get(searched)?);
    let (mut text, mut at) = (Vec::new(), 0);
    while let Some(rest) = lower.get(at..) {
        let Some(tag) = find(rest, b"<") else {
            text.extend_from_slice(body.get(at..)?);
            break;
        };
        text.extend_from_slice(body.get(at..at + tag)?);
        // Tags separate words.
        text.push(b' ');
        let rest = rest.get(tag..)?;
        let hidden: [(&[u8], &[u8]); 4] =
            [(b"<script", b"</script"), (b"<style", b"</style"), (b"<!--", b"--"), (b"<svg", b"</svg")];
        let content = match hidden.iter().find(|(open, _)| rest.starts_with(open)) {
            // Without its end, the rest of the page is hidden.
            Some((open, end)) => rest.get(open.len()..).and_then(|rest| find(rest, end)).map(|at| open.len() + at),
            None => Some(0),
        };
        let Some(content) = content else { break };
        match rest.get(content..).and_then(|rest| find(rest, b">")) {
            Some(close) => at += tag + content + close + 1,
            None => break,
        }
    }
    let text = unescape(&String::from_utf8_lossy(&text));
    excerpt(root_reason(&text).unwrap_or(&text))
}

/// The message of the innermost exception in a Java stack trace.
fn root_reason(text: &str) -> Option<&str> {
    let (_, trace) = text.split_once("Stack Trace")?;
    let first = trace.lines().find(|line| line.contains("Exception: "))?;
    first.rsplit_once("Exception: ").map(|(_, reason)| reason)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(haystack, needle)
}

/// Replaces the most common character references.
fn unescape(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    text.replace("&apos;", "'").replace("&nbsp;", " ").replace("&amp;", "&")
}

/// The text on one line, truncated if it is long; `None` if it is blank.
pub(crate) fn excerpt(text: &str) -> Option<String> {
    let mut shown = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        let blank = (count > 0).then_some(' ');
        for character in blank.into_iter().chain(word.chars()).filter(|c| !c.is_control()) {
            if count == LONGEST {
                shown.push('…');
                return Some(shown);
            }
            shown.push(character);
            count += 1;
        }
    }
    (!shown.is_empty()).then_some(shown)
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
    fn texts_of_pages_are_found() {
        let page = "<HTML><head><title>Error</title><style>b{}</style></head><BODY class='x'>access_denied: \
            <b>Can't</b>&nbsp;log in &amp; out<script>if (a<b) {}</script><!-- <p>no --></BODY></HTML>";
        assert_eq!(text(page.as_bytes()).as_deref(), Some("access_denied: Can't log in & out"));
        assert_eq!(text(b"no markup at all").as_deref(), Some("no markup at all"));
        for broken in ["<body", "<body><p", "<body><script>x", "<body><!-- x", "<", ""] {
            assert_eq!(text(broken.as_bytes()), None, "{broken}");
        }
        assert_eq!(text("<body>Zugriff für ü".as_bytes()).as_deref(), Some("Zugriff für ü"));
        assert_eq!(text(format!("<body>{}", "<p>".repeat(100_000)).as_bytes()), None);
    }

    #[test]
    fn the_reason_of_a_stack_trace_is_that_of_the_innermost_exception() {
        let page = "<html><head><title>ERROR</title></head><body><div>Error processing request</div><pre>Context Path: \
            /ovirt-engine/api\nStack Trace: java.lang.RuntimeException: org.jboss.resteasy.spi.UnhandledException: \
            java.lang.IllegalStateException: Problem following 'nope' link in Vms entity.\n\tat \
            io.undertow.Servlet.forward(Servlet.java:251)\n</pre></body></html>";
        assert_eq!(text(page.as_bytes()).as_deref(), Some("Problem following 'nope' link in Vms entity."));
    }

    #[test]
    fn a_text_that_only_repeats_the_title_is_left_out() {
        let page = Page::new(b"<html><title>404 Not Found</title><body><h1>Not Found</h1></body></html>");
        assert_eq!(page, Page { title: Some("404 Not Found".to_owned()), text: None });
        let headers = Headers::from_iter([("Content-Type", "text/html")]);
        assert_eq!(reason(&headers, b"<title>Error</title><body>No.</body>").as_deref(), Some("No."));
        assert_eq!(reason(&Headers::new(), b"<fault/>"), None);
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
