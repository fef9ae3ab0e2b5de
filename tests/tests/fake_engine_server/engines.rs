//! How engines start and stop.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use ovirt_fake_engine::{FakeEngine, Scenario};
use ovirt_sdk::search::host;
use ovirt_sdk::types::{DiskStatus, HostStatus};

use crate::{engine, read};

#[tokio::test]
async fn many_run_at_once() {
    let mut engines = Vec::new();
    for _ in 0..20 {
        engines.push(FakeEngine::start().await.unwrap());
    }
    let mut ports: Vec<u16> = engines.iter().map(|engine| engine.address().port()).collect();
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), 20);
    let asking = engines.iter().map(|engine| {
        let connection = engine.connect().build().unwrap();
        tokio::spawn(async move { read(&connection).await.err().and_then(|error| error.status()) })
    });
    for status in asking.collect::<Vec<_>>() {
        assert_ne!(status.await.unwrap(), Some(401));
    }
    for engine in &engines {
        assert_eq!(engine.requests().len(), 2, "{:?}", engine.requests());
        // Everyone has an authority of its own.
        assert_eq!(engines.iter().filter(|other| other.ca_pem() == engine.ca_pem()).count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_can_ask_at_once() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    let asking: Vec<_> = (0..200)
        .map(|_| {
            let connection = connection.clone();
            tokio::spawn(async move { read(&connection).await.err().and_then(|error| error.status()) })
        })
        .collect();
    for status in asking {
        assert!(matches!(status.await.unwrap(), None | Some(404)));
    }
    assert_eq!(engine.calls("GET", "").len(), 200);
    assert_eq!(engine.calls("POST", "/ovirt-engine/sso/**").len(), 1);
}

#[tokio::test]
async fn a_dropped_engine_is_gone() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    let _ = read(&connection).await;
    let address = engine.address();
    let begun = Instant::now();
    drop(engine);
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert!(TcpStream::connect(address).is_err());
    // The client may notice first that the connection it had kept is gone.
    assert_eq!(read(&connection).await.unwrap_err().status(), None);
    assert!(read(&connection).await.unwrap_err().is_connect());
    // The port is free for the next one.
    let again = FakeEngine::builder().port(address.port()).start().await.unwrap();
    assert_eq!(again.address(), address);
}

#[test]
fn no_runtime_is_needed() {
    let engine = FakeEngine::start_blocking().unwrap();
    let connection = engine.connect().build().unwrap();
    let outcome = connection.system().vms().list().send_blocking();
    assert_ne!(outcome.err().and_then(|error| error.status()), Some(401));
    assert_eq!(engine.requests().len(), 2);
}

#[tokio::test]
async fn a_test_may_block_its_own_thread() {
    let engine = FakeEngine::start().await.unwrap();
    let url = engine.url();
    let asked = std::thread::spawn({
        let builder = engine.connect();
        move || builder.build().unwrap().system().vms().list().send_blocking().err().and_then(|error| error.status())
    });
    assert_ne!(asked.join().unwrap(), Some(401), "{url}");
}

#[tokio::test]
async fn invalid_options_are_reported() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = FakeEngine::builder().port(port).start().await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("the fake engine can't listen at 127.0.0.1:{port}: ")), "{error}");
    let error = FakeEngine::builder().speed(f64::NAN).start_blocking().unwrap_err().to_string();
    assert_eq!(error, "can't start the fake engine: invalid speed NaN");
    let error = FakeEngine::builder().load("/no/such/file").start().await.unwrap_err().to_string();
    assert!(error.starts_with("can't read the state file `/no/such/file`: "), "{error}");
    let error = FakeEngine::builder().host_name("größe.example.com").start().await.unwrap_err().to_string();
    assert_eq!(error, "`größe.example.com` is not a valid name for a certificate: not ASCII");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), "x").unwrap();
    let error = FakeEngine::builder().ca_folder(folder.path()).start().await.unwrap_err().to_string();
    assert!(error.contains("ca-key.pem` is missing, but the other file of the authority exists"), "{error}");
    std::fs::write(folder.path().join("ca-key.pem"), "x").unwrap();
    let error = FakeEngine::builder().ca_folder(folder.path()).start().await.unwrap_err().to_string();
    assert!(error.ends_with("ca-key.pem` has no valid private key"), "{error}");
}

#[tokio::test]
async fn an_authority_can_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("authority");
    let first = FakeEngine::builder().ca_folder(&kept).start().await.unwrap();
    let pem = first.ca_pem().to_owned();
    assert_eq!(std::fs::read_to_string(kept.join("ca.pem")).unwrap(), pem);
    #[cfg(unix)]
    {
        let key = std::fs::metadata(kept.join("ca-key.pem")).unwrap();
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&key) & 0o077, 0);
    }
    drop(first);
    let second = FakeEngine::builder().ca_folder(&kept).start().await.unwrap();
    assert_eq!(second.ca_pem(), pem);
    let connection = second.connect().ca_pem(pem).build().unwrap();
    assert!(!read(&connection).await.is_err_and(|error| error.is_connect()));
}

#[tokio::test]
async fn the_state_can_be_saved_and_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    let engine = FakeEngine::start().await.unwrap();
    engine.save(&file).unwrap();
    engine.save(&file).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let _loaded = FakeEngine::builder().load(&file).start().await.unwrap();
    let error = engine.save(folder.path().join("no").join("such")).unwrap_err().to_string();
    assert!(error.starts_with("can't write the state file `"), "{error}");
}

#[tokio::test]
async fn it_starts_quickly() {
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..10 {
        let begun = Instant::now();
        let engine = FakeEngine::start().await.unwrap();
        times.push(begun.elapsed());
        drop(engine);
    }
    times.sort_unstable();
    // Far more than it takes, for machines that are busy.
    assert!(times[0] < Duration::from_millis(500), "{times:?}");
}

#[tokio::test]
async fn scenarios_have_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    for (scenario, vms, hosts) in [(Scenario::Small, 10, 2), (Scenario::Production, 1000, 20)] {
        let (_engine, connection) = engine(FakeEngine::builder().scenario(scenario)).await;
        let system = connection.system();
        let counts =
            (system.vms().list().send().await.unwrap().len(), system.hosts().list().send().await.unwrap().len());
        assert_eq!(counts, (vms, hosts), "{scenario}");
    }
    assert_eq!("broken".parse::<Scenario>().unwrap().to_string(), "broken");

    // Only a new engine is broken: what was repaired stays repaired.
    for is_new in [true, false] {
        let builder = FakeEngine::builder().scenario(Scenario::Broken).state_file(&state);
        let (_engine, connection) = engine(builder).await;
        let hosts = connection.system().hosts();
        let lost = hosts.list().search(host::STATUS.eq(HostStatus::NonResponsive)).send().await.unwrap();
        let illegal = connection.system().disks().list().send().await.unwrap().into_vec();
        let illegal = illegal.iter().filter(|disk| disk.status == Some(DiskStatus::Illegal)).count();
        assert_eq!((lost.len(), illegal), (usize::from(is_new), 2));
        if let Some(host) = lost.first() {
            let unknown = connection.system().vms().list().search("status=unknown").send().await.unwrap();
            assert!(!unknown.is_empty());
            hosts.host(host).fence().fence_type("manual").send().await.unwrap();
            hosts.host(host).deactivate().send().await.unwrap();
        }
    }
}
