//! A client that we did not write.

use std::process::Command;

use ovirt_fake_engine::FakeEngine;

/// What `curl` prints; nothing where there is none.
fn curl(arguments: &[&str]) -> Option<String> {
    match Command::new("curl").args(["--silent", "--show-error", "--noproxy", "*"]).args(arguments).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        output => {
            let output = output.unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(String::from_utf8(output.stdout).unwrap())
        }
    }
}

#[test]
fn curl_gets_in_as_the_documentation_says() {
    let engine = FakeEngine::start_blocking().unwrap();
    let origin = engine.url().replace("/ovirt-engine/api", "");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let ca = file.to_str().unwrap();
    let pki = format!("{origin}/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA");
    if curl(&["--insecure", "--output", ca, &pki]).is_none() {
        eprintln!("skipped: there is no curl");
        return;
    }
    let code = ["--output", "-", "--write-out", "\n%{http_code}"];
    let status = |arguments: &[&str]| {
        let all: Vec<&str> = ["--cacert", ca].iter().chain(&code).chain(arguments).copied().collect();
        curl(&all).unwrap().lines().last().unwrap().to_owned()
    };
    assert_eq!(status(&[&engine.url()]), "401");
    assert_ne!(status(&["--user", "admin@internal:secret", &engine.url()]), "401");
    assert_eq!(status(&["--user", "admin@internal:wrong", &engine.url()]), "401");

    let form = ["grant_type=password", "scope=ovirt-app-api", "username=admin@internal", "password=secret"];
    let mut arguments = vec!["--cacert", ca, "--header", "Accept: application/json"];
    arguments.extend(form.iter().flat_map(|field| ["--data-urlencode", field]));
    let sso = format!("{origin}/ovirt-engine/sso/oauth/token");
    arguments.push(&sso);
    let reply: serde_json::Value = serde_json::from_str(&curl(&arguments).unwrap()).unwrap();
    let authorization = format!("Authorization: Bearer {}", reply["access_token"].as_str().unwrap());
    assert_ne!(status(&["--compressed", "--header", &authorization, &engine.url()]), "401");
}
