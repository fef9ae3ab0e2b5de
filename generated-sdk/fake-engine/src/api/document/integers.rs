//! Ranges of integers. The engine's documents have integers of 32 bits, with a few exceptions.

use ovirt_sdk::object::{self, Kind, Object, ScalarKind, Slot};

use crate::api::fault::Fault;

/// Fields with 64 bits, by type and name.
const LONG: [(&str, &str); 26] = [
    ("disk", "actual_size"),
    ("disk", "initial_size"),
    ("disk", "provisioned_size"),
    ("disk", "total_size"),
    ("gluster_client", "bytes_read"),
    ("gluster_client", "bytes_written"),
    ("host", "max_scheduling_memory"),
    ("host", "memory"),
    ("host_nic", "speed"),
    ("image", "size"),
    ("image_transfer", "transferred"),
    ("instance_type", "memory"),
    ("logical_unit", "discard_max_size"),
    ("logical_unit", "size"),
    ("memory_policy", "guaranteed"),
    ("memory_policy", "max"),
    ("numa_node", "memory"),
    ("quota_storage_limit", "limit"),
    ("snapshot", "memory"),
    ("storage_domain", "available"),
    ("storage_domain", "committed"),
    ("storage_domain", "used"),
    ("template", "memory"),
    ("ticket", "expiry"),
    ("virtual_numa_node", "memory"),
    ("vm", "memory"),
];

/// Whether a field of a type has 64 bits.
pub(super) fn is_long(kind: &str, field: &str) -> bool {
    LONG.contains(&(kind, field))
}

/// Fails if an integer in an object is too large.
pub(super) fn check(object: &dyn Object) -> Result<(), Fault> {
    let kind = object.info().name;
    object::members(object).try_for_each(|(field, slot)| check_slot(slot, is_long(kind, field.name)))
}

/// Fails if an integer in a slot is too large.
pub(super) fn check_slot(slot: &dyn Slot, is_long: bool) -> Result<(), Fault> {
    match slot.kind() {
        Kind::Value(ScalarKind::Integer) if !is_long => {
            let text = slot.text().unwrap_or_default();
            match text.parse::<i64>() {
                Ok(value) if value > i64::from(i32::MAX) => Err(above_maximum(&text, "integer", i64::from(i32::MAX))),
                _ => Ok(()),
            }
        }
        Kind::Object(_) => slot.as_object().map_or(Ok(()), check),
        Kind::List(_) => {
            let Some(list) = slot.as_list() else { return Ok(()) };
            (0..list.count()).filter_map(|index| list.object(index)).try_for_each(check)
        }
        _ => Ok(()),
    }
}

/// The fault for the text of an integer that 64 bits can't hold; `None` if the text isn't such an integer.
pub(super) fn too_large(text: &str, path: &str) -> Option<Fault> {
    let digits = text.trim().trim_start_matches('+');
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_long = LONG.iter().any(|(_, field)| *field == name);
    Some(if is_long {
        above_maximum(text, "long", i64::MAX)
    } else {
        above_maximum(text, "integer", i64::from(i32::MAX))
    })
}

fn above_maximum(value: &str, kind: &str, maximum: i64) -> Fault {
    Fault::invalid_value(format!("Value {value} is greater than maximum {kind} {maximum}"))
}

#[cfg(test)]
mod tests {
    use ovirt_sdk::types::{Cpu, CpuTopology, Vm};

    use super::*;

    #[test]
    fn fields_have_32_or_64_bits() {
        assert!(check(&Vm::new().memory(1 << 40)).is_ok());
        let vm = Vm::new().cpu(Cpu::new().topology(CpuTopology::new().sockets(99_999_999_999_i64)));
        let fault = check(&vm).unwrap_err();
        assert_eq!(
            fault.text(),
            Some(("Invalid value", "Value 99999999999 is greater than maximum integer 2147483647"))
        );
        assert!(too_large("lots", "memory").is_none());
        let fault = too_large("99999999999999999999", "cpu/topology/sockets");
        assert!(fault.is_some_and(|fault| fault.text().is_some_and(|(_, detail)| detail.ends_with("2147483647"))));
    }
}
