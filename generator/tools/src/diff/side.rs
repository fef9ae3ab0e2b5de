//! The sides of a comparison: a git revision, a folder with a model, or a release of upstream's model.

use std::io::{Cursor, Read as _};
use std::path::Path;
use std::process::Command;

use crate::import::{self, upstream::is_upstream};
use ovirt_sdk_generator::load::{self, API_FILE, ModelFiles};
use ovirt_sdk_generator::{LoadedModel, MODEL};

/// One side of a comparison.
#[derive(Debug)]
pub struct Side {
    /// Name in reports.
    pub name: String,
    /// The model.
    pub read: LoadedModel,
}

/// Opens a side. `None` is the working tree of the workspace at `root`, and a name that is not a file or folder is a
/// git revision of it. A release of upstream's model is imported into the workspace's model without writing it.
pub fn open(root: &Path, wanted: Option<&str>, color: bool) -> Result<Side, String> {
    let Some(wanted) = wanted else {
        return read_folder(&root.join(MODEL), "working tree", color);
    };
    let path = Path::new(wanted);
    if path.join(API_FILE).is_file() {
        read_folder(path, wanted, color)
    } else if path.join(MODEL).join(API_FILE).is_file() {
        read_folder(&path.join(MODEL), wanted, color)
    } else if is_upstream(path) {
        let present = load::read_files(&root.join(MODEL), root).map_err(|error| format!("error: {error}"))?;
        let import = import::plan(path, &present, None).map_err(|error| error.render(color))?;
        Ok(Side { name: wanted.to_owned(), read: import.read })
    } else if path.exists() {
        Err(format!("error: `{wanted}` contains neither a model ({API_FILE}) nor upstream's model"))
    } else {
        let texts = revision(root, wanted)?;
        let read = ovirt_sdk_generator::parse_model(&texts, &format!("{wanted}:{MODEL}"))
            .map_err(|error| error.render(color))?;
        Ok(Side { name: wanted.to_owned(), read })
    }
}

fn read_folder(folder: &Path, name: &str, color: bool) -> Result<Side, String> {
    let read = ovirt_sdk_generator::load_model(folder, folder.parent().unwrap_or(folder))
        .map_err(|error| error.render(color))?;
    Ok(Side { name: name.to_owned(), read })
}

/// Reads the model of a git revision with `git archive`.
pub(crate) fn revision(root: &Path, revision: &str) -> Result<ModelFiles, String> {
    let failed = |cause: &str| {
        let cause = cause.trim();
        format!("error: `{revision}` is neither a file nor a git revision with a {MODEL} folder: {cause}")
    };
    if revision.starts_with('-') {
        return Err(failed("it starts with a hyphen"));
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
    let mut texts = ModelFiles::new();
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
