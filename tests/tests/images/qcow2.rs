//! QCOW2 images in both directions.

use std::path::Path;
use std::process::Command;

use ovirt_sdk::images::{ImageFormat, ImageProblem};
use ovirt_sdk::types::{Disk, DiskFormat};

use super::image::{Range, noise, qcow2, sparse};
use super::setup::{Setup, assert_same, problem};

const MIB: u64 = 1 << 20;

/// Fails unless qemu finds no error in an image, and none of its clusters leaks.
#[track_caller]
fn assert_sound(image: &Path) {
    let output = Command::new("qemu-img").args(["check", "-f", "qcow2"]).arg(image).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[tokio::test]
async fn qcow2_images_are_uploaded_as_they_are() {
    let Some(setup) = Setup::remote().await else { return };
    let raw = setup.path("raw");
    sparse(&raw, 500 * MIB + 512, &[(0, 3), (70 * MIB + 1, 5 * MIB), (500 * MIB, 512)]);
    let options: [(&str, &[&str]); 4] = [
        ("v2", &["-o", "compat=0.10"]),
        ("v3", &["-o", "compat=1.1"]),
        ("compressed", &["-c"]),
        ("clusters", &["-o", "cluster_size=4k,preallocation=metadata"]),
    ];
    for (name, options) in options {
        let image = setup.path(name);
        qcow2(&raw, &image, options);
        let disk = setup.connection.upload(&image).into(Setup::wanted(name)).verify(true).send().await.unwrap();
        assert_eq!(disk.format, Some(DiskFormat::Cow));
        assert_eq!(disk.provisioned_size, Some(i64::try_from(500 * MIB + 512).unwrap()));
        assert_same((&raw, "raw"), (&setup.file(&disk), "qcow2"));
        assert_sound(&setup.file(&disk));
    }
    setup.assert_clean();
}

#[tokio::test]
async fn any_disk_is_downloaded_as_qcow2() {
    let Some(setup) = Setup::remote().await else { return };
    let raw = setup.path("raw");
    let cases: [(&str, u64, &[Range]); 4] = [
        ("none", 64 * MIB, &[]),
        ("some", 700 * MIB + 512, &[(0, 3), (70 * MIB + 1, 5 * MIB), (600 * MIB - 7, 14), (700 * MIB, 512)]),
        ("all", 9 * MIB, &[(0, 9 * MIB)]),
        ("end", 3 * MIB + 1024, &[(3 * MIB + 1000, 24)]),
    ];
    for (name, size, data) in cases {
        sparse(&raw, size, data);
        for format in [DiskFormat::Raw, DiskFormat::Cow] {
            let disk = setup.connection.upload(&raw).into(Setup::wanted(name).format(format)).send().await.unwrap();
            let copy = setup.path("copy.qcow2");
            let download = setup.connection.download(Disk::with_id(disk.try_id().unwrap())).to(&copy);
            download.format(ImageFormat::Qcow2).overwrite(true).send().await.unwrap();
            assert_sound(&copy);
            assert_same((&raw, "raw"), (&copy, "qcow2"));
        }
    }
    setup.assert_clean();
}

#[tokio::test]
async fn a_guest_can_not_choose_the_format() {
    let Some(setup) = Setup::remote().await else { return };
    let (raw, image) = (setup.path("raw"), setup.path("image"));
    sparse(&raw, MIB, &[(0, 100)]);
    qcow2(&raw, &image, &[]);
    let upload = setup.connection.upload(&image).into(Setup::wanted("raw").format(DiskFormat::Raw));
    let disk = upload.format(ImageFormat::Raw).send().await.unwrap();
    let stored = std::fs::read(setup.file(&disk)).unwrap();
    assert!(stored.starts_with(&std::fs::read(&image).unwrap()), "the image itself is the content of the disk");

    let upload = setup.connection.upload(&raw).into(Setup::wanted("qcow2")).format(ImageFormat::Qcow2);
    let error = upload.send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::InvalidImage, "{error}");
}

#[tokio::test]
async fn a_reader_and_a_writer_take_the_place_of_files() {
    let Some(setup) = Setup::remote().await else { return };
    let data = noise(3, 5_000_000);
    let reader = std::io::Cursor::new(data.clone());
    let upload = setup.connection.upload_reader(reader).into(Setup::wanted("reader").format(DiskFormat::Raw));
    let disk = upload.verify(true).send().await.unwrap();
    let copy = setup.path("copy");
    let download = setup.connection.download(Disk::with_id(disk.try_id().unwrap()));
    download.to_writer(std::fs::File::create(&copy).unwrap()).send().await.unwrap();
    let copy = std::fs::read(copy).unwrap();
    assert!(copy.starts_with(&data) && copy[data.len()..].iter().all(|byte| *byte == 0));
}
