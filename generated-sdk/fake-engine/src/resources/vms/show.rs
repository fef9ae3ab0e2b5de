//! What is shown of a virtual machine besides what is stored.

use crate::api::{Context, Registry};
use crate::path::last;
use crate::resources::paths::HOSTS;
use crate::resources::vms::{graphics_consoles, next_run};
use ovirt_sdk::object::{Object, copy, member, member_mut};
use ovirt_sdk::types::{
    Certificate, Configuration, ConfigurationType, Console, DisplayType, Host, RngDevice, RngSource, VirtioScsi, Vm,
};

/// Members that say how a machine is, and not what it is set to.
const PRESENT: [&str; 13] = [
    "status",
    "status_detail",
    "host",
    "fqdn",
    "guest_operating_system",
    "guest_time_zone",
    "next_run_configuration_exists",
    "run_once",
    "start_time",
    "stop_time",
    "stop_reason",
    "cluster",
    "has_illegal_images",
];

/// Members that are shown only when all content is asked for.
const ON_REQUEST: [&str; 5] = ["console", "rng_device", "soundcard_enabled", "tpm_enabled", "virtio_scsi"];

pub(super) fn register(registry: &mut Registry) {
    registry.render("vm", show);
}

fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let Context { state, request, .. } = *context;
    if request.flag("next_run") == Some(true)
        && let Some(next) = next_run::of_next_run(state, path)
    {
        become_next(shown, next);
    }
    let any: &mut dyn std::any::Any = shown;
    let Some(vm) = any.downcast_mut::<Vm>() else { return };
    let once = next_run::of_this_run(state, path);
    if let (Some(os), Some(said)) = (&mut vm.os, once.and_then(|once| once.os.as_ref())) {
        os.boot = said.boot.clone().or_else(|| os.boot.take());
        os.kernel = said.kernel.clone().or_else(|| os.kernel.take());
        os.initrd = said.initrd.clone().or_else(|| os.initrd.take());
        os.cmdline = said.cmdline.clone().or_else(|| os.cmdline.take());
    }
    if let Some(once) = once {
        let kind = once.display.as_ref().and_then(|display| display.type_.clone());
        if let (Some(display), Some(kind)) = (&mut vm.display, kind) {
            display.type_ = Some(kind);
        }
        vm.initialization = once.initialization.clone().or_else(|| vm.initialization.take());
    }
    if let (Some(display), Some((address, port, secure))) = (&mut vm.display, graphics_consoles::place(state, path)) {
        let host = vm.host.as_ref().and_then(|host| host.id.as_deref()).map(|id| format!("{HOSTS}/{id}"));
        let own = host.and_then(|host| state.get::<Host>(&host)?.certificate.clone());
        let subject = Certificate::new().subject(format!("O=ovirt.org,CN={address}"));
        display.certificate = own.or_else(|| Some(Box::new(subject)));
        display.address = Some(address);
        display.port = Some(port);
        display.secure_port = (display.type_ == Some(DisplayType::Spice)).then_some(secure);
    }
    if request.flag("all_content") == Some(true) {
        all(path, vm);
    } else {
        for name in ON_REQUEST {
            if let Some(slot) = member_mut(vm, name) {
                slot.clear();
            }
        }
        if let Some(initialization) = &mut vm.initialization {
            initialization.configuration = None;
        }
    }
}

/// Puts what a machine will be in the place of what it is.
fn become_next(shown: &mut dyn Object, next: &Vm) {
    let now = copy(shown);
    for (index, row) in Vm::new().info().members.iter().enumerate() {
        let from: &dyn Object = if PRESENT.contains(&row.name) { &*now } else { next };
        if let (Some(slot), Some(source)) = (shown.slot_mut(index), member(from, row.name)) {
            slot.assign(source);
        }
    }
}

/// Fills in what is shown only on request.
fn all(path: &str, vm: &mut Vm) {
    vm.console.get_or_insert_with(|| Box::new(Console::new().enabled(false)));
    vm.rng_device.get_or_insert_with(|| Box::new(RngDevice::new().source(RngSource::Urandom)));
    vm.soundcard_enabled.get_or_insert(false);
    vm.tpm_enabled.get_or_insert(false);
    vm.virtio_scsi.get_or_insert_with(|| Box::new(VirtioScsi::new().enabled(true)));
    let data = description(path, vm);
    let configuration = Configuration::new().type_(ConfigurationType::Ovf).data(data);
    vm.initialization.get_or_insert_default().configuration = Some(Box::new(configuration));
}

/// The machine in the format for exchange between systems, as short as that can be.
fn description(path: &str, vm: &Vm) -> String {
    let name = crate::encoding::html(vm.name.as_deref().unwrap_or_default());
    let topology = vm.cpu.as_ref().and_then(|cpu| cpu.topology.as_deref());
    let count = |number: Option<i64>| number.unwrap_or(1);
    let processors = topology.map_or(1, |topology| {
        count(topology.cores).saturating_mul(count(topology.sockets)).saturating_mul(count(topology.threads))
    });
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
