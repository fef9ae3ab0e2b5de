//! Operating systems of VMs, with their icons.

use std::collections::HashMap;

use crate::path::last;
use crate::resources::paths::{ICONS, OPERATING_SYSTEMS};
use crate::state::State;
use crate::table;
use ovirt_sdk::types::{Icon, OperatingSystemInfo};

/// An image of one pixel.
const IMAGE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
/// The word in the table for systems without icons.
const NO_ICON: &str = "-";

pub(super) fn fill(state: &mut State) {
    let mut icons: HashMap<&str, [String; 2]> = HashMap::new();
    for [number, name, architecture, tpm, icon, description] in
        table::rows(include_str!("operating_systems/operating_systems.txt"))
    {
        let mut system = OperatingSystemInfo::with_id(number)
            .name(name)
            .description(description)
            .architecture(architecture)
            .tpm_support(tpm);
        if icon != NO_ICON {
            let [large, small] = icons.entry(icon).or_insert_with(|| [add_icon(state), add_icon(state)]);
            system = system.large_icon(Icon::with_id(large.as_str())).small_icon(Icon::with_id(small.as_str()));
        }
        state.insert(OPERATING_SYSTEMS, system);
    }
}

/// Adds an icon; returns its identifier.
fn add_icon(state: &mut State) -> String {
    let icon = Icon::new().data(IMAGE).media_type("image/png");
    last(&state.insert(ICONS, icon)).to_owned()
}
