//! Templates: making them of virtual machines and their snapshots, and their versions.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::copy_disks::{self, Choices};
use crate::resources::common::well_known::NIL;
use crate::resources::common::{
    copy_devices, devices, fields, locks, references, snapshot, template, vm_defaults, vm_status,
};
use crate::resources::paths::{SNAPSHOTS, TEMPLATES, VMS};
use crate::state::{Severity, State};
use ovirt_sdk::object::Struct as _;
use ovirt_sdk::types::{Snapshot, Template, TemplateStatus, TemplateVersion, Vm, VmStatus};

const WHAT: &str = "add Template";
/// The name of the first version of a template when nobody gives it one.
const BASE: &str = "base version";
const COPYING: Duration = Duration::from_secs(6);

pub(super) fn register(registry: &mut Registry) {
    registry.on("templates", "add", add);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name", "vm.id|name"])?;
    let mut body: Template = call.body()?;
    let source = body.vm.take().map(|vm| *vm).unwrap_or_default();
    let state = &mut *call.state;
    let vm = state.reference(VMS, &source)?.ok_or_else(|| Fault::incomplete("Template", &["vm.id|name"], "add"))?;
    let snapshot = snapshot_of(state, &vm, &source)?;
    let base = base_from(state, &body)?;
    match &base {
        // A version has the name of what it is a version of.
        Some(base) => body.name = Some(state.name_of(base)),
        None => check_template_name(state, body.name.as_deref())?,
    }
    locks::check_free(state, &vm, WHAT)?;
    if snapshot.is_none() && vm_status::status_or_down(state, &vm) != VmStatus::Down {
        return Err(Fault::cannot(WHAT, "VM is locked or still running, try again once VM is in the Down state."));
    }
    let choices = Choices::of(state, &vm, source.disk_attachments.as_ref(), body.storage_domain.as_deref())?;
    choices.check(state, &vm, "add", "Template")?;

    let name = body.name.clone().unwrap_or_default();
    state.begin_job(&format!("Creating Template {name} from VM {}", state.name_of(&vm)));
    let kept = snapshot.as_ref().and_then(|snapshot| snapshot::saved_configuration(state, snapshot));
    let kept = kept.or_else(|| state.get::<Vm>(&vm).cloned()).unwrap_or_default();
    let path = insert_template(state, body, &kept, base.as_deref());
    let from = snapshot.as_deref().unwrap_or(&vm);
    copy_devices::copy_devices(state, from, &path)?;
    devices::add_default_devices(state, &path);
    match &snapshot {
        Some(snapshot) => {
            for (disk, attachment) in snapshot::saved_disks(state, snapshot) {
                copy_disks::copy_disk(state, &disk, attachment, &path, &choices)?;
            }
        }
        None => {
            copy_disks::copy_disks(state, &vm, &path, &choices)?;
            vm_status::set_status(state, &vm, VmStatus::ImageLocked);
            locks::settle_later(state, &vm, COPYING, 0, "");
        }
    }
    let text =
        format!("{} began to make Template {name} of VM {}.", references::acting_user(state), state.name_of(&vm));
    state.event(48, Severity::Normal, &text, &[&vm, &path]);
    locks::settle_later(state, &path, COPYING, 51, &format!("Template {name} has been created."));
    Ok(Reply::Created(path))
}

/// Refuses a name that another template has.
pub(crate) fn check_template_name(state: &State, name: Option<&str>) -> Result<(), Fault> {
    let taken = name.is_some_and(|name| state.by_name(TEMPLATES, name).is_some());
    let why = "The Template name is already in use, please choose a unique name and try again.";
    if taken { Err(Fault::cannot(WHAT, why)) } else { Ok(()) }
}

fn snapshot_of(state: &State, vm: &str, source: &Vm) -> Result<Option<String>, Fault> {
    let Some(snapshot) = source.snapshots.as_ref().and_then(|snapshots| snapshots.first()) else { return Ok(None) };
    let id = snapshot.id.clone().ok_or_else(|| Fault::incomplete("Snapshot", &["id"], "add"))?;
    let path = format!("{vm}/{SNAPSHOTS}/{id}");
    if state.contains(&path) { Ok(Some(path)) } else { Err(Fault::no_such(Snapshot::INFO.name, &id)) }
}

/// The template of which a new one is to be a version.
fn base_from(state: &State, body: &Template) -> Result<Option<String>, Fault> {
    let Some(version) = &body.version else { return Ok(None) };
    let Some(base) = version.base_template.as_deref() else {
        return Err(Fault::incomplete("TemplateVersion", &["baseTemplate"], "add"));
    };
    let Some(base) = state.reference(TEMPLATES, base)? else { return Ok(None) };
    if last(&base) == NIL {
        return Err(Fault::conflict("Blank template can't have sub-templates."));
    }
    if template::base_of(state, &base) != base {
        return Err(Fault::cannot(WHAT, "Only the first template version can be selected as the base template."));
    }
    Ok(Some(base))
}

/// Adds a template to the state, with the settings of a machine; returns its path.
pub(crate) fn insert_template(state: &mut State, mut body: Template, kept: &Vm, of: Option<&str>) -> String {
    fields::clear_collections(&mut body);
    vm_defaults::copy_settings(&mut body, kept);
    body.href = None;
    body.storage_domain = None;
    body.creation_time = Some(state.now());
    body.status = Some(TemplateStatus::Locked);
    let cluster = body.cluster.as_ref().and_then(|cluster| cluster.id.clone());
    vm_defaults::complete_base(state, &mut body, cluster.as_deref());
    let number = of.map_or(1, |base| template::versions(state, base).iter().map(|it| it.0).max().unwrap_or(1) + 1);
    let id = body.id.get_or_insert_with(|| state.new_id()).clone();
    let mut version = TemplateVersion::new().version_number(number);
    version = version.base_template(Template::with_id(of.map_or(id.as_str(), last)));
    let name = body.version.take().and_then(|version| version.version_name);
    version.version_name = name.or_else(|| of.is_none().then(|| BASE.to_owned()));
    state.insert(TEMPLATES, body.version(version))
}
