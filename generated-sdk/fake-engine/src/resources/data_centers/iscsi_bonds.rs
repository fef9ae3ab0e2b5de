//! iSCSI bonds of data centers.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::bean::Violations;
use ovirt_sdk::types::IscsiBond;

pub(super) fn register(registry: &mut Registry) {
    registry.on("iscsi_bonds", "add", |call| {
        let bond: IscsiBond = call.body()?;
        check(call, &bond, "add")?;
        call.store(Box::new(bond)).map(Reply::Created)
    });
    registry.on("iscsi_bond", "update", |call| {
        let change: IscsiBond = call.body()?;
        check(call, &change, "edit")?;
        call.change(&change)
    });
}

/// Checks the name and the description of a bond.
fn check(call: &Call<'_>, bond: &IscsiBond, verb: &str) -> Result<(), Fault> {
    let mut violations = Violations::default();
    if bond.description.as_deref().is_some_and(|description| description.chars().count() > 4000) {
        violations.add("iscsiBond.description", "iSCSI bond description must not exceed 4000 characters");
    }
    let length = "iSCSI bond name must not exceed 50 characters";
    let characters =
        "iSCSI bond name must be formed from alpha-numeric characters, periods (.), hyphens (-), and underscores (_).";
    violations.check_name("iscsiBond.name", bond.name.as_deref(), 50, length, characters);
    violations.into_result()?;
    match call.is_name_taken(bond) {
        true => Err(Fault::cannot(
            &format!("{verb} iSCSI Bond"),
            "iSCSI bond with the same name already exists in the Data Center.",
        )),
        false => Ok(()),
    }
}
