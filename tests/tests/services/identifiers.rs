//! Identifiers in paths: encoding and validation.

use ovirt_sdk::types::Vm;

use crate::start_server;
use crate::support::Reply;

#[tokio::test]
async fn identifiers_are_encoded() {
    let (server, connection) = start_server(|_| Reply::xml(200, "<vm/>")).await;
    for (id, segment) in [
        ("8070fa6d-5b82-4a09-b6a4-1b2f2a2b7c5e", "8070fa6d-5b82-4a09-b6a4-1b2f2a2b7c5e"),
        ("a b", "a%20b"),
        ("50%", "50%25"),
        ("a?b#c", "a%3Fb%23c"),
        ("a;b", "a%3Bb"),
        ("%2e%2e", "%252e%252e"),
        ("ü", "%C3%BC"),
        ("...", "..."),
    ] {
        connection.system().vms().vm(id).get().send().await.unwrap();
        assert_eq!(server.last().path, format!("/ovirt-engine/api/vms/{segment}"));
    }
    let id = String::from("1");
    connection.system().vms().vm(&id).nics().nic(id).get().inspect().unwrap();
}

#[tokio::test]
async fn invalid_identifiers_are_rejected_before_sending() {
    let (server, connection) = start_server(|_| Reply::xml(200, "<vm/>")).await;
    for (id, message) in [
        ("", "the request was not sent: empty identifier (below `vms`)"),
        ("..", "the request was not sent: `..` is not a valid identifier: it would change the path (below `vms`)"),
        (".", "the request was not sent: `.` is not a valid identifier: it would change the path (below `vms`)"),
        ("a/b", "the request was not sent: `a/b` is not a valid identifier: `/` would change the path (below `vms`)"),
        (
            "a\\b",
            "the request was not sent: `a\\b` is not a valid identifier: `\\` would change the path (below `vms`)",
        ),
        (
            "a\nb",
            "the request was not sent: \"a\\nb\" is not a valid identifier: it contains a control character (below `vms`)",
        ),
    ] {
        let vm = connection.system().vms().vm(id);
        let errors = [
            vm.get().send().await.unwrap_err(),
            vm.nics().nic("1").remove().send().await.unwrap_err(),
            vm.nics().list().items().next().await.unwrap_err(),
            vm.nics().find("a").await.unwrap_err(),
            vm.start().inspect().unwrap_err(),
        ];
        for error in errors {
            assert!(error.is_invalid_request());
            assert_eq!(error.to_string(), message);
        }
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn characters_that_xml_cannot_represent_are_rejected_before_sending() {
    let (server, connection) = start_server(|_| Reply::xml(200, "<vm/>")).await;
    let bad = "a\u{0}b";
    let error = connection.system().vms().add(Vm::new().name(bad)).send().await.unwrap_err();
    assert!(error.is_invalid_request() && error.to_string().contains("name"), "{error}");
    let error = connection.system().vms().vm("1").stop().reason(bad).send().await.unwrap_err();
    assert!(error.is_invalid_request() && error.to_string().contains("reason"), "{error}");
    assert!(server.asked().is_empty());
}
