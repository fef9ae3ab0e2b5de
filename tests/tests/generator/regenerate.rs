//! Tests of when files are written, and that the output depends only on the model.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::SystemTime;

use ovirt_sdk_generator::files::{COMMAND, FAKE_ENGINE, Files, GENERATED};
use ovirt_sdk_generator::output::{self, Difference};
use ovirt_sdk_tests::models;

const MODEL: &[(&str, &str)] = &[
    ("model.yaml", models::API),
    ("services/system.yaml", "service: system\nsummary: |\n  All of it.\n"),
    (
        "types/machine.yaml",
        "struct: machine\ndetails: |\n  One line.\n\n  Another.\nattributes:\n  mode: { type: mode }\n",
    ),
    ("types/mode.yaml", "enum: mode\nvalues:\n  fast: {}\n  slow: {}\n"),
    ("types/part.yaml", "struct: part\nattributes:\n  title: { type: string }\n"),
];

const MACHINE: &str = "generated-sdk/src/generated/types/machine.rs";

fn regenerate(root: &Path) -> BTreeMap<String, Difference> {
    let files = models::generate(root);
    let differences = output::compare(root, &files).unwrap();
    output::write(root, &files, &differences).unwrap();
    differences
}

/// The modification times of the generated files.
fn modification_times(root: &Path, files: &Files) -> BTreeMap<String, SystemTime> {
    let date = |path: &String| fs::metadata(root.join(path)).unwrap().modified().unwrap();
    files.keys().map(|path| (path.clone(), date(path))).collect()
}

#[test]
fn order_and_line_endings_of_files_do_not_matter() {
    let one = models::new_workspace(MODEL);
    let crlf: Vec<(&str, String)> = MODEL.iter().map(|(path, text)| (*path, text.replace('\n', "\r\n"))).collect();
    let reversed: Vec<(&str, &str)> = crlf.iter().rev().map(|(path, text)| (*path, text.as_str())).collect();
    let other = models::new_workspace(&reversed);
    let (one, other) = (models::generate(one.path()), models::generate(other.path()));
    assert_eq!(one, other);
    assert!(one.values().all(|text| !text.contains('\r')));
}

#[test]
fn generating_is_deterministic() {
    let root = models::repository();
    assert!(models::generate(&root) == models::generate(&root));
}

#[test]
fn only_differences_are_written() {
    let workspace = models::new_workspace(MODEL);
    let root = workspace.path();
    let first = regenerate(root);
    let files = models::generate(root);
    assert_eq!(first.len(), files.len());
    assert!(first.values().all(|difference| *difference == Difference::Missing));

    let before = modification_times(root, &files);
    assert_eq!(regenerate(root), BTreeMap::new());
    assert_eq!(modification_times(root, &files), before, "a file was written needlessly");

    models::write(&root.join(MACHINE), "pub struct Machine;\n");
    assert_eq!(regenerate(root), BTreeMap::from([(MACHINE.to_owned(), Difference::Changed)]));
    assert_eq!(fs::read_to_string(root.join(MACHINE)).unwrap(), files[MACHINE]);
    let mut after = modification_times(root, &files);
    after.insert(MACHINE.to_owned(), before[MACHINE]);
    assert_eq!(after, before, "a file was written needlessly");
}

#[test]
fn stale_files_are_removed() {
    let workspace = models::new_workspace(MODEL);
    let root = workspace.path();
    regenerate(root);
    fs::remove_file(root.join("model/types/part.yaml")).unwrap();
    models::write(&root.join(GENERATED).join("services/old.rs"), "// by hand\n");
    models::write(&root.join(FAKE_ENGINE).join("old.rs"), "// by hand\n");
    let stale = |name: &str| format!("{GENERATED}/{name}");
    let differences = regenerate(root);
    assert_eq!(differences.get(&stale("types/part.rs")), Some(&Difference::Stale));
    assert_eq!(differences.get(&stale("services/old.rs")), Some(&Difference::Stale));
    assert_eq!(differences.get(&format!("{FAKE_ENGINE}/old.rs")), Some(&Difference::Stale));
    assert!(!root.join(GENERATED).join("types/part.rs").exists());
    assert!(!root.join(FAKE_ENGINE).join("old.rs").exists());
    assert_eq!(regenerate(root), BTreeMap::new());
}

fn xtask(root: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline", "--package", "xtask", "--", "--root"])
        .arg(root)
        .args(arguments)
        .current_dir(models::repository())
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_command_checks_writes_and_exports() {
    let workspace = models::new_workspace(MODEL);
    let root = workspace.path();
    let written = xtask(root, &["regenerate"]);
    assert!(written.status.success(), "{}", stderr(&written));
    assert!(stderr(&written).contains("19 new, 0 changed, 0 removed"), "{}", stderr(&written));
    assert!(xtask(root, &["regenerate", "--check"]).status.success());

    models::write(&root.join(MACHINE), "pub struct Machine;\n");
    let checked = xtask(root, &["regenerate", "--check"]);
    assert!(!checked.status.success());
    assert!(stderr(&checked).contains(MACHINE) && stderr(&checked).contains(COMMAND), "{}", stderr(&checked));
    assert_eq!(fs::read_to_string(root.join(MACHINE)).unwrap(), "pub struct Machine;\n", "a check writes nothing");

    xtask(root, &["regenerate"]);
    let routes = format!("{FAKE_ENGINE}/routes.rs");
    models::write(&root.join(&routes), "// by hand\n");
    let checked = xtask(root, &["regenerate", "--check"]);
    assert!(!checked.status.success());
    assert!(stderr(&checked).contains(&routes), "{}", stderr(&checked));

    let exported = xtask(root, &["export"]);
    let json: serde_json::Value = serde_json::from_slice(&exported.stdout).unwrap();
    assert_eq!(json["types"][0]["name"], "machine");

    models::write(&root.join("model/types/mode.yaml"), "enum: mode\n");
    let broken = xtask(root, &["regenerate"]);
    assert!(!broken.status.success());
    assert!(stderr(&broken).contains("--> model/types/mode.yaml:1:1"), "{}", stderr(&broken));
}
