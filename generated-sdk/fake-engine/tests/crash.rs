//! The state file of the program: what survives `kill -9`, a full disk and an incomplete change.
//!
//! `OVIRT_FAKE_ENGINE_KILLS=200 cargo test -p ovirt-fake-engine --test crash` kills it 200 times instead of a few.

#![cfg(unix)]
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy.toml allows it in tests, and means only the functions that are marked as such"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::types::{Disk, DiskFormat, DiskStatus, StorageDomain, Tag};
use ovirt_sdk::{Connection, Credentials};

const PROGRAM: &str = env!("CARGO_BIN_EXE_ovirt-fake-engine");

/// After so many kills, a new file begins: files with very many objects take long to read.
const KILLS_OF_A_FILE: usize = 50;

/// A program with its files.
struct Setup {
    _folder: tempfile::TempDir,
    state: PathBuf,
    authority: PathBuf,
    port: u16,
}

impl Setup {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (state, authority) = (folder.path().join("state"), folder.path().join("ca"));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { _folder: folder, state, authority, port }
    }

    fn arguments(&self) -> Vec<String> {
        let path = |path: &Path| path.to_str().unwrap().to_owned();
        let (state, authority) = (path(&self.state), path(&self.authority));
        let port = self.port.to_string();
        ["--state", &state, "--ca", &authority, "--port", &port, "--speed", "20"].map(str::to_owned).to_vec()
    }

    /// Starts the program and waits until it listens.
    fn start(&self) -> Running {
        Running::new(Command::new(PROGRAM).args(self.arguments()))
    }

    fn connection(&self) -> Connection {
        Connection::builder(format!("https://127.0.0.1:{}/ovirt-engine/api", self.port))
            .ca_file(self.authority.join("ca.pem"))
            .credentials(Credentials::basic("admin@internal", "secret"))
            .retry(RetryPolicy::none())
            .timeout(Duration::from_secs(60))
            .no_proxy()
            .build()
            .unwrap()
    }
}

/// A running program. It is killed at the end of the test.
struct Running(Child);

impl Running {
    fn new(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let running = Self(child);
        assert!(line.starts_with("A fake engine is running at "), "{line}");
        running
    }

    /// Kills the program at once, as `kill -9` does; returns its warnings.
    fn kill(mut self) -> String {
        self.0.kill().unwrap();
        let mut errors = String::new();
        std::io::Read::read_to_string(self.0.stderr.as_mut().unwrap(), &mut errors).unwrap();
        self.0.wait().unwrap();
        errors
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What clients know about tags: their descriptions, or that they were removed. Tags whose last request had no response are
/// unknown.
type Known = Arc<Mutex<BTreeMap<String, Option<String>>>>;

/// Adds, changes and removes tags until a request fails.
async fn change_tags(connection: Connection, prefix: String, known: Known) {
    let tags = connection.system().tags();
    for number in 0.. {
        let name = format!("{prefix}-{number}");
        let Ok(tag) = tags.add(Tag::new().name(name.as_str()).description("new")).send().await else { return };
        known.lock().unwrap().insert(name.clone(), Some("new".to_owned()));
        if number % 2 == 0 {
            continue;
        }
        known.lock().unwrap().remove(&name);
        if tags.tag(&tag).update(Tag::new().description("changed")).send().await.is_err() {
            return;
        }
        known.lock().unwrap().insert(name.clone(), Some("changed".to_owned()));
        if number % 3 == 0 {
            known.lock().unwrap().remove(&name);
            if tags.tag(&tag).remove().send().await.is_err() {
                return;
            }
            known.lock().unwrap().insert(name, None);
        }
    }
}

/// Adds disks, which are locked for a while, until a request fails.
async fn add_disks(connection: Connection, prefix: String, known: Known) {
    for number in 0.. {
        let name = format!("{prefix}-{number}");
        let disk = Disk::new().name(name.as_str()).format(DiskFormat::Cow).provisioned_size(1 << 30);
        let disk = disk.storage_domains(vec![StorageDomain::new().name("data")]);
        if connection.system().disks().add(disk).send().await.is_err() {
            return;
        }
        known.lock().unwrap().insert(name, Some(String::new()));
    }
}

/// Compares what clients know with what the engine has.
fn compare(known: &Known, found: &BTreeMap<String, String>) {
    for (name, expected) in known.lock().unwrap().iter() {
        assert_eq!(found.get(name), expected.as_ref(), "{name}");
    }
}

async fn check(connection: &Connection, tags: &Known, disks: &Known) {
    let found = connection.system().tags().list().send().await.unwrap().into_vec();
    let found = found.into_iter().map(|tag| (tag.name.unwrap(), tag.description.unwrap_or_default())).collect();
    compare(tags, &found);
    let found = connection.system().disks().list().send().await.unwrap().into_vec();
    compare(disks, &found.into_iter().map(|disk| (disk.name.unwrap(), String::new())).collect());
}

fn random_below(end: u64) -> u64 {
    let nanos = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().subsec_nanos();
    (u64::from(nanos).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) % end
}

#[tokio::test]
async fn nothing_that_was_acknowledged_is_lost_by_kill_9() {
    let kills = std::env::var("OVIRT_FAKE_ENGINE_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(5);
    let mut setup = Setup::new();
    let (mut tags, mut disks) = (Known::default(), Known::default());
    for round in 0..kills {
        if round % KILLS_OF_A_FILE == 0 {
            setup = Setup::new();
            (tags, disks) = (Known::default(), Known::default());
        }
        let running = setup.start();
        check(&setup.connection(), &tags, &disks).await;
        let mut clients: Vec<tokio::task::JoinHandle<()>> = (0..3)
            .map(|client| {
                tokio::spawn(change_tags(setup.connection(), format!("tag-{round}-{client}"), Arc::clone(&tags)))
            })
            .collect();
        clients.push(tokio::spawn(add_disks(setup.connection(), format!("disk-{round}"), Arc::clone(&disks))));
        tokio::time::sleep(Duration::from_millis(random_below(400))).await;
        running.kill();
        for client in clients {
            client.await.unwrap();
        }
    }
    let _running = setup.start();
    let connection = setup.connection();
    check(&connection, &tags, &disks).await;
    let known = tags.lock().unwrap().len() + disks.lock().unwrap().len();
    assert!(kills == 0 || known > 0, "there was no load");
    // What was pending goes on.
    for _ in 0..100 {
        let all = connection.system().disks().list().send().await.unwrap();
        if all.iter().all(|disk| disk.status == Some(DiskStatus::Ok)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("disks stay locked");
}

#[tokio::test]
async fn an_incomplete_change_is_cut_off_and_two_engines_cannot_use_one_file() {
    let setup = Setup::new();
    let running = setup.start();
    let tags = setup.connection().system().tags();
    for name in ["one", "two"] {
        tags.add(Tag::new().name(name)).send().await.unwrap();
    }
    let second = Command::new(PROGRAM).args(["--state", setup.state.to_str().unwrap()]).output().unwrap();
    let error = String::from_utf8(second.stderr).unwrap();
    assert!(!second.status.success() && error.contains("is in use by another fake engine"), "{error}");
    assert_eq!(running.kill(), "");

    let file = std::fs::OpenOptions::new().write(true).open(&setup.state).unwrap();
    file.set_len(file.metadata().unwrap().len() - 5).unwrap();
    let running = setup.start();
    let found = setup.connection().system().tags().list().send().await.unwrap();
    let names: Vec<&str> = found.iter().filter_map(|tag| tag.name.as_deref()).collect();
    assert!(names.contains(&"one") && !names.contains(&"two"), "{names:?}");
    let warning = running.kill();
    assert!(warning.contains("of an incomplete change; they were cut off"), "{warning}");
}

#[tokio::test]
async fn a_full_disk_is_reported_and_leaves_the_last_good_state() {
    let setup = Setup::new();
    setup.start().kill();
    let size = std::fs::metadata(&setup.state).unwrap().len() / 1024;
    // Without the signal, a write beyond the limit fails as on a full disk.
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", size + 30);
    let running = Running::new(Command::new("bash").args(["-c", &script, PROGRAM]).args(setup.arguments()));
    let tags = setup.connection().system().tags();
    let mut acknowledged = Vec::new();
    let error = loop {
        let name = format!("tag{}", acknowledged.len());
        match tags.add(Tag::new().name(name.as_str())).send().await {
            Ok(_) => acknowledged.push(name),
            Err(error) => break error.to_string(),
        }
        assert!(acknowledged.len() < 1000, "the limit has no effect");
    };
    assert!(error.contains("500") && error.contains("write the state file"), "{error}");
    running.kill();
    let running = setup.start();
    let found = setup.connection().system().tags().list().send().await.unwrap();
    let names: Vec<&str> = found.iter().filter_map(|tag| tag.name.as_deref()).collect();
    assert!(!acknowledged.is_empty());
    for name in &acknowledged {
        assert!(names.contains(&name.as_str()), "{name}: {names:?}");
    }
    assert_eq!(running.kill(), "", "the file has only complete changes");
}
