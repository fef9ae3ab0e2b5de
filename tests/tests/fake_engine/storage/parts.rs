//! Layers and profiles of disks, images of the repository, and Gluster volumes.

use ovirt_sdk::types::{
    Cluster, Disk, DiskAttachment, DiskInterface, DiskProfile, DiskStatus, GlusterBrick, GlusterBrickStatus,
    GlusterVolume, GlusterVolumeStatus, GlusterVolumeType, Option as VolumeOption, Snapshot, StorageDomain,
};

use super::{MINUTE, engine, machine, refusal, wanted};

#[tokio::test]
async fn a_snapshot_leaves_a_layer() {
    let (engine, connection) = engine().await;
    let system = connection.system();
    let one = machine(&engine, &connection, "vm1").await;
    let attachment = DiskAttachment::new().disk(wanted("d1", 1)).interface(DiskInterface::Virtio).bootable(true);
    let disk = one.disk_attachments().add(attachment).send().await.unwrap();
    engine.advance(MINUTE);
    let domain = system.storage_domains().find("data").await.unwrap();
    let layers = system.storage_domains().storage_domain(domain.try_id().unwrap()).disk_snapshots();
    assert!(layers.list().send().await.unwrap().is_empty());
    one.snapshots().add(Snapshot::new().description("s1")).send().await.unwrap();
    engine.advance(MINUTE);
    let held = layers.list().send().await.unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].disk.as_ref().unwrap().id, disk.id);
    assert_eq!(layers.list().include_active(true).send().await.unwrap().len(), 2);
    let active = system.disks().disk(disk.try_id().unwrap()).get().send().await.unwrap().image_id.unwrap();
    assert!(refusal(layers.snapshot(&active).remove().send().await).contains("is active"));
    layers.snapshot(held[0].try_id().unwrap()).remove().send().await.unwrap();
    engine.advance(MINUTE);
    assert!(layers.list().send().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_domain_keeps_a_profile_for_disks() {
    let (_engine, connection) = engine().await;
    let system = connection.system();
    let domain = system.storage_domains().find("data").await.unwrap();
    let own = system.storage_domains().storage_domain(domain.try_id().unwrap()).disk_profiles();
    let first = own.list().send().await.unwrap().remove(0);
    let profiles = system.disk_profiles();
    let last = profiles.disk_profile(first.try_id().unwrap()).remove().send().await;
    assert!(refusal(last).contains("last Disk profile"));
    let fast = || DiskProfile::with_name("fast").storage_domain(StorageDomain::with_id(domain.try_id().unwrap()));
    profiles.add(fast()).send().await.unwrap();
    assert!(refusal(profiles.add(fast()).send().await).contains("Profile name is in use"));
    assert_eq!(own.list().send().await.unwrap().len(), 2);
    profiles.disk_profile(first.try_id().unwrap()).remove().send().await.unwrap();
}

#[tokio::test]
async fn images_of_the_repository_become_disks() {
    let (engine, connection) = engine().await;
    let system = connection.system();
    let repository = system.storage_domains().find("ovirt-image-repository").await.unwrap();
    let images = system.storage_domains().storage_domain(repository.try_id().unwrap()).images();
    let image = images.list().send().await.unwrap().remove(0);
    let one = images.image(image.try_id().unwrap());
    assert!(refusal(one.import().send().await).contains("storage_domain"));
    let import = one.import().storage_domain(StorageDomain::with_name("data")).disk(Disk::new().alias("imported"));
    import.send().await.unwrap();
    assert_eq!(system.disks().find("imported").await.unwrap().status, Some(DiskStatus::Locked));
    engine.advance(MINUTE);
    let disk = system.disks().find("imported").await.unwrap();
    assert_eq!((disk.status, disk.provisioned_size), (Some(DiskStatus::Ok), image.size));
}

#[tokio::test]
async fn a_volume_runs_on_its_bricks() {
    let (_engine, connection) = engine().await;
    let system = connection.system();
    let cluster = system.clusters().find("Default").await.unwrap();
    let cluster = system.clusters().cluster(cluster.try_id().unwrap());
    let volumes = cluster.gluster_volumes();
    let host = system.hosts().find("host1").await.unwrap();
    let brick = |path: &str| GlusterBrick::new().server_id(host.id.clone().unwrap()).brick_dir(path);
    let wanted = GlusterVolume::new().name("v1").volume_type(GlusterVolumeType::Distribute);
    let wanted = || wanted.clone().bricks(vec![brick("/b1")]);
    assert!(refusal(volumes.add(wanted()).send().await).contains("Cluster does not support Gluster service"));
    cluster.update(Cluster::new().gluster_service(true)).send().await.unwrap();
    let made = volumes.add(wanted()).send().await.unwrap();
    assert_eq!(made.status, Some(GlusterVolumeStatus::Down));
    let one = volumes.volume(made.try_id().unwrap());
    let bricks = one.gluster_bricks();
    assert!(refusal(one.stop().send().await).contains("already stopped"));
    one.start().send().await.unwrap();
    let added = bricks.add(vec![brick("/b2")]).send().await.unwrap();
    assert_eq!(added[0].status, Some(GlusterBrickStatus::Up));
    one.set_option().option(VolumeOption::new().name("auth.allow").value("*")).send().await.unwrap();
    assert_eq!(one.get().send().await.unwrap().options.unwrap().len(), 1);
    assert!(refusal(one.remove().send().await).contains("is up"));
    let named = |id: &str| vec![GlusterBrick::with_id(id)];
    bricks.remove().bricks(named(added[0].try_id().unwrap())).send().await.unwrap();
    let left = bricks.list().send().await.unwrap();
    assert_eq!(left.len(), 1);
    let last = bricks.remove().bricks(named(left[0].try_id().unwrap())).send().await;
    assert!(refusal(last).contains("all the bricks"));
}
