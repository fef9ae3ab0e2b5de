//! What a comparison is between: a git revision, a folder with a model, or a release of upstream's.

use std::io::{Cursor, Read as _};
use std::path::Path;
use std::process::Command;

use crate::import::{self, source::is_upstream};
use ovirt_sdk_generator::load::{self, API_FILE, Texts};
use ovirt_sdk_generator::{MODEL, Read};

/// One side of a comparison.
#[derive(Debug)]
pub struct Side {
    /// How it was asked for.
    pub name: String,
    /// Its model.
    pub read: Read,
}

/// Opens a side. What is no file or folder is a git revision of the workspace at `root`; nothing at all is its working
/// tree. A release of upstream's is imported into the workspace's model, without writing it.
pub fn open(root: &Path, wanted: Option<&str>, colour: bool) -> Result<Side, String> {
    let Some(wanted) = wanted else {
        return read_folder(&root.join(MODEL), "working tree", colour);
    };
    let path = Path::new(wanted);
    if path.join(API_FILE).is_file() {
        read_folder(path, wanted, colour)
    } else if path.join(MODEL).join(API_FILE).is_file() {
        read_folder(&path.join(MODEL), wanted, colour)
    } else if is_upstream(path) {
        let present = load::read_texts(&root.join(MODEL), root).map_err(|error| format!("error: {error}"))?;
        let import = import::plan(path, &present, None).map_err(|error| error.render(colour))?;
        Ok(Side { name: wanted.to_owned(), read: import.read })
    } else if path.exists() {
        Err(format!("error: {wanted} holds neither a model ({API_FILE}) nor a checkout of upstream's"))
    } else {
        let texts = revision(root, wanted)?;
        let read = ovirt_sdk_generator::read_texts(&texts, &format!("{wanted}:{MODEL}"))
            .map_err(|error| error.render(colour))?;
        Ok(Side { name: wanted.to_owned(), read })
    }
}

fn read_folder(folder: &Path, name: &str, colour: bool) -> Result<Side, String> {
    let read =
        ovirt_sdk_generator::read(folder, folder.parent().unwrap_or(folder)).map_err(|error| error.render(colour))?;
    Ok(Side { name: name.to_owned(), read })
}

/// The model of a git revision, as the command `git` gives it.
fn revision(root: &Path, revision: &str) -> Result<Texts, String> {
    let failed = |cause: &str| {
        let cause = cause.trim();
        format!("error: {revision} is neither a file nor a git revision with a {MODEL}/: {cause}")
    };
    if revision.starts_with('-') {
        return Err(failed("it looks like an option"));
    }
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["archive", "--format=zip", revision, "--", MODEL])
        .output()
        .map_err(|error| failed(&format!("can't run git: {error}")))?;
    if !output.status.success() {
        return Err(failed(&String::from_utf8_lossy(&output.stderr)));
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(output.stdout)).map_err(|error| failed(&error.to_string()))?;
    let mut texts = Texts::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| failed(&error.to_string()))?;
        let name = entry.name().map_err(|error| failed(&error.to_string()))?.into_owned();
        let within = name.strip_prefix(MODEL).and_then(|rest| rest.strip_prefix('/'));
        if let Some(path) = within.filter(|_| !entry.is_dir() && name.ends_with(".yaml")) {
            let mut text = String::new();
            entry.read_to_string(&mut text).map_err(|error| failed(&format!("{name}: {error}")))?;
            texts.insert(path.to_owned(), text);
        }
    }
    Ok(texts)
}
