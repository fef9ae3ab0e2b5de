//! Policies, custom transports, recordings and replays.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ovirt_sdk::credentials::{Authorization, CredentialProvider, LoginClient};
use ovirt_sdk::http::{Body, BoxFuture, Headers, Method, Request, Response};
use ovirt_sdk::pipeline::{Next, Policy, Position, RetryPolicy};
use ovirt_sdk::transport::{Recorder, Recording, Replayer, Transport};
use ovirt_sdk::{Connection, ConnectionBuilder, Credentials, Error, TransportErrorKind};

use crate::support::{Asked, Engine, PASSWORD, Reply, Server, USER, builder};

fn api(_: &Asked) -> Reply {
    Reply::xml(200, "<api/>")
}

type Notes = Arc<Mutex<Vec<String>>>;

/// Records requests and their results.
struct Note(&'static str, Notes);

impl Policy for Note {
    fn handle<'a>(&'a self, request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
        Box::pin(async move {
            let secret = request.headers().get("authorization").is_some();
            let path = request.path().trim_start_matches("/ovirt-engine").to_owned();
            let begin = format!(
                "{} {} {path} {}{}",
                self.0,
                request.method(),
                request.attempt(),
                if secret { " authorized" } else { "" }
            );
            self.1.lock().unwrap().push(begin);
            let outcome = next.run(request).await;
            let end = outcome.as_ref().map_or_else(|error| error.to_string(), |response| response.status().to_string());
            self.1.lock().unwrap().push(format!("{} {end}", self.0));
            outcome
        })
    }
}

#[tokio::test]
async fn policies_run_at_their_positions() {
    let engine = Engine::new();
    let first = std::sync::atomic::AtomicBool::new(true);
    let server = Server::start(engine.handler(move |asked| {
        let down = first.swap(false, std::sync::atomic::Ordering::SeqCst);
        if down { Reply::html(503, "Down") } else { api(asked) }
    }))
    .await;
    let notes = Notes::default();
    let connection = builder(&server)
        .policy(Position::Wire, Note("wire", notes.clone()))
        .policy(Position::Call, Note("call", notes.clone()))
        .policy(Position::Attempt, Note("attempt", notes.clone()))
        .policy(Position::Call, Note("call too", notes.clone()))
        .build()
        .unwrap();
    connection.test().await.unwrap();
    assert_eq!(
        *notes.lock().unwrap(),
        [
            "call GET /api 1",
            "call too GET /api 1",
            "attempt GET /api 1",
            "wire POST /sso/oauth/token 1",
            "wire 200",
            "wire GET /api 1 authorized",
            "wire 503",
            "attempt 503",
            "attempt GET /api 2",
            "wire GET /api 2 authorized",
            "wire 200",
            "attempt 200",
            "call too 200",
            "call 200",
        ]
    );
}

#[tokio::test]
async fn policies_see_which_request_a_failed_login_belongs_to() {
    let server = Server::start(|_| Reply::html(401, "Error")).await;
    let notes = Notes::default();
    let builder = builder(&server).policy(Position::Attempt, Note("attempt", notes.clone()));
    builder.build().unwrap().test().await.unwrap_err();
    let notes = notes.lock().unwrap();
    assert!(notes[1].starts_with("attempt GET /ovirt-engine/api: login rejected: "), "{notes:?}");
}

/// Changes requests and responses.
struct Change;

impl Policy for Change {
    fn handle<'a>(&'a self, mut request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
        Box::pin(async move {
            if request.method() == Method::Delete {
                return Err(Error::custom("nothing is removed on Fridays"));
            }
            request.headers_mut().set("X-Changed", "yes");
            request.add_query("current", "true");
            let mut response = next.run(request).await?;
            response.set_body(b"<changed/>".to_vec());
            Ok(response)
        })
    }
}

#[tokio::test]
async fn policies_can_change_and_reject_requests() {
    let server = Server::start(api).await;
    let connection =
        builder(&server).credentials(Credentials::token("t")).policy(Position::Call, Change).build().unwrap();
    assert_eq!(connection.raw(Method::Get, "vms").send().await.unwrap().text(), "<changed/>");
    assert_eq!((server.last().header("x-changed"), server.last().query.as_str()), ("yes", "current=true"));
    let error = connection.raw(Method::Delete, "vms/1").send().await.unwrap_err();
    assert_eq!(error.to_string(), "nothing is removed on Fridays");
    assert_eq!(server.asked().len(), 1);
}

/// A transport that returns prepared responses.
struct Canned(Mutex<Vec<Result<u16, TransportErrorKind>>>);

impl Transport for Canned {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            assert_eq!(request.headers().get("authorization"), Some("Bearer t"));
            let next = self.0.lock().unwrap().pop().unwrap();
            let status = next.map_err(|kind| Error::transport(kind, "canned"))?;
            Ok(Response::new(status, Headers::new(), Body::from(b"<api/>".to_vec())))
        })
    }
}

fn canned(answers: impl IntoIterator<Item = Result<u16, TransportErrorKind>>) -> ConnectionBuilder {
    let mut answers: Vec<_> = answers.into_iter().collect();
    answers.reverse();
    Connection::builder("https://engine.example.com/ovirt-engine/api")
        .credentials(Credentials::token("t"))
        .transport(Canned(Mutex::new(answers)))
}

/// The clock is paused, so minutes of retries take no real time.
#[tokio::test(start_paused = true)]
async fn delays_between_retries_grow_up_to_the_deadline() {
    let began = tokio::time::Instant::now();
    let kinds = [TransportErrorKind::Connect, TransportErrorKind::Timeout, TransportErrorKind::Broken];
    let connection = canned(kinds.map(Err).into_iter().chain([Ok(200)])).build().unwrap();
    connection.test().await.unwrap();
    let waited = began.elapsed().as_millis();
    assert!((700..=1410).contains(&waited), "{waited}");

    let began = tokio::time::Instant::now();
    let retry = RetryPolicy::new().attempts(1000);
    let connection = canned(std::iter::repeat_n(Ok(503), 1000)).retry(retry).build().unwrap();
    let error = connection.test().await.unwrap_err();
    assert!(began.elapsed().as_secs() <= 120 && began.elapsed().as_secs() >= 105, "{:?}", began.elapsed());
    assert!((14..40).contains(&error.attempts().unwrap()), "{error}");

    let mut waits = std::collections::HashSet::new();
    for _ in 0..10 {
        let began = tokio::time::Instant::now();
        canned([Ok(503), Ok(200)]).build().unwrap().test().await.unwrap();
        waits.insert(began.elapsed().as_millis());
    }
    assert!(waits.len() > 1, "all wait for {waits:?} ms, and come back at once");

    for kind in [TransportErrorKind::Certificate, TransportErrorKind::Other] {
        let connection = canned([Err(kind)]).build().unwrap();
        assert_eq!(connection.test().await.unwrap_err().attempts(), Some(1));
    }
}

#[tokio::test(start_paused = true)]
async fn each_retry_setting_takes_effect() {
    let seconds = Duration::from_secs;
    let run = async |retry: RetryPolicy, bad: usize| {
        let began = tokio::time::Instant::now();
        let answers = std::iter::repeat_n(Ok(503), bad).chain([Ok(200)]);
        let connection = canned(answers).timeout(seconds(7200)).retry(retry).build().unwrap();
        let attempts = connection.test().await.err().and_then(|error| error.attempts());
        (attempts, began.elapsed())
    };
    let slow = RetryPolicy::new().first_delay(seconds(4));
    let (attempts, time) = run(slow.clone(), 2).await;
    assert!(attempts.is_none() && (seconds(6)..=seconds(12)).contains(&time), "{time:?}");
    let (attempts, time) = run(slow.clone().longest_delay(seconds(1)), 2).await;
    assert!(attempts.is_none() && (seconds(1)..=seconds(2)).contains(&time), "{time:?}");
    assert_eq!(run(slow.clone().attempts(2), 9).await.0, Some(2));
    let steady = RetryPolicy::new().attempts(1000).first_delay(seconds(1)).longest_delay(seconds(1));
    let (attempts, time) = run(steady.deadline(seconds(5)), 999).await;
    assert!(
        (5..=10).contains(&attempts.unwrap()) && (seconds(3)..=seconds(5)).contains(&time),
        "{attempts:?} {time:?}"
    );
    // The default longest delay is ten seconds.
    let (attempts, _) = run(RetryPolicy::new().attempts(1000).deadline(seconds(3600)), 999).await;
    assert!((360..=730).contains(&attempts.unwrap()), "{attempts:?}");
    let (attempts, time) = run(RetryPolicy::none(), 9).await;
    assert_eq!((attempts, time), (Some(1), Duration::ZERO));
}

/// Responds to the first request with 429 and `Retry-After`.
struct Busy(&'static str, AtomicBool);

impl Transport for Busy {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let (status, headers) = match self.1.swap(false, Ordering::SeqCst) {
            true => (429, Headers::from_iter([("Retry-After", self.0)])),
            false => (200, Headers::new()),
        };
        Box::pin(async move { Ok(Response::new(status, headers, b"<api/>".to_vec())) })
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_respected() {
    for (asked, least, most) in [("7", 7_000, 7_010), ("Wed, 21 Oct 2015 07:28:00 GMT", 100, 210)] {
        let began = tokio::time::Instant::now();
        let connection = Connection::builder("https://engine.example.com/ovirt-engine/api")
            .credentials(Credentials::token("t"))
            .transport(Busy(asked, AtomicBool::new(true)))
            .build()
            .unwrap();
        connection.test().await.unwrap();
        let waited = began.elapsed().as_millis();
        assert!((least..=most).contains(&waited), "{asked}: {waited} ms");
    }
    // Longer than the longest delay.
    let began = tokio::time::Instant::now();
    let connection = Connection::builder("https://engine.example.com/ovirt-engine/api")
        .credentials(Credentials::token("t"))
        .transport(Busy("11", AtomicBool::new(true)))
        .build()
        .unwrap();
    assert_eq!(connection.test().await.unwrap_err().attempts(), Some(1));
    assert!(began.elapsed().is_zero());
}

#[tokio::test]
async fn a_recording_has_no_secrets_and_can_be_replayed() {
    let engine = Engine::new();
    let server = Server::start(engine.handler(|asked| match asked.path.rsplit('/').next() {
        Some("ticket") => Reply::xml(200, "<action><ticket><value>console-secret</value></ticket></action>"),
        Some("vms") => Reply::xml(200, "<vms>\n  <vm id=\"1\"><name>web1</name></vm>\n</vms>\n"),
        _ => Reply::xml(201, "<host><root_password>host-secret</root_password><name>h</name></host>"),
    }))
    .await;
    let recorder = Recorder::new();
    let connection = builder(&server).header("Cookie", "a=cookie-secret").record(&recorder).build().unwrap();
    let session = async |connection: &Connection| {
        let vms = connection.raw(Method::Get, "vms").query("search", "name=web*").send().await.unwrap();
        let host = "<host><name>h</name><root_password>host-secret</root_password></host>";
        connection.raw(Method::Post, "hosts").body(host).send().await.unwrap();
        let ticket = connection.raw(Method::Post, "vms/1/graphicsconsoles/2/ticket").body("<action/>");
        let ticket = ticket.send().await.unwrap();
        let again = connection.raw(Method::Get, "vms").query("search", "name=web*").send().await.unwrap();
        connection.close().await.unwrap();
        assert_eq!(again.text(), vms.text());
        (vms.text(), ticket.text())
    };
    let (vms, _) = session(&connection).await;

    let text = recorder.recording().to_string();
    let form = PASSWORD.replace('&', "%26").replace(' ', "+").replace('!', "%21");
    for secret in ["token-1", "console-secret", "host-secret", "cookie-secret", PASSWORD, &form] {
        assert!(!text.contains(secret), "`{secret}` is in\n{text}");
    }
    assert!(text.contains("> GET /ovirt-engine/api/vms?search=name%3Dweb*\n"), "{text}");
    assert!(text.contains("<root_password>***</root_password>"), "{text}");
    let login = "= grant_type=password&scope=ovirt-app-api&username=admin%40internal&password=***\n";
    assert!(text.contains(login), "{text}");
    assert!(text.contains(r#""access_token":"***","scope":"ovirt-app-api""#), "{text}");

    let recording: Recording = text.parse().unwrap();
    assert_eq!((recording.len(), &recording), (6, &recorder.recording()));
    let replayed = Connection::builder("https://nowhere.example.com/ovirt-engine/api")
        .credentials(Credentials::password(USER, "any"))
        .transport(Replayer::new(recording))
        .build()
        .unwrap();
    let (again, ticket) = session(&replayed).await;
    assert_eq!(again, vms);
    assert_eq!(ticket, "<action><ticket><value>***</value></ticket></action>");

    let replayer = Replayer::new(recorder.recording());
    let builder = Connection::builder("https://nowhere.example.com/ovirt-engine/api").transport(replayer);
    let stranger = builder.credentials(Credentials::token("t")).build().unwrap();
    let error = stranger.raw(Method::Get, "clusters").correlation_id("my-id").send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "GET /ovirt-engine/api/clusters: the request can't be sent: `GET /ovirt-engine/api/clusters` is not in the \
         recording (correlation id my-id)"
    );
}

#[tokio::test]
async fn recordings_contain_no_credentials() {
    const COOKIE: &str = "JSESSIONID=session-secret; Path=/ovirt-engine/api; Secure; HttpOnly";
    // `USER:PASSWORD` in Base64.
    const BASIC: &str = "YWRtaW5AaW50ZXJuYWw6cGEmc3MgdzByZCE=";
    let server = Server::start(|asked| {
        let sent = format!("<vm><comment>{} {}</comment></vm>", asked.header("authorization"), asked.header("cookie"));
        Reply::xml(200, sent).header("Set-Cookie", COOKIE)
    })
    .await;
    for (credentials, other) in [
        // For these credentials, `brought-token` is not a secret.
        (Credentials::session(USER, PASSWORD), "like=brought-token"),
        (Credentials::basic(USER, PASSWORD), "like=brought-token"),
        (Credentials::token("brought-token"), "nothing"),
    ] {
        let recorder = Recorder::new();
        let connection = builder(&server).credentials(credentials).record(&recorder).build().unwrap();
        // Secrets repeated by the server are hidden as well.
        connection.raw(Method::Get, "vms/1").query("like", "brought-token").send().await.unwrap();
        connection.close().await.unwrap();
        let text = recorder.recording().to_string();
        assert!(text.contains("> GET /ovirt-engine/api/vms/1?like="), "{text}");
        let text = text.replace(other, "");
        for secret in ["session-secret", BASIC, PASSWORD, "brought-token"] {
            assert!(!text.contains(secret), "`{secret}` is in\n{text}");
        }
    }
}

#[tokio::test]
async fn headers_of_credentials_are_secret_whatever_their_names() {
    let headers =
        [("Authorization", "a"), ("proxy-authorization", "p"), ("Cookie", "c"), ("SET-COOKIE", "s"), ("X", "x")];
    let shown = format!("{:?}", Headers::from_iter(headers));
    assert_eq!(
        shown,
        r#"{"Authorization": "***", "proxy-authorization": "***", "Cookie": "***", "SET-COOKIE": "***", "X": "x"}"#
    );
    let server = Server::start(|_| Reply::xml(200, "<api/>").header("Set-Cookie", "a=server-secret")).await;
    let recorder = Recorder::new();
    let builder = builder(&server).credentials(Credentials::token("t")).record(&recorder);
    let connection = builder.header("Proxy-Authorization", "Basic proxy-secret").build().unwrap();
    let response = connection.raw(Method::Get, "vms").header("Cookie", "a=user-secret").send().await.unwrap();
    assert_eq!(response.headers().get("set-cookie"), Some("a=server-secret"));
    let (recording, response) = (recorder.recording().to_string(), format!("{response:?}"));
    assert!(!recording.contains("secret"), "{recording}");
    assert!(!response.contains("secret") && !response.contains("<api/>"), "{response}");
}

#[tokio::test]
async fn a_replay_matches_methods_and_paths_and_keeps_the_order() {
    let recording: Recording = "ovirt-sdk recording 1\n\n> GET /ovirt-engine/api/vms\n< 404\n= <fault><reason>gone\
        </reason></fault>\n\n> GET /ovirt-engine/api/hosts\n< 200\n= <first/>\n\n> GET /ovirt-engine/api/hosts\n< 200\n\
        = <second/>\n\n> DELETE /ovirt-engine/api/vms\n< 202\n"
        .parse()
        .unwrap();
    let connection = Connection::builder("https://nowhere.example.com/ovirt-engine/api")
        .credentials(Credentials::token("t"))
        .transport(Replayer::new(recording))
        .build()
        .unwrap();
    let send = async |method, path: &str| connection.raw(method, path).send().await;
    assert!(send(Method::Get, "vms").await.unwrap_err().is_not_found());
    assert_eq!(send(Method::Delete, "vms").await.unwrap().status(), 202);
    for answer in ["<first/>", "<second/>", "<second/>"] {
        assert_eq!(send(Method::Get, "hosts").await.unwrap().text(), answer);
    }
    for (method, path) in [(Method::Post, "vms"), (Method::Get, "vms/1")] {
        assert!(send(method, path).await.unwrap_err().to_string().contains("is not in the recording"));
    }
}

#[tokio::test]
async fn hooks_can_be_shared() {
    struct Counter(AtomicUsize);

    impl Policy for Counter {
        fn handle<'a>(&'a self, request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
            self.0.fetch_add(1, Ordering::SeqCst);
            next.run(request)
        }
    }

    impl Transport for Counter {
        fn send(&self, _: Request) -> BoxFuture<'_, Result<Response, Error>> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Box::pin(async { Ok(Response::new(200, Headers::new(), b"<vms/>".to_vec())) })
        }
    }

    impl CredentialProvider for Counter {
        fn name(&self) -> &'static str {
            "counter"
        }

        fn log_in<'a>(&'a self, _: &'a LoginClient) -> BoxFuture<'a, Result<Authorization, Error>> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Box::pin(async { Ok(Authorization::bearer("t")) })
        }
    }

    let counters: [Arc<Counter>; 3] = std::array::from_fn(|_| Arc::new(Counter(AtomicUsize::new(0))));
    let [policy, transport, provider] = &counters;
    let erased: Arc<dyn Policy> = Arc::clone(policy) as _;
    for _ in 0..2 {
        let connection = Connection::builder("https://engine.example.com/ovirt-engine/api")
            .credentials(Credentials::provider(Arc::clone(provider)))
            .policy(Position::Call, Arc::clone(&erased))
            .transport(Arc::clone(transport))
            .build()
            .unwrap();
        assert!(connection.system().vms().list().send().await.unwrap().is_empty());
    }
    assert_eq!(counters.each_ref().map(|counter| counter.0.load(Ordering::SeqCst)), [2, 2, 2]);
}

#[tokio::test]
async fn errors_of_hooks_can_be_downcast() {
    #[derive(Debug, PartialEq)]
    struct Friday(u32);

    impl std::fmt::Display for Friday {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "nothing is done on Friday {}", self.0)
        }
    }

    impl std::error::Error for Friday {}

    impl Policy for Friday {
        fn handle<'a>(&'a self, _: Request, _: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
            Box::pin(async { Err(Error::custom(Friday(13))) })
        }
    }

    impl CredentialProvider for Friday {
        fn name(&self) -> &'static str {
            "weekdays"
        }

        fn log_in<'a>(&'a self, _: &'a LoginClient) -> BoxFuture<'a, Result<Authorization, Error>> {
            Box::pin(async { Err(Error::custom(Friday(14))) })
        }
    }

    let server = Server::start(api).await;
    let refuses = builder(&server).credentials(Credentials::token("t")).policy(Position::Call, Friday(0));
    let error = refuses.build().unwrap().test().await.unwrap_err();
    assert_eq!(error.downcast_ref(), Some(&Friday(13)));
    let knows_nobody = builder(&server).credentials(Credentials::provider(Friday(0)));
    let error = knows_nobody.build().unwrap().test().await.unwrap_err();
    assert_eq!(error.downcast_ref(), Some(&Friday(14)));
    assert!(error.downcast_ref::<std::fmt::Error>().is_none());
}

#[test]
fn errors_about_invalid_recordings_name_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("engine.txt");
    let told = || Recording::load(&path).unwrap_err().to_string();
    let shown = path.display();
    assert!(told().starts_with(&format!("can't read the recording `{shown}`: ")), "{}", told());
    std::fs::write(&path, "ovirt-sdk recording 1\n> GETTY /\n").unwrap();
    assert_eq!(told(), format!("`{shown}`, line 2 of the recording: expected a method and a path"));
    let nowhere = folder.path().join("nowhere").join("engine.txt");
    let error = Recording::default().save(&nowhere).unwrap_err().to_string();
    assert!(error.starts_with(&format!("can't write the recording `{}`: ", nowhere.display())), "{error}");
}

#[tokio::test]
async fn a_session_can_be_replayed() {
    let server = Server::start(|asked| match asked.path.ends_with("/vms") {
        true => Reply::xml(200, "<vms><vm id=\"1\"/></vms>"),
        false => api(asked).header("Set-Cookie", "JSESSIONID=session-secret; Path=/ovirt-engine/api; Secure"),
    })
    .await;
    let recorder = Recorder::new();
    let recorded = builder(&server).credentials(Credentials::session(USER, PASSWORD)).record(&recorder);
    let session = async |connection: Connection| {
        let vms = connection.system().vms().list().send().await.unwrap();
        connection.close().await.unwrap();
        vms
    };
    let vms = session(recorded.build().unwrap()).await;
    let recording = recorder.recording();
    assert!(!recording.to_string().contains("session-secret"), "{recording}");
    let replayed = Connection::builder("https://nowhere.example.com/ovirt-engine/api")
        .credentials(Credentials::session(USER, "any"))
        .transport(Replayer::new(recording));
    assert_eq!(session(replayed.build().unwrap()).await, vms);
}
