//! Changing virtual machines: at once, or from the next start on.

use crate::api::{Call, Fault, Registry, Reply, merge};
use crate::resources::common::units::GIB;
use crate::resources::common::{vm_status, vm_validation};
use crate::resources::paths::TEMPLATES;
use crate::resources::vms::next_run;
use crate::state::Severity;
use ovirt_sdk::object::{Object, Slot, member, members};
use ovirt_sdk::types::{MemoryPolicy, Template, Vm, VmStatus};

/// Members that change at once, whatever the machine does.
const LIVE: [&str; 15] = [
    "name",
    "description",
    "comment",
    "delete_protected",
    "large_icon",
    "small_icon",
    "migration",
    "migration_downtime",
    "quota",
    "cpu_profile",
    "lease",
    "cluster",
    "storage_error_resume_behaviour",
    "has_illegal_images",
    "origin",
];

/// Members that say how a machine is; nobody can set them.
const READ_ONLY: [&str; 12] = [
    "status",
    "status_detail",
    "start_time",
    "stop_time",
    "creation_time",
    "run_once",
    "fqdn",
    "guest_operating_system",
    "guest_time_zone",
    "next_run_configuration_exists",
    "host",
    "original_template",
];

/// Memory is plugged in pieces of that size.
const MEMORY_BLOCK: i64 = GIB / 4;
const EDIT: &str = "edit VM";

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "update", update);
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: Vm = call.body()?;
    let path = call.path();
    vm_status::check_not_locked(call.state, &path, EDIT)?;
    vm_validation::check_name(call.state, change.name.as_deref(), Some(&path), EDIT)?;
    for name in READ_ONLY {
        clear(&mut change, name);
    }
    let status = vm_status::status(call.state, &path)?;
    if matches!(status, VmStatus::Migrating | VmStatus::SavingState | VmStatus::RestoringState) {
        return Err(vm_status::wrong_status(&status, EDIT));
    }
    let running = vm_status::is_running(call.state, &path);
    let template = change.template.as_ref().and_then(|template| template.id.clone());
    let own = call.state.find::<Vm>(&path)?.template.as_ref().and_then(|template| template.id.clone());
    if template.is_some() && template != own {
        return new_template(call, &path, change, running);
    }
    let mut expected = call.state.find::<Vm>(&path)?.clone();
    merge(&mut expected, &change);
    let max = change.memory_policy.as_ref().and_then(|policy| policy.max);
    if let (Some(memory), None) = (change.memory, max)
        && let Some(policy) = &mut expected.memory_policy
        && policy.max.is_some_and(|max| max < memory)
    {
        policy.max = Some(memory.saturating_mul(4));
        let of_change = change.memory_policy.get_or_insert_default();
        of_change.max = policy.max;
    }
    vm_validation::check_memory(&expected, EDIT)?;
    apply(call, &path, change, running)
}

/// Changes what can be changed now, and keeps the rest for the next start.
fn apply(call: &mut Call<'_>, path: &str, change: Vm, running: bool) -> Result<Reply, Fault> {
    let later_asked = call.request.flag("next_run") == Some(true);
    let (mut now, mut later) = (change.clone(), Vm::new());
    if running || later_asked {
        let vm = call.state.find::<Vm>(path)?;
        (now, later) = divide(vm, &change, later_asked);
        if let (Some(old), Some(new)) = (vm.memory, change.memory.filter(|_| vm.status == Some(VmStatus::Up)))
            && new > old
            && new.saturating_sub(old) % MEMORY_BLOCK != 0
            && !later_asked
        {
            return Err(Fault::conflict(&format!(
                "Cannot {EDIT}. Amount of added memory ({}MiB) is not dividable by {}MiB.",
                new.saturating_sub(old) >> 20,
                MEMORY_BLOCK >> 20
            )));
        }
    }
    let waits = members(&later).any(|(_, slot)| slot.is_set());
    let exists = next_run::of_next_run(call.state, path).is_some();
    let reply = call.update(&now)?;
    if waits || exists {
        next_run::change_next(call.state, path, |vm| {
            merge(vm, &now);
            merge(vm, &later);
        })?;
    }
    let (name, user) = (call.state.name_of(path), call.state.actor.user.clone());
    let text = format!("VM {name} configuration was updated by {user}.");
    call.state.event(35, Severity::Normal, &text, &[path]);
    Ok(reply)
}

/// Divides a change of a machine that runs into what is done now and what has to wait.
fn divide(vm: &Vm, change: &Vm, all_later: bool) -> (Vm, Vm) {
    let (mut now, mut later) = (Vm::new(), Vm::new());
    for (index, (row, slot)) in members(change).enumerate() {
        if !slot.is_set() {
            continue;
        }
        let old = member(vm, row.name);
        if unchanged(old, slot) {
            continue;
        }
        let at_once = !all_later && (LIVE.contains(&row.name) || plugged(vm, change, row.name));
        let into: &mut dyn Object = if at_once { &mut now } else { &mut later };
        if let Some(target) = into.slot_mut(index) {
            target.assign(slot);
        }
    }
    (now, later)
}

/// Whether what is sent says nothing new: every member that it has is what it was.
fn unchanged(old: Option<&dyn Slot>, new: &dyn Slot) -> bool {
    let Some(old) = old.filter(|old| old.is_set()) else { return false };
    match (old.as_object(), new.as_object()) {
        (Some(old), Some(new)) => {
            members(new).all(|(row, slot)| !slot.is_set() || unchanged(member(old, row.name), slot))
        }
        _ => match (old.text(), new.text()) {
            (Some(old), Some(new)) => old == new,
            _ => format!("{:?}", old.value()) == format!("{:?}", new.value()),
        },
    }
}

/// Whether a change is one of memory or processors that a running guest takes.
fn plugged(vm: &Vm, change: &Vm, name: &str) -> bool {
    if vm.status != Some(VmStatus::Up) {
        return false;
    }
    match name {
        "memory" => {
            let (old, new) = (vm.memory.unwrap_or_default(), change.memory.unwrap_or_default());
            let max = vm.memory_policy.as_ref().and_then(|policy| policy.max);
            new > old && new.saturating_sub(old) % MEMORY_BLOCK == 0 && max.is_none_or(|max| new <= max)
        }
        "memory_policy" => {
            let only = |policy: &MemoryPolicy| policy.max.is_none() && policy.ballooning.is_none();
            change.memory.is_some() && change.memory_policy.as_deref().is_some_and(only)
        }
        "cpu" => {
            let Some(cpu) = &change.cpu else { return false };
            let new = cpu.topology.as_deref();
            let old = vm.cpu.as_ref().and_then(|cpu| cpu.topology.as_deref());
            let same = |new: Option<i64>, old: Option<i64>| new.is_none() || new == old;
            let only_sockets = new.zip(old).is_some_and(|(new, old)| {
                same(new.cores, old.cores) && same(new.threads, old.threads) && new.sockets >= old.sockets
            });
            let rest = members(&**cpu).all(|(row, slot)| row.name == "topology" || !slot.is_set());
            only_sockets && rest
        }
        _ => false,
    }
}

/// Another version of its template: only a machine that does not keep what it does can follow.
fn new_template(call: &mut Call<'_>, path: &str, change: Vm, running: bool) -> Result<Reply, Fault> {
    let template = change.template.as_ref().and_then(|template| template.id.clone()).unwrap_or_default();
    let base = |id: &str| {
        let template = call.state.get::<Template>(&format!("{TEMPLATES}/{id}"))?;
        let base = template.version.as_ref().and_then(|version| version.base_template.as_ref()?.id.clone());
        Some(base.unwrap_or_else(|| id.to_owned()))
    };
    let own = call.state.find::<Vm>(path)?.template.as_ref().and_then(|template| template.id.clone());
    if base(&template).is_none() || base(&template) != own.as_deref().and_then(base) {
        return Err(Fault::conflict(
            "Cannot edit VM. The requested template doesn't belong to the same base template as the original template.",
        ));
    }
    apply(call, path, change, running)
}

fn clear(object: &mut dyn Object, name: &str) {
    if let Some(slot) = ovirt_sdk::object::member_mut(object, name) {
        slot.clear();
    }
}
