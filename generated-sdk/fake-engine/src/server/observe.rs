//! What exists and what was requested, as JSON for the page and for other processes.

use std::time::UNIX_EPOCH;

use serde_json::{Map, Value, json};

use super::request_log::{LoggedMessage, LoggedRequest, RequestLog};
use crate::api::{ApiResponse, Browsed, Content, Fault, document};
use crate::encoding::pairs;
use crate::engine::{Engine, HttpRequest};
use ovirt_sdk::unstable;

/// What exists at the path in the query. Of a collection, the page in the query is returned.
pub(super) fn objects(engine: &Engine, request: &HttpRequest) -> ApiResponse {
    let Ok(query) = pairs(&request.query) else { return ApiResponse::plain(400, "the query is malformed\n") };
    let parameter = |name: &str| query.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
    let path = parameter("path").unwrap_or_default();
    let page = parameter("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    match engine.browse(path, page) {
        Ok(found) => json_of(&browsed(found)),
        Err(fault) => problem(fault, path),
    }
}

fn problem(fault: Fault, path: &str) -> ApiResponse {
    let text = match fault.text() {
        Some((reason, detail)) => format!("{reason}: {detail}\n"),
        None => format!("nothing exists at `{path}`\n"),
    };
    ApiResponse::plain(document::write_fault(fault).status, text)
}

fn browsed(found: Browsed) -> Value {
    let mut members = Map::new();
    match found.content {
        Content::Collection { count, page, pages, objects } => {
            let objects = objects.iter().map(|it| json!({ "id": it.id, "name": it.name, "status": it.status }));
            members.insert("count".to_owned(), count.into());
            members.insert("page".to_owned(), page.into());
            members.insert("pages".to_owned(), pages.into());
            members.insert("objects".to_owned(), objects.collect());
        }
        Content::Object { kind, name, document } => {
            members.insert("kind".to_owned(), kind.into());
            members.insert("name".to_owned(), name.into());
            members.insert("document".to_owned(), document.into());
        }
    }
    let collections = found.collections.iter().map(|(name, count)| json!({ "name": name, "count": count }));
    members.insert("collections".to_owned(), collections.collect());
    members.into()
}

/// The requests from the number in the query, and the numbers of the first request and of the next one.
pub(super) fn requests(log: &RequestLog, request: &HttpRequest) -> ApiResponse {
    let query = pairs(&request.query).unwrap_or_default();
    let from = query.iter().find(|(name, _)| name == "from").and_then(|(_, number)| number.parse().ok());
    let (first, requests) = log.numbered();
    let next = first.saturating_add(requests.len() as u64);
    let from = from.unwrap_or(0).max(first);
    let requests = (first..).zip(&requests).skip_while(|(number, _)| *number < from);
    let requests: Vec<Value> = requests.map(|(number, request)| summary(number, request).into()).collect();
    json_of(&json!({ "first": first, "next": next, "requests": requests }))
}

/// The request with a number, with its headers and bodies.
pub(super) fn exchange(log: &RequestLog, number: &str) -> ApiResponse {
    let (first, requests) = log.numbered();
    let index = number.parse::<u64>().ok().and_then(|number| number.checked_sub(first));
    let Some(request) = index.and_then(|index| requests.get(usize::try_from(index).ok()?)) else {
        return ApiResponse::plain(404, format!("there is no request with the number {number} in the log\n"));
    };
    let mut members = summary(first.saturating_add(index.unwrap_or(0)), request);
    let is_login = request.is_login();
    members.insert("request".to_owned(), message(&request.message, is_login));
    members.insert("response".to_owned(), request.response.as_ref().map(|it| message(it, is_login)).into());
    json_of(&members.into())
}

fn summary(number: u64, request: &LoggedRequest) -> Map<String, Value> {
    let query = if request.query().is_empty() { String::new() } else { format!("?{}", request.query()) };
    let time = request.time().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let mut members = Map::new();
    members.insert("number".to_owned(), number.into());
    members.insert("time".to_owned(), u64::try_from(time).unwrap_or(u64::MAX).into());
    members.insert("method".to_owned(), request.method().into());
    members.insert("address".to_owned(), format!("{}{query}", request.path()).into());
    members.insert("status".to_owned(), request.status().into());
    members.insert("took".to_owned(), request.duration().map(|took| took.as_secs_f64() * 1000.0).into());
    members
}

/// Headers and body of a message, without secrets. Bodies that are not text have no text.
fn message(message: &LoggedMessage, is_login: bool) -> Value {
    let content_type = message.header("Content-Type").unwrap_or_default();
    let text = std::str::from_utf8(&message.body).map(|text| unstable::redacted(text, content_type, is_login));
    let (text, omitted) = match text {
        Ok(text) => (text, message.omitted),
        Err(_) => (String::new(), message.omitted.saturating_add(message.body.len())),
    };
    json!({ "headers": message.headers, "body": text, "omitted": omitted })
}

pub(super) fn json_of(value: &Value) -> ApiResponse {
    ApiResponse::new("application/json", 200, value.to_string().into_bytes())
}
