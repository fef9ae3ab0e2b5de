//! What the API checks of virtual machines and templates in requests, before the engine's commands check their settings.

use crate::api::{Call, Fault};
use crate::resources::common::cluster_level::MINORS;
use ovirt_sdk::types::{Icon, Template, Version, Vm};

/// Fails if a client sends a virtual machine that the API refuses.
pub(crate) fn check_vm(sent: &Vm) -> Result<(), Fault> {
    check_icons(sent.large_icon.as_deref(), sent.small_icon.as_deref())?;
    check_version(sent.custom_compatibility_version.as_deref())?;
    check_virtio_scsi_queues(sent)
}

/// Fails if a client sends a template that the API refuses.
pub(crate) fn check_template(sent: &Template) -> Result<(), Fault> {
    check_icons(sent.large_icon.as_deref(), sent.small_icon.as_deref())
}

/// Fails if a client wants a CPU topology or CPU pinning for a virtual machine whose topology the engine is to choose.
pub(crate) fn check_auto_pinning(call: &Call<'_>, sent: &Vm) -> Result<(), Fault> {
    let policy = call.request.parameter("auto_pinning_policy").filter(|policy| !policy.is_empty());
    let is_ignored = sent.auto_pinning_policy.is_some() || sent.cpu_pinning_policy.is_some();
    let Some(policy) = policy.filter(|_| !is_ignored) else { return Ok(()) };
    if sent.cpu.as_ref().is_some_and(|cpu| cpu.topology.is_some() || cpu.cpu_tune.is_some()) {
        let why = "Attempt to automatically configure CPU topology or pinning while CPU topology or pinning is also \
                   specified.";
        return Err(Fault::operation(409, why));
    }
    match ["adjust", "disabled", "existing"].contains(&policy) {
        true => Ok(()),
        false => Err(Fault::operation(400, "Invalid value")),
    }
}

/// Fails unless a client uploads a large icon, or chooses icons by their identifiers.
fn check_icons(large: Option<&Icon>, small: Option<&Icon>) -> Result<(), Fault> {
    let is_chosen = |icon: &Icon| icon.id.is_some() && icon.data.is_none() && icon.media_type.is_none();
    let is_uploaded = |icon: &Icon| icon.id.is_none() && icon.data.is_some() && icon.media_type.is_some();
    let is_valid = match (large, small) {
        (Some(large), None) => is_chosen(large) || is_uploaded(large),
        (large, small) => large.into_iter().chain(small).all(is_chosen),
    };
    match is_valid {
        true => Ok(()),
        false => Err(Fault::operation(
            400,
            "Invalid icon parameters. Either large icon is uploaded using \"media_type\" and \"data\" properties or id \
             of existing icon can be set.",
        )),
    }
}

fn check_version(version: Option<&Version>) -> Result<(), Fault> {
    let Some((major, minor)) = version.and_then(|version| version.major.zip(version.minor)) else { return Ok(()) };
    if major == 4 && MINORS.contains(&minor) {
        return Ok(());
    }
    let supported: Vec<String> = MINORS.iter().map(|minor| format!("4.{minor}")).collect();
    Err(Fault::new(400, "Invalid version", format!("Supported versions are {}", supported.join(", "))))
}

/// Fails if a client sets the number of queues of a controller without queues.
fn check_virtio_scsi_queues(sent: &Vm) -> Result<(), Fault> {
    match sent.virtio_scsi_multi_queues.is_some() && sent.virtio_scsi_multi_queues_enabled == Some(false) {
        true => Err(Fault::new(
            400,
            "Invalid Virtio-SCSI Multi-Queue values",
            "Cannot set the number of queues for VirtIO-SCSI controller when Virtio-SCSI multi-queue is disabled.",
        )),
        false => Ok(()),
    }
}
