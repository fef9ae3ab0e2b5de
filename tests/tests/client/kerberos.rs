//! Kerberos with a real KDC (MIT, if installed; Debian: `krb5-kdc`, `krb5-admin-server`, `krb5-user`), and errors
//! without one.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use krb5::Keytab;
use krb5::spnego::SpnegoAcceptor;
use ovirt_sdk::credentials::Kerberos;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::{Connection, Error};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{Asked, Engine, Reply, Server, builder};

const REALM: &str = "ENGINES.TEST";

/// A realm with its own KDC process.
struct Realm {
    folder: TempDir,
    kdc: Child,
}

impl Drop for Realm {
    fn drop(&mut self) {
        let _ = self.kdc.kill();
        let _ = self.kdc.wait();
    }
}

/// `PATH` with the folders of administration programs.
fn search_path() -> String {
    format!("{}:/usr/sbin:/usr/local/sbin:/sbin", std::env::var("PATH").unwrap())
}

fn is_installed() -> bool {
    let there = |program: &str| search_path().split(':').any(|folder| Path::new(folder).join(program).is_file());
    ["krb5kdc", "kdb5_util", "kadmin.local", "kinit"].into_iter().all(there)
}

impl Realm {
    /// A realm with the principal `alice` (password `wonderland`), an engine at localhost and a locked principal.
    fn start() -> Option<Self> {
        if !is_installed() {
            // Not a failure: the tests must pass with Rust alone.
            let _ = writeln!(std::io::stderr(), "skipped: the KDC of MIT is not installed");
            return None;
        }
        // The KDC can't report a port that it chose, and another program may take a free port before the KDC starts.
        let realm = (0..5).find_map(|_| Self::start_at(TcpListener::bind("127.0.0.1:0").unwrap()));
        assert!(realm.is_some(), "the KDC does not start");
        realm
    }

    fn start_at(place: TcpListener) -> Option<Self> {
        let port = place.local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        std::fs::write(
            at("krb5.conf"),
            format!(
                "[libdefaults]\n default_realm = {REALM}\n dns_lookup_kdc = false\n dns_lookup_realm = false\n \
                 rdns = false\n[realms]\n {REALM} = {{\n  kdc = 127.0.0.1:{port}\n }}\n[domain_realm]\n localhost = {REALM}\n"
            ),
        )
        .unwrap();
        std::fs::write(
            at("kdc.conf"),
            format!(
                "[kdcdefaults]\n kdc_listen = 127.0.0.1:{port}\n kdc_tcp_listen = 127.0.0.1:{port}\n[realms]\n {REALM} = \
                 {{\n  database_name = {}\n  key_stash_file = {}\n  acl_file = {}\n  max_life = 10h\n }}\n",
                at("principal"),
                at("stash"),
                at("acl")
            ),
        )
        .unwrap();
        run(folder.path(), "kdb5_util", &["create", "-s", "-r", REALM, "-P", "master"], "");
        for query in [
            "addprinc +requires_preauth -pw wonderland alice".to_owned(),
            "addprinc -allow_tix -pw wonderland mallory".to_owned(),
            "addprinc -randkey HTTP/localhost".to_owned(),
            format!("ktadd -k {} HTTP/localhost", at("http.keytab")),
            format!("ktadd -norandkey -k {} alice", at("alice.keytab")),
        ] {
            run(folder.path(), "kadmin.local", &["-r", REALM, "-q", &query], "");
        }
        drop(place);
        let mut kdc = program(folder.path(), "krb5kdc");
        let kdc = kdc.args(["-n", "-r", REALM]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut realm = Self { folder, kdc };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if realm.is_gone() || began.elapsed() > Duration::from_secs(30) {
                return None;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        (!realm.is_gone()).then_some(realm)
    }

    fn is_gone(&mut self) -> bool {
        !matches!(self.kdc.try_wait(), Ok(None))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn config(&self) -> PathBuf {
        self.path("krb5.conf")
    }
}

fn program(folder: &Path, name: &str) -> Command {
    let mut command = Command::new(name);
    command.env("PATH", search_path()).env("KRB5_CONFIG", folder.join("krb5.conf"));
    command.env("KRB5_KDC_PROFILE", folder.join("kdc.conf"));
    command
}

fn run(folder: &Path, name: &str, arguments: &[&str], input: &str) {
    let mut command = program(folder, name);
    let command = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
}

/// An engine whose web server accepts the tickets of a realm for `alice`.
async fn engine(realm: &Realm) -> Server {
    let keytab = Keytab::load(realm.path("http.keytab")).unwrap();
    let engine = Engine::new();
    let accepting = engine.clone();
    let api = engine.handler(|_| Reply::xml(200, "<api/>"));
    Server::start(move |asked: &Asked| {
        if !asked.path.ends_with("/sso/oauth/token-http-auth") {
            return api(asked);
        }
        let unknown = || Reply::html(401, "Unauthorized").header("WWW-Authenticate", "Negotiate");
        let Some(token) = asked.header("authorization").strip_prefix("Negotiate ") else {
            return unknown();
        };
        let mut acceptor = SpnegoAcceptor::new(&keytab);
        match acceptor.step(&decoded(token)) {
            Ok(_) if acceptor.is_established() => {
                let client = acceptor.context().unwrap().client_principal.to_string();
                assert_eq!(client, format!("alice@{REALM}"));
                accepting.accept("alices-token");
                Reply::json(200, r#"{"access_token":"alices-token"}"#)
            }
            _ => unknown(),
        }
    })
    .await
}

fn decoded(base64: &str) -> Vec<u8> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    for group in base64.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | DIGITS.find(char::from(*digit)).unwrap());
        let whole = (bits << (6 * (4 - group.len()))) as u32;
        bytes.extend(whole.to_be_bytes().into_iter().skip(1).take(group.len() * 6 / 8));
    }
    bytes
}

async fn log_in(server: &Server, kerberos: Kerberos) -> Result<(), Error> {
    let builder = builder(server).credentials(kerberos).retry(RetryPolicy::none());
    let connection = builder.build()?;
    connection.test().await?;
    assert_eq!(connection.authenticate().await?.as_str(), "alices-token");
    connection.close().await?;
    assert!(server.last().body.contains("token=alices-token"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_a_keytab_and_a_cache_log_in() {
    let Some(realm) = Realm::start() else { return };
    let server = engine(&realm).await;
    let password = Kerberos::password(format!("alice@{REALM}"), "wonderland").config_file(realm.config());
    log_in(&server, password).await.unwrap();
    // The realm comes from the configuration.
    log_in(&server, Kerberos::password("alice", "wonderland").config_file(realm.config())).await.unwrap();
    let keytab = Kerberos::keytab("alice", realm.path("alice.keytab")).config_file(realm.config());
    log_in(&server, keytab).await.unwrap();

    // A cache written by MIT's `kinit` and still readable by `klist` afterwards.
    let cache = realm.path("cache").to_str().unwrap().to_owned();
    run(realm.folder.path(), "kinit", &["-c", &cache, "alice"], "wonderland\n");
    let cached = || Kerberos::cache_named(&cache).config_file(realm.config());
    log_in(&server, cached()).await.unwrap();
    run(realm.folder.path(), "klist", &["-s", "-c", &cache], "");
    log_in(&server, cached()).await.unwrap();
    assert_eq!(server.count("/token-http-auth"), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_the_realm_are_explained() {
    let Some(realm) = Realm::start() else { return };
    let server = engine(&realm).await;
    for (principal, password, expected) in [
        ("alice", "looking-glass", "the password or the key in the keytab is wrong"),
        ("nobody", "wonderland", "the realm does not know the principal"),
        ("mallory", "wonderland", "the principal is locked or expired"),
    ] {
        let kerberos = Kerberos::password(principal, password).config_file(realm.config());
        let error = log_in(&server, kerberos).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("login rejected: Kerberos: KDC error") && text.contains(expected), "{text}");
        assert!(error.is_auth() && !text.contains(password), "{text}");
    }
    // The realm knows the engine as localhost only.
    let url = server.url().replace("localhost", "127.0.0.1");
    let kerberos = Kerberos::password("alice", "wonderland").config_file(realm.config());
    let elsewhere = Connection::builder(url).insecure(true).no_proxy().credentials(kerberos).build().unwrap();
    let error = elsewhere.test().await.unwrap_err();
    assert!(error.to_string().contains("the realm does not know `HTTP/127.0.0.1`"), "{error}");
    assert!(!error.is_auth());
}

#[tokio::test]
async fn an_unreachable_kdc_and_a_missing_cache_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("krb5.conf");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let text =
        format!("[realms]\n {REALM} = {{\n kdc = 127.0.0.1:{port}\n }}\n[libdefaults]\n udp_preference_limit = 1\n");
    std::fs::write(&config, text).unwrap();
    let server = Server::start(|_| Reply::html(401, "Unauthorized").header("WWW-Authenticate", "Negotiate")).await;
    let principal = format!("alice@{REALM}");
    let error = log_in(&server, Kerberos::password(&principal, "wonderland").config_file(&config)).await.unwrap_err();
    let expected = format!("login failed: Kerberos: no KDC for {REALM} answered: ");
    assert!(error.to_string().contains(&expected), "{error}");
    assert!(!error.is_auth());

    let cache = Kerberos::cache_named(folder.path().join("no-cache").to_str().unwrap()).config_file(&config);
    let error = log_in(&server, cache).await.unwrap_err();
    assert!(error.to_string().contains("login failed: Kerberos: credential cache: "), "{error}");
    assert!(error.to_string().contains("no-cache"), "{error}");
}

/// An ASN.1 element in DER, for content of less than 128 bytes.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    assert!(content.len() < 128);
    [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
}

/// Starts a KDC that rejects every request with an error code of RFC 4120; returns its port.
async fn refusing_kdc(code: u8) -> u16 {
    let number = |tag, number| element(tag, &element(0x02, &[number]));
    let text = |text: &str| element(0x1B, text.as_bytes());
    let names = [text("krbtgt"), text(REALM)].concat();
    let service = [number(0xA0, 2), element(0xA1, &element(0x30, &names))].concat();
    let parts = [
        number(0xA0, 5),
        number(0xA1, 30),
        element(0xA4, &element(0x18, b"20260101000000Z")),
        number(0xA5, 0),
        number(0xA6, code),
        element(0xA9, &text(REALM)),
        element(0xAA, &element(0x30, &service)),
    ];
    let error = element(0x7E, &element(0x30, &parts.concat()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let length = stream.read_u32().await.unwrap();
            stream.read_exact(&mut vec![0; length as usize]).await.unwrap();
            stream.write_u32(u32::try_from(error.len()).unwrap()).await.unwrap();
            stream.write_all(&error).await.unwrap();
        }
    });
    port
}

#[tokio::test]
async fn error_codes_of_the_kdc_are_explained() {
    let server = Server::start(|_| Reply::html(401, "Unauthorized").header("WWW-Authenticate", "Negotiate")).await;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("krb5.conf");
    for (code, refused, expected) in [
        (6, true, "; the realm does not know the principal"),
        (7, false, "; the realm does not know `HTTP/localhost`; the URL must contain the engine's name in the realm"),
        (18, true, "; the principal is locked or expired"),
        (23, true, "; the password has expired; set a new one with `kpasswd`"),
        (24, true, "; the password or the key in the keytab is wrong"),
        (31, true, "; the password or the key in the keytab is wrong"),
        (37, false, "; the clocks of this computer and the KDC differ too much"),
        (60, false, ""),
    ] {
        let port = refusing_kdc(code).await;
        let text = format!(
            "[realms]\n {REALM} = {{\n kdc = 127.0.0.1:{port}\n }}\n[libdefaults]\n udp_preference_limit = 1\n"
        );
        std::fs::write(&config, text).unwrap();
        let kerberos = Kerberos::password(format!("alice@{REALM}"), "wonderland").config_file(&config);
        let error = log_in(&server, kerberos).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("Kerberos: KDC error") && text.contains(expected), "{code}: {text}");
        assert_eq!((error.is_auth(), text.contains("; the ")), (refused, !expected.is_empty()), "{code}: {text}");
    }
}

#[test]
fn invalid_options_are_reported_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let (config, keytab) = (folder.path().join("krb5.conf"), folder.path().join("keytab"));
    std::fs::write(&config, "[libdefaults]\n").unwrap();
    std::fs::write(&keytab, "no keytab").unwrap();
    let problems = |kerberos: Kerberos| {
        let url = "https://engine.example.com/ovirt-engine/api";
        let error = Connection::builder(url).credentials(kerberos).build().unwrap_err();
        error.problems().map(|(option, problem)| format!("{option}: {problem}")).collect::<Vec<_>>()
    };
    assert_eq!(problems(Kerberos::password("", "").config_file(&config)), ["principal: missing", "password: missing"]);
    assert_eq!(
        problems(Kerberos::password("alice", "hunter2").config_file(&config)),
        ["principal: `alice` has no realm, and there is no default realm; write `alice@EXAMPLE.COM`"]
    );
    assert_eq!(
        problems(Kerberos::password("a//b@EXAMPLE.COM", "hunter2").config_file(&config)),
        ["principal: `a//b@EXAMPLE.COM` does not have the form `name@EXAMPLE.COM`"]
    );
    let found = problems(Kerberos::keytab("alice@EXAMPLE.COM", &keytab).config_file(&config));
    assert!(
        found.len() == 1 && found[0].starts_with(&format!("keytab: can't read `{}`: ", keytab.display())),
        "{found:?}"
    );
    let found = problems(Kerberos::cache_named("MEMORY:x").config_file(folder.path().join("nowhere")));
    assert!(found.len() == 2 && found[0].ends_with("nowhere` does not exist"), "{found:?}");
    assert!(found[1].starts_with("cache: "), "{found:?}");
}

#[test]
fn debug_output_hides_passwords() {
    let shown = format!("{:?}", Kerberos::password("alice@EXAMPLE.COM", "hunter2"));
    assert_eq!(shown, "Kerberos { principal: \"alice@EXAMPLE.COM\", .. }");
    let credentials = ovirt_sdk::Credentials::from(Kerberos::password("alice@EXAMPLE.COM", "hunter2"));
    assert_eq!(format!("{credentials:?}"), "Credentials(kerberos)");
}
