//! Reading and writing each kind of scalar value.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice, reason = "tests fail so")]

use ovirt_sdk::types::{
    Bios, BiosType, Bonding, Boot, BootDevice, Cpu, DateTime, DnsResolverConfiguration, Event, List, Usb, Vlan, Vm,
    VmStatus,
};
use ovirt_sdk::xml;

/// Reads a document after inserting a value into it; returns the field.
macro_rules! value {
    ($type:ty, $document:literal, $text:expr, $member:ident) => {
        xml::from_str::<$type>(&format!($document, $text)).map(|object| object.$member)
    };
}

#[test]
fn booleans() {
    let read = |text: &str| value!(Usb, "<usb><enabled>{}</enabled></usb>", text, enabled);
    for text in
        ["true", "TRUE", "True", "1", "<![CDATA[true]]>", "t<!-- -->rue", "&#116;rue", " true", "true ", "\ntrue\n"]
    {
        assert_eq!(read(text).expect(text), Some(true), "{text}");
    }
    for text in ["false", "FALSE", "False", "0"] {
        assert_eq!(read(text).expect(text), Some(false), "{text}");
    }
    for text in [" ", "tr ue", "\u{A0}true", "yes", "no", "t", "2", "00", "on", "truе"] {
        let error = read(text).expect_err(text).to_string();
        assert!(error.contains("expected `true` or `false`, found "), "{error}");
    }
    assert!(read("").is_err(), "an empty text is no boolean");
    assert_eq!(xml::from_str::<Usb>("<usb><enabled/></usb>").expect("absent").enabled, None);
    let written = |enabled| xml::to_string(&Usb::new().enabled(enabled)).expect("a boolean");
    assert_eq!(written(true), "<usb>\n  <enabled>true</enabled>\n</usb>\n");
    assert_eq!(written(false), "<usb>\n  <enabled>false</enabled>\n</usb>\n");
}

#[test]
fn integers() {
    let read = |text: &str| value!(Vm, "<vm><memory>{}</memory></vm>", text, memory);
    for (text, value) in [
        ("0", 0),
        ("-1", -1),
        ("+5", 5),
        ("007", 7),
        (" 12 ", 12),
        ("\n\t12\r\n", 12),
        ("4241280204800", 4_241_280_204_800),
        ("9223372036854775807", i64::MAX),
        ("-9223372036854775808", i64::MIN),
        ("1<!-- -->2", 12),
        ("&#49;", 1),
    ] {
        assert_eq!(read(text).expect(text), Some(value), "{text}");
    }
    for text in
        ["", " ", "5.0", "1_000", "1,000", "1e3", "0x10", "+", "-", "--1", "1 2", "9223372036854775808", "\u{A0}1", "١"]
    {
        let error = read(text).expect_err(text).to_string();
        assert!(error.contains("`vm/memory` (byte 4): expected an integer of at most 64 bits, found "), "{error}");
    }
    assert_eq!(xml::from_str::<Vm>("<vm><memory/></vm>").expect("absent").memory, None);
    for value in [0, -1, i64::MAX, i64::MIN] {
        let text = xml::to_string(&Vm::new().memory(value)).expect("an integer");
        assert_eq!(text, format!("<vm>\n  <memory>{value}</memory>\n</vm>\n"));
    }
}

#[test]
fn integers_in_attributes() {
    assert_eq!(xml::from_str::<Vlan>("<vlan id=' 12 '/>").expect("12").id, Some(12));
    assert!(xml::from_str::<Vlan>("<vlan id=''/>").is_err());
    assert!(xml::from_str::<Vlan>("<vlan id='5.0'/>").is_err());
    assert_eq!(xml::to_string(&Vlan::new().id(12)).expect("12"), "<vlan id=\"12\"/>\n");
}

#[test]
fn decimals() {
    let read = |text: &str| value!(Cpu, "<cpu><speed>{}</speed></cpu>", text, speed);
    for (text, value) in [
        ("2400", 2400.0),
        ("80530636800", 80_530_636_800.0),
        ("0.5", 0.5),
        ("-0.25", -0.25),
        ("+1.5", 1.5),
        (" 1.5\n", 1.5),
        ("1.0E10", 1e10),
        ("1e3", 1000.0),
        ("1.5e-3", 0.0015),
        ("5.", 5.0),
        (".5", 0.5),
    ] {
        assert_eq!(read(text).expect(text), Some(value), "{text}");
    }
    for text in ["", " ", "1,5", "1 2", "x", "1e", "0x1p3", "1_0", "--1"] {
        let error = read(text).expect_err(text).to_string();
        assert!(error.contains("expected a number, found "), "{error}");
    }
    assert_eq!(xml::from_str::<Cpu>("<cpu><speed/></cpu>").expect("absent").speed, None);
}

/// A statistic that divides by zero must not make a whole response unreadable. XML Schema has names for these numbers.
#[test]
fn numbers_that_are_not_finite_are_read_and_written() {
    let read = |text: &str| value!(Cpu, "<cpu><speed>{}</speed></cpu>", text, speed).expect(text).expect(text);
    assert!(read("NaN").is_nan());
    assert_eq!(read("INF"), f64::INFINITY);
    assert_eq!(read("-INF"), f64::NEG_INFINITY);
    assert_eq!(read("1e400"), f64::INFINITY);
    for (value, text) in [(f64::NAN, "NaN"), (f64::INFINITY, "INF"), (f64::NEG_INFINITY, "-INF")] {
        let written = xml::to_string(&Cpu::new().speed(value)).expect(text);
        assert_eq!(written, format!("<cpu>\n  <speed>{text}</speed>\n</cpu>\n"));
        let json = serde_json::to_string(&Cpu::new().speed(value)).expect(text);
        assert_eq!(json, format!(r#"{{"speed":"{text}"}}"#));
        let read: Cpu = serde_json::from_str(&json).expect(text);
        assert_eq!(read.speed.map(f64::to_bits), Some(value.to_bits()));
    }
}

#[test]
fn decimals_are_written_without_an_exponent() {
    for (value, text) in [
        (1.0, "1"),
        (0.1, "0.1"),
        (-2400.5, "-2400.5"),
        (1e22, "10000000000000000000000"),
        (1e-7, "0.0000001"),
        (1.0 / 3.0, "0.3333333333333333"),
    ] {
        let written = xml::to_string(&Cpu::new().speed(value)).expect(text);
        assert_eq!(written, format!("<cpu>\n  <speed>{text}</speed>\n</cpu>\n"));
        assert_eq!(xml::from_str::<Cpu>(&written).expect(text).speed, Some(value));
    }
}

#[test]
fn dates() {
    let read = |text: &str| value!(Event, "<event><time>{}</time></event>", text, time);
    for (text, written) in [
        ("2026-04-05T11:00:25.000+02:00", "2026-04-05T11:00:25.000+02:00"),
        ("2016-02-29T23:59:59.999-11:30", "2016-02-29T23:59:59.999-11:30"),
        ("2026-04-05T11:00:25.123Z", "2026-04-05T11:00:25.123Z"),
        ("2026-04-05T11:00:25Z", "2026-04-05T11:00:25.000Z"),
        ("2026-04-05T11:00:25", "2026-04-05T11:00:25.000"),
        ("2026-04-05T11:00:25.1+01:00", "2026-04-05T11:00:25.100+01:00"),
        ("2026-04-05T11:00:25.123456+01:00", "2026-04-05T11:00:25.123456+01:00"),
        ("2026-04-05T11:00:25.1234567Z", "2026-04-05T11:00:25.123456700Z"),
        ("\n 2026-04-05T11:00:25.000+02:00 ", "2026-04-05T11:00:25.000+02:00"),
        ("0001-01-01T00:00:00.000+00:00", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999-05:00", "9999-12-31T23:59:59.999-05:00"),
    ] {
        let date: DateTime = read(text).expect(text).expect(text);
        assert_eq!(date.to_string(), written);
        let document = xml::to_string(&Event::new().time(date)).expect(text);
        assert_eq!(document, format!("<event>\n  <time>{written}</time>\n</event>\n"));
    }
    for text in [
        "",
        " ",
        "xxx",
        "2026-04-05",
        "2026-04-05T11:00",
        "2026-04-05 11:00:25Z",
        "2026-02-29T11:00:25Z",
        "2026-04-31T11:00:25Z",
        "2026-04-05T24:00:00Z",
        "2026-04-05T11:60:00Z",
        "2026-04-05T11:00:25+2:00",
        "2026-04-05T11:00:25+0200",
        "2026-04-05T11:00:25 +02:00",
        "2026-04-05T11:00:25.Z",
        "2026-04-05T11:00:25,5Z",
        "0000-01-01T00:00:00Z",
        "12026-04-05T11:00:25Z",
        "-2026-04-05T11:00:25Z",
        "1775386825",
    ] {
        let error = read(text).expect_err(text).to_string();
        assert!(error.contains("expected a date such as 2026-04-05T11:00:25.000+02:00, found "), "{error}");
    }
    assert_eq!(xml::from_str::<Event>("<event><time/></event>").expect("absent").time, None);
}

#[test]
fn enums() {
    let read = |text: &str| value!(Vm, "<vm><status>{}</status></vm>", text, status).expect(text);
    assert_eq!(read("up"), Some(VmStatus::Up));
    assert_eq!(read("powering_up"), Some(VmStatus::PoweringUp));
    for text in [" up", "up\n", "\r\n\tup "] {
        assert_eq!(read(text), Some(VmStatus::Up), "{text}");
    }
    for text in ["UP", "Up", " levitating ", "\u{A0}up", "levitating", "", " ", "powering-up"] {
        let status = read(text).expect(text);
        assert_eq!(status, VmStatus::Unknown(text.to_owned()));
        let written = xml::to_string(&Vm::new().status(status)).expect(text);
        assert_eq!(written, format!("<vm>\n  <status>{text}</status>\n</vm>\n"));
    }
    assert_eq!(xml::from_str::<Vm>("<vm><status/></vm>").expect("absent").status, None);
}

#[test]
fn empty_items_of_value_lists_are_kept() {
    let servers = "<dns_resolver_configuration><name_servers><name_server/><name_server>a</name_server>\
                   <name_server></name_server></name_servers></dns_resolver_configuration>";
    let read: DnsResolverConfiguration = xml::from_str(servers).expect("texts");
    assert_eq!(read.name_servers.as_deref(), Some(["".to_owned(), "a".to_owned(), "".to_owned()].as_slice()));
    let written = xml::EncodeOptions::new().indent(false).to_string(&read).expect("texts");
    assert_eq!(written, servers.replace("<name_server/>", "<name_server></name_server>"));
    let boot: Boot = xml::from_str("<boot><devices><device/><device> hd\n</device></devices></boot>").expect("enums");
    assert_eq!(boot.devices.expect("set"), [BootDevice::from(""), BootDevice::Hd]);
}

#[test]
fn the_address_of_a_list_is_written() {
    let compact = xml::EncodeOptions::new().indent(false);
    let text = r#"<vms href="/ovirt-engine/api/vms?search=a&amp;b"><vm id="7"/></vms>"#;
    let vms: List<Vm> = xml::from_str(text).expect("a list");
    assert_eq!(compact.to_string(&vms).expect("a list"), text);
    let document = xml::Document::read(text.as_bytes(), &xml::DecodeOptions::new().strict(true)).expect("a list");
    assert_eq!(document.write(&compact).expect("a list"), text);
    assert_eq!(compact.to_string(&List::<Vm>::new()).expect("a list"), "<vms/>");
    // For a list of an object, there is a link if the engine has one.
    let text = r#"<vm><link href="/n" rel="nics"/></vm>"#;
    let vm: Vm = xml::from_str(r#"<vm><nics href="/n"/></vm>"#).expect("a VM");
    assert_eq!(compact.to_string(&vm).expect("a VM"), text);
    let text = r#"<bonding><slaves href="/s"><host_nic id="7"/></slaves></bonding>"#;
    let bonding: Bonding = xml::from_str(text).expect("a bond");
    assert_eq!(compact.to_string(&bonding).expect("a bond"), text);
}

#[test]
fn enums_convert_from_and_to_texts() {
    assert_eq!("up".parse(), Ok(VmStatus::Up));
    assert_eq!(VmStatus::from("not_responding"), VmStatus::NotResponding);
    assert_eq!(VmStatus::from(String::from("x")), VmStatus::Unknown("x".to_owned()));
    assert_eq!(VmStatus::Up.as_str(), "up");
    assert_eq!(VmStatus::Unknown("x".to_owned()).to_string(), "x");
    assert_eq!(format!("[{:>5}|{:<5}]", VmStatus::Up, VmStatus::Up), "[   up|up   ]");
    assert_eq!(BiosType::Q35SeaBios.as_str(), "q35_sea_bios");
    for status in VmStatus::KNOWN {
        assert_eq!(VmStatus::from(status.as_str()), *status);
    }
    // Setters convert the text of a known value to that value.
    assert_eq!(Vm::new().status("up"), Vm::new().status(VmStatus::Up));
    assert_eq!(Bios::new().type_("q35_ovmf").type_, Some(BiosType::Q35Ovmf));
    assert_eq!(Boot::new().devices(["hd", "x"]).devices.expect("set"), [BootDevice::Hd, BootDevice::from("x")]);
}

#[test]
fn texts() {
    let read = |content: &str| value!(Vm, "<vm><name>{}</name></vm>", content, name).expect(content);
    for (content, text) in [
        ("", ""),
        (" ", " "),
        ("  a \n", "  a \n"),
        ("\n\n", "\n\n"),
        ("a<![CDATA[ <b> & ]]>c", "a <b> & c"),
        ("<![CDATA[]]>", ""),
        ("<![CDATA[a]]]]><![CDATA[>b]]>", "a]]>b"),
        ("&lt;&gt;&amp;&quot;&apos;", "<>&\"'"),
        ("&#65;&#x42;&#x1F980;", "AB🦀"),
        ("&#13;&#10;&#9;", "\r\n\t"),
        ("&amp;lt;", "&lt;"),
        (" &amp; ", " & "),
        ("a<!-- & < -->b", "ab"),
        ("<!-- --> a", " a"),
        ("a<?pi x?>b", "ab"),
        ("a <b>bold</b> move<br/>!", "a bold move!"),
        ("a\r\nb\rc\n\r", "a\nb\nc\n\n"),
        ("<![CDATA[a\r\nb]]>", "a\nb"),
        ("日本語 é 🦀", "日本語 é 🦀"),
        ("a > b \" '", "a > b \" '"),
    ] {
        assert_eq!(read(content).as_deref(), Some(text), "{content:?}");
    }
    assert_eq!(xml::from_str::<Vm>("<vm><name/></vm>").expect("absent").name, None);
    assert_eq!(xml::from_str::<Vm>("<vm></vm>").expect("absent").name, None);
}

#[test]
fn texts_are_escaped() {
    let text = "<a href=\"x\">&amp;</a>\r\n\t]]>' é 🦀";
    let vm = Vm::new().id(text).name(text);
    assert_eq!(
        xml::EncodeOptions::new().indent(false).to_string(&vm).expect("XML has these characters"),
        "<vm id=\"&lt;a href=&quot;x&quot;&gt;&amp;amp;&lt;/a&gt;&#13;&#10;&#9;]]&gt;' é 🦀\">\
         <name>&lt;a href=&quot;x&quot;&gt;&amp;amp;&lt;/a&gt;&#13;\n\t]]&gt;' é 🦀</name></vm>"
    );
    assert_eq!(xml::from_str::<Vm>(&xml::to_string(&vm).expect("written")).expect("read"), vm);
}

#[test]
fn characters_not_allowed_in_xml_are_not_written() {
    for character in ['\0', '\u{1}', '\u{8}', '\u{B}', '\u{1F}', '\u{FFFE}', '\u{FFFF}'] {
        let error = xml::to_string(&Vm::with_name(format!("a{character}"))).expect_err("no character of XML");
        assert!(error.is_encode(), "{error}");
        assert_eq!(
            error.to_string(),
            format!("can't write `vm/name` as XML: XML does not allow the character {character:?}")
        );
        assert!(xml::to_string(&Vm::with_id(character.to_string())).is_err());
    }
    for character in ['\u{7F}', '\u{85}', '\u{E000}', '\u{F8FF}', '\u{FEFF}', '\u{FFFD}', '\u{10FFFF}'] {
        let vm = Vm::with_id(character.to_string()).name(character);
        assert_eq!(xml::from_str::<Vm>(&xml::to_string(&vm).expect("written")).expect("read"), vm);
    }
}

#[test]
fn attributes() {
    let id = |attribute: &str| xml::from_str::<Vm>(&format!("<vm {attribute}/>")).map(|vm| vm.id);
    for (attribute, text) in [
        ("id='7'", "7"),
        ("id=\"7\"", "7"),
        ("id = '7'", "7"),
        ("id\n=\t'7'\r\n", "7"),
        ("id=''", ""),
        ("id=' 7 '", " 7 "),
        ("id='a\nb\tc\r\nd\re'", "a b c d e"),
        ("id='a&#10;b&#9;c&#13;d'", "a\nb\tc\rd"),
        ("id='&lt;&gt;&amp;&quot;&apos;\"'", "<>&\"'\""),
        ("id='a>b/c=d'", "a>b/c=d"),
        ("id='日本語&#x1F980;'", "日本語🦀"),
        ("xmlns='urn:x' id='7'", "7"),
    ] {
        assert_eq!(id(attribute).expect(attribute).as_deref(), Some(text), "{attribute}");
    }
    for attribute in ["id", "id=", "id=7", "id='7", "id='<'", "id='&'", "id='&foo;'", "='7'", "id='7'href='8'"] {
        assert!(id(attribute).is_err(), "{attribute}");
    }
}
