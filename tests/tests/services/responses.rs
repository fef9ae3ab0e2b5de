//! Decoding of responses, including unusual ones.

use std::time::Duration;

use ovirt_sdk::Error;
use ovirt_sdk::types::{Host, IscsiDetails, StorageDomain, Tag, Vm, VmStatus};

use crate::start_server;
use crate::support::Reply;

#[tokio::test]
async fn object_and_list() {
    let (server, connection) = start_server(|request| match request.path.ends_with("/vms") {
        true => Reply::xml(200, "<vms><vm id='1'><name>a</name></vm><vm id='2'/></vms>").header("Correlation-Id", "c1"),
        false => Reply::xml(200, "<vm href='/ovirt-engine/api/vms/1' id='1'><status>up</status></vm>"),
    })
    .await;
    let vms = connection.system().vms();
    let vm = vms.vm("1").get().send().await.unwrap();
    assert_eq!((vm.id.as_deref(), vm.status), (Some("1"), Some(VmStatus::Up)));
    let last = server.last();
    assert_eq!((last.method.as_str(), last.path.as_str()), ("GET", "/ovirt-engine/api/vms/1"));

    let reply = vms.list().search("name=a b&c").max(5).send_reply().await.unwrap();
    assert_eq!(reply.value.unwrap().len(), 2);
    assert_eq!((reply.status, reply.correlation_id.as_deref(), reply.action), (200, Some("c1"), None));
    assert_eq!(server.last().query, "max=5&search=name%3Da+b%26c");
}

#[tokio::test]
async fn common_request_options() {
    let (server, connection) = start_server(|_| Reply::xml(200, "<vm/>")).await;
    let request = connection.system().vms().vm("1").update(Vm::new().name("b"));
    request.header("Expect-It", "x").query("next_run", true).correlation_id("mine").send().await.unwrap();
    let last = server.last();
    assert_eq!((last.method.as_str(), last.query.as_str()), ("PUT", "next_run=true"));
    assert_eq!(last.body, "<vm><name>b</name></vm>");
    assert_eq!((last.header("expect-it"), last.header("correlation-id")), ("x", "mine"));
    assert_eq!(last.header("content-type"), "application/xml");
}

#[tokio::test]
async fn the_last_value_of_a_parameter_wins() {
    let (server, connection) = start_server(|_| Reply::xml(200, "<vms/>")).await;
    let vms = connection.system().vms();
    vms.list().max(5).search("a").query("max", 6).search("b").send().await.unwrap();
    assert_eq!(server.last().query, "max=6&search=b");
    let stop = vms.vm("1").stop().reason("first").async_(true).reason("last").async_(false);
    assert_eq!(
        stop.inspect().unwrap().body.as_deref(),
        Some("<action><async>false</async><reason>last</reason></action>")
    );
}

#[tokio::test]
async fn timeout_of_a_request() {
    let (_server, connection) = start_server(|_| Reply::never()).await;
    let request = connection.system().vms().vm("1").get().timeout(Duration::from_millis(50));
    let error = request.send().await.unwrap_err();
    assert!(error.is_timeout() && error.to_string().contains("within 50ms"), "{error}");
    let mut items = connection.system().vms().list().timeout(Duration::from_millis(50)).items();
    assert!(items.next().await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn every_success_status_of_add() {
    for status in [200, 201, 202] {
        let (_server, connection) = start_server(move |_| Reply::xml(status, "<vm id='7'/>")).await;
        let reply = connection.system().vms().add(Vm::new().name("a")).send_reply().await.unwrap();
        assert_eq!((reply.status, reply.value.unwrap().id.as_deref()), (status, Some("7")));
    }
}

#[tokio::test]
async fn add_without_an_object_in_the_response() {
    let (_server, connection) = start_server(|_| Reply::empty(202)).await;
    let add = || connection.system().vms().add(Vm::new().name("a"));
    let reply = add().send_reply().await.unwrap();
    assert_eq!((reply.status, reply.value, reply.action.and_then(|done| done.status)), (202, None, None));
    assert_eq!(add().send().await.unwrap(), Vm::new());
}

#[tokio::test]
async fn add_with_an_action_in_the_response() {
    let body = "<action href='/ovirt-engine/api/x'><status>pending</status><job id='j'/></action>";
    let (_server, connection) = start_server(move |_| Reply::xml(202, body)).await;
    let reply = connection.system().vms().add(Vm::new().name("a")).send_reply().await.unwrap();
    assert_eq!(reply.value, None);
    let done = reply.action.unwrap();
    assert_eq!((done.status.as_deref(), done.href.as_deref()), (Some("pending"), Some("/ovirt-engine/api/x")));
    assert_eq!(done.job.unwrap().id.as_deref(), Some("j"));

    // Methods that always return an action have no other result.
    let hosts = connection.system().clusters().cluster("c").affinity_groups().group("g").hosts();
    let done = hosts.add(Host::with_id("h")).send().await.unwrap();
    assert_eq!(done.status.as_deref(), Some("pending"));
}

#[tokio::test]
async fn remove() {
    let (server, connection) = start_server(|request| match request.query.as_str() {
        "async=true" => Reply::empty(202),
        _ => Reply::xml(200, "<action><job href='/x' id='j1'/><status>complete</status></action>"),
    })
    .await;
    let vm = connection.system().vms().vm("1");
    let done = vm.remove().send().await.unwrap();
    assert_eq!((done.status.as_deref(), done.job.unwrap().id.as_deref()), (Some("complete"), Some("j1")));
    assert_eq!(server.last().body, "");
    let reply = vm.remove().async_(true).send_reply().await.unwrap();
    assert_eq!((reply.status, reply.value.unwrap().status), (202, None));
    assert_eq!(server.last().method, "DELETE");
}

#[tokio::test]
async fn actions_with_results() {
    let (server, connection) = start_server(|request| {
        let result = match request.path.rsplit('/').next().unwrap() {
            "ticket" => "<ticket><expiry>120</expiry><value>s3cret</value></ticket>",
            "isattached" => "<host id='h'/><is_attached>true</is_attached>",
            "discoveriscsi" => {
                "<discovered_targets><iscsi_details><target>t1</target></iscsi_details>\
                <iscsi_details><target>t2</target></iscsi_details></discovered_targets>"
            }
            "iscsidiscover" => {
                "<iscsi_targets><iscsi_target>a</iscsi_target><iscsi_target>b</iscsi_target></iscsi_targets>"
            }
            _ => "<async>false</async>",
        };
        Reply::xml(200, format!("<action>{result}<status>complete</status></action>"))
    })
    .await;
    let system = connection.system();
    let done = system.vms().vm("1").start().async_(false).send().await.unwrap();
    assert_eq!(done.status.as_deref(), Some("complete"));
    let last = server.last();
    assert_eq!((last.method.as_str(), last.path.as_str()), ("POST", "/ovirt-engine/api/vms/1/start"));
    assert_eq!(last.body, "<action><async>false</async></action>");

    let reply = system.vms().vm("1").ticket().send_reply().await.unwrap();
    assert_eq!(reply.action.unwrap().status.as_deref(), Some("complete"));
    let ticket = reply.value.unwrap();
    assert_eq!((ticket.expiry, ticket.value.as_deref()), (Some(120), Some("s3cret")));
    assert_eq!(server.last().body, "<action/>");

    let request = system.storage_domains().storage_domain("1").is_attached().host(Host::with_id("h"));
    assert_eq!(request.send().await.unwrap(), Some(true));
    assert_eq!(server.last().body, "<action><host id=\"h\"/></action>");

    let host = system.hosts().host("1");
    let found = host.discover_iscsi().iscsi(IscsiDetails::new().address("10.0.0.1")).send().await.unwrap();
    assert_eq!(found.iter().map(|it| it.target.as_deref().unwrap()).collect::<Vec<_>>(), ["t1", "t2"]);
    let found = host.iscsi_discover().iscsi(IscsiDetails::new().address("10.0.0.1")).send().await.unwrap();
    assert_eq!(found, ["a", "b"]);
}

#[tokio::test]
async fn no_content() {
    let (_server, connection) = start_server(|_| Reply::empty(204)).await;
    let console = connection.system().vms().vm("1").graphics_consoles().console("c");
    let reply = console.remote_viewer_connection_file().send_reply().await.unwrap();
    assert_eq!((reply.status, reply.value), (204, None));
    assert_eq!(console.remote_viewer_connection_file().send().await.unwrap(), None);
    connection.system().vms().vm("1").start().send().await.unwrap();
}

#[tokio::test]
async fn absent_results_are_no_errors() {
    let bodies = [
        Reply::empty(200),
        Reply::empty(202),
        Reply::xml(200, "<action/>"),
        Reply::xml(200, "<action><status>complete</status></action>"),
        // In place of an action.
        Reply::xml(200, "<something><status>complete</status></something>"),
    ];
    for reply in bodies {
        let (_server, connection) = start_server(move |_| reply.clone()).await;
        let system = connection.system();
        let host = system.hosts().host("1");
        for kind in ["restart", "start", "stop", "manual"] {
            let fenced = host.fence().fence_type(kind).send().await.unwrap();
            assert_eq!(fenced.status, None);
            assert_eq!(host.fence().fence_type(kind).send_reply().await.unwrap().value, None);
        }
        assert!(host.iscsi_discover().send().await.unwrap().is_empty());
        assert!(host.discover_iscsi().send().await.unwrap().is_empty());
        assert!(host.unregistered_storage_domains_discover().send().await.unwrap().is_empty());
        assert_eq!(system.storage_domains().storage_domain("1").is_attached().send().await.unwrap(), None);
        assert_eq!(system.vms().vm("1").ticket().send().await.unwrap().value, None);
        let console = system.vms().vm("1").graphics_consoles().console("c");
        assert_eq!(console.ticket().send().await.unwrap().value, None);
        assert_eq!(console.proxy_ticket().send().await.unwrap().value, None);
        assert_eq!(console.remote_viewer_connection_file().send().await.unwrap(), None);
        let statistics = system.clusters().cluster("1").gluster_volumes().volume("v").get_profile_statistics();
        statistics.send().await.unwrap();
    }
}

#[tokio::test]
async fn updates_can_be_answered_without_the_object() {
    for reply in [Reply::empty(200), Reply::empty(202), Reply::xml(200, "<action><status>complete</status></action>")] {
        let (_server, connection) = start_server(move |_| reply.clone()).await;
        let vm = connection.system().vms().vm("1");
        assert_eq!(vm.update(Vm::new().comment("c")).send().await.unwrap(), Vm::new());
        assert_eq!(vm.update(Vm::new().comment("c")).send_reply().await.unwrap().value, None);
        // A request that only reads needs its result.
        assert!(vm.get().send().await.is_err());
    }
}

#[tokio::test]
async fn failed_actions() {
    let fault = "<fault><reason>Operation Failed</reason><detail>[VM is locked.]</detail></fault>";
    let action = format!("<action><status>failed</status>{fault}</action>");
    for (status, body) in [(200, action.as_str()), (409, action.as_str()), (200, fault), (409, fault)] {
        let body = body.to_owned();
        let (_server, connection) = start_server(move |_| Reply::xml(status, body.as_str())).await;
        let error = connection.system().vms().vm("1").start().send().await.unwrap_err();
        assert_eq!(error.fault().and_then(|fault| fault.detail.as_deref()), Some("[VM is locked.]"), "{error}");
        assert!(error.to_string().contains("POST /ovirt-engine/api/vms/1/start"), "{error}");
    }
}

/// Returns the error of a `GET` request that gets this response.
async fn get_error(reply: Reply) -> Error {
    let (_server, connection) = start_server(move |_| reply.clone()).await;
    connection.system().vms().vm("1").get().correlation_id("mine").send().await.unwrap_err()
}

#[tokio::test]
async fn unexpected_responses() {
    let cases = [
        (Reply::html(200, "Welcome"), "an HTML page titled \"Welcome\""),
        (Reply::xml(200, "<hosts/>"), "hosts"),
        (Reply::xml(200, ""), "200 OK, but"),
        (Reply::xml(200, "<vm><name>a</name>"), "200 OK, but"),
        (Reply::json(200, "{}"), "200 OK, but"),
        (Reply::xml(200, "<action><status>complete</status></action>"), "action"),
        (Reply::xml(200, b"<vm><name>\xff</name></vm>".as_slice()), "200 OK, but"),
    ];
    for (reply, expected) in cases {
        let text = get_error(reply).await.to_string();
        assert!(text.starts_with("GET /ovirt-engine/api/vms/1: ") && text.contains(expected), "{text}");
        assert!(text.contains("(correlation id mine)"), "{text}");
    }
}

#[tokio::test]
async fn error_statuses() {
    assert!(get_error(Reply::empty(404)).await.is_not_found());
    let fault = "<fault><reason>Operation Failed</reason><detail>[Cannot.]</detail></fault>";
    let error = get_error(Reply::xml(400, fault)).await;
    assert_eq!((error.status(), error.is_not_found()), (Some(400), false));
    assert!(get_error(Reply::xml(409, fault)).await.is_conflict());
}

#[tokio::test]
async fn request_bodies() {
    let (server, connection) = start_server(|_| Reply::xml(201, "<tag id='t'/>")).await;
    connection.system().tags().add(Tag::new().name("<&>")).send().await.unwrap();
    assert_eq!(server.last().body, "<tag><name>&lt;&amp;&gt;</name></tag>");
    let request = connection.system().storage_domains().add(StorageDomain::new()).inspect().unwrap();
    assert_eq!(request.body.as_deref(), Some("<storage_domain/>"));
}
