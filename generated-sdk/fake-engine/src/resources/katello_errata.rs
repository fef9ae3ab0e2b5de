//! Errata of the engine from Katello.

use crate::api::{Fault, Registry};

pub(super) fn register(registry: &mut Registry) {
    registry.on("engine_katello_errata", "list", |_| {
        let detail =
            "The engine is not associated with a Foreman/Satellite provider. No errata for the engine are available.";
        Err(Fault::new(400, "Operation Failed", detail))
    });
}
