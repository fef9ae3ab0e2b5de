//! What a request passes before it gets to the API: who asks, which version is meant, what can be read and written.

use std::time::Duration;

use super::login::{EXPIRED, SCOPE, basic, refusal_of};
use super::{Front, Received};
use crate::encoding::{Malformed, pair, pairs, percent_decoded};
use crate::exchange::{Answer, Asked};
use crate::pages;
use crate::pattern::{API, below};

/// The cookie of a session.
const COOKIE: &str = "JSESSIONID";
/// The only version of the API.
const VERSION: &str = "4";
const CORRELATION_ID: &str = "Correlation-Id";
const METHODS: &str = "GET, HEAD, POST, PUT, DELETE, OPTIONS";

/// Somebody who was let in.
struct Guest {
    user: String,
    token: String,
    /// A cookie to hand out.
    cookie: Option<String>,
    /// Whether the login is for this request only.
    leaves: bool,
}

/// The path of a request and its parameters.
struct Target {
    path: String,
    segments: Vec<String>,
    base: String,
    version: Option<String>,
    query: Vec<(String, String)>,
}

impl Front {
    /// Answers a request to the API.
    pub(super) fn pass(&self, received: &Received) -> Answer {
        // The application server looks at the address before any application does.
        let Ok(target) = Target::read(received) else { return pages::bad_request() };
        let guest = match self.let_in(received) {
            Ok(guest) => guest,
            Err(answer) => return answer,
        };
        let correlation_id = correlation_id(received, &target.query);
        let answer = match refused(received, &target) {
            Some(answer) => answer,
            None => self.api.answer(&asked(received, target, &guest, &correlation_id)),
        };
        if guest.leaves {
            self.sessions.revoke(&guest.token);
        }
        let answer = answer.header(CORRELATION_ID, correlation_id);
        match guest.cookie {
            Some(cookie) => answer.header("Set-Cookie", format!("{COOKIE}={cookie}; path={API}; secure; HttpOnly")),
            None => answer,
        }
    }

    /// Finds out who asks: by a session, a token, or a password.
    fn let_in(&self, received: &Received) -> Result<Guest, Answer> {
        let prefers = |wanted: &str| {
            let mut preferences = received.headers("Prefer").flat_map(|header| header.split(','));
            preferences.any(|preference| {
                let name = preference.split([';', '=']).next().unwrap_or_default().trim();
                name.eq_ignore_ascii_case(wanted)
            })
        };
        let persistent = prefers("persistent-auth");
        let cookie = cookie(received);
        if let Some(cookie) = cookie.filter(|_| !persistent || prefers("new-auth")) {
            self.sessions.forget(cookie);
        }
        let known = cookie.and_then(|cookie| self.sessions.token_of(cookie));
        if let Some((token, user)) = known.and_then(|token| Some((token.clone(), self.sessions.find(&token)?.0))) {
            return Ok(Guest { user, token, cookie: None, leaves: false });
        }

        let header = received.header("Authorization").unwrap_or_default();
        let (user, token) = self.by_header(header)?;
        let mut guest = Guest { user, token, cookie: None, leaves: !persistent && !header.starts_with("Bearer") };
        if persistent {
            guest.cookie = Some(self.sessions.cookie(&guest.token));
            let minutes = received.header("Session-TTL").and_then(|minutes| minutes.trim().parse::<u32>().ok());
            if let Some(minutes) = minutes.filter(|minutes| *minutes > 0) {
                self.sessions.set_idle(&guest.token, Duration::from_secs(u64::from(minutes) * 60));
            }
        }
        Ok(guest)
    }

    fn by_header(&self, header: &str) -> Result<(String, String), Answer> {
        let refused = |message: &str| Err(pages::unauthorized(Some(message)));
        if let Some(token) = header.strip_prefix("Bearer") {
            let token = token.trim();
            return match self.sessions.find(token) {
                None => refused(&format!("invalid_grant: {EXPIRED}")),
                Some((_, scope)) if !scope.split_whitespace().any(|scope| scope == SCOPE) => {
                    refused(&format!("The required scope {SCOPE} is not granted."))
                }
                Some((user, _)) => Ok((user, token.to_owned())),
            };
        }
        let Some((name, password)) = basic(header) else { return Err(pages::unauthorized(None)) };
        match self.accounts.check(&name, &password) {
            Ok(()) => {
                let token = self.sessions.issue(&name, SCOPE);
                Ok((name, token))
            }
            Err(reason) => refused(&format!("access_denied: {}", refusal_of(&name, reason))),
        }
    }
}

/// The session that a request belongs to.
fn cookie(received: &Received) -> Option<&str> {
    let mut cookies = received.headers("Cookie").flat_map(|header| header.split(';'));
    cookies.find_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

impl Target {
    fn read(received: &Received) -> Result<Self, Malformed> {
        let path = below(&received.path, API).unwrap_or_default();
        let mut raw: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let mut query = pairs(&received.query)?;
        // Parameters may also follow the last segment.
        for parameter in raw.last().iter().flat_map(|last| last.split(';').skip(1)).filter(|text| !text.is_empty()) {
            query.push(pair(parameter, false)?);
        }
        for (header, name) in [("Filter", "filter"), ("All-Content", "all_content")] {
            if let Some(value) = received.header(header).filter(|_| !query.iter().any(|(other, _)| other == name)) {
                query.push((name.to_owned(), value.to_owned()));
            }
        }
        let version = raw.first().and_then(|first| version(first)).map(str::to_owned);
        let mut base = API.to_owned();
        if let Some(version) = &version {
            base.push_str("/v");
            base.push_str(version);
            raw.remove(0);
        }
        let segments = raw.iter().map(|segment| percent_decoded(segment.split(';').next().unwrap_or_default()));
        let segments: Result<Vec<String>, Malformed> = segments.collect();
        let mut segments = segments?;
        segments.retain(|segment| !segment.is_empty());
        Ok(Self { path: path.to_owned(), segments, base, version, query })
    }
}

/// The version that a segment names.
fn version(segment: &str) -> Option<&str> {
    let version = segment.split(';').next()?.strip_prefix('v')?;
    (!version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())).then_some(version)
}

/// The id by which a request can be found in jobs and events: the client's, as far as the engine takes it, or a new one.
fn correlation_id(received: &Received, query: &[(String, String)]) -> String {
    let cut = |text: &str| {
        let allowed = |character: &char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
        let id: String = text.chars().filter(allowed).take(36).collect();
        Some(id).filter(|id| !id.is_empty())
    };
    let parameter = || query.iter().find(|(name, _)| name == "correlation_id").and_then(|(_, value)| cut(value));
    received.header(CORRELATION_ID).and_then(cut).or_else(parameter).unwrap_or_else(uuid)
}

fn uuid() -> String {
    let (high, low) = (ovirt_sdk::unstable::random(), ovirt_sdk::unstable::random());
    let (high, low) = (high & !0xF000 | 0x4000, low & !(0b11 << 62) | 0b10 << 62);
    let digits = format!("{high:016x}{low:016x}");
    let part = |range| digits.get(range).unwrap_or_default();
    [part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-")
}

/// The answer to a request that the API would not get to see.
fn refused(received: &Received, target: &Target) -> Option<Answer> {
    let version = target.version.as_deref().or_else(|| received.header("Version").filter(|text| !text.is_empty()));
    if version.is_some_and(|version| version != VERSION) {
        return Some(pages::bad_request());
    }
    if !METHODS.split(", ").any(|method| method == received.method) {
        return Some(Answer::empty(405).header("Allow", METHODS));
    }
    let reason = "A fake engine speaks XML only";
    let accept = target.query.iter().find(|(name, _)| name == "accept").map(|(_, value)| value.as_str());
    let accept = accept.or_else(|| received.header("Accept")).filter(|accept| !accept.trim().is_empty());
    if let Some(accept) = accept.filter(|accept| !accepts_xml(accept)) {
        let detail = format!("\"Accept: {accept}\" asks for something else than application/xml.");
        return Some(Answer::fault(406, reason, &detail));
    }
    let sent = received.header("Content-Type").filter(|_| !received.body.is_empty());
    if let Some(sent) = sent.filter(|sent| !media_type(sent).eq_ignore_ascii_case("application/xml")) {
        let detail = format!("\"Content-Type: {sent}\" is not application/xml.");
        return Some(Answer::fault(415, reason, &detail));
    }
    None
}

/// A media type without its parameters.
fn media_type(text: &str) -> &str {
    text.split(';').next().unwrap_or_default().trim()
}

/// Whether something that the API has will do.
fn accepts_xml(header: &str) -> bool {
    header.split(',').any(|range| {
        let refused = range.split(';').skip(1).any(|parameter| matches!(parameter.trim(), "q=0" | "q=0.0"));
        let ours = ["application/xml", "application/*", "*/*", "application/x-virt-viewer"];
        !refused && ours.iter().any(|ours| media_type(range).eq_ignore_ascii_case(ours))
    })
}

fn asked(received: &Received, target: Target, guest: &Guest, correlation_id: &str) -> Asked {
    let secret = |name: &str| ["authorization", "cookie", "jsessionid"].iter().any(|is| name.eq_ignore_ascii_case(is));
    let headers = received.headers.iter().filter(|(name, _)| !secret(name)).cloned().collect();
    Asked {
        // The server leaves the body out.
        method: if received.method == "HEAD" { "GET".to_owned() } else { received.method.clone() },
        path: target.path,
        segments: target.segments,
        base: target.base,
        query: target.query,
        headers,
        body: received.body.clone(),
        user: guest.user.clone(),
        correlation_id: Some(correlation_id.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(path: &str, query: &str, headers: &[(&str, &str)]) -> Received {
        let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Received { method: "GET".to_owned(), path: path.to_owned(), query: query.to_owned(), headers, body: Vec::new() }
    }

    #[test]
    fn paths_are_taken_apart() {
        for (path, base, segments) in [
            ("/ovirt-engine/api", API, &[][..]),
            ("/ovirt-engine/api/", API, &[]),
            ("/ovirt-engine/api/v4", "/ovirt-engine/api/v4", &[]),
            ("/ovirt-engine/api/v4/vms", "/ovirt-engine/api/v4", &["vms"]),
            ("/ovirt-engine/api/v4vms", API, &["v4vms"]),
            ("/ovirt-engine/api//vms/a%2Fb;max=1/nics/", API, &["vms", "a/b", "nics"]),
            ("/ovirt-engine/api;max=1", API, &[]),
        ] {
            let target = Target::read(&received(path, "", &[])).map_err(|_| path).expect("a path that can be read");
            assert_eq!(
                (target.base.as_str(), target.segments.as_slice()),
                (base, segments.iter().map(|s| s.to_string()).collect::<Vec<_>>().as_slice()),
                "{path}"
            );
            assert!(target.query.is_empty() || path.ends_with("max=1"), "{path}");
        }
        assert!(Target::read(&received("/ovirt-engine/api/vms/%zz", "", &[])).is_err());
        assert!(Target::read(&received("/ovirt-engine/api/vms", "search=%", &[])).is_err());
    }

    #[test]
    fn parameters_come_from_query_segment_and_header() {
        let headers = [("filter", "true"), ("all-content", "true"), ("max", "7")];
        let all = received("/ovirt-engine/api/vms;max=1;filter=false;x", "max=2&search=a+b", &headers);
        let target = Target::read(&all).map_err(|_| "malformed").expect("a path that can be read");
        let shown: Vec<String> = target.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(shown, ["max=2", "search=a b", "max=1", "filter=false", "x=", "all_content=true"]);
        assert_eq!(target.segments, ["vms"]);
    }

    #[test]
    fn correlation_ids_are_cut_and_made() {
        let id = |header: &[(&str, &str)], query: &str| {
            let received = received("/ovirt-engine/api", query, header);
            correlation_id(&received, &pairs(query).unwrap_or_default())
        };
        assert_eq!(id(&[("Correlation-Id", "a b/c_d-1é")], "correlation_id=x"), "abc_d-1");
        assert_eq!(id(&[("Correlation-Id", "/")], "correlation_id=x%21"), "x");
        assert_eq!(id(&[("Correlation-Id", &"x".repeat(40))], "").len(), 36);
        let made = id(&[], "");
        assert_eq!((made.len(), made.matches('-').count()), (36, 4));
        assert!(made.chars().nth(14) == Some('4') && "89ab".contains(made.chars().nth(19).unwrap_or(' ')), "{made}");
    }

    #[test]
    fn xml_is_what_can_be_read_and_written() {
        for (accept, expected) in [
            ("application/xml", true),
            ("*/*", true),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            ("application/json", false),
            ("application/json, */*;q=0", false),
            ("text/xml", false),
            ("APPLICATION/XML; charset=utf-8", true),
        ] {
            assert_eq!(accepts_xml(accept), expected, "{accept}");
        }
    }
}
