//! Units of scheduling policies.

use crate::resources::paths::SCHEDULING_POLICY_UNITS;
use crate::state::State;
use crate::table;
use ovirt_sdk::types::{List, Property, SchedulingPolicyUnit};

/// The word in the table for nothing.
const NOTHING: &str = "-";

/// The properties that units read, with the patterns of their values.
const PROPERTIES: [(&str, &str); 14] = [
    ("CpuOverCommitDurationMinutes", "^([1-9][0-9]*)$"),
    ("EnableAutomaticHostPowerManagement", "^(true|false)$"),
    ("HeSparesCount", "^([0-9][0-9]*)$"),
    ("HighUtilization", "^([5-9][0-9])$"),
    ("HighVmCount", "^([0-9]|[1-9][0-9]+)$"),
    ("HostsInReserve", "^[0-9][0-9]*$"),
    ("LowUtilization", "^([0-9]|[1-4][0-9])$"),
    ("MaxFreeMemoryForOverUtilized", "^([1-9][0-9]*)$"),
    ("MaximumAllowedSwapUsage", "^1?[0-9]?[0-9]$"),
    ("MigrationThreshold", "^([2-9]|[1-9][0-9]+)$"),
    ("MinFreeMemoryForUnderUtilized", "^([1-9][0-9]*)$"),
    ("ScaleDown", "(100|[1-9]|[1-9][0-9])$"),
    ("SpmVmGrace", "^([0-9]|[1-9][0-9]+)$"),
    ("VCpuToPhysicalCpuRatio", "^([0-2](\\.([0-9]+))?)$"),
];

pub(super) fn fill(state: &mut State) {
    for [id, name, type_, properties, description] in table::rows(include_str!("scheduling_policy_units/units.txt")) {
        let mut unit = SchedulingPolicyUnit::with_id(id).name(name).description(description);
        unit = unit.enabled(true).internal(true);
        if type_ != NOTHING {
            unit = unit.type_(type_);
        }
        if properties != NOTHING {
            unit = unit.properties(properties.split(' ').filter_map(property).collect::<List<_>>());
        }
        state.insert(SCHEDULING_POLICY_UNITS, unit);
    }
}

fn property(name: &str) -> Option<Property> {
    let (name, pattern) = PROPERTIES.iter().find(|(known, _)| *known == name)?;
    Some(Property::new().name(*name).value(*pattern))
}
