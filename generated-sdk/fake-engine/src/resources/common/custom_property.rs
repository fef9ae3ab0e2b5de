//! Custom properties of virtual machines.

use crate::api::Fault;
use ovirt_sdk::types::CustomProperty;

type ValueCheck = fn(&str) -> bool;

/// The custom properties that an engine knows, with checks of their values.
const PREDEFINED: [(&str, ValueCheck); 8] = [
    ("sap_agent", |value| matches!(value, "true" | "false")),
    ("sndbuf", is_number),
    ("vhost", |value| value.split(',').all(is_switch)),
    ("viodiskcache", |value| matches!(value, "none" | "writeback" | "writethrough")),
    ("hugepages", is_number),
    ("scsi_hostdev", |value| matches!(value, "scsi_generic" | "scsi_block" | "scsi_hd" | "virtio_blk_pci")),
    ("nvram_template", |_| true),
    ("extra_cpu_flags", |value| value.split(',').all(is_cpu_flag)),
];

fn is_number(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_word(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Whether a text is a network name with a boolean: `red:true`.
fn is_switch(value: &str) -> bool {
    value.split_once(':').is_some_and(|(name, flag)| is_word(name) && matches!(flag, "true" | "false"))
}

fn is_cpu_flag(value: &str) -> bool {
    let name = value.strip_prefix(['+', '-']).unwrap_or(value);
    !name.is_empty() && is_word(name)
}

/// Fails if custom properties are unknown or have invalid values.
pub(crate) fn check<'p>(properties: impl Iterator<Item = &'p CustomProperty>, action: &str) -> Result<(), Fault> {
    let (mut unknown, mut wrong) = (Vec::new(), Vec::new());
    for property in properties {
        let name = property.name.as_deref().unwrap_or_default();
        let value = property.value.as_deref().unwrap_or_default();
        if name.is_empty()
            || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            || value.contains(';')
        {
            return Err(Fault::bad(&format!(
                "Cannot {action} if custom properties are in invalid format. Please check the input."
            )));
        }
        match PREDEFINED.iter().find(|(known, _)| *known == name) {
            None => unknown.push(name),
            Some((_, is_valid)) if !is_valid(value) => wrong.push(name),
            Some(_) => {}
        }
    }
    let mut messages = Vec::new();
    if !unknown.is_empty() {
        messages.push(format!(
            "Cannot {action} if some of the specified custom properties are not configured by the system. The keys are: {}",
            unknown.join(",")
        ));
    }
    if !wrong.is_empty() {
        messages.push(format!(
            "Cannot {action} if some of the specified custom properties have illegal values. The keys are: {}",
            wrong.join(",")
        ));
    }
    if messages.is_empty() { Ok(()) } else { Err(Fault::bad(&messages.join(", "))) }
}
