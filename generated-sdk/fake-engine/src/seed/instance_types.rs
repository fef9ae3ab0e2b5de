//! Instance types.

use crate::resources::common::devices;
use crate::resources::instance_types::complete_instance_type;
use crate::resources::paths::INSTANCE_TYPES;
use crate::state::{State, date};
use ovirt_sdk::types::{Cpu, CpuTopology, Display, DisplayType, InstanceType, Io};

/// When the instance types were created: 2014-05-04T21:00:00Z.
const CREATED: i64 = 1_399_237_200_000;

/// Identifier, name, description, memory in MiB and number of sockets.
const TYPES: [(&str, &str, &str, i64, i64); 5] = [
    ("00000003-0003-0003-0003-0000000000be", "Tiny", "Tiny instance type", 512, 1),
    ("00000005-0005-0005-0005-0000000002e6", "Small", "Small instance type", 2048, 1),
    ("00000007-0007-0007-0007-00000000010a", "Medium", "Medium instance type", 4096, 2),
    ("00000009-0009-0009-0009-0000000000f1", "Large", "Large instance type", 8192, 2),
    ("0000000b-000b-000b-000b-00000000021f", "XLarge", "Extra Large instance type", 16384, 4),
];

pub(super) fn fill(state: &mut State) {
    for (id, name, description, mebibytes, sockets) in TYPES {
        let topology = CpuTopology::new().cores(1).sockets(sockets).threads(1);
        let instance_type = InstanceType::with_id(id)
            .name(name)
            .description(description)
            .cpu(Cpu::new().topology(topology))
            .creation_time(date(CREATED))
            .display(Display::new().type_(DisplayType::Spice))
            .io(Io::new().threads(0))
            .memory(mebibytes << 20);
        let instance_type = complete_instance_type(state, instance_type);
        let path = state.insert(INSTANCE_TYPES, instance_type);
        devices::add_default_devices(state, &path);
    }
}
