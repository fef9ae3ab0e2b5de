//! What was asked.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::http::Method;
use ovirt_sdk::types::Tag;

use crate::{engine, read};

#[tokio::test]
async fn requests_are_kept_in_order_and_without_secrets() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    let _ = connection.system().vms().list().search("name=a b").max(3).send().await;
    let _ = connection.raw(Method::Post, "vms/123/start").body("<action/>").send().await;
    let shown: Vec<String> = engine.requests().iter().map(|request| request.to_string()).collect();
    assert_eq!(shown.len(), 3, "{shown:?}");
    assert_eq!(shown[0], "POST /ovirt-engine/sso/oauth/token -> 200");
    assert!(shown[1].starts_with("GET /ovirt-engine/api/vms?"), "{shown:?}");

    let login = engine.assert_called("POST", "/ovirt-engine/sso/**");
    assert!(login.text().contains("password=***") && !login.text().contains("secret"), "{}", login.text());
    let list = engine.assert_called("GET", "vms");
    assert_eq!((list.parameter("search").as_deref(), list.parameter("max").as_deref()), (Some("name=a b"), Some("3")));
    assert_eq!((list.method(), list.path()), ("GET", "/ovirt-engine/api/vms"));
    assert_eq!(list.header("Authorization"), Some("Bearer ***"));
    assert_eq!(list.header("Accept"), Some("application/xml"));
    assert!(list.status().is_some());
    let start = engine.assert_called("POST", "vms/*/start");
    assert_eq!((start.text().as_str(), start.body()), ("<action/>", &b"<action/>"[..]));

    engine.clear_requests();
    assert!(engine.requests().is_empty());
    engine.assert_not_called("POST", "vms/*/start");
}

#[tokio::test]
async fn bodies_are_asserted_as_objects() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    for name in ["web1", "web2"] {
        let _ = connection.system().tags().add(Tag::new().name(name)).send().await;
    }
    let first = engine.assert_sent("POST", "tags", |tag: &Tag| tag.name.as_deref() == Some("web1"));
    assert_eq!(first.document::<Tag>().unwrap().name.as_deref(), Some("web1"));
    let fails = AssertUnwindSafe(|| drop(engine.assert_sent("POST", "tags", |tag: &Tag| tag.name.is_none())));
    let panic = catch_unwind(fails).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("is accepted:") && message.contains("<name>web2</name>"), "{message}");
}

#[tokio::test]
async fn assertions_say_what_was_asked() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    let message = |check: &dyn Fn()| {
        let panic = catch_unwind(AssertUnwindSafe(check)).unwrap_err();
        panic.downcast_ref::<String>().unwrap().clone()
    };
    let said = message(&|| drop(engine.assert_called("DELETE", "vms/*")));
    assert_eq!(said, "no request matches DELETE vms/*; there were no requests");
    let _ = read(&connection).await;
    let said = message(&|| drop(engine.assert_called("DELETE", "vms/*")));
    let status = engine.assert_called("GET", "").status().unwrap();
    assert_eq!(
        said,
        format!(
            "no request matches DELETE vms/*; the requests were:\n  POST /ovirt-engine/sso/oauth/token -> 200\n  \
             GET /ovirt-engine/api -> {status}"
        )
    );
    let said = message(&|| engine.assert_not_called("GET", ""));
    assert!(said.starts_with("a request matches GET ; the requests were:"), "{said}");
    for _ in 0..60 {
        let _ = read(&connection).await;
    }
    let said = message(&|| drop(engine.assert_called("GET", "vms")));
    assert!(said.contains("the last 50 of 62 requests were:") && said.lines().count() == 51, "{said}");
}

#[tokio::test]
async fn only_so_many_are_kept() {
    let (engine, connection) = engine(FakeEngine::builder().keep_requests(2)).await;
    for path in ["vms", "hosts", "disks"] {
        let _ = connection.raw(Method::Get, path).send().await;
    }
    let paths: Vec<String> = engine.requests().iter().map(|request| request.path().to_owned()).collect();
    assert_eq!(paths, ["/ovirt-engine/api/hosts", "/ovirt-engine/api/disks"]);
}
