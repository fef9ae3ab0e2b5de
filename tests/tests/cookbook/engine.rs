//! Programs against the fake engine.

use ovirt_sdk::Connection;
use ovirt_sdk::fake_engine::FakeEngine;
use ovirt_sdk::types::{Cluster, Template, Vm};

use crate::{affinity, connection, data_centers, jobs, networks, permissions, tags, templates};

async fn started() -> (FakeEngine, Connection) {
    let engine = FakeEngine::start().await.unwrap();
    let connection = engine.connect().build().unwrap();
    (engine, connection)
}

async fn add_vm(connection: &Connection, name: &str) {
    let wanted = Vm::new().name(name).cluster(Cluster::with_name("Default")).template(Template::with_name("Blank"));
    connection.system().vms().add(wanted).send().await.unwrap();
}

#[tokio::test]
async fn a_connection_is_tried_and_shared() {
    let (engine, connection) = started().await;
    connection::test(&connection).await.unwrap();
    connection::summary(&connection).await.unwrap();
    connection::share(&connection, engine.connect()).await.unwrap();
    assert_eq!(engine.calls("POST", "/ovirt-engine/sso/oauth/token").len(), 1);

    let wrong = engine.connect().credentials(ovirt_sdk::Credentials::password("admin@internal", "wrong"));
    let error = connection::test(&wrong.build().unwrap()).await.unwrap_err();
    assert!(error.is_auth(), "{error}");
}

#[tokio::test]
async fn tags_come_and_go() {
    let (_engine, connection) = started().await;
    add_vm(&connection, "web1").await;
    tags::add(&connection, "production").await.unwrap();
    tags::add(&connection, "production").await.unwrap();
    tags::tree(&connection).await.unwrap();
    tags::assign(&connection, "production", "web1").await.unwrap();
    tags::of_machine(&connection, "web1").await.unwrap();
    tags::machines(&connection, "production").await.unwrap();
    let tagged = || connection.system().vms().list().search("tag=production").send();
    assert_eq!(tagged().await.unwrap().len(), 1);
    tags::take(&connection, "production", "web1").await.unwrap();
    assert!(tagged().await.unwrap().is_empty());
    tags::remove(&connection, "production").await.unwrap();
    assert!(connection.system().tags().find("production").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn labels_and_groups_of_affinity() {
    let (_engine, connection) = started().await;
    add_vm(&connection, "web1").await;
    add_vm(&connection, "web2").await;
    affinity::add_label(&connection, "licensed").await.unwrap();
    affinity::labels(&connection).await.unwrap();
    affinity::apart(&connection, "web", ["web1", "web2"]).await.unwrap();
    let clusters = connection.system().clusters();
    let cluster = clusters.find("Default").await.unwrap();
    let groups = clusters.cluster(cluster.try_id().unwrap()).affinity_groups();
    let group = groups.find("web").await.unwrap();
    let members = groups.group(group.try_id().unwrap()).vms().list().send().await.unwrap();
    assert_eq!(members.len(), 2);
    assert_eq!(group.try_vms_rule().unwrap().positive, Some(false));
}

#[tokio::test]
async fn roles_are_made_of_permits() {
    let (_engine, connection) = started().await;
    permissions::add_role(&connection, "Starter").await.unwrap();
    permissions::add_role(&connection, "Starter").await.unwrap();
    permissions::roles(&connection).await.unwrap();
    let role = connection.system().roles().find("Starter").await.unwrap();
    assert_eq!(role.administrative, Some(false));
}

#[tokio::test]
async fn instance_types_pools_of_addresses_and_descriptions() {
    let (_engine, connection) = started().await;
    templates::list(&connection).await.unwrap();
    templates::add_instance_type(&connection, "Two").await.unwrap();
    let instance_type = connection.system().instance_types().find("Two").await.unwrap();
    assert_eq!(instance_type.memory, Some(2 << 30));

    networks::add_mac_pool(&connection, "web", "Default").await.unwrap();
    let pool = connection.system().mac_pools().find("web").await.unwrap();
    let cluster = connection.system().clusters().find("Default").await.unwrap();
    assert_eq!(cluster.try_mac_pool().unwrap().id, pool.id);

    data_centers::describe(&connection, "Default", "The first site").await.unwrap();
    let data_center = connection.system().data_centers().find("Default").await.unwrap();
    assert_eq!(data_center.description.as_deref(), Some("The first site"));
}

#[tokio::test]
async fn work_of_other_systems_is_reported() {
    let (engine, connection) = started().await;
    jobs::report(&connection, "Nightly tests").await.unwrap();
    engine.assert_called("POST", "jobs/*/steps/*/end");
    engine.assert_called("POST", "jobs/*/end");
}
