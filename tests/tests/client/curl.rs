//! Requests as commands for `curl`: in the log and of inspected requests, replayed with the real program.

use std::process::Command;

use ovirt_sdk::http::Method;
use ovirt_sdk::transport::{Recording, Replayer};
use ovirt_sdk::types::Host;
use ovirt_sdk::{Connection, ConnectionBuilder, Credentials};

use crate::logs::Capture;
use crate::support::{Asked, Engine, Reply, Server, USER, builder};

const TOKEN: &str = "s3cret-token";
const HOST_SECRET: &str = "s3cret'host &amp; $HOME";

fn api(_: &Asked) -> Reply {
    Reply::xml(200, "<host id=\"7\"/>")
}

/// Runs a command in a shell with the variables of the secrets. `None` without `curl`.
async fn replay(command: &str, variables: &[(&str, &str)]) -> Option<String> {
    if Command::new("curl").arg("--version").output().is_err() {
        return None;
    }
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("{command} --silent --show-error"));
    for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"] {
        shell.env_remove(name);
    }
    shell.envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || shell.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{command}\n{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The commands that are logged while requests are sent.
async fn logged(send: impl Future<Output = ()>) -> Vec<String> {
    let capture = Capture::target("ovirt_sdk::curl");
    let guard = capture.start();
    send.await;
    drop(guard);
    let events = capture.take().events;
    events.iter().map(|event| event.strip_prefix("TRACE message=").unwrap().trim_end().to_owned()).collect()
}

struct File(tempfile::NamedTempFile);

impl File {
    fn new(text: &str) -> Self {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Self(file)
    }

    fn path(&self) -> &str {
        self.0.path().to_str().unwrap()
    }
}

/// What a request says, except for what differs between `curl` and the SDK.
fn content(asked: &Asked) -> String {
    let names = [
        "accept",
        "authorization",
        "content-type",
        "correlation-id",
        "cookie",
        "filter",
        "prefer",
        "user-agent",
        "version",
        "x-note",
    ];
    let headers: Vec<String> = names.iter().map(|name| format!("{name}: {}", asked.header(name))).collect();
    format!("{} {}?{}\n{}\n\n{}", asked.method, asked.path, asked.query, headers.join("\n"), asked.body)
}

#[tokio::test]
async fn logged_commands_send_the_same_requests() {
    let server = Server::start(api).await;
    let authority = File::new(&server.authority());
    let connection = Connection::builder(server.url())
        .credentials(Credentials::token(TOKEN))
        .ca_file(authority.path())
        .no_proxy()
        .filter(true)
        .build()
        .unwrap();
    let host =
        format!("<host><comment>it's &lt;$x&gt; `y`</comment><root_password>{HOST_SECRET}</root_password></host>");
    let commands = logged(async {
        let post = connection.raw(Method::Post, "hosts").query("search", "name=a b&c='d'").header("X-Note", "it's");
        post.body(host.clone()).send().await.unwrap();
        connection.raw(Method::Get, "hosts/7").send().await.unwrap();
        connection.raw(Method::Delete, "hosts/7").query("password", "s3cret-query").send().await.unwrap();
        connection.raw(Method::Head, "hosts/7").send().await.unwrap();
    })
    .await;
    let sent = server.asked();
    assert_eq!((commands.len(), sent.len()), (4, 4), "{commands:?}");
    let variables = [
        ("OVIRT_TOKEN", TOKEN),
        ("OVIRT_SECRET_ROOT_PASSWORD", HOST_SECRET),
        ("OVIRT_SECRET_PASSWORD", "s3cret-query"),
    ];
    for (command, sent) in commands.iter().zip(&sent) {
        assert!(command.starts_with("curl ") && !command.contains("s3cret"), "{command}");
        if replay(command, &variables).await.is_some() {
            assert_eq!(content(&server.last()), content(sent), "{command}");
        }
    }
}

/// The credentials, the variables of their secrets, and whether the log-in has its own requests.
#[tokio::test]
async fn logins_can_be_replayed() {
    let engine = Engine::new();
    let server = Server::start(engine.handler(api)).await;
    let authority = File::new(&server.authority());
    let connection = builder(&server).build().unwrap();
    let commands = logged(async {
        connection.raw(Method::Get, "hosts/7").send().await.unwrap();
        connection.close().await.unwrap();
    })
    .await;
    assert_eq!(commands.len(), 3, "{commands:?}");
    assert!(commands[0].contains(" --data-urlencode 'grant_type=password' "), "{}", commands[0]);
    assert!(commands[0].contains(" --data-urlencode 'password='\"$OVIRT_PASSWORD\" "), "{}", commands[0]);
    assert!(commands[0].contains(" --cacert \"$OVIRT_CAFILE\" "), "{}", commands[0]);
    assert!(commands.iter().all(|command| !command.contains("token-1") && !command.contains("pa&ss")), "{commands:?}");
    // The test's engine compares the form, in which `curl` encodes spaces differently.
    let lenient =
        Server::start(|asked| Reply::json(200, &format!(r#"{{"access_token":"{}"}}"#, asked.body.len()))).await;
    let command = commands[0].replace(&server.origin(), &lenient.origin());
    let authority_of_lenient = File::new(&lenient.authority());
    let variables = [("OVIRT_PASSWORD", "pa&ss!"), ("OVIRT_CAFILE", authority_of_lenient.path())];
    if replay(&command, &variables).await.is_some() {
        let user = USER.replace('@', "%40");
        let form = format!("grant_type=password&scope=ovirt-app-api&username={user}&password=pa%26ss%21");
        assert_eq!(lenient.last().body, form);
    }
    engine.accept("other");
    let variables = [("OVIRT_TOKEN", "other"), ("OVIRT_CAFILE", authority.path())];
    if replay(&commands[1], &variables).await.is_some() {
        assert_eq!(server.last().header("authorization"), "Bearer other");
        replay(&commands[2], &variables).await;
        assert_eq!(server.last().body, "scope=ovirt-app-api&token=other");
    }
}

#[tokio::test]
async fn basic_authentication_and_sessions_can_be_replayed() {
    let server = Server::start(|asked| match asked.header("prefer") {
        "" => api(asked),
        _ => api(asked).header("Set-Cookie", "JSESSIONID=s3cret-session; Path=/"),
    })
    .await;
    let insecure = || Connection::builder(server.url()).no_proxy().insecure(true);
    let connections = [
        insecure().credentials(Credentials::basic("admin@internal", "s3cret-password")),
        insecure().credentials(Credentials::session("admin@internal", "s3cret-password")),
    ];
    let variables = [
        ("OVIRT_USERNAME", "admin@internal"),
        ("OVIRT_PASSWORD", "s3cret-password"),
        ("OVIRT_SESSION", "s3cret-session"),
    ];
    for builder in connections {
        let connection = builder.build().unwrap();
        let before = server.asked().len();
        let inspected = connection.raw(Method::Get, "hosts").correlation_id("my-id").inspect().unwrap();
        let commands = logged(async {
            connection.raw(Method::Get, "hosts").correlation_id("my-id").send().await.unwrap();
        })
        .await;
        assert_eq!(inspected.curl(), commands[1], "the same command before the login");
        let sent = server.asked().split_off(before);
        assert_eq!((commands.len(), sent.len()), (2, 2), "{commands:?}");
        for (command, sent) in commands.iter().zip(&sent) {
            assert!(!command.contains("s3cret") && command.contains(" --insecure"), "{command}");
            if replay(command, &variables).await.is_some() {
                assert_eq!(content(&server.last()), content(sent), "{command}");
            }
        }
    }
}

#[tokio::test]
async fn inspected_requests_have_the_same_command() {
    let server = Server::start(api).await;
    let authority = File::new(&server.authority());
    let with = |builder: ConnectionBuilder| builder.credentials(Credentials::token(TOKEN)).build().unwrap();
    let connection = with(builder(&server).user_agent("it's me/1").header("X-Note", "blue").compression(false));
    let request = || {
        let host = Host::new().name("node1").root_password(HOST_SECRET);
        connection.system().hosts().add(host).correlation_id("my-id").query("force", true)
    };
    let inspected = request().inspect().unwrap();
    let commands = logged(async {
        request().send().await.unwrap();
    })
    .await;
    assert_eq!(commands, [inspected.curl()]);
    let sent = server.last();
    let escaped = HOST_SECRET.replace('&', "&amp;");
    let variables =
        [("OVIRT_TOKEN", TOKEN), ("OVIRT_SECRET_ROOT_PASSWORD", escaped.as_str()), ("OVIRT_CAFILE", authority.path())];
    if replay(inspected.curl(), &variables).await.is_some() {
        assert_eq!(content(&server.last()), content(&sent), "{}", inspected.curl());
    }
    assert!(!inspected.curl().contains("s3cret") && !format!("{inspected:?}").contains("s3cret"));
    // Without a correlation ID, inspecting twice gives the same value.
    let list = connection.system().hosts().list();
    assert_eq!(list.inspect().unwrap(), list.inspect().unwrap());
}

#[test]
fn urls_of_proxies_are_shown_only_without_a_password() {
    let command = |builder: ConnectionBuilder| {
        let connection = builder.credentials(Credentials::token(TOKEN)).build().unwrap();
        connection.raw(Method::Get, "hosts").inspect().unwrap().curl().to_owned()
    };
    let builder = || Connection::builder("https://engine.example.com/ovirt-engine/api");
    let open = command(builder().proxy("http://proxy:3128"));
    assert!(open.contains(" --proxy 'http://proxy:3128' "), "{open}");
    for url in ["http://user:hunter2@proxy:3128", "http://:hunter2@proxy:3128"] {
        let command = command(builder().proxy(url));
        assert!(command.contains(" --proxy \"$OVIRT_PROXY\" ") && !command.contains("hunter2"), "{command}");
    }
    // A custom transport can use proxies that the SDK does not know.
    for url in ["user:hunter2@proxy:3128", ":hunter2@proxy", "socks5://:hunter2@proxy", "http://user:hunter2@"] {
        let command = command(builder().proxy(url).transport(Replayer::new(Recording::default())));
        assert!(command.contains(" --proxy \"$OVIRT_PROXY\" ") && !command.contains("hunter2"), "{command}");
    }
}

#[tokio::test]
async fn commands_are_logged_only_at_their_own_target() {
    let server = Server::start(api).await;
    let connection = builder(&server).credentials(Credentials::token(TOKEN)).build().unwrap();
    let capture = Capture::target("ovirt_sdk");
    let guard = capture.start();
    connection.raw(Method::Get, "hosts").query("search", "a").query("password", "s3cret").send().await.unwrap();
    drop(guard);
    let log = capture.take();
    assert!(log.events.iter().all(|event| !event.contains("curl ")), "{:?}", log.events);
    let host = format!("host=\"localhost:{}\" query=\"search=a&password=***\" ", server.port());
    let span = log.spans.iter().find(|span| span.contains(&host)).unwrap_or_else(|| panic!("{:?}", log.spans));
    assert!(span.ends_with(" status=200 bytes=14 "), "{span}");
}
