//! Failures in bodies: faults of the engine, and errors of the single sign-on.

use super::page::content;
use crate::generated::roles::{FAULT, Fault};
use crate::generated::wire;
use crate::http::Method;
use crate::markup::DataError;
use crate::object::Struct as _;
use crate::redaction::{self, Format, json_members};
use crate::roles;
use crate::xml::{self, DecodeOptions};

/// The tag of the element that describes a failure. It is empty if the API has no such element.
const ELEMENT: &str = Fault::INFO.tag;

/// The tag of the element with the progress of an operation.
const STATUS: &str = "status";

/// The status of an operation that failed.
const FAILED: &str = "failed";

/// The part of a document that is searched for its root, in bytes.
const ROOT_SEARCHED: usize = 512;

/// Whether the body of a successful response reports a failure: a fault, an error object, or an operation that failed.
pub(crate) fn reports_failure(method: Method, body: &[u8]) -> bool {
    if is_object(body) {
        return false;
    }
    let Ok(text) = xml::utf8(body) else { return false };
    match redaction::format(text) {
        Format::Xml => in_xml(text),
        Format::Json => in_json(method, text),
        Format::Other => false,
    }
}

/// Whether a body begins as an object of the API or a list of them. The rest is not read: these are nearly all bodies, and
/// they can be large.
fn is_object(body: &[u8]) -> bool {
    usual_root(body).is_some_and(|root| root != ELEMENT && is_root(root))
}

/// The tag of the root of a document, if nothing but a declaration precedes it.
fn usual_root(body: &[u8]) -> Option<&str> {
    let mut rest = content(body.get(..ROOT_SEARCHED).unwrap_or(body));
    if let Some(declaration) = rest.strip_prefix(b"<?xml ") {
        let end = memchr::memmem::find(declaration, b"?>")?;
        rest = declaration.get(end + 2..)?.trim_ascii_start();
    }
    let tag = rest.strip_prefix(b"<")?;
    let end = tag.iter().position(|byte| matches!(byte, b'>' | b'/') || byte.is_ascii_whitespace())?;
    std::str::from_utf8(tag.get(..end)?).ok()
}

/// Whether the objects of the API, or lists of them, have this root.
fn is_root(tag: &str) -> bool {
    let is_collection = || wire::ROOTS.iter().any(|(_, plural)| *plural == tag);
    wire::ROOTS.binary_search_by_key(&tag, |(singular, _)| *singular).is_ok() || is_collection()
}

fn in_xml(text: &str) -> bool {
    let Ok(root) = DecodeOptions::new().peek(text) else { return false };
    if root == ELEMENT {
        return true;
    }
    // Objects can have a status of their own.
    if is_root(root) {
        return false;
    }
    let mut failed = false;
    // A truncated document can report a failure as well.
    let _: Result<(), DataError> = DecodeOptions::new().decode(text, |decoder| {
        decoder.any_root()?;
        decoder.children(&mut |_, _| {}, &mut |tag, decoder| match tag {
            ELEMENT => {
                failed = true;
                decoder.pass()
            }
            STATUS => {
                let status: Option<String> = decoder.scalar()?;
                failed |= status.is_some_and(|status| status.trim() == FAILED);
                Ok(())
            }
            _ => decoder.pass(),
        })
    });
    failed
}

fn in_json(method: Method, text: &str) -> bool {
    let members = json_members(text);
    let has = |name: &str| members.iter().any(|(key, value)| *key == name && !matches!(*value, "null" | "\"\""));
    let keys = keys();
    let only_fault = members.iter().all(|(key, _)| keys.contains(&Some(*key)));
    let has_reason = keys.iter().take(1).flatten().any(|reason| has(reason));
    // JSON does not tell operations from objects, which can have such a status. Only operations are sent with POST.
    let failed = method == Method::Post && members.contains(&(STATUS, "\"failed\""));
    has(ELEMENT) || has("error") || has("error_code") || has_reason && only_fault || failed
}

/// The keys of a fault in JSON: the reason and the detail.
fn keys() -> [Option<&'static str>; 2] {
    [FAULT.reason, FAULT.detail].map(|field| roles::tag(Fault::INFO, field))
}

/// The fault in a body: at its root, or in a failed operation.
pub(super) fn fault(body: &[u8]) -> Option<Fault> {
    let text = String::from_utf8_lossy(body);
    let fault = match redaction::format(&text) {
        Format::Json => json_fault(&text),
        Format::Xml | Format::Other => xml_fault(&text),
    };
    fault.filter(|fault| FAULT.reason(fault).is_some() || FAULT.detail(fault).is_some())
}

fn xml_fault(text: &str) -> Option<Fault> {
    let (start, end) = (format!("<{ELEMENT}>"), format!("</{ELEMENT}>"));
    let rest = text.get(text.find(&start)?..)?;
    // Truncated or otherwise malformed documents can contain a usable fault.
    let whole = match rest.find(&end) {
        Some(at) => rest.get(..at + end.len())?,
        None => rest,
    };
    xml::from_str(whole).ok()
}

fn json_fault(text: &str) -> Option<Fault> {
    let members = json_members(text);
    let text_of = |members: &[(&str, &str)], name: Option<&str>| {
        let (_, value) = members.iter().find(|(key, _)| Some(*key) == name)?;
        serde_json::from_str::<String>(value).ok().filter(|text| !text.trim().is_empty())
    };
    let [reason, detail] = keys();
    let fault = match members.iter().find(|(key, _)| *key == ELEMENT) {
        Some((_, fault)) => json_members(fault),
        None if text_of(&members, reason).is_some() => members,
        // The error of a single sign-on.
        None => {
            let parts = ["error_code", "error", "error_description"].map(|name| text_of(&members, Some(name)));
            let mut parts = parts.into_iter().flatten();
            return Some(FAULT.create(parts.next(), parts.next()));
        }
    };
    Some(FAULT.create(text_of(&fault, reason), text_of(&fault, detail)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_successful_responses_are_recognized() {
        for failure in [
            "<fault/>",
            "\u{FEFF}<?xml version='1.0'?>\n<fault><reason>No</reason></fault>",
            "<action><fault><reason>No</reason></fault></action>",
            "<action><status>failed</status><vm/></action>",
            "<action><status> failed </status><vm>",
            "<creation><status>failed</status></creation>",
            r#"{"reason" : "Operation Failed"}"#,
            r#"{"detail" : "[No]", "reason" : "Operation Failed"}"#,
            r#"{"vm":{"id":"7"},"fault":{"reason":"No"}}"#,
            r#"{"status" : "failed", "id" : "7"}"#,
            r#"[{"error":"invalid_grant","error_description":"expired"}]"#,
            r#"{"error_code":"access_denied"}"#,
        ] {
            assert!(reports_failure(Method::Post, failure.as_bytes()), "{failure}");
        }
    }

    #[test]
    fn other_documents_report_no_failure() {
        for document in [
            "",
            "<api/>",
            "<action/>",
            "<action><status>complete</status><job><status>failed</status></job></action>",
            "<job><status>failed</status><description>x</description></job>",
            "<jobs><job><status>failed</status></job></jobs>",
            "{ }",
            "[]",
            r#"{"status":"complete","job":{"status":"failed","fault":{"reason":"x"}}}"#,
            r#"{"reason":"maintenance","id":"7"}"#,
            r#"{"error":null,"access_token":"x"}"#,
            r#"{"name":"error"}"#,
        ] {
            assert!(!reports_failure(Method::Post, document.as_bytes()), "{document}");
        }
        let job = br#"{"status":"failed","id":"7"}"#;
        assert!(!reports_failure(Method::Get, job));
    }

    #[test]
    fn usual_roots_are_found() {
        for document in [
            "<vm>",
            "<vm/>",
            "\u{FEFF} <vm\thref='x'>",
            "<?xml version='1.0' encoding='UTF-8'?>\n<vm id='1'><name>é</name>",
        ] {
            assert_eq!(usual_root(document.as_bytes()), Some("vm"), "{document}");
        }
        for document in ["", "<", "<vm", "{}", "<?xml", "<?xml version='1.0'", "<\u{FFFD}"] {
            assert_eq!(usual_root(document.as_bytes()), None, "{document}");
        }
        assert!(!is_object("<!-- x --><vm/>".as_bytes()) && !reports_failure(Method::Get, b"<!-- x --><vm/>"));
    }

    #[test]
    fn faults_of_both_formats_are_read() {
        let parts = |body: &str| {
            let fault = fault(body.as_bytes())?;
            Some((fault.reason.unwrap_or_default(), fault.detail.unwrap_or_default()))
        };
        let owned = |reason: &str, detail: &str| Some((reason.to_owned(), detail.to_owned()));
        assert_eq!(parts("<action><fault><reason>A</reason><detail>[B]</detail></fault>"), owned("A", "[B]"));
        assert_eq!(parts(r#"{ "detail" : "[\"B\"]", "reason" : "A" }"#), owned("A", "[\"B\"]"));
        assert_eq!(parts(r#"{"status":"failed","fault":{"reason":"A"}}"#), owned("A", ""));
        assert_eq!(parts(r#"{"error_code":"a","error":"b"}"#), owned("a", "b"));
        assert_eq!(parts(r#"{"id":"7"}"#), None);
        assert_eq!(parts("A"), None);
    }
}
