//! Pools of virtual machines.

use std::time::Duration;

use crate::api::{Call, Context, Fault, Registry, Reply, on_effect, on_signal};
use crate::effect::Effect;
use crate::path::last;
use crate::resources::common::references::{self, paths_where};
use crate::resources::common::template::check_image_not_locked;
use crate::resources::common::vm_pool::{self, TAKEN_BY};
use crate::resources::common::well_known::NIL;
use crate::resources::common::{command_locks, disk, disk_attachment, vm_status, vm_validation};
use crate::resources::disks::remove::remove_disk;
use crate::resources::paths::{CLUSTERS, PERMISSIONS, ROLES, TEMPLATES, VM_POOLS, VMS};
use crate::resources::vms::create::create_vm_from_template;
use crate::resources::vms::start::{check_pooled_vm, launch_vm};
use crate::state::{Severity, State};
use ovirt_sdk::object::{Object, Struct as _};
use ovirt_sdk::types::{Permission, Role, Template, User, Vm, VmPool, VmPoolType, VmStatus};

const NAME_IS_USED: &str = "The VM-Pool name is already in use, please choose a unique name and try again.";
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
        return Err(Fault::cannot(WHAT, NAME_IS_USED));
    }
    check_source(state, &pool, &template, WHAT)?;
    let size = pool.size.unwrap_or(1);
    if size < 1 {
        return Err(Fault::bad("Cannot create Pool with 0 VMs"));
    }
    let prestarted = pool.prestarted_vms.unwrap_or(0);
    check_prestarted(prestarted, size, WHAT)?;
    if last(&template) == NIL {
        return Err(Fault::conflict("VM-Pool must be based on  non-blank Template."));
    }
    for number in 1..=size {
        vm_validation::check_name(state, Some(&name_of(&name, number)), None, "add VM")?;
    }
    let settings = pool.vm.take();

    state.begin_job(&format!("Creating VM Pool {name} from template {}", state.name_of(&template)));
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

/// Fails if the cluster or the template of a pool can't be used.
fn check_source(state: &State, pool: &VmPool, template: &str, action: &str) -> Result<(), Fault> {
    if let Some(cluster) = references::path_of(CLUSTERS, &pool.cluster) {
        vm_validation::check_data_center(state, &cluster, action)?;
    }
    let disks = disk_attachment::disks(state, template);
    disk::check_domains(state, &disks, action)?;
    // A template that doesn't exist is not found; without disks, its lock doesn't matter.
    state.find::<Template>(template)?;
    if disks.is_empty() { Ok(()) } else { check_image_not_locked(state, template, &disks) }
}

fn check_prestarted(prestarted: i64, size: i64, action: &str) -> Result<(), Fault> {
    match prestarted > size {
        true => Err(Fault::cannot(action, "Number of Prestarted VMs cannot exceed the number of VMs in the Pool.")),
        false => Ok(()),
    }
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
    context.apply_render(&first, &mut vm);
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
    let size = pool.size.unwrap_or(0);
    let new_size = change.size.take().unwrap_or(size);
    check_update(state, &path, &pool, &change, new_size)?;
    let settings = change.vm.take();
    change.permissions = None;
    let reply = call.update(&change)?;
    let state = &mut *call.state;
    let name = state.name_of(&path);
    if new_size > size {
        state.begin_job(&format!("Configuring VM Pool {name} properties"));
        let template = state.get::<VmPool>(&path).and_then(|pool| pool.template.as_ref()?.id.clone());
        let template = format!("{TEMPLATES}/{}", template.as_deref().unwrap_or(NIL));
        grow(state, &path, &template, new_size - size, settings.as_deref())?;
    }
    state.event(344, Severity::Normal, &format!("VM Pool {name} has been changed."), &[&path]);
    prestart(state, &path);
    Ok(reply)
}

/// Fails if a pool can't be changed.
fn check_update(state: &State, path: &str, pool: &VmPool, change: &VmPool, new_size: i64) -> Result<(), Fault> {
    const EDIT: &str = "edit VM-Pool";
    let is_other = |new: Option<bool>, old: Option<bool>| new.is_some() && new != old;
    command_locks::check_exclusive(state, path, EDIT)?;
    let is_new_name = change.name.is_some() && change.name != pool.name;
    if is_new_name && change.name.as_deref().is_some_and(|name| state.by_name(VM_POOLS, name).is_some()) {
        return Err(Fault::cannot(EDIT, NAME_IS_USED));
    }
    let template = references::path_of(TEMPLATES, &pool.template).unwrap_or_else(|| format!("{TEMPLATES}/{NIL}"));
    check_source(state, pool, &template, EDIT)?;
    check_prestarted(change.prestarted_vms.or(pool.prestarted_vms).unwrap_or(0), new_size, EDIT)?;
    let why = if new_size < pool.size.unwrap_or(0) {
        "Cannot decrease VMs from VM-Pool."
    } else if change.type_.is_some() && change.type_ != pool.type_ {
        "Cannot change VM-Pool type."
    } else if is_other(change.stateful, pool.stateful) {
        "Cannot change VM-Pool stateful option."
    } else if is_new_name {
        "Cannot change VM-Pool name."
    } else if is_other(change.auto_storage_select, pool.auto_storage_select) {
        "Cannot change VM-Pool automatic selection of target storage domains during disks allocation."
    } else {
        return Ok(());
    };
    Err(Fault::bad(why))
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const REMOVE: &str = "remove VM-Pool";
    let path = call.path();
    let state = &mut *call.state;
    let pool = state.find::<VmPool>(&path)?;
    let (name, cluster) = (state.name_of(&path), references::name_of(state, CLUSTERS, &pool.cluster));
    command_locks::check_exclusive(state, &path, REMOVE)?;
    let members = members(state, &path);
    for vm in &members {
        command_locks::check_exclusive(state, vm, REMOVE)?;
    }
    state.begin_job(&format!("Removing VM Pool {name} from Cluster {cluster}"));
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
    const ATTACH: &str = "attach VM to VM-Pool";
    let path = call.path();
    let user = call.state.user_id(&call.request.user).unwrap_or_default();
    let state = &mut *call.state;
    let pool = state.find::<VmPool>(&path)?.clone();
    let members = members(state, &path);
    let mut refusals = Vec::new();
    let has = members.iter().filter(|vm| state.note(vm, TAKEN_BY).as_ref() == Some(&user)).count();
    let mut free = members.iter().filter(|vm| !state.has_note(vm, TAKEN_BY));
    // One that runs already is better.
    let running = free.clone().find(|vm| vm_status::status_or_down(state, vm) == VmStatus::Up);
    let runnable = |vm: &&String| match check_pooled_vm(state, vm, ATTACH) {
        Ok(()) => true,
        Err(fault) => {
            let detail = fault.text().map(|(_, detail)| detail.trim_matches(['[', ']']).to_owned());
            refusals.extend(detail);
            false
        }
    };
    let Some(vm) = running.or_else(|| free.find(runnable)).cloned() else {
        refusals.push(format!("Cannot {ATTACH}. There are no available VMs in the VM-Pool."));
        return Err(Fault::conflict(&refusals.join(", ")));
    };
    if i64::try_from(has).unwrap_or(i64::MAX) >= pool.max_user_vms.unwrap_or(MANUAL_DEFAULT) {
        return Err(Fault::conflict("User is already attached to maximum number of VMs from this VM-Pool."));
    }
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
