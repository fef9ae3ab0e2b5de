//! What virtual machines and templates have when nothing else was said: settings out of the template, then those that
//! every engine gives; and the devices that each of them has.

use crate::behaviour::{GIB, NIL};
use crate::state::{State, last};
use ovirt_sdk::object::{Object, member};
use ovirt_sdk::types::{
    Architecture, AutoPinningPolicy, Bios, BiosType, Boot, BootDevice, BootMenu, Cdrom, Cluster, Cpu, CpuPinningPolicy,
    CpuProfile, CpuTopology, Display, DisplayType, GraphicsConsole, GraphicsType, HighAvailability, Icon,
    InheritableBoolean, Io, MemoryPolicy, Method, MigrationOptions, NumaTuneMode, OperatingSystem, Sso, SsoMethod,
    Template, TimeZone, Usb, Vm, VmAffinity, VmBase, VmPlacementPolicy, VmStatus, VmStorageErrorResumeBehaviour,
    VmType,
};

/// How much more memory than it begins with a machine can have when nobody says it.
const MAX_MEMORY_FACTOR: i64 = 4;
/// Icons of operating systems for which nothing else is known: the large one and the small one.
const ICONS: (&str, &str) = ("14ca85cd-8c70-9adf-2c69-884beb8ac3fb", "8ebc8e0c-38a3-ff89-b043-1e5ec6e4c9a3");
/// Members that templates and machines have in common, and that machines don't take over.
const OWN: [&str; 11] = [
    "href",
    "id",
    "name",
    "description",
    "comment",
    "cluster",
    "creation_time",
    "delete_protected",
    "origin",
    "storage_domain",
    "quota",
];

/// Gives a new virtual machine everything that was not said: what its template has, what its cluster says, and what
/// every engine gives. Members that are set stay as they are.
pub(crate) fn complete(state: &State, vm: &mut Vm) {
    let template = vm.template.as_ref().and_then(|template| template.id.clone()).unwrap_or_else(|| NIL.to_owned());
    let memory_was_given = vm.memory.is_some();
    let policy_was_given = vm.memory_policy.clone().unwrap_or_default();
    if let Some(template) = state.get::<Template>(&format!("templates/{template}")) {
        fill(vm, template, &OWN);
        if vm.cluster.is_none() {
            vm.cluster.clone_from(&template.cluster);
        }
    }
    if memory_was_given && let (Some(memory), Some(policy)) = (vm.memory, vm.memory_policy.as_deref_mut()) {
        if policy_was_given.guaranteed.is_none() {
            policy.guaranteed = policy.guaranteed.map(|guaranteed| guaranteed.min(memory));
        }
        if policy_was_given.max.is_none() {
            policy.max = Some(memory.saturating_mul(MAX_MEMORY_FACTOR));
        }
    }
    vm.template.get_or_insert_with(|| Box::new(Template::with_id(&template)));
    vm.original_template.get_or_insert_with(|| Box::new(Template::with_id(&template)));
    let cluster = vm.cluster.as_ref().and_then(|cluster| cluster.id.clone());
    base(state, vm, cluster.as_deref());
    let own = Vm::new()
        .status(VmStatus::Down)
        .stop_reason("")
        .run_once(false)
        .next_run_configuration_exists(false)
        .has_illegal_images(false)
        .numa_tune_mode(NumaTuneMode::Interleave);
    fill(vm, &own, &[]);
}

/// Gives an object that has the members of [`VmBase`] (a machine, a template, an instance type) what it lacks of them.
pub(crate) fn base(state: &State, object: &mut dyn Object, cluster: Option<&str>) {
    let of_cluster = cluster.and_then(|id| state.get::<Cluster>(&format!("clusters/{id}")));
    let architecture = of_cluster.and_then(|cluster| cluster.cpu.as_ref()?.architecture.clone());
    let bios = of_cluster.and_then(|cluster| cluster.bios_type.clone()).unwrap_or(BiosType::Q35SeaBios);
    let number = |name: &str| member(object, name).and_then(|slot| slot.text()).and_then(|text| text.parse().ok());
    let memory: i64 = number("memory").unwrap_or(GIB);
    let topology = CpuTopology::new().cores(1).sockets(1).threads(1);
    let display = Display::new()
        .allow_override(false)
        .copy_paste_enabled(true)
        .disconnect_action("LOCK_SCREEN")
        .disconnect_action_delay(0)
        .file_transfer_enabled(true)
        .monitors(1)
        .single_qxl_pci(false)
        .smartcard_enabled(false)
        .type_(DisplayType::Spice);
    let migration = MigrationOptions::new()
        .auto_converge(InheritableBoolean::Inherit)
        .compressed(InheritableBoolean::Inherit)
        .encrypted(InheritableBoolean::Inherit);
    let mut defaults = VmBase::new()
        .description("")
        .comment("")
        .auto_pinning_policy(AutoPinningPolicy::Disabled)
        .bios(Bios::new().boot_menu(BootMenu::new().enabled(false)).type_(bios))
        .cpu(Cpu::new().architecture(architecture.unwrap_or(Architecture::X8664)).topology(topology))
        .cpu_pinning_policy(CpuPinningPolicy::None)
        .cpu_shares(0)
        .creation_time(state.now())
        .delete_protected(false)
        .display(display)
        .high_availability(HighAvailability::new().enabled(false).priority(1))
        .io(Io::new().threads(1))
        .large_icon(Icon::with_id(ICONS.0))
        .memory(memory)
        .memory_policy(
            MemoryPolicy::new().ballooning(true).guaranteed(memory).max(memory.saturating_mul(MAX_MEMORY_FACTOR)),
        )
        .migration(migration)
        .migration_downtime(-1)
        .multi_queues_enabled(true)
        .origin("ovirt")
        .os(OperatingSystem::new().boot(Boot::new().devices(vec![BootDevice::Hd])).type_("other"))
        .placement_policy(VmPlacementPolicy::new().affinity(VmAffinity::Migratable))
        .small_icon(Icon::with_id(ICONS.1))
        .sso(Sso::new().methods(vec![Method::new().id(SsoMethod::GuestAgent)]))
        .start_paused(false)
        .stateless(false)
        .storage_error_resume_behaviour(VmStorageErrorResumeBehaviour::AutoResume)
        .time_zone(TimeZone::new().name("Etc/GMT"))
        .type_(VmType::Server)
        .usb(Usb::new().enabled(false))
        .virtio_scsi_multi_queues_enabled(false);
    defaults.cpu_profile = cluster.and_then(|cluster| profile(state, cluster)).map(Box::new);
    fill(object, &defaults, &[]);
}

/// The CPU profile of a cluster that machines have when none is chosen.
fn profile(state: &State, cluster: &str) -> Option<CpuProfile> {
    let of_cluster = |profile: &CpuProfile| profile.cluster.as_ref().and_then(|it| it.id.as_deref()) == Some(cluster);
    let found = state.list::<CpuProfile>("cpuprofiles").find(|(_, profile)| of_cluster(profile))?;
    Some(CpuProfile::with_id(last(&found.0)))
}

/// Sets what an object lacks and another one has, by the names of the members; parts are completed member by member.
pub(crate) fn fill(target: &mut dyn Object, from: &dyn Object, without: &[&str]) {
    for (index, row) in target.info().members.iter().enumerate() {
        if without.contains(&row.name) {
            continue;
        }
        let Some(source) = member(from, row.name).filter(|slot| slot.is_set()) else { continue };
        let Some(slot) = target.slot_mut(index) else { continue };
        match (slot.is_set(), source.as_object()) {
            (false, _) => {
                slot.assign(source);
            }
            (true, Some(part)) if !row.is_link => {
                if let Some(old) = slot.make_object() {
                    fill(old, part, &[]);
                }
            }
            _ => {}
        }
    }
}

/// The identifier that the engine gives a graphics console: the letters of its protocol in hexadecimal.
pub(crate) fn console_id(protocol: &GraphicsType) -> String {
    protocol.to_string().bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// Gives a virtual machine or a template the devices that every one has: a CD-ROM drive and a graphics console; those
/// that are there already stay.
pub(crate) fn devices(state: &mut State, path: &str) {
    let drives = format!("{path}/cdroms");
    if state.paths(&drives).is_empty() {
        state.insert(&drives, refer(Cdrom::with_id(NIL), path));
    }
    let consoles = format!("{path}/graphicsconsoles");
    if state.paths(&consoles).is_empty() {
        let display = state.object(path).and_then(|object| member(object, "display")).and_then(|it| it.as_object());
        let kind = display.and_then(|display| member(display, "type")).and_then(|slot| slot.text());
        let protocol = if kind.as_deref() == Some("vnc") { GraphicsType::Vnc } else { GraphicsType::Spice };
        add_console(state, path, protocol);
    }
}

/// Adds a graphics console to a machine or a template; gives its path.
pub(crate) fn add_console(state: &mut State, path: &str, protocol: GraphicsType) -> String {
    let console = GraphicsConsole::with_id(console_id(&protocol)).protocol(protocol);
    state.insert(&format!("{path}/graphicsconsoles"), refer(console, path))
}

/// Notes in a device to which machine, template or instance type it belongs.
pub(crate) fn refer<T: Object>(mut device: T, path: &str) -> T {
    let owner = match path.split('/').next() {
        Some("templates") => "template",
        Some("instancetypes") => "instance_type",
        _ => "vm",
    };
    if let Some(owner) = ovirt_sdk::object::member_mut(&mut device, owner).and_then(|slot| slot.make_object()) {
        crate::state::set_text(owner, "id", last(path));
    }
    device
}
