//! Connections, tags, roles, permissions, affinity, jobs, events.

use ovirt_sdk::Credentials;

use super::{PAUSE, add_vm, started, vm};
use crate::{affinity, connection, create_and_start_vm, events, jobs, permissions, tags};

#[tokio::test]
async fn a_connection_is_tried_and_shared() {
    let (engine, connection) = started().await;
    connection::test(&connection).await.unwrap();
    connection::summary(&connection).await.unwrap();
    connection::share(&connection, engine.connect()).await.unwrap();
    assert_eq!(engine.calls("POST", "/ovirt-engine/sso/oauth/token").len(), 1);

    let wrong = engine.connect().credentials(Credentials::password("admin@internal", "wrong"));
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
    affinity::label(&connection, "licensed", "web1", "host1").await.unwrap();
    affinity::labels(&connection).await.unwrap();
    let labels = connection.system().affinity_labels();
    let label = labels.find("licensed").await.unwrap();
    let labelled = labels.label(label.try_id().unwrap()).vms().list().send().await.unwrap();
    assert_eq!(labelled[0].id, vm(&connection, "web1").await.id);

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
async fn users_get_roles_and_keys() {
    let (_engine, connection) = started().await;
    add_vm(&connection, "web1").await;
    permissions::add_role(&connection, "Starter").await.unwrap();
    permissions::add_role(&connection, "Starter").await.unwrap();
    permissions::roles(&connection).await.unwrap();
    let role = connection.system().roles().find("Starter").await.unwrap();
    assert_eq!(role.administrative, Some(false));

    let name = "jane@internal-authz";
    permissions::add_user(&connection, name).await.unwrap();
    permissions::add_group(&connection, "developers@internal-authz").await.unwrap();
    permissions::grant(&connection, name, "Starter", &["web1".to_owned()]).await.unwrap();
    permissions::grant_on_network(&connection, name, "VnicProfileUser", "ovirtmgmt").await.unwrap();
    permissions::of_machine(&connection, "web1").await.unwrap();
    let granted = super::service_of(&connection, "web1").await.permissions().list().send().await.unwrap();
    assert!(granted.iter().any(|it| it.role.as_ref().is_some_and(|granted| granted.id == role.id)), "{granted:?}");

    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGLnGNGmrQnnyGqVJXpZpX7TnzxiF1xkQkqnQSRmUl6v jane";
    permissions::set_key(&connection, name, key).await.unwrap();
    permissions::set_key(&connection, name, key).await.unwrap();
}

#[tokio::test]
async fn jobs_and_events_are_told() {
    let (engine, connection) = started().await;
    jobs::report(&connection, "Nightly tests").await.unwrap();
    engine.assert_called("POST", "jobs/*/steps/*/end");
    engine.assert_called("POST", "jobs/*/end");
    create_and_start_vm::run(&connection, "web1", PAUSE).await.unwrap();
    jobs::list(&connection).await.unwrap();
    let (seen, made) =
        tokio::join!(events::run(&connection, 50, PAUSE), create_and_start_vm::run(&connection, "web2", PAUSE));
    made.unwrap();
    assert!(seen.unwrap() > 0);
}
