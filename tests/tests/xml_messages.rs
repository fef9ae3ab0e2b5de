//! The complete texts of XML errors.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice, reason = "tests fail so")]

use ovirt_sdk::DataError;
use ovirt_sdk::types::{Event, List, Method, Network, Usb, Vm};
use ovirt_sdk::xml::{self, DecodeOptions, Document, EncodeOptions};

fn message<T: xml::Root>(text: &str) -> String {
    xml::from_str::<T>(text).err().unwrap_or_else(|| panic!("no error: {text}")).to_string()
}

#[test]
fn values() {
    for (message, expected) in [
        (
            message::<List<Vm>>("<vms><vm/><vm><cpu><topology><cores>many</cores></topology></cpu></vm></vms>"),
            "can't read the XML document at `vms/vm[2]/cpu/topology/cores` (byte 29): expected an integer of at most 64 \
             bits, found `many`",
        ),
        (
            message::<Usb>("<usb><enabled>yes</enabled></usb>"),
            "can't read the XML document at `usb/enabled` (byte 5): expected `true` or `false`, found `yes`",
        ),
        (
            message::<Usb>("<usb><enabled></enabled></usb>"),
            "can't read the XML document at `usb/enabled` (byte 5): expected `true` or `false`, found an empty text",
        ),
        (
            message::<Event>("<event><time>yesterday\n\u{1b}[31m</time></event>"),
            "can't read the XML document at `event/time` (byte 7): expected a date such as \
             2026-04-05T11:00:25.000+02:00, found `yesterday\\n\\u{1b}[31m`",
        ),
        (
            message::<Vm>(&format!("<vm><memory>{}</memory></vm>", "9".repeat(100))),
            "can't read the XML document at `vm/memory` (byte 4): expected an integer of at most 64 bits, found \
             `999999999999999999999999999999999999999999999999999999999999…`",
        ),
        (
            message::<Network>("<network><vlan id='x'/></network>"),
            "can't read the XML document at `network/vlan/@id` (byte 9): expected an integer of at most 64 bits, found `x`",
        ),
        (
            message::<Network>("<network><vlan id='&x;'/></network>"),
            "can't read the XML document at `network/vlan/@id` (byte 9): the entity `&x;` is not declared; entities are \
             not expanded",
        ),
        (
            message::<Vm>("<vm><name>a & b</name></vm>"),
            "can't read the XML document at `vm/name` (byte 12): a reference has no `;` after its `&`",
        ),
        (
            message::<Vm>("<vm><name>&#0;</name></vm>"),
            "can't read the XML document at `vm/name` (byte 10): `&#0;` is not a valid XML character",
        ),
    ] {
        assert_eq!(message, expected);
    }
}

#[test]
fn documents() {
    let web_page = "this is a web page: the response may come from a proxy, or from another address of the engine";
    for (message, expected) in [
        (message::<Vm>("<host/>"), "can't read the XML document at byte 0: expected `<vm>`, found `<host>`".to_owned()),
        (
            message::<List<Vm>>("<vm/>"),
            "can't read the XML document at byte 0: expected `<vms>`, found `<vm>`".to_owned(),
        ),
        (
            message::<Vm>("<html><body>Bad Gateway</body></html>"),
            format!("can't read the XML document at byte 0: expected `<vm>`, found `<html>`; {web_page}"),
        ),
        (
            message::<Vm>("<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">\n<HTML>"),
            format!(
                "can't read the XML document at byte 0: document type declarations (`<!DOCTYPE …>`) are not supported; \
                 {web_page}"
            ),
        ),
        (
            Document::read(b"<html/>", &DecodeOptions::new()).expect_err("a web page").to_string(),
            format!("can't read the XML document at byte 0: no type of the API has the tag `<html>`; {web_page}"),
        ),
        (
            message::<Vm>(""),
            "can't read the XML document at byte 0: the document ends before its first element".to_owned(),
        ),
        (
            message::<Vm>("{\"error\": 1}"),
            "can't read the XML document at byte 0: the document does not begin with an element: it looks like JSON"
                .to_owned(),
        ),
        (
            message::<Vm>("no such machine"),
            "can't read the XML document at byte 0: the document does not begin with an element: it is not XML"
                .to_owned(),
        ),
        (
            message::<Vm>("<?xml version='1.0' encoding='ISO-8859-1'?><vm/>"),
            "can't read the XML document at byte 0: the document is in ISO-8859-1; only UTF-8 is read".to_owned(),
        ),
        (
            message::<Vm>("<vm><name>a</name>"),
            "can't read the XML document at `vm` (byte 18): the document ends inside `<vm>`".to_owned(),
        ),
        (
            message::<Vm>("<vm><name>a</na"),
            "can't read the XML document at `vm/name` (byte 15): the document ends too early: tag not closed: `>` not \
             found before end of input"
                .to_owned(),
        ),
        (
            message::<Vm>("<vm><name>a</nome></vm>"),
            "can't read the XML document at `vm/name` (byte 11): expected `</name>`, found `</nome>`".to_owned(),
        ),
        (
            message::<Vm>("<vm/><vm/>"),
            "can't read the XML document at byte 5: unexpected content after the end of the root element".to_owned(),
        ),
        (
            message::<Vm>("<vm id='1' id='2'/>"),
            "can't read the XML document at `vm` (byte 0): the attribute `id` appears twice".to_owned(),
        ),
        (
            message::<Vm>("<vm><!ELEMENT></vm>"),
            "can't read the XML document at `vm` (byte 4): `<!` does not begin a valid declaration".to_owned(),
        ),
    ] {
        assert_eq!(message, expected);
    }
}

#[test]
fn errors_of_items_have_the_same_texts() {
    for text in [
        "<vms><vm/><vm><memory>x</memory></vm></vms>",
        "<vms><vm/><vm><name>a</nome></vm></vms>",
        "<vms><vm/><vm id='1' id='2'/></vms>",
        "<vms><vm/><vm><name>&x;</name></vm></vms>",
        "<vms><vm/></vms><vms/>",
        "<vms><vm/><vm>",
        "<hosts/>",
        "<vms><vm/></hosts>",
    ] {
        let last = xml::items::<Vm, _>(text.as_bytes()).last().expect("an error").expect_err(text);
        assert_eq!(last.to_string(), message::<List<Vm>>(text));
        assert!(last.is_decode());
    }
}

#[test]
fn long_names_and_texts_are_truncated() {
    let long = "x".repeat(100_000);
    for text in [
        format!("<{long}/>"),
        format!("<vm><{long}></vm>"),
        format!("<vm><{long}><a></b></{long}></vm>"),
        format!("<vm></{long}>"),
        format!("<vm>&{long};</vm>"),
        format!("<vm {long}=/>"),
        format!("<vm {long}='<'/>"),
        format!("<vm {long}='&x;'/>"),
        format!("<vm {long} {long}=''/>"),
        format!("<vm><memory>{long}</memory></vm>"),
        format!("<?xml version='1.0' encoding='{long}'?><vm/>"),
    ] {
        let message = message::<Vm>(&text);
        assert!(message.len() < 400, "{message}");
    }
}

#[test]
fn unknown_content() {
    let text = "<vm wings='2'>stray<aura/><status>levitating</status><link rel='orbit' href='/o'/></vm>";
    let error = DecodeOptions::new().strict(true).from_str::<Vm>(text).expect_err("unknown");
    assert_eq!(
        error.to_string(),
        "the document has 5 unknown items:\n  \
         `vm` (byte 0): unknown attribute `wings`\n  \
         `vm` (byte 14): unexpected text `stray`\n  \
         `vm` (byte 19): unknown element `<aura>`\n  \
         `vm/status` (byte 26): unknown vm_status `levitating`\n  \
         `vm` (byte 53): unknown link `orbit`"
    );
    assert_eq!(error.findings().len(), 5);
    assert!(error.is_decode() && !error.is_absent() && error.path().is_none());
    assert!(xml::from_str::<Vm>(text).is_ok());
}

#[test]
fn absent_fields() {
    let error: DataError = Vm::new().try_name().expect_err("absent");
    assert_eq!(error.to_string(), "vm has no `name`");
    assert!(error.is_absent() && !error.is_decode());
    assert_eq!((error.path(), error.offset()), (None, None));
    assert_eq!(Vm::new().try_type().expect_err("absent").to_string(), "vm has no `type`");
    assert_eq!(Method::new().try_id().expect_err("absent").to_string(), "method has no `id`");
    assert_eq!(Vm::with_name("").try_name().expect("empty is there"), "");
    assert_eq!(format!("{error:?}"), "DataError(vm has no `name`)");
}

#[test]
fn io_errors() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the cable is cut"))
        }
    }
    impl std::io::Write for Broken {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is full"))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let error = xml::from_reader::<Vm>(Broken).expect_err("broken");
    assert_eq!(error.to_string(), "can't read the XML document: the cable is cut");
    assert!(error.is_io() && error.io_error().is_some());
    let error = xml::items::<Vm, _>(Broken).next().expect("an error").expect_err("broken");
    assert_eq!(error.to_string(), "can't read the XML document: the cable is cut");
    let error = xml::to_writer(Broken, &Vm::new()).expect_err("broken");
    assert_eq!(error.to_string(), "can't write the XML document: the disk is full");
}

#[test]
fn values_that_cannot_be_written() {
    let vms: List<Vm> = [Vm::new(), Vm::with_name("a\0")].into();
    let error = xml::to_string(&vms).expect_err("no XML");
    assert_eq!(error.to_string(), "can't write `vms/vm[2]/name` as XML: XML does not allow the character '\\0'");
    let error = xml::to_string(&Vm::with_id("a\0")).expect_err("no XML");
    assert_eq!(error.to_string(), "can't write `vm/@id` as XML: XML does not allow the character '\\0'");
    let error = EncodeOptions::new().root("a b").to_string(&Vm::new()).expect_err("no name");
    assert_eq!(error.to_string(), "can't write `a b` as XML: the root tag is not an XML name");
}
