//! What must hold for any bytes that are read as a document.

use ovirt_sdk::xml::{DecodeOptions, Document, EncodeOptions};

/// Reads bytes as a document, when they are one, and checks that what is written of it is read and written again
/// without a change: with what the model does not know and without.
///
/// # Errors
///
/// Says what does not hold. That the bytes are no document is no error.
pub fn check(bytes: &[u8]) -> Result<(), String> {
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
