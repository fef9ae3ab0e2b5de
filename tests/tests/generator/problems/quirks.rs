//! Quirks that are redundant, invalid or have no reason.

problems! {
    redundant_quirks: {
        "types/machine.yaml":
            "struct: machine\ntag: machine\nplural_tag: machines\nbecause: So it is.\nattributes:\n  names: { type: [string], tag: names, item_tag: name, because: So it is. }\nlinks:\n  host_nics: { type: [machine], rel: hostnics, because: So it is. }\n"
        "services/system.yaml":
            "service: system\nmethods:\n  re_start:\n    segment: restart\n    because: So it is.\n    parameters:\n      all: { type: boolean, tag: all, because: So it is. }\nlocators:\n  old_machines: { service: system, segment: oldmachines, because: So it is. }\n"
    }
    quirk_without_reason: {
        "types/machine.yaml": "struct: machine\ntag: engine\nattributes:\n  name: { type: string, tag: title }\n"
    }
    reason_without_quirk: {
        "types/machine.yaml": "struct: machine\nbecause: So it is.\nattributes:\n  name: { type: string, because: Old. }\n"
    }
    quirks_that_need_a_list: {
        "types/machine.yaml":
            "struct: machine\nattributes:\n  name: { type: string, item_tag: part, because: Old. }\n  names: { type: [string], rel: labels, because: Old. }\nlinks:\n  host: { type: machine, rel: hosts, because: Old. }\n"
    }
    invalid_tags_and_segments: {
        "types/machine.yaml":
            "struct: machine\ntag: big machine\nbecause: So it is.\nattributes:\n  names: { type: [string], tag: <names>, item_tag: 2nd, because: So it is. }\nlinks:\n  hosts: { type: [machine], rel: my hosts, because: So it is. }\n"
        "services/system.yaml":
            "service: system\nlocators:\n  old_machines: { service: system, segment: old machines, because: So it is. }\n"
    }
}
