//! Scheduling policies.

use crate::resources::paths::{BALANCES, FILTERS, SCHEDULING_POLICIES, WEIGHTS};
use crate::state::State;
use ovirt_sdk::types::{self, Balance, List, Property, SchedulingPolicy, SchedulingPolicyUnit};

/// The units that filter hosts in every policy, in their order.
const FILTER_UNITS: [&str; 15] = [
    "6d636bf6-a35c-4f9d-b68d-0731f720cddc",
    "98842bc5-4094-4b83-8224-7b50f86a94c9",
    "58894b5b-d55d-4f85-8f82-5bf217e640b0",
    "e659c871-0bf1-4ccc-b748-f28f5d08dffd",
    "43b9e654-337f-4b0d-a896-cbb22ce5a7fc",
    "c9ddbb34-0e1d-4061-a8d7-b0893fa80932",
    "fcbfe4b1-b83e-4428-b9d3-b3d348b93be6",
    "23e07b34-66dd-4735-bc45-bcddded02c05",
    "e659c871-0bf1-4ccc-b748-f28f5d08ddda",
    "84e6ddee-ab0d-42dd-82f0-c297779db566",
    "e69808a9-8a41-40f1-94ba-dd5d385d82d8",
    "72163d1c-9468-4480-99d9-0888664eb143",
    "53bff075-8306-446f-a53b-9c872a29d197",
    "47ea3cd0-8a2f-438d-9f63-49534178882a",
    "aae8c702-4756-4934-b84c-8daf59efc134",
];

/// The units that weigh hosts in every policy, with their factors.
const WEIGHT_UNITS: [(&str, i64); 7] = [
    ("591cdb81-ba67-45b4-9642-e28f61a97d57", 99),
    ("98e92667-6161-41fb-b3fa-34f820ccbc4b", 1),
    ("7f262d70-6cac-11e3-981f-0800200c9a66", 1),
    ("84e6ddee-ab0d-42dd-82f0-c297779db567", 1),
    ("427aed70-dae3-48ba-8fe9-a902a9d563c8", 20),
    ("71931e14-f0e6-4f91-a7c8-d494a26e3a09", 4),
    ("1b14ac11-20e9-4593-a149-2eb83c60a330", 5),
];

struct Policy {
    id: &'static str,
    name: &'static str,
    balance: &'static str,
    /// Units with factors, in front of those of every policy.
    weights: &'static [(&'static str, i64)],
    properties: &'static [(&'static str, &'static str)],
    /// A filter in front of those of every policy.
    first_filter: Option<&'static str>,
}

const POLICIES: [Policy; 5] = [
    Policy {
        id: "5a2b0939-7d46-4b73-a469-e9c2c7fc6a53",
        name: "power_saving",
        balance: "736999d0-1023-46a4-9a75-1316ed50e151",
        weights: &[("736999d0-1023-46a4-9a75-1316ed50e15b", 2), ("9dfe6086-646d-43b8-8eef-4d94de8472c8", 1)],
        properties: &[
            ("HighUtilization", "80"),
            ("LowUtilization", "20"),
            ("HeSparesCount", "0"),
            ("CpuOverCommitDurationMinutes", "2"),
        ],
        first_filter: None,
    },
    Policy {
        id: "b4ed2332-a7ac-4d5f-9596-99a439cb2812",
        name: "none",
        balance: "38440000-8cf0-14bd-c43e-10b96e4ef00a",
        weights: &[("7db4ab05-81ab-42e8-868a-aee2df483edb", 2), ("4134247a-9c58-4b9a-8593-530bb9e37c59", 1)],
        properties: &[("HighUtilization", "80"), ("CpuOverCommitDurationMinutes", "2")],
        first_filter: None,
    },
    Policy {
        id: "7677771e-5eab-422e-83fa-dc04080d21b7",
        name: "cluster_maintenance",
        balance: "38440000-8cf0-14bd-c43e-10b96e4ef00a",
        weights: &[("7db4ab05-81ab-42e8-868a-aee2df483edb", 2), ("4134247a-9c58-4b9a-8593-530bb9e37c59", 1)],
        properties: &[("HighUtilization", "80"), ("CpuOverCommitDurationMinutes", "2")],
        first_filter: Some("0bd8fef9-bcb4-4250-9998-410f01608d9b"),
    },
    Policy {
        id: "20d25257-b4bd-4589-92a6-c4c5c5d3fd1a",
        name: "evenly_distributed",
        balance: "7db4ab05-81ab-42e8-868a-aee2df483ed2",
        weights: &[("7db4ab05-81ab-42e8-868a-aee2df483edb", 2), ("4134247a-9c58-4b9a-8593-530bb9e37c59", 1)],
        properties: &[
            ("HighUtilization", "80"),
            ("HeSparesCount", "0"),
            ("CpuOverCommitDurationMinutes", "2"),
            ("VCpuToPhysicalCpuRatio", "0"),
        ],
        first_filter: None,
    },
    Policy {
        id: "8d5d7bec-68de-4a67-b53e-0ac54686d579",
        name: "vm_evenly_distributed",
        balance: "d58c8e32-44e1-418f-9222-52cd887bf9e0",
        weights: &[("3ba8c988-f779-42c0-90ce-caa8243edee7", 2)],
        properties: &[
            ("HighUtilization", "80"),
            ("HeSparesCount", "0"),
            ("CpuOverCommitDurationMinutes", "2"),
            ("HighVmCount", "10"),
            ("SpmVmGrace", "5"),
            ("MigrationThreshold", "5"),
        ],
        first_filter: None,
    },
];

pub(super) fn fill(state: &mut State) {
    for policy in &POLICIES {
        add(state, policy);
    }
}

fn add(state: &mut State, policy: &Policy) {
    let properties = policy.properties.iter().map(|(name, value)| Property::new().name(*name).value(*value));
    let properties: List<Property> = properties.collect();
    let new = SchedulingPolicy::with_id(policy.id).name(policy.name).locked(true);
    let new = new.default_policy(policy.name == "none").properties(properties);
    let path = state.insert(SCHEDULING_POLICIES, new);
    let unit = |id: &str| SchedulingPolicyUnit::with_id(id);
    let filters: Vec<&str> = policy.first_filter.into_iter().chain(FILTER_UNITS).collect();
    for (index, id) in filters.iter().enumerate() {
        // The first filter has position -1, the last one 1, and all others 0.
        let position = if index == 0 { -1 } else { i64::from(index + 1 == filters.len()) };
        let filter = types::Filter::with_id(*id).position(position).scheduling_policy_unit(unit(id));
        state.insert(&format!("{path}/{FILTERS}"), filter);
    }
    for (id, factor) in policy.weights.iter().chain(&WEIGHT_UNITS) {
        let weight = types::Weight::with_id(*id).factor(*factor).scheduling_policy_unit(unit(id));
        state.insert(&format!("{path}/{WEIGHTS}"), weight);
    }
    let balance = Balance::with_id(policy.balance).scheduling_policy_unit(unit(policy.balance));
    state.insert(&format!("{path}/{BALANCES}"), balance);
}
