//! The way to the API, with an API that only says what reached it.

use std::sync::Arc;
use std::time::Duration;

use super::{Front, Received};
use crate::accounts::Accounts;
use crate::clock::Clock;
use crate::exchange::{Answer, Api, Asked};
use crate::sessions::{Limits, Sessions};
use ovirt_sdk::Error;

struct Echo;

impl Api for Echo {
    fn answer(&self, asked: &Asked) -> Answer {
        let secrets = ["authorization", "cookie"].iter().filter(|name| asked.header(name).is_some()).count();
        let Asked { method, segments, base, user, .. } = asked;
        Answer::xml(200, format!("{method} {base} {segments:?} as {user}, {secrets} secrets"))
    }

    fn image(&self, asked: &Asked) -> Answer {
        Answer::xml(200, format!("{} {:?}", asked.method, asked.segments))
    }

    fn save(&self) -> Result<String, Error> {
        Ok(String::new())
    }
}

fn front(clock: &Clock) -> Front {
    let mut accounts = Accounts::none();
    accounts.add("admin@internal", "secret");
    accounts.tickets.insert("dGlja2V0".to_owned(), "me@EXAMPLE.COM@krb".to_owned());
    Front {
        api: Arc::new(Echo),
        accounts,
        sessions: Sessions::new(clock.clone(), Limits::default()),
        authority_pem: "AUTHORITY".to_owned(),
        server_pem: "SERVER".to_owned(),
    }
}

fn received(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Received {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    Received { method: method.into(), path: path.into(), query: query.into(), headers, body: body.into() }
}

fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.body).expect("a text")
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

const ROOT: &str = "/ovirt-engine/api";
const BASIC: (&str, &str) = ("authorization", "Basic YWRtaW5AaW50ZXJuYWw6c2VjcmV0");
const JSON: (&str, &str) = ("accept", "application/json");

fn log_in(front: &Front, form: &str, headers: &[(&str, &str)]) -> Answer {
    front.answer(&received("POST", "/ovirt-engine/sso/oauth/token", headers, form))
}

/// A token for the API.
fn token(front: &Front) -> String {
    let form = "grant_type=password&scope=ovirt-app-api&username=admin%40internal&password=secret";
    let answer = log_in(front, form, &[JSON]);
    assert_eq!(answer.status, 200, "{}", text(&answer));
    let token = text(&answer).split("\"access_token\":\"").nth(1).and_then(|rest| rest.split('"').next());
    token.expect("a token").to_owned()
}

fn with_token(front: &Front, token: &str) -> Answer {
    front.answer(&received("GET", ROOT, &[("authorization", &format!("Bearer {token}"))], ""))
}

#[test]
fn a_token_is_what_the_api_wants() {
    let front = front(&Clock::standing(None));
    let answer = log_in(
        &front,
        "grant_type=password&scope=ovirt-ext%3Dx+ovirt-app-api&username=admin%40internal&password=secret",
        &[JSON],
    );
    assert!(text(&answer).ends_with(
        "\"scope\":\"ovirt-app-api ovirt-ext=x\",\"exp\":\"9223372036854775807\",\"token_type\":\"bearer\"}"
    ));
    let answer = with_token(&front, &token(&front));
    assert_eq!(text(&answer), "GET /ovirt-engine/api [] as admin@internal, 0 secrets");
    assert_eq!(header(&answer, "Correlation-Id").map(str::len), Some(36));
    assert_eq!(header(&answer, "Content-Type"), Some("application/xml;charset=UTF-8"));
}

#[test]
fn logins_fail_as_they_fail_at_an_engine() {
    let front = front(&Clock::standing(None));
    let base = "grant_type=password&scope=ovirt-app-api";
    for (form, expected) in [
        (
            format!("{base}&username=admin%40internal&password=x"),
            "{\"error_code\":\"access_denied\",\"error\":\"Cannot authenticate user 'admin@internal': Unable to log in. \
             Verify your login information or contact the system administrator..\"}",
        ),
        (
            format!("{base}&username=admin%40example&password=secret"),
            "{\"error_code\":\"access_denied\",\"error\":\"Cannot authenticate user 'admin@example': No valid profile \
             found in credentials..\"}",
        ),
        (
            format!("{base}&username=admin&password=secret"),
            "{\"error_code\":\"access_denied\",\"error\":\"Cannot authenticate user 'admin@N/A': No valid profile \
             found in credentials..\"}",
        ),
        (
            format!("{base}&username=admin%40internal"),
            "{\"error_code\":\"invalid_request\",\"error\":\"Missing parameter: 'password'\"}",
        ),
        (
            "grant_type=x&scope=openid".to_owned(),
            "{\"error\":\"unsupported_grant_type\",\"error_description\":\"The authorization grant type is not \
             supported by the authorization server.\"}",
        ),
    ] {
        let answer = log_in(&front, &form, &[JSON]);
        assert_eq!((answer.status, text(&answer)), (400, expected), "{form}");
        assert_eq!(header(&answer, "Content-Type"), Some("application/json"));
    }
    let form = format!("{base}&username=admin%40internal&password=secret");
    let answer = log_in(&front, &form, &[("accept", "*/*")]);
    assert_eq!(
        (answer.status, text(&answer)),
        (400, "{\"error_code\":\"invalid_request\",\"error\":\"Missing parameter: 'Accept Header'\"}")
    );
    assert_eq!(log_in(&front, "username=%zz", &[JSON]).status, 400);
}

#[test]
fn a_token_without_the_scope_is_good_for_nothing() {
    let front = front(&Clock::standing(None));
    let answer = log_in(&front, "grant_type=password&username=admin%40internal&password=secret", &[JSON]);
    assert!(text(&answer).contains("\"scope\":\"\""), "{}", text(&answer));
    let token = text(&answer).split('"').nth(3).expect("a token").to_owned();
    let answer = with_token(&front, &token);
    assert_eq!(answer.status, 401);
    assert!(text(&answer).contains("The required scope ovirt-app-api is not granted."), "{}", text(&answer));
}

#[test]
fn nobody_gets_in_without_a_login() {
    let front = front(&Clock::standing(None));
    for (headers, message) in [
        (&[][..], "Unauthorized"),
        (&[("authorization", "Digest x")], "Unauthorized"),
        (&[("authorization", "Basic !")], "Unauthorized"),
        (
            &[("authorization", "Bearer x")],
            "invalid_grant: The provided authorization grant for the auth code has expired.",
        ),
        (
            &[("authorization", "Basic YUBiOmM=")],
            "access_denied: Cannot authenticate user 'a@b': No valid profile found in credentials..",
        ),
    ] {
        let answer = front.answer(&received("GET", "/ovirt-engine/api/vms", headers, ""));
        assert_eq!(answer.status, 401);
        let page = format!("<html><head><title>Error</title></head><body>{message}</body></html>");
        assert_eq!(text(&answer), page);
        assert_eq!(header(&answer, "WWW-Authenticate"), Some("Basic realm=\"RESTAPI\""));
        assert_eq!(header(&answer, "Correlation-Id"), None);
    }
}

#[test]
fn tokens_end() {
    let clock = Clock::standing(None);
    let front = front(&clock);
    let (kept, revoked) = (token(&front), token(&front));
    let log_out = received("POST", "/ovirt-engine/services/sso-logout", &[JSON], &format!("scope=&token={revoked}"));
    for _ in 0..2 {
        let answer = front.answer(&log_out);
        assert_eq!((answer.status, text(&answer)), (200, "{}"));
    }
    assert_eq!(with_token(&front, &revoked).status, 401);
    assert_eq!(with_token(&front, &kept).status, 200);
    clock.advance(Duration::from_secs(1800));
    assert_eq!(with_token(&front, &kept).status, 401);
}

#[test]
fn tokens_can_be_validated() {
    let front = front(&Clock::standing(None));
    let token = token(&front);
    let ask = |query: &str| {
        front.answer(&received("GET", &format!("/ovirt-engine/sso/oauth/token-info?{query}"), &[JSON], ""))
    };
    assert_eq!(ask(&format!("scope=ovirt-ext%3Dtoken-info:validate&token={token}")).status, 200);
    assert!(text(&ask("scope=ovirt-ext%3Dtoken-info:validate&token=x")).contains("\"error\":\"invalid_grant\""));
    assert!(text(&ask(&format!("token={token}"))).contains("Missing parameter: 'client_id'"));
    let revoke = format!("token={token}&client_id=x");
    let answer = front.answer(&received("POST", "/ovirt-engine/sso/oauth/revoke", &[JSON], &revoke));
    assert!(text(&answer).contains("unauthorized_client"));
    assert_eq!(with_token(&front, &token).status, 200);
}

#[test]
fn kerberos_is_a_challenge_and_a_ticket() {
    let front = front(&Clock::standing(None));
    let path = "/ovirt-engine/sso/oauth/token-http-auth";
    let form = "grant_type=urn%3Aovirt%3Aparams%3Aoauth%3Agrant-type%3Ahttp&scope=ovirt-app-api";
    let ask = |headers: &[(&str, &str)]| front.answer(&received("POST", path, headers, form));
    for headers in [&[JSON][..], &[JSON, ("authorization", "Negotiate eA==")]] {
        let answer = ask(headers);
        assert_eq!((answer.status, header(&answer, "WWW-Authenticate")), (401, Some("Negotiate")));
    }
    for headers in [&[JSON, ("authorization", "Negotiate dGlja2V0")], &[JSON, BASIC]] {
        assert!(text(&ask(headers)).contains("access_token"));
    }
    let answer = ask(&[JSON, ("authorization", "Basic YUBiOmM=")]);
    assert!(text(&answer).contains("Cannot authenticate user No valid profile"), "{}", text(&answer));
}

#[test]
fn basic_logins_last_for_a_request_and_sessions_for_longer() {
    let clock = Clock::standing(None);
    let front = front(&clock);
    let answer = front.answer(&received("GET", ROOT, &[BASIC], ""));
    assert_eq!((answer.status, header(&answer, "Set-Cookie")), (200, None));

    let persistent = ("prefer", "x, persistent-auth; y");
    let begin = |ttl| front.answer(&received("GET", ROOT, &[BASIC, persistent, ("session-ttl", ttl)], ""));
    let cookie = |answer: &Answer| {
        let cookie = header(answer, "Set-Cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie");
        format!("a=b; {cookie}")
    };
    let session = cookie(&begin("60"));
    let go_on = |cookie: &str| front.answer(&received("GET", ROOT, &[persistent, ("cookie", cookie)], ""));
    clock.advance(Duration::from_secs(59 * 60));
    assert_eq!(text(&go_on(&session)), "GET /ovirt-engine/api [] as admin@internal, 0 secrets");
    clock.advance(Duration::from_secs(60 * 60));
    assert_eq!(go_on(&session).status, 401);

    // Without the wish to keep it, a session ends.
    let session = cookie(&begin("0"));
    assert_eq!(front.answer(&received("GET", ROOT, &[("cookie", &session)], "")).status, 401);
    assert_eq!(go_on(&session).status, 401);
    let session = cookie(&begin("no"));
    let anew = ("prefer", "persistent-auth, new-auth");
    let answer = front.answer(&received("GET", ROOT, &[BASIC, anew, ("cookie", &session)], ""));
    assert_ne!(cookie(&answer), session);
    assert_eq!(go_on(&session).status, 401);
}

#[test]
fn there_is_one_version() {
    let front = front(&Clock::standing(None));
    let ask = |path: &str, headers: &[(&str, &str)]| {
        let headers: Vec<(&str, &str)> = headers.iter().copied().chain([BASIC]).collect();
        front.answer(&received("GET", path, &headers, ""))
    };
    for (path, headers, status) in [
        ("/ovirt-engine/api", &[][..], 200),
        ("/ovirt-engine/api", &[("version", "4")], 200),
        ("/ovirt-engine/api", &[("version", "")], 200),
        ("/ovirt-engine/api", &[("version", "3")], 400),
        ("/ovirt-engine/api", &[("version", "4.0")], 400),
        ("/ovirt-engine/api/v4", &[("version", "3")], 200),
        ("/ovirt-engine/api/v3/vms", &[("version", "4")], 400),
        ("/ovirt-engine/api/v4vms", &[], 200),
    ] {
        let answer = ask(path, headers);
        assert_eq!(answer.status, status, "{path} {headers:?}");
        assert!(header(&answer, "Correlation-Id").is_some());
    }
    assert!(text(&ask("/ovirt-engine/api/v4/vms", &[])).starts_with("GET /ovirt-engine/api/v4 [\"vms\"]"));
    assert_eq!(front.answer(&received("GET", "/ovirt-engine/api/v3", &[], "")).status, 401);
}

#[test]
fn only_xml_is_spoken() {
    let front = front(&Clock::standing(None));
    let ask = |method: &str, header: (&str, &str), body: &str| {
        front.answer(&received(method, "/ovirt-engine/api/vms", &[BASIC, header], body))
    };
    for (method, header, body, status) in [
        ("GET", ("accept", "application/xml"), "", 200),
        ("GET", JSON, "", 406),
        ("GET", ("accept", ""), "", 200),
        ("GET", ("content-type", "application/json"), "", 200),
        ("POST", ("content-type", "application/xml; charset=utf-8"), "<vm/>", 200),
        ("POST", ("content-type", "application/json"), "{}", 415),
        ("POST", ("content-type", "application/x-www-form-urlencoded"), "<vm/>", 415),
        ("POST", ("x", "y"), "<vm/>", 200),
        ("PATCH", ("x", "y"), "<vm/>", 405),
        ("TRACE", ("x", "y"), "", 405),
        ("OPTIONS", ("x", "y"), "", 200),
    ] {
        let answer = ask(method, header, body);
        assert_eq!(answer.status, status, "{method} {header:?}: {}", text(&answer));
    }
    assert!(text(&ask("GET", JSON, "")).contains("<reason>A fake engine speaks XML only</reason>"));
    assert_eq!(header(&ask("PUSH", JSON, ""), "Allow"), Some("GET, HEAD, POST, PUT, DELETE, OPTIONS"));
    assert!(text(&ask("HEAD", ("x", "y"), "")).starts_with("GET "));
    let by_query = received("GET", "/ovirt-engine/api?accept=application%2Fjson", &[BASIC], "");
    assert_eq!(front.answer(&by_query).status, 406);
    assert_eq!(front.answer(&received("GET", "/ovirt-engine/api/%", &[BASIC], "")).status, 400);
}

#[test]
fn what_is_beside_the_api_is_for_everybody() {
    let front = front(&Clock::standing(None));
    let ask = |target: &str| front.answer(&received("GET", target, &[], ""));
    for (target, status, content) in [
        ("/", 302, ""),
        ("/ovirt-engine", 302, ""),
        ("/ovirt-engine/", 200, "<title>oVirt Engine</title>"),
        ("/ovirt-engine/vms", 404, "Not Found"),
        ("/vms", 404, "Not Found"),
        ("/ovirt-engine/services/health", 200, "DB Up!Welcome to Health Status!"),
        ("/ovirt-engine/sso/status", 200, "\"status\":\"active\""),
        ("/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA", 200, "AUTHORITY"),
        ("/ovirt-engine/services/pki-resource?resource=engine-certificate", 200, "SERVER"),
        ("/ovirt-engine/services/pki-resource", 400, "Missing resource name"),
        ("/ovirt-engine/services/pki-resource?resource=x", 400, "Resource 'x' is invalid"),
        ("/ovirt-engine/services/pki-resource?resource=ca-certificate&format=x", 400, "Format 'x' is invalid"),
        ("/ovirt-engine/services/pki-resource?resource=ca-certificate&format=OPENSSH-PUBKEY", 400, "not available"),
        ("/ovirt-engine/services/pki-resource?resource=%zz", 400, "Bad Request"),
    ] {
        let answer = ask(target);
        assert_eq!(answer.status, status, "{target}");
        assert!(text(&answer).contains(content), "{target}: {}", text(&answer));
    }
    let posted = received("POST", "/ovirt-engine/services/pki-resource?resource=ca-certificate", &[], "");
    assert_eq!(front.answer(&posted).status, 405);
    let authority = ask("/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA");
    assert_eq!(header(&authority, "Content-Type"), Some("application/x-x509-ca-cert"));
}
