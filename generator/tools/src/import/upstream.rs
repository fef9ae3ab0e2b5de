//! Reads upstream's files: a checkout, a folder of Java packages, or a sources jar.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use quick_xml::Reader;
use quick_xml::events::Event;

use ovirt_sdk_generator::diagnostics::shown_path;

/// Folder of Java files in a checkout.
const JAVA: &str = "src/main/java";

/// Maven's project file, in a checkout and in a jar.
const POM: &str = "pom.xml";

/// A release of upstream's model.
#[derive(Debug)]
pub(super) struct Upstream {
    /// Version, as written by upstream.
    pub(super) version: Option<String>,
    /// Paths, as shown in messages, and texts of Java files.
    pub(super) files: Vec<(String, String)>,
}

/// An error: a path does not contain a release of upstream's model.
#[derive(Debug)]
pub struct SourceError {
    /// The path.
    pub path: PathBuf,
    /// The cause.
    pub cause: String,
}

impl std::fmt::Display for SourceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "can't read `{}`: {}", self.path.display(), self.cause)
    }
}

impl std::error::Error for SourceError {}

/// Whether a folder or file looks like upstream's model.
pub(crate) fn is_upstream(path: &Path) -> bool {
    java_root(path).is_some() || (path.is_file() && path.extension().is_some_and(|it| it == "jar" || it == "zip"))
}

fn java_root(path: &Path) -> Option<PathBuf> {
    let roots = [path.join(JAVA), path.to_owned()];
    let java = |folder: PathBuf| {
        fs::read_dir(folder)
            .is_ok_and(|entries| entries.flatten().any(|it| it.path().extension().is_some_and(|e| e == "java")))
    };
    roots.into_iter().find(|root| java(root.join("types")))
}

/// Reads upstream's files.
pub(super) fn read(path: &Path) -> Result<Upstream, SourceError> {
    let failed = |cause: String| SourceError { path: path.to_owned(), cause };
    let mut upstream = if path.is_file() {
        jar(path).map_err(failed)?
    } else {
        match java_root(path) {
            Some(root) => {
                let mut files = Vec::new();
                walk(&root, path, &mut files).map_err(|error| failed(error.to_string()))?;
                let version = fs::read_to_string(path.join(POM)).ok().and_then(|pom| pom_version(&pom));
                Upstream { version, files }
            }
            None if path.exists() => {
                return Err(failed(format!(
                    "no Java files in {JAVA}/types; pass the folder with pom.xml, or the sources jar"
                )));
            }
            None => return Err(failed("no such file or folder".to_owned())),
        }
    };
    if upstream.files.is_empty() {
        return Err(failed("no Java files; pass the sources jar, not the jar of classes".to_owned()));
    }
    upstream.files.sort();
    Ok(upstream)
}

fn walk(folder: &Path, shown_from: &Path, files: &mut Vec<(String, String)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, shown_from, files)?;
        } else if path.extension().is_some_and(|extension| extension == "java") {
            files.push((shown_path(&path, shown_from), fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

fn jar(path: &Path) -> Result<Upstream, String> {
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    let mut archive = zip::ZipArchive::new(io::BufReader::new(file)).map_err(|error| error.to_string())?;
    let mut upstream = Upstream { version: name_version(path), files: Vec::new() };
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| error.to_string())?;
        let name = entry.name().map_err(|error| error.to_string())?.into_owned();
        let is_pom = name.rsplit('/').next() == Some(POM);
        if entry.is_dir() || !(is_pom || name.ends_with(".java")) {
            continue;
        }
        let mut text = String::new();
        entry.read_to_string(&mut text).map_err(|error| format!("{name}: {error}"))?;
        if is_pom {
            upstream.version = pom_version(&text).or(upstream.version);
        } else {
            upstream.files.push((name, text));
        }
    }
    Ok(upstream)
}

/// The version in the name of a jar, such as `model-4.6.1-sources.jar`.
fn name_version(path: &Path) -> Option<String> {
    let stem = path.file_stem()?.to_string_lossy().into_owned();
    let part = stem.split('-').find(|part| part.contains('.') && part.starts_with(|c: char| c.is_ascii_digit()))?;
    Some(part.to_owned())
}

/// The text of `<project><version>`.
fn pom_version(pom: &str) -> Option<String> {
    let mut reader = Reader::from_str(pom);
    let mut path: Vec<String> = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => path.push(start.local_name().as_ref().to_owned()),
            Event::End(_) => drop(path.pop()),
            Event::Text(text) if path == ["project", "version"] => {
                return Some(text.trim().to_owned());
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_is_the_projects_own() {
        let pom = "<project><parent><version>1</version></parent>\n<version> 4.6.1 </version></project>";
        assert_eq!(pom_version(pom).as_deref(), Some("4.6.1"));
        assert_eq!(pom_version("<project/>"), None);
        assert_eq!(name_version(Path::new("a/model-4.6.1-sources.jar")).as_deref(), Some("4.6.1"));
        assert_eq!(name_version(Path::new("model.jar")), None);
    }
}
