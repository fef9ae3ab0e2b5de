//! Full and incremental backups, and restoring.

use std::path::Path;
use std::process::Command;

use ovirt_sdk::images::{ImageFormat, ImageProblem};
use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{
    Backup, Cluster, Disk, DiskAttachment, DiskBackup, DiskFormat, DiskInterface, DiskSnapshot, Template, Vm,
};

use super::daemon::BITMAP;
use super::image::{allocated, equal_but_for_zeros, sparse};
use super::setup::{Setup, assert_same, problem};

const MIB: u64 = 1 << 20;

/// A virtual machine that is down, with a disk with content.
async fn vm(setup: &Setup, content: &Path) -> (VmService, Disk) {
    let wanted = Setup::wanted("disk").format(DiskFormat::Cow).backup(DiskBackup::Incremental);
    let disk = setup.connection.upload(content).into(wanted).send().await.unwrap();
    qemu("qemu-img", &["bitmap", "--add", "-f", "qcow2", "FILE", BITMAP], &setup.file(&disk));
    let vm = Vm::new().name("web1").cluster(Cluster::with_name("Default")).template(Template::with_name("Blank"));
    let vms = setup.connection.system().vms();
    let vm = vms.add(vm).send().await.unwrap();
    let service = vms.vm(&vm);
    service.wait_until_down().await.unwrap();
    let attachment = DiskAttachment::new().disk(Disk::with_id(disk.try_id().unwrap())).bootable(true).active(true);
    service.disk_attachments().add(attachment.interface(DiskInterface::VirtioScsi)).send().await.unwrap();
    (service, disk)
}

/// Runs a program of qemu on a file.
fn qemu(program: &str, arguments: &[&str], file: &Path) {
    let arguments = arguments.iter().map(|argument| match *argument {
        "FILE" => file.as_os_str(),
        other => other.as_ref(),
    });
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Begins a backup and returns it when it is ready.
async fn begin(vm: &VmService, disk: &Disk, from: Option<&str>) -> Backup {
    let mut backup = Backup::new().disks([Disk::with_id(disk.try_id().unwrap())]);
    backup.from_checkpoint_id = from.map(str::to_owned);
    let backup = vm.backups().add(backup).send().await.unwrap();
    vm.backups().backup(&backup).wait_until_ready().await.unwrap()
}

async fn end(vm: &VmService, backup: &Backup) {
    let service = vm.backups().backup(backup);
    service.finalize().send().await.unwrap();
    service.wait_until_succeeded().await.unwrap();
}

#[tokio::test]
async fn incremental_backups_contain_what_changed() {
    let Some(setup) = Setup::remote().await else { return };
    let content = setup.path("content");
    sparse(&content, 300 * MIB, &[(0, 4 * MIB), (100 * MIB + 7, 5 * MIB), (290 * MIB, MIB)]);
    let (vm, disk) = vm(&setup, &content).await;
    let id = || Disk::with_id(disk.try_id().unwrap());
    let (full, raw, layer) = (setup.path("full.qcow2"), setup.path("full.raw"), setup.path("layer.qcow2"));

    let backup = begin(&vm, &disk, None).await;
    let checkpoint = backup.to_checkpoint_id.clone().unwrap();
    let download = setup.connection.download(id()).backup(&backup).format(ImageFormat::Qcow2).to(&full);
    download.send().await.unwrap();
    setup.connection.download(id()).backup(&backup).to(&raw).send().await.unwrap();
    end(&vm, &backup).await;
    assert_same((&content, "raw"), (&full, "qcow2"));
    assert!(equal_but_for_zeros(&content, &raw));

    // The guest writes, and zeros a part of its old data.
    let file = setup.file(&disk);
    qemu("qemu-io", &["-f", "qcow2", "-c", "write -P 7 50M 1000", "-c", "write -z 101M 2M", "FILE"], &file);
    qemu("qemu-io", &["-f", "qcow2", "-c", "write -P 9 299M 1M", "FILE"], &file);

    let backup = begin(&vm, &disk, Some(&checkpoint)).await;
    let download = setup.connection.download(id()).backup(&backup).changes("full.qcow2").to(&layer);
    download.send().await.unwrap();
    setup.connection.download(id()).backup(&backup).update(&raw).send().await.unwrap();
    end(&vm, &backup).await;
    assert_same((&file, "qcow2"), (&layer, "qcow2"));
    assert_same((&file, "qcow2"), (&raw, "raw"));
    assert!(allocated(&layer) < 3 * MIB, "{} bytes: only what changed is in the layer", allocated(&layer));
    qemu("qemu-img", &["check", "-f", "qcow2", "FILE"], &layer);

    let error = setup.connection.upload(&layer).into(Setup::wanted("restored")).send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::BackingFile, "{error}");
    let restored = Setup::wanted("restored").format(DiskFormat::Cow);
    let restored = setup.connection.upload(&raw).into(restored).send().await.unwrap();
    assert_same((&file, "qcow2"), (&setup.file(&restored), "qcow2"));
    setup.assert_clean();
}

#[tokio::test]
async fn changes_need_a_checkpoint_or_a_snapshot() {
    let Some(setup) = Setup::remote().await else { return };
    let content = setup.path("content");
    sparse(&content, MIB, &[(0, 4096)]);
    let wanted = Setup::wanted("disk").format(DiskFormat::Cow);
    let disk = setup.connection.upload(&content).into(wanted).send().await.unwrap();
    let id = || Disk::with_id(disk.try_id().unwrap());
    let error = setup.connection.download(id()).changes("content").to(setup.path("layer")).send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::NoChanges, "{error}");
    let error = setup.connection.download(id()).update(&content).send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::NoChanges, "{error}");
    let snapshot = DiskSnapshot::with_id(disk.try_image_id().unwrap());
    let download = setup.connection.download_snapshot(snapshot).changes("missing").to(setup.path("layer"));
    let error = download.send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::File, "{error}");
    assert!(error.to_string().contains("missing"), "{error}");
    setup.assert_clean();
}

#[tokio::test]
async fn a_snapshot_is_downloaded_as_a_layer() {
    let Some(setup) = Setup::remote().await else { return };
    let (base, expected, layer) = (setup.path("base"), setup.path("expected"), setup.path("layer.qcow2"));
    sparse(&base, 10 * MIB, &[(0, 6 * MIB)]);
    let disk = setup.disk("disk", DiskFormat::Cow, 10 * MIB).await;
    // Only what was written after the previous snapshot is allocated.
    let (size, file) = ((10 * MIB).to_string(), setup.file(&disk));
    qemu("qemu-img", &["create", "-q", "-f", "qcow2", "FILE", &size], &file);
    let write = ["-c", "write -P 7 5M 1000", "-c", "write -z 2M 1M"];
    qemu("qemu-io", &[&["-f", "qcow2"], &write[..], &["FILE"]].concat(), &file);
    let snapshot = DiskSnapshot::with_id(disk.try_image_id().unwrap());
    setup.connection.download_snapshot(snapshot).changes("base").to(&layer).send().await.unwrap();
    std::fs::copy(&base, &expected).unwrap();
    qemu("qemu-io", &[&["-f", "raw"], &write[..], &["FILE"]].concat(), &expected);
    // The daemon tells what is allocated in units of clusters.
    qemu("qemu-io", &["-f", "raw", "-c", "write -P 0 5243880 64536", "FILE"], &expected);
    assert_same((&expected, "raw"), (&layer, "qcow2"));
    setup.assert_clean();
}
