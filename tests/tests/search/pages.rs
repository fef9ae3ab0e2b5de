//! Lists that are read in pages.

use std::collections::BTreeSet;

use ovirt_sdk::search::{Search, vm};
use ovirt_sdk::types::Vm;

use crate::engine;

async fn engine_with_vms(count: usize) -> (ovirt_fake_engine::FakeEngine, ovirt_sdk::Connection) {
    let (engine, connection) = engine().await;
    for number in 0..count {
        connection.system().vms().add(crate::vm(format!("vm{number:02}"))).send().await.unwrap();
    }
    (engine, connection)
}

fn names(pages: &[Vec<Vm>]) -> Vec<String> {
    pages.iter().flatten().map(|vm| vm.name.clone().unwrap()).collect()
}

async fn all(mut pages: ovirt_sdk::request::Pages<Vm>) -> Vec<Vec<Vm>> {
    let mut all = Vec::new();
    while let Some(page) = pages.next().await.unwrap() {
        all.push(page.into_iter().collect());
    }
    assert!(pages.next().await.unwrap().is_none());
    all
}

#[tokio::test]
async fn pages_have_all_objects_once() {
    let (engine, connection) = engine_with_vms(23).await;
    let vms = connection.system().vms();
    for size in [1, 5, 23, 24, 1000] {
        let pages = all(vms.list().pages(size)).await;
        assert!(pages.iter().all(|page| page.len() <= size));
        assert_eq!(pages.len(), 23_usize.div_ceil(size), "pages of {size}");
        assert_eq!(names(&pages).into_iter().collect::<BTreeSet<_>>().len(), 23);
        let ids: Vec<_> = pages.iter().flatten().map(|vm| vm.id.clone().unwrap()).collect();
        assert!(ids.is_sorted(), "without an order, pages are sorted by ID");
    }
    let searches: Vec<String> = engine.requests().iter().filter_map(|request| request.parameter("search")).collect();
    assert!(searches.contains(&"sortby id asc page 2".to_owned()), "{searches:?}");
}

#[tokio::test]
async fn pages_keep_the_search_and_its_order() {
    let (_engine, connection) = engine_with_vms(12).await;
    let vms = connection.system().vms();
    let typed = vm::NAME.eq("vm0*").sort_by_descending(vm::NAME);
    let pages = all(vms.list().search(typed).pages(4)).await;
    let expected: Vec<String> = (0..10).rev().map(|number| format!("vm{number:02}")).collect();
    assert_eq!(names(&pages), expected);
    let raw = all(vms.list().search("name=vm0* sortby name").pages(4)).await;
    assert_eq!(names(&raw).first().map(String::as_str), Some("vm00"));
    assert_eq!(names(&raw).len(), 10);
    let everything = all(vms.list().search(Search::all().sort_by(vm::NAME)).pages(5)).await;
    assert_eq!(names(&everything).len(), 12);
    assert!(all(vms.list().search(vm::NAME.eq("nothing")).pages(5)).await.is_empty());
}

#[tokio::test]
async fn invalid_pages_are_errors() {
    let (_engine, connection) = engine().await;
    let vms = connection.system().vms();
    assert!(vms.list().pages(0).next().await.is_err());
    assert!(vms.list().search("name=a page 2").pages(5).next().await.is_err());
    assert!(vms.list().search(vm::NAME.eq("\"")).pages(5).next().await.is_err());
}

#[tokio::test]
async fn a_dropped_call_loses_no_page() {
    use std::future::Future as _;
    let (_engine, connection) = engine_with_vms(3).await;
    let mut pages = connection.system().vms().list().pages(2);
    {
        let mut first = std::pin::pin!(pages.next());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(first.as_mut().poll(&mut context).is_pending());
    }
    assert_eq!(pages.next().await.unwrap().unwrap().len(), 2);
    assert_eq!(pages.next().await.unwrap().unwrap().len(), 1);
}

#[test]
fn blocking_pages() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (engine, _) = runtime.block_on(engine_with_vms(3));
    let connection = engine.connect().build().unwrap();
    let pages: Vec<usize> =
        connection.system().vms().list().pages_blocking(2).map(|page| page.unwrap().len()).collect();
    assert_eq!(pages, [2, 1]);
}
