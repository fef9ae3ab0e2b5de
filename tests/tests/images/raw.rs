//! Raw images in both directions.

use ovirt_sdk::types::{Disk, DiskFormat, DiskStatus};

use super::image::{Range, allocated, equal_but_for_zeros, sparse};
use super::setup::{Setup, assert_same};

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// Sizes and the ranges with data.
fn cases() -> Vec<(&'static str, u64, Vec<Range>)> {
    vec![
        ("empty", 0, vec![]),
        ("one-byte", 1, vec![(0, 1)]),
        ("odd", 3 * MIB + 17, vec![(0, 3 * MIB + 17)]),
        ("holes", 64 * MIB, vec![]),
        ("full", 33 * MIB, vec![(0, 33 * MIB)]),
        ("unaligned", 20 * MIB + 511, vec![(1, 1), (4095, 2), (5 * MIB + 3, 70_001), (20 * MIB + 500, 11)]),
        ("sparse", 4 * GIB + 5, vec![(0, 1), (2 * GIB - 1, 2), (3 * GIB, 3 * MIB), (4 * GIB, 5)]),
    ]
}

#[tokio::test]
async fn raw_images_arrive_and_return() {
    let Some(setup) = Setup::remote().await else { return };
    for (name, size, data) in cases() {
        let (image, copy) = (setup.path(name), setup.path(&format!("{name}.copy")));
        sparse(&image, size, &data);
        let wanted = Setup::wanted(name).format(DiskFormat::Raw);
        let disk = setup.connection.upload(&image).into(wanted).verify(size < GIB).send().await.unwrap();
        assert_eq!(disk.status, Some(DiskStatus::Ok), "{name}");
        assert_eq!(disk.provisioned_size, Some(i64::try_from(size.next_multiple_of(512).max(512)).unwrap()), "{name}");
        assert!(equal_but_for_zeros(&image, &setup.file(&disk)), "{name}");
        assert!(allocated(&setup.file(&disk)) <= allocated(&image) + 2 * MIB, "{name}: holes are kept");
        let id = Disk::with_id(disk.try_id().unwrap());
        setup.connection.download(id).to(&copy).verify(size < GIB).send().await.unwrap();
        assert!(equal_but_for_zeros(&image, &copy), "{name}");
        assert!(allocated(&copy) <= allocated(&image) + 2 * MIB, "{name}: holes are kept");
    }
    setup.assert_clean();
}

#[tokio::test]
async fn the_host_converts_raw_images_for_thin_disks() {
    let Some(setup) = Setup::local().await else { return };
    for (name, size, data) in cases() {
        let (image, copy) = (setup.path(name), setup.path(&format!("{name}.copy")));
        sparse(&image, size, &data);
        let disk = setup.connection.upload(&image).into(Setup::wanted(name).format(DiskFormat::Cow));
        let disk = disk.send().await.unwrap();
        let id = Disk::with_id(disk.try_id().unwrap());
        setup.connection.download(id).to(&copy).send().await.unwrap();
        assert!(equal_but_for_zeros(&image, &copy), "{name}");
        assert_same((&copy, "raw"), (&setup.file(&disk), "qcow2"));
    }
    setup.assert_clean();
}
