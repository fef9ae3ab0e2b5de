//! Checks the examples of methods: they must parse and contain at least one statement.

use proc_macro2::TokenStream;
use syn::Block;
use syn::parse::Parser;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::model::{Method, Service};

/// The fence that ends a code block in Markdown.
const FENCE: &str = "```";

pub(super) fn check(service: &Service, method: &Method, problems: &Diagnostics) {
    let Some(example) = &method.example else { return };
    let name = format!("{}.{}", service.name, method.name);
    let report = |message: String, label: String, help: &str| {
        problems.push_derived(Diagnostic::at(example.position, message, label).help(help));
    };
    match statements(&example.value) {
        Ok(0) => {
            let help = "write statements that use `connection`, which is a `&ovirt_sdk::Connection`, or remove the key";
            report(format!("the example of `{name}` does nothing"), "contains no statement".to_owned(), help);
        }
        Ok(_) if example.value.contains(FENCE) => {
            let message = format!("the example of `{name}` contains a Markdown code fence");
            report(message, format!("{FENCE} would end the example"), "build the text without writing the fence");
        }
        Ok(_) => {}
        Err(problem) => {
            let help = "an example is the body of an async function; it can use `?`";
            report(format!("the example of `{name}` is not valid Rust"), problem, help);
        }
    }
}

/// Parses an example and counts its statements.
fn statements(text: &str) -> Result<usize, String> {
    let tokens: TokenStream = text.parse().map_err(|error: proc_macro2::LexError| error.to_string())?;
    Block::parse_within.parse2(tokens).map(|statements| statements.len()).map_err(|error| error.to_string())
}
