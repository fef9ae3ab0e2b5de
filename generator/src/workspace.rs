//! The workspace that a command works on.

use std::path::{Path, PathBuf};

use crate::load::{API_FILE, MODEL};

/// An error: a folder is not in a checkout of ovirt-sdk.
#[derive(Debug)]
pub struct NotInWorkspace {
    /// The folder.
    pub folder: PathBuf,
}

impl std::fmt::Display for NotInWorkspace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let folder = self.folder.display();
        writeln!(
            f,
            "`{folder}` is not in a checkout of ovirt-sdk: no folder above it has Cargo.toml and {MODEL}/{API_FILE}"
        )?;
        f.write_str("help: change to a folder of the checkout, or name it with `--root`")
    }
}

impl std::error::Error for NotInWorkspace {}

/// Finds the workspace around a folder: the nearest ancestor with `Cargo.toml` and a model, starting with the folder
/// itself.
///
/// Commands use this instead of a path baked in at build time: cargo does not rebuild them in a copied checkout with a
/// copied target folder.
pub fn find(folder: &Path) -> Result<PathBuf, NotInWorkspace> {
    let is_root = |folder: &&Path| folder.join("Cargo.toml").is_file() && folder.join(MODEL).join(API_FILE).is_file();
    let root = folder.ancestors().find(is_root);
    root.map(Path::to_owned).ok_or_else(|| NotInWorkspace { folder: folder.to_owned() })
}

/// Finds the workspace around the current folder.
pub fn find_from_current_folder() -> Result<PathBuf, NotInWorkspace> {
    let folder = std::env::current_dir().unwrap_or_default();
    find(&folder)
}
