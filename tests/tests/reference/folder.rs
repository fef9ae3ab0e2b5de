//! Tests of when the files of the site are written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use ovirt_sdk_generator::files::Files;
use ovirt_sdk_generator::output::Difference;
use ovirt_sdk_generator_tools::reference::{FolderError, write};
use ovirt_sdk_tests::models;

use crate::{SITE, site_of};

fn small() -> Files {
    site_of(&[("types/part.yaml", "struct: part\nsummary: A part.\n"), ("types/other.yaml", "struct: other\n")])
}

fn read(folder: &Path) -> BTreeMap<String, (String, SystemTime)> {
    let file = |path: std::path::PathBuf| {
        let inside = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
        (inside, (fs::read_to_string(&path).unwrap(), fs::metadata(&path).unwrap().modified().unwrap()))
    };
    models::files(folder).into_iter().map(file).collect()
}

/// Returns the error for a foreign folder, and checks that nothing changed.
fn write_error(folder: &Path) -> String {
    let before = read(folder);
    let error = write(folder, &small()).expect_err("the folder is foreign");
    assert!(matches!(error, FolderError::Foreign { .. }));
    assert_eq!(read(folder), before, "something changed");
    error.to_string()
}

#[test]
fn a_missing_folder_is_created() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("some/where");
    let written = write(&folder, &SITE).unwrap();
    assert_eq!(written.len(), SITE.len());
    assert!(written.values().all(|difference| *difference == Difference::Missing));
    let on_disk: Files = read(&folder).into_iter().map(|(path, (text, _))| (path, text)).collect();
    assert!(on_disk == *SITE);
}

#[test]
fn only_differences_are_written_and_stale_files_are_removed() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    write(folder, &small()).unwrap();
    let before = read(folder);
    assert!(write(folder, &small()).unwrap().is_empty());
    assert_eq!(read(folder), before, "a file was written needlessly");

    let mut fewer = small();
    fewer.remove("types/other.html").unwrap();
    fewer.get_mut("types/part.html").unwrap().push('\n');
    let expected = [("types/other.html", Difference::Stale), ("types/part.html", Difference::Changed)];
    let expected: BTreeMap<String, Difference> =
        expected.into_iter().map(|(path, difference)| (path.to_owned(), difference)).collect();
    assert_eq!(write(folder, &fewer).unwrap(), expected);
    let after = read(folder);
    assert!(!after.contains_key("types/other.html"));
    for (path, file) in after.iter().filter(|(path, _)| *path != "types/part.html") {
        assert_eq!(*file, before[path], "{path} was written needlessly");
    }
}

#[test]
fn foreign_folders_are_left_alone() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    models::write(&folder.join("photos/holiday.txt"), "sun");
    models::write(&folder.join("letter.txt"), "Dear");
    let message = write_error(folder);
    for expected in ["letter.txt", "photos", "nothing was changed", "--output"] {
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn foreign_pages_are_not_overwritten() {
    let root = tempfile::tempdir().unwrap();
    models::write(&root.path().join("index.html"), "<!doctype html>\n<title>My page</title>\n");
    assert!(write_error(root.path()).contains("index.html"));
}

#[test]
fn one_foreign_file_is_enough_to_fail() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), &small()).unwrap();
    models::write(&root.path().join("types/notes.html"), "<p>Mine.</p>\n");
    assert!(write_error(root.path()).contains("notes.html"));
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_not_followed() {
    let (root, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(root.path(), &small()).unwrap();
    write(elsewhere.path(), &small()).unwrap();
    fs::remove_dir_all(root.path().join("types")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("types"), root.path().join("types")).unwrap();
    let error = write(root.path(), &Files::new()).expect_err("a symbolic link is foreign").to_string();
    assert!(error.contains("types"), "{error}");
    assert_eq!(read(elsewhere.path()).len(), small().len());
}
