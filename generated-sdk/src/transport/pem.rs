//! Problems of texts in the PEM format, with the command that solves them.

/// The tag of a DER document's outermost element.
const SEQUENCE: u8 = 0x30;

/// The common problem of a text that should be PEM: another format, a truncated text, or an encrypted key. Does not
/// repeat the text, which can be secret.
pub(super) fn problem(text: &[u8]) -> Option<String> {
    if let Some(content) = der_content(text) {
        let (format, command) = match content {
            // Version 3 of PKCS #12.
            [2, 1, 3, ..] => ("PKCS #12", "openssl pkcs12 -in FILE -nodes -out client.pem"),
            // Certificates begin with a sequence, keys with a version number.
            [SEQUENCE, ..] => ("DER", "openssl x509 -inform der -in FILE -out ca.pem"),
            _ => ("DER", "openssl pkey -inform der -in FILE -out key.pem"),
        };
        return Some(format!("is in the {format} format, not PEM; convert it with `{command}`"));
    }
    let text = String::from_utf8_lossy(text);
    if let Some(label) = unfinished(&text) {
        return Some(format!("truncated: `-----END {label}-----` is missing; copy the whole file"));
    }
    text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
        .then(|| "the private key is encrypted; decrypt it with `openssl pkey -in FILE -out key.pem`".to_owned())
}

/// The content of a DER document.
fn der_content(text: &[u8]) -> Option<&[u8]> {
    let (tag, rest) = text.split_first()?;
    let (length, rest) = rest.split_first().filter(|_| *tag == SEQUENCE)?;
    match usize::from(*length) {
        // The length is in the following bytes.
        long @ 0x81..=0x84 => rest.get(long - 0x80..),
        // An indefinite length, which PKCS #12 files can have.
        0x80 => Some(rest),
        // A short length: too short for a certificate or a key, but an ordinary text can begin with the digit 0.
        _ => None,
    }
}

/// The label of a section without an end.
fn unfinished(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let (label, after) = after.split_once("-----").unwrap_or((after, ""));
        let label = label.lines().next().unwrap_or_default();
        let end = format!("-----END {label}-----");
        let section = after.split("-----BEGIN ").next().unwrap_or_default();
        if !section.contains(&end) {
            return Some(label);
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_formats_are_recognized() {
        let says = |text: &[u8], wanted: &str| {
            let problem = problem(text).unwrap_or_default();
            assert!(problem.contains(wanted), "{problem}");
        };
        says(&[0x30, 0x82, 1, 2, 0x30, 0x82, 3], "openssl x509 -inform der");
        says(&[0x30, 0x81, 1, 0x30, 0x81, 3], "openssl x509 -inform der");
        says(&[0x30, 0x82, 1, 2, 2, 1, 0, 0x30], "openssl pkey -inform der");
        says(&[0x30, 0x80, 2, 1, 3], "openssl pkcs12");
        says(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "encrypted");
        for other in ["0", "0 certificates", "", "<html>", "-----BEGIN A-----\nAA\n-----END A-----"] {
            assert_eq!(problem(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn truncated_texts_are_recognized() {
        let whole = "-----BEGIN CERTIFICATE-----\nAAAA\nBBBB\n-----END CERTIFICATE-----\n";
        for length in "-----BEGIN CERTIFICATE-----".len()..whole.len() - "\n".len() {
            let cut = whole.get(..length).unwrap();
            let two = format!("{whole}{cut}");
            for text in [cut, two.as_str()] {
                assert_eq!(
                    problem(text.as_bytes()).as_deref(),
                    Some("truncated: `-----END CERTIFICATE-----` is missing; copy the whole file")
                );
            }
        }
        assert_eq!(problem(whole.repeat(2).as_bytes()), None);
    }
}
