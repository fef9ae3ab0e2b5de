//! The sizes of machines that every engine offers.

use crate::resources::common::{devices, vm_defaults};
use crate::resources::paths::INSTANCE_TYPES;
use crate::state::State;
use ovirt_sdk::types::{Cpu, CpuTopology, InstanceType, MemoryPolicy};

/// Identifier, name, how the engine calls it, memory in MiB, sockets.
const TYPES: [(&str, &str, &str, i64, i64); 5] = [
    ("00000003-0003-0003-0003-0000000000be", "Tiny", "Tiny instance type", 512, 1),
    ("00000005-0005-0005-0005-0000000002e6", "Small", "Small instance type", 2048, 1),
    ("00000007-0007-0007-0007-00000000010a", "Medium", "Medium instance type", 4096, 2),
    ("00000009-0009-0009-0009-0000000000f1", "Large", "Large instance type", 8192, 2),
    ("0000000b-000b-000b-000b-00000000021f", "XLarge", "Extra Large instance type", 16384, 4),
];

pub(super) fn fill(state: &mut State) {
    for (id, name, description, mebibytes, sockets) in TYPES {
        let memory = mebibytes << 20;
        let mut size = InstanceType::with_id(id).name(name).description(description).comment("");
        size = size.memory(memory).memory_policy(MemoryPolicy::new().guaranteed(memory).max(memory * 4));
        size = size.cpu(Cpu::new().topology(CpuTopology::new().cores(1).sockets(sockets).threads(1)));
        vm_defaults::complete_base(state, &mut size, None);
        size.bios = None;
        let path = state.insert(INSTANCE_TYPES, size);
        devices::add_default_devices(state, &path);
    }
}
