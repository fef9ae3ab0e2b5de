//! The schema of the documents, and what an engine says about its API besides.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::registry;

use crate::engine;
use crate::raw::{ADMIN, ask};

/// The schema that the engine serves.
async fn schema(engine: &FakeEngine) -> String {
    let response = ask(engine, "GET /ovirt-engine/api?schema", &[ADMIN], "").await;
    let (head, schema) = response.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let head = head.to_ascii_lowercase();
    assert!(head.contains("content-type: application/octet-stream"), "{head}");
    assert!(head.contains("content-disposition: attachment; filename = ovirt-engine-api-schema.xsd"), "{head}");
    schema.to_owned()
}

/// The values of an attribute of the elements with a tag.
fn names<'s>(schema: &'s str, tag: &str) -> Vec<&'s str> {
    let start = format!("<xs:{tag} name=\"");
    schema.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn the_schema_has_every_type_once() {
    let (engine, _) = engine(FakeEngine::builder()).await;
    let schema = schema(&engine).await;
    let types: Vec<&str> = [names(&schema, "complexType"), names(&schema, "simpleType")].concat();
    let different: BTreeSet<&str> = types.iter().copied().collect();
    assert_eq!(types.len(), different.len(), "types with the same name");
    for used in schema.split(" type=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(used.starts_with("xs:") || different.contains(used), "{used} is not defined");
    }
    let documents: BTreeSet<&str> = names(&schema, "element").into_iter().collect();
    for info in registry::structs() {
        assert!(documents.contains(info.tag) && documents.contains(info.plural_tag), "{}", info.name);
    }
    assert!(schema.contains("<xs:enumeration value=\"powering_up\"/>"));
}

/// Whether a document is valid, and what is wrong with it.
fn validate(schema: &std::path::Path, document: &str) -> Result<(), String> {
    let mut command = Command::new("xmllint");
    command.args(["--noout", "--nonet", "--schema"]).arg(schema).arg("-");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), document.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

#[tokio::test]
async fn documents_are_valid_by_the_schema() {
    if Command::new("xmllint").arg("--version").stderr(Stdio::null()).status().is_err() {
        eprintln!("skipped: xmllint is not installed");
        return;
    }
    let (engine, _) = engine(FakeEngine::builder().vms(2)).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), schema(&engine).await).unwrap();
    for path in [
        "",
        "/vms?follow=nics,disk_attachments.disk,template,cluster&all_content=true",
        "/hosts?follow=nics",
        "/clusters",
        "/disks",
        "/storagedomains",
        "/networks?follow=vnic_profiles",
        "/operatingsystems",
        "/roles?follow=permits",
        "/events",
        "/options/ServerCPUList",
    ] {
        let response = ask(&engine, &format!("GET /ovirt-engine/api{path}"), &[ADMIN], "").await;
        let document = response.split_once("\r\n\r\n").unwrap().1;
        assert_eq!(validate(file.path(), document), Ok(()), "{path}");
    }
    for document in ["<vm><memory>many</memory></vm>", "<vm><status>happy</status></vm>", "<vm><nonsense/></vm>"] {
        assert!(validate(file.path(), document).is_err(), "{document}");
    }
}

#[tokio::test]
async fn other_descriptions_are_those_of_an_engine() {
    let (engine, _) = engine(FakeEngine::builder()).await;
    // Engines have no such parameter, and ignore it.
    let response = ask(&engine, "GET /ovirt-engine/api?model", &[ADMIN], "").await;
    assert!(response.starts_with("HTTP/1.1 200") && response.contains("<api>"), "{response}");
    let response = ask(&engine, "GET /ovirt-engine/api/model", &[ADMIN], "").await;
    assert!(response.starts_with("HTTP/1.1 404") && response.contains("RESTEASY003210"), "{response}");
    let response = ask(&engine, "GET /ovirt-engine/api?rsdl", &[ADMIN], "").await;
    assert!(response.starts_with("HTTP/1.1 501") && response.contains("RSDL"), "{response}");
    // The schema is for users of the API only.
    assert!(ask(&engine, "GET /ovirt-engine/api?schema", &[], "").await.starts_with("HTTP/1.1 401"));
}
