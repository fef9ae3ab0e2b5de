//! Checks the bindings with recorded documents. Every file must decode in strict mode, and encoding and decoding it
//! again must return the same document.
//!
//! ```text
//! cargo run -p ovirt-sdk-tests --bin recordings -- FOLDER
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ovirt_sdk::xml::{DecodeOptions, Document, EncodeOptions};

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: recordings FOLDER");
        return ExitCode::from(2);
    };
    let mut files = match xml_files(&folder) {
        Ok(files) => files,
        Err(error) => {
            eprintln!("can't read {}: {error}", folder.display());
            return ExitCode::from(2);
        }
    };
    files.sort();
    let mut failed = 0;
    for file in &files {
        if let Err(problem) = check(file) {
            failed += 1;
            println!("{}: {problem}", file.display());
        }
    }
    println!("{} passed, {failed} failed", files.len() - failed);
    if failed == 0 && !files.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn xml_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(xml_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            files.push(path);
        }
    }
    Ok(files)
}

fn check(file: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let bytes = std::fs::read(file)?;
    let strict = DecodeOptions::new().strict(true);
    let first = Document::read(&bytes, &strict)?;
    let written = first.write(&EncodeOptions::new().unknown(true))?;
    let second = Document::read(written.as_bytes(), &strict)?;
    if first != second {
        return Err("the document changes when it is encoded and decoded".into());
    }
    // Without unknown content, encoding must be stable after one round trip.
    let known = first.write(&EncodeOptions::new())?;
    let again = Document::read(known.as_bytes(), &strict)?.write(&EncodeOptions::new())?;
    if known != again {
        return Err("the encoded document changes when it is decoded and encoded again".into());
    }
    Ok(())
}
