//! What must hold for any bytes that are read as a document.

use ovirt_sdk::types::{List, Vm};
use ovirt_sdk::xml::{self, DecodeOptions, Document, EncodeOptions};

use crate::pieces::Pieces;

/// Checks the reading and writing of bytes that may be a document.
///
/// # Errors
///
/// Says what does not hold. That the bytes are no document is no error.
pub fn check(bytes: &[u8]) -> Result<(), String> {
    writing_settles(bytes)?;
    pieces_agree(bytes)
}

/// What is written of a document is read and written again without a change: with what the model does not know and
/// without.
fn writing_settles(bytes: &[u8]) -> Result<(), String> {
    let Ok(document) = Document::read(bytes, &DecodeOptions::new()) else { return Ok(()) };
    for (indent, unknown) in [(true, true), (true, false), (false, true), (false, false)] {
        let options = EncodeOptions::new().indent(indent).unknown(unknown);
        // Characters and numbers that XML has no text for can be read, and not be written.
        let Ok(once) = document.write(&options) else { continue };
        let again = Document::read(once.as_bytes(), &DecodeOptions::new())
            .map_err(|error| format!("can't read what was written: {error}\n{once}"))?;
        let twice = again.write(&options).map_err(|error| format!("can't write again: {error}\n{once}"))?;
        if once != twice {
            return Err(format!("writing does not settle:\n{once}\nbecomes\n{twice}"));
        }
    }
    Ok(())
}

/// A collection gives the same objects when it is read at once and piece by piece, or is refused both ways.
fn pieces_agree(bytes: &[u8]) -> Result<(), String> {
    let whole = xml::from_slice::<List<Vm>>(bytes);
    for most in [1, 7, 4096] {
        let items: Result<List<Vm>, _> = xml::items::<Vm, _>(Pieces::new(bytes, most)).collect();
        match (&whole, &items) {
            (Ok(whole), Ok(items)) if xml::to_string(whole).ok() == xml::to_string(items).ok() => {}
            (Err(_), Err(_)) => {}
            _ => return Err(format!("pieces of {most} bytes give {items:?} instead of {whole:?}")),
        }
    }
    Ok(())
}
