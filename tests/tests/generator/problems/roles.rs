//! Invalid roles of types.

problems! {
    unknown_roles_and_keys: {
        "model.yaml":
            "api: A\nversion: \"1.0\"\nroot: system\nroles:\n  falt: { type: fault, reason: reason }\n  fault: { type: fault, reson: reason }\n  job: { status: status }\n  event: { type: fault, description: reason, search: [a] }\n"
        "types/fault.yaml": "struct: fault\nattributes:\n  reason: { type: string }\n"
    }
    unknown_types: {
        "model.yaml":
            "api: A\nversion: \"1.0\"\nroot: system\nroles:\n  fault: { type: falt, reason: reason }\n  job: { type: base, status: status }\n  event: { type: state, description: text }\n"
        "types/fault.yaml": "struct: fault\nattributes:\n  reason: { type: string }\n"
        "types/base.yaml": "struct: base\nabstract: true\nattributes:\n  status: { type: string }\n"
        "types/state.yaml": "enum: state\nvalues:\n  up: {}\n"
    }
    unknown_fields_and_states: {
        "model.yaml":
            "api: A\nversion: \"1.0\"\nroot: system\nroles:\n  fault: { type: fault, reason: resaon, detail: number }\n  job: { type: job, status: status, succeeded: [up, donw], running: [down] }\n  event: { type: event, description: texts, time: text, harmless: [normal] }\n"
        "types/fault.yaml": "struct: fault\nattributes:\n  reason: { type: string }\n  number: { type: integer }\n"
        "types/job.yaml": "struct: job\nattributes:\n  status: { type: state }\n"
        "types/event.yaml": "struct: event\nattributes:\n  text: { type: string }\n  texts: { type: [string] }\n"
        "types/state.yaml": "enum: state\nvalues:\n  up: {}\n  down: {}\n"
    }
    states_of_damaged_enums_and_unfit_fields: {
        "model.yaml":
            "api: A\nversion: \"1.0\"\nroot: system\nroles:\n  job: { type: job, status: status, succeeded: [up] }\n  event: { type: event, description: text, severity: is_bad, harmless: [normal] }\n"
        "types/job.yaml": "struct: job\nattributes:\n  status: { type: state }\n"
        "types/event.yaml": "struct: event\nattributes:\n  text: { type: string }\n  is_bad: { type: boolean }\n"
        "types/state.yaml": "enum: state\nvalues:\n  up: 1\n  down: {}\n"
    }
    step_without_job: {
        "model.yaml":
            "api: A\nversion: \"1.0\"\nroot: system\nroles:\n  step: { type: step, status: status }\n"
        "types/step.yaml": "struct: step\nattributes:\n  status: { type: string }\n"
    }
    search_without_a_collection: {
        "model.yaml":
            "api: A\nversion: \"1.0\"\nroot: system\nsearch: search\nroles:\n  job: { type: job, status: status, search: operation }\n"
        "types/job.yaml": "struct: job\nattributes:\n  status: { type: string }\n"
    }
}
