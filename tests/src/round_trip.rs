//! Properties that must hold for any bytes read as a document.

use ovirt_sdk::types::{List, Vm};
use ovirt_sdk::xml::{self, DecodeOptions, Document, EncodeOptions};

use crate::pieces::Pieces;

/// Checks reading and writing of bytes that may be a document.
///
/// # Errors
///
/// Describes the violated property. Bytes that are not a document are not an error.
pub fn check(bytes: &[u8]) -> Result<(), String> {
    writing_settles(bytes)?;
    pieces_agree(bytes)
}

/// A written document stays the same when it is read and written again, with and without unknown content.
fn writing_settles(bytes: &[u8]) -> Result<(), String> {
    let Ok(document) = Document::read(bytes, &DecodeOptions::new()) else { return Ok(()) };
    for (indent, unknown) in [(true, true), (true, false), (false, true), (false, false)] {
        let options = EncodeOptions::new().indent(indent).unknown(unknown);
        // Some characters and numbers can be read but not written.
        let Ok(once) = document.write(&options) else { continue };
        let again = Document::read(once.as_bytes(), &DecodeOptions::new())
            .map_err(|error| format!("can't read the written document: {error}\n{once}"))?;
        let twice = again.write(&options).map_err(|error| format!("can't write it again: {error}\n{once}"))?;
        if once != twice {
            return Err(format!("writing is not stable:\n{once}\nbecomes\n{twice}"));
        }
    }
    Ok(())
}

/// Reading a collection at once and in pieces returns the same objects, or both fail.
fn pieces_agree(bytes: &[u8]) -> Result<(), String> {
    let mut whole = xml::from_slice::<List<Vm>>(bytes);
    if let Ok(list) = &mut whole {
        // Items know nothing of their list.
        list.set_href(None);
    }
    for most in [1, 7, 4096] {
        let items: Result<List<Vm>, _> = xml::items::<Vm, _>(Pieces::new(bytes, most)).collect();
        match (&whole, &items) {
            (Ok(whole), Ok(items)) if xml::to_string(whole).ok() == xml::to_string(items).ok() => {}
            (Err(_), Err(_)) => {}
            _ => return Err(format!("pieces of {most} bytes return {items:?} instead of {whole:?}")),
        }
    }
    Ok(())
}
