//! Java's names → names of the API.

use ovirt_sdk_generator::name::Name;

/// The words of a name in camel case: every capital begins one, so `ScsiGenericIO` is `scsi_generic_i_o`, as the
/// API has it. An underscore before a name that Java keeps for itself is no part of it.
pub(super) fn of_case(text: &str) -> Option<Name> {
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

/// The words of a constant, which has underscores already.
pub(super) fn of_constant(text: &str) -> Option<Name> {
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
            assert_eq!(of_case(java).expect("a name").as_str(), name);
        }
        for (java, name) in [("X86_64", "x86_64"), ("I440FX_SEA_BIOS", "i440fx_sea_bios"), ("nfs", "nfs")] {
            assert_eq!(of_constant(java).expect("a name").as_str(), name);
        }
        assert!(of_case("größe").is_none());
        assert!(of_constant("A__B").is_none());
    }
}
