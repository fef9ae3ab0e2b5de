//! Spans and events emitted through `tracing`.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ovirt_sdk::Credentials;
use ovirt_sdk::http::Method;
use ovirt_sdk::pipeline::RetryPolicy;
use tracing::field::{Field, Visit};
use tracing::{Level, Metadata, Subscriber, span};

use crate::support::{Engine, PASSWORD, Reply, Server, USER, builder};

/// Formats fields as text.
#[derive(Default)]
struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, "{field}={value:?} ");
    }
}

#[derive(Default)]
pub(crate) struct Log {
    /// Span names with all their fields.
    pub(crate) spans: Vec<String>,
    /// Event levels with their fields.
    pub(crate) events: Vec<String>,
}

/// A subscriber that records spans and events of a target up to a level.
#[derive(Clone)]
pub(crate) struct Capture(Level, Arc<Mutex<Log>>, &'static str);

impl Capture {
    fn up_to(level: Level) -> Self {
        Self(level, Arc::default(), "ovirt_sdk")
    }

    pub(crate) fn target(target: &'static str) -> Self {
        Self(Level::TRACE, Arc::default(), target)
    }

    /// Records everything of the SDK, including the commands for `curl`.
    pub(crate) fn everything() -> Self {
        Self::target("")
    }

    /// Records what the current thread logs until the guard is dropped.
    pub(crate) fn start(&self) -> impl Sized + use<> {
        // With a single subscriber, `tracing` caches the interest of the first thread that reaches a callsite. That can
        // be the thread of another test, which has no subscriber.
        let second = tracing::Dispatch::new(Self::up_to(Level::TRACE));
        (second, tracing::subscriber::set_default(self.clone()))
    }

    pub(crate) fn take(&self) -> Log {
        std::mem::take(&mut *self.1.lock().unwrap())
    }

    /// All spans and events.
    pub(crate) fn text(&self) -> String {
        let log = self.1.lock().unwrap();
        format!("{}\n{}\n", log.spans.join("\n"), log.events.join("\n"))
    }
}

impl Subscriber for Capture {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.0
            && match self.2 {
                "" => metadata.target().starts_with("ovirt_sdk"),
                target => metadata.target() == target,
            }
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        let mut fields = Fields(format!("{} ", attributes.metadata().name()));
        attributes.record(&mut fields);
        let mut log = self.1.lock().unwrap();
        log.spans.push(fields.0);
        span::Id::from_u64(log.spans.len() as u64)
    }

    fn record(&self, id: &span::Id, values: &span::Record<'_>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        let index = usize::try_from(id.into_u64()).unwrap() - 1;
        self.1.lock().unwrap().spans[index].push_str(&fields.0);
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = Fields(format!("{} ", event.metadata().level()));
        event.record(&mut fields);
        self.1.lock().unwrap().events.push(fields.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// Runs a session; returns its spans and events up to a level.
async fn session(level: Level) -> Log {
    let engine = Engine::new();
    let server = Server::start(engine.handler(|asked| {
        match asked.method.as_str() {
            "POST" => Reply::xml(201, "<host id=\"7\"><root_password>host-secret</root_password></host>")
                .header("Correlation-Id", "cut-by-the-engine"),
            _ => Reply::html(401, "Error"),
        }
    }))
    .await;
    let connection = builder(&server).build().unwrap();
    let capture = Capture::up_to(level);
    let guard = capture.start();
    let host = "<host><name>node1</name><root_password>host-secret</root_password></host>";
    let request = connection.raw(Method::Post, "hosts").correlation_id("my-id").query("force", "true").body(host);
    request.send().await.unwrap();
    connection.raw(Method::Get, "hosts").send().await.unwrap_err();
    connection.close().await.unwrap();
    let wrong = builder(&server).credentials(Credentials::password(USER, "wrong-password")).build().unwrap();
    wrong.test().await.unwrap_err();
    drop(guard);
    capture.take()
}

#[tokio::test]
async fn each_attempt_is_a_span_with_its_request_and_status() {
    let log = session(Level::INFO).await;
    assert!(log.events.is_empty(), "{:?}", log.events);
    let begins = |begin: &str| log.spans.iter().find(|span| span.starts_with(begin));
    let span = begins(r#"request method="POST" path="/ovirt-engine/api/hosts" attempt=1 correlation_id="my-id" "#);
    let span = span.unwrap_or_else(|| panic!("{:?}", log.spans));
    let rest = span.split_once(r#"correlation_id="my-id" "#).unwrap().1;
    let (host, rest) = rest.split_once(r#" query="force=true" duration_ms="#).unwrap_or_else(|| panic!("{rest}"));
    assert!(host.starts_with("host=\"localhost:"), "{host}");
    let duration = rest.split(' ').next().unwrap();
    assert!(duration.parse::<u64>().unwrap() < 60_000);
    // The correlation ID of the engine replaces the one of the request.
    assert!(rest.ends_with(r#" status=201 bytes=62 correlation_id="cut-by-the-engine" "#), "{rest}");
    let login = begins(r#"request method="POST" path="/ovirt-engine/sso/oauth/token" attempt=1 correlation_id=""#);
    assert!(login.is_some_and(|login| login.contains("status=200")), "{:?}", log.spans);
    let refused = begins(r#"request method="GET" path="/ovirt-engine/api/hosts" attempt=1"#);
    assert!(refused.is_some_and(|refused| refused.contains("status=401")), "{:?}", log.spans);
}

#[tokio::test]
async fn logs_contain_no_secrets() {
    let log = session(Level::TRACE).await;
    let log = format!("{}\n{}", log.spans.join("\n"), log.events.join("\n"));
    for wanted in [
        "DEBUG message=completed status=201 duration_ms=",
        "DEBUG message=logging in credentials=\"password\"",
        "TRACE message=sending body=\"<host><name>node1</name><root_password>***</root_password></host>\"",
        "TRACE message=received body=\"<host id=\\\"7\\\"><root_password>***</root_password></host>\"",
    ] {
        assert!(log.contains(wanted), "`{wanted}` is missing in\n{log}");
    }
    let form = PASSWORD.replace('&', "%26").replace(' ', "+").replace('!', "%21");
    for secret in ["token-1", "token-2", "host-secret", PASSWORD, &form, "wrong-password"] {
        assert!(!log.contains(secret), "`{secret}` is in\n{log}");
    }
}

#[tokio::test]
async fn bodies_are_logged_only_at_trace_level() {
    let log = session(Level::DEBUG).await;
    assert!(log.events.iter().any(|event| event.contains("completed")), "{:?}", log.events);
    assert!(log.events.iter().all(|event| !event.contains("body") && !event.contains("node1")), "{:?}", log.events);
}

#[tokio::test]
async fn long_bodies_are_truncated_and_failures_and_retries_are_logged() {
    let server = Server::start(|asked| match asked.method.as_str() {
        "GET" => Reply::html(503, "Down"),
        "PUT" => Reply::gone(),
        _ => Reply::new(200, "text/plain", "what nobody knows"),
    })
    .await;
    let retry = RetryPolicy::new().attempts(2).first_delay(Duration::from_millis(1));
    let connection = builder(&server).credentials(Credentials::token("t")).retry(retry).build().unwrap();
    let capture = Capture::up_to(Level::TRACE);
    let guard = capture.start();
    let body = format!("<vm><comment>{}END</comment></vm>", "x".repeat(20_000));
    connection.raw(Method::Post, "vms").body(body.clone()).send().await.unwrap();
    connection.raw(Method::Get, "vms").send().await.unwrap_err();
    connection.raw(Method::Put, "vms").query("password", "hunter2").send().await.unwrap_err();
    drop(guard);
    let log = capture.take();
    let (spans, events) = (log.spans.join("\n"), log.events.join("\n"));
    assert!(events.contains(&format!("xxx… ({} bytes)", body.len())) && !events.contains("END"), "{events}");
    assert!(events.contains("message=received body=\"(17 bytes)\""), "{events}");
    assert!(events.contains("DEBUG message=failed error="), "{events}");
    assert!(events.contains("DEBUG message=retrying after a transient failure attempt=1 "), "{events}");
    assert!(spans.contains("attempt=1 ") && spans.contains("attempt=2 "), "{spans}");
    assert!(!format!("{spans}{events}").contains("hunter2"), "{spans}\n{events}");
}

#[tokio::test]
async fn credentials_repeated_in_responses_are_not_logged() {
    let server = Server::start(|asked| {
        Reply::xml(200, format!("<vms><vm><comment>{}</comment></vm></vms>", asked.header("authorization")))
    })
    .await;
    let connection = builder(&server).credentials(Credentials::token("brought-token")).build().unwrap();
    let capture = Capture::up_to(Level::TRACE);
    let guard = capture.start();
    let answer = connection.raw(Method::Get, "vms").send().await.unwrap();
    drop(guard);
    let log = capture.take();
    assert!(log.events.iter().any(|event| event.contains("<comment>Bearer ***</comment>")), "{:?}", log.events);
    assert!(answer.text().contains("brought-token"), "what comes is not changed");
}

#[test]
fn searches_for_unknown_fields_are_logged() {
    let connection = ovirt_sdk::Connection::builder("https://engine.example.com/ovirt-engine/api")
        .credentials(Credentials::password(USER, PASSWORD))
        .build()
        .unwrap();
    let vms = connection.system().vms();
    let capture = Capture::up_to(Level::WARN);
    let guard = capture.start();
    let _ = vms.list().search("nmae=web* and status=up and host.name=h1 sortby name");
    let _ = vms.list().search(ovirt_sdk::search::vm::NAME.eq("nmae=web"));
    // The engine doesn't say what it knows of these.
    let _ = connection.system().affinity_labels().list().query("search", "purple=up");
    drop(guard);
    let events = capture.take().events;
    assert_eq!(events.len(), 1, "{events:?}");
    assert!(events[0].contains("nmae") && !events[0].contains("host.name,"), "{events:?}");
}

#[test]
fn links_that_no_engine_follows_are_logged() {
    let connection = ovirt_sdk::Connection::builder("https://engine.example.com/ovirt-engine/api")
        .credentials(Credentials::password(USER, PASSWORD))
        .build()
        .unwrap();
    let vms = connection.system().vms();
    let capture = Capture::up_to(Level::WARN);
    let guard = capture.start();
    let _ = vms.list().follow("nics,disk_atachments.disk,cdroms.vm");
    let _ = vms.vm("1").get().follow("nics.vnic_profile.name");
    let _ = vms.list().follow("nics,host").follow(ovirt_sdk::types::Vm::NICS);
    drop(guard);
    let events = capture.take().events;
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(events[0].contains("will fail: disk_atachments of vm"), "{events:?}");
    assert!(events[1].contains("will fail: name of vnic_profile"), "{events:?}");
}
