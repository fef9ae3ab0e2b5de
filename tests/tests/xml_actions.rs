//! `<action>` documents of any action.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "clippy.toml allows these only in functions marked `#[test]`"
)]

use ovirt_sdk::object::{self, Kind};
use ovirt_sdk::registry;
use ovirt_sdk::types::Ticket;
use ovirt_sdk::xml::{DecodeOptions, Document, EncodeOptions};

fn strict(text: &str) -> Document {
    Document::read(text.as_bytes(), &DecodeOptions::new().strict(true)).expect(text)
}

const COMPACT: EncodeOptions<'_> = EncodeOptions::new().indent(false);

#[test]
fn actions_survive_a_round_trip() {
    for text in [
        "<action/>",
        "<action><async>true</async><vm id=\"7\"><name>a</name></vm></action>",
        "<action href=\"/a/1\" id=\"1\"><name>n</name><link href=\"/p\" rel=\"parent\"/><link href=\"/r\" rel=\"replay\"/>\
         <job id=\"j\"/><status>pending</status></action>",
        "<action><fault><detail>[No.]</detail><reason>Operation Failed</reason></fault><status>failed</status></action>",
        "<action><discovered_targets><iscsi_details><target>t</target></iscsi_details></discovered_targets></action>",
        "<action><iscsi_targets><iscsi_target>a</iscsi_target><iscsi_target></iscsi_target></iscsi_targets></action>",
        "<action><bricks><brick id=\"1\"/></bricks></action>",
        "<action><is_attached>false</is_attached></action>",
    ] {
        let document = strict(text);
        assert_eq!(document.info().name, "action");
        assert_eq!(document.write(&COMPACT.unknown(true)).unwrap(), text);
        assert_eq!(document, strict(text));
        let copy = object::copy(document.objects().next().unwrap());
        assert_eq!(Document::from(copy), document);
    }
    assert_ne!(strict("<action><async>true</async></action>"), strict("<action><async>false</async></action>"));
}

#[test]
fn unknown_members_are_findings() {
    let options = DecodeOptions::new().strict(true);
    let error = Document::read(b"<action><asinc>true</asinc></action>", &options).unwrap_err();
    assert!(error.to_string().contains("unknown element `<asinc>`"), "{error}");
    let error = Document::read(b"<action><async>maybe</async></action>", &options).unwrap_err();
    assert_eq!(error.path(), Some("action/async"));
}

#[test]
fn members_are_accessible_by_name() {
    let document =
        strict("<action><ticket><value>hunter2</value></ticket><root_password>hunter2</root_password></action>");
    let action = document.objects().next().unwrap();
    let shown = format!("{action:?}");
    assert!(shown.contains("root_password: ***") && !shown.contains("hunter2"), "{shown}");
    let ticket = object::member(action, "ticket").expect("a member");
    assert!(matches!(ticket.kind(), Kind::Object(info) if info.name == "ticket"));
    let mut other = registry::action().new_object();
    let new = Some(Box::new(Ticket::new().expiry(7)));
    assert!(object::member_mut(&mut *other, "ticket").expect("a member").assign(&new));
    assert_eq!(Document::from(other).write(&COMPACT).unwrap(), "<action><ticket><expiry>7</expiry></ticket></action>");
    // Every parameter and result of every action is one of its members: 97, and `href` and `id`.
    assert_eq!(registry::action().members.len(), 99);
}
