//! What was asked.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::encoding;
use super::pattern::{Pattern, below_api};
use ovirt_sdk::unstable::BLANK;

/// A request that a fake engine was sent, without the secrets in its headers.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    status: Option<u16>,
}

impl Request {
    pub(crate) fn new(method: &str, path: &str, query: &str, headers: &[(String, String)], body: &[u8]) -> Self {
        let shown = |(name, value): &(String, String)| (name.clone(), without_secret(name, value));
        let mut request = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: headers.iter().map(shown).collect(),
            body: body.to_owned(),
            status: None,
        };
        if below_api(path).is_none() {
            // Logins and logouts are forms, or all in the query.
            request.query = form_without_secrets(&request.query);
            request.body = form_without_secrets(&request.text()).into_bytes();
        }
        request
    }

    /// `GET`, `POST` and the like.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path, as it was sent: `/ovirt-engine/api/vms/123`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What followed the `?`, as it was sent; empty when there was none.
    pub fn query(&self) -> &str {
        &self.query
    }

    /// A parameter of the query, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let pairs = encoding::pairs(&self.query).unwrap_or_default();
        pairs.into_iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    /// A header. Of credentials only their kind is kept.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// All headers, in the order in which they came.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The body. That of a login comes without secrets; documents of the API are as they were sent.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The status of the answer; none while there is no answer, or when there never was one.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    fn is(&self, method: &str, pattern: &Pattern) -> bool {
        self.method.eq_ignore_ascii_case(method) && pattern.matches(&self.path)
    }
}

fn without_secret(name: &str, value: &str) -> String {
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    match () {
        () if is("Authorization") || is("Proxy-Authorization") => match value.split_once(' ') {
            Some((scheme, _)) => format!("{scheme} {BLANK}"),
            None => BLANK.to_owned(),
        },
        () if is("Cookie") || is("JSESSIONID") => BLANK.to_owned(),
        () => value.to_owned(),
    }
}

fn form_without_secrets(form: &str) -> String {
    let shown = |field: &str| match field.split_once('=') {
        Some((name, _)) if ["password", "token", "client_secret"].contains(&name) => format!("{name}={BLANK}"),
        _ => field.to_owned(),
    };
    form.split('&').map(shown).collect::<Vec<String>>().join("&")
}

impl fmt::Display for Request {
    /// One line, as lists of requests show it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if !self.query.is_empty() {
            write!(f, "?{}", self.query)?;
        }
        match self.status {
            Some(status) => write!(f, " -> {status}"),
            None => f.write_str(" -> no answer"),
        }
    }
}

impl fmt::Debug for Request {
    /// Documents may have passwords in them, so bodies are not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({self})")
    }
}

/// How many bytes of bodies are kept at most.
const BODIES: usize = 64 << 20;

/// The latest requests.
pub(crate) struct Journal {
    /// How many requests are kept.
    limit: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    requests: VecDeque<Request>,
    /// How long their bodies are together.
    bytes: usize,
    /// How many came before those that are kept.
    before: u64,
}

impl Journal {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a request, and gives the number to tell its status by.
    pub(crate) fn add(&self, request: Request) -> u64 {
        let mut state = self.lock();
        let number = state.before + state.requests.len() as u64;
        state.bytes += request.body.len();
        state.requests.push_back(request);
        while state.requests.len() > self.limit || state.bytes > BODIES {
            let Some(oldest) = state.requests.pop_front() else { break };
            state.bytes -= oldest.body.len();
            state.before += 1;
        }
        number
    }

    pub(crate) fn answered(&self, number: u64, status: u16) {
        let mut state = self.lock();
        let index = number.checked_sub(state.before).and_then(|index| usize::try_from(index).ok());
        if let Some(request) = index.and_then(|index| state.requests.get_mut(index)) {
            request.status = Some(status);
        }
    }

    pub(crate) fn all(&self) -> Vec<Request> {
        self.lock().requests.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        let mut state = self.lock();
        state.before += state.requests.len() as u64;
        state.requests.clear();
        state.bytes = 0;
    }

    pub(crate) fn calls(&self, method: &str, pattern: &str) -> Vec<Request> {
        let pattern = Pattern::new(pattern);
        self.lock().requests.iter().filter(|request| request.is(method, &pattern)).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str, query: &str, headers: &[(&str, &str)], body: &str) -> Request {
        let headers: Vec<(String, String)> =
            headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Request::new("POST", path, query, &headers, body.as_bytes())
    }

    #[test]
    fn secrets_are_not_kept() {
        let headers = [("authorization", "Bearer abc"), ("Cookie", "JSESSIONID=abc"), ("accept", "application/xml")];
        let kept = request("/ovirt-engine/api/vms", "async=true", &headers, "<action/>");
        assert_eq!(kept.header("Authorization"), Some("Bearer ***"));
        assert_eq!(kept.header("cookie"), Some("***"));
        assert_eq!(kept.header("Accept"), Some("application/xml"));
        assert_eq!((kept.text().as_str(), kept.parameter("async").as_deref()), ("<action/>", Some("true")));

        let login = request("/ovirt-engine/sso/oauth/token", "token=abc", &[], "username=a%40b&password=abc&scope=x");
        assert_eq!(login.text(), "username=a%40b&password=***&scope=x");
        assert_eq!(login.to_string(), "POST /ovirt-engine/sso/oauth/token?token=*** -> no answer");
    }

    #[test]
    fn only_the_latest_are_kept() {
        let journal = Journal::new(2);
        let numbers: Vec<u64> = ["a", "b", "c"].iter().map(|path| journal.add(request(path, "", &[], ""))).collect();
        assert_eq!(numbers, [0, 1, 2]);
        journal.answered(0, 200);
        journal.answered(2, 404);
        let kept: Vec<String> = journal.all().iter().map(Request::to_string).collect();
        assert_eq!(kept, ["POST b -> no answer", "POST c -> 404"]);
        let long = "x".repeat(BODIES - 1);
        journal.add(request("e", "", &[], &long));
        journal.add(request("f", "", &[], "xx"));
        let kept: Vec<String> = journal.all().iter().map(Request::to_string).collect();
        assert_eq!(kept, ["POST f -> no answer"]);
        journal.clear();
        assert_eq!(journal.add(request("d", "", &[], "")), 5);
        journal.answered(4, 500);
        assert_eq!(journal.all().first().and_then(Request::status), None);
    }
}
