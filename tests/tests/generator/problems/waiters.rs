//! Invalid waiters.

problems! {
    unknown_field_and_states: {
        "types/machine.yaml": "struct: machine\nresource: true\nattributes:\n  id: { type: string }\n  status: { type: state }\n  name: { type: string }\n"
        "types/state.yaml": "enum: state\nvalues:\n  up: {}\n  down: {}\n  powering_up: {}\n"
        "services/system.yaml": "service: system\nlocators:\n  machines: { service: machines }\n"
        "services/machines.yaml": "service: machines\nlocators:\n  machine: { service: machine, parameter: id }\n"
        "services/machine.yaml":
            "service: machine\nmethods:\n  get:\n    parameters:\n      machine: { type: machine, direction: out }\nwaiters:\n  up:\n    unmet: did not start\n    field: status\n    success: [up]\n    failure: [crashed]\n    initial: [dwon, up]\n    typical: 60 s\n    sources: [A.b]\n  gone:\n    unmet: is there\n    field: statsu\n    success: [up]\n    typical: 60 s\n    sources: [A.b]\n  named:\n    unmet: has no name\n    field: name\n    success: [up]\n    typical: 60 s\n    sources: [A.b]\n"
    }
    incomplete: {
        "types/machine.yaml": "struct: machine\nresource: true\nattributes:\n  id: { type: string }\n  on: { type: boolean }\n"
        "services/system.yaml": "service: system\nlocators:\n  machines: { service: machines }\n"
        "services/machines.yaml": "service: machines\nid_search: id\nlocators:\n  machine: { service: machine, parameter: id }\n"
        "services/machine.yaml":
            "service: machine\nmethods:\n  get:\n    parameters:\n      machine: { type: machine, direction: out }\n  remove: {}\nwaiters:\n  up:\n    unmet: did not start\n    field: 'on'\n    success: []\n    transitional: ['false']\n    typical: 60 s\n    grace: 30 s\n    sources: []\n  removed:\n    unmet: is there\n    field: 'on'\n    success: ['false']\n    typical: 1 min\n    sources: [A.b]\n"
    }
    invalid_keys: {
        "services/system.yaml": "service: system\nwaiters:\n  up:\n    succes: [up]\n    typical: 60\n    grace: 0 s\n    settle: 5 days\n"
    }
    addresses: {
        "types/machine.yaml": "struct: machine\nresource: true\nattributes:\n  id: { type: string }\n  on: { type: boolean }\nlinks:\n  nics: { type: [nic] }\n"
        "types/nic.yaml": "struct: nic\nresource: true\nattributes:\n  id: { type: string }\n  ips: { type: [ip] }\nlinks:\n  network: { type: network }\n"
        "types/ip.yaml": "struct: ip\nattributes:\n  address: { type: string }\n"
        "types/network.yaml": "struct: network\nresource: true\nattributes:\n  id: { type: string }\n"
        "services/system.yaml": "service: system\nlocators:\n  machines: { service: machines }\n"
        "services/machines.yaml": "service: machines\nlocators:\n  machine: { service: machine, parameter: id }\n"
        "services/machine.yaml":
            "service: machine\nmethods:\n  get:\n    parameters:\n      machine: { type: machine, direction: out }\nwaiters:\n  fine:\n    unmet: has no address\n    field: 'on'\n    success: ['true']\n    typical: 60 s\n    addresses: { list: nics, address: ips.address, network: network, missing: none }\n    sources: [A.b]\n  no_list:\n    unmet: has no address\n    field: 'on'\n    success: ['true']\n    typical: 60 s\n    addresses: { list: nic, address: ips.address, network: network, missing: none }\n    sources: [A.b]\n  no_fields:\n    unmet: has no address\n    field: 'on'\n    success: ['true']\n    typical: 60 s\n    addresses: { list: nics, address: ips.adress, network: network.name.id, missing: none }\n    sources: [A.b]\n  no_text:\n    unmet: has no address\n    field: 'on'\n    success: ['true']\n    typical: 60 s\n    addresses: { list: nics, address: ips, network: id, missing: none }\n    sources: [A.b]\n"
    }
    without_an_object: {
        "services/system.yaml":
            "service: system\nwaiters:\n  up:\n    unmet: did not start\n    field: status\n    success: [up]\n    typical: 1 h\n    sources: [A.b]\n"
    }
}
