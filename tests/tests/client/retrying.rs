//! What is retried, when, and what is known afterwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ovirt_sdk::http::Method;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::{Connection, Credentials, Error};

use crate::support::{Asked, Authority, Engine, PASSWORD, Reply, Server, USER, builder, fast_retry, free_port};

/// A connection to a port on which nothing listens.
fn to_nowhere(port: u16) -> ovirt_sdk::ConnectionBuilder {
    Connection::builder(format!("https://localhost:{port}/ovirt-engine/api")).no_proxy().retry(fast_retry())
}

async fn post(connection: &Connection) -> Result<String, Error> {
    connection.raw(Method::Post, "vms").body("<vm/>").send().await.map(|response| response.text())
}

#[tokio::test]
async fn requests_that_were_never_sent_are_retried() {
    let refused = to_nowhere(free_port()).credentials(Credentials::token("t")).build().unwrap();
    let error = post(&refused).await.unwrap_err();
    assert_eq!((error.attempts(), error.outcome_unknown()), (Some(5), false));
    assert!(!error.to_string().contains("outcome"), "{error}");

    let refused = to_nowhere(free_port()).credentials(Credentials::password(USER, PASSWORD)).build().unwrap();
    let error = post(&refused).await.unwrap_err();
    assert_eq!((error.attempts(), error.outcome_unknown()), (Some(5), false));
}

#[tokio::test]
async fn the_outcome_of_a_lost_response_is_unknown() {
    let hint = "\nHint: the outcome is unknown: the engine may have completed the request; check the objects, or the \
        events with the correlation id, before you repeat it";
    let lost = [
        Reply::gone(),
        Reply::xml(201, "<vm id='1'/>").cut_after(5),
        Reply::never(),
        Reply::xml(201, "<vm id='1'/>").stuck_after(5),
        Reply::html(502, "Proxy Error"),
        Reply::html(504, "Gateway Timeout"),
    ];
    for reply in lost {
        let server = Server::start(move |_| reply.clone()).await;
        let builder = builder(&server).credentials(Credentials::token("t")).timeout(Duration::from_millis(300));
        let connection = builder.build().unwrap();
        let error = post(&connection).await.unwrap_err();
        assert!(error.outcome_unknown() && error.to_string().ends_with(hint), "{error}");
        assert_eq!((error.attempts(), server.asked().len()), (Some(1), 1), "{error}");
        let vm = connection.system().vms().vm("1");
        assert!(vm.start().send().await.unwrap_err().outcome_unknown());
        assert!(vm.remove().send().await.unwrap_err().outcome_unknown());
        let read = vm.get().send().await.unwrap_err();
        assert!(!read.outcome_unknown() && !read.to_string().contains("outcome"), "{read}");
    }
}

#[tokio::test]
async fn the_outcome_of_an_answered_request_is_known() {
    let replies = [
        Reply::xml(409, "<fault><detail>[Cannot run VM: VM is locked.]</detail></fault>"),
        Reply::html(503, "Down"),
        Reply::empty(404),
        Reply::empty(500),
        Reply::html(401, "Error"),
    ];
    for reply in replies {
        let server = Server::start(move |_| reply.clone()).await;
        let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
        let error = post(&connection).await.unwrap_err();
        assert!(!error.outcome_unknown() && !error.to_string().contains("outcome"), "{error}");
    }
    // The engine rejected the token and did not run the request; then the login failed.
    let server = Server::start(|asked| match asked.is_login() {
        true => Reply::json(200, r#"{"access_token":"t"}"#),
        false => Reply::html(401, "Error"),
    })
    .await;
    let error = post(&builder(&server).build().unwrap()).await.unwrap_err();
    assert!(error.is_auth() && !error.outcome_unknown(), "{error}");
    // An unreadable response is a response.
    let server = Server::start(|_| Reply::xml(201, "<host/>")).await;
    let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
    let vms = connection.system().vms();
    assert!(!vms.add(ovirt_sdk::types::Vm::new()).send().await.unwrap_err().outcome_unknown());
}

#[tokio::test]
async fn a_definite_response_after_a_lost_one_counts() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let server = Server::start(move |_| match counted.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::gone(),
        _ => Reply::html(503, "Down"),
    })
    .await;
    let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
    let error = connection.raw(Method::Delete, "vms/1").send().await.unwrap_err();
    assert_eq!((error.attempts(), error.outcome_unknown()), (Some(5), false));
}

/// A server that sends `reply` to the first request of a kind.
async fn once(reply: Reply, is_meant: fn(&Asked) -> bool) -> (Server, Engine) {
    let engine = Engine::new();
    let (inner, count) = (engine.handler(|_| Reply::xml(200, "<api/>")), AtomicUsize::new(0));
    let server = Server::start(move |asked| match is_meant(asked) && count.fetch_add(1, Ordering::SeqCst) == 0 {
        true => reply.clone(),
        false => inner(asked),
    })
    .await;
    (server, engine)
}

fn in_seconds(seconds: u64) -> [(&'static str, String); 2] {
    let now = std::time::SystemTime::now();
    [("Date", http_date(now)), ("Retry-After", http_date(now + Duration::from_secs(seconds)))]
}

/// A date as in headers, of this year or a later one.
fn http_date(time: std::time::SystemTime) -> String {
    let seconds = time.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (mut year, mut day) = (1970, days);
    let leap = |year: u64| (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    while day >= 365 + u64::from(leap(year)) {
        day -= 365 + u64::from(leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while day >= lengths[month] {
        day -= lengths[month];
        month += 1;
    }
    let name = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month];
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][usize::try_from(days % 7).unwrap()];
    let (hour, minute, second) = (rest / 3600, rest % 3600 / 60, rest % 60);
    format!("{weekday}, {:02} {name} {year} {hour:02}:{minute:02}:{second:02} GMT", day + 1)
}

#[tokio::test]
async fn the_delay_that_a_server_requests_is_kept() {
    let is_list: fn(&Asked) -> bool = |asked| asked.path.ends_with("/vms");
    let is_login: fn(&Asked) -> bool = Asked::is_login;
    let patient = fast_retry().longest_delay(Duration::from_secs(5));
    for (headers, is_meant) in [
        (vec![("Retry-After", "1".to_owned())], is_list),
        (in_seconds(1).to_vec(), is_list),
        (vec![("Retry-After", "1".to_owned())], is_login),
        (in_seconds(1).to_vec(), is_login),
    ] {
        let reply = headers.iter().fold(Reply::html(503, "Down"), |reply, (name, value)| reply.header(name, value));
        let (server, _) = once(reply, is_meant).await;
        let connection = builder(&server).retry(patient.clone()).build().unwrap();
        let began = Instant::now();
        connection.raw(Method::Get, "vms").send().await.unwrap();
        let waited = began.elapsed();
        assert!((Duration::from_secs(1)..Duration::from_secs(5)).contains(&waited), "{headers:?}: {waited:?}");
    }
}

/// Delays beyond the longest one of the policy are not waited for, and the request is not repeated before.
#[tokio::test]
async fn a_longer_delay_than_allowed_ends_the_retries() {
    for value in ["3600", "99999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        for is_meant in [|asked: &Asked| asked.path.ends_with("/vms"), Asked::is_login] {
            let (server, _) = once(Reply::html(503, "Down").header("Retry-After", value), is_meant).await;
            let connection = builder(&server).build().unwrap();
            let error = connection.raw(Method::Get, "vms").send().await.unwrap_err();
            assert_eq!((error.status(), error.attempts()), (Some(503), Some(1)), "{value}: {error}");
        }
    }
}

/// While a server requests a pause, no request sends the password.
#[tokio::test]
async fn other_requests_wait_with_their_login_as_well() {
    let (server, engine) = once(Reply::html(429, "Slow down").header("Retry-After", "1"), Asked::is_login).await;
    let connection = builder(&server).retry(RetryPolicy::none()).build().unwrap();
    assert_eq!(connection.test().await.unwrap_err().status(), Some(429));
    for _ in 0..5 {
        let error = connection.test().await.unwrap_err();
        assert!(error.is_retryable() && !error.is_auth(), "{error}");
        assert!(error.to_string().contains("next attempt in 1 s, as the server requested"), "{error}");
    }
    assert_eq!(server.logins(), 1);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    connection.test().await.unwrap();
    assert_eq!((server.logins(), engine.issued()), (2, 1));
}

/// The phases of a restart: connections are refused, then accepted without a response, then all tokens are unknown.
#[tokio::test]
async fn requests_survive_the_restart_of_an_engine() {
    let (authority, port) = (Authority::new("tests"), free_port());
    let tls = authority.server(&["localhost"], None);
    let retry = RetryPolicy::new()
        .first_delay(Duration::from_millis(5))
        .longest_delay(Duration::from_millis(50))
        .deadline(Duration::from_secs(20))
        .answer_limit(Duration::from_millis(200));
    let connection = Connection::builder(format!("https://localhost:{port}/ovirt-engine/api"))
        .credentials(Credentials::password(USER, PASSWORD))
        .ca_pem(authority.pem())
        .no_proxy()
        .timeout(Duration::from_secs(30))
        .retry(retry)
        .build()
        .unwrap();
    let request = tokio::spawn(async move { connection.raw(Method::Get, "vms").send().await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (silent, rejected) = (AtomicUsize::new(2), AtomicUsize::new(1));
    let countdown =
        |left: &AtomicUsize| left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
    let server = Server::at(port, &authority, Some(tls), move |asked| match asked.is_login() {
        true => Reply::json(200, r#"{"access_token":"t"}"#),
        false if countdown(&silent) => Reply::never(),
        false if countdown(&rejected) => Reply::html(401, "Error"),
        false => Reply::xml(200, "<vms/>"),
    })
    .await;
    assert_eq!(request.await.unwrap().unwrap().text(), "<vms/>");
    assert_eq!((server.logins(), server.count("/vms")), (2, 4));
}

/// While an engine stops, it rejects any credentials.
#[tokio::test]
async fn the_rejection_of_an_engine_that_stops_is_transient() {
    let page = "<html><head><title>Error</title></head><body>server_error: Connection pool shut down</body></html>";
    let stopping = move || Reply::new(401, "text/html;charset=UTF-8", page);
    let every: [Credentials; 3] =
        [Credentials::basic(USER, PASSWORD), Credentials::session(USER, PASSWORD), Credentials::token("t")];
    for credentials in every {
        let count = AtomicUsize::new(0);
        let server = Server::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
            0..2 => stopping(),
            _ => Reply::xml(200, "<api/>").header("Set-Cookie", "JSESSIONID=s"),
        })
        .await;
        let connection = builder(&server).credentials(credentials.clone()).build().unwrap();
        connection.test().await.unwrap();

        let server = Server::start(move |_| stopping()).await;
        let connection = builder(&server).credentials(credentials).retry(RetryPolicy::none()).build().unwrap();
        let error = connection.test().await.unwrap_err();
        assert!(error.is_retryable() && !error.is_auth() && error.status() == Some(401), "{error}");
        assert!(error.to_string().contains("401 Unauthorized: server_error: Connection pool shut down"), "{error}");
    }
}

async fn logins_at_once(max: Option<usize>) -> (usize, usize) {
    let engine = Engine::slow(Duration::from_millis(20));
    let server = Server::start(engine.handler(|_| Reply::xml(200, "<api/>").after(Duration::from_millis(20)))).await;
    let connections = (0..20).map(|_| {
        let builder = builder(&server);
        let builder = max.map_or_else(|| self::builder(&server), |max| builder.max_logins(max));
        let connection = builder.build().unwrap();
        tokio::spawn(async move { connection.test().await })
    });
    for connection in connections.collect::<Vec<_>>() {
        connection.await.unwrap().unwrap();
    }
    assert_eq!((engine.issued(), server.asked().len()), (20, 40));
    (server.most_at_once(), server.logins())
}

/// A login ends with the response to the first request that uses its result.
#[tokio::test]
async fn connections_to_one_engine_log_in_a_few_at_a_time() {
    assert_eq!(logins_at_once(None).await, (4, 20));
    assert_eq!(logins_at_once(Some(1)).await, (1, 20));
    assert!(logins_at_once(Some(20)).await.0 > 4);
}
