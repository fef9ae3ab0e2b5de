//! Tests that `cargo xtask` works on the checkout where it is invoked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ovirt_sdk_generator::workspace;
use ovirt_sdk_tests::models;
use tempfile::TempDir;

/// Creates a minimal checkout.
fn checkout() -> TempDir {
    let checkout = models::new_workspace(&[("model.yaml", models::API), ("services/system.yaml", models::SYSTEM)]);
    models::write(&checkout.path().join("Cargo.toml"), "[workspace]\n");
    models::write(&checkout.path().join("generator/Cargo.toml"), "[package]\n");
    fs::create_dir_all(checkout.path().join("generator/src")).unwrap();
    checkout
}

#[test]
fn the_nearest_workspace_is_found() {
    let outer = checkout();
    let root = outer.path();
    assert_eq!(workspace::find(root).unwrap(), root);
    assert_eq!(workspace::find(&root.join("generator/src")).unwrap(), root);

    // A fixture has a model, but is not a workspace.
    models::write(&root.join("tests/fixtures/small/model/model.yaml"), models::API);
    assert_eq!(workspace::find(&root.join("tests/fixtures/small")).unwrap(), root);

    let inner = root.join("target/copy");
    models::write(&inner.join("Cargo.toml"), "[workspace]\n");
    models::write(&inner.join("model/model.yaml"), models::API);
    assert_eq!(workspace::find(&inner.join("model")).unwrap(), inner);
}

#[test]
fn outside_of_a_workspace_the_error_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let error = workspace::find(folder.path()).unwrap_err().to_string();
    let shown = folder.path().display();
    let expected = format!(
        "`{shown}` is not in a checkout of ovirt-sdk: no folder above it has Cargo.toml and model/model.yaml\n\
         help: change to a folder of the checkout, or name it with `--root`"
    );
    assert_eq!(error, expected);
}

/// Builds `xtask` for this repository and returns its path.
pub(super) fn program() -> PathBuf {
    let cargo = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline", "--package", "xtask"])
        .current_dir(models::repository())
        .env("CARGO_TARGET_DIR", models::target_folder())
        .status()
        .unwrap();
    assert!(cargo.success());
    models::target_folder().join("debug").join(format!("xtask{}", std::env::consts::EXE_SUFFIX))
}

/// Runs the program built for this repository in another folder, as happens with a copied target folder.
fn xtask(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program()).args(arguments).current_dir(folder).output().unwrap()
}

#[test]
fn a_program_built_elsewhere_works_on_the_current_checkout() {
    let checkout = checkout();
    let generated = checkout.path().join("generated-sdk/API.md");
    let output = xtask(&checkout.path().join("generator/src"), &["regenerate"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(fs::read_to_string(&generated).unwrap().contains("Small API"));
    assert!(xtask(checkout.path(), &["regenerate", "--check"]).status.success());

    let outside = tempfile::tempdir().unwrap();
    let output = xtask(outside.path(), &["regenerate"]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("is not in a checkout of ovirt-sdk"));
}

#[test]
fn help_lists_every_command() {
    let output = xtask(&models::repository(), &["--help"]);
    let help = String::from_utf8(output.stdout).unwrap();
    for command in ["regenerate", "documentation", "export", "reference", "import", "diff", "changelog", "fake-engine"]
    {
        assert!(help.lines().any(|line| line.split_whitespace().next() == Some(command)), "{command} in:\n{help}");
    }
}
