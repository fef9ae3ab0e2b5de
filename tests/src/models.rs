//! Models for the tests: the fixtures in `fixtures/`, and models that tests write themselves.
//!
//! A fixture contains only what it tests. The SDK compiles with any model.

#![allow(clippy::expect_used, clippy::panic, reason = "what fails here is a failed test")]

use std::fs;
use std::path::{Path, PathBuf};

use ovirt_sdk_generator::files::Files;
use ovirt_sdk_generator::{LoadedModel, MODEL, ModelError, workspace};
use tempfile::TempDir;

/// A minimal `model.yaml`.
pub const API: &str = "api: Small API\nversion: \"1.0\"\nroot: system\n";

/// A minimal root service.
pub const SYSTEM: &str = "service: system\n";

/// The root of the repository, found from the current folder. Paths baked in at build time would be wrong in a copied
/// checkout.
pub fn repository() -> PathBuf {
    workspace::find_from_current_folder().unwrap_or_else(|error| panic!("{error}"))
}

/// The folder of this package.
pub fn tests_folder() -> PathBuf {
    repository().join("tests")
}

/// The folder of the fixtures.
pub fn fixtures_folder() -> PathBuf {
    tests_folder().join("fixtures")
}

/// The target folder of the running test.
pub fn target_folder() -> PathBuf {
    let program = std::env::current_exe().expect("the path of the test program");
    let is_target = |folder: &&Path| folder.join("CACHEDIR.TAG").is_file();
    program.ancestors().find(is_target).expect("the test program is in a target folder").to_owned()
}

/// The names of all fixtures, sorted.
pub fn fixtures() -> Vec<String> {
    let entries = fs::read_dir(fixtures_folder()).expect("there is a folder of fixtures");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("the folder of fixtures can be listed").path())
        .filter(|path| path.join(MODEL).is_dir())
        .map(|path| path.file_name().unwrap_or_default().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Loads the model of a workspace.
pub fn read(root: &Path) -> Result<LoadedModel, ModelError> {
    ovirt_sdk_generator::load_model(&root.join(MODEL), root)
}

/// Generates code from the model of a workspace, which must be valid.
pub fn generate(root: &Path) -> Files {
    let read = read(root).unwrap_or_else(|error| panic!("{error}"));
    ovirt_sdk_generator::generate(&read).unwrap_or_else(|error| panic!("{error}"))
}

/// Generates code from a fixture.
pub fn generate_fixture(name: &str) -> Files {
    generate(&fixtures_folder().join(name))
}

/// All files in a folder and its subfolders.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder can be listed");
    let paths = entries.map(|entry| entry.expect("a folder can be listed").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Creates a workspace with a model of these files. Paths are relative to the folder of the model.
pub fn new_workspace(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().expect("a temporary folder can be made");
    for (path, text) in files {
        write(&root.path().join(MODEL).join(path), text);
    }
    root
}

/// The diagnostics of a model with these files. Adds `model.yaml` and a root service if they are missing.
pub fn problems(files: &[(&str, &str)]) -> String {
    let has = |path: &str| files.iter().any(|(other, _)| *other == path);
    let mut all = files.to_vec();
    let added = [("model.yaml", API), ("services/system.yaml", SYSTEM)];
    all.extend(added.into_iter().filter(|(path, _)| !has(path)));
    problems_of(new_workspace(&all).path())
}

/// The diagnostics of the model of a workspace.
pub fn problems_of(root: &Path) -> String {
    match read(root) {
        Err(error) => error.render(false),
        // Code can be generated from any model that passes the checks.
        Ok(read) => match ovirt_sdk_generator::generate(&read) {
            Ok(_) => "no problem\n".to_owned(),
            Err(error) => format!("error: {error}\n"),
        },
    }
}

/// Writes a file and creates its folder.
pub fn write(path: &Path, text: &str) {
    let folder = path.parent().expect("a file is in a folder");
    fs::create_dir_all(folder).expect("a folder can be made");
    fs::write(path, text).expect("a file can be written");
}
