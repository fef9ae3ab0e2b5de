//! Invalid lists of links that the engine can follow.

problems! {
    exceptions_that_are_none: {
        "model.yaml": "api: A\nversion: '1'\nroot: system\n"
        "types/base.yaml":
            "struct: base\nabstract: true\nresource: true\nlinks:\n  owner: { type: rack }\nfollow:\n  always: [owner]\n"
        "types/machine.yaml":
            "struct: machine\nextends: base\nattributes:\n  state: { type: string }\n  part: { type: part }\nlinks:\n  cards: { type: [card] }\n  racks: { type: [rack] }\n  rack: { type: rack }\nfollow:\n  always: [cards, rac, state, rack, rack]\n  sometimes:\n    rack: Some have none.\n    part: It is no resource.\n  never:\n    racks: Nothing leads there.\n"
        "types/part.yaml": "struct: part\n"
        "types/card.yaml": "struct: card\nextends: base\n"
        "types/rack.yaml": "struct: rack\nextends: base\n"
        "services/system.yaml": "service: system\nlocators:\n  machine: { service: machine }\n"
        "services/machine.yaml":
            "service: machine\nmethods:\n  get:\n    parameters:\n      machine: { type: machine, direction: out }\nlocators:\n  cards: { service: cards }\n"
        "services/cards.yaml":
            "service: cards\nmethods:\n  list:\n    parameters:\n      cards: { type: [card], direction: out }\n"
    }
    keys_and_reasons: {
        "model.yaml": "api: A\nversion: '1'\nroot: system\n"
        "types/rack.yaml":
            "struct: rack\nresource: true\nlinks:\n  other: { type: rack }\nfollow:\n  allways: [other]\n  sometimes: [other]\n  never:\n    other:\n"
        "services/system.yaml": "service: system\n"
    }
}
