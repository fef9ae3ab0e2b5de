//! Trusted authorities, client certificates and `insecure`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::{Connection, ConnectionBuilder, Credentials};
use tokio_rustls::rustls::version::{TLS12, TLS13};

use crate::support::{Asked, Authority, Reply, Server};

fn api(_: &Asked) -> Reply {
    Reply::xml(200, "<api/>")
}

/// A connection builder that trusts only the platform's authorities.
fn careful(server: &Server) -> ConnectionBuilder {
    Connection::builder(server.url()).credentials(Credentials::token("t")).no_proxy()
}

/// A temporary file, removed at the end of the test.
struct File(std::path::PathBuf);

impl File {
    fn new(text: impl AsRef<[u8]>) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("ovirt-sdk-{}-{}.pem", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn a_server_with_an_unknown_authority_is_rejected_without_retries() {
    let server = Server::start(api).await;
    let error = careful(&server).build().unwrap().test().await.unwrap_err();
    assert!(error.is_connect() && error.is_certificate() && !error.is_retryable(), "{error}");
    assert_eq!(error.attempts(), Some(1));
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn authorities_can_be_files_and_texts() {
    let server = Server::start(api).await;
    careful(&server).ca_pem(server.authority()).build().unwrap().test().await.unwrap();
    let file = File::new(server.authority());
    careful(&server).ca_file(&file.0).build().unwrap().test().await.unwrap();
}

#[tokio::test]
async fn several_authorities_are_trusted_together() {
    let servers = [Server::start(api).await, Server::start(api).await, Server::start(api).await];
    let [first, second, third] = servers.each_ref().map(Server::authority);
    let both = File::new(format!("# two of them\n{first}\n{second}"));
    for server in &servers {
        for builder in [
            careful(server).ca_file(&both.0).ca_pem(third.clone()),
            careful(server).ca_pem(third.clone()).ca_file(&both.0),
        ] {
            builder.build().unwrap().test().await.unwrap();
        }
    }
}

/// Runs in a child process whose platform trusts the authority in `SSL_CERT_FILE`; the test below starts it.
#[tokio::test]
async fn platform_child_process() {
    let Ok(url) = std::env::var("OVIRT_SDK_TEST_URL") else { return };
    let builder = || Connection::builder(&url).credentials(Credentials::token("t")).no_proxy();
    builder().build().unwrap().test().await.unwrap();
    let other = Authority::new("other").pem();
    builder().ca_pem(&*other).build().unwrap().test().await.unwrap();
    let error = builder().ca_pem(&*other).ca_only(true).build().unwrap().test().await.unwrap_err();
    assert!(error.is_certificate(), "{error}");
    let own = std::env::var("SSL_CERT_FILE").unwrap();
    builder().ca_file(own).ca_only(true).build().unwrap().test().await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn ca_only_does_not_trust_the_authorities_of_the_platform() {
    let server = Server::start(api).await;
    let file = File::new(server.authority());
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "tls::platform_child_process", "--nocapture"]);
    command.env("SSL_CERT_FILE", &file.0).env_remove("SSL_CERT_DIR").env("OVIRT_SDK_TEST_URL", server.url());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(server.asked().len(), 3);
    let error = careful(&server).ca_only(true).build().unwrap_err();
    assert_eq!(error.to_string(), "invalid connection options:\n  ca_only: needs `ca_file` or `ca_pem`");
}

#[tokio::test]
async fn insecure_trusts_any_certificate() {
    let server = Server::start(api).await;
    careful(&server).insecure(true).build().unwrap().test().await.unwrap();
    assert!(careful(&server).insecure(false).build().unwrap().test().await.is_err());
}

/// `insecure` accepts any certificate, but the server must have its key.
#[tokio::test]
async fn insecure_still_requires_the_key_of_the_certificate() {
    let authority = Authority::new("tests");
    for version in [&TLS12, &TLS13] {
        let server = Server::with(&authority, Some(authority.impostor(&["localhost"], version)), api).await;
        let builder = careful(&server).insecure(true).retry(RetryPolicy::none());
        let error = builder.build().unwrap().test().await.unwrap_err();
        assert!(error.is_connect(), "{error}");
        assert!(server.asked().is_empty());
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_rejected() {
    let authority = Authority::new("tests");
    let server = Server::with(&authority, Some(authority.server(&["engine.example.com"], None)), api).await;
    let error = careful(&server).ca_pem(authority.pem()).build().unwrap().test().await.unwrap_err();
    assert!(error.is_certificate(), "{error}");
    assert!(error.to_string().contains("the URL must use a name in the certificate"), "{error}");
}

#[tokio::test]
async fn a_client_certificate_is_sent_to_servers_that_request_it() {
    let (authority, clients) = (Authority::new("servers"), Authority::new("clients"));
    let tls = authority.server(&["localhost"], Some(&clients));
    let server = Server::with(&authority, Some(tls), api).await;
    let trusting = || careful(&server).ca_pem(authority.pem()).retry(RetryPolicy::none());
    let identity = clients.client("automation");
    trusting().client_certificate_pem(identity.clone()).build().unwrap().test().await.unwrap();
    let file = File::new(&identity);
    trusting().client_certificate_file(&file.0).build().unwrap().test().await.unwrap();
    assert!(trusting().build().unwrap().test().await.is_err());
    let stranger = Authority::new("strangers").client("automation");
    assert!(trusting().client_certificate_pem(stranger).build().unwrap().test().await.is_err());
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn the_key_of_a_client_certificate_can_be_in_another_file() {
    let (authority, clients) = (Authority::new("servers"), Authority::new("clients"));
    let server = Server::with(&authority, Some(authority.server(&["localhost"], Some(&clients))), api).await;
    let identity = clients.client("automation");
    let (certificate, key) = identity.split_at(identity.find("-----BEGIN PRIVATE KEY").unwrap());
    let (certificate_file, key_file) = (File::new(certificate), File::new(key));
    let trusting = || careful(&server).ca_pem(authority.pem());
    let in_files = trusting().client_certificate_file(&certificate_file.0).client_key_file(&key_file.0);
    in_files.build().unwrap().test().await.unwrap();
    trusting().client_certificate_pem(certificate).client_key_pem(key).build().unwrap().test().await.unwrap();
    assert_eq!(server.asked().len(), 2);

    let problems = |builder: ConnectionBuilder| {
        let error = builder.build().unwrap_err();
        error.problems().map(|(option, problem)| format!("{option}: {problem}")).collect::<Vec<_>>()
    };
    let missing = std::env::temp_dir().join("ovirt-sdk-no-such-key.pem");
    let found = problems(trusting().client_certificate_pem(certificate).client_key_file(&missing));
    assert!(found[0].starts_with("client_key: can't read `") && found.len() == 1, "{found:?}");
    assert_eq!(
        problems(trusting().client_key_pem(key)),
        ["client_key: needs `client_certificate_file` or `client_certificate_pem`"]
    );
    let path = certificate_file.0.display().to_string();
    assert_eq!(
        problems(trusting().client_certificate_pem(certificate).client_key_file(&certificate_file.0)),
        [format!("client_key: `{path}`: contains no valid private key")]
    );
    let other = clients.client("other");
    let other = other.split_at(other.find("-----BEGIN PRIVATE KEY").unwrap()).1;
    let found = problems(trusting().client_certificate_pem(certificate).client_key_pem(other));
    assert!(found[0].starts_with("client_certificate: can't use the certificate with this key"), "{found:?}");
}

#[test]
fn other_formats_than_pem_are_explained() {
    let authority = Authority::new("a");
    let problem = |text: &[u8]| {
        let file = File::new(text);
        let builder = Connection::builder("https://engine.example.com/ovirt-engine/api").ca_file(&file.0);
        let error = builder.credentials(Credentials::token("t")).build().unwrap_err();
        let (option, problem) = error.problems().next().unwrap();
        assert_eq!(option, "ca_file");
        problem.replace(&file.0.display().to_string(), "FILE")
    };
    assert_eq!(
        problem(&authority.der_bytes()),
        "`FILE`: is in the DER format, not PEM; convert it with `openssl x509 -inform der -in FILE -out ca.pem`"
    );
    let pem = authority.pem();
    for length in [60, pem.len() / 2, pem.len() - 5] {
        assert_eq!(
            problem(&pem.as_bytes()[..length]),
            "`FILE`: truncated: `-----END CERTIFICATE-----` is missing; copy the whole file"
        );
    }
    let encrypted = format!("{pem}-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
    let builder =
        Connection::builder("https://engine.example.com/ovirt-engine/api").credentials(Credentials::token("t"));
    let error = builder.client_certificate_pem(encrypted).build().unwrap_err();
    assert_eq!(
        error.problems().next().unwrap().1,
        "the private key is encrypted; decrypt it with `openssl pkey -in FILE -out key.pem`"
    );
}

#[tokio::test]
async fn the_chain_of_a_client_certificate_is_sent() {
    let (authority, clients) = (Authority::new("servers"), Authority::new("clients"));
    let server = Server::with(&authority, Some(authority.server(&["localhost"], Some(&clients))), api).await;
    let department = clients.below("department");
    let identity = format!("{}{}", department.client("automation"), department.pem());
    let builder = careful(&server).ca_pem(authority.pem()).client_certificate_pem(identity);
    builder.build().unwrap().test().await.unwrap();
}

#[tokio::test]
async fn plain_http_needs_insecure() {
    let server = Server::plain(api).await;
    let error = careful(&server).build().unwrap_err();
    assert!(error.is_invalid_option() && error.to_string().contains("http:// exposes the credentials"), "{error}");
    careful(&server).insecure(true).build().unwrap().test().await.unwrap();
}

#[test]
fn errors_about_invalid_pem_name_the_option_and_the_file() {
    let page = File::new("<html>Not found</html>");
    let path = page.0.display();
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let error = Connection::builder("https://engine.example.com/ovirt-engine/api")
        .credentials(Credentials::token("t"))
        .ca_file(&page.0)
        .ca_pem(broken)
        .client_certificate_pem(Authority::new("a").pem())
        .connect_timeout(Duration::from_secs(1))
        .build()
        .unwrap_err();
    let expected = format!(
        "invalid connection options:\n  \
         ca_file: `{path}`: contains no certificate (expected `-----BEGIN CERTIFICATE-----`)\n  \
         ca_pem: certificate 1 is not valid\n  \
         client_certificate: contains no valid private key"
    );
    assert_eq!(error.to_string(), expected);
}
