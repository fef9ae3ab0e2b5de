//! Updating running virtual machines: some settings change at once, the others with the next start.

use crate::api::Fault;
use crate::note::Note;
use crate::resources::common::units::MIB;
use crate::resources::common::{display, references, storage_domain, vm_cpu};
use crate::resources::paths::{CLUSTERS, HOSTS};
use crate::resources::vms::next_run;
use crate::state::{Severity, State};
use ovirt_sdk::object::{Object, Slot, members};
use ovirt_sdk::types::{Cluster, Host, Vm, VmStatus};

/// Settings that change at once, whatever the virtual machine does.
const LIVE: [&str; 25] = [
    "comment",
    "cpu_profile",
    "delete_protected",
    "description",
    "display.allow_override",
    "display.disconnect_action",
    "display.disconnect_action_delay",
    "high_availability",
    "initialization",
    "instance_type",
    "large_icon",
    "migration",
    "migration_downtime",
    "name",
    "os.type",
    "placement_policy",
    "quota",
    "small_icon",
    "template",
    "tunnel_migration",
    "use_latest_template_version",
    "custom_cpu_architecture",
    "external_host_provider",
    "lease",
    "memory_policy.guaranteed",
];
/// Settings of [`LIVE`] that change with the next start if the client wants it.
const HOT: [&str; 2] = ["lease", "memory_policy.guaranteed"];
/// Settings that are changed by plugging and unplugging devices.
const PLUGGED: [&str; 2] = ["cpu.topology.sockets", "memory"];
/// The type of a display follows from the graphics consoles.
const DISPLAY_TYPE: &str = "display.type";
/// Memory is plugged in pieces of this size in MiB.
const MEMORY_BLOCK: i64 = 256;
/// The sizes in MiB of the memory that was plugged into a running VM.
pub(crate) const PLUGGED_MEMORY: Note<Vec<String>> = Note::new("plugged memory");

/// Fails if a running virtual machine can't change to settings. For the next run, nothing is plugged.
pub(crate) fn check(state: &State, path: &str, wanted: &Vm, is_for_next_run: bool) -> Result<(), Fault> {
    if is_for_next_run {
        return Ok(());
    }
    let vm = state.find::<Vm>(path)?;
    check_host_cpus(state, vm, wanted)?;
    if let (Some(old), Some(new)) = (storage_domain::with_lease(vm), storage_domain::with_lease(wanted))
        && old != new
    {
        return Err(Fault::cannot(
            "edit VM",
            "Hot swapping of VM leases is not supported, please remove the current lease and then set a new one.",
        ));
    }
    let (old, new) = (mib(vm.memory), mib(wanted.memory));
    let next = next_run::settings_for_next_run(state, path).map(|next| mib(next.memory));
    if next.is_some_and(|next| next != new && next != old) {
        return Err(Fault::bad("Cannot hot change memory because memory next run configuration already exists."));
    }
    let added = new.saturating_sub(old);
    if added > 0 && added % MEMORY_BLOCK != 0 {
        let why = format!("Amount of added memory ({added}MiB) is not dividable by {MEMORY_BLOCK}MiB.");
        return Err(Fault::invalid("edit VM", &why));
    }
    let max = vm.memory_policy.as_ref().and_then(|policy| policy.max).map(|max| max / MIB);
    match max {
        Some(max) if max < new => {
            let why = format!("Memory size ({new}MB) cannot exceed maximum memory size ({max}MB).");
            Err(Fault::cannot("edit VM", &why))
        }
        _ => Ok(()),
    }
}

fn mib(bytes: Option<i64>) -> i64 {
    bytes.unwrap_or_default() / MIB
}

fn count(number: Option<i64>) -> i64 {
    number.unwrap_or(1)
}

/// Fails if a running virtual machine would have more CPUs than its host.
fn check_host_cpus(state: &State, vm: &Vm, wanted: &Vm) -> Result<(), Fault> {
    let host = references::path_of(HOSTS, &vm.host).and_then(|path| state.get::<Host>(&path));
    let Some(topology) = host.and_then(|host| host.cpu.as_ref()?.topology.as_deref()) else { return Ok(()) };
    let cluster = references::path_of(CLUSTERS, &vm.cluster).and_then(|path| state.get::<Cluster>(&path));
    let threads = match cluster.is_some_and(|cluster| cluster.threads_as_cores == Some(true)) {
        true => count(topology.threads),
        false => 1,
    };
    let available = count(topology.sockets).saturating_mul(count(topology.cores)).saturating_mul(threads);
    match vm_cpu::cpus(wanted) > available {
        true => Err(Fault::bad("The requested number of vCPUs is not available on the host the VM is running on")),
        false => Ok(()),
    }
}

/// Applies checked settings to a running virtual machine.
pub(crate) fn apply(state: &mut State, path: &str, wanted: &Vm, is_for_next_run: bool) -> Result<(), Fault> {
    let had_next_run = next_run::settings_for_next_run(state, path).is_some();
    let before = state.find::<Vm>(path)?.clone();
    let is_plugged = |name: &str| !is_for_next_run && PLUGGED.contains(&name) && can_plug(&before, wanted, name);
    let is_live = |name: &str| LIVE.contains(&name) && !(is_for_next_run && HOT.contains(&name)) || is_plugged(name);
    let waits = copy_live(state.find_mut::<Vm>(path)?, wanted, "", &is_live)
        | (display::type_of(&display::protocols(state, path))
            != wanted.display.as_ref().and_then(|it| it.type_.clone()));
    if is_plugged("memory") && wanted.memory != before.memory {
        plug_memory(state, path, mib(before.memory), mib(wanted.memory))?;
    }
    let (old, new) = (vm_cpu::cpus(&before), vm_cpu::cpus(state.find::<Vm>(path)?));
    if old != new {
        let text = format!("Hotplug CPU: changed the number of CPUs on VM {} from {old} to {new}", state.name_of(path));
        state.event(2033, Severity::Normal, &text, &[path]);
    }
    if waits || had_next_run {
        next_run::set_next_run(state, path, wanted.clone())?;
    }
    Ok(())
}

/// Whether a setting can be changed by plugging devices now.
fn can_plug(vm: &Vm, wanted: &Vm, name: &str) -> bool {
    if vm.status != Some(VmStatus::Up) {
        return false;
    }
    if name == "memory" {
        return mib(wanted.memory).saturating_sub(mib(vm.memory)) % MEMORY_BLOCK == 0;
    }
    let topology = |vm: &Vm| {
        let topology = vm.cpu.as_ref().and_then(|cpu| cpu.topology.clone()).unwrap_or_default();
        (count(topology.cores), count(topology.threads))
    };
    topology(vm) == topology(wanted)
}

/// Copies the settings that change at once; returns whether others differ.
fn copy_live(target: &mut dyn Object, wanted: &dyn Object, prefix: &str, is_live: &dyn Fn(&str) -> bool) -> bool {
    let mut waits = false;
    for (index, (row, new)) in members(wanted).enumerate() {
        let Some(own) = target.slot_mut(index).filter(|_| new.is_set()) else { continue };
        let name = format!("{prefix}{}", row.name);
        if name == DISPLAY_TYPE {
            continue;
        }
        if is_live(&name) {
            own.assign(new);
            continue;
        }
        match new.as_object() {
            Some(part) if own.is_set() => {
                if let Some(own) = own.make_object() {
                    waits |= copy_live(own, part, &format!("{name}."), is_live);
                }
            }
            _ => waits |= !is_same(own, new),
        }
    }
    waits
}

fn is_same(old: &dyn Slot, new: &dyn Slot) -> bool {
    match (old.text(), new.text()) {
        (Some(old), Some(new)) => old == new,
        _ => format!("{:?}", old.value()) == format!("{:?}", new.value()),
    }
}

/// Changes the memory of a running virtual machine. Only memory that was plugged can be unplugged.
fn plug_memory(state: &mut State, path: &str, old: i64, new: i64) -> Result<(), Fault> {
    let mut pieces: Vec<i64> =
        state.note(path, PLUGGED_MEMORY).into_iter().flatten().filter_map(|size| size.parse().ok()).collect();
    let mut reached = old;
    if new > old {
        pieces.push(new.saturating_sub(old));
        reached = new;
    } else {
        pieces.sort_unstable();
        let mut kept = Vec::new();
        while let Some(piece) = pieces.pop() {
            if reached.saturating_sub(piece) >= new {
                reached = reached.saturating_sub(piece);
            } else {
                kept.push(piece);
            }
        }
        pieces = kept;
    }
    let pieces: Vec<String> = pieces.iter().map(ToString::to_string).collect();
    state.set_note(path, PLUGGED_MEMORY, pieces);
    state.find_mut::<Vm>(path)?.memory = Some(reached.saturating_mul(MIB));
    if reached > old {
        let name = state.name_of(path);
        let text = format!("Hotset memory: changed the amount of memory on VM {name} from {old} to {reached}");
        state.event(2039, Severity::Normal, &text, &[path]);
    }
    Ok(())
}
