//! Invalid types.

problems! {
    unknown_type: {
        "types/machine.yaml": "struct: machine\nattributes:\n  memory: { type: itneger }\n  part: { type: prat }\n  whole: { type: xyzzy }\n"
        "types/part.yaml": "struct: part\n"
    }
    unknown_base: { "types/machine.yaml": "struct: machine\nextends: identifeid\n" "types/identified.yaml": "struct: identified\n" }
    enum_as_base: {
        "types/machine.yaml": "struct: machine\nextends: mode\n"
        "types/mode.yaml": "enum: mode\nvalues: { fast: {} }\n"
    }
    cycle: {
        "types/a.yaml": "struct: a\nextends: b\n"
        "types/b.yaml": "struct: b\nextends: c\n"
        "types/c.yaml": "struct: c\nextends: a\n"
        "types/outside.yaml": "struct: outside\nextends: b\n"
    }
    cycle_of_one: { "types/a.yaml": "struct: a\nextends: a\nattributes:\n  x: { type: string }\n" }
    neither_struct_nor_enum: { "types/machine.yaml": "summary: Something.\n" }
    struct_and_enum: { "types/machine.yaml": "struct: machine\nenum: machine\n" }
    types_named_like_primitives: { "types/string.yaml": "struct: string\n" "types/date.yaml": "enum: date\nvalues: { today: {} }\n" }
    enum_without_values: {
        "types/mode.yaml": "enum: mode\nvalues: {}\n"
        "types/state.yaml": "enum: state\n"
    }
    values_of_a_struct: { "types/mode.yaml": "struct: mode\nvalues: { fast: {} }\n" }
    hidden_field: {
        "types/base.yaml": "struct: base\nattributes:\n  name: { type: string }\n"
        "types/machine.yaml": "struct: machine\nextends: base\nlinks:\n  name: { type: base }\n"
        "types/special.yaml": "struct: special\nextends: machine\n"
    }
    attribute_and_link_with_the_same_name: {
        "types/machine.yaml": "struct: machine\nattributes:\n  host: { type: machine }\nlinks:\n  host: { type: machine }\n"
    }
    href_of_a_resource: {
        "types/machine.yaml": "struct: machine\nresource: true\nattributes:\n  href: { type: string }\n"
        "types/base.yaml": "struct: base\nattributes:\n  href: { type: string }\n"
        "types/special.yaml": "struct: special\nextends: base\nresource: true\n"
    }
    redundant_resource: {
        "types/base.yaml": "struct: base\nresource: true\n"
        "types/machine.yaml": "struct: machine\nextends: base\nresource: true\n"
    }
    xml_attributes_that_are_not_plain: {
        "types/machine.yaml": "struct: machine\nattributes:\n  id: { type: [string] }\n  rel: { type: machine }\n"
    }
    links_that_are_not_structs: {
        "types/machine.yaml": "struct: machine\nlinks:\n  memory: { type: integer }\n  modes: { type: [mode] }\n"
        "types/mode.yaml": "enum: mode\nvalues: { fast: {} }\n"
    }
    abstract_as_a_type: {
        "types/base.yaml": "struct: base\nabstract: true\n"
        "types/machine.yaml": "struct: machine\nattributes:\n  base: { type: base }\nlinks:\n  bases: { type: [base] }\n"
        "services/machines.yaml": "service: machines\nmethods:\n  list:\n    parameters:\n      bases: { type: [base], direction: out }\n"
    }
    access: {
        "types/base.yaml": "struct: base\nread_only: [nmae]\nattributes:\n  name: { type: string }\n"
        "types/machine.yaml":
            "struct: machine\nextends: base\nread_only: [name, status, status]\ncreate_only: [status]\nwrite_only: [name, memory]\nattributes:\n  status: { type: string }\n"
    }
    groups: {
        "types/base.yaml": "struct: base\nabstract: true\none_of: { part: [a, b] }\nattributes:\n  a: { type: machine }\n  b: { type: machine }\n"
        "types/machine.yaml":
            "struct: machine\none_of:\n  none: []\n  one: [part]\n  unknown: [part, prat]\n  twice: [part, part]\n  wrong: [part, title, all]\nattributes:\n  title: { type: string }\n  part: { type: machine }\n  all: { type: [machine] }\n"
    }
    groups_with_taken_names: {
        "types/machine.yaml":
            "struct: machine\none_of: { mode: [part, other], part: [part, other] }\nattributes:\n  part: { type: machine }\n  other: { type: machine }\n"
        "types/machine_mode.yaml": "struct: machine_mode\n"
    }
    comparisons: {
        "types/machine.yaml":
            "struct: machine\nattributes:\n  a: { type: string, compare: in_order, because: So it is. }\n  b: { type: [integer], compare: whole_mebibytes, because: So it is. }\n  c: { type: [string], compare: in_oder, because: So it is. }\n  d: { type: [string], compare: contains }\n"
    }
    references: {
        "types/base.yaml":
            "struct: base\nreferences: [name, nmae, parts]\nattributes:\n  name: { type: string }\n  parts: { type: [string] }\n"
        "types/machine.yaml": "struct: machine\nextends: base\nreferences: [name, id, id]\nattributes:\n  id: { type: string }\n"
    }
    order: {
        "types/base.yaml": "struct: base\nattributes:\n  title: { type: string }\n"
        "types/machine.yaml":
            "struct: machine\nextends: base\norder: [nmae, name, title, name]\nbecause: So it is.\nattributes:\n  name: { type: string }\n"
    }
}
