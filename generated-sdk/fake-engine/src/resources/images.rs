//! The data of disks for clients with a ticket, as the image daemon of a host serves it.

mod algorithm;
mod checksum;
mod ranges;
mod refused;

use serde_json::{Value, json};

use crate::api::{ApiRequest, ApiResponse};
use crate::resources::image_transfers::transfer::{count, disk_of, is_upload, of_ticket, size, touch};
use crate::state::State;
use ovirt_sdk::types::ImageTransfer;
use refused::Refused;

/// The most bytes in one response.
const LONGEST: u64 = 256 << 20;

/// The number of connections that may read or write an image at once.
const CONNECTIONS: u32 = 8;

/// Handles a request below `/images`. The segments after it are the ticket, and possibly what to read besides the data.
pub(crate) fn answer(state: &mut State, request: &ApiRequest) -> ApiResponse {
    served(state, request).unwrap_or_else(ApiResponse::from)
}

fn served(state: &mut State, request: &ApiRequest) -> Result<ApiResponse, Refused> {
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let (ticket, rest) = match segments.as_slice() {
        [] => return Err(Refused::new(400, "Ticket id is required")),
        // Which algorithms there are is no secret.
        [_, "checksum", "algorithms"] if request.method == "GET" => return Ok(reply(&checksum::algorithms())),
        ["*"] if request.method == "OPTIONS" => return Ok(options(true, None)),
        [ticket, rest @ ..] => (*ticket, rest),
    };
    let Some(transfer) = of_ticket(state, ticket) else {
        return Err(Refused::forbidden(&format!("No such ticket {ticket}")));
    };
    let writes = state.get::<ImageTransfer>(&transfer).is_some_and(is_upload);
    if !writes && matches!(request.method.as_str(), "PUT" | "PATCH") {
        let id = crate::path::last(&transfer);
        return Err(Refused::forbidden(&format!("Transfer={id} forbids write")));
    }
    touch(state, &transfer);
    match (request.method.as_str(), rest) {
        ("GET", ["extents"]) => extents(state, request, &transfer),
        ("GET", ["checksum"]) => {
            let (disk, size) = (disk_of(state, &transfer), size(state, &transfer));
            checksum::checksum(state, request, &disk, size).map(|checksum| reply(&checksum))
        }
        ("GET", []) => read(state, request, &transfer),
        ("PUT", []) => write(state, request, &transfer),
        ("PATCH", []) => patch(state, request, &transfer),
        ("OPTIONS", []) => Ok(options(writes, Some(CONNECTIONS))),
        (_, [] | ["extents" | "checksum"]) => {
            let text = format!("Method '{}' not defined for '/images/{}'", request.method, segments.join("/"));
            Err(Refused::new(405, text))
        }
        _ => Err(Refused::no_handler(request)),
    }
}

fn reply(value: &Value) -> ApiResponse {
    ApiResponse::new("application/json", 200, format!("{value}\n").into_bytes())
}

fn options(writes: bool, connections: Option<u32>) -> ApiResponse {
    let features: &[&str] = if writes { &["checksum", "extents", "flush", "zero"] } else { &["checksum", "extents"] };
    let options = match connections {
        Some(most) => json!({ "features": features, "max_readers": most, "max_writers": most }),
        None => json!({ "features": features }),
    };
    reply(&options).header("Allow", if writes { "OPTIONS,GET,PUT,PATCH" } else { "OPTIONS,GET" })
}

fn extents(state: &State, request: &ApiRequest, transfer: &str) -> Result<ApiResponse, Refused> {
    let dirty = match request.parameter("context") {
        None | Some("zero") => false,
        Some("dirty") => true,
        Some(other) => {
            let text = format!("Unsupported value '{other}' for 'context', expecting one of ['dirty', 'zero']");
            return Err(Refused::new(400, text));
        }
    };
    let of_backup = state.get::<ImageTransfer>(transfer).is_some_and(|transfer| transfer.backup.is_some());
    if dirty && !of_backup {
        return Err(Refused::new(404, "Ticket does not support dirty extents"));
    }
    let disk = disk_of(state, transfer);
    let all = state.contents.extents(&disk, size(state, transfer));
    let extents = all.iter().map(|extent| {
        let (context, value) = if dirty { ("dirty", !extent.zero) } else { ("hole", extent.zero) };
        json!({ "start": extent.start, "length": extent.length, "zero": extent.zero, context: value })
    });
    Ok(reply(&extents.collect()))
}

fn check_range(state: &State, transfer: &str, offset: u64, length: u64) -> Result<(), Refused> {
    let size = size(state, transfer);
    match offset.checked_add(length).is_some_and(|end| end <= size) {
        true => Ok(()),
        false => Err(Refused { size: Some(size), ..Refused::new(416, "Requested range out of allowed range") }),
    }
}

fn read(state: &mut State, request: &ApiRequest, transfer: &str) -> Result<ApiResponse, Refused> {
    let size = size(state, transfer);
    let wanted = match request.header("Range") {
        Some(text) => Some(ranges::range(text)?),
        None => None,
    };
    let (first, length) = match wanted {
        Some((first, Some(last))) => (first, last.saturating_add(1).saturating_sub(first)),
        Some((first, None)) => (first, size.saturating_sub(first)),
        None => (0, size),
    };
    check_range(state, transfer, first, length)?;
    if length > LONGEST {
        return Err(Refused::new(413, format!("A response has at most {LONGEST} bytes; request ranges")));
    }
    let disk = disk_of(state, transfer);
    let bytes = state.contents.read(&disk, first, length);
    count(state, transfer, length);
    let status = if wanted.is_some() { 206 } else { 200 };
    let answer = ApiResponse::new("application/octet-stream", status, bytes);
    let answer = answer.header("Content-Disposition", "attachment");
    Ok(match wanted {
        Some(_) => {
            answer.header("Content-Range", format!("bytes {first}-{}/{size}", (first + length).saturating_sub(1)))
        }
        None => answer,
    })
}

fn write(state: &mut State, request: &ApiRequest, transfer: &str) -> Result<ApiResponse, Refused> {
    if let Some(other) = request.parameter("flush").filter(|value| !matches!(*value, "y" | "n")) {
        let text = format!("Unsupported value '{other}' for 'flush', expecting one of ['n', 'y']");
        return Err(Refused::new(400, text));
    }
    let offset = match request.header("Content-Range") {
        Some(text) => ranges::content_range(text)?,
        None => 0,
    };
    let length = request.body.len() as u64;
    check_range(state, transfer, offset, length)?;
    let disk = disk_of(state, transfer);
    if !state.contents.write(&disk, offset, &request.body) {
        return Err(Refused::new(507, "The fake engine has no more memory for the data of disks"));
    }
    count(state, transfer, length);
    Ok(ApiResponse::empty(200))
}

/// Handles `{"op": "zero", "offset": 4096, "size": 8192, "flush": true}` and `{"op": "flush"}`.
fn patch(state: &mut State, request: &ApiRequest, transfer: &str) -> Result<ApiResponse, Refused> {
    let message: Value = serde_json::from_slice(&request.body)
        .map_err(|error| Refused::new(400, format!("Invalid JSON message {error}")))?;
    match message.get("op").map(|op| op.as_str().unwrap_or_default()) {
        None => Err(Refused::new(400, "Missing required value for op")),
        Some("flush") => Ok(ApiResponse::empty(200)),
        Some("zero") => {
            let (offset, length) = (number(&message, "offset", Some(0))?, number(&message, "size", None)?);
            if let Some(flush) = message.get("flush").filter(|flush| !flush.is_boolean()) {
                return Err(Refused::new(400, format!("Boolean required {flush}")));
            }
            check_range(state, transfer, offset, length)?;
            let disk = disk_of(state, transfer);
            state.contents.zero(&disk, offset, length);
            count(state, transfer, length);
            Ok(ApiResponse::empty(200))
        }
        Some(other) => {
            let text = format!("Unsupported value '{other}' for 'op', expecting one of ['flush', 'zero']");
            Err(Refused::new(400, text))
        }
    }
}

/// The value of a message that is a number and not negative.
fn number(message: &Value, name: &str, default: Option<u64>) -> Result<u64, Refused> {
    let Some(value) = message.get(name) else {
        return default.ok_or_else(|| Refused::new(400, format!("Missing required value for '{name}'")));
    };
    match (value.as_u64(), value.as_i64()) {
        (Some(number), _) => Ok(number),
        (None, Some(negative)) => Err(Refused::new(400, format!("Invalid value {negative} < 0"))),
        (None, None) => Err(Refused::new(400, format!("Integer required {value}"))),
    }
}
