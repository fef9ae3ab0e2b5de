//! Invalid services.

problems! {
    unknown_service: {
        "services/system.yaml": "service: system\nlocators:\n  machines: { service: machine }\n  others: { service: xyzzy }\n"
        "services/machines.yaml": "service: machines\nextends: sytem\n"
    }
    unknown_root: { "model.yaml": "api: Small API\nversion: \"1.0\"\nroot: sysem\n" }
    cycle: {
        "services/a.yaml": "service: a\nextends: b\n"
        "services/b.yaml": "service: b\nextends: c\n"
        "services/c.yaml": "service: c\nextends: b\n"
    }
    two_parameter_locators: {
        "services/system.yaml":
            "service: system\nlocators:\n  machine: { service: system, parameter: id }\n  name: { service: system, parameter: name }\n"
        "services/other.yaml": "service: other\nextends: system\n"
    }
    two_locators_with_the_same_segment: {
        "services/system.yaml":
            "service: system\nlocators:\n  old_disks: { service: system }\n  olddisks: { service: system }\n"
        "services/other.yaml": "service: other\nextends: system\n"
    }
    segment_and_parameter: {
        "services/system.yaml":
            "service: system\nlocators:\n  machine: { service: system, parameter: id, segment: m, because: Old. }\n"
    }
    no_body: {
        "types/machine.yaml": "struct: machine\n"
        "services/system.yaml":
            "service: system\nmethods:\n  add:\n    parameters:\n      machine: { type: machine }\n  update: {}\n"
    }
    two_bodies: {
        "types/machine.yaml": "struct: machine\n"
        "services/system.yaml":
            "service: system\nmethods:\n  add:\n    parameters:\n      host: { type: machine, direction: inout }\n      machine: { type: machine, direction: inout }\n"
    }
    two_results: {
        "services/system.yaml":
            "service: system\nmethods:\n  start:\n    parameters:\n      one: { type: string, direction: out }\n      two: { type: string, direction: out }\n"
    }
    unknown_direction_and_answer: {
        "services/system.yaml":
            "service: system\nmethods:\n  start:\n    answer: nothing\n    because: Old.\n    parameters:\n      one: { type: string, direction: up }\n"
    }
    segment_of_a_method_that_is_not_an_action: {
        "services/system.yaml": "service: system\nmethods:\n  get:\n    segment: fetch\n    because: Old.\n"
    }
    invalid_examples: {
        "services/system.yaml":
            "service: system\nmethods:\n  get:\n    example: |\n      // Nothing.\n  start:\n    example: |\n      let a = ;\n  stop:\n    example: |\n      let a = \"```\";\n  turn:\n    example: |\n      let a = (;\n"
    }
    empty_example: { "services/system.yaml": "service: system\nmethods:\n  get:\n    example: ''\n" }
    example_of_a_signature: {
        "types/machine.yaml": "struct: machine\n"
        "services/system.yaml":
            "service: system\nmethods:\n  add:\n    parameters:\n      machine: { type: machine, direction: inout }\n    signatures:\n      from_other: { example: connection; }\n"
    }
    signature_with_a_segment: {
        "services/system.yaml":
            "service: system\nmethods:\n  start:\n    signatures:\n      other: { segment: other }\n"
    }
    signature_with_different_types: {
        "types/machine.yaml": "struct: machine\n"
        "services/system.yaml":
            "service: system\nmethods:\n  add:\n    parameters:\n      clone: { type: boolean }\n      machine: { type: machine, direction: inout }\n    signatures:\n      from_other:\n        parameters:\n          clone: { type: string }\n          machine: { type: [machine], direction: inout }\n"
    }
    mandatory_fields_of_a_primitive: {
        "services/system.yaml":
            "service: system\nmethods:\n  start:\n    parameters:\n      force: { type: boolean, mandatory: [name] }\n"
    }
    duplicate_tags_of_parameters: {
        "services/system.yaml":
            "service: system\nmethods:\n  start:\n    parameters:\n      force: { type: boolean }\n      power: { type: boolean, tag: force, because: Old. }\n"
    }
    method_and_locator_with_the_same_name: {
        "services/base.yaml": "service: base\nmethods:\n  disks: {}\nlocators:\n  start: { service: system }\n"
        "services/other.yaml": "service: other\nextends: base\n"
        "services/special.yaml": "service: special\nextends: base\nmethods:\n  start: {}\n"
        "services/system.yaml":
            "service: system\nmethods:\n  start: {}\nlocators:\n  start: { service: system, segment: x, because: Old. }\n"
    }
    requests_with_the_same_rust_name: {
        "services/a.yaml": "service: a\nmethods:\n  b_c: {}\n  service: {}\n"
        "services/a_b.yaml": "service: a_b\nmethods:\n  c: {}\n"
    }
    parameters_that_no_message_can_contain: {
        "types/machine.yaml": "struct: machine\n"
        "services/system.yaml":
            "service: system\nmethods:\n  get:\n    parameters:\n      of: { type: machine }\n      name: { type: string, direction: out }\n  list:\n    parameters:\n      since: { type: date }\n      names: { type: [string] }\n  remove:\n    parameters:\n      all: { type: [machine] }\n  update:\n    parameters:\n      name: { type: string, direction: inout }\n"
    }
    two_results_one_inout: {
        "services/system.yaml":
            "service: system\nmethods:\n  start:\n    parameters:\n      one: { type: string, direction: inout }\n      two: { type: string, direction: out }\n"
    }
    signatures_with_different_types: {
        "services/system.yaml":
            "service: system\nmethods:\n  start:\n    signatures:\n      one:\n        parameters:\n          host: { type: string }\n      two:\n        parameters:\n          host: { type: integer }\n"
    }
    found_by: {
        "types/machine.yaml":
            "struct: machine\nattributes:\n  name: { type: string }\n  size: { type: integer }\n  parts: { type: [machine] }\n  host: { type: machine }\n"
        "services/system.yaml": "service: system\nfound_by: name\nmethods:\n  start: {}\n"
        "services/a.yaml":
            "service: a\nfound_by: host.nam\nmethods:\n  list:\n    parameters:\n      machines: { type: [machine], direction: out }\n"
        "services/b.yaml":
            "service: b\nfound_by: size\nmethods:\n  list:\n    parameters:\n      machines: { type: [machine], direction: out }\n"
        "services/c.yaml":
            "service: c\nfound_by: parts.name\nmethods:\n  list:\n    parameters:\n      machines: { type: [machine], direction: out }\n"
        "services/d.yaml": "service: d\nfound_by: Name.\n"
    }
    redundant_answer: {
        "services/system.yaml":
            "service: system\nmethods:\n  remove:\n    answer: action\n    because: Old.\n  start:\n    answer: action\n    because: Old.\n"
    }
}
