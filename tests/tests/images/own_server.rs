//! Transfers with the image server of the fake engine, which needs no daemon.

use std::sync::{Arc, Mutex};

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::Connection;
use ovirt_sdk::images::{ImageFormat, ImageProblem, Progress, Route};
use ovirt_sdk::types::{Disk, DiskFormat, DiskStatus};

use super::image::{equal_but_for_zeros, sparse};
use super::setup::{SPEED, Setup, problem};

const MIB: u64 = 1 << 20;

async fn start() -> (FakeEngine, Connection) {
    let engine = FakeEngine::builder().speed(SPEED.into()).start().await.unwrap();
    let connection = engine.connect().clock(engine.clock().clone()).build().unwrap();
    (engine, connection)
}

#[tokio::test]
async fn images_arrive_and_return() {
    let (_engine, connection) = start().await;
    let folder = tempfile::tempdir().unwrap();
    let (image, copy) = (folder.path().join("image"), folder.path().join("copy"));
    sparse(&image, 30 * MIB + 7, &[(0, 5 * MIB), (20 * MIB + 3, 2 * MIB)]);
    let seen: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let log = Arc::clone(&seen);
    let upload = connection.upload(&image).into(Setup::wanted("disk").format(DiskFormat::Raw)).verify(true);
    let disk = upload.on_progress(move |progress| log.lock().unwrap().push(*progress)).send().await.unwrap();
    assert_eq!(disk.status, Some(DiskStatus::Ok));
    let seen = seen.lock().unwrap().clone();
    let last = seen.last().unwrap();
    assert_eq!((last.done, last.total), (30 * MIB + 512, 30 * MIB + 512));
    assert!(last.zeros > 22 * MIB && last.zeros < 24 * MIB, "{} zeros", last.zeros);
    assert!(seen.is_sorted_by_key(|progress| progress.done));

    let id = || Disk::with_id(disk.try_id().unwrap());
    connection.download(id()).to(&copy).route(Route::Proxy).verify(true).send().await.unwrap();
    assert!(equal_but_for_zeros(&image, &copy));
    let layer = folder.path().join("copy.qcow2");
    connection.download(id()).to(&layer).format(ImageFormat::Qcow2).send().await.unwrap();
    let copy = connection.upload(&layer).into(Setup::wanted("copy")).send().await.unwrap();
    assert_eq!((copy.format, copy.provisioned_size), (Some(DiskFormat::Cow), disk.provisioned_size));
}

#[tokio::test]
async fn a_locked_disk_is_named() {
    let (_engine, connection) = start().await;
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    sparse(&image, 30 * MIB, &[(0, 20 * MIB)]);
    let disk = connection.upload(&image).into(Setup::wanted("disk").format(DiskFormat::Raw)).send().await.unwrap();
    let id = || Disk::with_id(disk.try_id().unwrap());
    let slow = connection.download(id()).to(folder.path().join("slow")).bandwidth(MIB).send();
    let upload = async {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        connection.upload(&image).into(id()).send().await.unwrap_err()
    };
    tokio::select! {
        result = slow => panic!("too fast: {result:?}"),
        error = upload => assert_eq!(problem(&error), ImageProblem::DiskState, "{error}"),
    }
    assert!(!folder.path().join("slow.part").exists(), "an incomplete file is removed");
}
