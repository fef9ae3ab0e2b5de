//! Uploads that are continued with a state file.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ovirt_sdk::images::{ImageProblem, Upload};
use ovirt_sdk::types::{DiskFormat, DiskStatus, ImageTransferPhase};
use ovirt_sdk::{Connection, Credentials};

use super::image::{equal_but_for_zeros, sparse};
use super::setup::{Setup, problem};

const MIB: u64 = 1 << 20;

/// The variable with the task of the process that is killed.
const CHILD: &str = "OVIRT_IMAGES_CHILD";

/// An image whose holes are large enough that the state is saved several times.
fn write_image(path: &Path) {
    sparse(path, 3 << 30, &[(0, MIB), (700 * MIB, 8 * MIB), (1500 * MIB, 8 * MIB), (2900 * MIB, 8 * MIB)]);
}

fn upload(connection: &Connection, image: &Path, state: &Path) -> Upload {
    let wanted = Setup::wanted("resumed").format(DiskFormat::Raw);
    connection.upload(image).into(wanted).state_file(state).connections(2)
}

/// Starts an upload in another process, and kills that as soon as the state was saved with some progress.
fn upload_and_kill(setup: &Setup, image: &Path, state: &Path) {
    let (engine_ca, daemon_ca) = (setup.path("engine-ca.pem"), setup.path("daemon-ca.pem"));
    std::fs::write(&engine_ca, setup.engine.ca_pem()).unwrap();
    std::fs::write(&daemon_ca, setup.daemon.authority_pem()).unwrap();
    let url = setup.engine.url();
    let arguments = [&engine_ca, &daemon_ca, &image.to_owned(), &state.to_owned()];
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["resuming::the_process_that_is_killed", "--exact"]).stdout(Stdio::null());
    command.env(CHILD, std::env::join_paths(arguments).unwrap()).env("OVIRT_IMAGES_URL", url);
    let mut process = command.spawn().unwrap();
    let began = Instant::now();
    let has_progress = || {
        let state = std::fs::read(state).ok()?;
        let state: serde_json::Value = serde_json::from_slice(&state).ok()?;
        Some(!state["done"].as_array()?.is_empty())
    };
    while has_progress() != Some(true) {
        assert!(process.try_wait().unwrap().is_none(), "the upload ended too early");
        assert!(began.elapsed() < Duration::from_secs(60), "the upload makes no progress");
        std::thread::sleep(Duration::from_millis(20));
    }
    process.kill().unwrap();
    process.wait().unwrap();
}

/// Does nothing unless [`upload_and_kill`] started this process.
#[tokio::test]
async fn the_process_that_is_killed() {
    let Some(paths) = std::env::var_os(CHILD) else { return };
    let paths: Vec<PathBuf> = std::env::split_paths(&paths).collect();
    let [engine_ca, daemon_ca, image, state] = paths.as_slice() else { panic!("{paths:?}") };
    let url = std::env::var("OVIRT_IMAGES_URL").unwrap();
    let connection = Connection::builder(url).ca_file(engine_ca).ca_file(daemon_ca).no_proxy();
    let connection = connection.credentials(Credentials::password("admin@internal", "secret")).build().unwrap();
    upload(&connection, image, state).bandwidth(4 * MIB).send().await.unwrap();
}

async fn phase(setup: &Setup) -> Option<ImageTransferPhase> {
    let transfers = setup.connection.system().image_transfers().list().send().await.unwrap();
    transfers.last().and_then(|transfer| transfer.phase.clone())
}

#[tokio::test]
async fn a_killed_upload_is_continued_hours_later() {
    let Some(setup) = Setup::remote().await else { return };
    let (image, state) = (setup.path("image"), setup.path("state.json"));
    write_image(&image);
    for restart in [false, true] {
        upload_and_kill(&setup, &image, &state);
        // The engine notices that the client is gone, and the ticket expires.
        let began = Instant::now();
        while phase(&setup).await != Some(ImageTransferPhase::PausedSystem) {
            assert!(began.elapsed() < Duration::from_secs(90), "the engine does not pause: {:?}", phase(&setup).await);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        if restart {
            setup.daemon.restart();
        } else {
            setup.daemon.expire_tickets();
        }
        let first = Arc::new(Mutex::new(None));
        let seen = Arc::clone(&first);
        let upload = upload(&setup.connection, &image, &state);
        let upload = upload.on_progress(move |progress| {
            seen.lock().unwrap().get_or_insert(progress.done);
        });
        let disk = upload.send().await.unwrap();
        let first = first.lock().unwrap().unwrap();
        assert!(first > 400 * MIB, "{first} bytes at the first report: the upload did not continue");
        assert!(equal_but_for_zeros(&image, &setup.file(&disk)));
        assert_eq!(disk.status, Some(DiskStatus::Ok));
        assert!(!state.exists(), "the state is removed after success");
        setup.connection.system().disks().disk(&disk).remove().send().await.unwrap();
        setup.connection.system().disks().disk(&disk).wait_until_removed().await.unwrap();
    }
    setup.assert_clean();
}

#[tokio::test]
async fn a_kept_upload_can_be_discarded() {
    let Some(setup) = Setup::remote().await else { return };
    let (image, state) = (setup.path("image"), setup.path("state.json"));
    write_image(&image);
    let interrupted = upload(&setup.connection, &image, &state).bandwidth(4 * MIB).send();
    assert!(tokio::time::timeout(Duration::from_secs(3), interrupted).await.is_err());
    assert_eq!(setup.disks("resumed").await, 1);
    assert_eq!(phase(&setup).await, Some(ImageTransferPhase::Transferring), "the transfer stays");
    setup.connection.discard_upload(&state).await.unwrap();
    assert_eq!(setup.disks("resumed").await, 0);
    assert!(!state.exists());
    let error = setup.connection.discard_upload(&state).await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::State, "{error}");
    setup.assert_clean();
}

#[tokio::test]
async fn the_state_names_the_transfer_that_replaced_a_lost_one() {
    let Some(setup) = Setup::remote().await else { return };
    let (image, state) = (setup.path("image"), setup.path("state.json"));
    write_image(&image);
    let daemon = Arc::clone(&setup.daemon);
    let is_restarted = AtomicBool::new(false);
    let upload = upload(&setup.connection, &image, &state).on_progress(move |_| {
        if !is_restarted.swap(true, Ordering::SeqCst) {
            daemon.hide();
            daemon.restart();
        }
    });
    let error = upload.send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::Unreachable, "{error}");
    assert_eq!(setup.daemon.tickets().len(), 2, "the lost transfer was replaced");
    setup.connection.discard_upload(&state).await.unwrap();
    assert_eq!(setup.disks("resumed").await, 0);
    setup.assert_clean();
}

#[tokio::test]
async fn a_state_file_belongs_to_one_upload() {
    let Some(setup) = Setup::remote().await else { return };
    let (image, state) = (setup.path("image"), setup.path("state.json"));
    write_image(&image);
    let interrupted = upload(&setup.connection, &image, &state).bandwidth(4 * MIB).send();
    assert!(tokio::time::timeout(Duration::from_secs(3), interrupted).await.is_err());

    let other = Setup::remote().await.unwrap();
    let error = upload(&other.connection, &image, &state).send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::State, "{error}");

    sparse(&image, 3 << 30, &[(1, 1)]);
    let error = upload(&setup.connection, &image, &state).send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::SourceChanged, "{error}");

    let saved = std::fs::read_to_string(&state).unwrap();
    std::fs::write(&state, saved.get(..saved.len() / 2).unwrap()).unwrap();
    let error = upload(&setup.connection, &image, &state).send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::State, "{error}");
    std::fs::write(&state, saved).unwrap();
    setup.connection.discard_upload(&state).await.unwrap();
}

#[tokio::test]
async fn an_upload_that_the_engine_ended_is_not_continued() {
    let Some(setup) = Setup::remote().await else { return };
    let (image, state) = (setup.path("image"), setup.path("state.json"));
    write_image(&image);
    let interrupted = upload(&setup.connection, &image, &state).bandwidth(4 * MIB).send();
    assert!(tokio::time::timeout(Duration::from_secs(3), interrupted).await.is_err());
    let transfers = setup.connection.system().image_transfers();
    let transfer = transfers.list().send().await.unwrap().remove(0);
    transfers.image_transfer(&transfer).cancel().send().await.unwrap();
    while setup.disks("resumed").await > 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let error = upload(&setup.connection, &image, &state).send().await.unwrap_err();
    assert_eq!(problem(&error), ImageProblem::State, "{error}");
}
