//! Templates: making them of virtual machines and their snapshots, and their versions.

use std::time::Duration;

use super::parts::{self, Choices};
use super::{record, stage};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::machines::defaults::{base, devices};
use crate::behaviour::{NIL, Registry};
use crate::state::{Severity, State, last};
use ovirt_sdk::object::Struct as _;
use ovirt_sdk::types::{Snapshot, Template, TemplateStatus, TemplateVersion, Vm, VmStatus};

const WHAT: &str = "add Template";
/// The name of the first version of a template when nobody gives it one.
const BASE: &str = "base version";
const COPYING: Duration = Duration::from_secs(6);

pub(super) fn register(registry: &mut Registry) {
    registry.on("templates", "add", add);
}

/// The first version of the template of which this is a version.
pub(super) fn base_of(state: &State, template: &str) -> String {
    let version = state.get::<Template>(template).and_then(|template| template.version.as_deref());
    let base = version.and_then(|version| version.base_template.as_ref()?.id.as_deref());
    base.map_or_else(|| template.to_owned(), |id| format!("templates/{id}"))
}

/// The versions of a template with their numbers.
pub(super) fn versions(state: &State, base: &str) -> Vec<(i64, String)> {
    let number = |template: &Template| template.version.as_ref().and_then(|it| it.version_number).unwrap_or(1);
    let all = state.list::<Template>("templates");
    all.filter(|(path, _)| base_of(state, path) == base).map(|(path, template)| (number(template), path)).collect()
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name", "vm.id|name"])?;
    let mut body: Template = call.body()?;
    let source = body.vm.take().map(|vm| *vm).unwrap_or_default();
    let state = &mut *call.state;
    let vm = state.reference("vms", &source)?.ok_or_else(|| Fault::incomplete("Template", &["vm.id|name"], "add"))?;
    let snapshot = snapshot_of(state, &vm, &source)?;
    let base = base_from(state, &body)?;
    match &base {
        // A version has the name of what it is a version of.
        Some(base) => body.name = Some(state.name_of(base)),
        None => check_name(state, body.name.as_deref())?,
    }
    stage::is_free(state, &vm, WHAT)?;
    if snapshot.is_none() && stage::status(state, &vm) != VmStatus::Down {
        return Err(Fault::cannot(WHAT, "VM is locked or still running, try again once VM is in the Down state."));
    }
    let choices = Choices::of(state, &vm, source.disk_attachments.as_ref(), body.storage_domain.as_deref())?;
    choices.check(state, &vm, "add", "Template")?;

    let name = body.name.clone().unwrap_or_default();
    state.begin_job(&format!("Creating Template {name} from VM {}", state.name_of(&vm)));
    let kept = snapshot.as_ref().and_then(|snapshot| record::settings(state, snapshot));
    let kept = kept.or_else(|| state.get::<Vm>(&vm).cloned()).unwrap_or_default();
    let path = plant(state, body, &kept, base.as_deref());
    let from = snapshot.as_deref().unwrap_or(&vm);
    parts::copy_devices(state, from, &path)?;
    devices(state, &path);
    match &snapshot {
        Some(snapshot) => {
            for (disk, attachment) in record::disks(state, snapshot) {
                parts::copy_disk(state, &disk, attachment, &path, &choices)?;
            }
        }
        None => {
            parts::copy_disks(state, &vm, &path, &choices)?;
            stage::set_status(state, &vm, VmStatus::ImageLocked);
            stage::settle_later(state, &vm, COPYING, 0, "");
        }
    }
    let text = format!("{} began to make Template {name} of VM {}.", stage::by(state), state.name_of(&vm));
    state.event(48, Severity::Normal, &text, &[&vm, &path]);
    stage::settle_later(state, &path, COPYING, 51, &format!("Template {name} has been created."));
    Ok(Reply::Created(path))
}

/// Refuses a name that another template has.
pub(super) fn check_name(state: &State, name: Option<&str>) -> Result<(), Fault> {
    let taken = name.is_some_and(|name| state.by_name("templates", name).is_some());
    let why = "The Template name is already in use, please choose a unique name and try again.";
    if taken { Err(Fault::cannot(WHAT, why)) } else { Ok(()) }
}

fn snapshot_of(state: &State, vm: &str, source: &Vm) -> Result<Option<String>, Fault> {
    let Some(snapshot) = source.snapshots.as_ref().and_then(|snapshots| snapshots.first()) else { return Ok(None) };
    let id = snapshot.id.clone().ok_or_else(|| Fault::incomplete("Snapshot", &["id"], "add"))?;
    let path = format!("{vm}/snapshots/{id}");
    if state.contains(&path) { Ok(Some(path)) } else { Err(Fault::no_such(Snapshot::INFO, &id)) }
}

/// The template of which a new one is to be a version.
fn base_from(state: &State, body: &Template) -> Result<Option<String>, Fault> {
    let Some(version) = &body.version else { return Ok(None) };
    let Some(base) = version.base_template.as_deref() else {
        return Err(Fault::incomplete("TemplateVersion", &["baseTemplate"], "add"));
    };
    let Some(base) = state.reference("templates", base)? else { return Ok(None) };
    if last(&base) == NIL {
        return Err(Fault::conflict("Blank template can't have sub-templates."));
    }
    if base_of(state, &base) != base {
        return Err(Fault::cannot(WHAT, "Only the first template version can be selected as the base template."));
    }
    Ok(Some(base))
}

/// Puts a template into the state, with the settings of a machine; its path.
pub(super) fn plant(state: &mut State, mut body: Template, kept: &Vm, of: Option<&str>) -> String {
    parts::strip(&mut body);
    parts::settings(&mut body, kept);
    body.href = None;
    body.storage_domain = None;
    body.creation_time = Some(state.now());
    body.status = Some(TemplateStatus::Locked);
    let cluster = body.cluster.as_ref().and_then(|cluster| cluster.id.clone());
    base(state, &mut body, cluster.as_deref());
    let number = of.map_or(1, |base| versions(state, base).iter().map(|it| it.0).max().unwrap_or(1) + 1);
    let id = body.id.get_or_insert_with(|| state.new_id()).clone();
    let mut version = TemplateVersion::new().version_number(number);
    version = version.base_template(Template::with_id(of.map_or(id.as_str(), last)));
    let name = body.version.take().and_then(|version| version.version_name);
    version.version_name = name.or_else(|| of.is_none().then(|| BASE.to_owned()));
    state.insert("templates", body.version(version))
}
