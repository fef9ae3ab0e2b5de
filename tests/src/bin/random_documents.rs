//! Writes random documents of every type, encoded by the SDK, for validation against the engine's schema.
//!
//! ```text
//! cargo run -p ovirt-sdk-tests --bin random_documents -- FOLDER [--per-type N] [--seed S]
//! xmllint --noout --schema api.xsd FOLDER/*.xml
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ovirt_sdk::registry;
use ovirt_sdk::xml::{DecodeOptions, Document, EncodeOptions};
use ovirt_sdk_tests::random::{Node, Random};

/// Maximum nesting of objects.
const LEVELS: u32 = 3;

struct Arguments {
    folder: PathBuf,
    per_type: u32,
    seed: u64,
}

fn main() -> ExitCode {
    let Some(arguments) = arguments() else {
        eprintln!("usage: random_documents FOLDER [--per-type N] [--seed S]");
        return ExitCode::from(2);
    };
    match write_all(&arguments) {
        Ok((objects, collections)) => {
            println!("wrote {objects} objects and {collections} collections of {} types", registry::structs().len());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Option<Arguments> {
    let mut words = std::env::args_os().skip(1);
    let mut arguments = Arguments { folder: words.next()?.into(), per_type: 10, seed: 0 };
    while let Some(name) = words.next() {
        let value = words.next()?.into_string().ok()?;
        match name.to_str()? {
            "--per-type" => arguments.per_type = value.parse().ok()?,
            "--seed" => arguments.seed = value.parse().ok()?,
            _ => return None,
        }
    }
    Some(arguments)
}

fn write_all(arguments: &Arguments) -> Result<(usize, usize), Box<dyn Error>> {
    std::fs::create_dir_all(&arguments.folder)?;
    // The schema has signed and unsigned 32-bit integers and 64-bit integers. This is their common range.
    let mut random = Random::new(arguments.seed).integers(0..=i32::MAX.into());
    let (mut objects, mut collections) = (0, 0);
    for info in registry::structs() {
        for number in 0..arguments.per_type {
            let object = random.object(info, LEVELS);
            write(&mut random, &object, &arguments.folder.join(format!("{}-{number}.xml", info.tag)))?;
            objects += 1;
            let collection = random.collection(info, LEVELS - 1);
            write(&mut random, &collection, &arguments.folder.join(format!("{}-{number}.xml", info.plural_tag)))?;
            collections += 1;
        }
    }
    Ok((objects, collections))
}

fn write(random: &mut Random, node: &Node, path: &Path) -> Result<(), Box<dyn Error>> {
    let source = random.write(node);
    let document = Document::read(source.as_bytes(), &DecodeOptions::new().strict(true))?;
    std::fs::write(path, document.write(&EncodeOptions::new().declaration(true))?)?;
    Ok(())
}
