//! Lists that are read item by item.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ovirt_sdk::Credentials;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk_tests::inventory;

use crate::answering;
use crate::support::{Reply, Server, builder};

#[tokio::test]
async fn a_long_list_comes_one_by_one() {
    let document = inventory::vms(500);
    let (server, connection) = answering(move |_| Reply::xml(200, document.as_str())).await;
    let all = connection.system().vms().list().send().await.unwrap();
    let mut items = connection.system().vms().list().search("status=up").items();
    assert_eq!(server.asked().len(), 1, "nothing is sent before the first item is wanted");
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
async fn after_the_last_item_its_place_is_free() {
    let server = Server::start(|_| Reply::xml(200, "<vms><vm id='1'/></vms>")).await;
    let builder = builder(&server).credentials(Credentials::token("t")).timeout(Duration::from_secs(5));
    let connection = builder.max_connections(1).build().unwrap();
    let mut items = connection.system().vms().list().items();
    while items.next().await.unwrap().is_some() {}
    connection.system().vms().list().send().await.unwrap();
    assert!(items.next().await.unwrap().is_none());
}

#[tokio::test]
async fn one_may_stop_early() {
    let document = inventory::vms(500);
    let (_server, connection) = answering(move |_| Reply::xml(200, document.as_str())).await;
    for _ in 0..50 {
        let mut items = connection.system().vms().list().items();
        assert!(items.next().await.unwrap().is_some());
    }
}

#[tokio::test]
async fn what_breaks_off_is_an_error_after_the_items_that_came() {
    let document = inventory::vms(10);
    let cut = document.len() - 3_000;
    let (_server, connection) = answering(move |_| Reply::xml(200, document.as_str()).cut_after(cut)).await;
    let mut items = connection.system().vms().list().correlation_id("mine").items();
    let mut count = 0;
    let error = loop {
        match items.next().await {
            Ok(Some(_)) => count += 1,
            Ok(None) => panic!("it did not break off"),
            Err(error) => break error,
        }
    };
    assert!(count >= 8, "{count}");
    assert!(error.to_string().contains("GET /ovirt-engine/api/vms"), "{error}");
    assert_eq!(error.correlation_id(), Some("mine"));
    assert!(items.next().await.unwrap().is_none());
}

#[tokio::test]
async fn what_is_no_list_is_an_error() {
    for (reply, expected) in [
        (Reply::xml(200, "<hosts/>"), "hosts"),
        (Reply::html(200, "Welcome"), "Welcome"),
        (Reply::xml(400, "<fault><detail>No</detail></fault>"), "No"),
        (Reply::xml(200, "<vms><vm id='1'></vms>"), "GET /ovirt-engine/api/vms"),
        (Reply::empty(200), "GET /ovirt-engine/api/vms"),
    ] {
        let (_server, connection) = answering(move |_| reply.clone()).await;
        let error = connection.system().vms().list().items().next().await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(error.to_string().starts_with("GET /ovirt-engine/api/vms: "), "{error}");
    }
}

#[tokio::test]
async fn items_are_there_before_the_answer_is_whole() {
    let document = inventory::vms(10);
    let part = document.len() - 3_000;
    let server = Server::start(move |asked| match asked.path.ends_with("/vms") {
        true => Reply::xml(200, document.as_str()).stuck_after(part),
        false => Reply::xml(200, "<hosts/>"),
    })
    .await;
    let time = Duration::from_millis(500);
    let builder = builder(&server).credentials(Credentials::token("t")).retry(RetryPolicy::none());
    let connection = builder.timeout(time).max_connections(1).build().unwrap();
    let mut items = connection.system().vms().list().correlation_id("mine").items();
    for _ in 0..8 {
        assert!(items.next().await.unwrap().is_some());
    }
    // It counts as a request as long as it is read.
    assert!(connection.system().hosts().list().send().await.unwrap_err().is_timeout());
    // Each piece has its time, and no more.
    let error = loop {
        match items.next().await {
            Ok(item) => assert!(item.is_some()),
            Err(error) => break error,
        }
    };
    assert!(error.is_timeout() && error.to_string().contains("GET /ovirt-engine/api/vms: "), "{error}");
    assert_eq!(error.correlation_id(), Some("mine"));
    // Its place is free, though it is still there.
    connection.system().hosts().list().send().await.unwrap();
    assert!(items.next().await.unwrap().is_none());
}

#[tokio::test]
async fn what_passes_by_itself_is_waited_for_before_the_first_item() {
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
