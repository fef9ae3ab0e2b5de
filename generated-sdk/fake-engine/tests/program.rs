//! The program `ovirt-fake-engine`. Tests can run only programs of their own package.

#![cfg(unix)]
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "clippy.toml allows it in tests, and means only the functions that are marked as such"
)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use ovirt_sdk::http::Method;
use ovirt_sdk::{Connection, Credentials};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ovirt-fake-engine"));
    command.args(arguments);
    command
}

/// The output of a program that doesn't start an engine.
fn printed(arguments: &[&str]) -> (bool, String) {
    let output = program(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

/// Ends the program at the end of the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn the_program_explains_how_to_connect_and_stops_on_a_signal() {
    let folder = std::env::temp_dir().join(format!("ovirt-fake-engine-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let state = folder.join("state");
    let account = ["--user", "me@local:pass:word", "--role", "me@local:ReadOnlyAdmin"];
    let child = program(&[&account[..], &["--state", state.to_str().unwrap(), "--speed", "10"]].concat())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut running = Running(child);
    let mut lines = BufReader::new(running.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let shown: Vec<String> = lines.by_ref().take_while(|line| line != "Stop with Ctrl-C.").collect();
    let url = shown[0].strip_prefix("A fake engine is running at ").unwrap();
    let authority = &shown[2];
    assert!(shown.contains(&format!("  export OVIRT_URL='{url}' OVIRT_CAFILE='{authority}'")), "{shown:?}");

    for (name, password) in [("admin@internal", "secret"), ("me@local", "pass:word")] {
        let builder = Connection::builder(url).ca_file(authority).no_proxy();
        let connection = builder.credentials(Credentials::basic(name, password)).build().unwrap();
        let outcome = connection.raw(Method::Get, "").send().await;
        assert!(!outcome.is_err_and(|error| error.is_auth() || error.is_connect()));
    }

    let killed = Command::new("kill").args(["-INT", &running.0.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert!(running.0.wait().unwrap().success());
    assert_eq!(lines.collect::<Vec<String>>(), [format!("state written to {}", state.display())]);
    assert!(state.exists() && !std::path::Path::new(authority).exists());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn invalid_options_are_reported() {
    for (arguments, expected) in [
        (&["--prot", "1"][..], "error: invalid option '--prot'\n"),
        (&["x"], "error: unexpected argument \"x\"\n"),
        (&["--port", "x"], "error: invalid value 'x' of '--port': invalid digit found in string\n"),
        (&["--seed", "x"], "error: no scenario is called `x`; there are small, production, huge, broken\n"),
        (&["--user", "x"], "error: invalid value of '--user': expected NAME:PASSWORD\n"),
        (&["--role", "x"], "error: invalid value of '--role': expected NAME:ROLE\n"),
        (&["--role", "me@local:x"], "error: can't grant a role to `me@local`: no role is called `x`\n"),
        (&["--group", "x"], "error: invalid value of '--group': expected NAME:MEMBERS\n"),
        (&["--speed", "-1"], "error: can't start the fake engine: invalid speed -1\n"),
        (&["--vms"], "error: missing argument for option '--vms'\n"),
    ] {
        let (success, text) = printed(arguments);
        assert!(!success && text.starts_with(expected), "{arguments:?}: {text}");
    }
    let (success, text) = printed(&["--help"]);
    assert!(success && text.contains("--host-name NAME"), "{text}");
    let clients =
        ["ca_file='fake/ca.pem',", "tls_ca_files = [\"fake/ca.pem\"]", "ansible localhost", "curl --cacert 'fake/"];
    assert!(clients.iter().all(|client| text.contains(client)), "{text}");
    let (success, text) = printed(&["-V"]);
    assert!(success && text.starts_with("ovirt-fake-engine "), "{text}");
}
