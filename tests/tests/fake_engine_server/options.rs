//! The configuration options that clients can read, over plain HTTP.

use ovirt_fake_engine::FakeEngine;

use crate::engine;
use crate::raw::{ADMIN, ask};

/// `reader@internal` with the password `secret`.
const READER: &str = "Authorization: Basic cmVhZGVyQGludGVybmFsOnNlY3JldA==";

#[tokio::test]
async fn options_are_read_by_name_and_version_and_some_only_by_administrators() {
    let builder = FakeEngine::builder().user("reader@internal", "secret").role("reader@internal", "UserRole");
    let (engine, _) = engine(builder).await;
    for (option, header, expected) in [
        ("MaxVmNameLength", ADMIN, Some("<value>64</value>")),
        ("MaxVmNameLength", READER, Some("<value>64</value>")),
        ("CORSSupport", ADMIN, Some("<value>false</value>")),
        ("CORSSupport", READER, None),
        ("ServerCPUList?version=4.7", ADMIN, Some("<version>4.7</version>")),
        ("ServerCPUList?version=4.7", READER, None),
        ("MaxNumOfVmSockets?version=4.5", READER, Some("<value>16</value>")),
        ("MaxNumOfVmSockets?version=3.6", ADMIN, None),
        ("SupportedClusterLevels", READER, Some("<value>[4.2, 4.7, 4.8, 4.6, 4.5, 4.4, 4.3]</value>")),
        ("AdminPassword", ADMIN, None),
    ] {
        let response = ask(&engine, &format!("GET /ovirt-engine/api/options/{option}"), &[header], "").await;
        match expected {
            Some(text) => {
                assert!(response.starts_with("HTTP/1.1 200") && response.contains(text), "{option}: {response}")
            }
            None => assert!(response.starts_with("HTTP/1.1 404"), "{option}: {response}"),
        }
    }
    let response = ask(&engine, "GET /ovirt-engine/api/options", &[ADMIN], "").await;
    assert!(response.contains("RESTEASY003210"), "the engine has no list of its options: {response}");
}
