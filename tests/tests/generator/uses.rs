//! Compiles the code generated from each fixture together with the hand-written sources of the SDK, without warnings,
//! and runs the fixture's tests.
//!
//! They are compiled in a separate workspace with the same versions, features, profiles and target folder, so that
//! cargo reuses the dependencies that it built for this one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ovirt_sdk_generator::files::GENERATED;
use ovirt_sdk_tests::models;

#[test]
fn fixtures_compile_and_work() {
    let target = models::target_folder();
    let scratch = target.join("tmp/fixtures");
    let mut written = BTreeSet::new();
    let mut put = |path: PathBuf, text: &str| {
        // Unchanged files keep their modification time, so that cargo does not compile them again.
        if fs::read_to_string(&path).ok().as_deref() != Some(text) {
            models::write(&path, text);
        }
        written.insert(path);
    };
    put(scratch.join("Cargo.toml"), &workspace_manifest());
    put(scratch.join("Cargo.lock"), &text_of(&models::repository().join("Cargo.lock")));
    for name in models::fixtures() {
        let member = scratch.join(&name);
        put(member.join("Cargo.toml"), &member_manifest(&name));
        put(member.join("tests/uses.rs"), &test_of(&name));
        for (path, text) in sources(&name) {
            put(member.join("src").join(path), &text);
        }
    }
    for name in OTHERS {
        let member = scratch.join(stand_in(name));
        put(member.join("Cargo.toml"), &stand_in_manifest(name));
        put(member.join("src/lib.rs"), "");
    }
    remove_others(&scratch, &written);

    let mut cargo = Command::new(env!("CARGO"));
    for (key, _) in std::env::vars_os().filter(|(key, _)| is_of_this_package(&key.to_string_lossy())) {
        cargo.env_remove(key);
    }
    let cargo = cargo
        .args([
            "test",
            "--offline",
            "--quiet",
            "--workspace",
            "--features",
            "blocking",
            "--no-fail-fast",
            "--test",
            "uses",
        ])
        .current_dir(&scratch)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .expect("cargo can be run");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(cargo.status.success(), "{}\n{}", text(&cargo.stdout), text(&cargo.stderr));
}

/// Whether cargo set a variable to describe the package of this test. Other values make build scripts of dependencies
/// run again, and all dependents compile again, both here and in the next normal build.
fn is_of_this_package(key: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_TARGET_TMPDIR"].iter().any(|of| key.starts_with(of))
}

/// The manifest of the repository's workspace, including lints, with the fixtures as members.
fn workspace_manifest() -> String {
    let mut members = models::fixtures();
    members.extend(OTHERS.map(stand_in));
    let members = format!("members = {members:?}");
    let text = text_of(&models::repository().join("Cargo.toml"));
    replaced(&text, |line| line.starts_with("members = ").then(|| members.clone()))
}

/// The manifest of the SDK, renamed after the fixture, because packages of a workspace need different names.
fn member_manifest(fixture: &str) -> String {
    let text = text_of(&models::repository().join("generated-sdk/Cargo.toml"));
    // The tests and examples use the real model.
    let examples = text.find("\n[[example]]").unwrap_or(text.len());
    let lints = text.find("\n[lints]").unwrap_or(text.len());
    let text = format!("{}{}", &text[..examples], &text[lints..]);
    replaced(&text, |line| match line {
        "name = \"ovirt-sdk\"" => Some(format!("name = \"fixture-{fixture}\"")),
        line if line.starts_with("tokio = ") && line.contains("macros") => Some(
            "tokio = { version = \"1\", features = [\"io-util\", \"macros\", \"net\", \"rt\", \"time\"] }".to_owned(),
        ),
        line if line.starts_with("readme = ") => Some(String::new()),
        // The server of some tests is that of the tests of the SDK.
        line if line.starts_with("ovirt-fake-engine = ") => Some(server_dependencies()),
        _ => None,
    })
}

/// The dependencies of the server in `tests/client/support`.
fn server_dependencies() -> String {
    let needed = |line: &&str| ["rcgen = ", "tokio-rustls = "].iter().any(|name| line.starts_with(name));
    text_of(&models::tests_folder().join("Cargo.toml")).lines().filter(needed).collect::<Vec<_>>().join("\n")
}

/// The other members of the repository's workspace. Cargo enables the features of a dependency that any member needs,
/// so all members are needed to get the same features.
const OTHERS: [&str; 5] = ["generator", "generator/tools", "generated-sdk/fake-engine", "tests", "xtask"];

/// The folder and package that replaces a member of the repository's workspace.
fn stand_in(name: &str) -> String {
    format!("like-{}", name.replace('/', "-"))
}

/// The manifest of a member with its dependencies, but without its targets.
fn stand_in_manifest(name: &str) -> String {
    let text = text_of(&models::repository().join(name).join("Cargo.toml"));
    let targets = text.find("\n[[").unwrap_or(text.len());
    replaced(&text[..targets], |line| match line {
        line if line.starts_with("name = ") => Some(format!("name = {:?}", stand_in(name))),
        line if line.starts_with("ovirt-") => Some(String::new()),
        _ => None,
    })
}

fn replaced(text: &str, replace: impl Fn(&str) -> Option<String>) -> String {
    text.lines().map(|line| replace(line).unwrap_or_else(|| line.to_owned()) + "\n").collect()
}

/// The tests of a fixture, which use the library as `ovirt_sdk`.
fn test_of(fixture: &str) -> String {
    let uses = models::fixtures_folder().join(fixture).join("uses.rs");
    format!("extern crate fixture_{fixture} as ovirt_sdk;\n\n#[path = {uses:?}]\nmod uses;\n")
}

/// The hand-written sources of the SDK and the generated sources of a fixture, by path in `src`.
fn sources(fixture: &str) -> Vec<(PathBuf, String)> {
    let root = models::repository().join("generated-sdk/src");
    let inside = |path: &Path| path.strip_prefix(&root).expect("sources are in `src`").to_owned();
    let by_hand = models::files(&root).into_iter().filter(|path| !path.starts_with(root.join("generated")));
    let by_hand = by_hand.map(|path| (inside(&path), strict(&text_of(&path))));
    let in_src = |path: &str| path.strip_prefix(GENERATED).map(|rest| Path::new("generated").join(&rest[1..]));
    let generated = models::generate_fixture(fixture);
    let generated = generated.into_iter().filter_map(|(path, text)| Some((in_src(&path)?, text)));
    by_hand.chain(generated).collect()
}

/// Denies warnings in generated code. The other sources have warnings, because a small model leaves most of them
/// unused.
fn strict(text: &str) -> String {
    text.replace("\nmod generated;", "\n#[deny(warnings)]\nmod generated;")
}

/// Removes sources that only an earlier run wrote.
fn remove_others(scratch: &Path, written: &BTreeSet<PathBuf>) {
    for entry in fs::read_dir(scratch).expect("the folder was written") {
        let folder = entry.expect("the folder can be listed").path();
        if folder.is_dir() {
            for stale in models::files(&folder).into_iter().filter(|path| !written.contains(path)) {
                fs::remove_file(stale).expect("an old file can be removed");
            }
        }
    }
}

fn text_of(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
