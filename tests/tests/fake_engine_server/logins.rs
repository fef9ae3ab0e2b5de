//! Who gets in, and for how long.

use std::time::Duration;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::Credentials;

use crate::{MINUTE, careful, engine, raw, read};

/// Whether somebody is let in; else, what is said.
async fn is_let_in(engine: &FakeEngine, credentials: Credentials) -> Result<(), String> {
    let connection = careful(engine).credentials(credentials).build().unwrap();
    match connection.test().await {
        Err(error) if error.is_auth() => Err(error.to_string()),
        Err(error) => panic!("{error}"),
        Ok(_) => Ok(()),
    }
}

#[tokio::test]
async fn both_names_of_the_administrator_are_known() {
    let engine = FakeEngine::start().await.unwrap();
    for name in ["admin@internal", "admin@ovirt@internalsso"] {
        for credentials in [Credentials::password, Credentials::basic, Credentials::session] {
            is_let_in(&engine, credentials(name, "secret")).await.unwrap();
        }
    }
    is_let_in(&engine, engine.credentials()).await.unwrap();
    assert_eq!((engine.username(), engine.password()), ("admin@internal", "secret"));
}

#[tokio::test]
async fn a_wrong_password_and_a_wrong_profile_are_told_apart() {
    let engine = FakeEngine::start().await.unwrap();
    let error = is_let_in(&engine, Credentials::password("admin@internal", "x")).await.unwrap_err();
    assert!(error.contains("Cannot authenticate user 'admin@internal': Unable to log in."), "{error}");
    let error = is_let_in(&engine, Credentials::password("admin@example", "secret")).await.unwrap_err();
    assert!(error.contains("No valid profile found in credentials."), "{error}");
    is_let_in(&engine, Credentials::basic("admin@internal", "x")).await.unwrap_err();
    is_let_in(&engine, Credentials::session("admin", "secret")).await.unwrap_err();
    is_let_in(&engine, Credentials::token("x")).await.unwrap_err();
}

#[tokio::test]
async fn accounts_can_be_others() {
    let builder = FakeEngine::builder().account("root@local", "r00t:&=ü").user("nobody@example.com", "x");
    let builder = builder.user("reader@example.com", "x").role("reader@example.com", "ReadOnlyAdmin");
    let engine = builder.start().await.unwrap();
    assert_eq!((engine.username(), engine.password()), ("root@local", "r00t:&=ü"));
    is_let_in(&engine, engine.credentials()).await.unwrap();
    is_let_in(&engine, Credentials::basic("root@local", "r00t:&=ü")).await.unwrap();
    is_let_in(&engine, Credentials::password("reader@example.com", "x")).await.unwrap();
    is_let_in(&engine, Credentials::password("admin@internal", "secret")).await.unwrap_err();
    is_let_in(&engine, Credentials::password("nobody@example.com", "x")).await.unwrap_err();
}

#[tokio::test]
async fn a_login_expires_and_the_next_request_logs_in_again() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    let logins = || engine.calls("POST", "/ovirt-engine/sso/oauth/token").len();
    let statuses = || -> Vec<Option<u16>> { engine.calls("GET", "").iter().map(|request| request.status()).collect() };
    let _ = read(&connection).await;
    engine.advance(29 * MINUTE);
    let _ = read(&connection).await;
    assert_eq!(logins(), 1);
    engine.advance(30 * MINUTE);
    let _ = read(&connection).await;
    assert_eq!((logins(), statuses()[2]), (2, Some(401)));
    assert_ne!(statuses()[3], Some(401));
    engine.expire_logins();
    let _ = read(&connection).await;
    assert_eq!((logins(), statuses()[4]), (3, Some(401)));
}

#[tokio::test]
async fn the_limits_of_a_login_can_be_set() {
    let builder = FakeEngine::builder().session_timeout(5 * MINUTE).token_lifetime(8 * MINUTE);
    let (engine, connection) = engine(builder).await;
    let logins = || engine.calls("POST", "/ovirt-engine/sso/oauth/token").len();
    let _ = read(&connection).await;
    engine.advance(4 * MINUTE);
    let _ = read(&connection).await;
    assert_eq!(logins(), 1);
    engine.advance(4 * MINUTE);
    let _ = read(&connection).await;
    assert_eq!(logins(), 2);
    engine.advance(5 * MINUTE);
    let _ = read(&connection).await;
    assert_eq!(logins(), 3);
}

#[tokio::test]
async fn time_can_pass_quickly() {
    let engine = FakeEngine::builder().speed(3600.0).start().await.unwrap();
    let connection = careful(&engine).build().unwrap();
    let _ = read(&connection).await;
    tokio::time::sleep(Duration::from_millis(510)).await;
    let _ = read(&connection).await;
    // On a machine that is very busy, even the first one may have come too late.
    assert!(engine.calls("POST", "/ovirt-engine/sso/oauth/token").len() >= 2);
}

#[tokio::test]
async fn logging_out_revokes_the_token() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    let token = connection.authenticate().await.unwrap();
    let token = token.as_str().to_owned();
    is_let_in(&engine, Credentials::token(token.as_str())).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(engine.assert_called("POST", "/ovirt-engine/services/sso-logout").status(), Some(200));
    is_let_in(&engine, Credentials::token(token.as_str())).await.unwrap_err();
}

#[tokio::test]
async fn sessions_go_by_a_cookie() {
    let (engine, _) = engine(FakeEngine::builder()).await;
    let line = "GET /ovirt-engine/api";
    let prefer = "Prefer: persistent-auth";
    let answer = raw::ask(&engine, line, &[raw::ADMIN, prefer], "").await;
    assert!(answer.contains("; path=/ovirt-engine/api; secure; HttpOnly\r\n"), "{answer}");
    let cookie = answer.split("set-cookie: ").nth(1).unwrap().split(';').next().unwrap();
    let cookie = format!("Cookie: {cookie}");
    let answer = raw::ask(&engine, line, &[&cookie, prefer], "").await;
    assert!(!answer.starts_with("HTTP/1.1 401 ") && !answer.contains("set-cookie"), "{answer}");
    assert_eq!(engine.assert_called("GET", "").header("cookie"), Some("***"));
    engine.advance(30 * MINUTE);
    assert!(raw::ask(&engine, line, &[&cookie, prefer], "").await.starts_with("HTTP/1.1 401 "));

    engine.clear_requests();
    let connection = careful(&engine).credentials(Credentials::session("admin@internal", "secret")).build().unwrap();
    for _ in 0..3 {
        read(&connection).await.unwrap();
    }
    let requests = engine.calls("GET", "");
    let with_password = requests.iter().filter(|request| request.header("authorization").is_some()).count();
    assert_eq!((with_password, requests.last().unwrap().header("cookie")), (1, Some("***")), "{requests:?}");
}

#[tokio::test]
async fn kerberos_answers_negotiate() {
    let builder = FakeEngine::builder().negotiate("dGlja2V0", "me@example.com").role("me@example.com", "ReadOnlyAdmin");
    let engine = builder.start().await.unwrap();
    let form = "grant_type=urn%3Aovirt%3Aparams%3Aoauth%3Agrant-type%3Ahttp&scope=ovirt-app-api";
    let ask = async |header| {
        let headers = ["Accept: application/json", "Content-Type: application/x-www-form-urlencoded", header];
        raw::ask(&engine, "POST /ovirt-engine/sso/oauth/token-http-auth", &headers, form).await
    };
    let answer = ask("X: y").await;
    assert!(answer.starts_with("HTTP/1.1 401 ") && answer.contains("\r\nwww-authenticate: Negotiate\r\n"), "{answer}");
    let answer = ask("Authorization: Negotiate dGlja2V0").await;
    let token = answer.split("\"access_token\":\"").nth(1).unwrap().split('"').next().unwrap();
    is_let_in(&engine, Credentials::token(token)).await.unwrap();
}
