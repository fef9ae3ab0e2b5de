//! The data of disks for clients with a ticket, as the image daemon of a host serves it.

use crate::api::{ApiRequest, ApiResponse};
use crate::resources::image_transfers::{count, disk_of, of_ticket, size, touch};
use crate::state::State;
use ovirt_sdk::types::{ImageTransfer, ImageTransferDirection};

/// The most bytes in one response.
const LONGEST: u64 = 256 << 20;

/// The status and the text of an error.
type Refused = (u16, String);

/// Handles a request below `/images`. The segments after it are the ticket and possibly `extents`.
pub(crate) fn answer(state: &mut State, request: &ApiRequest) -> ApiResponse {
    match served(state, request) {
        Ok(answer) => answer,
        Err((status, text)) => ApiResponse::new("text/plain; charset=UTF-8", status, format!("{text}\n").into_bytes()),
    }
}

fn served(state: &mut State, request: &ApiRequest) -> Result<ApiResponse, Refused> {
    let mut segments = request.segments.iter().map(String::as_str);
    let (Some(ticket), rest) = (segments.next(), segments.next()) else {
        return Err((400, "Ticket id is required".to_owned()));
    };
    if request.method == "OPTIONS" && ticket == "*" {
        return Ok(options(true, true, None));
    }
    let Some(transfer) = of_ticket(state, ticket) else {
        return Err((403, format!("You are not allowed to access this resource: No such ticket {ticket}")));
    };
    touch(state, &transfer);
    let writes = state
        .get::<ImageTransfer>(&transfer)
        .is_some_and(|transfer| transfer.direction == Some(ImageTransferDirection::Upload));
    if !writes && matches!(request.method.as_str(), "PUT" | "PATCH") {
        return Err((403, format!("You are not allowed to access this resource: Ticket {ticket} forbids write")));
    }
    match (request.method.as_str(), rest) {
        ("GET" | "HEAD", Some("extents")) => extents(state, request, &transfer),
        ("GET" | "HEAD", None) => read(state, request, &transfer),
        ("PUT", None) => write(state, request, &transfer),
        ("PATCH", None) => patch(state, request, &transfer),
        ("OPTIONS", None) => Ok(options(true, writes, Some(8))),
        (_, Some(_)) => Err((404, "Not found".to_owned())),
        _ => Err((405, "Method not allowed".to_owned())),
    }
}

fn json(text: String) -> ApiResponse {
    ApiResponse::new("application/json", 200, text.into_bytes())
}

fn options(reads: bool, writes: bool, connections: Option<u32>) -> ApiResponse {
    let mut allow = vec!["OPTIONS"];
    allow.extend(reads.then_some("GET"));
    allow.extend(writes.then_some(["PUT", "PATCH"]).into_iter().flatten());
    let features = if writes { r#"["extents", "flush", "zero"]"# } else { r#"["extents"]"# };
    let most = connections.map(|most| format!(r#", "max_readers": {most}, "max_writers": {most}"#));
    json(format!("{{\"features\": {features}{}}}", most.unwrap_or_default())).header("Allow", allow.join(","))
}

fn extents(state: &State, request: &ApiRequest, transfer: &str) -> Result<ApiResponse, Refused> {
    let dirty = match request.parameter("context") {
        None | Some("zero") => false,
        Some("dirty") => true,
        Some(other) => return Err((400, format!("Invalid value for 'context': '{other}'"))),
    };
    let of_backup = state.get::<ImageTransfer>(transfer).is_some_and(|transfer| transfer.backup.is_some());
    if dirty && !of_backup {
        return Err((404, "Ticket does not support dirty extents".to_owned()));
    }
    let disk = disk_of(state, transfer);
    let all = state.contents.extents(&disk, size(state, transfer));
    let written = all.iter().map(|extent| {
        let mut text = format!(r#"{{"start": {}, "length": {}, "zero": {}"#, extent.start, extent.length, extent.zero);
        match dirty {
            true => text.push_str(&format!(r#", "dirty": {}}}"#, !extent.zero)),
            false => text.push_str(&format!(r#", "hole": {}}}"#, extent.zero)),
        }
        text
    });
    Ok(json(format!("[{}]", written.collect::<Vec<_>>().join(", "))))
}

fn check_range(state: &State, transfer: &str, offset: u64, length: u64) -> Result<(), Refused> {
    let size = size(state, transfer);
    match offset.checked_add(length).is_some_and(|end| end <= size) {
        true => Ok(()),
        false => Err((403, format!("Requested range out of allowed range: {offset}+{length} of {size}"))),
    }
}

/// The first and the last byte of `bytes=0-99` or `bytes 0-99/*`.
fn range(text: &str) -> Option<(u64, Option<u64>)> {
    let range = text.trim().strip_prefix("bytes")?.trim_start_matches(['=', ' ']);
    let (first, last) = range.split('/').next()?.split_once('-')?;
    let last = if last.is_empty() { None } else { Some(last.parse().ok()?) };
    Some((first.parse().ok()?, last))
}

fn read(state: &mut State, request: &ApiRequest, transfer: &str) -> Result<ApiResponse, Refused> {
    let size = size(state, transfer);
    let wanted = match request.header("Range") {
        Some(text) => Some(range(text).ok_or_else(|| (416, "suffix-byte-range-spec not supported yet".to_owned()))?),
        None => None,
    };
    let (first, length) = match wanted {
        Some((first, Some(last))) => (first, last.saturating_add(1).saturating_sub(first)),
        Some((first, None)) => (first, size.saturating_sub(first)),
        None => (0, size),
    };
    check_range(state, transfer, first, length)?;
    if length > LONGEST {
        return Err((413, format!("A response has at most {LONGEST} bytes; request ranges")));
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
    flush(request.parameter("flush"))?;
    let offset = match request.header("Content-Range") {
        Some(text) => range(text).ok_or_else(|| (400, format!("Invalid Content-Range: {text}")))?.0,
        None => 0,
    };
    let length = request.body.len() as u64;
    check_range(state, transfer, offset, length)?;
    let disk = disk_of(state, transfer);
    if !state.contents.write(&disk, offset, &request.body) {
        return Err((507, "The fake engine has no more memory for the data of disks".to_owned()));
    }
    count(state, transfer, length);
    Ok(ApiResponse::empty(200))
}

fn flush(value: Option<&str>) -> Result<(), Refused> {
    match value {
        None | Some("y" | "n") => Ok(()),
        Some(other) => Err((400, format!("Invalid value for 'flush': '{other}'"))),
    }
}

/// Handles `{"op": "zero", "offset": 4096, "size": 8192, "flush": true}`, a flat object whose texts have no commas.
fn patch(state: &mut State, request: &ApiRequest, transfer: &str) -> Result<ApiResponse, Refused> {
    let text = String::from_utf8_lossy(&request.body);
    let inner = text.trim().strip_prefix('{').and_then(|text| text.strip_suffix('}'));
    let Some(inner) = inner else { return Err((400, "Invalid JSON message".to_owned())) };
    let plain = |text: &str| text.trim().trim_matches('"').to_owned();
    let pairs: Vec<(String, String)> = inner
        .split(',')
        .filter_map(|pair| pair.split_once(':'))
        .map(|(name, value)| (plain(name), plain(value)))
        .collect();
    let value = |name: &str| pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
    let number = |name: &str, default: Option<u64>| {
        let parsed = value(name).map_or(default, |text| text.parse().ok());
        parsed.ok_or_else(|| (400, format!("Invalid value for '{name}'")))
    };
    match value("op") {
        Some("flush") => Ok(ApiResponse::empty(200)),
        Some("zero") => {
            let (offset, size) = (number("offset", Some(0))?, number("size", None)?);
            check_range(state, transfer, offset, size)?;
            let disk = disk_of(state, transfer);
            state.contents.zero(&disk, offset, size);
            count(state, transfer, size);
            Ok(ApiResponse::empty(200))
        }
        other => Err((400, format!("Invalid value for 'op': '{}'", other.unwrap_or_default()))),
    }
}
