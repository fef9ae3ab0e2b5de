//! Groups of users.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::domains::find_or_add_domain;
use ovirt_sdk::types::{Domain, Group};

pub(super) fn register(registry: &mut Registry) {
    registry.on("groups", "add", add);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name|id"])?;
    let group: Group = call.body()?;
    let named = group.domain.as_deref().and_then(|it| it.name.clone()).unwrap_or_else(|| "internal-authz".to_owned());
    let domain = match group.domain.as_deref().and_then(|it| it.id.clone()) {
        Some(id) => id,
        None => find_or_add_domain(call.state, &named),
    };
    let entry = call.state.new_id();
    call.add(Box::new(group.domain(Domain::with_id(domain)).namespace("*").domain_entry_id(entry)))
}
