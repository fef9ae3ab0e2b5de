//! What other processes and people can do with a fake engine: incidents, injected failures, the clock, what exists and
//! what was requested.

use serde_json::Value;

use super::injected_failures::InjectedFailure;
use super::shared::Shared;
use super::{observe, page};
use crate::api::ApiResponse;
use crate::encoding;
use crate::engine::HttpRequest;
use crate::incident::Incident;
use crate::pattern::below;
use crate::text_form::{read_duration, split};

/// The path below which requests control the fake engine. They are neither logged nor affected by failures.
const CONTROL: &str = "/fake-engine";

/// Whether a request to a path controls the fake engine.
pub(super) fn is_control(path: &str) -> bool {
    below(path, CONTROL).is_some()
}

/// Handles a request that controls the fake engine.
pub(super) fn handle(shared: &Shared, request: &HttpRequest) -> ApiResponse {
    let path = below(&request.path, CONTROL).unwrap_or_default().trim_end_matches('/');
    match (request.method.as_str(), path) {
        ("GET", "/incidents") => list(&shared.incidents()),
        ("POST", "/incidents") => done(sent(request).and_then(|(kind, options)| {
            let incident = Incident::read(&kind, &options);
            shared.cause(incident.ok_or_else(|| format!("no incident is called `{kind}`"))??);
            Ok(())
        })),
        ("DELETE", "/incidents") => {
            shared.clear_incidents();
            ApiResponse::empty(204)
        }
        ("GET", "/failures") => list(&shared.failures.all()),
        ("POST", "/failures") => done(sent(request).and_then(|(kind, options)| {
            let failure = InjectedFailure::read(&kind, &options);
            shared.failures.add(failure.ok_or_else(|| format!("no failure is called `{kind}`"))??);
            Ok(())
        })),
        ("DELETE", "/failures") => {
            shared.failures.clear();
            ApiResponse::empty(204)
        }
        ("GET", "/clock") => clock(shared),
        ("POST", "/clock") => match options(request).and_then(|options| advance(shared, &options)) {
            Ok(()) => clock(shared),
            Err(problem) => done(Err(problem)),
        },
        ("GET", "/objects") => observe::objects(&shared.router.engine, request),
        ("GET", "/requests") => observe::requests(&shared.request_log, request),
        ("DELETE", "/requests") => {
            shared.request_log.clear();
            ApiResponse::empty(204)
        }
        ("GET", path) if path.starts_with("/requests/") => {
            observe::exchange(&shared.request_log, path.trim_start_matches("/requests/"))
        }
        (_, "/incidents" | "/failures" | "/clock" | "/objects" | "/requests") => {
            ApiResponse::plain(405, "this method is not supported here\n")
        }
        ("GET", path) => page::file(path).unwrap_or_else(nothing),
        _ => nothing(),
    }
}

fn nothing() -> ApiResponse {
    let text = "a fake engine has the page /fake-engine/, and /fake-engine/incidents, /fake-engine/failures, \
                /fake-engine/clock, /fake-engine/objects and /fake-engine/requests\n";
    ApiResponse::plain(404, text)
}

fn done(outcome: Result<(), String>) -> ApiResponse {
    match outcome {
        Ok(()) => ApiResponse::empty(204),
        Err(problem) => ApiResponse::plain(400, format!("{problem}\n")),
    }
}

/// The text forms of incidents or failures.
fn list(items: &[impl ToString]) -> ApiResponse {
    observe::json_of(&items.iter().map(|item| Value::from(item.to_string())).collect())
}

fn clock(shared: &Shared) -> ApiResponse {
    observe::json_of(&serde_json::json!({ "now": shared.restarts.clock().date().to_string() }))
}

fn advance(shared: &Shared, options: &[(String, String)]) -> Result<(), String> {
    for (option, value) in options {
        match option.as_str() {
            "advance" => shared.restarts.clock().advance(read_duration(value)?),
            other => return Err(format!("the clock has no option `{other}`")),
        }
    }
    Ok(())
}

/// The kind and the options in a body: a form, a JSON object, or a text such as `lost-host name=host1`.
fn sent(request: &HttpRequest) -> Result<(String, Vec<(String, String)>), String> {
    if content_type(request) == "text/plain" {
        return split(&String::from_utf8_lossy(&request.body));
    }
    let mut options = options(request)?;
    let kind =
        options.iter().position(|(option, _)| option == "kind").ok_or_else(|| "the kind is missing".to_owned())?;
    let kind = options.remove(kind).1.replace('_', "-");
    Ok((kind, options))
}

/// The options in a body: a form or a JSON object.
fn options(request: &HttpRequest) -> Result<Vec<(String, String)>, String> {
    let text = String::from_utf8_lossy(&request.body);
    if content_type(request) != "application/json" {
        return encoding::pairs(text.trim()).map_err(|_| "the form is malformed".to_owned());
    }
    let object = serde_json::from_str::<serde_json::Map<String, Value>>(&text);
    let object = object.map_err(|error| format!("the body is not a JSON object: {error}"))?;
    let option = |(option, value): (String, Value)| match value {
        Value::String(text) => Ok((option, text)),
        Value::Number(_) | Value::Bool(_) => Ok((option, value.to_string())),
        _ => Err(format!("`{option}` is neither a text nor a number")),
    };
    object.into_iter().map(option).collect()
}

fn content_type(request: &HttpRequest) -> &str {
    request.header("Content-Type").unwrap_or_default().split(';').next().unwrap_or_default().trim()
}
