//! Malicious and damaged documents.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice, reason = "tests fail so")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use ovirt_sdk::DataError;
use ovirt_sdk::types::{List, Vm};
use ovirt_sdk::xml::{self, DecodeOptions, Document, EncodeOptions};
use ovirt_sdk_tests::pieces::Pieces;

fn vm(text: &str) -> Result<Vm, DataError> {
    xml::from_str(text)
}

fn items(bytes: &[u8], most: usize) -> (Vec<Vm>, Option<DataError>) {
    let mut whole = Vec::new();
    for item in xml::items(Pieces::new(bytes, most)) {
        match item {
            Ok(item) => whole.push(item),
            Err(error) => return (whole, Some(error)),
        }
    }
    (whole, None)
}

fn nested(outer: &str, tag: &str, levels: usize) -> String {
    let (open, close) = (format!("<{tag}>").repeat(levels), format!("</{tag}>").repeat(levels));
    format!("<{outer}>{open}{close}</{outer}>")
}

#[test]
fn nesting_is_limited() {
    // In unknown elements, in scalars, and in recursive fields.
    for (outer, tag, inner) in [("vm", "x", "x"), ("vm><name", "b", "b"), ("tag", "parent", "parent")] {
        let close = outer.split('>').next_back().expect("a tag").replace('<', "");
        let root = outer.split('>').next().expect("a tag");
        let document = |levels: usize| {
            let text = format!(
                "<{outer}>{}{}</{close}>",
                format!("<{tag}>").repeat(levels),
                format!("</{inner}>").repeat(levels)
            );
            if close == root { text } else { format!("{text}</{root}>") }
        };
        let outer_levels = if close == root { 1 } else { 2 };
        let read = |levels| Document::read(document(levels).as_bytes(), &DecodeOptions::new());
        read(100 - outer_levels).unwrap_or_else(|error| panic!("{error}"));
        let error = read(101 - outer_levels).expect_err("101 levels");
        assert!(error.to_string().contains("elements are nested more than 100 deep"), "{error}");
        for levels in [1000, 1_000_000] {
            assert!(read(levels).is_err());
        }
    }
}

#[test]
fn a_million_levels_do_not_overflow_the_stack() {
    const LEVELS: usize = 1_000_000;
    for tag in ["x", "vm", "template", "name", "nics", "link"] {
        let open = format!("<{tag}>").repeat(LEVELS);
        assert!(vm(&format!("<vm>{open}")).is_err());
        assert!(vm(&nested("vm", tag, LEVELS)).is_err());
        let (whole, error) = items(nested("vms", tag, LEVELS).as_bytes(), 1 << 16);
        assert!(whole.is_empty() && error.is_some());
    }
    // Skipping unknown content uses no stack, at any depth.
    let deep = DecodeOptions::new().max_depth(u32::MAX);
    let kept: Vm = deep.from_str(&nested("vm", "x", LEVELS)).expect("deep enough");
    assert_eq!(kept.unknown().elements().count(), 1);
    let name: Vm = deep.from_str(&format!("<vm>{}</vm>", nested("name", "b", LEVELS))).expect("deep enough");
    assert_eq!(name.name.as_deref(), Some(""));
}

#[test]
fn the_maximum_depth_can_be_changed() {
    let shallow = DecodeOptions::new().max_depth(2);
    assert!(shallow.from_str::<Vm>("<vm><name>a</name></vm>").is_ok());
    assert!(shallow.from_str::<Vm>("<vm><cpu><name>a</name></cpu></vm>").is_err());
    assert!(shallow.items::<Vm, _>("<vms><vm/></vms>".as_bytes()).all(|vm| vm.is_ok()));
    assert!(shallow.items::<Vm, _>("<vms><vm><name/></vm></vms>".as_bytes()).any(|vm| vm.is_err()));
}

#[test]
fn entities_are_not_expanded() {
    let bomb = format!("{}&a;</name></vm>", "<!DOCTYPE vm [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><vm><name>");
    for text in [
        bomb.as_str(),
        "<!DOCTYPE vm><vm/>",
        "<!doctype vm><vm/>",
        "<?xml version='1.0'?>\n<!DOCTYPE vm SYSTEM 'file:///etc/passwd'><vm/>",
        "<vm><!DOCTYPE vm></vm>",
        "<vm/><!DOCTYPE vm>",
        "<vm><x><!DOCTYPE vm></x></vm>",
    ] {
        let error = vm(text).expect_err(text).to_string();
        assert!(error.contains("document type declarations (`<!DOCTYPE …>`) are not supported"), "{text}: {error}");
        assert!(Document::read(text.as_bytes(), &DecodeOptions::new()).is_err());
    }
    for text in [
        "<vm><name>&a;</name></vm>",
        "<vm id='&a;'/>",
        "<vm>&a;</vm>",
        "<vm><x>&a;</x></vm>",
        "<vm><link rel='nics' href='&a;'/></vm>",
    ] {
        let error = vm(text).expect_err(text).to_string();
        assert!(error.contains("the entity `&a;` is not declared; entities are not expanded"), "{text}: {error}");
    }
}

#[test]
fn references_out_of_range() {
    for name in [
        "#0",
        "#1",
        "#x1F",
        "#xB",
        "#xD800",
        "#xDFFF",
        "#xFFFE",
        "#xFFFF",
        "#x110000",
        "#99999999999999999999",
        "#",
        "#x",
        "#-1",
        "#+1",
        "#x+41",
        "#x 41",
        "# 65",
        "#6_5",
        "",
        " ",
        "#X41",
    ] {
        for text in [format!("<vm><name>&{name};</name></vm>"), format!("<vm id='&{name};'/>")] {
            assert!(vm(&text).is_err(), "{text}");
        }
    }
    for text in ["<vm><name>a & b</name></vm>", "<vm><name>&</name></vm>", "<vm><name>&amp</name></vm>", "<vm id='&'/>"]
    {
        assert!(vm(text).is_err(), "{text}");
    }
}

/// A document like that of an engine, only smaller.
fn real_looking() -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<vms>\n");
    for number in 0..3 {
        write!(
            text,
            "    <vm href=\"/ovirt-engine/api/vms/{number}\" id=\"{number}\">\n        <actions>\n            <link \
             href=\"/x\" rel=\"start\"/>\n        </actions>\n        <name>web &lt;{number}&gt; é🦀</name>\n        \
             <comment></comment>\n        <!-- note -->\n        <link href=\"/n\" rel=\"nics\"/>\n        \
             <cpu><topology><cores>2</cores></topology></cpu>\n        <description><![CDATA[<a> & ]]></description>\n        \
             <memory>1073741824</memory>\n        <status>up</status>\n    </vm>\n"
        )
        .expect("a string takes all");
    }
    text.push_str("</vms>\n");
    text
}

#[test]
fn truncation_at_every_byte_is_an_error() {
    let text = real_looking();
    let end = text.trim_end().len();
    let all: List<Vm> = xml::from_str(&text).expect("whole");
    for length in 0..text.len() {
        let bytes = &text.as_bytes()[..length];
        let whole = length >= end;
        assert_eq!(xml::from_slice::<List<Vm>>(bytes).is_ok(), whole, "{length}");
        assert_eq!(Document::read(bytes, &DecodeOptions::new()).is_ok(), whole, "{length}");
        for most in [1, 7, 4096] {
            let (items, error) = items(bytes, most);
            assert_eq!(error.is_none(), whole, "{length}");
            assert_eq!(items, all[..items.len()], "only whole items");
            let ended = text[..].match_indices("</vm>").filter(|(at, tag)| at + tag.len() <= length).count();
            assert_eq!(items.len(), ended, "all whole items: {length}");
            if let Some(error) = error {
                assert!(error.offset().is_some_and(|offset| offset <= length as u64), "{error}");
            }
        }
    }
}

#[test]
fn other_encodings() {
    let utf16: Vec<u8> = "\u{FEFF}<vm/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let error = xml::from_slice::<Vm>(&utf16).expect_err("UTF-16").to_string();
    assert_eq!(error, "can't read the XML document at byte 0: the document is in UTF-16; only UTF-8 is read");
    let big: Vec<u8> = "\u{FEFF}<vm/>".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert!(xml::from_slice::<Vm>(&big).is_err());
    let unmarked: Vec<u8> = "<vm/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(xml::from_slice::<Vm>(&unmarked).is_err());
    assert!(items(&utf16, 1).1.is_some() && items(&unmarked, 1).1.is_some());

    let latin = b"<vms><vm><name>caf\xE9</name></vm></vms>";
    let error = xml::from_slice::<List<Vm>>(latin).expect_err("Latin-1");
    assert_eq!(error.to_string(), "can't read the XML document at byte 18: the document is not UTF-8 here");
    for most in [1, 7, 4096] {
        assert_eq!(items(latin, most).1.and_then(|error| error.offset()), Some(18));
    }
    for bytes in [b"<vm/>\xFF".as_slice(), b"\x80<vm/>", b"<vm/>\xF0\x9F", b"<v\xC0\x80m/>", b"<vm/>\xED\xA0\x80"] {
        assert!(xml::from_slice::<Vm>(bytes).is_err());
        assert!(items(bytes, 1).1.is_some());
    }

    for (encoding, readable) in
        [("UTF-8", true), ("utf8", true), ("US-ASCII", true), ("ISO-8859-1", false), ("UTF-16", false), ("", false)]
    {
        let text = format!("<?xml version='1.0' encoding='{encoding}'?><vm/>");
        assert_eq!(vm(&text).is_ok(), readable, "{encoding}");
    }
}

#[test]
fn a_byte_order_mark_is_ignored() {
    let text = "\u{FEFF}<vms><vm id='1'><name>a</name></vm><vm id='2'/></vms>";
    let list: List<Vm> = xml::from_str(text).expect("a mark");
    assert_eq!(list[0].name.as_deref(), Some("a"));
    for most in [1, 7, 4096] {
        assert_eq!(items(text.as_bytes(), most).0, *list);
    }
    let error = vm("\u{FEFF}<vm><memory>x</memory></vm>").expect_err("no integer");
    assert_eq!(error.offset(), Some(7), "the mark counts");
    assert!(vm("\u{FEFF}\u{FEFF}<vm/>").is_err());
    assert!(vm("<vm/>\u{FEFF}").is_err());
    assert_eq!(vm("<vm><name>\u{FEFF}</name></vm>").expect("a character").name.as_deref(), Some("\u{FEFF}"));
}

#[test]
fn invalid_documents() {
    for text in [
        "",
        " ",
        "\n",
        "x",
        "x<vm/>",
        "<",
        "<>",
        "< vm/>",
        "</vm>",
        "<vm",
        "<vm>",
        "<vm/",
        "<vm/><vm/>",
        "<vm/>x",
        "<vm/>&amp;",
        "<vm></vm",
        "<vm></VM>",
        "<vm></x>",
        "<vm></</vm>",
        "<vm></vm></vm>",
        "<vm><name></vm></name>",
        "<vm><cpu></vm>",
        "<!---->",
        "<!x><vm/>",
        "<vm><!x></vm>",
        "<vm/><!--",
        "<vm/><x/>",
        "<vm/></vm>",
        "<vm/><![CDATA[]]>",
        "<![CDATA[<vm/>]]>",
        "<?xml",
        "{\"vm\":{}}",
        "<vm><![CDATA[</vm>",
        "<vm><?x</vm>",
        "<vm><!-- </vm>",
        "\0",
        "<\0/>",
    ] {
        assert!(vm(text).is_err(), "{text:?}");
        assert!(Document::read(text.as_bytes(), &DecodeOptions::new()).is_err(), "{text:?}");
        let many = text.replace("vm", "vms");
        for most in [1, 4096] {
            let (items, error) = items(many.as_bytes(), most);
            assert!(items.is_empty() && error.is_some(), "{many:?} {items:?}");
        }
    }
}

#[test]
fn broken_attributes() {
    for text in [
        "<vm a='1' a='2'/>",
        "<vm><name a='1' a='2'>x</name></vm>",
        "<vm><link rel='a' rel='b' href='c'/></vm>",
        "<vm><nics a='1' a='2'/></vm>",
        "<vm id='1'id2='2'/>",
        "<vm id=1/>",
        "<vm id/>",
    ] {
        assert!(vm(text).is_err(), "{text}");
        let (items, error) = items(format!("<vms>{text}</vms>").as_bytes(), 1);
        assert!(items.is_empty() && error.is_some(), "{text}");
    }
    assert!(items(b"<vms a='1' a='2'><vm/></vms>", 1).1.is_some());
}

/// Guests report arbitrary names. One such name must not make a whole response unreadable.
#[test]
fn control_characters_are_read_and_not_written() {
    let odd = vm("<vm><name>a\0b\u{1}</name></vm>").expect("read");
    assert_eq!(odd.name.as_deref(), Some("a\0b\u{1}"));
    assert!(xml::to_string(&odd).expect_err("no XML").is_encode());
}

#[test]
fn many_attributes() {
    let attributes = |count| (0..count).map(|number| format!(" a{number}='1'")).collect::<String>();
    let kept = vm(&format!("<vm{}/>", attributes(32))).expect("not too many");
    assert_eq!(kept.unknown().attributes().count(), 32);
    for text in [
        format!("<vm{}/>", attributes(100_000)),
        format!("<vm><name{}/></vm>", attributes(100_000)),
        format!("<vm><link{}/></vm>", attributes(100_000)),
        format!("<vm><nics{}/></vm>", attributes(100_000)),
    ] {
        let error = vm(&text).expect_err("too many").to_string();
        assert!(error.contains("more than 32 attributes on one element"), "{error}");
    }
}

/// Checks that the run time grows linearly: four times the size takes about four times as long.
fn linear(name: &str, mut run: impl FnMut(usize)) {
    const SIZE: usize = 12 << 20;
    let mut time = |size| {
        let start = Instant::now();
        run(size);
        start.elapsed()
    };
    let (one, four) = (time(SIZE), time(4 * SIZE));
    // The limit allows for load. Quadratic growth would take sixteen times as long.
    assert!(four < one * 12 + Duration::from_millis(300), "{name}: {one:?}, then {four:?}");
}

#[test]
fn large_values_take_linear_time() {
    linear("a text", |size| {
        let vm = vm(&format!("<vm><name>{}</name></vm>", "x".repeat(size))).expect("large");
        assert_eq!(vm.name.map(|name| name.len()), Some(size));
    });
    linear("references", |size| {
        let vm = vm(&format!("<vm><name>{}</name></vm>", "&amp;".repeat(size / 20))).expect("large");
        assert_eq!(vm.name.map(|name| name.len()), Some(size / 20));
    });
    linear("an attribute", |size| {
        let vm = vm(&format!("<vm id='{}'/>", "x&amp;\n".repeat(size / 28))).expect("large");
        assert_eq!(vm.id.map(|id| id.len()), Some(size / 28 * 3));
    });
    linear("an unknown element", |size| {
        let vm = vm(&format!("<vm>{}</vm>", "<x a='1'>y</x>".repeat(size / 140))).expect("large");
        assert_eq!(vm.unknown().elements().count(), size / 140);
    });
    linear("an item in pieces", |size| {
        let text = format!("<vms><vm><name>{}</name></vm></vms>", "x".repeat(size / 4));
        assert_eq!(items(text.as_bytes(), 1000).0.len(), 1);
    });
    linear("items in pieces", |size| {
        let text = format!("<vms>{}</vms>", "<vm><name>x</name></vm>".repeat(size / 400));
        assert_eq!(items(text.as_bytes(), 1000).0.len(), size / 400);
    });
    linear("what is written", |size| {
        let text = xml::to_string(&Vm::with_name("<é\u{F8FF}".repeat(size / 40))).expect("a name");
        assert!(text.len() > size / 40);
    });
}

#[test]
fn the_sizes_of_items_and_of_content_between_them_are_limited() {
    let small = DecodeOptions::new().max_item(1000);
    let last = |text: String| small.items::<Vm, _>(Pieces::new(text.as_bytes(), 100)).last().expect("something");
    let error = last(format!("<vms><vm/><vm><name>{}</name></vm></vms>", "x".repeat(5000))).expect_err("large");
    assert_eq!(error.to_string(), "can't read the XML document at `vms` (byte 10): an item is larger than 1000 bytes");
    assert!(last(format!("<!--{}--><vms><vm/></vms>", "x".repeat(5000))).is_err());
    assert!(last(format!("<vms><vm/>{}<vm/></vms>", " ".repeat(5000))).is_err());
    assert!(last(format!("<vms><vm/></vms><!--{}-->", "x".repeat(5000))).is_err());
    assert!(last(format!("<vms><vm/></vms>{}", " ".repeat(5000))).is_ok());
    assert!(last(format!("<vms>{}</vms>", "<vm><name>x</name></vm>".repeat(500))).is_ok());
}

/// The reader never ends, so content after the collection must not be buffered.
#[test]
fn content_after_a_collection_is_rejected_without_buffering() {
    let endless = b"<vms><vm/></vms> x".as_slice();
    let mut items = xml::items::<Vm, _>(std::io::Read::chain(endless, std::io::repeat(b'x')));
    assert!(items.next().is_some_and(|vm| vm.is_ok()));
    assert!(items.next().is_some_and(|vm| vm.is_err()));
    assert!(items.next().is_none());
}

#[test]
fn invalid_root_tags() {
    for root in ["", "a b", "a>", "1a", "é", "<vm>", "a:b", "-a"] {
        let error = EncodeOptions::new().root(root).to_string(&Vm::new()).expect_err(root);
        assert!(error.is_encode());
    }
    assert_eq!(EncodeOptions::new().root("source_vm").to_string(&Vm::new()).expect("a name"), "<source_vm/>\n");
}
