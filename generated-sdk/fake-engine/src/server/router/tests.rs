//! Requests to all addresses of the server.

use std::time::Duration;

use super::Router;
use crate::api::ApiResponse;
use crate::clock::Clock;
use crate::engine::{Accounts, Engine, EngineOptions, HttpRequest};
use crate::seed::DirectoryOptions;

fn router(clock: &Clock) -> Router {
    let mut accounts = Accounts::default();
    accounts.add("admin@internal", "secret");
    accounts.tickets.insert("dGlja2V0".to_owned(), "me@EXAMPLE.COM@krb".to_owned());
    let roles = ["admin@internal", "me@EXAMPLE.COM@krb"].map(|account| (account.to_owned(), "SuperUser".to_owned()));
    let directory = DirectoryOptions { roles: roles.into(), ..DirectoryOptions::default() };
    let options = EngineOptions { vms: 1, directory, ..EngineOptions::default() };
    Router {
        engine: Engine::open(options, accounts, clock.clone()).expect("an engine"),
        authority_pem: "AUTHORITY".to_owned(),
        server_pem: "SERVER".to_owned(),
    }
}

fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> HttpRequest {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    HttpRequest { method: method.into(), path: path.into(), query: query.into(), headers, body: body.into() }
}

fn text(response: &ApiResponse) -> &str {
    std::str::from_utf8(&response.body).expect("a text")
}

fn header<'a>(response: &'a ApiResponse, name: &str) -> Option<&'a str> {
    response.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

const ROOT: &str = "/ovirt-engine/api";
const BASIC: (&str, &str) = ("authorization", "Basic YWRtaW5AaW50ZXJuYWw6c2VjcmV0");
const JSON: (&str, &str) = ("accept", "application/json");

fn log_in(router: &Router, form: &str, headers: &[(&str, &str)]) -> ApiResponse {
    router.handle(&request("POST", "/ovirt-engine/sso/oauth/token", headers, form))
}

/// A token for the API.
fn token(router: &Router) -> String {
    let form = "grant_type=password&scope=ovirt-app-api&username=admin%40internal&password=secret";
    let response = log_in(router, form, &[JSON]);
    assert_eq!(response.status, 200, "{}", text(&response));
    let token = text(&response).split("\"access_token\":\"").nth(1).and_then(|rest| rest.split('"').next());
    token.expect("a token").to_owned()
}

fn with_token(router: &Router, token: &str) -> ApiResponse {
    router.handle(&request("GET", ROOT, &[("authorization", &format!("Bearer {token}"))], ""))
}

#[test]
fn a_token_gives_access_to_the_api() {
    let router = router(&Clock::standing(None));
    let response = log_in(
        &router,
        "grant_type=password&scope=ovirt-ext%3Dx+ovirt-app-api&username=admin%40internal&password=secret",
        &[JSON],
    );
    assert!(text(&response).ends_with(
        "\"scope\":\"ovirt-app-api ovirt-ext=x\",\"exp\":\"9223372036854775807\",\"token_type\":\"bearer\"}"
    ));
    let response = with_token(&router, &token(&router));
    assert!(text(&response).contains("<authenticated_user "), "{}", text(&response));
    assert_eq!(header(&response, "Correlation-Id").map(str::len), Some(36));
    assert_eq!(header(&response, "Content-Type"), Some("application/xml;charset=UTF-8"));
}

#[test]
fn logins_fail_with_the_messages_of_the_engine() {
    let router = router(&Clock::standing(None));
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
        let response = log_in(&router, &form, &[JSON]);
        assert_eq!((response.status, text(&response)), (400, expected), "{form}");
        assert_eq!(header(&response, "Content-Type"), Some("application/json"));
    }
    let form = format!("{base}&username=admin%40internal&password=secret");
    let response = log_in(&router, &form, &[("accept", "*/*")]);
    assert_eq!(
        (response.status, text(&response)),
        (400, "{\"error_code\":\"invalid_request\",\"error\":\"Missing parameter: 'Accept Header'\"}")
    );
    assert_eq!(log_in(&router, "username=%zz", &[JSON]).status, 400);
}

#[test]
fn a_token_without_the_scope_is_rejected() {
    let router = router(&Clock::standing(None));
    let response = log_in(&router, "grant_type=password&username=admin%40internal&password=secret", &[JSON]);
    assert!(text(&response).contains("\"scope\":\"\""), "{}", text(&response));
    let token = text(&response).split('"').nth(3).expect("a token").to_owned();
    let response = with_token(&router, &token);
    assert_eq!(response.status, 401);
    assert!(text(&response).contains("The required scope ovirt-app-api is not granted."), "{}", text(&response));
}

#[test]
fn requests_without_a_login_are_rejected() {
    let router = router(&Clock::standing(None));
    for (headers, message) in [
        (&[][..], "Unauthorized"),
        (&[("authorization", "Digest x")], "Unauthorized"),
        (
            &[("authorization", "Basic !")],
            "access_denied: Cannot authenticate user '@N/A': No user name found in credentials..",
        ),
        (
            &[("authorization", "Bearer x")],
            "invalid_grant: The provided authorization grant for the auth code has expired.",
        ),
        (
            &[("authorization", "Basic YUBiOmM=")],
            "access_denied: Cannot authenticate user 'a@b': No valid profile found in credentials..",
        ),
    ] {
        let response = router.handle(&request("GET", "/ovirt-engine/api/vms", headers, ""));
        assert_eq!(response.status, 401);
        let page = format!("<html><head><title>Error</title></head><body>{message}</body></html>");
        assert_eq!(text(&response), page);
        assert_eq!(header(&response, "WWW-Authenticate"), Some("Basic realm=\"RESTAPI\""));
        assert_eq!(header(&response, "Correlation-Id"), None);
    }
}

#[test]
fn tokens_expire() {
    let clock = Clock::standing(None);
    let router = router(&clock);
    let (kept, revoked) = (token(&router), token(&router));
    let log_out = request("POST", "/ovirt-engine/services/sso-logout", &[JSON], &format!("scope=&token={revoked}"));
    for _ in 0..2 {
        let response = router.handle(&log_out);
        assert_eq!((response.status, text(&response)), (200, "{}"));
    }
    assert_eq!(with_token(&router, &revoked).status, 401);
    assert_eq!(with_token(&router, &kept).status, 200);
    clock.advance(Duration::from_secs(1800));
    assert_eq!(with_token(&router, &kept).status, 401);
}

#[test]
fn tokens_can_be_validated() {
    let router = router(&Clock::standing(None));
    let token = token(&router);
    let ask = |query: &str| {
        router.handle(&request("GET", &format!("/ovirt-engine/sso/oauth/token-info?{query}"), &[JSON], ""))
    };
    assert_eq!(ask(&format!("scope=ovirt-ext%3Dtoken-info:validate&token={token}")).status, 200);
    assert!(text(&ask("scope=ovirt-ext%3Dtoken-info:validate&token=x")).contains("\"error\":\"invalid_grant\""));
    assert!(text(&ask(&format!("token={token}"))).contains("Missing parameter: 'client_id'"));
    let revoke = format!("token={token}&client_id=x");
    let response = router.handle(&request("POST", "/ovirt-engine/sso/oauth/revoke", &[JSON], &revoke));
    assert!(text(&response).contains("unauthorized_client"));
    assert_eq!(with_token(&router, &token).status, 200);
}

#[test]
fn kerberos_answers_a_challenge_with_a_ticket() {
    let router = router(&Clock::standing(None));
    let path = "/ovirt-engine/sso/oauth/token-http-auth";
    let form = "grant_type=urn%3Aovirt%3Aparams%3Aoauth%3Agrant-type%3Ahttp&scope=ovirt-app-api";
    let ask = |headers: &[(&str, &str)]| router.handle(&request("POST", path, headers, form));
    for headers in [&[JSON][..], &[JSON, ("authorization", "Negotiate eA==")]] {
        let response = ask(headers);
        assert_eq!((response.status, header(&response, "WWW-Authenticate")), (401, Some("Negotiate")));
    }
    for headers in [&[JSON, ("authorization", "Negotiate dGlja2V0")], &[JSON, BASIC]] {
        assert!(text(&ask(headers)).contains("access_token"));
    }
    let response = ask(&[JSON, ("authorization", "Basic YUBiOmM=")]);
    assert!(text(&response).contains("Cannot authenticate user No valid profile"), "{}", text(&response));
}

#[test]
fn basic_logins_end_with_the_request_and_sessions_last() {
    let clock = Clock::standing(None);
    let router = router(&clock);
    let response = router.handle(&request("GET", ROOT, &[BASIC], ""));
    assert_eq!((response.status, header(&response, "Set-Cookie")), (200, None));

    let persistent = ("prefer", "x, persistent-auth; y");
    let begin = |ttl| router.handle(&request("GET", ROOT, &[BASIC, persistent, ("session-ttl", ttl)], ""));
    let cookie = |response: &ApiResponse| {
        let cookie = header(response, "Set-Cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie");
        format!("a=b; {cookie}")
    };
    let session = cookie(&begin("60"));
    let go_on = |cookie: &str| router.handle(&request("GET", ROOT, &[persistent, ("cookie", cookie)], ""));
    clock.advance(Duration::from_secs(59 * 60));
    assert!(text(&go_on(&session)).contains("<authenticated_user "));
    clock.advance(Duration::from_secs(60 * 60));
    assert_eq!(go_on(&session).status, 401);

    // A request without the preference ends the session.
    let session = cookie(&begin("0"));
    assert_eq!(router.handle(&request("GET", ROOT, &[("cookie", &session)], "")).status, 401);
    assert_eq!(go_on(&session).status, 401);
    let session = cookie(&begin("no"));
    let anew = ("prefer", "persistent-auth, new-auth");
    let response = router.handle(&request("GET", ROOT, &[BASIC, anew, ("cookie", &session)], ""));
    assert_ne!(cookie(&response), session);
    assert_eq!(go_on(&session).status, 401);
}

#[test]
fn only_version_4_is_supported() {
    let router = router(&Clock::standing(None));
    let ask = |path: &str, headers: &[(&str, &str)]| {
        let headers: Vec<(&str, &str)> = headers.iter().copied().chain([BASIC]).collect();
        router.handle(&request("GET", path, &headers, ""))
    };
    for (path, headers, status) in [
        ("/ovirt-engine/api", &[][..], 200),
        ("/ovirt-engine/api", &[("version", "4")], 200),
        ("/ovirt-engine/api", &[("version", "")], 200),
        ("/ovirt-engine/api", &[("version", "3")], 405),
        ("/ovirt-engine/api", &[("version", "4.0")], 400),
        ("/ovirt-engine/api/v4", &[("version", "3")], 200),
        ("/ovirt-engine/api/v3/vms", &[("version", "4")], 405),
        ("/ovirt-engine/api/v4vms", &[], 404),
    ] {
        let response = ask(path, headers);
        assert_eq!(response.status, status, "{path} {headers:?}");
        assert!(header(&response, "Correlation-Id").is_some());
    }
    assert!(text(&ask("/ovirt-engine/api/v4/vms", &[])).contains("<vm href=\"/ovirt-engine/api/v4/vms/"));
    assert_eq!(router.handle(&request("GET", "/ovirt-engine/api/v3", &[], "")).status, 401);
}

#[test]
fn xml_and_json_are_supported() {
    let router = router(&Clock::standing(None));
    let ask = |method: &str, header: (&str, &str), body: &str| {
        router.handle(&request(method, "/ovirt-engine/api/vms", &[BASIC, header], body))
    };
    for (method, header, body, status) in [
        ("GET", ("accept", "application/xml"), "", 200),
        ("GET", JSON, "", 200),
        ("GET", ("accept", "text/xml"), "", 406),
        ("GET", ("accept", "nonsense"), "", 400),
        ("GET", ("accept", ""), "", 200),
        ("GET", ("content-type", "application/json"), "", 200),
        ("POST", ("content-type", "application/xml; charset=utf-8"), "<vm/>", 400),
        ("POST", ("content-type", "application/json"), "{}", 400),
        ("POST", ("content-type", "application/x-www-form-urlencoded"), "<vm/>", 415),
        ("POST", ("x", "y"), "<vm/>", 415),
        ("PATCH", ("x", "y"), "<vm/>", 405),
        ("TRACE", ("x", "y"), "", 405),
        ("OPTIONS", ("x", "y"), "", 200),
    ] {
        let response = ask(method, header, body);
        assert_eq!(response.status, status, "{method} {header:?}: {}", text(&response));
    }
    let json = ask("GET", JSON, "");
    assert!(text(&json).starts_with("{\n  \"vm\" : [ {\n"), "{}", text(&json));
    assert_eq!(header(&json, "Content-Type"), Some("application/json"));
    assert_eq!(header(&ask("PUSH", ("x", "y"), ""), "Allow"), Some("HEAD, POST, GET, OPTIONS"));
    assert!(text(&ask("HEAD", ("x", "y"), "")).contains("<vms>"));
    for (media_type, body) in [("application/xml", "<vm/>"), ("application/json", "{}")] {
        let response = ask("POST", ("content-type", media_type), body);
        assert!(text(&response).contains("<reason>Incomplete parameters</reason>"), "{}", text(&response));
    }
    let by_query = request("GET", "/ovirt-engine/api?accept=application%2Fjson", &[BASIC], "");
    assert_eq!(header(&router.handle(&by_query), "Content-Type"), Some("application/json"));
    assert_eq!(router.handle(&request("GET", "/ovirt-engine/api/%", &[BASIC], "")).status, 400);
}

#[test]
fn addresses_outside_the_api_need_no_login() {
    let router = router(&Clock::standing(None));
    let ask = |target: &str| router.handle(&request("GET", target, &[], ""));
    for (target, status, content) in [
        ("/", 302, ""),
        ("/ovirt-engine", 302, ""),
        ("/ovirt-engine/", 302, ""),
        ("/ovirt-engine/login?scope=x", 302, ""),
        ("/ovirt-engine/oauth2-callback?error=x", 302, ""),
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
        let response = ask(target);
        assert_eq!(response.status, status, "{target}");
        assert!(text(&response).contains(content), "{target}: {}", text(&response));
    }
    let browser = request("GET", "/ovirt-engine/", &[("Accept", "text/html,*/*;q=0.8")], "");
    assert!(text(&router.handle(&browser)).contains("<title>oVirt Engine</title>"));
    let posted = request("POST", "/ovirt-engine/services/pki-resource?resource=ca-certificate", &[], "");
    assert_eq!(router.handle(&posted).status, 405);
    let authority = ask("/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA");
    assert_eq!(header(&authority, "Content-Type"), Some("application/x-x509-ca-cert"));
}
