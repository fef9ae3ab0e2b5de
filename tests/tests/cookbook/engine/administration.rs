//! Connections, tags, permissions, affinity, jobs and events.

use std::time::Duration;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::Credentials;

use super::{add_vm, get_vm, start_engine};
use crate::{affinity, connection, create_and_start_vm, events, jobs, permissions, tags};

#[tokio::test]
async fn connections() {
    let (engine, connection) = start_engine().await;
    connection::test(&connection).await.unwrap();
    connection::summary(&connection).await.unwrap();
    connection::share_token(&connection, engine.connect()).await.unwrap();
    assert_eq!(engine.calls("POST", "/ovirt-engine/sso/oauth/token").len(), 1);

    let wrong = engine.connect().credentials(Credentials::password("admin@internal", "wrong"));
    let error = connection::test(&wrong.build().unwrap()).await.unwrap_err();
    assert!(error.is_auth(), "{error}");
}

#[tokio::test]
async fn tags() {
    let (_engine, connection) = start_engine().await;
    add_vm(&connection, "web1").await;
    tags::add(&connection, "production").await.unwrap();
    tags::add(&connection, "production").await.unwrap();
    tags::show_tree(&connection).await.unwrap();
    tags::assign(&connection, "production", "web1").await.unwrap();
    tags::list_vm_tags(&connection, "web1").await.unwrap();
    tags::list_tagged_vms(&connection, "production").await.unwrap();
    let tagged = || connection.system().vms().list().search("tag=production").send();
    assert_eq!(tagged().await.unwrap().len(), 1);
    tags::unassign(&connection, "production", "web1").await.unwrap();
    assert!(tagged().await.unwrap().is_empty());
    tags::remove(&connection, "production").await.unwrap();
    assert!(connection.system().tags().find("production").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn affinity_labels_and_groups() {
    let (_engine, connection) = start_engine().await;
    add_vm(&connection, "web1").await;
    add_vm(&connection, "web2").await;
    affinity::add_label(&connection, "licensed").await.unwrap();
    affinity::assign_label(&connection, "licensed", "web1", "host1").await.unwrap();
    affinity::list_labels(&connection).await.unwrap();
    let labels = connection.system().affinity_labels();
    let label = labels.find("licensed").await.unwrap();
    let labeled = labels.label(label.try_id().unwrap()).vms().list().send().await.unwrap();
    assert_eq!(labeled[0].id, get_vm(&connection, "web1").await.id);

    affinity::separate_vms(&connection, "web", &["web1", "web2"]).await.unwrap();
    let clusters = connection.system().clusters();
    let cluster = clusters.find("Default").await.unwrap();
    let groups = clusters.cluster(cluster.try_id().unwrap()).affinity_groups();
    let group = groups.find("web").await.unwrap();
    let group_vms = groups.group(group.try_id().unwrap()).vms().list().send().await.unwrap();
    assert_eq!(group_vms.len(), 2);
    assert_eq!(group.try_vms_rule().unwrap().positive, Some(false));
}

#[tokio::test]
async fn roles_permissions_and_ssh_keys() {
    let directory = FakeEngine::builder().user("jane@internal", "x").group("developers@internal", ["jane@internal"]);
    let engine = directory.start().await.unwrap();
    let connection = engine.connect().build().unwrap();
    add_vm(&connection, "web1").await;
    permissions::add_role(&connection, "Starter").await.unwrap();
    permissions::add_role(&connection, "Starter").await.unwrap();
    permissions::list_roles(&connection).await.unwrap();
    let role = connection.system().roles().find("Starter").await.unwrap();
    assert_eq!(role.administrative, Some(false));

    let name = "jane@internal-authz";
    permissions::add_user(&connection, name).await.unwrap();
    permissions::add_group(&connection, "developers@internal-authz").await.unwrap();
    permissions::grant_on_vms(&connection, name, "Starter", &["web1"]).await.unwrap();
    permissions::grant_on_network(&connection, name, "VnicProfileUser", "ovirtmgmt").await.unwrap();
    permissions::list_vm_permissions(&connection, "web1").await.unwrap();
    let granted = super::find_vm(&connection, "web1").await.permissions().list().send().await.unwrap();
    assert!(granted.iter().any(|it| it.role.as_ref().is_some_and(|granted| granted.id == role.id)), "{granted:?}");

    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGLnGNGmrQnnyGqVJXpZpX7TnzxiF1xkQkqnQSRmUl6v jane";
    permissions::set_ssh_key(&connection, name, key).await.unwrap();
    permissions::set_ssh_key(&connection, name, key).await.unwrap();
}

#[tokio::test]
async fn jobs_and_events() {
    let (engine, connection) = start_engine().await;
    jobs::report(&connection, "Nightly tests").await.unwrap();
    engine.assert_called("POST", "jobs/*/steps/*/end");
    engine.assert_called("POST", "jobs/*/end");
    create_and_start_vm::run(&connection, "web1").await.unwrap();
    jobs::list(&connection).await.unwrap();
    let (events, started) =
        tokio::join!(events::run(&connection, Duration::from_secs(600)), create_and_start_vm::run(&connection, "web2"));
    started.unwrap();
    assert!(events.unwrap() > 0);
}
