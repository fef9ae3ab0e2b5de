//! Streaming of lists with `items`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ovirt_sdk::Credentials;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk_tests::inventory;

use crate::start_server;
use crate::support::{Reply, Server, builder};

#[tokio::test]
async fn items_equal_the_list() {
    let document = inventory::vms(500);
    let (server, connection) = start_server(move |_| Reply::xml(200, document.as_str())).await;
    let all = connection.system().vms().list().send().await.unwrap();
    let mut items = connection.system().vms().list().search("status=up").items();
    assert_eq!(server.asked().len(), 1, "the request is sent when the first item is read");
    let mut count = 0;
    while let Some(vm) = items.next().await.unwrap() {
        assert_eq!(vm, all[count]);
        count += 1;
    }
    assert_eq!(count, 500);
    assert!(items.next().await.unwrap().is_none());
    assert_eq!((server.asked().len(), server.last().query.as_str()), (2, "search=status%3Dup"));
}

#[tokio::test]
async fn the_connection_is_released_after_the_last_item() {
    let server = Server::start(|_| Reply::xml(200, "<vms><vm id='1'/></vms>")).await;
    let builder = builder(&server).credentials(Credentials::token("t")).timeout(Duration::from_secs(5));
    let connection = builder.max_connections(1).build().unwrap();
    let mut items = connection.system().vms().list().items();
    while items.next().await.unwrap().is_some() {}
    connection.system().vms().list().send().await.unwrap();
    assert!(items.next().await.unwrap().is_none());
}

#[tokio::test]
async fn stopping_early() {
    let document = inventory::vms(500);
    let (_server, connection) = start_server(move |_| Reply::xml(200, document.as_str())).await;
    for _ in 0..50 {
        let mut items = connection.system().vms().list().items();
        assert!(items.next().await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_truncated_response_is_an_error_after_the_complete_items() {
    let document = inventory::vms(10);
    let cut = document.len() - 3_000;
    let (_server, connection) = start_server(move |_| Reply::xml(200, document.as_str()).cut_after(cut)).await;
    let mut items = connection.system().vms().list().correlation_id("mine").items();
    let mut count = 0;
    let error = loop {
        match items.next().await {
            Ok(Some(_)) => count += 1,
            Ok(None) => panic!("expected an error"),
            Err(error) => break error,
        }
    };
    assert!(count >= 8, "{count}");
    assert!(error.to_string().contains("GET /ovirt-engine/api/vms"), "{error}");
    assert_eq!(error.correlation_id(), Some("mine"));
    assert!(items.next().await.unwrap().is_none());
}

#[tokio::test]
async fn other_responses_are_errors() {
    for (reply, expected) in [
        (Reply::xml(200, "<hosts/>"), "hosts"),
        (Reply::html(200, "Welcome"), "Welcome"),
        (Reply::xml(400, "<fault><detail>No</detail></fault>"), "No"),
        (Reply::xml(200, "<vms><vm id='1'></vms>"), "GET /ovirt-engine/api/vms"),
        (Reply::empty(200), "GET /ovirt-engine/api/vms"),
    ] {
        let (_server, connection) = start_server(move |_| reply.clone()).await;
        let error = connection.system().vms().list().items().next().await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(error.to_string().starts_with("GET /ovirt-engine/api/vms: "), "{error}");
    }
}

#[tokio::test]
async fn items_arrive_before_the_response_is_complete() {
    let document = inventory::vms(10);
    let part = document.len() - 3_000;
    let server = Server::start(move |request| match request.path.ends_with("/vms") {
        true => Reply::xml(200, document.as_str()).stuck_after(part),
        false => Reply::xml(200, "<hosts/>"),
    })
    .await;
    let timeout = Duration::from_millis(500);
    let builder = builder(&server).credentials(Credentials::token("t")).retry(RetryPolicy::none());
    let connection = builder.timeout(timeout).max_connections(1).build().unwrap();
    let mut items = connection.system().vms().list().correlation_id("mine").items();
    for _ in 0..8 {
        assert!(items.next().await.unwrap().is_some());
    }
    // The stream occupies the only connection.
    assert!(connection.system().hosts().list().send().await.unwrap_err().is_timeout());
    // The timeout applies to each chunk.
    let error = loop {
        match items.next().await {
            Ok(item) => assert!(item.is_some()),
            Err(error) => break error,
        }
    };
    assert!(error.is_timeout() && error.to_string().contains("GET /ovirt-engine/api/vms: "), "{error}");
    assert_eq!(error.correlation_id(), Some("mine"));
    // The failed stream has released its connection, although it still exists.
    connection.system().hosts().list().send().await.unwrap();
    assert!(items.next().await.unwrap().is_none());
}

#[tokio::test]
async fn transient_errors_are_retried_before_the_first_item() {
    let fault = "<fault><detail>[Cannot list. Related operation is currently in progress.]</detail></fault>";
    let first = AtomicBool::new(true);
    let server = Server::start(move |_| match first.swap(false, Ordering::SeqCst) {
        true => Reply::xml(409, fault),
        false => Reply::xml(200, "<vms><vm id='1'/></vms>"),
    })
    .await;
    let connection = builder(&server).credentials(Credentials::token("t")).build().unwrap();
    let vm = connection.system().vms().list().items().next().await.unwrap().unwrap();
    assert_eq!((vm.id.as_deref(), server.asked().len()), (Some("1"), 2));
}
