//! The state file: it has everything that the engine has in memory.

use std::path::Path;
use std::time::Duration;

use ovirt_fake_engine::{FakeEngine, Incident};
use ovirt_sdk::http::Method;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::service::Service;
use ovirt_sdk::services::SystemService;

use crate::walk::{Walk, known};

/// What an engine that begins with a file has.
async fn loaded(file: &Path, folder: &Path) -> String {
    let copy = folder.join("copy");
    let engine = FakeEngine::builder().manual_clock().load(file).start().await.unwrap();
    engine.save(&copy).unwrap();
    std::fs::read_to_string(&copy).unwrap()
}

#[tokio::test]
async fn the_state_file_has_the_whole_state_after_each_change() {
    let known = known();
    let folder = tempfile::tempdir().unwrap();
    let (kept, saved) = (folder.path().join("kept"), folder.path().join("saved"));
    let engine = FakeEngine::builder().manual_clock().vms(3).state_file(&kept).start().await.unwrap();
    engine.cause(Incident::job_failure().skip(5).times(3));
    engine.cause(Incident::lost_storage_domain().after(Duration::from_secs(3600)));
    let connection = engine.connect().retry(RetryPolicy::none()).build().unwrap();
    Walk::new(&connection, &known).service(SystemService::info(), String::new()).await;
    for seconds in [0, 1, 10, 100] {
        engine.advance(Duration::from_secs(seconds));
        connection.raw(Method::Get, "").send().await.unwrap();
        engine.save(&saved).unwrap();
        let memory = std::fs::read_to_string(&saved).unwrap();
        let file = loaded(&kept, folder.path()).await;
        let differs = memory.lines().zip(file.lines()).find(|(memory, file)| memory != file);
        assert!(memory == file, "after {seconds} s: {differs:?}");
    }
}
