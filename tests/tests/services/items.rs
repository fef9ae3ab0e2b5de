//! Lists that are read item by item.

use ovirt_sdk_tests::inventory;

use crate::answering;
use crate::support::Reply;

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
