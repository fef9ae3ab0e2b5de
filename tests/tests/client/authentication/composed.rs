//! Credentials made of others: one after the other, saved in a file, or wrapped.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ovirt_sdk::credentials::{Authorization, CredentialProvider, LoginClient, TokenCache};
use ovirt_sdk::http::{BoxFuture, Method};
use ovirt_sdk::{Connection, Credentials, Error};

use crate::support::{Asked, Engine, PASSWORD, Reply, Server, USER, builder};

fn api(_: &Asked) -> Reply {
    Reply::xml(200, "<api/>")
}

fn password() -> Credentials {
    Credentials::password(USER, PASSWORD)
}

async fn read(connection: &Connection) -> Result<(), Error> {
    connection.raw(Method::Get, "vms").send().await.map(drop)
}

#[tokio::test]
async fn a_rejected_token_is_followed_by_the_password() {
    let engine = Engine::new();
    let server = Server::start(engine.handler(api)).await;
    let connect = |credentials: Credentials| builder(&server).credentials(credentials).build().unwrap();
    engine.accept("saved");
    let connection = connect(Credentials::token("saved").or(password()));
    read(&connection).await.unwrap();
    assert_eq!((engine.issued(), server.last().header("authorization")), (0, "Bearer saved"));
    engine.expire();
    read(&connection).await.unwrap();
    read(&connection).await.unwrap();
    assert_eq!((engine.issued(), server.last().header("authorization")), (1, "Bearer token-1"));
    // Afterwards only the password is used, and its token is revoked.
    engine.expire();
    read(&connection).await.unwrap();
    assert_eq!((engine.issued(), engine.valid()), (2, 1));
    connection.close().await.unwrap();
    assert_eq!(engine.valid(), 0);

    let sent = server.asked().len();
    let wrong = connect(Credentials::password(USER, "wrong").or(password()));
    read(&wrong).await.unwrap();
    assert_eq!((engine.issued(), server.asked().len() - sent), (3, 3), "both in one login");
    let both_wrong = connect(Credentials::token("old").or(Credentials::password(USER, "wrong")));
    let error = read(&both_wrong).await.unwrap_err();
    assert!(error.is_auth() && error.to_string().contains("login rejected"), "{error}");
}

#[tokio::test]
async fn the_token_of_a_chain_is_not_revoked() {
    let engine = Engine::new();
    let server = Server::start(engine.handler(api)).await;
    engine.accept("saved");
    let connection = builder(&server).credentials(Credentials::token("saved").or(password())).build().unwrap();
    read(&connection).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!((engine.valid(), engine.issued()), (1, 0));
}

#[tokio::test]
async fn an_unreachable_server_is_no_reason_to_try_others() {
    let nowhere = Connection::builder("https://127.0.0.1:1/ovirt-engine/api").no_proxy();
    let tried = Arc::new(AtomicUsize::new(0));
    let credentials = password().or(Credentials::provider(Counting(tried.clone(), password())));
    let retry = ovirt_sdk::pipeline::RetryPolicy::none();
    let error = read(&nowhere.credentials(credentials).retry(retry).build().unwrap()).await.unwrap_err();
    assert!(error.is_connect(), "{error}");
    assert_eq!(tried.load(Ordering::SeqCst), 0);
}

#[test]
fn problems_of_all_parts_are_reported() {
    let credentials = Credentials::token("").or(Credentials::password("", "x"));
    let error = Connection::builder("https://e/api").credentials(credentials).build().unwrap_err();
    let problems: Vec<_> = error.problems().collect();
    assert_eq!(problems, [("token", "missing"), ("username", "missing")]);
    // Wrapping keeps the check of `http://` URLs.
    let plain = || Credentials::from(Credentials::external_sso("http://sso/token", "u", "p"));
    for wrapped in
        [Credentials::provider(plain()), Credentials::token("t").or(plain()), TokenCache::new("/x/y").wrap(plain())]
    {
        let error = Connection::builder("https://e/api").credentials(wrapped).build().unwrap_err();
        assert_eq!(error.problems().next().unwrap().0, "sso_url", "{error}");
    }
}

/// Credentials that count their logins.
struct Counting(Arc<AtomicUsize>, Credentials);

impl CredentialProvider for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }

    fn log_in<'a>(&'a self, client: &'a LoginClient) -> BoxFuture<'a, Result<Authorization, Error>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        self.1.log_in(client)
    }

    fn log_out<'a>(
        &'a self,
        authorization: &'a Authorization,
        client: &'a LoginClient,
    ) -> BoxFuture<'a, Result<(), Error>> {
        self.1.log_out(authorization, client)
    }
}

#[tokio::test]
async fn credentials_can_be_wrapped() {
    let engine = Engine::new();
    let server = Server::start(engine.handler(api)).await;
    let count = Arc::new(AtomicUsize::new(0));
    let credentials = Credentials::provider(Counting(count.clone(), password()));
    let connection = builder(&server).credentials(credentials).build().unwrap();
    read(&connection).await.unwrap();
    engine.expire();
    read(&connection).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!((count.load(Ordering::SeqCst), engine.issued(), engine.valid()), (2, 2, 0));
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[cfg(unix)]
#[tokio::test]
async fn saved_tokens_are_shared_by_programs() {
    let engine = Engine::new();
    let server = Server::start(engine.handler(api)).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/tokens.json");
    let cache = TokenCache::new(&path);
    let connect = || builder(&server).credentials(cache.wrap(password())).build().unwrap();
    for _ in 0..3 {
        let connection = connect();
        read(&connection).await.unwrap();
        connection.close().await.unwrap();
    }
    assert_eq!((engine.issued(), engine.valid()), (1, 1), "the token stays valid");
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary files are left");

    // A rejected token is replaced, also for connections that already use it.
    let other = connect();
    read(&other).await.unwrap();
    engine.expire();
    read(&connect()).await.unwrap();
    assert_eq!(engine.issued(), 2);
    read(&other).await.unwrap();
    assert_eq!((engine.issued(), server.last().header("authorization")), (2, "Bearer token-2"));

    // Other accounts and engines have their own tokens.
    let foreign = builder(&server).credentials(cache.wrap(Credentials::password("other@internal", PASSWORD)));
    assert!(read(&foreign.build().unwrap()).await.unwrap_err().is_auth());
    let second = Server::start(engine.handler(api)).await;
    read(&builder(&second).credentials(cache.wrap(password())).build().unwrap()).await.unwrap();
    assert_eq!(engine.issued(), 3);
    read(&connect()).await.unwrap();
    assert_eq!(engine.issued(), 3, "the tokens of both are kept");

    cache.clear().unwrap();
    cache.clear().unwrap();
    read(&connect()).await.unwrap();
    assert_eq!(engine.issued(), 4);
}

#[cfg(unix)]
#[tokio::test]
async fn files_with_unsafe_permissions_or_damaged_content_are_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let engine = Engine::new();
    let server = Server::start(engine.handler(api)).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    let cache = TokenCache::new(&path);
    let build = || builder(&server).credentials(cache.wrap(password())).build();
    read(&build().unwrap()).await.unwrap();
    let set = |mode: u32| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    for open in [0o644, 0o640, 0o602, 0o601] {
        set(open);
        let error = build().unwrap_err();
        let (option, problem) = error.problems().next().unwrap();
        assert_eq!(option, "token_cache");
        assert!(problem.starts_with(&format!("other users can access `{}`", path.display())), "{problem}");
    }
    set(0o600);
    for damaged in ["", "{", "[]", "{\"tokens\":1}", "{\"tokens\":{\"x\":7}}"] {
        std::fs::write(&path, damaged).unwrap();
        let before = engine.issued();
        read(&build().unwrap()).await.unwrap();
        assert_eq!(engine.issued(), before + 1, "{damaged}");
        read(&build().unwrap()).await.unwrap();
        assert_eq!(engine.issued(), before + 1, "{damaged}");
    }
    let directory = TokenCache::new(folder.path()).wrap(password());
    assert!(builder(&server).credentials(directory).build().unwrap_err().to_string().contains("is not a file"));
    // A token that can't be saved is still used.
    let nowhere = TokenCache::new("/proc/none/tokens.json").wrap(password());
    read(&builder(&server).credentials(nowhere).build().unwrap()).await.unwrap();
}
