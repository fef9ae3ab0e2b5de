//! Headless Chromium, for tests of pages.

#![allow(clippy::expect_used, clippy::panic, clippy::print_stderr, clippy::unwrap_used, reason = "helpers of tests")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::Value;

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Timeout for a page.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs one browser at a time, because browsers need much memory.
static TURN: Mutex<()> = Mutex::new(());

/// The path of Chromium, if it is installed.
pub fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).flat_map(|folder| BROWSERS.map(|name| folder.join(name)));
    let found = found.into_iter().find(|program| program.is_file());
    if found.is_none() {
        eprintln!("skipped: Chromium is not installed (looked for {})", BROWSERS.join(", "));
    }
    found
}

/// Stops the browser if the test fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The document at an address after its scripts have run for 20 s of virtual time.
///
/// # Panics
///
/// Panics if the browser can't be started, or doesn't end.
pub fn document(browser: &Path, width: u32, address: &str) -> String {
    document_with(browser, width, address, &[])
}

/// Like [`document`], with more arguments for the browser.
///
/// # Panics
///
/// Panics if the browser can't be started, or doesn't end.
pub fn document_with(browser: &Path, width: u32, address: &str, arguments: &[&str]) -> String {
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let profile = tempfile::tempdir().unwrap();
    let (out, log) = (profile.path().join("document.html"), profile.path().join("log.txt"));
    let child = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
        .arg(format!("--window-size={width},900"))
        .args(arguments)
        .args(["--virtual-time-budget=20000", "--dump-dom", address])
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(&out).unwrap())
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn();
    let mut running = Running(child.expect("the browser can be started"));
    let start = Instant::now();
    while running.0.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < PATIENCE, "{address} takes too long: {}", std::fs::read_to_string(&log).unwrap());
        std::thread::sleep(Duration::from_millis(50));
    }
    let document = std::fs::read_to_string(&out).unwrap();
    assert!(document.contains("</html>"), "no document: {}", std::fs::read_to_string(&log).unwrap());
    document
}

/// The JSON that a probe has left in the attribute `data-outcome` of a document, with percent-encoding.
///
/// # Panics
///
/// Panics if there is none.
pub fn outcome(document: &str) -> Value {
    let (_, rest) = document.split_once("data-outcome=\"").expect("the probe has finished");
    let (outcome, _) = rest.split_once('"').unwrap();
    let mut bytes = Vec::new();
    let mut rest = outcome.bytes();
    while let Some(byte) = rest.next() {
        let hex = |byte: u8| (byte as char).to_digit(16).unwrap() as u8;
        bytes.push(if byte == b'%' { hex(rest.next().unwrap()) * 16 + hex(rest.next().unwrap()) } else { byte });
    }
    serde_json::from_slice(&bytes).unwrap()
}
