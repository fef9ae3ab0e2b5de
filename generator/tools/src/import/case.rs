//! Java names → API names.

use ovirt_sdk_generator::name::Name;

/// Converts a name from camel case. Each capital letter starts a word, so `ScsiGenericIO` becomes `scsi_generic_i_o`,
/// as in the API. A leading underscore, which escapes Java keywords, is dropped.
pub(super) fn from_camel_case(text: &str) -> Option<Name> {
    let text = text.strip_prefix('_').unwrap_or(text);
    let mut snake = String::with_capacity(text.len() + 4);
    for (index, character) in text.char_indices() {
        if character.is_ascii_uppercase() && index > 0 {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    Name::new(&snake)
}

/// Converts the name of a constant, whose words are already joined by underscores.
pub(super) fn from_constant(text: &str) -> Option<Name> {
    Name::new(&text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_as_the_api_splits_them() {
        let case = [
            ("Vm", "vm"),
            ("VmsService", "vms_service"),
            ("ScsiGenericIO", "scsi_generic_i_o"),
            ("mDevType", "m_dev_type"),
            ("_interface", "interface"),
            ("ipv6Address", "ipv6_address"),
            ("OpenStackNetwork", "open_stack_network"),
        ];
        for (java, name) in case {
            assert_eq!(from_camel_case(java).expect("a name").as_str(), name);
        }
        for (java, name) in [("X86_64", "x86_64"), ("I440FX_SEA_BIOS", "i440fx_sea_bios"), ("nfs", "nfs")] {
            assert_eq!(from_constant(java).expect("a name").as_str(), name);
        }
        assert!(from_camel_case("größe").is_none());
        assert!(from_constant("A__B").is_none());
    }
}
