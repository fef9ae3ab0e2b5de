//! The way through the proxy, which is another daemon on the engine's machine.

use std::sync::Arc;

use ovirt_sdk::images::{ImageFormat, ImageProblem, Route};
use ovirt_sdk::types::{Disk, DiskFormat, DiskStatus};

use super::failures::once_at;
use super::image::{equal_but_for_zeros, sparse};
use super::setup::{Setup, assert_same, problem};

const MIB: u64 = 1 << 20;

/// What the log of a proxy contains for each ticket of a transfer that used it.
const OPENED: &str = "Open netloc=";

#[tokio::test]
async fn a_hidden_host_is_reached_through_the_proxy() {
    let Some(setup) = Setup::proxied().await else { return };
    setup.daemon.hide();
    let (image, copy) = (setup.path("image"), setup.path("copy"));
    sparse(&image, 40 * MIB + 511, &[(0, 11 * MIB), (20 * MIB + 3, 17 * MIB)]);
    for (name, format) in [("raw", DiskFormat::Raw), ("thin", DiskFormat::Cow)] {
        let opened = setup.daemon.proxy().log().matches(OPENED).count();
        let upload = setup.connection.upload(&image).into(Setup::wanted(name).format(format.clone()));
        let disk = upload.verify(true).send().await.unwrap();
        assert_eq!(disk.status, Some(DiskStatus::Ok), "{name}");
        assert!(setup.daemon.proxy().log().matches(OPENED).count() > opened, "{name}: the proxy forwards");
        let id = || Disk::with_id(disk.try_id().unwrap());
        setup.connection.download(id()).to(&copy).overwrite(true).send().await.unwrap();
        assert!(equal_but_for_zeros(&image, &copy), "{name}");
        setup.connection.download(id()).to(&copy).overwrite(true).format(ImageFormat::Qcow2).send().await.unwrap();
        assert_same((&copy, "qcow2"), (&setup.file(&disk), super::daemon::format_of(&format)));
    }
    setup.assert_clean();
}

#[tokio::test]
async fn the_proxy_is_used_only_if_wanted_or_needed() {
    let Some(setup) = Setup::proxied().await else { return };
    let image = setup.path("image");
    sparse(&image, 3 * MIB, &[(0, 3 * MIB)]);
    for (name, route) in [("fastest", Route::Fastest), ("host", Route::Host)] {
        setup.connection.upload(&image).into(Setup::wanted(name)).route(route).send().await.unwrap();
        assert_eq!(setup.daemon.proxy().log().matches(OPENED).count(), 0, "{name}");
    }
    setup.connection.upload(&image).into(Setup::wanted("proxy")).route(Route::Proxy).send().await.unwrap();
    assert!(setup.daemon.proxy().log().contains(OPENED));
    setup.daemon.hide();
    let upload = setup.connection.upload(&image).into(Setup::wanted("hidden")).route(Route::Host);
    assert_eq!(problem(&upload.send().await.unwrap_err()), ImageProblem::Unreachable);
    setup.assert_clean();
}

#[tokio::test]
async fn a_restarted_proxy_gets_another_transfer() {
    let Some(setup) = Setup::proxied().await else { return };
    setup.daemon.hide();
    let (image, copy) = (setup.path("image"), setup.path("copy"));
    sparse(&image, 256 * MIB, &[(0, 250 * MIB)]);
    let daemon = Arc::clone(&setup.daemon);
    let upload = setup.connection.upload(&image).into(Setup::wanted("restart").format(DiskFormat::Raw));
    let disk = upload.on_progress(once_at(10, move || daemon.proxy().restart())).send().await.unwrap();
    assert!(equal_but_for_zeros(&image, &setup.file(&disk)));
    let daemon = Arc::clone(&setup.daemon);
    let download = setup.connection.download(Disk::with_id(disk.try_id().unwrap())).to(&copy);
    download.on_progress(once_at(10, move || daemon.proxy().restart())).send().await.unwrap();
    assert!(equal_but_for_zeros(&image, &copy));
    setup.assert_clean();
}
