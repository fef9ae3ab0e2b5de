//! Examples of methods that rustdoc could not compile, or that do nothing.

use proc_macro2::TokenStream;
use syn::Block;
use syn::parse::Parser;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::model::{Method, Service};

/// Ends the block of code in the documentation.
const FENCE: &str = "```";

pub(super) fn check(service: &Service, method: &Method, problems: &Diagnostics) {
    let Some(example) = &method.example else { return };
    let name = format!("{}.{}", service.name, method.name);
    let report = |message: String, label: String, help: &str| {
        problems.push(Diagnostic::at(example.place, message, label).help(help));
    };
    match statements(&example.value) {
        Ok(0) => {
            let help = "write statements that use `connection`, a `&ovirt_sdk::Connection`, or remove the key";
            report(format!("the example of `{name}` does nothing"), "no statement in it".to_owned(), help);
        }
        Ok(_) if example.value.contains(FENCE) => {
            let message = format!("the example of `{name}` has a fence of Markdown in it");
            report(message, format!("{FENCE} would end the example"), "build the text in another way");
        }
        Ok(_) => {}
        Err(problem) => {
            let help = "an example is the body of an async function that may use `?`";
            report(format!("the example of `{name}` is no Rust"), problem, help);
        }
    }
}

/// How many statements a text has.
fn statements(text: &str) -> Result<usize, String> {
    let tokens: TokenStream = text.parse().map_err(|error: proc_macro2::LexError| error.to_string())?;
    Block::parse_within.parse2(tokens).map(|statements| statements.len()).map_err(|error| error.to_string())
}
