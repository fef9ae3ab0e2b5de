//! The log of requests.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::api::ApiResponse;
use crate::encoding;
use crate::pattern::{Pattern, below_api};
use ovirt_sdk::Error;
use ovirt_sdk::unstable::{MASK, redacted};
use ovirt_sdk::xml::Root;

/// A request that a fake engine received, without the secrets in its headers.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedRequest {
    method: String,
    path: String,
    query: String,
    pub(super) message: LoggedMessage,
    time: SystemTime,
    status: Option<u16>,
    duration: Option<Duration>,
    pub(super) response: Option<Arc<LoggedMessage>>,
}

/// The headers and the body of a request or a response.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct LoggedMessage {
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// The number of bytes of the body that were not kept.
    pub(super) omitted: usize,
}

impl LoggedMessage {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// The most bytes of the body of a response that are kept.
const MAX_RESPONSE: usize = 64 << 10;

impl LoggedRequest {
    pub(crate) fn new(method: &str, path: &str, query: &str, headers: &[(String, String)], body: &[u8]) -> Self {
        let shown = |(name, value): &(String, String)| (name.clone(), without_secret(name, value));
        let mut request = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            message: LoggedMessage { headers: headers.iter().map(shown).collect(), body: body.to_owned(), omitted: 0 },
            time: SystemTime::now(),
            status: None,
            duration: None,
            response: None,
        };
        if below_api(path).is_none() {
            // Logins and logouts have their secrets in a form or in the query.
            request.query = form_without_secrets(&request.query);
            request.message.body = form_without_secrets(&request.text()).into_bytes();
        }
        request
    }

    /// The HTTP method: `GET`, `POST`, …
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path, as it was sent: `/ovirt-engine/api/vms/123`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query after the `?`, as it was sent; empty if there was none.
    pub fn query(&self) -> &str {
        &self.query
    }

    /// A parameter of the query, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let pairs = encoding::pairs(&self.query).unwrap_or_default();
        pairs.into_iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    /// A header. Credentials are reduced to their scheme.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.message.header(name)
    }

    /// All headers, in the order in which they were sent.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.message.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The body. Forms of logins come without secrets; documents of the API are unchanged.
    pub fn body(&self) -> &[u8] {
        &self.message.body
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.message.body).into_owned()
    }

    /// The XML document in the body as an object: `request.document::<Vm>()?.name`.
    ///
    /// # Errors
    ///
    /// Fails if the body isn't a document of this type.
    pub fn document<T: Root>(&self) -> Result<T, Error> {
        Ok(ovirt_sdk::xml::from_slice(&self.message.body)?)
    }

    /// The status of the response; `None` as long as there was no response.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// When the request arrived, by the clock of this machine.
    pub fn time(&self) -> SystemTime {
        self.time
    }

    /// How long it took to respond; `None` as long as there was no response.
    pub fn duration(&self) -> Option<Duration> {
        self.duration
    }

    /// Whether the request logs in or out. Everything in the bodies is secret then.
    pub(super) fn is_login(&self) -> bool {
        self.path.contains("/sso")
    }

    /// Notes the response. Of a long body, only the beginning is kept; of a login, only what is not secret.
    fn respond(&mut self, response: &ApiResponse) {
        self.status = Some(response.status);
        self.duration = Some(self.time.elapsed().unwrap_or_default());
        let shown = |(name, value): &(String, String)| (name.clone(), without_secret(name, value));
        let mut message =
            LoggedMessage { headers: response.headers.iter().map(shown).collect(), ..LoggedMessage::default() };
        if self.is_login() {
            let text = String::from_utf8_lossy(&response.body);
            let kind = message.header("Content-Type").unwrap_or_default();
            message.body = redacted(&text, kind, true).into_bytes();
        } else {
            let end = response.body.len().min(MAX_RESPONSE);
            // Not in the middle of a character.
            let is_boundary = |end: &usize| response.body.get(*end).is_none_or(|byte| byte & 0xC0 != 0x80);
            let end = (end.saturating_sub(3)..=end).rev().find(is_boundary).unwrap_or(end);
            message.body = response.body.get(..end).unwrap_or_default().to_vec();
            message.omitted = response.body.len().saturating_sub(end);
        }
        self.response = Some(Arc::new(message));
    }

    /// The number of bytes that are kept of the response.
    fn kept(&self) -> usize {
        self.response.as_ref().map_or(0, |response| response.body.len())
    }

    fn matches(&self, method: &str, pattern: &Pattern) -> bool {
        self.method.eq_ignore_ascii_case(method) && pattern.matches(&self.path)
    }
}

fn without_secret(name: &str, value: &str) -> String {
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    match () {
        () if is("Authorization") || is("Proxy-Authorization") => match value.split_once(' ') {
            Some((scheme, _)) => format!("{scheme} {MASK}"),
            None => MASK.to_owned(),
        },
        () if is("Cookie") || is("Set-Cookie") || is("JSESSIONID") => MASK.to_owned(),
        () => value.to_owned(),
    }
}

fn form_without_secrets(form: &str) -> String {
    let shown = |field: &str| match field.split_once('=') {
        Some((name, _)) if ["password", "token", "client_secret"].contains(&name) => format!("{name}={MASK}"),
        _ => field.to_owned(),
    };
    form.split('&').map(shown).collect::<Vec<String>>().join("&")
}

impl fmt::Display for LoggedRequest {
    /// One line, for lists of requests.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if !self.query.is_empty() {
            write!(f, "?{}", self.query)?;
        }
        match self.status {
            Some(status) => write!(f, " -> {status}"),
            None => f.write_str(" -> no response"),
        }
    }
}

impl fmt::Debug for LoggedRequest {
    /// Without the body, which may contain passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LoggedRequest({self})")
    }
}

/// The most bytes of bodies that are kept, of requests and of responses.
const MAX_BYTES: usize = 64 << 20;

/// The latest requests.
pub(crate) struct RequestLog {
    /// The most requests that are kept.
    limit: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    requests: VecDeque<LoggedRequest>,
    /// The total length of the bodies.
    bytes: usize,
    /// The total length of what is kept of the responses.
    response_bytes: usize,
    /// The number of requests whose responses were dropped, of those in the log.
    without_response: usize,
    /// The number of requests that were dropped.
    before: u64,
}

impl State {
    /// Drops the oldest responses that are too much.
    fn drop_responses(&mut self) {
        while self.response_bytes > MAX_BYTES {
            let Some(oldest) = self.requests.get_mut(self.without_response) else { break };
            self.response_bytes -= oldest.kept();
            oldest.response = None;
            self.without_response += 1;
        }
    }
}

impl RequestLog {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a request and returns its number.
    pub(crate) fn add(&self, request: LoggedRequest) -> u64 {
        let mut state = self.lock();
        let number = state.before + state.requests.len() as u64;
        state.bytes += request.body().len();
        state.requests.push_back(request);
        while state.requests.len() > self.limit || state.bytes > MAX_BYTES {
            let Some(oldest) = state.requests.pop_front() else { break };
            state.bytes -= oldest.body().len();
            state.response_bytes -= oldest.kept();
            state.without_response = state.without_response.saturating_sub(1);
            state.before += 1;
        }
        number
    }

    /// Notes the response to a request.
    pub(crate) fn respond(&self, number: u64, response: &ApiResponse) {
        let mut state = self.lock();
        let index = number.checked_sub(state.before).and_then(|index| usize::try_from(index).ok());
        let Some(request) = index.and_then(|index| state.requests.get_mut(index)) else { return };
        request.respond(response);
        let kept = request.kept();
        state.response_bytes += kept;
        state.drop_responses();
    }

    /// The requests in the log, and the number of the first one.
    pub(super) fn numbered(&self) -> (u64, Vec<LoggedRequest>) {
        let state = self.lock();
        (state.before, state.requests.iter().cloned().collect())
    }

    pub(crate) fn all(&self) -> Vec<LoggedRequest> {
        self.lock().requests.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        let mut state = self.lock();
        state.before += state.requests.len() as u64;
        state.requests.clear();
        (state.bytes, state.response_bytes, state.without_response) = (0, 0, 0);
    }

    pub(crate) fn calls(&self, method: &str, pattern: &str) -> Vec<LoggedRequest> {
        let pattern = Pattern::new(pattern);
        self.lock().requests.iter().filter(|request| request.matches(method, &pattern)).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str, query: &str, headers: &[(&str, &str)], body: &str) -> LoggedRequest {
        let headers: Vec<(String, String)> =
            headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        LoggedRequest::new("POST", path, query, &headers, body.as_bytes())
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
        assert_eq!(login.to_string(), "POST /ovirt-engine/sso/oauth/token?token=*** -> no response");
    }

    #[test]
    fn only_the_latest_are_kept() {
        let log = RequestLog::new(2);
        let numbers: Vec<u64> = ["a", "b", "c"].iter().map(|path| log.add(request(path, "", &[], ""))).collect();
        assert_eq!(numbers, [0, 1, 2]);
        log.respond(0, &ApiResponse::empty(200));
        log.respond(2, &ApiResponse::empty(404));
        let kept: Vec<String> = log.all().iter().map(LoggedRequest::to_string).collect();
        assert_eq!(kept, ["POST b -> no response", "POST c -> 404"]);
        let long = "x".repeat(MAX_BYTES - 1);
        log.add(request("e", "", &[], &long));
        log.add(request("f", "", &[], "xx"));
        let kept: Vec<String> = log.all().iter().map(LoggedRequest::to_string).collect();
        assert_eq!(kept, ["POST f -> no response"]);
        log.clear();
        assert_eq!(log.add(request("d", "", &[], "")), 5);
        log.respond(4, &ApiResponse::empty(500));
        assert_eq!(log.all().first().and_then(LoggedRequest::status), None);
    }
}
