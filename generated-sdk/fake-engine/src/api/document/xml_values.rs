//! Values in XML documents that clients send: what the engine accepts, and its messages about the others.

use ovirt_sdk::DataError;
use ovirt_sdk::object::ScalarKind;
use ovirt_sdk::unstable::{self, Decoder};
use ovirt_sdk::xml::{DecodeOptions, Finding, FindingKind};

use super::xml_text::element_text;
use super::{enum_order, integers};
use crate::api::fault::{Fault, pascal_case};

/// The kind of value that is expected somewhere.
pub(super) type Expected = Option<ScalarKind>;

/// Decodes a document. Unknown attributes are ignored, enum values are accepted in any case, and empty integers are 0.
/// `expected` is called with paths below the root.
pub(super) fn decode<V>(
    text: &str,
    usage: &str,
    expected: &dyn Fn(&str) -> Expected,
    read: &dyn Fn(&mut Decoder<'_>) -> Result<V, DataError>,
) -> Result<V, Fault> {
    let mut text = text.to_owned();
    loop {
        let error = match unstable::decode(DecodeOptions::new().strict(true), &text, read) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        if error.findings().is_empty() {
            // Each round replaces one more empty integer.
            text = with_integer(&text, usage, expected, &error)?;
            continue;
        }
        for finding in error.findings() {
            text = accepted(&text, usage, expected, finding, &error)?;
        }
        let read = unstable::decode(DecodeOptions::new(), &text, read);
        return read.map_err(|error| Fault::usage(usage, &error.to_string()));
    }
}

/// The path below the root.
fn below_root(path: &str) -> &str {
    path.split_once('/').map_or("", |(_, rest)| rest)
}

/// The document with 0 in place of an empty integer, or else the fault for a value that can't be read.
fn with_integer(
    text: &str,
    usage: &str,
    expected: &dyn Fn(&str) -> Expected,
    error: &DataError,
) -> Result<String, Fault> {
    let syntax = || Fault::usage(usage, &error.to_string());
    let path = error.path().map(below_root).ok_or_else(syntax)?;
    let offset = error.offset().and_then(|offset| usize::try_from(offset).ok()).ok_or_else(syntax)?;
    let (start, value) = element_text(text, offset).ok_or_else(syntax)?;
    match expected(path) {
        Some(ScalarKind::Boolean) => Err(Fault::invalid_value(format!(
            "Value \"{value}\" isn't a valid boolean, it should be \"true\" , \"false\", \"0\" or \"1\""
        ))),
        Some(ScalarKind::Integer) if value.trim().is_empty() => Ok(replaced(text, start, value, "0")),
        Some(ScalarKind::Integer) => Err(integers::too_large(value, path).unwrap_or_else(syntax)),
        _ => Err(syntax()),
    }
}

/// The document with an accepted value in place of one that the SDK doesn't know, or else the fault for it.
fn accepted(
    text: &str,
    usage: &str,
    expected: &dyn Fn(&str) -> Expected,
    finding: &Finding,
    error: &DataError,
) -> Result<String, Fault> {
    let syntax = || Fault::usage(usage, &error.to_string());
    match finding.kind {
        FindingKind::Attribute | FindingKind::Link => Ok(text.to_owned()),
        FindingKind::Value { .. } => {
            let Some(ScalarKind::Enum { name, texts }) = expected(below_root(&finding.path)) else {
                return Err(syntax());
            };
            let offset = usize::try_from(finding.offset).map_err(|_| syntax())?;
            let (start, value) = element_text(text, offset).ok_or_else(syntax)?;
            let known = texts();
            match known.iter().find(|known| known.eq_ignore_ascii_case(value)) {
                Some(known) => Ok(replaced(text, start, value, known)),
                None => Err(unknown_value(value, name, &known)),
            }
        }
        _ => Err(syntax()),
    }
}

/// The fault for a value that an enum doesn't have.
fn unknown_value(value: &str, name: &str, known: &[&str]) -> Fault {
    let mut known = known.to_vec();
    enum_order::sort(name, &mut known);
    let name = pascal_case(name);
    let known: Vec<String> = known.iter().map(|known| format!("'{known}'")).collect();
    Fault::invalid_value(format!(
        "The string '{value}' isn't a valid value for the '{name}' enumerated type. Valid values are: {}.",
        known.join(", ")
    ))
}

/// The document with another text in place of the one at an offset. Enum values keep their length, so that the offsets
/// of the following ones stay valid.
fn replaced(text: &str, start: usize, old: &str, new: &str) -> String {
    let (before, after) = text.split_at_checked(start).unwrap_or((text, ""));
    format!("{before}{new}{}", after.get(old.len()..).unwrap_or_default())
}
