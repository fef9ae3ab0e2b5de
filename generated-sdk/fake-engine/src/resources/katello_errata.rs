//! Errata of the engine, which a Foreman or Satellite provider would know.

use crate::api::{Fault, Registry};

pub(super) fn register(registry: &mut Registry) {
    registry.on("engine_katello_errata", "list", |_| {
        Err(Fault::operation(
            400,
            "The engine is not associated with a Foreman/Satellite provider. No errata for the engine are available.",
        ))
    });
}
