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
        (Reply::xml(200, "<fault><reason>Operation Failed</reason></fault>"), "the operation failed: Operation Failed"),
        (Reply::xml(200, "<action><status>failed</status></action>"), "the operation failed"),
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
    // Other requests are not delayed by the stream, even if only one is allowed at a time.
    connection.system().hosts().list().send().await.unwrap();
    let error = loop {
        match items.next().await {
            Ok(item) => assert!(item.is_some()),
            Err(error) => break error,
        }
    };
    assert!(error.is_timeout() && error.to_string().contains("GET /ovirt-engine/api/vms: "), "{error}");
    assert_eq!(error.correlation_id(), Some("mine"));
    assert!(items.next().await.unwrap().is_none());
}

#[tokio::test]
async fn requests_for_each_item() {
    let (server, connection) = {
        let server = Server::start(|request| match request.path.ends_with("/vms") {
            true => Reply::xml(200, inventory::vms(300).as_str()),
            false => Reply::xml(200, "<nics/>"),
        })
        .await;
        let builder = builder(&server).credentials(Credentials::token("t")).timeout(Duration::from_secs(20));
        let connection = builder.max_connections(1).build().unwrap();
        (server, connection)
    };
    let mut items = connection.system().vms().list().items();
    let mut count = 0;
    while let Some(vm) = items.next().await.unwrap() {
        if count % 30 == 0 {
            connection.system().vms().vm(vm.try_id().unwrap()).nics().list().send().await.unwrap();
        }
        count += 1;
    }
    assert_eq!((count, server.count("/nics")), (300, 10));
}

#[tokio::test]
async fn the_timeout_limits_the_total_time_of_waiting() {
    let server = Server::start(|_| {
        // A chunk every 50 ms, and never the end.
        Reply::xml(200, "<vms><vm id='1'/>").endless(Duration::from_millis(50))
    })
    .await;
    let builder = builder(&server).credentials(Credentials::token("t")).retry(RetryPolicy::none());
    let connection = builder.timeout(Duration::from_millis(500)).build().unwrap();
    let mut items = connection.system().vms().list().items();
    // The time between the calls does not count.
    assert!(items.next().await.unwrap().is_some());
    tokio::time::sleep(Duration::from_millis(600)).await;
    // Whatever follows is not an item, but more of it arrives until the time is up.
    let started = std::time::Instant::now();
    let error = loop {
        match items.next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("expected an error"),
            Err(error) => break error,
        }
    };
    assert!(started.elapsed() < Duration::from_secs(10) && !error.to_string().is_empty());
}

#[tokio::test]
async fn a_stream_that_never_ends_times_out() {
    let server = Server::start(|request| match request.path.ends_with("/vms") {
        true => Reply::xml(200, "<vms>").endless(Duration::from_millis(50)),
        false => Reply::xml(200, " <!-- more --> ").endless(Duration::from_millis(50)),
    })
    .await;
    let builder = builder(&server).credentials(Credentials::token("t")).retry(RetryPolicy::none());
    let connection = builder.timeout(Duration::from_millis(700)).build().unwrap();
    let started = std::time::Instant::now();
    let error = connection.system().hosts().list().items().next().await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn white_space_in_end_tags() {
    for document in
        ["<vms><vm id='1'/></vms >", "<vms ><vm id='1'\n></vm\t>\n</vms\n >\n", "<vms><vm id='1'/></vms\r\n>"]
    {
        let (_server, connection) = start_server(move |_| Reply::xml(200, document)).await;
        assert_eq!(connection.system().vms().list().send().await.unwrap().len(), 1);
        let mut items = connection.system().vms().list().items();
        assert_eq!(items.next().await.unwrap().unwrap().id.as_deref(), Some("1"));
        assert!(items.next().await.unwrap().is_none(), "{document}");
    }
    let (_server, connection) = start_server(|_| Reply::xml(200, "<vms><vm id='1'/></vm >")).await;
    let mut items = connection.system().vms().list().items();
    items.next().await.unwrap();
    let error = items.next().await.unwrap_err();
    assert!(error.to_string().contains("expected `</vms>`, found `</vm>`"), "{error}");
}

async fn next<S: futures_core::Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    std::future::poll_fn(|context| std::pin::Pin::new(&mut *stream).poll_next(context)).await
}

#[tokio::test]
async fn items_are_a_stream() {
    let document = inventory::vms(50);
    let (_server, connection) = start_server(move |_| Reply::xml(200, document.as_str())).await;
    let mut items = connection.system().vms().list().items();
    let mut count = 0;
    loop {
        // An interrupted call loses no item.
        match tokio::time::timeout(Duration::from_micros(1), next(&mut items)).await {
            Ok(None) => break,
            Ok(Some(item)) => count += usize::from(item.is_ok()),
            Err(_) => {}
        }
    }
    assert_eq!(count, 50);
    assert!(next(&mut items).await.is_none());
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
