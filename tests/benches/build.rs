//! Build costs of the SDK: generated lines, time of `cargo check`, size of a program, and time of
//! `cargo xtask regenerate`.
//!
//! On Linux, the times of `cargo check` are CPU times, so other programs don't affect them.
//! `OVIRT_SDK_BENCH_K8S=1` compares `cargo check` with that of `k8s-openapi`, which is downloaded and built outside the
//! workspace.

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use ovirt_sdk_tests::report::{self, Budget};

const ROUNDS: usize = 5;

/// Number of lines of the official Python SDK.
const PYTHON_LINES: f64 = 101_000.0;

/// The example whose size is measured.
const EXAMPLE: &str = "list_vms";

const K8S_CRATE: &str = r#"[package]
name = "scratch"
version = "0.0.0"
edition = "2021"

[dependencies]
k8s-openapi = { version = "=0.25.0", features = ["v1_32"] }

[workspace]
"#;

const PROGRAM_CRATE: &str = r#"[package]
name = "program"
version = "0.0.0"
edition = "2024"

[dependencies]
ovirt-sdk = { path = "SDK" }
tokio = { version = "1", features = ["macros", "rt"] }

[profile.release]
strip = "symbols"

[workspace]
"#;

fn main() -> Result<(), Box<dyn Error>> {
    report::run("build", measure)
}

fn measure() -> Result<(), Box<dyn Error>> {
    let root = &ovirt_sdk_tests::models::repository();
    let scratch = &ovirt_sdk_tests::models::target_folder().join("tmp");
    report::head("building the SDK");
    lines(root)?;
    check(root, scratch)?;
    binary(root, scratch)?;
    regenerate(root)
}

fn lines(root: &Path) -> Result<(), Box<dyn Error>> {
    let mut lines = 0;
    for file in generated(root)? {
        lines += fs::read_to_string(file)?.lines().count();
    }
    report::figure("generated lines, ratio to the Python SDK", &format!("{:.2}", lines as f64 / PYTHON_LINES));
    report::ratio("generated lines", &lines.to_string(), lines as f64, Budget::AtMost(60_000.0));
    Ok(())
}

fn check(root: &Path, scratch: &Path) -> Result<(), Box<dyn Error>> {
    let target = scratch.join("check");
    let source = root.join("generated-sdk/src/lib.rs");
    // Users have the SDK as a dependency, and cargo builds dependencies without incremental compilation.
    let ours = |incremental: &str| cargo(root, &target, incremental, &["check", "--quiet", "--package", "ovirt-sdk"]);
    let touched = |incremental: &str| {
        let touched = File::options().append(true).open(&source).and_then(|file| file.set_modified(SystemTime::now()));
        report::timed_children(|| touched.is_ok() && succeeds(ours(incremental)))
    };
    if !succeeds(ours("0")) || !succeeds(ours("1")) {
        return Err("`cargo check -p ovirt-sdk` fails".into());
    }
    let k8s = if std::env::var_os("OVIRT_SDK_BENCH_K8S").is_some() { Some(k8s(scratch)?) } else { None };
    let theirs = || match &k8s {
        Some(folder) => {
            let target = folder.join("target");
            succeeds(cargo(folder, &target, "0", &["clean", "--quiet", "--package", "k8s-openapi"]));
            report::timed_children(|| succeeds(cargo(folder, &target, "0", &["check", "--quiet"])))
        }
        None => Duration::ZERO,
    };
    let [clean, again, theirs] =
        report::medians(ROUNDS, [&mut || touched("0"), &mut || touched("1"), &mut || theirs()]);
    let seconds = |seconds: f64| format!("{seconds:.2} s");
    if k8s.is_some() {
        report::figure("cargo check of k8s-openapi 0.25, v1_32", &seconds(theirs));
        report::ratio("cargo check of ovirt-sdk, ratio to that", &seconds(clean), clean / theirs, Budget::AtMost(1.0));
    } else {
        report::figure("cargo check of ovirt-sdk", &seconds(clean));
    }
    report::figure("  with incremental compilation", &seconds(again));
    Ok(())
}

/// Builds the example in its own crate, like a user's program. In the SDK, examples get the features of its tests.
fn binary(root: &Path, scratch: &Path) -> Result<(), Box<dyn Error>> {
    let sdk = root.join("generated-sdk");
    let folder = scratch.join("program");
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("Cargo.toml"), PROGRAM_CRATE.replace("SDK", &sdk.display().to_string().replace('\\', "/")))?;
    fs::copy(sdk.join("examples").join(EXAMPLE).with_extension("rs"), folder.join("src/main.rs"))?;
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let target = folder.join("target");
    if !succeeds(cargo(&folder, &target, "0", &["build", "--quiet", "--release"])) {
        return Err(format!("can't build the example `{EXAMPLE}`").into());
    }
    let program = target.join("release/program").with_extension(std::env::consts::EXE_EXTENSION);
    let size = fs::metadata(program)?.len() as f64 / 1e6;
    report::figure(&format!("example `{EXAMPLE}`, release build, stripped"), &format!("{size:.2} MB"));
    Ok(())
}

/// Creates a crate that depends on k8s-openapi, and builds its dependencies.
fn k8s(scratch: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let folder = scratch.join("k8s");
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("Cargo.toml"), K8S_CRATE)?;
    fs::write(folder.join("src/lib.rs"), "")?;
    if !succeeds(cargo(&folder, &folder.join("target"), "0", &["check", "--quiet"])) {
        return Err("`cargo check` of k8s-openapi fails".into());
    }
    Ok(folder)
}

fn regenerate(root: &Path) -> Result<(), Box<dyn Error>> {
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO"));
        command.current_dir(root).args(["xtask", "regenerate"]).args(arguments);
        succeeds(command)
    };
    if !run(&["--check"]) {
        return Err("the generated files are stale; run `cargo xtask regenerate`".into());
    }
    let before = dates(root)?;
    let [took] = report::medians(ROUNDS, [&mut || report::timed(|| run(&[]))]);
    report::ratio("cargo xtask regenerate, seconds", &format!("{took:.2} s"), took, Budget::AtMost(1.0));
    let touched = dates(root)?.iter().zip(&before).filter(|(after, before)| after != before).count();
    report::ratio("  files rewritten", &touched.to_string(), touched as f64, Budget::AtMost(0.0));
    Ok(())
}

fn cargo(folder: &Path, target: &Path, incremental: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(folder).args(arguments).env("CARGO_TARGET_DIR", target).env("CARGO_INCREMENTAL", incremental);
    command
}

fn succeeds(mut command: Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

fn generated(root: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut folders =
        vec![root.join("generated-sdk/src/generated"), root.join("generated-sdk/fake-engine/src/generated")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

fn dates(root: &Path) -> std::io::Result<Vec<SystemTime>> {
    generated(root)?.iter().map(|file| fs::metadata(file)?.modified()).collect()
}
