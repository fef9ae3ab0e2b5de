//! Objects as files.

use std::path::Path;

use ovirt_fake_engine::{FakeEngine, Scenario};
use ovirt_sdk::types::VnicProfile;
use tempfile::TempDir;

use super::{add_vm, find_vm, get_vm, start, start_engine};
use crate::apply::Summary;
use crate::{apply, export, hosts};

/// A lab in which the names of the files are in another order than the objects need.
const LAB: [(&str, &str); 7] = [
    (
        "clusters/a.yaml",
        "name: lab\ndata_center: { name: Default }\nmanagement_network: { name: lab-net }\ncpu: { type: Intel Nehalem Family }\n\
         networks:\n- { name: lab-net, required: true }\n- { name: ovirtmgmt }\n",
    ),
    ("clusters/b.yaml", "name: north\ndata_center: { name: north }\ncpu: { type: Intel Nehalem Family }\n"),
    ("data_centers/north.yaml", "name: north\nlocal: false\n"),
    ("networks/b.yaml", "name: lab-net\ndata_center: { name: Default }\nmtu: 1500\n"),
    ("tags/t.yaml", "name: lab\ndescription: everything in the lab\n"),
    (
        "vms/a.yaml",
        "name: web1\ncluster: { name: lab }\ntemplate: { name: Blank }\nmemory: 1073741824\nnics:\n\
         - { name: nic1, vnic_profile: { name: lab-net } }\n- { name: nic2 }\n",
    ),
    ("vnic_profiles/p.yaml", "name: lab-net\nnetwork: { name: lab-net }\nport_mirroring: true\n"),
];

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn summary(created: usize, changed: usize, unchanged: usize) -> Summary {
    Summary { created, changed, unchanged, problems: Vec::new() }
}

/// The number of requests that change something.
fn writes(engine: &FakeEngine) -> usize {
    let requests = engine.requests();
    requests.iter().filter(|request| request.path().contains("/api/") && request.method() != "GET").count()
}

#[tokio::test]
async fn a_folder_is_applied_once() {
    let (engine, connection) = start_engine().await;
    let lab = folder(&LAB);
    engine.clear_requests();
    assert_eq!(apply::run(&connection, lab.path(), true).await.unwrap(), summary(11, 0, 0));
    assert_eq!(writes(&engine), 0);
    let done = apply::run(&connection, lab.path(), false).await.unwrap();
    // The engine creates a VNIC profile with each network, and assigns the management network.
    assert_eq!(done, summary(9, 1, 1));
    engine.clear_requests();
    assert_eq!(apply::run(&connection, lab.path(), false).await.unwrap(), summary(0, 0, 11));
    assert_eq!(writes(&engine), 0);

    let network = connection.system().networks().find("lab-net").await.unwrap();
    let profile: VnicProfile = connection.system().vnic_profiles().find("lab-net").await.unwrap();
    assert_eq!((&profile.network.unwrap().id, profile.port_mirroring), (&network.id, Some(true)));
    let nics = find_vm(&connection, "web1").await.nics().list().send().await.unwrap();
    let profiles: Vec<_> = nics.iter().map(|nic| nic.vnic_profile.as_ref().and_then(|it| it.id.clone())).collect();
    assert_eq!(profiles, [profile.id, None]);

    let vm = LAB[5].1.replace("memory: 1073741824", "memory: 2147483648\ndescription: more memory");
    std::fs::write(lab.path().join("vms/a.yaml"), vm).unwrap();
    assert_eq!(apply::run(&connection, lab.path(), true).await.unwrap(), summary(0, 1, 10));
    assert_eq!(writes(&engine), 0);
    assert_eq!(apply::run(&connection, lab.path(), false).await.unwrap(), summary(0, 1, 10));
    let vm = get_vm(&connection, "web1").await;
    assert_eq!((vm.memory, vm.description.as_deref()), (Some(2 << 30), Some("more memory")));
}

#[tokio::test]
async fn an_export_describes_its_engine_and_others() {
    let (engine, connection) = start_engine().await;
    apply::run(&connection, folder(&LAB).path(), false).await.unwrap();
    add_vm(&connection, "a.b").await;
    let exported = tempfile::tempdir().unwrap();
    let count = export::run(&connection, exported.path()).await.unwrap();
    let text = std::fs::read_to_string(exported.path().join("vms/web1.yaml")).unwrap();
    assert!(text.contains("cluster:\n  name: lab\n") && !text.contains("href") && !text.contains("status"), "{text}");
    assert!(exported.path().join("vms/a_b.yaml").exists());
    let error = export::run(&connection, exported.path()).await.unwrap_err();
    assert!(error.to_string().ends_with(" is not empty"), "{error}");
    engine.clear_requests();
    let same = apply::run(&connection, exported.path(), false).await.unwrap();
    assert_eq!((same.created, same.changed, &same.problems, writes(&engine)), (0, 0, &vec![], 0));
    assert!(same.unchanged > count, "parts have no files of their own: {same}");

    let (_engine, other) = start_engine().await;
    let copied = apply::run(&other, exported.path(), false).await.unwrap();
    assert!(copied.created >= 8 && copied.problems.is_empty(), "{copied}: {:?}", copied.problems);
    let again = apply::run(&other, exported.path(), false).await.unwrap();
    assert_eq!(again, summary(0, 0, same.unchanged));
}

#[tokio::test]
async fn a_large_engine_is_exported_and_created_again_as_far_as_possible() {
    let (engine, connection) = start(FakeEngine::builder().manual_clock().scenario(Scenario::Production).vms(30)).await;
    hosts::add(&connection, "host9", "host9.example.com").await.unwrap();
    let exported = tempfile::tempdir().unwrap();
    export::run(&connection, exported.path()).await.unwrap();
    for kind in ["disks", "hosts", "mac_pools", "roles", "storage_domains", "templates", "users", "vms"] {
        assert!(exported.path().join(kind).exists(), "{kind}");
    }
    engine.clear_requests();
    let same = apply::run(&connection, exported.path(), false).await.unwrap();
    assert_eq!((same.created, same.changed, &same.problems, writes(&engine)), (0, 0, &vec![], 0));

    let (_engine, other) = start_engine().await;
    let planned = apply::run(&other, exported.path(), true).await.unwrap();
    let copied = apply::run(&other, exported.path(), false).await.unwrap();
    assert!(planned.created > 0 && copied.created > 0, "{planned}, {copied}");
    let missing =
        |text: &str| assert!(copied.problems.iter().any(|it| it.contains(text)), "{text}: {:#?}", copied.problems);
    missing("host `host9` does not exist; creating it takes `root_password` or `ssh.authentication_method`");
    missing("does not exist; creating it takes `storage_domains`");
    let again = apply::run(&other, exported.path(), false).await.unwrap();
    assert_eq!((again.created, again.changed), (0, 0), "{again}");
    assert_eq!(again.problems.len(), copied.problems.len());
}

#[tokio::test]
async fn problems_name_the_file() {
    let (engine, connection) = start_engine().await;
    let problem = async |files: &[(&str, &str)]| {
        let folder = folder(files);
        let error = match apply::run(&connection, folder.path(), false).await {
            Ok(summary) => summary.problems.join("\n"),
            Err(error) => error.to_string(),
        };
        error.replace(&format!("{}{}", folder.path().display(), std::path::MAIN_SEPARATOR), "")
    };
    engine.clear_requests();
    let cluster = "name: c\ndata_center: { name: Default }\n";
    for (files, expected) in [
        // All problems, with lines.
        (
            &[("tags/a.yaml", "name: [a\n"), ("vms/b.yaml", "name: b\nmemroy: 1\n"), ("vms/c.yaml", "memory: 1\n")][..],
            &[
                "tags/a.yaml: ",
                "line 2 column 1",
                "vms/b.yaml: unknown member `memroy` of `vm`, did you mean `memory`?",
                "at line 2 column 1\nvms/c.yaml",
                "vms/c.yaml: a vm has no `name`",
            ][..],
        ),
        (&[("events/a.yaml", "name: a\n")], &["events/a.yaml: `events` is not one of the folders `affinity_labels`"]),
        (
            &[("hosts/a.yaml", "name: a\n")],
            &["hosts/a.yaml: host `a` does not exist; creating it takes `root_password`"],
        ),
        (
            &[("clusters/a.yaml", cluster), ("clusters/b.yaml", cluster)],
            &["clusters/b.yaml: the same object as clusters/a.yaml"],
        ),
        (
            &[("vms/a.yaml", "name: a\ncluster: { name: gone }\ntemplate: { name: none }\n")],
            &[
                "vms/a.yaml: cluster `gone` is neither in the folder nor on the engine",
                "\nvms/a.yaml: template `none` is",
            ],
        ),
        (
            &[
                ("clusters/a.yaml", "name: c\nmanagement_network: { name: n }\n"),
                ("networks/b.yaml", "name: n\ncluster: { name: c }\n"),
            ],
            &["refer to each other: clusters/a.yaml → networks/b.yaml → clusters/a.yaml"],
        ),
        (&[("networks/n.yaml", "name: n\n")], &["networks/n.yaml: network has no `data_center`"]),
    ] {
        let text = problem(files).await;
        for expected in expected {
            assert!(text.contains(expected), "expected `{expected}` in:\n{text}");
        }
    }
    assert_eq!(writes(&engine), 0);
    let missing = apply::run(&connection, Path::new("no such folder"), false).await.unwrap_err();
    assert!(missing.to_string().contains("no such folder"), "{missing}");
}
