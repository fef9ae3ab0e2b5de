//! What the waiters of the model must have.

use ovirt_sdk_generator::model::Model;
use ovirt_sdk_tests::models;

fn model() -> Model {
    models::read(&models::repository()).unwrap().model
}

#[test]
fn every_state_has_a_role_in_every_waiter() {
    let model = model();
    let mut missing = Vec::new();
    for (id, service) in model.services() {
        for waiter in &service.waiters {
            let item = model.polling(id).expect("waiters have objects").item;
            let of = model.ty(item).as_struct().expect("objects are structs");
            for state in model.states(of, &waiter.field.value).expect("the field has states") {
                if waiter.states.iter().all(|known| known.state.value != *state) {
                    missing.push(format!("{}.{}: {state}", service.name, waiter.name.value));
                }
            }
        }
    }
    assert!(missing.is_empty(), "states of newer engines need a role: {missing:#?}");
}

#[test]
fn everything_removable_has_a_waiter() {
    let model = model();
    let removable = model.services().filter(|(id, _)| model.waits_for_removal(*id)).count();
    assert!(removable > 90, "only {removable} services can be waited for until they are removed");
}
