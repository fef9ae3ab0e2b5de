//! Recording the exchanges of a transport.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::recording::{Exchange, Message, Recording, target};
use super::traits::Transport;
use crate::error::Error;
use crate::http::{BoxFuture, Headers, Request, Response};
use crate::secret::{MASK, Secrets};
use crate::xml::redact::redacted;

/// Fields of forms and JSON documents whose values are not secret. The values of all other fields are masked.
const NOT_SECRET: &[&str] =
    &["grant_type", "scope", "username", "token_type", "exp", "error", "error_code", "error_description"];

/// Records the exchanges of a connection. Pass it to [`ConnectionBuilder::record`](crate::ConnectionBuilder::record).
///
/// Secrets are masked or omitted: headers with credentials, passwords and tokens of logins, and values of attributes
/// that the model marks as secret. While recording, response bodies are not streamed; each is received as a whole.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<Recording>>);

impl Recorder {
    /// Creates a recorder with an empty recording.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a copy of the recording so far.
    pub fn recording(&self) -> Recording {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Wraps a transport to record its exchanges.
    pub(crate) fn around(self, transport: Arc<dyn Transport>) -> Arc<dyn Transport> {
        Arc::new(RecordingTransport { recorder: self, transport })
    }

    fn add(&self, exchange: Exchange) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).exchanges.push(exchange);
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recorder({} exchanges)", self.recording().len())
    }
}

/// A transport whose exchanges are recorded.
struct RecordingTransport {
    recorder: Recorder,
    transport: Arc<dyn Transport>,
}

impl RecordingTransport {
    async fn exchange(&self, request: Request) -> Result<Response, Error> {
        let secrets = request.headers().secrets();
        let (method, login) = (request.method(), request.login);
        let target = target(&request);
        let sent = message(request.headers(), request.body(), login, &secrets);
        let mut response = self.transport.send(request).await?;
        let body = std::mem::replace(&mut response.body, Vec::new().into()).collect().await?;
        let received = message(response.headers(), (!body.is_empty()).then_some(&body), login, &secrets);
        response.body = body.into();
        let target = secrets.hide(target);
        self.recorder.add(Exchange { method, target, request: sent, status: response.status(), response: received });
        Ok(response)
    }
}

impl Transport for RecordingTransport {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(self.exchange(request))
    }
}

/// Headers and body without secrets.
fn message(headers: &Headers, body: Option<impl AsRef<[u8]>>, login: bool, secrets: &Secrets) -> Message {
    let kind = headers.get("content-type").unwrap_or_default().to_ascii_lowercase();
    let body = body.map(|body| String::from_utf8_lossy(body.as_ref()).into_owned()).map(|text| match () {
        () if kind.contains("form-urlencoded") => form(&text),
        () if kind.contains("json") || text.trim_start().starts_with(['{', '[']) => json(&text),
        () if text.trim_start().starts_with('<') => redacted(&text),
        () if login => MASK.to_owned(),
        () => text,
    });
    // Any header of a login can contain secrets; a replay needs only this one.
    let shown = headers.without_secrets().filter(|(name, _)| !login || name.eq_ignore_ascii_case("content-type"));
    let shown = shown.map(|(name, value)| (name, secrets.hide(value.to_owned())));
    // Replaying the login of a session requires its cookie; the name is enough.
    let cookies = headers.get_all("set-cookie").filter(|_| login).filter_map(|cookie| cookie.split_once('='));
    let cookies = cookies.map(|(name, _)| ("Set-Cookie", format!("{name}={MASK}")));
    Message { headers: shown.chain(cookies).collect(), body: body.map(|body| secrets.hide(body)) }
}

/// Masks the values of a form, except those of known fields.
fn form(text: &str) -> String {
    let fields = text.split('&').map(|field| match field.split_once('=') {
        Some((name, value)) if NOT_SECRET.contains(&name) => format!("{name}={value}"),
        Some((name, _)) => format!("{name}={MASK}"),
        None => MASK.to_owned(),
    });
    fields.collect::<Vec<_>>().join("&")
}

/// Masks the strings of a JSON document, except keys and the values of known fields. Works on invalid JSON as well.
fn json(text: &str) -> String {
    let mut shown = String::new();
    let mut name: Option<&str> = None;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('"') {
        shown.push_str(before);
        let end = end_of_string(after);
        let (inside, more) = after.split_at_checked(end).unwrap_or((after, ""));
        rest = more.strip_prefix('"').unwrap_or(more);
        let is_name = rest.trim_start().starts_with(':');
        let visible = is_name || name.is_some_and(|name| NOT_SECRET.contains(&name));
        name = is_name.then_some(inside);
        shown.push('"');
        shown.push_str(if visible { inside } else { MASK });
        shown.push('"');
    }
    shown.push_str(rest);
    shown
}

/// The position of the quotation mark that ends a string, or else the end of the text.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    #[test]
    fn secrets_of_forms_and_json_are_masked() {
        assert_eq!(
            super::form("grant_type=password&username=u&password=p%26q&x"),
            "grant_type=password&username=u&password=***&***"
        );
        let json = r#"[{"access_token" : "a\"b\\", "exp":"9","scope":"s", "n": 1, "l": ["x"]}]"#;
        let masked = r#"[{"access_token" : "***", "exp":"9","scope":"s", "n": 1, "l": ["***"]}]"#;
        assert_eq!(super::json(json), masked);
    }
}
