//! Disk profiles. Each storage domain for disks has at least one.

use crate::api::{Call, Context, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::{qos, references, storage_domain};
use crate::resources::paths::{DISK_PROFILES, DISKS, PERMISSIONS, STORAGE_DOMAINS};
use crate::state::{Severity, State};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{Disk, DiskProfile, StorageDomain};
use ovirt_sdk::unstable;

const ADD: &str = "add Disk Profile";
const EDIT: &str = "edit Disk Profile";
const REMOVE: &str = "remove Disk Profile";

pub(super) fn register(registry: &mut Registry) {
    for service in ["disk_profiles", "assigned_disk_profiles"] {
        registry.on(service, "add", add);
    }
    for service in ["disk_profile", "assigned_disk_profile"] {
        registry.on(service, "remove", remove);
    }
    registry.on("disk_profile", "update", update);
    registry.render("disk_profile", show);
}

/// Sets the address, which is always below the storage domain. Only the collection of all profiles shows a link to the
/// permissions.
fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let shown: &mut dyn std::any::Any = shown;
    let Some(shown) = shown.downcast_mut::<DiskProfile>() else { return };
    if let Some(domain) = shown.storage_domain.as_ref().and_then(|domain| domain.id.as_deref()) {
        let address = format!("{STORAGE_DOMAINS}/{domain}/diskprofiles/{}", last(path));
        if context.request.segments.first().is_some_and(|segment| segment == DISK_PROFILES) {
            let permissions = format!("{}/{address}/{PERMISSIONS}", context.request.base);
            unstable::push_link(shown.unknown_mut(), PERMISSIONS, &permissions);
        }
        shown.href = Some(address);
    }
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut profile: DiskProfile = call.body()?;
    if call.parent().starts_with(STORAGE_DOMAINS) {
        profile.storage_domain = Some(Box::new(StorageDomain::with_id(last(&call.parent()))));
    }
    let domain = profile.storage_domain.as_ref().and_then(|domain| domain.id.as_deref()).unwrap_or_default();
    let domain = format!("{STORAGE_DOMAINS}/{domain}");
    if !call.state.contains(&domain) {
        return Err(Fault::invalid(ADD, "Storage Domain doesn't exist."));
    }
    qos::resolve(call.state, &mut profile.qos, || qos::not_found(ADD))?;
    check_name(call.state, &domain, &profile, None, ADD)?;
    (profile.id, profile.permissions) = (None, None);
    let path = call.state.insert(DISK_PROFILES, profile);
    log(call.state, &path, 10120, "added");
    Ok(Reply::Created(path))
}

fn log(state: &mut State, path: &str, code: i64, what: &str) {
    let (name, user) = (state.name_of(path), references::acting_user(state));
    let text = format!("Disk Profile {name} was successfully {what} (User: {user}).");
    state.event(code, Severity::Normal, &text, &[]);
}

/// Fails if another profile of the storage domain has the name.
fn check_name(
    state: &State,
    domain: &str,
    profile: &DiskProfile,
    own: Option<&str>,
    action: &str,
) -> Result<(), Fault> {
    let is_taken = |(path, other): &(String, &DiskProfile)| other.name == profile.name && Some(path.as_str()) != own;
    match profile.name.is_some() && profiles_of(state, domain).iter().any(is_taken) {
        true => Err(Fault::invalid(action, "Profile name is in use.")),
        false => Ok(()),
    }
}

/// The profiles of a storage domain.
fn profiles_of<'s>(state: &'s State, domain: &str) -> Vec<(String, &'s DiskProfile)> {
    let id = last(domain);
    let is_its = |profile: &DiskProfile| profile.storage_domain.as_ref().is_some_and(|it| it.id.as_deref() == Some(id));
    state.list::<DiskProfile>(DISK_PROFILES).filter(|(_, profile)| is_its(profile)).collect()
}

/// The path of the storage domain of a profile.
fn domain_of(profile: &DiskProfile) -> String {
    let domain = profile.storage_domain.as_ref().and_then(|domain| domain.id.as_deref());
    storage_domain::root(domain.unwrap_or_default())
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: DiskProfile = call.body()?;
    let path = call.path();
    let domain = domain_of(call.state.find::<DiskProfile>(&path)?);
    check_name(call.state, &domain, &change, Some(&path), EDIT)?;
    if change.storage_domain.is_some() && domain_of(&change) != domain {
        return Err(Fault::invalid(EDIT, "Cannot change profile."));
    }
    qos::resolve(call.state, &mut change.qos, || qos::not_found(EDIT))?;
    let reply = call.change(&change)?;
    log(call.state, &path, 10124, "updated");
    Ok(reply)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let domain = domain_of(call.state.find::<DiskProfile>(&path)?);
    if profiles_of(call.state, &domain).len() < 2 {
        return Err(Fault::invalid(REMOVE, "Cannot remove last Disk profile in Storage Domain."));
    }
    let uses = |disk: &Disk| references::refers_to(&disk.disk_profile, &path);
    let users: Vec<String> =
        call.state.each::<Disk>(DISKS).filter(|disk| uses(disk)).filter_map(|disk| disk.name.clone()).collect();
    if !users.is_empty() {
        let names: Vec<String> = users.iter().map(|name| format!("\t{name}")).collect();
        let reason = format!(
            "Several Disks ({}) are using this Profile:\n{}\n - Please remove it from all Disks that are using it and \
             try again.",
            users.len(),
            names.join(",\n")
        );
        return Err(Fault::invalid(REMOVE, &reason));
    }
    log(call.state, &path, 10122, "removed");
    call.remove()
}
