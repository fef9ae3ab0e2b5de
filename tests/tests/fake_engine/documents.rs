//! The documents in all responses: in XML and in JSON they have the same objects, and they are valid against the schema of
//! a real engine. The schema is not part of this project; every engine has its own at `/ovirt-engine/api?schema`.
//!
//! ```sh
//! OVIRT_SDK_SCHEMA=/path/api.xsd cargo test -p ovirt-sdk-tests --all-features --test fake_engine valid -- --ignored --nocapture
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::formats::engine_json::EngineJson;
use ovirt_sdk::http::Method;
use ovirt_sdk::object::{self, Object};
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::service::{Service, ServiceInfo};
use ovirt_sdk::services::SystemService;
use ovirt_sdk::transport::Recorder;
use ovirt_sdk::xml::{DecodeOptions, Document};
use ovirt_sdk::{Connection, RawRequest};
use ovirt_sdk_generator::model::Verb;
use serde::de::DeserializeSeed;

use crate::walk::{Known, Walk, known};

/// How many objects of a collection are looked at, and how many links are followed at once.
const OBJECTS: usize = 5;
const LINKS: usize = 25;

/// Reads every document in all ways.
struct Look<'l> {
    connection: &'l Connection,
    known: &'l BTreeMap<String, Known>,
    /// Services whose links were followed.
    followed: BTreeSet<&'static str>,
    /// Whether each document is requested in JSON, too.
    in_json: bool,
    /// The number of documents that were compared, and those that differ.
    compared: usize,
    differences: Vec<String>,
}

impl<'l> Look<'l> {
    fn new(connection: &'l Connection, known: &'l BTreeMap<String, Known>, in_json: bool) -> Self {
        Self { connection, known, followed: BTreeSet::new(), in_json, compared: 0, differences: Vec::new() }
    }
}

impl Look<'_> {
    async fn read(&mut self, path: &str, query: Option<(&str, &str)>) -> String {
        let connection = self.connection;
        let request = || {
            let request = connection.raw(Method::Get, path);
            query.into_iter().fold(request, |request, (name, value)| request.query(name, value))
        };
        let text =
            async |request: RawRequest| request.send().await.map_or_else(|_| String::new(), |reply| reply.text());
        let xml = text(request()).await;
        if self.in_json && xml.starts_with("<?xml") {
            let json = text(request().header("Accept", "application/json")).await;
            self.compared += 1;
            if let Err(difference) = compare(&xml, &json) {
                self.differences.push(format!("{path} {query:?}: {difference}"));
            }
        }
        xml
    }

    async fn at(&mut self, info: &'static ServiceInfo, path: String) {
        let all = self.known;
        let known = &all[info.name];
        let mut listed = String::new();
        if known.has(Verb::List) || known.has(Verb::Get) {
            listed = self.read(&path, None).await;
            self.read(&path, Some(("all_content", "true"))).await;
            self.read(&path, Some(("next_run", "true"))).await;
            if self.followed.insert(info.name) {
                for links in known.links.chunks(LINKS) {
                    self.read(&path, Some(("follow", &links.join(",")))).await;
                }
            }
        }
        if let Some(object) = info.object() {
            for id in ids(&listed).take(OBJECTS) {
                Box::pin(self.at(object, format!("{path}/{id}"))).await;
            }
        }
        for (segment, child) in info.children() {
            let below = if path.is_empty() { segment.to_owned() } else { format!("{path}/{segment}") };
            Box::pin(self.at(child, below)).await;
        }
    }
}

/// Fails if a JSON document has other objects than an XML document.
fn compare(xml: &str, json: &str) -> Result<(), String> {
    let document = Document::read(xml.as_bytes(), &DecodeOptions::new()).map_err(|error| format!("{error}\n{xml}"))?;
    let json: serde_json::Value = serde_json::from_str(json).map_err(|error| format!("{error}\n{json}"))?;
    let info = document.info();
    let items = match xml.contains(&format!("\n<{} ", info.tag)) || xml.contains(&format!("\n<{}>", info.tag)) {
        true => vec![&json],
        false => json.get(info.tag).and_then(serde_json::Value::as_array).into_iter().flatten().collect(),
    };
    let read = |value: &serde_json::Value| EngineJson(info).deserialize(value);
    let of_json =
        items.into_iter().map(read).collect::<Result<Vec<_>, _>>().map_err(|error| format!("{error}\n{json}"))?;
    let of_xml: Vec<&dyn Object> = document.objects().collect();
    if of_xml.len() != of_json.len() {
        return Err(format!("{} objects in XML, {} in JSON", of_xml.len(), of_json.len()));
    }
    match of_xml.iter().zip(&of_json).find(|(one, other)| !object::equal(**one, &***other)) {
        Some((one, other)) => Err(format!("{one:#?}\nis not\n{other:#?}")),
        None => Ok(()),
    }
}

/// The identifiers of the items of a list: those of elements that are indented once.
fn ids(text: &str) -> impl Iterator<Item = &str> {
    let items = text.lines().filter(|line| line.starts_with("    <"));
    items.filter_map(|line| line.split_once(" id=\"")?.1.split_once('"')).map(|(id, _)| id)
}

/// Sends requests that engines refuse.
async fn refused(connection: &Connection) {
    let requests = [
        connection.raw(Method::Get, "vms/nonsense"),
        connection.raw(Method::Get, "vms").query("search", "nonsense="),
        connection.raw(Method::Get, "vms").header("Version", "99"),
        connection.raw(Method::Post, "vms").body("<vm>"),
        connection.raw(Method::Post, "vms").body("<vm><nonsense/></vm>"),
        connection.raw(Method::Post, "vms").body("<vm/>"),
        connection.raw(Method::Put, "vms").body("<vm/>"),
        connection.raw(Method::Delete, "clusters").query("async", "true"),
    ];
    for request in requests {
        drop(request.send().await);
    }
}

/// The XML bodies in a recording, with their requests.
fn replies(recording: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for exchange in recording.split("\n> ").skip(1) {
        let (asked, answer) = exchange.split_once("\n< ").unwrap_or_default();
        let asked = asked.lines().next().unwrap_or_default();
        let status = answer.lines().next().unwrap_or_default();
        let body: Vec<&str> = answer.lines().filter_map(|line| line.strip_prefix("= ")).collect();
        if body.first().is_some_and(|line| line.starts_with("<?xml")) {
            found.entry(body.join("\n")).or_insert_with(|| format!("{asked} {status}"));
        }
    }
    found
}

/// The output of the program `xmllint` for files, line by line.
fn lint(schema: &Path, files: &[PathBuf]) -> Vec<String> {
    let mut command = Command::new("xmllint");
    let output = command.args(["--noout", "--schema"]).arg(schema).args(files).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    said.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn json_documents_have_the_objects_of_xml_documents() {
    let known = known();
    let engine = FakeEngine::builder().manual_clock().vms(3).start().await.unwrap();
    let connection = engine.connect().retry(RetryPolicy::none()).build().unwrap();
    Walk::new(&connection, &known).service(SystemService::info(), String::new()).await;
    engine.advance(Duration::from_secs(60));
    let mut look = Look::new(&connection, &known, true);
    look.at(SystemService::info(), String::new()).await;
    let (compared, differences) = (look.compared, look.differences);
    assert!(compared > 1000, "only {compared} documents were compared");
    assert!(differences.is_empty(), "{} of {compared}:\n{}", differences.len(), differences.join("\n\n"));
}

#[tokio::test]
#[ignore = "needs the schema of an engine, and xmllint"]
async fn all_answers_are_valid() {
    let schema = std::env::var_os("OVIRT_SDK_SCHEMA").map(PathBuf::from);
    let schema = schema.expect("the environment variable OVIRT_SDK_SCHEMA names the schema");
    let known = known();
    let engine = FakeEngine::builder().manual_clock().vms(12).start().await.unwrap();
    let recorder = Recorder::new();
    let connection = engine.connect().retry(RetryPolicy::none()).record(&recorder).build().unwrap();
    Walk::new(&connection, &known).service(SystemService::info(), String::new()).await;
    let mut look = Look::new(&connection, &known, false);
    look.at(SystemService::info(), String::new()).await;
    engine.advance(Duration::from_secs(60));
    look.at(SystemService::info(), String::new()).await;
    refused(&connection).await;

    let replies = replies(&recorder.recording().to_string());
    let folder = tempfile::tempdir().unwrap();
    let (mut files, mut asked) = (Vec::new(), Vec::new());
    for (number, (body, request)) in replies.iter().enumerate() {
        let file = folder.path().join(format!("{number}.xml"));
        std::fs::write(&file, body).unwrap();
        files.push(file);
        asked.push(request);
    }
    let said: Vec<String> = files.chunks(500).flat_map(|files| lint(&schema, files)).collect();
    let valid = said.iter().filter(|line| line.ends_with(" validates")).count();
    println!("{} answers, {valid} of them valid", files.len());
    for line in said.iter().filter(|line| !line.ends_with(" validates")) {
        println!("{}: {line}", number(line).map_or("", |number| asked[number]));
    }
    assert!(files.len() > 1000 && valid == files.len(), "{} of {} are valid", valid, files.len());
}

/// The number of the file that a line is about.
fn number(line: &str) -> Option<usize> {
    let (path, _) = line.split_once(".xml")?;
    path.rsplit_once('/')?.1.parse().ok()
}
