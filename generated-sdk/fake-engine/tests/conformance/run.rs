//! Running a table against a new engine.

use std::collections::HashMap;
use std::time::Duration;

use ovirt_fake_engine::FakeEngine;

use crate::client::{Client, Response};
use crate::document::Document;
use crate::table::{Kind, Request, Step};

const ADMINISTRATOR: &str = "admin@internal";
const ACCOUNTS: [&str; 2] = ["norole@internal", "uservm@internal"];
const PASSWORD: &str = "secret";
const API: &str = "/ovirt-engine/api";
/// How much of an unexpected response a failure shows.
const SHOWN: usize = 2000;

/// Runs the steps; returns a description of each request whose response isn't as expected.
pub(crate) fn run(file: &str, steps: &[Step]) -> Vec<String> {
    let builder = FakeEngine::builder().manual_clock().account(ADMINISTRATOR, PASSWORD);
    let engine = ACCOUNTS.iter().fold(builder, |builder, name| builder.user(*name, PASSWORD)).start_blocking().unwrap();
    let client = Client::new(&engine);
    let mut variables = HashMap::new();
    let mut failures = Vec::new();
    for step in steps {
        match step {
            Step::Advance { seconds } => engine.advance(Duration::from_secs(*seconds)),
            Step::Request(request) => {
                if let Err(failure) = run_request(&client, request, &mut variables) {
                    failures.push(format!("{file}:{}: {} {}\n{failure}", request.line, request.method, request.path));
                }
            }
        }
    }
    failures
}

fn run_request(client: &Client<'_>, request: &Request, variables: &mut HashMap<String, String>) -> Result<(), String> {
    let fill = |text: &str| fill(text, variables);
    let path = fill(&request.path);
    if let Some((_, rest)) = path.split_once('{') {
        let name = rest.split('}').next().unwrap_or_default();
        return Err(format!("  `{{{name}}}` is not set"));
    }
    let path = if path.starts_with("/ovirt-engine") || path == "*" { path } else { format!("{API}{path}") };
    let body = request.body.as_deref().map(fill);
    let response = client.send(&request.method, &path, &headers(request, body.is_some()), body.as_deref());
    let document = Document::read(&response.body);

    let mut differences = Vec::new();
    if response.status != request.status {
        differences.push(format!("  expected = {}, found {}", request.status, response.status));
    }
    for expectation in &request.expectations {
        if let Err(found) = check(&expectation.kind, &response, &document, &fill) {
            differences.push(format!("  expected {}, found {found}", expectation.text));
        }
    }
    for (name, path) in &request.sets {
        match document.texts(path).into_iter().next() {
            Some(text) => drop(variables.insert(name.clone(), text)),
            None => differences.push(format!("  can't set `{name}`: no {path}")),
        }
    }
    if differences.is_empty() {
        return Ok(());
    }
    let shown: String = response.body.trim().chars().take(SHOWN).collect();
    Err(format!("{}\n  response: {} {shown}", differences.join("\n"), response.status))
}

fn headers(request: &Request, has_body: bool) -> Vec<(String, String)> {
    let account = request.account.as_deref().unwrap_or(ADMINISTRATOR);
    let credentials = base64(format!("{account}:{PASSWORD}").as_bytes());
    let mut headers = vec![("Accept".to_owned(), "application/xml".to_owned())];
    if account != "nobody" {
        headers.push(("Authorization".to_owned(), format!("Basic {credentials}")));
    }
    if has_body {
        headers.push(("Content-Type".to_owned(), "application/xml".to_owned()));
    }
    for (name, _) in &request.headers {
        headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
    }
    headers.extend(request.headers.iter().filter(|(_, value)| !value.is_empty()).cloned());
    headers
}

/// Checks an expectation; the error is what was found instead.
fn check(kind: &Kind, response: &Response, document: &Document, fill: &impl Fn(&str) -> String) -> Result<(), String> {
    let same = |expected: Option<String>, found: Option<String>| {
        if expected == found { Ok(()) } else { Err(found.unwrap_or_else(|| "nothing".to_owned())) }
    };
    let matching = |path: &str, text: &Option<String>| {
        let (text, found) = (text.as_deref().map(fill), document.texts(&fill(path)));
        let count = found.iter().filter(|it| text.as_ref().is_none_or(|text| it.trim() == text)).count();
        (count, if found.is_empty() { "nothing".to_owned() } else { found.join(" | ") })
    };
    let holds = |is_true: bool, found: String| if is_true { Ok(()) } else { Err(found) };
    match kind {
        Kind::Reason(text) => same(text.as_deref().map(fill), document.of_fault("reason")),
        Kind::Detail(text) => same(text.as_deref().map(fill), document.of_fault("detail")),
        Kind::Has { path, text } => {
            let (count, found) = matching(path, text);
            holds(count > 0, found)
        }
        Kind::HasNo { path, text } => {
            let (count, found) = matching(path, text);
            holds(count == 0, found)
        }
        Kind::Count { path, count } => {
            let found = document.texts(&fill(path)).len();
            holds(found == *count, found.to_string())
        }
        Kind::Header { name, value } => {
            let found = response.header(name);
            let is_expected = match value {
                Some(value) => found == Some(&fill(value)),
                None => found.is_some(),
            };
            holds(is_expected, found.unwrap_or("nothing").to_owned())
        }
        Kind::Body(text) => {
            let found = response.body.trim();
            holds(found == fill(text).trim(), format!("{found:?}"))
        }
        Kind::Contains(text) => holds(response.body.contains(&fill(text)), "another body".to_owned()),
    }
}

/// Inserts the variables that are set; other braces stay.
fn fill(text: &str, variables: &HashMap<String, String>) -> String {
    variables.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..4 {
            let digit = char::from(DIGITS[(bits >> (18 - 6 * index) & 63) as usize]);
            text.push(if index <= chunk.len() { digit } else { '=' });
        }
    }
    text
}
