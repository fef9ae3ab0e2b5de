//! Fields of virtual machines that are computed when a client reads them.

use crate::api::{Context, Registry};
use crate::fields::HIDDEN_SECRET;
use crate::path::last;
use crate::resources::common::devices::ON_REQUEST;
use crate::resources::common::vm_status::has_process;
use crate::resources::common::{display, vm_cpu};
use crate::resources::paths::{HOSTS, NUMA_NODES};
use crate::resources::vms::next_run::CURRENT_STATE;
use crate::resources::vms::{graphics_consoles, next_run};
use crate::state::State;
use ovirt_sdk::object::{Object, copy, member, member_mut};
use ovirt_sdk::types::{
    BootProtocol, Configuration, ConfigurationType, DisplayType, Host, Initialization, Ip, NumaTuneMode,
    VirtualNumaNode, Vm, VmStatus,
};

/// Fields that are shown only while the virtual machine has a process.
const OF_A_RUN: [&str; 6] = ["fqdn", "guest_operating_system", "guest_time_zone", "host", "run_once", "start_time"];

pub(super) fn register(registry: &mut Registry) {
    registry.render("vm", show);
}

fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let Context { state, request, .. } = *context;
    let next = next_run::settings_for_next_run(state, path).filter(|_| request.flag("next_run") == Some(true));
    if let Some(next) = next {
        show_next_run(shown, next);
    }
    let any: &mut dyn std::any::Any = shown;
    let Some(vm) = any.downcast_mut::<Vm>() else { return };
    let uses_latest_version = vm.use_latest_template_version.unwrap_or(false);
    vm.use_latest_template_version = (vm.stateless == Some(true)).then_some(uses_latest_version);
    vm.has_illegal_images = vm.has_illegal_images.filter(|has_any| *has_any);
    vm.numa_tune_mode = numa_tune_mode(state, path);
    if next.is_none()
        && let Some(display) = &mut vm.display
    {
        display.type_ = display::type_of(&display::protocols(state, path));
    }
    if vm.status.as_ref().is_some_and(has_process) {
        show_run(state, path, vm);
    } else {
        OF_A_RUN.iter().for_each(|name| clear(vm, name));
    }
    if let Some(initialization) = &mut vm.initialization {
        initialization.configuration = None;
        show_initialization(initialization);
    }
    if request.flag("all_content") == Some(true) {
        vm.initialization.get_or_insert_default().configuration = Some(configuration(path, vm));
    } else {
        ON_REQUEST.iter().for_each(|name| clear(vm, name));
    }
}

/// Removes what a virtual machine doesn't show in a snapshot: devices, the settings for the first boot, and the current
/// run.
pub(crate) fn show_in_snapshot(vm: &mut Vm) {
    ON_REQUEST.iter().chain(&OF_A_RUN).chain(&["initialization"]).for_each(|name| clear(vm, name));
    vm.status = Some(VmStatus::Down);
}

/// The configuration of a virtual machine.
pub(crate) fn configuration(path: &str, vm: &Vm) -> Box<Configuration> {
    Box::new(Configuration::new().type_(ConfigurationType::Ovf).data(ovf(path, vm)))
}

fn clear(vm: &mut Vm, name: &str) {
    if let Some(slot) = member_mut(vm, name) {
        slot.clear();
    }
}

/// Shows the settings of the current run, and where its consoles are.
fn show_run(state: &State, path: &str, vm: &mut Vm) {
    let once = next_run::settings_for_this_run(state, path);
    if once.is_some() {
        *vm = next_run::with_run(vm, once);
    }
    let host = vm.host.as_ref().and_then(|host| host.id.as_deref()).map(|id| format!("{HOSTS}/{id}"));
    let Some(display) = &mut vm.display else { return };
    if let Some(kind) = once.and_then(|once| once.display.as_ref()?.type_.clone()) {
        display.type_ = Some(kind);
    }
    let kind = display.type_.clone();
    let certificate = host.and_then(|host| state.get::<Host>(&host)?.certificate.clone()).unwrap_or_default();
    display.certificate = Some(Box::new(certificate.content(&*state.authority_pem)));
    // The host reports the ports when it has launched the process.
    let is_launched = !matches!(vm.status, Some(VmStatus::WaitForLaunch | VmStatus::RestoringState));
    let address = graphics_consoles::address(state, path).filter(|_| is_launched && kind.is_some());
    let Some((address, port, secure_port)) = address else { return };
    display.address = Some(address);
    display.port = Some(port);
    display.secure_port = (kind == Some(DisplayType::Spice)).then_some(secure_port);
}

/// Replaces the current settings by those for the next run.
fn show_next_run(shown: &mut dyn Object, next: &Vm) {
    let now = copy(shown);
    for (index, row) in Vm::new().info().members.iter().enumerate() {
        let from: &dyn Object = if CURRENT_STATE.contains(&row.name) { &*now } else { next };
        if let (Some(slot), Some(source)) = (shown.slot_mut(index), member(from, row.name)) {
            slot.assign(source);
        }
    }
}

/// The mode of the NUMA nodes, if all have the same.
fn numa_tune_mode(state: &State, path: &str) -> Option<NumaTuneMode> {
    let mut modes: Vec<_> = state
        .list::<VirtualNumaNode>(&format!("{path}/{NUMA_NODES}"))
        .map(|(_, node)| node.numa_tune_mode.clone().unwrap_or(NumaTuneMode::Interleave))
        .collect();
    let mode = modes.pop()?;
    modes.iter().all(|other| *other == mode).then_some(mode)
}

/// Hides the password, and fills in what the engine adds to the settings for the first boot.
fn show_initialization(initialization: &mut Initialization) {
    if initialization.root_password.is_some() {
        initialization.root_password = Some(HIDDEN_SECRET.to_owned());
    }
    initialization.regenerate_ssh_keys.get_or_insert(false);
    for nic in initialization.nic_configurations.iter_mut().flatten() {
        nic.ipv6.get_or_insert_with(|| Box::new(Ip::new()));
        nic.ipv6_boot_protocol.get_or_insert(BootProtocol::None);
    }
}

/// A virtual machine in the Open Virtualization Format, as short as possible.
fn ovf(path: &str, vm: &Vm) -> String {
    let name = crate::encoding::html(vm.name.as_deref().unwrap_or_default());
    let processors = vm_cpu::cpus(vm);
    let memory = vm.memory.unwrap_or_default() >> 20;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ovf:Envelope \
         xmlns:ovf=\"http://schemas.dmtf.org/ovf/envelope/1/\" \
         xmlns:rasd=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" ovf:version=\"4.4.0.0\"><References/>\
         <Content ovf:id=\"out\" xsi:type=\"ovf:VirtualSystem_Type\"><Name>{name}</Name>\
         <Section ovf:id=\"{id}\" ovf:required=\"false\" xsi:type=\"ovf:OperatingSystemSection_Type\">\
         <Info>Guest Operating System</Info></Section>\
         <Section xsi:type=\"ovf:VirtualHardwareSection_Type\"><Item><rasd:ResourceType>3</rasd:ResourceType>\
         <rasd:num_of_sockets>{processors}</rasd:num_of_sockets></Item><Item>\
         <rasd:ResourceType>4</rasd:ResourceType><rasd:AllocationUnits>MegaBytes</rasd:AllocationUnits>\
         <rasd:VirtualQuantity>{memory}</rasd:VirtualQuantity></Item></Section></Content></ovf:Envelope>",
        id = last(path),
    )
}
