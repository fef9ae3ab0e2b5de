//! Pools of virtual machines.

use std::time::Duration;

use crate::api::{Call, Context, Fault, Registry, Reply, on_effect, on_signal};
use crate::effect::Effect;
use crate::path::last;
use crate::resources::common::references::{self, paths_where};
use crate::resources::common::vm_pool::{self, TAKEN_BY};
use crate::resources::common::well_known::NIL;
use crate::resources::common::{disk_attachment, locks, vm_status, vm_validation};
use crate::resources::disks::remove::remove_disk;
use crate::resources::paths::{CLUSTERS, PERMISSIONS, ROLES, TEMPLATES, VM_POOLS, VMS};
use crate::resources::vms::create::create_vm_from_template;
use crate::resources::vms::start::launch_vm;
use crate::state::{Severity, State};
use ovirt_sdk::object::{Object, Struct as _};
use ovirt_sdk::types::{Permission, Role, Template, User, Vm, VmPool, VmPoolType, VmStatus};

const MANUAL_DEFAULT: i64 = 1;
/// After how long a machine that is being made can be started.
const READY: Duration = Duration::from_secs(10);

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_pools", "add", add);
    registry.describes_new("vm_pool", "vm");
    registry.render("vm_pool", show);
    registry.on("vm_pool", "update", update);
    registry.on("vm_pool", "remove", remove);
    registry.on("vm_pool", "allocate_vm", allocate);
    on_effect!(registry, |state, PooledVmStarted { vm }| {
        if vm_status::status_or_down(state, vm) == VmStatus::Down {
            start(state, vm);
        }
    });
    on_signal!(registry, |state, VmStopped { vm }| return_vm_to_pool(state, vm));
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const WHAT: &str = "create VM-Pool";
    let mut pool: VmPool = call.body()?;
    let state = &mut *call.state;
    if let Some(cluster) = pool.cluster.as_deref() {
        state.reference(CLUSTERS, cluster)?;
    }
    let template = pool.template.as_deref().map(|template| state.reference(TEMPLATES, template)).transpose()?;
    let template = template.flatten().unwrap_or_else(|| format!("{TEMPLATES}/{NIL}"));
    let name = pool.name.clone().unwrap_or_default();
    if state.by_name(VM_POOLS, &name).is_some() {
        return Err(Fault::cannot(
            WHAT,
            "The VM-Pool name is already in use, please choose a unique name and try again.",
        ));
    }
    if last(&template) == NIL {
        return Err(Fault::conflict("VM-Pool must be based on  non-blank Template."));
    }
    let size = pool.size.unwrap_or(1);
    if size < 1 {
        return Err(Fault::conflict("Cannot create Pool with 0 VMs"));
    }
    let prestarted = pool.prestarted_vms.unwrap_or(0);
    check_prestarted(prestarted, size)?;
    for number in 1..=size {
        vm_validation::check_name(state, Some(&name_of(&name, number)), None, "add VM")?;
    }
    let settings = pool.vm.take();

    state.begin_job(&format!("Creating VM Pool {name}"));
    pool.size = Some(0);
    pool.prestarted_vms = Some(prestarted);
    pool.max_user_vms = pool.max_user_vms.or(Some(MANUAL_DEFAULT));
    pool.type_ = pool.type_.or(Some(VmPoolType::Automatic));
    pool.stateful = pool.stateful.or(Some(false));
    pool.auto_storage_select = pool.auto_storage_select.or(Some(false));
    pool.use_latest_template_version = pool.use_latest_template_version.or(Some(false));
    pool.permissions = None;
    let path = state.insert(VM_POOLS, pool);
    grow(state, &path, &template, size, settings.as_deref())?;
    let text = format!("VM Pool {name} with {size} VMs was created by {}.", references::acting_user(state));
    state.event(302, Severity::Normal, &text, &[&path]);
    prestart(state, &path);
    Ok(Reply::Created(path))
}

fn check_prestarted(prestarted: i64, size: i64) -> Result<(), Fault> {
    if (0..=size).contains(&prestarted) {
        return Ok(());
    }
    Err(Fault::bad("Prestarted VMs must be between 0 and the number of VMs in the VM-Pool."))
}

/// The name of a machine of a pool: question marks stand for the digits of its number.
fn name_of(pool: &str, number: i64) -> String {
    let marks = pool.chars().filter(|it| *it == '?').count();
    match pool.find('?') {
        Some(at) => {
            let (head, tail) = pool.split_at(at);
            format!("{head}{number:0marks$}{}", tail.trim_start_matches('?'))
        }
        None => format!("{pool}-{number}"),
    }
}

/// Adds machines to a pool.
fn grow(state: &mut State, pool: &str, template: &str, count: i64, settings: Option<&Vm>) -> Result<(), Fault> {
    let Some(of) = state.get::<VmPool>(pool).cloned() else { return Ok(()) };
    let name = of.name.clone().unwrap_or_default();
    let mut number = 0;
    for _ in 0..count {
        let mut vm = settings.cloned().unwrap_or_default();
        vm.name = loop {
            number += 1;
            let name = name_of(&name, number);
            if state.by_name(VMS, &name).is_none() {
                break Some(name);
            }
        };
        vm.stateless = Some(of.stateful != Some(true));
        vm.cluster = of.cluster.clone();
        vm.template = of.template.clone();
        vm.instance_type = of.instance_type.clone();
        vm.display = vm.display.or_else(|| of.display.clone());
        vm.use_latest_template_version = of.use_latest_template_version;
        vm.vm_pool = Some(Box::new(VmPool::with_id(last(pool))));
        create_vm_from_template(state, vm, template, false, false)?;
    }
    if let Some(pool) = state.get_mut::<VmPool>(pool) {
        pool.size = Some(pool.size.unwrap_or(0) + count);
    }
    Ok(())
}

/// Shows the first machine of a pool, without references to other objects.
fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let shown: &mut dyn std::any::Any = shown;
    let Some(pool) = shown.downcast_mut::<VmPool>() else { return };
    pool.description.get_or_insert_default();
    let Some(first) = members(context.state, path).into_iter().next() else { return };
    let Some(mut vm) = context.state.get::<Vm>(&first).cloned() else { return };
    context.complete(&first, &mut vm);
    let template = vm.template.take();
    for (index, field) in Vm::INFO.members.iter().enumerate() {
        if field.is_link
            && let Some(slot) = vm.slot_mut(index)
        {
            slot.clear();
        }
    }
    (vm.initialization, vm.small_icon) = (None, None);
    if let Some(icon) = &mut vm.large_icon {
        icon.href = Some(String::new());
    }
    if context.request.flag("all_content") == Some(true) {
        vm.template = template.and_then(|template| Some(Box::new(Template::with_id(template.id?).href(""))));
    }
    pool.vm = Some(Box::new(vm));
}

/// The machines of a pool.
fn members(state: &State, pool: &str) -> Vec<String> {
    paths_where(state, VMS, |vm: &Vm| references::refers_to(&vm.vm_pool, pool))
}

/// Begins to start as many machines of a pool as are to wait for their users.
fn prestart(state: &mut State, pool: &str) {
    let wanted = state.get::<VmPool>(pool).and_then(|pool| pool.prestarted_vms).unwrap_or(0);
    let free: Vec<String> = members(state, pool).into_iter().filter(|vm| !state.has_note(vm, TAKEN_BY)).collect();
    let runs = |vm: &String| !matches!(vm_status::status_or_down(state, vm), VmStatus::Down | VmStatus::ImageLocked);
    let running = i64::try_from(free.iter().filter(|vm| runs(vm)).count()).unwrap_or(0);
    let missing = usize::try_from(wanted - running).unwrap_or(0);
    let idle: Vec<String> = free.into_iter().filter(|vm| !runs(vm)).take(missing).collect();
    for vm in idle {
        start(state, &vm);
    }
}

/// Starts a machine; one that is still being made is started when it is there.
fn start(state: &mut State, vm: &str) {
    match vm_status::status_or_down(state, vm) {
        VmStatus::ImageLocked => state.after(READY, Effect::PooledVmStarted { vm: vm.to_owned() }),
        // Without a host that takes it, it stays as it is, as on an engine.
        VmStatus::Down => drop(launch_vm(state, vm, keeps(state, vm))),
        _ => {}
    }
}

/// Whether what is done on a machine of a pool stays.
fn keeps(state: &State, vm: &str) -> bool {
    vm_pool::pool_of(state, vm).is_none_or(|pool| pool.stateful == Some(true))
}

/// Returns a stopped machine to its automatic pool: the user loses it.
fn return_vm_to_pool(state: &mut State, vm: &str) {
    let is_automatic = |pool: &VmPool| pool.type_ != Some(VmPoolType::Manual);
    if !vm_pool::pool_of(state, vm).is_some_and(is_automatic) {
        return;
    }
    let Some(user) = state.note(vm, TAKEN_BY) else { return };
    state.clear_note(vm, TAKEN_BY);
    let is_his = |it: &Permission| {
        references::refers_to(&it.vm, vm) && it.user.as_ref().and_then(|user| user.id.as_deref()) == Some(&user)
    };
    for permission in paths_where(state, PERMISSIONS, is_his) {
        state.remove(&permission);
    }
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let mut change: VmPool = call.body()?;
    let state = &mut *call.state;
    let pool = state.find::<VmPool>(&path)?.clone();
    let is_other = |new: Option<bool>, old: Option<bool>| new.is_some() && new != old;
    if is_other(change.stateful, pool.stateful) {
        return Err(Fault::conflict("Cannot change VM-Pool stateful option."));
    }
    if change.type_.is_some() && change.type_ != pool.type_ {
        return Err(Fault::conflict("Cannot change VM-Pool type."));
    }
    if is_other(change.auto_storage_select, pool.auto_storage_select) {
        let text = "Cannot change VM-Pool automatic selection of target storage domains during disks allocation.";
        return Err(Fault::conflict(text));
    }
    let size = pool.size.unwrap_or(0);
    let new_size = change.size.take().unwrap_or(size);
    if new_size < size {
        return Err(Fault::conflict("Cannot decrease VMs from VM-Pool."));
    }
    check_prestarted(change.prestarted_vms.or(pool.prestarted_vms).unwrap_or(0), new_size)?;
    let settings = change.vm.take();
    change.permissions = None;
    let reply = call.update(&change)?;
    let state = &mut *call.state;
    let name = state.name_of(&path);
    if new_size > size {
        state.begin_job(&format!("Updating VM Pool {name}"));
        let template = state.get::<VmPool>(&path).and_then(|pool| pool.template.as_ref()?.id.clone());
        let template = format!("{TEMPLATES}/{}", template.as_deref().unwrap_or(NIL));
        grow(state, &path, &template, new_size - size, settings.as_deref())?;
    }
    state.event(344, Severity::Normal, &format!("VM Pool {name} has been changed."), &[&path]);
    prestart(state, &path);
    Ok(reply)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let state = &mut *call.state;
    state.find::<VmPool>(&path)?;
    let members = members(state, &path);
    for vm in &members {
        locks::check_free(state, vm, "remove VM-Pool")?;
    }
    let name = state.name_of(&path);
    state.begin_job(&format!("Removing VM Pool {name}"));
    for vm in members {
        for disk in disk_attachment::disks(state, &vm) {
            remove_disk(state, &disk);
        }
        state.remove(&vm);
    }
    state.event(
        304,
        Severity::Normal,
        &format!("VM Pool {name} was removed by {}.", references::acting_user(state)),
        &[&path],
    );
    state.remove(&path);
    Ok(Reply::Completed)
}

fn allocate(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let user = call.state.user_id(&call.request.user).unwrap_or_default();
    let state = &mut *call.state;
    let pool = state.find::<VmPool>(&path)?.clone();
    let members = members(state, &path);
    let has = members.iter().filter(|vm| state.note(vm, TAKEN_BY).as_ref() == Some(&user)).count();
    if i64::try_from(has).unwrap_or(i64::MAX) >= pool.max_user_vms.unwrap_or(MANUAL_DEFAULT) {
        return Err(Fault::conflict("User is already attached to maximum number of VMs from this VM-Pool."));
    }
    let is_free = |vm: &&String| {
        !state.has_note(vm, TAKEN_BY) && matches!(vm_status::status_or_down(state, vm), VmStatus::Up | VmStatus::Down)
    };
    // One that runs already is better.
    let free: Vec<&String> = members.iter().filter(is_free).collect();
    let runs = free.iter().find(|vm| vm_status::status_or_down(state, vm) == VmStatus::Up);
    let Some(vm) = runs.or(free.first()).map(|vm| (*vm).clone()) else {
        let why = "There are no available VMs in the VM-Pool.";
        return Err(Fault::cannot("allocate and run VM from VM-Pool", why));
    };
    state.set_note(&vm, TAKEN_BY, user.as_str());
    let role = state.by_name(ROLES, "UserRole");
    let mut permission = Permission::new().user(User::with_id(user)).vm(Vm::with_id(last(&vm)));
    permission.role = role.map(|role| Box::new(Role::with_id(last(&role))));
    state.insert(PERMISSIONS, permission);
    let (name, by) = (state.name_of(&vm), references::acting_user(state));
    state.event(316, Severity::Normal, &format!("VM {name} was given to {by}."), &[&vm, &path]);
    start(state, &vm);
    prestart(state, &path);
    Ok(Reply::Completed)
}
