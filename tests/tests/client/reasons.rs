//! Reasons that servers state, and hints for them.

use std::error::Error as _;

use ovirt_sdk::http::Method;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::types::{Disk, DiskAttachment};
use ovirt_sdk::{ConnectionBuilder, Credentials, Error};

use crate::support::{PASSWORD, Reply, Server, USER, builder};

/// An error page of the engine.
fn page(status: u16, text: &str) -> Reply {
    let page = format!("<html><head><title>Error</title></head><body>{text}</body></html>");
    Reply::new(status, "text/html;charset=UTF-8", page)
}

/// Sends a request to a server that responds with `reply` to everything but logins.
async fn rejected(reply: Reply, credentials: Credentials) -> (Server, Error) {
    let server = Server::start(move |asked| match asked.is_login() {
        true => Reply::json(200, r#"{"access_token":"t"}"#),
        false => reply.clone(),
    })
    .await;
    let connection = builder(&server).credentials(credentials).retry(RetryPolicy::none()).build().unwrap();
    let error = connection.raw(Method::Get, "vms").correlation_id("my-id").send().await.unwrap_err();
    (server, error)
}

#[tokio::test]
async fn reasons_for_401_and_their_hints() {
    let no_role = "The user jane@internal-authz with profile [internal] is not authorized to perform login";
    let sessions = "Unable to login user admin@internal-authz with profile [internal] because the maximum number of \
        allowed sessions 3 is exceeded";
    let expired = "invalid_grant: The provided authorization grant for the auth code has expired.";
    let scope = "The required scope ovirt-app-api is not granted.";
    let wrong = "access_denied: Cannot authenticate user 'admin@internal': Unable to log in. Verify your login information \
        or contact the system administrator.";
    let profile = "access_denied: Cannot authenticate user 'admin@nowhere': No valid profile found in credentials.";
    for (reason, hint) in [
        (no_role, "the credentials are right, but the user has no permission on any object"),
        (sessions, "close connections that are no longer used"),
        (expired, "the token or the session is unknown to the engine"),
        (scope, "the token was requested without the scope `ovirt-app-api`"),
        (wrong, "check user name and password"),
        (profile, "the user name must end with the profile"),
        ("Unauthorized", "the credentials are wrong, or the session has expired"),
    ] {
        let (_, error) = rejected(page(401, reason), Credentials::token("t")).await;
        let begin = format!("GET /ovirt-engine/api/vms: 401 Unauthorized: {reason}");
        let text = error.to_string();
        assert!(text.starts_with(begin.get(..150).unwrap_or(&begin)), "{text}");
        assert!(text.contains(&format!("\nHint: {hint}")), "{text}");
        assert!(error.is_auth() && !error.is_retryable());

        let (_, error) = rejected(page(401, reason), Credentials::basic(USER, PASSWORD)).await;
        let text = error.to_string();
        assert!(text.starts_with(&format!("GET /ovirt-engine/api/vms: login rejected: {}", &reason[..12])), "{text}");
        assert!(error.is_auth() && (text.contains(&format!("\nHint: {hint}")) || reason == "Unauthorized"), "{text}");
    }
}

/// Another login would not help, and would even open another session.
#[tokio::test]
async fn no_second_login_for_users_who_may_not_log_in() {
    for (reason, logins) in [
        ("The user jane@x with profile [x] is not authorized to perform login", 1),
        ("because the maximum number of allowed sessions 3 is exceeded", 1),
        ("invalid_grant: The provided authorization grant for the auth code has expired.", 2),
    ] {
        let (server, error) = rejected(page(401, reason), Credentials::password(USER, PASSWORD)).await;
        assert_eq!(server.logins(), logins, "{reason}");
        assert!(error.is_auth() && error.to_string().contains(reason), "{error}");
    }
}

#[tokio::test]
async fn the_hint_for_a_rejected_password_depends_on_the_reason() {
    let hint = async |error: &str| {
        let body = format!(r#"{{"error_code":"access_denied","error":"{error}"}}"#);
        let server = Server::start(move |_| Reply::json(400, &body)).await;
        builder(&server).build().unwrap().test().await.unwrap_err().to_string()
    };
    let text =
        hint("Cannot authenticate user 'admin@internal': Unable to log in. Verify your login information.").await;
    assert!(text.contains("\nHint: check user name and password") && !text.contains("profile"), "{text}");
    let text = hint("Cannot authenticate user 'admin@N/A': No valid profile found in credentials..").await;
    assert!(text.contains("\nHint: the user name must end with the profile"), "{text}");
    let server = Server::start(|_| Reply::empty(401)).await;
    let connection = builder(&server).credentials(Credentials::password("admin", PASSWORD)).build().unwrap();
    let text = connection.test().await.unwrap_err().to_string();
    assert!(text.contains("\nHint: the user name must end with the profile"), "{text}");
}

async fn answered(reply: Reply, path: &str) -> String {
    let server = Server::start(move |_| reply.clone()).await;
    let connection = builder(&server).credentials(Credentials::token("t")).retry(RetryPolicy::none()).build().unwrap();
    let request = connection.raw(Method::Get, path).correlation_id("my-id").query("follow", "permissions.user");
    request.send().await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_missing_object_is_named() {
    for (path, object) in [
        ("vms/123", "no `123` in `vms`"),
        ("vms/123/nics/45", "no `45` in `vms/123/nics`"),
        ("vms/123/nics", "no `123` in `vms`"),
    ] {
        let text = answered(Reply::empty(404), path).await;
        let begin = format!("GET /ovirt-engine/api/{path}: 404 Not Found: {object} (correlation id my-id)");
        assert_eq!(text, begin);
    }
    assert!(answered(Reply::empty(404), "vms").await.starts_with("GET /ovirt-engine/api/vms: 404 Not Found (corr"));

    let server = Server::start(|_| Reply::empty(404)).await;
    let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
    let vm = connection.system().vms().vm("123");
    let error = vm.start().send().await.unwrap_err();
    let hint = "\nHint: an object that the body refers to by name or ID may be missing as well, such as a cluster, a \
        template or a storage domain";
    assert!(error.to_string().contains(": 404 Not Found: no `123` in `vms` (") && error.is_not_found(), "{error}");
    let attachment = DiskAttachment::new().disk(Disk::with_name("d"));
    let error = vm.disk_attachments().add(attachment).send().await.unwrap_err();
    assert!(error.to_string().ends_with(hint), "{error}");
}

#[tokio::test]
async fn a_followed_link_that_is_absent_is_suspected() {
    let page = "<html><head><title>ERROR</title><style>body { x }</style></head><body><div>Error processing request</div>\
        <div>Stack Trace:</div><pre>java.lang.RuntimeException: org.jboss.resteasy.spi.UnhandledException: \
        java.lang.IllegalStateException: Problem following 'user' link in Permission entity.\n\tat io.undertow.Servlet\
        .forward(Servlet.java:251)</pre></body></html>";
    let text = answered(Reply::new(500, "text/html", page), "vms/1/permissions").await;
    assert_eq!(
        text,
        "GET /ovirt-engine/api/vms/1/permissions: 500 Internal Server Error: Problem following 'user' link in \
         Permission entity. (correlation id my-id)\nHint: engines respond like this if one of the objects lacks a link in \
         `follow=permissions.user`; follow fewer links, or follow them object by object"
    );
}

/// Engines reject queries that they can't limit to what the user may see with 400 instead of 403.
#[tokio::test]
async fn a_query_that_the_user_may_not_make() {
    let body = "<fault><detail>query execution failed due to insufficient permissions.</detail><reason>Operation \
        Failed</reason></fault>";
    let text = answered(Reply::xml(400, body), "vms").await;
    assert!(text.contains("\nHint: this user lacks the permission; users without administrator roles need"), "{text}");
}

#[tokio::test]
async fn pages_of_other_servers_are_shown_with_their_text() {
    let page = "<html><head><title>Request blocked</title></head><body><h1>Request blocked</h1><p>Policy 7 of the \
        <b>proxy</b> forbids it.</p></body></html>";
    let text = answered(Reply::new(403, "text/html", page), "vms").await;
    let begin = "GET /ovirt-engine/api/vms: 403 Forbidden, with an HTML page titled \"Request blocked\": Request blocked \
        Policy 7 of the proxy forbids it. (correlation id my-id)";
    assert!(text.starts_with(begin), "{text}");
}

#[tokio::test]
async fn texts_of_servers_can_not_control_the_terminal() {
    let evil = "\u{9B}2J\u{202E}gnp.exe\u{200B}&#27;[31m";
    let replies = [
        Reply::xml(400, format!("<fault><reason>{evil}</reason><detail>{evil}x</detail></fault>")),
        Reply::html(400, &format!("\u{1B}]0;x\u{7}{evil}")),
        page(401, &format!("\u{1B}[2J{evil}")),
        Reply::new(400, "text/plain", format!("\u{1B}c{evil}")),
        Reply::empty(302).header("Location", "/a\u{9B}31m\u{202E}"),
        Reply::xml(200, format!("<vm><memory>{evil}</memory></vm>")),
        Reply::xml(200, format!("<{evil}/>")),
    ];
    for reply in replies {
        let server = Server::start(move |_| reply.clone()).await;
        let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
        let error = connection.system().vms().vm("1").get().send().await.unwrap_err();
        for text in [error.to_string(), format!("{error:?}"), format!("{error:#}")] {
            let bad = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202E}' | '\u{200B}');
            assert!(!text.contains(bad), "{text:?}");
        }
    }
}

#[tokio::test]
async fn headers_of_the_message_can_not_be_set() {
    let server = Server::start(|_| Reply::xml(200, "<vms/>")).await;
    let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
    for name in ["Content-Length", "transfer-encoding", "Host", "Connection", "TE", "Upgrade"] {
        let problem = format!("`{name}` can't be set as a header; the HTTP client sets it");
        let request = connection.raw(Method::Post, "vms").header(name, "1").body("<vm/>");
        let error = request.send().await.unwrap_err();
        assert!(error.is_invalid_request() && error.to_string().contains(&problem), "{error}");
        let typed = connection.system().vms().list().header(name, "1").send().await.unwrap_err();
        assert!(typed.is_invalid_request(), "{typed}");
        let options: ConnectionBuilder = builder(&server).credentials(Credentials::token("t")).header(name, "1");
        assert_eq!(options.build().unwrap_err().problems().collect::<Vec<_>>(), [("header", problem.as_str())]);
        let policy = builder(&server).credentials(Credentials::token("t"));
        let policy = policy.policy(ovirt_sdk::pipeline::Position::Wire, SetHeader(name));
        assert!(policy.build().unwrap().test().await.unwrap_err().is_invalid_request());
    }
    assert_eq!(server.asked().len(), 0);
}

/// Adds a header to every request.
struct SetHeader(&'static str);

impl ovirt_sdk::pipeline::Policy for SetHeader {
    fn handle<'a>(
        &'a self,
        mut request: ovirt_sdk::http::Request,
        next: ovirt_sdk::pipeline::Next<'a>,
    ) -> ovirt_sdk::http::BoxFuture<'a, Result<ovirt_sdk::http::Response, Error>> {
        request.headers_mut().set(self.0, "1");
        next.run(request)
    }
}

/// Reports of errors print the text and then all sources.
#[tokio::test]
async fn sources_do_not_repeat_the_text() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/ovirt-engine/api/vms/1" => Reply::xml(200, "<vm><memory>lots</memory></vm>"),
        "/ovirt-engine/api/vms/2" => Reply::gone(),
        _ => Reply::empty(500),
    })
    .await;
    let connection = builder(&server).credentials(Credentials::token("t")).retry(RetryPolicy::none()).build().unwrap();
    let vms = connection.system().vms();
    let login = builder(&server).retry(RetryPolicy::none()).build().unwrap();
    for error in [
        vms.vm("1").get().send().await.unwrap_err(),
        vms.vm("2").get().send().await.unwrap_err(),
        vms.vm("3").get().send().await.unwrap_err(),
        login.test().await.unwrap_err(),
    ] {
        let text = error.to_string();
        let mut next = error.source();
        while let Some(cause) = next {
            assert!(!text.contains(&cause.to_string()), "{text}: {cause}");
            next = cause.source();
        }
    }
    // The causes are still there for programs.
    let custom = Error::custom(std::io::Error::other("no disk"));
    assert_eq!(custom.downcast_ref::<std::io::Error>().unwrap().to_string(), "no disk");
    let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
    let error = Error::transport(ovirt_sdk::TransportErrorKind::Connect, refused);
    assert!(error.source().is_none() && error.downcast_ref::<std::io::Error>().is_some());
}
