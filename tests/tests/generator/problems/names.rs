//! Names that collide in Rust or XML.

problems! {
    types_with_the_same_rust_name: {
        "types/cpu2.yaml": "struct: cpu2\n"
        "types/cpu_2.yaml": "struct: cpu_2\n"
        "types/list.yaml": "struct: list\n"
        "types/parse_date_time_error.yaml": "struct: parse_date_time_error\n"
        "types/self.yaml": "struct: self\n"
    }
    values_with_the_same_rust_name: { "types/mode.yaml": "enum: mode\nvalues:\n  x8664: {}\n  x86_64: {}\n" }
    value_with_the_name_of_an_sdk_variant: { "types/mode.yaml": "enum: mode\nvalues:\n  unknown: {}\n  unknown_value: {}\n" }
    accessor_and_setter: {
        "types/machine.yaml": "struct: machine\nattributes:\n  name: { type: string }\n  try_name: { type: string }\n"
        "types/special.yaml": "struct: special\nextends: machine\n"
    }
    duplicate_tags_of_fields: {
        "types/machine.yaml":
            "struct: machine\nattributes:\n  disks: { type: [string] }\n  drives: { type: [string], tag: disks, because: Old. }\n"
        "types/special.yaml": "struct: special\nextends: machine\nattributes:\n  spare: { type: string, tag: disks, because: Old. }\n"
        "types/other.yaml": "struct: other\nextends: machine\n"
    }
    duplicate_tags_of_types: {
        "types/machine.yaml": "struct: machine\n"
        "types/machines.yaml": "struct: machines\n"
        "types/host.yaml": "struct: host\ntag: machine\nbecause: Old.\n"
    }
    duplicate_rels: {
        "types/machine.yaml":
            "struct: machine\nlinks:\n  disk_drives: { type: [machine] }\n  diskdrives: { type: [machine], tag: x, because: Old. }\n"
        "types/special.yaml": "struct: special\nextends: machine\n"
    }
    unknown_part_of_the_envelope: {
        "model.yaml": "api: Small API\nversion: \"1.0\"\nroot: system\nenvelope: { extra: {} }\n"
    }
    tags_of_the_envelope: {
        "model.yaml":
            "api: Small API\nversion: \"1.0\"\nroot: system\nenvelope: { resource: { leading: [actions] } }\n"
        "types/machine.yaml": "struct: machine\nresource: true\nattributes:\n  actions: { type: string }\n  link: { type: string }\n"
    }
    unnecessary_rust_names: {
        "types/machine.yaml":
            "struct: machine\nrust_name: computer\nbecause: It is nicer.\nattributes:\n  memory: { type: integer, rust_name: ram, because: It is shorter. }\n"
        "types/mode.yaml": "enum: mode\nvalues:\n  fast: { rust_name: quick, because: It is nicer. }\n"
        "services/system.yaml":
            "service: system\nmethods:\n  start:\n    rust_name: boot\n    because: It is nicer.\n    parameters:\n      force: { type: boolean, rust_name: forced, because: It is nicer. }\n"
    }
    rust_name_without_reason: {
        "types/link.yaml": "struct: link\nrust_name: web_link\n"
        "types/mode.yaml": "enum: mode\nvalues:\n  unknown_value: { rust_name: other, because: It collides. }\n  unknown: {}\n"
    }
    rust_name_that_collides: {
        "types/link.yaml": "struct: link\nrust_name: machine\nbecause: The SDK has a type with this name.\n"
        "types/machine.yaml": "struct: machine\n"
    }
    rust_names_that_collide_with_equal_names: {
        "services/system.yaml":
            "service: system\nmethods:\n  parts: {}\nlocators:\n  parts: { service: system, segment: x, rust_name: parts, because: Old. }\n"
        "services/special.yaml":
            "service: special\nmethods:\n  parts: { rust_name: pieces, because: Old. }\nlocators:\n  parts: { service: system, segment: x, rust_name: pieces, because: Old. }\n"
    }
    shared_requests_with_the_same_rust_name: {
        "model.yaml":
            "api: Small API\nversion: \"1.0\"\nroot: system\nparameters: { all: All., all_content: All content., content: Content. }\n"
        "services/system.yaml":
            "service: system\nmethods:\n  start:\n    parameters:\n      all: { type: boolean }\n      content: { type: boolean }\n  stop:\n    parameters:\n      all_content: { type: boolean }\n"
    }
}
