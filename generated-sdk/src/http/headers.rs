//! Headers of requests and responses.

use std::fmt;

use super::header_text::HeaderText;
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
    name: HeaderText,
    value: HeaderText,
}

/// Whether the values of headers with this name are secret.
fn is_secret(name: &str) -> bool {
    let name = name.as_bytes();
    let begins_with = |text: &[u8], part: &str| {
        text.get(..part.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(part.as_bytes()))
    };
    (0..name.len()).filter_map(|at| name.get(at..)).any(|rest| {
        // All parts begin with one of these letters.
        rest.first().is_some_and(|first| b"acpstACPST".contains(first))
            && SECRET.iter().any(|part| begins_with(rest, part))
    })
}

impl Headers {
    /// Creates an empty set of headers.
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn with_capacity(count: usize) -> Self {
        Self(Vec::with_capacity(count))
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

    /// Sets a header, replacing all headers with the same name.
    pub(crate) fn set_text(&mut self, name: &'static str, value: HeaderText) {
        self.remove(name);
        self.0.push(Header { name: HeaderText::Static(name), value });
    }

    /// Sets a header with a secret value.
    pub(crate) fn set_secret(&mut self, name: &'static str, value: String) {
        self.set_text(name, HeaderText::secret(value));
    }

    /// Sets the headers of `others`, replacing all headers with the same names.
    pub(crate) fn set_all(&mut self, others: &Self) {
        for header in &others.0 {
            self.remove(&header.name);
            self.0.push(header.clone());
        }
    }

    /// Makes the values secret, except those of headers with a name.
    pub(crate) fn mark_secret_except(&mut self, name: &str) {
        for header in &mut self.0 {
            if !header.value.is_secret() && !header.name.eq_ignore_ascii_case(name) {
                header.value = HeaderText::secret(&*header.value);
            }
        }
    }

    /// Sets a header, unless there is one with the same name.
    pub fn set_default(&mut self, name: &str, value: &str) {
        if self.get(name).is_none() {
            self.append_text(name, value);
        }
    }

    /// Adds the headers of `others` whose names are not present yet.
    pub(crate) fn set_defaults(&mut self, others: &Self) {
        let own = self.0.len();
        for header in &others.0 {
            let present = self.0.iter().take(own).any(|known| known.name.eq_ignore_ascii_case(&header.name));
            if !present {
                self.0.push(header.clone());
            }
        }
    }

    /// Adds a header, keeping others with the same name.
    pub fn append(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let (name, value): (String, String) = (name.into(), value.into());
        let value = HeaderText::new(value, is_secret(&name));
        self.0.push(Header { name: HeaderText::Shared(name.into()), value });
    }

    /// The same for texts that must be copied.
    pub(crate) fn append_text(&mut self, name: &str, value: &str) {
        let value = HeaderText::new(value, is_secret(name));
        self.0.push(Header { name: HeaderText::Shared(name.into()), value });
    }

    /// Removes all headers with this name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|header| !header.name.eq_ignore_ascii_case(name));
    }

    /// Iterates over names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|header| (&*header.name, &*header.value))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Names and values, and whether the values are secret.
    pub(crate) fn iter_with_secrecy(&self) -> impl Iterator<Item = (&str, &str, bool)> {
        self.0.iter().map(|header| (&*header.name, &*header.value, header.value.is_secret()))
    }

    /// The headers without secret values.
    pub(crate) fn without_secrets(&self) -> Self {
        Self(self.0.iter().filter(|header| !header.value.is_secret()).cloned().collect())
    }

    /// The secrets in the values of headers, to mask them in other texts.
    pub(crate) fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        self.0.iter().filter(|header| header.value.is_secret()).for_each(|header| secrets.add_header(&header.value));
        secrets
    }

    /// Masks secrets in the values.
    pub(crate) fn hide(&mut self, secrets: &Secrets) {
        for header in &mut self.0 {
            let value = secrets.hide((*header.value).to_owned());
            header.value = HeaderText::new(value, header.value.is_secret());
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
        let shown = self.iter_with_secrecy().map(|(name, value, secret)| (name, if secret { MASK } else { value }));
        f.debug_map().entries(shown).finish()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(headers: I) -> Self {
        let mut collected = Self::new();
        headers.into_iter().for_each(|(name, value)| collected.append(name, value));
        collected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secret_headers_are_recognized() {
        for part in SECRET {
            for name in [(*part).to_owned(), part.to_ascii_uppercase(), format!("x-{part}s")] {
                assert!(is_secret(&name), "{name}");
            }
        }
        for name in ["", "accept", "content-type", "correlation-id", "x-api", "user-agent"] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
