//! URLs: the base URL of the API, paths below it, and percent-encoding.

use ::url::Url;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The version of the API that a path can start with. The header `Version` sets it as well.
const VERSION: &str = "v4";

/// The hint for invalid URLs.
const USUALLY: &str = "usually it is https://engine.example.com/ovirt-engine/api";

/// The URL of the API.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl {
    /// Its path does not end with a slash.
    url: Url,
}

impl BaseUrl {
    /// Parses the URL in the options, or returns a description of the problem.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err(format!("missing; {USUALLY}"));
        }
        // Errors don't repeat the text: it can contain a password.
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(format!("must begin with https://; {USUALLY}"));
        };
        if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
            return Err(format!("the scheme must be https, not {scheme}"));
        }
        // The parser would take the first path segment as the host.
        if rest.is_empty() || rest.starts_with(['/', '\\', '?', '#', ':']) {
            return Err(format!("must contain a host name; {USUALLY}"));
        }
        let mut url = Url::parse(text).map_err(|error| format!("not a valid URL: {error}"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not contain a user name or a password; give them as `credentials`".into());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("must not contain `?` or `#`".into());
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self { url })
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The URL with another port.
    pub(crate) fn with_port(mut self, port: u16) -> Self {
        // Can't fail: the URL has a host.
        let _ = self.url.set_port(Some(port));
        self
    }

    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    pub(crate) fn is_same_origin(&self, url: &Url) -> bool {
        is_same_origin(&self.url, url)
    }

    /// The path without a trailing version or slash.
    fn root(&self) -> &str {
        let path = self.url.path().trim_end_matches('/');
        path.strip_suffix(VERSION).and_then(|path| path.strip_suffix('/')).unwrap_or(path)
    }

    /// The URL of a path of the engine outside of the API.
    pub(crate) fn engine(&self, path: &str) -> Url {
        let engine = self.root().strip_suffix("/api").unwrap_or("/ovirt-engine");
        let mut url = self.url.clone();
        url.set_path(&format!("{engine}{path}"));
        url
    }

    /// The URL of a path relative to the API.
    pub(crate) fn join(&self, path: &str, query: &[(String, String)]) -> Result<Url, String> {
        check_path(path)?;
        let mut url = self.url.clone();
        if !path.is_empty() {
            let whole = [self.url.path().trim_end_matches('/'), path].join("/");
            url.set_path(&whole);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// Converts an `href` into a path relative to the API. Accepts a URL, a path from the root of the server, or a path
    /// that is already relative.
    pub(crate) fn relative(&self, href: &str) -> Result<String, String> {
        let outside = |reason: &str| format!("`{}` is not below {}: {reason}", printable(href), self.url);
        if href.contains(['?', '#']) {
            return Err(format!("the path `{}` contains `?` or `#`; set the query separately", printable(href)));
        }
        let path = if let Some((scheme, _)) = href.split_once("://").filter(|(scheme, _)| !scheme.contains('/')) {
            let url = Url::parse(href).map_err(|error| outside(&error.to_string()))?;
            if !self.is_same_origin(&url) || !url.username().is_empty() || url.password().is_some() {
                return Err(outside("different server"));
            }
            // Checks the original text: the parser resolves `..`, which would hide it from the check.
            let after = href.get(scheme.len() + 3..).unwrap_or_default();
            after.find('/').and_then(|slash| after.get(slash..)).unwrap_or_default()
        } else if href.starts_with("//") {
            return Err(outside("different server"));
        } else if href.starts_with('/') {
            href
        } else {
            check_path(href)?;
            return Ok(href.to_owned());
        };
        let rest = path.strip_prefix(self.root()).ok_or_else(|| outside("different path"))?;
        let rest = match rest.strip_prefix('/') {
            Some(rest) => rest,
            None if rest.is_empty() => rest,
            None => return Err(outside("different path")),
        };
        let rest = match rest.strip_prefix(VERSION) {
            Some("") => "",
            Some(more) => more.strip_prefix('/').unwrap_or(rest),
            None => rest,
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        check_path(rest)?;
        Ok(rest.to_owned())
    }
}

/// Whether two URLs have the same scheme, host and port.
pub(crate) fn is_same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}

/// Scheme, host and port, for error messages.
pub(crate) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Returns an error for paths that a server could resolve to another location. The empty path is the root of the API.
fn check_path(path: &str) -> Result<(), String> {
    if is_plain(path) {
        return Ok(());
    }
    let invalid = |content: &str| Err(format!("the path `{}` contains {content}", printable(path)));
    if path.contains(['?', '#', '\\']) || path.chars().any(char::is_control) {
        return invalid("`?`, `#`, `\\` or a control character");
    }
    for segment in path.split('/') {
        // Matrix parameters follow a semicolon.
        let name = segment.split(';').next().unwrap_or_default();
        if name.is_empty() {
            return invalid("an empty segment");
        }
        let Some(decoded) = decode(name) else {
            return invalid("a `%` that doesn't start an encoded character");
        };
        if decoded == b"." || decoded == b".." {
            return invalid("a segment `.` or `..`");
        }
        if decoded.iter().any(|byte| matches!(byte, b'/' | b'\\' | 0..0x20 | 0x7F)) {
            return invalid("an encoded slash, backslash or control character");
        }
    }
    Ok(())
}

/// Whether a path is empty, or consists of letters, digits, `-` and `_`, with single slashes between them: nothing in it
/// needs a check.
fn is_plain(path: &str) -> bool {
    let mut after_slash = true;
    for byte in path.bytes() {
        let slash = byte == b'/';
        if slash && after_slash || !(slash || byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
            return false;
        }
        after_slash = slash;
    }
    path.is_empty() || !after_slash
}

/// Decodes percent-encoded text to bytes; `None` if a `%` does not start an encoded byte.
fn decode(text: &str) -> Option<Vec<u8>> {
    let is_encoded = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    let well_encoded = text.split('%').skip(1).all(is_encoded);
    well_encoded.then(|| percent_decode_str(text).collect())
}

/// The characters to encode in a path segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes a path segment.
pub(crate) fn encode_segment(segment: &str) -> String {
    utf8_percent_encode(segment, SEGMENT).to_string()
}

/// Decodes a path segment for people. Bytes that are no text are replaced.
pub(crate) fn decode_segment(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// The problem with an identifier that would change the path.
pub(crate) fn identifier_problem(id: &str) -> Option<String> {
    match id {
        "" => Some("empty identifier".to_owned()),
        "." | ".." => Some(format!("`{id}` is not a valid identifier: it would change the path")),
        _ if id.contains('/') => Some(format!("`{id}` is not a valid identifier: `/` would change the path")),
        // Some servers treat a backslash as a slash.
        _ if id.contains('\\') => Some(format!("`{id}` is not a valid identifier: `\\` would change the path")),
        _ if id.chars().any(char::is_control) => {
            Some(format!("{id:?} is not a valid identifier: it contains a control character"))
        }
        _ => None,
    }
}

/// A path or URL for people: without what can hold secrets (user name, password, query and fragment), truncated, with
/// control characters escaped.
pub(crate) fn printable(text: &str) -> String {
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let (text, hidden) = text.split_at(end);
    let mark = hidden.chars().next();
    let start = text.find("//").or_else(|| text.find(r"\\")).map_or(0, |at| at + 2);
    let (scheme, rest) = text.split_at(start);
    let (authority, path) = rest.split_at(rest.find(['/', '\\']).unwrap_or(rest.len()));
    let host = if start == 0 { authority } else { authority.rsplit('@').next().unwrap_or_default() };
    let shown = scheme.chars().chain(host.chars()).chain(path.chars());
    let mut shown = shown.take(200).collect::<String>().escape_debug().to_string();
    if let Some(mark) = mark {
        shown.push(mark);
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> BaseUrl {
        BaseUrl::parse("https://engine.example.com/ovirt-engine/api/").unwrap()
    }

    #[test]
    fn hrefs_below_the_base_url_become_relative() {
        for href in [
            "vms/1",
            "/ovirt-engine/api/vms/1",
            "/ovirt-engine/api/v4/vms/1",
            "/ovirt-engine/api/vms/1/",
            "https://engine.example.com/ovirt-engine/api/vms/1",
            "https://engine.example.com:443/ovirt-engine/api/v4/vms/1",
            "HTTPS://ENGINE.example.com/ovirt-engine/api/vms/1",
        ] {
            assert_eq!(base().relative(href).unwrap(), "vms/1", "{href}");
        }
        for root in ["", "/ovirt-engine/api", "/ovirt-engine/api/", "/ovirt-engine/api/v4", "/ovirt-engine/api/v4/"] {
            assert_eq!(base().relative(root).unwrap(), "", "{root}");
        }
        assert_eq!(base().relative("/ovirt-engine/api/v4vms/1").unwrap(), "v4vms/1");
        let versioned = BaseUrl::parse("https://e/prefix/ovirt-engine/api/v4").unwrap();
        assert_eq!(versioned.relative("/prefix/ovirt-engine/api/vms/1").unwrap(), "vms/1");
        assert_eq!(versioned.relative("/prefix/ovirt-engine/api/v4/vms/1").unwrap(), "vms/1");
    }

    #[test]
    fn other_hrefs_are_rejected() {
        for href in [
            "https://evil.example.com/ovirt-engine/api/vms/1",
            "http://engine.example.com/ovirt-engine/api/vms/1",
            "https://engine.example.com:8443/ovirt-engine/api/vms/1",
            "https://engine.example.com@evil.example.com/ovirt-engine/api/vms/1",
            "https://user:secret@engine.example.com/ovirt-engine/api/vms/1",
            "//evil.example.com/ovirt-engine/api/vms/1",
            "/ovirt-engine/apiary/vms",
            "/other/vms",
            "/ovirt-engine/api/../sso/oauth",
            "/ovirt-engine/api/%2e%2e/sso/oauth",
            "https://engine.example.com/ovirt-engine/api/../x",
            "https:\\\\evil.example.com/x",
            "vms//1",
            "vms/1?max=1",
            "vms/..",
            "vms/%2E%2e/hosts",
            "vms/.",
            "vms/%2f",
            "vms/%5c",
            "vms/a\\b",
            "vms/%zz",
            "vms/%4",
            "vms/\n",
            "vms/;max=1",
        ] {
            base().relative(href).expect_err(href);
        }
    }

    #[test]
    fn errors_about_hrefs_show_no_secrets() {
        for href in [
            "vms?password=hunter2",
            "vms#hunter2",
            "https://engine.example.com/ovirt-engine/api/vms?password=hunter2",
            "https://admin:hunter2@engine.example.com/ovirt-engine/api/vms",
            "https://admin:hunter2@evil.example.com",
            "//admin:hunter2@evil.example.com/x",
            "https:\\\\admin:hunter2@evil.example.com/x",
        ] {
            let problem = base().relative(href).unwrap_err();
            assert!(!problem.contains("hunter2"), "{problem}");
        }
        let problem = base().join("hosts/1?password=hunter2", &[]).unwrap_err();
        assert_eq!(problem, r"the path `hosts/1?…` contains `?`, `#`, `\` or a control character");
        assert_eq!(printable("https://e.example.com/a@b"), "https://e.example.com/a@b");
        assert_eq!(printable("users/admin@internal"), "users/admin@internal");
    }

    #[test]
    fn urls_are_joined_and_encoded() {
        let query = [("search".to_owned(), "name=a b&c".to_owned()), ("max".to_owned(), "1".to_owned())];
        let url = base().join("vms/a%20b", &query).unwrap();
        assert_eq!(url.as_str(), "https://engine.example.com/ovirt-engine/api/vms/a%20b?search=name%3Da+b%26c&max=1");
        assert_eq!(base().join("", &[]).unwrap().as_str(), "https://engine.example.com/ovirt-engine/api");
        assert_eq!(base().join("vms/ü x;max=1", &[]).unwrap().path(), "/ovirt-engine/api/vms/%C3%BC%20x;max=1");
    }

    #[test]
    fn engine_urls_are_siblings_of_the_api() {
        let at = |url: &str| BaseUrl::parse(url).unwrap().engine("/sso/oauth/token").to_string();
        assert_eq!(at("https://e/ovirt-engine/api"), "https://e/ovirt-engine/sso/oauth/token");
        assert_eq!(at("https://e:8443/x/ovirt-engine/api/v4/"), "https://e:8443/x/ovirt-engine/sso/oauth/token");
        assert_eq!(at("https://e"), "https://e/ovirt-engine/sso/oauth/token");
    }

    #[test]
    fn problems_of_urls_are_described() {
        let problem = |url: &str| BaseUrl::parse(url).unwrap_err();
        assert_eq!(problem(" "), "missing; usually it is https://engine.example.com/ovirt-engine/api");
        let without_scheme = "must begin with https://; usually it is https://engine.example.com/ovirt-engine/api";
        for text in ["engine/ovirt-engine/api", "engine:443/ovirt-engine/api", "https:/e/api", "admin:hunter2@e/api"] {
            assert_eq!(problem(text), without_scheme, "{text}");
        }
        let without_host = "must contain a host name; usually it is https://engine.example.com/ovirt-engine/api";
        for text in ["https://", "https:///ovirt-engine/api", "https://:443/api", "https://?x"] {
            assert_eq!(problem(text), without_host, "{text}");
        }
        assert_eq!(problem("ftp://e/api"), "the scheme must be https, not ftp");
        assert!(!problem("https://admin:hunter2@e/api").contains("hunter2"));
        assert!(!problem("https://admin:hunter2@e:port/api").contains("hunter2"));
        assert_eq!(problem("https://e/api?x"), "must not contain `?` or `#`");
    }

    #[test]
    fn identifiers_stay_one_segment() {
        assert_eq!(encode_segment("a b%é+"), "a%20b%25%C3%A9%2B");
        for bad in ["", ".", "..", "a/b", "a\\b", "a\nb"] {
            assert!(identifier_problem(bad).is_some(), "{bad:?}");
        }
        assert!(identifier_problem("8070fa6d-5b82").is_none());
    }
}
