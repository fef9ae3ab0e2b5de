//! Invalid searches.

problems! {
    paths_and_kinds: {
        "model.yaml": "api: A\nversion: '1'\nroot: system\nsearch: search\n"
        "types/machine.yaml": "struct: machine\nresource: true\nattributes:\n  id: { type: string }\n  name: { type: string }\n  on: { type: boolean }\nlinks:\n  rack: { type: rack }\n"
        "types/rack.yaml": "struct: rack\nresource: true\nattributes:\n  id: { type: string }\n"
        "types/state.yaml": "enum: state\nvalues:\n  up: {}\n"
        "services/system.yaml": "service: system\nlocators:\n  machines: { service: machines }\n"
        "services/machines.yaml": "service: machines\nmethods:\n  list:\n    parameters:\n      machines: { type: [machine], direction: out }\n      search: { type: string }\n"
        "search_values.yaml": "state:\n  Up: upp\n"
        "searches/machine.yaml":
            "search: machine\ntypes: [machine]\norder: [{ path: names }]\npages: identifier\nfields:\n  name: { path: nam }\n  named: { path: name }\n  id: { path: name/id }\n  on: { path: 'on', kind: integer }\n  state: { path: name, kind: choice, values: state }\n  hidden: { path: '@hidden' }\n  page_size: { path: name }\nreferences:\n  rack: { path: id, search: rack }\n"
        "searches/rack.yaml": "search: rack\ntypes: [rack]\norder: []\nfields:\n  id: { path: id }\n"
    }
    unknown_names_and_keys: {
        "model.yaml": "api: A\nversion: '1'\nroot: system\nsearch: search\n"
        "types/machine.yaml": "struct: machine\nattributes:\n  name: { type: string }\n"
        "services/system.yaml": "service: system\n"
        "searches/machine.yaml":
            "search: machine\ntypes: [machin]\nservices: [sistem]\norder: []\nfields:\n  name: { path: name, kind: txt, unit: MB }\n  state: { path: name, kind: choice, values: stat }\n  a: { path: name, relations: equal }\n  b: { path: name, kind: choice }\n  c: {}\nreferences:\n  rack: { search: rack }\n"
    }
}
