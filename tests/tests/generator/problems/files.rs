//! Invalid YAML, keys and values.

use ovirt_sdk_tests::models;

problems! {
    malformed_yaml: {
        "types/machine.yaml": "struct: machine\nattributes:\n  memory: { type: integer\n  title: { type: string }\n"
    }
    yaml_tag: { "types/machine.yaml": "struct: machine\nsummary: !text Something.\n" }
    empty_file: { "types/machine.yaml": "" }
    list_for_mapping: { "types/machine.yaml": "struct: machine\nattributes:\n  - memory\n  - title\n" }
    null_for_mapping: { "types/machine.yaml": "struct: machine\nattributes:\n  memory:\n  title: { type: string }\n" }
    missing_key: { "types/machine.yaml": "struct: machine\nattributes:\n  memory: { summary: How much. }\n" }
    unknown_key: {
        "types/machine.yaml": "struct: machine\nattribute:\n  memory: { type: integer }\nsumary: What.\nxyzzy: 1\n"
    }
    duplicate_key: {
        "types/machine.yaml":
            "struct: machine\nattributes:\n  memory: { type: integer }\n  title: { type: string }\n  memory: { type: string }\n"
    }
    duplicate_key_of_mapping: { "types/machine.yaml": "struct: machine\nsummary: One.\nsummary: Two.\n" }
    unquoted_version: {
        "types/machine.yaml": "struct: machine\nsince: 4.10\nattributes:\n  memory: { type: integer, since: 4 }\n"
    }
    invalid_version: { "types/machine.yaml": "struct: machine\nsince: \"four\"\n" }
    text_for_boolean: { "types/machine.yaml": "struct: machine\nabstract: yes\n" }
    empty_text: { "types/machine.yaml": "struct: machine\nsummary: \"\"\n" }
    control_characters: {
        "types/machine.yaml": "struct: machine\nsummary: \"a \\e[31m b\"\ndetails: \"one\\rtwo\"\n"
    }
    invalid_name: { "types/machine.yaml": "struct: machine\nattributes:\n  bigMemory: { type: integer }\n  é: { type: string }\n" }
    names_that_yaml_reads_as_other_types: { "types/mode.yaml": "enum: mode\nvalues:\n  true: {}\n  null: {}\n  2nd: {}\n" }
    nested_list_types: {
        "types/machine.yaml": "struct: machine\nattributes:\n  disks: { type: [disk, nic] }\n  nics: { type: [[machine]] }\n"
    }
    file_name_mismatch: {
        "types/machine.yaml": "struct: host\n"
        "services/machines.yaml": "service: hosts\n"
    }
    type_declared_twice: {
        "types/machine.yaml": "struct: machine\n"
        "types/other.yaml": "enum: machine\nvalues: { a: {} }\n"
    }
    stray_files: {
        "types/machine.yaml": "struct: machine\n"
        "types/notes.txt": "remember\n"
        "types/old/host.yaml": "struct: host\n"
        "services/machine.yml": "service: machine\n"
        "type/host.yaml": "struct: host\n"
        "host.yaml": "struct: host\n"
        "README.md": "how to write a model\n"
    }
    wide_characters_before_the_span: {
        "types/machine.yaml": "struct: machine\nattributes:\n  memory: { summary: \"größer 漢字\", type: itneger }\n"
    }
    api_without_root: { "model.yaml": "api: Small API\nversion: 1.0\n" }
    redundant_plural: {
        "model.yaml": "api: Small API\nversion: \"1.0\"\nroot: system\nplurals: { policy: policies, key: 5 }\n"
    }
    faults: {
        "faults.yaml":
            "temporary:\n  - because: Locked.\n    messages:\n      ONE: ~\n      TWO: \"VM is locked by ${name\"\n      THREE: short\n      four: VM is locked by somebody\n      FIVE: 5\npermanent:\n  - messages:\n      SIX: ~\n  - because: In use.\n    messages:\n      ONE: ~\n      SEVEN: [The VM is in use by ${user}]\n  - because: In use.\n    message: SEVEN\nsometimes: []\n"
    }
    faults_without_groups: { "faults.yaml": "temporary: { ONE: VM is locked }\n" }
    several_files: {
        "types/machine.yaml": "struct: machine\nattributes:\n  memory: { type: itneger }\n  host: { type: hots }\n"
        "types/host.yaml": "struct: host\nextends: machin\nattributes:\n  name: { typ: string }\n"
        "services/system.yaml": "service: system\nlocators:\n  machines: { service: machines }\n"
        "services/apple.yaml": "service: [\n"
        "model.yaml": "api: Small API\nversion: \"1.0\"\nroot: sytsem\n"
    }
}

#[test]
fn no_model() {
    insta::assert_snapshot!(models::problems_of(models::new_workspace(&[]).path()));
}

#[test]
fn no_model_yaml() {
    let workspace = models::new_workspace(&[("types/machine.yaml", "struct: machine\nattributes: 5\n")]);
    insta::assert_snapshot!(models::problems_of(workspace.path()));
}

#[test]
fn invalid_utf8() {
    let workspace = models::new_workspace(&[("model.yaml", models::API), ("services/system.yaml", models::SYSTEM)]);
    let types = workspace.path().join("model/types");
    std::fs::create_dir_all(&types).unwrap();
    std::fs::write(types.join("machine.yaml"), b"struct: machine\nsummary: \xff\n").unwrap();
    insta::assert_snapshot!(models::problems_of(workspace.path()));
}
