//! Repeated logins: for tokens that have expired and for tokens that the engine never accepts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use ovirt_sdk::http::{BoxFuture, Headers, Method, Request, Response};
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::transport::Transport;
use ovirt_sdk::{Connection, Credentials, Error};

use super::{api, crowd, get};
use crate::support::{Engine, PASSWORD, Reply, Server, USER, builder, connect};

#[tokio::test]
async fn tokens_that_expire_under_load_cause_one_login() {
    let engine = Engine::slow(Duration::from_millis(30));
    let server = Server::start(engine.handler(api)).await;
    let connection = connect(&server);
    assert!(crowd(&connection, 1000).await.iter().all(Result::is_ok));
    assert_eq!(engine.issued(), 1);
    engine.expire();
    assert!(crowd(&connection, 1000).await.iter().all(Result::is_ok));
    assert_eq!(engine.issued(), 2);
}

/// The response to a request with an expired token can arrive after another request has renewed the token.
#[tokio::test]
async fn a_late_401_reuses_the_renewed_token() {
    let engine = Engine::new();
    let inner = engine.handler(api);
    let server = Server::start(move |asked| {
        let reply = inner(asked);
        if asked.path.ends_with("/slow") { reply.after(Duration::from_millis(200)) } else { reply }
    })
    .await;
    let connection = connect(&server);
    for logins in 2..4 {
        connection.test().await.unwrap();
        engine.expire();
        let slow = get(&connection, "slow");
        let fast = async {
            while server.count("/slow") < 2 * logins - 3 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            get(&connection, "vms").await
        };
        let (slow, fast) = tokio::join!(slow, fast);
        assert_eq!((slow.unwrap(), fast.unwrap(), engine.issued()), (200, 200, logins));
    }
}

#[tokio::test]
async fn requests_rejected_for_an_expired_token_are_resent_whatever_the_method() {
    let engine = Engine::new();
    let server = Server::start(engine.handler(api)).await;
    let connection = connect(&server);
    connection.test().await.unwrap();
    engine.expire();
    let response = connection.raw(Method::Post, "vms").body("<vm/>").send().await.unwrap();
    assert_eq!((response.status(), server.count("/vms"), engine.issued()), (200, 2, 2));
    assert_eq!(server.last().body, "<vm/>");
}

/// An engine with two switches: `refuses` rejects logins, `forgets` expires the token.
#[derive(Clone, Default)]
struct Moody {
    refuses: Arc<AtomicBool>,
    forgets: Arc<AtomicBool>,
    logins: Arc<AtomicUsize>,
}

impl Transport for Moody {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let (status, body) = if request.path().ends_with("/sso/oauth/token") {
            self.logins.fetch_add(1, Ordering::SeqCst);
            self.forgets.store(false, Ordering::SeqCst);
            match self.refuses.load(Ordering::SeqCst) {
                true => (400, r#"{"error_code":"access_denied","error":"No."}"#),
                false => (200, r#"{"access_token":"t"}"#),
            }
        } else {
            (if self.forgets.load(Ordering::SeqCst) { 401 } else { 200 }, "<api/>")
        };
        Box::pin(async move { Ok(Response::new(status, Headers::new(), body.as_bytes().to_vec())) })
    }
}

#[tokio::test(start_paused = true)]
async fn a_successful_login_resets_the_pause() {
    let engine = Moody::default();
    let connection = Connection::builder("https://engine.example.com/ovirt-engine/api")
        .credentials(Credentials::password(USER, PASSWORD))
        .transport(engine.clone())
        .build()
        .unwrap();
    for logins in [1, 3] {
        engine.refuses.store(true, Ordering::SeqCst);
        engine.forgets.store(true, Ordering::SeqCst);
        assert!(connection.test().await.unwrap_err().is_auth());
        assert_eq!(engine.logins.load(Ordering::SeqCst), logins);
        engine.refuses.store(false, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(4900)).await;
        assert!(connection.test().await.unwrap_err().is_auth());
        tokio::time::sleep(Duration::from_millis(200)).await;
        connection.test().await.unwrap();
        assert_eq!(engine.logins.load(Ordering::SeqCst), logins + 1);
    }
}

/// An engine that rejects the tokens whose numbers are in `useless`, although its single sign-on issued them.
async fn forgetful(useless: &'static [usize]) -> (Server, Arc<AtomicUsize>) {
    // Tokens before this one have expired.
    let oldest = Arc::new(AtomicUsize::new(0));
    let (known_from, issued) = (Arc::clone(&oldest), AtomicUsize::new(0));
    let server = Server::start(move |asked| {
        if asked.is_login() {
            let number = issued.fetch_add(1, Ordering::SeqCst) + 1;
            return Reply::json(200, &format!(r#"{{"access_token":"{number}"}}"#));
        }
        let number: usize = asked.header("authorization").strip_prefix("Bearer ").unwrap().parse().unwrap();
        match number < known_from.load(Ordering::SeqCst) || useless.contains(&number) {
            true => Reply::html(401, "Error"),
            false => api(asked),
        }
    })
    .await;
    (server, oldest)
}

#[tokio::test]
async fn a_rejected_token_triggers_one_relogin_per_request() {
    let (server, _) = forgetful(&[1, 2]).await;
    let error = connect(&server).test().await.unwrap_err();
    assert!(error.is_auth() && error.status() == Some(401), "{error}");
    assert!(!error.to_string().contains("the login"), "{error}");
    assert_eq!((server.logins(), server.asked().len()), (2, 4));
}

/// Two consecutive rejected tokens count as a rejected login. An accepted token resets the count.
#[tokio::test]
async fn an_accepted_token_resets_the_count_of_rejected_tokens() {
    let (server, oldest) = forgetful(&[1, 3]).await;
    let connection = connect(&server);
    connection.test().await.unwrap();
    assert_eq!(server.logins(), 2);
    oldest.store(3, Ordering::SeqCst);
    assert_eq!(connection.test().await.unwrap_err().status(), Some(401));
    connection.test().await.unwrap();
    assert_eq!(server.logins(), 4);
}

#[tokio::test]
async fn a_rejected_token_is_not_sent_again() {
    let engine = Engine::new();
    let down = Arc::new(AtomicBool::new(false));
    let (inner, is_down) = (engine.handler(api), Arc::clone(&down));
    let server = Server::start(move |asked| match asked.is_login() && is_down.load(Ordering::SeqCst) {
        true => Reply::html(503, "Down"),
        false => inner(asked),
    })
    .await;
    let connection = builder(&server).retry(RetryPolicy::none()).build().unwrap();
    get(&connection, "vms").await.unwrap();
    engine.expire();
    down.store(true, Ordering::SeqCst);
    assert_eq!(get(&connection, "vms").await.unwrap_err().status(), Some(503));
    assert_eq!(server.count("/vms"), 2);
    down.store(false, Ordering::SeqCst);
    get(&connection, "vms").await.unwrap();
    assert_eq!((server.count("/vms"), server.last().header("authorization")), (3, "Bearer token-2"));
}

#[tokio::test]
async fn logins_stop_when_the_engine_rejects_every_token() {
    let server = Server::start(|asked| match asked.is_login() {
        true => Reply::json(200, r#"{"access_token":"useless"}"#),
        false => Reply::html(401, "Error"),
    })
    .await;
    let connection = connect(&server);
    for _ in 0..20 {
        assert!(connection.test().await.unwrap_err().is_auth());
    }
    assert!(server.logins() <= 3, "{} logins", server.logins());
}
