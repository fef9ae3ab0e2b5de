//! Runs the README's program unchanged, against a server with the engine's name from the README.

use std::process::{Command, Output};

use crate::support::proxy::Proxy;
use crate::support::{Asked, Authority, Reply, Server};

#[allow(clippy::print_stdout, reason = "it is a program")]
mod program {
    include!(concat!(env!("OUT_DIR"), "/readme.rs"));

    pub(super) fn run() -> Result<(), ovirt_sdk::Error> {
        main()
    }
}

/// The responses that the program needs.
fn engine(asked: &Asked) -> Reply {
    let form = "grant_type=password&scope=ovirt-app-api&username=admin%40ovirt%40internalsso&password=secret";
    let vm = "<vm href='/ovirt-engine/api/vms/9' id='9'><name>web1</name>\
        <link href='/ovirt-engine/api/vms/9/nics' rel='nics'/></vm>";
    match (asked.method.as_str(), asked.path.trim_start_matches("/ovirt-engine")) {
        ("POST", "/sso/oauth/token") if asked.body == form => Reply::json(200, r#"{"access_token":"t"}"#),
        ("POST", "/services/sso-logout") if asked.body.contains("token=t") => Reply::json(200, "{}"),
        _ if asked.header("authorization") != "Bearer t" => Reply::html(401, "Error"),
        ("GET", "/api/vms") => Reply::xml(
            200,
            "<vms><vm id='1'><name>db1</name><status>up</status><memory>1024</memory></vm>\
             <vm id='2'><status>hatching</status></vm>\
             <vm id='9'><name>web2</name><status>down</status>\
             <link rel='nics' href='/ovirt-engine/api/vms/9/nics'/></vm></vms>",
        ),
        ("POST", "/api/vms") => Reply::xml(201, vm),
        ("POST", "/api/vms/9/start") => Reply::xml(200, "<action><status>complete</status></action>"),
        ("GET", "/api/vms/9/nics") => Reply::xml(200, "<nics><nic id='n'/></nics>"),
        ("GET", "/api/disks") => Reply::xml(
            200,
            "<disks><disk id='d'><name>data</name><provisioned_size>7</provisioned_size></disk></disks>",
        ),
        _ => Reply::empty(404),
    }
}

/// Runs in a child process with its own environment; the test below starts it.
#[test]
fn readme_child_process() {
    if std::env::var_os("OVIRT_SDK_TEST_CHILD").is_some() {
        program::run().unwrap();
    }
}

/// Runs the test above in a child process, in a folder with a file `ca.pem`.
async fn child(authority: &str, proxy: &Proxy) -> Output {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), authority).unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "readme::readme_child_process", "--nocapture"]);
    command.current_dir(folder.path()).env("OVIRT_SDK_TEST_CHILD", "1");
    for name in ["https_proxy", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"] {
        command.env_remove(name);
    }
    command.env("HTTPS_PROXY", format!("http://127.0.0.1:{}", proxy.port));
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    drop(folder);
    output
}

#[tokio::test]
async fn the_program_of_the_readme_runs() {
    let authority = Authority::new("tests");
    let server = Server::with(&authority, Some(authority.server(&["engine.example.com"], None)), engine).await;
    let proxy = Proxy::to(server.port()).await;
    let output = child(&authority.pem(), &proxy).await;
    let (said, complaints) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{complaints}");
    for line in ["db1 Some(1024)", "a newer engine says hatching", "1 NICs", "web1 has the ID 9"] {
        assert!(said.lines().any(|said| said.ends_with(line)), "`{line}` is missing in\n{said}");
    }
    let asked: Vec<String> = server.asked().iter().map(|asked| format!("{} {}", asked.method, asked.path)).collect();
    assert_eq!(asked.len(), 7, "{asked:?}");
    let added =
        server.asked().into_iter().find(|asked| asked.path.ends_with("/vms") && asked.method == "POST").unwrap();
    assert_eq!(added.query, "clone_permissions=true");
    assert_eq!(
        added.body,
        "<vm><name>web1</name><cluster><name>Default</name></cluster><template><name>Blank</name></template></vm>"
    );

    // With another authority, the program does not send its password.
    let stranger = child(&Authority::new("others").pem(), &proxy).await;
    assert!(!stranger.status.success());
    assert_eq!(server.asked().len(), 7);
}
