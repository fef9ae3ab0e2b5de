//! What listens to a transport and writes down what passes.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::recording::{Exchange, Message, Recording, target};
use super::traits::Transport;
use crate::error::Error;
use crate::http::{BoxFuture, Headers, Request, Response};
use crate::secret::{MASK, Secrets};
use crate::xml::redact::redacted;

/// Fields of forms and texts of JSON that are no secrets; all others may be.
const OPEN: &[&str] =
    &["grant_type", "scope", "username", "token_type", "exp", "error", "error_code", "error_description"];

/// Records what passes a transport; given to [`ConnectionBuilder::record`](crate::ConnectionBuilder::record).
///
/// Secrets are removed: headers with credentials, passwords and tokens of logins, and the values of members that the
/// model marks as secret. Bodies that are read in pieces are recorded when they are whole: they come in one piece.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<Recording>>);

impl Recorder {
    /// A recorder that has not recorded anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was recorded until now.
    pub fn recording(&self) -> Recording {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The transport, listened to.
    pub(crate) fn around(self, transport: Arc<dyn Transport>) -> Arc<dyn Transport> {
        Arc::new(Recorded { recorder: self, transport })
    }

    fn note(&self, exchange: Exchange) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).exchanges.push(exchange);
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recorder({} exchanges)", self.recording().len())
    }
}

/// A transport that is listened to.
struct Recorded {
    recorder: Recorder,
    transport: Arc<dyn Transport>,
}

impl Recorded {
    async fn exchange(&self, request: Request) -> Result<Response, Error> {
        let secrets = request.headers().secrets();
        let (method, login) = (request.method(), request.login);
        let target = target(&request);
        let asked = message(request.headers(), request.body(), login, &secrets);
        let mut response = self.transport.send(request).await?;
        let body = std::mem::replace(&mut response.body, Vec::new().into()).collect().await?;
        let answered = message(response.headers(), (!body.is_empty()).then_some(&body), login, &secrets);
        response.body = body.into();
        let target = secrets.hide(target);
        self.recorder.note(Exchange { method, target, request: asked, status: response.status(), response: answered });
        Ok(response)
    }
}

impl Transport for Recorded {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(self.exchange(request))
    }
}

fn message(headers: &Headers, body: Option<impl AsRef<[u8]>>, login: bool, secrets: &Secrets) -> Message {
    let kind = headers.get("content-type").unwrap_or_default().to_ascii_lowercase();
    let body = body.map(|body| String::from_utf8_lossy(body.as_ref()).into_owned()).map(|text| match () {
        () if kind.contains("form-urlencoded") => form(&text),
        () if kind.contains("json") || text.trim_start().starts_with(['{', '[']) => json(&text),
        () if text.trim_start().starts_with('<') => redacted(&text),
        () if login => MASK.to_owned(),
        () => text,
    });
    // Nobody knows which headers of a login are secrets, and only this one is of use.
    let shown = headers.open().filter(|(name, _)| !login || name.eq_ignore_ascii_case("content-type"));
    let shown = shown.map(|(name, value)| (name, secrets.hide(value.to_owned())));
    // That there was a cookie is of use, too: without it, a session can't be replayed.
    let cookies = headers.get_all("set-cookie").filter(|_| login).filter_map(|cookie| cookie.split_once('='));
    let cookies = cookies.map(|(name, _)| ("Set-Cookie", format!("{name}={MASK}")));
    Message { headers: shown.chain(cookies).collect(), body: body.map(|body| secrets.hide(body)) }
}

/// A form without the values that may be secret.
fn form(text: &str) -> String {
    let fields = text.split('&').map(|field| match field.split_once('=') {
        Some((name, value)) if OPEN.contains(&name) => format!("{name}={value}"),
        Some((name, _)) => format!("{name}={MASK}"),
        None => MASK.to_owned(),
    });
    fields.collect::<Vec<_>>().join("&")
}

/// JSON without the texts that may be secret.
fn json(text: &str) -> String {
    let mut shown = String::new();
    let mut name: Option<&str> = None;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('"') {
        shown.push_str(before);
        let end = end_of_text(after);
        let (inside, more) = after.split_at_checked(end).unwrap_or((after, ""));
        rest = more.strip_prefix('"').unwrap_or(more);
        let is_name = rest.trim_start().starts_with(':');
        let open = is_name || name.is_some_and(|name| OPEN.contains(&name));
        name = is_name.then_some(inside);
        shown.push('"');
        shown.push_str(if open { inside } else { MASK });
        shown.push('"');
    }
    shown.push_str(rest);
    shown
}

/// Where the quotation mark is that ends a text.
fn end_of_text(text: &str) -> usize {
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
    fn forms_and_json_lose_their_secrets() {
        assert_eq!(
            super::form("grant_type=password&username=u&password=p%26q&x"),
            "grant_type=password&username=u&password=***&***"
        );
        let json = r#"[{"access_token" : "a\"b\\", "exp":"9","scope":"s", "n": 1, "l": ["x"]}]"#;
        let blank = r#"[{"access_token" : "***", "exp":"9","scope":"s", "n": 1, "l": ["***"]}]"#;
        assert_eq!(super::json(json), blank);
    }
}
