//! Options from environment variables.

use std::ffi::OsStr;
use std::process::Command;

use ovirt_sdk::Credentials;

use super::api;
use crate::support::proxy::Proxy;
use crate::support::{Engine, PASSWORD, Reply, Server, USER};

/// Runs in a child process with its own environment; the tests below start it.
#[tokio::test]
async fn environment_child_process() {
    if std::env::var_os("OVIRT_SDK_TEST_CHILD").is_none() {
        return;
    }
    let builder = ovirt_sdk::ConnectionBuilder::from_env();
    let builder = if std::env::var_os("OVIRT_SDK_TEST_NO_PROXY").is_some() { builder.no_proxy() } else { builder };
    let builder = match std::env::var("OVIRT_SDK_TEST_URL") {
        Ok(url) => builder.url(url).credentials(Credentials::token("from-the-program")).insecure(true),
        Err(_) => builder,
    };
    builder.build().unwrap().test().await.unwrap();
}

/// Runs the test above in a child process with these variables; returns whether it passed. Does not block the server.
async fn child(variables: &[(&str, impl AsRef<OsStr>)]) -> bool {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "options::environment::environment_child_process"]);
    for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"] {
        command.env_remove(name);
    }
    let inherited = std::env::vars_os().map(|(name, _)| name);
    for name in inherited.filter(|name| name.to_string_lossy().starts_with("OVIRT_")) {
        command.env_remove(name);
    }
    command.env("OVIRT_SDK_TEST_CHILD", "1");
    command.envs(variables.iter().map(|(name, value)| (name, value.as_ref())));
    tokio::task::spawn_blocking(move || command.output().unwrap().status.success()).await.unwrap()
}

#[tokio::test]
async fn the_environment_sets_the_connection_and_the_proxy() {
    let (server, proxy) = (Server::start(api).await, Proxy::start().await);
    let url = server.url();
    let base = [("OVIRT_URL", url.as_str()), ("OVIRT_TOKEN", "from-the-environment"), ("OVIRT_INSECURE", "true")];
    assert!(child(&base).await);
    assert_eq!(server.last().header("authorization"), "Bearer from-the-environment");
    assert_eq!(proxy.heads().len(), 0);

    let through = format!("http://127.0.0.1:{}", proxy.port);
    let with_proxy = [&base[..], &[("HTTPS_PROXY", through.as_str())]].concat();
    assert!(child(&with_proxy).await);
    assert_eq!(proxy.heads().len(), 1);
    assert!(child(&[&with_proxy[..], &[("NO_PROXY", "localhost")]].concat()).await);
    assert_eq!(proxy.heads().len(), 1);
    assert!(child(&[&with_proxy[..], &[("OVIRT_SDK_TEST_NO_PROXY", "1")]].concat()).await);
    assert_eq!(proxy.heads().len(), 1, "`no_proxy` goes before the environment");

    assert!(!child(&base[..2]).await, "without OVIRT_INSECURE the server is not trusted");
    assert!(!child(&base[1..]).await, "without OVIRT_URL there is nowhere to go");
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test]
async fn the_environment_sets_user_password_and_authority() {
    let engine = Engine::new();
    let server = Server::start(engine.handler(api)).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), server.authority()).unwrap();
    let (url, path) = (server.url(), file.path().to_str().unwrap());
    let all = [
        ("OVIRT_URL", url.as_str()),
        ("OVIRT_USERNAME", USER),
        ("OVIRT_PASSWORD", PASSWORD),
        ("OVIRT_CAFILE", path),
        // An empty variable counts as unset.
        ("OVIRT_TOKEN", ""),
        ("OVIRT_INSECURE", ""),
    ];
    assert!(child(&all).await);
    assert_eq!((engine.issued(), server.asked().len()), (1, 2));
    for missing in 0..4 {
        let others: Vec<_> =
            all.into_iter().enumerate().filter(|(index, _)| *index != missing).map(|(_, it)| it).collect();
        assert!(!child(&others).await, "without {}", all[missing].0);
    }
    assert_eq!(server.asked().len(), 2);
    // A token takes precedence over user name and password.
    engine.accept("given");
    assert!(child(&[&all[..4], &[("OVIRT_TOKEN", "given")]].concat()).await);
    assert_eq!((engine.issued(), server.last().header("authorization")), (1, "Bearer given"));
}

#[tokio::test]
async fn the_environment_selects_any_way_to_log_in() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/sso/token" => Reply::json(200, r#"{"id_token":"t0ken"}"#),
        _ => api(asked),
    })
    .await;
    let (url, sso) = (server.url(), format!("{}/sso/token", server.origin()));
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("tokens.json");
    let user = [
        ("OVIRT_URL", url.as_str()),
        ("OVIRT_INSECURE", "1"),
        ("OVIRT_USERNAME", "u"),
        ("OVIRT_PASSWORD", "p"),
        ("OVIRT_TOKEN_CACHE", cache.to_str().unwrap()),
    ];
    let with = |more: &[(&'static str, &str)]| {
        [&user[..], more].concat().iter().map(|(n, v)| (*n, (*v).to_owned())).collect::<Vec<_>>()
    };
    for _ in 0..2 {
        assert!(child(&with(&[("OVIRT_SSO_URL", &sso), ("OVIRT_SSO_TOKEN_NAME", "id_token")])).await);
        assert_eq!(server.last().header("authorization"), "Bearer t0ken");
    }
    assert_eq!(server.asked().len(), 3, "the second program uses the saved token");
    assert!(child(&with(&[("OVIRT_AUTH", "basic")])).await);
    assert_eq!(server.last().header("authorization"), "Basic dTpw");
    assert!(!child(&with(&[("OVIRT_AUTH", "unknown")])).await);
}

#[tokio::test]
async fn boolean_variables_have_several_spellings() {
    let server = Server::start(api).await;
    let url = server.url();
    let says = |insecure| [("OVIRT_URL", url.as_str()), ("OVIRT_TOKEN", "t"), ("OVIRT_INSECURE", insecure)];
    for yes in ["true", "TRUE", "yes", "1"] {
        assert!(child(&says(yes)).await, "{yes}");
    }
    for no in ["false", "False", "no", "0", "perhaps"] {
        assert!(!child(&says(no)).await, "{no}");
    }
    assert_eq!(server.asked().len(), 4);
    // Options set by the program take precedence over missing or invalid variables.
    assert!(child(&[("OVIRT_SDK_TEST_URL", url.as_str()), ("OVIRT_INSECURE", "perhaps")]).await);
    assert_eq!(server.last().header("authorization"), "Bearer from-the-program");
}

#[cfg(unix)]
#[tokio::test]
async fn a_variable_that_is_not_unicode_is_an_error() {
    use std::os::unix::ffi::OsStrExt;
    let server = Server::start(api).await;
    let url = server.url();
    let variables = |token: &'static [u8]| {
        [
            ("OVIRT_URL", OsStr::new(&url)),
            ("OVIRT_TOKEN", OsStr::from_bytes(token)),
            ("OVIRT_USERNAME", OsStr::new(USER)),
            ("OVIRT_PASSWORD", OsStr::new(PASSWORD)),
            ("OVIRT_INSECURE", OsStr::new("true")),
        ]
    };
    assert!(child(&variables(b"t")).await);
    assert!(!child(&variables(b"\xFF")).await);
    assert_eq!((server.asked().len(), server.logins()), (1, 0));
}
