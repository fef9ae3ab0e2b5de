//! Every service of the model answers.

use std::collections::BTreeSet;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::http::Method;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::service::{Service, ServiceInfo};
use ovirt_sdk::services::SystemService;

use crate::walk::{Walk, known};

/// The services to which locators lead from the root.
fn reachable(info: &'static ServiceInfo, found: &mut BTreeSet<&'static str>) {
    if found.insert(info.name) {
        for next in info.children().map(|(_, child)| child).chain(info.object()) {
            reachable(next, found);
        }
    }
}

#[tokio::test]
async fn the_root_has_links_to_searches_and_no_actions() {
    let (_engine, connection) = crate::engine().await;
    let root = connection.raw(Method::Get, "").send().await.unwrap().text();
    let link = "<link href=\"/ovirt-engine/api/vms?search={query}\" rel=\"vms/search\"/>";
    assert!(root.contains(link) && !root.contains("<actions>"), "{root}");
}

#[tokio::test]
async fn every_service_answers() {
    let known = known();
    let engine = FakeEngine::builder().manual_clock().vms(3).start().await.unwrap();
    // The clock stands still, so no lock ends while a request is repeated.
    let connection = engine.connect().retry(RetryPolicy::none()).build().unwrap();
    let mut walk = Walk::new(&connection, &known);
    walk.service(SystemService::info(), String::new()).await;
    let with_objects = walk.met.clone();
    walk.probe(SystemService::info(), String::new(), &mut BTreeSet::new()).await;
    println!("{} of {} services met with objects, {} requests", with_objects.len(), walk.met.len(), walk.requests);
    assert!(walk.problems.is_empty(), "{}", walk.problems.join("\n"));
    let mut all = BTreeSet::new();
    reachable(SystemService::info(), &mut all);
    let without: Vec<_> = all.difference(&with_objects).collect();
    assert!(with_objects.len() >= 225, "{} services have no objects: {without:?}", without.len());
    assert_eq!(walk.met, all);
}
