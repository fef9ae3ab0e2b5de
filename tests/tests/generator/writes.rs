//! Tests that writing is safe: nothing outside of our folders is touched, a run completes an interrupted one, concurrent
//! runs wait for each other, and a failure is one error and changes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ovirt_sdk_generator::files::{FAKE_ENGINE, GENERATED, OVERVIEW};
use ovirt_sdk_generator::output::{self, Difference, OutputError};
use ovirt_sdk_tests::models;
use tempfile::TempDir;

use super::workspace::program;

fn workspace() -> TempDir {
    let machine = "struct: machine\nattributes:\n  title: { type: string }\n";
    models::new_workspace(&[
        ("model.yaml", models::API),
        ("services/system.yaml", models::SYSTEM),
        ("types/machine.yaml", machine),
    ])
}

fn write(root: &Path) -> Result<(), OutputError> {
    let files = models::generate(root);
    output::write(root, &files, &output::compare(root, &files)?)
}

fn is_complete(root: &Path) -> bool {
    output::compare(root, &models::generate(root)).unwrap().is_empty()
}

/// The texts of all files in a folder.
fn texts(folder: &Path) -> BTreeMap<PathBuf, String> {
    models::files(folder).into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A folder with files that must not change.
    fn elsewhere() -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["machine.rs", "precious.rs", "inner/precious.rs"] {
            models::write(&folder.path().join(name), "// precious\n");
        }
        folder
    }

    #[test]
    fn targets_of_links_in_our_folders_are_not_touched() {
        let (workspace, elsewhere) = (workspace(), elsewhere());
        let root = workspace.path();
        let before = texts(elsewhere.path());
        write(root).unwrap();
        let types = root.join(GENERATED).join("types");
        // A link in place of a folder, of a file, of a new text, and one that nothing generates.
        fs::remove_dir_all(&types).unwrap();
        symlink(elsewhere.path(), &types).unwrap();
        symlink(elsewhere.path(), root.join(GENERATED).join("old")).unwrap();
        let services = root.join(GENERATED).join("services");
        fs::remove_file(services.join("system.rs")).unwrap();
        symlink(elsewhere.path().join("precious.rs"), services.join("system.rs")).unwrap();
        symlink(elsewhere.path().join("precious.rs"), services.join(".system.rs.new")).unwrap();
        symlink(elsewhere.path().join("missing.rs"), root.join(FAKE_ENGINE).join("dangling.rs")).unwrap();
        write(root).unwrap();
        assert_eq!(texts(elsewhere.path()), before);
        assert!(is_complete(root));
        assert!(types.symlink_metadata().unwrap().is_dir());
        assert!(services.join("system.rs").symlink_metadata().unwrap().is_file());
        assert!(root.join(GENERATED).join("old").symlink_metadata().is_err());
        assert!(root.join(FAKE_ENGINE).join("dangling.rs").symlink_metadata().is_err());
    }

    #[test]
    fn a_link_on_the_way_to_our_folders_is_an_error() {
        for link in ["generated-sdk", "generated-sdk/src", "generated-sdk/src/generated"] {
            let (workspace, elsewhere) = (workspace(), elsewhere());
            let root = workspace.path();
            let before = texts(elsewhere.path());
            fs::create_dir_all(root.join(link).parent().unwrap()).unwrap();
            symlink(elsewhere.path(), root.join(link)).unwrap();
            let error = write(root).unwrap_err().to_string();
            assert!(error.contains(link) && error.ends_with("it is a symbolic link"), "{error}");
            assert_eq!(texts(elsewhere.path()), before);
        }
    }

    #[test]
    fn the_overview_may_be_a_link() {
        let (workspace, elsewhere) = (workspace(), elsewhere());
        let root = workspace.path();
        let before = texts(elsewhere.path());
        fs::create_dir_all(root.join(OVERVIEW).parent().unwrap()).unwrap();
        symlink(elsewhere.path().join("precious.rs"), root.join(OVERVIEW)).unwrap();
        write(root).unwrap();
        assert_eq!(texts(elsewhere.path()), before);
        assert!(is_complete(root));
    }
}

#[test]
fn files_and_folders_replace_each_other() {
    let workspace = workspace();
    let root = workspace.path();
    write(root).unwrap();
    let machine = root.join(GENERATED).join("types/machine.rs");
    fs::remove_file(&machine).unwrap();
    models::write(&machine.join("inner/old.rs"), "// old\n");
    let services = root.join(GENERATED).join("services");
    fs::remove_dir_all(&services).unwrap();
    models::write(&services, "// a file\n");
    write(root).unwrap();
    assert!(is_complete(root));
}

#[test]
fn a_run_completes_an_interrupted_one() {
    let workspace = workspace();
    let root = workspace.path();
    write(root).unwrap();
    // What runs of this version and of older ones leave behind.
    let left = [".machine.rs.new", "machine.rs.new", ".gone.rs.new"];
    for name in left {
        models::write(&root.join(GENERATED).join("types").join(name), "half");
    }
    models::write(&root.join("generated-sdk/.API.md.new"), "half");
    models::write(&root.join(GENERATED).join("types/machine.rs"), "// old\n");
    fs::remove_file(root.join(GENERATED).join("services/system.rs")).unwrap();
    write(root).unwrap();
    assert!(is_complete(root));
    assert!(models::files(&root.join("generated-sdk")).iter().all(|path| !path.to_string_lossy().ends_with(".new")));
}

#[test]
fn files_that_disappear_meanwhile_are_no_error() {
    let workspace = workspace();
    let root = workspace.path();
    write(root).unwrap();
    let stale = root.join(GENERATED).join("types/old.rs");
    models::write(&stale, "// old\n");
    let files = models::generate(root);
    let differences = output::compare(root, &files).unwrap();
    assert_eq!(differences.values().collect::<Vec<_>>(), [&Difference::Stale]);
    fs::remove_file(stale).unwrap();
    output::write(root, &files, &differences).unwrap();
}

#[test]
fn concurrent_runs_wait_for_each_other() {
    let workspace = workspace();
    let root = workspace.path();
    let program = program();
    for _ in 0..5 {
        let run = || Command::new(&program).arg("--root").arg(root).arg("regenerate").stderr(Stdio::piped()).spawn();
        let runs: Vec<_> = (0..4).map(|_| run().unwrap()).collect();
        for run in runs {
            let output = run.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        assert!(is_complete(root));
        fs::remove_dir_all(root.join("generated-sdk")).unwrap();
    }
}

/// Runs `regenerate` with a limit on the size of files, which fails like a full disk.
#[cfg(unix)]
#[test]
fn a_full_disk_is_one_error_and_changes_nothing() {
    let workspace = workspace();
    let root = workspace.path();
    write(root).unwrap();
    let before = texts(&root.join("generated-sdk"));
    let mut long = String::from("struct: machine\nattributes:\n");
    for number in 0..200 {
        long.push_str(&format!("  field_{number}: {{ type: string }}\n"));
    }
    models::write(&root.join("model/types/machine.yaml"), &long);
    models::write(&root.join("model/types/another.yaml"), "struct: another\n");
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" --root \"$1\" regenerate"])
        .args([program().as_path(), root])
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert_eq!(stderr.matches("error:").count(), 1, "{stderr}");
    assert!(stderr.contains("error: can't write `") && stderr.contains("machine.rs`: "), "{stderr}");
    assert_eq!(texts(&root.join("generated-sdk")), before, "nothing changed");
    write(root).unwrap();
    assert!(is_complete(root));
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_one_error() {
    use std::os::unix::fs::PermissionsExt;

    let workspace = workspace();
    let root = workspace.path();
    let folder = root.join("generated-sdk");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    // The permissions of a folder do not bind the administrator.
    if fs::create_dir(folder.join("probe")).is_err() {
        let error = write(root).unwrap_err().to_string();
        assert!(error.contains("can't create `") && error.contains("ermission denied"), "{error}");
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
}
