//! Headers of requests and responses.

use std::fmt;

use zeroize::Zeroize as _;

use crate::secret::{MASK, Secrets};

/// Parts of the names of headers with secret values, such as `Set-Cookie`, `Proxy-Authorization` and `X-Api-Key`.
const SECRET: &[&str] = &["authorization", "cookie", "token", "secret", "password", "api-key", "apikey"];

/// Headers that describe the message or the connection instead of the request. The HTTP client sets them; other values
/// would corrupt the message or address another host.
const FRAMING: &[&str] = &[
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The headers of a request or response, in order. Names are case-insensitive.
///
/// `Debug` hides the values of headers that carry credentials.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<Header>);

#[derive(Clone, PartialEq, Eq)]
struct Header {
    name: String,
    value: String,
    /// Whether the value is secret.
    secret: bool,
}

impl Header {
    fn new(name: String, value: String) -> Self {
        let lower = name.to_ascii_lowercase();
        let secret = SECRET.iter().any(|part| lower.contains(part));
        Self { name, value, secret }
    }
}

impl Drop for Header {
    fn drop(&mut self) {
        if self.secret {
            self.value.zeroize();
        }
    }
}

impl Headers {
    /// Creates an empty set of headers.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of the first header with this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The values of all headers with this name.
    pub fn get_all<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h str> {
        self.iter().filter(move |(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Sets a header, replacing all headers with the same name.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let name = name.into();
        self.remove(&name);
        self.append(name, value);
    }

    /// Sets a header with a secret value.
    pub(crate) fn set_secret(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.0.push(Header { name: name.to_owned(), value: value.to_owned(), secret: true });
    }

    /// Sets a header, unless there is one with the same name.
    pub fn set_default(&mut self, name: &str, value: &str) {
        if self.get(name).is_none() {
            self.append(name, value);
        }
    }

    /// Adds the headers of `others` whose names are not present yet.
    pub(crate) fn set_defaults(&mut self, others: &Self) {
        let missing: Vec<Header> = others.0.iter().filter(|header| self.get(&header.name).is_none()).cloned().collect();
        self.0.extend(missing);
    }

    /// Adds a header, keeping others with the same name.
    pub fn append(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push(Header::new(name.into(), value.into()));
    }

    /// Removes all headers with this name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|header| !header.name.eq_ignore_ascii_case(name));
    }

    /// Iterates over names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|header| (header.name.as_str(), header.value.as_str()))
    }

    /// Names and values, and whether the values are secret.
    pub(crate) fn iter_with_secrecy(&self) -> impl Iterator<Item = (&str, &str, bool)> {
        self.0.iter().map(|header| (header.name.as_str(), header.value.as_str(), header.secret))
    }

    /// Names and values of headers without secret values.
    pub(crate) fn without_secrets(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter(|header| !header.secret).map(|header| (header.name.as_str(), header.value.as_str()))
    }

    /// The secrets in the values of headers, to mask them in other texts.
    pub(crate) fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        self.0.iter().filter(|header| header.secret).for_each(|header| secrets.add_header(&header.value));
        secrets
    }

    /// Masks secrets in the values.
    pub(crate) fn hide(&mut self, secrets: &Secrets) {
        for header in &mut self.0 {
            header.value = secrets.hide(std::mem::take(&mut header.value));
        }
    }

    /// The problem with a header that only the HTTP client can set.
    fn framing_problem(name: &str) -> Option<String> {
        let framing = FRAMING.iter().any(|framing| framing.eq_ignore_ascii_case(name));
        framing.then(|| format!("`{}` can't be set as a header; the HTTP client sets it", name.escape_debug()))
    }

    /// The first header that only the HTTP client can set, as a problem.
    pub(crate) fn framing_problems(&self) -> Option<String> {
        self.iter().find_map(|(name, _)| Self::framing_problem(name))
    }

    /// The problem with an invalid header. Does not repeat its value.
    pub(crate) fn problem(name: &str, value: &str) -> Option<String> {
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.is_empty() || !name.chars().all(token) {
            return Some(format!("`{}` is not a valid header name", name.escape_debug()));
        }
        if name.eq_ignore_ascii_case("authorization") {
            return Some("`Authorization` can't be set as a header; use `credentials`".to_owned());
        }
        if let Some(problem) = Self::framing_problem(name) {
            return Some(problem);
        }
        let visible = |c: char| c == '\t' || !c.is_control();
        (!value.chars().all(visible))
            .then(|| format!("the value of `{name}` contains a line break or control character"))
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.iter().map(|header| (&header.name, if header.secret { MASK } else { &header.value }));
        f.debug_map().entries(shown).finish()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(headers: I) -> Self {
        Self(headers.into_iter().map(|(name, value)| Header::new(name.into(), value.into())).collect())
    }
}
