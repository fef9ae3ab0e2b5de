//! Network interfaces of templates and instance types, which have no MAC addresses.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::{nic, references};
use crate::resources::paths::NICS;
use ovirt_sdk::types::{Nic, NicInterface};

pub(super) fn register(registry: &mut Registry) {
    registry.on("template_nics", "add", add);
}

/// NICs of what never runs have no addresses.
pub(crate) fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name"])?;
    let mut nic: Nic = call.body()?;
    let owner = call.parent();
    nic::check_free_name(call.state, &format!("{owner}/{NICS}"), nic.name.as_deref(), None)?;
    nic::resolve_profile(call.state, &mut nic, nic::ADD)?;
    nic.mac = None;
    nic.interface.get_or_insert(NicInterface::Virtio);
    nic.linked.get_or_insert(true);
    nic.plugged.get_or_insert(true);
    let path = call.state.insert(&format!("{owner}/{NICS}"), references::refer_to_owner(nic, &owner));
    Ok(Reply::Created(path))
}
