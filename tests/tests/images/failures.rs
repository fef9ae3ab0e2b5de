//! What can go wrong during a transfer.

use std::fs::OpenOptions;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ovirt_sdk::images::{ImageProblem, Route};
use ovirt_sdk::types::{Disk, DiskFormat, DiskStatus};

use super::image::{equal_but_for_zeros, noise, sparse};
use super::setup::{SPEED, Setup, problem};

const MIB: u64 = 1 << 20;

/// Calls a function once, when a part of an image was transferred.
pub(crate) fn once_at(
    percent: u64,
    call: impl Fn() + Send + Sync + 'static,
) -> impl Fn(&ovirt_sdk::images::Progress) + Send + Sync + 'static {
    let called = AtomicBool::new(false);
    move |progress| {
        if progress.done * 100 >= progress.total * percent && !called.swap(true, Ordering::SeqCst) {
            call();
        }
    }
}

#[tokio::test]
async fn cut_connections_are_replaced() {
    let Some(setup) = Setup::remote().await else { return };
    let relay = setup.daemon.relay();
    let (image, copy) = (setup.path("image"), setup.path("copy"));
    sparse(&image, 40 * MIB, &[(0, 11 * MIB), (20 * MIB + 3, 17 * MIB)]);
    for cut in 1..=10 {
        relay.cut_after(cut * 2_700_000);
        let wanted = Setup::wanted("cut").format(DiskFormat::Raw);
        let disk = setup.connection.upload(&image).into(wanted).send().await.unwrap();
        assert!(equal_but_for_zeros(&image, &setup.file(&disk)), "cut {cut}");
        assert_eq!(relay.cuts(), cut * 2 - 1, "the upload is cut");
        relay.cut_after(cut * 2_700_000);
        let id = Disk::with_id(disk.try_id().unwrap());
        setup.connection.download(id).to(&copy).overwrite(true).send().await.unwrap();
        assert_eq!(relay.cuts(), cut * 2, "the download is cut");
        assert!(equal_but_for_zeros(&image, &copy), "cut {cut}");
    }
    setup.assert_clean();
}

#[tokio::test]
async fn a_restarted_daemon_gets_another_transfer() {
    let Some(setup) = Setup::remote().await else { return };
    let (image, copy) = (setup.path("image"), setup.path("copy"));
    // Much more than the system buffers: what is in them arrives without the daemon.
    sparse(&image, 512 * MIB, &[(0, 500 * MIB)]);
    let daemon = Arc::clone(&setup.daemon);
    let wanted = Setup::wanted("restart").format(DiskFormat::Raw);
    let upload = setup.connection.upload(&image).into(wanted);
    let disk = upload.on_progress(once_at(10, move || daemon.restart())).send().await.unwrap();
    assert!(equal_but_for_zeros(&image, &setup.file(&disk)));
    assert_eq!(setup.daemon.tickets().len(), 2, "one ticket was lost");

    let daemon = Arc::clone(&setup.daemon);
    let download = setup.connection.download(Disk::with_id(disk.try_id().unwrap())).to(&copy);
    download.on_progress(once_at(10, move || daemon.restart())).send().await.unwrap();
    assert!(equal_but_for_zeros(&image, &copy));
    assert_eq!(setup.status(disk.try_id().unwrap()).await, Some(DiskStatus::Ok));
    setup.assert_clean();
}

#[tokio::test]
async fn a_download_whose_ticket_is_lost_at_the_end_starts_again() {
    let Some(setup) = Setup::remote().await else { return };
    let (image, copy) = (setup.path("image"), setup.path("copy"));
    sparse(&image, MIB, &[(0, MIB)]);
    let upload = setup.connection.upload(&image).into(Setup::wanted("end").format(DiskFormat::Raw));
    let disk = upload.send().await.unwrap();
    let daemon = Arc::clone(&setup.daemon);
    let restart = move || {
        daemon.restart();
        // The engine looks at tickets every 5 s of its time: it cancels the transfer before it is finalized.
        std::thread::sleep(Duration::from_secs(20) / SPEED);
    };
    let download = setup.connection.download(Disk::with_id(disk.try_id().unwrap())).to(&copy);
    download.on_progress(once_at(100, restart)).send().await.unwrap();
    assert!(equal_but_for_zeros(&image, &copy));
    assert_eq!(setup.daemon.tickets().len(), 3, "the download got another ticket");
    setup.assert_clean();
}

#[tokio::test]
async fn an_upload_waits_for_a_daemon_that_is_down() {
    let Some(setup) = Setup::remote().await else { return };
    let image = setup.path("image");
    sparse(&image, 40 * MIB, &[(0, 40 * MIB)]);
    let daemon = Arc::clone(&setup.daemon);
    let stop = move || {
        daemon.kill();
        let daemon = Arc::clone(&daemon);
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_secs(3));
            daemon.restart();
        });
    };
    let upload = setup.connection.upload(&image).into(Setup::wanted("down").format(DiskFormat::Raw));
    let disk = upload.on_progress(once_at(50, stop)).send().await.unwrap();
    assert!(equal_but_for_zeros(&image, &setup.file(&disk)));

    let daemon = Arc::clone(&setup.daemon);
    let upload = setup.connection.upload(&image).into(Setup::wanted("gone").format(DiskFormat::Raw));
    let upload = upload.patience(Duration::from_secs(2)).on_progress(once_at(50, move || daemon.kill()));
    let error = upload.send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::Unreachable, "{error}");
    assert_eq!(setup.disks("gone").await, 0);
    for ticket in setup.daemon.tickets() {
        assert!(!error.to_string().contains(&ticket), "{error}");
    }
}

#[tokio::test]
async fn an_expired_ticket_is_extended() {
    let Some(setup) = Setup::remote().await else { return };
    let image = setup.path("image");
    sparse(&image, 40 * MIB, &[(0, 40 * MIB)]);
    let daemon = Arc::clone(&setup.daemon);
    let upload = setup.connection.upload(&image).into(Setup::wanted("expired").format(DiskFormat::Raw));
    let disk = upload.on_progress(once_at(50, move || daemon.expire_tickets())).send().await.unwrap();
    assert!(equal_but_for_zeros(&image, &setup.file(&disk)));
    assert!(setup.daemon.log().contains("expired"), "the daemon rejected the ticket");
}

#[tokio::test]
async fn a_full_storage_ends_the_upload() {
    let Some(setup) = Setup::remote().await else { return };
    let image = setup.path("image");
    sparse(&image, 8 * MIB, &[(0, 8 * MIB)]);
    setup.daemon.fill_storage();
    let upload = setup.connection.upload(&image).into(Setup::wanted("full").format(DiskFormat::Cow));
    let error = upload.send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::Daemon, "{error}");
    assert!(setup.daemon.log().contains("No space left on device"), "{}", setup.daemon.log());
    assert_eq!(setup.disks("full").await, 0);
    setup.assert_clean();
}

#[tokio::test]
async fn a_truncated_or_modified_image_is_noticed() {
    let Some(setup) = Setup::remote().await else { return };
    let image = setup.path("image");
    sparse(&image, 40 * MIB, &[(0, 40 * MIB)]);
    let path = image.clone();
    let truncate = move || OpenOptions::new().write(true).open(&path).unwrap().set_len(10 * MIB).unwrap();
    let upload = setup.connection.upload(&image).into(Setup::wanted("truncated").format(DiskFormat::Raw));
    let error = upload.connections(1).on_progress(once_at(10, truncate)).send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::File, "{error}");
    assert!(error.to_string().contains("became shorter"), "{error}");

    sparse(&image, 40 * MIB, &[(0, 40 * MIB)]);
    let path = image.clone();
    let modify = move || {
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        std::os::unix::fs::FileExt::write_all_at(&file, &[0; 9], 0).unwrap();
    };
    let upload = setup.connection.upload(&image).into(Setup::wanted("modified").format(DiskFormat::Raw));
    let error = upload.on_progress(once_at(50, modify)).send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::SourceChanged, "{error}");
    assert_eq!((setup.disks("truncated").await, setup.disks("modified").await), (0, 0), "new disks are removed");
    setup.assert_clean();
}

#[tokio::test]
async fn a_stream_has_the_stated_length() {
    let Some(setup) = Setup::remote().await else { return };
    let data = noise(5, 9_000_001);
    for (name, stated, reason) in [("short", 9_000_002, "shorter than the"), ("long", 9_000_000, "longer than the")] {
        let stream = std::io::Cursor::new(data.clone());
        let upload = setup.connection.upload_stream(stream, stated).into(Setup::wanted(name).format(DiskFormat::Raw));
        let error = upload.send().await.unwrap_err();
        assert_eq!(problem(&error), ImageProblem::File, "{error}");
        assert!(error.to_string().contains(reason), "{error}");
        assert_eq!(setup.disks(name).await, 0);
    }
    let stream = std::io::Cursor::new(data.clone()).take(9_000_001);
    let upload = setup.connection.upload_stream(stream, 9_000_001).into(Setup::wanted("right").format(DiskFormat::Raw));
    let disk = upload.send().await.unwrap();
    assert!(std::fs::read(setup.file(&disk)).unwrap().starts_with(&data));
}

#[tokio::test]
async fn a_dropped_upload_is_canceled() {
    let Some(setup) = Setup::remote().await else { return };
    let image = setup.path("image");
    sparse(&image, 40 * MIB, &[(0, 40 * MIB)]);
    let upload = setup.connection.upload(&image).into(Setup::wanted("dropped").format(DiskFormat::Raw));
    let upload = upload.bandwidth(8 * MIB);
    assert!(tokio::time::timeout(Duration::from_secs(3), upload.send()).await.is_err());
    let began = std::time::Instant::now();
    while setup.disks("dropped").await > 0 {
        assert!(began.elapsed() < Duration::from_secs(20), "the disk stays");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    setup.assert_clean();
}

#[tokio::test]
async fn an_existing_disk_survives_an_upload_that_wrote_nothing() {
    let Some(setup) = Setup::remote().await else { return };
    let image = setup.path("image");
    sparse(&image, MIB, &[(0, MIB)]);
    let disk = setup.disk("kept", DiskFormat::Raw, MIB).await;
    let id = disk.try_id().unwrap();
    // Without the authority of the daemon, its certificate is not trusted.
    let connection = setup.engine.connect().build().unwrap();
    let upload = connection.upload(&image).into(Disk::with_id(id)).route(Route::Host);
    let error = upload.send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::Certificate, "{error}");
    assert_eq!(setup.status(id).await, Some(DiskStatus::Ok));
    setup.connection.upload(&image).into(Disk::with_id(id)).send().await.unwrap();
    assert!(equal_but_for_zeros(&image, &setup.file(&disk)));
    setup.assert_clean();
}

#[tokio::test]
async fn images_that_do_not_fit_are_rejected_at_once() {
    let Some(setup) = Setup::remote().await else { return };
    let (image, layer, qcow2) = (setup.path("image"), setup.path("layer"), setup.path("qcow2"));
    sparse(&image, 2 * MIB, &[(0, 10)]);
    super::image::qcow2(&image, &qcow2, &[]);
    let mut command = std::process::Command::new("qemu-img");
    command.args(["create", "-q", "-f", "qcow2", "-F", "raw", "-b"]).args([&image, &layer]);
    assert!(command.status().unwrap().success());

    let small = setup.disk("small", DiskFormat::Raw, MIB).await;
    let small = || Disk::with_id(small.try_id().unwrap());
    let error = setup.connection.upload(&image).into(small()).send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::TooLarge, "{error}");
    let large = setup.disk("large", DiskFormat::Raw, 4 * MIB).await;
    let large = Disk::with_id(large.try_id().unwrap());
    let error = setup.connection.upload(&qcow2).into(large).send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::Format, "{error}");
    let error = setup.connection.upload(&layer).into(Setup::wanted("layer")).send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::BackingFile, "{error}");
    assert!(error.to_string().contains(&image.display().to_string()), "{error}");
    let vmdk = setup.path("vmdk");
    std::fs::write(&vmdk, [&b"KDMV"[..], &[1; 508]].concat()).unwrap();
    let error = setup.connection.upload(&vmdk).into(small()).send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::InvalidImage, "{error}");
    assert!(error.to_string().contains("is a VMDK image"), "{error}");
    let error = setup.connection.upload(setup.path("none")).into(small()).send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::File, "{error}");
    let error = setup.connection.download(small()).to(&image).send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::Exists, "{error}");
    assert_eq!(setup.daemon.tickets().len(), 0, "nothing was transferred");
}

#[tokio::test]
async fn errors_do_not_contain_the_ticket() {
    let Some(setup) = Setup::remote().await else { return };
    let image = setup.path("image");
    sparse(&image, 40 * MIB, &[(0, 40 * MIB)]);
    // The ticket is lost again and again.
    let daemon = Arc::clone(&setup.daemon);
    let forget = move |_: &ovirt_sdk::images::Progress| {
        for ticket in daemon.tickets() {
            daemon.control("DELETE", &ticket, "");
        }
    };
    let stream = std::io::Cursor::new(std::fs::read(&image).unwrap());
    let upload = setup.connection.upload_stream(stream, 40 * MIB).into(Setup::wanted("lost").format(DiskFormat::Raw));
    let error = upload.on_progress(forget).send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::LostTicket, "{error}");
    for ticket in setup.daemon.tickets() {
        assert!(!format!("{error} {error:?}").contains(&ticket), "{error}");
    }
}
