/// The model that the edits change.
pub(crate) const MODEL: &[(&str, &str)] = &[
    (
        "model.yaml",
        "api: Small API\nversion: \"1.0\"\nroot: system\nsearch: search\nname_search: name\nenvelope: { resource: { leading: [actions] } }\n",
    ),
    (
        "types/identified.yaml",
        "struct: identified\nabstract: true\nresource: true\nreferences: [id, name]\nattributes:\n  id: { type: string }\n  name: { type: string }\n",
    ),
    (
        "types/machine.yaml",
        "struct: machine\nextends: identified\nattributes:\n  memory: { type: integer }\n  password: { type: string, secret: true }\n  status: { type: status }\n  title: { type: string }\nlinks:\n  disks: { type: [disk] }\n  parent: { type: machine }\n",
    ),
    ("types/disk.yaml", "struct: disk\nextends: identified\nattributes:\n  size: { type: integer }\n"),
    ("types/report.yaml", "struct: report\nattributes:\n  lines: { type: [string] }\n"),
    ("types/status.yaml", "enum: status\nvalues:\n  down: {}\n  up: {}\n"),
    ("types/unused.yaml", "struct: unused\nattributes:\n  note: { type: string }\n"),
    (
        "services/system.yaml",
        "service: system\nmethods:\n  get:\n    parameters:\n      report: { type: report, direction: out }\nlocators:\n  disks: { service: disks }\n  machines: { service: machines }\n",
    ),
    (
        "services/machines.yaml",
        "service: machines\nfound_by: name\nmethods:\n  add:\n    parameters:\n      clone: { type: boolean }\n      machine: { type: machine, direction: inout }\n  list:\n    parameters:\n      machines: { type: [machine], direction: out }\n      max: { type: integer }\n      search: { type: string }\nlocators:\n  machine: { service: machine, parameter: id }\n",
    ),
    (
        "services/machine.yaml",
        "service: machine\nextends: measured\nmethods:\n  check:\n    parameters:\n      report: { type: report, direction: out }\n  get:\n    parameters:\n      machine: { type: machine, direction: out }\n  remove: {}\n  start:\n    parameters:\n      pause: { type: boolean }\n  update:\n    parameters:\n      machine: { type: machine, direction: inout }\nlocators:\n  disks: { service: disks }\n",
    ),
    ("services/measured.yaml", "service: measured\nmethods:\n  reset: {}\n"),
    (
        "services/disks.yaml",
        "service: disks\nmethods:\n  list:\n    parameters:\n      disks: { type: [disk], direction: out }\n      max: { type: integer }\n",
    ),
];

const MACHINE: &str = "services/machine.yaml";
const MACHINES: &str = "services/machines.yaml";
const SYSTEM: &str = "services/system.yaml";
const TYPE: &str = "types/machine.yaml";
const BASE: &str = "types/identified.yaml";

/// An edit: its name, the replacements in files, and the verdict on it and on its reverse. Replacing an empty text adds a
/// file, and a file without text is removed.
pub(crate) type Edit =
    (&'static str, &'static [(&'static str, &'static str, &'static str)], &'static str, &'static str);

/// The edits.
pub(crate) const EDITS: &[Edit] = &[
    (
        "field that can no longer be set",
        &[(TYPE, "extends: identified\n", "extends: identified\nread_only: [status]\n")],
        "minor",
        "minor",
    ),
    (
        "field fixed at creation and never returned",
        &[(TYPE, "extends: identified\n", "extends: identified\ncreate_only: [title]\nwrite_only: [title]\n")],
        "minor",
        "minor",
    ),
    (
        "values compared in another way",
        &[(
            TYPE,
            "memory: { type: integer }",
            "memory: { type: integer, compare: whole_mebibytes, because: The engine stores whole MiB. }",
        )],
        "minor",
        "minor",
    ),
    (
        "fields that exclude each other",
        &[
            (TYPE, "extends: identified\n", "extends: identified\none_of: { place: [rack, parent] }\n"),
            (TYPE, "links:\n", "links:\n  rack: { type: disk }\n"),
        ],
        "minor",
        "major",
    ),
    (
        "objects compared with their pending configuration",
        &[("model.yaml", "name_search: name\n", "name_search: name\npending: next_run\n")],
        "minor",
        "minor",
    ),
    (
        "action gains a result",
        &[(
            MACHINE,
            "      pause: { type: boolean }\n",
            "      outcome: { type: report, direction: out }\n      pause: { type: boolean }\n",
        )],
        "major",
        "major",
    ),
    ("result of another type", &[(MACHINE, "report: { type: report", "report: { type: disk")], "major", "major"),
    ("result becomes a list", &[(MACHINE, "report: { type: report", "report: { type: [report]")], "major", "major"),
    ("result renamed", &[(MACHINE, "report: { type: report", "outcome: { type: report")], "minor", "minor"),
    (
        "result of a get renamed",
        &[(MACHINE, "machine: { type: machine, direction: out }", "vm: { type: machine, direction: out }")],
        "patch",
        "patch",
    ),
    (
        "body renamed",
        &[(MACHINES, "machine: { type: machine, direction: inout", "vm: { type: machine, direction: inout")],
        "patch",
        "patch",
    ),
    (
        "body of another type",
        &[(MACHINES, "machine: { type: machine, direction: inout", "machine: { type: disk, direction: inout")],
        "major",
        "major",
    ),
    (
        "body becomes a list",
        &[(MACHINES, "machine: { type: machine, direction: inout", "machine: { type: [machine], direction: inout")],
        "major",
        "major",
    ),
    (
        "method moves to the base",
        &[
            (MACHINE, "  start:\n    parameters:\n      pause: { type: boolean }\n", ""),
            (
                "services/measured.yaml",
                "  reset: {}\n",
                "  reset: {}\n  start:\n    parameters:\n      pause: { type: boolean }\n",
            ),
        ],
        "major",
        "major",
    ),
    ("method overrides the base", &[(MACHINE, "  remove: {}\n", "  remove: {}\n  reset: {}\n")], "minor", "minor"),
    ("service extends nothing", &[(MACHINE, "extends: measured\n", "")], "major", "minor"),
    ("nothing is found by name", &[(MACHINES, "found_by: name\n", "")], "major", "minor"),
    ("objects are found by another field", &[(MACHINES, "found_by: name", "found_by: title")], "minor", "minor"),
    (
        "order of elements",
        &[(
            TYPE,
            "extends: identified\n",
            "extends: identified\norder: [title]\nbecause: The engine writes it first.\n",
        )],
        "minor",
        "minor",
    ),
    ("no search", &[("model.yaml", "search: search\n", "")], "major", "minor"),
    ("envelope", &[("model.yaml", "leading: [actions]", "leading: [actions, creation]")], "minor", "minor"),
    ("version", &[("model.yaml", "\"1.0\"", "\"1.1\"")], "patch", "patch"),
    ("plural", &[("model.yaml", "envelope:", "plurals: { disk: diskettes }\nenvelope:")], "minor", "minor"),
    ("another root", &[("model.yaml", "root: system", "root: machines")], "major", "major"),
    ("field of another type", &[(TYPE, "memory: { type: integer", "memory: { type: decimal")], "major", "major"),
    ("field becomes a list", &[(TYPE, "title: { type: string", "title: { type: [string]")], "major", "major"),
    (
        "field added",
        &[(TYPE, "  title: { type: string }\n", "  title: { type: string }\n  weight: { type: decimal }\n")],
        "minor",
        "major",
    ),
    ("field renamed", &[(TYPE, "  title:", "  heading:")], "major", "major"),
    ("field of the base added", &[(BASE, "  id: {", "  comment: { type: string }\n  id: {")], "minor", "major"),
    (
        "field moves to the base",
        &[
            (TYPE, "  title: { type: string }\n", ""),
            (BASE, "  name: { type: string }\n", "  name: { type: string }\n  title: { type: string }\n"),
        ],
        "minor",
        "major",
    ),
    (
        "attribute becomes a link",
        &[
            (TYPE, "links:\n", "links:\n  report: { type: disk }\n"),
            (TYPE, "  status:", "  report: { type: disk }\n  status:"),
            (TYPE, "links:\n  report: { type: disk }\n", "links:\n"),
        ],
        "minor",
        "major",
    ),
    ("field is no longer secret", &[(TYPE, ", secret: true", "")], "minor", "minor"),
    (
        "tag of a field",
        &[(TYPE, "title: { type: string }", "title: { type: string, tag: heading, because: An old name. }")],
        "minor",
        "minor",
    ),
    (
        "tag of a type",
        &[("types/disk.yaml", "struct: disk\n", "struct: disk\ntag: volume\nbecause: An old name.\n")],
        "minor",
        "minor",
    ),
    ("value added", &[("types/status.yaml", "  up: {}\n", "  paused: {}\n  up: {}\n")], "minor", "major"),
    ("value renamed", &[("types/status.yaml", "  up:", "  running:")], "major", "major"),
    ("type added", &[("types/extra.yaml", "", "struct: extra\n")], "minor", "major"),
    (
        "struct becomes an enum",
        &[(
            "types/unused.yaml",
            "struct: unused\nattributes:\n  note: { type: string }\n",
            "enum: unused\nvalues:\n  note: {}\n",
        )],
        "major",
        "major",
    ),
    (
        "struct becomes a trait",
        &[("types/unused.yaml", "struct: unused\n", "struct: unused\nabstract: true\n")],
        "major",
        "major",
    ),
    ("reference removed", &[(BASE, "references: [id, name]", "references: [id]")], "major", "minor"),
    ("struct extends nothing", &[("types/disk.yaml", "extends: identified\n", "")], "major", "minor"),
    ("struct is no resource", &[(BASE, "resource: true\n", "")], "major", "minor"),
    (
        "parameter added",
        &[(
            MACHINE,
            "      pause: { type: boolean }\n",
            "      force: { type: boolean }\n      pause: { type: boolean }\n",
        )],
        "minor",
        "major",
    ),
    ("parameter renamed", &[(MACHINE, "      pause:", "      suspend:")], "major", "major"),
    ("parameter of another type", &[(MACHINE, "pause: { type: boolean", "pause: { type: integer")], "major", "major"),
    (
        "parameter becomes a result",
        &[(MACHINE, "pause: { type: boolean", "pause: { type: boolean, direction: out")],
        "major",
        "major",
    ),
    (
        "parameter becomes required",
        &[(MACHINE, "pause: { type: boolean", "pause: { type: boolean, required: true")],
        "patch",
        "patch",
    ),
    (
        "fields become mandatory",
        &[(MACHINES, "direction: inout", "direction: inout, mandatory: [name]")],
        "patch",
        "patch",
    ),
    (
        "parameter of a signature",
        &[(
            MACHINE,
            "      pause: { type: boolean }\n",
            "      pause: { type: boolean }\n    signatures: { later: { parameters: { delay: { type: integer } } } }\n",
        )],
        "minor",
        "major",
    ),
    ("method added", &[(MACHINE, "  start:", "  freeze: {}\n  start:")], "minor", "major"),
    (
        "list removed",
        &[(
            "services/disks.yaml",
            "methods:\n  list:\n    parameters:\n      disks: { type: [disk], direction: out }\n      max: { type: integer }\n",
            "",
        )],
        "major",
        "minor",
    ),
    (
        "add removed",
        &[(
            MACHINES,
            "  add:\n    parameters:\n      clone: { type: boolean }\n      machine: { type: machine, direction: inout }\n",
            "",
        )],
        "major",
        "minor",
    ),
    (
        "action instead of the entity",
        &[(MACHINES, "  add:\n", "  add:\n    answer: action\n    because: The engine says how it went.\n")],
        "major",
        "major",
    ),
    (
        "segment of a method",
        &[(MACHINE, "  start:\n", "  start:\n    segment: boot\n    because: An old name.\n")],
        "minor",
        "minor",
    ),
    ("locator added", &[(SYSTEM, "  disks:", "  all: { service: machines }\n  disks:")], "minor", "major"),
    (
        "target of a locator",
        &[(MACHINE, "disks: { service: disks }", "disks: { service: measured }")],
        "major",
        "major",
    ),
    (
        "locator takes an argument",
        &[(MACHINE, "disks: { service: disks }", "disks: { service: disks, parameter: id }")],
        "major",
        "major",
    ),
    ("argument of a locator renamed", &[(MACHINES, "parameter: id", "parameter: name")], "patch", "patch"),
    (
        "segment of a locator",
        &[(
            SYSTEM,
            "machines: { service: machines }",
            "machines: { service: machines, segment: vms, because: An old name. }",
        )],
        "minor",
        "minor",
    ),
    ("service added", &[("services/extra.yaml", "", "service: extra\n")], "minor", "major"),
    ("deprecation", &[(MACHINE, "  remove: {}", "  remove: { deprecated: true }")], "minor", "patch"),
    (
        "type with another Rust name",
        &[("types/link.yaml", "", "struct: link\nrust_name: web_link\nbecause: The SDK has a type with this name.\n")],
        "minor",
        "major",
    ),
    ("texts", &[(MACHINE, "  remove: {}", "  remove: { summary: Removes it. }")], "patch", "patch"),
    (
        "type with a role",
        &[("model.yaml", "envelope:", "roles: { fault: { type: unused, reason: note } }\nenvelope:")],
        "major",
        "major",
    ),
];
