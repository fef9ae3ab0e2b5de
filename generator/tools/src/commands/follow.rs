//! `cargo xtask follow`.

use std::path::Path;

use ovirt_sdk_generator_tools::follow::{self, Options, Outcome};

use super::output::{color, print};

/// Follows a release of upstream's model.
pub(crate) fn run(root: &Path, options: &Options) -> Result<(), String> {
    let mut printed = Ok(());
    let outcome = follow::follow(root, options, color(), &mut |text| {
        if printed.is_ok() {
            printed = print(text);
        }
    });
    match outcome? {
        Outcome::Stopped(what) => Err(what),
        Outcome::Done(what) => {
            eprintln!("{what}");
            printed
        }
    }
}
