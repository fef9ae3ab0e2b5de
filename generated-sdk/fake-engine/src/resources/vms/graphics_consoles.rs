//! Graphics consoles of virtual machines, and access to them.

use crate::api::document::CONSOLE_FILE;
use crate::api::{ApiResponse, Call, Context, Fault, Registry, Reply};
use crate::note::Note;
use crate::path::last;
use crate::resources::common::devices::{add_console, console_id};
use crate::resources::common::{references, vm_status};
use crate::resources::paths::{GRAPHICS_CONSOLES, HOSTS};
use crate::state::{Severity, State};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{GraphicsConsole, GraphicsType, Host, ProxyTicket, Ticket, Vm, VmStatus};

/// The lifetime of a ticket in seconds, unless the client sets it.
const TICKET_LIFETIME: i64 = 7200;
/// The lifetime of the ticket in a file for a viewer, in seconds.
const FILE_TICKET_LIFETIME: i64 = 120;
/// The first port for consoles on a host.
const FIRST_PORT: i64 = 5900;
/// The number of pairs of ports that a host has for consoles.
const PORTS: i64 = 500;
/// The port of the consoles of a running VM.
const PORT: Note<i64> = Note::new("console port");

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_graphics_consoles", "add", add);
    registry.on("vm_graphics_consoles", "list", list);
    registry.on("vm_graphics_console", "ticket", ticket);
    registry.on("vm_graphics_console", "proxy_ticket", proxy_ticket);
    registry.on("vm_graphics_console", "get", get);
    registry.on("vm_graphics_console", "remote_viewer_connection_file", remote_viewer_connection_file);
    registry.on("vm", "ticket", ticket);
    registry.render("graphics_console", show);
}

/// The address of the consoles of a running virtual machine, their port, and their port for TLS.
pub(crate) fn address(state: &State, vm: &str) -> Option<(String, i64, i64)> {
    let host = references::path_of(HOSTS, &state.get::<Vm>(vm)?.host)?;
    let port = state.note(vm, PORT)?;
    let address = state.get::<Host>(&host)?.address.clone().unwrap_or_else(|| "127.0.0.1".to_owned());
    Some((address, port, port + 1))
}

/// Assigns ports for its consoles to a virtual machine that comes to a host.
pub(crate) fn assign_ports(state: &mut State, vm: &str) {
    let host = state.get::<Vm>(vm).and_then(|vm| vm.host.as_ref()?.id.clone()).unwrap_or_default();
    let number = (state.count(&format!("consoles of {host}")) - 1) % PORTS;
    state.set_note(vm, PORT, FIRST_PORT + 2 * number);
}

fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let Context { state, request, .. } = *context;
    let shown: &mut dyn std::any::Any = shown;
    let Some(console) = shown.downcast_mut::<GraphicsConsole>().filter(|_| request.flag("current") == Some(true))
    else {
        return;
    };
    if let Some((address, port, tls_port)) = address(state, &references::top_level_object(path)) {
        console.address = Some(address);
        console.port = Some(port);
        console.tls_port = (console.protocol == Some(GraphicsType::Spice)).then_some(tls_port);
    }
}

/// Lists the configured consoles, or those of the current run.
fn list(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let is_current = call.request.flag("current") == Some(true);
    let has_consoles = !is_current || vm_status::is_running(call.state, &call.parent());
    let consoles = call.state.paths(&call.path());
    Ok(Reply::List(if has_consoles { consoles } else { Vec::new() }))
}

pub(crate) fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let console: GraphicsConsole = call.body()?;
    let owner = call.parent();
    let protocol = console.protocol.unwrap_or(GraphicsType::Spice);
    if call.state.contains(&format!("{owner}/{GRAPHICS_CONSOLES}/{}", console_id(&protocol))) {
        // The engine doesn't name the action and the type.
        return Err(Fault::bad(
            "Cannot ${action} ${type}. One VM can not contain more than one device with the same graphics type.",
        ));
    }
    Ok(Reply::Created(add_console(call.state, &owner, protocol)))
}

/// Returns a new secret.
fn secret(state: &mut State) -> String {
    let bytes: Vec<u8> = (0..9).map(|_| u8::try_from(state.random_below(256)).unwrap_or_default()).collect();
    BASE64_STANDARD.encode(&bytes)
}

/// Fails if the status of a virtual machine doesn't allow connections to its consoles.
fn check_connectable(state: &State, vm: &str) -> Result<(), Fault> {
    const ALLOWED: [VmStatus; 5] =
        [VmStatus::Up, VmStatus::Paused, VmStatus::PoweringUp, VmStatus::PoweringDown, VmStatus::RebootInProgress];
    vm_status::check_status(state, vm, "set Virtual Machine Ticket", &ALLOWED).map(drop)
}

fn ticket(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let vm = references::top_level_object(&call.path());
    check_connectable(call.state, &vm)?;
    let sent = call.object::<Ticket>("ticket").unwrap_or_default();
    let value = match sent.value.filter(|value| !value.is_empty()) {
        Some(value) => value,
        None => secret(call.state),
    };
    let name = call.state.name_of(&vm);
    call.job_titled(&format!("Setting VM {name} ticket"));
    log_session(call.state, &vm);
    let ticket = Ticket::new().value(value).expiry(sent.expiry.unwrap_or(TICKET_LIFETIME));
    Ok(Reply::Output("ticket", Box::new(Some(Box::new(ticket)))))
}

fn log_session(state: &mut State, vm: &str) {
    let (user, name) = (references::acting_user(state), state.name_of(vm));
    let text = format!("User {user} initiated console session for VM {name}");
    state.event(164, Severity::Normal, &text, &[vm]);
}

fn proxy_ticket(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let vm = references::top_level_object(&call.path());
    if address(call.state, &vm).is_none() {
        return Err(Fault::operation(
            400,
            "Graphics console can't be obtained. Is vm ready for connecting to console?",
        ));
    }
    let (salt, data) = (secret(call.state), secret(call.state));
    let value = BASE64_STANDARD.encode(format!("{{\"salt\":\"{salt}\",\"data\":\"{data}\",\"vm\":\"{}\"}}", last(&vm)));
    Ok(Reply::Output("proxy_ticket", Box::new(Some(Box::new(ProxyTicket::new().value(value))))))
}

/// Shows a console. A viewer gets a file with which it can connect.
fn get(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let wants_file = call.request.header("Accept").is_some_and(|accept| accept.contains(CONSOLE_FILE));
    let file = if wants_file { connection_file(call)? } else { None };
    match file {
        Some(file) => Ok(Reply::Raw(ApiResponse::new(CONSOLE_FILE, 200, file.into_bytes()))),
        None => Ok(Reply::Object(path)),
    }
}

fn remote_viewer_connection_file(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let file = connection_file(call)?;
    Ok(file.map_or(Reply::NoContent(204), |file| Reply::Output("remote_viewer_connection_file", Box::new(Some(file)))))
}

/// Creates a file with which a viewer can connect to a running virtual machine, with a new ticket.
fn connection_file(call: &mut Call<'_>) -> Result<Option<String>, Fault> {
    let path = call.path();
    let vm = references::top_level_object(&path);
    let protocol = call.state.find::<GraphicsConsole>(&path)?.protocol.clone().unwrap_or(GraphicsType::Spice);
    let Some((address, port, tls_port)) = address(call.state, &vm) else { return Ok(None) };
    let ticket = secret(call.state);
    log_session(call.state, &vm);
    let name = call.state.name_of(&vm);
    let mut lines = vec![
        "[virt-viewer]".to_owned(),
        format!("type={protocol}"),
        format!("host={address}"),
        format!("port={port}"),
        format!("password={ticket}"),
        format!("# Password is valid for {FILE_TICKET_LIFETIME} seconds."),
        "delete-this-file=1".to_owned(),
        "fullscreen=0".to_owned(),
        format!("title={name}:%d"),
        "toggle-fullscreen=shift+f11".to_owned(),
        "release-cursor=shift+f12".to_owned(),
        "secure-attention=ctrl+alt+end".to_owned(),
    ];
    let origin = call.state.origin.clone();
    lines.push("versions=rhev-win64:2.0-160;rhev-win32:2.0-160;rhel8:7.0-3;rhel7:2.0-6;rhel6:99.0-1".to_owned());
    lines.push(format!("newer-version-url={origin}"));
    if protocol == GraphicsType::Spice {
        lines.push(format!("tls-port={tls_port}"));
        lines.push("enable-smartcard=0".to_owned());
        lines.push("enable-usb-autoshare=1".to_owned());
        lines.push("usb-filter=-1,-1,-1,-1,0".to_owned());
        lines.push(format!("host-subject=O=ovirt.org,CN={address}"));
        lines.push("secure-channels=main;inputs;cursor;playback;record;display;smartcard;usbredir".to_owned());
    }
    lines.extend([String::new(), "[ovirt]".to_owned()]);
    lines.push(format!("host={}", origin.trim_start_matches("https://")));
    lines.push(format!("vm-guid={}", last(&vm)));
    lines.push(format!("sso-token={}", secret(call.state)));
    lines.push("admin=1".to_owned());
    lines.push(format!("ca={}", call.state.authority_pem.replace('\n', "\\n")));
    lines.push(String::new());
    Ok(Some(lines.join("\n")))
}
