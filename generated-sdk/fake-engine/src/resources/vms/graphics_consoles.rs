//! Graphics consoles, and what lets people see them.

use crate::api::{Call, Context, Fault, Registry, Reply};
use crate::note::Note;
use crate::path::last;
use crate::resources::common::devices::{add_console, console_id};
use crate::resources::common::{references, vm_status};
use crate::resources::paths::{GRAPHICS_CONSOLES, HOSTS, VMS, is_in};
use crate::state::{Severity, State};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{GraphicsConsole, GraphicsType, Host, ProxyTicket, Ticket, Vm};

/// How long a ticket is good when nobody says it, in seconds.
const EXPIRY: i64 = 7200;
/// How long one in a file for a viewer is good.
const FILE_EXPIRY: i64 = 120;
/// The first port for consoles on a host.
const FIRST_PORT: i64 = 5900;
/// How many pairs of ports a host has for consoles.
const PORTS: i64 = 500;
/// The port of the consoles of a running VM.
const PORT: Note<i64> = Note::new("console port");

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_graphics_consoles", "add", add);
    registry.on("vm_graphics_consoles", "list", list);
    registry.on("vm_graphics_console", "remove", remove);
    registry.on("vm_graphics_console", "ticket", ticket);
    registry.on("vm_graphics_console", "proxy_ticket", proxy_ticket);
    registry.on("vm_graphics_console", "remote_viewer_connection_file", file);
    registry.on("vm", "ticket", ticket);
    registry.render("graphics_console", show);
}

/// Where the consoles of a running machine are: address, port, and port with TLS.
pub(crate) fn place(state: &State, vm: &str) -> Option<(String, i64, i64)> {
    let host = format!("{HOSTS}/{}", state.get::<Vm>(vm)?.host.as_ref()?.id.as_ref()?);
    let port = state.note(vm, PORT)?;
    let address = state.get::<Host>(&host)?.address.clone().unwrap_or_else(|| "127.0.0.1".to_owned());
    Some((address, port, port + 1))
}

/// Gives a machine that comes to a host ports for its consoles.
pub(crate) fn open(state: &mut State, vm: &str) {
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
    if let Some((address, port, secure)) = place(state, &references::top_level_object(path)) {
        console.address = Some(address);
        console.port = Some(port);
        console.tls_port = (console.protocol == Some(GraphicsType::Spice)).then_some(secure);
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
    call.require(&["protocol"])?;
    let console: GraphicsConsole = call.body()?;
    let owner = call.parent();
    if is_in(&owner, VMS) {
        vm_status::check_not_locked(call.state, &owner, "add Graphics Device")?;
    }
    let protocol = console.protocol.unwrap_or(GraphicsType::Spice);
    if call.state.contains(&format!("{owner}/{GRAPHICS_CONSOLES}/{}", console_id(&protocol))) {
        return Err(Fault::conflict(&format!(
            "Cannot add Graphics Device. Only one graphics device of type {protocol} is allowed."
        )));
    }
    Ok(Reply::Created(add_console(call.state, &owner, protocol)))
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let vm = references::top_level_object(&call.path());
    vm_status::check_not_locked(call.state, &vm, "remove Graphics Device")?;
    call.remove()
}

/// A new secret.
fn secret(state: &mut State) -> String {
    let bytes: Vec<u8> = (0..9).map(|_| u8::try_from(state.random_below(256)).unwrap_or_default()).collect();
    BASE64_STANDARD.encode(&bytes)
}

fn ticket(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let vm = references::top_level_object(&call.path());
    vm_status::check_running(call.state, &vm, "set Virtual Machine Ticket")?;
    let asked = call.object::<Ticket>("ticket").unwrap_or_default();
    let value = match asked.value.filter(|value| !value.is_empty()) {
        Some(value) => value,
        None => secret(call.state),
    };
    tell(call.state, &vm);
    let ticket = Ticket::new().value(value).expiry(asked.expiry.unwrap_or(EXPIRY));
    Ok(Reply::Output("ticket", Box::new(Some(Box::new(ticket)))))
}

fn tell(state: &mut State, vm: &str) {
    let (user, name) = (state.actor.user.clone(), state.name_of(vm));
    let text = format!("User {user} initiated console session for VM {name}");
    state.event(164, Severity::Normal, &text, &[vm]);
}

fn proxy_ticket(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let vm = references::top_level_object(&path);
    vm_status::check_running(call.state, &vm, "set Virtual Machine Ticket")?;
    let (salt, data) = (secret(call.state), secret(call.state));
    let value = BASE64_STANDARD.encode(format!("{{\"salt\":\"{salt}\",\"data\":\"{data}\",\"vm\":\"{}\"}}", last(&vm)));
    Ok(Reply::Output("proxy_ticket", Box::new(Some(Box::new(ProxyTicket::new().value(value))))))
}

/// A file for a viewer: all that it needs to connect, with a new ticket.
fn file(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let vm = references::top_level_object(&path);
    let protocol = call.state.find::<GraphicsConsole>(&path)?.protocol.clone().unwrap_or(GraphicsType::Spice);
    let Some((address, port, secure)) = place(call.state, &vm) else { return Ok(Reply::NoContent(204)) };
    let ticket = secret(call.state);
    tell(call.state, &vm);
    let name = call.state.name_of(&vm);
    let mut lines = vec![
        "[virt-viewer]".to_owned(),
        format!("type={protocol}"),
        format!("host={address}"),
        format!("port={port}"),
        format!("password={ticket}"),
        "# Password is valid for 120 seconds.".replace("120", &FILE_EXPIRY.to_string()),
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
        lines.push(format!("tls-port={secure}"));
        lines.push("enable-smartcard=0".to_owned());
        lines.push("enable-usb-autoshare=1".to_owned());
        lines.push("usb-filter=-1,-1,-1,-1,0".to_owned());
        lines.push(format!("host-subject=O=ovirt.org,CN={address}"));
        lines.push("secure-channels=main;inputs;cursor;playback;record;display;smartcard;usbredir".to_owned());
    }
    lines.extend([String::new(), "[ovirt]".to_owned()]);
    lines.push(format!("host={}", origin.trim_start_matches("https://")));
    lines.push(format!("vm-guid={}", last(&vm)));
    lines.push("admin=1".to_owned());
    lines.push(String::new());
    Ok(Reply::Output("remote_viewer_connection_file", Box::new(Some(lines.join("\n")))))
}
