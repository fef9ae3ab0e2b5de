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
    plural_that_is_a_number: {
        "model.yaml": "api: Small API\nversion: \"1.0\"\nroot: system\nplurals: { key: 5 }\n"
    }
    redundant_plural: {
        "model.yaml": "api: Small API\nversion: \"1.0\"\nroot: system\nplurals: { policy: policies }\n"
    }
    faults: {
        "faults.yaml":
            "temporary:\n  - because: Locked.\n    messages:\n      ONE: ~\n      TWO: \"VM is locked by ${name\"\n      THREE: short\n      four: VM is locked by somebody\n      FIVE: 5\npermanent:\n  - messages:\n      SIX: ~\n  - because: In use.\n    messages:\n      ONE: ~\n      SEVEN: [\"The VM is in use by ${user}\"]\n  - because: In use.\n    message: SEVEN\nsometimes: []\n"
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

/// A file of a model as bytes, next to files with other problems.
fn problems_with(path: &str, bytes: &[u8]) -> String {
    let machine = "struct: machine\nattributes:\n  disk: { type: disk }\n  name: { type: strin }\n";
    let workspace = models::new_workspace(&[
        ("model.yaml", models::API),
        ("services/system.yaml", models::SYSTEM),
        ("types/machine.yaml", machine),
    ]);
    models::write(&workspace.path().join("model").join(path), "");
    std::fs::write(workspace.path().join("model").join(path), bytes).unwrap();
    models::problems_of(workspace.path())
}

#[test]
fn invalid_utf8() {
    insta::assert_snapshot!(problems_with("types/disk.yaml", b"struct: disk\nsummary: \xff\n"));
}

#[test]
fn byte_order_mark() {
    insta::assert_snapshot!(problems_with("types/disk.yaml", "\u{feff}struct: disk\n".as_bytes()));
}

#[test]
fn nul_bytes() {
    insta::assert_snapshot!(problems_with("types/disk.yaml", b"struct: disk\nsummary: a\0b\n"));
}

#[test]
fn tab() {
    insta::assert_snapshot!(problems_with(
        "types/disk.yaml",
        b"struct: disk\nattributes:\n\tsize: { type: integer }\n"
    ));
}

#[test]
fn merge_conflict() {
    let text = b"struct: disk\n<<<<<<< ours\nsummary: One.\n=======\nsummary: Two.\n>>>>>>> theirs\n";
    insta::assert_snapshot!(problems_with("types/disk.yaml", text));
}

#[test]
fn deep_nesting_fails_fast() {
    let start = std::time::Instant::now();
    let text = format!("struct: disk\nsummary: {}\n", "[".repeat(100_000));
    let problems = problems_with("types/disk.yaml", text.as_bytes());
    assert!(problems.contains("types/disk.yaml:2:"), "{}", problems.lines().take(3).collect::<String>());
    assert!(problems.contains("more than 100 open brackets"));
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

#[test]
fn folder_for_file() {
    let workspace = models::new_workspace(&[
        ("model.yaml", models::API),
        ("services/system.yaml", models::SYSTEM),
        ("types/machine.yaml", "struct: machine\nattributes:\n  disk: { type: disk }\n  name: { type: strin }\n"),
        ("types/disk.yaml/readme.yaml", "struct: readme\n"),
    ]);
    insta::assert_snapshot!(models::problems_of(workspace.path()));
}
